"""A run in many shares: each host group given to one worker at a time, and what comes home."""

from __future__ import annotations

import logging
import math
import shutil
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from archive.clock import read_clock, stamp
from archive.errors import Damaged
from archive.frontier import count_asked, netlocs_of, sites_at
from archive.runs.hosts import list_pauses
from archive.spread.child import own_release
from archive.spread.cut import cut_slice, room_for_slices
from archive.spread.home import take_home
from archive.spread.ledger import PARCEL, Ledger, open_ledger
from archive.spread.parcels import pack, unpack
from archive.spread.task import BEGUN_WITHIN, ClusterLost, Place, Task, TaskFailed, TaskLost
from archive.store import Archive
from crawler.manners.groups import Groups, Resolve, resolve_name
from crawler.politeness import LONGEST_PAUSE
from crawler.running.expedition import Expedition
from crawler.running.plan import expect_contact
from crawler.running.plan_sent import plan_for, plan_to_dict

DEED = "crawler.voyages.afield"
LEASE = 300.0
"""Seconds for which a worker may ask a host group, before it brings home what it has."""

GRACE = 300.0
"""Seconds after a lease in which what was under way ends (four minutes at most, for a page that is drawn) and what was
seen is packed and sent: until then nobody else is given the group, unless its worker has said that it is over."""

_BEAT = 0.2
_MOST_FAILURES = 5  # in a row, of one group

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Party:
    """One share under way."""

    group: str
    token: int
    sites: frozenset[str]
    most: int | None
    answer: Future[bytes]


