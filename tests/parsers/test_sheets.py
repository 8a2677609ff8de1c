"""Workbooks: numbers as cells show them, merged and hidden areas, and packages that are traps."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from parsers.document import Cell, Document, Table
from parsers.errors import Encrypted, NeedsOcr, TooLarge, Unreadable
from parsers.formats import xls, xlsx
from parsers.reading import read
from parsers.sheets.grid import Area, Place, Sheet, table_of
from parsers.sheets.parts import parts_of
from parsers.sheets.shown import show_number
from parsers.word.ole import bytes_of_stream, root_streams

FORMATS = Path(__file__).parent / "documents" / "formats"
BENCH = Path(__file__).parents[1] / "documents"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)


def book(
    rows: str, *, around: str = "", strings: str = "", styles: str = "", state: str = "", main: str = MAIN
) -> bytes:
    """A workbook of one sheet with these rows; ``around`` stands after them, ``state`` hides the sheet."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("[Content_Types].xml", TYPES)
        opened.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{RELATIONS}"><sheets><sheet name="表 1" sheetId="1" r:id="r1"{state}/>'
            "</sheets></workbook>",
        )
        kinds = {"r1": ("worksheet", "worksheets/sheet1.xml"), "r2": ("styles", "styles.xml"),
                 "r3": ("sharedStrings", "/xl/sharedStrings.xml")}  # fmt: skip
        related = "".join(
            f'<Relationship Id="{key}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
            for key, (kind, target) in kinds.items()
        )
        opened.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{related}</Relationships>")
        opened.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData>{around}</worksheet>',
        )
        opened.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}">{strings}</sst>')
        opened.writestr("xl/styles.xml", f'<styleSheet xmlns="{main}">{styles}</styleSheet>')
    return made.getvalue()


def c(place: str, text: str, more: str = "") -> str:
    return f'<c r="{place}" t="inlineStr"{more}><is><t>{text}</t></is></c>'


def n(place: str, value: str, more: str = "") -> str:
    return f'<c r="{place}"{more}><v>{value}</v></c>'


def cells(document: Document) -> list[list[tuple[str, int, int, str]]]:
    (table,) = (block for block in document.blocks if isinstance(block, Table))
    return [[(cell.text, cell.rowspan, cell.colspan, cell.where) for cell in row] for row in table.rows]


def texts(payload: bytes) -> list[list[str]]:
    return [[cell[0] for cell in row] for row in cells(xlsx.convert(payload))]


# --- numbers as shown ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "code", "text", "same"),
    [
        ("25.100000000000001", "General", "25.1", True),
        ("1e5", "General", "100000", True),
        ("1234567", "#,##0", "1,234,567", True),
        ("25.1", "0.00_ ", "25.10", True),
        ("25.1", "0.0#", "25.1", True),
        ("7", "0000", "0007", True),
        ("-71", "0_);[Red]-0", "-71", True),
        ("5", '0"件"', "5件", True),
        ("0.125", "0.00%", "12.50%", True),
        ("0", '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"??_ ;_ @_ ', "-", False),
        ("0", "#", "", False),
        ("0", ";;;", "", False),
        ("0.126", "0.00", "0.13", False),
        ("12345", "0.0,", "12.3", False),
        ("-3", "0_);(0)", "-3", False),
        ("45309", 'yyyy"年"m"月"d"日";@', "2024年1月18日", True),
        ("45309", "[$-804]yyyy/m/d", "2024年1月18日", True),
        ("59", "yyyy-m-d", "1900年2月28日", True),
        ("5", "yyyy-m-d", "1900年1月5日", True),
        ("0.5", "# ?/?", "0.5", True),
        ("3", "[>2]0;General", "3", True),
    ],
)
def test_a_number_is_printed_as_its_cell_shows_it(stored: str, code: str, text: str, same: bool) -> None:
    shown = show_number(stored, code)
    assert (shown.text, shown.same) == (text, same)


def test_days_may_be_counted_from_1904() -> None:
    assert show_number("43847", "yyyy-mm-dd", from_1904=True).text == "2024年1月18日"


@pytest.mark.parametrize("stored", ["", "nan", "inf", "1e999", "twelve"])
def test_what_is_no_number_is_refused(stored: str) -> None:
    with pytest.raises(ValueError, match=r"number|could not convert"):
        show_number(stored, "0")


