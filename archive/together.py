"""Small changes that follow one another, committed together: a commit waits for the disk, for some milliseconds."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable
from itertools import islice
from typing import TypeVar

from archive.store import Archive

T = TypeVar("T")

_MOST, _LONGEST = 64, 1.0  # things, seconds: what has to be done again after a kill


def together(archive: Archive, things: Iterable[T]) -> Generator[T]:
    """The things as they come; what is done with one is committed with what is done with the next ones.

    For what can be done again: an error, or a kill, takes back all of the last second. To be closed after an error.
    Raises NoRoom.
    """
    coming = iter(things)
    for first in coming:
        with archive.writing():
            until = time.monotonic() + _LONGEST
            yield first
            for thing in islice(coming, _MOST - 1):
                yield thing
                if time.monotonic() >= until:
                    break
