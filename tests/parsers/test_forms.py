"""The forms are what the notices say: 198 cells in 2019, 200 in 2021, and the sums they demand."""

from __future__ import annotations

import pytest

from parsers.checks import evaluate_checks
from parsers.forms import find_form, label_of, list_forms
from parsers.report import State, Status, Value


@pytest.mark.parametrize(
    ("table", "form", "cells", "identities"),
    [
        ("proactive", "2019", 22, 0),
        ("proactive", "2021", 10, 0),
        ("requests", "2019", 161, 7 + 7 + 23),
        ("requests", "2021", 175, 7 + 7 + 25),
        ("disputes", "2019", 15, 3),
        ("statistics", "2014", 58, 7),
    ],
)
def test_cells_and_checks_of_each_table(table: str, form: str, cells: int, identities: int) -> None:
    found = find_form(table, form)
    keys = [cell.key for cell in found.cells()]
    assert len(keys) == len(set(keys)) == cells
    zeros = {key: Value(key, 0, "0", Status.NUMBER) for key in keys}
    checks = evaluate_checks([found], zeros)
    assert [check.state for check in checks] == [State.HOLDS] * identities


def test_there_are_six_tables_and_each_is_its_own_file() -> None:
    names = {(form.table, form.form) for form in list_forms()}
    assert len(names) == 6
    since_2019 = {form.authority for form in list_forms() if form.table != "statistics"}
    assert since_2019 == {"国办公开办函〔2019〕60号", "国办公开办函〔2021〕30号"}


def test_a_blank_is_never_taken_as_zero() -> None:
    form = find_form("disputes", "2019")
    values = {cell.key: Value(cell.key, 0, "0", Status.NUMBER) for cell in form.cells()}
    values["disputes.review.pending"] = Value("disputes.review.pending", None, "", Status.BLANK)
    checks = {check.across: check for check in evaluate_checks([form], values)}
    assert checks["review"].state is State.UNKNOWN
    assert (checks["review"].left, checks["review"].right) == (None, None)
    assert checks["litigation_direct"].state is State.HOLDS


def test_a_broken_sum_shows_both_sides() -> None:
    form = find_form("disputes", "2019")
    values = {cell.key: Value(cell.key, 1, "1", Status.NUMBER) for cell in form.cells()}
    [first, *_] = evaluate_checks([form], values)
    assert (first.state, first.left, first.right) == (State.BROKEN, 1, 4)


def test_labels_in_chinese() -> None:
    assert label_of("requests.granted.total") == "（一）予以公开 · 总计"
    assert label_of("disputes.litigation_direct.upheld") == "未经复议直接起诉 · 结果维持"
    assert label_of("statistics.received.count") == "（一）收到申请数 · 统计数"
    assert label_of("statistics.lawsuits_corrected.count") == "五、行政诉讼数量 · （二）被依法纠错数"
