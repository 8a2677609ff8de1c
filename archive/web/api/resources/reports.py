"""Reports: one body and one year, as they stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi import Path as InPath
from pydantic import Field
from starlette.requests import Request

from archive.queries import describe_report, named_report
from archive.store import Archive
from archive.web.api.documents import Document, DocumentProblem, document_of
from archive.web.api.paging import Items, Position, page_of, position_in
from archive.web.api.reading import reading_for
from archive.web.api.resources.bodies import Relative
from archive.web.api.shapes import Exact, ReportName, Shape, Status, exact_throughout
from archive.web.api.standing import OfReports, Standing, Version, name_of, scan_reports
from archive.web.links import report_path

router = APIRouter(tags=["reports"])


class Report(Shape):
    """One report as it stands: facts of the version that stands for it."""

    report: str = Field(title="报告编号", description="In this archive alone", examples=["r12"])
    organisation: str = Field(title="行政机关", examples=["示例县教育局"])
    region_code: str | None = Field(title="行政区划代码", examples=["150824"])
    report_year: int = Field(title="报告年度", examples=[2024])
    version: Version
    payload_digest: str | None = Field(title="原始字节摘要", description="SHA-256 of the bytes of that version")
    state: str = Field(title="读取状态", description="read; or why there is no figure: needs_ocr, withdrawn …")
    format: str | None = Field(title="文件格式", examples=["pdf"])
    url: str | None = Field(title="网址", description="Where that version was seen last")
    first_captured: str | None = Field(title="首次采集时间", description="UTC")
    last_captured: str | None = Field(title="末次采集时间", description="UTC")
    title: str | None = Field(title="标题")
    published: str | None = Field(title="发布日期", description="As printed")
    phone: str | None = Field(title="联系电话", description="As printed")
    document_number: str | None = Field(title="文号")
    proactive_form: str | None = Field(title="主动公开表版式", description="Null: no such table")
    requests_form: str | None = Field(title="依申请公开表版式")
    disputes_form: str | None = Field(title="复议诉讼表版式")
    statistics_form: str | None = Field(title="统计表版式", description="The table of 2014 to 2018")
    numbers: int | None = Field(title="数字格数", description="Cells that hold a figure")
    checks_held: int | None = Field(title="勾稽关系成立数")
    checks_broken: int | None = Field(title="勾稽关系不成立数")
    parser: str | None = Field(title="解析规则版本")
    page: str = Field(description="The report's page for people", examples=["/r/150824/示例县教育局/2024"])


class HistoryEntry(Shape):
    """One version: what the body published."""

    version: str
    url: str | None
    first_captured: str
    last_captured: str
    payload_digest: str
    content_digest: str | None
    format: str
    rendition: str
    number: int
    unread: str | None


class NotSeen(Shape):
    """Present on last_seen, not seen on looked_at, looked so many times."""

    url: str
    format: str
    last_seen: str
    looked_at: str
    looks: int
    outcome: str


class CheckAcrossYears(Shape):
    """A sum from one year to the next."""

    id: str
    across: str
    state: Literal["HOLDS", "BROKEN", "UNKNOWN"]
    left: Exact
    right: Exact
    severity: Literal["note", "warning", "error"]
    report: str
    report_year: int
    earlier_report: str
    earlier_year: int


class Side(Shape):
    version: str
    status: Status
    value: Exact
    raw: str


class Difference(Shape):
    """A cell that two renditions of the report do not say alike."""

    key: str
    left: Side
    right: Side


class Note(Shape):
    """What is remarkable, which is no error."""

    code: str
    key: str | None
    value: Exact
    against: Exact
    says: str


class AsRead(Shape):
    status: Status
    value: Exact
    raw: str


class AsSaid(Shape):
    status: Status
    value: Exact


class Correction(Shape):
    """What a person says that a cell is, beside what was read."""

    key: str
    read: AsRead
    said: AsSaid
    who: str
    why: str
    source: str
    made_at: str


class WholeReport(Document):
    """A report: the document that stands for it, its history, and what speaks for and against it."""

    history: list[HistoryEntry] = Field(
        title="版本", description="All versions of all renditions, the first seen first"
    )
    report_problems: list[DocumentProblem]
    not_seen: list[NotSeen]
    relatives: list[Relative]
    checks_across_years: list[CheckAcrossYears]
    rendition_differences: list[Difference]
    notes: list[Note]
    corrections: list[Correction]


@router.get("/reports", summary="报告 · Reports", response_model=Items[Report])
def list_reports(request: Request, query: Annotated[OfReports, Query()]) -> dict[str, Any]:
    """All reports, by id. 按编号列出全部报告。"""
    with reading_for(request) as reading:
        (after,) = position_in(request, query.after, (0,))
        return page_of(reading, query, _scan(reading.archive, query, int(after)))


@router.get("/reports/{report}", summary="一份报告 · One report", responses={404: {}})
def show_report(request: Request, report: Annotated[ReportName, InPath()]) -> WholeReport:
    """Everything about one report: figures, checks, text, history. 一份报告的全部内容。"""
    with reading_for(request, takes_query=False) as reading:
        named = named_report(reading.archive, int(report[1:]))
        said: dict[str, Any] = exact_throughout(describe_report(reading.archive, named))
        return WholeReport(**said | document_of(reading.archive, named.version))


def _scan(archive: Archive, query: OfReports, after: int) -> Iterator[tuple[Position, dict[str, Any] | None]]:
    for report, one in scan_reports(archive, query, after + 1):
        yield (report,), None if one is None else _facts(one)


def _facts(one: Standing) -> dict[str, Any]:
    shared = {name: getattr(one, name) for name in Report.model_fields if hasattr(one, name)}
    return shared | {
        "report": f"r{one.report}",
        "version": name_of("v", one.version),
        "state": one.unread or ("read" if one.reading is not None else "unread"),
        "page": report_path(one.region_code or "", one.organisation, one.report_year),
    }
