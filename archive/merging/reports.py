"""Each report of another archive → ours: looks added up, placed anew where needed, readings taken as they are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import partial

from archive.merging.chains import Chain, Place, ReportKey, Row, Shown, load_chain, shown_in
from archive.merging.evidence import insert_row, rows_of
from archive.merging.origins import looks_of
from archive.merging.placing import Looks, home_of, place_looks
from archive.merging.read_anew import Readers
from archive.merging.readings_kept import Copier, settle_readings
from archive.merging.settling import Settled, settle_plans
from archive.merging.told import Told
from archive.merging.withdrawals import hush_withdrawn, spread_withdrawals
from archive.reports import drop_report_of_nothing, refresh_report
from archive.store import Archive

_SLICE = 50


def take_reports(archive: Archive, other: Archive, readers: Readers, told: Told) -> None:
    """Every report of the other archive, in slices of one transaction each; all looks are here already."""
    last = 0
    copier = Copier(archive)
    done: set[ReportKey] = set()
    while rows := other.db.execute(
        """
        SELECT p.id, o.name, coalesce(o.region_code, ''), p.report_year
        FROM reports p JOIN organisations o ON o.id = p.organisation WHERE p.id > ? ORDER BY p.id LIMIT ?
        """,
        (last, _SLICE),
    ).fetchall():
        with archive.writing():
            for _, *key in rows:
                if (key[0], key[1], key[2]) not in done:
                    together = _Together(archive, other, (key[0], key[1], key[2]))
                    together.take(copier, readers, told)
                    done |= set(together.ours) if len(together.ours) > 1 else set()
        last = rows[-1][0]


def refresh_not_seen(archive: Archive, runs: Iterable[int]) -> None:
    """Our reports that the other archive's runs looked for last and did not see: what stands may be another rendition.

    As at the end of a run.
    """
    with archive.writing() as db:
        for (report,) in db.execute(
            "SELECT DISTINCT report FROM not_seen WHERE run IN (SELECT value FROM json_each(?)) ORDER BY report",
            (json.dumps(sorted(runs)),),
        ).fetchall():
            refresh_report(archive, report)


class _Together:
    """Reports that must be taken at once, since a look is of one of them here and of another there; mostly one."""

    def __init__(self, archive: Archive, other: Archive, key: ReportKey) -> None:
        self.archive, self.other = archive, other
        self.ours: dict[ReportKey, Chain] = {}
        self.theirs: dict[ReportKey, Chain] = {}
        self.shown_here: dict[int, Shown] = {}
        self.shown_there: dict[int, Shown] = {}
        waiting = [key]
        while waiting:
            waiting = [one for one in self._load(waiting.pop()) if one not in self.ours] + waiting

    def _load(self, key: ReportKey) -> set[ReportKey]:
        """Loads one report of both archives; the reports that their looks are of as well."""
        if key in self.ours:
            return set()
        ours = load_chain(self.archive, key, None, self.archive.db)
        there = _captures_of(self.other, key)
        known = _pairs(self.archive, "theirs", there)
        theirs = load_chain(self.other, key, known, self.archive.db)
        self.ours[key], self.theirs[key] = ours, theirs
        here = {place.capture for place in ours.places()}
        back = {mine: its for its, mine in _pairs(self.archive, "ours", here).items()} | {
            mine: its for its, mine in known.items()
        }
        self.shown_here |= shown_in(self.archive, here | set(known.values()))
        there_again = shown_in(self.other, back.values())
        self.shown_there |= {mine: there_again[its] for mine, its in back.items() if its in there_again}
        differing = [
            one
            for one, there_says in self.shown_there.items()
            if there_says.reports and (one not in self.shown_here or self.shown_here[one].reports != there_says.reports)
        ]
        return {
            report
            for one in differing
            for shown in (self.shown_here.get(one), self.shown_there[one])
            if shown is not None
            for report, _, _ in shown.reports
        }

    def take(self, copier: Copier, readers: Readers, told: Told) -> None:
        self._tell_differing(told)
        wanted = {key: self._wanted(key) for key in self.ours}
        captures = {place.capture for places in wanted.values() for place in places}
        captures |= {place.capture for chain in self._chains() for place in chain.places()}
        looks = looks_of(self.archive, captures)
        rows = [row for chain in self._chains() for row in chain.rows()]
        if all(wanted[key] == self.ours[key].places() for key in self.ours):
            settled = self._as_they_are(looks)
            spread_withdrawals(self.archive, settled, looks, told)
            changed = settle_readings(copier, settled, rows, readers, told)
            reports = {key: chain.id for key, chain in self.ours.items() if chain.id is not None}
        else:
            plans = {
                key: place_looks(
                    self.archive,
                    self.ours[key],
                    self.theirs[key],
                    wanted[key],
                    looks,
                    partial(_agree, readers, key),
                )
                for key in self.ours
            }
            told.counts["reports"] += sum(chain.id is None for chain in self.ours.values())
            settled, reports = settle_plans(self.archive, plans, self.ours.values(), self.theirs.values(), looks)
            told.counts["versions"] += sum(one.new for one in settled)
            spread_withdrawals(self.archive, settled, looks, told)
            settle_readings(copier, settled, rows, readers, told)
            changed = True
        self._say_what_was_shown(captures)
        hush_withdrawn(self.archive, settled)
        self._add_names(reports)
        if changed:
            for report in reports.values():
                refresh_report(self.archive, report)
            for chain in self.ours.values():
                if chain.id is not None and chain.id not in reports.values():
                    drop_report_of_nothing(self.archive, chain.id)

    def _chains(self) -> list[Chain]:
        return [*self.ours.values(), *self.theirs.values()]

    def _theirs_stands(self, capture: int) -> bool:
        """Whether what the other archive says of a look stands, rather than what ours does."""
        here, there = self.shown_here.get(capture), self.shown_there.get(capture)
        return there is not None and (here is None or there.rank() > here.rank())

    def _tell_differing(self, told: Told) -> None:
        for capture, there in self.shown_there.items():
            here = self.shown_here.get(capture)
            if here is not None and here.reports and there.reports and here.reports != there.reports:
                said = [
                    ", ".join(f"{key[0]} {key[2]} ({form})" for key, form, _ in one.reports) for one in (here, there)
                ]
                stands = "second" if self._theirs_stands(capture) else "first"
                told.conflict("placed", f"capture {capture}", f"{said[0]} here, {said[1]} there: the {stands} stands")

    def _wanted(self, key: ReportKey) -> set[Place]:
        """What was seen of a report by either archive, each look as the one says whose word stands."""
        here = {one for one in self.ours[key].places() if not self._theirs_stands(one.capture) or self._agrees(one)}
        there = {one for one in self.theirs[key].places() if self._theirs_stands(one.capture) or self._agrees(one)}
        return here | there

    def _agrees(self, place: Place) -> bool:
        here, there = self.shown_here.get(place.capture), self.shown_there.get(place.capture)
        return here is not None and there is not None and here.reports == there.reports

    def _as_they_are(self, looks: Looks) -> list[Settled]:
        """Our versions, each with those of the other archive that are it."""
        settled: list[Settled] = []
        for key, chain in self.ours.items():
            row_at = {place: row for row in chain.rows() for place in row.places}
            others: dict[int, list[Row]] = {}
            for row in self.theirs[key].rows():
                home = row_at.get(home_of(row, looks))
                if home is not None:
                    others.setdefault(home.id, []).append(row)
            settled += [
                Settled(
                    row.id,
                    False,
                    key,
                    row.payload,
                    home_of(row, looks),
                    row,
                    others.get(row.id, []),
                    frozenset(place.capture for place in row.places),
                )
                for row in chain.rows()
            ]
        return settled

    def _say_what_was_shown(self, captures: set[int]) -> None:
        for capture in captures:
            if self._theirs_stands(capture):
                put_document(self.archive, self.other, capture, self.shown_here.get(capture))

    def _add_names(self, reports: dict[ReportKey, int]) -> None:
        for key, report in reports.items():
            chain = self.theirs[key]
            for (printed,) in self.other.db.execute(
                """
                SELECT m.printed FROM organisation_names m JOIN reports p ON p.organisation = m.organisation
                WHERE p.id = ?
                """,
                (chain.id,),
            ).fetchall():
                self.archive.db.execute(
                    """
                    INSERT INTO organisation_names (organisation, printed)
                    SELECT organisation, ? FROM reports WHERE id = ? ON CONFLICT DO NOTHING
                    """,
                    (printed, report),
                )


def put_document(archive: Archive, other: Archive, capture: int, here: Shown | None) -> None:
    """What the other archive says of a look that is our ``capture``, in place of what ours says, if anything."""
    row = next(
        rows_of(
            other.db,
            "SELECT * FROM documents WHERE capture = ?",
            archive.db.execute("SELECT theirs FROM temp.taken WHERE ours = ?", (capture,)).fetchone()[0],
        )
    )
    if here is not None:
        archive.db.execute("DELETE FROM documents WHERE capture = ?", (capture,))
    insert_row(archive.db, "documents", {**row, "capture": capture})


def _agree(readers: Readers, key: ReportKey, left: str, right: str, place: Place) -> bool:
    return readers.agree(left, right, place, key)


def _captures_of(other: Archive, key: ReportKey) -> set[int]:
    rows = other.db.execute(
        """
        SELECT g.capture
        FROM organisations o
        JOIN reports p ON p.organisation = o.id
        JOIN renditions n ON n.report = p.id
        JOIN versions v ON v.rendition = n.id
        JOIN sightings g ON g.version = v.id
        WHERE o.name = ? AND coalesce(o.region_code, '') = ? AND p.report_year = ?
        """,
        key,
    ).fetchall()
    return {capture for (capture,) in rows}


def _pairs(archive: Archive, column: str, captures: set[int]) -> dict[int, int]:
    """Captures of one archive (``column``: which) → those that both have: theirs → ours."""
    return dict(
        archive.db.execute(
            f"SELECT t.theirs, t.ours FROM json_each(?) k JOIN temp.taken t ON t.{column} = k.value",
            (json.dumps(sorted(captures)),),
        ).fetchall()
    )
