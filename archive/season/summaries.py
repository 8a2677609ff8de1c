"""What one run found at each site, against what was expected there."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from archive.noted.listings import list_alarms, sites_laid_out_anew
from archive.noted.looks import BLOCKED, DOWN
from archive.payloads import count_payloads
from archive.season.coverage import deadline_of
from archive.season.expected import expected_bodies
from archive.store import Archive

USUAL_REQUESTS = 60
USUAL_BYTES = 60_000
"""Of a portal that was never looked at, and of an answer where the archive is empty: from the portals of the demo."""


@dataclass(slots=True)
class SiteSummary:
    """One site in one run.

    ``found``: reports on the year that the site has been seen with, in this run or before. ``fewest`` and ``most``:
    what the registry expects, 0 where it says nothing; ``before``: reports on the year before that. ``new`` and
    ``changed`` are versions first seen in this run, ``revisited`` looks that brought nothing new. ``lost``: outcomes
    of looks that were blocked or brought no answer, counted. ``alarms``: what its lists did that lists should not.
    ``changed_reports``: the reports of the changed versions.
    """

    site: str
    name: str
    region_code: str
    fewest: int
    most: int
    found: int = 0
    before: int = 0
    requests: int = 0
    new: int = 0
    changed: int = 0
    revisited: int = 0
    unread: int = 0
    changed_reports: tuple[int, ...] = ()
    lost: dict[str, int] = field(default_factory=dict)
    alarms: tuple[str, ...] = ()

    def failures(self, is_over: bool) -> tuple[str, ...]:
        """Expectations that do not hold; too few reports is one only when the last deadline is over."""
        said = []
        if is_over and self.found < self.fewest:
            said.append(f"{self.found} reports, at least {self.fewest} expected")
        if self.most and self.found > self.most:
            said.append(f"{self.found} reports, at most {self.most} expected")
        said += [f"{outcome} {count}" for outcome, count in sorted(self.lost.items())]
        return (*said, *self.alarms)


def is_over(year: int, today: date) -> bool:
    """True when the last deadline for reports on a year, the governments', is over."""
    return today > deadline_of("示例县人民政府", year)


def summaries_of(archive: Archive, run: int, report_year: int) -> tuple[SiteSummary, ...]:
    """Every site of a run against what was expected there, with the alarms of its lists. Raises NotFound."""
    found = list_alarms(archive, run)
    anew = sites_laid_out_anew(archive, run, found)
    alarms: dict[str, list[str]] = defaultdict(list)
    for site, (moved, others) in anew.items():
        alarms[site].append(f"layout changed: {moved} lists moved, {others} others were found")
    for alarm in found:
        if alarm.code != "moved" or alarm.site not in anew:
            alarms[alarm.site].append(f"list {alarm.code}: {alarm.says} ({alarm.list_key})")
    return summarise_sites(archive, run, report_year, {site: tuple(said) for site, said in alarms.items()})


def summarise_sites(
    archive: Archive, run: int, report_year: int, alarms: Mapping[str, tuple[str, ...]]
) -> tuple[SiteSummary, ...]:
    """Every site that the run looked at, by region code. ``alarms``: site → what ``list_alarms`` says of its lists."""
    found: dict[str, SiteSummary] = {}
    for site, name, region_code, fewest, most in archive.db.execute(
        """
        SELECT DISTINCT c.site, coalesce(t.name, ''), coalesce(t.region_code, ''), coalesce(t.fewest, 0),
            coalesce(t.most, 0)
        FROM captures c LEFT JOIN sites t ON t.code = c.site
        WHERE c.run = :run AND c.site <> ''
        """,
        {"run": run},
    ).fetchall():
        found[site] = SiteSummary(site, name, region_code, fewest, most, alarms=alarms.get(site, ()))
    for site, outcome, revisits, count in archive.db.execute(
        "SELECT site, outcome, count(revisit_of), count(*) FROM captures WHERE run = :run AND site <> '' GROUP BY 1, 2",
        {"run": run},
    ).fetchall():
        summary = found[site]
        summary.revisited += revisits
        if outcome in ("fetched", "not_modified", "alias"):
            summary.requests += count
        elif outcome in BLOCKED | DOWN:
            summary.requests += count
            summary.lost[outcome] = count
    _count_versions(archive, run, found)
    _count_reports(archive, report_year, found)
    return tuple(sorted(found.values(), key=lambda summary: (summary.region_code, summary.site)))


def _count_versions(archive: Archive, run: int, found: Mapping[str, SiteSummary]) -> None:
    for site, new, changed, unread, reports in archive.db.execute(
        """
        SELECT c.site, count(*) FILTER (WHERE v.number = 1), count(*) FILTER (WHERE v.number > 1), count(u.version),
            json_group_array(DISTINCT n.report) FILTER (WHERE v.number > 1)
        FROM versions v
        JOIN renditions n ON n.id = v.rendition
        JOIN captures c ON c.id = v.first_capture
        LEFT JOIN unread u ON u.version = v.id
        WHERE c.run = :run AND c.site <> ''
        GROUP BY c.site
        """,
        {"run": run},
    ).fetchall():
        found[site].new, found[site].changed, found[site].unread = new, changed, unread
        found[site].changed_reports = tuple(sorted(json.loads(reports)))


def _count_reports(archive: Archive, report_year: int, found: Mapping[str, SiteSummary]) -> None:
    for site, year, count in archive.db.execute(
        """
        SELECT s.site, p.report_year, count(DISTINCT p.id)
        FROM reports p
        JOIN renditions n ON n.report = p.id
        JOIN resources s ON s.id = n.resource
        WHERE p.report_year IN (:year, :year - 1)
        GROUP BY 1, 2
        """,
        {"year": report_year},
    ).fetchall():
        if site in found and year == report_year:
            found[site].found = count
        elif site in found:
            found[site].before = count


def usual_requests(archive: Archive) -> dict[str, int]:
    """Each site → the requests that its last completed run took."""
    return dict(
        archive.db.execute(
            """
            SELECT site, asked FROM (
                SELECT c.site, count(*) AS asked,
                    row_number() OVER (PARTITION BY c.site ORDER BY r.started_at DESC, r.id DESC) AS turn
                FROM captures c JOIN runs r ON r.id = c.run
                WHERE r.state = 'done' AND c.site <> ''
                GROUP BY c.site, r.id
            )
            WHERE turn = 1
            """
        ).fetchall()
    )


def usual_bytes(archive: Archive) -> int:
    """Bytes that one answer takes on disk, on average; USUAL_BYTES where there is none."""
    count, _, taken = count_payloads(archive)
    return taken // count if count else USUAL_BYTES


def missing_bodies(archive: Archive, report_year: int) -> dict[str, int]:
    """Each site → how many bodies that should publish there have no report on the year yet."""
    return Counter(
        site
        for body in expected_bodies(archive, report_year)
        if body.report is None and not (body.into and body.merged_from <= report_year)
        for site in body.sites
    )


def sites_under_way(archive: Archive, scope: str) -> frozenset[str]:
    """Sites of which the unfinished run of that scope has still something to ask, if there is such a run."""
    rows = archive.db.execute(
        """
        SELECT DISTINCT f.site FROM frontier f
        WHERE f.state <> 'done' AND f.run = (SELECT max(id) FROM runs WHERE state = 'open' AND scope = :scope)
        """,
        {"scope": scope},
    ).fetchall()
    return frozenset(site for (site,) in rows)
