"""A scanned PDF or a picture → a Document, its text recognised."""

from __future__ import annotations

from dataclasses import replace

from parsers.document import Document, Problem
from parsers.errors import NeedsOcr
from parsers.pdf.story import blocks_of_pages
from parsers.sight.installed import is_installed, release
from parsers.sight.labels import with_labels

SIGHT = "1"
"""Release of the rules of this folder."""


def see(payload: bytes) -> Document:
    """The document as it is seen; ``where`` of a cell says how surely it was recognised (``parsers.confidence``).

    Raises NeedsOcr where the packages are not installed or nothing is legible; Unreadable, Encrypted, TooLarge.
    """
    if not is_installed():
        raise NeedsOcr("expected text, found pictures, and the extra ocr is not installed")
    from parsers.sight.pages import see_page
    from parsers.sight.rasters import rasters_of

    pages = [see_page(raster, number) for number, raster in enumerate(rasters_of(payload), start=1)]
    if not any(page.characters for page in pages):
        raise NeedsOcr(f"expected print, found none on {len(pages)} pages")
    blocks, doubts = blocks_of_pages(pages)
    says = "recognised from pictures; figures that were not recognised surely are unread"
    note = Problem("recognised", says, severity="note")
    kind = "pdf" if b"%PDF-" in payload[:1024] else "picture"
    converter = f"{release()}+nianbao/{SIGHT}"
    return replace(Document(blocks, kind, converter, problems=(note, *doubts)), blocks=with_labels(blocks))
