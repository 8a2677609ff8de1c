"""Values in columns: they are the values, whatever was printed in them; and they come through a pipe as they are."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parsers.reading import read
from parsers.report import Report, Status, Value
from parsers.values import Values
from parsers.wire_form import report_from_wire, report_to_wire

PAGES = Path(__file__).parents[1] / "documents" / "html"
words = st.text(st.characters(codec="utf-8"), max_size=6)
numbers = st.integers(-(2**63) + 1, 2**63 - 1) | st.decimals(-(10**15), 10**15, places=2)


@st.composite
def values(draw: st.DrawFn) -> list[Value]:
    """Cells of any keys: figures printed by their digits or otherwise, and cells that have none."""
    found = []
    for number in range(draw(st.integers(0, 12))):
        status = draw(st.sampled_from(Status))
        value = draw(numbers) if status is Status.NUMBER else None
        raw = draw(words | st.just("" if value is None else str(value)))
        found.append(Value(f"example.{number}", value, raw, status, draw(words)))
    return found


@given(values())
def test_columns_are_the_values(found: list[Value]) -> None:
    columns = Values.of(found)
    assert list(columns) == found
    assert [str(one.value) for one in columns] == [str(one.value) for one in found]
    assert columns == tuple(found)
    assert tuple(found) == columns
    assert len(columns) == len(found)
    assert columns[1:3] == tuple(found[1:3])
    assert Values.of(columns) is columns


def test_only_what_is_printed_otherwise_is_kept_of_the_print() -> None:
    columns = Values.of(
        [
            Value("a", 0, "0", Status.NUMBER),
            Value("b", 1234, "1,234", Status.NUMBER),
            Value("c", Decimal("25.10"), "25.10", Status.NUMBER),
            Value("d", None, "", Status.BLANK),
            Value("e", None, "/", Status.FILLER),
        ]
    )
    assert columns.prints == {1: "1,234", 4: "/"}
    assert columns.letters == "nnnbf"


def test_other_values_are_others() -> None:
    one, other = Value("a", 0, "0", Status.NUMBER), Value("a", 0, "00", Status.NUMBER)
    assert Values.of([one]) != Values.of([other])
    assert Values.of([one]) != (one, one)
    assert Values.of([one]) != 1


@pytest.fixture(scope="module")
def report() -> Report:
    (found,) = read((PAGES / "html01.html").read_bytes())
    return found


def _through_a_pipe(said: Any) -> Any:
    return json.loads(json.dumps(said))


def test_every_document_comes_through_as_it_is() -> None:
    reports = [report for file in sorted(PAGES.glob("*.html")) for report in read(file.read_bytes())]
    assert sum(len(report.values) for report in reports) > 1000
    for report in reports:
        said = _through_a_pipe(report_to_wire(report))
        assert said["cells"]["keys"] is None  # they are the forms'
        assert report_from_wire(said) == report


@given(values())
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_values_come_through_to_the_digit(report: Report, found: list[Value]) -> None:
    sent = replace(report, values=found)
    had = report_from_wire(_through_a_pipe(report_to_wire(sent)))
    assert had == sent
    assert [str(one.value) for one in had.values] == [str(one.value) for one in found]


def test_keys_that_are_not_the_forms_are_told(report: Report) -> None:
    turned = replace(report, values=tuple(reversed(report.values)))
    assert report_from_wire(_through_a_pipe(report_to_wire(turned))) == turned


@pytest.mark.parametrize(
    ("column", "bent"),
    [
        ("keys", ["a"]),
        ("keys", ["a", "a"]),
        ("values", [0]),
        ("values", "0"),
        ("values", [2**63, 0]),
        ("values", [True, 0]),
        ("values", [0.5, 0]),
        ("values", ["NaN", 0]),
        ("values", ["1_0", 0]),
        ("values", [" 1", 0]),
        ("values", ["1E+30", 0]),
        ("statuses", "n"),
        ("statuses", "nx"),
        ("statuses", "nn"),
        ("statuses", "ub"),
        ("statuses", ["n", "n"]),
        ("prints", [[2, "0"]]),
        ("prints", [[-1, "0"]]),
        ("prints", [["0", "0"]]),
        ("prints", [[True, "0"]]),
        ("prints", [[0, 0]]),
        ("prints", None),
        ("places", [""]),
        ("places", ["", 0]),
        ("places", ["", "\ud800"]),
    ],
)
def test_columns_that_do_not_fit_are_refused(report: Report, column: str, bent: object) -> None:
    right = {"keys": ["a", "b"], "values": [0, None], "statuses": "nb", "prints": [[0, "00"]], "places": ["", ""]}
    said = _through_a_pipe(report_to_wire(report))
    (first, second) = report_from_wire(said | {"cells": right}).values
    assert (first, second) == (Value("a", 0, "00", Status.NUMBER), Value("b", None, "", Status.BLANK))
    with pytest.raises((LookupError, TypeError, ValueError)):
        report_from_wire(said | {"cells": right | {column: bent}})


@pytest.mark.parametrize("column", ["ids", "across", "states", "lefts", "rights"])
def test_checks_that_do_not_fit_are_refused(report: Report, column: str) -> None:
    said = _through_a_pipe(report_to_wire(report))
    assert len(said["checks"][column]) > 10
    for bent in (said["checks"][column][1:], [*said["checks"][column][1:], []], None):
        with pytest.raises((LookupError, TypeError, ValueError)):
            report_from_wire(said | {"checks": said["checks"] | {column: bent}})


def test_a_form_that_nobody_knows_is_refused(report: Report) -> None:
    said = _through_a_pipe(report_to_wire(report))
    with pytest.raises(KeyError):
        report_from_wire(said | {"forms": {"requests": "1999"}})
