"""Bodies × years on one figure: what each report says, and where it says nothing, why."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from archive.bodies.kinds import kind_of, level_of, words_of
from archive.bodies.organisations import list_same
from archive.bodies.places import lies_in
from archive.comparing.series import keys_in, keys_of_year, sheets_with
from archive.corrections import Correction, corrections_in_force
from archive.packed.figures import to_number
from archive.schema.form_columns import BY_TABLE_AND_FORM, Sheet
from archive.store import Archive
from parsers.checks import key_of
from parsers.forms import STATISTICS, find_form
from parsers.report import Number

NO_REPORT, UNREADABLE, NO_TABLE, NOT_ASKED = "no_report", "unreadable", "no_table", "not_asked"
"""Why there is no cell: no report in the archive, one that could not be read, one without the table, or with a table
of a form that does not ask for the figure."""
STATES = ("number", "blank", "filler", "missing", "unread", NOT_ASKED, NO_TABLE, UNREADABLE, NO_REPORT)
_STATUSES = {"n": "number", "b": "blank", "f": "filler", "m": "missing", "u": "unread"}
_NAMED_WITH_CODE = re.compile(r"(.+?)[\s　]+(\d{6})")
_WORST_LAST = ("number", "blank", "filler", "missing", "unread")


class Body(NamedTuple):
    """One body under all its names: ``organisations`` are ids, first the one of ``name`` and ``region_code``."""

    name: str
    region_code: str
    organisations: tuple[int, ...]
    other_names: tuple[str, ...] = ()


class Read(NamedTuple):
    """What one cell holds: ``status`` of the five, the exact figure, what is printed."""

    status: str
    value: Number | None
    raw: str


class Figure(NamedTuple):
    """What a report says of a figure. ``status`` is one of STATES; ``why`` the code of what could not be read.

    ``keys``: the cells that it is made of, several where it is a sum. ``form``: of the table they stand in.
    ``read``: what was read, where ``status`` and ``value`` are a person's correction of it. ``broken``: checks of the
    form that hold one of the cells and do not come out. ``digest``: the payload of the version that stands.
    """

    year: int
    organisation: str
    region_code: str
    status: str
    value: Number | None = None
    raw: str = ""
    report: int | None = None
    digest: str = ""
    keys: tuple[str, ...] = ()
    form: str = ""
    read: Read | None = None
    broken: tuple[str, ...] = ()
    why: str = ""


class _Standing(NamedTuple):
    report: int
    organisation: str
    region_code: str
    year: int
    reading: int | None
    version: int | None
    digest: str
    broken: int
    tables: tuple[tuple[str, str], ...]
    why: str


def find_bodies(archive: Archive, said: str, region: str = "", limit: int = 12) -> tuple[Body, ...]:
    """A name, or a name and a six-digit code → the bodies of exactly that name, printed or own; else those whose name
    holds it, at most ``limit``. ``region``: a code or its beginning, under which they are looked for."""
    named = _NAMED_WITH_CODE.fullmatch(said)
    name, code = (named[1], named[2]) if named else (said, region)
    values = {"name": name, "region": code, "limit": limit}
    # Found by the indices on names: a range of regions (``lies_in``) would be walked through in their place.
    rows = archive.db.execute(
        """
        SELECT o.id, o.name, coalesce(o.region_code, '') FROM organisations o
        WHERE substr(coalesce(o.region_code, ''), 1, length(:region)) = :region AND (
            o.name = :name OR o.id IN (SELECT n.organisation FROM organisation_names n WHERE n.printed = :name)
        )
        ORDER BY o.name <> :name, o.region_code, o.id LIMIT :limit
        """,
        values,
    ).fetchall()
    own = [row for row in rows if row[1] == name]
    if not rows:
        rows = archive.db.execute(
            f"""
            SELECT o.id, o.name, coalesce(o.region_code, '') FROM organisations o
            WHERE {lies_in("o", ":region")} AND instr(o.name, :name) > 0
            ORDER BY coalesce(o.region_code, ''), o.name LIMIT :limit
            """,
            values,
        ).fetchall()
    return tuple(Body(row[1], row[2], (row[0],)) for row in own or rows)


def bodies_of_kind(archive: Archive, region: str, kind: str, level: str = "") -> tuple[Body, ...]:
    """Every body of a kind (``archive.bodies.kinds``) in a region, by region and name. ``level`` "": of any."""
    words = words_of(kind)
    holds = " OR ".join(f"instr(o.name, :word{at}) > 0" for at in range(len(words)))
    rows = archive.db.execute(
        f"""
        SELECT o.id, o.name, coalesce(o.region_code, '') FROM organisations o
        WHERE {lies_in("o", ":region")} AND ({holds}) ORDER BY coalesce(o.region_code, ''), o.name
        """,
        {"region": region} | {f"word{at}": word for at, word in enumerate(words)},
    )
    return tuple(
        Body(name, code, (identity,))
        for identity, name, code in rows
        if (not level or level_of(name, code) == level) and kind_of(name) == kind
    )


def peers_of(archive: Archive, body: Body, around: int) -> tuple[Body, ...]:
    """Bodies of the same kind and level whose region's code begins alike: ``around`` 4 digits a city, 2 a province."""
    kind, level = kind_of(body.name), level_of(body.name, body.region_code)
    if not kind or not body.region_code:
        return ()
    return bodies_of_kind(archive, body.region_code[:around], kind, level)


