"""The door to the two databases of an archive folder: opening, locking, migrating, transactions."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlite_utils import Database, Migrations

from archive.errors import Damaged, Held, NoRoom, NotAnArchive
from archive.schema import ARCHIVE, PAYLOADS, put_labels, put_views

ARCHIVE_DB = "archive.db"
PAYLOADS_DB = "payloads.db"
LOCK = "lock"

# Full and extended names of SQLite's result codes. On a full disk the log's index cannot grow: IOERR_SHMSIZE.
_NO_ROOM = (
    "SQLITE_FULL", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHM",
    "SQLITE_IOERR_TRUNCATE", "SQLITE_IOERR_FSYNC",
)  # fmt: skip
_BROKEN = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_IOERR_SHORT_READ")
_DENIED = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR}


class Archive:
    """One open archive. A writer holds ``folder/lock`` until it is closed; readers take no lock.

    Connections come from here alone. Writes go through ``writing()``, which is one transaction on
    ``archive.db``, durable when it returns (WAL, synchronous=FULL).
    """

    def __init__(self, folder: Path, db: Database, payloads: Database, lock: int | None) -> None:
        self.folder = folder
        self.db = db
        self.payloads = payloads
        self._lock = lock

    @classmethod
    def open(cls, folder: Path, *, write: bool) -> Archive:
        """Opens ``folder``; with ``write`` creates it where absent, migrates it, and holds its lock.

        Raises NotAnArchive (nothing there to read, or made by a later release), Held, NoRoom, Damaged.
        """
        return cls._open_to_write(folder) if write else cls._open_to_read(folder)

    @classmethod
    def _open_to_write(cls, folder: Path) -> Archive:
        lock = _take_lock(folder)
        opened: list[Database] = []
        try:
            with naming_errors(folder):
                for file, migrations in ((ARCHIVE_DB, ARCHIVE), (PAYLOADS_DB, PAYLOADS)):
                    opened.append(_connect(folder / file, write=True))
                    _refuse_later_release(opened[-1], migrations, folder)
                    migrations.apply(opened[-1])
                put_views(opened[0])
                put_labels(opened[0])
        except BaseException:
            for db in opened:
                db.close()
            os.close(lock)
            raise
        return cls(folder, opened[0], opened[1], lock)

    @classmethod
    def _open_to_read(cls, folder: Path) -> Archive:
        with naming_errors(folder):
            for file in (ARCHIVE_DB, PAYLOADS_DB):
                if not (folder / file).is_file():
                    raise NotAnArchive(f"expected {file} in {folder}, found none; nianbao import or crawl makes one")
            db = _connect(folder / ARCHIVE_DB, write=False)
            payloads = _connect(folder / PAYLOADS_DB, write=False)
            _refuse_later_release(db, ARCHIVE, folder)
            if ARCHIVE.pending(db):
                raise NotAnArchive(f"{folder} is from an earlier release; nianbao reparse brings it up to date")
        return cls(folder, db, payloads, None)

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """One transaction on ``archive.db``; inside another it is a part of that one.

        Raises NoRoom when the disk is full or may not be written; nothing of the transaction remains then.
        """
        with naming_errors(self.folder), self.db.atomic():
            yield self.db

    def close(self) -> None:
        """Closes both databases and gives the lock back."""
        self.db.close()
        self.payloads.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if isinstance(error, sqlite3.DatabaseError):
            with naming_errors(self.folder):
                raise error


@contextmanager
def naming_errors(folder: Path) -> Iterator[None]:
    """SQLite's and the system's refusals → ours: full or forbidden becomes NoRoom, broken pages Damaged."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith(_NO_ROOM):
            raise NoRoom(f"cannot use {folder}: {error}") from error
        if name.startswith(_BROKEN):
            raise Damaged(f"{folder} is not as it was written: {error}") from error
        raise
    except OSError as error:
        if error.errno in _DENIED:
            raise NoRoom(f"cannot use {folder}: {error.strerror}") from error
        raise


def _take_lock(folder: Path) -> int:
    with naming_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(lock, 32, 0).decode("ascii", "replace").strip()
        os.close(lock)
        raise Held(f"another nianbao (process {holder or 'unknown'}) is writing to {folder}") from error
    with naming_errors(folder):
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode("ascii"), 0)
    return lock


def _connect(file: Path, *, write: bool) -> Database:
    if write:
        db = Database(sqlite3.connect(file, timeout=30))
        db.execute("PRAGMA journal_mode = WAL").fetchone()
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        return db
    address = f"{file.resolve().as_uri()}?mode=ro"
    try:
        db = Database(sqlite3.connect(address, uri=True, timeout=30))
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        # A WAL database on a medium that cannot be written has no place for its index file. With nothing
        # in a log beside it nobody is writing, and it can be read as it lies.
        log = file.with_name(f"{file.name}-wal")
        if log.exists() and log.stat().st_size > 0:
            raise
        db = Database(sqlite3.connect(f"{address}&immutable=1", uri=True))
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return db


def _refuse_later_release(db: Database, migrations: Migrations, folder: Path) -> None:
    ours = {migration.name for migration in migrations.pending(Database(memory=True))}
    later = {migration.name for migration in migrations.applied(db)} - ours
    if later:
        raise NotAnArchive(f"{folder} was written by a later release of nianbao ({', '.join(sorted(later))})")
