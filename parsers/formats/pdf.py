"""PDF (ISO 32000-1): characters and ruling lines from pdfium, tables from our own grid of drawn cells."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import pypdfium2

from parsers.document import Document, Problem
from parsers.errors import NeedsOcr, Unreadable
from parsers.pdf.opinions import second_opinions
from parsers.pdf.pages import Page, open_pdf, read_meta, read_page
from parsers.pdf.story import blocks_of_pages

NAME = "pdf"
CONVERTER = f"pdfium/{pypdfium2.PDFIUM_INFO.build}+nianbao/1"
_HEADER_WITHIN = 1024  # bytes: readers accept "%PDF-" anywhere in these (ISO 32000-1, annex H.3, note 13)
_JUNK = 65_536  # bytes of a mail, a form or an answer of a server that may stand before the header
_TAIL = 2_048  # bytes at the end that hold the two words every PDF ends with (7.5.5)
_META = ("Title", "CreationDate")
_FEW = 12  # characters a page: page numbers and a stamp, no text


def sniff(payload: bytes) -> float:
    """1.0 where the header stands first, 0.85 where it stands within the first kilobyte, 0.6 where there is more before
    it, or it is damaged, and the end is that of a PDF; else 0.0."""
    if payload.startswith(b"%PDF-"):
        return 1.0
    if b"%PDF-" in payload[:_HEADER_WITHIN]:
        return 0.85  # a page may speak of it
    tail = payload[-_TAIL:]
    if b"startxref" not in tail or b"%%EOF" not in tail:
        return 0.0
    return 0.6 if b"%PDF-" in payload[:_JUNK] or b" 0 obj" in payload[:_HEADER_WITHIN] else 0.0


def convert(payload: bytes) -> Document:
    """Bytes of a PDF → headings, paragraphs and tables in reading order; tables across pages are joined.

    What pdfium refuses is read by pdfminer, and said. ``where`` is ``page=N&xywh=x,y,w,h`` in points from the top left
    of the page as seen. Raises ``Unreadable``, ``Encrypted``, ``TooLarge``, and ``NeedsOcr`` where pages hold pictures
    of text, or text that stands for nothing.
    """
    try:
        pages, meta = _by_pdfium(payload)
    except Unreadable as refusal:
        return _by_pdfminer(payload, refusal)
    problems = problems_of_text(pages)
    blocks, doubts = blocks_of_pages(pages)
    return Document(
        blocks=blocks,
        format=NAME,
        converter=CONVERTER,
        meta=MappingProxyType(meta),
        problems=(*problems, *doubts, *second_opinions(payload, pages)),
    )


def _by_pdfium(payload: bytes) -> tuple[list[Page], dict[str, str]]:
    document = open_pdf(payload)
    try:
        pages = [read_page(document, index) for index in range(len(document))]
        meta = {key.lower(): value for key in _META if (value := read_meta(document, key))}
    finally:
        document.close()
    return pages, meta


def _by_pdfminer(payload: bytes, refusal: Unreadable) -> Document:
    from parsers.pdf import miner  # half as long to load as a report takes to read, and seldom wanted

    try:
        pages = miner.read_pages(payload)
    except Unreadable as second:
        raise Unreadable(f"{refusal.says}; {second.says}") from second
    if not any(page.characters or page.marks for page in pages):
        raise refusal
    problems = problems_of_text(pages)
    blocks, doubts = blocks_of_pages(pages)
    says = f"{refusal.says}; read by {miner.NAME} instead, which may have found less than there is"
    why = Problem("damaged_pdf", says)
    return Document(blocks, NAME, f"{miner.NAME}+nianbao/1", problems=(why, *problems, *doubts))


def problems_of_text(pages: Sequence[Page]) -> list[Problem]:
    """What is doubtful about the text layer as a whole. Raises ``NeedsOcr`` where there is none to speak of."""
    characters = sum(page.characters for page in pages)
    garbled = sum(page.garbled for page in pages)
    if characters < _FEW * len(pages) and any(page.marks for page in pages):
        raise NeedsOcr(f"expected text, found pictures or outlines on {len(pages)} pages and {characters} characters")
    if garbled > 0.5 * characters:
        raise NeedsOcr(f"expected text, found that {garbled} of {characters} printed characters stand for nothing")
    chinese, everyday = sum(page.chinese for page in pages), sum(page.everyday for page in pages)
    if chinese > 200 and everyday < 0.03 * chinese:
        raise NeedsOcr(f"expected a report's words, found {chinese} Chinese characters that no report is made of")
    problems = [
        Problem("page_without_text", "the page holds pictures or drawings and no text", f"page={page.number}")
        for page in pages
        if page.characters == 0 and page.marks
    ]
    if garbled > 0.02 * characters:
        says = f"{garbled} of {characters} printed characters stand for nothing"
        problems.append(Problem("garbled_text_layer", says))
    elif characters > 200 and chinese < 0.02 * characters:
        says = f"{characters} printed characters and next to no Chinese among them"
        problems.append(Problem("garbled_text_layer", says))
    return problems
