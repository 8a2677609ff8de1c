"""Cells of a row that is longer or shorter than its header: a figure only where every placing gives the same."""

from __future__ import annotations

from parsers.document import Cell
from parsers.forms import find_form
from parsers.tables.headers import Column
from parsers.tables.placing import place_in_order
from parsers.tables.rows import Piece

COLUMNS = tuple(Column(label, at, at, True) for at, label in enumerate(find_form("requests", "2021").column_labels()))


def pieces(*texts: str) -> tuple[Piece, ...]:
    return tuple(Piece(Cell(text), at, at) for at, text in enumerate(texts))


def candidates(*texts: str) -> list[set[str]]:
    placing = place_in_order(COLUMNS, pieces(*texts))
    return [{piece.text for piece in placing.candidates.get(column.label.key, ())} for column in COLUMNS]


def test_as_many_cells_as_columns() -> None:
    assert candidates(*"1234567") == [{figure} for figure in "1234567"]


def test_padding_around_seven_figures() -> None:
    assert candidates("", *"1234567", "") == [{figure} for figure in "1234567"]


def test_blank_cells_keep_their_place_in_a_full_row() -> None:
    assert candidates("1", "", "3", "", "", "", "7") == [{"1"}, {""}, {"3"}, {""}, {""}, {""}, {"7"}]


def test_eight_figures_that_differ_have_two_places_each() -> None:
    assert candidates(*"12345678") == [{str(n), str(n + 1)} for n in range(1, 8)]


def test_eight_equal_figures_have_one_reading() -> None:
    assert candidates(*"00000000") == [{"0"}] * 7


def test_a_short_row_places_nothing() -> None:
    placing = place_in_order(COLUMNS, pieces("0", "0", "0"))
    assert not placing.certain


def test_a_padded_sparse_row_is_unsure() -> None:
    found = candidates("", "5", "", "", "", "", "", "", "")
    assert found[0] == {"", "5"}
    assert found[6] == {""}
