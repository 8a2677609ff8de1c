"""RTF: characters in every coding, destinations, tables on one grid, nested tables, text boxes, broken files."""

from __future__ import annotations

from pathlib import Path

import pytest

from parsers.document import Document, Heading, Paragraph, Table
from parsers.errors import NeedsOcr, Unreadable
from parsers.formats import rtf

BENCH = Path(__file__).parents[1] / "documents" / "rtf"


def read(body: str, head: str = "\\ansi\\ansicpg936") -> Document:
    return rtf.convert(("{\\rtf1" + head + " " + body + "}").encode("ascii"))


def u(text: str) -> str:
    """Text as Word writes it for readers that know Unicode; the question mark is for those that do not."""
    units = text.encode("utf-16-be")
    codes = [int.from_bytes(units[at : at + 2], "big", signed=True) for at in range(0, len(units), 2)]
    return "".join(f"\\u{code}?" for code in codes)


def prose(document: Document) -> list[str]:
    return [block.text for block in document.blocks if not isinstance(block, Table)]


def row(*cells: str, edges: tuple[int, ...] = (), merges: dict[int, str] | None = None, left: int = 0) -> str:
    edges = edges or tuple(1000 * (at + 1) for at in range(len(cells)))
    stated = "".join(f"{(merges or {}).get(at, '')}\\cellx{edge}" for at, edge in enumerate(edges))
    return f"\\trowd\\trleft{left}{stated}" + "".join(f"\\pard\\intbl {cell}\\cell" for cell in cells) + "\\row"


def only_table(document: Document) -> Table:
    (table,) = (block for block in document.blocks if isinstance(block, Table))
    return table


def grid(table: Table) -> list[list[tuple[str, int, int]]]:
    return [[(cell.text, cell.rowspan, cell.colspan) for cell in line] for line in table.rows]


# --- characters ------------------------------------------------------------------------------------


def test_bytes_are_read_by_the_code_page_of_their_font() -> None:
    fonts = "{\\fonttbl{\\f0\\fcharset0 Times;}{\\f1\\fcharset134 SimSun;}{\\f2\\fcharset136 MingLiU;}}"
    gbk = "".join(f"\\'{byte:02x}" for byte in "年报".encode("gb18030"))
    big5 = "".join(f"\\'{byte:02x}" for byte in "年報".encode("big5"))
    assert prose(read(f"{fonts}{{\\f1 {gbk}}}{{\\f2 {big5}}}{{\\f0 caf\\'e9}}\\par")) == ["年报年報café"]


def test_a_font_without_a_character_set_takes_the_code_page_of_the_document() -> None:
    gbk = "".join(f"\\'{byte:02x}" for byte in "县".encode("gb18030"))
    assert prose(read(f"\\f7 {gbk} 5\\par")) == ["县 5"]
    assert prose(read("\\'93a\\'94\\par", "\\ansi\\ansicpg1252")) == ["“a”"]


def test_the_second_byte_of_a_character_may_be_a_letter_or_a_sign_of_rtf() -> None:
    first, second = "丂".encode("gb18030")  # 81 40: an escaped byte, then "@"
    assert chr(second) == "@"
    assert prose(read(f"\\'{first:02x}@\\par")) == ["丂"]
    first, second = "乗".encode("gb18030")
    assert prose(read(f"\\'{first:02x}\\'{second:02x}\\par")) == ["乗"]


def test_what_stands_for_older_readers_is_skipped() -> None:
    assert prose(read(u("公开") + "5\\par")) == ["公开5"]
    assert prose(read("\\uc2\\u20844\\'b9\\'ab\\u24320\\'bf\\'aa 7\\par")) == ["公开 7"]
    assert prose(read("{\\uc0\\u20844 \\u24320 }8\\par")) == ["公开8"]
    assert prose(read("{\\uc1\\u20844\\~}9\\par")) == ["公9"]
    assert prose(read(u("𫭟") + "\\par")) == ["𫭟"]
    assert prose(read("\\u-10179?\\par x\\par")) == ["\ufffd", "x"]


