"""A page's pixels → its lines and tables, each text with the place it stands at and how surely it was recognised."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import compress
from typing import NamedTuple

import numpy as np

from parsers.confidence import with_confidence_in
from parsers.document import Problem
from parsers.pdf.cells import Grid, find_grids
from parsers.pdf.figures import is_figure
from parsers.pdf.geometry import Box
from parsers.pdf.lines import Run, cell_texts, lines_of
from parsers.pdf.pages import Page
from parsers.pdf.tables import Part, part_of
from parsers.sight.blanks import NOT_SURE, doubtful_gaps, hidden_cells, rooms_beside
from parsers.sight.engine import Grey, Said, recognise
from parsers.sight.looking import Line, cut_out, look_at_lines
from parsers.sight.marks import joined_at_marks
from parsers.sight.open_print import lines_between
from parsers.sight.print_lines import Area, lines_in_cell, without_specks
from parsers.sight.rasters import Raster
from parsers.sight.remains import is_remains, remains_in
from parsers.sight.ruling import Ink, find_ink, find_ruling, find_slope, straightened
from parsers.sight.sizes import levelled, with_sizes

_LEVEL = 0.0006  # a slope that moves a page's end by a pixel
_NARROW = 60.0  # points: no table of a form is narrower
_DIGITS_OF_EM = 0.72  # height of a figure of a font of one em
_INK_OF_EM = 0.9  # height of a line of Chinese
_BESIDE_INK = 0.05  # em that a character is wider than its ink, on each side
_BESIDE_ONE = 0.15  # the same of a 1, which is as wide as other figures: in a cell it tells what room is left
_LEGIBLE = 0.6
_LONG_LINE = 2.2  # heights
_LONG = 0.25  # inches
_FEW_LINES = 4
_UNKNOWN = "\ufffd"
_THIN = 0.5  # heights: a 1, or a piece of a ring
_ILLEGIBLE = 0.2
_CHARACTER = 0.09  # inches: the least of a font of 8 points
_CHINESE_ONE = re.compile("[\u4e00-\u9fff]")
_CHINESE = re.compile("[\u4e00-\u9fff]{2}")

Owner = tuple[int, int]


class _Found(NamedTuple):
    area: Area
    owner: Owner | None


class Levelled(NamedTuple):
    """A page laid level before anything is recognised: pixels without its rulings, ``text`` the ink left, its grids."""

    grey: Grey
    red: Grey
    text: Ink
    grids: Sequence[Grid]
    found: Sequence[_Found]
    dots: float


class Seen(NamedTuple):
    """``lines``: boxes of print outside drawn cells, each with how surely it was recognised.

    ``legible``: of the width of its lines of text, the share that was recognised as Chinese; 1.0 with next to no text.
    """

    page: Page
    lines: tuple[tuple[Box, float], ...]
    legible: float


def see_page(raster: Raster, number: int) -> Page:
    """The page (numbered from 1) as ``parsers.pdf.pages.read_page`` gives it."""
    return look_at(level(raster), number).page


def level(raster: Raster) -> Levelled:
    """A page's pixels → laid level, its rulings found, its lines of print to be recognised."""
    grey, dots, red, sealed = raster
    ink = find_ink(grey, dots)
    slope = find_slope(ink, dots)
    if abs(slope) > _LEVEL:
        grey, red = straightened(grey, slope), straightened(red, slope, 0)
        sealed = None if sealed is None else straightened(sealed, slope)
        ink = find_ink(grey, dots)
    # Under a seal a grey line is hardly darker than paper once the seal is taken off.
    ruling = find_ruling(grey if sealed is None else sealed, ink, dots, None if sealed is None else red)
    grids = [_plain(grid) for grid in find_grids(ruling.rules, _sheet(grey, dots)) if _is_table(grid)]
    # Beside a dark line faint print is no darker than the mean: the line is taken off before the print is looked for.
    clean = np.where(ruling.mask > 0, np.uint8(np.median(grey)), grey)
    text = without_specks(np.where(ruling.mask > 0, 0, find_ink(clean, dots)).astype(np.uint8), dots)
    return Levelled(clean, red, text, grids, _lines_on(text, grids, dots), dots)


def look_at(page: Levelled, number: int) -> Seen:
    """Everything on the page recognised; ``number`` from 1."""
    grey, red, _, grids, _, dots = page
    found, said = _joined(*_without_remains(page, _seen(page)))
    doubtful = hidden_cells(grey, red, {line.owner for line in found}, grids, dots)
    between = [(line.area, one) for line, one in zip(found, said, strict=True) if line.owner is None]
    figures = [area for area, one in between if is_figure(one.text)]
    gaps = doubtful_gaps(grey, red, figures, [area for area, _ in between], dots)
    points = 72.0 / dots
    lines = tuple(
        (Box(*(edge * points for edge in area)), sure)
        for area, sure in [*((area, one.sure) for area, one in between), *((gap, NOT_SURE) for gap in gaps)]
    )
    printed = [line.owner is not None or not _is_nothing(line.area, one, red, dots)
               for line, one in zip(found, said, strict=True)]  # fmt: skip
    found, said = list(compress(found, printed)), list(compress(said, printed))
    read = _page_of(found, said, grids, doubtful, _sheet(grey, dots), dots, number)
    return Seen(read, lines, _legible(found, said, dots))


