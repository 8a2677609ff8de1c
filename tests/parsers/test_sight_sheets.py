"""Sheets that lie turned or hold two pages, documents of which only a part is pictures, print that is hardly there."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from benchmarks.sight.scanning import CLEAN, Pixels, draw, scan, turned
from parsers import readers
from parsers.child import Child
from parsers.confidence import SURE, confidence_in
from parsers.pdf.geometry import Box
from parsers.readers import Reader
from parsers.report import Hints, State, Status
from parsers.sight.pages import see_page
from parsers.sight.rasters import Raster
from parsers.sight.ruling import find_ink, find_ruling
from parsers.sight.sheets import Place, see_sheet
from tests.parsers.seen import judged

DOCUMENTS = Path(__file__).parents[1] / "documents"
ONE_PAGE = DOCUMENTS / "pdf" / "pdf07.pdf"
TWO_PAGES = DOCUMENTS / "pdf" / "pdf08.pdf"


def raster_of(pixels: Pixels) -> Raster:
    grey = np.ascontiguousarray(pixels[:, :, 0])
    return Raster(grey, 200.0, np.zeros_like(grey))


def as_png(pixels: Pixels) -> bytes:
    kept = io.BytesIO()
    Image.fromarray(pixels).save(kept, "PNG")
    return kept.getvalue()


def test_a_page_on_its_side_is_turned_back_and_its_cells_are_where_the_sheet_has_them() -> None:
    page = next(draw(ONE_PAGE.read_bytes(), 200))
    page = page[: page.shape[0] // 4]
    ((upright, _),) = see_sheet(raster_of(page), 1, 1)
    ((seen, place),) = see_sheet(raster_of(np.rot90(page)), 1, 1)
    assert place.turns == 1
    assert [problem.code for problem in seen.page.problems] == ["page_turned"]
    cells, expected = ([cell for part in one.page.parts for cell in part.cells] for one in (seen, upright))
    assert [cell.text for cell in cells] == [cell.text for cell in expected]
    assert len([cell for cell in cells if cell.text.isdigit()]) > 5


@pytest.mark.full
def test_two_pages_on_a_sheet_that_lies_on_its_side_are_read_in_order(reader: Reader) -> None:
    payload = scan(TWO_PAGES.read_bytes(), 200, (turned,), 0, on_a_sheet=2)
    (report,) = reader.read(payload, Hints())
    tally = judged(TWO_PAGES, (report,))
    assert tally.errors == []
    assert tally.share >= 0.99
    assert "page_turned" in {problem.code for problem in report.problems}
    assert {check.state for check in report.checks} <= {State.HOLDS, State.UNKNOWN}
    width, height = pypdfium2.PdfDocument(payload)[0].get_size()
    places = [value.where for value in report.values if value.status is Status.NUMBER]
    assert all(where.startswith("page=1&xywh=") for where in places)
    for where in places:
        x, y, wide, high = (float(part) for part in where.split("&")[1].removeprefix("xywh=").split(","))
        assert -1 <= x <= x + wide <= width + 1
        assert -1 <= y <= y + high <= height + 1


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_place_on_a_turned_page_is_where_the_sheet_has_it(turns: int) -> None:
    sheet = np.zeros((300, 200), np.uint8)
    upright = np.rot90(sheet, -turns).copy()
    upright[40:60, 30:100] = 255
    height, width = upright.shape
    place = Place(3, turns, 0.0, float(width), float(height))
    found = place.on_sheet(Box(30.0, 40.0, 100.0, 60.0).where(7) + "&confidence=0.950")
    rows, columns = np.nonzero(np.rot90(upright, turns))
    left, top, wide, high = columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1
    assert found == f"page=3&xywh={left:.1f},{top:.1f},{wide:.1f},{high:.1f}&confidence=0.950"


def test_a_page_is_not_turned_for_its_figures() -> None:
    """A page of the middle of a table has hardly any text but figures, which look alike upside down."""
    page = list(draw((DOCUMENTS / "pdf" / "pdf02.pdf").read_bytes(), 200))[2]
    ((seen, place),) = see_sheet(raster_of(page[: page.shape[0] // 3]), 1, 1)
    assert place.turns == 0
    assert seen.legible > 0.9


def test_pages_with_a_text_of_their_own_are_read_and_the_others_seen(reader: Reader) -> None:
    scanned = pypdfium2.PdfDocument(scan(TWO_PAGES.read_bytes(), 200, CLEAN, 1))
    mixed = pypdfium2.PdfDocument.new()
    mixed.import_pages(pypdfium2.PdfDocument(TWO_PAGES.read_bytes()), [0])
    mixed.import_pages(scanned, [1])
    kept = io.BytesIO()
    mixed.save(kept)
    (report,) = reader.read(kept.getvalue(), Hints())
    tally = judged(TWO_PAGES, (report,))
    assert (tally.errors, tally.share) == ([], 1.0)
    sure = {value.where.partition("&")[0]: confidence_in(value.where) for value in report.values}
    assert sure["page=1"] is None
    assert (sure["page=2"] or 0.0) > 0.9
    assert [problem.says[:10] for problem in report.problems if problem.code == "recognised"] == ["page 2 was"]


def page_with(pictures: list[bytes]) -> bytes:
    shown = [f'<p><img src="data:image/png;base64,{base64.b64encode(one).decode()}"></p>' for one in pictures]
    return f"""<!doctype html><html><head><meta charset="utf-8"><title>示例县统计局2023年年度报告</title></head><body>
        <h1>示例县统计局2023年政府信息公开工作年度报告</h1><p>一、总体情况</p><p>全年主动公开信息。</p>
        <p>二、主动公开政府信息情况</p>{"".join(shown)}<p>五、存在的主要问题及改进情况</p><p>解读形式单一。</p>
        <p>六、其他需要报告的事项</p><p>无。</p></body></html>""".encode()


def test_tables_that_are_pictures_in_a_page_stand_under_its_headings(reader: Reader) -> None:
    page = page_with([as_png(next(draw(ONE_PAGE.read_bytes(), 130)))])
    (report,) = reader.read(page, Hints())
    tally = judged(ONE_PAGE, (report,))
    assert tally.errors == []
    assert tally.share >= 0.97
    assert report.organisation == "示例县统计局"
    received = next(value for value in report.values if value.key == "requests.received.total")
    assert "/img&xywh=percent:" in received.where or "/img[1]&xywh=percent:" in received.where
    assert (confidence_in(received.where) or 0.0) > 0.9
    assert (
        report.text.index("主动公开政府信息情况")
        < report.text.index(received.raw)
        < report.text.index("存在的主要问题")
    )


def test_a_picture_that_cannot_be_opened_is_said_and_the_text_stays(reader: Reader) -> None:
    (report,) = reader.read(page_with([b"\x89PNG\r\n\x1a\n" + bytes(40)]), Hints())
    assert {"picture_not_read", "table_missing", "pictures"} <= {problem.code for problem in report.problems}
    assert "解读形式单一" in report.text


def test_without_the_extra_the_text_of_a_page_of_pictures_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "is_installed", lambda: False)
    page = page_with([as_png(np.full((300, 800, 3), 255, np.uint8))])
    with Reader() as opened, Child() as child:
        assert opened.read(page, Hints()) == child.read(page, Hints())


@pytest.mark.parametrize("left_of_it", [pytest.param(0.35, marks=pytest.mark.full), 0.08])
def test_print_that_fades_is_never_said_to_be_blank(left_of_it: float) -> None:
    """Half a table printed by a toner that runs out, its ruling lines still dark."""
    page = next(draw(ONE_PAGE.read_bytes(), 200))
    page = np.ascontiguousarray(page[: page.shape[0] // 4])
    grey = np.ascontiguousarray(page[:, :, 0])
    ruled = find_ruling(grey, find_ink(grey, 200.0), 200.0).mask > 0
    faint = (255 - (255 - page.astype(np.float32)) * left_of_it).astype(np.uint8)
    faint[ruled] = page[ruled]
    before, after = (
        [cell for part in see_page(raster_of(one), 1).parts for cell in part.cells] for one in (page, faint)
    )
    assert len(before) == len(after)
    figures = [(was, cell) for was, cell in zip(before, after, strict=True) if was.text.isdigit()]
    assert len(figures) > 5
    for was, cell in figures:
        assert cell.text == was.text or (confidence_in(cell.where) or 0.0) < SURE, (was.text, cell.text, cell.where)
