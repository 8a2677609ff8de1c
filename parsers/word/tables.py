"""A table of Word's XML → Table: the grid of spans and merged cells made plain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress, repeat
from typing import NamedTuple

from lxml import etree

from parsers.document import Cell, Problem, Table
from parsers.text import is_blank
from parsers.word.numbers import VAL, W, child_of, children_by_name, number_of

_CELLS_KNOWN = 16  # of a row; the form's longest has 12
_WIDEST = 200  # grid columns; Word itself allows 63
_WRAPS = frozenset({f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}moveTo"})


@dataclass(frozen=True, slots=True)
class CellText:
    """What a cell prints; ``problems`` are said of the cell's place."""

    text: str
    problems: tuple[tuple[str, str], ...] = ()


Doubts = tuple[tuple[str, str], ...]  # as in CellText
Spans = tuple[int, bool, str]  # columns; whether it continues a cell to its left; "restart", "continue" or "" downwards


class ReadTable(NamedTuple):
    """A table as it was read: its cells one after another, what is doubtful about some by their place there, from 0.

    ``rows`` are the columns that each leaves out at its start, and the place behind its last cell.
    """

    rows: Sequence[tuple[int, int]]
    texts: Sequence[str]
    spans: Sequence[Spans]
    doubts: Mapping[int, Doubts]


def children_of(parent: etree._Element, wanted: str) -> Iterator[etree._Element]:
    """The children of one kind, also those in content controls and tracked insertions."""
    for child in parent:
        if child.tag == wanted:
            yield child
        elif child.tag in _WRAPS:
            yield from children_of(child, wanted)


def rows_of(table: etree._Element) -> list[etree._Element]:
    """``w:tbl`` → its rows, without those that a tracked change has deleted."""
    return [row for row in children_of(table, f"{W}tr") if child_of(child_of(row, "trPr"), "del") is None]


def cells_of(row: etree._Element) -> list[etree._Element]:
    """``w:tr`` → its cells, without those that a tracked change has deleted."""
    return [cell for cell in children_of(row, f"{W}tc") if not is_deleted(cell)]


def is_deleted(cell: etree._Element) -> bool:
    """``w:tc`` → whether a tracked change has deleted it."""
    return child_of(child_of(cell, "tcPr"), "cellDel") is not None


def columns_before(row: etree._Element) -> int:
    """``w:tr`` → the columns that it leaves out at its start."""
    return min(number_of(child_of(child_of(row, "trPr"), "gridBefore"), 0), _WIDEST)


def read_rows(table: etree._Element, print_cell: Callable[[etree._Element], CellText]) -> ReadTable:
    """``w:tbl`` → its cells in their order."""
    rows: list[tuple[int, int]] = []
    printed: list[CellText] = []
    spans: list[Spans] = []
    for row in rows_of(table):
        kept = list(row.iter())  # lxml makes the Python object of an element anew at each visit, unless one is kept
        cells = cells_of(row)
        printed += map(print_cell, cells)
        spans += map(spans_of, cells)
        rows.append((columns_before(row), len(printed)))
        kept.clear()
    doubts = {at: cell.problems for at, cell in enumerate(printed) if cell.problems}
    return ReadTable(rows, [cell.text for cell in printed], spans, doubts)


def place_cells(read: ReadTable, number: int) -> tuple[Table, list[Problem]]:
    """A table as read → the ``number``-th table of the document (from 1) and what was doubtful about it.

    ``gridSpan`` is the colspan. A cell that continues a vertical merge (``vMerge``) lengthens the cell
    above it, which stands in the same grid columns, and is itself no cell. Columns that a row leaves out
    at its start (``gridBefore``) become one cell without a place.
    """
    places: list[str] = []
    for at, (_, ends) in enumerate(read.rows, 1):
        places += _places_in(number, at, ends - len(places))
    merged = [at for at, (_, joined, continues) in enumerate(read.spans) if joined or continues]
    made = _merge(read, merged)
    # Of all cells at once, without Cell's own function in Python.
    cells = list(map(tuple.__new__, repeat(Cell), zip(read.texts, made.down, made.across, places, strict=True)))
    rows: list[tuple[Cell, ...]] = []
    begins = 0
    for before, ends in read.rows:
        row = tuple(compress(cells[begins:ends], made.kept[begins:ends]) if merged else cells[begins:ends])
        rows.append((Cell("", 1, before), *row) if before > 0 else row)
        begins = ends
    problems = [
        Problem(code, says, places[at])
        for at in sorted({*read.doubts, *made.hidden})
        for code, says in (*read.doubts.get(at, ()), *made.hidden.get(at, ()))
    ]
    return Table(tuple(rows), f"table={number}"), problems


class _Merges(NamedTuple):
    """The rows and columns that each cell covers; whether it is one still; what nobody sees of one that is none."""

    down: list[int]
    across: list[int]
    kept: bytearray
    hidden: dict[int, Doubts]


def _merge(read: ReadTable, merged: Sequence[int]) -> _Merges:
    """The places of cells that are merged, or may be, → what becomes of all."""
    columns = [span for span, _, _ in read.spans]
    made = _Merges([1] * len(columns), columns.copy(), bytearray(b"\1") * len(columns), {})
    left = iter(merged)
    at = next(left, len(columns))
    begins = 0
    above: dict[int, int] = {}  # the cell that may be continued in a column
    for column, ends in read.rows:
        below: dict[int, int] = {}
        beside = -1  # the last cell of the row that is still one
        while at < ends:
            if at > begins:
                column += sum(columns[begins:at])
                beside = at - 1
            span, joined, continues = read.spans[at]
            if joined and beside >= 0:
                made.across[beside] += span
                made.kept[at] = 0
            elif continues == "continue" and column in above and made.across[above[column]] == span:
                below[column] = above[column]
                made.down[above[column]] += 1
                made.kept[at] = 0
                if read.texts[at] and not is_blank(read.texts[at]):
                    says = f"not seen by a reader, in a cell merged into the one above: {read.texts[at]!r}"
                    made.hidden[at] = (("merged_away", says),)
            else:
                if continues:
                    below[column] = at
                beside = at
            column += span
            begins, at = at + 1, next(left, len(columns))
        begins, above = ends, below
    return made


def _places_in(number: int, row: int, count: int) -> list[str]:
    """The places of a row's cells."""
    if count <= _CELLS_KNOWN:
        return _known_places(number, row)[:count]
    return [f"table={number}&row={row}&cell={position}" for position in range(1, count + 1)]


@lru_cache(maxsize=512)
def _known_places(number: int, row: int) -> list[str]:
    """Most documents have the same few tables, of as many rows."""
    return [f"table={number}&row={row}&cell={position}" for position in range(1, _CELLS_KNOWN + 1)]


def spans_of(cell: etree._Element) -> Spans:
    """``w:tc`` → how it is merged."""
    properties = children_by_name(child_of(cell, "tcPr"))
    span = span_of(number_of(properties.get(f"{W}gridSpan"), 1))
    across, down = properties.get(f"{W}hMerge"), properties.get(f"{W}vMerge")
    # ECMA-376 part 1, 17.4.85: a merge without a value continues.
    merged = "" if down is None else down.get(VAL) or "continue"
    return span, across is not None and across.get(VAL) != "restart", merged


def span_of(stated: int) -> int:
    """The columns of a cell that states so many."""
    return max(1, min(stated, _WIDEST))
