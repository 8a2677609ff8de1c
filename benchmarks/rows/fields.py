"""One report's fields, durable: title, body, dates, forms, 200 cells with their places, text, checks, claims, problems.

Ours is ``put_reading`` with all of that, in a transaction of its own. sqlite-utils gets the report's own fields and the
cells' values: by one upsert, a column for each; and, to compare, by an upsert for each cell, with its printed text and
its place. Every transaction waits for the disk; the processor's time is measured. The reports are those in
tests/documents, read once; each is stored again and again under another version.
"""

from __future__ import annotations

import tempfile
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks.table.deed import do, spending
from benchmarks.table.figures import Required, Row, Scale, beside

TITLE = "Store a report's fields"
_ROUNDS = 3
_FIELDS = (
    "title", "organisation", "report_year", "region_code", "published", "phone", "format", "converter",
    "content_digest", "text", "document_number", "file_created",
)  # fmt: skip
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
    """CPU for a report."""
    count = scale.pick(100, 400)
    few = count // 20
    rounds = [(do(ours, count), do(upserts, count), do(upserts_of_cells, few)) for _ in range(_ROUNDS)]
    mine, wide, narrow = (
        [one.value / number * 1e3 for one in side]
        for side, number in zip(zip(*rounds, strict=True), (count, count, few), strict=True)
    )
    peak = [max(one.peak for one in side) for side in zip(*rounds, strict=True)]
    return [
        beside(
            "a report", "sqlite-utils, one upsert, a column for each field", [*zip(mine, wide, strict=True)], "ms",
            Required(times=25.0), (peak[0], peak[1]),
        ),
        beside(
            "a report", "sqlite-utils, an upsert for each cell", [*zip(mine, narrow, strict=True)], "ms", None,
            (peak[0], peak[2]),
        ),
    ]  # fmt: skip


def _reports(count: int) -> list[Any]:
    from parsers.errors import DocumentError
    from parsers.reading import read

    found: list[Any] = []
    for file in sorted((Path(__file__).parents[2] / "tests" / "documents" / "html").glob("*.html")):
        try:
            found += [one for one in read(file.read_bytes()) if one.values]
        except DocumentError:
            continue
    return list(islice(cycle(found), count))


def ours(count: int) -> float:
    """Each report by ``put_reading``; CPU seconds of all."""
    from archive.readings import put_reading
    from archive.store import Archive

    reports = _reports(count)
    folder = tempfile.TemporaryDirectory(prefix="nianbao-fields-")
    with folder as name, Archive.open(Path(name), write=True) as archive:
        with archive.writing() as db:
            for statement in _VERSIONS.format(count=count).split(";\n"):
                db.execute(statement)
        with spending() as spent:
            for version, report in enumerate(reports, 1):
                with archive.writing():
                    put_reading(archive, version, report, "1", "2026-01-01T00:00:00Z")
    return spent.cpu


def upserts(count: int) -> float:
    """Each report by one upsert, as the documentation of sqlite-utils has it; CPU seconds of all."""
    from sqlite_utils import Database

    reports = _reports(count)
    with tempfile.TemporaryDirectory(prefix="nianbao-fields-") as folder, spending() as spent:
        db = Database(Path(folder) / "reports.db")
        for number, report in enumerate(reports, 1):
            fields = {name: _plain(getattr(report, name)) for name in _FIELDS}
            cells = {one.key.replace(".", "_"): _plain(one.value) for one in report.values}
            db.table("reports").upsert({"id": number, **fields, **cells}, pk="id", alter=True)
        db.close()
    return spent.cpu


def upserts_of_cells(count: int) -> float:
    """Each cell of each report by an upsert of its own; CPU seconds of all."""
    from sqlite_utils import Database

    reports = _reports(count)
    with tempfile.TemporaryDirectory(prefix="nianbao-fields-") as folder, spending() as spent:
        db = Database(Path(folder) / "reports.db")
        for number, report in enumerate(reports, 1):
            for one in report.values:
                cell = {
                    "report": number,
                    "key": one.key,
                    "value": _plain(one.value),
                    "raw": one.raw,
                    "place": one.where,
                }
                db.table("cells").upsert(cell, pk=("report", "key"))
        db.close()
    return spent.cpu


def _plain(said: object) -> object:
    return said if said is None or isinstance(said, str | int) else str(said)
