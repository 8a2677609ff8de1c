"""What may stand in a cell beside the print that was found in it: red ink, or print too faint to be ink."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import cv2
import numpy as np

from parsers.pdf.cells import Grid
from parsers.sight.engine import Grey
from parsers.sight.print_lines import Area

NOT_SURE = 0.5
_SPOT = 0.02  # inches across: less than that hides no figure
_INSIDE = 0.03  # inches: what is nearer to a ruling line may be its blur
_GRAIN = 4.0  # times the paper's own unevenness
_ROWS = 4
_LEANING = 0.2  # to the side for each pixel down
_REACH = 0.25  # inches: a further digit of a figure stands nearer
_FAR = 1 << 30
_LEAST = 4.0  # of 255: no print is nearer to the paper around it and can still be seen


def hidden_cells(
    grey: Grey, red: Grey, printed: Collection[tuple[int, int] | None], grids: Sequence[Grid], dots: float
) -> dict[tuple[int, int], float]:
    """Cells (grid, number) without print that are not surely blank → how sure that is.

    Red ink is taken off with the seals, and print may be red too; toner that ran out is no darker than what
    ``find_ink`` takes for paper.
    """
    scale, least = dots / 72.0, (_SPOT * dots) ** 2
    hidden = {}
    for index, grid in enumerate(grids):
        for number, cell in enumerate(grid.cells):
            if (index, number) in printed:
                continue
            left, top, right, bottom = (round(edge * scale) for edge in grid.cell_box(cell))
            inset = round(_INSIDE * dots)
            inner = grey[top + inset : bottom - inset, left + inset : right - inset]
            if np.count_nonzero(red[top:bottom, left:right]) > least or _is_uneven(inner, least):
                hidden[index, number] = NOT_SURE
    return hidden


def goes_on(grey: Grey, line: Area, cell: Area, dots: float) -> bool:
    """Whether a line of print may go on in its cell, to the left or right, too faint to be ink."""
    inset, least = round(_INSIDE * dots), (_SPOT * dots) ** 2
    left = grey[line.top : line.bottom, cell.left + inset : line.left - inset]
    right = grey[line.top : line.bottom, line.right + inset : cell.right - inset]
    return any(beside.shape[1] >= inset and _is_uneven(beside, least) for beside in (left, right))


def rooms_beside(lines: Sequence[Area], dots: float) -> list[Area]:
    """For each line of print outside drawn cells where it may go on: as far as the next print, and not far."""
    reach = round(_REACH * dots)
    return [
        line._replace(left=max(0, line.left - reach, before), right=min(line.right + reach, behind))
        for line, (before, behind) in zip(lines, _neighbours(lines, lines), strict=True)
    ]


def doubtful_gaps(
    grey: Grey, red: Grey, figures: Sequence[Area], lines: Sequence[Area], dots: float
) -> list[Area]:  # fmt: skip
    """White beside figures outside drawn cells that is not surely white: a cell there is not surely blank."""
    if not figures:
        return []
    inset, least = round(_INSIDE * dots), (_SPOT * dots) ** 2
    first, last = min(figure.left for figure in figures), max(figure.right for figure in figures)
    found = []
    for figure, (before, behind) in zip(figures, _neighbours(figures, lines), strict=True):
        for left, right in ((max(first, before), figure.left), (figure.right, min(last, behind))):
            gap = figure._replace(left=left + inset, right=right - inset)
            if gap.width <= inset:
                continue
            inner = (slice(gap.top, gap.bottom), slice(gap.left, gap.right))
            if np.count_nonzero(red[inner]) > least or _is_uneven(grey[inner], least):
                found.append(gap)
    return found


def _neighbours(some: Sequence[Area], lines: Sequence[Area]) -> Iterator[tuple[int, int]]:
    """For each of some lines of print where the one before it ends, and where the one behind it begins."""
    lefts, tops, rights, bottoms = np.asarray(lines, np.int64).reshape(-1, 4).T
    for line in some:
        level = (tops < line.bottom) & (bottoms > line.top)
        before, behind = rights[level & (rights <= line.left)], lefts[level & (lefts >= line.right)]
        yield int(before.max(initial=0)), int(behind.min(initial=_FAR))


def is_slanted(grey: Grey, line: Area) -> bool:
    """Whether a stroke leans like a slash: the filler "/" is taken for 1 with 0.99."""
    weight = 255.0 - grey[line.top : line.bottom, line.left : line.right].astype(np.float64)
    weight = np.clip(weight - np.median(weight), 0.0, None)
    rows = weight.sum(axis=1)
    inked = rows > 0.3 * rows.max(initial=0.0)
    if np.count_nonzero(inked) < _ROWS:
        return True
    middles = (weight @ np.arange(weight.shape[1]))[inked] / rows[inked]
    return bool(abs(np.polyfit(np.flatnonzero(inked), middles, 1)[0]) > _LEANING)


def _is_uneven(paper: Grey, least: float) -> bool:
    """Whether one spot of the paper is darker than its grain makes it."""
    if not paper.size:
        return False
    smooth = np.asarray(cv2.GaussianBlur(paper, (0, 0), 2.0), np.float32)
    usual = float(np.median(smooth))
    grain = 1.4826 * float(np.median(np.abs(smooth - usual)))
    darker = (usual - smooth > max(_LEAST, _GRAIN * grain)).astype(np.uint8)
    if np.count_nonzero(darker) <= least:
        return False
    _, _, stats, _ = cv2.connectedComponentsWithStats(darker, connectivity=8)
    return bool(stats[1:, cv2.CC_STAT_AREA].max(initial=0) > least)