# --- sheets ----------------------------------------------------------------------------------------


def test_merged_cells_are_spans_and_places_are_those_of_the_sheet() -> None:
    rows = (
        f'<row r="3">{c("B3", "指标")}<c r="C3"/>{c("E3", "数")}</row>'
        f'<row r="4">{c("B4", "甲")}{c("C4", "乙")}{n("E4", "5")}</row><row r="9">{c("C9", "丙")}{n("E9", "7")}</row>'
    )
    around = '<mergeCells><mergeCell ref="B3:D3"/><mergeCell ref="B4:B9"/></mergeCells>'
    document = xlsx.convert(book(rows, around=around))
    where = "sheet=表 1&cell="
    assert cells(document) == [
        [("指标", 1, 2, where + "B3"), ("数", 1, 1, where + "E3")],
        [("甲", 2, 1, where + "B4"), ("乙", 1, 1, where + "C4"), ("5", 1, 1, where + "E4")],
        [("丙", 1, 1, where + "C9"), ("7", 1, 1, where + "E9")],
    ]
    assert document.problems == ()


def test_a_cell_without_a_place_follows_the_one_before_it() -> None:
    assert texts(book("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>")) == [["1", "2"], ["3"]]


def test_hidden_rows_and_columns_are_left_out_and_said() -> None:
    rows = (
        f'<row r="1">{c("A1", "甲")}{n("B1", "1")}{n("C1", "2")}</row>'
        f'<row r="2" hidden="1">{c("A2", "乙")}{n("B2", "88")}</row><row r="3">{c("A3", "丙")}{n("C3", "3")}</row>'
    )
    document = xlsx.convert(book(rows))
    assert [[cell[0] for cell in row] for row in cells(document)] == [["甲", "1", "2"], ["丙", "", "3"]]
    (problem,) = document.problems
    assert (problem.code, problem.where) == ("hidden_cells", "sheet=表 1&cell=A2")


def test_a_hidden_sheet_is_left_out_and_a_book_of_nothing_else_refused() -> None:
    rows = f'<row r="1">{c("A1", "甲")}</row>'
    for state in (' state="hidden"', ' state="veryHidden"'):
        with pytest.raises(Unreadable, match="text on the sheets"):
            xlsx.convert(book(rows, state=state))


def test_text_under_a_merge_is_said_and_an_anchor_in_a_hidden_row_still_shows() -> None:
    sheet = Sheet("s", {Place(0, 0): "甲", Place(1, 0): "98", Place(1, 1): "2", Place(2, 1): "3"})
    sheet.merged = [Area(0, 0, 2, 0)]
    table, problems = table_of(sheet)
    assert table is not None
    assert [[cell.text for cell in row] for row in table.rows] == [["甲"], ["2"], ["3"]]
    assert [(problem.code, problem.where) for problem in problems] == [("merged_away", "sheet=s&cell=A2")]
    sheet.hidden_rows = {0}
    table, _ = table_of(sheet)
    assert table is not None
    assert [[(cell.text, cell.rowspan) for cell in row] for row in table.rows] == [[("甲", 2), ("2", 1)], [("3", 1)]]


def test_strings_rich_escaped_struck_and_raised() -> None:
    strings = (
        "<si><r><t>商业</t></r><r><t>企业</t></r><rPh><t>hidden</t></rPh></si><si><t>一_x000D_\n二</t></si>"
        "<si><r><rPr><strike/></rPr><t>12</t></r><r><t>13</t></r></si>"
        '<si><r><t>14</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>1</t></r></si>'
    )
    rows = '<row r="1">' + "".join(n(f"{letter}1", str(at), ' t="s"') for at, letter in enumerate("ABCD")) + "</row>"
    assert texts(book(rows, strings=strings)) == [["商业企业", "一\n二", "13", "14[1]"]]


