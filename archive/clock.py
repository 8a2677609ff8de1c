"""The one clock: real time, or the time a simulation is given."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from archive.errors import BadClock


def read_clock() -> datetime:
    """The present moment in UTC, to the microsecond; ``NIANBAO_NOW`` (ISO 8601) replaces it.

    Raises BadClock when ``NIANBAO_NOW`` is set and is not an ISO 8601 time.
    """
    given = os.environ.get("NIANBAO_NOW")
    return datetime.now(UTC) if not given else parse_time(given)


def parse_time(text: str) -> datetime:
    """ISO 8601 text → UTC; a time without an offset is taken as UTC. Raises BadClock."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadClock(f"expected a time as in 2026-01-31T08:00:00Z, found {text!r}") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def stamp(moment: datetime) -> str:
    """UTC moment → the one text form that the archive holds: ``2026-01-31T08:00:00Z`` (seconds, RFC 3339)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
