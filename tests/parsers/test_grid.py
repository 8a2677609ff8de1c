"""The table model of HTML: spans, holes and overlaps."""

from __future__ import annotations

from parsers.document import Cell, Table
from parsers.tables.grid import grid_of


def texts(*rows: list[Cell]) -> list[list[str | None]]:
    grid = grid_of(Table(tuple(tuple(row) for row in rows)))
    return [[slot.cell.text if slot is not None else None for slot in row] for row in grid]


def test_spans_cover_what_they_say() -> None:
    assert texts([Cell("a", rowspan=2), Cell("b", colspan=2)], [Cell("c"), Cell("d")]) == [
        ["a", "b", "b"],
        ["a", "c", "d"],
    ]


def test_a_rowspan_past_the_end_stops_at_the_end() -> None:
    assert texts([Cell("a", rowspan=9), Cell("b")]) == [["a", "b"]]


def test_an_overlap_leaves_the_earlier_cell() -> None:
    assert texts([Cell("a"), Cell("b", rowspan=2)], [Cell("c", colspan=2), Cell("d")]) == [
        ["a", "b"],
        ["c", "b", "d"],
    ]


def test_a_short_row_ends_where_it_ends() -> None:
    assert texts([Cell("a"), Cell("b")], [Cell("c")]) == [["a", "b"], ["c"]]


def test_absurd_spans_are_cut_off() -> None:
    rows = tuple((Cell("x", rowspan=1000, colspan=1000),) for _ in range(1000))
    assert sum(len(row) for row in grid_of(Table(rows))) <= 400_000
