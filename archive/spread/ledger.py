"""The ledger of tasks: which host group is whose, until when, and under which token."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from archive.clock import parse_time, read_clock, stamp
from archive.store import Archive, naming_errors

TASKS_DB = "tasks.db"
PARCEL = 2**32
"""Looks made under one token are numbered from token × PARCEL: no two of them have one number."""

# A file of its own: it is about processes, says nothing of what was seen, and may be taken away when none runs.
_TABLES = """
CREATE TABLE IF NOT EXISTS tasks (
    token INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL,
    host_group TEXT NOT NULL,
    place TEXT NOT NULL,
    begun_at TEXT NOT NULL,
    free_at TEXT NOT NULL,
    end TEXT CHECK (end IN ('home', 'over', 'lost', 'late')),
    says TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS tasks_held ON tasks (host_group, free_at) WHERE end IS NULL OR end = 'lost'
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A host group that nobody else may have before ``until`` (UTC): its worker has not said that it is over."""

    host_group: str
    until: datetime


class Ledger:
    """``tasks.db`` beside the archive, for the one who holds the archive's lock.

    A token is the number of a task: it grows, and of one host group the task with the greatest alone may bring
    something home. ``end``: ``home`` (what it found is in the archive), ``over`` (its process has ended without an
    answer), ``lost`` (nobody knows; the group is free at ``free_at``), ``late`` (it answered after the group was
    given to another, and was refused).
    """

    def __init__(self, archive: Archive, db: Database) -> None:
        self._archive = archive
        self._db = db

    def lease(self, run: int, host_group: str, place: str, seconds: float) -> int:
        """Gives a group away to a place of that kind, for so many seconds from now at most; the token. Commits."""
        now = read_clock()
        free_at = stamp(now + timedelta(seconds=seconds + 1))  # whole seconds are kept
        with self._writing() as db:
            cursor = db.execute(
                "INSERT INTO tasks (run, host_group, place, begun_at, free_at) VALUES (?, ?, ?, ?, ?)",
                (run, host_group, place, stamp(now), free_at),
            )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def is_current(self, token: int) -> bool:
        """Whether what a task brings may be taken: no later one was given its group."""
        row = self._db.execute(
            """
            SELECT NOT EXISTS (SELECT 1 FROM tasks n WHERE n.host_group = t.host_group AND n.token > t.token)
            FROM tasks t WHERE t.token = ?
            """,
            (token,),
        ).fetchone()
        return row is not None and bool(row[0])

    def end(self, token: int, end: str, says: str = "") -> None:
        """Says what became of a task. Commits."""
        with self._writing() as db:
            db.execute("UPDATE tasks SET end = ?, says = ? WHERE token = ?", (end, says, token))

    def held(self) -> tuple[Held, ...]:
        """Groups whose last task may still be at it, those of earlier processes included."""
        rows = self._db.execute(
            """
            SELECT host_group, max(free_at) FROM tasks
            WHERE (end IS NULL OR end = 'lost') AND free_at > ? GROUP BY host_group
            """,
            (stamp(read_clock()),),
        ).fetchall()
        return tuple(Held(group, parse_time(until)) for group, until in rows)

    def count_ends(self, run: int) -> dict[str, int]:
        """How the tasks of a run have ended, "" for those that have not."""
        return dict(
            self._db.execute(
                "SELECT coalesce(end, ''), count(*) FROM tasks WHERE run = ? GROUP BY end", (run,)
            ).fetchall()
        )

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        with naming_errors(self._archive.folder), self._db.atomic():
            yield self._db


@contextmanager
def open_ledger(archive: Archive) -> Iterator[Ledger]:
    """The ledger beside an archive that is open to be written. Raises NoRoom, Damaged."""
    with (
        naming_errors(archive.folder),
        closing(sqlite3.connect(archive.folder / TASKS_DB, timeout=30)) as connection,
    ):
        db = Database(connection)
        db.execute("PRAGMA journal_mode = WAL").fetchone()
        db.execute("PRAGMA synchronous = FULL")
        with db.atomic():
            for statement in _TABLES.split(";"):
                db.execute(statement)
            _begin_after(db, archive)
            # The archive's lock is ours: whoever gave these has ended, and with it the processes on its own machine.
            db.execute(
                "UPDATE tasks SET end = 'over', says = ? WHERE end IS NULL AND place = 'here'",
                ("the process that gave it has ended",),
            )
        yield Ledger(archive, db)


def _begin_after(db: Database, archive: Archive) -> None:
    """A ledger that is new begins after the tokens of one that was taken away: looks are numbered by them."""
    if db.execute("SELECT 1 FROM sqlite_sequence WHERE name = 'tasks'").fetchone() is None:
        last = archive.db.execute("SELECT coalesce(max(number), 0) FROM capture_origins").fetchone()[0] // PARCEL
        db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('tasks', ?)", (last,))
