"""Tables that are nothing but rows of cells → what stands in their cells, of all tables of a page at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain
from typing import NamedTuple

from lxml import etree

from parsers.html.furniture import UNSEEN, hidden_in_cells, may_hide

LINE = "\v"  # never stands in a page's own text: HTML forbids it, and XML cannot say it
BREAKS = frozenset({"p", "div", "li", "ul", "ol", "dl", "dt", "dd", "table", "tr", "td", "th", "section", "center",
                    "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote"})  # fmt: skip
STRUCK = frozenset({"del", "s", "strike"})

# Unicode 23.7: noncharacters are never interchanged; a page's own are replaced before it is parsed.
DOUBT, LINE_MARK, _TABLE, _GROUP, _ROW, _CELL, _SPANS, _SPAN, _ODD = map(chr, range(0xFDD0, 0xFDD9))
MARKS = (
    (b"\xb7", re.compile(rb"\xef\xb7[\x90-\x98]")),
    (b"#", re.compile(rb"&#(?:0*649(?:7[6-9]|8[0-4])|[xX]0*[fF][dD][dD][0-8])(?![0-9a-fA-F]);?")),
)
"""What may not stand in a page for ``plain_tables``, in UTF-8, behind a byte of it: U+FDD0 itself, ``&#xFDD0;``."""

_ATTRIBUTES = etree._Element.keys
_ELEMENTS = etree.XPath("count(descendant::*)")
_PARTS = frozenset({"table", "tbody", "thead", "tfoot", "tr", "td", "th"})
_TR = f"{_ROW}<xsl:apply-templates mode='row'/>"
_SPANS_OF = f"{_SPANS}<xsl:value-of select='@rowspan'/>{_SPAN}<xsl:value-of select='@colspan'/>"
_IN_CELLS = etree.XSLT(
    etree.fromstring(f"""
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="text"/>
  <xsl:template match="/"><xsl:for-each select="descendant::table">{_TABLE}<xsl:choose
    ><xsl:when test="descendant::table">{_ODD}</xsl:when
    ><xsl:otherwise><xsl:apply-templates mode="table"/></xsl:otherwise></xsl:choose></xsl:for-each></xsl:template>
  <xsl:template match="caption|colgroup|col" mode="table"/>
  <xsl:template match="thead|tbody|tfoot" mode="table"
    >{_GROUP}<xsl:apply-templates mode="group"/>{_GROUP}</xsl:template>
  <xsl:template match="tr" mode="table">{_TR}</xsl:template>
  <xsl:template match="tr" mode="group">{_TR}</xsl:template>
  <xsl:template match="td" mode="row">{_CELL}<xsl:apply-templates/><xsl:if test="@*">{_SPANS_OF}</xsl:if></xsl:template>
  <xsl:template match="th" mode="row">{_CELL}<xsl:apply-templates/>{_SPANS_OF}{_SPAN}</xsl:template>
  <xsl:template match="*" mode="table">{_ODD}</xsl:template><xsl:template match="text()" mode="table"/>
  <xsl:template match="*" mode="group">{_ODD}</xsl:template><xsl:template match="text()" mode="group"/>
  <xsl:template match="*" mode="row">{_ODD}</xsl:template><xsl:template match="text()" mode="row"/>
  <xsl:template match="{"|".join(sorted(_PARTS))}">{_ODD}</xsl:template>
  <xsl:template match="br">{LINE_MARK}</xsl:template>
  <xsl:template match="{"|".join(sorted(BREAKS - _PARTS))}">{LINE_MARK}<xsl:apply-templates/>{LINE_MARK}</xsl:template>
  <xsl:template match="{"|".join(sorted(UNSEEN | STRUCK | {"sup", "input", "img"}))}">{DOUBT}</xsl:template>
</xsl:stylesheet>""")
)


class PlainTable(NamedTuple):
    """What stands in the cells of each row of each group (tbody, thead, tfoot; one group where a table has none).

    ``said`` is all of it. Each cell is for ``stated``; one with ``DOUBT`` in it is to be read by its elements.
    """

    said: str
    groups: tuple[Sequence[list[str]], ...]
    grouped: bool


