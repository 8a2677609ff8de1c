"""Readings compared with what a person knows of a document: differences as sentences, empty when there are none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from parsers.reading import read
from parsers.report import Hints, Report, State, Status, Value

Expected = int | Decimal | None
_WHITE = re.compile(r"\s+")


def read_one(payload: bytes) -> Report:
    """The only report of a payload."""
    reports = read(payload, Hints())
    assert len(reports) == 1, f"{len(reports)} reports: {[report.title for report in reports]}"
    return reports[0]


def values_of(report: Report) -> dict[str, Value]:
    """Key → value; no key stands twice."""
    values = {value.key: value for value in report.values}
    assert len(values) == len(report.values), "a key was read twice"
    return values


def as_number(value: object) -> Expected:
    """A figure of a truth or gold file: int, "18.8710", 797.58 or null."""
    return None if value is None else value if isinstance(value, int) else Decimal(str(value))


def wrong_values(report: Report, expected: Mapping[str, Expected]) -> list[str]:
    """Every key whose value is not exactly the expected one, and every key too many."""
    values = values_of(report)
    found = [
        f"{key}: expected {number}, {_said(values.get(key))}"
        for key, number in expected.items()
        if key not in values or values[key].value != number
    ]
    return found + [f"{key}: not a key of the forms" for key in values if key not in expected]


def wrong_statuses(report: Report, expected: Mapping[str, str]) -> list[str]:
    values = values_of(report)
    return [
        f"{key}: expected {status}, {_said(values.get(key))}"
        for key, status in expected.items()
        if key not in values or values[key].status != status
    ]


def false_numbers(report: Report, expected: Mapping[str, Expected]) -> list[str]:
    """Every key that got a figure which is not its own: the one thing that must never be."""
    return [
        f"{key}: expected {expected.get(key)} or unread, {_said(value)}"
        for key, value in values_of(report).items()
        if value.status is Status.NUMBER and value.value != expected.get(key)
    ]


def broken_promises(report: Report) -> list[str]:
    """A value without a figure, a figure without a place, a figure without its print."""
    found = []
    for value in report.values:
        if (value.value is not None) != (value.status is Status.NUMBER):
            found.append(f"{value.key}: value {value.value} with status {value.status}")
        if value.status is Status.NUMBER and not (value.where and value.raw):
            found.append(f"{value.key}: a figure without its place or print: {value}")
    return found


def squeezed(text: str) -> str:
    return _WHITE.sub("", text)


def states_of(report: Report) -> dict[str, int]:
    return {state.value: sum(check.state is state for check in report.checks) for state in State}


def hand_checked(forms: Mapping[str, str | None], numbers: Mapping[str, Expected]) -> dict[str, int]:
    """The identities of the forms worked out here once more: HOLDS, BROKEN and UNKNOWN counted."""
    counts = {"HOLDS": 0, "BROKEN": 0, "UNKNOWN": 0}

    def compare(left: Iterable[Expected], right: Iterable[Expected]) -> None:
        sides = [list(left), list(right)]
        if any(number is None for side in sides for number in side):
            counts["UNKNOWN"] += 1
        else:
            same = sum(n for n in sides[0] if n is not None) == sum(n for n in sides[1] if n is not None)
            counts["HOLDS" if same else "BROKEN"] += 1

    if forms["requests"] is not None:
        rows = list(dict.fromkeys(key.split(".")[1] for key in numbers if key.startswith("requests.")))
        columns = list(dict.fromkeys(key.split(".")[2] for key in numbers if key.startswith("requests.")))
        inner = rows[2:-2]
        for column in columns:
            at = {row: numbers[f"requests.{row}.{column}"] for row in rows}
            compare((at["received"], at["carried_in"]), (at["handled_total"], at["carried_out"]))
            compare([at["handled_total"]], [at[row] for row in inner])
        for row in rows:
            line = [numbers[f"requests.{row}.{column}"] for column in columns]
            compare(line[-1:], line[:-1])
    for block in ("review", "litigation_direct", "litigation_after_review"):
        line = [number for key, number in numbers.items() if key.startswith(f"disputes.{block}.")]
        compare(line[-1:], line[:-1])
    return counts


def _said(value: Value | None) -> str:
    return "no such key" if value is None else f"got {value.value} ({value.status}, {value.raw!r} at {value.where})"


def truth_numbers(truth: Mapping[str, Any]) -> dict[str, Expected]:
    return {key: as_number(cell["value"]) for key, cell in truth["cells"].items()}
