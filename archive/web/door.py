"""Read-only connections for the pages: one snapshot a request, and an end to what takes too long."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock, get_ident
from time import monotonic, thread_time

from archive.store import Archive
from archive.web.errors import TooBusy, TooSlow

SECONDS = 0.9
"""How long one answer may take. "Any URL answers within a second or says why not.\""""
_PATIENCE = 5.0  # seconds that a request waits for a connection
_MOST = 4  # connections; more would only take turns on the same cores
_STEPS = 4000  # of SQLite's machine between two looks at the clock


class Deadline:
    """The moment at which an answer is given up: when it has cost so many seconds of this machine's work, or when
    the reader has waited for longer than anybody does. On a machine with nothing else to do both are one clock."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = monotonic() + seconds + _PATIENCE
        self._thread = 0
        self._work_end = 0.0
        self._is_over = False

    def passed(self) -> bool:
        """Whether it is too late; from then on it is, whichever thread asks."""
        if self._is_over:
            return True
        if self._thread != get_ident():  # the work of one thread says nothing of another's
            self._thread, self._work_end = get_ident(), thread_time() + self._seconds
        self._is_over = thread_time() > self._work_end or monotonic() > self._end
        return self._is_over

    def check(self) -> None:
        """Raises TooSlow when it is too late."""
        if self.passed():
            raise TooSlow(f"expected an answer within {SECONDS} s; ask for less: a year, a region, fewer terms")


class Door:
    """A pool of readers of one archive folder."""

    def __init__(self, folder: Path) -> None:
        """Raises what ``Archive.open`` raises for a reader."""
        self.folder = folder
        self._idle: LifoQueue[Archive] = LifoQueue()
        self._count = 0
        self._lock = Lock()
        self._idle.put(self._open())

    @contextmanager
    def reading(self, seconds: float = SECONDS) -> Iterator[tuple[Archive, Deadline]]:
        """One request: an archive as it is at this moment, until the deadline.

        Raises TooBusy when no connection comes free, TooSlow when a query had to be cut off.
        """
        archive = self._take()
        deadline = Deadline(seconds)
        connection = archive.db.conn
        connection.set_progress_handler(deadline.passed, _STEPS)
        try:
            deadline.check()  # begins to count this thread's work
            connection.execute("BEGIN")
            # Loops of small queries never reach the progress handler.
            with archive.db.tracer(lambda _sql, _given: deadline.check()):
                yield archive, deadline
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorname", "") != "SQLITE_INTERRUPT":
                raise
            deadline.check()
            raise
        finally:
            connection.set_progress_handler(None, 0)
            if connection.in_transaction:
                connection.rollback()
            self._idle.put(archive)

    def close(self) -> None:
        """Closes what is idle; requests under way keep theirs until they end."""
        while True:
            try:
                self._idle.get_nowait().close()
            except Empty:
                return

    def _take(self) -> Archive:
        try:
            return self._idle.get_nowait()
        except Empty:  # all are in use: one more is opened, or one comes free
            pass
        with self._lock:
            if self._count < _MOST:
                return self._open()
        try:
            return self._idle.get(timeout=_PATIENCE)
        except Empty as error:
            raise TooBusy(f"expected a free connection within {_PATIENCE:.0f} s; try again") from error

    def _open(self) -> Archive:
        archive = Archive.open(self.folder, write=False)
        self._count += 1
        return archive
