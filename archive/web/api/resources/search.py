"""Search: the reports that hold the words of a query, with the places that show them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request

from archive.bodies.kinds import KINDS, LEVELS
from archive.search import Filters, find_page
from archive.search.folding import fold
from archive.search.terms import has_words
from archive.web.api.paging import Paging, next_path, position_in
from archive.web.api.reading import reading_for
from archive.web.api.shapes import Absent, Organisation, Region, Shape, Year
from archive.web.hits import facts_of, shown

router = APIRouter(tags=["search"])
Flag = Literal["broken", "unread", "leftover", "edited"]


class Passage(Shape):
    """One line of a report's text that holds a word of the query."""

    text: str
    spans: list[tuple[int, int]] = Field(description="[start, end) of each word in text, in characters")
    version: str = Field(description="Whose text", examples=["v34"])
    line: int = Field(description="Which line of it, from 0")
    path: str = Field(description="The page that opens there")


class Result(Shape):
    """One report that holds the query."""

    report: str = Field(examples=["r12"])
    organisation: str = Field(title="行政机关")
    region_code: str | None
    report_year: int
    title: str
    published: str | None
    level: str | None
    kind: str | None
    form: str | None
    flags: list[str]
    path: str = Field(description="The report's page for people")
    version: str
    url: str | None
    passages: list[Passage] = Field(description="At most three; none where the title or the name alone hold the words")


class Results(Shape):
    """One page of what was found, as /search.json has it."""

    total: int = Field(description="How many reports; at least so many where `is_exact` is false")
    is_exact: bool
    results: list[Result]
    next: str | None = Field(description="下一页的路径；没有下一页时为 null。Path of the next page, null at the end")
    says: str = Field(description="A plain sentence about the query, in Chinese, or empty")


class SearchQuery(Paging):
    q: str = Field(
        "",
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f]*$",
        description="检索词：空格分隔，都要有；“…”为词组；前面加 - 为不要。Words: all must hold; a phrase in quotation "
        "marks; - before what must not stand there. Left out: every report that the filters admit",
        examples=["行政复议"],
    )
    sort: Literal["newest", "rank"] = Field("newest", description="新的在前，或相关的在前。Newest or best first")
    year: Year | Absent = Field(None)
    region: Region | Absent = Field(None)
    level: Literal[tuple(LEVELS)] | Absent = Field(None, description="层级。Level of government")  # type: ignore[valid-type]
    kind: Literal[tuple(KINDS)] | Absent = Field(None, description="部门类别。What the body looks after")  # type: ignore[valid-type]
    form: Literal["2014", "2019", "2021"] | Absent = Field(None, description="版式。Form of the tables")
    organisation: Organisation | Absent = Field(None, description="机构名称中的一段。A piece of the body's name")
    flags: list[Flag] = Field(
        [],
        max_length=4,
        description="勾稽不成立、有未读出、有剩余数字、改过。All that are named: a check is broken, a cell unread, a "
        "figure left over, a rendition edited",
    )


@router.get("/search", summary="检索 · Search")
def search_reports(request: Request, query: Annotated[SearchQuery, Query()]) -> Results:
    """The reports whose text, title or names hold the query. 正文、标题、名称中含有检索词的报告。"""
    with reading_for(request) as reading:
        (after,) = position_in(request, query.after, ("",))
        filters = Filters(
            year=query.year,
            region=query.region or "",
            level=query.level or "",
            kind=query.kind or "",
            form=query.form or "",
            organisation=query.organisation or "",
            flags=tuple(dict.fromkeys(query.flags)),
        )
        if query.organisation and not has_words(fold(query.organisation)):
            return Results(total=0, is_exact=True, results=[], next=None, says="机构名称里只有标点，没有可以检索的字。")
        found = find_page(reading.archive, query.q, filters, sort=query.sort, limit=query.limit, after=str(after))
        return Results(
            total=found.total,
            is_exact=found.is_exact,
            results=[Result(**facts_of(one)) for one in shown(reading.archive, found.hits, query.q, "zh")],
            next=next_path(reading.request, (found.next,)) if found.next else None,
            says=found.says,
        )
