"""A share of a run: one host group, leased to one worker for a while."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archive.runs.run import Run

LEASE_OVER = "lease_over"
"""How a request ends that was not sent because the lease was over before it. It is no outcome: its URL stays open."""


class LeaseOver(Exception):
    """Nothing may be sent any more to the host group."""


@dataclass(frozen=True, slots=True)
class Share:
    """``netlocs``: the hosts and ports of ``group`` that may be asked, and no other. ``ends``: the moment of this
    machine's ``time.monotonic`` at which the lease is over. ``most``: requests that may be sent, None: no bound.
    ``asked``: site's code → requests of the whole run so far."""

    run: Run
    group: str
    netlocs: frozenset[str]
    ends: float
    most: int | None = None
    asked: Mapping[str, int] = field(default_factory=dict)
