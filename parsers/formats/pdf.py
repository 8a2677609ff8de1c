"""PDF (ISO 32000-1): characters and ruling lines from pdfium, tables from our own grid of drawn cells."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import pypdfium2

from parsers.document import Document, Problem
from parsers.errors import NeedsOcr
from parsers.pdf.pages import Page, open_pdf, read_page
from parsers.pdf.story import blocks_of_pages

NAME = "pdf"
CONVERTER = f"pdfium/{pypdfium2.PDFIUM_INFO.build}+nianbao/1"
_HEADER_WITHIN = 1024  # bytes: readers accept "%PDF-" anywhere in these (ISO 32000-1, annex H.3, note 13)
_FEW = 12  # characters a page: page numbers and a stamp, no text


def sniff(payload: bytes) -> float:
    """1.0 where the header stands first, 0.9 where it stands within the first kilobyte, else 0.0."""
    if payload.startswith(b"%PDF-"):
        return 1.0
    return 0.9 if b"%PDF-" in payload[:_HEADER_WITHIN] else 0.0


def convert(payload: bytes) -> Document:
    """Bytes of a PDF → headings, paragraphs and tables in reading order; tables across pages are joined.

    ``where`` is ``page=N&xywh=x,y,w,h`` in points from the top left of the page as seen. Raises ``Unreadable``,
    ``Encrypted``, ``TooLarge``, and ``NeedsOcr`` where pages hold pictures of text, or text that stands for nothing.
    """
    document = open_pdf(payload)
    try:
        pages = [read_page(document, index) for index in range(len(document))]
        meta = {key.lower(): value for key, value in document.get_metadata_dict(skip_empty=True).items()
                if key in ("Title", "CreationDate")}  # fmt: skip
    finally:
        document.close()
    problems = problems_of_text(pages)
    blocks, doubts = blocks_of_pages(pages)
    return Document(
        blocks=blocks,
        format=NAME,
        converter=CONVERTER,
        meta=MappingProxyType(meta),
        problems=(*problems, *doubts),
    )


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
