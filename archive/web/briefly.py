"""A part of a page that is left out where it takes too long, so that the rest still comes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TypeVar

from archive.web.asked import Asked
from archive.web.door import Deadline

T = TypeVar("T")

_STEPS = 500  # of SQLite's machine between two looks at the clock


def briefly(asked: Asked, seconds: float, make: Callable[[], T]) -> T | None:
    """What ``make`` gives; None where it asked the archive for longer than ``seconds``, which may be none."""
    if seconds <= 0:
        return None
    connection, until = asked.archive.db.conn, Deadline(seconds)
    connection.set_progress_handler(lambda: until.passed() or asked.deadline.passed(), _STEPS)
    try:
        return make()
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorname", "") != "SQLITE_INTERRUPT" or asked.deadline.passed():
            raise
        return None
    finally:
        connection.set_progress_handler(asked.deadline.passed, 8 * _STEPS)
