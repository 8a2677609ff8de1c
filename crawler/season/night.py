"""A season's crawl of one night: which portals are due, what it will cost, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from archive.errors import NotAnArchive
from archive.noted.looks import last_looks
from archive.runs.hosts import list_robots
from archive.season.summaries import (
    USUAL_BYTES,
    USUAL_REQUESTS,
    SiteSummary,
    missing_bodies,
    sites_under_way,
    usual_bytes,
    usual_requests,
)
from archive.store import Archive
from crawler.errors import Usage
from crawler.registry import Portal
from crawler.season.due import due_portals
from crawler.season.nights import NIGHT, Load, Night, length_of, plan_nights
from crawler.settings import CONCURRENT_REQUESTS

SWEPT = timedelta(days=28)
"""A sweep goes on with the portals that were not looked at for all years in so many days: it takes several nights."""


_FEW = 20


@dataclass(frozen=True, slots=True)
class Known:
    """What the archive knows that a plan needs.

    By site's code: the day of its last completed look, the requests of its last completed run, the bodies whose report
    is still missing. ``delays``: host and port → seconds that its robots.txt asks for. ``under_way``: sites of which
    an unfinished run of the season has something left. ``bytes_each``: what an answer takes on disk.
    """

    looked: Mapping[str, date] = field(default_factory=dict)
    requests: Mapping[str, int] = field(default_factory=dict)
    missing: Mapping[str, int] = field(default_factory=dict)
    delays: Mapping[str, float] = field(default_factory=dict)
    under_way: frozenset[str] = frozenset()
    bytes_each: int = USUAL_BYTES


@dataclass(frozen=True, slots=True)
class Cost:
    """What tonight takes. ``seconds``: its shortest duration.

    ``groups`` are told by the registry alone: hosts of one address are known to be one when they are resolved, so
    there may be fewer groups, and more time.
    """

    portals: int
    hosts: int
    groups: int
    requests: int
    seconds: float
    bytes: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """The portals that are due, those of tonight among them, all nights that they take, and what tonight costs.

    ``next_on``: where none is due, the first day on which one will be; None: there are none.
    """

    due: tuple[Portal, ...]
    tonight: tuple[Portal, ...]
    nights: tuple[Night, ...]
    cost: Cost
    next_on: date | None = None


def season_year(today: date) -> int:
    """The year that reports are due on: last year's."""
    return today.year - 1


def read_hours(text: str) -> tuple[int, int]:
    """``20-8`` → (20, 8), full hours of the day. Raises Usage.

    >>> read_hours("20-8")
    (20, 8)
    """
    first, _, last = text.partition("-")
    if not (first.isdigit() and last.isdigit() and int(first) < 24 and int(last) < 24 and int(first) != int(last)):
        raise Usage(f"--hours: expected FROM-TO such as 20-8, found {text!r}")
    return int(first), int(last)


def look_up_known(folder: Path, year: int | None, scope: str) -> Known:
    """What is known in the archive, if there is one. ``year`` None: all years; ``scope``: that of the season's run."""
    try:
        with Archive.open(folder, write=False) as archive:
            return Known(
                last_looks(archive, year),
                usual_requests(archive),
                {} if year is None else missing_bodies(archive, year),
                {one.netloc: one.delay for one in list_robots(archive) if one.delay},
                sites_under_way(archive, scope),
                usual_bytes(archive),
            )
    except NotAnArchive:  # the first season makes it
        return Known()


def schedule_of(
    registry: Iterable[Portal], year: int | None, today: date, known: Known, delay: float, hours: tuple[int, int] | None
) -> Schedule:
    """Portals, the year reported on (None: a sweep), what is known, seconds between requests, hours of a night → what
    is due, and on which night."""
    portals = tuple(registry)
    codes = {portal.code for portal in _due_on(today, portals, year, known)} | known.under_way
    due = tuple(portal for portal in portals if portal.code in codes)
    nights = plan_nights((_load_of(portal, known, delay) for portal in due), length_of(hours or NIGHT))
    codes = set(nights[0].portals) if nights else set()
    tonight = tuple(portal for portal in due if portal.code in codes)
    hosts = {host for portal in tonight for host in portal.hosts}
    requests, seconds = (nights[0].requests, nights[0].seconds) if nights else (0, 0.0)
    groups = {_group_of(portal) for portal in tonight}
    cost = Cost(len(tonight), len(hosts), len(groups), requests, seconds, requests * known.bytes_each)
    ahead = (today + timedelta(days=number) for number in range(1, SWEPT.days + 1))
    later = None if due else next((day for day in ahead if _due_on(day, portals, year, known)), None)
    return Schedule(due, tonight, nights, cost, later)


