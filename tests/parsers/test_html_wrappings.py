"""Cells without what Word wraps around their texts: each says what it said before, in the same place."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.demo import county
from crawler.demo.site import build_site, report_path
from parsers.document import Table
from parsers.formats import html
from parsers.html.wrappings import without_wrappings

PAGES = sorted((Path(__file__).parents[1] / "documents" / "html").glob("*.html"))
PASTED = '<p class="MsoNormal" align="center"><span lang="EN-US">{}</span><o:p></o:p></p>'


def page_with(cells: list[str]) -> bytes:
    """A page with a table of rows of two cells; the middle of its bytes lies within the table."""
    rows = "".join(
        f"<tr><td>{left}</td><td>{right}</td></tr>" for left, right in zip(cells[::2], cells[1::2], strict=True)
    )
    return f"<html><body><table>{rows}</table></body></html>".encode()


def texts_of(page: bytes) -> list[str]:
    blocks = html.convert(page).blocks
    return [cell.text for block in blocks if isinstance(block, Table) for row in block.rows for cell in row]


def demonstrated() -> list[bytes]:
    """The reports of the demonstration portal that were pasted from Word, those that stand on the page itself."""
    site = build_site()
    pages = [site.get(report_path(report)) for report in county.published_reports()
             if "word_paste" in county.BY_NAME[report[0]].habits]  # fmt: skip
    return [page.body for page in pages if page is not None and page.counting is None and b"<td" in page.body]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_reads_the_same_with_its_wrappings(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short = html.convert(path.read_bytes())
    monkeypatch.setattr(html, "without_wrappings", lambda page: page)
    assert html.convert(path.read_bytes()) == short


def test_a_pasted_report_reads_the_same_and_has_most_of_its_wrappings_off(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [page for page in demonstrated() if page.count(b"<table") > 1]
    short = [html.convert(page) for page in pages]
    assert pages
    assert all(without_wrappings(page).count(b"<o:p>") < page.count(b"<o:p>") / 4 for page in pages)
    monkeypatch.setattr(html, "without_wrappings", lambda page: page)
    assert [html.convert(page) for page in pages] == short


def test_what_is_wrapped_alike_is_taken_out_of_it() -> None:
    figures = [str(figure) for figure in range(101, 141)]
    assert without_wrappings(page_with([PASTED.format(figure) for figure in figures])) == page_with(figures)


@pytest.mark.parametrize(
    ("cell", "text"), [("<td>", "12<br>3"), ('<td colspan="4">', "12"), ("<td rowspan=2>", "<br />")]
)
def test_lines_and_cells_with_spans_are_taken_out_too(cell: str, text: str) -> None:
    pasted = page_with([PASTED.format(figure) for figure in range(101, 141)])
    inside = PASTED.format(text)
    page = pasted.replace(b"<td>" + PASTED.format(120).encode(), (cell + inside).encode())
    assert (cell + text + "</td>").encode() in without_wrappings(page)


@pytest.mark.parametrize(
    ("once", "broken"),
    [
        ("<table>", f"<table><tr><td>{PASTED.format('表一')}</td></tr></table><table>"),  # walked as text
        ('"EN-US">105<', '"EN-US>105<'),  # reaches to the next quote, which is not in another cell
        ('"center"><span lang="EN-US">105<', '"center><span lang="EN-US>105<'),
        ("<tr><td>", "<title><tr><td>"), ("105</span><o:p></o:p></p></td><td>", "105</span><o:p<td>"),  # 105 and 106
        ("<body>", f"<body><td colspan=2>{PASTED.format('表一')}</td>"), ("<html>", "<html><title>年报</titl"),
    ],
)  # fmt: skip
def test_a_page_with_cells_outside_of_tables_or_broken_reads_the_same(
    once: str, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_with([PASTED.format(figure) for figure in range(101, 141)]).decode().replace(once, broken, 1).encode()
    short = html.convert(page)
    monkeypatch.setattr(html, "without_wrappings", lambda page: page)
    assert html.convert(page) == short


@pytest.mark.parametrize(
    "odd",
    [
        PASTED.format("12<sup>1</sup>"), PASTED.format("12</span><span>3"), PASTED.format("12<br clear=all>3"),
        PASTED.format("12").replace("</p>", "</p>3"), PASTED.format("12").replace("<p ", "<p hidden "),
        PASTED.format("12").replace('"EN-US"', '"EN-US'), f"12{PASTED.format('3')}", PASTED.format("1<2"),
    ],
)  # fmt: skip
def test_what_is_not_wrapped_like_the_others_stays(odd: str) -> None:
    cells = [PASTED.format(figure) for figure in range(101, 141)]
    page = page_with([*cells[:20], odd, *cells[20:39]])
    assert f"<td>{odd}</td>".encode() in without_wrappings(page)
    assert texts_of(page)[:20] == [str(figure) for figure in range(101, 121)]


@pytest.mark.parametrize(
    "wrapping",
    [
        '<p style="DISPLAY: none"><span>{}</span></p>', '<p><span style="mso-hide:all">{}</span></p>',
        '<p style="dis&#112;lay:none"><span>{}</span></p>', "<p hidden><span>{}</span></p>",
        '<p class="hits"><span>{}</span></p>', '<p id="print"><span>{}</span></p>', "<p><del>{}</del></p>",
        "<p><sup>{}</sup></p>", '<p><a href="/1.html">{}</a></p>', "<p><span>{}</p></span>",
        """<p><span style='font-family:"'>{}</span></p>""".replace("'>", '">'),
    ],
)  # fmt: skip
def test_what_hides_marks_or_breaks_a_text_stays(wrapping: str) -> None:
    page = page_with([wrapping.format(figure) for figure in range(101, 141)])
    assert without_wrappings(page) == page


def test_a_few_wrapped_cells_stay_as_they_are() -> None:
    page = page_with([*map(str, range(101, 130)), *[PASTED.format(figure) for figure in (1, 2, 3)]])
    assert without_wrappings(page) == page
