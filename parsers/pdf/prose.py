"""Text lines between the tables → headings and paragraphs."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.document import Heading, Paragraph
from parsers.pdf.alignment import is_row_of_figures
from parsers.pdf.geometry import Box, around
from parsers.pdf.lines import Line, PlacedLine, join_lines
from parsers.pdf.tokens import is_outline

LARGER = 1.12  # times the size of the body text: a title


@dataclass(frozen=True, slots=True)
class Layout:
    """How the body text of a document is set: size of its characters, its left and right edge, step between lines."""

    size: float
    left: float
    right: float
    step: float


def layout_of(lines: Sequence[PlacedLine]) -> Layout:
    """The layout that most of the characters follow."""
    if not lines:
        return Layout(12.0, 0.0, 0.0, 18.0)
    weights: Counter[float] = Counter()
    for placed in lines:
        weights[round(placed.line.size * 2) / 2] += len(placed.line.text)
    size = weights.most_common(1)[0][0]
    body = [placed for placed in lines if abs(placed.line.size - size) <= max(0.25, 0.1 * size)]
    starts = Counter(round(placed.line.box.left / 2) * 2 for placed in body)
    often = [start for start, times in starts.items() if times >= max(1, len(body) // 12)] or list(starts)
    ends = sorted(placed.line.box.right for placed in body)
    steps = sorted(
        after.line.box.top - before.line.box.top
        for before, after in itertools.pairwise(body)
        if before.page == after.page and 0.8 * size < after.line.box.top - before.line.box.top < 4 * size
    )
    return Layout(
        size, float(min(often)), ends[(len(ends) - 1) * 9 // 10], steps[len(steps) // 2] if steps else 2 * size
    )


def blocks_of(lines: Sequence[PlacedLine], layout: Layout, first: bool) -> list[Heading | Paragraph]:
    """Lines that follow each other with no table between as headings and paragraphs.

    ``first``: nothing but titles stands before them. A paragraph begins at an indent, after a line that ends
    early, after a wider step, and where the size changes.
    """
    blocks: list[Heading | Paragraph] = []
    group: list[PlacedLine] = []
    kind = ""
    for placed in lines:
        this = _kind(placed.line, layout, first)
        first = first and this == "title"
        if group and (this != kind or this in ("outline", "row") or not _goes_on(group[-1], placed, layout, this)):
            blocks.append(_block(group, kind))
            group = []
        group.append(placed)
        kind = this
    if group:
        blocks.append(_block(group, kind))
    return blocks


def _kind(line: Line, layout: Layout, first: bool) -> str:
    if is_row_of_figures(line.text):
        return "row"
    off = abs((line.box.left + line.box.right) - (layout.left + layout.right)) / 2
    inset = min(line.box.left - layout.left, layout.right - line.box.right)
    larger = line.size > LARGER * layout.size
    # A full line is centred too, and an indented one nearly; a title is neither, unless it heads the document.
    if off < 0.5 * line.size and ((larger and (first or inset > 0.5 * line.size)) or (first and inset > 3 * line.size)):
        return "title"
    ends_early = line.box.right < layout.right - layout.size
    if ends_early and is_outline(line.text) and not line.text.rstrip().endswith(("。", "；", "，", ";")):
        return "outline"
    return "text"


def _goes_on(before: PlacedLine, after: PlacedLine, layout: Layout, kind: str) -> bool:
    if abs(before.line.size - after.line.size) > 0.15 * max(before.line.size, after.line.size):
        return False
    step = after.line.box.top - before.line.box.top
    if kind == "title":
        return before.page == after.page and step < 3 * after.line.size
    if before.page == after.page and step > 1.5 * max(layout.step, 1.2 * after.line.size):
        return False
    indented = after.line.box.left > layout.left + 1.2 * layout.size
    ended = before.line.box.right < layout.right - 2.2 * layout.size
    return not indented and not ended


def _block(group: Sequence[PlacedLine], kind: str) -> Heading | Paragraph:
    text = ""
    for placed in group:
        text = join_lines(text, placed.line.text)
    where = _box(group).where(group[0].page)
    if kind in ("text", "row"):
        return Paragraph(text, where)
    return Heading(text, 1 if kind == "title" else 2, where)


def _box(group: Sequence[PlacedLine]) -> Box:
    return around(placed.line.box for placed in group if placed.page == group[0].page)
