"""Labels as real reports bend them."""

from __future__ import annotations

import pytest

from parsers.forms import find_form
from parsers.tables.labels import match_label

ROWS = {table: find_form(table, form).row_labels() for table, form in
        (("proactive", "2021"), ("requests", "2021"))}  # fmt: skip
COLUMNS = {form.table: form.column_labels() for form in (find_form("requests", "2021"), find_form("proactive", "2021"))}


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("（一）予以公开", "granted"),
        ("(一) 予以公开", "granted"),
        ("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "partly_granted"),
        ("(二) 部分公开(区分处理的,只计这一情形,不计其他情形)", "partly_granted"),
        ("1、申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请", "other_not_corrected"),
        ('3. 危及"三安全一稳定"', "refused_security_stability"),
        ("2.其他法律行政止公开", "refused_forbidden_by_law"),
        ("3.其 他", "other_other"),
        ("四、结转下年度继续办理", "carried_out"),
        ("结转下年度继续办理", "carried_out"),
    ],
)
def test_rows(printed: str, key: str) -> None:
    assert [match.label.key for match in match_label(printed, ROWS["requests"])] == [key]


@pytest.mark.parametrize(
    ("printed", "table", "key"),
    [
        ("商 业 企\n业", "requests", "enterprise"),
        ("社会组织", "requests", "social_welfare"),
        ("现行有效件", "proactive", "in_force"),
        ("本年收费金额(单位：万元）", "proactive", "amount"),
    ],
)
def test_columns(printed: str, table: str, key: str) -> None:
    assert [match.label.key for match in match_label(printed, COLUMNS[table])] == [key]


@pytest.mark.parametrize("printed", ["", "（三）不予公开", "法人或其他组织", "申请人情况", "行政", "合计"])
def test_what_is_no_row_label(printed: str) -> None:
    assert match_label(printed, ROWS["requests"]) == ()


def test_a_misspelling_near_two_labels_is_neither() -> None:
    assert match_label("行政许罚", ROWS["proactive"]) == ()
