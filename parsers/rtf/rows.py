"""Rows of RTF, each with its own cell edges → a Table on one grid."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from parsers.document import Cell, Problem, Table
from parsers.text import is_blank

_NEAR = 60  # twips (3 points): programs round the edges of one column differently from row to row


@dataclass(slots=True)
class CellEdges:
    """What ``\\trowd`` says of one cell: its right edge in twips, and how it is merged ("", "first", "more")."""

    right: int
    across: str = ""
    down: str = ""


@dataclass(slots=True)
class RowEdges:
    """A row's left edge in twips and its cells, from left to right."""

    left: int = 0
    cells: list[CellEdges] = field(default_factory=list)
    merge: CellEdges = field(default_factory=lambda: CellEdges(0))

    def close(self, right: int) -> None:
        """``\\cellx``: the cell described so far ends here."""
        self.cells.append(CellEdges(right, self.merge.across, self.merge.down))
        self.merge = CellEdges(0)

    @property
    def sound(self) -> bool:
        edges = [self.left, *(cell.right for cell in self.cells)]
        return all(before < after for before, after in pairwise(edges))


@dataclass(frozen=True, slots=True)
class RowRead:
    """A finished row: the text of each cell, and what was doubtful about it as (code, sentence)."""

    edges: RowEdges
    texts: tuple[str, ...]
    problems: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(slots=True)
class _Placed:
    text: str
    first: int
    last: int
    where: str
    rowspan: int = 1


def table_of(rows: Sequence[RowRead], number: int) -> tuple[Table, list[Problem]]:
    """Rows that follow each other → the ``number``-th table (from 1) and its problems.

    Where a row has other cells than its definition, or edges that go backwards, only the order of cells is known.
    """
    problems = [
        Problem(code, says, f"table={number}&row={at}&cell={position}")
        for at, row in enumerate(rows, 1)
        for position, found in enumerate(row.problems, 1)
        for code, says in found
    ]
    # Counted first: many rows may share one long definition, and only what has as many cells is worth a look at it.
    if not all(len(row.texts) == len(row.edges.cells) and row.edges.sound for row in rows):
        cells = tuple(
            tuple(Cell(text, where=f"table={number}&row={at}&cell={p}") for p, text in enumerate(row.texts, 1))
            for at, row in enumerate(rows, 1)
        )
        return Table(cells, f"table={number}", spans_known=False), problems
    lines = _lines_of(rows)
    placed: list[list[_Placed]] = []
    above: dict[tuple[int, int], _Placed] = {}
    for at, row in enumerate(rows, 1):
        read, above = _place(row, lines, f"table={number}&row={at}", above, problems)
        placed.append(read)
    read_rows = tuple(tuple(Cell(c.text, c.rowspan, c.last - c.first, c.where) for c in row) for row in placed)
    return Table(read_rows, f"table={number}"), problems


def _lines_of(rows: Sequence[RowRead]) -> list[int]:
    """The column lines of the whole table; edges nearer than ``_NEAR`` are one, unless a cell lies between them."""
    edges = sorted({edge for row in rows for edge in (row.edges.left, *(cell.right for cell in row.edges.cells))})
    lines: list[int] = []
    for edge in edges:
        if not lines or edge - lines[-1] > _NEAR:
            lines.append(edge)
    for row in rows:
        own = [_column(lines, edge) for edge in (row.edges.left, *(cell.right for cell in row.edges.cells))]
        if len(set(own)) < len(own):
            return edges
    return lines


def _column(lines: Sequence[int], edge: int) -> int:
    return bisect_right(lines, edge) - 1


def _place(
    row: RowRead, lines: Sequence[int], where: str, above: dict[tuple[int, int], _Placed], problems: list[Problem]
) -> tuple[list[_Placed], dict[tuple[int, int], _Placed]]:
    """The cells that begin in a row, and those that a row below may lengthen, by first and last column line."""
    left = _column(lines, row.edges.left)
    read = [_Placed("", 0, left, "")] if left > 0 else []
    merged: list[tuple[CellEdges, str, int, int, str]] = []
    for position, (edges, text) in enumerate(zip(row.edges.cells, row.texts, strict=True), 1):
        right = _column(lines, edges.right)
        if edges.across == "more" and merged:
            head, shown, first, _, place = merged[-1]
            merged[-1] = (head, shown, first, right, place)
            _hide(text, f"{where}&cell={position}", problems)
        else:
            merged.append((edges, text, left, right, f"{where}&cell={position}"))
        left = right
    below: dict[tuple[int, int], _Placed] = {}
    for edges, text, first, last, place in merged:
        over = above.get((first, last)) if edges.down == "more" else None
        if over is not None:
            over.rowspan += 1
            below[first, last] = over
            _hide(text, place, problems)
            continue
        read.append(_Placed(text, first, last, place))
        if edges.down:
            below[first, last] = read[-1]
    return read, below


def _hide(text: str, where: str, problems: list[Problem]) -> None:
    if not is_blank(text):
        says = f"not seen by a reader, in a cell merged into another: {text!r}"
        problems.append(Problem("merged_away", says, where))
