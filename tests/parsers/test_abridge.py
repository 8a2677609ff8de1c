"""Word's parts read abridged say what they say read whole, and break where they break."""

from __future__ import annotations

import io
import os
import random
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from parsers.document import Document, Table
from parsers.errors import DocumentError
from parsers.formats import docx
from parsers.word.abridge import abridge

ROOT = Path(__file__).parent.parent.parent
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
NUMBERING = (
    f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
    '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
)
STYLES = (
    f'<w:styles xmlns:w="{W}"><w:style w:type="paragraph" w:default="1" w:styleId="a"></w:style>'
    '<w:style w:type="paragraph" w:styleId="1"><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="2"><w:basedOn w:val="3"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="3"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    "</w:styles>"
)


def documents() -> list[Path]:
    """Every Word document of the repository, and those of the corpus where it is there."""
    found = [path for path in ROOT.glob("tests/**/*.docx") if not path.stem.startswith("encrypted")]
    found += ROOT.glob("crawler/demo/documents/*.docx")
    if corpus := os.environ.get("NIANBAO_CORPUS"):
        found += Path(corpus).glob("docx/*.docx")
    return sorted(found)


def main_part(path: Path) -> bytes:
    with zipfile.ZipFile(path) as package:
        return package.read("word/document.xml")


def packed(main: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("word/document.xml", main)
        package.writestr("word/numbering.xml", NUMBERING)
        package.writestr("word/styles.xml", STYLES)
    return made.getvalue()


def read_whole(payload: bytes) -> Document:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(docx, "abridge", lambda content: None)
        patch.setattr(docx, "abridge_styles", lambda content, used: content)
        return docx.convert(payload)


def outcome(payload: bytes, *, whole: bool) -> Document | str:
    try:
        return read_whole(payload) if whole else docx.convert(payload)
    except DocumentError as error:
        return f"{error.code}: {error.says}"


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.stem)
def test_a_document_is_the_same_read_abridged_and_whole(path: Path) -> None:
    payload = path.read_bytes()
    short, whole = docx.convert(payload), read_whole(payload)
    assert short == whole
    assert repr(short) == repr(whole)


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.stem)
def test_documents_of_many_programs_can_be_abridged(path: Path) -> None:
    content = main_part(path)
    abridged = abridge(content)
    assert abridged is not None
    assert all(table is not None for table in abridged.tables)
    assert sum(len(table.cells) for table in abridged.tables if table is not None) == content.count(b"<w:tc>")
    assert not abridged.tables or len(abridged.content) < len(content) / 2


# --- what is not plain ---------------------------------------------------------------------------------------------


def cell(content: str, properties: str = "") -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="100"/>{properties}</w:tcPr>{content}</w:tc>'


def p(content: str, properties: str = "") -> str:
    return f'<w:p w14:paraId="0000000A"><w:pPr>{properties}<w:jc w:val="left"/></w:pPr>{content}</w:p>'


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr><w:sz w:val="20"/>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def part(body: str) -> bytes:
    return f"<w:document {NAMESPACES}><w:body>{body}<w:sectPr/></w:body></w:document>".encode()


def table(*cells: str) -> bytes:
    """A table with these cells in a row of its own each, behind a label."""
    rows = "".join(f"<w:tr>{cell(p(r('甲')))}{one}</w:tr>" for one in cells)
    return part(p(r("一、情况"), '<w:pStyle w:val="1"/>') + f"<w:tbl><w:tblPr/><w:tblGrid/>{rows}</w:tbl>")


def texts(document: Document) -> list[str]:
    (found,) = (block for block in document.blocks if isinstance(block, Table))
    return [row[1].text for row in found.rows]


