"""Grids of any table, honest or hostile: each cell covers its rectangle or gives way to an earlier one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.document import Cell, Table
from parsers.tables.grid import MOST_SLOTS, Slot, grid_of

HONEST = st.builds(Cell, st.text(max_size=2), st.integers(1, 4), st.integers(1, 4))
HOSTILE = st.builds(
    Cell, st.just("x"), st.sampled_from((-1, 0, 1, 2, 65_534, 10**9)), st.sampled_from((-1, 0, 1, 3, 1000, 10**9))
)


def table_of(cells: st.SearchStrategy[Cell]) -> st.SearchStrategy[Table]:
    rows = st.lists(st.lists(cells, max_size=5).map(tuple), max_size=6).map(tuple)
    return st.builds(Table, rows)


def slots_of(table: Table) -> dict[tuple[int, int], Slot]:
    return {
        (row, column): slot
        for row, slots in enumerate(grid_of(table))
        for column, slot in enumerate(slots)
        if slot is not None
    }


@given(table_of(HONEST))
@settings(max_examples=100)
def test_every_cell_has_its_place_and_covers_its_rectangle(table: Table) -> None:
    slots = slots_of(table)
    begun: dict[tuple[int, int], int] = {}
    for (row, column), slot in slots.items():
        if (slot.row, slot.column) == (row, column):
            begun[row, column] = id(slot.cell)
    # A cell that begins where it says; none is lost, and those of one row stand in their order.
    for index, cells in enumerate(table.rows):
        ordered = [slots[index, column].cell for row, column in sorted(begun) if row == index]
        assert ordered == list(cells)
    for (row, column), slot in slots.items():
        assert slot.row <= row < slot.row + slot.cell.rowspan
        assert slot.column <= column < slot.column + slot.cell.colspan
    for row, column in begun:
        cell = slots[row, column].cell
        for below in range(row, min(row + cell.rowspan, len(table.rows))):
            for across in range(column, column + cell.colspan):
                covering = slots[below, across]
                assert (covering.row, covering.column) <= (row, column) or covering.cell is cell


@given(table_of(HOSTILE))
@settings(max_examples=60)
def test_hostile_spans_are_bounded(table: Table) -> None:
    slots = slots_of(table)
    assert len(slots) <= MOST_SLOTS + 2 * 10**6
    for (row, column), slot in slots.items():
        assert slot.row <= row
        assert slot.column <= column
