"""A page's pixels → its slope, and the ruling lines on it as a PDF would draw them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.pdf.rules import Rules, Segment
from parsers.sight.engine import Grey
from parsers.sight.seals import lines_under_seals

Ink = NDArray[np.uint8]
"""Height × width; 255 where something is printed, 0 elsewhere."""

_WINDOW = 0.2  # inches: what is darker than the mean around it is ink
_DARKER = 12  # of 255
_PIECE = 0.22  # inches: no stroke of a character of 14 points is as long and straight
_ALONG = 0.025  # inches along a line that are taken together against the grain
_HAIRLINE = 0.02  # inches
_FAINTEST = 12  # of 255
_THICK = 0.06  # inches: thicker is no line
_LONG = 0.7  # inches: a shorter piece is a line only where it meets one that crosses it, else a stroke (一, 1)
_NEAR = 0.03  # inches
_GAP = 0.2  # inches by which a line may be torn
_STROKE = 0.13  # inches: the longest stroke of a character of 10 points
_SLOPE_FROM = 1.0  # inches: so long a line shows how the page lies
_WORDS = 0.12  # inches: characters of one line are nearer
_STRAIGHT = 0.001
_TALL = 0.2  # inches: no line of print is taller
_STEEPEST = 0.09  # 5 degrees
_ONE_ROW = (0.09, 0.25)  # inches from line to line of a table of one row: its uprights are as short as strokes
_SEVERAL = 2

_Box = tuple[int, int, int, int]  # left, top, width, height


class Ruling(NamedTuple):
    """``rules`` in points; ``mask`` is where the lines are."""

    rules: Rules
    mask: Ink


def find_ink(grey: Grey, dots: float) -> Ink:
    """Pixels → those darker than what is around them. ``dots`` to the inch."""
    window = int(_WINDOW * dots) | 1
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)  # grain of paper and camera is no ink
    return _ink(cv2.adaptiveThreshold(smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, _DARKER))


def find_slope(ink: Ink, dots: float) -> float:
    """How far the level lines rise or fall: pixels down for each to the right; lines of print where none is drawn; 0.0
    without a long one."""
    drawn = _slope_of(_straight(_whole(ink), int(_PIECE * dots), upright=False), _THICK * dots, dots)
    if drawn is not None:
        return drawn
    joined = _ink(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, int(_WORDS * dots)), np.uint8)))
    slope = _slope_of(joined, _TALL * dots, dots)
    # Figures at the end of a line of Chinese stand a pixel lower or higher than it.
    return slope if slope is not None and abs(slope) > _STRAIGHT else 0.0


def _slope_of(lines: Ink, thick: float, dots: float) -> float | None:
    """The median slope of long lines no thicker than so many pixels, each counted by its length; None for no line."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
    slopes, lengths = [], []
    for number in sorted(range(1, count), key=lambda one: -stats[one, cv2.CC_STAT_WIDTH])[:30]:
        left, top, width, height, _ = stats[number]
        if width < _SLOPE_FROM * dots or height > _STEEPEST * width + thick:
            continue
        ys, xs = np.nonzero(labels[top : top + height, left : left + width] == number)
        slopes.append(float(np.polyfit(xs, ys, 1)[0]))
        lengths.append(int(width))
    if not slopes:
        return None
    order = np.argsort(slopes)
    reached = np.cumsum(np.asarray(lengths)[order])
    return slopes[int(order[np.searchsorted(reached, reached[-1] / 2)])]


def straightened(grey: Grey, slope: float, beyond: int = 255) -> Grey:
    """The page turned so that lines of this slope are level; ``beyond`` its edges."""
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(np.degrees(np.arctan(slope))), 1.0)
    return _ink(cv2.warpAffine(grey, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=beyond))


