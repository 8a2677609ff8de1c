"""Characters → runs of neighbours → text lines, and the text of a cell."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from parsers.pdf.cells import Grid
from parsers.pdf.characters import Character
from parsers.pdf.geometry import Box, around

GAP = 0.2  # em: a wider gap is a space, if a Latin letter or digit stands on both sides
GAP_BESIDE_CJK = 0.3  # em: programs set a quarter em between Chinese and digits by themselves
GAP_BETWEEN_CJK = 0.6  # em: justified Chinese text is stretched by less
GAP_BETWEEN_FIGURES = 1.0  # em: no program sets one figure so wide
TOUCHING = 0.08  # em: the digits of one figure follow each other at once, two cells have their padding between
LATIN_SIZE = 0.87  # em in a box from the highest ascent to the lowest descent of a font; Chinese is an em wide


class Run(NamedTuple):
    """Neighbouring characters on one line, in content order; ``owner`` is the cell (grid, number) or None.

    ``size`` is that of the font, ``middle`` the vertical middle of the first character, in points.
    """

    text: str
    box: Box
    owner: tuple[int, int] | None
    size: float
    middle: float


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: its text, its box and the size of its characters in points."""

    text: str
    box: Box
    size: float


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line and the page it stands on (from 1)."""

    line: Line
    page: int


@dataclass(frozen=True, slots=True)
class CellText:
    """What is printed in a cell. ``full``: the last line leaves no room for another such character."""

    text: str
    full: bool


class _Places:
    """Which cell of which grid a point lies in; the smallest grid that holds it wins."""

    def __init__(self, grids: Sequence[Grid]) -> None:
        self._grids = sorted(enumerate(grids), key=lambda pair: pair[1].box.width * pair[1].box.height)
        self._numbers: dict[int, dict[tuple[int, int], int]] = {}
        for index, grid in self._grids:
            self._numbers[index] = {
                (row, column): number
                for number, cell in enumerate(grid.cells)
                for row in range(cell.row, cell.row_end)
                for column in range(cell.column, cell.column_end)
            }

    def find(self, x: float, y: float) -> tuple[tuple[int, int], Box] | None:
        """The cell (grid, number) at a point with its box."""
        for index, grid in self._grids:
            row = bisect_right(grid.ys, y) - 1
            column = bisect_right(grid.xs, x) - 1
            number = self._numbers[index].get((row, column))
            if number is not None:
                return (index, number), grid.cell_box(grid.cells[number])
        return None


_NOWHERE = Box(1.0, 1.0, 0.0, 0.0)


def runs_of(characters: Sequence[Character], grids: Sequence[Grid]) -> list[Run]:
    """Characters in content order gathered into runs; a run leaves neither its line nor its cell, but for a figure."""
    places = _Places(grids)
    runs: list[Run] = []
    text: list[str] = []
    owner: tuple[int, int] | None = None
    cell = _NOWHERE
    run_left = run_top = run_right = run_bottom = middle = size = 0.0
    sized = False
    last_left, last_code = -1e9, 0
    for code, left, top, right, bottom in characters:
        x, y = (left + right) / 2, (top + bottom) / 2
        if cell[0] <= x < cell[2] and cell[1] <= y < cell[3]:
            here = owner
        elif (
            owner is not None and 0x30 <= code <= 0x39 and 0x30 <= last_code <= 0x39
            and abs(left - run_right) < TOUCHING * size and abs(y - middle) < 0.35 * size
        ):  # fmt: skip
            here = owner  # a figure wider than its cell is one figure: Chromium prints 4944 over a narrow cell's edge
        else:
            found = places.find(x, y) if grids else None
            here, cell = found if found is not None else (None, _NOWHERE)
        # LibreOffice writes fonts without a height: then a full stop is as high as its dot, on the common bottom.
        level = abs(y - middle) < 0.35 * size or abs(bottom - run_bottom) < 0.1 * (run_bottom - run_top)
        same_line = text and here == owner and level
        if same_line and code == last_code and abs(left - last_left) < 0.25 * (right - left):
            continue  # the same character again in the same place: bold by printing twice
        if same_line and -0.3 * size < left - run_right < GAP * size:
            text.append(chr(code))
            run_right = right if right > run_right else run_right
            run_bottom = bottom if bottom > run_bottom else run_bottom
            if top < run_top:
                run_top, middle = top, (top + run_bottom) / 2
                size = size if sized else LATIN_SIZE * (run_bottom - top)
            if not sized and 0x3400 <= code <= 0x9FFF:
                size, sized = right - left, True
        else:
            if text:
                runs.append(Run("".join(text), Box(run_left, run_top, run_right, run_bottom), owner, size, middle))
            text = [chr(code)]
            owner, run_left, run_top, run_right, run_bottom = here, left, top, right, bottom
            sized = 0x3400 <= code <= 0x9FFF
            middle, size = y, right - left if sized else LATIN_SIZE * (bottom - top)
        last_left, last_code = left, code
    if text:
        runs.append(Run("".join(text), Box(run_left, run_top, run_right, run_bottom), owner, size, middle))
    return [_in_its_cell(run, places) for run in runs] if grids else runs


def _in_its_cell(run: Run, places: _Places) -> Run:
    """A figure that begins in another cell than the one its middle is in: set in the middle of a narrow cell."""
    if run.owner is None or not run.text.isdigit():
        return run
    found = places.find((run.box.left + run.box.right) / 2, run.middle)
    return run if found is None or found[0] == run.owner else run._replace(owner=found[0])


def lines_of(runs: Sequence[Run]) -> list[Line]:
    """Runs gathered into lines from top to bottom, each read from left to right."""
    if len(runs) == 1:
        return [Line(runs[0].text, runs[0].box, runs[0].size)]
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: run.middle):
        last = rows[-1][-1] if rows else None
        if last is not None and run.middle - rows[-1][0].middle < 0.45 * min(run.size, last.size):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [_line_of(sorted(row, key=lambda run: run.box.left)) for row in rows]


def _line_of(row: list[Run]) -> Line:
    if len(row) == 1:
        return Line(row[0].text, row[0].box, row[0].size)
    kept: list[Run] = []
    for run in row:
        twice = kept and run.text == kept[-1].text and abs(run.box.left - kept[-1].box.left) < 0.3 * run.size
        if not twice:
            kept.append(run)
    text = kept[0].text
    for before, after in itertools.pairwise(kept):
        gap = (after.box.left - before.box.right) / max(1.0, min(before.size, after.size))
        text += _space(before.text[-1], after.text[0], gap) + after.text
    longest = max(kept, key=lambda run: len(run.text))
    return Line(text, around(run.box for run in kept), longest.size)


def _space(before: str, after: str, gap: float) -> str:
    """What a gap of so many em between two characters is: nothing, a space, or a tab between two figures."""
    if before.isdigit() and after.isdigit() and gap > GAP_BETWEEN_FIGURES:
        return "\t"
    wide = is_wide(before) + is_wide(after)
    return " " if gap > (GAP, GAP_BESIDE_CJK, GAP_BETWEEN_CJK)[wide] else ""


def is_wide(character: str) -> bool:
    """True for characters set in a full em square: Chinese characters and their punctuation."""
    return character >= "\u2e80" or character in "“”‘’—…·"


def is_cjk(character: str) -> bool:
    """True for Chinese characters, not for their punctuation.

    >>> is_cjk("年"), is_cjk("（"), is_cjk("3")
    (True, False, False)
    """
    return (
        "\u3400" <= character <= "\u9fff"
        or "\U00020000" <= character <= "\U000323af"
        or "\uf900" <= character <= "\ufaff"
    )


def join_lines(before: str, after: str, wrapped: bool = True) -> str:
    """Two lines of one text as one: Chinese without a space, Latin words with one.

    Digits that meet are one number only if it was ``wrapped`` for want of room; else a line break keeps them apart.

    >>> join_lines("商业企", "业"), join_lines("open", "data"), join_lines("3985", "758"), join_lines("3", "5", False)
    ('商业企业', 'open data', '3985758', '3\\n5')
    """
    if not before or not after:
        return before + after
    last, first = before[-1], after[0]
    if (last.isdigit() or last in ".,") and (first.isdigit() or first in ".,"):
        return before + ("" if wrapped else "\n") + after
    if last.isascii() and first.isascii() and last.isalnum() and first.isalnum():
        return f"{before} {after}"
    return before + after


def cell_texts(runs: Sequence[Run], grids: Sequence[Grid]) -> dict[tuple[int, int], CellText]:
    """The text of every cell in which something is printed, by (grid, number of the cell)."""
    by_cell: dict[tuple[int, int], list[Run]] = defaultdict(list)
    for run in runs:
        if run.owner is not None:
            by_cell[run.owner].append(run)
    return {owner: _cell_text(inside, grids[owner[0]].cell_box(grids[owner[0]].cells[owner[1]]))
            for owner, inside in by_cell.items()}  # fmt: skip


def _cell_text(runs: list[Run], box: Box) -> CellText:
    if _is_vertical(runs):
        return CellText("".join(run.text for run in runs), False)
    lines = lines_of(runs)
    text = lines[0].text
    # The room a line has ends where the same inset that its cell shows on the left begins on the right.
    inset = min(max(0.0, min(line.box.left for line in lines) - box.left), 6.0)
    room = max(box.right - inset, max(line.box.right for line in lines))
    for before, after in itertools.pairwise(lines):
        text = join_lines(text, after.text, wrapped=before.box.right + _first_width(after) > room)
    last = lines[-1]
    return CellText(text, last.box.right + last.size * (1.0 if is_wide(last.text[-1]) else 0.5) > room)


def _first_width(line: Line) -> float:
    """Width of the first character of a line, nearly: lines break between characters of like width."""
    return line.size * (1.0 if is_wide(line.text[0]) else 0.5)


def _is_vertical(runs: list[Run]) -> bool:
    """True for text set downwards: single characters, each (in content order) under the one before it.

    Then content order is reading order also where the text goes on in a second column.
    """
    if len(runs) < 3 or any(len(run.text) > 2 for run in runs):
        return False
    down = sum(
        abs((before.box.left + before.box.right) - (after.box.left + after.box.right)) < before.size
        and 0.5 * before.size < after.middle - before.middle
        for before, after in itertools.pairwise(runs)
    )
    columns = len(runs) - 1 - down
    return columns <= (len(runs) - 1) // 3
