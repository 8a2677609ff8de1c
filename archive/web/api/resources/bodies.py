"""Bodies: who reports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi import Path as InPath
from pydantic import Field
from starlette.requests import Request

from archive.bodies.kinds import KINDS, LEVELS, kind_of, level_of
from archive.errors import NotFound
from archive.queries import describe_relatives
from archive.store import Archive
from archive.web.api.paging import Items, Paging, Position, page_of, position_in
from archive.web.api.reading import reading_for
from archive.web.api.shapes import Absent, Organisation, Region, Shape
from archive.web.links import NO_REGION, report_path

router = APIRouter(tags=["bodies"])
_WANTED = """
    AND (:region IS NULL OR substr(o.region_code, 1, length(:region)) = :region)
    AND (:name IS NULL OR instr(o.name, :name) > 0)
"""


class Body(Shape):
    """One body. Name and region identify it in every archive, `id` in this one alone."""

    id: str = Field(description="Id in this archive alone", examples=["o12"])
    name: str = Field(title="行政机关", examples=["示例县教育局"])
    region_code: str | None = Field(title="行政区划代码", description="Null where none is known", examples=["150824"])
    kind: str = Field(title="部门类别", description='What it looks after; "" unknown', examples=["education"])
    level: str = Field(title="层级", description='Level of government; "" unknown', examples=["county"])
    names: list[str] = Field(title="所印名称", description="Names under which its reports were printed")
    report_years: list[int] = Field(title="报告年度", description="Years that it reported on, as far as kept here")
    url: str = Field(description="This body in the interface")


class OneReport(Shape):
    report: str = Field(examples=["r12"])
    report_year: int = Field(examples=[2024])


class BodyReport(OneReport):
    url: str = Field(description="The report in the interface")
    page: str = Field(description="The report's page for people")


class Relative(Shape):
    """A body that this one was, came from or went into."""

    organisation: str
    region_code: str | None
    relation: Literal["earlier", "later"]
    same: bool = Field(description="One body under two names; false: duties were merged, divided or moved")
    says: str
    reports: list[OneReport]


class WholeBody(Body):
    """One body with its reports."""

    reports: list[BodyReport]
    relatives: list[Relative] = Field(description="Its names in other years, bodies it came from or went into")


class BodyQuery(Paging):
    region: Region | Absent = Field(None)
    name: Organisation | Absent = Field(
        None, description="机构名称或其中一部分。The name or a part of it", examples=["教育局"]
    )
    kind: Literal[tuple(KINDS)] | Absent = Field(None, description="部门类别。What the body looks after")  # type: ignore[valid-type]
    level: Literal[tuple(LEVELS)] | Absent = Field(None, description="层级。Level of government")  # type: ignore[valid-type]


@router.get("/bodies", summary="机构 · Bodies", response_model=Items[Body])
def list_bodies(request: Request, query: Annotated[BodyQuery, Query()]) -> dict[str, Any]:
    """All bodies that have a report here, by id. 按编号列出报告过的全部机构。"""
    with reading_for(request) as reading:
        (start,) = position_in(request, query.after, (0,))
        return page_of(reading, query, _scan(reading.archive, query, int(start)))


@router.get("/bodies/{region}/{name}", summary="一个机构 · One body", responses={404: {}})
def show_body(
    request: Request,
    region: Annotated[
        str,
        InPath(
            pattern="^(-|[0-9]{2,12})$",
            description='行政区划代码，没有的写 "-"。Region code, "-" for none',
            examples=["150824"],
        ),
    ],
    name: Annotated[Organisation, InPath()],
) -> WholeBody:
    """One body by region and name, which identify it in every archive. 按地区代码和名称找一个机构。"""
    with reading_for(request, takes_query=False) as reading:
        row = reading.archive.db.execute(
            """
            SELECT id, name, region_code FROM organisations
            WHERE name = :name AND coalesce(region_code, '') = :region
            """,
            {"name": name, "region": "" if region == NO_REGION else region},
        ).fetchone()
        reports = [] if row is None else _reports_of(reading.archive, row[0])
        if row is None:
            raise NotFound(f"expected a body {name} in region {region}, found none; /api/v1/bodies lists them")
        return WholeBody(
            **_body(reading.archive, *row),
            reports=[
                BodyReport(
                    report=f"r{report}",
                    report_year=year,
                    url=f"/api/v1/reports/r{report}",
                    page=report_path(row[2] or "", row[1], year),
                )
                for report, year in reports
            ],
            relatives=[Relative(**one) for one in describe_relatives(reading.archive, reports[0][0])]
            if reports
            else [],
        )


def _scan(archive: Archive, query: BodyQuery, after: int) -> Iterator[tuple[Position, dict[str, Any] | None]]:
    rows = archive.db.execute(
        f"SELECT o.id, o.name, o.region_code FROM organisations o WHERE o.id > :after {_WANTED} ORDER BY o.id",
        {"after": after, "region": query.region, "name": query.name},
    )
    for body, name, region_code in rows:
        is_wanted = query.kind in (None, kind_of(name)) and query.level in (None, level_of(name, region_code or ""))
        yield (body,), _body(archive, body, name, region_code) if is_wanted else None


def _body(archive: Archive, body: int, name: str, region_code: str | None) -> dict[str, Any]:
    names = archive.db.execute(
        "SELECT printed FROM organisation_names WHERE organisation = :id ORDER BY printed", {"id": body}
    ).fetchall()
    return {
        "id": f"o{body}",
        "name": name,
        "region_code": region_code,
        "kind": kind_of(name),
        "level": level_of(name, region_code or ""),
        "names": [printed for (printed,) in names],
        "report_years": [year for _, year in _reports_of(archive, body)],
        "url": f"/api/v1/bodies/{quote(region_code or NO_REGION)}/{quote(name, safe='')}",
    }


def _reports_of(archive: Archive, body: int) -> list[tuple[int, int]]:
    return archive.db.execute(
        "SELECT id, report_year FROM reports WHERE organisation = :id ORDER BY report_year", {"id": body}
    ).fetchall()
