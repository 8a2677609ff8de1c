"""What the grid of a scan needs: tables that go on with the next sheet, hairlines beside print, sheets on a side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.sight.scanning import Pixels, draw
from parsers.confidence import SURE, confidence_in
from parsers.document import Table
from parsers.pdf.geometry import Box
from parsers.pdf.tables import Part, PartCell
from parsers.sight.labels import is_whole
from parsers.sight.pages import level
from parsers.sight.rasters import Raster
from parsers.sight.ruling import find_ink, find_ruling
from parsers.sight.seams import laid_under
from parsers.sight.sheets import see_sheet
from parsers.sight.story import story_of

PDF = Path(__file__).parents[1] / "documents" / "pdf"
_SURE = "page=1&xywh=1.0,1.0,9.0,9.0&confidence=0.999"
_UNSURE = "page=1&xywh=1.0,1.0,9.0,9.0&confidence=0.500"


def raster_of(pixels: Pixels) -> Raster:
    grey = np.ascontiguousarray(pixels[:, :, 0])
    return Raster(grey, 200.0, np.zeros_like(grey))


def part(*texts: str, wheres: dict[int, str] | None = None) -> Part:
    """One row, each text in a column of its own."""
    wheres = wheres or {}
    cells = tuple(PartCell(0, at, 1, 1, text, wheres.get(at, _SURE)) for at, text in enumerate(texts))
    xs = tuple(60.0 * number for number in range(len(texts) + 1))
    return Part(cells, 1, xs, Box(0.0, 0.0, xs[-1], 20.0), 1, "", False, False)


def least_sure(*parts: Part) -> float:
    return min(confidence_in(cell.where) or 0.0 for one in parts for cell in one.cells)


def test_a_row_that_the_break_cut_is_one_where_its_halves_are_one_label() -> None:
    above, below = laid_under(part("1.本", "883", "66", "314"), part("机关不掌握相关政府信息", "", "", ""))
    assert (above.open_bottom, below.open_top) == (True, True)
    assert least_sure(above, below) >= SURE


def test_a_half_that_may_hide_a_figure_leaves_the_other_in_doubt() -> None:
    rest = part("机关不掌握相关政府信息", "", "", "", wheres={2: _UNSURE})
    above, below = laid_under(part("1.本", "883", "", "314"), rest)
    sure = [[confidence_in(cell.where) for cell in one.cells] for one in (above, below)]
    assert sure[0] == sure[1] == [0.999, 0.999, 0.5, 0.999]


@pytest.mark.parametrize(
    ("upper", "lower", "sure"),
    [
        (("2.重复审请", "1", "2", "3"), ("3.要求提供公开出版物", "4", "5", "6"), True),
        (("结果维持", "结果纠正", "其他结果", "总计"), ("1", "2", "3", "6"), True),
        (("1.属于", "1", "2", "3"), ("示例事项", "", "", ""), False),
        (("主要负责同志参加", "1", "2", "3"), ("政府网站在线访谈总次数", "", "", ""), False),
        (("1.本机关不掌握相关政府信息", "1", "2", "3"), ("", "4", "", ""), False),
    ],
)
def test_rows_at_a_break_are_sure_where_each_stands_for_itself(
    upper: tuple[str, ...], lower: tuple[str, ...], sure: bool
) -> None:
    above, below = laid_under(part(*upper), part(*lower))
    assert (least_sure(above, below) >= SURE) is sure
    assert (above.open_bottom, below.open_top) == (False, False)


@pytest.mark.parametrize(
    ("printed", "whole"),
    [("2.重复审请", True), ("（四）无法提供", True), ("机关不掌握相关政府信息", False), ("保护第三方合法权", False)],
)
def test_half_a_label_is_not_whole(printed: str, whole: bool) -> None:
    assert is_whole(printed) is whole


def test_a_row_cut_by_the_page_keeps_its_figures() -> None:
    """Of pdf01 "1.本机关不掌握相关政府信息" stands in two pages: its figures were unread."""
    pages = list(draw((PDF / "pdf01.pdf").read_bytes(), 200))
    height = pages[1].shape[0]
    story = story_of([raster_of(pages[1][int(0.77 * height) :]), raster_of(pages[2][: int(0.28 * height)])])
    cells = {
        cell.text: cell for block in story.blocks if isinstance(block, Table) for row in block.rows for cell in row
    }
    assert any("本机关不掌握相关政府信息" in text for text in cells)
    assert all((confidence_in(cells[figure].where) or 0.0) >= SURE for figure in ("883", "66", "314", "2821"))


def test_hairlines_beside_much_print_are_found() -> None:
    """LibreOffice draws hairlines as light as 180 of 255: beside print they are no darker than the mean there."""
    page = list(draw((PDF / "pdf06.pdf").read_bytes(), 200))[1]
    page = np.ascontiguousarray(page[: page.shape[0] // 2])
    grey = np.ascontiguousarray(page[:, :, 0])
    faint = page.copy()
    faint[find_ruling(grey, find_ink(grey, 200.0), 200.0).mask > 0] |= 160
    before, after = ([len(grid.cells) for grid in level(raster_of(one)).grids] for one in (page, faint))
    assert before == after
    assert sum(before) > 20


@pytest.mark.full
def test_a_page_on_its_side_is_not_taken_for_two() -> None:
    """Turned, the first page of pdf02 is wide and white in the middle: its halves had too little text to be judged."""
    page = next(draw((PDF / "pdf02.pdf").read_bytes(), 200))
    ((seen, place),) = see_sheet(raster_of(np.rot90(page)), 1, 1)
    assert place.turns == 1
    assert seen.legible > 0.9


def test_uprights_of_one_row_and_those_that_a_break_cut_are_found() -> None:
    """Rows of a page of fpdf2, cut out: the last alone, and those from under a line on, where no long one goes on."""
    (_, printed, *_) = draw((PDF / "pdf08.pdf").read_bytes(), 200)
    ((page, _),) = see_sheet(raster_of(printed), 1, 1)
    whole = page.page.parts[0]
    assert (whole.rows, whole.row(17)[2].text) == (21, "5.要求行政机关确认或重新出具已获取信息")
    tops = [round(float(whole.row(row)[-1].where.split(",")[1]) / 0.36) for row in (16, 20)]

    def cut_out(first: int) -> list[list[str]]:
        sheet = np.full_like(printed, 255)
        last = round(whole.box.bottom / 0.36) + 4
        sheet[300 : 300 + last - first] = printed[first:last]
        ((seen, _),) = see_sheet(raster_of(sheet), 1, 1)
        (found,) = seen.page.parts
        return [[cell.text for cell in found.row(row)] for row in range(found.rows)]

    expected = [[cell.text for cell in whole.row(row)] for row in range(16, 21)]
    assert cut_out(tops[1] - 3) == expected[-1:]
    assert [row[2:] for row in cut_out(tops[0] + 4)] == [row[2:] for row in expected]


def test_a_section_between_two_tables_leaves_neither_in_doubt() -> None:
    """Pages 5 and 6 of docx08 as LibreOffice prints it: tables of one width, 四、… above the second."""
    printed = list(draw((PDF.parents[1] / "parsers" / "torn" / "docx08_wrapped.pdf").read_bytes(), 200))
    story = story_of([raster_of(page) for page in printed[4:6]])
    tables = [block for block in story.blocks if isinstance(block, Table)]
    last = tables[0].rows[-1]
    assert [cell.text for cell in last] == ["四、结转下年度继续办理", "821", "859", "737", "17", "383", "299", "3,116"]
    assert min(confidence_in(cell.where) or 0.0 for cell in last) >= SURE
