"""Figures that ask to be looked into: zeros for years where peers have none, leaps against the year before.

These are no events at the source and no contradictions: each may be right. Both rules say their thresholds.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from archive.bodies.kinds import kind_of, level_of
from archive.bodies.places import lies_in
from archive.comparing.figures import Body, Figure, compare
from archive.comparing.series import keys_in, sheets_with
from archive.packed.figures import to_number
from archive.schema.form_columns import BY_TABLE_AND_FORM
from archive.store import Archive
from parsers.report import Number

ZEROS, JUMPS = "zeros", "jumps"
RECEIVED = "requests.received.total"
ZERO_YEARS = 3
"""Report years one after the other in which a body prints 0."""
FEWEST_PEERS = 5
"""Peers that must have the figure, in the city, else in the province; at least half of them more than 0."""
TIMES, MORE = 5, 100
"""A leap: at least so many times the other year, and at least so many more."""
WATCHED = (
    RECEIVED, "requests.carried_out.total", "disputes.review.total", "disputes.litigation_direct.total",
    "proactive.licensing.decisions", "proactive.penalties.decisions", "proactive.coercion.decisions",
)  # fmt: skip
"""Figures whose leaps are listed: all counts, alike in the forms of 2019 and 2021."""
_MOST_YEARS = 12

_Key = tuple[int, int, str]
_Groups = dict[tuple[str, str, str], list[tuple[int, Number]]]


@dataclass(frozen=True, slots=True)
class Outlier:
    """``figures``: the years that show it, the oldest first. ``grade``: zeros, rise or fall. ``peers``: how many have
    the figure in the last year, ``above`` of them more than 0, ``around`` the beginning of their regions' codes."""

    kind: str
    grade: str
    body: Body
    key: str
    figures: tuple[Figure, ...]
    peers: int = 0
    above: int = 0
    around: str = ""


def zeros_for_years(archive: Archive, year: int, stem: str) -> tuple[Outlier, ...]:
    """Bodies of a place that received no request in a year and the two before it at least, while peers did.

    A blank, a slash or a report that is not there is no zero. A body whose name does not tell its kind has no peers.
    """
    bodies = _bodies_in(archive, stem[:2])
    values = _values_of(archive, bodies, (RECEIVED,), (year,))
    groups: _Groups = defaultdict(list)
    for identity, body in bodies.items():
        if (identity, year, RECEIVED) in values:
            for key in _peers_keys(body):
                groups[key].append((identity, values[identity, year, RECEIVED]))
    noted = _corrected_bodies(archive)
    candidates = [
        body
        for identity, body in bodies.items()
        if body.region_code.startswith(stem) and (values.get((identity, year, RECEIVED)) == 0 or identity in noted)
    ]
    years = range(year - _MOST_YEARS + 1, year + 1)
    figures = compare(archive, candidates, (RECEIVED,), years)
    found = []
    for at, body in enumerate(candidates):
        run = _zeros_until_now([figures[RECEIVED, at, one] for one in years])
        if len(run) >= ZERO_YEARS and (others := _peers(groups, body)) is not None:
            found.append(Outlier(ZEROS, ZEROS, body, RECEIVED, run, *others))
    return tuple(found)


def jumps_of_year(archive: Archive, year: int, stem: str) -> tuple[Outlier, ...]:
    """Figures of a place's bodies that leapt from the year before, up or down, corrections taken into account."""
    bodies = _bodies_in(archive, stem)
    values = _values_of(archive, bodies, WATCHED, (year - 1, year))
    noted = _corrected_bodies(archive)
    candidates = [
        body
        for identity, body in bodies.items()
        if identity in noted
        or any(leap(values.get((identity, year - 1, key)), values.get((identity, year, key))) for key in WATCHED)
    ]
    figures = compare(archive, candidates, WATCHED, (year - 1, year))
    found = []
    for at, body in enumerate(candidates):
        for key in WATCHED:
            before, now = figures[key, at, year - 1], figures[key, at, year]
            if (before.status, now.status) == ("number", "number") and (grade := leap(before.value, now.value)):
                found.append(Outlier(JUMPS, grade, body, key, (before, now)))
    return tuple(found)


