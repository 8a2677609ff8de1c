"""An abridged table of Word's XML → its rows: the texts taken out put back into the shapes of their cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from parsers.word.abridge import TEXT, Abridged, AbridgedTable
from parsers.word.numbers import VAL, W, child_of
from parsers.word.tables import CellText, Doubts, ReadTable, Spans, columns_before, is_deleted, span_of, spans_of
from parsers.word.text import CELL_ENDS

PrintCell = Callable[[etree._Element], CellText]


_ROW, _CELL, _PARAGRAPH, _TEXT = f"{W}tr", f"{W}tc", f"{W}p", f"{W}t"
# '<w:tcPr><w:gridSpan w:val="3"/><w:vMerge w:val="restart"/></w:tcPr>': what most cells say of themselves.
_PLAIN_PROPERTIES = re.compile(
    rb'<w:tcPr(?: ?/>|>\s*(?:<w:gridSpan w:val="(\d{1,9})" ?/>\s*)?(<w:vMerge(?: w:val="(\w+)")? ?/>\s*)?'
    rb"(?:<w:tcBorders>\s*</w:tcBorders>\s*)?(?:<w:tcMar>\s*</w:tcMar>\s*)?</w:tcPr>)"
)


class NotAbridged(Exception):
    """An abridged part that may say something else than the whole one; that has to be parsed instead."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """What the cells of a part have in common.

    ``before`` are the columns that a row leaves out, by the number of its head; ``lines`` the counts of texts on each
    line of a shape; ``wholes`` the cells that are like no other; ``merged`` how all these are merged, by their numbers:
    the shapes from 0, the wholes from -1 down.
    """

    before: tuple[int, ...]
    lines: tuple[tuple[int, ...], ...]
    wholes: tuple[etree._Element, ...]
    merged: tuple[Spans, ...]
    tables: Mapping[etree._Element, AbridgedTable]


def shapes_in(
    root: etree._Element, abridged: Abridged, print_cell: PrintCell, numbering_styles: frozenset[str | None]
) -> Shapes:
    """The root of an abridged part → what it holds, once for all tables.

    ``numbering_styles`` are the ids of the styles that number their paragraphs, None among them if a paragraph without
    style is numbered. Raises NotAbridged where the part does not hold what ``abridged`` says of it.
    """
    *tables, last = list(root.iter(f"{W}tbl")) or [root]
    if len(tables) != len(abridged.tables) or len(root) == 0 or last is not root[-1]:
        raise NotAbridged(f"expected {len(abridged.tables)} tables and a last one, found {len(tables)}")
    *heads, row = list(last.iterchildren(_ROW)) or [last]
    cells = list(row.iterchildren(_CELL))
    shapes, wholes = cells[: len(abridged.shapes)], cells[len(abridged.shapes) :]
    found = sum(1 for _ in last.iter(_ROW, _CELL))
    expected = abridged.heads + 1 + len(abridged.shapes) + abridged.wholes
    if len(heads) != abridged.heads or len(heads) + 1 + len(cells) != expected or found != expected:
        raise NotAbridged(f"expected {abridged.heads} heads among {expected} rows and cells, found {found}")
    if any(is_deleted(cell) for cell in wholes):
        raise NotAbridged("a tracked change has deleted a cell")
    plain = list(map(_PLAIN_PROPERTIES.match, abridged.shapes))
    printing = [
        _printing_part(shape) if stated is None else shape[stated.end() :]
        for stated, shape in zip(plain, abridged.shapes, strict=True)
    ]
    lines: dict[bytes, tuple[int, ...]] = {}
    for part, cell in zip(printing, shapes, strict=True):
        if part not in lines:
            lines[part] = _lines_of(cell, print_cell, numbering_styles)
    spans = [
        spans_of(cell) if stated is None else _spans_stated(stated) for stated, cell in zip(plain, shapes, strict=True)
    ]
    return Shapes(
        tuple(map(columns_before, heads)),
        tuple(map(lines.__getitem__, printing)),
        tuple(wholes),
        (*spans, *map(spans_of, reversed(wholes))),
        {element: table for element, table in zip(tables, abridged.tables, strict=True) if table is not None},
    )


def _spans_stated(plain: re.Match[bytes]) -> Spans:
    """As ``spans_of``."""
    span, merge, down = plain.groups()
    return span_of(1 if span is None else int(span)), False, "" if merge is None else (down or b"continue").decode()


def _printing_part(shape: bytes) -> bytes:
    """What of a cell can print: all that follows its properties, where they stand first and hold no text."""
    properties, _, content = shape.partition(b"</w:tcPr>")
    begins = properties.startswith(b"<w:tcPr>") and b"<w:p" not in properties and b"<w:t>" not in properties
    return content if begins else shape


def _lines_of(shape: etree._Element, print_cell: PrintCell, numbering_styles: frozenset[str | None]) -> tuple[int, ...]:
    """How many texts stand on each line of a cell that prints them all, in their order, and nothing else."""
    for paragraph in shape.iter(_PARAGRAPH):
        style = child_of(child_of(paragraph, "pPr"), "pStyle")
        if (None if style is None else style.get(VAL)) in numbering_styles:
            raise NotAbridged("a paragraph is numbered by its style")
    texts = sum(1 for text in shape.iter(_TEXT) if text.text is not None)
    printed = print_cell(shape)
    lines = printed.text.split("\n")
    if printed.problems or "".join(lines) != TEXT * texts:
        raise NotAbridged(f"expected a cell of {texts} texts, found {printed}")
    return tuple(map(len, lines))


def read_shapes(table: AbridgedTable, shapes: Shapes, print_cell: PrintCell) -> ReadTable:
    """As ``read_rows`` of the whole table."""
    texts = _texts_of(table, shapes)
    spans = list(map(shapes.merged.__getitem__, table.cells))
    doubts: dict[int, Doubts] = {}
    if min(table.cells) < 0:
        for at, number in enumerate(table.cells):
            if number < 0:
                printed = print_cell(shapes.wholes[-1 - number])
                texts[at] = printed.text
                if printed.problems:
                    doubts[at] = printed.problems
    rows: list[tuple[int, int]] = []
    head = table.head
    for ends, next_head in enumerate(table.next_heads, 1):
        if next_head is not None:
            rows.append((shapes.before[head], ends))
            head = next_head
    return ReadTable(rows, texts, spans, doubts)


def _texts_of(table: AbridgedTable, shapes: Shapes) -> list[str]:
    """What each cell prints; of one kept whole, nothing."""
    left = iter(table.texts)
    return [
        next(left).strip(CELL_ENDS)
        if count == 1
        else _text_of(shapes.lines[number] if number >= 0 else (), [*islice(left, count)])
        if count
        else ""
        for number, count in zip(table.cells, table.counts, strict=True)
    ]


def _text_of(lines: Sequence[int], texts: Sequence[str]) -> str:
    left = iter(texts)
    printed = ("".join(islice(left, count)).strip(CELL_ENDS) for count in lines)
    return "\n".join(line for line in printed if line)
