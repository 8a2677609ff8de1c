"""A page without the insides of its tables: what is found on it stays what it was."""

from __future__ import annotations

import pytest

from crawler.pages.layout import layout_of
from crawler.pages.links import read_page

_URL = "http://a.example/zwgk/t1_1234.html"
_CELLS = "<tr><td>总计</td><td><p><span>3<o:p></o:p></span></p></td></tr>"


def read(body: str) -> tuple[tuple[tuple[str, str, str, int], ...], str, tuple[str, ...]]:
    page = read_page(_URL, f"<html><body>{body}</body></html>".encode())
    return tuple((one.url, one.text, one.marks, one.block) for one in page.anchors), page.title, page.scripts


def test_a_table_of_plain_text_is_left_out_and_the_links_around_it_stand_as_before() -> None:
    around = '<div class="position"><a href="/nb/">年报</a>{}<a href="t2.html">下一篇</a></div>'
    table = f"<TABLE class=form border='1'>{_CELLS}</TABLE>"
    assert layout_of(around.format(table).encode()) == around.format("<TABLE class=form border='1'></TABLE>").encode()
    assert read(around.format(table)) == read(around.format("<p>表</p>"))
    assert read_page(_URL, f"<html>{table}".encode()).source == f"<html>{table}", "the source is whole"


@pytest.mark.parametrize(
    "body",
    [
        f'<table>{_CELLS}<tr><td><a href="t2.html">附件</a></td></tr></table>',
        f"<table><tr><td><select><option value='/nb/2022.html'>2022</option></select></td></tr>{_CELLS}</table>",
        f"<table><tr><td><table>{_CELLS}</table><a href='t2.html'>附件</a></td></tr></table>",
        f'<a href="t2.html">2023年<table>{_CELLS}</table></a>',
        f"""<script>w('<table>{_CELLS.replace("总计", "'+createPageHTML(5,0,'index','htm')+'")}</table>');</script>""",
        f'<table><tr><td>1</td></tr><!--{_CELLS}</table>--><tr><td><a href="t2.html">附件</a></table>',
        f'<!--<table>{_CELLS}--><a href="t2.html">附件</a></table>',
        f"<title><table>{_CELLS}</table></title>",
        "<table><tr><td><script>var f = './P0.docx'</script></td></tr></table>",
    ],
)
def test_what_a_page_is_read_for_is_not_left_out(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(body)
    monkeypatch.setattr("crawler.pages.links.layout_of", lambda page: page)
    assert found == read(body)
    assert found != read("")


@pytest.mark.parametrize("unit", [b"</table>", b"<table>x</table>", b"<table></table></table>", b"<a><table></table>"])
def test_a_page_of_nothing_but_tables_is_looked_through_once(unit: bytes) -> None:
    """Two megabytes; where each end was looked for from the beginning on, this took minutes."""
    page = unit * (2**21 // len(unit))
    assert len(layout_of(page)) <= len(page)
    nested = b"<table>" * 100_000 + b"</table>" * 100_000
    assert layout_of(nested) == nested