def find_ruling(grey: Grey, ink: Ink, dots: float, red: Ink | None = None) -> Ruling:
    """A level page and its ink → its ruling lines; those that a seal interrupts (``red`` ink) go on under it."""
    points = 72.0 / dots
    dark = (_whole(ink | _thin(grey, dots, upright=False)), _whole(ink | _thin(grey, dots, upright=True)))
    level, upright = (
        _pieces(_straight(dark[way], int(_PIECE * dots), upright=way), dots, way) for way in (False, True)
    )
    level = _crossing(level, upright, dots, upright=False)
    upright = _ended(_crossing(upright, level, dots, upright=True), level.mask(), dots)
    short = _in_one_row(level, upright.mask(), dark[True], dots)
    across = [Segment((top + height / 2) * points, left * points, (left + width) * points)
              for left, top, width, height in level.boxes.values()]  # fmt: skip
    down = [Segment((left + width / 2) * points, top * points, (top + height) * points)
            for left, top, width, height in (*upright.boxes.values(), *short)]  # fmt: skip
    mask = level.mask() | upright.mask()
    for left, top, width, height in short:
        mask[top : top + height, left : left + width] = 255
    if red is not None:
        more_across, more_down = lines_under_seals(across, down, dark, red, dots)
        for at, start, end in more_across:
            cv2.line(mask, _pixel(start, at, dots), _pixel(end, at, dots), 255, 2)
        for at, start, end in more_down:
            cv2.line(mask, _pixel(at, start, dots), _pixel(at, end, dots), 255, 2)
        across, down = across + more_across, down + more_down
    return Ruling(Rules(horizontal=across, vertical=down), _ink(cv2.dilate(mask, np.ones((5, 5), np.uint8))))


def _pixel(x: float, y: float, dots: float) -> tuple[int, int]:
    """A point of a page → its pixel."""
    return round(x * dots / 72.0), round(y * dots / 72.0)


class _Pieces(NamedTuple):
    """Straight pieces of one direction: each pixel's piece, and the pieces' left, top, width and height."""

    labels: NDArray[np.int32]
    labelled: int
    boxes: dict[int, _Box]

    def mask(self) -> Ink:
        kept = np.zeros(self.labelled, np.uint8)
        kept[list(self.boxes)] = 255
        return np.asarray(kept[self.labels], np.uint8)


def _pieces(straight: Ink, dots: float, upright: bool) -> _Pieces:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(straight, connectivity=8)
    boxes = {}
    for number, (left, top, width, height, area) in enumerate(stats.tolist()):
        length, thick = (height, width) if upright else (width, height)
        if number and area <= _THICK * dots * length and thick <= 3 * _THICK * dots:
            boxes[number] = (left, top, width, height)
    return _Pieces(np.asarray(labels, np.int32), count, boxes)


def _crossing(pieces: _Pieces, others: _Pieces, dots: float, upright: bool) -> _Pieces:
    """Without short pieces that do not go from one line of the other direction to another, nor on a long line's way.

    The strokes of two characters and the line between their rows (十, 内) make a piece that meets that one alone. Where
    a page break has cut a table, long uprights end in nothing, at one height, and short ones beside them.
    """
    crossed, near, gap = others.mask(), max(2, round(_NEAR * dots)), round(_GAP * dots)
    long = {number: box for number, box in pieces.boxes.items() if max(box[2:]) >= _LONG * dots}
    ways = pieces._replace(boxes=long).mask()
    if upright:
        _draw_cuts(crossed, list(long.values()), near)
    boxes = {
        number: box for number, box in pieces.boxes.items()
        if number in long or _goes_on(ways, box, gap, upright) or _ends_meet(crossed, box, near, upright)
    }  # fmt: skip
    return pieces._replace(boxes=boxes)


