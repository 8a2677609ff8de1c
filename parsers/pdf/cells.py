"""Ruling lines → grids: edges → lines → crossings → cells, with the spans that missing inner edges make."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, sub
from typing import NamedTuple

from parsers.pdf import native
from parsers.pdf.geometry import Box, clusters, maker
from parsers.pdf.rules import Rules, Segment

SNAP = 3.0  # points: lines nearer than this are one line drawn twice (double or separate borders)
SLIVER = 8.0  # points: no printed character fits into a narrower column
COVERED = 0.6  # share of a cell's side that must be drawn for the side to stand
SHORTEST = 4.0  # points: a shorter line is a leftover dot
_COLUMNS = 4  # lines of a table's row; three may be a frame, or a sum's


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
    grids = _grids_of(rules)
    grids += _box_grids(rules.boxes, [grid.box for grid in grids if len(grid.cells) > 1], page)
    return _without_layout([grid for grid in grids if not _is_page_frame(grid, page)])


def _grids_of(rules: Rules) -> list[Grid]:
    """The grids that lines draw, each connected group for itself."""
    if native.COMPILED is not None:
        bounds = SNAP, SHORTEST, COVERED
        found = native.COMPILED.grids_of(rules.horizontal, rules.vertical, bounds, GridCell)
        if found is not None:
            return [_without_slivers(Grid(*said)) for said in found]
    groups = _components(_lines(rules.horizontal), _lines(rules.vertical))
    return [grid for lines in groups if (grid := _grid_of(*lines, SNAP)) is not None]


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
    pieces = sorted(segments)
    positions = [at for at, _, _ in pieces]
    lines = []
    first = 0
    while first < len(pieces):
        last = bisect_right(positions, positions[first] + 1.0, first)
        at = reduce(add, positions[first:last]) / (last - first)  # sum() rounds otherwise from Python 3.12 on
        for start, end in _merged([piece[1:] for piece in pieces[first:last]]):
            if end - start >= SHORTEST:
                lines.append(Segment(at, start, end))
        first = last
    return lines


def _merged(stretches: list[tuple[float, float]]) -> list[tuple[float, float]]:
    if len(stretches) < 2:
        return stretches
    merged: list[tuple[float, float]] = []
    stretches.sort()
    first, last = stretches[0]
    for start, end in stretches:
        if start - last > SNAP:
            merged.append((first, last))
            first, last = start, end
        elif end > last:
            last = end
    return [*merged, (first, last)]


def _components(horizontal: list[Segment], vertical: list[Segment]) -> list[tuple[list[Segment], list[Segment]]]:
    """Lines that cross or touch, directly or through others, belong together: in the order of their first level one."""
    positions = [line.at for line in horizontal]  # ascending, as _lines makes them
    extents = [(line.start - SNAP, line.end + SNAP, 1 << index) for index, line in enumerate(horizontal)]
    found: list[tuple[int, list[Segment]]] = []  # level lines as bits, and the upright ones between them
    for line in vertical:
        at, touched = line.at, 0
        reached = slice(bisect_left(positions, line.start - SNAP), bisect_right(positions, line.end + SNAP))
        for low, high, bit in extents[reached]:
            if low <= at <= high:
                touched |= bit
        together, apart = [line], []
        for bits, lines in found:
            if bits & touched:
                touched |= bits
                together += lines
            else:
                apart.append((bits, lines))
        found = [*apart, (touched, together)]
    return [
        (level, sorted(together))
        for bits, together in sorted(found, key=lambda group: group[0] & -group[0])
        if len(together) > 1
        and (
            len(level := [line for at, line in enumerate(horizontal) if bits >> at & 1]) > 1
            or _is_open_row(level, sorted(together))
        )
    ]


def _is_open_row(level: list[Segment], upright: list[Segment]) -> bool:
    """One row that the end of the page cut off: a line, and upright ones from its one end to the other, as long as each
    other. A browser leaves figures so that stand at the foot of their cells."""
    if len(level) != 1 or len(upright) < _COLUMNS:
        return False
    (line,) = level
    ends = [line.start - upright[0].at, line.end - upright[-1].at]
    ends += [other - upright[0].start for _, other, _ in upright] + [other - upright[0].end for _, _, other in upright]
    return max(map(abs, ends)) <= SNAP


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
    return [_covered(_merged(pieces), along) for pieces in stretches]


def _covered(pieces: list[tuple[float, float]], along: list[float]) -> list[bool]:
    """Which steps between neighbours of ``along`` do the pieces (apart, ascending) cover for the most part?"""
    covered = [False] * (len(along) - 1)
    partly: dict[int, float] = defaultdict(float)
    for start, end in pieces:
        first, last = bisect_left(along, start), bisect_right(along, end) - 1  # steps from first to last are all drawn
        if first > last:
            if 0 < first < len(along):
                partly[last] += end - start
            continue
        covered[first:last] = [True] * (last - first)
        if first > 0:
            partly[first - 1] += along[first] - start
        if last < len(along) - 1:
            partly[last] += end - along[last]
    for at, shared in partly.items():
        covered[at] = covered[at] or shared >= COVERED * (along[at + 1] - along[at])
    return covered


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
    cells, joined = _alone(across, upright)
    broken = 0
    for group in _unite(joined, across, upright):
        pieces = _rectangles(group)
        broken += len(pieces) > 1
        cells += pieces
    grid = Grid(tuple(xs), tuple(ys), tuple(sorted(cells)), not any(across[0]), not any(across[-1]), broken)
    return _without_slivers(grid)


def _alone(across: list[list[bool]], upright: list[list[bool]]) -> tuple[list[GridCell], list[tuple[int, int]]]:
    """Steps of the grid with lines on all four sides, as cells; and the other steps (row, column).

    What lies outside the grid counts as a line.
    """
    columns, outside = len(upright) - 1, (True,) * len(across)
    sides = zip(outside[1:], *upright[1:-1], outside[1:], strict=True)
    levels = [(True,) * columns, *across[1:-1], (True,) * columns]
    cell_of = maker(GridCell)
    cells: list[GridCell] = []
    others: list[tuple[int, int]] = []
    for row, side in enumerate(sides):
        above, below = levels[row], levels[row + 1]
        if all(side) and all(above) and all(below):
            cells += [cell_of((row, column, row + 1, column + 1)) for column in range(columns)]
            continue
        for column in range(columns):
            if side[column] and side[column + 1] and above[column] and below[column]:
                cells.append(cell_of((row, column, row + 1, column + 1)))
            else:
                others.append((row, column))
    return cells, others


def _unite(
    steps: list[tuple[int, int]], across: list[list[bool]], upright: list[list[bool]]
) -> list[list[tuple[int, int]]]:
    """Steps of the grid (row, column; in order) that no drawn line parts, as groups."""
    parent = {step: step for step in steps}

    def root(step: tuple[int, int]) -> tuple[int, int]:
        while (above := parent[step]) != step:
            parent[step] = step = parent[above]
        return step

    last_row, last_column = len(across) - 2, len(upright) - 2
    for step in steps:
        row, column = step
        if column < last_column and not upright[column + 1][row]:
            parent[root(step)] = root((row, column + 1))
        if row < last_row and not across[row + 1][column]:
            parent[root(step)] = root((row + 1, column))
    groups: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for step in steps:
        groups[root(step)].append(step)
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
    if min(map(sub, (*grid.xs[1:], *grid.ys[1:]), (*grid.xs[:-1], *grid.ys[:-1]))) >= SLIVER:
        return grid
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
    return [grid for grid in _grids_of(sides) if len(grid.xs) > 2 and len(grid.ys) > 2 and len(grid.cells) >= 4]
