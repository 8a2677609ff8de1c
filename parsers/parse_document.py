"""A Report → the parse document: the JSON that ``nianbao parse`` prints."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from parsers.report import RELEASE, Leftover, Number, Report

ParseDocument = dict[str, Any]
"""The contract's parse document; docs/schema/parse.json states its shape."""


def report_to_dict(report: Report) -> ParseDocument:
    """``report`` → parse document: what ``nianbao parse --json`` prints, in the order of docs/schema/parse.json.

    Counts are int, amounts (万元) the float with the same digits: ``json.dumps`` takes it. Nothing is raised.
    """
    cells = {
        value.key: {
            "value": to_json_number(value.value),
            "raw": value.raw,
            "status": value.status.value,
            "where": value.where,
        }
        for value in report.values
    }
    checks = [
        {
            "id": one.id,
            "across": one.across,
            "state": one.state.value,
            "left": to_json_number(one.left),
            "right": to_json_number(one.right),
        }
        for one in report.checks
    ]
    return document_with(report, cells, checks)


def document_with(report: Report, cells: object, checks: object) -> ParseDocument:
    """The parse document of a report, with its cells and its checks in whatever form they are told."""
    return {
        "title": report.title,
        "organisation": report.organisation,
        "body": {"name": report.body.name, "region_code": report.body.region_code},
        "report_year": report.report_year,
        "region_code": report.region_code,
        "published": report.published,
        "phone": report.phone,
        "document_number": report.document_number,
        "file_created": report.file_created,
        "forms": dict(report.forms),
        "cells": cells,
        "leftover": [_leftover_to_dict(one) for one in report.leftover],
        "claims": [
            {"key": one.key, "value": to_json_number(one.value), "span": one.span, "where": one.where}
            for one in report.claims
        ],
        "checks": checks,
        "problems": [
            {"code": one.code, "says": one.says, "where": one.where, "severity": one.severity}
            for one in report.problems
        ],
        "format": report.format,
        "converter": report.converter,
        "parser": RELEASE,
        "content_digest": report.content_digest,
        "text": report.text,
    }


def to_json_number(value: Number | None) -> int | float | None:
    """Decimal → the JSON number with the same digits (figures of reports have far fewer than the 15 that are safe)."""
    return float(value) if isinstance(value, Decimal) else value


def _leftover_to_dict(one: Leftover) -> dict[str, str]:
    """``label`` is left out where it is empty: only rows that the form does not know have one."""
    said = {"raw": one.raw, "where": one.where, "why": one.why}
    return said | {"label": one.label} if one.label else said
