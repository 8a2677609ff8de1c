"""A lean SQLite file: reports, cells, checks, versions, what each column is called."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from typing import BinaryIO

from sqlite_utils import Database

from archive.exports import OF_REPORTS, Selection
from archive.exports.parts.columns import CELLS, CHECKS, FACTS, KEYS, VERSIONS, Column, form_keys
from archive.exports.parts.rows import (
    Counted,
    ReportRow,
    Row,
    cells_of,
    checks_of,
    digits_of,
    iterate_rows,
    key_rows,
    versions_of,
)
from archive.store import Archive
from parsers.limited.scratch import scratch_folder
from parsers.report import Number

NAME = "sqlite"
CAPTION = "a SQLite file with reports, cells, checks and versions, for any SQLite from 3.40 on"
SELECTS = OF_REPORTS

_TYPES = {"text": "TEXT", "count": "INTEGER", "amount": "ANY", "year": "INTEGER", "date": "TEXT", "time": "TEXT"}
# Rows of cells and of sums name their report, key and identity by number: a third of the bytes. The views cells and
# checks say them in words. No figure is rounded: what no REAL holds exactly is its digits, as TEXT.
_FIGURES = """
CREATE TABLE figures (
    report INTEGER NOT NULL REFERENCES reports (id),
    key INTEGER NOT NULL REFERENCES keys (id),
    status TEXT NOT NULL,
    value ANY,
    raw TEXT,
    corrected_status TEXT,
    corrected ANY,
    PRIMARY KEY (report, key)
) STRICT, WITHOUT ROWID
"""
_SUMS = """
CREATE TABLE sums (
    report INTEGER NOT NULL REFERENCES reports (id),
    identity INTEGER NOT NULL REFERENCES identities (id),
    state TEXT NOT NULL,
    "left" ANY,
    "right" ANY,
    PRIMARY KEY (report, identity)
) STRICT, WITHOUT ROWID
"""
_IDENTITIES = (
    "CREATE TABLE identities (id INTEGER PRIMARY KEY, identity TEXT, across TEXT, UNIQUE (identity, across)) STRICT"
)
_COLUMNS = 'CREATE TABLE columns ("table" TEXT, name TEXT, zh TEXT, en TEXT, PRIMARY KEY ("table", name)) STRICT'
_INDICES = (
    "CREATE INDEX figures_key ON figures (key)",
    "CREATE INDEX sums_state ON sums (state) WHERE state <> 'HOLDS'",
    "CREATE INDEX reports_year ON reports (report_year)",
    "CREATE INDEX reports_region ON reports (region_code)",
    "CREATE INDEX reports_organisation ON reports (organisation)",
    "CREATE INDEX versions_report ON versions (report)",
    "CREATE INDEX versions_digest ON versions (payload_digest)",
)
_VIEWS = (
    """
    CREATE VIEW cells AS
    SELECT r.report, r.organisation, r.region_code, r.report_year, r.version, r.url, k.key, k.label_zh AS label,
        f.value, coalesce(f.raw, CAST(f.value AS TEXT), '') AS raw, f.status, k.unit, r.first_captured AS captured,
        f.corrected, f.corrected_status
    FROM figures f JOIN keys k ON k.id = f.key JOIN reports r ON r.id = f.report
    """,
    """
    CREATE VIEW checks AS
    SELECT r.report, i.identity, i.across, s.state, s."left", s."right"
    FROM sums s JOIN identities i ON i.id = s.identity JOIN reports r ON r.id = s.report
    """,
)
_DESCRIBED = {"reports": FACTS, "cells": CELLS, "checks": CHECKS, "versions": VERSIONS, "keys": KEYS}


def write_export(archive: Archive, selection: Selection, out: BinaryIO) -> int:
    """Builds the file beside, in the machine's folder for temporary files, and copies it; returns how many reports."""
    with scratch_folder() as folder:
        file = folder / "export.db"
        with closing(Database(file)) as db:
            db.execute("PRAGMA journal_mode = OFF").fetchone()
            db.execute("PRAGMA synchronous = OFF")
            with db.atomic():
                _make_tables(db)
                count = _fill(archive, db, selection)
                for statement in (*_INDICES, *_VIEWS):
                    db.execute(statement)
            db.execute("PRAGMA analysis_limit = 1000").fetchone()
            db.execute("ANALYZE")  # without it SQLite goes through all cells to find those of one key
        with file.open("rb") as made:
            shutil.copyfileobj(made, out)
    return count


def _make_tables(db: Database) -> None:
    db.execute(_table("reports", FACTS))
    db.execute(_table("versions", VERSIONS))
    db.execute(_table("keys", KEYS))
    for statement in (_FIGURES, _SUMS, _IDENTITIES, _COLUMNS):
        db.execute(statement)
    db.conn.executemany(
        "INSERT INTO columns VALUES (?, ?, ?, ?)",
        ((table, one.name, one.zh, one.en) for table, columns in _DESCRIBED.items() for one in columns),
    )


def _table(name: str, columns: tuple[Column, ...]) -> str:
    said = ", ".join(f"{one.name} {_TYPES[one.kind]}{' NOT NULL' if one.wanted else ''}" for one in columns)
    return f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, {said}) STRICT"


def _fill(archive: Archive, db: Database, selection: Selection) -> int:
    keys = {key: number for number, key in enumerate(form_keys(), start=1)}
    identities: dict[tuple[str, str], int] = {}
    for row in key_rows():
        _insert(db, "keys", KEYS, keys[str(row["key"])], row)
    reports = Counted(iterate_rows(archive, selection))
    for report in reports:
        number = report.one.report
        _insert(db, "reports", FACTS, number, report.facts)
        db.conn.executemany("INSERT INTO figures VALUES (?, ?, ?, ?, ?, ?, ?)", _figures(report, keys))
        for version in versions_of(archive, report.one):
            _insert(db, "versions", VERSIONS, int(str(version["version"])[1:]), version)
        for check in checks_of(archive, report.one):
            name = (str(check["identity"]), str(check["across"]))
            if name not in identities:
                identities[name] = len(identities) + 1
                db.execute("INSERT INTO identities VALUES (?, ?, ?)", (identities[name], *name))
            sides = (_exact(check["left"]), _exact(check["right"]))
            db.execute("INSERT INTO sums VALUES (?, ?, ?, ?, ?)", (number, identities[name], check["state"], *sides))
    return reports.seen


def _insert(db: Database, table: str, columns: tuple[Column, ...], number: int, row: Row) -> None:
    marks = ", ".join("?" for _ in (None, *columns))
    db.execute(f"INSERT INTO {table} VALUES ({marks})", (number, *(_exact(row[one.name]) for one in columns)))


def _figures(report: ReportRow, keys: dict[str, int]) -> Iterator[tuple[int | float | str | None, ...]]:
    """``raw`` is left out where it is the figure's own digits, or nothing."""
    for cell in cells_of(report):
        value = _exact(cell["value"])
        own = "" if value is None else str(value)
        yield (
            report.one.report,
            keys[str(cell["key"])],
            str(cell["status"]),
            value,
            None if cell["raw"] == own and not isinstance(value, float) else str(cell["raw"]),
            None if cell["corrected_status"] is None else str(cell["corrected_status"]),
            _exact(cell["corrected"]),
        )


def _exact(value: Number | str | None) -> int | float | str | None:
    """A figure → INTEGER or REAL where that is the same figure, else its digits."""
    if isinstance(value, int) and abs(value) >= 2**63:
        return digits_of(value)
    if isinstance(value, Decimal):
        return float(value) if Decimal(repr(float(value))) == value else digits_of(value)
    return value
