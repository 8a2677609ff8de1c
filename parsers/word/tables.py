"""A table of Word's XML → Table: the grid of spans and merged cells made plain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


@dataclass(slots=True)
class _Placed:
    """A cell on the grid, still growing downwards."""

    text: str
    column: int
    colspan: int
    where: str
    rowspan: int = 1


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


def read_table(
    table: etree._Element, number: int, print_cell: Callable[[etree._Element], CellText]
) -> tuple[Table, list[Problem]]:
    """``w:tbl`` → the ``number``-th table of the document (from 1) and what was doubtful about it.

    ``gridSpan`` is the colspan. A cell that continues a vertical merge (``vMerge``) lengthens the cell
    above it, which stands in the same grid columns, and is itself no cell. Columns that a row leaves out
    at its start (``gridBefore``) become one cell without a place.
    """
    placed: list[list[_Placed]] = []
    problems: list[Problem] = []
    above: dict[int, _Placed] = {}
    for at, row in enumerate(rows_of(table), 1):
        kept = list(row.iter())  # lxml makes the Python object of an element anew at each visit, unless one is kept
        column = min(number_of(child_of(child_of(row, "trPr"), "gridBefore"), 0), _WIDEST)
        read: list[_Placed] = [_Placed("", 0, column, "")] if column > 0 else []
        below: dict[int, _Placed] = {}
        for position, cell in enumerate(cells_of(row), 1):
            where = f"table={number}&row={at}&cell={position}"
            printed = print_cell(cell)
            problems += [Problem(code, says, where) for code, says in printed.problems]
            span, across, down = _spans(cell)
            if across and read and read[-1].where:
                read[-1].colspan += span
            elif down == "continue" and column in above and above[column].colspan == span:
                below[column] = above[column]
                below[column].rowspan += 1
                if not is_blank(printed.text):
                    says = f"not seen by a reader, in a cell merged into the one above: {printed.text!r}"
                    problems.append(Problem("merged_away", says, where))
            else:
                read.append(_Placed(printed.text, column, span, where))
                if down:
                    below[column] = read[-1]
            column += span
        above = below
        placed.append(read)
        kept.clear()
    rows_read = tuple(tuple(Cell(c.text, c.rowspan, c.colspan, c.where) for c in row) for row in placed)
    return Table(rows_read, f"table={number}"), problems


def _spans(cell: etree._Element) -> tuple[int, bool, str]:
    """Columns; whether it continues a cell to its left; "restart", "continue" or "" for merging downwards."""
    properties = children_by_name(child_of(cell, "tcPr"))
    span = max(1, min(number_of(properties.get(f"{W}gridSpan"), 1), _WIDEST))
    across, down = properties.get(f"{W}hMerge"), properties.get(f"{W}vMerge")
    # ECMA-376 part 1, 17.4.85: a merge without a value continues.
    merged = "" if down is None else down.get(VAL) or "continue"
    return span, across is not None and across.get(VAL) != "restart", merged
