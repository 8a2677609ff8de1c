"""What the archive's rows promise each other: every row that another one needs, and every gap in a sequence."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

from sqlite_utils import Database

from archive.errors import ArchiveError
from archive.readings import get_values
from archive.schema.form_columns import SHEETS
from archive.seals.sealed import Damage, Sample
from archive.store import Archive
from parsers.report import Status

# (name, the sequence's table and column, the highest number ever given as something else says it, 0: nothing does).
# Rows of these are never taken out and their numbers never given twice, so that a number left out is a row lost.
_SEQUENCES = (
    ("run", "runs", "id", "SELECT max(run) FROM captures"),
    ("capture", "captures", "id", "SELECT max(last_capture) FROM manifests"),
    ("version", "versions", "id", "SELECT max(version) FROM changes"),
    ("change", "changes", "seq", "SELECT max(seq) FROM sqlite_sequence WHERE name = 'changes'"),
    ("manifest", "manifests", "number", "SELECT 0"),
    ("correction", "corrections", "id", "SELECT max(CAST(subject AS INTEGER)) FROM changes WHERE kind = 'corrected'"),
)

# (code, what is missing as it is told, query → the rows that lack it). The number of a version within its rendition
# may be left out: the version moved to another rendition (``moved`` in the changes), and is there by its id.
_LACKING = (
    (
        "version",
        "version v{}",
        "has no capture that shows it",
        "SELECT v.id FROM versions v WHERE NOT EXISTS (SELECT 1 FROM sightings g WHERE g.version = v.id)",
    ),
    (
        "version",
        "version v{}",
        "is of bytes that no capture has",
        "SELECT v.id FROM versions v WHERE NOT EXISTS (SELECT 1 FROM captures c WHERE c.payload = v.payload_digest)",
    ),
    (
        "version",
        "version v{}",
        "has neither a reading nor a reason why there is none",
        """
        SELECT v.id FROM versions v
        WHERE NOT EXISTS (SELECT 1 FROM readings r WHERE r.version = v.id AND r.current = 1)
            AND NOT EXISTS (SELECT 1 FROM unread u WHERE u.version = v.id)
        """,
    ),
    (
        "capture",
        "capture {}",
        "shows a version, and what was read in it is not there",
        """
        SELECT DISTINCT g.capture FROM sightings g
        WHERE NOT EXISTS (SELECT 1 FROM documents d WHERE d.capture = g.capture)
        """,
    ),
    (
        "rendition",
        "rendition {}",
        "has no version",
        "SELECT n.id FROM renditions n WHERE NOT EXISTS (SELECT 1 FROM versions v WHERE v.rendition = n.id)",
    ),
    (
        "report",
        "report r{}",
        "has no rendition",
        "SELECT p.id FROM reports p WHERE NOT EXISTS (SELECT 1 FROM renditions n WHERE n.report = p.id)",
    ),
    (
        "report",
        "report r{}",
        "was made, never dropped, and is not there",
        """
        SELECT report FROM changes WHERE kind IN ('created', 'dropped')
        GROUP BY report
        HAVING sum(iif(kind = 'created', 1, -1)) > 0 AND report NOT IN (SELECT id FROM reports)
        """,
    ),
    (
        "report",
        "report r{}",
        "stands by a reading of another report",
        """
        SELECT p.id FROM reports p
        JOIN readings r ON r.id = p.reading
        JOIN versions v ON v.id = r.version
        JOIN renditions n ON n.id = v.rendition
        WHERE n.report <> p.id
        """,
    ),
    (
        "reading",
        "reading {}",
        "was current and is not there",
        """
        SELECT DISTINCT c.reading FROM changes c JOIN versions v ON v.id = c.version
        WHERE c.kind = 'reread' AND c.reading NOT IN (SELECT id FROM readings)
            AND v.payload_digest NOT IN (SELECT payload_digest FROM withdrawals)
        """,
    ),
    (
        "reading",
        "reading {}",
        "has no text",
        "SELECT r.id FROM readings r WHERE NOT EXISTS (SELECT 1 FROM reading_bodies b WHERE b.reading = r.id)",
    ),
    (
        "reading",
        "reading {}",
        "has other checks than it counts",
        """
        SELECT r.id FROM readings r
        LEFT JOIN (
            SELECT reading, sum(state = 'H') AS held, sum(state = 'B') AS broke, count(*) - max(position) - 1 AS gaps
            FROM reading_checks GROUP BY reading
        ) k ON k.reading = r.id
        WHERE coalesce(k.held, 0) <> r.holds OR coalesce(k.broke, 0) <> r.broken OR coalesce(k.gaps, 0) <> 0
        """,
    ),
    *(
        (
            "reading",
            "reading {}",
            f"has a gap in {table}",
            f"SELECT reading FROM {table} GROUP BY reading HAVING count(*) <> max(position) + 1",
        )
        for table in ("reading_problems", "reading_leftovers", "reading_claims")
    ),
    *(
        (
            "reading",
            "reading {}",
            f"has no figures in {sheet.name}",
            f"""
            SELECT r.id FROM readings r
            WHERE r.{sheet.table}_form = '{sheet.form}'
                AND NOT EXISTS (SELECT 1 FROM {sheet.name} w WHERE w.reading = r.id)
            """,
        )
        for sheet in SHEETS
    ),
    (
        "reading",
        "reading {}",
        "stands for its report and is not in the search index",
        """
        SELECT p.reading FROM reports p LEFT JOIN searched s ON s.report = p.id
        WHERE p.reading IS NOT NULL AND EXISTS (SELECT 1 FROM searched_words WHERE words <> '') AND (
            json_extract(s.readings, '$[0]') IS NOT p.reading
            OR NOT EXISTS (SELECT 1 FROM search_index_docsize z WHERE z.id = s.place)
        )
        """,
    ),
    (
        "report",
        "report r{}",
        "is in the search index and has no reading that stands for it",
        "SELECT s.report FROM searched s JOIN reports p ON p.id = s.report WHERE p.reading IS NULL",
    ),
    (
        "withdrawal",
        "payload {}",
        "was withdrawn, and the reason is not there",
        """
        SELECT DISTINCT subject FROM changes
        WHERE kind = 'withdrawn' AND subject NOT IN (SELECT payload_digest FROM withdrawals)
        """,
    ),
)


def check_structure(db: Database, file: str) -> Iterator[Damage]:
    """What SQLite itself finds wrong in a file: its trees and indexes, and rows whose parents are gone."""
    for (line,) in db.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield Damage("structure", file, " ".join(str(line).split()))
    for table, row, parent, _ in db.execute("PRAGMA foreign_key_check"):
        yield Damage("parent", f"{table} {'' if row is None else row}".strip(), f"its row of {parent} is not there")


def check_rows(archive: Archive) -> Iterator[Damage]:
    """Gaps in sequences, and rows without those that they need."""
    for name, table, column, last in _SEQUENCES:
        yield from _gaps(archive.db, name, table, column, last)
    for code, what, says, query in _LACKING:
        for (identity,) in archive.db.execute(query):
            yield Damage(code, what.format(identity), says)


def check_readings(archive: Archive, sample: Sample) -> tuple[int, list[Damage]]:
    """Readings of the sample → (how many, those whose figures are not as many as were read)."""
    damages: list[Damage] = []
    rows = archive.db.execute("SELECT id, numbers, nonzero FROM readings ORDER BY id").fetchall()
    taken = [row for row in rows if sample.takes(f"reading {row[0]}")]
    for identity, numbers, nonzero in taken:
        try:
            values = get_values(archive, identity)
        except (ArchiveError, ArithmeticError, ValueError, LookupError, TypeError) as error:
            damages.append(Damage("reading", f"reading {identity}", f"cannot be had: {type(error).__name__}: {error}"))
            continue
        found = sum(value.status is Status.NUMBER for value in values)
        other = sum(value.value is not None and value.value != 0 for value in values)
        if (found, other) != (numbers, other if nonzero is None else nonzero):
            says = f"expected {numbers} figures, {nonzero} of them not 0; found {found} and {other}"
            damages.append(Damage("reading", f"reading {identity}", says))
    return len(taken), damages


def read_all(check: Callable[[], Iterator[Damage]], what: str) -> list[Damage]:
    """What a check finds, up to where the file cannot be read any more, which is one more damage."""
    found: list[Damage] = []
    try:
        for damage in check():
            found.append(damage)
    except (sqlite3.DatabaseError, ValueError, TypeError) as error:
        found.append(Damage("structure", what, f"cannot be read any further: {error}"))
    return found


def _gaps(db: Database, name: str, table: str, column: str, last: str) -> Iterator[Damage]:
    (count, highest), (given,) = (
        db.execute(query).fetchone() for query in (f"SELECT count(*), max({column}) FROM {table}", last)
    )
    end = max(highest or 0, given or 0)
    if count == end:
        return
    rows = db.execute(
        f"""
        SELECT before + 1, {column} - 1 FROM (
            SELECT {column}, lag({column}, 1, 0) OVER (ORDER BY {column}) AS before FROM (
                SELECT {column} FROM {table} UNION ALL SELECT :end + 1
            )
        ) WHERE {column} > before + 1
        """,
        {"end": end},
    )
    for first, final in rows:
        which = f"{name} {first}" if first == final else f"{name}s {first} to {final}"
        yield Damage("gap", which, "not there any more")
