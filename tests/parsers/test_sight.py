"""Scans and pictures are read by sight: figures as printed or unread, never others."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from benchmarks.sight.judging import truth_of
from benchmarks.sight.scanning import CLEAN, DEGRADED, Pixels, draw, scan
from parsers import readers
from parsers.child import Child
from parsers.confidence import SURE, confidence_in, with_confidence_in, without_doubtful
from parsers.errors import NeedsOcr, Unreadable
from parsers.readers import Reader
from parsers.report import Hints, State, Status, Value
from parsers.sight.labels import nearest_label
from parsers.sight.pages import see_page
from parsers.sight.rasters import Raster
from parsers.sight.ruling import find_ink, find_ruling
from parsers.sight.seeing import see
from tests.parsers.seen import judged

DOCUMENTS = Path(__file__).parents[1] / "documents"
PRINTED = DOCUMENTS / "pdf" / "pdf06.pdf"  # by LibreOffice
OTHER = DOCUMENTS / "pdf" / "pdf09.pdf"


def test_a_scan_is_read_as_it_was_printed(reader: Reader) -> None:
    (report,) = reader.read(scan(PRINTED.read_bytes(), 200, CLEAN, 1), Hints())
    tally = judged(PRINTED, (report,))
    assert (tally.right, tally.unread, tally.errors) == (200, 0, [])
    said = json.loads(PRINTED.with_suffix(".json").read_text("utf-8"))
    assert (report.organisation, report.report_year, report.published) == (
        said["organisation"], said["report_year"], said["published"],
    )  # fmt: skip
    assert {check.state for check in report.checks} <= {State.HOLDS, State.UNKNOWN}
    assert "recognised" in {problem.code for problem in report.problems}
    places = [value.where for value in report.values if value.status is Status.NUMBER]
    assert all(where.startswith("page=") and "xywh=" in where for where in places)
    assert all((confidence_in(where) or 0.0) >= SURE for where in places)
    assert "行政复议" in report.text


def test_a_crooked_stamped_copy_gives_no_wrong_figure(reader: Reader) -> None:
    reports = reader.read(scan(OTHER.read_bytes(), 200, DEGRADED["seal, JPEG, skew"], 2), Hints())
    tally = judged(OTHER, reports)
    assert tally.errors == []
    assert tally.share >= 0.9


def test_a_picture_of_a_page_is_read(reader: Reader) -> None:
    page = next(draw(PRINTED.read_bytes(), 150))
    kept = io.BytesIO()
    Image.fromarray(page).save(kept, "PNG")
    (report,) = reader.read(kept.getvalue(), Hints())
    truth = truth_of(PRINTED)
    values = {value.key: value for value in report.values if value.status is Status.NUMBER}
    assert len(values) >= 10
    assert {key: value.value for key, value in values.items()} == {key: truth[key].value for key in values}


def test_why_names_the_box_and_how_sure(reader: Reader) -> None:
    (why,) = reader.explain(scan(PRINTED.read_bytes(), 200, CLEAN, 1), Hints(), "requests.received.total")
    assert why is not None
    assert why.cell.value == truth_of(PRINTED)["requests.received.total"].value
    assert "confidence=" in why.cell.where


def test_without_the_extra_a_scan_needs_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "is_installed", lambda: False)
    payload = (DOCUMENTS / "refused" / "picture_only.pdf").read_bytes()
    with Reader() as opened, pytest.raises(NeedsOcr):
        opened.read(payload, Hints())


def test_the_ordinary_child_never_looks_at_pixels() -> None:
    with Child() as child, pytest.raises(NeedsOcr):
        child.read((DOCUMENTS / "refused" / "picture_only.pdf").read_bytes(), Hints())


def test_no_picture_at_all_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        see(b"\x89PNG\r\n\x1a\n" + bytes(64))


def test_an_empty_page_is_not_a_report() -> None:
    kept = io.BytesIO()
    Image.new("RGB", (1654, 2339), (255, 255, 255)).save(kept, "PNG")
    with pytest.raises(NeedsOcr, match="expected print, found none"):
        see(kept.getvalue())


@pytest.mark.parametrize(("sure", "status"), [(0.62, Status.UNREAD), (0.97, Status.NUMBER)])
def test_what_is_not_sure_is_unread(sure: float, status: Status) -> None:
    value = Value("requests.received.total", 7, "7", Status.NUMBER, with_confidence_in("page=1&xywh=1,2,3,4", sure))
    ((kept,), problems) = without_doubtful((value,))
    assert (kept.status, kept.raw, kept.where) == (status, "7", value.where)
    assert [problem.code for problem in problems] == (["recognised_unsurely"] if status is Status.UNREAD else [])


def test_in_a_row_of_which_a_column_was_not_found_nothing_is_sure() -> None:
    """597 783 762 398 and a blank: with the first label misread, six figures stand under the six others, one aside."""
    sure = with_confidence_in("page=1&xywh=1,2,3,4", 0.999)
    row = "requests.declined_repeat"
    values = (
        Value(f"{row}.natural_person", None, "", Status.MISSING, ""),
        Value(f"{row}.enterprise", 597, "597", Status.NUMBER, sure),
        Value("requests.received.enterprise", 12, "12", Status.NUMBER, sure),
    )
    (_, torn, whole), problems = without_doubtful(values)
    assert (torn.status, torn.raw, whole.status) == (Status.UNREAD, "597", Status.NUMBER)
    assert ["a column was not found" in problem.says for problem in problems] == [True]


@pytest.mark.parametrize(
    ("seen", "printed"),
    [
        ("商业企亚", "商业企业"),
        ("未经复议首接起诉", "未经复议直接起诉"),
        ("自然", "自然人"),
        ("结果维持", "结果维持"),
        ("示例县教育局", "示例县教育局"),
        ("本年处理数", "本年处理数"),
    ],
)
def test_a_label_is_the_nearest_of_the_forms_or_itself(seen: str, printed: str) -> None:
    assert nearest_label(seen) == printed


def test_red_print_is_not_taken_for_a_blank_cell() -> None:
    """Red ink is taken off with the seals: what it printed is unread, and never said to be blank."""
    page = list(draw(PRINTED.read_bytes(), 200))[1]
    dark = page.max(axis=2) < 250
    dark[: page.shape[0] // 2] = False
    dark[:, : page.shape[1] // 2] = False
    red = dark & ~ruled(page)
    grey = np.where(red, 255, page[:, :, 0]).astype(np.uint8)
    seen = see_page(Raster(grey, 200.0, np.where(red, 255, 0).astype(np.uint8)), 2)
    empty = [cell for part in seen.parts for cell in part.cells if not cell.text]
    assert sum(confidence_in(cell.where) == 0.5 for cell in empty) >= 1


def ruled(page: Pixels) -> NDArray[np.bool_]:
    """Where the page's ruling lines are."""
    grey = np.ascontiguousarray(page[:, :, 0])
    return find_ruling(grey, find_ink(grey, 200.0), 200.0).mask > 0
