"""Cells read all at once say what each says alone; pages that hide, mark or break what they hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from parsers.document import Paragraph, Table
from parsers.formats import html
from parsers.html import plain_tables as plain_module
from parsers.html.charset import decode
from parsers.html.furniture import may_hide
from parsers.html.plain_tables import plain_tables
from parsers.html.sections import Sections
from parsers.html.tables import table_of

PAGES = sorted((Path(__file__).parents[1] / "documents" / "html").glob("*.html"))
ODD = """<table><tr><td>行政许可<td>予以公开</tr><tr>
<td>1<br>2</td><td><p>a</p>b<p>c</p></td><td>12<sup>1</sup></td><td><del>5</del>6</td><td><input value=7></td>
<td><span style="DISPLAY : none">8</span>9</td><td><p hidden>10</p>11</td><td hidden>12</td><td>&nbsp;<b> </b>13</td>
<td><script>14</script>15</td><td></td><td>\n 16 <i>17</i>\t18</td><td><ul><li>甲<li>乙</ul></td></tr></table>"""


def parsed(page: bytes) -> etree._Element:
    return html.parse(html.page_of(page, decode(page)))


def cells_of(page: str) -> list[str]:
    document = html.convert(page.encode())
    return [cell.text for block in document.blocks if isinstance(block, Table) for row in block.rows for cell in row]


NESTED = """<table><thead><tr><th rowspan=0>行政许可<th colspan=2>予以公开</thead><tbody><tr><td>1</td>
<td><select><td>2</select>3</td><td>4&#1;</td></tr><tr></tr><tr><td colspan=500>5&amp;lt;<td rowspan=9>6</tr></table>"""


@pytest.mark.parametrize("page", [ODD.encode(), NESTED.encode(), *(path.read_bytes() for path in PAGES)])
def test_all_cells_at_once_say_the_same_as_each_alone(page: bytes) -> None:
    found = plain_tables(parsed(page))
    assert found
    for table, plain in found.items():
        assert table_of(table, "", plain) == table_of(table, "")


@pytest.mark.parametrize(
    "inside",
    [
        "<tr><form><td>1</td></form></tr>", "<td>1</td>",
        "<tbody><tr><td>1</td></tr></tbody><tr><td>2</td></tr>", "<div><tr><td>1</td></tr></div>",
    ],
)  # fmt: skip
def test_tables_of_other_shapes_are_left_to_their_elements(inside: str) -> None:
    assert plain_tables(parsed(f"<table>{inside}</table>".encode())) == {}


@pytest.mark.parametrize("page", [path.read_bytes() for path in PAGES])
def test_a_page_known_to_hide_nothing_hides_nothing(page: bytes) -> None:
    body = parsed(page)
    assert plain_tables(body) == plain_tables(body, page)
    assert all(may_hide(page + hiding) for hiding in (b'<p style="Display :None">', b"<p HIDDEN>"))


def test_what_is_hidden_struck_or_raised_is_told_apart() -> None:
    assert cells_of(ODD)[2:] == [
        "1\n2", "a\nb\nc", "12[1]", "6", "7", "9", "11", "12", "\u00a0 13", "15", "", "16 17 18", "甲\n乙",
    ]  # fmt: skip


def test_reading_the_cells_leaves_the_page_as_it_was() -> None:
    root = parsed(ODD.encode())
    before = etree.tostring(root)
    assert plain_tables(root)
    assert etree.tostring(root) == before


@pytest.mark.parametrize("mark", ["\ufdd1", "&#64977;", "&#xFDD1;", "&#x0fdd1", "&#XFdD1;"])
def test_noncharacters_of_the_page_move_no_cell(mark: str) -> None:
    page = f"<table><tr><td>行政许可</td><td>予以公开</td></tr><tr><td>1{mark} 2</td><td>3</td></tr></table>"
    assert cells_of(page) == ["行政许可", "予以公开", "1\ufffd 2", "3"]


def test_a_table_within_a_cell_and_cells_without_a_row_are_read() -> None:
    page = (
        "<table><tbody><tr><td>行政许可</td><td>予以公开</td></tr><tr><td>1<table><tr><td>2</td></tr></table></td>"
        "<td>3</td></tr></tbody></table>"
    )
    assert cells_of(page) == ["行政许可", "予以公开", "1\n2", "3"]


def test_rows_outside_of_any_table_are_text() -> None:
    """Found by damaging pages: a fence around rows without a table ended the reading."""
    page = "<body><div>题</div><tr><p>一、总体情况</p><p>二、主动公开</p><p>三、收到和处理</p><p>四、行政复议</p></tr>"
    blocks = html.convert(page.encode()).blocks
    assert [block.text for block in blocks if isinstance(block, Paragraph)][-1] == "四、行政复议"


@pytest.mark.parametrize("label", ["hex", "rot13", "undefined", "punycode", "unicode_escape"])
def test_codecs_that_are_no_charsets_are_not_believed(label: str) -> None:
    decoded = decode(b"<meta charset=" + label.encode() + b">\xff\xfe\x80 \xff")
    assert decoded.encoding in {"utf-8", "gb18030"}
    assert [problem.code for problem in decoded.problems] == ["bad_encoding"]


def test_sections_outside_of_an_element_are_noticed() -> None:
    body = parsed("<body><div id=a>总体情况 主动公开</div><p>行政复议</p>".encode()).find("body")
    assert body is not None
    sections = Sections(body)
    assert sections.all_stand_in(body)
    assert not sections.all_stand_in(body[0])
    assert sections.several_in(body[0])
    assert not sections.several_in(body[1])
    assert sections.smallest is body


BARE = """<table><colgroup><col><col></colgroup><thead><tr><th colspan=2>行政许可<th></thead>{}<tfoot><tr>
<td rowspan="2">1<br>2<br/><td> 3 <td></tfoot></table>"""


@pytest.mark.parametrize("page", [
    BARE.format(""), BARE.format("") * 2, BARE.format("<tbody></tbody>").replace("3", "&nbsp;3"),
    f"<table><tr><td>{BARE.format('')}</table>", "<table><tr></table>", "<table></table>", "<table><td>1</table>",
])  # fmt: skip
def test_bare_tables_say_the_same_as_through_libxslt(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    body = parsed(page.encode())
    found = plain_tables(body)
    monkeypatch.setattr(plain_module, "_bare_table", lambda table: None)
    stated = plain_tables(body)
    assert found.keys() == stated.keys()
    assert all(found[table][1:] == stated[table][1:] for table in found)


@pytest.mark.parametrize("odd", ["<tr><td>1<b>2</b></td></tr>", "<div><tr><td>1</td></tr></div>", "<tr><th><p>1</tr>"])
def test_tables_with_other_elements_are_not_bare(odd: str) -> None:
    root = parsed(BARE.format(odd).encode())
    assert plain_module._bare_table(next(root.iter("table"))) is None
