"""Characters → runs of neighbours on one line and in one cell."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from operator import sub

from parsers.pdf import native
from parsers.pdf.cells import Grid
from parsers.pdf.characters import Printed
from parsers.pdf.geometry import Box, maker
from parsers.pdf.lines import GAP, LATIN_SIZE, Run

TOUCHING = 0.08  # em: the digits of one figure follow each other at once, two cells have their padding between
NEAR = 0.5  # points: characters of one size no further apart or over each other are neighbours, whatever their size
LEVEL = 0.2  # of the height: print that stands higher or lower by more may be another line
LEAST = 5.0  # points: in boxes less high NEAR may be a space, or a character printed over itself
_LIMITS = (GAP, LATIN_SIZE, TOUCHING, NEAR, LEVEL, LEAST)
_CJK = re.compile("[\u3400-\u9fff]")
_DIGITS = frozenset("0123456789")

Owner = tuple[int, int]
"""Number of a grid, and of a cell in it."""


Cell = tuple[Owner | None, Sequence[float]]
"""A cell with its left, top, right and bottom side."""

_NOWHERE: Cell = (None, (1.0, 1.0, 0.0, 0.0))


class Places:
    """Which cell of which grid a point lies in; the smallest grid that holds it wins."""

    def __init__(self, grids: Sequence[Grid]) -> None:
        self._grids = [
            (grids[index].xs, grids[index].ys, _cells_at(grids[index], index)) for index in _smallest_first(grids)
        ]

    def find(self, x: float, y: float) -> Cell:
        """The cell at a point, ``_NOWHERE`` for none."""
        for xs, ys, cells in self._grids:
            if ys[0] <= y < ys[-1] and xs[0] <= x < xs[-1]:
                found = cells[bisect_right(ys, y) - 1][bisect_right(xs, x) - 1]
                if found is not None:
                    return found
        return _NOWHERE

    def change(self, end: float, start: float, y: float, cell: Sequence[float]) -> bool:
        """True if a level stretch that starts in ``cell``, or outside all (in ``_NOWHERE``), may not end there too."""
        if cell[0] <= cell[2]:
            return not cell[0] <= end < cell[2]
        return any(ys[0] <= y < ys[-1] and xs[0] < end and start < xs[-1] for xs, ys, _ in self._grids)


def _cells_at(grid: Grid, index: int) -> list[list[Cell | None]]:
    """For each step of a grid (row, column) the cell that it belongs to."""
    xs, ys = grid.xs, grid.ys
    steps: list[list[Cell | None]] = [[None] * (len(xs) - 1) for _ in range(len(ys) - 1)]
    for number, (row, column, row_end, column_end) in enumerate(grid.cells):
        cell: Cell = (index, number), (xs[column], ys[row], xs[column_end], ys[row_end])
        if row_end - row == column_end - column == 1:
            steps[row][column] = cell
            continue
        for line in steps[row:row_end]:
            line[column:column_end] = [cell] * (column_end - column)
    return steps


def runs_of(printed: Printed, grids: Sequence[Grid]) -> list[Run]:
    """Characters in content order gathered into runs; a run leaves neither its line nor its cell, but for a figure."""
    if native.COMPILED is None:
        return _runs_of(printed, grids)
    sides = [side if isinstance(side, memoryview) else memoryview(array("d", side)) for side in printed[1:]]
    drawn = [(index, grids[index].xs, grids[index].ys, grids[index].cells) for index in _smallest_first(grids)]
    runs: list[Run] = native.COMPILED.runs_of(printed.text, *sides, drawn, _LIMITS, Run, Box)
    return runs


def _smallest_first(grids: Sequence[Grid]) -> list[int]:
    return sorted(range(len(grids)), key=lambda index: grids[index].box.width * grids[index].box.height)


def _runs_of(printed: Printed, grids: Sequence[Grid]) -> list[Run]:  # noqa: C901 - one loop: a call costs as a piece
    """``runs_of``, by Python. Pieces are taken whole where that is the same as taking their characters one by one, else
    they are split."""
    text, lefts, tops, rights, bottoms = printed
    places = Places(grids)
    find, box_of, run_of = places.find, maker(Box), maker(Run)
    runs: list[Run] = []
    gathered = last = ""
    owner, cell, sized = *_NOWHERE, False
    run_left = run_top = run_right = run_bottom = middle = size = last_left = 0.0
    pending = _pieces(printed)
    for start, end, highest, lowest in _level(pending, tops, bottoms):
        left, top, bottom, first = lefts[start], tops[start], bottoms[start], text[start]
        x, y = (left + rights[start]) / 2, (top + bottom) / 2
        near, figure = -0.35 * size < y - middle < 0.35 * size, False
        if cell[0] <= x < cell[2] and cell[1] <= y < cell[3]:
            here, place = owner, cell
        elif first in _DIGITS and last in _DIGITS and owner and near and abs(left - run_right) < TOUCHING * size:
            here, place = owner, cell
            figure = True  # wider than its cell, it is one figure: Chromium prints 4944 over a narrow cell's edge
        else:
            here, place = find(x, y)
        # LibreOffice writes fonts without a height: then a full stop is as high as its dot, on the common bottom.
        same_line = here == owner and (near or abs(bottom - run_bottom) < 0.1 * (run_bottom - run_top)) and gathered
        twice = same_line and first == last and abs(left - last_left) < 0.25 * (rights[start] - left)
        if end - start > 1:
            last_x = (lefts[end - 1] + rights[end - 1]) / 2
            if figure or twice or (not place[0] <= last_x < place[2] and places.change(last_x, x, y, place)):
                pending += _one_by_one(start, end)
                continue
        if twice:
            continue  # the same character again in the same place: bold by printing twice
        right = rights[end - 1]
        if same_line and -0.3 * size < left - run_right < GAP * size:
            gathered += text[start:end]
            run_right, run_bottom = max(right, run_right), max(lowest, run_bottom)
            if highest < run_top:
                run_top, middle = highest, (highest + run_bottom) / 2
                size = size if sized else LATIN_SIZE * (run_bottom - highest)
        else:
            if gathered:
                if cell[0] > (x := (run_left + run_right) / 2) or x >= cell[2]:
                    owner = _owner_of_whole(gathered, x, middle, owner, places)
                box = box_of((run_left, run_top, run_right, run_bottom))
                runs.append(run_of((gathered, box, owner, size, middle)))
            gathered, owner = text[start:end], here
            run_left, run_top, run_right, run_bottom = left, highest, right, lowest
            middle = y if highest == top else (highest + lowest) / 2
            sized, size = False, LATIN_SIZE * (lowest - highest)
        cell = place
        if not sized and (wide := _CJK.search(text, start, end)) is not None:
            size, sized = rights[wide.start()] - lefts[wide.start()], True
        last_left, last = lefts[end - 1], text[end - 1]
    if gathered:
        owner = _owner_of_whole(gathered, (run_left + run_right) / 2, middle, owner, places)
        runs.append(Run(gathered, Box(run_left, run_top, run_right, run_bottom), owner, size, middle))
    return runs


def _owner_of_whole(text: str, x: float, y: float, owner: Owner | None, places: Places) -> Owner | None:
    """The cell that a figure's middle is in, where it begins in another: set in the middle of a narrow cell."""
    if owner is None or not text.isdigit():
        return owner
    return places.find(x, y)[0] or owner


