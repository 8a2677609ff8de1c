"""One report's fields, durable: its 200 cells, each with its figure, how it stands and what was printed.

Ours is ``put_figures``, the way of the cells that the reading process sends into the archive, committed with those of
the reports that follow, as the program commits what it reads (``archive/together.py``), and, to compare, each report in
a transaction of its own. sqlite-utils gets the same cells, a transaction for each report: by one ``upsert``, a column
for each figure (of what was printed it gets nothing); by one ``upsert_all``, a row for each cell; or, to compare, by an
``upsert`` for each cell. Told beside it, without a bound: ``put_reading``, which keeps all else of a report too (text,
places, checks, claims, problems), and one ``upsert`` of the cells with title, body, dates and text. Every transaction
waits for the disk; told are the processor's time and, by the wall, with that waiting. The reports are those in
tests/documents, read once; each is stored again and again under another version.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.table.deed import Done, Spent, do, spending
from benchmarks.table.figures import Required, Row, Scale, beside
from parsers.errors import DocumentError
from parsers.report import Hints, Report

if TYPE_CHECKING:
    from sqlite_utils import Database

    from archive.store import Archive

TITLE = "Store a report's fields"
_ROUNDS = 7
_FACTS = (
    "title", "organisation", "report_year", "region_code", "published", "phone", "format", "converter",
    "content_digest", "text", "document_number", "file_created",
)  # fmt: skip
_BOUND = Required(times=25.0)
_VERSION, _AT = "1", "2026-01-01T00:00:00Z"
_VERSIONS = """
    INSERT INTO runs (id, command, scope, started_at, state) VALUES (1, 'crawl', '', '2025-01-01', 'done');
    INSERT INTO organisations VALUES (1, '示例县教育局', '150824');
    INSERT INTO resources (id, url, url_key, site) VALUES (1, 'http://a.example/', 'http://a.example/', '');
    INSERT INTO captures (
        id, run, resource, url, captured_at, outcome, header, kind, seed, via, link_text, site, location, peer, says,
        title, published
    ) VALUES (
        1, 1, 1, 'http://a.example/', '2025-01-20T00:00:00Z', 'fetched', x'', 'article', '', '', '', '', '', '', '', '',
        ''
    );
    INSERT INTO reports (id, organisation, report_year) VALUES (1, 1, 2024);
    INSERT INTO renditions VALUES (1, 1, 'html', 1, 1);
    WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < {count})
    INSERT INTO versions (id, rendition, number, payload_digest, first_captured, last_captured, first_capture)
    SELECT number, 1, number, '', '2025-01-20T00:00:00Z', '2025-01-20T00:00:00Z', 1 FROM numbers;
