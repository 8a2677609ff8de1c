"""The door to the two databases of an archive folder: opening, locking, migrating, transactions."""

from __future__ import annotations

import fcntl
import os
import re
import shlex
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlite_utils import Database, Migrations

from archive.clock import read_clock, stamp
from archive.errors import Damaged, DiskFails, Held, NoRoom, NotAnArchive, name_os_error
from archive.packed.templates import Templates
from archive.schema import ARCHIVE, PAYLOADS, bring_up_to_date
from archive.seals.descriptors import Descriptor, hold, release
from archive.seals.seal import forget_seal
from archive.seals.sealing import Sealer, break_off

ARCHIVE_DB = "archive.db"
PAYLOADS_DB = "payloads.db"
LOCK = "lock"
_HOLDER = 1000  # bytes that are read of it

# Full and extended names of SQLite's result codes. On a full disk the log's index cannot grow: IOERR_SHMSIZE.
_NO_ROOM = ("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_IOERR_SHM")
_BROKEN = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_IOERR_SHORT_READ")
_FAILING = "SQLITE_IOERR"
_SOME_ROOM = 2**20
# Of savepoints of one name the innermost is meant. With a name each, their statements are prepared anew each time.
_WITHIN = "within"


@dataclass(slots=True)
class _Opened:
    """A database file, its connection, and the one who seals it (none for readers)."""

    file: Path
    db: Database
    descriptor: Descriptor
    sealer: Sealer | None = None

    def seal(self, *, is_new: bool) -> None:
        self.sealer = Sealer.begin(self.db, self.file, self.descriptor, is_new=is_new)

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        conn = self.db.conn
        is_within = conn.in_transaction
        conn.execute(f"SAVEPOINT {_WITHIN}" if is_within else "BEGIN")
        try:
            yield self.db
            conn.execute(f"RELEASE {_WITHIN}" if is_within else "COMMIT")
        except BaseException:
            if not is_within:
                conn.rollback()
            elif conn.in_transaction:  # a full disk may have taken back all of it
                conn.execute(f"ROLLBACK TO {_WITHIN}")
                conn.execute(f"RELEASE {_WITHIN}")
            if self.sealer is not None:
                self.sealer.doubt()
            raise
        self.note()

    def note(self) -> None:
        if self.sealer is not None and not self.db.conn.in_transaction:
            self.sealer.note()

    def empty_log(self) -> bool:
        if self.sealer is not None:
            return self.sealer.empty_log()
        return not self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]


