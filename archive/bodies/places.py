"""Places of an archive: what they are called, what lies in them, and how many of their bodies published."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from archive.bodies.kinds import DIVISIONS, kind_of
from archive.store import Archive
from parsers.divisions import load_divisions

_ENDS = ("人民政府", "行政公署")


@dataclass(frozen=True, slots=True)
class Place:
    """A division, or the country (code ""). ``name`` is "" where neither tables nor bodies tell it."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Tally:
    """A place and all that lies in it, on one report year: bodies that the archive knows by a report on that or an
    earlier year, reports on the year, those that were read, and of these how many have a broken check."""

    bodies: int = 0
    reports: int = 0
    read: int = 0
    broken: int = 0


def stem_of(code: str) -> str:
    """The digits that the codes of all that lies in a place begin with.

    >>> stem_of("150000"), stem_of("150800"), stem_of("150824"), stem_of("15")
    ('15', '1508', '150824', '15')
    """
    return code.removesuffix("0000") if code.endswith("0000") else code.removesuffix("00")


def code_of(stem: str) -> str:
    """The inverse: ``15`` → ``150000``; "" stays."""
    return stem.ljust(6, "0") if stem else ""


def around(stem: str) -> tuple[str, ...]:
    """The stems of the places that a place lies in, the country first.

    >>> around("150824")
    ('', '15', '1508')
    """
    return tuple(stem[:digits] for digits in range(0, len(stem), 2))


def lies_in(row: str, stem: str = ":stem") -> str:
    """SQL: does the region of a row ("o": ``o.region_code``) lie in the place whose codes begin so?"""
    return _begins(f"coalesce({row}.region_code, '')", stem)


def _begins(code: str, stem: str) -> str:
    """All that begins so, as a range of the index on codes: nothing comes after U+10FFFF, the last character."""
    return f"{code} >= {stem} AND {code} < {stem} || char(1114111)"


def names_of(archive: Archive, codes: Collection[str], year: int | None = None) -> dict[str, str]:
    """Codes of 2, 4 or 6 digits → what each place is called, alone ("乌拉特中旗"); what nothing names is left out.

    The division table's name at the end of the year (None: today's), else as the place's portal or its own government
    is called.
    """
    whole = {code: code.ljust(6, "0") for code in codes if code}
    table = load_divisions()
    found = {code: division.name for code, full in whole.items() if (division := table.find_code(full, year))}
    unknown = sorted({full for code, full in whole.items() if code not in found})
    if not unknown:
        return found
    rows = archive.db.execute(
        """
        SELECT region_code, name FROM sites WHERE region_code IN (SELECT value FROM json_each(:codes))
        UNION ALL
        SELECT region_code, name FROM organisations
        WHERE coalesce(region_code, '') IN (SELECT value FROM json_each(:codes))
            AND (instr(name, :first) > 0 OR instr(name, :second) > 0 OR instr(:divisions, substr(name, -1)) > 0)
        """,
        {"codes": json.dumps(unknown), "first": _ENDS[0], "second": _ENDS[1], "divisions": DIVISIONS},
    ).fetchall()
    called: dict[str, str] = {}
    for code, name in rows:
        if kind_of(name) == "government":
            called.setdefault(code, _without_end(name))
    return found | {code: called[full] for code, full in whole.items() if code not in found and full in called}


def find_places(archive: Archive, said: str) -> tuple[Place, ...]:
    """A code of 2, 4 or 6 digits, or a name → the places meant, several where there are namesakes."""
    if said.isascii() and said.isdigit() and len(said) in (2, 4, 6):
        code = code_of(said)
        return (Place(code, names_of(archive, (code,)).get(code, "")),)
    place = load_divisions().at_start(said)
    if place is not None and place.end == len(said):
        return tuple(Place(one.code, one.name) for one in place.divisions)
    rows = archive.db.execute(
        "SELECT DISTINCT region_code FROM organisations WHERE region_code IS NOT NULL AND name IN (:first, :second)",
        {"first": f"{said}{_ENDS[0]}", "second": f"{said}{_ENDS[1]}"},
    )
    return tuple(Place(code, said) for (code,) in rows.fetchall())


def range_of(archive: Archive) -> range:
    """All years from the first to the last that the archive has a report on."""
    first, last = archive.db.execute(
        """
        SELECT (SELECT min(report_year) FROM place_years WHERE reports > 0),
            (SELECT max(report_year) FROM place_years WHERE reports > 0)
        """
    ).fetchone()
    return range(0) if first is None else range(first, last + 1)


def tally_places(archive: Archive, stem: str, year: int) -> dict[str, Tally]:
    """Each place that lies directly in another → its tally; the bodies of the place itself are under its own stem."""
    digits = min(len(stem) + 2, 6)
    rows = archive.db.execute(
        f"""
        SELECT substr(t.region_code, 1, :digits), t.region_code = :own, sum(t.bodies),
            sum(t.reports) FILTER (WHERE t.report_year = :year), sum(t.read) FILTER (WHERE t.report_year = :year),
            sum(t.broken) FILTER (WHERE t.report_year = :year)
        FROM place_years t
        WHERE {_begins("t.region_code", ":stem")} AND t.report_year <= :year
        GROUP BY 1, 2 HAVING sum(t.bodies) > 0
        """,
        {"stem": stem, "digits": digits, "own": code_of(stem), "year": year},
    ).fetchall()
    found: dict[str, Tally] = defaultdict(Tally)
    for child, is_own, bodies, reports, read, broken in rows:
        at = stem if is_own or not child else child
        before = found[at]
        found[at] = Tally(
            before.bodies + bodies,
            before.reports + (reports or 0),
            before.read + (read or 0),
            before.broken + (broken or 0),
        )
    return dict(sorted(found.items()))


def count_bodies(archive: Archive, stem: str) -> int:
    """How many bodies of the archive lie in a place: what a register of it costs."""
    return int(
        archive.db.execute(
            f"SELECT coalesce(sum(bodies), 0) FROM place_years WHERE {_begins('region_code', ':stem')}", {"stem": stem}
        ).fetchone()[0]
    )


def _without_end(name: str) -> str:
    for end in _ENDS:
        name = name.removesuffix(end)
    return name
