"""Everything that was seen of a rendition, and every look that did not see it, in the order of time."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from archive.resources import NOT_LOOKED
from archive.store import Archive

_SLICE = 400  # reports at a time: what is held does not grow with the archive


@dataclass(frozen=True, slots=True)
class Sighting:
    """A capture that shows a version. ``imported``: not by a look of ours, but by a file somebody brought."""

    capture: int
    at: str
    run: int
    resource: int
    url: str
    via: str
    version: int
    imported: bool


@dataclass(frozen=True, slots=True)
class LookAt:
    """A look of ours, in a completed run, at a URL where the rendition has stood.

    ``code`` is what became of the document (``documents.code``), "" where nothing is said of it.
    """

    capture: int
    at: str
    run: int
    resource: int
    url: str
    site: str
    outcome: str
    status: int | None
    location: str
    payload: str
    code: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """One rendition: ``sightings`` and ``looks``, each by time; looks that asked for nothing are left out.

    ``beside``: captures that show the same report in another rendition.
    """

    rendition: int
    report: int
    format: str
    sightings: tuple[Sighting, ...]
    looks: tuple[LookAt, ...]
    beside: frozenset[int]

    def crawled(self) -> tuple[Sighting, ...]:
        """The sightings by looks of ours."""
        return tuple(one for one in self.sightings if not one.imported)


def timelines_of(archive: Archive, reports: Collection[int]) -> Iterator[tuple[int, tuple[Timeline, ...]]]:
    """Reports' ids → each with its renditions' timelines, in the order of the ids."""
    ids = iter(sorted(reports))
    while chunk := list(islice(ids, _SLICE)):
        by_report = _timelines(archive, chunk)
        for report in chunk:
            yield report, by_report.get(report, ())


def _timelines(archive: Archive, reports: list[int]) -> dict[int, tuple[Timeline, ...]]:
    of_rendition: dict[tuple[int, int, str], list[Sighting]] = defaultdict(list)
    shown: dict[int, set[int]] = defaultdict(set)
    for report, rendition, format_, *seen in _sightings(archive, reports):
        sighting = Sighting(*seen)
        of_rendition[report, rendition, format_].append(sighting)
        shown[report].add(sighting.capture)
    looks = _looks(archive, {one.resource for seen in of_rendition.values() for one in seen if not one.imported})
    found: dict[int, list[Timeline]] = defaultdict(list)
    for (report, rendition, format_), sightings in of_rendition.items():
        own = {one.capture for one in sightings}
        stood = {one.resource for one in sightings if not one.imported}
        at_them = sorted((one for where in stood for one in looks[where]), key=lambda one: (one.at, one.capture))
        beside = frozenset(shown[report] - own)
        found[report].append(Timeline(rendition, report, format_, tuple(sightings), tuple(at_them), beside))
    return {report: tuple(lines) for report, lines in found.items()}


def _sightings(archive: Archive, reports: list[int]) -> Iterator[tuple[Any, ...]]:
    yield from archive.db.execute(
        """
        SELECT n.report, n.id, n.format, c.id, c.captured_at, c.run, c.resource, c.url, c.via, v.id,
            c.kind = 'import'
        FROM json_each(:reports) p
        JOIN renditions n ON n.report = p.value
        JOIN versions v ON v.rendition = n.id
        JOIN sightings g ON g.version = v.id
        JOIN captures c ON c.id = g.capture
        ORDER BY n.report, n.id, c.captured_at, c.id
        """,
        {"reports": json.dumps(reports)},
    )


def _looks(archive: Archive, resources: Iterable[int]) -> dict[int, list[LookAt]]:
    found: dict[int, list[LookAt]] = defaultdict(list)
    rows = archive.db.execute(
        """
        SELECT c.id, c.captured_at, c.run, c.resource, c.url, c.site, c.outcome, c.status, c.location,
            coalesce(c.payload, ''), coalesce(d.code, '')
        FROM json_each(:resources) s
        JOIN captures c ON c.resource = s.value
        JOIN runs r ON r.id = c.run AND r.state = 'done'
        LEFT JOIN documents d ON d.capture = c.id
        WHERE c.kind <> 'import' AND c.outcome NOT IN (SELECT value FROM json_each(:unasked))
        """,
        {"resources": json.dumps(sorted(resources)), "unasked": json.dumps(sorted(NOT_LOOKED))},
    )
    for row in rows:
        look = LookAt(*row)
        found[look.resource].append(look)
    return found
