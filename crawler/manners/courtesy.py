"""When each host group may be asked again: one request at a time, and a rate that gives way to the server."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import itemgetter

JITTER = 0.5
"""Intervals are longer by up to this part of them, never shorter."""

SLOWEST = 60.0
"""Seconds between two requests that strain or slow answers can make of the delay at most."""

_MOST_STRAIN = 64.0
_SMOOTHING = 0.25  # weight of the last answer's time in the mean: four or five answers tell of a change


@dataclass(slots=True)
class _Pace:
    """One group's: seconds asked for by Crawl-delay, mean time of an answer, strain, and moments of the clock."""

    crawl_delay: float = 0.0
    answer_time: float = 0.0
    strain: float = 1.0
    sent_at: float | None = None
    due: float = -math.inf
    paused_until: float = -math.inf


class Courtesy:
    """The rates of all host groups.

    ``delay``: fewest seconds between two requests of a group. An interval is counted from the end of the answer
    before it, not from the sending: however long a packet is under way, the server then sees no two requests nearer
    to each other. ``clock`` runs forward only, in seconds; ``chance`` gives numbers from 0 to 1. ``first_due``: no
    group is asked before that moment (an earlier process may have asked it just now).
    """

    def __init__(
        self,
        delay: float,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
        first_due: float = -math.inf,
    ) -> None:
        self._first_due = first_due
        self._delay = delay
        self._clock = clock
        self._chance = chance
        self._paces: dict[str, _Pace] = {}

    def wait(self, group: str) -> float:
        """Seconds until the group may be asked; 0.0 if now, infinity while it is being asked."""
        pace = self._pace(group)
        if pace.sent_at is not None:
            return math.inf
        return max(0.0, max(pace.due, pace.paused_until) - self._clock())

    def ready(self, groups: Iterable[str]) -> list[str]:
        """Those that may be asked now, the one first that has waited longest by pace alone."""
        now, found = self._clock(), []
        for group in groups:
            pace = self._paces.get(group) or self._pace(group)
            if pace.sent_at is None and pace.due <= now and pace.paused_until <= now:
                found.append((pace.due, group))
        return [group for _, group in sorted(found, key=itemgetter(0))]

    def soonest(self, groups: Iterable[str]) -> float:
        """Seconds until one of the groups may be asked, infinity if all are being asked or there is none."""
        paces = (pace for pace in map(self._pace, groups) if pace.sent_at is None)
        return max(0.0, min((max(pace.due, pace.paused_until) for pace in paces), default=math.inf) - self._clock())

    def send(self, group: str) -> None:
        """A request is sent to the group."""
        self._pace(group).sent_at = self._clock()

    def settle(self, group: str, *, strained: bool) -> None:
        """The request has ended. ``strained``: the server said that it is too much (429, 503) or did not answer."""
        pace, now = self._pace(group), self._clock()
        took = 0.0 if pace.sent_at is None else now - pace.sent_at
        pace.sent_at = None
        pace.answer_time += _SMOOTHING * (took - pace.answer_time)
        pace.strain = min(_MOST_STRAIN, pace.strain * 2.0) if strained else 1.0
        pace.due = now + self.interval(group) * (1.0 + JITTER * self._chance())

    def interval(self, group: str) -> float:
        """Seconds between two requests of the group as things are, before chance makes them more.

        Without a delay (a portal on this machine) there is no rate to keep but a Crawl-delay.
        """
        pace = self._pace(group)
        slowed = min(SLOWEST, max(self._delay * pace.strain, pace.answer_time)) if self._delay else 0.0
        return max(self._delay, slowed, pace.crawl_delay)

    def slow_down(self, group: str, seconds: float) -> None:
        """A robots.txt of the group asks for at least so many seconds between requests."""
        pace = self._pace(group)
        before = max(self._delay, pace.crawl_delay)
        if seconds > before:
            pace.crawl_delay = seconds
            pace.due += seconds - before

    def pause(self, group: str, seconds: float) -> None:
        """The group is left alone for at least so many seconds from now."""
        pace = self._pace(group)
        pace.paused_until = max(pace.paused_until, self._clock() + seconds)

    def _pace(self, group: str) -> _Pace:
        pace = self._paces.get(group)
        if pace is None:
            pace = self._paces[group] = _Pace(due=self._first_due)
        return pace