def test_styles_say_how_numbers_look_and_what_is_crossed_out() -> None:
    styles = (
        '<numFmts><numFmt numFmtId="176" formatCode="0.00_ "/></numFmts><fonts><font/><font><strike/></font></fonts>'
        '<cellXfs><xf numFmtId="0" fontId="0"/><xf numFmtId="176" fontId="0"/><xf numFmtId="0" fontId="1"/></cellXfs>'
    )
    rows = f"""<row r="1">{c("A1", "甲")}{n("B1", "25.125", ' s="1"')}{n("C1", "9", ' s="2"')}</row>"""
    document = xlsx.convert(book(rows, styles=styles))
    assert [cell[0] for cell in cells(document)[0]] == ["甲", "25.13"]
    assert {problem.code for problem in document.problems} == {"shown_otherwise", "struck_text"}


def test_a_formula_without_a_result_is_no_blank() -> None:
    document = xlsx.convert(book('<row r="1"><c r="A1"><f>SUM(B1:B9)</f></c><c r="B1"><f>1+1</f><v>2</v></c></row>'))
    assert [cell[0] for cell in cells(document)[0]] == ["=SUM(B1:B9)", "2"]
    assert [problem.code for problem in document.problems] == ["formula_without_result"]


def test_zeros_that_the_view_hides_are_blank_and_said() -> None:
    rows = f'<row r="1">{c("A1", "甲")}{n("B1", "0")}{n("C1", "10")}</row><row r="2">{n("B2", "3")}</row>'
    made = book(rows, around='<sheetViews><sheetView showZeros="0"/></sheetViews>')
    document = xlsx.convert(made)
    assert [[cell[0] for cell in row] for row in cells(document)] == [["甲", "", "10"], ["", "3"]]
    assert [(problem.code, problem.where) for problem in document.problems] == [
        ("shown_otherwise", "sheet=表 1&cell=B1")
    ]


def test_the_strict_namespace_reads_the_same() -> None:
    rows = f'<row r="1">{c("A1", "甲")}{n("B1", "4")}</row>'
    assert texts(book(rows, main="http://purl.oclc.org/ooxml/spreadsheetml/main")) == [["甲", "4"]]


def test_a_lone_text_takes_no_blank_columns_that_the_file_does_not_state() -> None:
    rows = (
        f'<row r="1">{c("A1", "一、总体情况")}</row><row r="2">{c("A2", "规章")}{n("B2", "3")}</row>'
        f'<row r="3">{c("A3", "行政许可")}<c r="B3" s="1"/></row>'
    )
    assert texts(book(rows)) == [["一、总体情况"], ["规章", "3"], ["行政许可", ""]]


# --- traps -----------------------------------------------------------------------------------------


def test_huge_areas_cost_nothing_and_huge_grids_are_refused() -> None:
    rows = f'<row r="1">{c("A1", "甲")}{n("XFD1", "1")}</row><row r="1048576">{n("XFD1048576", "2")}</row>'
    around = '<mergeCells><mergeCell ref="A1:A1048576"/><mergeCell ref="B2:XFC1048575"/></mergeCells>'
    assert texts(book(rows, around=around)) == [["甲", "1"], ["2"]]
    sheet = Sheet("s", {Place(at, at): "1" for at in range(500)})
    with pytest.raises(TooLarge, match="cells"):
        table_of(sheet)


def test_entities_are_refused_and_pictures_alone_need_recognition() -> None:
    with pytest.raises(Unreadable, match="document type"):
        xlsx.convert(_with(book("<row/>"), "xl/workbook.xml", '<!DOCTYPE a [<!ENTITY b "c">]><workbook/>'))
    with pytest.raises(NeedsOcr, match="1 pictures"):
        xlsx.convert(_with(book("<row/>"), "xl/media/image1.png", "x"))


def _with(payload: bytes, name: str, content: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(payload)) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, content)
    return made.getvalue()


