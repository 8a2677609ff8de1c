"""The reports that a query is about, one after another, each with the version that stands for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from archive.store import Archive
from archive.web.api.paging import Paging
from archive.web.api.shapes import Absent, Organisation, Region, ReportName, Year

_STEP = 20_000
"""Ids that are looked at between two looks at the clock."""

_STANDING = """
SELECT p.id, o.name, o.region_code, p.report_year, r.id, v.id, v.payload_digest, n.format,
    v.first_captured, v.last_captured, (
        SELECT c.url FROM sightings g JOIN captures c ON c.id = g.capture
        WHERE g.version = v.id ORDER BY c.captured_at DESC, c.id DESC LIMIT 1
    ), (SELECT u.code FROM unread u WHERE u.version = v.id),
    r.title, r.published, r.phone, r.document_number, r.proactive_form, r.requests_form, r.disputes_form,
    r.statistics_form, r.numbers, r.holds, r.broken, r.parser
FROM reports p
JOIN organisations o ON o.id = p.organisation
LEFT JOIN readings r ON r.id = p.reading
LEFT JOIN versions v ON v.id = coalesce(r.version, (
    SELECT w.id FROM versions w JOIN renditions m ON m.id = w.rendition
    WHERE m.report = p.id ORDER BY w.last_captured DESC, w.id DESC LIMIT 1
))
LEFT JOIN renditions n ON n.id = v.rendition
"""
_WANTED = {
    "report": "p.id = :report",
    "year": "p.report_year = :year",
    "region": "substr(o.region_code, 1, length(:region)) = :region",
    "organisation": "p.organisation IN (SELECT id FROM organisations WHERE name = :organisation)",
}


class OfReports(Paging):
    """The filters that all lists about reports have."""

    report: ReportName | Absent = Field(None)
    year: Year | Absent = Field(None)
    region: Region | Absent = Field(None)
    organisation: Organisation | Absent = Field(None)


@dataclass(frozen=True, slots=True)
class Standing:
    """A report and what stands for it: that of its reading, else the version seen last; None where there is none."""

    report: int
    organisation: str
    region_code: str | None
    report_year: int
    reading: int | None
    version: int | None
    payload_digest: str | None
    format: str | None
    first_captured: str | None
    last_captured: str | None
    url: str | None
    unread: str | None
    title: str | None
    published: str | None
    phone: str | None
    document_number: str | None
    proactive_form: str | None
    requests_form: str | None
    disputes_form: str | None
    statistics_form: str | None
    numbers: int | None
    checks_held: int | None
    checks_broken: int | None
    parser: str | None

    @property
    def forms(self) -> frozenset[tuple[str, str]]:
        """(table, form) of the tables that the reading has."""
        named = zip(
            ("proactive", "requests", "disputes", "statistics"),
            (self.proactive_form, self.requests_form, self.disputes_form, self.statistics_form),
            strict=True,
        )
        return frozenset((table, form) for table, form in named if form is not None)


def scan_reports(
    archive: Archive, wanted: OfReports, start: int, condition: str = ""
) -> Iterator[tuple[int, Standing | None]]:
    """The reports from id ``start`` on, by id; (id, None) where a stretch without a wanted one ends.

    ``condition``: SQL about p, o and r that the report must satisfy besides.
    """
    values: dict[str, int | str] = {}
    for name in _WANTED:
        value = getattr(wanted, name)
        if value is not None:
            values[name] = int(value[1:]) if name == "report" else value
    conditions = [_WANTED[name] for name in values] + ([condition] if condition else [])
    sql = f"{_STANDING} WHERE p.id BETWEEN :start AND :end {''.join(f'AND {one} ' for one in conditions)}ORDER BY p.id"
    last = archive.db.execute("SELECT coalesce(max(id), 0) FROM reports").fetchone()[0]
    while start <= last:
        end = min(start + _STEP - 1, last)
        for row in archive.db.execute(sql, {**values, "start": start, "end": end}):
            yield row[0], Standing(*row)
        yield end, None
        start = end + 1


Version = Annotated[
    str | None, Field(title="版本", description="The version that stands: v34 in this archive", examples=["v34"])
]


def name_of(prefix: str, number: int | None) -> str | None:
    """``r12``, ``v34``; None where there is none."""
    return None if number is None else f"{prefix}{number}"
