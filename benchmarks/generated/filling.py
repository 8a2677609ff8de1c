"""Figures, sites and a register for an archive of generated reports, which has only their texts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from archive.schema.form_columns import Sheet
from archive.store import Archive
from benchmarks.cells import KEPT, values_of
from parsers.report import Value

_DIFFERENT = 200  # reports' figures, which all others have again
_LATE = 10  # of so many bodies on the register, one has never published


def fill(folder: Path) -> None:
    """Gives every reading its figures, every region a site, and every body a place on its site's register.

    Does nothing where that was done before.
    """
    with Archive.open(folder, write=True) as archive:
        if archive.db.execute("SELECT 1 FROM sites LIMIT 1").fetchone() is None:
            _fill_figures(archive)
            _fill_register(archive)


def _fill_figures(archive: Archive) -> None:
    chance = random.Random(2024)
    figures = [{value.key: value for value in values_of(chance)} for _ in range(_DIFFERENT)]
    readings = [reading for (reading,) in archive.db.execute("SELECT id FROM readings")]  # a text made twice has none
    with archive.writing() as db:
        for sheet in KEPT:
            names = ", ".join(("reading", *sheet.columns))
            marks = ", ".join("?" * (1 + len(sheet.columns)))
            db.conn.executemany(f"INSERT INTO {sheet.name} ({names}) VALUES ({marks})", _rows(sheet, figures, readings))
        db.execute(
            """
            UPDATE readings SET proactive_form = '2021', requests_form = '2021', disputes_form = '2019', numbers = 200,
                nonzero = 60, holds = 20
            """
        )


def _rows(sheet: Sheet, figures: list[dict[str, Value]], readings: list[int]) -> Iterator[tuple[object, ...]]:
    columns = [tuple(one[key].value for key in sheet.keys) for one in figures]
    return ((reading, *columns[reading % _DIFFERENT]) for reading in readings)


def _fill_register(archive: Archive) -> None:
    with archive.writing() as db:
        db.execute(
            """
            INSERT INTO sites (code, name, region_code, home, hosts, family, seeds)
            SELECT DISTINCT region_code, region_code, region_code, 'http://' || region_code || '.shili.example/', '[]',
                '', '[]'
            FROM organisations
            """
        )
        db.execute(
            """
            UPDATE resources SET site = (
                SELECT o.region_code FROM renditions n JOIN reports p ON p.id = n.report
                JOIN organisations o ON o.id = p.organisation WHERE n.resource = resources.id
            )
            """
        )
        db.execute("UPDATE captures SET site = (SELECT s.site FROM resources s WHERE s.id = captures.resource)")
        db.execute("UPDATE runs SET state = 'done', ended_at = started_at, scope = 'crawl year=any'")
        db.execute(
            """
            INSERT INTO site_bodies (site, name, region_code, source, url, first_listed, last_listed)
            SELECT region_code, name || again.word, region_code, 'registry', '', '2025-01-01', '2025-01-01'
            FROM organisations, (SELECT '' AS word, 1 AS every UNION ALL SELECT '分局', :late) again
            WHERE organisations.id % again.every = 0
            ON CONFLICT DO NOTHING
            """,
            {"late": _LATE},
        )
