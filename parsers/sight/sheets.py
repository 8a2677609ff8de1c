"""A sheet on its side, upside down, or with two pages on it → upright single pages, and where they lie on the sheet."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from parsers.document import Problem
from parsers.sight.engine import Grey
from parsers.sight.pages import Levelled, Seen, legibility, level, look_at
from parsers.sight.rasters import Raster

_WIDE = 1.15  # times its height: a narrower sheet holds one page
_GUTTER = 0.3  # inches without any ink between two pages
_MIDDLE = 0.12  # share of the width: how far from the middle the gutter may be
_LEGIBLE = 0.6
_CLEARLY = 0.2  # how much more legible a page must be for being turned
_SAMPLE = 10  # lines
_BOX = re.compile(r"page=(\d+)&xywh=(-?[\d.]+),(-?[\d.]+),(-?[\d.]+),(-?[\d.]+)")


class Place(NamedTuple):
    """Where a page lies: on sheet ``sheet`` (from 1), which is turned by ``turns`` quarters clockwise to be upright.

    ``left`` is the page's own left edge on the turned sheet, whose are ``width`` and ``height``, in points.
    """

    sheet: int
    turns: int
    left: float
    width: float
    height: float

    def on_sheet(self, where: str) -> str:
        """A place on the page → the same on the sheet as it came.

        >>> Place(2, 1, 0.0, 842.0, 595.0).on_sheet("page=3&xywh=100.0,50.0,20.0,10.0&confidence=0.990")
        'page=2&xywh=50.0,722.0,10.0,20.0&confidence=0.990'
        """
        return _BOX.sub(self._moved, where, count=1)

    def _moved(self, found: re.Match[str]) -> str:
        x, y, wide, high = (float(part) for part in found.groups()[1:])
        x += self.left
        if self.turns == 1:
            x, y, wide, high = y, self.width - x - wide, high, wide
        elif self.turns == 2:
            x, y = self.width - x - wide, self.height - y - high
        elif self.turns == 3:
            x, y, wide, high = self.height - y - high, x, high, wide
        return f"page={self.sheet}&xywh={x:.1f},{y:.1f},{wide:.1f},{high:.1f}"


class _Piece(NamedTuple):
    raster: Raster
    levelled: Levelled
    place: Place


def see_sheet(raster: Raster, sheet: int, first: int) -> list[tuple[Seen, Place]]:
    """The pages on a sheet, numbered from ``first`` on, each with its place; more than one on a sheet of two pages."""
    whole = level(raster)
    height, width = raster.grey.shape
    seen: list[tuple[Seen, Place]] = []
    # A page on its side is wide too, and cut in two it has too little text to tell how it lies.
    if width <= _WIDE * height or (legible := legibility(whole, _SAMPLE)) >= _LEGIBLE:
        seen = _look(_pieces(raster, whole, sheet, 0), first)
        legible = min(page.legible for page, _ in seen)
        if legible >= _LEGIBLE:
            return seen
    turned = {turns: _turned(raster, turns) for turns in (2, 1, 3)}
    levelled = {turns: level(one) for turns, one in turned.items()}
    found = {turns: legibility(one, _SAMPLE) for turns, one in levelled.items()}
    best = max(found, key=lambda turns: found[turns])
    if found[best] < legible + _CLEARLY:
        return seen or _look(_pieces(raster, whole, sheet, 0), first)
    upright = _look(_pieces(turned[best], levelled[best], sheet, best), first)
    return [(_with_note(page, place), place) for page, place in upright]


def _look(pieces: list[_Piece], first: int) -> list[tuple[Seen, Place]]:
    return [(look_at(piece.levelled, first + at), piece.place) for at, piece in enumerate(pieces)]


def _with_note(seen: Seen, place: Place) -> Seen:
    says = f"the page lay turned by {90 * (4 - place.turns) % 360} degrees and was turned back"
    note = Problem("page_turned", says, f"page={place.sheet}", "note")
    return seen._replace(page=replace(seen.page, problems=(*seen.page.problems, note)))


def _turned(raster: Raster, turns: int) -> Raster:
    """By so many quarters clockwise."""
    return raster.each(lambda picture: _quarters(picture, turns))


def _quarters(picture: Grey, turns: int) -> Grey:
    return np.ascontiguousarray(np.rot90(picture, -turns))


def _pieces(raster: Raster, whole: Levelled, sheet: int, turns: int) -> list[_Piece]:
    """The sheet whole, or its two halves where nothing is printed between them."""
    height, width = raster.grey.shape
    points = 72.0 / raster.dots
    place = Place(sheet, turns, 0.0, width * points, height * points)
    gutter = _gutter_of(whole) if width > _WIDE * height else None
    if gutter is None:
        return [_Piece(raster, whole, place)]
    halves = []
    for left, right in ((0, gutter), (gutter, width)):
        half = raster.each(partial(_columns, left=left, right=right))
        halves.append(_Piece(half, level(half), place._replace(left=left * points)))
    return halves


def _columns(picture: Grey, left: int, right: int) -> Grey:
    return np.ascontiguousarray(picture[:, left:right])


def _gutter_of(page: Levelled) -> int | None:
    """The middle of the white between two pages side by side, in pixels; None where something stands across it."""
    _, width = page.text.shape
    scale = page.dots / 72.0
    inked = np.asarray(page.text.any(axis=0), np.bool_)
    for grid in page.grids:
        inked[round(grid.box.left * scale) : round(grid.box.right * scale)] = True
    low, high = round((0.5 - _MIDDLE) * width), round((0.5 + _MIDDLE) * width)
    if not (inked[:low].any() and inked[high:].any()):
        return None
    marks = np.flatnonzero(inked)
    left, right = marks[:-1], marks[1:]
    across = (right - left > _GUTTER * page.dots) & (left < high) & (right > low)
    if not across.any():
        return None
    widest = int(np.argmax(np.where(across, right - left, 0)))
    middle = (int(left[widest]) + int(right[widest])) // 2
    return middle if low <= middle <= high else None
