"""A Report ↔ the parse document: the JSON that ``nianbao parse`` prints and the child process sends."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from parsers.document import Problem
from parsers.report import RELEASE, Body, Check, Claim, Leftover, Number, Report, State, Status, Value

ParseDocument = dict[str, Any]
"""The contract's parse document; docs/schema/parse.json states its shape."""


def report_to_dict(report: Report) -> ParseDocument:
    """Report → parse document, keys in the contract's order."""
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
        "cells": {
            value.key: {
                "value": _number(value.value),
                "raw": value.raw,
                "status": value.status.value,
                "where": value.where,
            }
            for value in report.values
        },
        "leftover": [_leftover_to_dict(one) for one in report.leftover],
        "claims": [
            {"key": one.key, "value": _number(one.value), "span": one.span, "where": one.where} for one in report.claims
        ],
        "checks": [
            {
                "id": one.id,
                "across": one.across,
                "state": one.state.value,
                "left": _number(one.left),
                "right": _number(one.right),
            }
            for one in report.checks
        ],
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


def report_from_dict(said: Mapping[str, Any]) -> Report:
    """Parse document → Report. Raises KeyError, TypeError or ValueError for anything that is not one."""
    return Report(
        title=said["title"],
        organisation=said["organisation"],
        body=Body(**said["body"]),
        report_year=said["report_year"],
        region_code=said["region_code"],
        published=said["published"],
        phone=said["phone"],
        forms=MappingProxyType(dict(said["forms"])),
        values=tuple(
            Value(key, _exact(cell["value"]), cell["raw"], Status(cell["status"]), cell["where"])
            for key, cell in said["cells"].items()
        ),
        leftover=tuple(Leftover(**one) for one in said["leftover"]),
        claims=tuple(Claim(**{**one, "value": _needed(one["value"])}) for one in said["claims"]),
        checks=tuple(
            Check(one["id"], one["across"], State(one["state"]), _exact(one["left"]), _exact(one["right"]))
            for one in said["checks"]
        ),
        problems=tuple(Problem(**one) for one in said["problems"]),
        format=said["format"],
        converter=said["converter"],
        content_digest=said["content_digest"],
        text=said["text"],
        document_number=said["document_number"],
        file_created=said["file_created"],
    )


def _leftover_to_dict(one: Leftover) -> dict[str, str]:
    """``label`` is left out where it is empty: only rows that the form does not know have one."""
    said = {"raw": one.raw, "where": one.where, "why": one.why}
    return said | {"label": one.label} if one.label else said


def _number(value: Number | None) -> int | float | None:
    """Decimal → the JSON number with the same digits (figures of reports have far fewer than the 15 that are safe)."""
    return float(value) if isinstance(value, Decimal) else value


def _exact(value: float | None) -> Number | None:
    return Decimal(repr(value)) if isinstance(value, float) else value


def _needed(value: float | None) -> Number:
    number = _exact(value)
    if number is None:
        raise ValueError("expected a number, found null")
    return number
