"""Another archive, opened to be read alone, as it was at one moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database

from archive.errors import NotAnArchive
from archive.packed.templates import Templates
from archive.store import ARCHIVE_DB, PAYLOADS_DB, Archive, naming_errors
from parsers.limited.scratch import scratch_folder


@contextmanager
def open_other(folder: Path) -> Iterator[Archive]:
    """A folder → its archive, which another process may go on writing to: what is read is one state of it.

    One of an earlier release is migrated in a copy of its archive.db; nothing is written to the folder. Raises
    NotAnArchive, Damaged, NoRoom.
    """
    with scratch_folder() as beside:
        try:
            other = Archive.open(folder, write=False)
        except NotAnArchive:
            if not all((folder / file).is_file() for file in (ARCHIVE_DB, PAYLOADS_DB)):
                raise
            other = _open_migrated(folder, beside)
        with other, closing(_connect(folder / PAYLOADS_DB)) as payloads:
            if other.folder != folder:
                other.payloads = Database(payloads)
                other.templates = Templates(other.payloads)
                _show_as_now(other.payloads)
            # The rows first: bytes are committed before the rows that name them.
            for db in (other.db, other.payloads):
                db.conn.execute("BEGIN")
                db.conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
            yield other


def _open_migrated(folder: Path, beside: Path) -> Archive:
    """Raises NotAnArchive for one of a later release."""
    with (
        naming_errors(folder),
        closing(_connect(folder / ARCHIVE_DB)) as kept,
        closing(sqlite3.connect(beside / ARCHIVE_DB)) as copy,
    ):
        kept.backup(copy)
    Archive.open(beside, write=True).close()
    return Archive.open(beside, write=False)


def _show_as_now(payloads: Database) -> None:
    """Payloads of releases before migration 0002, which named no template: shown as if all named none."""
    if "template" not in payloads.table("payload").columns_dict:
        payloads.execute("CREATE TEMP VIEW payload AS SELECT rowid, *, NULL AS template FROM main.payload")


def _connect(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=30)
