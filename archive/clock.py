"""The one clock: real time, or the time a simulation is given."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime

from archive.errors import BadClock

_LEAP = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:)60(?!\d)")  # 2016-12-31T23:59:60Z


def read_clock() -> datetime:
    """The present moment in UTC, to the microsecond; ``NIANBAO_NOW`` (ISO 8601) replaces it.

    Raises BadClock when ``NIANBAO_NOW`` is set and is not an ISO 8601 time.
    """
    given = os.environ.get("NIANBAO_NOW")
    return datetime.now(UTC) if not given else parse_time(given)


def parse_time(text: str) -> datetime:
    """ISO 8601 text → UTC; a time without an offset is taken as UTC. Raises BadClock.

    A leap second (RFC 3339, 5.7) is taken as the second before it, as POSIX counts.

    >>> stamp(parse_time("2017-01-01T07:59:60+08:00"))
    '2016-12-31T23:59:59Z'
    """
    try:
        moment = datetime.fromisoformat(_LEAP.sub(r"\g<1>59", text))
    except ValueError as error:
        raise BadClock(f"expected a time as in 2026-01-31T08:00:00Z, found {text!r}") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def stamp(moment: datetime) -> str:
    """UTC moment → the one text form that the archive holds: ``2026-01-31T08:00:00Z`` (seconds, RFC 3339)."""
    return f"{moment.astimezone(UTC).isoformat()[:19]}Z"
