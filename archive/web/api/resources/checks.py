"""Checks: the sums that the forms demand, report by report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request

from archive.packed.figures import to_number
from archive.store import Archive
from archive.web.api.paging import Items, Position, page_of, position_in
from archive.web.api.reading import reading_for
from archive.web.api.shapes import Absent, Exact, Shape, exact
from archive.web.api.standing import OfReports, scan_reports

router = APIRouter(tags=["checks"])
State = Literal["HOLDS", "BROKEN", "UNKNOWN"]
_STATES: dict[str, State] = {"H": "HOLDS", "B": "BROKEN", "U": "UNKNOWN"}
_CHECKS = """
SELECT k.position, i.name, i.across, k.state, k."left", k."right"
FROM reading_checks k JOIN identities i ON i.id = k.identity
WHERE k.reading = :reading AND k.position > :after AND (:state IS NULL OR k.state = :state)
ORDER BY k.position
"""


class Check(Shape):
    """One sum that the form demands of one report."""

    report: str = Field(examples=["r12"])
    organisation: str = Field(title="行政机关")
    region_code: str | None = Field(title="行政区划代码")
    report_year: int = Field(title="报告年度")
    version: str
    payload_digest: str = Field(title="原始字节摘要")
    id: str = Field(title="勾稽关系", description="Which sum of the form")
    across: str = Field(title="行或列", description="Key of the column or row that it is about")
    state: State = Field(title="结果", description="UNKNOWN as soon as one operand is not a number")
    left: Exact = Field(title="左边", description="Null where UNKNOWN")
    right: Exact = Field(title="右边", description="Null where UNKNOWN")


class CheckQuery(OfReports):
    state: State | Absent = Field(None, description="结果：成立、不成立、无从判断。What came out")


@router.get("/checks", summary="勾稽关系 · Checks", response_model=Items[Check])
def list_checks(request: Request, query: Annotated[CheckQuery, Query()]) -> dict[str, Any]:
    """Every sum of every report as it stands, by report. 逐份报告列出勾稽关系。"""
    with reading_for(request) as reading:
        report, place = position_in(request, query.after, (0, 0))
        return page_of(reading, query, _scan(reading.archive, query, int(report), int(place)))


def _scan(
    archive: Archive, query: CheckQuery, start: int, after: int
) -> Iterator[tuple[Position, dict[str, Any] | None]]:
    """From the check after ``after`` of report ``start`` on; checks of a report count from 1."""
    letter = None if query.state is None else query.state[0]
    condition = "r.broken > 0" if letter == "B" else "r.holds > 0" if letter == "H" else "p.reading IS NOT NULL"
    for report, one in scan_reports(archive, query, start, condition):
        if one is None:
            yield (report + 1, 0), None
            continue
        given = {"reading": one.reading, "state": letter, "after": after - 1 if report == start else -1}
        for position, name, across, state, left, right in archive.db.execute(_CHECKS, given):
            yield (
                (report, position + 1),
                {
                    "report": f"r{one.report}",
                    "organisation": one.organisation,
                    "region_code": one.region_code,
                    "report_year": one.report_year,
                    "version": f"v{one.version}",
                    "payload_digest": one.payload_digest,
                    "id": name,
                    "across": across,
                    "state": _STATES[state],
                    "left": exact(to_number(left)),
                    "right": exact(to_number(right)),
                },
            )
        yield (report + 1, 0), None
