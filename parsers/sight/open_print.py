"""Ink outside drawn tables → its printed lines; where print stands in columns, each line in pieces as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, takewhile

import numpy as np
from numpy.typing import NDArray

from parsers.sight.print_lines import FLAT, Area, bands_of, closed, stretches_of
from parsers.sight.ruling import Ink

_APART = 0.2  # inches of white between two pieces of print that stand side by side: an em and a half
_COLUMNS = 0.5  # heights of a line: white between two columns of a table; between "1" and "1" there is less
_NARROW = 4.0  # heights: as wide as a figure
_ROW = 3  # narrow pieces: a line of prose seldom has so many
_SQUARE = (0.8, 1.25)  # times its height: one figure is narrower, two are wider
_FLATTEST = 0.5  # heights
_LINES = 1.6  # heights: taller holds more than one line
_ONE = 1.15  # heights: no two lines are as near
_WHOLE = 0.85
_NEAR = 0.6  # inches from a row of figures to the labels over it, and from a row to the next
_SEEN = 0.22  # heights: white that can be told from that between two digits, or hardly
_MOST = 0.6  # of the rows of a table are white between two columns
_SEVERAL = 3
_DEEPEST = 6


def lines_between(ink: Ink, page: Area, dots: float) -> list[Area]:
    """The lines of print, from the top down; parted where more than a column's gap is white.

    Beside rows of figures that gap is narrow, and the lines of one label are others than those of the next one.
    """
    bands = bands_of(ink, page, dots)
    if not bands:
        return []
    heights = [band.height for band in bands]
    usual = float(np.median([height for height in heights if height > 0.06 * dots] or heights))
    rows = [band for band in bands if _is_row(ink, band, usual)]
    tables = _near_each_other(rows, dots)
    found: list[Area] = []
    for band in bands:
        table = next((one for one in tables if _is_near(band, one, dots)), None)
        if table is not None:
            found += _in_columns(ink, band, table, usual, dots)
        else:
            found += _beside_each_other(ink, band, int(_APART * dots))
    return [line for line in found if max(line.width, line.height) >= FLAT * dots]


def _beside_each_other(ink: Ink, area: Area, gap: int) -> list[Area]:
    dark = np.flatnonzero(ink[area.top : area.bottom, area.left : area.right].any(axis=0))
    parts = [
        area._replace(left=area.left + first, right=area.left + last) for first, last in stretches_of(dark, gap)
    ]  # fmt: skip
    return [part for one in parts if (part := closed(ink, one)) is not None]


def _is_row(ink: Ink, band: Area, usual: float) -> bool:
    """Whether several pieces as narrow as figures stand in a band.

    On a page that lies on its side a band holds characters of many lines, which are as wide as they are high, or their
    commas.
    """
    parts = [
        part for part in _beside_each_other(ink, band, _gap(band, usual))
        if part.width < _NARROW * usual and part.height < _LINES * usual
    ]  # fmt: skip
    square = sum(_SQUARE[0] < part.width / part.height < _SQUARE[1] for part in parts)
    return band.height > _FLATTEST * usual and len(parts) - square >= _ROW and square <= len(parts) / 2


def _near_each_other(rows: Sequence[Area], dots: float) -> list[list[Area]]:
    tables: list[list[Area]] = []
    for row in rows:
        if tables and row.top - tables[-1][-1].bottom < _NEAR * dots:
            tables[-1].append(row)
        else:
            tables.append([row])
    return tables


def _is_near(band: Area, rows: Sequence[Area], dots: float) -> bool:
    return rows[0].top - band.bottom < _NEAR * dots and band.top - rows[-1].bottom < _NEAR * dots


def _in_columns(ink: Ink, band: Area, rows: Sequence[Area], usual: float, dots: float) -> list[Area]:
    """A band cut by turns between columns and between lines, as long as white goes through."""
    waiting = [band]
    for _ in range(_DEEPEST):
        parts = [
            part for area in waiting for line in _lines_of(ink, area, usual, dots)
            for part in _beside_each_other(ink, line, _gap(line, usual))
        ]  # fmt: skip
        if parts == waiting:
            break
        waiting = parts
    if band.height > _LINES * usual and max(part.height for part in waiting) > _WHOLE * band.height:
        return _beside_each_other(ink, band, int(_APART * dots))  # one line of larger type
    white = _white_between(ink, rows, usual)
    return [piece for part in waiting for piece in _cut_between(ink, part, white, usual)]


def _lines_of(ink: Ink, area: Area, usual: float, dots: float) -> list[Area]:
    """The lines of a piece of print; what is no higher than one is one: the strokes of 二 and 三 lie apart."""
    lines: list[Area] = []
    for band in bands_of(ink, area, dots):
        if lines and band.bottom - lines[-1].top <= _ONE * usual:
            lines[-1] = lines[-1]._replace(bottom=band.bottom)
        else:
            lines.append(band)
    return lines


def _gap(line: Area, usual: float) -> int:
    return int(_COLUMNS * min(usual, line.height))


def _white_between(ink: Ink, rows: Sequence[Area], usual: float) -> NDArray[np.bool_]:
    """For each column of pixels whether it stands in white between two columns, in most rows; right of labels."""
    white, lefts = np.zeros(ink.shape[1], np.intp), []
    for row in rows:
        parts = _beside_each_other(ink, row, _gap(row, usual))
        white += 1
        for part in parts:
            white[part.left : part.right] -= 1
        figures = list(takewhile(lambda part: part.width < _NARROW * usual, reversed(parts)))
        lefts += [figures[-1].left] if figures else []
    between = white >= max(_SEVERAL, _MOST * len(rows))
    between[: int(np.median(lefts) - 2 * usual) if lefts else len(white)] = False
    return between


def _cut_between(ink: Ink, part: Area, white: NDArray[np.bool_], usual: float) -> list[Area]:
    """A piece cut where it has a little white and most other rows have much: figures that fill their columns."""
    dark = np.flatnonzero(ink[part.top : part.bottom, part.left : part.right].any(axis=0)) + part.left
    stretches = stretches_of(dark, int(_SEEN * usual))
    cuts = [part.left]
    for (_, before), (after, _) in pairwise(stretches):
        if white[before:after].any():
            cuts.append((before + after) // 2)
    pieces = [part._replace(left=left, right=right) for left, right in pairwise([*cuts, part.right])]
    return [piece for one in pieces if (piece := closed(ink, one)) is not None]
