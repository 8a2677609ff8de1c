"""Taking bytes out for good: a takedown, personal data. Digest, metadata and reason stay. Nothing else deletes."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

from sqlite_utils import Database

from archive.errors import BadQuery, NotFound, Withdrawn
from archive.ingest import record_unread
from archive.payloads import erase_withdrawn, note_withdrawn
from archive.pictures import forget_pictures
from archive.reports import refresh_report
from archive.seals.descriptors import hold, release
from archive.search.index import renew_index
from archive.store import ARCHIVE_DB, PAYLOADS_DB, Archive

_DIGEST = re.compile(r"[0-9a-f]{64}")
_VERSION = re.compile(r"v(\d{1,18})")
_PIECE = 2**20


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """``payloads``: digests whose bytes are gone, those of bodies as sent among them. ``versions`` show only that.

    ``complete`` is False while another program reads: then what was taken out leaves the disk when a
    later run of nianbao closes.
    """

    payloads: tuple[str, ...]
    versions: tuple[int, ...]
    reports: tuple[int, ...]
    why: str
    complete: bool


def withdraw(archive: Archive, what: str, why: str) -> Withdrawal:
    """A SHA-256, or ``v34`` for the bytes seen under it → what was taken out.

    Other bytes that were seen under the same versions go with them: they say the same (another counter on the page),
    so that what is to be taken down stands in them too.
    The bytes go from payloads.db and, with everything that was read in them, from archive.db, its search index
    included; both files are left without a trace of them. Doing it twice, or again after being killed, changes
    nothing more. Raises BadQuery, NotFound, NoRoom.
    """
    taken = take_out(archive, what, why)
    return replace(taken, complete=leave_no_trace(archive, taken.payloads))


def take_out(archive: Archive, what: str, why: str) -> Withdrawal:
    """As ``withdraw``, traces in unused places of the files apart: for many at once, before one ``leave_no_trace``.

    Raises BadQuery, NotFound, NoRoom.
    """
    why = " ".join(why.split())
    if not why:
        raise BadQuery("expected the reason, found none")
    renew_index(archive)
    with archive.writing() as db:
        for digest in _digests_named(db, what.strip().lower()):
            note_withdrawn(archive, digest, why)
        payloads = _named_with_wires(db, what.strip().lower())
        versions = _versions_of(db, payloads)
        reports = _erase_readings(archive, versions, why)
    erase_withdrawn(archive)
    return Withdrawal(payloads, versions, reports, why, complete=False)


def _digests_named(db: Database, what: str) -> list[str]:
    """What a person named → digests of payloads. A body as sent stands for what it decodes to."""
    if found := _VERSION.fullmatch(what):
        rows = db.execute(
            """
            SELECT payload_digest FROM versions WHERE id = :version
            UNION
            SELECT coalesce(c.payload, o.payload)
            FROM sightings g JOIN captures c ON c.id = g.capture LEFT JOIN captures o ON o.id = c.revisit_of
            WHERE g.version = :version AND coalesce(c.payload, o.payload) IS NOT NULL
            """,
            {"version": int(found[1])},
        ).fetchall()
    elif _DIGEST.fullmatch(what):
        rows = db.execute(
            """
            SELECT payload FROM captures WHERE payload = :digest
            UNION
            SELECT payload FROM captures WHERE wire = :digest AND payload IS NOT NULL
            UNION
            SELECT payload_digest FROM withdrawals WHERE payload_digest = :digest
            """,
            {"digest": what},
        ).fetchall()
    else:
        raise BadQuery(f"expected a SHA-256 of 64 hex digits or a version as in v34, found {what!r}")
    if not rows:
        raise NotFound(f"expected bytes kept under {what}, found none")
    return _with_their_like(db, {digest for (digest,) in rows})


def _with_their_like(db: Database, named: set[str]) -> list[str]:
    """Digests → they and all that were seen under the versions that show one of them, and so on."""
    marked = json.dumps(sorted(named))
    rows = db.execute(
        """
        WITH RECURSIVE alike (digest) AS (
            SELECT value FROM json_each(:named)
            UNION
            SELECT coalesce(d.payload, o.payload)
            FROM alike a
            JOIN captures c ON c.payload = a.digest
            JOIN sightings g ON g.capture = c.id
            JOIN sightings h ON h.version = g.version
            JOIN captures d ON d.id = h.capture
            LEFT JOIN captures o ON o.id = d.revisit_of
            WHERE coalesce(d.payload, o.payload) IS NOT NULL
        )
        SELECT digest FROM alike ORDER BY digest
        """,
        {"named": marked},
    ).fetchall()
    return [digest for (digest,) in rows]


def _named_with_wires(db: Database, what: str) -> tuple[str, ...]:
    named = _digests_named(db, what)
    wires = [
        wire
        for digest in named
        for (wire,) in db.execute(
            "SELECT DISTINCT wire FROM captures WHERE payload = :digest AND wire IS NOT NULL", {"digest": digest}
        ).fetchall()
    ]
    return tuple(sorted({*named, *wires}))


def _versions_of(db: Database, payloads: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(
        sorted(
            version
            for digest in payloads
            for (version,) in db.execute(
                "SELECT id FROM versions WHERE payload_digest = :digest", {"digest": digest}
            ).fetchall()
        )
    )


def _erase_readings(archive: Archive, versions: tuple[int, ...], why: str) -> tuple[int, ...]:
    """Takes out every reading of the versions and what was made of it; returns the reports that they are of."""
    db = archive.db
    reports: set[int] = set()
    for version in versions:
        (report,) = db.execute(
            "SELECT n.report FROM versions v JOIN renditions n ON n.id = v.rendition WHERE v.id = :version",
            {"version": version},
        ).fetchone()
        reports.add(report)
        db.execute("UPDATE readings SET current = 0 WHERE version = :version AND current = 1", {"version": version})
        record_unread(archive, version, Withdrawn.code, why)
        db.execute(
            "UPDATE documents SET says = '' WHERE capture IN (SELECT capture FROM sightings WHERE version = :version)",
            {"version": version},
        )
    # While the text is still there: its words can only be taken out of the index by naming them.
    for report in sorted(reports):
        refresh_report(archive, report)
    tables = _tables_of_readings(db)
    for version in versions:
        readings = db.execute("SELECT id FROM readings WHERE version = :version", {"version": version}).fetchall()
        for table, column in tables:
            db.conn.executemany(f'DELETE FROM "{table}" WHERE "{column}" = ?', readings)
        db.conn.executemany("DELETE FROM readings WHERE id = ?", readings)
    return tuple(sorted(reports))


def _tables_of_readings(db: Database) -> list[tuple[str, str]]:
    """Every table whose rows are a part of a reading, and the column that names it; the schema says so itself."""
    rows = db.execute(
        """
        SELECT t.name, k."from"
        FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) k
        WHERE t.type = 'table' AND k."table" = 'readings' AND t.name <> 'reports'
        """
    ).fetchall()
    return [(table, column) for table, column in rows]


def leave_no_trace(archive: Archive, payloads: tuple[str, ...]) -> bool:
    """Makes sure that nothing of what was taken out is left in pictures of it and in unused places of the files.

    ``payloads``: the digests. False while another program reads. Raises NoRoom.
    """
    forget_pictures(archive.folder, payloads)
    with archive.writing() as db:
        # What is deleted from an FTS5 index stays in its older segments until they are merged.
        db.execute("INSERT INTO search_index (search_index) VALUES ('optimize')")
    # SQLite overwrites what is deleted, but when it moves rows between pages it leaves copies in the gaps.
    archive.write_anew(ARCHIVE_DB)
    if not archive.empty_logs():
        return False
    if not has_traces(archive.folder / PAYLOADS_DB, payloads):
        return True
    archive.write_anew(PAYLOADS_DB)
    return archive.empty_logs()


def has_traces(file: Path, payloads: tuple[str, ...]) -> bool:
    """Whether a row of ``payload`` under one of the digests still lies anywhere in the file, as SQLite writes a row.

    The digest alone may lie in gaps of the index. A row is the digest, up to six bytes of length, the coding.
    """
    if not payloads:
        return False
    row = re.compile(b"(?:" + "|".join(payloads).encode("ascii") + rb").{0,6}(?:zlib|zstd|identity)", re.DOTALL)
    descriptor = hold(file)
    try:
        at = 0
        while piece := os.pread(descriptor.number, _PIECE + 128, at):
            if row.search(piece) is not None:
                return True
            at += _PIECE
    finally:
        release(descriptor)
    return False
