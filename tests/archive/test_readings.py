"""Readings go into the wide tables and come back without a difference; the views say the same to plain sqlite3."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import pytest
from county import article, crawl, figures_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.errors import Conflict
from archive.packed.figures import to_number, to_stored
from archive.readings import get_report, get_values, put_reading
from archive.schema.form_columns import AMOUNTS, SHEETS
from archive.store import Archive
from parsers.document import Problem
from parsers.forms import find_form, list_forms
from parsers.report import Body, Check, Claim, Leftover, Number, Report, State, Status, Value

numbers: st.SearchStrategy[Number] = st.one_of(
    st.integers(),
    st.integers(min_value=-3, max_value=300),
    st.decimals(allow_nan=False, allow_infinity=False, places=4),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**9),
)
words = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=12)
raws = st.sampled_from(["", "　", "/", "—", "0\xa0", " 0", "1,234", "'); DROP TABLE runs; --"]) | words


def values_of(keys: tuple[str, ...], samples: list[tuple[Status, Number, str, bool]]) -> tuple[Value, ...]:
    """The samples over and over, so that hypothesis has a few things to vary and not two hundred."""
    made = []
    for at, key in enumerate(keys):
        status, number, raw, is_plain = samples[at % len(samples)]
        value = number if status is Status.NUMBER else None
        plain = "" if value is None else str(value)
        made.append(Value(key, value, plain if is_plain else raw, status, f"line={at % 7}"))
    return tuple(made)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    forms = {
        "proactive": draw(st.sampled_from(["2019", "2021", None])),
        "requests": draw(st.sampled_from([None, "2021"])),
        "disputes": draw(st.sampled_from(["2019", None])),
    }
    if draw(st.booleans()):  # reports for 2014 to 2018 have this table; of others the key is not there
        forms["statistics"] = "2014"
    keys = tuple(key for sheet in SHEETS if forms.get(sheet.table) == sheet.form for key in sheet.keys)
    samples = draw(st.lists(st.tuples(st.sampled_from(Status), numbers, raws, st.booleans()), min_size=1, max_size=9))
    names = st.sampled_from(["requests.balance", "disputes.row_sum"])
    check = st.builds(Check, names, words, st.sampled_from(State), st.none() | numbers, st.none() | numbers)
    return Report(
        title=draw(words),
        organisation=draw(st.none() | words),
        body=Body(draw(words), draw(st.none() | words)),
        report_year=draw(st.none() | st.integers(2000, 2039)),
        region_code=draw(st.none() | words),
        published=draw(st.none() | words),
        phone=draw(st.none() | words),
        forms=MappingProxyType(forms),
        values=values_of(keys, samples),
        leftover=tuple(draw(st.lists(st.builds(Leftover, words, words, words, words), max_size=3))),
        claims=tuple(draw(st.lists(st.builds(Claim, words, numbers, words, words), max_size=3))),
        checks=tuple(draw(st.lists(check, max_size=4))),
        problems=tuple(
            draw(
                st.lists(
                    st.builds(Problem, words, words, words, st.sampled_from(["note", "warning", "error"])), max_size=3
                )
            )
        ),
        format="html",
        converter="c/1",
        content_digest="0" * 64,
        text=draw(words),
        document_number=draw(st.none() | words),
    )


@pytest.fixture
def version(archive: Archive) -> int:
    crawl(archive, 0, {"http://www.shili.example/1.html": article("示例县教育局", 2024, figures_of(1))})
    return 1


@given(report=reports())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_a_report_comes_back_exactly(archive: Archive, version: int, report: Report) -> None:
    with archive.writing():
        reading = put_reading(archive, version, report, "1", "2025-01-01T00:00:00Z")
    kept = get_report(archive, reading)
    assert kept == report
    assert [type(value.value) for value in kept.values] == [type(value.value) for value in report.values]
    assert [str(value.value) for value in kept.values] == [str(value.value) for value in report.values]
    current = archive.db.execute("SELECT count(*) FROM readings WHERE version = 1 AND current = 1").fetchone()[0]
    assert current == 1
    shown = archive.db.execute("SELECT key, raw, status FROM cells WHERE reading = ?", [reading]).fetchall()
    # SQLite's JSON functions end a text at its first NUL; get_report above does not.
    assert sorted(shown) == sorted((one.key, one.raw.partition("\x00")[0], one.status.value) for one in report.values)


@given(numbers)
def test_a_figure_is_never_a_float(number: Number) -> None:
    stored = to_stored(number)
    assert isinstance(stored, int | str)
    assert to_number(stored) == number
    assert type(to_number(stored)) is type(number)


def test_cells_that_are_not_the_forms_are_refused(archive: Archive, version: int) -> None:
    report = get_report(archive, 1)
    extra = Value("statistics.x.y", 1, "1", Status.NUMBER)
    for broken in (
        replace(report, values=report.values[1:]),
        replace(report, values=(*report.values, extra)),
        replace(report, values=(*report.values, report.values[0])),
        replace(report, forms=MappingProxyType({**report.forms, "requests": "2030"})),
    ):
        with pytest.raises(Conflict), archive.writing():
            put_reading(archive, version, broken, "1", "2025-01-01T00:00:00Z")
    assert archive.db.execute("SELECT count(*) FROM readings").fetchone() == (1,)


def test_cells_in_any_order_and_any_number_of_checks_are_kept(archive: Archive, version: int) -> None:
    report = get_report(archive, 1)
    checks = tuple(
        replace(report.checks[number % len(report.checks)], left=number, right=None if number % 7 else 2**70)
        for number in range(250)
    )
    other = replace(report, values=report.values[::-1], checks=checks)
    with archive.writing():
        kept = get_report(archive, put_reading(archive, version, other, "1", "2025-01-01T00:00:00Z"))
    assert kept == replace(report, checks=checks)


def test_identities_of_a_transaction_that_was_taken_back_are_forgotten(archive: Archive, version: int) -> None:
    report = get_report(archive, 1)
    ours, others, third = (
        replace(report, checks=tuple(replace(check, across=f"{name}.{check.across}") for check in report.checks[:3]))
        for name in ("ours", "others", "third")
    )

    def put(one: Report) -> int:
        return put_reading(archive, version, one, "1", "2025-01-01T00:00:00Z")

    def put_and_take_back(one: Report) -> None:
        with archive.writing():
            put(one)
            raise Conflict("expected nothing, found this")

    with pytest.raises(Conflict):
        put_and_take_back(ours)
    with archive.writing():
        kept = [put(others)]
        with pytest.raises(Conflict):
            put_and_take_back(third)
        kept += [put(ours), put(third), put(others)]
    assert [get_report(archive, reading) for reading in kept] == [others, ours, third, others]


@pytest.mark.parametrize("figure", [2**63 - 1, 2**63, -(2**63) + 1, -(2**63), -(2**63) - 1, 10**30, Decimal("0.00")])
def test_a_figure_of_any_size_is_kept_beside_amounts(archive: Archive, version: int, figure: Number) -> None:
    report = get_report(archive, 1)
    first, *others = report.values
    other = replace(report, values=(replace(first, value=figure, raw=str(figure)), *others))
    with archive.writing():
        kept = get_report(archive, put_reading(archive, version, other, "1", "2025-01-01T00:00:00Z"))
    assert kept == other
    assert (str(kept.values[0].value), type(kept.values[0].value)) == (str(figure), type(figure))


def test_the_frozen_columns_are_those_of_the_forms() -> None:
    assert [(form.table, form.form) for form in list_forms()] == [(sheet.table, sheet.form) for sheet in SHEETS]
    for sheet in SHEETS:
        cells = find_form(sheet.table, sheet.form).cells()
        assert tuple(cell.key for cell in cells) == sheet.keys
        assert {cell.key for cell in cells if cell.unit != "count"} == AMOUNTS & set(sheet.keys)
        assert len(set(sheet.columns)) == len(sheet.columns)


def test_a_stranger_reads_the_views_with_plain_sqlite3(archive: Archive, folder: Path) -> None:
    portal = {"http://www.shili.example/1.html": article("示例县教育局", 2024, figures_of(4))}
    crawl(archive, 0, portal)
    crawl(archive, 1, {next(iter(portal)): article("示例县教育局", 2024, figures_of(5))})
    archive.close()
    db = sqlite3.connect(f"file:{folder / 'archive.db'}?mode=ro", uri=True)
    views = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'view'")]
    assert {"cells", "checks", "problems", "leftovers", "claims", "annual_reports", "not_seen"} <= set(views)
    for view in views:
        db.execute(f"SELECT * FROM {view}").fetchall()
    key = "requests.received.enterprise"
    rows = db.execute("SELECT version, value, latest FROM cells WHERE key = ? ORDER BY version", [key]).fetchall()
    assert rows == [(1, int(figures_of(4)[key]), 0), (2, int(figures_of(5)[key]), 1)]
    fees = db.execute("SELECT value, raw, typeof(value) FROM cells WHERE key = 'proactive.fees.amount'").fetchall()
    assert fees == [(4.25, "4.25", "real"), (5.25, "5.25", "real")]
    assert db.execute("SELECT sum(value > 4.5) FROM cells WHERE key = 'proactive.fees.amount'").fetchone() == (1,)
    assert db.execute("SELECT count(*), min(state) FROM checks WHERE latest").fetchone() == (42, "HOLDS")
    assert db.execute("SELECT region_code, versions FROM annual_reports").fetchall() == [("150824", 2)]
    labels = db.execute("SELECT label FROM form_cells WHERE key = ? GROUP BY label", [key]).fetchall()
    assert labels == [("一、本年新收政府信息公开申请数量 · 商业企业",)]


def test_amounts_keep_every_digit(archive: Archive) -> None:
    figures = figures_of(1) | {"proactive.fees.amount": "96171.6042"}
    crawl(archive, 0, {"http://www.shili.example/1.html": article("示例县教育局", 2024, figures)})
    (fees,) = [value for value in get_values(archive, 1) if value.key == "proactive.fees.amount"]
    assert fees.value == Decimal("96171.6042")