def test_bytes_that_are_no_text_are_counted() -> None:
    document = read("{\\fonttbl{\\f0\\fcharset134 SimSun;}}\\f0 a\\'81\\par", "\\ansi\\ansicpg936")
    assert [problem.code for problem in document.problems] == ["bad_encoding"]


def test_binary_runs_are_no_text() -> None:
    assert prose(read("a\\bin5 }}{{}b{\\*\\x\\bin3 }}}}c\\par")) == ["abc"]


# --- what is body text -----------------------------------------------------------------------------


def test_destinations_hidden_and_deleted_text_are_no_body() -> None:
    body = (
        "{\\info{\\title 2023}{\\author nobody}}{\\header page\\par}{\\footer 1\\par}{\\stylesheet{\\s1 Heading;}}"
        "{\\*\\generator x;}a{\\v hidden}{\\deleted gone}{\\footnote note}"
        "{\\field{\\*\\fldinst PAGE}{\\fldrslt 3}}\\par"
    )
    document = read(body)
    assert prose(document) == ["a3"]
    assert document.meta["title"] == "2023"


def test_headings_list_numbers_and_breaks() -> None:
    body = (
        "\\pard\\outlinelevel0 one\\par\\pard {\\listtext\\pard (2)\\tab}two\\line three\\par"
        "{\\pntext\\'b7\\tab}four\\par\\pard\\page five\\sect six"
    )
    document = read(body)
    assert document.blocks == (
        Heading("one", 1, "paragraph=1"),
        Paragraph("(2) two", "paragraph=2"),
        Paragraph("three", "paragraph=2"),
        Paragraph("four", "paragraph=3"),
        Paragraph("five", "paragraph=4"),
        Paragraph("six", "paragraph=5"),
    )


def test_a_text_box_follows_its_paragraph_and_is_read_once() -> None:
    box = "{\\shp{\\*\\shpinst{\\sp{\\sn a}{\\sv b}}{\\shptxt \\pard in\\par}}{\\shprslt\\pard in\\par}}"
    assert prose(read(f"be{box}fore\\par after\\par")) == ["before", "in", "after"]


# --- tables ----------------------------------------------------------------------------------------


def test_edges_that_nearly_meet_are_one_column_line() -> None:
    document = read(row("a", "b", "1", edges=(1000, 2005, 3000)) + row("c", "2", edges=(2000, 2990)) + "\\pard x\\par")
    table = only_table(document)
    assert grid(table) == [[("a", 1, 1), ("b", 1, 1), ("1", 1, 1)], [("c", 1, 2), ("2", 1, 1)]]
    assert table.rows[1][1].where == "table=1&row=2&cell=2"
    assert prose(document) == ["x"]


def test_merges_across_and_down() -> None:
    down, more, over, rest = "\\clvmgf", "\\clvmrg", "\\clmgf", "\\clmrg"
    body = (
        row("a", "b", "c", "1", merges={0: down, 1: over, 2: rest})
        + row("", "d", "e", "2", merges={0: more})
        + row("9", "f", "g", "3", merges={0: more})
    )
    document = read(body)
    assert grid(only_table(document)) == [
        [("a", 3, 1), ("b", 1, 2), ("1", 1, 1)],
        [("d", 1, 1), ("e", 1, 1), ("2", 1, 1)],
        [("f", 1, 1), ("g", 1, 1), ("3", 1, 1)],
    ]
    assert [(found.code, found.where) for found in document.problems] == [
        ("merged_away", "table=1&row=1&cell=3"),
        ("merged_away", "table=1&row=3&cell=1"),
    ]


def test_a_row_that_begins_further_right_leaves_columns_out() -> None:
    table = only_table(read(row("a", "b", "1") + row("2", edges=(3000,), left=2000)))
    assert grid(table)[1] == [("", 1, 2), ("2", 1, 1)]
    assert [cell.where for cell in table.rows[1]] == ["", "table=1&row=2&cell=1"]


