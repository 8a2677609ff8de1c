"""The register: who should have published on a year, and who has."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request

from archive.bodies.places import count_bodies
from archive.clock import read_clock
from archive.errors import BadQuery
from archive.season.coverage import CHINA, STATES, Entry, count_states, coverage_of, read_date
from archive.verbs.coverage import facts_of
from archive.web.api.paging import Items, Paging, page_of, position_in
from archive.web.api.reading import reading_for
from archive.web.api.shapes import Absent, Region, Shape, Year
from archive.web.errors import TooSlow

router = APIRouter(tags=["register"])
MOST_BODIES = 6000
"""Some 0.14 ms each; nothing looks at the clock meanwhile."""


class Registered(Shape):
    """One body and one year, with what was known on a day."""

    organisation: str = Field(title="行政机关")
    region_code: str | None = Field(title="行政区划代码")
    sites: list[str] = Field(title="网站", description="Portals on which it is looked for")
    state: Literal[STATES] = Field(title="状态", description="published: whether in time cannot be said; due: not yet")  # type: ignore[valid-type]
    deadline: str = Field(title="期限", description="政府信息公开条例, article 49")
    printed: str | None = Field(title="所印日期")
    first_seen: str | None = Field(title="首次见到", description="Day in China")
    days_late: int | None = Field(title="迟了几天")
    report: str | None = Field(examples=["r12"])
    looked: list[str] = Field(
        title="查看日期", description="Days on which the site answered whole and it was not there"
    )
    into: str = Field(title="并入")
    why: str
    doubt: str = Field(description="What speaks against the state")


class Register(Items[Registered]):
    """Bodies by region and name. The counts are of all of them, whatever the page shows."""

    year: int
    on: str = Field(description="As known at the end of this day, in China", examples=["2026-04-01"])
    counts: dict[str, int] = Field(description="How many bodies are in each state", examples=[{"on_time": 20}])


class RegisterQuery(Paging):
    year: Year
    region: Region | Absent = Field(None)
    on: Annotated[str, Field(json_schema_extra={"format": "date"}, examples=["2026-04-01"])] | Absent = Field(
        None, description="截至哪一天所知；不填为今天。As known at the end of this day; today where left out"
    )
    state: Literal[STATES] | Absent = Field(None, description="状态。Only bodies in this state")  # type: ignore[valid-type]


@router.get("/register", summary="发布情况 · Register")
def show_register(request: Request, query: Annotated[RegisterQuery, Query()]) -> Register:
    """Every body that should have published on a year, with its state. 某年度应发布的机构及其发布情况。"""
    with reading_for(request) as reading:
        today = _day(query.on)
        if (count := count_bodies(reading.archive, query.region or "")) > MOST_BODIES:
            raise TooSlow(
                f"expected at most {MOST_BODIES} bodies, whose register can be told at once, found {count}: "
                "ask for a region"
            )
        entries = coverage_of(reading.archive, query.year, today, query.region or "")
        after = position_in(request, query.after, ("", "", 0))
        ordered = _in_order(entries)
        if query.state is not None:
            ordered = [one for one in ordered if one[1].state == query.state]
        rows = ((position, facts_of(entry)) for position, entry in ordered if position > after)
        page: dict[str, Any] = page_of(reading, query, rows)
        return Register(**page, year=query.year, on=str(today), counts=count_states(entries))


def _day(on: str | None) -> date:
    if on is None:
        return read_clock().astimezone(CHINA).date()
    today = read_date(on) if len(on) == 10 else None
    if today is None:
        raise BadQuery(f"on: expected a day as in 2026-04-01, found {on[:40]!r}")
    return today


def _in_order(entries: tuple[Entry, ...]) -> list[tuple[tuple[str, str, int], Entry]]:
    """By region and name; bodies of one name in one region by where the archive has them."""
    keyed = sorted(entries, key=lambda one: (one.region_code or "", one.organisation))
    found: list[tuple[tuple[str, str, int], Entry]] = []
    for one in keyed:
        key = (one.region_code or "", one.organisation)
        again = found[-1][0][2] + 1 if found and found[-1][0][:2] == key else 1
        found.append(((*key, again), one))
    return found
