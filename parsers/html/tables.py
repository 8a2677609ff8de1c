"""A table element → Table: cells as stated, spans made sane, text as a reader sees it."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from parsers.document import Cell, Problem, Table
from parsers.html.cell_texts import PIECE_ENDS, cell_text, seen_in
from parsers.html.furniture import text_within
from parsers.text import is_blank

_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_WIDEST = 100  # columns; the forms have 15. HTML itself allows 1000 (Living Standard 4.9.11)
_LARGEST_GRID = 200_000  # positions
_LONGEST_CELL = 600  # characters; the longest label of the forms has 40
_NUMBER = re.compile(r"\s*(\d{1,9})")


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


def table_of(table: etree._Element, where: str, pieces: Sequence[str] | None = None) -> tuple[Table, list[Problem]]:
    """A table element → Table and what was doubtful about it. Tables nested in a cell are text of the cell.

    ``pieces`` is what ``texts_of_tables`` says of it, None where it says nothing.
    """
    problems: list[Problem] = []
    rows = _regular_rows(table)
    if rows is None or pieces is None or sum(len(row.cells) for row in rows) != len(pieces):
        rows, pieces = list(_rows(table)), None
    left = Counter(row.group for row in rows)
    pictured = next(table.iter("img"), None) is not None
    texts = itertools.repeat(None) if pieces is None else iter(pieces)
    read = []
    area = 0
    for row in rows:
        rows_left = left[row.group]
        left[row.group] = rows_left - 1
        cells = []
        for cell, place, piece in zip(row.cells, _places(row), texts, strict=False):
            if piece is None or not (text := piece.strip(PIECE_ENDS)).isalnum():
                text = _text_of(cell, piece, place, pictured, problems)
            rowspan, colspan = cell.get("rowspan"), cell.get("colspan")
            if rowspan is None and colspan is None:
                area += 1
                cells.append(Cell(text, 1, 1, place))
            else:
                down, across = _spans(rowspan, colspan, rows_left, place, problems)
                area += down * across
                cells.append(Cell(text, down, across, place))
        read.append(tuple(cells))
    if area <= _LARGEST_GRID:
        return Table(tuple(read), where), problems
    says = f"the cells claim {area} positions, more than {_LARGEST_GRID}; their spans are not believed"
    plain = tuple(tuple(Cell(cell.text, where=cell.where) for cell in row) for row in read)
    return Table(plain, where, spans_known=False), [*problems, Problem("absurd_span", says, where, "error")]


def _text_of(cell: etree._Element, piece: str | None, where: str, pictured: bool, problems: list[Problem]) -> str:
    text, struck = cell_text(cell) if piece is None else seen_in(cell, piece)
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


def _regular_rows(table: etree._Element) -> list[_Row] | None:
    """The rows of a table where each is an element of nothing but cells, and no cell holds a row, cell or table."""
    rows: list[_Row] = []
    counted: dict[etree._Element | None, tuple[str, Iterator[int]]] = {}
    found = 0
    for element in table.iter("tr"):
        parent = element.getparent()
        if parent not in counted:
            if parent is None or (parent is not table and next(parent.iterancestors("td", "th", "table")) is not table):
                return None
            counted[parent] = (f"xpath={parent.getroottree().getpath(parent)}", itertools.count(1))
        cells = list(element)
        kinds = [str(cell.tag) for cell in cells]
        if kinds.count("td") + kinds.count("th") < len(kinds):
            return None
        path, numbers = counted[parent]
        group = parent if parent is not None and parent.tag in _GROUPS else table
        rows.append(_Row(element, group, cells, kinds, f"{path}/tr[{next(numbers)}]"))
        found += len(cells)
    return rows if len(list(table.iter("td", "th", "table"))) == found + 1 else None


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


def _places(row: _Row) -> list[str]:
    """The path of each cell of a row."""
    if not row.path:
        tree = row.element.getroottree()
        return [f"xpath={tree.getpath(cell)}" for cell in row.cells]
    if "th" not in row.kinds:
        return [f"{row.path}/td[{number}]" for number in range(1, len(row.kinds) + 1)]
    counts = {"td": itertools.count(1), "th": itertools.count(1)}
    return [f"{row.path}/{kind}[{next(counts[kind])}]" for kind in row.kinds]


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
