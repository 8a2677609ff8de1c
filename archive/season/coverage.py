"""Who has published on a year: on time, late, missing, not knowable and why, or merged into a successor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import NamedTuple

from archive.bodies.kinds import DIVISIONS
from archive.clock import parse_time
from archive.noted.looks import SiteLook, looks_at_sites
from archive.season.expected import Expected, expected_bodies
from archive.store import Archive

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")  # one zone, and no summer time since 1991
STATES = ("on_time", "late", "published", "missing", "not_knowable", "merged", "due")
"""``published``: it is there, and whether it came in time cannot be said. ``due``: the deadline is still to come."""

# 示例县人民政府, 示例市; a township's government is no 县级以上地方人民政府.
_GOVERNMENT = (*DIVISIONS, *(f"{what}人民政府" for what in DIVISIONS), "地区行政公署", "盟行政公署")


class Entry(NamedTuple):
    """One body and one report year.

    ``printed``: the date of publication that the report gives. ``first_seen``: the day (Asia/Shanghai) of our first
    look that saw it. ``looked``: days on which the site answered whole, after the year's end, and the report was not
    there. ``days_late`` counts from the deadline. ``doubt``: what speaks against the state, or nothing.
    """

    organisation: str
    region_code: str | None
    sites: tuple[str, ...]
    deadline: date
    state: str
    report: int | None = None
    days_late: int | None = None
    printed: date | None = None
    first_seen: date | None = None
    looked: tuple[date, ...] = ()
    into: str = ""
    why: str = ""
    doubt: str = ""


def deadline_of(organisation: str, report_year: int) -> date:
    """政府信息公开条例 (国务院令第711号), article 49: departments by 31 January, governments by 31 March.

    >>> deadline_of("示例县教育局", 2024), deadline_of("示例县人民政府", 2024)
    (datetime.date(2025, 1, 31), datetime.date(2025, 3, 31))
    """
    is_government = organisation.endswith(_GOVERNMENT)
    return date(report_year + 1, 3, 31) if is_government else date(report_year + 1, 1, 31)


def coverage_of(archive: Archive, report_year: int, today: date, region: str = "") -> tuple[Entry, ...]:
    """Every body that should have published on ``report_year``, with what was known at the end of ``today``.

    Expected are: bodies that published on that or an earlier year, bodies that the registry names, bodies that a
    portal's own list of departments names. ``region``: a code or its beginning.
    """
    bodies = expected_bodies(archive, report_year, region)
    new_year = datetime(report_year + 1, 1, 1, tzinfo=CHINA).astimezone(UTC)
    looks = looks_at_sites(archive, report_year, new_year, frozenset(site for body in bodies for site in body.sites))
    return tuple(_entry(body, report_year, today, looks) for body in bodies)


def count_states(entries: Iterable[Entry]) -> dict[str, int]:
    """How many bodies are in each state; every state is named."""
    counts = dict.fromkeys(STATES, 0)
    for entry in entries:
        counts[entry.state] += 1
    return counts


def _entry(body: Expected, report_year: int, today: date, looks: Mapping[str, tuple[SiteLook, ...]]) -> Entry:
    deadline = deadline_of(body.name, report_year)
    own = [look for site in body.sites for look in looks.get(site, ()) if look.day <= today]
    own.sort(key=lambda look: look.day)
    first_seen = parse_time(body.first_seen).astimezone(CHINA).date() if body.first_seen else None
    if body.report is not None and (first_seen is None or first_seen <= today):
        return _published(body, deadline, own, first_seen)
    facts = (body.name, body.region_code, body.sites, deadline)
    if body.into and body.merged_from <= report_year:
        return Entry(*facts, "merged", into=body.into, why=f"from {body.merged_from} on, with {body.into}")
    whole = tuple(dict.fromkeys(look.day for look in own if not look.why))
    if today <= deadline:
        return Entry(*facts, "due", looked=whole)
    after = tuple(day for day in whole if day > deadline)
    if after:
        return Entry(*facts, "missing", looked=whole, why=f"looked {len(whole)} times, the site answering whole")
    if own and own[-1].why:
        return Entry(*facts, "not_knowable", looked=whole, why=f"{own[-1].day}: {own[-1].why}")
    says = "not looked at since the deadline" if whole else "not looked at"
    return Entry(*facts, "not_knowable", looked=whole, why=says)


def _published(body: Expected, deadline: date, looks: list[SiteLook], first_seen: date | None) -> Entry:
    printed = read_date(body.printed)
    before = tuple(dict.fromkeys(look.day for look in looks if not look.why and first_seen and look.day < first_seen))
    came = printed or first_seen
    state, days_late = "on_time", None
    if came is not None and came > deadline:
        # Without a date of its own it is late for certain only if a look after the deadline did not see it.
        late = printed is not None or (before and before[-1] > deadline)
        state, days_late = ("late", (came - deadline).days) if late else ("published", None)
    doubts = []
    if printed and first_seen and printed > first_seen:
        doubts.append(f"printed {printed}, seen already on {first_seen}")
    if printed and (unseen := [day for day in before if day > printed]):
        doubts.append(f"printed {printed}, not there on {unseen[-1]}")
    return Entry(
        body.name, body.region_code, body.sites, deadline, state, body.report, days_late, printed, first_seen, before,
        why=f"kept and not read: {body.unread}" if body.unread else "", doubt="; ".join(doubts),
    )  # fmt: skip


def read_date(text: str | None) -> date | None:
    """A date as readings hold it → date; None where there is none.

    >>> read_date("2024-01-20 10:00:00")
    datetime.date(2024, 1, 20)
    """
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:  # a date that is none was said of the reading as its problem
        return None
