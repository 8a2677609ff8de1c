"""What a person says that a cell is: a layer above the readings, keyed to the bytes and the cell.

Nothing that was read is altered, and a new reading does not touch a correction. The latest one of a cell is in force;
a retraction ends it. All of them are kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from archive.clock import parse_time, read_clock, stamp
from archive.errors import BadQuery, Conflict, NotFound
from archive.packed.figures import Stored, to_number, to_stored
from archive.readings import get_values
from archive.store import Archive
from parsers.forms import labels_by_key
from parsers.report import Number, Status

RETRACTED = "retracted"
_STATUSES = frozenset({*(status.value for status in Status), RETRACTED})
_FIELDS = ("payload_digest", "key", "status", "value", "who", "why", "source", "made_at")
_FORM_FIELDS = frozenset(_FIELDS)


@dataclass(frozen=True, slots=True)
class Correction:
    """One statement about a cell. ``status`` is one of the five of a figure, or "retracted"; only ``number`` has a
    ``value``. ``who``: a desk or an editor; ``why``: what shows it; ``source``: where that can be seen, or "".
    """

    payload_digest: str
    key: str
    status: str
    value: Number | None
    who: str
    why: str
    source: str
    made_at: str


def put_correction(archive: Archive, correction: Correction) -> bool:
    """Keeps a correction; False where it is kept already. Raises BadQuery (what it says cannot be meant), NotFound
    (no version has that payload, or that cell), Conflict (the file holds several reports, so that a cell is several).
    """
    _expect_sense(correction)
    with archive.writing() as db:
        _expect_cell(archive, correction)
        facts = _facts(correction)
        cursor = db.execute(
            """
            INSERT INTO corrections (digest, payload_digest, key, status, value, who, why, source, made_at)
            VALUES (:digest, :payload_digest, :key, :status, :value, :who, :why, :source, :made_at)
            ON CONFLICT (digest) DO NOTHING
            """,
            facts | {"digest": digest_of(correction), "value": to_stored(correction.value)},
        )
        return cursor.rowcount == 1


def digest_of(correction: Correction) -> str:
    """The SHA-256 of what it says: the same statement in two archives is one."""
    return hashlib.sha256(json.dumps(_facts(correction), ensure_ascii=False, sort_keys=True).encode()).hexdigest()


VERSIONS_SHOWING = "SELECT g.version FROM captures c JOIN sightings g ON g.capture = c.id WHERE c.payload = {digest}"
"""SQL: the versions that bytes were seen under. A version may have been seen as several bytes that say the same."""
_PAYLOADS_OF = """
WHERE payload_digest IN (
    SELECT v.payload_digest FROM versions v WHERE v.id = :version
    UNION
    SELECT c.payload FROM sightings g JOIN captures c ON c.id = g.capture WHERE g.version = :version
)
"""


def make_correction(archive: Archive, version: int, correction: Correction) -> Correction:
    """Keeps what somebody says now of a version's cell and returns it as it is kept. Raises as ``put_correction``.

    It counts as made now, or in the second after the latest of that cell: two of one second would stand in the order
    of their digests. What the latest of that cell says already, in every word, is not said again.
    """
    before = [one for one in _select(archive, _PAYLOADS_OF, version=version) if one.key == correction.key]
    if before and replace(before[-1], made_at="") == replace(correction, made_at=""):
        return before[-1]
    times = [stamp(parse_time(one.made_at) + timedelta(seconds=1)) for one in before]
    made = replace(correction, made_at=max([stamp(read_clock()), *times]))
    put_correction(archive, made)
    return made


def corrections_in_force(archive: Archive, version: int) -> dict[str, Correction]:
    """A version's id → the corrections that hold for its cells: the latest of each, retracted ones left out."""
    found = {one.key: one for one in _select(archive, _PAYLOADS_OF, version=version)}
    return {key: one for key, one in found.items() if one.status != RETRACTED}


def describe_corrections(archive: Archive, version: int) -> list[dict[str, Any]]:
    """A version's id → its corrections in force as data, what was read beside what is said; [] where it is not read."""
    row = archive.db.execute(
        "SELECT id FROM readings WHERE version = :version AND current = 1", {"version": version}
    ).fetchone()
    found = {} if row is None else corrections_in_force(archive, version)
    if not found:
        return []
    read = {value.key: value for value in get_values(archive, row[0])}
    return [
        {
            "key": key,
            "read": {"status": read[key].status.value, "value": _jsonable(read[key].value), "raw": read[key].raw},
            "said": {"status": one.status, "value": _jsonable(one.value)},
            **{name: getattr(one, name) for name in ("who", "why", "source", "made_at")},
        }
        for key, one in sorted(found.items())
        if key in read
    ]


