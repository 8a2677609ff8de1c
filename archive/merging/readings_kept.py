"""Of what two archives read in one version, what stands: copied as it is, so that nothing is read twice."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from archive.errors import Withdrawn
from archive.ingest import record_unread, settle_reading
from archive.merging.chains import Row, release_of
from archive.merging.evidence import insert_row
from archive.merging.read_anew import Readers
from archive.merging.settling import Settled
from archive.merging.told import Told
from archive.payloads import why_withdrawn
from archive.store import Archive
from parsers.report import Report

# What says nothing about what was read.
_OF_THE_ROW = ("id", "version", "current", "made_at")


def settle_readings(copier: Copier, settled: list[Settled], rows: list[Row], readers: Readers, told: Told) -> bool:
    """Gives each version the reading that stands, or says why it has none. ``rows``: all that the two archives have.

    Returns whether anything is otherwise than before.
    """
    changed = False
    for one in settled:
        changed |= _settle(copier, one, rows, readers, told)
    return changed


def _settle(copier: Copier, one: Settled, rows: list[Row], readers: Readers, told: Told) -> bool:
    archive = copier.archive
    why = why_withdrawn(archive, one.payload)
    if why is not None:
        return _withdraw(archive, one, why)
    own = one.own.reading if one.own is not None else None
    chosen = _chosen(one, [row for row in one.theirs if row.reading is not None], told)
    if chosen is None and own is None:
        chosen = next((row for row in rows if row.payload == one.payload and row.reading is not None), None)
    if chosen is not None:
        copier.copy(chosen, one.version)
        told.counts["readings"] += 1
        return True
    return own is None and _settle_unread(archive, one, readers, told)


def _chosen(one: Settled, candidates: list[Row], told: Told) -> Row | None:
    """The other archive's reading that is to stand here, or None where ours does."""
    own = one.own.reading if one.own is not None else None
    best: Row | None = None
    for row in candidates:
        present = best.reading if best is not None else own
        assert row.reading is not None
        if present is None:
            best = row if row.payload == one.payload or best is None else best
        elif release_of(row.reading["parser"]) > release_of(present["parser"]) or (
            row.payload == one.payload
            and release_of(row.reading["parser"]) == release_of(present["parser"])
            and _facts(row.reading) != _facts(present)
            and _later(row.reading) > _later(present)
        ):
            best = row
    if best is not None and own is not None:
        _tell(one, own, best, told)
    return best


def _facts(reading: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in reading.items() if name not in _OF_THE_ROW}


def _later(reading: dict[str, Any]) -> tuple[str, str]:
    return reading["made_at"], repr(sorted(_facts(reading).items(), key=lambda item: item[0]))


def _tell(one: Settled, own: dict[str, Any], best: Row, told: Told) -> None:
    assert best.reading is not None
    said = [f"{side['parser']} ({side['converter']}) on {side['made_at']}" for side in (own, best.reading)]
    told.conflict("reading", f"v{one.version}", f"read by release {said[0]} here, {said[1]} there: the second stands")


class Copier:
    """Readings with all their parts, from any archive into ours; what names what is looked up once."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.tables = {table: _columns(archive.db, table) for table in tables_of_readings(archive.db)}
        self._sql = {table: _copying(table, columns) for table, columns in self.tables.items()}
        self._identities: dict[tuple[Archive, int], int] = {}

    def copy(self, row: Row, version: int) -> int:
        """The current reading of a row, of whichever archive → the current one of our version; its id."""
        reading = row.reading
        assert reading is not None
        db, source = self.archive.db, row.archive
        db.execute("UPDATE readings SET current = 0 WHERE version = ? AND current = 1", (version,))
        identity = insert_row(db, "readings", {**reading, "id": None, "version": version, "current": 1})
        for table, columns in self.tables.items():
            self._copy_part(source, table, columns, reading["id"], identity)
        db.execute(
            "UPDATE versions SET content_digest = ?, converter = ?, parser = ? WHERE id = ?",
            (reading["content_digest"], reading["converter"], reading["parser"], version),
        )
        db.execute("DELETE FROM unread WHERE version = ?", (version,))
        return identity

    def _copy_part(self, source: Archive, table: str, columns: list[str], theirs: int, ours: int) -> None:
        selection, insertion = self._sql[table]
        rows = source.db.conn.execute(selection, (theirs,)).fetchall()
        if table == "reading_checks":
            at = columns.index("identity")
            rows = [(*row[:at], self._identity(source, row[at]), *row[at + 1 :]) for row in rows]
        if rows:
            self.archive.db.conn.executemany(insertion, [(ours, *row) for row in rows])

    def _identity(self, source: Archive, theirs: int) -> int:
        """The name of a check, interned there → interned here."""
        if (source, theirs) not in self._identities:
            db = self.archive.db
            said = source.db.execute("SELECT name, across FROM identities WHERE id = ?", (theirs,)).fetchone()
            db.execute("INSERT INTO identities (name, across) VALUES (?, ?) ON CONFLICT DO NOTHING", said)
            (ours,) = db.execute("SELECT id FROM identities WHERE name = ? AND across = ?", said).fetchone()
            self._identities[source, theirs] = ours
        return self._identities[source, theirs]


def tables_of_readings(db: Database) -> list[str]:
    """The tables that hold what was read: figures, texts, findings; not what is derived of them."""
    rows = db.execute(
        """
        SELECT m.name FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) k
        WHERE m.type = 'table' AND k."table" = 'readings' AND k."from" = 'reading'
            AND m.name <> 'reports'
        ORDER BY m.name
        """
    ).fetchall()
    return [name for (name,) in rows]


def _copying(table: str, columns: list[str]) -> tuple[str, str]:
    """The query for a part of a reading, and the statement that writes it."""
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join("?" for _ in columns)
    selection = f"SELECT {names} FROM {table} WHERE reading = ?"
    return selection, f"INSERT INTO {table} (reading, {names}) VALUES (?, {marks})"


def _columns(db: Database, table: str) -> list[str]:
    rows = db.execute("SELECT name FROM pragma_table_info(?) WHERE name <> 'reading' ORDER BY cid", (table,)).fetchall()
    return [name for (name,) in rows]


def _settle_unread(archive: Archive, one: Settled, readers: Readers, told: Told) -> bool:
    """A version that nobody has read: why not, as the newer release says; what nobody has tried is read now."""
    own = one.own.unread if one.own is not None else None
    known = [row.unread for row in one.theirs if row.unread is not None and row.unread["code"] != Withdrawn.code]
    best = max(known, key=_tried, default=None)
    if best is not None and (own is None or _tried(own) < _tried(best)):
        archive.db.execute(
            """
            INSERT INTO unread (version, code, says, parser, tried_at)
            VALUES (:version, :code, :says, :parser, :tried_at)
            ON CONFLICT (version) DO UPDATE SET
                code = excluded.code, says = excluded.says, parser = excluded.parser, tried_at = excluded.tried_at
            """,
            {**best, "version": one.version},
        )
        return True
    if own is not None:
        return False
    report = readers.read(one.payload, one.first, one.key)
    told.counts["read"] += 1
    if isinstance(report, Report):
        settle_reading(archive, one.version, report)
    else:
        record_unread(archive, one.version, *report)
    return True


def _tried(unread: dict[str, Any]) -> tuple[tuple[int, str], str, str, str]:
    return release_of(unread["parser"]), unread["tried_at"], unread["code"], unread["says"]


def _withdraw(archive: Archive, one: Settled, why: str) -> bool:
    if one.own is not None:  # what was here was withdrawn before any look was taken
        return False
    record_unread(archive, one.version, Withdrawn.code, why)
    return True
