"""Captures as evidence: when and where, and which bytes can be looked at."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from archive.bodies.places import lies_in
from archive.store import Archive


@dataclass(frozen=True, slots=True)
class Shown:
    """A capture: ``digest`` is "" where it shows no version of a report (a page that says 404); of a look at which the
    site said that nothing had changed, it is that of the bytes had before."""

    capture: int
    captured_at: str
    url: str
    outcome: str
    digest: str


def captures_shown(archive: Archive, captures: Iterable[int]) -> dict[int, Shown]:
    """Captures' ids → what they show."""
    rows = archive.db.execute(
        """
        SELECT c.id, c.captured_at, c.url, c.outcome,
            iif(EXISTS (SELECT 1 FROM sightings g WHERE g.capture = c.id), coalesce(c.payload, k.payload, ''), '')
        FROM json_each(:ids) w JOIN captures c ON c.id = w.value LEFT JOIN captures k ON k.id = c.revisit_of
        """,
        {"ids": json.dumps(sorted(set(captures)))},
    )
    return {row[0]: Shown(*row) for row in rows}


def regions_of(archive: Archive, reports: Iterable[int]) -> dict[int, str]:
    """Reports' ids → the codes of their bodies' regions, "" where none is known."""
    rows = archive.db.execute(
        """
        SELECT p.id, coalesce(o.region_code, '')
        FROM json_each(:ids) w JOIN reports p ON p.id = w.value JOIN organisations o ON o.id = p.organisation
        """,
        {"ids": json.dumps(sorted(set(reports)))},
    )
    return dict(rows.fetchall())


def count_reports(archive: Archive, stem: str, first: int, last: int) -> int:
    """How many reports on the years from ``first`` to ``last`` lie in a place."""
    return int(
        archive.db.execute(
            f"""
            SELECT count(*) FROM organisations o
            CROSS JOIN reports p ON p.organisation = o.id AND p.report_year BETWEEN :first AND :last
            WHERE {lies_in("o")}
            """,
            {"stem": stem, "first": first, "last": last},
        ).fetchone()[0]
    )


def edited_reports(archive: Archive, stem: str, year: int) -> frozenset[int]:
    """Reports that were seen as more than one version: the only ones that can have been edited."""
    rows = archive.db.execute(
        f"""
        SELECT p.id FROM organisations o
        CROSS JOIN reports p ON p.organisation = o.id AND p.report_year = :year
        JOIN renditions n ON n.report = p.id
        JOIN versions v ON v.rendition = n.id
        WHERE {lies_in("o")}
        GROUP BY p.id HAVING count(*) > 1
        """,
        {"stem": stem, "year": year},
    )
    return frozenset(report for (report,) in rows)
