"""Web pages saved as one file (MHTML, RFC 2557; also Word's and Excel's, called .mht or .doc) → Document."""

from __future__ import annotations

import email
import email.message
import email.policy
import re
from dataclasses import replace
from types import MappingProxyType

from parsers.document import Document, Problem
from parsers.errors import TooLarge, Unreadable
from parsers.formats import html
from parsers.text import is_blank

NAME = "mhtml"
CONVERTER = html.CONVERTER
MOST_CERTAIN = 0.95

_SNIFFED = 4096
_OPENS = re.compile(rb"\s*[A-Za-z][A-Za-z0-9-]*:[ \t]")  # "MIME-Version: 1.0", "From: <Saved by Blink>"
_RELATED = re.compile(rb"^Content-Type:\s*(?:multipart/(?:related|alternative)|message/rfc822)\b", re.I | re.M)
_VERSION = re.compile(rb"^MIME-Version:", re.I | re.M)
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_FRAMES = re.compile(rb"<frameset\b", re.I)
_MOST_PARTS = 2_000


def sniff(payload: bytes) -> float:
    """0.95 for the headers of a message whose parts belong together, which is what browsers and Office save."""
    opening = payload[:_SNIFFED].removeprefix(b"\xef\xbb\xbf")
    if _OPENS.match(opening) is None or _VERSION.search(opening) is None:
        return 0.0
    return 0.95 if _RELATED.search(opening) is not None else 0.0


def convert(payload: bytes) -> Document:
    """A saved page → the Document of its page; ``where`` is ``xpath=…`` into that part. Raises TooLarge, Unreadable.

    A workbook saved as a page is a frameset with a page for each sheet: then the blocks of all its pages follow
    each other.
    """
    message = email.message_from_bytes(payload.removeprefix(b"\xef\xbb\xbf").lstrip(), policy=email.policy.compat32)
    pages = _pages_of(message)
    if not pages:
        raise Unreadable("expected a page among the parts of the message, found none")
    start = _start_of(message, pages)
    if _FRAMES.search(start) is None:
        return replace(html.convert(start), format=NAME)
    framed = [html.convert(page) for _, page in pages if page is not start and _FRAMES.search(page) is None]
    read = [document for document in framed if not is_blank(document.text())]
    if not read:
        raise Unreadable("expected pages in the frames of the message, found none with text")
    return Document(
        tuple(block for document in read for block in document.blocks),
        NAME,
        CONVERTER,
        MappingProxyType(dict(read[0].meta)),
        (
            Problem("framed_pages", f"the text of {len(read)} framed pages, one after another", severity="note"),
            *(problem for document in read for problem in document.problems),
        ),
    )


def _pages_of(message: email.message.Message) -> list[tuple[str, bytes]]:
    """Content-ID and bytes of each page among the parts, in order."""
    found: list[tuple[str, bytes]] = []
    for number, part in enumerate(message.walk()):
        if number > _MOST_PARTS:
            raise TooLarge(f"expected at most {_MOST_PARTS} parts, found more")
        if part.get_content_type() in _PAGES:
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and content.strip():
                found.append((str(part.get("Content-ID", "")), content))
    return found


def _start_of(message: email.message.Message, pages: list[tuple[str, bytes]]) -> bytes:
    """The page that the message begins with: the one its ``start`` names (RFC 2387), else the first."""
    named = message.get_param("start")
    return next((page for identity, page in pages if identity and identity == named), pages[0][1])
