"""Generated reports → an archive that keeps them as reading does, its index, and SQLite's trigram index beside it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from archive.packed.texts import pack
from archive.readings import get_text
from archive.search.index import renew_index
from archive.store import Archive
from benchmarks.search.wording import Generated, write_report

BUILT = "built.json"
"""What building cost, beside an archive that is kept."""

_SLICE = 500
_YEARS_A_BODY = 6

_NUMBERS = ("id", "resource", "organisation", "report", "rendition", "version", "reading", "capture", "first_capture")
_URL = "url || '?' || :more"
# Tables whose rows a report has → what is another of a repeated one, beside its numbers.
_REPEATED: dict[str, dict[str, str]] = {
    "organisations": {"name": "name || :name"},
    "resources": {"url": _URL, "url_key": _URL},
    "captures": {"url": _URL},
    "reports": {"reading": "NULL"},
    "renditions": {},
    "versions": {},
    "sightings": {},
    "readings": {
        "organisation": "organisation || :name",
        "body_name": "body_name || :name",
        "published": "date(published, :years)",
    },
    "reading_bodies": {},
}


@dataclass(frozen=True, slots=True)
class Built:
    """CPU seconds and bytes; ``trigram`` figures are 0 where there is no such index."""

    reports: int
    raw: int
    kept: int
    index_seconds: float
    index: int
    beside: int
    trigram_seconds: float
    trigram: int


def build(folder: Path, reports: int, *, sharing: int, with_trigram: bool) -> Built:
    """Folder and number of reports → the archive ``folder/archive``, ``folder/trigram.db``, and what they cost.

    ``sharing``: so many reports, of other bodies and later days, have one text.
    """
    with Archive.open(folder / "archive", write=True) as archive:
        raw = _keep(archive, reports // sharing) * sharing
        repeat(archive, sharing)
        index_seconds = cpu_seconds(lambda: renew_index(archive))
        sizes = dict(archive.db.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name").fetchall())
        trigram_seconds = cpu_seconds(lambda: _index_trigrams(archive, folder / "trigram.db")) if with_trigram else 0.0
    trigram = (folder / "trigram.db").stat().st_size if with_trigram else 0
    return Built(
        reports, raw, sizes["reading_bodies"], index_seconds,
        sum(size for name, size in sizes.items() if name.startswith("search_index")),
        sum(size for name, size in sizes.items() if name.startswith(("searched", "sqlite_autoindex_searched"))),
        trigram_seconds, trigram,
    )  # fmt: skip


def cpu_seconds(work: Callable[[], object]) -> float:
    """What a piece of work takes of the processor."""
    began = time.process_time()
    work()
    return time.process_time() - began


def _keep(archive: Archive, reports: int) -> int:
    """Reports as rows that a run, a look and a reading would have left; returns the bytes of their texts as UTF-8."""
    bodies = max(1, reports // _YEARS_A_BODY)
    raw = 0
    with archive.writing() as db:
        db.execute(
            "INSERT INTO runs (id, command, scope, started_at, state) VALUES (1, 'crawl', '', '2025-01-01', 'done')"
        )
    numbered = enumerate((write_report(number, bodies) for number in range(reports)), start=1)
    organisations: dict[tuple[str, str], int] = {}
    years: set[tuple[int, int]] = set()
    while chunk := list(islice(numbered, _SLICE)):
        with archive.writing():
            for number, report in chunk:
                key = (report.name, report.region)
                known = organisations.setdefault(key, len(organisations) + 1)
                if (known, report.year) not in years:
                    years.add((known, report.year))
                    _insert(archive, number, known, report)
                    raw += len(report.text.encode())
    return raw


def _insert(archive: Archive, number: int, organisation: int, report: Generated) -> None:
    db = archive.db.conn
    url, day = f"http://www.shili.example/{number}.html", "2025-01-20T00:00:00Z"
    db.execute("INSERT OR IGNORE INTO organisations VALUES (?, ?, ?)", (organisation, report.name, report.region))
    db.execute("INSERT INTO resources (id, url, url_key, site) VALUES (?, ?, ?, '')", (number, url, url))
    db.execute(
        """
        INSERT INTO captures (
            id, run, resource, url, captured_at, outcome, header, kind, seed, via, link_text, site, location, peer,
            says, title, published
        ) VALUES (?, 1, ?, ?, ?, 'fetched', x'', 'article', '', '', '', '', '', '', '', '', '')
        """,
        (number, number, url, day),
    )
    db.execute(
        "INSERT INTO reports (id, organisation, report_year) VALUES (?, ?, ?)", (number, organisation, report.year)
    )
    db.execute("INSERT INTO renditions VALUES (?, ?, 'html', 1, ?)", (number, number, number))
    db.execute(
        """
        INSERT INTO versions (id, rendition, number, payload_digest, first_captured, last_captured, first_capture)
        VALUES (?, ?, 1, '', ?, ?, ?)
        """,
        (number, number, day, day, number),
    )
    db.execute("INSERT INTO sightings VALUES (?, ?)", (number, number))
    db.execute(
        """
        INSERT INTO readings (
            id, version, current, parser, converter, made_at, format, content_digest, title, organisation, body_name,
            body_region_code, report_year, region_code, published, requests_form, numbers, nonzero, holds, broken
        ) VALUES (?, ?, 1, '', '', '', 'html', '', ?, ?, ?, ?, ?, ?, ?, '2021', 0, 0, 0, ?)
        """,
        (
            number, number, report.title, report.name, report.name, report.region, report.year, report.region,
            report.published, number % 7 == 0,
        ),
    )  # fmt: skip
    db.execute("INSERT INTO reading_bodies VALUES (?, ?, x'')", (number, pack(report.text)))
    db.execute("UPDATE reports SET reading = ? WHERE id = ?", (number, number))


def repeat(archive: Archive, times: int) -> None:
    """Has every report so many times in all: each further time of another body, and published 20 years later."""
    step = archive.db.execute("SELECT max(id) FROM reports").fetchone()[0]
    for again in range(1, times):
        meant = {"step": step, "more": step * again, "name": f"第{again}分局", "years": f"+{20 * again} years"}
        with archive.writing() as db:
            for table, changed in _REPEATED.items():
                columns = [column.name for column in db.table(table).columns]
                plain = {column: f"{column} + :more" if column in _NUMBERS else column for column in columns}
                values = ", ".join((plain | changed).values())
                db.execute(f"INSERT INTO {table} SELECT {values} FROM {table} WHERE {columns[0]} <= :step", meant)
            db.execute("UPDATE reports SET reading = id WHERE reading IS NULL")


def _index_trigrams(archive: Archive, file: Path) -> None:
    """The same titles and texts in FTS5's own trigram index, without a copy of them, optimised."""
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA journal_mode = WAL").fetchone()
        db.execute("CREATE VIRTUAL TABLE words USING fts5 (text, content = '', tokenize = 'trigram')")
        rows = _rows(archive)
        while chunk := list(islice(rows, _SLICE)):
            with db:
                db.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", chunk)
        with db:
            db.execute("INSERT INTO words (words) VALUES ('optimize')")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def _rows(archive: Archive) -> Iterator[tuple[int, str]]:
    for reading, title in archive.db.conn.execute("SELECT id, title FROM readings ORDER BY published, id"):
        yield reading, f"{title}\n{get_text(archive, reading)}"