def _draw_cuts(crossed: Ink, uprights: Sequence[_Box], near: int) -> None:
    """Draws a line where several uprights end together, from the first of them to the last."""
    for ends in ([top for _, top, _, _ in uprights], [top + height for _, top, _, height in uprights]):
        for end in ends:
            together = [box for box, other in zip(uprights, ends, strict=True) if abs(other - end) <= near // 2]
            if len(together) >= _SEVERAL:
                crossed[end : end + 1, min(box[0] for box in together) : max(box[0] for box in together)] = 255


def _in_one_row(level: _Pieces, upright: Ink, ink: Ink, dots: float) -> list[_Box]:
    """Uprights of tables of one row: ink all the way from one level line to the next, where no long upright is."""
    found: list[_Box] = []
    lines = sorted(level.boxes.values(), key=lambda box: box[1])
    for (left, top, width, height), below in pairwise(box for box in lines if box[2] >= _LONG * dots):
        first, last = top + height, below[1]
        alike = abs(left - below[0]) + abs(left + width - below[0] - below[2]) < _NEAR * dots
        if not alike or not _ONE_ROW[0] * dots < last - first < _ONE_ROW[1] * dots:
            continue
        if upright[first:last, left : left + width].any():
            continue
        start = max(0, left - 2)
        filled = np.flatnonzero(ink[first:last, start : left + width + 2].all(axis=0)) + start
        stretches = np.split(filled, np.flatnonzero(np.diff(filled) > 1) + 1) if len(filled) else []
        boxes = [(int(one[0]), top, len(one), below[1] + below[3] - top) for one in stretches]
        if len(boxes) > _SEVERAL and all(box[2] <= _THICK * dots for box in boxes):
            found += boxes
    return found


def _ended(uprights: _Pieces, level: Ink, dots: float) -> _Pieces:
    """Uprights without the stroke of a character that goes on where a line ends: they end at the last level line."""
    boxes = {}
    for number, (left, top, width, height) in uprights.boxes.items():
        met = np.flatnonzero(level[top : top + height, max(0, left - 2) : left + width + 3].any(axis=1))
        first, last = (int(met[0]), int(met[-1]) + 1) if len(met) else (0, height)
        first = first if first < _STROKE * dots else 0
        last = last if height - last < _STROKE * dots else height
        boxes[number] = (left, top + first, width, last - first)
    return uprights._replace(boxes=boxes)


def _goes_on(ways: Ink, box: _Box, gap: int, upright: bool) -> bool:
    """Whether a long line goes on right behind or before the piece."""
    left, top, width, height = box
    wide, high = (1, gap) if upright else (gap, 1)
    near = ways[max(0, top - high) : top + height + high, max(0, left - wide) : left + width + wide]
    return bool(near.any())


def _ends_meet(crossed: Ink, box: _Box, near: int, upright: bool) -> bool:
    left, top, width, height = box
    ends = ((left, top), (left, top + height) if upright else (left + width, top))
    wide, high = (width, 0) if upright else (0, height)
    return all(
        crossed[max(0, y - near) : y + high + near + 1, max(0, x - near) : x + wide + near + 1].any() for x, y in ends
    )


def _thin(grey: Grey, dots: float, *, upright: bool) -> Ink:
    """What is darker than all of the paper beside it: a hairline is no ink where much print stands around it.

    A stroke of a character has others near it on one side at least.
    """
    along, beside = max(3, round(_ALONG * dots)), max(2, round(_HAIRLINE * dots))
    across = 0 if upright else 1
    smooth = np.asarray(cv2.blur(grey, (along, 1) if across else (1, along)), np.uint8)
    darkest = np.asarray(cv2.erode(smooth, np.ones((3, 1) if across else (1, 3), np.uint8)), np.uint8)
    thin = np.zeros_like(grey)
    if across:
        paper = cv2.min(darkest[: -2 * beside], darkest[2 * beside :])
        thin[beside:-beside] = cv2.subtract(paper, smooth[beside:-beside])
    else:
        paper = cv2.min(darkest[:, : -2 * beside], darkest[:, 2 * beside :])
        thin[:, beside:-beside] = cv2.subtract(paper, smooth[:, beside:-beside])
    dark = cv2.threshold(thin, _FAINTEST, 255, cv2.THRESH_BINARY)[1]
    return _ink(cv2.erode(dark, np.ones((1, along) if across else (along, 1), np.uint8)))


def _whole(ink: Ink) -> Ink:
    """Gaps of a pixel or two in a line closed."""
    return _ink(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)))


def _straight(ink: Ink, length: int, *, upright: bool) -> Ink:
    """What goes on for ``length`` pixels in one direction."""
    return _ink(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((length, 1) if upright else (1, length), np.uint8)))


def _ink(picture: Any) -> Ink:
    return np.asarray(picture, np.uint8)
