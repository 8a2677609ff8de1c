"""Blocks → blocks for readers of prose: rows of a table that hold one text over the whole width are lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from parsers.document import Block, Cell, Paragraph, Table
from parsers.text import is_blank


def unfold_prose(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Blocks with such rows taken out of their tables as paragraphs, in place.

    A spreadsheet saved as a page (LibreOffice Calc) prints the title, the prose and the signature as rows of the
    one grid that holds the forms too. Where spans are not known, no row is known to be of one cell.
    """
    return tuple(
        part
        for block in blocks
        for part in (_parts_of(block) if isinstance(block, Table) and block.spans_known else (block,))
    )


def _parts_of(table: Table) -> Iterator[Block]:
    for is_line, rows in groupby(table.rows, key=_is_line):
        if is_line:
            yield from (Paragraph(cell.text, cell.where) for row in rows for cell in row if not is_blank(cell.text))
        else:
            yield Table(tuple(rows), table.where)


def _is_line(row: tuple[Cell, ...]) -> bool:
    """One cell that prints something, and nothing beside it but the blank rest of a sheet."""
    full = [cell for cell in row if not is_blank(cell.text)]
    return len(full) == 1 and full[0].rowspan == 1 and (len(row) == 1 or (full[0].colspan > 1 and full[0] is row[0]))
