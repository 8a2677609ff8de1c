"""One run's decisions: which URL next, whether it may be asked, and what each exchange becomes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from archive.capture import Capture, Target
from archive.clock import read_clock
from archive.frontier import Lease, acknowledge, add_targets, count_open, known_report_targets, lease_targets
from archive.register import put_sites
from archive.resources import last_good_payload
from archive.runs import Run, begin_run
from archive.store import Archive
from crawler.addresses import RefusedAddress
from crawler.harvest import harvest
from crawler.links import is_page, read_page, resolve
from crawler.outcomes import RETRIED, Outcome, name_outcome
from crawler.plan import Plan, first_targets
from crawler.politeness import LONGEST_PAUSE, Pauses, Robots, read_retry_after
from crawler.relevance import is_report_page, judge_article
from crawler.robots import RobotsDesk
from crawler.tape import Exchange

TRIES = 3
_BATCH = 4
_BACK_OFF = 15.0  # delays before the second try: half a minute at the polite two seconds; twice that before the third
_MOST_HOPS = 20


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to send: a leased URL and the validators to send along."""

    lease: Lease
    headers: dict[str, str]


class Expedition:
    """Feeds on the archive's frontier; every lease it takes ends in one acknowledged capture.

    ``next_ask`` and ``settle`` are called from one thread. Leases that wait (for robots.txt, for a pause, for
    another try) are held in memory; those of a killed process are handed back when the run is resumed.
    """

    def __init__(self, archive: Archive, plan: Plan, clock: Callable[[], float] = time.monotonic) -> None:
        self.archive = archive
        self.plan = plan
        self.run: Run = begin_run(archive, plan.command, plan.run_scope)
        self.asked = 0
        self.delays: dict[str, float] = {}  # host → seconds its Crawl-delay asks for
        self._clock = clock
        self._scope = plan.scope
        self._guard = plan.guard
        self._families = {portal.code: portal.family for portal in plan.portals}
        self._pauses = Pauses(clock)
        self._robots = RobotsDesk(archive, self.run, self._scope)
        self._ready: deque[Lease] = deque()
        self._waiting: list[Lease] = []
        self._held: list[tuple[float, Lease]] = []
        self._late: list[tuple[Lease, Capture]] = []
        self._tries: dict[int, int] = {}
        put_sites(archive, [portal.site() for portal in plan.portals])
        for portal in plan.portals:
            known = known_report_targets(archive, portal.code)
            add_targets(archive, self.run, [*first_targets(portal), *filter(self._is_of_year, known)])

    def _is_of_year(self, target: Target) -> bool:
        wanted = self.plan.report_year
        return wanted is None or judge_article(target.link_text).report_year in (None, wanted)

    def next_ask(self) -> Ask | None:
        """The next request to send, or None if there is none at this moment."""
        now = self._clock()
        self._ready.extend(lease for moment, lease in self._held if moment <= now)
        self._held = [(moment, lease) for moment, lease in self._held if moment > now]
        while lease := self._next_lease():
            if ask := self._admit(lease):
                self.asked += 1
                return ask
        return None

    def is_done(self) -> bool:
        """True if every URL of the run has its outcome, but for those that ``finish`` ends."""
        return count_open(self.archive, self.run) <= len(self._late)

    def is_stuck(self) -> bool:
        """True if all that is left waits for a host that asked to be left alone for longer than a run waits."""
        if not self._held or count_open(self.archive, self.run) > len(self._held) + len(self._late):
            return False
        return min(moment for moment, _ in self._held) - self._clock() > LONGEST_PAUSE

    def finish(self) -> None:
        """Acknowledges what could not be while the run might still have been resumed."""
        while self._late:
            acknowledge(self.archive, self.run, *self._late.pop())

    def _next_lease(self) -> Lease | None:
        if not self._ready:
            self._ready.extend(lease_targets(self.archive, self.run, _BATCH))
        return self._ready.popleft() if self._ready else None

    def _admit(self, lease: Lease) -> Ask | None:
        """A lease → the request to send, or None: it has ended without one, or waits."""
        url = lease.target.url
        if refusal := self._refusal(url):
            self._end_unasked(lease, refusal)
            return None
        if left := self._pauses.left(urlsplit(url).netloc):
            self._held.append((self._clock() + left, lease))
            return None
        if lease.target.kind == "robots":
            self._robots.await_answer(url)
        else:
            robots = self._robots.look_up(url, lease.target.site)
            if robots is None:
                self._waiting.append(lease)
                return None
            if not robots.allows(url):
                outcome = "robots_disallowed" if robots.state == "rules" else "robots_unreachable"
                outcome = "refused_address" if robots.state == "refused_address" else outcome
                self._end_unasked(lease, Outcome(outcome, robots.says or "robots.txt disallows it"))
                return None
            self._slow_down(url, robots)
        headers = {"If-None-Match": lease.etag, "If-Modified-Since": lease.last_modified}
        return Ask(lease, {name: value for name, value in headers.items() if value})

    def _refusal(self, url: str) -> Outcome | None:
        if not self._scope.follows(url):
            return Outcome("off_scope", f"{urlsplit(url).netloc} is not followed")
        try:
            self._guard.check_literal(url)
        except RefusedAddress as error:
            return Outcome("refused_address", str(error))
        most = self.plan.most_requests
        return Outcome("budget", f"{most} requests were sent") if most is not None and self.asked >= most else None

    def _end_unasked(self, lease: Lease, outcome: Outcome) -> None:
        if lease.target.kind == "robots":
            self._robots.give_up(lease.target.url, outcome.says)
            self._release_waiting()
        acknowledge(self.archive, self.run, lease, self._capture(lease, Exchange(), outcome))

    def settle(self, ask: Ask, exchange: Exchange) -> None:
        """What came of a request: another try later, or the one end of its lease."""
        lease, target = ask.lease, ask.lease.target
        outcome = name_outcome(exchange, conditional=bool(ask.headers))
        if exchange.status in (429, 503):
            self._pause(target.url, exchange.value("retry-after"))
        if outcome.name in RETRIED and self._tries.get(lease.id, 0) + 1 < TRIES:
            self._hold(lease)
            return
        location = ""
        if outcome.name == "alias":
            location = resolve(target.url, exchange.value("location"))
            if not location:
                outcome = Outcome("bad_http", f"leads to {exchange.value('location')!r}, which is no web address")
        if target.kind == "robots":
            self._settle_robots(lease, exchange, outcome, location)
            return
        if location:
            hop = replace(target, url=location, via=target.url, depth=target.depth + 1)
            onward = [hop] if target.depth < _MOST_HOPS else []
            capture = replace(self._capture(lease, exchange, outcome), location=location)
            acknowledge(self.archive, self.run, lease, capture, onward)
            return
        acknowledge(self.archive, self.run, lease, *self._read(lease, exchange, outcome))

    def _read(self, lease: Lease, exchange: Exchange, outcome: Outcome) -> tuple[Capture, Iterable[Target]]:
        """An answer → its capture with what the page says of itself, and the targets found on it.

        A 304 has no body; the links of the page are those of the body kept before.
        """
        target = lease.target
        capture = self._capture(lease, exchange, outcome)
        payload: bytes | None = None
        if outcome.name == "fetched":
            payload = exchange.payload
        elif outcome.name == "not_modified":
            payload = last_good_payload(self.archive, target.url)
        if not payload or not is_page(payload):
            return capture, ()
        page = read_page(target.url, payload)
        taken = harvest(page, target, self._families.get(target.site, ""), self.plan.report_year)
        is_report = target.kind == "column" and is_report_page(page.source)
        capture = replace(
            capture,
            kind="article" if is_report else target.kind,
            title=page.name,
            published=page.published,
            says="; ".join(part for part in (capture.says, taken.says) if part),
        )
        return capture, taken.targets

    def _settle_robots(self, lease: Lease, exchange: Exchange, outcome: Outcome, location: str) -> None:
        url = lease.target.url
        capture = self._capture(lease, exchange, outcome)
        if location:
            self._robots.note_alias(url, location)
            capture = replace(capture, location=location)
        else:
            self._slow_down(url, self._robots.note(url, exchange))
        if self._robots.is_verdict(url):
            acknowledge(self.archive, self.run, lease, capture)
        else:
            self._late.append((lease, capture))
        self._release_waiting()

    def _slow_down(self, url: str, robots: Robots) -> None:
        if robots.delay:
            self.delays[urlsplit(url).hostname or ""] = robots.delay

    def _release_waiting(self) -> None:
        self._ready.extend(self._waiting)
        self._waiting = []

    def _pause(self, url: str, retry_after: str) -> None:
        asked = read_retry_after(retry_after, read_clock())
        self._pauses.pause(urlsplit(url).netloc, _BACK_OFF * self.plan.delay if asked is None else asked)

    def _hold(self, lease: Lease) -> None:
        tried = self._tries[lease.id] = self._tries.get(lease.id, 0) + 1
        self._held.append((self._clock() + _BACK_OFF * self.plan.delay * 2 ** (tried - 1), lease))

    def _capture(self, lease: Lease, exchange: Exchange, outcome: Outcome) -> Capture:
        target = lease.target
        return Capture(
            url=target.url,
            captured_at=read_clock(),
            outcome=outcome.name,
            status=exchange.status,
            header=exchange.header,
            wire=exchange.wire,
            payload=exchange.payload,
            kind=target.kind,
            seed=target.seed,
            via=target.via,
            link_text=target.link_text,
            site=target.site or self.plan.site_of(urlsplit(target.url).netloc),
            peer=exchange.peer,
            says=outcome.says,
        )
