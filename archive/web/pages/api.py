"""The page that describes the data interface."""

from __future__ import annotations

from typing import Any

from archive.web.answers import Page
from archive.web.api.interface import BASE, describe_interface
from archive.web.asked import Asked
from archive.web.links import with_query
from archive.web.pages_found import Path

_PAGING = ("limit", "after")


def describe_api(asked: Asked) -> Page:
    """``/api/v1``: what there is, and how to ask for it; paths and parameters as /openapi.json has them."""
    (year,) = asked.archive.db.execute("SELECT max(report_year) FROM reports").fetchone()
    said = describe_interface(asked.request.app.state.interface)
    operations = [
        _operation(path, operation) for path, operations in said["paths"].items() for operation in operations.values()
    ]
    base = asked.site.base
    examples = {
        "cells": base + with_query(f"{BASE}/cells", {"key": "requests.received.total", "year": year}),
        "missing": base + with_query(f"{BASE}/register", {"year": year or 2024, "state": "missing"}),
        "broken": with_query(f"{BASE}/checks", {"state": "BROKEN", "year": year}),
        "changes": base + with_query(f"{BASE}/changes", {"since": 0}),
    }
    facts = {"operations": operations, "examples": examples}
    return Page("api.html", asked.say("api.title"), facts, {"has_datasette": asked.site.has_datasette})


def _operation(path: str, operation: dict[str, Any]) -> dict[str, Any]:
    names = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
    return {
        "path": f"{BASE}{path}",
        "name": operation["operationId"],
        "parameters": [name for name in names if name not in _PAGING],
        "is_paged": "limit" in names,
    }


PATHS = (Path("/api/v1", describe_api, ("json",)),)