def _pieces(printed: Printed) -> list[tuple[int, int]]:
    """Start and end of each piece, the last piece first: characters that follow each other from left to right."""
    gaps = map(sub, printed.left[1:], printed.right)
    starts = [at for at, gap in enumerate(gaps, 1) if gap > NEAR or gap < -NEAR]
    return list(zip([0, *starts], [*starts, len(printed.text)], strict=True))[::-1] if printed.text else []


def _is_level(tops: Sequence[float], bottoms: Sequence[float]) -> bool:
    """True for characters of one height on one line; the boxes of those that reach above or below the em are larger."""
    highest, lowest = min(tops), max(bottoms)
    return lowest - highest >= LEAST and max(max(tops) - highest, lowest - min(bottoms)) <= LEVEL * (lowest - highest)


def _level(
    pending: list[tuple[int, int]], tops: Sequence[float], bottoms: Sequence[float]
) -> Iterator[tuple[int, int, float, float]]:
    """Pieces from the end of ``pending``, to which more may come, cut until they are level; with top and bottom."""
    while pending:
        start, end = pending.pop()
        count, highest, lowest = end - start, tops[start], bottoms[start]
        if count > 1:
            above, below = tops[start:end], bottoms[start:end]
            if above != [highest] * count or below != [lowest] * count or lowest - highest < LEAST:
                highest, lowest = min(above), max(below)
                slack = LEVEL * (lowest - highest)
                if lowest - highest < LEAST or max(above) - highest > slack or lowest - min(below) > slack:
                    pending += _level_pieces(tops, bottoms, start, end)
                    continue
        yield start, end, highest, lowest


def _level_pieces(tops: Sequence[float], bottoms: Sequence[float], start: int, end: int) -> list[tuple[int, int]]:
    """A piece that is not level, cut where the height changes (a full stop as high as its dot), the last part first."""
    cuts = [at for at in range(start + 1, end) if not _is_level(tops[at - 1 : at + 1], bottoms[at - 1 : at + 1])]
    return list(zip([start, *cuts], [*cuts, end], strict=True))[::-1] if cuts else _one_by_one(start, end)


def _one_by_one(start: int, end: int) -> list[tuple[int, int]]:
    return [(at, at + 1) for at in range(end - 1, start - 1, -1)]
