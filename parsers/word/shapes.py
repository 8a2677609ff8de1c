"""An abridged table of Word's XML → its rows: the texts taken out put back into the shapes of their cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, repeat

from lxml import etree

from parsers.word.abridge import TEXT, Abridged, AbridgedTable
from parsers.word.numbers import VAL, W, child_of
from parsers.word.tables import CellText, ReadCell, Spans, cells_of, columns_before, rows_of, spans_of
from parsers.word.text import CELL_ENDS

PrintCell = Callable[[etree._Element], CellText]


class NotAbridged(Exception):
    """An abridged part that may say something else than the whole one; that has to be parsed instead."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """What the cells of a part have in common.

    ``before`` are the columns that a row leaves out, by the number of its head; ``shapes`` the counts of texts on each
    line, and how such a cell is merged; ``wholes`` the cells that are like no other, and how they are merged.
    """

    before: tuple[int, ...]
    shapes: tuple[tuple[tuple[int, ...], Spans], ...]
    wholes: tuple[tuple[etree._Element, Spans], ...]
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
    kept = list(last.iter())  # lxml makes the Python object of an element anew at each visit, unless one is kept
    *heads, row = rows_of(last) or [last]
    cells = cells_of(row)
    found = sum(1 for _ in last.iter(f"{W}tr", f"{W}tc"))
    expected = abridged.heads + 1 + len(abridged.shapes) + abridged.wholes
    if len(heads) != abridged.heads or len(heads) + 1 + len(cells) != expected or found != expected:
        raise NotAbridged(f"expected {abridged.heads} heads among {expected} rows and cells, found {found}")
    lines: dict[bytes, tuple[int, ...]] = {}
    shapes: list[tuple[tuple[int, ...], Spans]] = []
    for shape, cell in zip(abridged.shapes, cells, strict=False):
        printing = _printing_part(shape)
        if printing not in lines:
            lines[printing] = _lines_of(cell, print_cell, numbering_styles)
        shapes.append((lines[printing], spans_of(cell)))
    read = Shapes(
        tuple(map(columns_before, heads)),
        tuple(shapes),
        tuple((cell, spans_of(cell)) for cell in cells[len(shapes) :]),
        {element: table for element, table in zip(tables, abridged.tables, strict=True) if table is not None},
    )
    kept.clear()
    return read


def _printing_part(shape: bytes) -> bytes:
    """What of a cell can print: all that follows its properties, where they stand first and hold no text."""
    properties, _, content = shape.partition(b"</w:tcPr>")
    begins = properties.startswith(b"<w:tcPr>") and b"<w:p" not in properties and b"<w:t>" not in properties
    return content if begins else shape


def _lines_of(shape: etree._Element, print_cell: PrintCell, numbering_styles: frozenset[str | None]) -> tuple[int, ...]:
    """How many texts stand on each line of a cell that prints them all, in their order, and nothing else."""
    for paragraph in shape.iter(f"{W}p"):
        style = child_of(child_of(paragraph, "pPr"), "pStyle")
        if (None if style is None else style.get(VAL)) in numbering_styles:
            raise NotAbridged("a paragraph is numbered by its style")
    texts = sum(1 for text in shape.iter(f"{W}t") if text.text is not None)
    printed = print_cell(shape)
    lines = printed.text.split("\n")
    if printed.problems or "".join(lines) != TEXT * texts:
        raise NotAbridged(f"expected a cell of {texts} texts, found {printed}")
    return tuple(map(len, lines))


def read_shapes(table: AbridgedTable, shapes: Shapes, print_cell: PrintCell) -> Iterator[tuple[int, list[ReadCell]]]:
    """As ``read_rows`` of the whole table."""
    texts = _texts_of(table, shapes)
    if min(table.cells) < 0:
        read = [_read(number, text, shapes, print_cell) for number, text in zip(table.cells, texts, strict=True)]
    else:
        spans = [merged for _, merged in shapes.shapes]
        read = [*zip(texts, repeat(()), map(spans.__getitem__, table.cells))]
    head, begins = table.head, 0
    for ends, next_head in enumerate(table.next_heads, 1):
        if next_head is not None:
            yield shapes.before[head], read[begins:ends]
            head, begins = next_head, ends


def _read(number: int, text: str, shapes: Shapes, print_cell: PrintCell) -> ReadCell:
    if number >= 0:
        return text, (), shapes.shapes[number][1]
    cell, spans = shapes.wholes[-1 - number]
    printed = print_cell(cell)
    return printed.text, printed.problems, spans


def _texts_of(table: AbridgedTable, shapes: Shapes) -> list[str]:
    """What each cell prints; of one kept whole, nothing."""
    left = iter(table.texts)
    return [
        next(left).strip(CELL_ENDS)
        if count == 1
        else _text_of(shapes.shapes[number][0] if number >= 0 else (), [*islice(left, count)])
        if count
        else ""
        for number, count in zip(table.cells, table.counts, strict=True)
    ]


def _text_of(lines: Sequence[int], texts: Sequence[str]) -> str:
    left = iter(texts)
    printed = ("".join(islice(left, count)).strip(CELL_ENDS) for count in lines)
    return "\n".join(line for line in printed if line)
