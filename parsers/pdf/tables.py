"""A drawn grid with its texts → a table part that can be joined to the next page's → a Table."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from parsers.document import Cell, Table
from parsers.pdf import native
from parsers.pdf.cells import Grid
from parsers.pdf.columns import Columns
from parsers.pdf.geometry import Box, maker
from parsers.pdf.lines import INSET, CellText, Run, cell_texts, text_of_several


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
        return sorted([cell for cell in self.cells if cell[0] <= number < cell[0] + cell[2]], key=itemgetter(1))


_EMPTY = CellText("", False)


def parts_of(runs: list[Run], grids: Sequence[Grid], page: int) -> list[Part]:
    """The grids of a page (from 1) with the texts printed in them."""
    if native.COMPILED is None:
        texts = cell_texts(runs, grids)
        return [part_of(grid, index, texts, page) for index, grid in enumerate(grids)]
    drawn = [(grid.xs, grid.ys, grid.cells) for grid in grids]
    inside = native.COMPILED.cells_of_parts(runs, drawn, page, text_of_several, INSET, PartCell)
    return [_part(grid, cells, page) for grid, cells in zip(grids, inside, strict=True)]


def part_of(grid: Grid, index: int, texts: Mapping[tuple[int, int], CellText], page: int) -> Part:
    """The grid with number ``index`` on a page (from 1) with the texts printed in it."""
    xs, ys = grid.xs, grid.ys
    lefts, tops = [f"page={page}&xywh={x:.1f}," for x in xs], [f"{y:.1f}," for y in ys]
    widths, heights = ([f"{after - before:.1f}" for before, after in pairwise(lines)] for lines in (xs, ys))
    cells, cell_of = [], maker(PartCell)
    for number, (row, column, row_end, column_end) in enumerate(grid.cells):
        text, full = texts.get((index, number), _EMPTY)
        rows, columns = row_end - row, column_end - column
        width = widths[column] if columns == 1 else f"{xs[column_end] - xs[column]:.1f}"
        height = heights[row] if rows == 1 else f"{ys[row_end] - ys[row]:.1f}"
        where = f"{lefts[column]}{tops[row]}{width},{height}"
        cells.append(cell_of((row, column, rows, columns, text, where, full)))
    return _part(grid, tuple(cells), page)


def _part(grid: Grid, cells: tuple[PartCell, ...], page: int) -> Part:
    return Part(cells, len(grid.ys) - 1, grid.xs, grid.box, page, grid.box.where(page), grid.open_top, grid.open_bottom)


def table_of(part: Part) -> Table:
    """The part as a Table: one tuple a row, each cell in the row where it begins.

    Without drawn lines nothing tells how far a label reaches: then the order of the cells in their rows is meant.
    """
    in_order = sorted(part.cells, key=itemgetter(0, 1))
    rows = list(map(itemgetter(0), in_order))
    cells = list(map(maker(Cell), map(itemgetter(4, 2, 3, 5), in_order)))
    ends = [bisect_left(rows, row) for row in range(part.rows + 1)]
    return Table(tuple([tuple(cells[start:end]) for start, end in pairwise(ends)]), part.where, part.columns is None)


def on_columns(part: Part, xs: Sequence[float], number: Sequence[int]) -> Part:
    """The same part over other column lines; ``number`` maps its own lines to theirs."""
    if list(number) == list(range(len(part.xs))):
        return part if part.xs == tuple(xs) else replace(part, xs=tuple(xs))
    cells = tuple(
        PartCell(row, number[column], rowspan, number[column + colspan] - number[column], text, where, full)
        for row, column, rowspan, colspan, text, where, full in part.cells
    )
    return replace(part, cells=cells, xs=tuple(xs))