def test_a_binary_workbook_behind_a_password_or_broken_is_refused() -> None:
    with pytest.raises(Encrypted):
        xls.convert((FORMATS / "encrypted.xls").read_bytes())
    whole = (BENCH / "xls" / "xls01.xls").read_bytes()
    assert xls.sniff(whole) == 0.9
    assert xls.sniff((FORMATS / "libreoffice.doc").read_bytes()) == 0.0
    with pytest.raises(Unreadable):
        xls.convert(whole[: len(whole) // 2])
    broken = bytearray(whole)
    for at in range(1024, len(broken), 97):
        broken[at] ^= 0xFF
    with pytest.raises(Unreadable):
        xls.convert(bytes(broken))


def test_a_chain_of_sectors_that_goes_in_circles_ends() -> None:
    """The allocation table sends the reader from the second sector of the workbook back to the first, for ever."""
    whole = bytearray((BENCH / "xls" / "xls01.xls").read_bytes())
    stream = root_streams(bytes(whole))["Workbook"]
    (table,) = struct.unpack_from("<I", whole, 76)
    struct.pack_into("<I", whole, (table + 1) * 512 + 4 * (stream.start + 1), stream.start)
    with pytest.raises(Unreadable):
        xls.convert(bytes(whole))


def test_a_stream_without_a_byte_is_refused() -> None:
    """As a mutated file had it: the directory says that the workbook has no bytes ([MS-CFB] 2.6.3, stream size)."""
    whole = bytearray((BENCH / "xls" / "xls01.xls").read_bytes())
    entry = bytes(whole).index("Workbook\0".encode("utf-16-le"))
    struct.pack_into("<Q", whole, entry + 120, 0)
    with pytest.raises(Unreadable, match="without a byte"):
        xls.convert(bytes(whole))


def test_a_style_or_font_that_the_file_has_not_is_refused() -> None:
    """Every cell's record (BIFF8 0x00FD LABELSST, 0x0203 NUMBER) names a style; here one beyond the last."""
    whole = bytearray((BENCH / "xls" / "xls03.xls").read_bytes())
    stream = root_streams(bytes(whole))["Workbook"]
    content = bytes_of_stream(bytes(whole), stream)
    at = content.index(struct.pack("<HH", 0x00FD, 10))
    start = bytes(whole).index(content[at - 8 : at + 16]) + 8
    struct.pack_into("<H", whole, start + 8, 0x0FFF)
    with pytest.raises(Unreadable):
        xls.convert(bytes(whole))


def test_a_mistake_of_ours_is_not_taken_for_a_damaged_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> object:
        raise ValueError("ours")

    monkeypatch.setattr("parsers.sheets.binary._number", stumble)
    with pytest.raises(ValueError, match="ours"):
        xls.convert((BENCH / "xls" / "xls01.xls").read_bytes())


def truth(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((BENCH / "xlsx" / f"{name}.json").read_text("utf-8"))
    return found


def test_two_reports_on_one_sheet_are_read_apart() -> None:
    """The rows of xlsx02 copied below those of xlsx01 by openpyxl 3.1, merged areas included."""
    reports = read((FORMATS / "two_reports_on_a_sheet.xlsx").read_bytes())
    assert reports[0].problems[0].code == "several_reports"
    for report, said in zip(reports, (truth("xlsx01"), truth("xlsx02")), strict=True):
        assert (report.organisation, report.report_year) == (said["organisation"], said["report_year"])
        numbers = {value.key: float(value.value) for value in report.values if value.value is not None}
        cells = {key: float(cell["value"]) for key, cell in said["cells"].items() if cell["status"] == "number"}
        assert numbers == cells
        assert report.leftover == ()


def rows_of_report(organisation: str | None) -> tuple[tuple[Cell, ...], ...]:
    title = [] if organisation is None else [f"{organisation}2023年政府信息公开工作年度报告"]
    lines = [*((text,) for text in title), ("行政处罚", "12"), ("一、本年新收政府信息公开申请数量", "345")]
    return tuple(tuple(Cell(text) for text in line) for line in lines)


def test_reports_that_nothing_parts_are_said() -> None:
    table = Table(rows_of_report("示例县教育局") + rows_of_report(None))
    blocks, problems = parts_of(table)
    assert blocks == (table,)
    assert [(problem.code, problem.severity) for problem in problems] == [("two_reports_on_sheet", "error")]
    first, *others = rows_of_report("示例县教育局")
    tall = Table((first, *others[:-1], (Cell("说明", rowspan=2), *others[-1]), *rows_of_report("示例县民政局")))
    assert [problem.code for problem in parts_of(tall)[1]] == ["two_reports_on_sheet"]


def test_a_table_that_comes_again_alone_is_no_second_report() -> None:
    again = Table((*rows_of_report("示例县教育局"), *rows_of_report(None)[1:]))
    assert parts_of(again) == ((again,), ())
