"""The portals that are due, spread over as many nights as they take: pure arithmetic on what each of them takes."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from crawler.settings import CONCURRENT_REQUESTS

NIGHT = (20, 6)
"""The hours of a night in Asia/Shanghai that a plan reckons with where ``--hours`` says nothing."""
USUAL_ANSWER = 1.0
"""Seconds from a request to the end of its answer. Assumed, not measured: portals differ, and so do ways to them."""
SECONDS_OF_A_REQUEST = USUAL_ANSWER / CONCURRENT_REQUESTS
"""What a request takes of a night when every group's turn is free: so many are under way at once."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one portal takes of a night, and how long it has waited.

    ``group``: the hosts asked as one; ``interval``: seconds between two requests to them. ``looked``: the day of the
    last completed look; ``missing``: bodies whose report is not there yet; ``under_way``: begun by a run that is not
    over.
    """

    code: str
    group: str
    requests: int
    interval: float
    looked: date | None = None
    missing: int = 0
    under_way: bool = False


@dataclass(frozen=True, slots=True)
class Night:
    """The portals of one night by code, its requests, and its shortest duration in seconds."""

    portals: tuple[str, ...]
    requests: int
    seconds: float


def length_of(hours: tuple[int, int]) -> float:
    """From and to, full hours of the day → seconds between them.

    >>> length_of((20, 6)) / 3600
    10.0
    """
    begin, end = hours
    return (end - begin) % 24 * 3600.0


def plan_nights(loads: Iterable[Load], length: float) -> tuple[Night, ...]:
    """What is due → the nights it takes, tonight's first; ``length``: seconds of a night. None where nothing is due.

    A group of hosts is looked at in one night if a night is long enough for it, else portal by portal over as many as
    it takes. First come those under way, then those that have waited longest, of these those with most bodies still
    missing; the rest is settled by the checksum of the group's name. Each takes the first night that has room for it.
    So whoever is not looked at tonight stands further ahead tomorrow, and comes at the latest on the last night of
    this plan: a plan of n nights looks at each group at least once in n days.
    """
    nights: list[_Filled] = []
    for portions in _portions_by_group(loads, length):
        first = 0
        for portion in portions:
            place = next((n for n in range(first, len(nights)) if nights[n].has_room(portion, length)), len(nights))
            if place == len(nights):
                nights.append(_Filled())
            nights[place].take(portion)
            # A group's night is full, or the next portion would be of this one.
            first = place + 1
    return tuple(night.as_night() for night in nights)


class _Filled:
    """A night while it is being filled."""

    def __init__(self) -> None:
        self._loads: list[Load] = []
        self._requests = 0
        self._busiest = 0.0

    def has_room(self, portion: list[Load], length: float) -> bool:
        """True if all its requests can still be sent; what is longer than a night has one that is empty."""
        return (self._requests + sum(load.requests for load in portion)) * SECONDS_OF_A_REQUEST <= length

    def take(self, portion: list[Load]) -> None:
        """Fills in the portals of one group."""
        self._loads += portion
        self._requests += sum(load.requests for load in portion)
        self._busiest = max(self._busiest, _seconds(portion))

    def as_night(self) -> Night:
        """The night as planned."""
        seconds = max(self._busiest, self._requests * SECONDS_OF_A_REQUEST)
        return Night(tuple(load.code for load in self._loads), self._requests, seconds)


def _portions_by_group(loads: Iterable[Load], length: float) -> list[list[list[Load]]]:
    """Each group's portals in portions of at most a night, the groups and the portals in the order of their turn."""
    groups: dict[str, list[Load]] = defaultdict(list)
    for load in loads:
        groups[load.group].append(load)
    for members in groups.values():
        members.sort(key=_turn)
    order = sorted(
        groups,
        key=lambda group: (
            *_turn(groups[group][0])[:2],
            -sum(load.missing for load in groups[group]),
            zlib.crc32(group.encode()),
            group,
        ),
    )
    return [list(_portions(groups[group], length)) for group in order]


def _turn(load: Load) -> tuple[bool, int, int, int, str]:
    waited_since = 0 if load.looked is None else load.looked.toordinal()
    return not load.under_way, waited_since, -load.missing, zlib.crc32(load.code.encode()), load.code


def _portions(members: list[Load], length: float) -> Iterator[list[Load]]:
    portion: list[Load] = []
    for load in members:
        longer = [*portion, load]
        if portion and max(_seconds(longer), sum(one.requests for one in longer) * SECONDS_OF_A_REQUEST) > length:
            yield portion
            portion = [load]
        else:
            portion = longer
    if portion:
        yield portion


def _seconds(portion: list[Load]) -> float:
    """The shortest time in which one group is asked for all of these: its longest interval holds for all."""
    return sum(load.requests for load in portion) * max(load.interval for load in portion)
