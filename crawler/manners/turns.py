"""Whose turn it is: the run's leases by host group, those that wait, and the next that may be sent."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from archive.capture import Target
from archive.frontier import Lease, lease_targets
from archive.packed.texts import clean
from archive.runs.run import Run
from archive.store import Archive
from archive.urls import netloc_of
from crawler.manners.courtesy import Courtesy
from crawler.manners.groups import Groups
from crawler.manners.open_hosts import OpenHosts

_LOOK_AGAIN = 0.05  # seconds until a name that is being looked up is asked about again


class Turns:
    """Leases of one run, handed out so that no group is asked out of its turn and none blocks another.

    At most one lease of a host waits for its robots.txt, and those that wait for another try are few; all others
    stay in the frontier until it is their group's turn. What is held in memory is handed out again when a killed run
    is resumed.
    """

    def __init__(
        self,
        archive: Archive,
        run: Run,
        groups: Groups,
        courtesy: Courtesy,
        clock: Callable[[], float],
        only: frozenset[str] | None = None,
    ) -> None:
        """``only``: hosts and ports that may be asked; None: all that have something in the frontier."""
        self._archive = archive
        self._run = run
        self._groups = groups
        self._courtesy = courtesy
        self._clock = clock
        self._ready: dict[str, deque[Lease]] = {}
        self._held: list[tuple[float, Lease]] = []
        self._waiting: list[Lease] = []
        self._flying: dict[int, str] = {}
        self._hosts = OpenHosts(archive, run, groups, only)
        self._robots_queued: set[str] = set()
        self._line: deque[str] = deque()

    @property
    def flying(self) -> int:
        """Requests that are under way."""
        return len(self._flying)

    def group_of(self, lease: Lease) -> str:
        """The group that a lease's host belongs to."""
        netloc = netloc_of(lease.target.url)
        return self._groups.group_of(netloc) or netloc

    def queued(self) -> tuple[str, ...]:
        """Hosts and ports that have something in the frontier."""
        return self._hosts.every()

    def changed(self) -> None:
        """Others have changed the frontier."""
        self._hosts.forget()

    def ended(self, lease: Lease, found: Iterable[Target] = ()) -> None:
        """A lease was acknowledged, and what was found is in the frontier."""
        self.found(found)
        self._hosts.look_at([netloc_of(clean(lease.target.url))])

    def found(self, targets: Iterable[Target]) -> None:
        """These are in the frontier. Hosts that have something there anyway need no look."""
        netlocs = {netloc_of(clean(target.url)): None for target in targets}
        self._hosts.look_at([netloc for netloc in netlocs if not self._hosts.has(netloc)])

    def next_lease(self, robots_queued: set[str]) -> Lease | None:
        """A lease of the group that has waited longest among those whose turn it is; None: it is nobody's.

        ``robots_queued``: hosts whose robots.txt is in the frontier; of a host that waits for it, nothing else is.
        """
        if robots_queued != self._robots_queued:
            self._hosts.look_at(robots_queued | self._robots_queued)
            self._robots_queued = robots_queued
        self._wake()
        open_, held_up = self._hosts.by_group(), self._held_up()
        for group in self._in_line(open_):
            if ready := self._ready.get(group):
                return ready.popleft()
            netlocs = [netloc for netloc in open_.get(group, ()) if netloc not in held_up]
            if netlocs and (leases := lease_targets(self._archive, self._run, 1, netlocs)):
                return leases[0]
            self._hosts.look_at(netlocs)
        return None

    def _in_line(self, open_: Iterable[str]) -> Iterator[str]:
        """Groups whose turn it is, in the line that stands; when all of it has had its turn, in a new one.

        To form a line of a thousand groups for every page took a fifth of a crawl's work.
        """
        for forms_anew in (False, True):
            if forms_anew:
                self._line = deque(self._courtesy.ready(dict.fromkeys((*self._ready, *open_))))
            while self._line:
                if self._courtesy.wait(self._line[0]) == 0:
                    yield self._line[0]
                self._line.popleft()

    def take_back(self) -> list[Lease]:
        """All leases in memory that are not under way: they are the caller's to end."""
        leases = [lease for ready in self._ready.values() for lease in ready]
        leases += [lease for _, lease in self._held] + self._waiting
        self._ready, self._held, self._waiting = {}, [], []
        return leases

    def put_back(self, lease: Lease) -> None:
        """Of its group, this lease comes next."""
        self._ready.setdefault(self.group_of(lease), deque()).appendleft(lease)

    def hold(self, lease: Lease, seconds: float) -> None:
        """The lease is to be tried again, not before so many seconds."""
        self._held.append((self._clock() + seconds, lease))

    def wait_for_robots(self, lease: Lease) -> None:
        """The lease waits until robots.txt has come; see ``robots_came``."""
        self._waiting.append(lease)

    def robots_came(self) -> None:
        """Those that wait for a robots.txt are looked at again."""
        waiting, self._waiting = self._waiting, []
        for lease in waiting:
            self._ready.setdefault(self.group_of(lease), deque()).append(lease)

    def send(self, lease: Lease) -> None:
        """The lease's request goes out; its group's turn is over."""
        self._flying[lease.id] = self.group_of(lease)
        self._courtesy.send(self._flying[lease.id])

    def settle(self, lease: Lease, *, strained: bool) -> None:
        """The lease's request has ended; ``strained``: with a sign that it was too much."""
        self._courtesy.settle(self._flying.pop(lease.id), strained=strained)
        self.ended(lease)

    def wait(self) -> float:
        """Seconds until something may be sent, infinity if nothing may without something else ending first."""
        now, held_up = self._clock(), self._held_up()
        waits = [moment - now for moment, _ in self._held]
        open_ = (group for group, netlocs in self._hosts.by_group().items() if not held_up.issuperset(netlocs))
        waits.append(self._courtesy.soonest((*open_, *(group for group, ready in self._ready.items() if ready))))
        if self._hosts.is_seeking:
            waits.append(_LOOK_AGAIN)
        return max(0.0, min(waits))

    def is_idle(self) -> bool:
        """True if nothing is under way, nothing is to be tried again, and all hosts left wait for their robots.txt."""
        if self._flying or self._held or any(self._ready.values()):
            return False
        return self._held_up().issuperset(self._hosts.every())

    def _wake(self) -> None:
        now = self._clock()
        for lease in [lease for moment, lease in self._held if moment <= now]:
            self._ready.setdefault(self.group_of(lease), deque()).append(lease)
        self._held = [(moment, lease) for moment, lease in self._held if moment > now]

    def _held_up(self) -> set[str]:
        """Hosts of which something waits for their robots.txt, which is not in the frontier."""
        return {netloc_of(lease.target.url) for lease in self._waiting} - self._robots_queued