def plain_tables(body: etree._Element, page: bytes | None = None) -> Mapping[etree._Element, PlainTable]:
    """The innermost tables of a page that have nothing but cells in their rows → what stands in them.

    Where no cell of the page has more in it than lines of text, each is asked, which takes two thirds of the time that
    libxslt does; what others say libxslt gathers in the time in which Python asks for that of one in five. A table that
    is missing from the answer (rows in rows, cells without a row) is to be read by its elements; all are where libxslt
    gives up, at 3000 templates within each other. None of ``MARKS`` stands in the page. ``page`` is
    what was parsed, where its bytes can say that no element is hidden by its own attributes.
    """
    tables = list(body.iter("table"))
    innermost = [table for table in tables if next(table.iterdescendants("table"), None) is None]
    bare = dict(zip(innermost, _while_bare(innermost), strict=False))
    if len(bare) == len(innermost):
        return bare
    hidden = [(found, found.text) for found in hidden_in_cells(body)] if page is None or may_hide(page) else []
    for found, text in hidden:
        found.text = DOUBT + (text or "")
    try:
        said = str(_IN_CELLS(body))
    except etree.XSLTApplyError:
        return {}
    finally:
        for found, text in hidden:
            found.text = text
    read = zip(tables, map(_plain_table, said.split(_TABLE)[1:]), strict=True)
    return {table: plain for table, plain in read if plain is not None}


def _while_bare(tables: Iterable[etree._Element]) -> Iterator[PlainTable]:
    """The first of some tables, up to one that is not bare."""
    for table in tables:
        plain = _bare_table(table)
        if plain is None:
            return
        yield plain


def _bare_table(table: etree._Element) -> PlainTable | None:
    """The table, where it has nothing but groups, rows and cells, and nothing but lines of text in each cell."""
    cells = list(table.iter("td", "th"))
    within = list(map(len, cells))
    lines = sum(within)
    broken = [(at, cells[at]) for at, count in enumerate(within) if count] if lines else []
    if any(line.tag != "br" for _, cell in broken for line in cell):
        return None
    groups = list(table.iterchildren("tbody", "thead", "tfoot"))
    grouped = groups != []
    rows = [list(group.iterchildren("tr")) for group in groups or [table]]
    lengths = [list(map(len, of_group)) for of_group in rows]
    columns = list(table.iterchildren("colgroup", "col"))
    if any(column.tag != "col" for of_group in columns for column in of_group):
        return None
    found = len(groups) + sum(map(len, rows)) + len(cells) + lines
    found += len(columns) + sum(map(len, columns))
    if sum(map(sum, lengths)) != len(cells) or _ELEMENTS(table) != found:
        return None  # a cell without a row, a row without a group, another element
    texts = [cell.text or "" for cell in cells]
    for at, cell in broken:
        texts[at] = LINE_MARK.join([texts[at], *(line.tail or "" for line in cell)])
    heads = frozenset(table.iter("th"))
    stated = map(_ATTRIBUTES, cells) if not heads else [cell in heads or cell.keys() for cell in cells]
    for at in [at for at, names in enumerate(stated) if names]:
        cell = cells[at]
        rowspan, colspan = cell.get("rowspan", ""), cell.get("colspan", "")
        texts[at] += f"{_SPANS}{rowspan}{_SPAN}{colspan}{_SPAN if cell in heads else ''}"
    last = accumulate(chain.from_iterable(lengths))
    read = tuple([texts[end - length : end] for length, end in zip(of_group, last)] for of_group in lengths)  # noqa: B905
    return PlainTable(_CELL.join(texts), read, grouped)


def _plain_table(said: str) -> PlainTable | None:
    if _ODD in said:
        return None
    direct, *others = said.split(_GROUP)
    grouped = others != []
    if grouped and any(_ROW in between for between in (direct, *others[1::2])):
        return None
    groups = (
        [row.split(_CELL)[1:] for row in group.split(_ROW)[1:]] for group in (others[::2] if grouped else [direct])
    )
    return PlainTable(said, tuple(groups), grouped)


def spans_in(cell: str) -> tuple[str, str, str, str]:
    """A cell → its text, with ``LINE_MARK`` in it; ``td`` or ``th``; rowspan and colspan as stated, "" if they are not.

    >>> spans_in(f"行政许可{_SPANS}{_SPAN}3")
    ('行政许可', 'td', '', '3')
    """
    text, stated, spans = cell.partition(_SPANS)
    if not stated:
        return text, "td", "", ""
    rowspan, colspan, *head = spans.split(_SPAN)
    return text, "th" if head else "td", rowspan, colspan
