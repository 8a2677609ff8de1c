"""What one run is to do: portals, year, budget, delay, and whom it may ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

from archive.capture import Target
from crawler.connection.addresses import Guard, is_loopback, read_host_port
from crawler.errors import NoContact, Usage
from crawler.gathering.ways import LISTED
from crawler.manners.scope import Scope
from crawler.politeness import POLITE_DELAY
from crawler.registry import Portal

_CHINA = timezone(timedelta(hours=8))  # one zone, no summer time since 1991


@dataclass(frozen=True, slots=True)
class Plan:
    """``command``: how the run was asked for. ``allow``: (host, port) pairs. ``delay``: seconds between requests.

    ``name``: a run of many portals that is found again by this, whichever of them are due ("season"). ``follow``
    False: the seeds and where they lead by redirects, and nothing else. ``hours``: from and to, full hours of the day
    in China (22, 7), between which requests are sent; None: always. ``user_agent`` says who asks and for whom, and
    ``proxy`` is the URL of the one proxy that is asked instead of the hosts, or ""; ``crawler.config.equip`` sets both.
    """

    portals: tuple[Portal, ...]
    command: str
    report_year: int | None = None
    most_requests: int | None = None
    allow: frozenset[tuple[str, int]] = frozenset()
    delay: float = POLITE_DELAY
    name: str = ""
    follow: bool = True
    hours: tuple[int, int] | None = None
    user_agent: str = ""
    proxy: str = ""

    @property
    def run_scope(self) -> str:
        """The canonical text by which an unfinished run is found again: its name, else its seeds; and the year."""
        year = f"year={self.report_year if self.report_year is not None else 'any'}"
        if self.name:
            return f"{self.name} {year}"
        seeds = sorted({target.url for portal in self.portals for target in first_targets(portal)})
        return f"crawl {' '.join(seeds)} {year}"

    @property
    def guard(self) -> Guard:
        """Hosts and ports whose address need not be public."""
        registered = {read_host_port(pair) for portal in self.portals for pair in portal.allow}
        return Guard(self.allow | registered)

    @property
    def old_tls(self) -> frozenset[tuple[str, int]]:
        """Hosts and ports that may speak TLS older than 1.2."""
        return frozenset(read_host_port(pair) for portal in self.portals for pair in portal.old_tls)

    @property
    def scope(self) -> Scope:
        """Hosts that are followed: those of the portals, those allowed, and every ``*.gov.cn``."""
        named = {host for portal in self.portals for host in portal.hosts}
        with_port = {host for host in named if host.rpartition(":")[2].isdigit() and not host.endswith("]")}
        pairs = {read_host_port(host) for host in with_port}
        return Scope(frozenset(named - with_port), frozenset(pairs) | self.guard.allowed)

    @property
    def groups(self) -> dict[str, str]:
        """Hosts (or hosts and ports) of the portals that share a platform → its name."""
        return {host: portal.group for portal in self.portals if portal.group for host in portal.hosts}

    def is_hour(self, moment: datetime) -> bool:
        """True if requests are sent at that moment (with its offset from UTC).

        >>> Plan((), "", hours=(22, 7)).is_hour(datetime.fromisoformat("2026-01-20T22:30:00+00:00"))
        True
        """
        if self.hours is None:
            return True
        begin, end = self.hours
        hour = moment.astimezone(_CHINA).hour
        return begin <= hour < end if begin < end else hour >= begin or hour < end

    @property
    def is_local(self) -> bool:
        """True if every portal is on this machine: then nobody needs to know whom to write to."""
        return all(
            is_loopback(urlsplit(f"//{host}").hostname or "") for portal in self.portals for host in portal.hosts
        )

    def site_of(self, netloc: str) -> str:
        """The code of the portal that a host belongs to, or ""."""
        return next((portal.code for portal in self.portals if netloc.lower() in portal.hosts), "")


def expect_contact(plan: Plan) -> None:
    """Raises NoContact for a plan for other machines than this one that does not say who asks."""
    if not plan.user_agent and not plan.is_local:
        raise NoContact("a plan for other machines than this one must say who asks (equip)")


def first_targets(portal: Portal) -> list[Target]:
    """Where a portal's crawl begins: its seeds, which the registry knows as report columns, else its home page."""
    if not portal.seeds:
        return [Target(url=portal.home, kind="column", seed=portal.home, site=portal.code)]
    priority = LISTED if portal.name else 0
    return [Target(url=url, kind="column", seed=url, site=portal.code, priority=priority) for url in portal.seeds]


def polite_delay(asked: float | None, portals: Iterable[Portal]) -> float:
    """Seconds between two requests to one group: those asked for, else POLITE_DELAY.

    Raises Usage for less than that where a host is not on this machine, and for more than an hour.
    """
    delay = POLITE_DELAY if asked is None else asked
    hosts = {host.rpartition(":")[0] if ":" in host else host for portal in portals for host in portal.hosts}
    if not 0 <= delay <= 3600:
        raise Usage(f"--delay: expected 0 to 3600 seconds, found {delay:g}")
    if delay < POLITE_DELAY and not all(is_loopback(host) for host in hosts):
        raise Usage(f"--delay under {POLITE_DELAY:g} seconds is for loopback hosts only")
    return delay
