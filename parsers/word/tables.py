"""A table of Word's XML → Table: the grid of spans and merged cells made plain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from parsers.document import Cell, Problem, Table
from parsers.text import is_blank
from parsers.word.numbers import VAL, W, child_of, children_by_name, number_of

_WIDEST = 200  # grid columns; Word itself allows 63
_WRAPS = frozenset({f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}moveTo"})


@dataclass(frozen=True, slots=True)
class CellText:
    """What a cell prints; ``problems`` are said of the cell's place."""

    text: str
    problems: tuple[tuple[str, str], ...] = ()


Spans = tuple[int, bool, str]  # columns; whether it continues a cell to its left; "restart", "continue" or "" downwards
ReadCell = tuple[str, tuple[tuple[str, str], ...], Spans]  # as in CellText, and how it is merged


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
    return [cell for cell in children_of(row, f"{W}tc") if child_of(child_of(cell, "tcPr"), "cellDel") is None]


def columns_before(row: etree._Element) -> int:
    """``w:tr`` → the columns that it leaves out at its start."""
    return min(number_of(child_of(child_of(row, "trPr"), "gridBefore"), 0), _WIDEST)


def read_rows(
    table: etree._Element, print_cell: Callable[[etree._Element], CellText]
) -> Iterator[tuple[int, Iterator[ReadCell]]]:
    """``w:tbl`` → for each row the columns left out and its cells, to be taken in their order."""

    def read_cells(row: etree._Element) -> Iterator[ReadCell]:
        for cell in cells_of(row):
            printed = print_cell(cell)
            yield printed.text, printed.problems, spans_of(cell)

    for row in rows_of(table):
        kept = list(row.iter())  # lxml makes the Python object of an element anew at each visit, unless one is kept
        yield columns_before(row), read_cells(row)
        kept.clear()


def place_cells(rows: Iterable[tuple[int, Iterable[ReadCell]]], number: int) -> tuple[Table, list[Problem]]:
    """Rows as read → the ``number``-th table of the document (from 1) and what was doubtful about it.

    ``gridSpan`` is the colspan. A cell that continues a vertical merge (``vMerge``) lengthens the cell
    above it, which stands in the same grid columns, and is itself no cell. Columns that a row leaves out
    at its start (``gridBefore``) become one cell without a place.
    """
    made = tuple.__new__  # Cell itself is a function in Python, and takes half as long again
    placed: list[list[Cell]] = []
    problems: list[Problem] = []
    above: dict[int, tuple[list[Cell], int]] = {}  # where the cell stands that may be continued in a column
    for at, (column, cells) in enumerate(rows, 1):
        place = f"table={number}&row={at}&cell="
        read = [Cell("", 1, column)] if column > 0 else []
        below: dict[int, tuple[list[Cell], int]] = {}
        for position, (text, doubts, (span, across, down)) in enumerate(cells, 1):
            where = f"{place}{position}"
            if not (down or across or doubts):  # as most are
                read.append(made(Cell, (text, 1, span, where)))
                column += span
                continue
            if doubts:
                problems += [Problem(code, says, where) for code, says in doubts]
            if across and read and read[-1].where:
                _lengthen(read, -1, across=span)
            elif down == "continue" and column in above and _spans_at(above[column]) == span:
                below[column] = above[column]
                _lengthen(*above[column], down=1)
                if not is_blank(text):
                    says = f"not seen by a reader, in a cell merged into the one above: {text!r}"
                    problems.append(Problem("merged_away", says, where))
            else:
                if down:
                    below[column] = read, len(read)
                read.append(Cell(text, 1, span, where))
            column += span
        above = below
        placed.append(read)
    return Table(tuple(map(tuple, placed)), f"table={number}"), problems


def _spans_at(place: tuple[list[Cell], int]) -> int:
    row, at = place
    return row[at].colspan


def _lengthen(row: list[Cell], at: int, *, across: int = 0, down: int = 0) -> None:
    cell = row[at]
    row[at] = Cell(cell.text, cell.rowspan + down, cell.colspan + across, cell.where)


def spans_of(cell: etree._Element) -> Spans:
    """``w:tc`` → how it is merged."""
    properties = children_by_name(child_of(cell, "tcPr"))
    span = max(1, min(number_of(properties.get(f"{W}gridSpan"), 1), _WIDEST))
    across, down = properties.get(f"{W}hMerge"), properties.get(f"{W}vMerge")
    # ECMA-376 part 1, 17.4.85: a merge without a value continues.
    merged = "" if down is None else down.get(VAL) or "continue"
    return span, across is not None and across.get(VAL) != "restart", merged
