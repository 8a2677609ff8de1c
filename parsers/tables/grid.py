"""Cells with spans → the grid a reader sees."""

from __future__ import annotations

from typing import NamedTuple

from parsers.document import Cell, Table

MOST_SLOTS = 200_000
"""More positions than any table of a report has; wider and longer grids are refused row by row."""


class Slot(NamedTuple):
    """One position of the grid: the cell that covers it, and where that cell begins."""

    cell: Cell
    row: int
    column: int


Grid = tuple[tuple[Slot | None, ...], ...]


def grid_of(table: Table) -> Grid:
    """Table → rows of positions, after the table model of HTML (4.9.12 "Forming a table").

    Each row is as long as its last covered position; a position that no cell covers is None. Where two cells
    would cover one position, the earlier keeps it (the HTML model allows the overlap and calls it an error).
    Rows past MOST_SLOTS positions in all are left out.
    """
    rows: list[dict[int, Slot]] = [{} for _ in table.rows]
    covered = 0
    for index, cells in enumerate(table.rows):
        column = 0
        for cell in cells:
            while column in rows[index]:
                column += 1
            slot, width = Slot(cell, index, column), max(1, cell.colspan)
            for below in rows[index : index + max(1, cell.rowspan)]:
                covered += width
                if covered > MOST_SLOTS:  # before they are gone through: a file may say a thousand million
                    return _filled(rows[:index])
                for across in range(column, column + width):
                    below.setdefault(across, slot)
            column += width
    return _filled(rows)


def _filled(rows: list[dict[int, Slot]]) -> Grid:
    return tuple(tuple(row.get(column) for column in range(max(row, default=-1) + 1)) for row in rows)