def gathered(archive: Archive, bodies: Iterable[Body]) -> tuple[Body, ...]:
    """Bodies → each once, with the names that it bore in other years (米林县教育局, 米林市教育局).

    Names that both have a report on one year stay two bodies: which of the two would stand, nobody can say.
    """
    found: list[Body] = []
    taken: set[int] = set()
    for body in bodies:
        if body.organisations[0] in taken:
            continue
        same = [one for one in list_same(archive.db, body.organisations[0]) if one not in taken]
        whole = _with_others(archive, body, same) if len(same) > 1 else body
        taken.update(whole.organisations)
        found.append(whole)
    return tuple(found)


def _with_others(archive: Archive, body: Body, same: Sequence[int]) -> Body:
    rows = archive.db.execute(
        """
        SELECT o.name, p.report_year FROM json_each(:same) s
        JOIN organisations o ON o.id = s.value JOIN reports p ON p.organisation = o.id
        """,
        {"same": json.dumps(same)},
    ).fetchall()
    years = [year for _, year in rows]
    if len(years) > len(set(years)):
        return body
    names = tuple(sorted({name for name, _ in rows} - {body.name}))
    return body._replace(organisations=(body.organisations[0], *same[1:]), other_names=names)


def years_of(archive: Archive, bodies: Sequence[Body]) -> tuple[int, int] | None:
    """The first and last year that any of the bodies has a report on."""
    row = archive.db.execute(
        """
        SELECT min(p.report_year), max(p.report_year)
        FROM json_each(:ids) w JOIN reports p ON p.organisation = w.value
        """,
        {"ids": json.dumps([one for body in bodies for one in body.organisations])},
    ).fetchone()
    return None if row[0] is None else (int(row[0]), int(row[1]))


def compare(
    archive: Archive, bodies: Sequence[Body], keys: Sequence[str], years: Sequence[int]
) -> dict[tuple[str, int, int], Figure]:
    """(key, place of the body in the list, year) → the figure; every combination is there."""
    there = figures_there(archive, bodies, keys, years)
    wanted = ((key, at, year) for at in range(len(bodies)) for year in years for key in keys)
    return {
        (key, at, year): there.get((key, at, year)) or Figure(year, bodies[at].name, bodies[at].region_code, NO_REPORT)
        for key, at, year in wanted
    }


