"""One report's fields, durable: title, body, dates, forms, 200 cells with their places, text, checks, claims, problems.

Ours is ``put_reading`` with all of that: in a transaction of its own, and with those that follow it, as the program
commits what it reads (``archive/together.py``); and, to compare, ``put_figures`` alone, the cells with what was printed
in them. sqlite-utils gets less than the first, a transaction for each report: the report's own
fields and the cells' values by one ``upsert``, a column for each; or the cells, with printed text and place, by one
``upsert_all``; or, to compare, by an ``upsert`` for each cell. Every transaction waits for the disk; told are the
processor's time and, by the wall, with that waiting. The reports are those in tests/documents, read once; each is
stored again and again under another version.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks.table.deed import Spent, do, spending
from benchmarks.table.figures import Required, Row, Scale, beside

TITLE = "Store a report's fields"
_ROUNDS = 3
_FIELDS = (
    "title", "organisation", "report_year", "region_code", "published", "phone", "format", "converter",
    "content_digest", "text", "document_number", "file_created",
)  # fmt: skip
_OURS = {0: "a report, as it is read", 1: "a report, by itself", 2: "a report's cells alone, as it is read"}
_THEIRS = {
    3: ("one upsert, a column for each field", Required(times=25.0)),
    4: ("one upsert_all of its cells", Required(times=25.0)),
    5: ("an upsert for each cell", None),
}
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
    count = scale.pick(100, 400)
    few = count // 20
    sides = (
        (as_read, count), (ours, count), (cells_alone, count),
        (upserts, count), (upserts_of_reports, count), (upserts_of_cells, few),
    )  # fmt: skip
    rounds = [[do(function, number) for function, number in sides] for _ in range(_ROUNDS)]
    peak = [max(one.peak for one in side) for side in zip(*rounds, strict=True)]

    def row(mine: int, other: int, spent: str) -> Row:
        named, required = _THEIRS[other]
        pairs = [
            (one[mine].value[spent] / sides[mine][1] * 1e3, one[other].value[spent] / sides[other][1] * 1e3)
            for one in rounds
        ]
        what = _OURS[mine] if spent == "cpu" else f"{_OURS[mine]}, by the wall"
        bound = required if mine == 0 and spent == "cpu" else None
        return beside(what, f"sqlite-utils, {named}", pairs, "ms", bound, (peak[mine], peak[other]), loose=not bound)

    return [
        *(row(0, other, "cpu") for other in _THEIRS),
        *(row(1, other, "cpu") for other in _THEIRS),
        *(row(2, other, "cpu") for other in _THEIRS),
        *(row(0, other, "wall") for other in _THEIRS),
    ]


def _reports(count: int) -> list[Any]:
    return list(islice(cycle(_read()), count))


@cache
def _read() -> list[Any]:
    from parsers.errors import DocumentError
    from parsers.reading import read

    found: list[Any] = []
    for file in sorted((Path(__file__).parents[2] / "tests" / "documents" / "html").glob("*.html")):
        try:
            found += [one for one in read(file.read_bytes()) if one.values]
        except DocumentError:
            continue
    return found


def ours(count: int) -> dict[str, float]:
    """Each report by ``put_reading`` in a transaction of its own; seconds of all."""
    from archive.readings import put_reading

    with _versions(count) as archive, spending() as spent:
        for version, report in enumerate(_reports(count), 1):
            with archive.writing():
                put_reading(archive, version, report, "1", "2026-01-01T00:00:00Z")
    return _said(spent)


def as_read(count: int) -> dict[str, float]:
    """As ``ours``, committed as documents that are read are."""
    from archive.readings import put_reading
    from archive.together import together

    with _versions(count) as archive, spending() as spent:
        for version, report in together(archive, enumerate(_reports(count), 1)):
            put_reading(archive, version, report, "1", "2026-01-01T00:00:00Z")
    return _said(spent)


def cells_alone(count: int) -> dict[str, float]:
    """The cells of each report by ``put_figures``, committed as in ``as_read``; its reading is there already."""
    from archive.packed.figures import in_order, put_figures, sheets_of
    from archive.readings import put_reading
    from archive.together import together

    with _versions(count) as archive:
        bare = [replace(report, forms={}, values=(), checks=()) for report in _reports(count)]
        with archive.writing():
            readings = [
                put_reading(archive, version, one, "1", "2026-01-01T00:00:00Z") for version, one in enumerate(bare, 1)
            ]
        with spending() as spent:
            for reading, report in together(archive, zip(readings, _reports(count), strict=True)):
                sheets = sheets_of(report.forms)
                put_figures(archive.db, reading, sheets, in_order(report.values, sheets))
    return _said(spent)


@contextmanager
def _versions(count: int) -> Iterator[Any]:
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
    """Each report by one upsert, as the documentation of sqlite-utils has it; seconds of all."""
    from sqlite_utils import Database

    reports = _reports(count)
    with tempfile.TemporaryDirectory(prefix="nianbao-fields-") as folder, spending() as spent:
        db = Database(Path(folder) / "reports.db")
        for number, report in enumerate(reports, 1):
            fields = {name: _plain(getattr(report, name)) for name in _FIELDS}
            cells = {one.key.replace(".", "_"): _plain(one.value) for one in report.values}
            db.table("reports").upsert({"id": number, **fields, **cells}, pk="id", alter=True)
        db.close()
    return _said(spent)


def upserts_of_reports(count: int) -> dict[str, float]:
    """The cells of each report by one upsert_all; seconds of all."""
    from sqlite_utils import Database

    reports = _reports(count)
    with tempfile.TemporaryDirectory(prefix="nianbao-fields-") as folder, spending() as spent:
        db = Database(Path(folder) / "reports.db")
        for number, report in enumerate(reports, 1):
            db.table("cells").upsert_all(_cells(number, report), pk=("report", "key"))
        db.close()
    return _said(spent)


def upserts_of_cells(count: int) -> dict[str, float]:
    """Each cell of each report by an upsert of its own; seconds of all."""
    from sqlite_utils import Database

    reports = _reports(count)
    with tempfile.TemporaryDirectory(prefix="nianbao-fields-") as folder, spending() as spent:
        db = Database(Path(folder) / "reports.db")
        for number, report in enumerate(reports, 1):
            for cell in _cells(number, report):
                db.table("cells").upsert(cell, pk=("report", "key"))
        db.close()
    return _said(spent)


def _cells(number: int, report: Any) -> list[dict[str, object]]:
    return [
        {"report": number, "key": one.key, "value": _plain(one.value), "raw": one.raw, "place": one.where}
        for one in report.values
    ]


def _plain(said: object) -> object:
    return said if said is None or isinstance(said, str | int) else str(said)
