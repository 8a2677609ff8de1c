"""What one run is to do: portals, year, budget, delay, and whom it may ask."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.capture import Target
from crawler.addresses import Guard, is_loopback, read_host_port
from crawler.harvest import LISTED
from crawler.politeness import POLITE_DELAY
from crawler.registry import Portal
from crawler.scope import Scope


@dataclass(frozen=True, slots=True)
class Plan:
    """``command``: how the run was asked for. ``allow``: (host, port) pairs. ``delay``: seconds between requests."""

    portals: tuple[Portal, ...]
    command: str
    report_year: int | None = None
    most_requests: int | None = None
    allow: frozenset[tuple[str, int]] = frozenset()
    delay: float = POLITE_DELAY

    @property
    def run_scope(self) -> str:
        """The canonical text by which an unfinished run is found again: seeds and year."""
        seeds = sorted({target.url for portal in self.portals for target in first_targets(portal)})
        return f"crawl {' '.join(seeds)} year={self.report_year if self.report_year is not None else 'any'}"

    @property
    def guard(self) -> Guard:
        """Hosts and ports whose address need not be public."""
        registered = {read_host_port(pair) for portal in self.portals for pair in portal.allow}
        return Guard(self.allow | registered)

    @property
    def scope(self) -> Scope:
        """Hosts that are followed: those of the portals, those allowed, and every ``*.gov.cn``."""
        named = {host for portal in self.portals for host in portal.hosts}
        with_port = {host for host in named if host.rpartition(":")[2].isdigit() and not host.endswith("]")}
        pairs = {read_host_port(host) for host in with_port}
        return Scope(frozenset(named - with_port), frozenset(pairs) | self.guard.allowed)

    @property
    def is_local(self) -> bool:
        """True if every portal is on this machine: then nobody needs to know whom to write to."""
        return all(
            is_loopback(urlsplit(f"//{host}").hostname or "") for portal in self.portals for host in portal.hosts
        )

    def site_of(self, netloc: str) -> str:
        """The code of the portal that a host belongs to, or ""."""
        return next((portal.code for portal in self.portals if netloc.lower() in portal.hosts), "")


def first_targets(portal: Portal) -> list[Target]:
    """Where a portal's crawl begins: its seeds, which the registry knows as report columns, else its home page."""
    if not portal.seeds:
        return [Target(url=portal.home, kind="column", seed=portal.home, site=portal.code)]
    priority = LISTED if portal.name else 0
    return [Target(url=url, kind="column", seed=url, site=portal.code, priority=priority) for url in portal.seeds]
