"""What happened to reports at their source: one file per kind of event, discovered from this folder.

Nothing here is stored: every ledger is computed from captures, sightings, versions and readings each time, so that it
cannot drift from what was kept. An event is something that was seen, in the words of what was seen.
"""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from archive.store import Archive
from archive.versions import CellChange


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a ledger.

    ``report`` and ``captures`` are ids in this archive; the captures are those that show it, in the order of time.
    ``first`` and ``last`` are capture times (RFC 3339, UTC), ``looks`` how often was looked after ``first`` up to
    and with ``last``. ``cells`` has both sides of each figure that the event is about. ``says`` is one sentence.
    """

    kind: str
    grade: str
    report: int
    organisation: str
    report_year: int
    url: str
    first: str
    last: str
    looks: int
    cells: tuple[CellChange, ...]
    captures: tuple[int, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events are wanted; ``region`` is a code or its beginning, ``since`` a time in the archive's form.

    An event is wanted if it was found at or after ``since``: at the first look that showed it. No ``reports``: all.
    """

    year: int | None = None
    region: str = ""
    since: str = ""
    reports: frozenset[int] = frozenset()


class Ledger(Protocol):
    """What each module offers."""

    KIND: str
    GRADES: tuple[str, ...]

    def list_events(self, archive: Archive, wanted: Wanted) -> Iterator[Event]:
        """The events of this kind that are wanted, in no order."""
        ...


@dataclass(frozen=True, slots=True)
class Subject:
    """A report that events may be about."""

    report: int
    organisation: str
    region_code: str
    report_year: int


@cache
def ledgers() -> dict[str, Ledger]:
    """KIND → the module of this folder that lists it."""
    names = sorted(found.name for found in pkgutil.iter_modules(__path__))
    modules = [cast(Ledger, import_module(f"{__name__}.{name}")) for name in names]
    return {module.KIND: module for module in modules}


def list_events(archive: Archive, wanted: Wanted, kinds: Collection[str] = ()) -> tuple[Event, ...]:
    """The events of these kinds (none named: of all), the last found last; the same archive gives the same list."""
    found = [
        event
        for kind, ledger in ledgers().items()
        if not kinds or kind in kinds
        for event in ledger.list_events(archive, wanted)
    ]
    return tuple(sorted(found, key=lambda one: (one.last, one.report, one.kind, one.url, one.first, one.grade)))


def subjects_of(archive: Archive, wanted: Wanted) -> dict[int, Subject]:
    """The reports whose year, region and number are wanted, by id."""
    of_reports = "AND p.id IN (SELECT value FROM json_each(:reports))" if wanted.reports else ""
    rows = archive.db.execute(
        f"""
        SELECT p.id, o.name, coalesce(o.region_code, ''), p.report_year
        FROM reports p JOIN organisations o ON o.id = p.organisation
        WHERE (:year IS NULL OR p.report_year = :year)
            AND (:region = '' OR substr(o.region_code, 1, length(:region)) = :region)
            {of_reports}
        ORDER BY p.id
        """,
        {"year": wanted.year, "region": wanted.region, "reports": json.dumps(sorted(wanted.reports))},
    ).fetchall()
    return {row[0]: Subject(*row) for row in rows}


def event_about(
    subject: Subject,
    kind: str,
    grade: str,
    says: str,
    *,
    url: str,
    first: str,
    last: str,
    looks: int,
    captures: Iterable[int],
    cells: Iterable[CellChange] = (),
) -> Event:
    """An event about a subject; what it names of the subject is taken from there."""
    return Event(
        kind, grade, subject.report, subject.organisation, subject.report_year,
        url, first, last, looks, tuple(cells), tuple(captures), says,
    )  # fmt: skip
