"""The lines and tables of all pages → blocks in reading order, tables and paragraphs joined across pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest

from parsers.document import Block, Problem
from parsers.pdf.alignment import doubts_of, with_aligned
from parsers.pdf.furniture import without_furniture
from parsers.pdf.joins import joined_parts, with_overhang
from parsers.pdf.lines import PlacedLine
from parsers.pdf.pages import Page
from parsers.pdf.prose import Layout, blocks_of, layout_of
from parsers.pdf.tables import Part, table_of


def blocks_of_pages(
    pages: Sequence[Page], meant: Callable[[str], str] = str
) -> tuple[tuple[Block, ...], tuple[Problem, ...]]:
    """Pages in order → headings, paragraphs and tables, and what is doubtful about lines, tables and pages.

    ``meant``: as of ``with_aligned``.
    """
    stream = with_aligned(_joined(_stream(pages)), meant)
    lines = [item for item in stream if isinstance(item, PlacedLine)]
    doubts = (*doubts_of(stream), *(problem for page in pages for problem in page.problems))
    return _blocks_of(stream, layout_of(lines)), doubts


def _blocks_of(stream: Sequence[PlacedLine | Part], layout: Layout) -> tuple[Block, ...]:
    blocks: list[Block] = []
    waiting: list[PlacedLine] = []
    for item in stream:
        if isinstance(item, PlacedLine):
            waiting.append(item)
            continue
        blocks += _prose(waiting, layout, first=not blocks)
        waiting = []
        blocks.append(table_of(item))
    return (*blocks, *_prose(waiting, layout, first=not blocks))


def _prose(lines: Sequence[PlacedLine], layout: Layout, first: bool) -> Sequence[Block]:
    return blocks_of(lines, layout, first) if lines else ()


def _stream(pages: Sequence[Page]) -> list[PlacedLine | Part]:
    """Lines and table parts of all pages in reading order, page numbers and the like left out."""
    lines = without_furniture([page.lines for page in pages], [page.height for page in pages])
    stream: list[PlacedLine | Part] = []
    for page, kept in zip(pages, lines, strict=True):
        items: list[tuple[float, PlacedLine | Part]] = [(line.box.top, PlacedLine(line, page.number)) for line in kept]
        items += [(part.box.top, part) for part in page.parts]
        stream += [item for _, item in sorted(items, key=lambda pair: pair[0])]
    return stream


def _joined(stream: Sequence[PlacedLine | Part]) -> list[PlacedLine | Part]:
    joined: list[PlacedLine | Part] = []
    for item, after in zip_longest(stream, stream[1:]):
        last = joined[-1] if joined else None
        if (
            isinstance(last, Part)
            and isinstance(item, PlacedLine)
            and isinstance(after, Part)
            and (longer := with_overhang(last, item, after)) is not None
        ):
            joined[-1] = longer
            continue
        if isinstance(item, Part) and isinstance(last, Part) and (whole := joined_parts(last, item)) is not None:
            joined[-1] = whole
        else:
            joined.append(item)
    return joined
