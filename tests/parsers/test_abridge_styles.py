"""A style sheet of Word's is abridged to the styles that a document uses."""

from __future__ import annotations

import pytest
from lxml import etree

from parsers.word.abridge_styles import abridge_styles
from parsers.word.numbers import read_styles

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def style(name: str, *, kind: str = "paragraph", based_on: str = "", more: str = "") -> str:
    base = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return f'<w:style w:type="{kind}"{more} w:styleId="{name}">{base}<w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>'


def sheet(*styles: str) -> bytes:
    return f'<w:styles xmlns:w="{W}"><w:latentStyles/>{"".join(styles)}</w:styles>'.encode()


def test_styles_that_are_used_stay_with_those_they_are_based_on_and_the_default_one() -> None:
    content = sheet(
        style("T", kind="table"),
        style("D", more=' w:default="1"', based_on="E"),
        style("P", based_on="Q"),
        style("Q", based_on="P"),
        style("R", based_on="P"),
        style("E"),
        style("C", kind="character"),
    )
    short = read_styles(etree.fromstring(abridge_styles(content, ["P"])))
    whole = read_styles(etree.fromstring(content))
    assert list(short[0]) == ["D", "P", "Q", "E"]
    assert short == ({name: style for name, style in whole[0].items() if name in short[0]}, "D")


@pytest.mark.parametrize(
    "content",
    [
        sheet("<!-- ", style("P"), " -->"),
        sheet(style("P").replace("<w:style ", "<w:style\n")),
        sheet('<w:style w:type="paragraph" w:styleId="Empty"/>', style("P")),
        sheet(style("P")).replace(b"</w:styles>", b'<v:style xmlns:v="%s"/></w:styles>' % W.encode()),
        sheet(style("P", based_on="Q").replace("<w:basedOn w:val=", "<w:basedOn  w:val=")),
        sheet(style("T", kind="table"), "<w:a>", style("P"), style("Q"), "</w:a>", style("R")),
        sheet("<w:a>", style("T", kind="table"), style("P"), "</w:a>"),
        sheet(style("T", kind="table"), "<w:style>", style("P")[9:]),
        sheet('<w:style w:default="1"/>', style("P")).replace(b"<w:style w:d", b"<w:style\tw:d"),
        sheet(f'<v:style xmlns:v="{W}" v:styleId="Q"/>', style("P")),
        sheet('<w:style w:type="table" w:styleId="T>"/>', style("P")),
        sheet('<w:style w:type="table" w:styleId=\'T">\'/>', style("P")),
        sheet("<?a ", style("T", kind="table"), style("P"), "?>"),
    ],
    ids=[
        *(
            "comment",
            "tag on two lines",
            "empty style",
            "another prefix",
            "base written otherwise",
            "styles in another",
        ),
        *("all in another", "tag without more", "empty before others", "another prefix before", "tag's end in a name"),
        *("quotes in quotes", "instruction"),
    ],
)
def test_style_sheets_of_another_make_are_left_as_they_are(content: bytes) -> None:
    assert abridge_styles(content, ["P"]) == content


def test_a_style_whose_name_may_be_written_in_two_ways_stays() -> None:
    content = sheet(style("A&amp;B"), style("Y"), style("Z"))
    assert list(read_styles(etree.fromstring(abridge_styles(content, ["Y"])))[0]) == ["A&B", "Y"]


def test_an_end_written_otherwise_ends_a_style() -> None:
    content = sheet(style("T", kind="table").replace("</w:style>", "</w:style >\n"), style("P"), style("Q"))
    assert list(read_styles(etree.fromstring(abridge_styles(content, ["P"])))[0]) == ["P"]
