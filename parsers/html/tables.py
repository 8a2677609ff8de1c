"""A table element → Table: cells as stated, spans made sane, text as a reader sees it."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from html import unescape
from typing import NamedTuple

from lxml import etree

from parsers.document import Cell, Problem, Table
from parsers.html.cell_texts import cell_text, text_of_markup
from parsers.html.furniture import text_within
from parsers.html.plain_tables import DOUBT, LINE, PlainTable
from parsers.text import is_blank

_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_WIDEST = 100  # columns; the forms have 15. HTML itself allows 1000 (Living Standard 4.9.11)
_LARGEST_GRID = 200_000  # positions
_LONGEST_CELL = 600  # characters; the longest label of the forms has 40
_NUMBER = re.compile(r"\s*(\d{1,9})")
_ROWSPAN = re.compile(r'\srowspan="([^"]*)"')
_COLSPAN = re.compile(r'\scolspan="([^"]*)"')
_PLACES = tuple(f"/td[{number}]" for number in range(1, _WIDEST + 1))
_Spans = tuple[str | None, str | None]
_ONES = itertools.repeat(1)
_CELL = partial(tuple.__new__, Cell)  # a third of the time of Cell itself, which is a function in Python


def is_table_of_text(
    table: etree._Element, form_tables: frozenset[etree._Element], plain: PlainTable | None = None
) -> bool:
    """True for a table that holds figures or words in cells, False for one that only lays out a page.

    A table around another table lays out, unless it has labels of the form itself; so does a table of
    one column, and one with whole paragraphs in a cell.
    """
    if table in form_tables:
        return True
    if plain is not None:
        longest = max((len(text) - text.count(LINE) for row in plain.rows() for _, text in row), default=0)
        return longest <= _LONGEST_CELL and max(map(len, plain.rows()), default=0) > 1
    if next(table.iterdescendants("table"), None) is not None:
        return False
    widest = 0
    for row in _rows(table):
        widest = max(widest, len(row.cells))
        if any(len(text_within(cell)) > _LONGEST_CELL for cell in row.cells):
            return False
    return widest > 1


def table_of(table: etree._Element, where: str, plain: PlainTable | None = None) -> tuple[Table, list[Problem]]:
    """A table element → Table and what was doubtful about it. Tables nested in a cell are text of the cell.

    ``plain`` is what ``plain_tables`` says of it, None where it says nothing.
    """
    problems: list[Problem] = []
    rows = _stated_by_elements(table, problems) if plain is None else _stated_by_markup(table, plain, problems)
    read = []
    area = 0
    for texts, places, spans, rows_left in rows:
        if spans is None:
            read.append(tuple(map(_CELL, zip(texts, _ONES, _ONES, places, strict=False))))
            area += len(texts)
            continue
        cells = []
        for text, place, stated in zip(texts, places, spans, strict=True):
            down, across = (1, 1) if stated is None else _spans(*stated, rows_left, place, problems)
            area += down * across
            cells.append(Cell(text, down, across, place))
        read.append(tuple(cells))
    if area <= _LARGEST_GRID:
        return Table(tuple(read), where), problems
    says = f"the cells claim {area} positions, more than {_LARGEST_GRID}; their spans are not believed"
    bare = tuple(tuple(Cell(cell.text, where=cell.where) for cell in row) for row in read)
    return Table(bare, where, spans_known=False), [*problems, Problem("absurd_span", says, where, "error")]


class _Stated(NamedTuple):
    """A row: texts and places of its cells, rowspan and colspan of each (None: of no cell), rows left in its group."""

    texts: Sequence[str]
    places: Sequence[str]
    spans: Sequence[_Spans | None] | None
    rows_left: int


def _stated_by_markup(table: etree._Element, plain: PlainTable, problems: list[Problem]) -> Iterator[_Stated]:
    tree = table.getroottree()
    elements = iter(table.iter("td", "th")) if plain.doubtful or plain.pictured else None
    groups = [found for found in table if found.tag in _GROUPS] if plain.grouped else [table]
    for group, rows in zip(groups, plain.groups, strict=True):
        path = f"xpath={tree.getpath(group)}/tr["
        for number, row in enumerate(rows, 1):
            texts = [text if text.isalnum() else text_of_markup(text) for _, text in row]
            opened = [_opened(opening) for opening, _ in row]
            places = _places(f"{path}{number}]", [kind for kind, _ in opened])
            spans = [stated for _, stated in opened]
            if elements is not None:
                for at, ((_, markup), cell) in enumerate(zip(row, elements, strict=False)):  # the row first: it ends
                    if DOUBT in markup or (plain.pictured and is_blank(texts[at])):
                        texts[at] = _text_of(cell, places[at], plain.pictured, problems)
            yield _Stated(texts, places, spans if any(spans) else None, len(rows) - number + 1)


@lru_cache(maxsize=1024)
def _opened(opening: str) -> tuple[str, _Spans | None]:
    """``d colspan="2"`` → ``td``, (None, "2"): a table has few kinds of cells."""
    rowspan, colspan = _ROWSPAN.search(opening), _COLSPAN.search(opening)
    if rowspan is None and colspan is None:
        return f"t{opening[0]}", None
    down, across = (None if found is None else unescape(found.group(1)) for found in (rowspan, colspan))
    return f"t{opening[0]}", (down, across)


def _stated_by_elements(table: etree._Element, problems: list[Problem]) -> Iterator[_Stated]:
    rows = list(_rows(table))
    left = Counter(row.group for row in rows)
    pictured = next(table.iter("img"), None) is not None
    for row in rows:
        tree = row.element.getroottree()
        places = _places(row.path, row.kinds) if row.path else [f"xpath={tree.getpath(cell)}" for cell in row.cells]
        texts = [_text_of(cell, place, pictured, problems) for cell, place in zip(row.cells, places, strict=True)]
        spans = [(cell.get("rowspan"), cell.get("colspan")) for cell in row.cells]
        yield _Stated(texts, places, spans, left[row.group])
        left[row.group] -= 1


def _text_of(cell: etree._Element, where: str, pictured: bool, problems: list[Problem]) -> str:
    text, struck = cell_text(cell)
    if struck:
        problems.append(Problem("struck_text", f"left out, crossed out: {struck}", where))
    if pictured and is_blank(text) and next(cell.iter("img"), None) is not None:
        problems.append(Problem("picture_in_cell", "the cell holds a picture and no text", where))
    return text


@dataclass(slots=True)
class _Row:
    """``path`` is the row's own; empty where the cells stand in no ``<tr>``. ``kinds`` are the tags of the cells."""

    element: etree._Element
    group: etree._Element
    cells: list[etree._Element]
    kinds: list[str]
    path: str = ""


