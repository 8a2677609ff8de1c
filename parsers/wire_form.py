"""A Report ↔ the parse document: the JSON that ``nianbao parse`` prints and the child process sends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from parsers.document import Problem
from parsers.report import RELEASE, Body, Check, Claim, Leftover, Number, Report, State, Status, Value

_OF_CELL = itemgetter("value", "raw", "status", "where")
_OF_CHECK = itemgetter("id", "across", "state", "left", "right")
_STATUSES = {one.value: one for one in Status}
_STATES = {one.value: one for one in State}
_TOO_MUCH = 2**63  # SQLite holds no larger number exactly
ParseDocument = dict[str, Any]
"""The contract's parse document; docs/schema/parse.json states its shape."""


def report_to_dict(report: Report) -> ParseDocument:
    """``report`` → parse document: what ``nianbao parse --json`` prints, in the order of docs/schema/parse.json.

    Counts are int, amounts (万元) the float with the same digits: ``json.dumps`` takes it. Nothing is raised.
    """
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
        title=_text(said["title"]),
        organisation=_text_or_none(said["organisation"]),
        body=Body(_text(said["body"]["name"]), _text_or_none(said["body"]["region_code"])),
        report_year=_year(said["report_year"]),
        region_code=_text_or_none(said["region_code"]),
        published=_text_or_none(said["published"]),
        phone=_text_or_none(said["phone"]),
        forms=MappingProxyType({_text(table): _text_or_none(form) for table, form in said["forms"].items()}),
        values=_values(said["cells"]),
        leftover=tuple(Leftover(**_texts(one)) for one in said["leftover"]),
        claims=tuple(
            Claim(_text(one["key"]), _needed(one["value"]), _text(one["span"]), _text(one["where"]))
            for one in said["claims"]
        ),
        checks=_checks(said["checks"]),
        problems=tuple(Problem(**_texts(one)) for one in said["problems"]),
        format=_text(said["format"]),
        converter=_text(said["converter"]),
        content_digest=_text(said["content_digest"]),
        text=_text(said["text"]),
        document_number=_text_or_none(said["document_number"]),
        file_created=_text_or_none(said["file_created"]),
    )


def _values(said: Mapping[str, Mapping[str, Any]]) -> tuple[Value, ...]:
    values, raws, statuses, wheres = _columns(map(_OF_CELL, said.values()), 4)
    _expect_texts(said.keys(), raws, wheres)
    return tuple(map(Value, said.keys(), _all_exact(values), raws, map(_STATUSES.__getitem__, statuses), wheres))


def _checks(said: Sequence[Mapping[str, Any]]) -> tuple[Check, ...]:
    names, across, states, lefts, rights = _columns(map(_OF_CHECK, said), 5)
    _expect_texts(names, across)
    return tuple(map(Check, names, across, map(_STATES.__getitem__, states), _all_exact(lefts), _all_exact(rights)))


def _columns(rows: Iterable[tuple[Any, ...]], count: int) -> Sequence[tuple[Any, ...]]:
    """A report has 200 cells and 50 checks: what is asked of all of them is asked of a column at once."""
    return tuple(zip(*rows, strict=True)) or ((),) * count


def _expect_texts(*columns: Iterable[Any]) -> None:
    """Raises what ``_text`` raises."""
    for column in columns:
        "".join(column).encode()


def _all_exact(said: Iterable[Any]) -> list[Number | None]:
    return [one if one is None or (type(one) is int and -_TOO_MUCH < one < _TOO_MUCH) else _exact(one) for one in said]


def _text(said: Any) -> str:
    """Raises TypeError for what is no text, ValueError for one that cannot be written (half of a surrogate pair)."""
    if not isinstance(said, str):
        raise TypeError(f"expected a text, found {said!r:.100}")
    said.encode()
    return said


def _text_or_none(said: Any) -> str | None:
    return None if said is None else _text(said)


def _texts(said: Mapping[str, Any]) -> dict[str, str]:
    return {name: _text(one) for name, one in said.items()}


def _year(said: Any) -> int | None:
    if said is not None and (type(said) is not int or not 0 < said < 10_000):
        raise ValueError(f"expected a year, found {said!r:.100}")
    return said


def _leftover_to_dict(one: Leftover) -> dict[str, str]:
    """``label`` is left out where it is empty: only rows that the form does not know have one."""
    said = {"raw": one.raw, "where": one.where, "why": one.why}
    return said | {"label": one.label} if one.label else said


def _number(value: Number | None) -> int | float | None:
    """Decimal → the JSON number with the same digits (figures of reports have far fewer than the 15 that are safe)."""
    return float(value) if isinstance(value, Decimal) else value


def _exact(value: float | None) -> Number | None:
    if value is not None and (isinstance(value, bool) or not abs(value) < _TOO_MUCH):  # NaN is not less either
        raise ValueError(f"expected a figure, found {value!r:.100}")
    return Decimal(repr(value)) if isinstance(value, float) else value


def _needed(value: float | None) -> Number:
    number = _exact(value)
    if number is None:
        raise ValueError("expected a number, found null")
    return number
