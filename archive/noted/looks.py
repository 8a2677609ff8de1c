"""When each site was looked at, and whether it answered whole."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from archive.clock import parse_time, stamp
from archive.payloads import get_payload
from archive.store import Archive

_CHINA = timezone(timedelta(hours=8))
BLOCKED = frozenset({"challenge", "login", "rate_limited", "client_error", "robots_disallowed"})
DOWN = frozenset(
    {
        "timeout", "reset", "truncated", "too_large", "bad_http", "bad_encoding", "tls_failed", "dns_failed",
        "server_error", "robots_unreachable", "refused_address",
    }
)  # fmt: skip
CUT = frozenset({"budget", "abandoned"})


@dataclass(frozen=True, slots=True)
class SiteLook:
    """One completed run at one site. ``why`` is "" where it answered whole, else what it did not answer and how."""

    run: int
    day: date
    why: str


def looks_at_sites(
    archive: Archive, report_year: int | None, since: datetime, sites: frozenset[str] | None = None
) -> dict[str, tuple[SiteLook, ...]]:
    """Each site's looks since a moment, oldest first: of completed runs that looked for this or any report year
    (None: whatever they looked for). ``sites``: of these alone.

    A site answered whole if its columns did: those pages that list, and that have listed reports before, were all
    had, and one at least was had. A page that is not there any more (404, 410) was looked at, and shows nothing.
    """
    counted: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    days: dict[int, date] = {}
    of_sites = "" if sites is None else "AND c.site IN (SELECT value FROM json_each(:sites))"
    rows = archive.db.execute(
        f"""
        SELECT c.site, c.run, r.started_at, c.outcome, EXISTS (
            SELECT 1 FROM listings l JOIN captures k ON k.id = l.capture
            WHERE k.resource = c.resource AND l.reports > 0
        ), count(*)
        FROM captures c JOIN runs r ON r.id = c.run
        WHERE r.state = 'done' AND r.started_at >= :since AND c.site <> '' AND c.kind = 'column'
            AND (r.scope LIKE '%year=any' OR r.scope LIKE :year)
            {of_sites}
        GROUP BY c.site, c.run, c.outcome, 5
        """,
        {
            "since": stamp(since),
            "year": "%" if report_year is None else f"%year={report_year}",
            "sites": json.dumps(sorted(sites or ())),
        },
    ).fetchall()
    for site, run, started_at, outcome, lists, count in rows:
        days[run] = parse_time(started_at).astimezone(_CHINA).date()
        seen = counted[site, run]
        if outcome in ("fetched", "not_modified"):
            seen["had"] += count
            seen["listing"] += count if lists else 0
        elif lists or outcome in BLOCKED | DOWN | CUT:
            seen[f"lost {outcome}"] += count if lists else 0
            seen[f"other {outcome}"] += 0 if lists else count
    found: dict[str, list[SiteLook]] = defaultdict(list)
    for (site, run), seen in counted.items():
        found[site].append(SiteLook(run, days[run], _why(seen)))
    return {site: tuple(sorted(looks, key=lambda look: (look.day, look.run))) for site, looks in found.items()}


def _why(seen: Counter[str]) -> str:
    """Nothing for a whole look; else the worst of what was not had."""
    lost = {name.removeprefix("lost "): count for name, count in seen.items() if name.startswith("lost ") and count}
    gone = {name: lost.pop(name) for name in ("not_found", "gone", "soft_404", "alias") if name in lost}
    if lost:
        return "; ".join(f"{_word(name)} ({name}, {count} columns)" for name, count in sorted(lost.items()))
    if seen["had"] == 0:
        others = [name.removeprefix("other ") for name, count in seen.items() if name.startswith("other ") and count]
        return "; ".join(f"{_word(name)} ({name})" for name in sorted(others)) or "no column was had"
    if seen["listing"] == 0:
        says = f", {sum(gone.values())} that did are gone" if gone else ""
        return f"layout unread: no page listed a report{says}"
    return ""


def _word(outcome: str) -> str:
    return "blocked" if outcome in BLOCKED else "host down" if outcome in DOWN else "cut short"


def last_looks(archive: Archive, report_year: int | None) -> dict[str, date]:
    """Each site → the day (Asia/Shanghai) of the last completed run that looked there for this or any report year."""
    rows = archive.db.execute(
        """
        SELECT c.site, max(r.started_at) FROM captures c JOIN runs r ON r.id = c.run
        WHERE r.state = 'done' AND c.site <> '' AND c.kind = 'column'
            AND (r.scope LIKE '%year=any' OR r.scope LIKE :year)
        GROUP BY c.site
        """,
        {"year": f"%year={'any' if report_year is None else report_year}"},
    ).fetchall()
    return {site: parse_time(started_at).astimezone(_CHINA).date() for site, started_at in rows}


def newest_look(archive: Archive) -> datetime | None:
    """The date of the last look that a crawl of this archive made; what was imported or merged has dates of its own."""
    row = archive.db.execute(
        """
        SELECT captured_at FROM captures
        WHERE kind <> 'import' AND third_party = '' AND run NOT IN (SELECT run FROM run_origins)
        ORDER BY id DESC LIMIT 1
        """
    ).fetchone()
    return None if row is None else parse_time(row[0])


@dataclass(frozen=True, slots=True)
class Answer:
    """One look of a run: what was asked, how it ended, and the bytes that came (none where none did)."""

    url: str
    outcome: str
    status: int | None
    says: str
    payload: bytes


def answers_of(archive: Archive, run: int) -> tuple[Answer, ...]:
    """What a run was answered, robots.txt apart, in the order of the looks. Raises Damaged."""
    rows = archive.db.execute(
        "SELECT url, outcome, status, says, payload FROM captures WHERE run = :run AND kind <> 'robots' ORDER BY id",
        {"run": run},
    ).fetchall()
    return tuple(
        Answer(url, outcome, status, says, b"" if digest is None else get_payload(archive, digest))
        for url, outcome, status, says, digest in rows
    )
