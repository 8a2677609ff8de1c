"""One run's decisions: which URL next, whether it may be asked, and what each exchange becomes."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from urllib.parse import urlsplit

from archive.capture import Capture, Target
from archive.clock import read_clock
from archive.frontier import (
    Lease,
    acknowledge,
    add_targets,
    count_asked,
    count_open,
    known_report_targets,
    lease_targets,
)
from archive.noted.listings import Listing
from archive.register import note_bodies, put_sites, remember_family
from archive.resources import last_good_payload
from archive.runs.hosts import Pause, list_pauses, put_pause
from archive.runs.run import Run, begin_run
from archive.store import Archive
from crawler.browser import Drawing
from crawler.connection.tape import Exchange
from crawler.manners.courtesy import Courtesy
from crawler.manners.groups import Groups, Resolve, resolve_name
from crawler.manners.robots import RobotsDesk
from crawler.manners.scope import refusal_of
from crawler.manners.turns import Turns
from crawler.manners.watch import Watch, resume_pauses
from crawler.outcomes import RETRIED, Outcome, name_outcome
from crawler.pages.hops import circle_of, hop, told_location
from crawler.politeness import LONGEST_PAUSE, read_retry_after
from crawler.relevance import judge_article
from crawler.running.asking import Ask, ask_for, ask_for_drawn
from crawler.running.capturing import capture_of
from crawler.running.gleaner import NOT_FOLLOWED, Gleaner
from crawler.running.plan import Plan, first_targets
from crawler.running.share import LEASE_OVER, Share
from crawler.telling.logbook import note

TRIES = 3
_BATCH = 50
_BACK_OFF = 15.0  # delays before the second try: half a minute at the polite two seconds; twice that before the third
_STRAINED = (429, 503)


class Expedition:
    """Feeds on the archive's frontier; every lease it takes ends in one acknowledged capture.

    ``next_asks`` and ``settle`` are called from one thread. ``clock`` runs forward only (seconds), ``now`` tells the
    time of day, ``resolve`` looks names up. ``share``: one host group of an open run alone, while it is leased.
    """

    def __init__(
        self,
        archive: Archive,
        plan: Plan,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = read_clock,
        resolve: Resolve = resolve_name,
        share: Share | None = None,
    ) -> None:
        self.archive = archive
        self.plan = plan
        self._share = share
        self._clock = clock
        self._sent = 0
        self._watch = Watch(archive, clock)
        self.run: Run = begin_run(archive, plan.command, plan.run_scope) if share is None else share.run
        self._now = now
        self._scope = plan.scope
        self._guard = plan.guard
        self._budgets = {portal.code: portal.budget for portal in plan.portals if portal.budget}
        self._drawn = {portal.code for portal in plan.portals if portal.browser}
        self._asked = Counter(count_asked(archive, self.run) if share is None else share.asked)
        self._groups = Groups(plan.groups if share is None else dict.fromkeys(share.netlocs, share.group), resolve)
        self._courtesy = Courtesy(plan.delay, clock, first_due=clock() + plan.delay if self.run.resumed else -math.inf)
        only = None if share is None else share.netlocs
        self._turns = Turns(archive, self.run, self._groups, self._courtesy, clock, only)
        self._robots = RobotsDesk(archive, self.run, self._scope)
        self._gleaner = Gleaner(plan)
        self._late: list[tuple[Lease, Capture]] = []
        self._parked: list[tuple[Lease, Capture]] = []
        self._last_tries: set[int] = set()
        self._tries: Counter[int] = Counter()
        self._followed: set[str] = set()
        self._refused: dict[str, Outcome | None] = {}
        resume_pauses(archive, self._courtesy)
        put_sites(archive, [portal.site() for portal in plan.portals])
        with archive.writing():
            for portal in plan.portals if share is None else ():
                known = known_report_targets(archive, portal.code) if plan.follow else []
                begun_with = self._gleaner.fresh([*first_targets(portal), *filter(self._is_of_year, known)])
                add_targets(archive, self.run, begun_with)
        if self.run.resumed:
            self._gleaner.recall(archive, self.run)

    def _is_of_year(self, target: Target) -> bool:
        wanted = self.plan.report_year
        return wanted is None or judge_article(target.link_text).report_year in (None, wanted)

    @property
    def asked(self) -> int:
        """Requests of the run so far, those of earlier processes included."""
        return self._asked.total()

    @property
    def under_way(self) -> int:
        """Requests that were handed out and are not settled."""
        return self._turns.flying

    def next_asks(self, most: int) -> list[Ask]:
        """Requests to send now, at most so many, each to another group of hosts. Their leases are one commit."""
        with self.archive.writing():
            self._end_refused()
            return list(islice(self._asks(), most)) if self._is_hour() else []

    def _asks(self) -> Iterator[Ask]:
        while not self._why_over() and self._spent() is None:
            lease = self._turns.next_lease(self._robots.queued_netlocs()) or self._last_try()
            if lease is None:
                return
            if ask := self._admit(lease):
                self._asked[lease.target.site] += 1
                self._sent += 1
                self._turns.send(lease)
                yield ask

    def wait(self) -> float:
        """Seconds until ``next_asks`` may have something again; infinity if a request must end first."""
        return self._turns.wait() if self._is_hour() and not self._why_over() else math.inf

    def is_done(self) -> bool:
        """True if every URL of the run, or of our share of it, has its outcome, but for those that ``finish`` ends."""
        only = None if self._share is None else self._share.netlocs
        return not self._turns.queued() and count_open(self.archive, self.run, only) <= len(self._late)

    def take_stock(self) -> tuple[str, ...]:
        """Hosts that have something in the frontier, after others have done a share of the run: what they asked is
        counted, and what nobody may ask has ended."""
        if self._budgets or self.plan.most_requests is not None:
            self._asked = Counter(count_asked(self.archive, self.run))
        self._turns.changed()
        self._end_refused()
        return self._turns.queued()

    @property
    def ends(self) -> float:
        """The moment of ``time.monotonic`` at which nothing more may be sent: the end of the lease, if this is one."""
        return math.inf if self._share is None else self._share.ends

    def _why_over(self) -> str:
        if self._share is None:
            return ""
        if self._clock() >= self._share.ends:
            return "the lease of the host group is over"
        if self._share.most is not None and self._sent >= self._share.most:
            return f"its share of {self._share.most} requests is used up"
        return ""

    def why_stuck(self) -> str:
        """Why this process cannot go on with what is left, or "" while it can."""
        if self._turns.flying or self.is_done():
            return ""
        if not self._is_hour():
            return "it is not the hour for requests"
        if over := self._why_over():
            return over
        if self._turns.wait() <= LONGEST_PAUSE:
            return ""
        left = [f"{pause.host_group} until {pause.until:%Y-%m-%d %H:%M} UTC" for pause in list_pauses(self.archive)]
        return f"what is left waits for hosts that asked to be left alone ({', '.join(left)})"

    def is_stuck(self) -> bool:
        """True if all that is left waits, for a host that asked to be left alone or for the hour, longer than a process
        does."""
        return bool(self.why_stuck())

    def finish(self) -> None:
        """Acknowledges what could not be while the run might still have been resumed, and remembers the families."""
        while self._late:
            acknowledge(self.archive, self.run, *self._late.pop())
        self.remember()

    def remember(self) -> None:
        """Keeps the families that most pages of sites' lists were recognised as."""
        with self.archive.writing():
            for site, family in self._gleaner.families().items():
                remember_family(self.archive, site, family)

    def close(self) -> None:
        """Ends the threads that look names up, and forgets what only this process had to know."""
        self._groups.close()
        self._gleaner.close()

    def _is_hour(self) -> bool:
        return self.plan.is_hour(self._now())

    def _end_refused(self) -> None:
        """Ends what is not asked for, whoever's turn it is: hosts not followed, and all once the budget is spent."""
        spent = self._spent()
        if spent is not None:
            self._late += self._parked
            self._parked = []
            for lease in self._turns.take_back():
                self._end_unasked(lease, spent)
        for netloc in self._turns.queued():
            refusal = spent
            if refusal is None and netloc not in self._followed:
                refusal = self._refusal(f"http://{netloc}/")
                self._followed |= set() if refusal else {netloc}
            while refusal is not None and (leases := lease_targets(self.archive, self.run, _BATCH, [netloc])):
                for lease in leases:
                    self._end_unasked(lease, self._refusal(lease.target.url) or refusal)

    def _spent(self) -> Outcome | None:
        most = self.plan.most_requests
        return Outcome("budget", f"{most} requests were sent") if most is not None and self.asked >= most else None

    def _refusal(self, url: str) -> Outcome | None:
        """Why it is not asked for, which its scheme, host and port tell: the same for all pages of a host."""
        origin = "/".join(url.split("/", 3)[:3])
        if origin not in self._refused:
            self._refused[origin] = refusal_of(origin, self._scope, self._guard)
        return self._refused[origin]

    def _admit(self, lease: Lease) -> Ask | None:
        """A lease → the request to send, or None: it has ended without one, or waits."""
        target = lease.target
        most = self._budgets.get(target.site)
        refusal = self._refusal(target.url)
        if refusal is None and most is not None and self._asked[target.site] >= most:
            refusal = Outcome("budget", f"{most} requests of {target.site} were sent")
        if refusal is not None:
            self._end_unasked(lease, refusal)
            return None
        if target.kind == "robots":
            self._robots.await_answer(target.url)
            return ask_for(lease)
        robots = self._robots.look_up(target.url, target.site)
        if robots is None:
            self._turns.wait_for_robots(lease)
            return None
        if not robots.allows(target.url):
            outcome = "robots_disallowed" if robots.state == "rules" else "robots_unreachable"
            outcome = "refused_address" if robots.state == "refused_address" else outcome
            self._end_unasked(lease, Outcome(outcome, robots.says or "robots.txt disallows it"))
            return None
        group = self._turns.group_of(lease)
        self._courtesy.slow_down(group, robots.delay)
        if self._courtesy.wait(group) > 0:  # rules of an earlier process of this run, read only now
            self._turns.put_back(lease)
            return None
        if target.site in self._drawn:
            return ask_for_drawn(lease, Drawing(robots.allows, self._courtesy.interval(group)))
        return ask_for(lease)

    def _end_unasked(self, lease: Lease, outcome: Outcome) -> None:
        if lease.target.kind == "robots":
            self._robots.give_up(lease.target.url, outcome.says)
            self._turns.robots_came()
        refused = self.plan.follow and outcome.name in NOT_FOLLOWED
        others = self._gleaner.instead_of(lease.target) if refused else ()
        acknowledge(self.archive, self.run, lease, self._capture(lease, Exchange(), outcome), others)
        self._turns.ended(lease, others)

    def settle(self, answers: Iterable[tuple[Ask, Exchange]]) -> None:
        """What came of requests: another try later, or the one end of a lease.

        One commit of the bytes of all, then one of all else.
        """
        with self.archive.writing(), self.archive.keeping():
            for ask, exchange in answers:
                try:
                    if exchange.failure == LEASE_OVER:  # nothing was sent
                        self._turns.put_back(ask.lease)
                    else:
                        self._settle(ask, exchange)
                finally:
                    strained = exchange.status in _STRAINED or exchange.failure == "timeout"
                    self._turns.settle(ask.lease, strained=strained)

    def _settle(self, ask: Ask, exchange: Exchange) -> None:
        lease, target = ask.lease, ask.lease.target
        may_be_empty = target.kind == "robots"
        outcome = name_outcome(exchange, conditional=ask.is_conditional, may_be_empty=may_be_empty)
        if outcome.name == "not_modified" and ask.contradicts(exchange.value("etag")):
            self._turns.hold(replace(lease, etag="", last_modified=""), 0.0)  # once: it is unconditional then
            return
        if exchange.status in _STRAINED:
            self._pause(lease, exchange)
        if outcome.name in RETRIED and self._tries[lease.id] + 1 < TRIES:
            self._turns.hold(lease, _BACK_OFF * self.plan.delay * 2 ** self._tries[lease.id])
            self._tries[lease.id] += 1
            return
        location = ""
        if outcome.name == "alias":
            location = told_location(target.url, exchange.value("location"))
            if not location:
                outcome = Outcome("bad_http", f"leads to {exchange.value('location')!r}, which is no web address")
            elif target.kind != "robots":
                circle = circle_of(self.archive, self.run, target, location, exchange.status)
                if circle:
                    is_cookie = bool(exchange.values("set-cookie"))
                    outcome, location = Outcome("challenge" if is_cookie else "bad_http", circle), ""
        if target.kind == "robots":
            self._settle_robots(lease, exchange, outcome, location)
        elif location:
            capture = replace(self._capture(lease, exchange, outcome), location=location)
            onward = hop(target, location, exchange.status)
            acknowledge(self.archive, self.run, lease, capture, onward, None, ())
            self._turns.found(onward)
        else:
            capture, found, listing, named = self._read(lease, exchange, outcome)
            taken = tuple(found) if self.plan.follow else ()
            acknowledge(self.archive, self.run, lease, capture, taken, listing, named)
            self._turns.found(taken)

    def _read(
        self, lease: Lease, exchange: Exchange, outcome: Outcome
    ) -> tuple[Capture, Iterable[Target], Listing | None, tuple[str, ...] | None]:
        """An answer → its capture with what the page says of itself, the targets found on it, what it lists, and the
        URLs that it links to (None: it is no page).

        A 304 has no body; the links of the page are those of the body kept before.
        """
        target, at = lease.target, self._watch.now()
        payload: bytes | None = None
        if outcome.name == "fetched":
            payload = exchange.payload
        elif outcome.name == "not_modified":
            payload = last_good_payload(self.archive, target.url)
        gleaned = self._gleaner.glean(target, payload) if payload else None
        capture = capture_of(target, exchange, outcome, at, self.plan, gleaned)
        if gleaned is None:
            return capture, self._gleaner.instead_of(target) if payload is None else (), None, None
        if gleaned.bodies:
            note_bodies(self.archive, target.site, gleaned.bodies, target.url)
        return capture, gleaned.fresh, gleaned.listing, gleaned.named

    def _settle_robots(self, lease: Lease, exchange: Exchange, outcome: Outcome, location: str) -> None:
        """The end of a request for robots.txt. One that cannot be had is asked for once more when nothing else is left
        to do; only then do its host's URLs end."""
        url = lease.target.url
        capture = replace(self._capture(lease, exchange, outcome), location=location)
        if location:
            self._robots.note_alias(url, location)
            acknowledge(self.archive, self.run, lease, capture)
        else:
            robots = self._robots.note(url, exchange)
            self._courtesy.slow_down(self._turns.group_of(lease), robots.delay)
            if self._robots.is_verdict(url):
                acknowledge(self.archive, self.run, lease, capture)
            elif robots.state == "unreachable" and lease.id not in self._last_tries:
                self._robots.forget(url)
                self._parked.append((lease, capture))
                return
            else:
                self._late.append((lease, capture))
        self._turns.robots_came()

    def _last_try(self) -> Lease | None:
        """A robots.txt that could not be had, once more, when all that is left waits for one."""
        if not self._parked or not self._turns.is_idle():
            return None
        for lease, _ in self._parked:
            self._last_tries.add(lease.id)
            self._turns.hold(lease, 2 * _BACK_OFF * self.plan.delay)
        self._parked = []
        return self._turns.next_lease(self._robots.queued_netlocs())

    def _pause(self, lease: Lease, exchange: Exchange) -> None:
        asked = read_retry_after(exchange.value("retry-after"), read_clock())
        seconds = _BACK_OFF * self.plan.delay if asked is None else asked
        group = self._turns.group_of(lease)
        self._courtesy.pause(group, seconds)
        if seconds:
            said = f", Retry-After: {exchange.value('retry-after')[:80]}" if exchange.value("retry-after") else ""
            why = f"{urlsplit(lease.target.url).netloc} answered {exchange.status}{said}"
            put_pause(self.archive, Pause(group, read_clock() + timedelta(seconds=seconds), why))
            note("pause", f"{why}: left alone for {seconds:.0f} s", host=why.split()[0], seconds=round(seconds))

    def _capture(self, lease: Lease, exchange: Exchange, outcome: Outcome) -> Capture:
        return capture_of(lease.target, exchange, outcome, self._watch.now(), self.plan)