class Archive:
    """One open archive. A writer holds ``folder/lock`` until it is closed; readers take no lock.

    Connections come from here alone. Writes go through ``writing()`` and ``keeping()``, which are one transaction on
    ``archive.db`` or ``payloads.db``, durable when they return (WAL, synchronous=FULL) and noted for the seal.
    ``identities`` are the rows of that table that are known, (name, across) → id: none is ever changed or taken out,
    and what a broken transaction put in is forgotten with it.
    """

    def __init__(self, folder: Path, opened: list[_Opened], lock: int | None) -> None:
        self.folder = folder
        self.db, self.payloads = (one.db for one in opened)
        self.templates = Templates(self.payloads)
        self.identities: dict[tuple[str, str], int] = {}
        self._opened = opened
        self._lock = lock

    @classmethod
    def open(cls, folder: Path, *, write: bool) -> Archive:
        """Opens ``folder``; with ``write`` creates it where absent, migrates it, and holds its lock.

        Raises NotAnArchive (nothing there to read, or made by a later release), Held, NoRoom, Damaged.
        """
        return cls._open_to_write(folder) if write else cls._open_to_read(folder)

    @classmethod
    def seal_anew(cls, folder: Path) -> None:
        """Forgets both seals and takes the files as they lie for what they should be.

        For the one who knows why they changed (a VACUUM, a copy that was put back) and has found all else sound.
        Raises as ``open`` does.
        """
        cls._open_to_write(folder, seal_anew=True).close()

    @classmethod
    def _open_to_write(cls, folder: Path, *, seal_anew: bool = False) -> Archive:
        lock = take_lock(folder)
        opened: list[_Opened] = []
        try:
            with naming_errors(folder):
                for file, migrations in ((ARCHIVE_DB, ARCHIVE), (PAYLOADS_DB, PAYLOADS)):
                    opened.append(_open(folder / file, write=True))
                    _refuse_later_release(opened[-1].db, migrations, folder)
                    if seal_anew:
                        forget_seal(folder / file)
                    opened[-1].seal(is_new=seal_anew or not _was_sealed(opened[0].db, file))
                    bring_up_to_date(opened[-1].db, migrations)
                _put_sealed(opened)
                for one in opened:
                    one.note()
        except BaseException:
            _close(opened)
            os.close(lock)
            raise
        return cls(folder, opened, lock)

    @classmethod
    def _open_to_read(cls, folder: Path) -> Archive:
        opened: list[_Opened] = []
        try:
            with naming_errors(folder):
                for file in (ARCHIVE_DB, PAYLOADS_DB):
                    if not (folder / file).is_file():
                        raise NotAnArchive(
                            f"expected {file} in {folder}, found none; nianbao import or crawl makes one"
                        )
                for file in (ARCHIVE_DB, PAYLOADS_DB):
                    opened.append(_open(folder / file, write=False))
                _refuse_later_release(opened[0].db, ARCHIVE, folder)
                if ARCHIVE.pending(opened[0].db):
                    raise NotAnArchive(f"{folder} is from an earlier release; nianbao reparse brings it up to date")
                if not opened[1].db.table("payload").exists():
                    raise NotAnArchive(f"{folder} was not made to its end; what was to fill it makes it when repeated")
                if PAYLOADS.pending(opened[1].db):
                    raise NotAnArchive(f"{folder} is from an earlier release; nianbao reparse brings it up to date")
        except BaseException:
            _close(opened)
            raise
        return cls(folder, opened, None)

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """One transaction on ``archive.db``; inside another it is a part of that one.

        Raises NoRoom when the disk is full or may not be written; nothing of the transaction remains then.
        """
        try:
            with naming_errors(self.folder), self._opened[0].transaction() as db:
                yield db
        except BaseException:
            self.identities.clear()
            raise

    @contextmanager
    def joining(self) -> Iterator[Database]:
        """As ``writing``, but what fails inside another transaction is for that one to take back, with all the rest: it
        has no savepoint of its own, which takes as long as two of the statements that a page needs."""
        if self.db.conn.in_transaction:
            yield self.db
        else:
            with self.writing() as db:
                yield db

    @contextmanager
    def rehearsing(self) -> Iterator[Database]:
        """A part of the caller's transaction that is taken back at its end, whatever becomes of it."""
        self.db.conn.execute("SAVEPOINT rehearsal")
        try:
            yield self.db
        finally:
            self.identities.clear()
            self.db.conn.execute("ROLLBACK TO rehearsal")
            self.db.conn.execute("RELEASE rehearsal")

    @contextmanager
    def keeping(self) -> Iterator[Database]:
        """One transaction on ``payloads.db``. Raises NoRoom."""
        try:
            with naming_errors(self.folder), self._opened[1].transaction() as db:
                yield db
        except BaseException:
            self.templates.forget()
            raise

    def write_anew(self, file: str) -> None:
        """Has SQLite write a whole file anew (VACUUM), ARCHIVE_DB or PAYLOADS_DB: nothing unused remains in it."""
        (opened,) = (one for one in self._opened if one.file.name == file)
        with naming_errors(self.folder):
            opened.db.execute("VACUUM")
            opened.note()

    def empty_logs(self) -> bool:
        """Brings all that was committed into the two files, so that nothing of it stands in a log.

        False while another program reads, which keeps a log as it is.
        """
        with naming_errors(self.folder):
            emptied = [one.empty_log() for one in self._opened]
        return all(emptied)

    def close(self) -> None:
        """Closes both databases and gives the lock back."""
        _close(self._opened)
        self._opened = []
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
    """SQLite's and the system's refusals → ours: full or forbidden becomes NoRoom, failing DiskFails, broken pages
    Damaged."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith(_NO_ROOM):
            raise NoRoom(f"cannot use {folder}: {error}{_elsewhere(folder, name)}") from error
        if name.startswith(_BROKEN):
            _expect_readable(folder)
            raise Damaged(f"{folder} is not as it was written: {error}") from error
        if name.startswith(_FAILING):
            raise DiskFails(f"cannot use {folder}: {error}") from error
        raise
    except UnicodeDecodeError as error:
        # SQLite quotes a damaged definition in its complaint.
        raise Damaged(f"{folder} is not as it was written: what is text there is no UTF-8") from error
    except OSError as error:
        refusal = name_os_error(error, folder)
        if refusal is None:
            raise
        raise refusal from error


def _expect_readable(folder: Path) -> None:
    """SQLite also calls malformed what it cannot read at all. Raises DiskFails."""
    for file in (folder / ARCHIVE_DB, folder / PAYLOADS_DB):
        try:
            with file.open("rb") as opened:
                opened.read(_HOLDER)
        except OSError as error:
            if isinstance(refusal := name_os_error(error, folder), DiskFails):
                raise refusal from error


def _elsewhere(folder: Path, name: str) -> str:
    """SQLite says "full" of its temporary files too, and not where: then the archive's own disk has room."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return ""
    if name != "SQLITE_FULL" or free < _SOME_ROOM:
        return ""
    temporary = os.environ.get("SQLITE_TMPDIR") or os.environ.get("TMPDIR") or "/var/tmp or /tmp"
    return f", while {free // _SOME_ROOM} MB are free there: SQLite's temporary files go to {temporary}"