def _rows(table: etree._Element) -> Iterator[_Row]:
    """The rows of this table, not of those nested in it; cells that no ``<tr>`` holds make a row of their own."""
    tree = table.getroottree()
    counted: dict[etree._Element, tuple[str, Iterator[int]]] = {}
    row: _Row | None = None
    for element, parent in _own_parts(table):
        if element.tag != "tr" and row is not None and parent is row.element:
            row.cells.append(element)
            row.kinds.append(str(element.tag))
            continue
        if element.tag != "tr" and parent.tag not in _GROUPS and parent is not table:
            continue
        if row is not None:
            yield row
        if element.tag != "tr":
            row = _Row(parent, parent, [element], [str(element.tag)])
            continue
        if parent not in counted:
            counted[parent] = (f"xpath={tree.getpath(parent)}", itertools.count(1))
        path, numbers = counted[parent]
        row = _Row(element, parent if parent.tag in _GROUPS else table, [], [], f"{path}/tr[{next(numbers)}]")
    if row is not None:
        yield row


def _own_parts(table: etree._Element) -> Iterator[tuple[etree._Element, etree._Element]]:
    """The rows and cells of a table, not of those nested in it, with what each stands in."""
    nested = next(table.iterdescendants("table"), None) is not None
    for element in table.iter("tr", "td", "th"):
        parent = element.getparent()
        if parent is not None and not (nested and next(element.iterancestors("table")) is not table):
            yield element, parent


def _places(row: str, kinds: Sequence[str]) -> list[str]:
    """The path of a row and the tags of its cells → their paths."""
    if "th" not in kinds and len(kinds) <= len(_PLACES):
        return [row + cell for cell in _PLACES[: len(kinds)]]
    counts = {"td": itertools.count(1), "th": itertools.count(1)}
    return [f"{row}/{kind}[{next(counts[kind])}]" for kind in kinds]


def _spans(
    rows: str | None, columns: str | None, rows_left: int, where: str, problems: list[Problem]
) -> tuple[int, int]:
    """Rowspan and colspan: 0 rows means all that are left in the group, and none reaches beyond it."""
    rowspan = 1 if rows is None else _span(rows)
    colspan = 1 if columns is None else max(_span(columns), 1)
    if colspan > _WIDEST:
        problems.append(Problem("absurd_span", f"colspan {colspan} taken as {_WIDEST}", where))
        colspan = _WIDEST
    return (rows_left if rowspan == 0 else min(rowspan, rows_left)), colspan


@lru_cache(maxsize=256)
def _span(stated: str) -> int:
    found = _NUMBER.match(stated)
    return 1 if found is None else int(found.group(1))
