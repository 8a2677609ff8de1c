"""The elements of cells → their texts as a reader sees them: those of all plain cells of a page at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from parsers.html.furniture import UNSEEN, hidden_within, is_unseen, text_within
from parsers.text import is_blank, squeeze

_HTML_SPACE = re.compile("[ \t\n\r\f]+")
_HTML_ENDS = " \t\n\r\f\v"
_BREAK = "\v"  # never stands in a page's own text: XML and HTML forbid it
_BREAKS = frozenset({"p", "div", "li", "ul", "ol", "dl", "dt", "dd", "table", "tr", "td", "th", "section", "center",
                     "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote"})  # fmt: skip
_STRUCK = frozenset({"del", "s", "strike"})

# Unicode 23.7: noncharacters are never interchanged; a page's own are replaced before it is parsed.
_TABLE, _CELL, _LINE, _DOUBT = "\ufdd0\ufdd1\ufdd2\ufdd3"
PIECE_ENDS = _HTML_ENDS + _LINE
MARKS = (
    re.compile(rb"\xef\xb7[\x90-\x93]"),
    re.compile(rb"&#(?:0*6497[6-9]|[xX]0*[fF][dD][dD][0-3])(?![0-9a-fA-F]);?"),
)
"""What may not stand in a page for ``texts_of_tables``, in UTF-8: U+FDD0 itself, ``&#xFDD0;``."""

_IN_CELLS = etree.XSLT(
    etree.fromstring(f"""
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="text"/>
  <xsl:template match="*">
    <xsl:for-each select="descendant::table[not(descendant::table)]">{_TABLE}<xsl:apply-templates mode="rows"/>
    </xsl:for-each>
  </xsl:template>
  <xsl:template match="text()" mode="rows"/>
  <xsl:template match="td|th" mode="rows">{_CELL}<xsl:apply-templates mode="cell"/></xsl:template>
  <xsl:template match="br" mode="cell">{_LINE}</xsl:template>
  <xsl:template match="{"|".join(sorted(_BREAKS))}" mode="cell"
    >{_LINE}<xsl:apply-templates mode="cell"/>{_LINE}</xsl:template>
  <xsl:template match="{"|".join(sorted(UNSEEN | _STRUCK | {"sup", "input"}))}" mode="cell">{_DOUBT}</xsl:template>
</xsl:stylesheet>""")
)


class Seen(NamedTuple):
    """The text of an element as a reader sees it; ``struck`` is what is printed crossed out."""

    text: str
    struck: str = ""


def texts_of_tables(element: etree._Element) -> Mapping[etree._Element, list[str]]:
    """The innermost tables within an element → what stands in their cells, in order, for ``seen_in``.

    libxslt gathers the text of all cells of a page in the time in which Python asks for that of one in five.
    Empty where it gives up (at 3000 templates within each other): then each cell is read by itself, with the
    same result. None of ``MARKS`` stands in the page.
    """
    tables = [table for table in element.iter("table") if next(table.iterdescendants("table"), None) is None]
    if not tables:
        return {}
    hidden = [(found, found.text) for found in hidden_within(element)]
    for found, text in hidden:
        found.text = _DOUBT + (text or "")
    try:
        said = str(_IN_CELLS(element))
    except etree.XSLTApplyError:
        return {}
    finally:
        for found, text in hidden:
            found.text = text
    return dict(zip(tables, (of_table.split(_CELL)[1:] for of_table in said.split(_TABLE)[1:]), strict=True))


def seen_in(cell: etree._Element, piece: str) -> Seen:
    """A cell and what ``texts_of_tables`` says of it → the same as ``cell_text``."""
    return cell_text(cell) if _DOUBT in piece else Seen(_lines(piece.replace(_LINE, _BREAK)))


def cell_text(element: etree._Element) -> Seen:
    """The text of a cell: paragraphs and ``<br>`` as line ends, HTML's white space collapsed, U+00A0 kept.

    What stands raised behind a figure is put in brackets: ``12<sup>1</sup>`` is not a hundred and twenty-one.
    """
    parts: list[str] = []
    struck: list[str] = []
    raised: set[etree._Element] = set()
    skipping: etree._Element | None = None
    for event, found in etree.iterwalk(element, events=("start", "end")):
        inside = found is not element
        if event == "start":
            if skipping is None and inside and (is_unseen(found) or found.tag in _STRUCK):
                skipping = found
                struck += [text_within(found)] if found.tag in _STRUCK else []
            if skipping is None:
                if found.tag == "sup" and _has_text(parts) and _has_text(found.itertext()):
                    raised.add(found)
                parts.append(_opening(found, found in raised))
        else:
            if skipping is None:
                parts.append("]" if found in raised else _BREAK if found.tag in _BREAKS else "")
            elif skipping is found:
                skipping = None
            if skipping is None and inside and found.tail is not None:
                parts.append(found.tail)
    return Seen(_lines("".join(parts)), squeeze("".join(struck)))


def _has_text(parts: Iterable[str | bytes]) -> bool:
    return any(not is_blank(str(part)) for part in parts)


def _opening(element: etree._Element, is_raised: bool) -> str:
    text = element.text or ""
    if element.tag == "br" or element.tag in _BREAKS:
        return f"{_BREAK}{text}"
    if element.tag == "input" and (element.get("type") or "text").lower() in {"text", "number"}:
        return element.get("value") or ""
    return f"[{text}" if is_raised else text


@lru_cache(maxsize=2048)
def _lines(text: str) -> str:
    """Most cells of a report say "0", or one of the labels that all reports share."""
    lines = [_HTML_SPACE.sub(" ", line).strip(_HTML_ENDS) for line in text.split(_BREAK)]
    return "\n".join(line for line in lines if line)
