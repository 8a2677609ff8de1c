"""Sheets of pixels, and pages that were read between them → blocks in reading order, as of one document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from parsers.confidence import confidence_in, with_confidence_in
from parsers.document import Block, Cell, Problem, Table
from parsers.pdf.geometry import Box
from parsers.pdf.pages import Page
from parsers.pdf.story import blocks_of_pages
from parsers.pdf.tables import Part
from parsers.sight.labels import nearest_label, with_labels
from parsers.sight.rasters import Raster
from parsers.sight.seams import laid_under, with_sure_beginning
from parsers.sight.sheets import Place, see_sheet
from parsers.tables.rows import begins_section

_WHERE = re.compile(r"page=(\d+)&xywh=([-\d.]+),([-\d.]+),([-\d.]+),([-\d.]+)")
_Lines = Mapping[int, Sequence[tuple[Box, float]]]


class Story(NamedTuple):
    """``seen``: the sheets (from 1) that were recognised; ``characters`` of print on all; ``legible`` as of ``Seen``,
    of the least legible sheet."""

    blocks: tuple[Block, ...]
    problems: tuple[Problem, ...]
    seen: tuple[int, ...]
    characters: int
    legible: float


def story_of(sheets: Iterable[Raster | Page]) -> Story:
    """Sheets in order, pixels to be seen or pages that were read → their blocks; tables are joined across pages.

    Each cell that was seen says in ``where`` how surely, each place is one on the sheet as it came.
    """
    pages: list[Page] = []
    lines: dict[int, Sequence[tuple[Box, float]]] = {}
    places: dict[int, Place] = {}
    legible = 1.0
    for sheet, found in enumerate(sheets, start=1):
        if isinstance(found, Page):
            pages.append(_numbered(found, len(pages) + 1))
            places[len(pages)] = Place(sheet, 0, 0.0, found.width, found.height)
            continue
        for seen, place in see_sheet(found, sheet, len(pages) + 1):
            pages.append(seen.page)
            lines[len(pages)], places[len(pages)] = seen.lines, place
            legible = min(legible, seen.legible)
    blocks, doubts = blocks_of_pages(_laid_alike(pages, lines), nearest_label)
    sure = with_labels([_sure(block, lines) for block in blocks])
    return Story(
        blocks=tuple(_placed(block, places) for block in sure),
        problems=tuple(replace(doubt, where=_on_sheet(doubt.where, places)) for doubt in doubts),
        seen=tuple(dict.fromkeys(places[number].sheet for number in lines)),
        characters=sum(page.characters for page in pages),
        legible=legible,
    )


def _numbered(page: Page, number: int) -> Page:
    """A page that was read, under another number where sheets before it held two."""
    if page.number == number:
        return page
    old, new = f"page={page.number}&", f"page={number}&"
    parts = tuple(
        replace(
            part,
            page=number,
            where=part.where.replace(old, new),
            cells=tuple(cell._replace(where=cell.where.replace(old, new)) for cell in part.cells),
        )
        for part in page.parts
    )
    return replace(page, number=number, parts=parts)


def _laid_alike(pages: Sequence[Page], seen: _Lines) -> list[Page]:
    """The pages with the first table of each laid under the last one of the page before, where both are of one width.

    Two sheets never lie alike on the glass; whether a table goes on is told by its columns (``parsers.pdf.joins``).
    """
    laid: list[Page] = []
    for page in pages:
        above = max(laid[-1].parts, key=lambda part: part.box.bottom, default=None) if laid else None
        first = min(page.parts, key=lambda part: part.box.top, default=None)
        if page.number in seen:
            may_go_on = above is not None and first is not None and not _has_heading(laid[-1], above, page, first)
            rest = tuple(part if part is first and may_go_on else with_sure_beginning(part) for part in page.parts)
            page = replace(page, parts=rest)
            if above is not None and first is not None and may_go_on:
                upper, lower = laid_under(above, first)
                laid[-1] = _with_part(laid[-1], above, upper)
                page = _with_part(page, first, lower)
        laid.append(page)
    return laid


def _has_heading(page: Page, above: Part, next_page: Page, below: Part) -> bool:
    """Whether a section begins between two tables: then no row goes on from the one to the other."""
    between = [line.text for line in page.lines if line.box.top >= above.box.bottom]
    between += [line.text for line in next_page.lines if line.box.bottom <= below.box.top]
    return any(begins_section(text) for text in between)


def _with_part(page: Page, old: Part, new: Part) -> Page:
    return replace(page, parts=tuple(new if part is old else part for part in page.parts))


def _sure(block: Block, lines: _Lines) -> Block:
    """The cells of tables without ruling lines are made of lines of print: they are as sure as these."""
    if not isinstance(block, Table):
        return block
    return replace(block, rows=tuple(tuple(_cell_sure(cell, lines) for cell in row) for row in block.rows))


def _cell_sure(cell: Cell, lines: _Lines) -> Cell:
    if confidence_in(cell.where) is not None:
        return cell
    found = _WHERE.match(cell.where)
    if found is None:
        return cell
    number, (left, top, wide, high) = int(found[1]), map(float, found.groups()[1:])
    if number not in lines:
        return cell  # of a page that was read
    box = Box(left, top, left + max(wide, 0.1), top + max(high, 0.1))
    sure = min((sure for line, sure in lines[number] if line.overlap(box) > 0), default=0.0 if cell.text else 1.0)
    return cell._replace(where=with_confidence_in(cell.where, sure))


def _placed(block: Block, places: Mapping[int, Place]) -> Block:
    if not isinstance(block, Table):
        return replace(block, where=_on_sheet(block.where, places))
    rows = tuple(
        tuple(cell._replace(where=_on_sheet(cell.where, places)) for cell in row) for row in block.rows
    )  # fmt: skip
    return replace(block, rows=rows, where=_on_sheet(block.where, places))


def _on_sheet(where: str, places: Mapping[int, Place]) -> str:
    found = _WHERE.match(where)
    return where if found is None else places[int(found[1])].on_sheet(where)
