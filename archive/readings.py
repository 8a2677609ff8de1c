"""A report read → rows, and back again without a difference.

Figures are kept wide (``archive/packed/figures.py``). Their places, which are only ever read for one report at a time,
are one compressed BLOB.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from itertools import chain

from sqlite_utils import Database

from archive.errors import NotFound
from archive.packed.figures import (
    Stored,
    all_stored,
    get_figures,
    in_order,
    put_figures,
    sheets_of,
    to_number,
    to_stored,
)
from archive.packed.texts import clean, pack, unpack
from archive.store import Archive
from parsers.document import Problem
from parsers.report import Body, Check, Claim, Leftover, Report, State, Status
from parsers.values import LETTERS, Values

_STATES = {"H": State.HOLDS, "B": State.BROKEN, "U": State.UNKNOWN}
_CHECKS = 100  # in one statement; a report has some fifty
_JSON = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))


def put_reading(
    archive: Archive, version: int, report: Report, parser: str, made_at: str, *, current: bool = True
) -> int:
    """Keeps a reading of a version and makes it the current one; returns its id. Inside the caller's transaction.

    With ``current`` False it is only kept beside the one that stands (``archive/reparsing/candidates.py``). Raises
    Conflict when the report's values are not exactly the cells of its forms.
    """
    sheets = sheets_of(report.forms)
    values = in_order(report.values, sheets)
    db = archive.db
    if current:
        db.execute("UPDATE readings SET current = 0 WHERE version = :version AND current = 1", {"version": version})
    reading = _insert_reading(db, version, report, values, parser, made_at, current)
    put_figures(db, reading, sheets, values)
    places = _JSON.encode(values.places)
    db.execute(
        "INSERT INTO reading_bodies (reading, body, places) VALUES (:reading, :body, :places)",
        {"reading": reading, "body": pack(report.text), "places": pack(places)},
    )
    _insert_findings(archive, reading, report)
    return reading


def get_report(archive: Archive, reading: int) -> Report:
    """A reading's id → the Report it was made from. Raises NotFound."""
    row = archive.db.execute(
        """
        SELECT
            r.title, r.organisation, r.body_name, r.body_region_code, r.report_year, r.region_code, r.published,
            r.phone, r.proactive_form, r.requests_form, r.disputes_form, r.format, r.converter, r.content_digest,
            b.body, b.places, r.statistics_form, r.document_number, r.file_created
        FROM readings r JOIN reading_bodies b ON b.reading = r.id
        WHERE r.id = :reading
        """,
        {"reading": reading},
    ).fetchone()
    if row is None:
        raise NotFound(f"expected a reading {reading}, found none")
    forms = _forms_of(row[8], row[9], row[10], row[16])
    return Report(
        title=row[0],
        organisation=row[1],
        body=Body(row[2], row[3]),
        report_year=row[4],
        region_code=row[5],
        published=row[6],
        phone=row[7],
        forms=forms,
        values=get_figures(archive.db, reading, sheets_of(forms), json.loads(unpack(row[15]))),
        leftover=_get_leftovers(archive.db, reading),
        claims=_get_claims(archive.db, reading),
        checks=_get_checks(archive.db, reading),
        problems=_get_problems(archive.db, reading),
        format=row[11],
        converter=row[12],
        content_digest=row[13],
        text=unpack(row[14]),
        document_number=row[17],
        file_created=row[18],
    )


def get_text(archive: Archive, reading: int) -> str:
    """A reading's id → the body text it was read from. Raises NotFound."""
    row = archive.db.execute(
        "SELECT body FROM reading_bodies WHERE reading = :reading", {"reading": reading}
    ).fetchone()
    if row is None:
        raise NotFound(f"expected a reading {reading}, found none")
    return unpack(row[0])


def have_same_text(archive: Archive, one: int, other: int) -> bool:
    """Whether two readings have the same body text; as a rule their bytes as kept say so. Raises NotFound."""
    row = archive.db.execute(
        """
        SELECT a.body = b.body FROM reading_bodies a, reading_bodies b WHERE a.reading = :one AND b.reading = :other
        """,
        {"one": one, "other": other},
    ).fetchone()
    return row == (1,) or get_text(archive, one) == get_text(archive, other)


def get_texts(archive: Archive, readings: Iterable[int]) -> dict[int, str]:
    """Readings' ids → the body texts of those that there are, in a tenth of the statements."""
    rows = archive.db.execute(
        "SELECT reading, body FROM reading_bodies WHERE reading IN (SELECT value FROM json_each(:readings))",
        {"readings": json.dumps(list(readings))},
    )
    return {reading: unpack(body) for reading, body in rows.fetchall()}


def get_values(archive: Archive, reading: int) -> Values:
    """A reading's id → its cells in the forms' order, without the rest of the report. Raises NotFound."""
    row = archive.db.execute(
        """
        SELECT r.proactive_form, r.requests_form, r.disputes_form, r.statistics_form, b.places
        FROM readings r JOIN reading_bodies b ON b.reading = r.id
        WHERE r.id = :reading
        """,
        {"reading": reading},
    ).fetchone()
    if row is None:
        raise NotFound(f"expected a reading {reading}, found none")
    return get_figures(archive.db, reading, sheets_of(_forms_of(*row[:4])), json.loads(unpack(row[4])))


def _forms_of(
    proactive: str | None, requests: str | None, disputes: str | None, statistics: str | None
) -> dict[str, str | None]:
    """The parse document's forms: the table of 2014 to 2018 is named only where it is there."""
    forms = {"proactive": proactive, "requests": requests, "disputes": disputes}
    return forms if statistics is None else forms | {"statistics": statistics}


