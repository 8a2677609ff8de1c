"""Web pages → Document: the fenced text of the page without its furniture."""

from __future__ import annotations

import codecs
import re
from functools import cache

from lxml import etree

from parsers.document import Block, Document, Problem, Table
from parsers.errors import OutOfMemory, Unreadable
from parsers.html.blocks import Harvest, blocks_of, heading_of
from parsers.html.charset import Decoded, decode, decode_opening
from parsers.html.fence import Fence, find_fence
from parsers.html.labels import find_headline, meta_tags, visible_labels
from parsers.html.pictures import Picture
from parsers.html.plain_tables import MARKS
from parsers.html.wrappings import without_wrappings
from parsers.report import RELEASE

NAME = "html"
CONVERTER = f"lxml/{etree.__version__}+nianbao/{RELEASE}"
MOST_CERTAIN = 0.9

_SNIFFED = 4096
_OPENS_PAGE = re.compile(r"\s*(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_XHTML = re.compile(r"\s*<\?xml[^>]*>\s*(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S)
_TAG = re.compile(
    r"</?(html|head|body|meta|title|table|tr|td|div|p|span|br|script|style|ul|li|font|center)\b[^<>]*>", re.I
)
_OTHER = re.compile(r"\s*(?:[\[{\"]|<\?xml|MIME-Version:|From:|%PDF|\{\\rtf)", re.I)
_SEVERAL_TAGS = 3
_WITHOUT_TEXT = ("script", "style", "noscript", "template")


def sniff(payload: bytes) -> float:
    """0.9 for bytes that begin a page, 0.6 for text with several of its tags; by content, whatever it is called."""
    text = decode_opening(payload, _SNIFFED)
    if text is None:
        return 0.0
    if _OPENS_PAGE.match(text) is not None or _XHTML.match(text) is not None:
        return 0.9
    if _OTHER.match(text) is not None:
        return 0.0
    return 0.6 if len({tag.group(1).lower() for tag in _TAG.finditer(text)}) >= _SEVERAL_TAGS else 0.0


def convert(payload: bytes) -> Document:
    """A page → Document; ``where`` is ``xpath=…`` into the page as lxml parses it.

    ``meta`` holds the meta tags by lowered name, the labels that the page prints about itself (发布日期 …),
    ``pagetitle`` (the title element), ``headline`` (as printed above the text) and ``title``: the best of
    articletitle, headline, pagetitle. Raises Unreadable where no element can be made of the bytes.
    """
    return convert_with_pictures(payload)[0]


def convert_with_pictures(payload: bytes) -> tuple[Document, tuple[Picture, ...]]:
    """As ``convert``, and the pictures in the text, in order."""
    decoded = decode(payload)
    page = _in_utf8(payload, decoded)
    bare = without_wrappings(page)
    meta, fence, harvest = _read(bare)
    if bare is not page and (harvest.walked_cells or not harvest.blocks or "<td" in meta.get("pagetitle", "")):
        meta, fence, harvest = _read(page)
    headline = find_headline(fence.element, meta.get("articletitle", ""))
    blocks: list[Block] = list(harvest.blocks)
    if headline is not None:
        heading = heading_of(headline)
        blocks.insert(0, heading)
        meta.setdefault("headline", heading.text)
    titles = (meta.get(name) for name in ("articletitle", "headline", "title", "pagetitle"))
    title = next((found for found in titles if found is not None), None)
    if title is not None:
        meta["title"] = title
    facts = {**harvest.labels, **visible_labels(fence.element), **meta}
    problems = [*decoded.problems, *harvest.problems]
    if harvest.pictures and not any(isinstance(block, Table) for block in blocks):
        says = f"{len(harvest.pictures)} pictures and no table in the text: the tables may be pictures"
        problems.append(Problem("pictures", says, severity="note"))
    moved = len(blocks) - len(harvest.blocks)
    pictures = tuple(picture._replace(before=picture.before + moved) for picture in harvest.pictures)
    return Document(tuple(blocks), NAME, CONVERTER, facts, tuple(problems)), pictures


def _read(page: bytes) -> tuple[dict[str, str], Fence, Harvest]:
    page = _without_marks(page)
    root = parse(page)
    etree.strip_elements(root, *_WITHOUT_TEXT, with_tail=False)
    fence = find_fence(next(root.iter("body"), root), page)
    return meta_tags(root), fence, blocks_of(fence)


def page_of(payload: bytes, decoded: Decoded) -> bytes:
    """A payload and the text that it was found to be → the page in UTF-8, without what is no character of a page.

    HTML forbids NUL, at the first of which some releases of libxml2 stop, and vertical tabs; noncharacters and
    references to them become U+FFFD, as what cannot be decoded does.
    """
    return _without_marks(_in_utf8(payload, decoded))


def _in_utf8(payload: bytes, decoded: Decoded) -> bytes:
    whole = decoded.encoding == "utf-8" and not decoded.problems
    page = payload.removeprefix(codecs.BOM_UTF8) if whole else decoded.text.encode("utf-8", "replace")
    if b"\0" in page or b"\v" in page:
        page = page.replace(b"\0", b"").replace(b"\v", b" ")
    return page


def _without_marks(page: bytes) -> bytes:
    for sign, mark in MARKS:
        if sign in page:
            page = mark.sub("\ufffd".encode(), page)
    return page


def parse(page: bytes) -> etree._Element:
    """A page in UTF-8 → its root element.

    libxml2 stops at 256 open elements and returns what it has without an error: such a page is parsed
    again with the larger limit of 2048, which pages with hundreds of unclosed tags stay under. Raises
    Unreadable beyond it, OutOfMemory where the process has a limit.
    """
    for huge in (False, True):
        parser = _parser(huge)
        try:
            root = etree.fromstring(page, parser)
        except etree.XMLSyntaxError as error:
            if any(found.type == etree.ErrorTypes.ERR_NO_MEMORY for found in parser.error_log):
                raise OutOfMemory("the elements of the page need more memory than there is") from error
            raise Unreadable(f"expected a page, found no element in it: {error}") from error
        if root is None:
            raise Unreadable("expected a page, found no element in it")
        if not any("Excessive depth" in found.message for found in parser.error_log):
            return root
    raise Unreadable("expected a page, found elements nested more than 2048 deep")


@cache
def _parser(huge: bool) -> etree.HTMLParser:
    return etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=huge)
