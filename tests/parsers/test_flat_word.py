"""Word in one XML file: both kinds, their lists and changes, and files that are traps."""

from __future__ import annotations

import pytest

from parsers.document import Document, Heading, Paragraph, Table
from parsers.errors import Unreadable
from parsers.formats import xml

WORD = "http://schemas.microsoft.com/office/word/2003/wordml"
W2003 = (
    f'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="{WORD}" '
    'xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint" '
    'xmlns:aml="http://schemas.microsoft.com/aml/2001/core" xmlns:o="urn:schemas-microsoft-com:office:office">'
)


RESTART, WIDE = '<w:vmerge w:val="restart"/>', '<w:gridSpan w:val="2"/>'


def read_2003(body: str, before: str = "") -> Document:
    return xml.convert(f"{W2003}{before}<w:body>{body}</w:body></w:wordDocument>".encode())


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"


def test_merges_of_2003_are_spans() -> None:
    rows = f"<w:tr>{tc('甲', RESTART)}{tc('1')}{tc('2')}</w:tr><w:tr>{tc('', '<w:vmerge/>')}{tc('3', WIDE)}</w:tr>"
    document = read_2003(f"<wx:sect><wx:sub-section>{p('一')}<w:tbl>{rows}</w:tbl></wx:sub-section>{p('二')}</wx:sect>")
    paragraph, table, last = document.blocks
    assert (paragraph, last) == (Paragraph("一", "paragraph=1"), Paragraph("二", "paragraph=2"))
    assert isinstance(table, Table)
    assert [[(cell.text, cell.rowspan, cell.colspan) for cell in row] for row in table.rows] == [
        [("甲", 2, 1), ("1", 1, 1), ("2", 1, 1)],
        [("3", 1, 2)],
    ]


def test_lists_styles_and_title_of_2003() -> None:
    before = (
        "<o:DocumentProperties><o:Title>年报</o:Title></o:DocumentProperties>"
        '<w:lists><w:listDef w:listDefId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:nfc w:val="37"/>'
        '<w:suff w:val="Nothing"/><w:lvlText w:val="%1、"/></w:lvl></w:listDef>'
        '<w:list w:ilfo="1"><w:ilst w:val="0"/></w:list></w:lists>'
        '<w:styles><w:style w:type="paragraph" w:styleId="1"><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
        "</w:styles>"
    )
    listed = '<w:listPr><w:ilvl w:val="0"/><w:ilfo w:val="1"/></w:listPr>'
    document = read_2003(p("总体情况", f'<w:pStyle w:val="1"/>{listed}') + p("主动公开", listed), before)
    assert document.blocks == (Heading("一、总体情况", 1, "paragraph=1"), Paragraph("二、主动公开", "paragraph=2"))
    assert document.meta["title"] == "年报"


def test_tracked_changes_of_2003_read_as_accepted() -> None:
    def change(kind: str, inside: str) -> str:
        return f'<aml:annotation w:type="Word.{kind}"><aml:content>{inside}</aml:content></aml:annotation>'

    new, old = "<w:r><w:t>新</w:t></w:r>", "<w:r><w:delText>旧</w:delText></w:r>"
    mark = '<aml:annotation w:type="Word.Bookmark.Start" w:name="a"/>'
    gone = f'<w:tr><w:trPr><aml:annotation w:type="Word.Deletion"/></w:trPr>{tc("乙")}{tc("9")}</w:tr>'
    document = read_2003(
        f"<w:p>{mark}{change('Deletion', old)}{change('Insertion', new)}</w:p>"
        f"<w:tbl><w:tr>{tc('甲')}{tc('1')}</w:tr>{gone}</w:tbl>"
    )
    paragraph, table = document.blocks
    assert paragraph == Paragraph("新", "paragraph=1")
    assert isinstance(table, Table)
    assert [[cell.text for cell in row] for row in table.rows] == [["甲", "1"]]


def test_a_flat_package_reads_like_the_zip() -> None:
    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    package = (
        '<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">'
        '<pkg:part pkg:name="/word/media/a.png"><pkg:binaryData>AA==</pkg:binaryData></pkg:part>'
        f'<pkg:part pkg:name="/word/main.xml" pkg:contentType="{kind}"><pkg:xmlData><w:document xmlns:w="{main}">'
        f"<w:body>{p('正文')}</w:body></w:document></pkg:xmlData></pkg:part></pkg:package>"
    ).encode()
    assert xml.sniff(package) == 0.95
    assert xml.convert(package).blocks == (Paragraph("正文", "paragraph=1"),)
    with pytest.raises(Unreadable, match="body"):
        xml.convert(package.replace(b"/word/main.xml", b"/word/other.xml").replace(kind.encode(), b"x"))


def test_only_words_own_roots_are_taken() -> None:
    assert xml.sniff(f"{W2003}<w:body/></w:wordDocument>".encode()) == 0.95
    assert xml.sniff(f"{W2003}<w:body/></w:wordDocument>".encode("utf-16")) == 0.95
    for other in (
        "<html><body>wordDocument</body></html>",
        "<wordDocument/>",
        "<?xml version='1.0'?><package/>",
        "<a/>",
    ):
        assert xml.sniff(other.encode()) == 0.0


def test_entities_and_broken_files_are_refused() -> None:
    bomb = f'<!DOCTYPE a [<!ENTITY b "c">]><w:wordDocument xmlns:w="{WORD}"><w:body>&b;</w:body></w:wordDocument>'
    for broken in (bomb, W2003, f"{W2003}</w:wordDocument>"):
        with pytest.raises(Unreadable):
            xml.convert(broken.encode())
