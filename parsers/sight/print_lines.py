"""Ink inside one cell → the printed lines, each a rectangle of pixels; what lines are cut out with."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.sight.ruling import Ink

FLAT = 0.035  # inches: lower is a stroke like 一, a hyphen, or the mark under a character
_LINE = 0.12  # inches from one line of 8 points to the next
_TALL = 0.20  # inches: no line of print in a table is taller
_SPECK = 0.012  # inches across


class Area(NamedTuple):
    """Pixels, half-open."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top


def without_specks(ink: Ink, dots: float) -> Ink:
    """Ink without what is smaller than the point of a decimal fraction."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    most = max(2.0, (_SPECK * dots) ** 2)
    kept = np.where(stats[:, cv2.CC_STAT_AREA] >= most, 255, 0).astype(np.uint8)
    kept[:1] = 0
    return kept[labels] if count > 1 else ink


def lines_in_cell(ink: Ink, cell: Area, dots: float) -> list[Area]:
    """The lines of a cell, from the top down; specks beside them are left out, a speck alone is not."""
    bands = [part for band in bands_of(ink, cell, dots) for part in _parted(ink, band, dots)]
    lines = [line for band in bands if (line := closed(ink, band)) is not None]
    printed = [line for line in lines if max(line.right - line.left, line.bottom - line.top) >= FLAT * dots]
    return printed or lines


def bands_of(ink: Ink, area: Area, dots: float) -> list[Area]:
    """Stretches of rows with ink in them; flat ones are joined to the neighbour they belong to."""
    dark = np.flatnonzero(ink[area.top : area.bottom, area.left : area.right].any(axis=1))
    bands: list[tuple[int, int]] = []
    for first, last in stretches_of(dark, 0):
        before = bands[-1] if bands else None
        if before is not None:
            flat = min(before[1] - before[0], last - first) < FLAT * dots
            near = first - before[1] < 1.5 * FLAT * dots
            if flat and near and last - before[0] < _TALL * dots:
                bands[-1] = (before[0], last)
                continue
        bands.append((first, last))
    return [Area(area.left, area.top + first, area.right, area.top + last) for first, last in bands]


def _parted(ink: Ink, band: Area, dots: float) -> list[Area]:
    """A band too tall for one line, of lines whose blur meets, parted where it has least ink."""
    lines = round(band.height / (_LINE * dots))
    if band.height <= _TALL * dots or lines < 2:
        return [band]
    rows = np.count_nonzero(ink[band.top : band.bottom, band.left : band.right], axis=1)
    reach = round(_LINE * dots / 3)
    cuts = [band.top]
    for number in range(1, lines):
        about = round(number * band.height / lines)
        least = about - reach + int(np.argmin(rows[about - reach : about + reach]))
        cuts.append(band.top + least)
    cuts.append(band.bottom)
    return [band._replace(top=top, bottom=bottom) for top, bottom in pairwise(cuts)]


def stretches_of(dark: NDArray[np.intp], gap: int) -> list[tuple[int, int]]:
    """Ascending positions → half-open stretches; up to ``gap`` missing ones do not part them."""
    if not len(dark):
        return []
    cuts = np.flatnonzero(np.diff(dark) > gap + 1)
    firsts = np.concatenate(([dark[0]], dark[cuts + 1]))
    lasts = np.concatenate((dark[cuts], [dark[-1]])) + 1
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


def closed(ink: Ink, band: Area) -> Area | None:
    """The band cut to its ink."""
    inside = ink[band.top : band.bottom, band.left : band.right]
    columns, rows = np.flatnonzero(inside.any(axis=0)), np.flatnonzero(inside.any(axis=1))
    if not len(columns):
        return None
    return Area(
        band.left + int(columns[0]), band.top + int(rows[0]),
        band.left + int(columns[-1]) + 1, band.top + int(rows[-1]) + 1,
    )  # fmt: skip
