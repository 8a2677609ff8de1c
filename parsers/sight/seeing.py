"""A scanned PDF, a picture, or a page of HTML with pictures in it → a Document, what is in pictures recognised."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from parsers.document import Document, Problem
from parsers.errors import NeedsOcr
from parsers.formats import html
from parsers.formats.pdf import problems_of_text
from parsers.pdf.pages import Page, open_pdf, read_page
from parsers.sight.installed import is_installed, release

if TYPE_CHECKING:
    from parsers.sight.rasters import Raster

SIGHT = "4"
"""Release of the rules of this folder."""
SAYS = "recognised from pictures; figures that were not recognised surely are unread"


def see(payload: bytes) -> Document:
    """The document as it is seen; ``where`` of a cell says how surely it was recognised (``parsers.confidence``).

    Pages of a PDF that have a text of their own are read, and so is all of a page of HTML but its pictures. Raises
    NeedsOcr where the packages are not installed or nothing is legible; Unreadable, Encrypted, TooLarge.
    """
    if not is_installed():
        raise NeedsOcr("expected text, found pictures, and the extra ocr is not installed")
    from parsers.sight.rasters import rasters_of
    from parsers.sight.story import story_of
    from parsers.sight.web import see_web_page

    if html.sniff(payload):
        return see_web_page(payload)
    is_pdf = b"%PDF-" in payload[:1024]
    story = story_of(_sheets_of_pdf(payload) if is_pdf else rasters_of(payload))
    if not story.characters:
        raise NeedsOcr("expected print, found none on the pages")
    says = SAYS if len(story.seen) != 1 or not is_pdf else f"page {story.seen[0]} was {SAYS}"
    note = Problem("recognised", says, severity="note")
    converter = f"{release()}+nianbao/{SIGHT}"
    return Document(story.blocks, "pdf" if is_pdf else "picture", converter, problems=(note, *story.problems))


def _sheets_of_pdf(payload: bytes) -> Iterator[Raster | Page]:
    """Pages with a text of their own as they are read, the others as pixels."""
    from parsers.sight.rasters import draw_sheet, expect_few

    with closing(open_pdf(payload)) as document:
        expect_few(document)
        for index in range(len(document)):
            page = read_page(document, index)
            try:
                problems_of_text([page])
            except NeedsOcr:
                yield draw_sheet(document, index)
                continue
            yield page
