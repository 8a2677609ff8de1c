"""A season's crawl of one night: which portals are due, what it will cost, and what came of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from archive.coverage import deadline_of
from archive.errors import NotAnArchive
from archive.listings import list_alarms
from archive.looks import last_looks
from archive.season import USUAL_BYTES, USUAL_REQUESTS, SiteSummary, summarise_sites, usual_bytes, usual_requests
from archive.store import Archive
from crawler.due import due_portals
from crawler.errors import Usage
from crawler.registry import Portal


@dataclass(frozen=True, slots=True)
class Cost:
    """What a plan takes. ``seconds``: the shortest time in which the busiest group can be asked politely.

    ``groups`` are told by the registry alone: hosts of one address are known to be one when they are resolved, so
    there may be fewer groups, and more time.
    """

    portals: int
    hosts: int
    groups: int
    requests: int
    seconds: float
    bytes: int


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


def portals_due(
    folder: Path, registry: Iterable[Portal], year: int | None, today: date
) -> tuple[tuple[Portal, ...], Mapping[str, int], int]:
    """What is due on a day → (portals, requests of each by code, bytes of an answer), from the archive if there is one.

    ``year`` None: the yearly sweep, for which every portal is due that was not looked at for all years on this day.
    """
    try:
        with Archive.open(folder, write=False) as archive:
            looked, requests = last_looks(archive, year), usual_requests(archive)
            size = usual_bytes(archive)
    except NotAnArchive:  # the first season makes it
        looked, requests, size = {}, {}, USUAL_BYTES
    if year is None:
        return tuple(portal for portal in registry if looked.get(portal.code) != today), requests, size
    return due_portals(registry, today, year, looked), requests, size


def cost_of(portals: Iterable[Portal], requests: Mapping[str, int], size: int, delay: float) -> Cost:
    """Portals, the usual requests of each, the usual bytes of an answer, seconds between requests → what it takes."""
    groups: Counter[str] = Counter()
    hosts: set[str] = set()
    counted = 0
    for portal in portals:
        counted += 1
        hosts.update(portal.hosts)
        groups[portal.group or portal.hosts[0]] += requests.get(portal.code, USUAL_REQUESTS)
    asked = sum(groups.values())
    return Cost(counted, len(hosts), len(groups), asked, max(groups.values(), default=0) * delay, asked * size)


def summaries_of(archive: Archive, run: int, year: int) -> tuple[SiteSummary, ...]:
    """Every site of a run, with the alarms of its lists."""
    alarms: dict[str, list[str]] = defaultdict(list)
    for alarm in list_alarms(archive, run):
        alarms[alarm.site].append(f"list {alarm.code}: {alarm.says} ({alarm.list_key})")
    return summarise_sites(archive, run, year, {site: tuple(said) for site, said in alarms.items()})


def is_over(year: int, today: date) -> bool:
    """True when the last deadline for reports on a year, the governments', is over."""
    return today > deadline_of("示例县人民政府", year)


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
