"""A page's pixels → its lines and tables, each text with the place it stands at and how surely it was recognised."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np

from parsers.confidence import with_confidence_in
from parsers.document import Problem
from parsers.pdf.cells import Grid, find_grids
from parsers.pdf.geometry import Box
from parsers.pdf.lines import Run, cell_texts, lines_of
from parsers.pdf.pages import Page
from parsers.pdf.tables import Part, part_of
from parsers.sight.engine import Grey, Said, recognise
from parsers.sight.print_lines import Area, lines_between, lines_in_cell, without_specks
from parsers.sight.rasters import Raster
from parsers.sight.ruling import Ink, find_ink, find_ruling, find_slope, straightened

_LEVEL = 0.0006  # a slope that moves a page's end by a pixel
_NARROW = 60.0  # points: no table of a form is narrower
_DIGITS_OF_EM = 0.72  # height of a figure of a font of one em
_AROUND = 0.018  # inches of white left around a line
_QUITE_SURE = 0.97
_UNDER_A_SEAL = 0.5
_FIGURE = 0.09  # inches: the width of a figure
_SOME = 0.01
_SPOT = 0.02  # inches across: less red than that hides no figure
_UNKNOWN = "\ufffd"
_CHINESE = re.compile("[\u4e00-\u9fff]{2}")

Owner = tuple[int, int]


class _Found(NamedTuple):
    area: Area
    owner: Owner | None


def see_page(raster: Raster, number: int) -> Page:
    """The page (numbered from 1) as ``parsers.pdf.pages.read_page`` gives it."""
    grey, dots, red = raster
    ink = find_ink(grey, dots)
    slope = find_slope(ink, dots)
    if abs(slope) > _LEVEL:
        grey, red = straightened(grey, slope), straightened(red, slope, 0)
        ink = find_ink(grey, dots)
    ruling = find_ruling(ink, dots)
    height, width = grey.shape
    sheet = Box(0.0, 0.0, width * 72.0 / dots, height * 72.0 / dots)
    grids = [_plain(grid) for grid in find_grids(ruling.rules, sheet) if _is_table(grid)]
    text = without_specks(np.where(ruling.mask > 0, 0, ink).astype(np.uint8), dots)
    found = _lines_on(text, grids, dots)
    clean = np.where(ruling.mask > 0, 255, grey).astype(np.uint8)
    said = _seen(clean, red, found, dots)
    return _page_of(found, said, grids, _hidden(red, found, grids, dots), sheet, dots, number)


def _seen(grey: Grey, red: Grey, found: Sequence[_Found], dots: float) -> list[Said]:
    """What the lines say. Figures that are not quite sure are looked at again, with more paper around them.

    Two looks that agree are surer than either: both would have to be wrong in the same way. Where they do not agree,
    nothing is sure.
    """
    said = recognise([_cut(grey, line.area, dots) for line in found])
    again = [
        number for number, (line, one) in enumerate(zip(found, said, strict=True))
        if line.owner is not None and one.sure < _QUITE_SURE and not _CHINESE.search(one.text)
    ]  # fmt: skip
    looks = recognise([_cut(grey, found[number].area, dots, around=2.0) for number in again])
    for number, look in zip(again, looks, strict=True):
        first = said[number]
        sure = 1.0 - (1.0 - first.sure) * (1.0 - look.sure) if look.text == first.text else 0.0
        said[number] = Said(first.text, sure)
    return [
        Said(one.text, min(one.sure, _UNDER_A_SEAL))
        if line.owner is not None and _is_sealed(red, line.area, dots)
        else one
        for line, one in zip(found, said, strict=True)
    ]


def _is_sealed(red: Grey, area: Area, dots: float) -> bool:
    """Whether red ink stood so near that it may have hidden a figure of this line."""
    beside = round(_FIGURE * dots)
    near = red[area.top : area.bottom, max(0, area.left - beside) : area.right + beside]
    return bool(np.count_nonzero(near) > _SOME * near.size)


def _hidden(red: Grey, found: Sequence[_Found], grids: Sequence[Grid], dots: float) -> dict[Owner, float]:
    """Cells in which nothing was found and red ink was taken off: they are not surely blank, print may be red too."""
    printed, scale = {line.owner for line in found}, dots / 72.0
    hidden = {}
    for index, grid in enumerate(grids):
        for number, cell in enumerate(grid.cells):
            left, top, right, bottom = (round(edge * scale) for edge in grid.cell_box(cell))
            if (index, number) not in printed and np.count_nonzero(red[top:bottom, left:right]) > (_SPOT * dots) ** 2:
                hidden[index, number] = _UNDER_A_SEAL
    return hidden


def _page_of(
    found: Sequence[_Found], said: Sequence[Said], grids: Sequence[Grid], hidden: Mapping[Owner, float],
    sheet: Box, dots: float, number: int,
) -> Page:  # fmt: skip
    runs = [_run_of(line, one, dots) for line, one in zip(found, said, strict=True) if one.text or line.owner]
    sure = dict(hidden)
    for line, one in zip(found, said, strict=True):
        if line.owner is not None:
            sure[line.owner] = min(one.sure, sure.get(line.owner, 1.0))
    texts = cell_texts(runs, grids)
    parts = [_with_confidence(part_of(grid, index, texts, number), index, sure) for index, grid in enumerate(grids)]
    problems = [
        Problem("cell_outline_broken", f"{grid.broken} cells have no rectangular outline", grid.box.where(number))
        for grid in grids if grid.broken
    ]  # fmt: skip
    lines = tuple(lines_of(_of_one_size([run for run in runs if run.owner is None])))
    return Page(
        number=number, width=sheet.width, height=sheet.height, lines=lines,
        parts=tuple(sorted(parts, key=lambda part: part.box.top)), problems=tuple(problems),
        characters=sum(len(run.text) for run in runs), garbled=0, chinese=0, everyday=0, marks=1,
    )  # fmt: skip


def _of_one_size(runs: list[Run]) -> list[Run]:
    """Running text is as high as most of it: a line's own height depends on the characters that happen to be in it."""
    if not runs:
        return runs
    usual = sorted(run.size for run in runs)[len(runs) // 2]
    usual = round(2 * usual) / 2
    return [
        run._replace(size=usual if 0.7 * usual < run.size < 1.3 * usual else round(2 * run.size) / 2) for run in runs
    ]


def _is_table(grid: Grid) -> bool:
    return len(grid.cells) > 1 and grid.box.width > _NARROW


def _plain(grid: Grid) -> Grid:
    """Positions as numbers of Python, not of numpy."""
    return replace(grid, xs=tuple(map(float, grid.xs)), ys=tuple(map(float, grid.ys)))


def _lines_on(text: Ink, grids: Sequence[Grid], dots: float) -> list[_Found]:
    scale = dots / 72.0
    found: list[_Found] = []
    between = text.copy()
    for index, grid in enumerate(grids):
        left, top, right, bottom = (round(edge * scale) for edge in grid.box)
        between[max(0, top - 3) : bottom + 4, max(0, left - 3) : right + 4] = 0
        for number, cell in enumerate(grid.cells):
            area = Area(*(round(edge * scale) for edge in grid.cell_box(cell)))
            inner = Area(area.left + 1, area.top + 1, area.right - 1, area.bottom - 1)
            found += [_Found(line, (index, number)) for line in lines_in_cell(text, inner, dots)]
    height, width = text.shape
    return found + [_Found(line, None) for line in lines_between(between, Area(0, 0, width, height), dots)]


def _cut(grey: Grey, area: Area, dots: float, around: float = 1.0) -> Grey:
    room = max(2, round(around * _AROUND * dots))
    piece = grey[max(0, area.top - room) : area.bottom + room, max(0, area.left - room) : area.right + room]
    if area.bottom - area.top >= 0.05 * dots:
        return piece
    # A flat mark (一, a dash) is shown in the middle of a line of print, not blown up to fill it.
    room = round(0.06 * dots)
    return np.asarray(cv2.copyMakeBorder(piece, room, room, 0, 0, cv2.BORDER_CONSTANT, value=255), np.uint8)


def _run_of(line: _Found, said: Said, dots: float) -> Run:
    points = 72.0 / dots
    left, top, right, bottom = (edge * points for edge in line.area)
    text = said.text or _UNKNOWN
    size = (bottom - top) / (_DIGITS_OF_EM if text.isascii() else 1.0)
    return Run(text, Box(left, top, right, bottom), line.owner, max(1.0, size), (top + bottom) / 2)


def _with_confidence(part: Part, index: int, sure: Mapping[Owner, float]) -> Part:
    """The part of the grid ``index``; where nothing is printed, that is sure."""
    cells = tuple(
        cell._replace(where=with_confidence_in(cell.where, sure.get((index, number), 1.0)))
        for number, cell in enumerate(part.cells)
    )
    return replace(part, cells=cells)
