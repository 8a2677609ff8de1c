"""The own reader of Word's binary form: documents by two other programs, and the structures by hand."""

from __future__ import annotations

import random
import struct
import time
from pathlib import Path

import pytest

from parsers.document import Document, Heading, Paragraph, Table
from parsers.errors import DocumentError, Encrypted, Unreadable
from parsers.text import joined
from parsers.word import modifiers as m
from parsers.word.binary import read_word
from parsers.word.doc_tables import RowShape, columns_of, merged_across, read_table, shape_of
from parsers.word.fib import NotUnderstood, read_fib
from parsers.word.fields import hide_instructions
from parsers.word.modifiers import modifiers_in
from parsers.word.ole import bytes_of_stream, root_streams
from parsers.word.pieces import read_text
from parsers.word.properties import Properties
from parsers.word.runs import Runs, read_runs
from parsers.word.styles import Style, StyleSheet
from parsers.word.summary import read_summary
from parsers.word.tables import CellText

DOCUMENTS = Path(__file__).parent / "documents"
WORD = DOCUMENTS / "word"
MAKERS = ("libreoffice", "spire")


def read(name: str) -> Document:
    return read_word((WORD / name).read_bytes(), "doc")


def lines_of(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph | Heading)]


def rows_of(document: Document) -> list[list[list[tuple[str, int, int]]]]:
    tables = [block for block in document.blocks if isinstance(block, Table)]
    return [[[(cell.text, cell.rowspan, cell.colspan) for cell in row] for row in table.rows] for table in tables]


def texts_of(document: Document) -> list[list[list[str]]]:
    return [[[text for text, _, _ in row] for row in table] for table in rows_of(document)]


def codes_of(document: Document) -> list[tuple[str, str]]:
    return [(problem.code, problem.where) for problem in document.problems]


@pytest.mark.parametrize("maker", MAKERS)
def test_cells_merged_in_every_direction(maker: str) -> None:
    document = read(f"{maker}_merges.doc")
    (rows,) = rows_of(document)
    assert rows[:6] == [
        [("1001", 2, 1), ("1002", 1, 2), ("1003", 3, 1)],
        [("1004", 1, 1), ("1005", 2, 1)],
        [("1006", 2, 1), ("1007", 1, 1)],
        [("1008", 2, 3)],
        [("1009", 1, 1)],
        [("1010", 1, 1), ("1011", 1, 2), ("1012", 1, 1)],
    ]
    # A column is left out before the last row; LibreOffice widens its last cell over what is left out behind it.
    assert rows[6] == [("", 1, 1), ("1013", 1, 1), ("1014", 1, 2 if maker == "libreoffice" else 1)]
    (table,) = [block for block in document.blocks if isinstance(block, Table)]
    assert table.spans_known
    assert table.rows[1][0].where == "table=1&row=2&cell=2"
    assert document.problems == ()


@pytest.mark.parametrize("maker", MAKERS)
def test_tables_in_tables(maker: str) -> None:
    document = read(f"{maker}_nested.doc")
    assert texts_of(document) == [
        [["规范性文件\n二\n三\n1021\n1022\n行政许可", "1023"]],
        [["信息内容", "本年制发件数"], ["规章", "1024"]],
    ]
    assert lines_of(document) == ["间", "壳内文字", "壳尾", "后"]


@pytest.mark.parametrize("maker", MAKERS)
def test_what_tracked_changes_have_deleted_is_gone(maker: str) -> None:
    document = read(f"{maker}_changes.doc")
    (rows,) = texts_of(document)
    assert lines_of(document) == ["31留下", "后"]
    assert rows[0] == ["1031", "乙"]
    assert rows[-1] == ["末", "1032"]
    # LibreOffice deletes the text of the row and keeps the row, Spire.Doc deletes both.
    assert rows[1:-1] == ([["", ""]] if maker == "libreoffice" else [])


