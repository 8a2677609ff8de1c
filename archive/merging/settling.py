"""Renditions and versions as they are to be → rows: those that are here are kept, moved and stretched, none is lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass

from archive.bodies.organisations import find_or_add_report
from archive.merging.chains import Chain, Content, Place, ReportKey, Row
from archive.merging.placing import Looks, Planned, PlannedRendition, home_of
from archive.store import Archive
from parsers.report import Body

# Above every number that is given, so that numbers can be given anew under their UNIQUE.
_ASIDE = 1_000_000


@dataclass(slots=True, eq=False)
class Settled:
    """A version as it stands now: its id here, whether it is ``new``, the report it is of, what both archives have.

    ``captures``: the looks that show it; ``first`` is the one that it is at home at.
    """

    version: int
    new: bool
    key: ReportKey
    payload: str
    first: Place
    own: Row | None
    theirs: list[Row]
    captures: frozenset[int]


def settle_plans(
    archive: Archive,
    plans: dict[ReportKey, list[PlannedRendition]],
    ours: Iterable[Chain],
    theirs: Iterable[Chain],
    looks: Looks,
) -> tuple[list[Settled], dict[ReportKey, int]]:
    """Plans of reports → the versions as they stand, and the reports' ids; inside the caller's transaction."""
    settling = _Settling(archive, plans, list(ours), list(theirs), looks)
    return settling.settle(), settling.reports


class _Settling:
    def __init__(
        self,
        archive: Archive,
        plans: dict[ReportKey, list[PlannedRendition]],
        ours: list[Chain],
        theirs: list[Chain],
        looks: Looks,
    ) -> None:
        self.db = archive.db
        self.plans = plans
        self.looks = looks
        self.ours, self.theirs = ours, theirs
        self.planned_of = {
            (key, place): planned
            for key, renditions in plans.items()
            for rendition in renditions
            for planned in rendition.versions
            for place in planned.places
        }
        self.rows = self._at_home(ours)
        self.others = self._at_home(theirs)
        self.reports: dict[ReportKey, int] = {}

    def settle(self) -> list[Settled]:
        for chain in self.ours:
            if chain.id is not None:
                self._set_aside(chain.id)
        settled = [
            one for key, renditions in self.plans.items() if renditions for one in self._settle_report(key, renditions)
        ]
        self._sweep()
        return settled

    def _at_home(self, chains: list[Chain]) -> dict[Planned, list[Row]]:
        """Each planned version → the rows that are it, the oldest first; a row stays with the bytes it was read from.

        A look that changed its report takes its row along.
        """
        found: dict[Planned, list[Row]] = {}
        for chain in chains:
            for row in sorted(chain.rows(), key=lambda row: row.id):
                home = home_of(row, self.looks)
                planned = self.planned_of.get((chain.key, home)) or self._elsewhere(home)
                if planned is not None:
                    found.setdefault(planned, []).append(row)
        return found

    def _elsewhere(self, home: Place) -> Planned | None:
        return next((planned for (_, place), planned in self.planned_of.items() if place.capture == home.capture), None)

    def _set_aside(self, report: int) -> None:
        self.db.execute("UPDATE renditions SET ordinal = ordinal + ? WHERE report = ?", (_ASIDE, report))
        self.db.execute(
            "UPDATE versions SET number = number + ? WHERE rendition IN (SELECT id FROM renditions WHERE report = ?)",
            (_ASIDE, report),
        )

    def _settle_report(self, key: ReportKey, renditions: list[PlannedRendition]) -> Iterable[Settled]:
        report = find_or_add_report(self.db, Body(key[0], key[1] or None), None, key[2])
        self.reports[key] = report
        used: set[int] = set()
        ordinals: dict[str, int] = {}
        for planned in renditions:
            ordinals[planned.format] = ordinals.get(planned.format, 0) + 1
            rendition = self._rendition(report, planned, ordinals[planned.format], used)
            used.add(rendition)
            number = 0
            for version in planned.versions:
                for settled in self._settle_version(key, rendition, number, version):
                    number += 1
                    yield settled

    def _rendition(self, report: int, planned: PlannedRendition, ordinal: int, used: set[int]) -> int:
        """The row that holds most of it, if one is left, else a new one."""
        held = [row.rendition for version in planned.versions for row in self.rows.get(version, ())]
        for identity in sorted(set(held) - used, key=lambda one: (-held.count(one), one)):
            kept = self.db.execute(
                """
                UPDATE renditions SET ordinal = :ordinal, resource = :resource
                WHERE id = :id AND report = :report AND format = :format RETURNING id
                """,
                {
                    "id": identity,
                    "report": report,
                    "format": planned.format,
                    "ordinal": ordinal,
                    "resource": planned.resource,
                },
            ).fetchone()
            if kept is not None:
                return identity
        identity = self.db.execute(
            "INSERT INTO renditions (report, format, ordinal, resource) VALUES (?, ?, ?, ?) RETURNING id",
            (report, planned.format, ordinal, planned.resource),
        ).fetchone()[0]
        return int(identity)

    def _settle_version(self, key: ReportKey, rendition: int, number: int, planned: Planned) -> Iterable[Settled]:
        """A planned version → the row that is it. Two rows of one archive that turn out to be one both stay.

        Whichever archive they are of: what was withdrawn in one of the two is not withdrawn in the other.
        """
        rows, others = self.rows.get(planned, []), self.others.get(planned, [])
        if not rows and not others:
            first = min(planned.places, key=self._order)
            payload = self.looks[first.capture][1].payload
            version = self._insert_version(rendition, number + 1, payload, first, None)
            self._show(version, list(planned.places))
            seen = frozenset(place.capture for place in planned.places)
            yield Settled(version, True, key, payload, first, None, others, seen)
            return
        kept = sorted(rows or others, key=lambda row: self._order(home_of(row, self.looks)))
        spoken_for = {place.capture for row in kept[1:] for place in row.places if place in planned.places}
        for at, row in enumerate(kept, start=1):
            home = home_of(row, self.looks)
            mine = [
                place
                for place in planned.places
                if (place in row.places if at > 1 else place.capture not in spoken_for)
            ]
            seen = frozenset(place.capture for place in mine)
            if rows:
                version, own, theirs = row.id, row, others
                self.db.execute(
                    "UPDATE versions SET rendition = ?, number = ? WHERE id = ?", (rendition, number + at, row.id)
                )
            else:
                own, theirs = None, [row]
                version = self._insert_version(rendition, number + at, row.payload, home, row.content)
            self._show(version, mine)
            yield Settled(version, own is None, key, row.payload, home, own, theirs, seen)

    def _order(self, place: Place) -> tuple[object, ...]:
        return (self.looks[place.capture][0], place.nth)

    def _insert_version(self, rendition: int, number: int, payload: str, first: Place, content: Content | None) -> int:
        # What it was read as is said also of what was withdrawn: others of its like are told by it.
        captured_at = self.looks[first.capture][1].captured_at
        identity: int = self.db.execute(
            """
            INSERT INTO versions (
                rendition, number, payload_digest, first_captured, last_captured, first_capture,
                content_digest, converter, parser
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
            """,
            (
                rendition,
                number,
                payload,
                captured_at,
                captured_at,
                first.capture,
                *((None, None, None) if content is None else astuple(content)),
            ),
        ).fetchone()[0]
        return identity

    def _show(self, version: int, places: list[Place]) -> None:
        """Links a version to exactly these looks."""
        captures = {place.capture for place in places}
        kept = {
            capture
            for (capture,) in self.db.execute("SELECT capture FROM sightings WHERE version = ?", (version,)).fetchall()
        }
        self.db.conn.executemany(
            "DELETE FROM sightings WHERE version = ? AND capture = ?", [(version, one) for one in kept - captures]
        )
        self.db.conn.executemany(
            "INSERT INTO sightings (version, capture) VALUES (?, ?)", [(version, one) for one in captures - kept]
        )
        first = min(captures, key=lambda one: self.looks[one][0])
        last = max(self.looks[one][1].captured_at for one in captures)
        self.db.execute(
            "UPDATE versions SET first_capture = ?, first_captured = ?, last_captured = ? WHERE id = ?",
            (first, self.looks[first][1].captured_at, last, version),
        )

    def _sweep(self) -> None:
        """Takes away renditions that nothing is left of: their versions stand elsewhere."""
        for chain in self.ours:
            if chain.id is not None:
                self.db.execute(
                    """
                    DELETE FROM renditions
                    WHERE report = ? AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.rendition = renditions.id)
                    """,
                    (chain.id,),
                )
