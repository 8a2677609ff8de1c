"""Tables of plain markup → the cells of their rows, from the markup of the whole page at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from lxml import etree

from parsers.html.furniture import UNSEEN, hidden_in_cells

LINE = "\v"  # never stands in a page's own text: HTML forbids it, and what serializes a page writes none
# Unicode 23.7: noncharacters are never interchanged; a page's own are replaced before it is parsed.
DOUBT, _TAG = "\ufdd3\ufdd2"
MARKS = (re.compile(rb"\xef\xb7[\x92\x93]"), re.compile(rb"&#(?:0*6497[89]|[xX]0*[fF][dD][dD][23])(?![0-9a-fA-F]);?"))
"""What may not stand in a page for ``plain_tables``, in UTF-8: U+FDD2 itself, ``&#xFDD2;``."""
BREAKS = frozenset({"p", "div", "li", "ul", "ol", "dl", "dt", "dd", "table", "tr", "td", "th", "section", "center",
                    "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote"})  # fmt: skip
STRUCK = frozenset({"del", "s", "strike"})

_STRUCTURE = frozenset({"table", "tbody", "thead", "tfoot", "tr", "td", "th"})
_LINES = (BREAKS - _STRUCTURE) | {"br"}
_USUAL = _STRUCTURE | _LINES | {"col", "colgroup"}
_DOUBTFUL = UNSEEN | STRUCK | {"sup", "input"}
# The serializer of libxml2 escapes "<", ">" and the quotation mark in what it quotes, so that these are exact.
_OPENS_TABLE = re.compile(r"<table(?=[\s/>])")
_NAME = re.compile(r"<([^\s/>]+)")
_LINE_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_LINES))})(?=[\s/>])[^>]*>")
_DOUBTFUL_TAG = re.compile(rf"<(?:{'|'.join(sorted(_DOUBTFUL))})(?=[\s/>])[^>]*>")
_OTHER_TAG = re.compile(r"<(?!/?t(?:[rdh]|able|body|head|foot)[\s/>])[^>]*>")
_EMPTY_TAG = re.compile(r"<(t(?:[rdh]|body|head|foot))((?:\s[^>]*)?)/>")
_COLUMN_TAG = re.compile(r"</?col(?:group)?(?=[\s/>])[^>]*>")
_GAP = f"[^<{LINE}{_TAG}]*"  # between cells: no other element may stand around them
_ATTRIBUTES = r"(?:\s[^>]*)?>"
_ROW = rf"<tr{_ATTRIBUTES}{_GAP}(?:<t[dh]{_ATTRIBUTES}[^<]*</t[dh]>{_GAP})*+</tr>{_GAP}"
_GROUP = rf"<t(?:body|head|foot){_ATTRIBUTES}{_GAP}(?:{_ROW})*+</t(?:body|head|foot)>{_GAP}"
_TABLE = re.compile(rf"[^>]*>{_GAP}(?:(?:{_GROUP})++|(?:{_ROW})*+)")
_OPENS_GROUP = re.compile(rf"<t(?:body|head|foot){_ATTRIBUTES}")
_CELL = re.compile(r"<t([dh](?:\s[^>]*)?)>([^<]*)")
_MAY_HIDE = (b"hidden", b"display", b"mso-hide")  # one of them stands in all that furniture.is_unseen is told by

Stated = tuple[str, str]
"""One cell: ``d`` or ``h`` with its attributes as they are serialized, and its text likewise, with ``LINE`` in it."""


@dataclass(frozen=True, slots=True)
class PlainTable:
    """The cells of each row of each group (tbody, thead, tfoot; one group where a table has none).

    ``doubtful`` is True where ``DOUBT`` stands in the text of a cell, which is then to be read by its elements.
    """

    groups: tuple[tuple[list[Stated], ...], ...]
    grouped: bool
    doubtful: bool
    pictured: bool

    def rows(self) -> Iterator[list[Stated]]:
        """The rows of all groups."""
        return chain.from_iterable(self.groups)

    def text(self) -> str:
        """What stands in the cells, apart from each other."""
        return LINE.join([text for _, text in chain.from_iterable(self.rows())])


def plain_tables(body: etree._Element) -> Mapping[etree._Element, PlainTable]:
    """The innermost tables of a page that are nothing but rows of cells → what their markup says.

    libxml2 writes a page, and ``re`` takes it apart, in less time than Python needs to ask for the cells one by one.
    A table that is missing from the answer (rows in rows, cells without a row) is to be read by its elements.
    None of ``MARKS`` stands in the page, and no scripts.
    """
    tables = list(body.iter("table"))
    if not tables:
        return {}
    markups = _OPENS_TABLE.split(_markup_of(body))
    if len(markups) != len(tables) + 1:
        return {}
    found = ((table, _plain_table(markup)) for table, markup in zip(tables, markups[1:], strict=True))
    return {table: plain for table, plain in found if plain is not None}


def _markup_of(body: etree._Element) -> str:
    """XML, with ``DOUBT`` where an element begins that is hidden in a cell."""
    markup = etree.tostring(body, encoding="utf-8", with_tail=False)
    lowered = markup.lower()
    if any(word in lowered for word in _MAY_HIDE) and (hidden := hidden_in_cells(body)):
        texts = [found.text for found in hidden]
        for found, text in zip(hidden, texts, strict=True):
            found.text = DOUBT + (text or "")
        markup = etree.tostring(body, encoding="utf-8", with_tail=False)
        for found, text in zip(hidden, texts, strict=True):
            found.text = text
    return markup.decode()


def _plain_table(markup: str) -> PlainTable | None:
    """The markup from a table's name up to the next table's; None for a table around tables, or of other shape."""
    markup, closed, _ = markup.partition("</table>")
    if not closed or markup.count("<") + 1 != markup.count(">"):  # an attribute may be called "<td"
        return None
    markup = markup.replace("&#xFFFD;", DOUBT)  # what libxml2 writes in place of control characters
    pictured = False
    if _TABLE.fullmatch(markup) is None:
        names = set(_NAME.findall(markup))
        pictured = "img" in names
        markup = _without_tags(markup, names)
        if _TABLE.fullmatch(markup) is None:
            return None
        markup = markup.replace(_TAG, "")
    grouped = "<tbody" in markup or "<thead" in markup or "<tfoot" in markup
    groups = _OPENS_GROUP.split(markup)[1:] if grouped else [markup]
    cells = tuple(tuple(map(_CELL.findall, group.split("<tr")[1:])) for group in groups)
    return PlainTable(cells, grouped, DOUBT in markup, pictured)


def _without_tags(markup: str, names: set[str]) -> str:
    """Markup of a table with these elements → that of its rows and cells alone, marked where others stood."""
    if not _DOUBTFUL.isdisjoint(names):
        markup = _DOUBTFUL_TAG.sub(rf"\g<0>{DOUBT}", markup)
    if not _LINES.isdisjoint(names):
        markup = _LINE_TAG.sub(LINE, markup)
    if "col" in names or "colgroup" in names:
        markup = _COLUMN_TAG.sub("", markup)
    if not names <= _USUAL:
        markup = _OTHER_TAG.sub(_TAG, markup)
    return _EMPTY_TAG.sub(r"<\1\2></\1>", markup) if "/>" in markup else markup
