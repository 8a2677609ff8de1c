"""HTML from a document → HTML that can do nothing: no script, no style, no form, nothing loaded, no link but to us."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

import nh3

_TEXT = {
    "a", "abbr", "b", "bdi", "bdo", "big", "br", "center", "cite", "code", "del", "em", "font", "i", "ins", "kbd",
    "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr", "img",
}  # fmt: skip
_BLOCKS = {
    "address", "article", "aside", "blockquote", "caption", "col", "colgroup", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li",
    "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
_WITH_CONTENT = {
    "script", "style", "iframe", "object", "embed", "applet", "svg", "math", "select", "textarea", "title", "template",
    "noscript", "noembed", "noframes", "xmp", "plaintext", "head", "video", "audio", "canvas", "option", "button",
}  # fmt: skip
_CLASSES = {"c", "r", "b", "i", "grid", "pic"}
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"id", "rowspan", "colspan"},
    "th": {"id", "rowspan", "colspan"},
}
_ALLOWED = {
    ("a", "href"): re.compile(r"/memento/\d{14}/https?://[^\s]{1,4000}"),
    ("img", "src"): re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=]+"),
    ("img", "alt"): re.compile(r"[^\x00-\x1f]{0,2000}"),
    ("td", "id"): re.compile(r"w\d{1,9}"),
    ("th", "id"): re.compile(r"w\d{1,9}"),
}
_SPAN = re.compile(r"[1-9]\d{0,2}")
_CLEANER = nh3.Cleaner(
    tags=_TEXT | _BLOCKS,
    clean_content_tags=_WITH_CONTENT,
    attributes=_ATTRIBUTES,
    attribute_filter=lambda tag, name, value: value if _is_allowed(tag, name, value) else None,
    allowed_classes=dict.fromkeys((_TEXT | _BLOCKS) - {"img"}, _CLASSES),
    link_rel=None,
    url_schemes={"data"},  # of pictures; links are paths of ours, as the filter sees to
)
_MARKED = re.compile(r'(<t[dh]\b[^<>]*?) id="(w\d{1,9})"')


def sanitise(html: str) -> str:
    """HTML of any origin → HTML of texts, tables, lists; pictures only within it; links only to ``/memento/…``."""
    return _CLEANER.clean(html)


def with_boxes(html: str, boxes: Mapping[str, str]) -> str:
    """Sanitised HTML, and ids of cells → the same with these cells boxed and titled, the first as ``#cell``.

    All other ids are taken out.
    """
    names = {identity: "cell" if not number else f"cell-{number + 1}" for number, identity in enumerate(boxes)}

    def marked(found: re.Match[str]) -> str:
        identity = found[2]
        if identity not in boxes:
            return found[1]
        return f'{found[1]} id="{names[identity]}" title="{escape(boxes[identity])}"'

    return _MARKED.sub(marked, html)


def _is_allowed(tag: str, name: str, value: str) -> bool:
    if name in ("rowspan", "colspan"):
        return _SPAN.fullmatch(value) is not None
    if name == "class":  # its words are sorted out by allowed_classes
        return True
    pattern = _ALLOWED.get((tag, name))
    return pattern is not None and pattern.fullmatch(value) is not None
