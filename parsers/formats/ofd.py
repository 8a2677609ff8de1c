"""OFD (GB/T 33190-2016) → Document: text and ruling lines from its XML, tables by the PDF reader's grid."""

from __future__ import annotations

from types import MappingProxyType

from lxml import etree

from parsers.document import Document
from parsers.formats.pdf import problems_of_text
from parsers.ofd.pages import ROOT, open_ofd, read_pages
from parsers.pdf.story import blocks_of_pages
from parsers.report import RELEASE
from parsers.word.package import names_in

NAME = "ofd"
CONVERTER = f"lxml/{etree.__version__}+nianbao/{RELEASE}"


def sniff(payload: bytes) -> float:
    """0.95 for a ZIP package with OFD.xml in its root."""
    return 0.95 if ROOT in names_in(payload) else 0.0


def convert(payload: bytes) -> Document:
    """An OFD document → headings, paragraphs and tables in reading order; tables across pages are joined.

    ``where`` is ``page=N&xywh=x,y,w,h`` in points from the top left of the page, as in a PDF. Raises ``Encrypted``,
    ``TooLarge``, ``Unreadable``, and ``NeedsOcr`` where pages hold pictures of text.
    """
    opened = open_ofd(payload)
    pages = read_pages(opened)
    problems = problems_of_text(pages)
    blocks, doubts = blocks_of_pages(pages)
    meta = MappingProxyType({"title": opened.title} if opened.title else {})
    return Document(blocks, NAME, CONVERTER, meta, (*problems, *doubts))
