"""A drawn grid with its texts → a table part that can be joined to the next page's → a Table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from parsers.document import Cell, Table
from parsers.pdf.cells import Grid
from parsers.pdf.columns import Columns
from parsers.pdf.geometry import Box
from parsers.pdf.lines import CellText


class PartCell(NamedTuple):
    """A cell with its span, text and place. ``full``: the last line leaves no room for another character."""

    row: int
    column: int
    rowspan: int
    colspan: int
    text: str
    where: str
    full: bool = False

    @property
    def row_end(self) -> int:
        return self.row + self.rowspan

    @property
    def columns(self) -> tuple[int, int]:
        """First column, and the one after the last."""
        return self.column, self.column + self.colspan


@dataclass(frozen=True, slots=True)
class Part:
    """A table as it stands on one page, or on several once joined. ``xs``: its column lines in points.

    ``page`` is the last page it stands on; ``open_top`` and ``open_bottom``: no line is drawn on that side.
    ``columns``: the columns of figures of a table found by alignment, None for a drawn one; ``headed``: it has the
    labels of its columns.
    """

    cells: tuple[PartCell, ...]
    rows: int
    xs: tuple[float, ...]
    box: Box
    page: int
    where: str
    open_top: bool
    open_bottom: bool
    columns: Columns | None = None
    headed: bool = True

    def row(self, number: int) -> list[PartCell]:
        """The cells that begin in, or reach into, a row (from 0), from left to right."""
        return sorted((cell for cell in self.cells if cell.row <= number < cell.row_end), key=lambda cell: cell.column)


def part_of(grid: Grid, index: int, texts: Mapping[tuple[int, int], CellText], page: int) -> Part:
    """The grid with number ``index`` on a page (from 1) with the texts printed in it."""
    cells = []
    for number, cell in enumerate(grid.cells):
        printed = texts.get((index, number), CellText("", False))
        cells.append(
            PartCell(
                cell.row,
                cell.column,
                cell.row_end - cell.row,
                cell.column_end - cell.column,
                printed.text,
                grid.cell_box(cell).where(page),
                printed.full,
            )
        )
    return Part(tuple(cells), len(grid.ys) - 1, grid.xs, grid.box, page, grid.box.where(page), grid.open_top,
                grid.open_bottom)  # fmt: skip


def table_of(part: Part) -> Table:
    """The part as a Table: one tuple a row, each cell in the row where it begins.

    Without drawn lines nothing tells how far a label reaches: then the order of the cells in their rows is meant.
    """
    rows: list[list[PartCell]] = [[] for _ in range(part.rows)]
    for cell in part.cells:
        rows[cell.row].append(cell)
    return Table(
        rows=tuple(
            tuple(Cell(cell.text, cell.rowspan, cell.colspan, cell.where)
                  for cell in sorted(row, key=lambda cell: cell.column))
            for row in rows
        ),
        where=part.where,
        spans_known=part.columns is None,
    )  # fmt: skip


def on_columns(part: Part, xs: Sequence[float], number: Sequence[int]) -> Part:
    """The same part over other column lines; ``number`` maps its own lines to theirs."""
    if list(number) == list(range(len(part.xs))):
        return replace(part, xs=tuple(xs))
    cells = tuple(
        cell._replace(column=number[cell.columns[0]], colspan=number[cell.columns[1]] - number[cell.columns[0]])
        for cell in part.cells
    )
    return replace(part, cells=cells, xs=tuple(xs))