@pytest.mark.parametrize("maker", MAKERS)
def test_hidden_struck_and_raised_text_breaks_pictures_and_rare_characters(maker: str) -> None:
    document = read(f"{maker}_runs.doc")
    assert texts_of(document) == [[["1041", "1042[1]", "1043"], ["", "上\n下\t1-2", "𠮷野𠀋（1044）"]]]
    assert lines_of(document) == ["显", "页前", "页后", "节一", "节二𠮷"]
    assert codes_of(document) == [
        ("struck_text", "table=1&row=1&cell=1"),
        ("picture_in_cell", "table=1&row=2&cell=1"),
    ]
    assert document.problems[0].says.endswith("12")


@pytest.mark.parametrize("maker", MAKERS)
def test_results_of_fields_are_seen_and_instructions_are_not(maker: str) -> None:
    document = read(f"{maker}_fields.doc")
    assert texts_of(document) == [[["1051", "注", "1052"]]]
    assert "".join(lines_of(document)) == "见链接尾跨段一跨段二"
    if maker == "spire":  # LibreOffice drops the field that prints a number in a circle
        assert codes_of(document) == [("field_without_result", "table=1&row=1&cell=2")]


@pytest.mark.parametrize("maker", MAKERS)
def test_list_numbers_are_printed(maker: str) -> None:
    document = read(f"{maker}_lists.doc")
    assert lines_of(document) == [
        "一、总体情况", "（一）主动公开", "（二）依申请公开", "二、收到申请", "（一）结转", "1.条目", "③圈", "点", "无",
        "五、重起", "后",
    ]  # fmt: skip
    levels = [block.level for block in document.blocks if isinstance(block, Heading)]
    assert levels == [1, 2, 2, 1, 2, 1]
    assert texts_of(document) == [[["(④) 1061", "1062"]]]


@pytest.mark.parametrize("maker", MAKERS)
def test_text_boxes_stand_behind_what_they_hang_on(maker: str) -> None:
    document = read(f"{maker}_boxes.doc")
    assert lines_of(document) == ["甲", "框一", "框一又", "乙", "丙", "框二"]
    assert texts_of(document) == [[["格\n1071", "5"]], [["1072", "1073"]]]


def test_a_document_of_wps_is_one_of_word() -> None:
    document = read("spire.wps")
    figures = [text for table in texts_of(document) for row in table for text in row if text.isdecimal()]
    assert figures == [str(number) for number in range(1001, 1201)]


def test_what_it_says_about_itself() -> None:
    document = read_word((DOCUMENTS / "formats" / "prose.doc").read_bytes(), "doc")
    assert document.meta["title"] == "示例县民政局2023年政府信息公开工作年度报告"
    assert read_summary(b"") == {}
    assert read_summary(b"\0" * 44 + b"\xff" * 400) == {}


def test_a_merge_that_does_not_fit_is_refused_with_its_place() -> None:
    with pytest.raises(NotUnderstood, match=r"table=1&row=2&cell=1 .* none of its width"):
        read("libreoffice_refused.doc")


def test_headers_that_are_refused() -> None:
    payload = (WORD / "spire_lists.doc").read_bytes()
    main = bytearray(bytes_of_stream(payload, root_streams(payload)["WordDocument"]))
    assert read_fib(bytes(main)).text > 0
    struck = {2: 0x68, 0: 0xDC}  # nFib of Word 95, the mark of Word 6
    for at, value in struck.items():
        older = bytearray(main)
        older[at] = value
        if at == 0:
            older[1] = 0xA5
        with pytest.raises(NotUnderstood, match="Word 97"):
            read_fib(bytes(older))
    main[11] |= 1
    with pytest.raises(Encrypted):
        read_fib(bytes(main))
    for cut in (10, 40, 150, 400):
        with pytest.raises(Unreadable):
            read_fib(bytes(main[:11]) + b"\0" + bytes(main[12:cut]) if cut > 12 else bytes(main[:cut]))


