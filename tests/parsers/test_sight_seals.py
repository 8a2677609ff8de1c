"""Ruling lines under a seal: those that are there are found, and none is drawn where paper is seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.sight.scanning import CLEAN, Spoil, compressed, scan, skewed, stamped
from parsers.sight.pages import level
from parsers.sight.rasters import rasters_of

PDF = Path(__file__).parents[1] / "documents" / "pdf"


def cells_on(file: str, page: int, spoils: tuple[Spoil, ...], seed: int) -> list[tuple[int, int, int, int]]:
    """The cells of the tables on a page (from 0) of a scan: rows and columns that they span."""
    sheets = list(rasters_of(scan((PDF / file).read_bytes(), 200, spoils, seed)))
    return [cell for grid in level(sheets[page]).grids for cell in grid.cells]


@pytest.mark.parametrize(
    ("file", "page", "spoils", "seed"),
    [
        # The seal's ring crosses a line between two columns, and the row of a band that has one cell.
        ("pdf02.pdf", 0, (stamped, compressed), 0),
        # It hides most of a line, askew on the page.
        ("pdf01.pdf", 3, (stamped, skewed, compressed), 3),
    ],
)
def test_a_seal_neither_hides_nor_draws_a_line(file: str, page: int, spoils: tuple[Spoil, ...], seed: int) -> None:
    assert cells_on(file, page, spoils, seed) == cells_on(file, page, CLEAN, seed)