def list_corrections(archive: Archive) -> Iterator[Correction]:
    """Every correction ever made and every retraction, by their time."""
    return _select(archive, "")


def write_lines(archive: Archive) -> Iterator[str]:
    """All corrections as JSON Lines, for review by others."""
    for correction in list_corrections(archive):
        yield json.dumps(_facts(correction), ensure_ascii=False)


def read_lines(archive: Archive, lines: Iterable[str]) -> tuple[int, int]:
    """JSON Lines → (how many corrections were new, how many known); all or none.

    Raises BadQuery, NotFound, Conflict.
    """
    new = known = 0
    with archive.writing():
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                facts = json.loads(line, parse_float=Decimal)
            except ValueError as error:
                raise BadQuery(f"line {number}: expected a JSON object, found {line[:60]!r}") from error
            if not isinstance(facts, dict) or facts.keys() != _FORM_FIELDS:
                raise BadQuery(f"line {number}: expected the fields {', '.join(_FIELDS)}")
            was_new = put_correction(archive, _correction_of(facts, number))
            new, known = new + was_new, known + (not was_new)
    return new, known


def value_said(text: str) -> tuple[str, Number | None]:
    """What a person wrote for a cell → (status, figure). Raises BadQuery.

    >>> value_said("25.1"), value_said("blank")
    (('number', Decimal('25.1')), ('blank', None))
    """
    if text in _STATUSES - {Status.NUMBER.value, RETRACTED}:
        return text, None
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise BadQuery(f"expected a figure, or blank, filler, missing or unread; found {text!r}") from error
    if not number.is_finite():
        raise BadQuery(f"expected a figure, found {text!r}")
    return Status.NUMBER.value, int(text) if text.lstrip("-").isdigit() else number


def _correction_of(facts: dict[str, object], number: int) -> Correction:
    value = facts["value"]
    texts = {name: facts[name] for name in _FIELDS if name != "value"}
    if any(not isinstance(text, str) for text in texts.values()):
        raise BadQuery(f"line {number}: expected texts in {', '.join(texts)}")
    if isinstance(value, str):  # an amount: its exact text
        value = value_said(value)[1]
    if isinstance(value, bool) or not (value is None or isinstance(value, int | Decimal)):
        raise BadQuery(f"line {number}: expected a figure or null as value, found {value!r}")
    return Correction(value=value, **{name: str(text) for name, text in texts.items()})


def _expect_sense(correction: Correction) -> None:
    if correction.status not in _STATUSES:
        raise BadQuery(f"expected one of {', '.join(sorted(_STATUSES))}, found {correction.status!r}")
    if (correction.status == Status.NUMBER.value) != (correction.value is not None):
        raise BadQuery(f"a value goes with the status number and with no other: {correction.status} {correction.value}")
    if not correction.who.strip() or not correction.why.strip():
        raise BadQuery("a correction says who made it and why")
    if correction.key not in labels_by_key():
        raise BadQuery(f"no form has a cell {correction.key!r}")
    if stamp(parse_time(correction.made_at)) != correction.made_at:
        raise BadQuery(f"expected a time as in 2026-01-31T08:00:00Z, found {correction.made_at!r}")


def _expect_cell(archive: Archive, correction: Correction) -> None:
    reports = archive.db.execute(
        f"""
        SELECT DISTINCT n.report FROM versions v JOIN renditions n ON n.id = v.rendition
        WHERE v.id IN ({VERSIONS_SHOWING.format(digest=":digest")})
        """,
        {"digest": correction.payload_digest},
    ).fetchall()
    if not reports:
        raise NotFound(f"expected a version of the bytes {correction.payload_digest}, found none")
    if len(reports) > 1:
        names = ", ".join(f"r{report}" for (report,) in reports)
        raise Conflict(f"the file holds several reports ({names}): bytes and cell do not say which is meant")


def _select(archive: Archive, where: str, **values: int) -> Iterator[Correction]:
    # By time, then by content: two archives that hold the same corrections agree on which is the latest.
    rows = archive.db.execute(
        f"SELECT {', '.join(_FIELDS)} FROM corrections {where} ORDER BY made_at, digest", values
    ).fetchall()
    for digest, key, status, value, who, why, source, made_at in rows:
        yield Correction(digest, key, status, to_number(value), who, why, source, made_at)


def _jsonable(number: Number | None) -> int | float | None:
    return number if number is None or isinstance(number, int) else float(number)


def _facts(correction: Correction) -> dict[str, Stored]:
    value = correction.value
    said = value if value is None or isinstance(value, int) else str(value)
    return {name: said if name == "value" else getattr(correction, name) for name in _FIELDS}