def clx(pieces: list[tuple[int, int, int]], groups: tuple[bytes, ...] = ()) -> bytes:
    """(characters, FcCompressed, Prm) of each piece → Clx."""
    ends = [sum(count for count, _, _ in pieces[:at]) for at in range(len(pieces) + 1)]
    table = struct.pack(f"<{len(ends)}I", *ends) + b"".join(struct.pack("<HIH", 0, *rest) for _, *rest in pieces)
    return b"".join(b"\x01" + struct.pack("<H", len(one)) + one for one in groups) + (
        b"\x02" + struct.pack("<I", len(table)) + table
    )


def test_pieces_of_one_and_of_two_bytes_a_character() -> None:
    """Out of order in the file, as a document saved quickly has them."""
    main = "公开".encode("utf-16-le") + b"12\x93\x96\x94" + "𠮷".encode("utf-16-le")
    stated = clx([(5, 0x40000000 | 4 * 2, 0), (2, 0, 0), (2, 9, 0x18 << 1 | 0x100)])
    text = read_text(main, stated, 9)
    assert joined(text.units) == "12“–”公开𠮷"
    assert len(text.units) == 9
    assert [text.piece_at(at).start for at in (0, 4, 5, 8)] == [0, 0, 5, 7]
    assert text.pieces[2].modifiers == struct.pack("<HB", m.P_IN_TABLE, 1)
    assert text.piece_at(6).offset_of(6) == 2
    with pytest.raises(Unreadable, match="10"):
        read_text(main, stated, 10)
    with pytest.raises(Unreadable):
        read_text(main[:-1], stated, 9)


def test_a_piece_may_name_a_group_of_modifiers() -> None:
    group = struct.pack("<HB", m.C_HIDDEN, 1)
    assert read_text(b"ab", clx([(2, 0x40000000, 1)], (group,)), 2).pieces[0].modifiers == group
    with pytest.raises(NotUnderstood, match="group 1 of 1"):
        read_text(b"ab", clx([(2, 0x40000000, 3)], (group,)), 2)


def defined(borders: list[int], flags: list[int]) -> tuple[int, bytes]:
    content = struct.pack(f"<B{len(borders)}h", len(flags), *borders)
    return m.T_ROW, content + b"".join(struct.pack("<H18x", flag) for flag in flags)


@pytest.mark.parametrize(
    ("change", "borders", "flags"),
    [
        ((m.T_MERGE, b"\1\3"), (0, 10, 30, 60), (0, 2, 1)),
        ((m.T_SPLIT, b"\0\3"), (0, 10, 30, 60), (0, 0, 0)),
        ((m.T_MERGE_DOWN, b"\2\3"), (0, 10, 30, 60), (0, 0, 0x60)),
        ((m.T_MERGE_DOWN, b"\2\1"), (0, 10, 30, 60), (0, 0, 0x20)),
        ((m.T_DELETE, b"\1\2"), (0, 10, 40), (0, 0)),
        ((m.T_WIDTH, b"\0\2" + struct.pack("<h", 25)), (0, 25, 50, 80), (0, 0, 0)),
        ((m.T_INSERT, b"\1\2" + struct.pack("<h", 5)), (0, 10, 15, 20, 40, 70), (0,) * 5),
        ((m.T_LEFT, struct.pack("<h", -100)), (-100, -90, -70, -40), (0, 0, 0)),
    ],
)
def test_modifiers_change_a_row_that_is_defined(
    change: tuple[int, bytes], borders: tuple[int, ...], flags: tuple[int, ...]
) -> None:
    assert shape_of((defined([0, 10, 30, 60], [0, 0, 0]), change)) == RowShape(borders, flags)


def test_rows_that_are_refused() -> None:
    row = defined([0, 10], [0])
    for strange in (
        (),
        ((m.T_ROW_95, b""),),
        ((m.T_ROW, b"\0\0\0"),),
        ((m.T_ROW, b"\x40" + b"\0" * 200),),
        (defined([10, 0], [0]),),
        (row, (m.T_MERGE, b"\0\2")),
        (row, (m.T_MERGE_DOWN, b"\1\3")),
        (row, (m.T_MERGE_DOWN, b"")),
        (row, (m.T_INSERT, b"\2\1\0\0")),
    ):
        with pytest.raises(NotUnderstood):
            shape_of(strange)


