"""A table element → Table: cells as stated, spans made sane, text as a reader sees it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from parsers.document import Cell, Problem, Table
from parsers.html.furniture import is_unseen, text_within
from parsers.text import is_blank, squeeze

_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_WIDEST = 100  # columns; the forms have 15. HTML itself allows 1000 (Living Standard 4.9.11)
_LARGEST_GRID = 200_000  # positions
_LONGEST_CELL = 600  # characters; the longest label of the forms has 40
_NUMBER = re.compile(r"\s*(\d{1,9})")
_HTML_SPACE = re.compile("[ \t\n\r\f]+")
_HTML_ENDS = " \t\n\r\f\v"
_BREAKS = frozenset({"p", "div", "li", "ul", "ol", "dl", "dt", "dd", "table", "tr", "td", "th", "section", "center",
                     "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote"})  # fmt: skip
_STRUCK = frozenset({"del", "s", "strike"})
# Elements that change nothing about the text in them, so that a chain of them is read at once.
_PLAIN = frozenset({"td", "th", "p", "span", "div", "font", "b", "strong", "i", "em", "u", "a", "center"})


@dataclass(frozen=True, slots=True)
class Seen:
    """The text of an element as a reader sees it; ``struck`` is what is printed crossed out."""

    text: str
    struck: str = ""


def is_table_of_text(table: etree._Element, form_tables: frozenset[etree._Element]) -> bool:
    """True for a table that holds figures or words in cells, False for one that only lays out a page.

    A table around another table lays out, unless it has labels of the form itself; so does a table of
    one column, and one with whole paragraphs in a cell.
    """
    if table in form_tables:
        return True
    if next(table.iterdescendants("table"), None) is not None:
        return False
    widest = 0
    for row in _rows(table):
        widest = max(widest, len(row.cells))
        if any(len(text_within(cell)) > _LONGEST_CELL for cell in row.cells):
            return False
    return widest > 1


def table_of(table: etree._Element, where: str) -> tuple[Table, list[Problem]]:
    """A table element → Table and what was doubtful about it. Tables nested in a cell are text of the cell."""
    problems: list[Problem] = []
    rows = list(_rows(table))
    left = Counter(row.group for row in rows)
    paths: dict[etree._Element, str] = {}
    read: list[tuple[Cell, ...]] = []
    area = 0
    for row in rows:
        cells = []
        for cell, place in zip(row.cells, _places(row, paths), strict=True):
            seen = cell_text(cell)
            rowspan, colspan = _spans(cell, left[row.group], place, problems)
            area += rowspan * colspan
            if seen.struck:
                problems.append(Problem("struck_text", f"left out, crossed out: {seen.struck}", place))
            if is_blank(seen.text) and next(cell.iter("img"), None) is not None:
                problems.append(Problem("picture_in_cell", "the cell holds a picture and no text", place))
            cells.append(Cell(seen.text, rowspan, colspan, place))
        left[row.group] -= 1
        read.append(tuple(cells))
    if area <= _LARGEST_GRID:
        return Table(tuple(read), where), problems
    says = f"the cells claim {area} positions, more than {_LARGEST_GRID}; their spans are not believed"
    plain = tuple(tuple(Cell(cell.text, where=cell.where) for cell in row) for row in read)
    return Table(plain, where, spans_known=False), [*problems, Problem("absurd_span", says, where, "error")]


@dataclass(slots=True)
class _Row:
    element: etree._Element
    group: etree._Element
    cells: list[etree._Element]


def _rows(table: etree._Element) -> Iterator[_Row]:
    """The rows of this table, not of those nested in it; cells that no ``<tr>`` holds make a row of their own."""
    nested = next(table.iterdescendants("table"), None) is not None
    row: _Row | None = None
    for element in table.iter("tr", "td", "th"):
        if nested and next(element.iterancestors("table")) is not table:
            continue
        parent = element.getparent()
        if parent is None:
            continue
        if element.tag == "tr":
            if row is not None:
                yield row
            row = _Row(element, parent if parent.tag in _GROUPS else table, [])
        elif row is not None and parent is row.element:
            row.cells.append(element)
        elif parent.tag in _GROUPS or parent is table:
            if row is not None:
                yield row
            row = _Row(parent, parent, [element])
    if row is not None:
        yield row


def _places(row: _Row, paths: dict[etree._Element, str]) -> Iterator[str]:
    """The path of each cell; a row's own path is asked for once, its parent's once for all rows."""
    parent = row.element.getparent()
    if parent is None or row.element.tag != "tr":
        tree = row.element.getroottree()
        yield from (f"xpath={tree.getpath(cell)}" for cell in row.cells)
        return
    if parent not in paths:
        paths[parent] = parent.getroottree().getpath(parent)
        for at, sibling in enumerate(parent.iterchildren("tr"), 1):
            paths[sibling] = f"{paths[parent]}/tr[{at}]"
    counts: dict[str, int] = {}
    for cell in row.cells:
        tag = str(cell.tag)
        counts[tag] = counts.get(tag, 0) + 1
        yield f"xpath={paths[row.element]}/{tag}[{counts[tag]}]"


def _spans(cell: etree._Element, rows_left: int, where: str, problems: list[Problem]) -> tuple[int, int]:
    """Rowspan and colspan: 0 rows means all that are left in the group, and none reaches beyond it."""
    stated = cell.attrib
    if not stated:
        return min(1, rows_left), 1
    rowspan, colspan = _span(stated.get("rowspan"), 0), _span(stated.get("colspan"), 1)
    if colspan > _WIDEST:
        problems.append(Problem("absurd_span", f"colspan {colspan} taken as {_WIDEST}", where))
        colspan = _WIDEST
    return (rows_left if rowspan == 0 else min(rowspan, rows_left)), max(colspan, 1)


def _span(stated: str | None, least: int) -> int:
    if stated is None:
        return 1
    found = _NUMBER.match(stated)
    return 1 if found is None else max(int(found.group(1)), least)


def cell_text(element: etree._Element) -> Seen:
    """The text of a cell: paragraphs and ``<br>`` as line ends, HTML's white space collapsed, U+00A0 kept.

    What stands raised behind a figure is put in brackets: ``12<sup>1</sup>`` is not a hundred and twenty-one.
    """
    inner = element
    while len(inner) == 1 and inner.tag in _PLAIN and not _prints(inner.text):
        only = inner[0]
        if _prints(only.tail) or only.tag not in _PLAIN or (only.get("style") is not None and is_unseen(only)):
            break
        inner = only
    if len(inner) == 0 and inner.tag in _PLAIN:
        return _seen_plainly(inner.text or "")
    return _seen(element)


@lru_cache(maxsize=2048)
def _seen_plainly(text: str) -> Seen:
    """Most cells of a report say "0", or one of the labels that all reports share."""
    return Seen(_lines(text.replace("\v", " ")))


def _prints(text: str | None) -> bool:
    return text is not None and text.strip(_HTML_ENDS) != ""


def _seen(element: etree._Element) -> Seen:
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
                parts.append("]" if found in raised else "\v" if found.tag in _BREAKS else "")
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
        return f"\v{text}"
    if element.tag == "input" and (element.get("type") or "text").lower() in {"text", "number"}:
        return element.get("value") or ""
    return f"[{text}" if is_raised else text


def _lines(text: str) -> str:
    lines = [_HTML_SPACE.sub(" ", line).strip(_HTML_ENDS) for line in text.split("\v")]
    return "\n".join(line for line in lines if line)
