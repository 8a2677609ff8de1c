"""Versions whose reading is out of date, and what one may ask for of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from archive.errors import BadQuery, Damaged, Withdrawn
from archive.ingest import look_at
from archive.renditions import Look
from archive.store import Archive
from parsers.converters import is_current
from parsers.errors import Crashed, NeedsLibreOffice, NeedsOcr, OutOfMemory, TimedOut
from parsers.report import RELEASE

PASSING = (NeedsLibreOffice.code, NeedsOcr.code, TimedOut.code, OutOfMemory.code, Crashed.code, Damaged.code)
"""Errors that may be gone next time with the same parsers: a program was installed, the machine was busy."""

# What can be asked for → the condition on a version; a converter and a region by their beginning.
_CONDITIONS = {
    "year": "p.report_year = :{name}",
    "region": "coalesce(o.region_code, '') LIKE :{name} || '%'",
    "format": "n.format = :{name}",
    "code": "u.code = :{name}",
    "report": "p.id = :{name}",
    "parser": "coalesce(r.parser, u.parser) = :{name}",
    "converter": "substr(r.converter, 1, length(:{name})) = :{name}",
}


@dataclass(frozen=True, slots=True)
class Where:
    """Which versions are meant: all of ``conditions``, as (name, value); none of them: every version."""

    conditions: tuple[tuple[str, str], ...] = ()

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return not self.conditions

    def sql(self) -> tuple[str, dict[str, object]]:
        """The conditions on p (reports), o (organisations), n (renditions), r (readings), u (unread), with values."""
        clauses, values = ["1"], dict[str, object]()
        for at, (name, value) in enumerate(self.conditions):
            clauses.append(_CONDITIONS[name].format(name=f"w{at}"))
            values[f"w{at}"] = int(value.removeprefix("r")) if name in ("year", "report") else value
        return " AND ".join(clauses), values


def where_of(texts: Iterable[str]) -> Where:
    """``year=2024``, ``report=r12`` … → what is meant by all of them together. Raises BadQuery.

    >>> where_of(["region=1508", "code=needs_ocr"]).conditions
    (('region', '1508'), ('code', 'needs_ocr'))
    """
    conditions: list[tuple[str, str]] = []
    for text in texts:
        name, is_said, value = text.partition("=")
        number = value.removeprefix("r") if name == "report" else value
        if name not in _CONDITIONS or not is_said or not value:
            raise BadQuery(f"expected one of {', '.join(f'{one}=…' for one in _CONDITIONS)}, found {text!r}")
        if name in ("year", "report", "region") and not (number.isascii() and number.isdigit() and len(number) < 18):
            raise BadQuery(f"expected a number in {text!r}")
        conditions.append((name, value))
    return Where(tuple(conditions))


@dataclass(frozen=True, slots=True)
class Stale:
    """A version to be read again: the report it is of, the look that showed it, its current reading if it has one."""

    version: int
    report: int
    look: Look
    reading: int | None
    why_unread: str = ""


def list_stale(archive: Archive, where: Where) -> list[Stale]:
    """Versions that another release read, or another converter than would read them now, and those that are not read
    for a reason that may have passed; by id. What is withdrawn is never read again.

    An error that only another release could overcome is not tried twice with the same one.
    """
    conditions, values = where.sql()
    rows = archive.db.execute(
        f"""
        SELECT v.id, n.report, v.first_capture, v.payload_digest, r.id, r.parser, r.format, r.converter,
            u.code, u.parser
        FROM versions v
        JOIN renditions n ON n.id = v.rendition
        JOIN reports p ON p.id = n.report
        JOIN organisations o ON o.id = p.organisation
        LEFT JOIN readings r ON r.version = v.id AND r.current = 1
        LEFT JOIN unread u ON u.version = v.id
        WHERE {conditions} ORDER BY v.id
        """,
        values,
    ).fetchall()
    stale: list[Stale] = []
    for version, report, capture, payload, reading, parser, format_, converter, code, tried in rows:
        if reading is not None:
            wanted = parser != RELEASE or not is_current(format_, converter)
        else:
            wanted = code != Withdrawn.code and (code is None or code in PASSING or tried != RELEASE)
        if wanted:
            stale.append(
                Stale(version, report, replace(look_at(archive, capture), payload=payload), reading, code or "")
            )
    return stale
