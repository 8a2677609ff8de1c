"""OFD (GB/T 33190-2016) → Document: text and ruling lines from its XML, tables by the PDF reader's grid."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from lxml import etree

from parsers.document import Document, Problem
from parsers.errors import DocumentError
from parsers.formats.pdf import problems_of_text
from parsers.ofd.pages import ROOT, Opened, open_ofd, read_pages
from parsers.pdf.story import blocks_of_pages
from parsers.places import placed
from parsers.report import RELEASE
from parsers.word.package import names_in

NAME = "ofd"
CONVERTER = f"lxml/{etree.__version__}+nianbao/{RELEASE}"
MOST_CERTAIN = 0.95


def sniff(payload: bytes) -> float:
    """0.95 for a ZIP package with OFD.xml in its root."""
    return 0.95 if ROOT in names_in(payload) else 0.0


def convert(payload: bytes) -> Document:
    """An OFD document → headings, paragraphs and tables in reading order; tables across pages are joined.

    ``where`` is ``page=N&xywh=x,y,w,h`` in points from the top left of the page, as in a PDF. Raises ``Encrypted``,
    ``TooLarge``, ``Unreadable``, and ``NeedsOcr`` where pages hold pictures of text.
    """
    found = documents(payload)
    blocks = tuple(block for document in found for block in document.blocks)
    return replace(found[0], blocks=blocks, problems=tuple(each for one in found for each in one.problems))


def documents(payload: bytes) -> tuple[Document, ...]:
    """The documents of an OFD package, as a rule one. Of several each place begins ``document=N#``.

    One of several that cannot be read is a problem of the first that can. Raises what ``convert`` raises.
    """
    opened = open_ofd(payload)
    if len(opened) == 1:
        return (_document(opened[0]),)
    read: list[Document] = []
    refused: list[tuple[str, DocumentError]] = []
    for number, one in enumerate(opened, 1):
        try:
            read.append(placed(_document(one), f"document={number}#"))
        except DocumentError as error:
            refused.append((f"document={number}", error))
    if not read:
        raise refused[0][1]
    doubts = [Problem("member_unread", f"{error.code}: {error.says}", where) for where, error in refused]
    return (replace(read[0], problems=(*read[0].problems, *doubts)), *read[1:])


def _document(opened: Opened) -> Document:
    pages = read_pages(opened)
    problems = problems_of_text(pages)
    blocks, doubts = blocks_of_pages(pages)
    meta = MappingProxyType({"title": opened.title} if opened.title else {})
    return Document(blocks, NAME, CONVERTER, meta, (*problems, *doubts))
