"""One host group crawled by a worker: a slice of an archive → the same slice with what was seen."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from archive.clock import parse_time, read_clock, stamp
from archive.errors import ClockJumped
from archive.runs.run import Run
from archive.spread.child import answer_with, expect_release
from archive.spread.cut import number_looks, open_run_of
from archive.spread.parcels import pack, unpack
from archive.store import Archive
from crawler.running.expedition import Expedition
from crawler.running.plan_sent import plan_from_dict
from crawler.running.share import Share
from crawler.voyages.journey import travel

APART = timedelta(minutes=5)
"""Clocks of two machines may differ by so much: looks are ordered by their dates, whoever made them."""


def crawl_slice(question: bytes, ends: float) -> bytes:
    """A slice and what is said of it (crawler/voyages/parties.py) → the slice again, when nothing is left to ask of the
    group, when it asks to be left alone, when the lease is over, or when we are asked to end.

    Raises ClockJumped where this machine's clock is not that of the one who asks, OtherRelease.
    """
    folder = Path("slice").resolve()
    said = unpack(question, folder)
    expect_release(said["release"])
    _expect_same_time(said)
    with Archive.open(folder, write=True) as piece:
        number, started_at, command = open_run_of(piece)
        share = Share(
            Run(number, started_at, command, resumed=True),
            said["group"],
            frozenset(said["netlocs"]),
            ends,
            said["most"],
            said["asked"],
        )
        expedition = Expedition(piece, plan_from_dict(said["plan"]), share=share)
        with suppress(KeyboardInterrupt):  # what was had until then goes home
            travel(expedition)
        if expedition.is_done():
            expedition.finish()
        expedition.remember()
        number_looks(piece, number, said["first"])
        piece.empty_logs()
    return pack({"token": said["token"], "in_time": time.monotonic() < ends}, folder)


def _expect_same_time(said: dict[str, Any]) -> None:
    here, there = read_clock(), parse_time(said["now"])
    if abs(here - there) > APART:
        raise ClockJumped(f"it is {stamp(here)} on this worker, and {stamp(there)} where the archive is")


if __name__ == "__main__":
    answer_with(crawl_slice)
