"""Events: what happened to reports at their source, as the ledgers tell it."""

from __future__ import annotations

from hashlib import blake2b
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request

from archive.clock import parse_time, stamp
from archive.errors import BadClock, BadQuery
from archive.ledgers import Event, Wanted, list_events
from archive.verbs.events import facts_of
from archive.versions import CellChange
from archive.web.api.paging import Items, Paging, Position, page_of, position_in
from archive.web.api.reading import reading_for
from archive.web.api.shapes import Absent, Exact, Region, ReportName, Shape, Year, exact
from parsers.forms import label_of
from parsers.report import Number

router = APIRouter(tags=["events"])
Kind = Literal["contradiction", "copy", "correction", "dates_disagree", "not_seen", "returned", "silent_edit"]


class ChangedCell(Shape):
    """A figure that an event is about."""

    key: str
    label: str = Field(title="指标名称")
    before: Exact = Field(description="The figure, or the status that stood there; null: no such cell")
    after: Exact


class Happened(Shape):
    """One entry of a ledger: something that was seen, in the words of what was seen."""

    kind: Kind = Field(title="类别")
    grade: str = Field(title="等级", description="Of its kind: figures, wording, same_prose …")
    report: str = Field(examples=["r12"])
    organisation: str = Field(title="行政机关")
    report_year: int = Field(title="报告年度")
    url: str
    first: str = Field(description="Time of the first capture that shows it, UTC")
    last: str = Field(description="Time of the last one")
    looks: int = Field(description="How often was looked after first, up to and with last")
    cells: list[ChangedCell]
    captures: list[int] = Field(description="Captures that show it, in this archive alone")
    says: str = Field(description="One sentence")


class EventQuery(Paging):
    kind: Kind = Field(description="类别：一次问一类。Ledger, one at a time")
    report: ReportName | Absent = Field(None)
    year: Year | Absent = Field(None)
    region: Region | Absent = Field(None)
    since: Annotated[str, Field(json_schema_extra={"format": "date"}, examples=["2026-01-01"])] | Absent = Field(
        None, description="这一天（UTC）起发现的。Found on or after this day"
    )


@router.get("/events", summary="事件 · Events", response_model=Items[Happened])
def show_events(request: Request, query: Annotated[EventQuery, Query()]) -> dict[str, Any]:
    """One ledger of what happened at the source, the last found last. 原网站上发生的事，一次一类，后发现的在后。

    Computed from what was kept each time. Where a whole ledger takes longer than a second the answer says so: ask for
    a report, a year, a region. 每次从档案现算；一秒之内算不完会说明，请给出报告、年度或地区。
    """
    with reading_for(request) as reading:
        wanted = Wanted(
            query.year,
            query.region or "",
            "" if query.since is None else _day(query.since),
            frozenset() if query.report is None else frozenset({int(query.report[1:])}),
        )
        after = position_in(request, query.after, ("", 0, ""))
        events = list_events(reading.archive, wanted, (query.kind,))
        keyed = sorted(((_position(one), one) for one in events), key=lambda pair: pair[0])
        rows = ((position, _facts(event)) for position, event in keyed if position > after)
        return page_of(reading, query, rows)


def _day(since: str) -> str:
    try:
        return stamp(parse_time(since)) if len(since) == 10 else _refuse(since)
    except BadClock:
        return _refuse(since)


def _refuse(since: str) -> str:
    raise BadQuery(f"since: expected a day as in 2026-01-01, found {since[:40]!r}")


def _position(one: Event) -> Position:
    """By the time of the last look, then by report; the rest tells apart what one look showed of one report."""
    rest = repr((one.kind, one.url, one.first, one.grade, one.says))
    return (one.last, one.report, blake2b(rest.encode(), digest_size=8).hexdigest())


def _facts(event: Event) -> dict[str, Any]:
    return facts_of(event) | {"cells": [_cell(one) for one in event.cells]}


def _cell(one: CellChange) -> dict[str, Exact]:
    return {"key": one.key, "label": label_of(one.key), "before": _side(one.before), "after": _side(one.after)}


def _side(side: Number | str | None) -> Exact:
    return side if isinstance(side, str) else exact(side)
