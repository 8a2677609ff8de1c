"""Cells: every figure of the reports as they stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request

from archive.corrections import corrections_in_force
from archive.exports.parts.columns import unit_of
from archive.schema.form_columns import SHEETS
from archive.store import Archive
from archive.web.api.figures import figures_of
from archive.web.api.paging import Items, Position, page_of, position_in
from archive.web.api.reading import reading_for
from archive.web.api.shapes import Absent, Exact, Key, Shape, Status, exact
from archive.web.api.standing import OfReports, Standing, scan_reports
from parsers.english import english_of
from parsers.forms import label_of

router = APIRouter(tags=["cells"])


class Cell(Shape):
    """One cell of one report, as it was read; a correction stands beside it."""

    report: str = Field(examples=["r12"])
    organisation: str = Field(title="行政机关", examples=["示例县教育局"])
    region_code: str | None = Field(title="行政区划代码", examples=["150824"])
    report_year: int = Field(title="报告年度", examples=[2024])
    version: str = Field(examples=["v34"])
    payload_digest: str = Field(title="原始字节摘要", description="SHA-256 of the bytes that it was read in")
    key: str = Field(title="指标", examples=["requests.received.total"])
    label: str = Field(title="指标名称", examples=["一、本年新收政府信息公开申请数量 · 总计"])
    label_en: str = Field(examples=["Requests newly received in the year: total"])
    value: Exact = Field(title="数值", description="Null for every status but number", examples=[12, "25.10"])
    raw: str = Field(title="原文", description="What is printed there")
    status: Status = Field(title="状态")
    unit: Literal["count", "10k_yuan"] = Field(title="单位", description="10k_yuan: 万元")
    where: str = Field(title="位置", description="Where it stands in the document")
    corrected: Exact = Field(title="人工更正值", description="The figure that a person says it is")
    corrected_status: Status | None = Field(title="人工更正状态", description="Null: no correction")


class CellQuery(OfReports):
    key: Key | Absent = Field(None)
    table: Literal["proactive", "requests", "disputes", "statistics"] | Absent = Field(
        None, description="表：主动公开、依申请、复议诉讼、2018 年以前的统计表。Table of the form"
    )
    status: Status | Absent = Field(None, description="状态。What stands in the cell")


@router.get("/cells", summary="数字 · Cells", response_model=Items[Cell])
def list_cells(request: Request, query: Annotated[CellQuery, Query()]) -> dict[str, Any]:
    """Every cell of every report as it stands, by report, in the order of the forms. 逐格列出各报告的数字。"""
    with reading_for(request) as reading:
        report, place = position_in(request, query.after, (0, 0))
        return page_of(reading, query, _scan(reading.archive, query, int(report), int(place)))


def _scan(
    archive: Archive, query: CellQuery, start: int, after: int
) -> Iterator[tuple[Position, dict[str, Any] | None]]:
    """From the cell after ``after`` of report ``start`` on; cells of a report count from 1."""
    tables = frozenset(
        (sheet.table, sheet.form)
        for sheet in SHEETS
        if query.table in (None, sheet.table) and (query.key is None or query.key in sheet.keys)
    )
    if after == _ALL:
        start, after = start + 1, 0
    for report, one in scan_reports(archive, query, start, "p.reading IS NOT NULL"):
        if one is not None and tables & one.forms:
            for place, cell in _cells_of(archive, one, query):
                if report > start or place > after:
                    yield (report, place), cell
        yield (report, _ALL), None


_ALL = 1_000_000
"""A place after every cell of a report."""


def _cells_of(archive: Archive, one: Standing, query: CellQuery) -> Iterator[tuple[int, dict[str, Any]]]:
    assert one.reading is not None
    assert one.version is not None
    said = corrections_in_force(archive, one.version)
    for place, value in figures_of(archive, one.reading, one.forms, query.key, query.table):
        if query.status not in (None, value.status.value):
            continue
        correction = said.get(value.key)
        yield (
            place,
            {
                "report": f"r{one.report}",
                "organisation": one.organisation,
                "region_code": one.region_code,
                "report_year": one.report_year,
                "version": f"v{one.version}",
                "payload_digest": one.payload_digest,
                "key": value.key,
                "label": label_of(value.key),
                "label_en": english_of(value.key),
                "value": exact(value.value),
                "raw": value.raw,
                "status": value.status.value,
                "unit": unit_of(value.key),
                "where": value.where,
                "corrected": None if correction is None else exact(correction.value),
                "corrected_status": None if correction is None else correction.status,
            },
        )
