"""A web page → the same page with the places of its cells marked, its looks put into a few classes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urljoin, urlsplit

from lxml import etree

from parsers.formats.html import page_of, parse
from parsers.html.charset import decode
from parsers.html.fence import find_fence
from parsers.html.furniture import is_unseen, text_within
from parsers.html.labels import find_headline, meta_tags
from parsers.text import one_line

_NEVER_PLACED = (
    "script",
    "style",
    "noscript",
    "template",
)  # as parsers/formats/html.py takes them out before it counts
# Without a text of its own, or one that nobody sees on the page.
_DROPPED = frozenset(
    {
        "head", "title", "link", "meta", "base", "iframe", "frame", "frameset", "object", "applet", "audio", "video",
        "canvas", "svg", "math", "map", "area", "button", "input", "select", "option", "datalist", "textarea", "xml",
        "dialog",
    }
)  # fmt: skip
# Elements that have no end tag (HTML, 13.1.2), of which libxml2 does not know: what follows is taken to be within.
_WITHOUT_END = ("embed", "source", "track", "param", "bgsound", "keygen")
_LOOKS = (
    ("c", re.compile(r"text-align\s*:\s*(?:-\w+-)?center", re.I)),
    ("r", re.compile(r"text-align\s*:\s*(?:-\w+-)?right", re.I)),
    ("b", re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.I)),
    ("i", re.compile(r"text-indent\s*:\s*(?!0)[\d.]+(?:em|pt|px)", re.I)),
)
"""Classes that stand for what a style says: centred, to the right, bold, indented."""
_ALIGNED = {"center": "c", "right": "r"}
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=\s]+")
# Parts of a page and of a form; within ours they would be parts of ours.
_PARTS = frozenset(
    {"article", "aside", "details", "dd", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header",
     "hgroup", "label", "legend", "main", "nav", "section", "summary"}
)  # fmt: skip
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_DEEPEST = 6
_LONGEST_PICTURE = 2_000_000  # characters
_LONGEST_URL = 2000


@dataclass(frozen=True, slots=True)
class MarkedPage:
    """``text``: the part that is the article; ``whole``: all of the page; ``places``: of each cell, and its id.

    Both are HTML as it came, marked: nothing has been taken out of it that could do harm.
    """

    text: str
    whole: str
    places: tuple[tuple[str, str], ...]


def mark_page(payload: bytes, base: str, moment: str) -> MarkedPage:
    """The bytes of a page, the URL that it was at, when (14 digits) → the page to be shown.

    Links lead to ``/memento/{moment}/{URL}``; where ``base`` is "" they lead nowhere. Raises Unreadable, OutOfMemory.
    """
    page = page_of(payload, decode(payload))
    root = parse(page)
    etree.strip_elements(root, *_NEVER_PLACED, with_tail=False)
    body = next(root.iter("body"), root)
    fence = find_fence(body, page)
    headline = find_headline(fence.element, meta_tags(root).get("articletitle", ""))
    base = _base_of(root, base)
    places = _mark_places(body)
    etree.strip_tags(body, *_WITHOUT_END)
    for element in list(body.iterdescendants()):
        _simplify(element, base, moment)
    for element in list(body.iter("ul", "ol", "li")):
        _settle_list(element)
    _settle_headings(body)
    head = "" if headline is None else f"<h2>{_escaped(one_line(text_within(headline)))}</h2>"
    return MarkedPage(head + _as_html(fence.element, inner=fence.element is body), _as_html(body, inner=True), places)


def _mark_places(body: etree._Element) -> tuple[tuple[str, str], ...]:
    tree = body.getroottree()
    for element in body.iter():
        if "id" in element.keys():  # noqa: SIM118 - an element's own keys
            del element.attrib["id"]
    places = []
    for number, cell in enumerate(body.iter("td", "th")):
        identity = f"w{number}"
        places.append((f"xpath={tree.getpath(cell)}", identity))
        cell.set("id", identity)
    return tuple(places)


def _base_of(root: etree._Element, base: str) -> str:
    stated = next((one.get("href") for one in root.iter("base") if one.get("href")), None)
    return _joined(base, stated) if stated and base else base


def _simplify(element: etree._Element, base: str, moment: str) -> None:
    """One element: gone, or with what it looks like in its class."""
    if element.tag in _DROPPED or (is_unseen(element) and element.tag not in ("nav", "footer")):
        _drop(element)
        return
    if element.tag in _PARTS or (element.tag == "th" and not text_within(element).strip()):
        element.tag = "div" if element.tag in _PARTS else "td"
    style = element.get("style") or ""
    looks = [name for name, pattern in _LOOKS if style and pattern.search(style)]
    aligned = _ALIGNED.get((element.get("align") or "").strip().lower())
    if aligned and not {"c", "r"} & set(looks):
        looks.append(aligned)
    if element.tag == "table" and _is_grid(element):
        looks.append("grid")
    if element.tag == "img":
        _describe(element)
        return
    href = element.get("href") if element.tag == "a" else None
    for name in ("class", "href"):
        if name in element.attrib:
            del element.attrib[name]
    if looks:
        element.set("class", " ".join(looks))
    if href is not None and text_within(element).strip() and (target := _joined(base, href)):
        element.set("href", f"/memento/{moment}/{target}")


def _settle_list(element: etree._Element) -> None:
    """A list that holds anything but items, and an item outside of a list, are no list."""
    parent = element.getparent()
    if element.tag == "li":
        if parent is None or parent.tag not in ("ul", "ol"):
            element.tag = "div"
    elif any(child.tag != "li" for child in element) or _has_text_between(element):
        element.tag = "div"


def _has_text_between(element: etree._Element) -> bool:
    return any((text or "").strip() for text in (element.text, *(child.tail for child in element)))


def _settle_headings(body: etree._Element) -> None:
    """Headings below ours, none more than one level below the one before; those without text are none."""
    last = 1
    for element in list(body.iter(*_HEADINGS)):
        if not text_within(element).strip():
            element.tag = "div"
            continue
        last = min(max(int(element.tag[1]), 2), last + 1, _DEEPEST)
        element.tag = f"h{last}"


def _is_grid(table: etree._Element) -> bool:
    """Whether a table holds data: one around others lays out the page."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    rows = table.iter("tr")
    return sum(1 for row in rows if len(row) > 1) > 1


def _describe(picture: etree._Element) -> None:
    """A picture that the page holds itself stays; for another stands what is said of it."""
    source = (picture.get("src") or "").strip()
    said = " ".join((picture.get("alt") or picture.get("title") or "").split())
    if len(source) <= _LONGEST_PICTURE and _PICTURE.fullmatch(source):
        picture.attrib.clear()
        picture.set("src", "".join(source.split()))
        picture.set("alt", said)
        return
    name = said or ("" if source.startswith("data:") else source.partition("?")[0].rpartition("/")[2])[:80]
    picture.attrib.clear()
    picture.tag = "span"
    picture.set("class", "pic")
    picture.text = name


def _joined(base: str, href: str) -> str:
    """A link on a page → its http or https URL without what stands behind ``#``; "" for any other."""
    if not base or len(href) > _LONGEST_URL:
        return ""
    try:
        target = urljoin(base, href.strip())
        parts = urlsplit(target)
    except ValueError:  # a bracket that is not closed
        return ""
    return target.partition("#")[0] if parts.scheme in ("http", "https") and parts.netloc else ""


def _drop(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _as_html(element: etree._Element, *, inner: bool) -> str:
    if not inner:
        return etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    told = (etree.tostring(child, encoding="unicode", method="html") for child in element)
    return "".join(chain((_escaped(element.text or ""),), told))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
