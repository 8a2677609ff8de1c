"""Data cells of one row × columns of the header → which cell stands under which column, or which may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

from parsers.tables.headers import Column, Header
from parsers.tables.rows import Piece

MOST_PLACINGS = 20_000
"""More ways to place a row than this are not tried; all its columns are then unsure."""


@dataclass(frozen=True, slots=True)
class Placing:
    """Where the cells of a row may belong.

    ``candidates`` has, for each column that has a cell, the cells that may be its own: one where the row is
    plain, several where more placings than one are possible. ``why`` says what made it unsure, "" for a plain row.
    ``certain`` is False where some placing leaves a column without any cell: then equal candidates prove nothing.
    ``is_torn``: not even blank cells prove anything, for what stood in them may be in the row above.
    """

    candidates: dict[str, tuple[Piece, ...]]
    why: str = ""
    certain: bool = True
    is_torn: bool = False


def place_by_grid(header: Header, cells: Sequence[Piece], nameless: int = 0) -> Placing:
    """Cells under the grid columns of the header, with their order as the second witness.

    A row wider than its header, and one whose order contradicts its columns, is unsure. ``nameless`` as for
    ``place_in_order``.
    """
    columns = header.columns
    if len(cells) == len(columns) and all(
        cell.first == column.first and cell.last == column.last for cell, column in zip(cells, columns, strict=True)
    ):
        return Placing({column.label.key: (cell,) for column, cell in zip(columns, cells, strict=True)})
    if any(cell.first >= header.width and not cell.blank for cell in cells):
        return place_in_order(columns, cells, nameless)
    under: dict[str, tuple[Piece, ...]] = {}
    for column in header.columns:
        here = [cell for cell in cells if cell.first <= column.last and cell.last >= column.first]
        if here:
            full = [cell for cell in here if not cell.blank]
            under[column.label.key] = tuple(full or here[:1])
    if len(cells) == len(header.columns):
        moved = [
            column.label.key
            for column, cell in zip(header.columns, cells, strict=True)
            if any(piece is not cell for piece in under.get(column.label.key, ()))
        ]
        if moved:
            by_order = {column.label.key: cell for column, cell in zip(header.columns, cells, strict=True)}
            both = {key: (*under.get(key, ()), by_order[key]) for key in by_order}
            return Placing(both, "the columns of the grid and the order of the cells disagree")
    return Placing(under, "" if all(len(here) == 1 for here in under.values()) else "several cells under one column")


def place_in_order(columns: Sequence[Column], cells: Sequence[Piece], nameless: int = 0) -> Placing:
    """Cells in the order of the columns, in every way that keeps the order and drops nothing it need not drop.

    As many cells as columns, or as many non-blank ones, have one way. With more, blank cells are dropped before
    figures are; with fewer, any column may be the empty one. Each column gets every cell that any way puts there.
    ``nameless``: so many more columns stand there, nobody knows where, so that any cell may be of one of these.
    """
    wanted = len(columns)
    full = [cell for cell in cells if not cell.blank]
    if nameless and full:
        return _place_beside(columns, cells, nameless)
    if len(cells) == wanted or len(full) == wanted:
        row = cells if len(cells) == wanted else full
        return Placing({column.label.key: (cell,) for column, cell in zip(columns, row, strict=True)})
    if not full:
        return Placing({column.label.key: (cells[0],) for column in columns} if cells else {})
    pool = list(full if len(full) > wanted else cells)
    why = f"{len(full)} figures in {len(cells)} cells for {wanted} columns"
    found = _ways_to_drop(pool, wanted, all(not cell.blank for cell in pool)) if len(pool) > wanted else None
    # Figures that begin in the row above: a line was drawn through this row, and what is blank here may stand there.
    is_whole = all(cell.own for cell in full)
    if found is None:
        return Placing({column.label.key: (cells[0], *full) for column in columns}, why, certain=False)
    placed = {column.label.key: tuple(here) for column, here in zip(columns, found, strict=True)}
    return Placing(placed, why, is_torn=not is_whole)


def _place_beside(columns: Sequence[Column], cells: Sequence[Piece], nameless: int) -> Placing:
    wanted = len(columns)
    why = f"{len(cells)} cells for {wanted} columns and {nameless} whose label was not read"
    found = _ways_to_drop(cells, wanted, True) if len(cells) == wanted + nameless else None
    if found is None:
        return Placing({column.label.key: tuple(cells) for column in columns}, why, certain=False)
    return Placing({column.label.key: tuple(here) for column, here in zip(columns, found, strict=True)}, why)


def _ways_to_drop(pool: Sequence[Piece], wanted: int, may_drop_figures: bool) -> list[list[Piece]] | None:
    if comb(len(pool), wanted) > MOST_PLACINGS:
        return None
    found: list[list[Piece]] = [[] for _ in range(wanted)]
    for kept in combinations(range(len(pool)), wanted):
        if not may_drop_figures and any(not pool[at].blank for at in set(range(len(pool))) - set(kept)):
            continue
        for column, at in enumerate(kept):
            if pool[at] not in found[column]:
                found[column].append(pool[at])
    return found
