"""A figure wider than its cell is one figure, in the cell where its middle is; figures of two cells stay two."""

from __future__ import annotations

import pytest

from parsers.pdf.cells import Grid, GridCell
from parsers.pdf.characters import in_columns
from parsers.pdf.lines import cell_texts
from parsers.pdf.runs import runs_of

GRID = Grid((50.0, 80.0, 100.0, 140.0), (100.0, 120.0), tuple(GridCell(0, n, 1, n + 1) for n in range(3)))


def texts(*printed: tuple[str, float]) -> list[str]:
    """Figures of 10 points, each digit 5 wide, from a left edge → the texts of the three cells."""
    placed = [
        (ord(digit), left + 5 * at, 105.0, left + 5 * at + 5, 115.0)
        for text, left in printed
        for at, digit in enumerate(text)
    ]
    found = cell_texts(runs_of(in_columns(placed), [GRID]), [GRID])
    return [found[0, number].text if (0, number) in found else "" for number in range(3)]


@pytest.mark.parametrize(
    ("left", "cells"),
    [
        (82, ["", "49446", ""]),  # from within its cell over the right edge: Chromium, 494 and 46
        (77, ["", "49446", ""]),  # set in the middle, over both edges
        (66, ["49446", "", ""]),  # its middle is in the first cell
    ],
)
def test_a_figure_over_an_edge(left: float, cells: list[str]) -> None:
    assert texts(("49446", left)) == cells


def test_the_neighbour_keeps_its_own() -> None:
    assert texts(("4944", 83), ("1499", 110)) == ["", "4944", "1499"]
    assert texts(("12", 60), ("4944", 83), ("1499", 106)) == ["12", "4944", "1499"]


def test_figures_with_padding_stay_two() -> None:
    assert texts(("12", 68), ("34", 82)) == ["12", "34", ""]