ODD = {
    "hidden": (cell(p(r("1", "<w:vanish/>") + r("2"))), "2"),
    "struck": (cell(p(r("1", "<w:strike/>") + r("2"))), "2"),
    "raised": (cell(p(r("1") + r("2", '<w:vertAlign w:val="superscript"/>'))), "1[2]"),
    "numbered": (cell(p(r("条"), '<w:numPr><w:numId w:val="1"/></w:numPr>')), "1.条"),
    "numbered by its style": (cell(p(r("条"), '<w:pStyle w:val="2"/>')), "1.条"),
    "deleted": (cell(p(f"<w:del>{r('1')}</w:del>" + r("2"))), "2"),
    "inserted": (cell(p(f"<w:ins>{r('1')}</w:ins>" + r("2"))), "12"),
    "a reference": (cell(p(r("&#49;&amp;2"))), "1&2"),
    "a break": (cell(p("<w:r><w:t>1</w:t><w:br/><w:t>2</w:t></w:r>")), "1\n2"),
    "two paragraphs": (cell(p(r("1")) + p("") + p(r(" ") + r("2 ") + r("3 "))), "1\n2 3"),
    "an empty text": (cell(p("<w:r><w:t/><w:t>7</w:t><w:t></w:t></w:r>")), "7"),
    "a line's end in the text": (cell(p(r("1\n2"))), "1\n2"),
    "a symbol": (cell(p('<w:r><w:sym w:char="0041"/></w:r>')), "A"),
    "an element in a text": (cell("<w:p><w:r><w:t><w:b/>0</w:t></w:r><w:r><w:t>4</w:t></w:r></w:p>"), "4"),
    "a text outside of runs": (cell("<w:p><w:t>8</w:t>9</w:p>"), ""),
    "a number of an editing session in the text": (cell(p(r('w:rsidR="00000000"'))), 'w:rsidR="00000000"'),
}


@pytest.mark.parametrize("text", ["<w:t>", "<w:t >", '<w:t xml:space="preserve">', "<w:t\n>"])
def test_an_element_in_a_text_outside_of_tables_stays(text: str) -> None:
    payload = packed(part(p(r("公开")) + f"<w:p><w:r>{text}<w:b/>7002</w:t></w:r></w:p>" + p(r("件"))))
    assert docx.convert(payload) == read_whole(payload)


@pytest.mark.parametrize(("odd", "text"), ODD.values(), ids=ODD)
def test_a_cell_that_is_not_plain_is_read_as_it_is(odd: str, text: str) -> None:
    payload = packed(table(odd, cell(p(r("5"))), odd))
    read = docx.convert(payload)
    assert texts(read)[:2] == [text, "5"]
    assert read == read_whole(payload)


def test_cells_that_differ_in_nothing_that_prints_have_one_shape() -> None:
    wide = '<w:tcBorders><w:top w:val="single"/></w:tcBorders>'
    narrow = '<w:tcBorders><w:top w:val="none"/></w:tcBorders>'
    abridged = abridge(table(cell(p(r("1")), wide), cell(p(r("2", "<w:b/>")), narrow)))
    assert abridged is not None
    assert (len(abridged.shapes), abridged.wholes) == (2, 0)  # that of the labels, and that of both
    assert abridged.content.count(b'<w:top w:val="single"/>') == abridged.content.count(b"<w:b/>") == 1


def test_a_table_in_a_table_leaves_both_as_they_are() -> None:
    inner = "<w:tbl><w:tr>" + cell(p(r("1"))) + cell(p(r("2"))) + "</w:tr></w:tbl>"
    content = table(cell(inner + p(r("3"))))
    abridged = abridge(content)
    assert abridged is not None
    assert abridged.tables == (None, None)
    assert docx.convert(packed(content)) == read_whole(packed(content))


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        ("<w:p>{}</w:p>", "甲1"),
        ("<w:p><w:ins>{}</w:ins></w:p>", "甲1"),
        ("<w:p><w:r>{}</w:r></w:p>", ""),
        ("<w:del>{}</w:del>", ""),
    ],
    ids=["a paragraph", "an insertion in a paragraph", "a run", "a deletion"],
)
def test_a_table_where_none_may_stand_is_read_as_the_whole_part_says(frame: str, text: str) -> None:
    framed = PLAIN.decode().replace("<w:tbl>", frame.partition("{}")[0] + "<w:tbl>")
    payload = packed(framed.replace("</w:tbl>", "</w:tbl>" + frame.partition("{}")[2]).encode())
    read = docx.convert(payload)
    assert [block.text for block in read.blocks if not isinstance(block, Table)] == ["一、情况", *filter(None, [text])]
    assert read == read_whole(payload)


# --- what is not certain -------------------------------------------------------------------------------------------

