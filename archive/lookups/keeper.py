"""What the keeper of an archive looks at first: the last runs, what is queued, the room on the disk."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from archive.store import ARCHIVE_DB, PAYLOADS_DB, Archive


@dataclass(frozen=True, slots=True)
class LastRun:
    """A run in short; times as the archive holds them, None where there is none yet."""

    run: int
    command: str
    scope: str
    state: str
    started_at: str
    ended_at: str | None


@dataclass(frozen=True, slots=True)
class Queue:
    """URLs of a run that is open, counted by how far they are."""

    run: int
    queued: int
    leased: int
    done: int


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes: of both files with their logs, and what is free where they lie."""

    archive: int
    payloads: int
    free: int


def last_runs(archive: Archive, limit: int) -> tuple[LastRun, ...]:
    """The runs that began last, the latest first."""
    rows = archive.db.execute(
        "SELECT id, command, scope, state, started_at, ended_at FROM runs ORDER BY id DESC LIMIT :limit",
        {"limit": limit},
    )
    return tuple(LastRun(*row) for row in rows.fetchall())


def queues(archive: Archive) -> tuple[Queue, ...]:
    """What the open runs have still to ask."""
    rows = archive.db.execute(
        """
        SELECT r.id, count(*) FILTER (WHERE f.state = 'queued'), count(*) FILTER (WHERE f.state = 'leased'),
            count(*) FILTER (WHERE f.state = 'done')
        FROM runs r LEFT JOIN frontier f ON f.run = r.id
        WHERE r.state = 'open' GROUP BY r.id ORDER BY r.id
        """
    )
    return tuple(Queue(*row) for row in rows.fetchall())


def unread_by_reason(archive: Archive) -> dict[str, int]:
    """Code of what stood in the way → versions that could not be read."""
    rows = archive.db.execute("SELECT code, count(*) FROM unread GROUP BY code ORDER BY count(*) DESC, code")
    return dict(rows.fetchall())


def last_done(archive: Archive) -> int | None:
    """The run that was completed last."""
    row = archive.db.execute(
        "SELECT id FROM runs WHERE state = 'done' ORDER BY started_at DESC, id DESC LIMIT 1"
    ).fetchone()
    return None if row is None else int(row[0])


def room_of(archive: Archive) -> Room:
    """How large the files are. Raises OSError where the folder is gone."""

    def size(name: str) -> int:
        files = (archive.folder / name, archive.folder / f"{name}-wal")
        return sum(file.stat().st_size for file in files if file.exists())

    return Room(size(ARCHIVE_DB), size(PAYLOADS_DB), shutil.disk_usage(archive.folder).free)
