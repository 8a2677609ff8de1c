"""Under a seal: ruling lines that are there are found, none is drawn where paper is seen, and no digit is lost."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.sight.scanning import CLEAN, Spoil, compressed, penned, scan, skewed, stamped
from parsers.reading import read_documents
from parsers.report import Hints, Status
from parsers.sight.engine import Said, recognise
from parsers.sight.looking import Line, cut_out, look_at_lines
from parsers.sight.pages import level
from parsers.sight.print_lines import Area
from parsers.sight.rasters import rasters_of
from parsers.sight.remains import remains_in
from parsers.sight.seeing import see

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


def test_more_ink_than_the_figure_needs_leaves_it_in_doubt() -> None:
    """torn/659_pen.png: a cell of tests/documents/pdf/pdf07.pdf at 200 dots an inch, and a pen's stroke through 659."""
    grey = np.asarray(Image.open(Path(__file__).parent / "torn" / "659_pen.png"))
    line = Area(12, 12, 70, 30)
    (seen,) = recognise([cut_out(grey, line, 200.0)])
    assert (seen.text, seen.sure > 0.9) == ("9", True)
    (said,) = look_at_lines(grey, np.zeros_like(grey), [Line(line, line, True)], 200.0)
    assert said.sure <= 0.5


def test_a_pens_strokes_give_no_wrong_figure() -> None:
    payload = (PDF / "pdf07.pdf").read_bytes()
    truth = json.loads((PDF / "pdf07.json").read_text("utf-8"))["cells"]
    (report,) = read_documents((see(scan(payload, 200, (penned,), 4)),), Hints())
    read = {value.key: value for value in report.values if value.status is not Status.UNREAD}
    assert len(read) > 0.8 * len(truth)
    for key, value in read.items():
        printed = truth[key]["value"]
        assert value.value == (None if printed is None else Decimal(str(printed))), key
        assert value.status.value == truth[key]["status"], key
