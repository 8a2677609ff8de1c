"""robots.txt of every host of a run: asked for once, through the frontier, and remembered."""

from __future__ import annotations

from archive.capture import Target
from archive.frontier import add_targets
from archive.resources import last_good_payload
from archive.runs import Run
from archive.store import Archive
from crawler.politeness import ABSENT, ROBOTS_HOPS, Robots, judge_robots, read_robots, robots_url
from crawler.scope import Scope
from crawler.tape import Exchange

FIRST = 1_000
"""Priority of robots.txt: before anything else of its host."""


class RobotsDesk:
    """Answers what robots.txt says for a URL, queueing its request when nobody has asked yet.

    A process that resumes a run does not ask again for what an earlier one has acknowledged; so only
    verdicts (rules, or absence) may be acknowledged while the run goes on: see ``is_verdict``.
    """

    def __init__(self, archive: Archive, run: Run, scope: Scope) -> None:
        self._archive = archive
        self._run = run
        self._scope = scope
        self._said: dict[str, Robots] = {}
        self._moved: dict[str, str] = {}
        self._awaited: set[str] = set()

    def await_answer(self, url: str) -> None:
        """A robots.txt is being asked for."""
        self._awaited.add(url)

    def look_up(self, url: str, site: str) -> Robots | None:
        """What is said for the URL, or None: its robots.txt is queued or under way."""
        asked = robots_url(url)
        for _ in range(ROBOTS_HOPS + 1):
            if asked in self._said:
                return self._said[asked]
            if asked not in self._moved:
                return self._ask(asked, site)
            asked = self._moved[asked]
        return ABSENT  # RFC 9309, 2.3.1.2: after five redirects it may be taken to be unavailable

    def _ask(self, asked: str, site: str) -> Robots | None:
        if asked in self._awaited:
            return None
        if not self._scope.follows(asked):
            return ABSENT
        target = Target(url=asked, kind="robots", seed=asked, site=site, priority=FIRST)
        if add_targets(self._archive, self._run, [target]):
            self._awaited.add(asked)
            return None
        # An earlier process of this run has asked: 200 or 304, then the rules are those last kept; or 4xx.
        payload = last_good_payload(self._archive, asked)
        self._said[asked] = ABSENT if payload is None else read_robots(payload)
        return self._said[asked]

    def note_alias(self, url: str, location: str) -> None:
        """A robots.txt is to be had elsewhere."""
        self._moved[url] = location

    def note(self, url: str, exchange: Exchange) -> Robots:
        """The end of a request for robots.txt → what it says; a 304 repeats what was kept."""
        if exchange.status == 304:
            payload = last_good_payload(self._archive, url)
            self._said[url] = ABSENT if payload is None else read_robots(payload)
        else:
            self._said[url] = judge_robots(exchange)
        return self._said[url]

    def give_up(self, url: str, why: str) -> None:
        """A robots.txt that will not be asked for in this run."""
        self._said[url] = Robots("unreachable", says=why)

    def is_verdict(self, url: str) -> bool:
        """True if the URL's answer settles the matter for the whole run."""
        return url in self._said and self._said[url].state in ("rules", "absent")
