"""The tables of a document → one stream of rows, whichever way their cells were stated."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from parsers.document import Block, Cell, Table
from parsers.report import Status
from parsers.tables.figures import read_figure
from parsers.tables.grid import grid_of
from parsers.text import is_blank

_SECTION = re.compile(r"\s*[一二三四五六七]\s*[、.．]")


class Piece(NamedTuple):
    """A cell as it stands in one row: the columns it covers there, and whether it begins in this row.

    Where the source states no spans, a cell covers one column: its place in the order of its row.
    """

    cell: Cell
    first: int
    last: int
    own: bool = True

    @property
    def text(self) -> str:
        return self.cell.text

    @property
    def blank(self) -> bool:
        return _is_blank(self.cell.text)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its pieces from left to right, the table it stands in, and the section that table stands in."""

    pieces: tuple[Piece, ...]
    table: int
    section: int
    spans_known: bool

    @property
    def width(self) -> int:
        return self.pieces[-1].last + 1 if self.pieces else 0


def rows_of(blocks: Iterable[Block]) -> tuple[Row, ...]:
    """Blocks in reading order → every row of every table, in order."""
    rows: list[Row] = []
    section = 0
    for number, block in enumerate(blocks):
        if isinstance(block, Table):
            rows.extend(_rows_of_table(block, number, section))
        elif begins_section(block.text):
            section += 1
    return tuple(rows)


def begins_section(text: str) -> bool:
    """Whether a line is the heading of a section: such a line between two tables ends the table before it.

    >>> [begins_section(text) for text in ("三、收到和处理政府信息公开申请情况", "四 、政府信息", "（三）不予公开")]
    [True, True, False]
    """
    return _SECTION.match(text) is not None


def is_figure(piece: Piece) -> bool:
    """Whether a number, of things or of money, or a filler stands in the cell."""
    return _is_figure(piece.cell.text)


# Every form asks the same of every cell, and most cells of a report say "0" or nothing.
_is_blank = lru_cache(maxsize=4096)(is_blank)


@lru_cache(maxsize=4096)
def _is_figure(text: str) -> bool:
    found = (Status.NUMBER, Status.FILLER)
    return any(read_figure(text, unit).status in found for unit in ("10k_yuan", "count"))


def _rows_of_table(table: Table, number: int, section: int) -> list[Row]:
    if not table.spans_known:
        return [
            Row(tuple(Piece(cell, at, at) for at, cell in enumerate(cells)), number, section, False)
            for cells in table.rows
        ]
    rows = []
    for index, slots in enumerate(grid_of(table)):
        pieces: list[Piece] = []
        for column, slot in enumerate(slots):
            if slot is None:
                continue
            if pieces and pieces[-1].cell is slot.cell and pieces[-1].last == column - 1:
                pieces[-1] = Piece(slot.cell, pieces[-1].first, column, slot.row == index)
            else:
                pieces.append(Piece(slot.cell, column, column, slot.row == index))
        rows.append(Row(tuple(pieces), number, section, True))
    return rows