def take_lock(folder: Path) -> int:
    """Takes the folder's lock, as its only writer, and makes the folder where it is absent; closing gives it back.

    Raises Held, NoRoom.
    """
    with naming_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(lock, _HOLDER, 0).decode("utf-8", "replace").strip()
        os.close(lock)
        raise Held(f"{holder or 'another nianbao'} is writing to {folder}") from error
    with naming_errors(folder):
        os.ftruncate(lock, 0)
        os.pwrite(lock, _name_holder(), 0)
    return lock


def _name_holder() -> bytes:
    """This process, for whoever finds the lock taken: its number, its command, since when."""
    # Without options and their values: a reason or a person's name is not to be left lying in a file.
    given = [word for before, word in pairwise(sys.argv) if not word.startswith("-") and not before.startswith("--")]
    command = shlex.join([Path(sys.argv[0]).stem, *(re.sub(r"(://)[^/@]*@|\?.*", r"\1", word) for word in given)])
    return f"process {os.getpid()} ({command:.200}, since {stamp(read_clock())})\n".encode("utf-8", "replace")


def _connect(file: Path, *, write: bool) -> Database:
    if write:
        db = Database(sqlite3.connect(file, timeout=30))
        db.execute("PRAGMA journal_mode = WAL").fetchone()
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        # What is withdrawn is overwritten with zeros where it lay.
        db.execute("PRAGMA secure_delete = ON").fetchone()
        return db
    address = f"{file.resolve().as_uri()}?mode=ro"
    try:
        # A reader may go from thread to thread, as long as one at a time uses it.
        db = Database(sqlite3.connect(address, uri=True, timeout=30, check_same_thread=False))
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        # A WAL database on a medium that cannot be written has no place for its index file. With nothing
        # in a log beside it nobody is writing, and it can be read as it lies.
        log = file.with_name(f"{file.name}-wal")
        if log.exists() and log.stat().st_size > 0:
            raise
        db = Database(sqlite3.connect(f"{address}&immutable=1", uri=True, check_same_thread=False))
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return db


def open_scratch() -> Database:
    """A database of this process alone, in a temporary file that is gone with it; each statement is its own."""
    db = Database(sqlite3.connect("", isolation_level=None))
    db.execute("PRAGMA journal_mode = OFF").fetchone()
    db.execute("PRAGMA synchronous = OFF")
    return db


def _open(file: Path, *, write: bool) -> _Opened:
    db = _connect(file, write=write)
    try:
        return _Opened(file, db, hold(file))
    except OSError:
        db.close()
        raise


def _close(opened: list[_Opened]) -> None:
    for one in opened:
        if one.db.conn.in_transaction:
            one.db.conn.rollback()
        break_off(one.sealer)
        one.db.close()
    for one in opened:
        release(one.descriptor)


def _was_sealed(db: Database, file: str) -> bool:
    if not db.table("sealed").exists():
        return False
    return db.execute("SELECT 1 FROM sealed WHERE file = :file", {"file": file}).fetchone() is not None


def _put_sealed(opened: list[_Opened]) -> None:
    db = opened[0].db
    for one in opened:
        if one.sealer is not None and not _was_sealed(db, one.file.name):
            with db.atomic():
                db.execute(
                    "INSERT INTO sealed (file, since) VALUES (:file, :since)",
                    {"file": one.file.name, "since": stamp(read_clock())},
                )


def _refuse_later_release(db: Database, migrations: Migrations, folder: Path) -> None:
    ours = {migration.name for migration in migrations.pending(Database(memory=True))}
    later = {migration.name for migration in migrations.applied(db)} - ours
    if later:
        raise NotAnArchive(f"{folder} was written by a later release of nianbao ({', '.join(sorted(later))})")