def _is_nothing(line: Area, said: Said, red: Grey, dots: float) -> bool:
    """Whether print outside cells is left of a seal: a thin stroke of its ring, or a mark that nobody can read.

    What is left out stays in doubt: no blank cell is found where it stands.
    """
    is_character = _CHINESE_ONE.search(said.text) is not None and min(line.width, line.height) > _CHARACTER * dots
    is_mark = line.width < _THIN * line.height or said.sure < _ILLEGIBLE
    return not is_character and is_remains(line, Said("", said.sure) if is_mark else said, red)


def legibility(page: Levelled, most: int) -> float:
    """``Seen.legible`` by the ``most`` longest lines alone."""
    longest = sorted(page.found, key=lambda line: -_length(line.area))[:most]
    return _legible(longest, recognise([cut_out(page.grey, line.area, page.dots) for line in longest]), page.dots)


def _legible(found: Sequence[_Found], said: Sequence[Said], dots: float) -> float:
    """Figures say nothing: they look like others upside down. A line of a page on its side is tall, and no text."""
    texts = [
        (_length(area), one.sure > _LEGIBLE and area.height < area.width)
        for (area, _), one in zip(found, said, strict=True)
        if _length(area) > max(_LONG_LINE * min(area.height, area.width), _LONG * dots)
        and (_CHINESE.search(one.text) is not None or one.sure <= _LEGIBLE or area.height > area.width)
        and (area.height > area.width or not is_figure(one.text))
    ]
    if len(texts) < _FEW_LINES:
        return 1.0
    return sum(length for length, is_text in texts if is_text) / sum(length for length, _ in texts)


def _length(area: Area) -> int:
    return max(area.width, area.height)


def _sheet(grey: Grey, dots: float) -> Box:
    height, width = grey.shape
    return Box(0.0, 0.0, width * 72.0 / dots, height * 72.0 / dots)


def _seen(page: Levelled) -> list[Said]:
    between = [line.area for line in page.found if line.owner is None]
    rooms = iter(rooms_beside(between, page.dots))
    lines = [
        Line(line.area, next(rooms), in_cell=False)
        if line.owner is None
        else Line(line.area, _area_of(page.grids, line.owner, page.dots), in_cell=True)
        for line in page.found
    ]
    return look_at_lines(page.grey, page.red, lines, page.dots)


def _without_remains(page: Levelled, said: Sequence[Said]) -> tuple[list[_Found], list[Said]]:
    """Lines and what they say, without what is left of a seal's edge beside the print of a cell: nobody can read it."""
    cells: dict[Owner, list[int]] = defaultdict(list)
    for number, line in enumerate(page.found):
        if line.owner is not None:
            cells[line.owner].append(number)
    dropped: set[int] = set()
    for owner, numbers in cells.items():
        if len(numbers) > 1:
            lines, words = [page.found[number].area for number in numbers], [said[number] for number in numbers]
            found = remains_in(_area_of(page.grids, owner, page.dots), lines, words, page.red, page.dots)
            dropped |= {numbers[at] for at in found}
    kept = [number for number in range(len(said)) if number not in dropped]
    return [page.found[number] for number in kept], [said[number] for number in kept]


def _joined(found: Sequence[_Found], said: Sequence[Said]) -> tuple[list[_Found], list[Said]]:
    """Lines and what they say, pieces outside drawn cells joined where one text was cut at a mark of its own."""
    inside = [(line, one) for line, one in zip(found, said, strict=True) if line.owner is not None]
    between = [(line.area, one) for line, one in zip(found, said, strict=True) if line.owner is None]
    whole = inside + [(_Found(area, None), one) for area, one in joined_at_marks(between)]
    return [line for line, _ in whole], [one for _, one in whole]


def _area_of(grids: Sequence[Grid], owner: Owner, dots: float) -> Area:
    grid = grids[owner[0]]
    return Area(*(round(edge * dots / 72.0) for edge in grid.cell_box(grid.cells[owner[1]])))


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
    lines = tuple(lines_of(levelled(with_sizes([run for run in runs if run.owner is None]))))
    return Page(
        number=number, width=sheet.width, height=sheet.height, lines=lines,
        parts=tuple(sorted(parts, key=lambda part: part.box.top)), problems=tuple(problems),
        characters=sum(len(run.text) for run in runs), garbled=0, chinese=0, everyday=0, marks=1,
    )  # fmt: skip


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
        for number in range(len(grid.cells)):
            area = _area_of(grids, (index, number), dots)
            inner = Area(area.left + 1, area.top + 1, area.right - 1, area.bottom - 1)
            found += [_Found(line, (index, number)) for line in lines_in_cell(text, inner, dots)]
    height, width = text.shape
    return found + [_Found(line, None) for line in lines_between(between, Area(0, 0, width, height), dots)]


def _run_of(line: _Found, said: Said, dots: float) -> Run:
    points = 72.0 / dots
    left, top, right, bottom = (edge * points for edge in line.area)
    text = said.text or _UNKNOWN
    size = max(1.0, (bottom - top) / (_DIGITS_OF_EM if text.isascii() else _INK_OF_EM))
    before, behind = (
        size * (_BESIDE_ONE if text[at] == "1" and line.owner is not None else _BESIDE_INK) for at in (0, -1)
    )
    return Run(text, Box(left - before, top, right + behind, bottom), line.owner, size, (top + bottom) / 2)


def _with_confidence(part: Part, index: int, sure: Mapping[Owner, float]) -> Part:
    """The part of the grid ``index``; where nothing is printed, that is sure."""
    cells = tuple(
        cell._replace(where=with_confidence_in(cell.where, sure.get((index, number), 1.0)))
        for number, cell in enumerate(part.cells)
    )
    return replace(part, cells=cells)
