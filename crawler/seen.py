"""How a portal answered: its robots.txt, its last looks, the state of its lists."""

from __future__ import annotations

from datetime import UTC, datetime

from archive.noted.listings import list_alarms
from archive.noted.looks import looks_at_sites
from archive.register import find_site
from archive.runs.hosts import RobotsSeen, robots_state
from archive.store import Archive
from crawler.registry import Portal

_LOOKS = 5


def look_back(archive: Archive, portal: Portal) -> dict[str, object]:
    """The family that its lists were recognised as, robots.txt of each host as last seen, the last looks with what
    was not whole about them, and what the lists did in the last of them that lists should not."""
    looks = looks_at_sites(archive, None, datetime(2000, 1, 1, tzinfo=UTC)).get(portal.code, ())
    site = find_site(archive, portal.code)
    return {
        "recognised": "" if site is None else site.family,
        "robots": [_in_words(seen) for host in portal.hosts for seen in robots_state(archive, host)],
        "looks": [f"{look.day} run {look.run}: {look.why or 'whole'}" for look in looks[-_LOOKS:]],
        "alarms": [
            f"{alarm.code}: {alarm.says} ({alarm.list_key}, run {looks[-1].run})"
            for alarm in (list_alarms(archive, looks[-1].run) if looks else ())
            if alarm.site == portal.code
        ],
    }


def _in_words(seen: RobotsSeen) -> str:
    delay = f", Crawl-delay {seen.delay:g} s" if seen.delay else ""
    return f"{seen.netloc}: {seen.state}{delay}{f' ({seen.says})' if seen.says else ''}, {seen.seen_at}"
