"""Plain-text dumps: cells on lines of their own, rows with TABs, and what stands between tables."""

from __future__ import annotations

import pytest

from parsers.document import Paragraph, Table
from parsers.errors import Unreadable
from parsers.formats import dump


def read(text: str) -> tuple[Paragraph | Table, ...]:
    blocks = dump.convert(text.encode()).blocks
    assert all(isinstance(block, Paragraph | Table) for block in blocks)
    return blocks  # type: ignore[return-value]


def grid(block: Paragraph | Table) -> list[list[str]]:
    assert isinstance(block, Table)
    assert not block.spans_known
    return [[cell.text for cell in row] for row in block.rows]


CELL_LINES = """示例县教育局2023年政府信息公开
工作年度报告
二、主动公开政府信息情况
\t第二十条第（一）项

\t信息内容
\t商业
企业
\t本年废止件数

\t规章
\t11
\t
0

\t
\t21
\t

22

\t规范性文件
\t
\t

33
\t34

\t行政许可
\t41
\t


三、收到和处理政府信息公开申请情况
"""


def test_each_cell_on_lines_of_its_own() -> None:
    blocks = read(CELL_LINES)
    assert [block.text for block in blocks if isinstance(block, Paragraph)] == [
        "示例县教育局2023年政府信息公开",
        "工作年度报告",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
    ]
    assert grid(blocks[3]) == [
        ["第二十条第（一）项"],
        ["信息内容", "商业\n企业", "本年废止件数"],
        ["规章", "11", "0"],
        ["", "21", "22"],
        ["规范性文件", "", "33", "34"],
        ["行政许可", "41", ""],
    ]


def test_where_is_the_line_on_which_the_cell_begins() -> None:
    table = read(CELL_LINES)[3]
    assert isinstance(table, Table)
    lines = CELL_LINES.split("\n")
    assert table.where == "line=4"
    assert [cell.where for cell in table.rows[2]] == ["line=11", "line=12", "line=13"]
    for cell in (cell for row in table.rows for cell in row):
        assert lines[int(cell.where.removeprefix("line=")) - 1].startswith("\t")


ROWS = """二、主动公开政府信息情况

第二十条第（一）项\t\t\t
信息内容\t本年制发件数\t本年废止件数\t现行有效件数

规章\t11\t12\t13
\t 21\t\t23\t

\f行政许可\t+2\t\t
三、收到和处理政府信息公开申请情况
政府集中采购\t0\t251000元
"""


def test_one_line_a_row_with_empty_cells_in_their_places() -> None:
    blocks = read(ROWS)
    assert grid(blocks[1]) == [
        ["第二十条第（一）项", "", "", ""],
        ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"],
        ["规章", "11", "12", "13"],
        ["", " 21", "", "23", ""],
        ["行政许可", "+2", "", ""],
    ]
    assert blocks[2] == Paragraph("三、收到和处理政府信息公开申请情况", "line=10")
    assert grid(blocks[3]) == [["政府集中采购", "0", "251000元"]]
    assert [block.where for block in blocks] == ["line=1", "line=3", "line=10", "line=11"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_line_ends_and_encodings_do_not_matter(end: str, encoding: str) -> None:
    payload = CELL_LINES.replace("\n", end).encode(encoding)
    assert dump.convert(payload).blocks == dump.convert(CELL_LINES.encode()).blocks


def test_lines_that_a_tab_indents_are_paragraphs() -> None:
    blocks = read("一、总体情况\n\t根据条例编制。\n\n\t统计期限为2023年。\n\n无。\n")
    assert [block.text for block in blocks if isinstance(block, Paragraph)] == [
        "一、总体情况",
        "根据条例编制。",
        "统计期限为2023年。",
        "无。",
    ]


def test_the_heading_after_a_table_is_not_more_of_its_last_cell() -> None:
    blocks = read("\t规章\t\n\t行政许可\n\t41\n四、政府信息公开行政复议、行政诉讼情况\n")
    assert blocks[-1] == Paragraph("四、政府信息公开行政复议、行政诉讼情况", "line=4")


def test_prose_after_a_blank_last_cell_is_not_taken_into_it() -> None:
    blocks = read("\t规章\n\t31\n\n\t行政许可\n\t\n\n五、存在的主要问题及改进情况\n无。\n")
    assert grid(blocks[0]) == [["规章", "31"], ["行政许可", ""]]
    assert blocks[1:] == (Paragraph("五、存在的主要问题及改进情况", "line=7"), Paragraph("无。", "line=8"))


def test_band_titles_without_tabs_are_rows() -> None:
    blocks = read("第二十条第（一）项\n规章\t1\t2\n第二十条 第（五）项\n\n行政许可\t3\n第二十条第（一）项的规定\n")
    assert grid(blocks[0]) == [["第二十条第（一）项"], ["规章", "1", "2"], ["第二十条 第（五）项"], ["行政许可", "3"]]
    assert blocks[1:] == (Paragraph("第二十条第（一）项的规定", "line=6"),)


def test_bookmarks_of_the_converter_are_dropped() -> None:
    assert read("[bookmark: _GoBack]根据条例编制。") == (Paragraph("根据条例编制。", "line=1"),)


def test_white_space_alone_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        dump.convert("\n\t　\u00a0\n".encode())


@pytest.mark.parametrize(
    ("payload", "certainty"),
    [
        ("示例县2023年政府信息公开工作年度报告".encode(), 0.3),
        ("示例县2023年政府信息公开工作年度报告".encode("gb18030"), 0.3),
        ("今天天气很好".encode(), 0.1),
        (b"plain text", 0.0),
        (b"\0\1\2\3", 0.0),
    ],
)
def test_sniff_is_modest(payload: bytes, certainty: float) -> None:
    assert dump.sniff(payload) == certainty


def test_a_hundred_thousand_lines_take_no_longer_than_their_number() -> None:
    assert len(read("\t0\n\n" * 50_000 + "年报" * 30)) > 0
    assert len(read("甲\t乙\n" + "\n" * 100_000 + "甲\t乙\n年报" * 20_000)) > 0
