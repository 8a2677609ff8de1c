"""Characters → runs of neighbours → text lines, and the text of a cell."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from parsers.pdf.cells import Grid
from parsers.pdf.geometry import Box, around

GAP = 0.2  # em: a wider gap is a space, if a Latin letter or digit stands on both sides
GAP_BESIDE_CJK = 0.3  # em: programs set a quarter em between Chinese and digits by themselves
GAP_BETWEEN_CJK = 0.6  # em: justified Chinese text is stretched by less
GAP_BETWEEN_FIGURES = 1.0  # em: no program sets one figure so wide
SAME_LINE = 0.45  # em: print whose middles are nearer is on one line
INSET = 6.0  # points: what stands further from the side of its cell was moved there
INSET_IN_LINE = 9.0  # points: the same where all lines of the cell begin at one place and end at several
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
    """One printed line: its text, its box, the size of its characters in points, and the runs it is made of."""

    text: str
    box: Box
    size: float
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line and the page it stands on (from 1)."""

    line: Line
    page: int


class CellText(NamedTuple):
    """What is printed in a cell. ``full``: the last line leaves no room for another such character."""

    text: str
    full: bool


def lines_of(runs: Sequence[Run]) -> list[Line]:
    """Runs gathered into lines from top to bottom, each read from left to right."""
    if len(runs) == 1:
        return [Line(runs[0].text, runs[0].box, runs[0].size, (runs[0],))]
    rows: list[list[Run]] = []
    for run in sorted(runs, key=attrgetter("middle")):
        last = rows[-1][-1] if rows else None
        if last is not None and run.middle - rows[-1][0].middle < SAME_LINE * min(run.size, last.size):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [line_of(sorted(row, key=attrgetter("box.left"))) for row in rows]


def line_of(row: Sequence[Run]) -> Line:
    """Runs of one line, from left to right, as that line."""
    if len(row) == 1:
        return Line(row[0].text, row[0].box, row[0].size, (row[0],))
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
    return Line(text, around(run.box for run in kept), longest.size, tuple(kept))


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
    if "\u2e80" <= first <= "\u9fff":  # neither digit nor Latin
        return before + after
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
    found = {}
    for owner, inside in by_cell.items():
        grid = grids[owner[0]]
        _, column, _, column_end = grid.cells[owner[1]]
        if len(inside) > 1:
            found[owner] = text_of_several(inside, grid.xs[column], grid.xs[column_end])
            continue
        text, (left, _, right, _), _, size, _ = inside[0]
        inset = left - grid.xs[column]
        room = grid.xs[column_end] - (inset if 0.0 <= inset <= INSET else 0.0 if inset < 0.0 else INSET)
        end = right + size * (1.0 if is_wide(text[-1]) else 0.5)
        found[owner] = CellText(text, end > room and end > right)
    return found


def text_of_several(runs: list[Run], cell_left: float, cell_right: float) -> CellText:
    """What two or more runs in a cell with these sides say together."""
    if len(runs) > 2 and _is_vertical(runs):
        return CellText("".join(run.text for run in runs), False)
    lines: Sequence[Line | Run] = runs if _are_lines(runs) else lines_of(runs)
    text, last = lines[0].text, lines[-1]
    # The room a line has ends where the same inset that its cell shows on the left begins on the right.
    # Figures that begin and end at one place may be set in the middle, where nothing tells it: a rest is shorter.
    lefts, rights = [line.box[0] for line in lines], [line.box[2] for line in lines]
    slack = GAP * last.size
    in_line = max(lefts) - min(lefts) < slack <= max(rights) - min(rights)
    left = max(0.0, min(lefts) - cell_left)
    inset = min(left, INSET_IN_LINE if in_line else INSET)
    room = max(cell_right - inset, *rights) + (left - inset)  # what was moved had that much more on its left
    for before, after in itertools.pairwise(lines):
        text = join_lines(text, after.text, wrapped=before.box.right + _first_width(before, after) > room)
    return CellText(text, last.box[2] + last.size * (1.0 if is_wide(last.text[-1]) else 0.5) > room)


def _are_lines(runs: list[Run]) -> bool:
    """Is each run a line of its own, in order from the top down?"""
    for before, after in itertools.pairwise(runs):
        step = after.middle - before.middle
        if step < SAME_LINE * before.size and step < SAME_LINE * after.size:
            return False
    return True


def _first_width(before: Line | Run, line: Line | Run) -> float:
    """Width of the first character of a line, nearly: figures are as wide as those ``before`` it."""
    half = 0.5 * line.size
    if before.text.isdecimal() and line.text[0].isdecimal():
        return max(half, (before.box.right - before.box.left) / len(before.text))
    return 2 * half if is_wide(line.text[0]) else half


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
