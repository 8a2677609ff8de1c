"""A selection → the reports that are meant, one after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archive.changes import last_change
from archive.clock import parse_time, stamp
from archive.errors import BadQuery
from archive.exports import Selection
from archive.progress import with_bar
from archive.store import Archive

# What a change is about, as the versions it touches: entries of kind withdrawn and corrected name bytes alone.
_TOUCHED = """
    SELECT c.report FROM changes c WHERE {after} AND c.report IS NOT NULL
    UNION
    SELECT n.report FROM changes c
    JOIN versions v ON v.payload_digest = c.subject
    JOIN renditions n ON n.id = v.rendition
    WHERE {after} AND c.kind = 'withdrawn'
    UNION
    SELECT n.report FROM changes c
    JOIN corrections k ON k.id = CAST(c.subject AS INTEGER)
    JOIN captures s ON s.payload = k.payload_digest
    JOIN sightings g ON g.capture = s.id
    JOIN versions v ON v.id = g.version
    JOIN renditions n ON n.id = v.rendition
    WHERE {after} AND c.kind = 'corrected'
"""

# The version that stands; where none is read, the one seen last.
_REPORTS = """
    SELECT {columns}
    FROM reports p
    JOIN organisations o ON o.id = p.organisation
    LEFT JOIN readings r ON r.id = p.reading
    WHERE (:year IS NULL OR p.report_year = :year)
        AND (:region = '' OR coalesce(r.region_code, o.region_code, '') LIKE :region || '%')
        AND (:report IS NULL OR p.id = :report)
        {since}
"""
_COLUMNS = """
    p.id,
    coalesce(r.version, (
        SELECT v.id FROM versions v JOIN renditions n ON n.id = v.rendition
        WHERE n.report = p.id ORDER BY v.last_captured DESC, v.id DESC LIMIT 1
    ))
"""


@dataclass(frozen=True, slots=True)
class Selected:
    """A report, and the version that stands for it: that of its reading, else the one seen last."""

    report: int
    version: int


def iterate_selected(archive: Archive, selection: Selection) -> Iterator[Selected]:
    """The reports that a selection means, by id; rows are read as they are asked for, never all at once.

    Raises BadQuery for a region that is no code or a cursor that was never given, BadClock for a ``since`` that is
    neither a time nor a cursor.
    """
    after, bound = after_cursor(archive, selection.since)
    given = {"year": selection.year, "region": selection.region_prefix(), "report": selection.report} | bound
    since = f"AND p.id IN ({_TOUCHED.format(after=after)})" if after else ""
    total = archive.db.execute(_REPORTS.format(columns="count(*)", since=since), given).fetchone()[0]
    rows = archive.db.execute(_REPORTS.format(columns=_COLUMNS, since=since) + "ORDER BY p.id", given)
    for report, version in with_bar(rows, "export", "reports", total):
        yield Selected(report, version)


def after_cursor(archive: Archive, since: str) -> tuple[str, dict[str, int | str]]:
    """A time or a cursor → (the condition on a row c of ``changes``, what is bound in it); "" for no bound at all.

    A time includes its own second, a cursor excludes the entry that it names. Entries without a time come with others
    that have one. Raises BadClock for what is neither, BadQuery for a cursor that this archive never gave: 20250101 is
    meant for a day and would find nothing.
    """
    if not since:
        return "", {}
    if not (since.isascii() and since.isdigit()):
        return "c.at >= :after", {"after": stamp(parse_time(since))}
    last = last_change(archive)
    if int(since) > last:
        raise BadQuery(f"expected a cursor up to {last}, the last of this archive, or a time; found {since}")
    return "c.seq > :after", {"after": int(since)}
