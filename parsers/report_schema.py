"""The JSON Schema of a report, every cell of the forms named in Chinese and English."""

from __future__ import annotations

from typing import Any

from parsers.english import english_of
from parsers.forms import list_forms


def report_schema() -> dict[str, Any]:
    """The schema that docs/schema/report.json publishes (JSON Schema 2020-12).

    It is the parse document's (parse.json) with the name of each cell, and with no cell beside those of the forms: in
    ``title`` the form's own labels, in ``description`` the English words, in ``$comment`` the notices that ask for it.
    """
    cells: dict[str, dict[str, str]] = {}
    for form in list_forms():
        for cell in form.cells():
            known = cells.setdefault(
                cell.key, {"title": cell.label, "description": english_of(cell.key), "$comment": ""}
            )
            known["$comment"] = "; ".join(filter(None, (known["$comment"], form.authority)))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "report.json",
        "title": "政府信息公开工作年度报告",
        "description": "One annual report on government information disclosure, as read: what parsers.report_to_dict "
        "gives of a Report.",
        "$ref": "parse.json",
        "properties": {"cells": {"type": "object", "properties": cells, "additionalProperties": False}},
    }
