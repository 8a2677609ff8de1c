"""Looks of one report from two archives → its renditions and versions, as if one archive had taken all of them.

Where one archive holds every look, what it says stands. Else the looks are placed in the order of time by the code
that places them in a crawl, in a rehearsal: on a report that is not there afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from archive.merging.chains import Chain, Content, Place, Row, Strand, release_of
from archive.merging.origins import Order
from archive.renditions import KeptVersion, Look, has_drifted, place_rendition, place_version
from archive.store import Archive

Looks = dict[int, tuple[Order, Look]]
Agree = Callable[[str, str, Place], bool]
"""Two payloads and where they were seen → whether the present release reads the same report in both."""


@dataclass(slots=True, eq=False)
class Planned:
    """A version to be: the looks that show it."""

    places: list[Place]


@dataclass(slots=True, eq=False)
class PlannedRendition:
    """A rendition to be, at our resource; renditions of one format follow each other as their ordinals do."""

    format: str
    resource: int
    versions: list[Planned]


def place_looks(
    archive: Archive, ours: Chain, theirs: Chain, wanted: set[Place], looks: Looks, agree: Agree
) -> list[PlannedRendition]:
    """All looks at a report → its renditions; ``ours`` is taken as it is where it holds them all, then ``theirs``."""
    for chain in (ours, theirs):
        if chain.places() == wanted:
            return [_as_kept(strand) for strand in chain.strands]
    return rehearse(archive, sorted(wanted), looks, contents_of((ours, theirs), looks), agree)


def _as_kept(strand: Strand) -> PlannedRendition:
    return PlannedRendition(strand.format, strand.resource, [Planned(list(row.places)) for row in strand.rows])


def contents_of(chains: tuple[Chain, ...], looks: Looks) -> dict[tuple[str, int, str], Content]:
    """(format, nth, payload digest) → as what the newest release read those bytes, or others of the same version."""
    known: dict[tuple[str, int, str], Content] = {}
    for row in (row for chain in chains for row in chain.rows()):
        for place in row.places:
            key = (place.format, place.nth, looks[place.capture][1].payload)
            if row.content is not None and (key not in known or _rank(known[key]) < _rank(row.content)):
                known[key] = row.content
    return known


def _rank(content: Content) -> tuple[tuple[int, str], str, str]:
    return (release_of(content.parser), content.converter, content.content_digest)


def rehearse(
    archive: Archive,
    places: list[Place],
    looks: Looks,
    contents: dict[tuple[str, int, str], Content],
    agree: Agree,
) -> list[PlannedRendition]:
    """Looks in any order → what a crawl that took them one after the other would have made of them."""
    in_order = sorted(places, key=lambda place: (looks[place.capture][0], place.format, place.nth))
    with _scratch_report(archive) as report:
        taken: dict[int, set[int]] = {}
        placed: dict[int, list[Place]] = {}
        for place in in_order:
            look = looks[place.capture][1]
            filled = taken.setdefault(place.capture, set())
            rendition = place_rendition(archive, report, place.format, look, filled, _has_drifted)
            filled.add(rendition)
            content = contents.get((place.format, place.nth, look.payload))
            version = _place(archive, rendition, look, place, content, agree)
            placed.setdefault(version, []).append(place)
        return [
            PlannedRendition(format_, resource, [Planned(placed[version]) for version in _versions_of(archive, one)])
            for one, format_, resource in archive.db.execute(
                "SELECT id, format, resource FROM renditions WHERE report = ? ORDER BY format, ordinal", (report,)
            ).fetchall()
        ]


def _place(archive: Archive, rendition: int, look: Look, place: Place, content: Content | None, agree: Agree) -> int:
    def reread(version: KeptVersion) -> Content | None:
        # Of another release or converter than the look's own: only reading both now can tell.
        return content if agree(version.payload, look.payload, place) else None

    if content is None:
        return place_version(archive, rendition, look, None, reread)[0]
    return place_version(archive, rendition, look, content, reread, content.parser)[0]


def _versions_of(archive: Archive, rendition: int) -> list[int]:
    rows = archive.db.execute("SELECT id FROM versions WHERE rendition = ? ORDER BY number", (rendition,)).fetchall()
    return [version for (version,) in rows]


def _has_drifted(archive: Archive, old: int, look: Look) -> bool:
    """As in a crawl; a run that has not ended, here or where it was begun, has not said that a URL is gone."""
    ended = archive.db.execute("SELECT ended_at FROM runs WHERE id = ?", (look.run,)).fetchone()[0]
    return ended is not None and has_drifted(archive, old, look)


@contextmanager
def _scratch_report(archive: Archive) -> Iterator[int]:
    """A report of nobody, taken back with all that hangs on it; inside the caller's transaction."""
    with archive.rehearsing() as db:
        organisation = db.conn.execute("INSERT INTO organisations (name) VALUES ('')").lastrowid
        report = db.conn.execute(
            "INSERT INTO reports (organisation, report_year) VALUES (?, 0)", (organisation,)
        ).lastrowid
        assert report is not None
        yield report


def home_of(row: Row, looks: Looks) -> Place:
    """Where a version is at home: at the first look that showed the very bytes it was read from."""
    own = [place for place in row.places if looks[place.capture][1].payload == row.payload]
    return min(own or row.places, key=lambda place: (looks[place.capture][0], place.nth))
