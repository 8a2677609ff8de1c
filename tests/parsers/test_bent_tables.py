"""Bends of labels, rows and figures that the accuracy benchmark found: each as the smallest table that shows it."""

from __future__ import annotations

import pytest

from parsers.document import Cell, Document, Paragraph, Table
from parsers.forms import find_form
from parsers.report import Status, Value
from parsers.said.claims import claims_of
from parsers.segments import reports_in
from parsers.tables.figures import read_figure
from parsers.tables.labels import core_of, match_label
from parsers.tables.reading import read_tables
from parsers.tables.rows import rows_of

ROWS = find_form("requests", "2021").row_labels()
HEAD = (("", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"),)


def named(printed: str) -> list[str]:
    return [match.label.key for match in match_label(printed, ROWS)]


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("三、本年度办理结果（三）不予公开1.属于国家秘密", "refused_state_secret"),
        ("（六）其他处理3.其他", "other_other"),
        ("本年度办理结果\n（一）予以公开", "granted"),
        ("（五）其它处理 2.重复申请", None),  # 2.重复申请 stands under （五）不予处理
        ("不予公开1.本机关不掌握相关政府信息", None),  # which stands under （四）无法提供
        ("①属于国家秘密", "refused_state_secret"),
        ("③其它", "other_other"),
        ("（六）其它处理 1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请", "other_not_corrected"),
    ],
)
def test_a_label_below_its_groups(printed: str, key: str | None) -> None:
    assert named(printed) == ([] if key is None else [key])


def test_two_ways_to_write_one_word() -> None:
    assert core_of("（六）其它处理") == core_of("（六）其他处理") == "其他处理"


@pytest.mark.parametrize(
    ("raw", "value"),
    [("55，5\n23", 55523), ("1,\n234", 1234), ("1,2\n34,567", 1234567), ("1,234\n567", None), ("12\n345", None)],
)
def test_a_figure_broken_within_its_groups(raw: str, value: int | None) -> None:
    assert read_figure(raw).value == value


def reading(rows: tuple[tuple[str, ...], ...], *, spans_known: bool) -> dict[str, Value]:
    cells = tuple(tuple(Cell(text, where=f"{n}.{at}") for at, text in enumerate(row)) for n, row in enumerate(rows))
    found = next(one for one in read_tables(rows_of([Table(cells, "t", spans_known)])) if one.table == "requests")
    return {value.key: value for value in found.values}


def row(label: str, *figures: str) -> tuple[str, ...]:
    return (label, *figures)


def test_a_row_with_gaps_stands_where_full_rows_of_its_width_do() -> None:
    """Dumps of PDF: three label columns and seven of data, all printed."""
    full = tuple(
        ("", "", label, *(str(n) for n in range(start, start + 7)))
        for label, start in (("（一）予以公开", 10), ("1.属于国家秘密", 20))
    )
    head = (("", "", *HEAD[0]),)
    gaps = ("四、结转下年度继续办理", "", "", "31", "", "33", "", "", "36", "37")
    values = reading((*head, *full, gaps), spans_known=False)
    said = [values[f"requests.carried_out.{column}"].raw for column in ("natural_person", "research", "total")]
    assert said == ["31", "33", "37"]
    assert values["requests.carried_out.enterprise"].status is Status.BLANK
    alone = reading((*head, full[0], gaps), spans_known=False)
    assert alone["requests.carried_out.natural_person"].status is Status.UNREAD, "one witness is not enough"
    moved = (full[0], ("", full[1][2], *full[1][3:], ""))
    disagreeing = reading((*head, *moved, gaps), spans_known=False)
    assert disagreeing["requests.carried_out.natural_person"].status is Status.UNREAD


def test_a_page_number_between_two_pieces_of_a_label() -> None:
    figures = tuple(str(n) for n in range(1, 8))
    rows = (
        *HEAD,
        row("5.要求行政", *figures),
        row("- 4 -", *[""] * 7),
        row("机关确认或重新出具已获取信息", *[""] * 7),
    )
    for spans_known in (True, False):
        values = reading(rows, spans_known=spans_known)
        assert values["requests.declined_reissue.total"].raw == "7"


def test_a_surplus_figure_in_a_table_padded_to_its_longest_row() -> None:
    rows = ((*HEAD[0], ""), row("2.重复申请", *(str(n) for n in range(1, 9))), ("（一）予以公开", *"1234567", ""))
    values = reading(rows, spans_known=True)
    assert values["requests.declined_repeat.natural_person"].status is Status.UNREAD
    assert values["requests.granted.total"].value == 7


def test_a_row_of_another_grid_in_a_joined_table() -> None:
    """LibreOffice joins two tables that touch: below the seam a label may lie under a column of figures."""
    cells = (
        tuple(Cell(text, colspan=2) for text in HEAD[0]),
        (Cell("2.重复申请", colspan=3), *(Cell(str(n), colspan=2) for n in range(1, 7)), Cell("7")),
    )
    found = next(one for one in read_tables(rows_of([Table(cells)])) if one.table == "requests")
    values = {value.key: value.raw for value in found.values}
    assert [values[f"requests.declined_repeat.{c}"] for c in ("natural_person", "other_org", "total")] == [
        "1",
        "6",
        "7",
    ]


def test_a_row_that_is_not_there_beside_one_without_a_name() -> None:
    """小计 may be the row that is missing: nobody can say that it is not there."""
    rows = (*HEAD, row("（一）予以公开", *"1234567"), row("小计", *"7654321"))
    values = reading(rows, spans_known=True)
    assert values["requests.declined_repeat.total"].status is Status.UNREAD
    without = reading(rows[:-1], spans_known=True)
    assert without["requests.declined_repeat.total"].status is Status.MISSING


def test_the_unit_of_things_is_a_figure_too() -> None:
    head = ("未经复议直接起诉", "", "", "", "", "复议后起诉", "", "", "", "")
    outcomes = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计") * 2
    cells = tuple(
        tuple(Cell(text) for text in line) for line in (head, outcomes, tuple(f"{n}件" for n in range(1, 11)))
    )
    found = read_tables(rows_of([Table(cells, spans_known=False)]))[2]
    values = {value.key: value.value for value in found.values}
    assert values["disputes.litigation_after_review.total"] == 10


def test_a_second_set_of_tables_is_a_second_report_and_a_second_table_alone_is_not() -> None:
    two, three, four = (
        Table(((Cell(text), Cell("1")),)) for text in ("行政处罚", "一、本年新收政府信息公开申请数量", "尚未审结")
    )
    opening = Paragraph("一、总体情况")
    once = (opening, two, three, four, Paragraph("六、其他需要报告的事项"))
    assert [len(part) for part in reports_in((*once, *once))] == [5, 5]
    assert len(reports_in((opening, two, three, Paragraph("上年同期："), three, four))) == 1
    assert len(reports_in((opening, two, three, four, three))) == 1


def test_a_document_that_begins_with_a_table_has_prose_all_the_same() -> None:
    """Cut files and layout tables: nothing stands before the first table."""
    opening = Table(((Cell("信息内容"), Cell("1")),))
    line = Paragraph("全年收到政府信息公开申请12件。", "line=2")
    (claim,) = claims_of(Document((opening, line), "dump", "test"))
    assert (claim.value, claim.where) == (12, "line=2")
