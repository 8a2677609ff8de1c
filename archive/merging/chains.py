"""One report as an archive has it: its renditions, their versions, and the looks that showed each."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from archive.ingest import READ
from archive.merging.evidence import rows_of
from archive.store import Archive

ReportKey = tuple[str, str, int]
"""Whose and of which year: (name, region code or "", report year)."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One document of one look: ``capture`` is ours; ``nth`` tells apart files of one format in one archive file."""

    capture: int
    format: str
    nth: int


@dataclass(frozen=True, slots=True)
class Content:
    """What a version was read as: digests are compared within one converter and parser."""

    content_digest: str
    converter: str
    parser: str


@dataclass(slots=True, eq=False)
class Row:
    """A version of one archive. ``reading`` is its current reading's row, ``unread`` its row there; None for none."""

    archive: Archive
    id: int
    rendition: int
    number: int
    payload: str
    content: Content | None
    places: list[Place]
    reading: dict[str, Any] | None
    unread: dict[str, Any] | None


@dataclass(slots=True, eq=False)
class Strand:
    """A rendition of one archive, at its URL."""

    id: int
    format: str
    ordinal: int
    resource: int
    rows: list[Row]


@dataclass(slots=True)
class Chain:
    """A report of one archive; ``id`` is None where it has none."""

    key: ReportKey
    id: int | None
    strands: list[Strand]

    def rows(self) -> list[Row]:
        """Its versions, rendition by rendition."""
        return [row for strand in self.strands for row in strand.rows]

    def places(self) -> set[Place]:
        """All that was seen of it."""
        return {place for row in self.rows() for place in row.places}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a look was found to show. ``parser``: the release that says so."""

    code: str
    parser: str
    reports: tuple[tuple[ReportKey, str, int], ...]

    def rank(self) -> tuple[bool, tuple[int, str], bool, tuple[tuple[ReportKey, str, int], ...]]:
        """Of two statements about one look the higher stands: by the newer release, and what was read before not."""
        return (bool(self.reports), release_of(self.parser), self.code == READ, self.reports)


def release_of(parser: str) -> tuple[int, str]:
    """A parser's release → what sorts as releases follow each other; what is no number comes first.

    >>> release_of("10") > release_of("9")
    True
    """
    return (int(parser), "") if parser.isascii() and parser.isdigit() else (-1, parser)


def find_report(archive: Archive, key: ReportKey) -> int | None:
    """Whose and of which year → the report's id in an archive."""
    row = archive.db.execute(
        """
        SELECT p.id FROM organisations o JOIN reports p ON p.organisation = o.id
        WHERE o.name = ? AND coalesce(o.region_code, '') = ? AND p.report_year = ?
        """,
        key,
    ).fetchone()
    return None if row is None else int(row[0])


def load_chain(archive: Archive, key: ReportKey, ours: dict[int, int] | None, here: Database) -> Chain:
    """A report of an archive; ``ours`` has our capture for each of its, None where the archive is ours.

    ``here`` is our database, where resources have other numbers.
    """
    report = find_report(archive, key)
    if report is None:
        return Chain(key, None, [])
    strands = {
        row["id"]: Strand(row["id"], row["format"], row["ordinal"], _resource(here, row["url_key"]), [])
        for row in rows_of(
            archive.db,
            """
            SELECT n.*, s.url_key FROM renditions n JOIN resources s ON s.id = n.resource
            WHERE n.report = ? ORDER BY n.format, n.ordinal
            """,
            report,
        )
    }
    versions: dict[int, Row] = {}
    for row in rows_of(
        archive.db,
        """
        SELECT v.* FROM versions v JOIN renditions n ON n.id = v.rendition
        WHERE n.report = ? ORDER BY n.format, n.ordinal, v.number
        """,
        report,
    ):
        content = None if row["converter"] is None else Content(row["content_digest"], row["converter"], row["parser"])
        one = Row(archive, row["id"], row["rendition"], row["number"], row["payload_digest"], content, [], None, None)
        versions[one.id] = one
        strands[one.rendition].rows.append(one)
    _add_places(archive.db, strands, versions, report, ours)
    _add_readings(archive.db, versions, report)
    return Chain(key, report, list(strands.values()))


def _resource(here: Database, url_key: str) -> int:
    """The looks are here already, and their URLs with them."""
    found: int = here.execute("SELECT id FROM resources WHERE url_key = ?", (url_key,)).fetchone()[0]
    return found


def _add_places(
    db: Database, strands: dict[int, Strand], versions: dict[int, Row], report: int, ours: dict[int, int] | None
) -> None:
    counted: Counter[tuple[int, str]] = Counter()
    for version, capture in db.execute(
        """
        SELECT g.version, g.capture
        FROM renditions n JOIN versions v ON v.rendition = n.id JOIN sightings g ON g.version = v.id
        WHERE n.report = ? ORDER BY n.format, n.ordinal, v.number, g.capture
        """,
        (report,),
    ).fetchall():
        format_ = strands[versions[version].rendition].format
        known = capture if ours is None else ours[capture]
        versions[version].places.append(Place(known, format_, counted[known, format_]))
        counted[known, format_] += 1


def _add_readings(db: Database, versions: dict[int, Row], report: int) -> None:
    of_report = "JOIN versions v ON v.id = t.version JOIN renditions n ON n.id = v.rendition WHERE n.report = ?"
    for row in rows_of(db, f"SELECT t.* FROM readings t {of_report} AND t.current = 1", report):
        versions[row["version"]].reading = row
    for row in rows_of(db, f"SELECT t.* FROM unread t {of_report}", report):
        versions[row["version"]].unread = row


def shown_in(archive: Archive, captures: Iterable[int]) -> dict[int, Shown]:
    """Captures of an archive → what it says that each shows; those of which nothing is said yet are left out."""
    keys = json.dumps(sorted(captures))
    reports: dict[int, list[tuple[ReportKey, str, int]]] = {}
    counted: Counter[tuple[int, ReportKey, str]] = Counter()
    for capture, name, region_code, year, format_ in archive.db.execute(
        """
        SELECT g.capture, o.name, coalesce(o.region_code, ''), p.report_year, n.format
        FROM json_each(?) k
        JOIN sightings g ON g.capture = k.value
        JOIN versions v ON v.id = g.version
        JOIN renditions n ON n.id = v.rendition
        JOIN reports p ON p.id = n.report
        JOIN organisations o ON o.id = p.organisation
        """,
        (keys,),
    ).fetchall():
        key = (name, region_code, year)
        reports.setdefault(capture, []).append((key, format_, counted[capture, key, format_]))
        counted[capture, key, format_] += 1
    rows = archive.db.execute(
        "SELECT d.capture, d.code, d.parser FROM json_each(?) k JOIN documents d ON d.capture = k.value", (keys,)
    ).fetchall()
    return {capture: Shown(code, parser, tuple(sorted(reports.get(capture, ())))) for capture, code, parser in rows}
