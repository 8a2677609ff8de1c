"""Contradictions: two statements of which one must be wrong; both are quoted, and nothing is repaired.

Grades: ``prose`` (a sentence against the table), ``renditions`` (two forms of a report), ``years`` (上年结转 against
the year before), ``years_in_force`` (documents in force against the year before; softer: they expire without being
repealed), ``county`` (a body received more requests than its government in all), ``county_sum`` (the bodies that we
have received more together; softer: one may be there under two names).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from archive.findings.contradictions import (
    Contradiction,
    county_against_departments,
    prose_against_tables,
    rendition_against_rendition,
    year_against_year,
)
from archive.ledgers import Event, Subject, Wanted, event_about, subjects_of
from archive.store import Archive

KIND = "contradiction"
GRADES = ("prose", "renditions", "years", "years_in_force", "county", "county_sum")
_ASKED = (prose_against_tables, rendition_against_rendition, year_against_year, county_against_departments)
_SLICE = 400


def list_events(archive: Archive, wanted: Wanted) -> Iterator[Event]:
    """Every contradiction of what stands now; found when the later of the versions that say it was first seen."""
    subjects = subjects_of(archive, wanted)
    ids = iter(subjects)
    while part := list(islice(ids, _SLICE)):
        for one in chain.from_iterable(asked(archive, part) for asked in _ASKED):
            event, found = _event(archive, subjects[one.report], one)
            if found >= wanted.since:
                yield event


def _event(archive: Archive, subject: Subject, one: Contradiction) -> tuple[Event, str]:
    rows = _seen(archive, one.versions)
    own = rows[-1] if one.grade in ("years", "years_in_force") else rows[0]
    event = event_about(
        subject, KIND, one.grade, one.says, url=own[4], first=min(row[1] for row in rows),
        last=max(row[2] for row in rows), looks=max(sum(row[3] for row in rows) - 1, 0),
        captures=[row[0] for row in rows], cells=one.cells,
    )  # fmt: skip
    return event, max(row[1] for row in rows)


def _seen(archive: Archive, versions: Sequence[int]) -> list[tuple[int, str, str, int, str]]:
    """Versions → of each its first capture, first and last time, how often it was seen, and its URL; in that order."""
    found = archive.db.execute(
        """
        SELECT v.first_capture, v.first_captured, v.last_captured,
            (SELECT count(*) FROM sightings g WHERE g.version = v.id), c.url
        FROM json_each(:versions) w JOIN versions v ON v.id = w.value JOIN captures c ON c.id = v.first_capture
        ORDER BY w.key
        """,
        {"versions": json.dumps(list(versions))},
    )
    return [(int(row[0]), str(row[1]), str(row[2]), int(row[3]), str(row[4])) for row in found]
