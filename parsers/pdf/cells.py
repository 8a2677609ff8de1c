"""Ruling lines → grids: edges → lines → crossings → cells, with the spans that missing inner edges make."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from parsers.pdf.geometry import Box, clusters
from parsers.pdf.rules import Rules, Segment

SNAP = 3.0  # points: lines nearer than this are one line drawn twice (double or separate borders)
SLIVER = 8.0  # points: no printed character fits into a narrower column
COVERED = 0.6  # share of a cell's side that must be drawn for the side to stand
SHORTEST = 4.0  # points: a shorter line is a leftover dot


class GridCell(NamedTuple):
    """One cell of a drawn grid: first and last row and column lines (half-open, from 0)."""

    row: int
    column: int
    row_end: int
    column_end: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells between drawn lines. ``xs`` and ``ys`` are the positions of the column and row lines, ascending.

    ``open_top`` and ``open_bottom``: no line is drawn on that side. ``broken``: cells whose outline is no rectangle
    and which were cut into rectangles.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[GridCell, ...]
    open_top: bool = False
    open_bottom: bool = False
    broken: int = 0

    @property
    def box(self) -> Box:
        return Box(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    def cell_box(self, cell: GridCell) -> Box:
        return Box(self.xs[cell.column], self.ys[cell.row], self.xs[cell.column_end], self.ys[cell.row_end])


def find_grids(rules: Rules, page: Box) -> list[Grid]:
    """All grids on a page, from drawn lines first, then from boxes that touch (coloured cells without lines).

    A grid that holds another is the layout around it and is left out, unless the inner one is the smaller part.
    """
    grids = [grid for lines in _components(_lines(rules.horizontal), _lines(rules.vertical))
             if (grid := _grid_of(*lines, SNAP)) is not None]  # fmt: skip
    grids += _box_grids(rules.boxes, [grid.box for grid in grids if len(grid.cells) > 1], page)
    return _without_layout([grid for grid in grids if not _is_page_frame(grid, page)])


def _is_page_frame(grid: Grid, page: Box) -> bool:
    return len(grid.cells) == 1 and grid.box.height > 0.4 * page.height


def _without_layout(grids: list[Grid]) -> list[Grid]:
    kept = []
    for grid in grids:
        inside = [other for other in grids if other is not grid and len(other.cells) > 1 and grid.box.holds(other.box)]
        outside = [other for other in grids if other is not grid and other.box.holds(grid.box)]
        layout = sum(len(other.cells) for other in inside) >= len(grid.cells)
        detail = any(len(other.cells) > len(grid.cells) for other in outside)
        if not (inside and layout) and not detail:
            kept.append(grid)
    return kept


def _lines(segments: Sequence[Segment]) -> list[Segment]:
    """Pieces on one axis joined to whole lines; dots and dashes vanish into them."""
    by_position: list[list[Segment]] = []
    for segment in sorted(segments):
        if by_position and segment.at - by_position[-1][0].at <= 1.0:
            by_position[-1].append(segment)
        else:
            by_position.append([segment])
    lines = []
    for group in by_position:
        at = sum(segment.at for segment in group) / len(group)
        for start, end in _merged([(segment.start, segment.end) for segment in group]):
            if end - start >= SHORTEST:
                lines.append(Segment(at, start, end))
    return lines


def _merged(stretches: list[tuple[float, float]]) -> list[tuple[float, float]]:
    if len(stretches) < 2:
        return stretches
    merged: list[tuple[float, float]] = []
    for start, end in sorted(stretches):
        if merged and start - merged[-1][1] <= SNAP:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _components(horizontal: list[Segment], vertical: list[Segment]) -> list[tuple[list[Segment], list[Segment]]]:
    """Lines that cross or touch, directly or through others, belong together."""
    parent = list(range(len(horizontal) + len(vertical)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    positions = [line.at for line in vertical]  # ascending, as _lines makes them
    for index, line in enumerate(horizontal):
        for other in range(bisect_left(positions, line.start - SNAP), bisect_right(positions, line.end + SNAP)):
            upright = vertical[other]
            if upright.start - SNAP <= line.at <= upright.end + SNAP:
                parent[root(index)] = root(len(horizontal) + other)
    groups: dict[int, tuple[list[Segment], list[Segment]]] = defaultdict(lambda: ([], []))
    for index, line in enumerate(horizontal):
        groups[root(index)][0].append(line)
    for index, line in enumerate(vertical):
        groups[root(len(horizontal) + index)][1].append(line)
    return [group for group in groups.values() if len(group[0]) > 1 and len(group[1]) > 1]


def _with_outside(lines: list[Segment], across: list[Segment], gap: float) -> list[tuple[float, float]]:
    """Line positions of one axis; where at least half of the lines that cross the last run on past it, one more stands
    at their ends (tables without side lines, rows cut open by the end of the page)."""
    positions = clusters([line.at for line in lines], gap)
    starts = sorted(line.start for line in across if line.start <= positions[0][1] + gap)
    ends = sorted(line.end for line in across if line.end >= positions[-1][0] - gap)
    start = starts[(len(starts) - 1) // 2] if starts else positions[0][0]
    end = ends[len(ends) // 2] if ends else positions[-1][1]
    if start < positions[0][0] - 2 * gap:
        positions.insert(0, (start, start))
    if end > positions[-1][1] + 2 * gap:
        positions.append((end, end))
    return positions


def _drawn(lines: list[Segment], at: list[tuple[float, float]], along: list[float]) -> list[list[bool]]:
    """For each line position and each step between neighbours of ``along``: is that stretch drawn?"""
    lows = [low for low, _ in at]
    stretches: list[list[tuple[float, float]]] = [[] for _ in at]
    for line in lines:
        stretches[bisect_right(lows, line.at + 1e-6) - 1].append((line.start, line.end))
    drawn = []
    for pieces in stretches:
        left = deque(_merged(pieces))
        row = []
        for low, high in itertools.pairwise(along):
            while left and left[0][1] <= low:
                left.popleft()
            shared = 0.0
            for start, end in left:
                if start >= high:
                    break
                shared += (end if end < high else high) - (start if start > low else low)
            row.append(shared >= COVERED * (high - low))
        drawn.append(row)
    return drawn


def _grid_of(horizontal: list[Segment], vertical: list[Segment], gap: float) -> Grid | None:
    """The grid that a group of connected lines draws; None where they enclose nothing."""
    row_lines = _with_outside(horizontal, vertical, gap)
    column_lines = _with_outside(vertical, horizontal, gap)
    ys = [(low + high) / 2 for low, high in row_lines]
    xs = [(low + high) / 2 for low, high in column_lines]
    if len(xs) < 2 or len(ys) < 2:
        return None
    across = _drawn(horizontal, row_lines, xs)  # across[i][c]: is the line ys[i] drawn over column c?
    upright = _drawn(vertical, column_lines, ys)  # upright[j][r]: is the line xs[j] drawn beside row r?
    groups = _unite(len(ys) - 1, len(xs) - 1, across, upright)
    cells: list[GridCell] = []
    broken = 0
    for group in groups:
        pieces = _rectangles(group)
        broken += len(pieces) > 1
        cells += pieces
    grid = Grid(tuple(xs), tuple(ys), tuple(cells), not any(across[0]), not any(across[-1]), broken)
    return _without_slivers(grid)


def _unite(rows: int, columns: int, across: list[list[bool]], upright: list[list[bool]]) -> list[list[tuple[int, int]]]:
    """Steps of the grid that no drawn line parts, as groups of (row, column)."""
    parent = list(range(rows * columns))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for row in range(rows):
        for column in range(columns):
            here = row * columns + column
            if column + 1 < columns and not upright[column + 1][row]:
                parent[root(here)] = root(here + 1)
            if row + 1 < rows and not across[row + 1][column]:
                parent[root(here)] = root(here + columns)
    groups: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for node in range(rows * columns):
        groups[root(node)].append(divmod(node, columns))
    return list(groups.values())


def _rectangles(group: list[tuple[int, int]]) -> list[GridCell]:
    """A group of steps as one rectangle where it is one; else cut row by row into as few as that gives."""
    (top, left), (bottom, right) = group[0], group[-1]  # in order, so a rectangle's corners stand at its ends
    if len(group) == (bottom + 1 - top) * (right + 1 - left) and all(left <= column <= right for _, column in group):
        return [GridCell(top, left, bottom + 1, right + 1)]
    rows: dict[int, list[int]] = defaultdict(list)
    for row, column in group:
        rows[row].append(column)
    runs: dict[int, list[tuple[int, int]]] = {}
    for row, columns in rows.items():
        columns.sort()
        runs[row] = []
        for column in columns:
            if runs[row] and runs[row][-1][1] == column:
                runs[row][-1] = (runs[row][-1][0], column + 1)
            else:
                runs[row].append((column, column + 1))
    finished: list[GridCell] = []
    growing: dict[tuple[int, int], int] = {}
    last = max(rows) + 1
    for row in range(min(rows), last + 1):
        here = set(runs.get(row, ()))
        for run in [run for run in growing if run not in here]:
            finished.append(GridCell(growing.pop(run), run[0], row, run[1]))
        for run in here:
            growing.setdefault(run, row)
    return finished


def _without_slivers(grid: Grid) -> Grid:
    """The grid without columns and rows too narrow for a character that no cell fills alone.

    They come from side lines that miss each other by a few points from row to row.
    """
    xs, column_of = _closed_up(grid.xs, {(cell.column, cell.column_end) for cell in grid.cells})
    ys, row_of = _closed_up(grid.ys, {(cell.row, cell.row_end) for cell in grid.cells})
    cells = tuple(
        GridCell(row_of[cell.row], column_of[cell.column], row_of[cell.row_end], column_of[cell.column_end])
        for cell in grid.cells
    )
    return Grid(xs, ys, tuple(sorted(cells)), grid.open_top,
                grid.open_bottom, grid.broken)  # fmt: skip


def _closed_up(lines: tuple[float, ...], spans: set[tuple[int, int]]) -> tuple[tuple[float, ...], list[int]]:
    """Line positions with slivers closed, and the new number of each old line.

    Two lines may become one only if no cell then loses its last column: ``spans`` are the cells' first and last.
    """
    kept = [0]
    number = [0]
    for index in range(1, len(lines)):
        group = [old for old in range(index) if number[old] == len(kept) - 1]
        narrow = lines[index] - lines[group[0]] < SLIVER
        if narrow and not any((old, index) in spans for old in group):
            number.append(len(kept) - 1)
        else:
            kept.append(index)
            number.append(len(kept) - 1)
    return tuple(lines[index] for index in kept), number


def _box_grids(boxes: list[Box], taken: list[Box], page: Box) -> list[Grid]:
    """Grids that coloured boxes make by standing side by side, away from the drawn ones."""
    free = [
        box
        for box in boxes
        if box.width > SLIVER and box.height > SLIVER and box.overlap(page) < 0.9 * page.width * page.height
        and not any(box.overlap(other) > 0 for other in taken)
    ]  # fmt: skip
    if len(free) < 4:
        return []
    sides = Rules()
    for box in free:
        sides.add_edges(box)
    grids = []
    for lines in _components(_lines(sides.horizontal), _lines(sides.vertical)):
        grid = _grid_of(*lines, SNAP)
        if grid is not None and len(grid.xs) > 2 and len(grid.ys) > 2 and len(grid.cells) >= 4:
            grids.append(grid)
    return grids