def figures_there(
    archive: Archive, bodies: Sequence[Body], keys: Sequence[str], years: Sequence[int]
) -> dict[tuple[str, int, int], Figure]:
    """As ``compare``, without the bodies that have no report on a year: what it costs grows with the reports."""
    standing = _standing_of(archive, bodies, years)
    cells = _cells_of(archive, keys, list(standing.values()))
    broken = _broken_of(archive, list(standing.values()))
    said = _corrections_of(archive, list(standing.values()))
    places: dict[int, list[int]] = defaultdict(list)
    for at, body in enumerate(bodies):
        for own in body.organisations:
            places[own].append(at)
    found: dict[tuple[str, int, int], Figure] = {}
    for (organisation, year), one in standing.items():
        for at in places[organisation] if year in years else ():
            names = bodies[at].organisations  # under the first of its names, where two have a report on the year
            if organisation == next(own for own in names if (own, year) in standing):
                for key in keys:
                    found[key, at, year] = _figure(key, one, cells, broken, said)
    return found


def _figure(
    key: str,
    one: _Standing,
    cells: Mapping[tuple[int, str], Read],
    broken: Mapping[int, Mapping[str, list[str]]],
    said: Mapping[int, Mapping[str, Correction]],
) -> Figure:
    facts = (one.year, one.organisation, one.region_code)
    if one.reading is None:
        return Figure(*facts, UNREADABLE, report=one.report, digest=one.digest, why=one.why)
    status, form, keys = _asked_in(one.tables, key, one.year)
    if status:
        return Figure(*facts, status, report=one.report, digest=one.digest)
    reads = [cells[one.reading, part] for part in keys]
    corrections, wrong = said.get(one.report, {}), broken.get(one.reading, {})
    mended = [_corrected(read, corrections.get(part)) for read, part in zip(reads, keys, strict=True)]
    whole, was = _summed(mended), _summed(reads)
    names = sorted({name for part in keys for name in wrong.get(part, ())}) if wrong else ()
    return Figure(
        *facts, whole.status, whole.value, whole.raw, one.report, one.digest, keys, form,
        read=was if mended != reads else None, broken=tuple(names),
    )  # fmt: skip


@cache
def _asked_in(tables: tuple[tuple[str, str], ...], key: str, year: int) -> tuple[str, str, tuple[str, ...]]:
    """The tables of a report on a year → ("", form that asks for a figure, its cells), or (why none does, "", ())."""
    having = sheets_with(key)
    present = [one for one in tables if one in having]
    if not present:
        others = {*(table for table, _ in having), STATISTICS} & {table for table, _ in tables}
        return NOT_ASKED if others or not keys_of_year(key, year) else NO_TABLE, "", ()
    table, form = next((pair for pair in present if key.startswith(f"{pair[0]}.")), present[0])
    return "", form, keys_in(key, table, form)


def _corrected(read: Read, said: Correction | None) -> Read:
    if said is None:
        return read
    return Read(said.status, said.value, "" if said.value is None else str(said.value))


def _summed(reads: Sequence[Read]) -> Read:
    """Parts → their sum; where one is no figure there is none, and the whole is in the state that says least."""
    if len(reads) == 1:
        return reads[0]
    worst = max((read.status for read in reads), key=_WORST_LAST.index)
    if worst != "number":
        return Read(worst, None, "")
    total: Number = sum((read.value for read in reads if read.value is not None), start=0)
    return Read("number", total, str(total))


def _standing_of(archive: Archive, bodies: Sequence[Body], years: Sequence[int]) -> dict[tuple[int, int], _Standing]:
    rows = archive.db.execute(
        """
        SELECT p.organisation, p.id, o.name, coalesce(o.region_code, ''), p.report_year, r.id, r.version,
            coalesce(v.payload_digest, ''), coalesce(r.broken, 0),
            r.proactive_form, r.requests_form, r.disputes_form, r.statistics_form,
            CASE WHEN p.reading IS NULL THEN coalesce((
                SELECT max(u.code) FROM renditions n JOIN versions w ON w.rendition = n.id
                JOIN unread u ON u.version = w.id WHERE n.report = p.id
            ), '') ELSE '' END
        FROM json_each(:ids) w
        CROSS JOIN reports p ON p.organisation = w.value AND p.report_year BETWEEN :first AND :last
        JOIN organisations o ON o.id = p.organisation
        LEFT JOIN readings r ON r.id = p.reading
        LEFT JOIN versions v ON v.id = r.version
        """,
        {
            "ids": json.dumps([one for body in bodies for one in body.organisations]),
            "first": min(years, default=0),
            "last": max(years, default=0),
        },
    ).fetchall()
    found = {}
    for organisation, report, name, code, year, reading, version, digest, broken, *forms, why in rows:
        names = zip(("proactive", "requests", "disputes", "statistics"), forms, strict=True)
        tables = tuple((table, form) for table, form in names if form is not None)
        found[organisation, year] = _Standing(report, name, code, year, reading, version, digest, broken, tables, why)
    return found


