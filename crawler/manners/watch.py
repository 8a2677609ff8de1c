"""The time of day that a run dates its looks by: it follows the looks before, or the run stops."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from archive.clock import read_clock, stamp
from archive.errors import ClockJumped
from archive.noted.looks import newest_look
from archive.runs.hosts import forget_pause, list_pauses
from archive.store import Archive
from crawler.manners.courtesy import Courtesy
from crawler.politeness import LONGEST_HONOURED

CORRECTED = timedelta(hours=1)
"""Clocks are set right by seconds or minutes; a look is then dated as the one before it, so that order is kept."""

SLEPT = timedelta(days=1)
"""A machine that sleeps, or is moved, may miss so much of the time that has passed."""


class Watch:
    """The clock of one run.

    Looks are ordered by their dates, here and where archives are merged, and a date is evidence: so none is dated
    before the one that was made before it, and none by a clock that has jumped. ``clock`` runs forward only (seconds).
    """

    def __init__(self, archive: Archive, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ticked, self._told = clock(), read_clock()
        newest = newest_look(archive)
        self._newest = self._told if newest is None else newest
        self.now()

    def now(self) -> datetime:
        """The moment to date a look by. Raises ClockJumped."""
        ticked, told = self._clock(), read_clock()
        if told < self._newest - CORRECTED:
            raise ClockJumped(
                f"the clock says {stamp(told)}, and the last look is of {stamp(self._newest)}: one of them is wrong. "
                "With the clock set right the same command goes on; if it is right, crawl into another archive until "
                "then, and merge"
            )
        passed = timedelta(seconds=ticked - self._ticked)
        if told - self._told > passed + SLEPT:
            raise ClockJumped(
                f"the clock went from {stamp(self._told)} to {stamp(told)} while {passed.total_seconds():.0f} seconds "
                "passed; with the clock set right the same command goes on"
            )
        self._ticked, self._told = ticked, told
        self._newest = max(self._newest, told)
        return self._newest


def resume_pauses(archive: Archive, courtesy: Courtesy) -> None:
    """Host groups that asked to be left alone are, for as long as is left of it.

    What is longer than any server is obeyed was noted under a clock that was ahead, and is forgotten: the host will
    say again what it wants.
    """
    now = read_clock()
    for pause in list_pauses(archive):
        seconds = (pause.until - now).total_seconds()
        if seconds > LONGEST_HONOURED:
            forget_pause(archive, pause.host_group)
        else:
            courtesy.pause(pause.host_group, seconds)