PLAIN = table(cell(p(r("1"))))


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.decode().encode("utf-16"),
        PLAIN.replace(b"<w:body>", b"<w:body><!-- <w:tbl> -->"),
        PLAIN.replace(b">1<", b"><![CDATA[1]]><"),
        PLAIN.replace(b"<w:body>", b"<w:body><?x?>"),
        b"<!DOCTYPE x>" + PLAIN,
        PLAIN.replace(b"<w:body>", b'<w:body xmlns:w="urn:other">'),
        PLAIN.replace(b"xmlns:w=", b"xmlns:v=").replace(b"w:", b"v:"),
        PLAIN.replace(b'w:w="100"', b'w:w="1>0"'),
    ],
    ids=["utf-16", "comment", "cdata", "instruction", "type", "another w", "no w", "a tag's end in a value"],
)
def test_parts_of_another_make_are_not_abridged(content: bytes) -> None:
    assert abridge(content) is None


BROKEN = {
    "an attribute twice, in what is silent": PLAIN.replace(b'<w:sz w:val="20"/>', b'<w:sz w:val="20" w:val="21"/>'),
    "an attribute twice, in a number of editing": PLAIN.replace(
        b'w14:paraId="0000000A"', b'w14:paraId="0000000A" w14:paraId="0000000B"'
    ),
    "a prefix without a namespace": PLAIN.replace(b"xmlns:w14", b"xmlns:w15"),
    "an element in a value": PLAIN.replace(b'w:w="100"', b'w:w="1<w:b/>00"'),
    "an element in a value behind a tag's end": PLAIN.replace(b'w:w="100"', b'w:w="1><w:b/>00"'),
    "a text that is no character": PLAIN.replace(b">1<", b">\xef\xbf\xbe<"),
    "a text that is not UTF-8": PLAIN.replace(b">1<", b">\xff<"),
    "a control": PLAIN.replace(b">1<", b">\x01<"),
    "the end of a section in a text": PLAIN.replace(b">1<", b">]]><"),
    "cells crosswise": PLAIN.replace(b"</w:tc>", b"<w:p></w:tc>", 1)[:-1],
    "an element behind the end": PLAIN + b"<w:b/>",
    "a row left open": PLAIN.replace(b"</w:tr>", b"", 1),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_is_broken_is_not_mended_by_abridging(content: bytes) -> None:
    found = outcome(packed(content), whole=False)
    assert isinstance(found, str)
    assert found == outcome(packed(content), whole=True)


def test_a_control_between_cells_does_not_hide() -> None:
    content = table(cell(p(r("1"))), cell(p(r("2")))).replace(b"</w:tcPr><w:p", b"</w:tcPr>\0<w:p", 1)
    assert outcome(packed(content), whole=False) == outcome(packed(content), whole=True)


# --- what chance makes of it ---------------------------------------------------------------------------------------

PIECES = tuple(
    piece.encode()
    for piece in (
        "<w:vanish/>", "<w:strike/>", '<w:vertAlign w:val="superscript"/>', "<w:br/>", "<w:tab/>", "<w:t/>", "<w:b/>",
        "<w:del>", "</w:del>", "<w:ins>", "</w:ins>", "<w:cellDel/>", '<w:numPr><w:numId w:val="1"/></w:numPr>',
        "<!-- ", " -->", "<![CDATA[", "]]>", "<?x ?>", "&amp;", "&#48;", "&", '"', "'", ">", "<", "/", "=", "\r\n",
        "\t", "\0", "\ufffe", "<w:tc>", "</w:tc>", "<w:tc >", "</w:tc >", "<w:tbl>", "</w:tbl>", "<w:tr>", "</w:tr>",
        "<w:tr w:x=\"1\">", "<w:tblGrid>", ' xmlns:w="urn:other"', ' w:val="1"', ' w14:paraId="00000000"',
        "<w:t>0</w:t>", "<w:t>", "</w:t>", "<w:r>", "</w:r>", "<w:p>", "</w:p>", "<w:p/>", "<w:sdt><w:sdtContent>",
        "</w:sdtContent></w:sdt>", '<w:gridSpan w:val="2"/>', "<w:vMerge/>", '<w:vMerge w:val="restart"/>',
        "<w:hMerge/>", '<w:gridBefore w:val="1"/>', '<w:bookmarkEnd w:id="1"/>', "<w:bookmarkEnd>",
        "<w:trPr>", "</w:trPr>",
        '<w:pStyle w:val="1"/>', '<w:pStyle w:val="2"/>', "<mc:AlternateContent><mc:Choice>",
        "</mc:Choice></mc:AlternateContent>", "<w:txbxContent>", "</w:txbxContent>", "<w:body>", "</w:body>",
        "</w:document>", "<w:pict/>", '<w:sym w:char="0041"/>', "<w:instrText>1</w:instrText>",
    )
)  # fmt: skip
WHOLE = table(
    cell(p(r("1"))) + cell(p(r("2")), '<w:gridSpan w:val="2"/>'),
    cell(p(r("3") + r("4")), '<w:vMerge w:val="restart"/>') + cell(p(r("&lt;"))),
    cell(p(""), "<w:vMerge/>") + cell(p(r("5")) + p(r("6", "<w:b/>"))),
)
CUTS = [0, *(found.end() for found in re.finditer(rb"<[^<>]*>", WHOLE))]

places = st.one_of(st.sampled_from(CUTS), st.integers(0, len(WHOLE)))
edits = st.tuples(places, st.integers(0, 40), st.sampled_from((b"", *PIECES)))


def edited(content: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """Each change: a place, how many bytes go there, what comes in."""
    for at, gone, put in changes:
        content = content[:at] + put + content[at + gone :]
    return content


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.lists(st.tuples(st.sampled_from(CUTS), st.just(0), st.sampled_from(PIECES)), min_size=1, max_size=4),
        st.lists(edits, min_size=1, max_size=3),
    )
)
def test_what_chance_changes_is_the_same_read_abridged_and_whole(changes: list[tuple[int, int, bytes]]) -> None:
    payload = packed(edited(WHOLE, changes))
    assert outcome(payload, whole=False) == outcome(payload, whole=True)


