"""Seals on a page → where they are, and the ruling lines that go on under them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import ceil
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.pdf.rules import Segment

_Mask = NDArray[np.uint8]

_SEAL = 0.5  # inches
_COARSE = 8  # pixels
_ONE_LINE = 1.5  # points: nearer pieces are of one line
_BEYOND = 60.0  # points before and behind a seal, where pieces miss the lines that they would have met
_BESIDE = 2  # pixels to either side of a line on which it may lie
_NEAR = 4.0  # points from one piece of a line to the next
_SEEN = 0.3  # of a piece that are beside the seal's own strokes
_TORN = 0.1  # of those that may be pale: no stroke of a character goes from one line to the next


def seals_of(red: _Mask, dots: float) -> list[tuple[float, float, float, float]]:
    """Left, top, right, bottom of what is red and as large as a seal, in points."""
    small = cv2.resize(red, None, fx=1 / _COARSE, fy=1 / _COARSE, interpolation=cv2.INTER_AREA)
    near = cv2.dilate(cv2.threshold(small, 0, 255, cv2.THRESH_BINARY)[1], np.ones((5, 5), np.uint8))
    points = _COARSE * 72.0 / dots
    _, _, stats, _ = cv2.connectedComponentsWithStats(near, connectivity=8)
    return [
        (left * points, top * points, (left + width) * points, (top + height) * points)
        for left, top, width, height, _ in stats[1:].tolist()
        if min(width, height) * points > 72.0 * _SEAL
    ]


def lines_under_seals(
    level: Sequence[Segment], upright: Sequence[Segment], ink: tuple[_Mask, _Mask], red: _Mask, dots: float
) -> tuple[list[Segment], list[Segment]]:
    """Level and upright lines → their pieces under the seals that are missing. ``ink``: where a level line, and where
    an upright one, may be drawn; ``red``: what hides them.

    A piece from one crossing line to the next is there if it is dark wherever the seal lets it be seen, or if it is
    hidden and lies between two pieces of its line.
    """
    across, down = list(level), list(upright)
    for left, top, right, bottom in seals_of(red, dots):
        for _ in range(2):  # a line that is found shows where others end
            across += _pieces_under(across, down, _Seal(left, right, top, bottom), ink[0], red, dots)
            down += _pieces_under(down, across, _Seal(top, bottom, left, right), ink[1].T, red.T, dots)
    return across[len(level) :], down[len(upright) :]


class _Seal(NamedTuple):
    """Its extent along the lines, and across them, in points."""

    start: float
    end: float
    least: float
    most: float


def _pieces_under(
    lines: Sequence[Segment], crossing: Sequence[Segment], seal: _Seal, ink: _Mask, red: _Mask, dots: float
) -> list[Segment]:
    """Pieces that are missing of lines that pass a seal. The masks have the lines along their rows."""
    found: list[Segment] = []
    for at in _places(line.at for line in lines if seal.least < line.at < seal.most):
        own = [line for line in lines if abs(line.at - at) < _ONE_LINE]
        stops = _places(one.at for one in crossing if one.start - _ONE_LINE < at < one.end + _ONE_LINE)
        pieces = [
            Segment(at, first, last)
            for first, last in pairwise(stops)
            if first < seal.end + _BEYOND and last > seal.start - _BEYOND
        ]
        hidden: dict[bool, list[Segment]] = {True: [], False: []}
        for forward in (True, False):  # from one that is there to the next
            for piece in pieces if forward else reversed(pieces):
                if _is_there(own, piece) or not _goes_on([*own, *hidden[forward]], piece, forward):
                    continue
                is_dark = _is_dark(piece, ink, red, dots)
                if is_dark is None:
                    hidden[forward].append(piece)
                elif is_dark:
                    own.append(piece)
                    found.append(piece)
        found += [piece for piece in hidden[True] if piece in hidden[False]]
    return found


def _goes_on(own: Sequence[Segment], piece: Segment, forward: bool) -> bool:
    """Whether another piece of its line ends where it begins, or begins where it ends: the columns of the next table
    are others."""
    if forward:
        return any(line.start < piece.start < line.end + _NEAR for line in own)
    return any(line.start - _NEAR < piece.end < line.end for line in own)


def _places(found: Iterable[float]) -> list[float]:
    """Positions in order, those of one line once."""
    places: list[float] = []
    for at in sorted(found):
        if not places or at - places[-1] > _ONE_LINE:
            places.append(at)
    return places


def _is_there(own: Sequence[Segment], piece: Segment) -> bool:
    return any(line.start - _ONE_LINE <= piece.start and line.end + _ONE_LINE >= piece.end for line in own)


def _is_dark(piece: Segment, ink: _Mask, red: _Mask, dots: float) -> bool | None:
    """Whether a piece is dark where it can be seen; None where too little of it can."""
    at, first, last = (round(place * dots / 72.0) for place in piece)
    rows, columns = slice(max(0, at - _BESIDE), at + _BESIDE + 1), slice(first + _BESIDE, last - _BESIDE)
    seen = red[rows, columns].max(axis=0, initial=0) == 0
    dark = ink[rows, columns].max(axis=0, initial=0) > 0
    visible = int(np.count_nonzero(seen))
    if visible <= _SEEN * seen.size:
        return None
    return visible - int(np.count_nonzero(dark & seen)) <= ceil(_TORN * visible)
