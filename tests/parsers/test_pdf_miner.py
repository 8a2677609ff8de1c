"""pdfminer as second reader: the same cells, a way into files that pdfium refuses, a second opinion on doubts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from parsers.errors import Encrypted, Unreadable
from parsers.formats import pdf
from parsers.pdf import miner
from parsers.pdf.opinions import second_opinions
from parsers.pdf.pages import Page, open_pdf, read_page

ROOT = Path(__file__).resolve().parents[1]
AUTHORED = ROOT / "parsers" / "documents" / "pdf"
BENCH = ROOT / "documents" / "pdf"
# WeasyPrint, reportlab turned, fpdf2 and Typst: three kinds of fonts, cells drawn as lines and as boxes.
FILES = [AUTHORED / "weasyprint_background.pdf", AUTHORED / "reportlab_turned.pdf",
         BENCH / "pdf08.pdf", BENCH / "pdf09.pdf"]  # fmt: skip


def by_pdfium(payload: bytes) -> list[Page]:
    document = open_pdf(payload)
    try:
        return [read_page(document, index) for index in range(len(document))]
    finally:
        document.close()


def cells_of(pages: list[Page]) -> list[tuple[int, int, int, int, str]]:
    return [(*cell[:4], cell.text) for page in pages for part in page.parts for cell in part.cells]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_both_programs_find_the_same_cells(path: Path) -> None:
    payload = path.read_bytes()
    pages = by_pdfium(payload)
    assert cells_of(miner.read_pages(payload)) == cells_of(pages)
    assert len(cells_of(pages)) > 60


def test_only_the_wanted_pages_are_read() -> None:
    payload = (BENCH / "pdf09.pdf").read_bytes()
    assert [page.number for page in miner.read_pages(payload, {2})] == [2]


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: re.sub(rb"/Root \d+ 0 R", b"/Root 9999 0 R", whole),
        lambda whole: whole.replace(b"%PDF-", b"%XYZ-", 1),
        lambda whole: b"Content-Type: application/pdf\r\n\r\n" + b"x" * 2000 + whole,
    ],
    ids=["catalogue lost", "header damaged", "junk before the header"],
)
def test_what_pdfium_refuses_is_read_and_said(damage: Callable[[bytes], bytes]) -> None:
    whole = (BENCH / "pdf06.pdf").read_bytes()
    payload = damage(whole)
    with pytest.raises(Unreadable):
        open_pdf(payload)
    assert pdf.sniff(payload) >= 0.6
    document, sound = pdf.convert(payload), pdf.convert(whole)
    assert document.converter.startswith("pdfminer.six/2")
    assert sound.converter.startswith("pdfium/")
    assert [problem.code for problem in document.problems] == ["damaged_pdf"]
    assert document.text() == sound.text()


def test_what_neither_can_open_is_unreadable() -> None:
    whole = (BENCH / "pdf06.pdf").read_bytes()
    with pytest.raises(Unreadable, match=r"pdfium.*pdfminer"):
        pdf.convert(whole[: len(whole) * 9 // 10])
    with pytest.raises(Encrypted):
        miner.read_pages((AUTHORED / "password_user.pdf").read_bytes())


def test_a_second_opinion_says_both_readings_and_changes_none() -> None:
    """The fonts of this file tell no meaning of their glyphs; pdfminer takes it from the fonts' own tables."""
    payload = (AUTHORED / "no_unicode.pdf").read_bytes()
    pages = by_pdfium(payload)
    before = cells_of(pages)
    said = second_opinions(payload, pages)
    assert {problem.code for problem in said} == {"second_opinion"}
    assert any("'200791'" in problem.says and "\\ufffd" in ascii(problem.says) for problem in said)
    assert all(problem.where.startswith("page=1&xywh=") for problem in said)
    assert cells_of(pages) == before


def test_without_doubt_nobody_is_asked() -> None:
    payload = (BENCH / "pdf08.pdf").read_bytes()
    assert second_opinions(b"no PDF at all", by_pdfium(payload)) == []