"""


def measure(scale: Scale) -> list[Row]:
    """CPU for a report, and the wall."""
    count = scale.pick(100, 300)
    sides: dict[Callable[[int], dict[str, float]], int] = {
        cells_as_read: 10 * count, cells_by_themselves: 10 * count, as_read: count, by_itself: count,
        upserts: count, upserts_of_all: count, upserts_of_rows: count, upserts_of_cells: count // 20,
    }  # fmt: skip
    rounds = [{side: do(side, number) for side, number in sides.items()} for _ in range(_ROUNDS)]

    def row(mine: Callable[[int], Any], other: Callable[[int], Any], bound: Required | None, spent: str = "cpu") -> Row:
        pairs = [(_each(one[mine], sides[mine], spent), _each(one[other], sides[other], spent)) for one in rounds]
        peak = max(one[mine].peak for one in rounds), max(one[other].peak for one in rounds)
        what = _NAMES[mine.__name__] if spent == "cpu" else f"{_NAMES[mine.__name__]}, by the wall"
        beside_what = f"sqlite-utils, {_NAMES[other.__name__]}"
        return beside(what, beside_what, pairs, "ms", bound, peak, loose=not bound)

    return [
        row(cells_as_read, upserts, _BOUND),
        row(cells_as_read, upserts_of_rows, _BOUND),
        row(cells_as_read, upserts_of_cells, None),
        row(cells_as_read, upserts, None, "wall"),
        row(cells_as_read, upserts_of_rows, None, "wall"),
        row(cells_by_themselves, upserts, None),
        row(cells_by_themselves, upserts_of_rows, None),
        row(as_read, upserts_of_all, None),
        row(as_read, upserts_of_cells, None),
        row(by_itself, upserts_of_all, None),
    ]


def _each(done: Done, count: int, spent: str) -> float:
    """Milliseconds for a report."""
    return float(done.value[spent]) / count * 1e3


_NAMES = {
    "cells_as_read": "a report's cells, as it is read",
    "cells_by_themselves": "a report's cells, by themselves",
    "as_read": "all of a report, as it is read",
    "by_itself": "all of a report, by itself",
    "upserts": "one upsert, a column for each cell",
    "upserts_of_rows": "one upsert_all of its cells",
    "upserts_of_cells": "an upsert for each cell",
    "upserts_of_all": "one upsert of its cells, facts and text",
}


def _reports(count: int) -> list[Report]:
    """As the reading process sends them."""
    return list(islice(cycle(_read()), count))


@cache
def _read() -> list[Report]:
    from parsers.child import Child

    found: list[Report] = []
    with Child() as reader:
        for file in sorted((Path(__file__).parents[2] / "tests" / "documents" / "html").glob("*.html")):
            try:
                found += [one for one in reader.read(file.read_bytes(), Hints()) if one.values]
            except DocumentError:
                continue
    return found


def cells_as_read(count: int) -> dict[str, float]:
    """The cells of each report by ``put_figures``, committed as documents that are read are; seconds of all."""
    from archive.packed.figures import in_order, put_figures, sheets_of
    from archive.together import together

    with _readings(count) as archive, spending() as spent:
        for reading, report in together(archive, enumerate(_reports(count), 1)):
            sheets = sheets_of(report.forms)
            put_figures(archive.db, reading, sheets, in_order(report.values, sheets))
    return _said(spent)


def cells_by_themselves(count: int) -> dict[str, float]:
    """As ``cells_as_read``, each report in a transaction of its own."""
    from archive.packed.figures import in_order, put_figures, sheets_of

    with _readings(count) as archive, spending() as spent:
        for reading, report in enumerate(_reports(count), 1):
            with archive.writing():
                sheets = sheets_of(report.forms)
                put_figures(archive.db, reading, sheets, in_order(report.values, sheets))
    return _said(spent)


def as_read(count: int) -> dict[str, float]:
    """All of each report by ``put_reading``, committed as documents that are read are; seconds of all."""
    from archive.readings import put_reading
    from archive.together import together

    with _versions(count) as archive, spending() as spent:
        for version, report in together(archive, enumerate(_reports(count), 1)):
            put_reading(archive, version, report, _VERSION, _AT)
    return _said(spent)


def by_itself(count: int) -> dict[str, float]:
    """As ``as_read``, each report in a transaction of its own."""
    from archive.readings import put_reading

    with _versions(count) as archive, spending() as spent:
        for version, report in enumerate(_reports(count), 1):
            with archive.writing():
                put_reading(archive, version, report, _VERSION, _AT)
    return _said(spent)


@contextmanager
def _readings(count: int) -> Iterator[Archive]:
    """A new archive with so many readings that have no cells yet, numbered from 1."""
    from archive.readings import put_reading

    with _versions(count) as archive:
        with archive.writing():
            for version, report in enumerate(_reports(count), 1):
                bare = replace(report, forms={}, values=(), checks=())
                assert put_reading(archive, version, bare, _VERSION, _AT) == version
        yield archive


@contextmanager
def _versions(count: int) -> Iterator[Archive]:
    """A new archive with so many versions that are not read."""
    from archive.store import Archive

    _read()
    folder = tempfile.TemporaryDirectory(prefix="nianbao-fields-")
    with folder as name, Archive.open(Path(name), write=True) as archive:
        with archive.writing() as db:
            for statement in _VERSIONS.format(count=count).split(";\n"):
                db.execute(statement)
        yield archive


def _said(spent: Spent) -> dict[str, float]:
    return {"cpu": spent.cpu, "wall": spent.wall}


def upserts(count: int) -> dict[str, float]:
    """The cells of each report by one upsert, as the documentation of sqlite-utils has it; seconds of all."""
    return _upserting(count, lambda db, number, report: _upsert(db, {"id": number, **_wide(report)}))


def upserts_of_all(count: int) -> dict[str, float]:
    """As ``upserts``, with what a report says of itself, and its text."""

    def put(db: Database, number: int, report: Report) -> None:
        facts = {name: _plain(getattr(report, name)) for name in _FACTS}
        _upsert(db, {"id": number, **facts, **_wide(report)})

    return _upserting(count, put)


def upserts_of_rows(count: int) -> dict[str, float]:
    """The cells of each report by one upsert_all; seconds of all."""

    def put(db: Database, number: int, report: Report) -> None:
        db.table("cells").upsert_all(_cells(number, report), pk=("report", "key"))

    return _upserting(count, put)


def upserts_of_cells(count: int) -> dict[str, float]:
    """Each cell of each report by an upsert of its own; seconds of all."""

    def put(db: Database, number: int, report: Report) -> None:
        for cell in _cells(number, report):
            db.table("cells").upsert(cell, pk=("report", "key"))

    return _upserting(count, put)


def _upserting(count: int, put: Callable[[Database, int, Report], object]) -> dict[str, float]:
    from sqlite_utils import Database

    reports = [replace(report, values=tuple(report.values)) for report in _reports(count)]
    with tempfile.TemporaryDirectory(prefix="nianbao-fields-") as folder, spending() as spent:
        db = Database(Path(folder) / "reports.db")
        for number, report in enumerate(reports, 1):
            put(db, number, report)
        db.close()
    return _said(spent)


def _upsert(db: Database, row: dict[str, object]) -> None:
    db.table("reports").upsert(row, pk="id", alter=True)


def _wide(report: Report) -> dict[str, object]:
    return {one.key.replace(".", "_"): _plain(one.value) for one in report.values}


def _cells(number: int, report: Report) -> list[dict[str, object]]:
    return [
        {
            "report": number,
            "key": one.key,
            "value": _plain(one.value),
            "raw": one.raw,
            "status": one.status.value,
        }
        for one in report.values
    ]


def _plain(said: object) -> object:
    return said if said is None or isinstance(said, str | int) else str(said)
