"""Word documents: grids of merged cells, list numbers, tracked changes, text boxes, and packages that are traps."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from parsers.document import Document, Heading, Paragraph, Table
from parsers.errors import Encrypted, TooLarge, Unreadable
from parsers.formats import docx
from parsers.word.numbers import number_in

FORMATS = Path(__file__).parent / "documents" / "formats"
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def package(body: str, **parts: str) -> bytes:
    """A package with this body; other parts by name: ``numbering`` is word/numbering.xml."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("[Content_Types].xml", TYPES)
        opened.writestr("word/document.xml", f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            opened.writestr(f"word/{name}.xml", content)
    return made.getvalue()


def read(body: str, **parts: str) -> Document:
    return docx.convert(package(body, **parts))


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def tbl(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def only_table(document: Document) -> Table:
    (table,) = (block for block in document.blocks if isinstance(block, Table))
    return table


def grid(table: Table) -> list[list[tuple[str, int, int]]]:
    return [[(cell.text, cell.rowspan, cell.colspan) for cell in row] for row in table.rows]


# --- grids -----------------------------------------------------------------------------------------


def test_continued_merges_lengthen_the_cell_above_and_are_no_cells() -> None:
    down, more = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    wide = '<w:gridSpan w:val="2"/>'
    rows = [
        tr(tc("甲", down + wide), tc("1")),
        tr(tc("", more + wide), tc("2")),
        tr(tc("乙", down), tc("丙"), tc("3")),
        tr(tc("", '<w:vMerge w:val="continue"/>'), tc("丁"), tc("4")),
    ]
    table = only_table(read(tbl(*rows)))
    assert grid(table) == [
        [("甲", 2, 2), ("1", 1, 1)],
        [("2", 1, 1)],
        [("乙", 2, 1), ("丙", 1, 1), ("3", 1, 1)],
        [("丁", 1, 1), ("4", 1, 1)],
    ]
    assert table.spans_known
    assert [cell.where for cell in table.rows[3]] == ["table=1&row=4&cell=2", "table=1&row=4&cell=3"]


def test_a_merge_that_continues_nothing_stays_a_cell() -> None:
    rows = [tr(tc("甲"), tc("1")), tr(tc("乙", "<w:vMerge/>"), tc("2"))]
    assert grid(only_table(read(tbl(*rows)))) == [[("甲", 1, 1), ("1", 1, 1)], [("乙", 1, 1), ("2", 1, 1)]]


def test_text_that_a_merge_hides_is_said() -> None:
    rows = [tr(tc("甲", '<w:vMerge w:val="restart"/>'), tc("1")), tr(tc("99", "<w:vMerge/>"), tc("2"))]
    (problem,) = read(tbl(*rows)).problems
    assert (problem.code, problem.where) == ("merged_away", "table=1&row=2&cell=1")
    assert "99" in problem.says


def test_left_out_columns_shift_what_follows_and_hold_no_place() -> None:
    rows = [tr(tc("甲"), tc("乙"), tc("丙")), tr(tc("3"), properties='<w:gridBefore w:val="2"/>'), tr(tc("1"))]
    table = only_table(read(tbl(*rows)))
    assert grid(table)[1:] == [[("", 1, 2), ("3", 1, 1)], [("1", 1, 1)]]
    assert [cell.where for cell in table.rows[1]] == ["", "table=1&row=2&cell=1"]


def test_cells_merged_sideways_the_old_way_are_one() -> None:
    rows = [
        tr(tc("甲", '<w:hMerge w:val="restart"/>'), tc("", "<w:hMerge/>"), tc("1")),
        tr(tc("乙"), tc("丙"), tc("2")),
    ]
    assert grid(only_table(read(tbl(*rows))))[0] == [("甲", 1, 2), ("1", 1, 1)]


def test_deleted_rows_and_cells_are_gone_and_inserted_and_wrapped_ones_there() -> None:
    wrapped_cell = f"<w:sdt><w:sdtContent>{tc('2')}</w:sdtContent></w:sdt>"
    rows = [
        tr(tc("甲"), tc("9"), properties="<w:del/>"),
        tr(tc("乙"), tc("8", "<w:cellDel/>"), tc("1"), properties="<w:ins/>"),
        f"<w:sdt><w:sdtContent>{tr(tc('丙'), wrapped_cell)}</w:sdtContent></w:sdt>",
    ]
    table = only_table(read(tbl(*rows)))
    assert [[cell.text for cell in row] for row in table.rows] == [["乙", "1"], ["丙", "2"]]


def test_a_table_around_the_page_dissolves_and_one_in_a_data_cell_is_text() -> None:
    inner = tbl(tr(tc("予以公开"), f"<w:tc>{tbl(tr(tc('5')))}<w:p/></w:tc>"), tr(tc("不予公开"), tc("6")))
    document = read(tbl(tr(f"<w:tc>{p('一、总体情况')}{inner}{p('无。')}</w:tc>")))
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["一、总体情况", "无。"]
    assert [[cell.text for cell in row] for row in only_table(document).rows] == [["予以公开", "5"], ["不予公开", "6"]]


def test_the_text_of_cells() -> None:
    def run(text: str, properties: str) -> str:
        return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"

    mark, unstruck = run("1", '<w:vertAlign w:val="superscript"/>'), run("12", '<w:strike w:val="0"/>')
    raised = f"<w:tc><w:p>{run('12', '')}{mark}</w:p></w:tc>"
    struck = f"<w:tc><w:p>{run('13', '<w:strike/>')}{unstruck}</w:p></w:tc>"
    hidden = f"<w:tc><w:p>{run('9', '<w:vanish/>')}{run('8', '')}</w:p></w:tc>"
    broken = "<w:tc><w:p><w:r><w:t>商业</w:t><w:br/><w:t>企业</w:t></w:r></w:p></w:tc>"
    document = read(tbl(tr(raised, struck, hidden, broken, tc("　"), tc(""), "<w:tc/>")))
    assert [cell.text for cell in only_table(document).rows[0]] == ["12[1]", "12", "8", "商业\n企业", "　", "", ""]
    assert [(found.code, found.where) for found in document.problems] == [("struck_text", "table=1&row=1&cell=2")]


# --- paragraphs --------------------------------------------------------------------------------------


def test_tracked_changes_fields_and_text_boxes() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent>"
    drawn = (
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'>"
        f"<w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    body = (
        "<w:p><w:del><w:r><w:delText>旧</w:delText><w:t>旧</w:t></w:r></w:del><w:ins><w:r><w:t>新</w:t></w:r></w:ins>"
        "<w:moveFrom><w:r><w:t>走</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>来</w:t></w:r></w:moveTo>"
        "<w:r><w:fldChar w:fldCharType='begin'/><w:instrText>PAGE 7</w:instrText></w:r><w:r><w:t>文</w:t></w:r>"
        f"<w:hyperlink><w:r><w:t>链</w:t></w:r></w:hyperlink>{drawn}</w:p>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>第一行</w:t><w:br/><w:t>第二行</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    assert read(body).blocks == (
        Paragraph("新来文链", "paragraph=1"),
        Paragraph("框内", "paragraph=2"),
        Paragraph("第一行", "paragraph=3"),
        Paragraph("第二行", "paragraph=3"),
    )


STYLES = f"""<w:styles {NAMESPACES}>
<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="1"><w:basedOn w:val="a"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="n"><w:basedOn w:val="1"/>
<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
</w:styles>"""
NUMBERING = f"""<w:numbering {NAMESPACES}><w:abstractNum w:abstractNumId="7">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>
<w:suff w:val="nothing"/><w:lvlText w:val="%1、"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="japaneseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%2.%3"/><w:isLgl/></w:lvl>
<w:lvl w:ilvl="3"><w:numFmt w:val="bullet"/><w:lvlText w:val="●"/></w:lvl>
</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="7"/>
<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>
</w:numbering>"""


def test_numbers_that_exist_as_list_numbers_only() -> None:
    def numbered(text: str, num: int, level: int) -> str:
        return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>')

    body = (
        p("总体情况", '<w:pStyle w:val="n"/>') + numbered("主动公开", 1, 1) + numbered("依申请公开", 1, 1)
        + numbered("其中", 1, 2) + numbered("圆点", 1, 3) + p("主动公开政府信息情况", '<w:pStyle w:val="n"/>')
        + numbered("又一", 1, 1) + numbered("问题", 2, 0) + numbered("无号", 0, 0) + numbered("不知", 9, 0)
    )  # fmt: skip
    document = read(body, styles=STYLES, numbering=NUMBERING)
    assert [block.text for block in document.blocks if not isinstance(block, Table)] == [
        "一、总体情况", "（一）主动公开", "（二）依申请公开", "2.3 其中", "圆点", "二、主动公开政府信息情况",
        "（一）又一", "五、问题", "无号", "不知",
    ]  # fmt: skip


def test_headings_are_by_outline_level_of_paragraph_or_style() -> None:
    body = (
        p("一级", '<w:pStyle w:val="1"/>')
        + p("三级", '<w:outlineLvl w:val="2"/>')
        + p("正文", '<w:outlineLvl w:val="9"/>')
    )
    assert read(body, styles=STYLES).blocks == (
        Heading("一级", 1, "paragraph=1"),
        Heading("三级", 3, "paragraph=2"),
        Paragraph("正文", "paragraph=3"),
    )


def test_a_list_number_in_a_cell_is_no_digit_of_its_figure() -> None:
    numbered = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    decimal = NUMBERING.replace("chineseCounting", "decimal").replace("%1、", "%1.")
    cells = "".join(f"<w:tc><w:p>{numbered}<w:r><w:t>{text}</w:t></w:r></w:p></w:tc>" for text in ("重复申请", "5"))
    document = read(tbl(tr(cells)), numbering=decimal)
    assert [cell.text for cell in only_table(document).rows[0]] == ["1.重复申请", "(2.) 5"]


@pytest.mark.parametrize(
    ("style", "number", "written"),
    [
        ("chineseCounting", 10, "十"), ("chineseCountingThousand", 12, "十二"), ("japaneseCounting", 20, "二十"),
        ("taiwaneseCountingThousand", 35, "三十五"), ("chineseLegalSimplified", 2, "贰"),
        ("ideographTraditional", 3, "丙"),
        ("decimalEnclosedCircle", 20, "⑳"), ("decimalEnclosedCircle", 21, "21"), ("upperRoman", 4, "IV"),
        ("lowerLetter", 27, "aa"), ("decimalZero", 7, "07"), ("decimal", 7, "7"), ("unheard-of", 7, "7"),
    ],
)  # fmt: skip
def test_number_formats(style: str, number: int, written: str) -> None:
    assert number_in(style, number) == written


# --- documents by other programs -----------------------------------------------------------------------


def test_prose_by_libreoffice() -> None:
    document = docx.convert((FORMATS / "prose.docx").read_bytes())
    title = "示例县民政局2023年政府信息公开工作年度报告"
    assert document.meta["title"] == title
    assert document.blocks[0] == Heading(title, 1, "paragraph=1")
    assert [block.text for block in document.blocks[1:] if isinstance(block, Paragraph)] == [
        "一、总体情况", "（一）主动公开", "（二）依申请公开", "公开7002件信息。", "框内一段文字7003", "第一行",
        "第二行", "二、其他需要报告的事项",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def official_form() -> Document:
    folder = os.environ.get("NIANBAO_CORPUS")
    if not folder:
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs NIANBAO_CORPUS")
        pytest.skip("NIANBAO_CORPUS is not set: the official form is not here")
    return docx.convert((Path(folder) / "docx" / "official_form_2021.docx").read_bytes())


def test_the_official_form_has_its_documented_geometry(official_form: Document) -> None:
    tables = [block for block in official_form.blocks if isinstance(block, Table)]
    assert [len(table.rows) for table in tables] == [14, 28, 4]
    for table, width in zip(tables, (4, 10, 15), strict=True):
        covered: set[tuple[int, int]] = set()
        for at, row in enumerate(table.rows):
            column = 0
            for cell in row:
                while (at, column) in covered:
                    column += 1
                covered |= {(at + y, column + x) for y in range(cell.rowspan) for x in range(cell.colspan)}
        assert covered == {(y, x) for y in range(len(table.rows)) for x in range(width)}
    assert (tables[1].rows[5][0].text, tables[1].rows[5][0].rowspan) == ("三、本年度办理结果", 22)
    assert tables[1].rows[2][0].text == "商业\n企业"
    assert {cell.text.strip("　") for cell in tables[2].rows[3]} == {""}


# --- packages --------------------------------------------------------------------------------------------


def test_the_main_part_may_have_another_name_and_the_strict_namespace() -> None:
    made = io.BytesIO()
    strict = NAMESPACES.replace(
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    with zipfile.ZipFile(made, "w") as opened:
        opened.writestr("[Content_Types].xml", TYPES.replace("document.xml", "document2.xml"))
        opened.writestr("word/document2.xml", f"<w:document {strict}><w:body>{p('文')}</w:body></w:document>")
    assert docx.sniff(made.getvalue()) > 0.5
    assert docx.convert(made.getvalue()).blocks == (Paragraph("文", "paragraph=1"),)


def test_a_bomb_is_too_large_whether_its_directory_says_so_or_lies() -> None:
    bomb = package(p("文"), styles=" " * 120_000_000)
    assert len(bomb) < 200_000
    with pytest.raises(TooLarge, match="120"):
        docx.convert(bomb)
    lying = bytearray(package(f"<!--{' ' * 60_000_000}-->"))
    at = lying.rindex(b"word/document.xml")  # the directory's entry: sizes stand 22 bytes before the name
    lying[at - 22 : at - 18] = (1000).to_bytes(4, "little")
    with pytest.raises((TooLarge, Unreadable)):
        docx.convert(bytes(lying))
    with pytest.raises(TooLarge, match="word/document"):
        docx.convert(package(f"<!--{' ' * 60_000_000}-->"))


def test_entities_are_refused() -> None:
    made = io.BytesIO()
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    with zipfile.ZipFile(made, "w") as opened:
        opened.writestr("[Content_Types].xml", TYPES)
        opened.writestr(
            "word/document.xml",
            f'<!DOCTYPE d [<!ENTITY a0 "哈"><!ENTITY f SYSTEM "file:///etc/passwd">{laughs}]>'
            f"<w:document {NAMESPACES}><w:body>{p('&a11;&f;')}</w:body></w:document>",
        )
    with pytest.raises(Unreadable, match=r"word/document\.xml"):
        docx.convert(made.getvalue())


@pytest.mark.parametrize("cut", [100, 1000, -1000, -30])
def test_a_document_cut_off_is_unreadable(cut: int) -> None:
    payload = (FORMATS / "libreoffice.docx").read_bytes()[:cut]
    assert docx.sniff(payload) >= 0.0
    with pytest.raises(Unreadable):
        docx.convert(payload)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(Unreadable):
        read("<w:sdt><w:sdtContent>" * 5000 + "</w:sdtContent></w:sdt>" * 5000)


def test_a_document_behind_a_password() -> None:
    payload = (FORMATS / "encrypted.docx").read_bytes()
    assert docx.sniff(payload) > 0.5
    with pytest.raises(Encrypted):
        docx.convert(payload)


def test_an_embedded_document_is_said() -> None:
    (problem,) = read(p("文") + '<w:altChunk r:id="x" xmlns:r="r"/>').problems
    assert (problem.code, problem.where, problem.severity) == ("embedded_document", "paragraph=1", "error")