def _cells_of(archive: Archive, keys: Sequence[str], standing: Sequence[_Standing]) -> dict[tuple[int, str], Read]:
    wanted: dict[tuple[str, str], set[str]] = defaultdict(set)
    for key in keys:
        for table, form in sheets_with(key):
            wanted[table, form].update(keys_in(key, table, form))
    found: dict[tuple[int, str], Read] = {}
    for (table, form), parts in wanted.items():
        readings = [one.reading for one in standing if (table, form) in one.tables and one.reading is not None]
        found |= cells_in(archive, BY_TABLE_AND_FORM[table, form], sorted(parts), readings)
    return found


def cells_in(
    archive: Archive, sheet: Sheet, keys: Sequence[str], readings: Sequence[int]
) -> dict[tuple[int, str], Read]:
    """Some cells of one table of many readings: (reading, key) → what it holds."""
    positions = {key: sheet.keys.index(key) for key in keys}
    columns = ", ".join(f"w.{sheet.columns[at]}" for at in positions.values())
    rows: Iterable[tuple[Any, ...]] = archive.db.execute(
        f"""
        SELECT w.reading, w.marks, w.prints, w.palette, {columns}
        FROM json_each(:readings) j JOIN {sheet.name} w ON w.reading = j.value
        """,
        {"readings": json.dumps(list(readings))},
    )
    found = {}
    for reading, marks, prints, palette, *stored in rows:
        for (key, at), kept in zip(positions.items(), stored, strict=True):
            number = to_number(kept)
            if number is not None and not marks and not prints:  # as nearly all are
                found[reading, key] = Read("number", number, str(number))
                continue
            letter = marks[at] if marks else "b" if number is None else "n"
            mark = (prints or "")[at : at + 1].strip()
            raw = json.loads(palette)[ord(mark) - ord("a")] if mark else "" if number is None else str(number)
            found[reading, key] = Read(_STATUSES[letter], number, raw)
    return found


def _broken_of(archive: Archive, standing: Sequence[_Standing]) -> dict[int, dict[str, list[str]]]:
    """Reading → cell → the names of the form's checks that hold it and are broken."""
    by_reading = {one.reading: one for one in standing if one.broken and one.reading is not None}
    rows = archive.db.execute(
        """
        SELECT k.reading, i.name, i.across FROM json_each(:readings) j
        JOIN reading_checks k ON k.reading = j.value AND k.state = 'B'
        JOIN identities i ON i.id = k.identity
        """,
        {"readings": json.dumps(sorted(by_reading))},
    )
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for reading, name, across in rows:
        table = name.partition(".")[0]
        form = dict(by_reading[reading].tables).get(table)
        for identity in () if form is None else find_form(table, form).identities:
            if identity.id == name:
                for operand in (*identity.left, *identity.right):
                    found[reading][key_of(table, identity, across, operand)].append(f"{name}:{across}")
    return found


def _corrections_of(archive: Archive, standing: Sequence[_Standing]) -> dict[int, dict[str, Correction]]:
    """Report → cell → the correction in force for the version that stands."""
    by_version = {one.version: one.report for one in standing if one.version is not None}
    rows = archive.db.execute(
        """
        SELECT DISTINCT g.version FROM corrections k
        CROSS JOIN captures c ON c.payload = k.payload_digest
        CROSS JOIN sightings g ON g.capture = c.id
        WHERE g.version IN (SELECT value FROM json_each(:versions))
        """,
        {"versions": json.dumps(sorted(by_version))},
    )
    return {by_version[version]: corrections_in_force(archive, version) for (version,) in rows.fetchall()}