def _insert_reading(
    db: Database, version: int, report: Report, values: Values, parser: str, made_at: str, current: bool
) -> int:
    states = [check.state for check in report.checks]
    cursor = db.execute(
        """
        INSERT INTO readings (
            version, current, parser, converter, made_at, format, content_digest, title, organisation, body_name,
            body_region_code, report_year, region_code, published, phone, proactive_form, requests_form,
            disputes_form, statistics_form, document_number, file_created, numbers, nonzero, holds, broken
        ) VALUES (
            :version, :current, :parser, :converter, :made_at, :format, :content_digest, :title, :organisation,
            :body_name, :body_region_code, :report_year, :region_code, :published, :phone, :proactive, :requests,
            :disputes, :statistics, :document_number, :file_created, :numbers, :nonzero, :holds, :broken
        )
        """,
        {
            "version": version,
            "current": current,
            "parser": parser,
            "converter": report.converter,
            "made_at": made_at,
            "format": report.format,
            "content_digest": report.content_digest,
            "title": clean(report.title),
            "organisation": report.organisation,
            "body_name": report.body.name,
            "body_region_code": report.body.region_code,
            "report_year": report.report_year,
            "region_code": report.region_code,
            "published": report.published,
            "phone": report.phone,
            "proactive": report.forms.get("proactive"),
            "requests": report.forms.get("requests"),
            "disputes": report.forms.get("disputes"),
            "statistics": report.forms.get("statistics"),
            "document_number": report.document_number,
            "file_created": report.file_created,
            "numbers": values.letters.count(LETTERS[Status.NUMBER]),
            "nonzero": len(values) - values.numbers.count(None) - values.numbers.count(0),
            "holds": states.count(State.HOLDS),
            "broken": states.count(State.BROKEN),
        },
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _insert_findings(archive: Archive, reading: int, report: Report) -> None:
    db, identities = archive.db, _identities(archive, {(check.id, check.across) for check in report.checks})
    lefts = all_stored([one.left for one in report.checks])
    rights = all_stored([one.right for one in report.checks])
    _insert_checks(
        db,
        [
            (reading, at, identities[one.id, one.across], one.state[0], left, right)
            for at, (one, left, right) in enumerate(zip(report.checks, lefts, rights, strict=True))
        ],
    )
    db.conn.executemany(
        "INSERT INTO reading_problems (reading, position, code, says, place, severity) VALUES (?, ?, ?, ?, ?, ?)",
        ((reading, n, p.code, clean(p.says), p.where, p.severity) for n, p in enumerate(report.problems)),
    )
    db.conn.executemany(
        "INSERT INTO reading_leftovers (reading, position, raw, place, why, label) VALUES (?, ?, ?, ?, ?, ?)",
        ((reading, n, clean(one.raw), one.where, one.why, clean(one.label)) for n, one in enumerate(report.leftover)),
    )
    db.conn.executemany(
        "INSERT INTO reading_claims (reading, position, key, value, span, place) VALUES (?, ?, ?, ?, ?, ?)",
        ((reading, n, c.key, to_stored(c.value), clean(c.span), c.where) for n, c in enumerate(report.claims)),
    )


def _insert_checks(db: Database, rows: list[tuple[Stored, ...]]) -> None:
    """Many in one statement: with one for each, checks took a third of all that is done here, and now half of that."""
    for start in range(0, len(rows), _CHECKS):
        some = rows[start : start + _CHECKS]
        db.execute(_insertion_of_checks(len(some)), [*chain.from_iterable(some)])


@cache
def _insertion_of_checks(count: int) -> str:
    rows = ", ".join(["(?, ?, ?, ?, ?, ?)"] * count)
    return f'INSERT INTO reading_checks (reading, position, identity, state, "left", "right") VALUES {rows}'


def _identities(archive: Archive, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """(name, across) of identities → their ids; there are some dozens, of which a report has nearly all."""
    known = archive.identities
    for said in sorted(wanted - known.keys()):
        archive.db.execute("INSERT INTO identities (name, across) VALUES (?, ?) ON CONFLICT DO NOTHING", said)
        row = archive.db.execute("SELECT id FROM identities WHERE name = ? AND across = ?", said).fetchone()
        known[said] = row[0]
    return known


def _get_leftovers(db: Database, reading: int) -> tuple[Leftover, ...]:
    rows = db.execute(
        "SELECT raw, place, why, label FROM reading_leftovers WHERE reading = :reading ORDER BY position",
        {"reading": reading},
    )
    return tuple(Leftover(*row) for row in rows)


def _get_claims(db: Database, reading: int) -> tuple[Claim, ...]:
    rows = db.execute(
        "SELECT key, value, span, place FROM reading_claims WHERE reading = :reading ORDER BY position",
        {"reading": reading},
    )
    claims = []
    for key, stored, span, place in rows:
        value = to_number(stored)
        assert value is not None  # the column is NOT NULL
        claims.append(Claim(key, value, span, place))
    return tuple(claims)


def _get_checks(db: Database, reading: int) -> tuple[Check, ...]:
    rows = db.execute(
        """
        SELECT i.name, i.across, k.state, k."left", k."right"
        FROM reading_checks k JOIN identities i ON i.id = k.identity
        WHERE k.reading = :reading ORDER BY k.position
        """,
        {"reading": reading},
    )
    return tuple(
        Check(name, across, _STATES[state], to_number(left), to_number(right))
        for name, across, state, left, right in rows
    )


def _get_problems(db: Database, reading: int) -> tuple[Problem, ...]:
    rows = db.execute(
        "SELECT code, says, place, severity FROM reading_problems WHERE reading = :reading ORDER BY position",
        {"reading": reading},
    )
    return tuple(Problem(*row) for row in rows)