def test_borders_nobody_can_tell_apart_are_one_and_those_of_one_row_never_are() -> None:
    shapes = [RowShape((0, 1000, 2000), (0, 0)), RowShape((-8, 1012, 2001), (0, 0)), RowShape((0, 2000), (0,))]
    assert columns_of(shapes) == {-8: 0, 0: 0, 1000: 1, 1012: 1, 2000: 2, 2001: 2}
    assert columns_of([RowShape((0, 20, 2000), (0, 0)), RowShape((10, 2000), (0,))]) == {0: 0, 10: 0, 20: 1, 2000: 2}
    with pytest.raises(NotUnderstood, match="no width"):
        columns_of([RowShape((0, 0, 2000), (0, 0))])


def test_both_readings_of_the_marks_for_merging_across() -> None:
    """The description of 1997 begins with 1, [MS-DOC] with 2 or 3."""
    assert merged_across((0, 1, 2, 2, 0, 1, 2)) == [False, False, True, True, False, False, True]
    assert merged_across((2, 1, 1, 0, 3, 1)) == [False, True, True, False, False, True]
    assert merged_across((1, 2, 1, 2)) == [False, True, False, True]
    for strange in ((1, 1), (2, 2, 1), (1, 1, 2)):
        with pytest.raises(NotUnderstood, match="across"):
            merged_across(strange)


def test_a_row_with_other_cells_than_it_defines_is_refused() -> None:
    shape = RowShape((0, 10, 20), (0, 0))
    table, problems = read_table([shape], [[CellText("1"), CellText("2")]], 1)
    assert [cell.text for cell in table.rows[0]] == ["1", "2"]
    assert problems == []
    with pytest.raises(NotUnderstood, match="defines 2 cells and has 1"):
        read_table([shape], [[CellText("1")]], 1)


def test_text_in_a_cell_that_is_merged_away_is_said() -> None:
    shapes = [RowShape((0, 100), (0x60,)), RowShape((0, 100), (0x20,))]
    table, problems = read_table(shapes, [[CellText("1")], [CellText("7")]], 2)
    assert [(cell.text, cell.rowspan) for row in table.rows for cell in row] == [("1", 2)]
    assert [(one.code, one.where) for one in problems] == [("merged_away", "table=2&row=2&cell=1")]
    assert "'7'" in problems[0].says


def test_fields() -> None:
    begin, separator, end = "\x13", "\x14", "\x15"
    hidden, computed = hide_instructions(f"甲{begin}IF {begin}P{separator}4{end}{separator}7{end}乙")
    assert hidden.replace(begin, "") == "甲7乙"
    assert len(hidden) == 14
    assert computed == {}
    assert hide_instructions(f"{begin} EQ x{end}1") == (begin * 7 + "1", {0: "EQ x"})
    assert hide_instructions(f"{begin} XE x{end}1")[1] == {}
    for strange in (f"{begin}x", f"x{end}", f"{begin}{separator}{separator}{end}", separator):
        with pytest.raises(NotUnderstood):
            hide_instructions(strange)


def test_modifiers_of_every_size() -> None:
    stops = struct.pack("<H", 0xC615) + b"\xff" + b"\1" + b"\0" * 4 + b"\1" + b"\0" * 3
    row = struct.pack("<HHB", m.T_ROW, 2, 9)
    group = stops + row + struct.pack("<HI", m.P_DEPTH, 2) + struct.pack("<HB", m.P_IN_TABLE, 1) + b"\0"
    assert [number for number, _ in modifiers_in(group)] == [0xC615, m.T_ROW, m.P_DEPTH, m.P_IN_TABLE]
    assert modifiers_in(group)[1] == (m.T_ROW, b"\x09")
    for cut in (struct.pack("<HH", m.P_DEPTH, 1), struct.pack("<HB", m.T_ROW, 1), struct.pack("<HB", 0xC615, 0xFF)):
        with pytest.raises(NotUnderstood):
            modifiers_in(cut)


