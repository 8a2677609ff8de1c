"""Scans of tables without ruling lines: pieces of print as they stand in columns, in doubt where more may stand."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.sight.scanning import CLEAN, DEGRADED, Pixels, Spoil, draw, grainy, scan
from parsers.pdf.columns import RIGHT, Columns
from parsers.pdf.geometry import Box
from parsers.pdf.lines import Line, PlacedLine, Run
from parsers.pdf.prose import layout_of
from parsers.pdf.tokens import Token
from parsers.readers import Reader
from parsers.report import Hints
from parsers.sight.blanks import doubtful_gaps
from parsers.sight.engine import Said
from parsers.sight.marks import joined_at_marks
from parsers.sight.open_print import lines_between
from parsers.sight.pages import see_page
from parsers.sight.print_lines import Area
from parsers.sight.rasters import Raster, rasters_of
from parsers.sight.ruling import find_ink, find_slope
from parsers.sight.sheets import see_sheet
from parsers.sight.sizes import levelled, with_sizes
from tests.parsers.seen import judged

PDF = Path(__file__).parents[1] / "documents" / "pdf"


def raster_of(pixels: Pixels) -> Raster:
    grey = np.ascontiguousarray(pixels[:, :, 0])
    return Raster(grey, 200.0, np.zeros_like(grey))


@pytest.mark.parametrize(
    ("name", "spoils", "on_a_sheet", "seed", "share"),
    [
        pytest.param("pdf10", CLEAN, 1, 1, 1.0, marks=pytest.mark.full),  # figures end on the right
        pytest.param("pdf11", DEGRADED["skew, grain"], 1, 9, 0.99, marks=pytest.mark.full),  # figures nearly touch
        ("pdf12", CLEAN, 2, 1, 0.98),  # the table goes on where the second page lies aside
        # The seal hides half of a label over a column.
        pytest.param("pdf10", DEGRADED["seal, JPEG, skew"], 1, 11, 0.9, marks=pytest.mark.full),
    ],
)
def test_a_borderless_scan_is_read(
    reader: Reader, name: str, spoils: tuple[Spoil, ...], on_a_sheet: int, seed: int, share: float
) -> None:
    file = PDF / f"{name}.pdf"
    tally = judged(file, reader.read(scan(file.read_bytes(), 200, spoils, seed, on_a_sheet), Hints()))
    assert tally.errors == []
    assert tally.share >= share


def test_the_lines_of_a_label_are_others_than_the_figures_between_them() -> None:
    ink = np.zeros((300, 900), np.uint8)
    for top in (20, 220, 260):
        for left in (40, 300, 500, 700):
            ink[top : top + 18, left : left + 50] = 255
    ink[100:124, 40:240] = ink[130:154, 60:200] = 255  # a label of two lines
    ink[118:136, 300:350] = ink[118:136, 500:550] = ink[118:136, 700:750] = 255
    found = lines_between(ink, Area(0, 0, 900, 300), 200.0)
    assert Area(40, 100, 240, 124) in found
    assert Area(60, 130, 200, 154) in found
    assert sum(area.top == 118 for area in found) == 3


def test_figures_that_fill_their_columns_are_parted_where_other_rows_are_white() -> None:
    ink = np.zeros((300, 600), np.uint8)
    for row in range(6):
        for left in (40, 300, 400):
            ink[20 + 40 * row : 38 + 40 * row, left : left + 50] = 255
    ink[20:38, 300:395] = 255  # 5 pixels from the next
    found = lines_between(ink, Area(0, 0, 600, 300), 200.0)
    assert [(area.left, area.right) for area in sorted(found) if area.top == 20] == [(40, 90), (300, 395), (400, 450)]


def test_a_page_without_ruling_lines_is_laid_level_by_its_print() -> None:
    page = list(draw((PDF / "pdf10.pdf").read_bytes(), 200))[1]
    height, width = page.shape[:2]
    for degrees in (-1.2, 0.0, 0.7):
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
        askew = np.asarray(cv2.warpAffine(page, turn, (width, height), borderValue=(255, 255, 255)), np.uint8)
        grey = np.ascontiguousarray(grainy(askew, np.random.default_rng(1))[:, :, 0])
        assert find_slope(find_ink(grey, 200.0), 200.0) == pytest.approx(-np.tan(np.radians(degrees)), abs=0.001)


def test_what_a_full_width_mark_parted_is_one_text() -> None:
    said = [Said(text, 0.99) for text in ("第二十条第", "（一）", "项", "12")]
    areas = [Area(10, 10, 110, 34), Area(124, 10, 160, 34), Area(176, 10, 200, 34), Area(230, 10, 250, 34)]
    joined = joined_at_marks(list(zip(areas, said, strict=True)))
    assert [one.text for _, one in joined] == ["第二十条第（一）项", "12"]


def test_sizes_are_told_by_chinese_and_levels_by_all() -> None:
    runs = [Run("商业企业", Box(0, 0, 36, 9), None, 10.2, 4.5), Run("12", Box(50, 1, 60, 8), None, 9.7, 4.8),
            Run("一", Box(70, 4, 79, 5), None, 1.0, 4.6)]  # fmt: skip
    assert [run.size for run in with_sizes(runs)] == [9.0, 9.0, 9.0]
    assert len({run.middle for run in levelled(runs)}) == 1


def test_a_gap_beside_a_figure_is_no_blank_where_something_faint_stands() -> None:
    grey = np.full((60, 600), 250, np.uint8)
    figures = [Area(20, 20, 70, 38), Area(500, 20, 550, 38)]
    for figure in figures:
        grey[figure.top : figure.bottom, figure.left : figure.right] = 0
    red = np.zeros_like(grey)
    assert doubtful_gaps(grey, red, figures, figures, 200.0) == []
    grey[22:36, 250:290] = 238
    gaps = doubtful_gaps(grey, red, figures, figures, 200.0)
    assert gaps
    assert all(gap.left < 250 < gap.right for gap in gaps)


def test_columns_are_found_where_the_next_page_lies_aside() -> None:
    def row(*lefts: float) -> list[Token]:
        return [Token("123", Box(left, 0, left + 15, 8), 9.0, 4.0, 12.0) for left in lefts]

    columns = Columns(((100, 120), (150, 170), (230, 250)), RIGHT, (115, 165, 245))
    moved = columns.moved_onto([row(130, 180, 260), row(130, 180)])
    assert moved is not None
    assert moved.at == (145, 195, 275)
    assert columns.moved_onto([row(130, 190, 260)]) is None
    assert columns.moved_onto([row(130, 180)]) is None


def test_lines_that_all_begin_elsewhere_have_a_layout() -> None:
    """Of a crooked copy no twelfth of the lines begins at one place: that ended in an error."""
    lines = [
        PlacedLine(Line("示例", Box(7.0 * at, 14.0 * at, 7.0 * at + 20, 14.0 * at + 10), 10.0), 1) for at in range(30)
    ]
    assert layout_of(lines).left == 0.0


@pytest.mark.full
def test_a_page_is_not_turned_for_figures_under_a_seal() -> None:
    """Page 3 of pdf01 has few lines of text as long as its figures are; those under the seal are in doubt."""
    payload = scan((PDF / "pdf01.pdf").read_bytes(), 200, DEGRADED["seal, JPEG, skew"], 100)
    sheet = list(rasters_of(payload))[2]
    assert {place.turns for _, place in see_sheet(sheet, 3, 1)} == {0}


def test_faded_figures_of_a_borderless_table_are_read_right_or_not_at_all() -> None:
    page = list(draw((PDF / "pdf12.pdf").read_bytes(), 200))[1]
    page = page[: page.shape[0] // 4]
    before = {run.text for line in see_page(raster_of(page), 1).lines for run in line.runs if run.text.isdigit()}
    faded = (255 - (255 - page.astype(np.float32)) * 0.3).astype(np.uint8)
    after = {run.text for line in see_page(raster_of(faded), 1).lines for run in line.runs if run.text.isdigit()}
    assert len(before) > 40
    assert after <= before


def test_a_seals_edge_beside_a_table_is_no_print_between_two_tables() -> None:
    """Read as "1" it stood between a row that the page break had cut and its rest."""
    payload = scan((PDF / "pdf01.pdf").read_bytes(), 200, DEGRADED["seal, JPEG, skew"], 100)
    ((seen, _),) = see_sheet(list(rasters_of(payload))[1], 2, 1)
    assert seen.page.lines == ()
    assert len(seen.lines) == 2  # still in doubt
