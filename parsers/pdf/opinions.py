"""Cells whose text is in doubt, as a second program reads them: both readings are said, none replaces the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from parsers.document import Problem
from parsers.errors import DocumentError
from parsers.pdf.geometry import Box
from parsers.pdf.pages import Page, is_garbled
from parsers.pdf.tables import PartCell
from parsers.text import fold

MOST_PAGES = 8  # the second program takes ten times as long
_DOUBTFUL = re.compile(r"\d[\t\n]\d")  # figures that stand apart in one cell
_WHERE = re.compile(r"xywh=([-\d.]+),([-\d.]+),([-\d.]+),([-\d.]+)$")


def second_opinions(payload: bytes, pages: Sequence[Page]) -> list[Problem]:
    """Pages as pdfium reads them → for each doubtful cell that pdfminer reads otherwise, both readings."""
    doubtful = {page.number: cells for page in pages if (cells := list(_doubtful_cells(page)))}
    if not doubtful:
        return []
    from parsers.pdf import miner  # half as long to load as a report takes to read, and seldom wanted

    looked = sorted(doubtful)[:MOST_PAGES]
    try:
        others = miner.read_pages(payload, frozenset(looked))
    except DocumentError as error:
        return [
            Problem("second_opinion", f"doubtful cells could not be read by {miner.NAME}: {error.says}", "", "note")
        ]
    return [
        Problem("second_opinion", f"pdfium reads {cell.text!r}, {miner.NAME} reads {read!r}", cell.where)
        for page in others
        for cell in doubtful[page.number]
        if (read := _text_at(page, cell)) is not None and fold(read) != fold(cell.text)
    ]


def _doubtful_cells(page: Page) -> Iterator[PartCell]:
    if not page.garbled and all(problem.code != "several_figures_in_cell" for problem in page.problems):
        return
    for part in page.parts:
        for cell in part.cells:
            if _DOUBTFUL.search(cell.text) or is_garbled(cell.text):
                yield cell


def _text_at(page: Page, cell: PartCell) -> str | None:
    """What the page has in the cell that lies over this one; None where it draws no such cell."""
    box = _box_of(cell)
    there = [other for part in page.parts for other in part.cells]
    over = max(there, key=lambda other: _box_of(other).overlap(box), default=None)
    if over is None or _box_of(over).overlap(box) < 0.8 * box.width * box.height:
        return None
    return over.text


def _box_of(cell: PartCell) -> Box:
    found = _WHERE.search(cell.where)
    if found is None:
        raise ValueError(f"expected a box in {cell.where!r}")
    left, top, width, height = map(float, found.groups())
    return Box(left, top, left + width, top + height)