def test_a_style_hides_and_a_run_shows_again() -> None:
    hide, same, other = (struct.pack("<HB", m.C_HIDDEN, value) for value in (1, 0x80, 0x81))
    outline = struct.pack("<HB", m.P_OUTLINE, 2)
    sheet = StyleSheet((Style(0, 1, 0xFFF, b"", hide), Style(4, 1, 0, b"", b""), Style(5, 1, 1, outline, b"")))
    properties = Properties(sheet, b"")
    assert properties.of_characters(2, b"").is_hidden
    assert properties.of_characters(2, same).is_hidden
    assert not properties.of_characters(2, other).is_hidden
    outlines = [properties.of_paragraph(struct.pack("<H", style), b"").outline for style in (0, 1, 2, 7)]
    assert outlines == [9, 3, 2, 9]
    assert properties.of_paragraph(b"\0\0", struct.pack("<HB", m.P_IN_TABLE, 1)).depth == 1


def test_large_groups_lie_in_the_stream_data() -> None:
    inner = struct.pack("<HB", m.P_IN_TABLE, 1)
    group = b"\0\0" + struct.pack("<HI", m.P_HUGE, 3)
    outside = b"xxx" + struct.pack("<H", len(inner)) + inner
    assert Properties(StyleSheet(()), outside).of_paragraph(group, b"").depth == 1
    with pytest.raises(NotUnderstood, match="cut off"):
        Properties(StyleSheet(()), outside[:-1]).of_paragraph(group, b"")
    circle = b"xxx" + struct.pack("<HHI", 6, m.P_HUGE, 3)
    with pytest.raises(NotUnderstood):
        Properties(StyleSheet(()), circle).of_paragraph(group, b"")


def test_pages_of_properties() -> None:
    group = struct.pack("<HB", m.C_HIDDEN, 1)
    page = (struct.pack("<3I", 0, 4, 9) + b"\0\xf0").ljust(480, b"\0") + bytes([len(group)]) + group
    main = b"\0" * 512 + page.ljust(511, b"\0") + b"\x02"
    stated = struct.pack("<3I", 0, 9, 1)
    runs = read_runs(main, stated, of_paragraphs=False)
    assert runs == Runs((0, 4), (4, 9), (b"", group))
    assert [runs.at(offset) for offset in (0, 3, 4, 8, 9)] == [0, 0, 1, 1, None]
    with pytest.raises(Unreadable):
        read_runs(main[:-1], stated, of_paragraphs=False)
    with pytest.raises(NotUnderstood, match="order"):
        read_runs(main[:512] + struct.pack("<3I", 9, 4, 0) + main[524:], stated, of_paragraphs=False)


@pytest.mark.parametrize("name", ["libreoffice_boxes.doc", "libreoffice_lists.doc", "spire_merges.doc"])
def test_several_hundred_mutations_end_with_a_document_or_a_name(name: str) -> None:
    payload = (WORD / name).read_bytes()
    drawn = random.Random(name)
    ends: dict[str, int] = {}
    begun = time.process_time()
    for number in range(300):
        bent = bytearray(payload)
        if number % 10 == 0:
            del bent[drawn.randrange(len(bent)) :]
        else:
            bent[drawn.randrange(len(bent))] = drawn.randrange(256)
        try:
            read_word(bytes(bent), "doc")
            end = "read"
        except (DocumentError, NotUnderstood) as refusal:
            end = type(refusal).__name__ if refusal.says else "nameless"
        ends[end] = ends.get(end, 0) + 1
    assert time.process_time() - begun < 30
    assert {"read", "Unreadable", "NotUnderstood"} <= set(ends)
    assert "nameless" not in ends