@pytest.mark.parametrize("edges", [(2000, 1000, 3000), (1000, 1000, 2000), (1000, 2000), (1000, 2000, 3000, 4000)])
def test_without_sound_edges_only_the_order_is_known(edges: tuple[int, ...]) -> None:
    table = only_table(read(row("a", "b", "1", edges=edges)))
    assert not table.spans_known
    assert [[cell.text for cell in line] for line in table.rows] == [["a", "b", "1"]]


def test_the_text_of_cells() -> None:
    body = row("12{\\super 1}", "{\\strike 13}14", "a\\par b", "{\\v 9}8", "{\\listtext 3.\\tab}7", "")
    document = read(body)
    assert [cell.text for cell in only_table(document).rows[0]] == ["12[1]", "14", "a\nb", "8", "(3.) 7", ""]
    assert [(found.code, found.where) for found in document.problems] == [("struck_text", "table=1&row=1&cell=2")]


def test_a_definition_behind_the_cells_counts_too() -> None:
    body = "\\trowd\\cellx500\\pard\\intbl a\\cell\\pard\\intbl 1\\cell\\trowd\\cellx1000\\cellx2000\\row"
    assert grid(only_table(read(body))) == [[("a", 1, 1), ("1", 1, 1)]]


def test_a_nested_table_is_text_of_its_cell_and_a_layout_table_dissolves() -> None:
    inner = (
        "\\pard\\intbl\\itap2 x\\nestcell\\pard\\intbl\\itap2 5\\nestcell"
        "{\\*\\nesttableprops\\trowd\\cellx700\\cellx1400\\nestrow}{\\nonesttables\\par}"
    )
    labels = row(u("规章"), u("行政许可"))
    outer = "\\trowd\\cellx3000\\cellx6000\\pard\\intbl{inner}\\pard\\intbl\\itap1 \\cell\\pard\\intbl 6\\cell\\row"
    held = read(labels + outer.replace("{inner}", inner) + row(u("行政处罚"), "7"))
    assert [[cell.text for cell in line] for line in only_table(held).rows][1] == ["x\n5", "6"]
    laid_out = read(outer.replace("{inner}", inner))
    assert grid(only_table(laid_out)) == [[("x", 1, 1), ("5", 1, 1)]]
    assert prose(laid_out) == ["6"]


def test_a_paragraph_ends_a_table() -> None:
    document = read(row("a", "1") + "\\pard between\\par" + row("b", "2"))
    assert [type(block) for block in document.blocks] == [Table, Paragraph, Table]
    assert document.blocks[2].where == "table=2"


# --- broken files ----------------------------------------------------------------------------------


def test_a_file_that_is_cut_off_says_so() -> None:
    whole = (BENCH / "rtf02.rtf").read_bytes()
    document = rtf.convert(whole[: len(whole) // 2])
    assert "cut_off" in {problem.code for problem in document.problems}
    assert "cut_off" not in {problem.code for problem in rtf.convert(whole).problems}


def test_nothing_to_read_is_refused() -> None:
    for nothing in ("", "{\\pict 89504e47}", "{{{{"):
        with pytest.raises((Unreadable, NeedsOcr)):
            read(nothing)
    with pytest.raises(Unreadable, match="groups"):
        rtf.convert(b"{\\rtf1 " + b"{" * 100_000)


def test_recognised_behind_a_mark_and_blanks_and_not_in_the_middle() -> None:
    assert rtf.sniff(b"\xef\xbb\xbf{\\rtf1 x}") == 1.0
    assert rtf.sniff(b"\r\n {\\rtf1 x}") == 1.0
    assert rtf.sniff(b"about {\\rtf1 x}") == 0.0


def test_a_cell_that_holds_nothing_but_a_picture_has_no_text() -> None:
    table = only_table(read(row("{\\pict\\pngblip 89504e47}", "7")))
    assert [text for text, _, _ in grid(table)[0]] == ["", "7"]
