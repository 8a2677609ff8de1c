"""Two statements of which one must be wrong: in one report, between its forms, between years, between bodies."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from archive.packed.figures import to_number
from archive.readings import get_report
from archive.schema.views_across import CARRIED_OVER, headlines
from archive.store import Archive
from archive.versions import CellChange
from parsers.report import Claim, Number, Status

RECEIVED = "requests.received.total"
_MOST_NAMED = 3
_ROWS_OF_CHECKS = {CARRIED_OVER: "requests.carried_in.{}", "proactive.in_force": "proactive.{}.in_force"}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """``cells``: before is one side, after the other. ``versions`` say it. ``says`` quotes both sides."""

    grade: str
    report: int
    versions: tuple[int, ...]
    cells: tuple[CellChange, ...]
    says: str


def prose_against_tables(archive: Archive, reports: Collection[int]) -> Iterator[Contradiction]:
    """Sentences of the readings that stand, whose figure no other sentence and not the table has."""
    rows = archive.db.execute(
        """
        SELECT p.id, r.id, r.version, count(*)
        FROM json_each(:reports) w
        JOIN reports p ON p.id = w.value
        JOIN readings r ON r.id = p.reading
        JOIN reading_problems b ON b.reading = r.id AND b.code = 'claim_differs_from_table'
        GROUP BY p.id
        """,
        _of(reports),
    ).fetchall()
    for report, reading, version, _ in rows:
        read = get_report(archive, reading)
        says = [one.says for one in read.problems if one.code == "claim_differs_from_table"]
        table = {one.key: one.value for one in read.values if one.status is Status.NUMBER}
        cells = tuple(_differing(read.claims, table))
        yield Contradiction("prose", report, (version,), cells, "; ".join(says))


def _differing(claims: tuple[Claim, ...], table: dict[str, Number | None]) -> Iterator[CellChange]:
    """The first claim for each cell that no claim agrees with; lawsuits of both kinds have no cell of their own."""
    stated: dict[str, list[Number]] = defaultdict(list)
    for claim in claims:
        stated[claim.key].append(claim.value)
    for key, values in stated.items():
        parts = [key.replace("litigation.", kind) for kind in ("litigation_direct.", "litigation_after_review.")]
        numbers = [table.get(part) for part in (parts if key.startswith("disputes.litigation.") else [key])]
        if None not in numbers and (printed := sum(one for one in numbers if one is not None)) not in values:
            yield CellChange(key, values[0], printed)


def rendition_against_rendition(archive: Archive, reports: Collection[int]) -> Iterator[Contradiction]:
    """Two forms of a report, both there at the last look, with different figures; an unread cell is no figure."""
    rows = archive.db.execute(
        """
        SELECT d.report, d.left_version, d.right_version, m.format, n.format, d.key,
            d.left_status, d.left_value, d.right_status, d.right_value
        FROM json_each(:reports) w
        JOIN report_differences d ON d.report = w.value
        JOIN versions a ON a.id = d.left_version
        JOIN renditions m ON m.id = a.rendition
        JOIN versions b ON b.id = d.right_version
        JOIN renditions n ON n.id = b.rendition
        WHERE 'unread' NOT IN (d.left_status, d.right_status)
        ORDER BY d.report, d.position
        """,
        _of(reports),
    ).fetchall()
    pairs: dict[tuple[Any, ...], list[CellChange]] = defaultdict(list)
    for *pair, key, left_status, left, right_status, right in rows:
        pairs[tuple(pair)].append(CellChange(key, _side(left_status, left), _side(right_status, right)))
    for (report, left, right, left_format, right_format), cells in pairs.items():
        says = f"{left_format} v{left} and {right_format} v{right} disagree in {_quoted(cells)}"
        yield Contradiction("renditions", report, (left, right), tuple(cells), says)


def year_against_year(archive: Archive, reports: Collection[int]) -> Iterator[Contradiction]:
    """Broken checks against the year before. 上年结转 must be what was left over; documents in force may expire."""
    rows = archive.db.execute(
        """
        SELECT k.report, k.earlier_report, k.earlier_year, k.id, k.across, k."left", k."right", a.version, b.version
        FROM json_each(:reports) w
        JOIN checks_across_years k ON k.report = w.value AND k.state = 'BROKEN'
        JOIN reports p ON p.id = k.report
        JOIN reports q ON q.id = k.earlier_report
        JOIN readings a ON a.id = p.reading
        JOIN readings b ON b.id = q.reading
        """,
        _of(reports),
    ).fetchall()
    broken: dict[tuple[Any, ...], list[CellChange]] = defaultdict(list)
    for report, earlier, year, check, across, left, right, version, before in rows:
        key = _ROWS_OF_CHECKS[check].format(across)
        broken[report, earlier, year, check, before, version].append(CellChange(key, _exact(right), _exact(left)))
    for (report, earlier, year, check, before, version), cells in broken.items():
        grade = "years" if check == CARRIED_OVER else "years_in_force"
        says = f"{year} (r{earlier}) leads to expect otherwise: {_quoted(cells)}"
        yield Contradiction(grade, report, (before, version), tuple(cells), says)


def county_against_departments(archive: Archive, reports: Collection[int]) -> Iterator[Contradiction]:
    """A government's total of requests received, against the bodies of its region in the same year.

    A government reports for all of them. One body that received more than all is a contradiction (``county``). That
    those we have sum up to more is weaker (``county_sum``): one body may be counted under two names. A sum that is less
    says nothing, since nobody knows that we have them all.
    """
    given = _received(archive, "AND p.id IN (SELECT value FROM json_each(:reports))", _of(reports))
    governments = {one.report: one for one in given if one.kind == "government"}
    regions = sorted({one.region_code for one in governments.values()})
    beside = "AND o.region_code IN (SELECT value FROM json_each(:regions))"
    by_region: dict[tuple[str, int], list[_Received]] = defaultdict(list)
    for one in _received(archive, beside, {"regions": json.dumps(regions)}):
        by_region[one.region_code, one.report_year].append(one)
    for of_region in by_region.values():
        whole = [one for one in of_region if one.kind == "government"]
        if len(whole) == 1 and whole[0].report in governments:
            yield from _beyond(whole[0], [one for one in of_region if one.kind != "government"])


@dataclass(frozen=True, slots=True)
class _Received:
    report: int
    organisation: str
    region_code: str
    report_year: int
    kind: str | None
    value: int
    version: int


def _received(archive: Archive, only: str, values: dict[str, str]) -> Iterator[_Received]:
    rows = archive.db.execute(
        f"""
        SELECT h.report, h.organisation, h.region_code, h.report_year, h.kind, h.value, r.version
        FROM ({headlines(only)}) h JOIN reports p ON p.id = h.report JOIN readings r ON r.id = p.reading
        WHERE h.key = :key AND h.region_code IS NOT NULL
        ORDER BY h.region_code, h.report_year, h.report
        """,
        values | {"key": RECEIVED},
    ).fetchall()
    return (_Received(*row) for row in rows)


def _beyond(whole: _Received, parts: list[_Received]) -> Iterator[Contradiction]:
    above = [one for one in parts if one.value > whole.value]
    if above:
        named = [f"{one.organisation} (r{one.report}) alone received {one.value}" for one in above[:_MOST_NAMED]]
        more = [f"and {len(above) - _MOST_NAMED} more bodies alone received more"] if len(above) > _MOST_NAMED else []
        says = "; ".join([f"received {whole.value} in all", *named, *more])
        cells = tuple(CellChange(RECEIVED, whole.value, one.value) for one in above)
        yield Contradiction("county", whole.report, (whole.version, *(one.version for one in above)), cells, says)
    total = sum(one.value for one in parts)
    if not above and total > whole.value:
        says = f"received {whole.value} in all; {len(parts)} bodies of the region received {total} together"
        cell = CellChange(RECEIVED, whole.value, total)
        versions = (whole.version, *(one.version for one in parts))
        yield Contradiction("county_sum", whole.report, versions, (cell,), says)


def _of(reports: Collection[int]) -> dict[str, str]:
    return {"reports": json.dumps(sorted(reports))}


def _side(status: str, stored: Any) -> Number | str | None:
    return to_number(stored) if status == Status.NUMBER else status


def _exact(value: float | None) -> Number | None:
    """What SQL made of a figure → the figure."""
    return Decimal(repr(value)) if isinstance(value, float) else value


def _quoted(cells: list[CellChange]) -> str:
    """Both sides of the first cells, in words."""
    named = ", ".join(f"{one.key} {one.before} / {one.after}" for one in cells[:5])
    return f"{named} and {len(cells) - 5} more" if len(cells) > 5 else named