@dataclass(slots=True)
class Parties:
    """One run's shares. ``why_stuck`` says at the end why the run could not be done, or ""."""

    expedition: Expedition
    place: Place
    ledger: Ledger
    scratch: Path
    groups: Groups
    lease: float
    grace: float
    why_stuck: str = ""
    _under_way: list[_Party] = field(default_factory=list)
    _free_at: dict[str, float] = field(default_factory=dict)
    _failed: Counter[str] = field(default_factory=Counter)
    _idle: set[str] = field(default_factory=set)
    _waiting: dict[str, list[str]] | None = None
    _netlocs: set[str] = field(default_factory=set)
    _alone_since: float | None = None

    def go(self) -> None:
        """Gives shares away and takes them home until all is done, or what is left has to wait too long."""
        self._netlocs |= netlocs_of(self._archive, self.expedition.run)
        while True:
            waits = self._give_all()
            if not self._under_way:
                if self.expedition.is_done() or not self._is_worth(waits):
                    return
                time.sleep(min(waits, _BEAT))
                continue
            done, _ = wait([one.answer for one in self._under_way], timeout=_BEAT, return_when=FIRST_COMPLETED)
            self._take([one for one in self._under_way if one.answer in done])

    def come_home(self) -> None:
        """Takes what has been answered by now; the rest is lost."""
        self._take([one for one in self._under_way if one.answer.done()])

    def _give_all(self) -> float:
        """Gives away what may be; seconds until more may be, infinity if something must come home first."""
        waiting = self._groups_waiting()
        pauses = {
            pause.host_group: (pause.until - read_clock()).total_seconds() for pause in list_pauses(self._archive)
        }
        held = {held.host_group: (held.until - read_clock()).total_seconds() for held in self.ledger.held()}
        waits, slots = [math.inf], self.place.slots
        for group, netlocs in waiting.items():
            seconds = max(
                pauses.get(group, 0.0),
                held.get(group, 0.0) if group not in self._free_at else 0.0,
                self._free_at.get(group, 0.0) - time.monotonic(),
            )
            if any(one.group == group for one in self._under_way) or group in self._idle:
                continue
            if seconds > 0:
                waits.append(seconds)
            elif not self.expedition.plan.is_hour(read_clock()):
                continue
            elif len(self._under_way) < slots:
                self._give(group, frozenset(netlocs))
        if self.groups.is_seeking:
            waits.append(_BEAT)
        if waiting and not slots:
            self._expect_workers()
            waits.append(_BEAT)
        else:
            self._alone_since = None
        return min(waits)

    def _expect_workers(self) -> None:
        """Workers may come back, or a scheduler. Raises ClusterLost when that has taken too long."""
        now = time.monotonic()
        self._alone_since = now if self._alone_since is None else self._alone_since
        if now - self._alone_since > BEGUN_WITHIN:
            raise ClusterLost(f"no worker for {BEGUN_WITHIN:g} seconds; the same command goes on")

    def _is_worth(self, waits: float) -> bool:
        """Whether this process waits so long for what is left; else it is told why not."""
        if waits <= max(LONGEST_PAUSE, self.lease + self.grace + _BEAT):
            return True
        left = [f"{pause.host_group} until {pause.until:%Y-%m-%d %H:%M} UTC" for pause in list_pauses(self._archive)]
        if not self.expedition.plan.is_hour(read_clock()):
            self.why_stuck = "it is not the hour for requests"
        elif left:
            self.why_stuck = f"what is left waits for hosts that asked to be left alone ({', '.join(left)})"
        else:
            self.why_stuck = f"no worker gets on with {', '.join(sorted(self._idle)[:10])}"
        return False

    def _groups_waiting(self) -> dict[str, list[str]]:
        """Host groups that have something to ask → all their hosts and ports of this run, so that who is given them
        knows what was found there; looked up when something has changed."""
        if self._waiting is not None and not self.groups.is_seeking:
            return self._waiting
        queued = set(self.expedition.take_stock())
        self._netlocs |= queued
        found: dict[str, list[str]] = defaultdict(list)
        for netloc in self._netlocs:
            group = self.groups.group_of(netloc)
            if group is not None:
                found[group].append(netloc)
        found = {group: netlocs for group, netlocs in found.items() if not queued.isdisjoint(netlocs)}
        self._waiting = found
        return found

    def _give(self, group: str, netlocs: frozenset[str]) -> None:
        """One group to one worker, if nobody else is at a site whose requests are counted with its own."""
        plan, run = self.expedition.plan, self.expedition.run
        sites = sites_at(self._archive, run, netlocs)
        counted = {portal.code for portal in plan.portals if portal.budget} & sites
        if any(counted & one.sites for one in self._under_way):
            return
        most = self._share_of_requests()
        if most is not None and most < 1:
            return
        token = self.ledger.lease(run.id, group, self.place.kind, BEGUN_WITHIN + self.lease + self.grace)
        said = {
            "token": token,
            "release": own_release(),
            "group": group,
            "netlocs": sorted(netlocs),
            "most": most,
            "asked": count_asked(self._archive, run) if counted else {},
            "first": token * PARCEL,
            "now": stamp(read_clock()),
            "plan": plan_to_dict(plan_for(plan, sites, netlocs)),
        }
        with self._folder(f"{token}-away") as folder:
            cut_slice(self._archive, run, netlocs, folder)
            question = pack(said, folder)
        try:
            answer = self.place.submit(Task(DEED, question, self.lease, self.grace))
        except ClusterLost as lost:
            self.ledger.end(token, "over", lost.says)
            raise
        self._free_at[group] = math.inf
        self._under_way.append(_Party(group, token, frozenset(sites), most, answer))

    def _share_of_requests(self) -> int | None:
        most = self.expedition.plan.most_requests
        if most is None:
            return None
        left = most - self.expedition.asked - sum(one.most or 0 for one in self._under_way)
        return left if left < 1 else max(1, left // max(1, self.place.slots))

    def _take(self, parties: list[_Party]) -> None:
        for party in parties:
            self._under_way.remove(party)
            now = time.monotonic()
            try:
                answer = party.answer.result()
            except TaskLost as lost:
                self.ledger.end(party.token, "lost", lost.says)
                self._free_at[party.group] = now + self.lease + self.grace
                self._note_failure(party, lost.says)
                continue
            except (TaskFailed, CancelledError) as failed:
                self.ledger.end(party.token, "over", str(failed))
                self._free_at[party.group] = now + self.expedition.plan.delay
                self._note_failure(party, str(failed))
                continue
            self._free_at[party.group] = now  # the next begins with a delay of its own
            self._take_home(party, answer)

    def _take_home(self, party: _Party, answer: bytes) -> None:
        if not self.ledger.is_current(party.token):
            self.ledger.end(party.token, "late", "its group was given to another")
            logger.warning("task %d of %s answered after its group was given to another", party.token, party.group)
            return
        self._waiting = None
        try:
            with self._folder(f"{party.token}-home") as folder:
                said = unpack(answer, folder)
                if said.get("token") != party.token:
                    raise Damaged(f"what came home has the token {said.get('token')!r:.40}, not {party.token}")
                told = take_home(self._archive, self.expedition.run, folder)
        except Damaged as error:
            self.ledger.end(party.token, "over", error.says)
            self._note_failure(party, error.says)
            return
        self.ledger.end(party.token, "home")
        if told.counts["captures"]:
            self._failed[party.group] = 0
            self._idle.clear()
        elif not said.get("in_time"):
            self._note_failure(party, "its lease was over before it had asked for anything")
        else:  # until something comes home that it may wait for: robots.txt of another group
            self._idle.add(party.group)

    @contextmanager
    def _folder(self, name: str) -> Iterator[Path]:
        """A name for a folder that is not there yet, and is not there after."""
        try:
            yield self.scratch / name
        finally:
            shutil.rmtree(self.scratch / name, ignore_errors=True)

    def _note_failure(self, party: _Party, says: str) -> None:
        logger.warning("task %d of %s: %s", party.token, party.group, says)
        self._failed[party.group] += 1
        if self._failed[party.group] >= _MOST_FAILURES:
            self._idle.add(party.group)

    @property
    def _archive(self) -> Archive:
        return self.expedition.archive


def travel_afield(
    expedition: Expedition,
    place: Place,
    lease: float = LEASE,
    grace: float = GRACE,
    resolve: Resolve = resolve_name,
) -> str:
    """Does a run's crawl with the workers of a place; why it could not be done to its end, or "".

    What has come home is in the archive, whatever happens after. Raises KeyboardInterrupt when interrupted, after the
    workers were asked for what they have; ClusterLost, NoRoom; NoContact.
    """
    expect_contact(expedition.plan)
    groups = Groups(expedition.plan.groups, resolve)
    with open_ledger(expedition.archive) as ledger, room_for_slices() as scratch:
        parties = Parties(expedition, place, ledger, scratch, groups, lease, grace)
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            parties.go()
        except BaseException:
            place.close()
            parties.come_home()
            raise
        finally:
            signal.signal(signal.SIGTERM, before)
            groups.close()
    return parties.why_stuck