def _due_on(day: date, portals: tuple[Portal, ...], year: int | None, known: Known) -> tuple[Portal, ...]:
    if year is not None:
        return due_portals(portals, day, year, known.looked)
    # A look dated after today was made under a clock that was ahead: it says nothing of when.
    looked = {code: seen for code, seen in known.looked.items() if seen <= day}
    return tuple(one for one in portals if (seen := looked.get(one.code)) is None or day - seen >= SWEPT)


def _group_of(portal: Portal) -> str:
    return portal.group or portal.hosts[0]


def _load_of(portal: Portal, known: Known, delay: float) -> Load:
    netlocs = {host for name in portal.hosts for host in (name, f"{name}:80", f"{name}:443")}
    requests = known.requests.get(portal.code, USUAL_REQUESTS)
    return Load(
        portal.code,
        _group_of(portal),
        min(requests, portal.budget) if portal.budget else requests,
        max((delay, *(known.delays[netloc] for netloc in netlocs & known.delays.keys()))),
        known.looked.get(portal.code),
        known.missing.get(portal.code, 0),
        portal.code in known.under_way,
    )


def lines_about_schedule(
    schedule: Schedule, year: int | None, registered: int, today: str, hours: tuple[int, int] | None
) -> list[str]:
    """What is due, what tonight takes, and how many nights all of it does, in words."""
    cost, nights = schedule.cost, schedule.nights
    begin, end = hours or NIGHT
    what = "all years" if year is None else str(year)
    lines = [f"reports on {what}, on {today}: {len(schedule.due)} of {registered} portals are due"]
    if not nights:
        return [*lines, f"the next are due on {schedule.next_on}"] if schedule.next_on else lines
    lines += [
        f"tonight, night 1 of {len(nights)}: {cost.portals} portals, {cost.hosts} hosts in {cost.groups} groups at "
        f"most, about {cost.requests} requests",
        f"at least {_clock(cost.seconds)} of the {_clock(length_of((begin, end)))} from {begin} to {end} o'clock in "
        f"Asia/Shanghai, {CONCURRENT_REQUESTS} groups at once",
        f"about {-(-cost.bytes // 2**20)} MiB on disk",
    ]
    if len(nights) > 1:
        lines.append(
            f"all that are due take {len(nights)} nights: each group is looked at at least once in {len(nights)} days, "
            "those with most bodies still missing first"
        )
        lines += [
            f"  night {number}: {len(night.portals)} portals, {night.requests} requests, {_clock(night.seconds)}"
            for number, night in enumerate(nights, 1)
        ]
    return lines


def _clock(seconds: float) -> str:
    """Seconds as hours and minutes.

    >>> _clock(36000.5)
    '10 h 01 min'
    """
    minutes = -(-seconds // 60)
    return f"{int(minutes // 60)} h {int(minutes % 60):02} min"


def next_step(summary: SiteSummary, year: int, is_over: bool, nianbao: str) -> str:
    """The one command that a person would give next about a site; "" where nothing calls for one."""
    if summary.alarms:
        return f"{nianbao} sites probe {summary.site}"
    if summary.lost:
        return f"{nianbao} sites show {summary.site}"
    if summary.changed_reports:
        return f"{nianbao} history r{summary.changed_reports[0]}"
    if summary.unread:
        return f"{nianbao} status"
    if is_over and (summary.failures(is_over) or summary.found < summary.before):
        return f"{nianbao} coverage --year {year} --region {summary.region_code or '0'} --state missing"
    return ""


def in_order_of_need(summaries: Iterable[SiteSummary], is_over: bool) -> list[SiteSummary]:
    """Sites that something failed at, those with something new, and the rest if they are few."""
    failed: list[SiteSummary] = []
    stirred: list[SiteSummary] = []
    quiet: list[SiteSummary] = []
    for one in summaries:
        of = failed if one.failures(is_over) else stirred if one.new or one.changed or one.unread else quiet
        of.append(one)
    return [*failed, *stirred, *(quiet if len(quiet) <= _FEW else ())]


def lines_about(summaries: Iterable[SiteSummary], year: int, is_over: bool, nianbao: str) -> list[tuple[str, ...]]:
    """One row a site: code, name, found of expected, new, changed, revisited, what failed, the next command."""
    rows: list[tuple[str, ...]] = []
    for one in summaries:
        expected = f"{one.fewest or one.before or '?'}{f'–{one.most}' if one.most else ''}"
        failed = "; ".join(one.failures(is_over))
        rows.append(
            (one.site, one.name, f"{one.found} of {expected}", str(one.new), str(one.changed), str(one.revisited),
             str(one.unread), failed, next_step(one, year, is_over, nianbao))
        )  # fmt: skip
    return rows
