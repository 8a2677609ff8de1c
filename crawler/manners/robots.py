"""robots.txt of every host of a run: asked for once, through the frontier, and remembered."""

from __future__ import annotations

from archive.capture import Target
from archive.frontier import add_targets, end_of, status_of_end
from archive.resources import ALIVE, last_good_payload
from archive.runs.hosts import note_robots
from archive.runs.run import Run
from archive.store import Archive
from archive.urls import netloc_of, url_key
from crawler.connection.tape import Exchange
from crawler.manners.scope import Scope
from crawler.politeness import ABSENT, ROBOTS_HOPS, Robots, is_verdict, judge_robots, read_robots, robots_url

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
        self._queued: set[str] = set()
        self._awaited: set[str] = set()
        self._speaking: dict[str, str] = {}

    def await_answer(self, url: str) -> None:
        """A robots.txt is being asked for."""
        self._queued.discard(url_key(url))
        self._awaited.add(url_key(url))

    def queued_netlocs(self) -> set[str]:
        """Hosts and ports of which a robots.txt is in the frontier, to be asked for."""
        return {netloc_of(url) for url in self._queued}

    def look_up(self, url: str, site: str) -> Robots | None:
        """What is said for the URL, or None: its robots.txt is queued or under way."""
        origin = "/".join(url.split("/", 3)[:3])
        if origin not in self._speaking:
            self._speaking[origin] = url_key(robots_url(origin))
        asked = self._speaking[origin]
        for _ in range(ROBOTS_HOPS + 1):
            if asked in self._said:
                return self._said[asked]
            if asked not in self._moved:
                robots = self._ask(asked, site)
                if robots is not None or asked not in self._moved:
                    return robots
            asked = self._moved[asked]
        return ABSENT  # RFC 9309, 2.3.1.2: after five redirects it may be taken to be unavailable

    def _ask(self, asked: str, site: str) -> Robots | None:
        if asked in self._awaited or asked in self._queued:
            return None
        if not self._scope.follows(asked):
            return ABSENT
        add_targets(self._archive, self._run, [Target(asked, "robots", seed=asked, site=site, priority=FIRST)])
        end = end_of(self._archive, self._run, asked)
        if end is None:
            self._queued.add(asked)
            return None
        outcome, location = end
        if location:
            self._moved[asked] = url_key(location)
            return None
        # An earlier process of this run was answered: with rules, which are those last kept, or with 4xx. One that was
        # the last of its host's for a while may have ended what it could not have.
        payload = last_good_payload(self._archive, asked) if outcome in ALIVE else None
        if payload is not None:
            self._said[asked] = read_robots(payload)
        elif outcome in ALIVE or is_verdict(status_of_end(self._archive, self._run, asked)):
            self._said[asked] = ABSENT
        else:
            self._said[asked] = Robots("unreachable", says=f"robots.txt: {outcome}")
        return self._said[asked]

    def note_alias(self, url: str, location: str) -> None:
        """A robots.txt is to be had elsewhere."""
        self._moved[url_key(url)] = url_key(location)
        self._keep(url, "moved", location, 0.0, "")

    def note(self, url: str, exchange: Exchange) -> Robots:
        """The end of a request for robots.txt → what it says; a 304 repeats what was kept."""
        kept = last_good_payload(self._archive, url) if exchange.status == 304 else None
        robots = judge_robots(exchange) if kept is None else read_robots(kept)
        self._keep(url, robots.state, url, robots.delay, robots.says)
        self._said[url_key(url)] = robots
        return robots

    def _keep(self, url: str, state: str, where: str, delay: float, says: str) -> None:
        if url_key(url) == url_key(robots_url(url)):
            note_robots(self._archive, self._run, netloc_of(url), state, where, delay, says)

    def forget(self, url: str) -> None:
        """A robots.txt that could not be had will be asked for again; until then nothing is known."""
        self._said.pop(url_key(url), None)

    def give_up(self, url: str, why: str) -> None:
        """A robots.txt that will not be asked for in this run."""
        self._queued.discard(url_key(url))
        self._said[url_key(url)] = Robots("unreachable", says=why)

    def is_verdict(self, url: str) -> bool:
        """True if the URL's answer settles the matter for the whole run."""
        said = self._said.get(url_key(url))
        return said is not None and said.state in ("rules", "absent")