TAGS = (
    "p", "r", "t", "tab", "br", "tc", "tr", "tbl", "tcPr", "pPr", "rPr", "trPr", "tblPr", "gridSpan", "vMerge",
    "hMerge", "gridBefore", "del", "ins", "cellDel", "sdt", "sdtContent", "vanish", "strike", "dstrike", "vertAlign",
    "pStyle", "numPr", "numId", "ilvl", "outlineLvl", "b", "sz", "drawing", "txbxContent", "sym", "altChunk",
    "bookmarkStart", "proofErr", "instrText", "delText", "hyperlink", "rt", "noBreakHyphen", "body",
)  # fmt: skip
VALUES = ("restart", "continue", "0", "1", "2", "3", "superscript", "x")
SAID = ("", " ", "1", "12", "-", "公开", " 3 ", "\n", "&", ">", '"', "\u3000", "a\tb", "0", "00")


def bent(content: bytes, chance: random.Random) -> bytes:
    """A part that stays well formed, with elements put in, taken out, moved, doubled, renamed, wrapped or filled."""
    root = etree.fromstring(content)
    for _ in range(chance.randint(1, 6)):
        inside = list(root.iter("{*}*"))[2:]
        if not inside:
            break
        one, other = chance.choice(inside), chance.choice(inside)
        made = etree.Element(f"{{{W}}}{chance.choice(TAGS)}")
        if chance.random() < 0.7:
            made.set(f"{{{W}}}val", chance.choice(VALUES))
        match chance.randrange(7):
            case 0:
                one.insert(chance.randint(0, len(one)), made)
            case 1:
                one.getparent().remove(one)
            case 2 if other not in one.iter():
                other.insert(chance.randint(0, len(other)), one)
            case 3:
                one.addnext(etree.fromstring(etree.tostring(one)))
            case 4:
                one.addprevious(made)
                made.append(one)
            case 5:
                one.tag = made.tag
            case _:
                one.text = chance.choice(SAID)
    return etree.tostring(root)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_what_is_bent_and_well_formed_is_the_same_read_abridged_and_whole(chance: random.Random) -> None:
    payload = packed(bent(WHOLE, chance))
    assert outcome(payload, whole=False) == outcome(payload, whole=True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_what_chance_changes_in_a_document_is_the_same(data: st.DataObject) -> None:
    content = main_part(data.draw(st.sampled_from(sorted(ROOT.glob("tests/documents/docx/*.docx")))))
    at = data.draw(st.integers(0, len(content)))
    size = data.draw(st.integers(0, 2000))
    again = data.draw(st.integers(0, len(content)))
    piece = data.draw(st.sampled_from((content[at : at + size], content[at : at + 1], b"", *PIECES)))
    payload = packed(content[:again] + piece + content[again + data.draw(st.integers(0, 1)) :])
    assert outcome(payload, whole=False) == outcome(payload, whole=True)
