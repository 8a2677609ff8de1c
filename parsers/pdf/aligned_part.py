"""Labels, columns and rows found by alignment → a table part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from parsers.pdf.columns import Columns
from parsers.pdf.geometry import Box, around
from parsers.pdf.heads import Head
from parsers.pdf.row_labels import Told, group_cells, text_of
from parsers.pdf.tables import Part, PartCell
from parsers.pdf.tokens import Token, box_of


@dataclass(frozen=True, slots=True)
class Found:
    """``rows``: the figures of each row as printed; ``cells``: the same under the columns, None for a blank, and None
    for a row in doubt. ``told``: the labels of these rows, and of rows without any figure. ``groups``: other labels.
    """

    columns: Columns
    head: Head | None
    told: tuple[Told, ...]
    rows: Sequence[Sequence[Token]]
    cells: Sequence[Sequence[Token | None] | None]
    groups: tuple[Token, ...]


def part_of_rows(found: Found, page: int) -> Part:
    """The part on a page (from 1): label columns first, then one for each column of figures.

    The figures of a row in doubt stay together in one cell, so that none of them is placed.
    """
    groups = group_cells(found.groups)
    heights = [_height(told, found) for told in found.told]
    beside: list[list[tuple[Token, ...]]] = [[] for _ in found.told]
    for group in groups:
        middle = (group[0].middle + group[-1].middle) / 2
        nearest = min(range(len(heights)), key=lambda at: abs((heights[at].top + heights[at].bottom) / 2 - middle))
        beside[nearest].append(group)
    labels = 1 + max(map(len, beside), default=0)
    cells: list[PartCell] = []
    if found.head is not None:
        cells += _cells_of_head(found.head, found.columns, labels, page)
    row = len(found.head.rows) if found.head is not None else 0
    for told, height, texts in zip(found.told, heights, beside, strict=True):
        for at, tokens in enumerate(sorted(texts, key=lambda tokens: tokens[0].box.left)):
            cells.append(_cell(row, at, tokens, page))
        if told.tokens:
            cells.append(_cell(row, labels - 1, told.tokens, page))
        cells += _data_cells(row, labels, told, found, height, page)
        row += 1
    boxes = [*heights, *(box_of(group) for group in groups)]
    if found.head is not None:
        boxes += [box_of(label.tokens) for line in found.head.rows for label in line]
    box = around(boxes)
    xs = (box.left, *(low for low, _ in found.columns.extents), box.right)
    return Part(tuple(cells), row, xs, box, page, box.where(page), True, True, found.columns, found.head is not None)


def appended(before: Part, after: Part) -> Part:
    """A table that goes on over a page break in the same columns: one table."""
    width = max((cell.columns[1] for cell in before.cells), default=0)
    wide = max((cell.columns[1] for cell in after.cells), default=0)
    moved = tuple(cell._replace(row=cell.row + before.rows, column=cell.column + max(0, width - wide))
                  for cell in after.cells)  # fmt: skip
    return replace(before, cells=before.cells + moved, rows=before.rows + after.rows, page=after.page)


def _cell(row: int, column: int, tokens: Sequence[Token], page: int, span: int = 1) -> PartCell:
    return PartCell(row, column, 1, span, text_of(tokens), box_of(tokens).where(page))


def _cells_of_head(head: Head, columns: Columns, labels: int, page: int) -> list[PartCell]:
    cells = []
    for row, line in enumerate(head.rows):
        for label in line:
            if label in head.corner:
                cells.append(_cell(row, 0, label.tokens, page))
                continue
            token = label.tokens[0]._replace(box=box_of(label.tokens))
            under = columns.under(token) or [sum(token.centre > edge for edge in columns.edges)]
            cells.append(_cell(row, labels + under[0], label.tokens, page, len(under)))
    return cells


def _height(told: Told, found: Found) -> Box:
    tokens = [*told.tokens, *(found.rows[told.row] if told.row is not None else ())]
    return box_of(tokens)


def _data_cells(row: int, labels: int, told: Told, found: Found, height: Box, page: int) -> list[PartCell]:
    count = len(found.columns.extents)
    if told.row is None and not told.sure:
        return []
    cells = [None] * count if told.row is None else found.cells[told.row]
    if cells is None and told.row is not None:
        figures = found.rows[told.row]
        text = "\t".join(token.text for token in figures)
        return [PartCell(row, labels, 1, count, text, box_of(figures).where(page))]
    made = []
    for at, cell in enumerate(cells or ()):
        low, high = found.columns.extents[at]
        box = Box(low, height.top, high, height.bottom) if cell is None else cell.box
        made.append(PartCell(row, labels + at, 1, 1, "" if cell is None else cell.text, box.where(page)))
    return made