def leap(before: Number | None, now: Number | None) -> str:
    """Two years' figures → rise, fall or "".

    >>> leap(20, 120), leap(30, 130), leap(0, 99), leap(500, 4), leap(None, 500)
    ('rise', '', '', 'fall', '')
    """
    if before is None or now is None:
        return ""
    if now >= TIMES * before and now - before >= MORE:
        return "rise"
    return "fall" if before >= TIMES * now and before - now >= MORE else ""


def _zeros_until_now(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    run: list[Figure] = []
    for figure in reversed(figures):
        if figure.status != "number" or figure.value != 0:
            break
        run.insert(0, figure)
    return tuple(run)


def _peers(groups: _Groups, body: Body) -> tuple[int, int, str] | None:
    """How many peers have the figure, how many more than 0, and around where; None where they say nothing."""
    for key in _peers_keys(body):
        others = [value for identity, value in groups[key] if identity not in body.organisations]
        if len(others) >= FEWEST_PEERS:
            above = sum(value > 0 for value in others)
            return (len(others), above, key[2]) if above * 2 >= len(others) else None
    return None


def _peers_keys(body: Body) -> tuple[tuple[str, str, str], ...]:
    """Kind, level and place of a body, in its city, then in its province; nothing where the name tells no kind."""
    kind = kind_of(body.name)
    if not kind or not body.region_code:
        return ()
    level = level_of(body.name, body.region_code)
    return tuple((kind, level, body.region_code[:digits]) for digits in (4, 2))


def _bodies_in(archive: Archive, stem: str) -> dict[int, Body]:
    rows = archive.db.execute(
        f"""
        SELECT o.id, o.name, coalesce(o.region_code, '') FROM organisations o
        WHERE {lies_in("o")} ORDER BY coalesce(o.region_code, ''), o.name
        """,
        {"stem": stem},
    )
    return {identity: Body(name, code, (identity,)) for identity, name, code in rows}


def _values_of(
    archive: Archive, bodies: Collection[int], keys: Collection[str], years: Collection[int]
) -> dict[_Key, Number]:
    """(organisation, year, key) → the figure that the reading that stands has; a key's own cells alone."""
    return {
        (organisation, year, key): value
        for table, form in sorted({pair for key in keys for pair in sheets_with(key)})
        for organisation, year, key, value in _values_in(archive, bodies, (table, form), keys, years)
    }


def _values_in(
    archive: Archive, bodies: Collection[int], sheet_of: tuple[str, str], keys: Collection[str], years: Collection[int]
) -> Iterator[tuple[int, int, str, Number]]:
    sheet = BY_TABLE_AND_FORM[sheet_of]
    cells = [(key, parts[0]) for key in keys if len(parts := keys_in(key, *sheet_of)) == 1]
    columns = ", ".join(f"w.{sheet.columns[sheet.keys.index(part)]}" for _, part in cells)
    rows = archive.db.execute(
        f"""
        SELECT p.organisation, p.report_year, {columns}
        FROM json_each(:bodies) o
        CROSS JOIN reports p ON p.organisation = o.value AND p.report_year BETWEEN :first AND :last
        JOIN {sheet.name} w ON w.reading = p.reading
        """,
        {"bodies": json.dumps(list(bodies)), "first": min(years), "last": max(years)},
    )
    for organisation, year, *stored in rows:
        for (key, _), kept in zip(cells, stored, strict=True):
            value = to_number(kept)
            if value is not None:
                yield organisation, year, key, value


def _corrected_bodies(archive: Archive) -> frozenset[int]:
    """Bodies of which a cell was corrected: what was read of them is not all that is known."""
    rows = archive.db.execute(
        """
        SELECT DISTINCT p.organisation FROM corrections k
        CROSS JOIN captures c ON c.payload = k.payload_digest
        CROSS JOIN sightings g ON g.capture = c.id
        CROSS JOIN versions v ON v.id = g.version
        CROSS JOIN renditions n ON n.id = v.rendition
        CROSS JOIN reports p ON p.id = n.report
        """
    )
    return frozenset(identity for (identity,) in rows)
