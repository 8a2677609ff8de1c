"""A small card with some figures of a version, for frames on any site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from archive.corrections import describe_corrections
from archive.errors import BadQuery
from archive.payloads import why_withdrawn
from archive.proof.citing import citation_of
from archive.queries import describe_version
from archive.web.answers import Head, Page
from archive.web.asked import Asked
from archive.web.figures_shown import figures_of, tables_of
from archive.web.guard import POLICY
from archive.web.links import cell_anchor, version_path, with_query
from archive.web.pages_found import Path
from archive.web.report_events import label_in
from archive.web.report_view import headlines_of
from archive.web.versions_meant import standing_of

_MOST = 12
_FRAMED = {"Content-Security-Policy": POLICY.replace("frame-ancestors 'self'", "frame-ancestors *")}


def card(asked: Asked) -> Page:
    """``/embed/{digest}?cell=KEY``: the figures named (several), else the headline ones; ``report`` as for ``/v/``.

    Raises NotFound, BadQuery.
    """
    digest = asked.digest()
    standing, _ = standing_of(asked, digest)
    keys = asked.texts("cell")
    if len(keys) > _MOST:
        raise BadQuery(f"cell: expected at most {_MOST}, found {len(keys)}")
    why = why_withdrawn(asked.archive, digest)
    facts: dict[str, Any] = describe_version(asked.archive, standing.version)
    facts["corrections"] = describe_corrections(asked.archive, standing.version)
    rows = [] if why is not None or "cells" not in facts else _rows(asked, facts, keys or headlines_of(facts))
    page = version_path(digest)
    extra = {
        "rows": [(row, asked.site.base + _link(asked, page, row["key"])) for row in rows],
        "page_link": asked.site.base + with_query(page, _language(asked)),
        "address": standing.address,
        "digest": digest,
        "why": why,
        "citation": replace(citation_of(asked.archive, standing.version), payload_digest=digest),
    }
    said = {
        "organisation": standing.address.organisation,
        "report_year": standing.address.report_year,
        "payload_digest": digest,
        "page": asked.site.base + page,
        "figures": [{name: value for name, value in row.items() if name != "shown"} for row in rows],
    }
    title = asked.say("report.title", organisation=standing.address.organisation, year=standing.address.report_year)
    return Page(
        "embed.html", title, said, extra, head=Head(canonical=page, is_listed=False), headers=_FRAMED,
        status=200 if why is None else 410,
    )  # fmt: skip


def _rows(asked: Asked, facts: Mapping[str, Any], keys: tuple[str, ...]) -> list[dict[str, Any]]:
    shown = figures_of(asked.lang, facts, tables_of(asked.lang, facts))
    return [
        {
            "key": key,
            "label": label_in(asked.lang, key),
            "value": facts["cells"][key]["value"] if key in shown else None,
            "raw": shown[key].raw if key in shown else "",
            "status": shown[key].status if key in shown else "missing",
            "in_broken_check": key in shown and shown[key].is_broken,
            "correction": shown[key].correction if key in shown else None,
            "shown": shown.get(key),
        }
        for key in keys
    ]


def _link(asked: Asked, page: str, key: str) -> str:
    return f"{with_query(page, {'cell': key, **_language(asked)})}#{cell_anchor(key)}"


def _language(asked: Asked) -> dict[str, str | None]:
    return {"lang": "en" if asked.lang == "en" else None}


PATHS = (Path("/embed/{digest}", card, ("json",)),)
