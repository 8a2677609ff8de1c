"""Under a seal: ruling lines that are there are found, none is drawn where paper is seen, and no digit is lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.sight.scanning import CLEAN, Spoil, compressed, scan, skewed, stamped
from parsers.sight.engine import Said
from parsers.sight.pages import level
from parsers.sight.print_lines import Area
from parsers.sight.rasters import rasters_of
from parsers.sight.remains import remains_in

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


@pytest.mark.parametrize(
    ("right", "top", "remains"),
    [
        (160, 40, {1}),  # "265" in a wide cell: the mark under it is the seal's
        (62, 40, set()),  # the same in a cell that it fills: the mark may be its last digit
        (160, 12, set()),  # beside the figure, not under it
    ],
)
def test_an_illegible_mark_is_a_seals_only_where_the_figure_cannot_go_on(
    right: int, top: int, remains: set[int]
) -> None:
    red = np.full((80, 200), 255, np.uint8)
    lines = [Area(10, 10, 50, 28), Area(20, top, 32, top + 18)]
    said = [Said("265", 0.99), Said("_", 0.2)]
    assert remains_in(Area(0, 0, right, 70), lines, said, red, 200.0) == remains
