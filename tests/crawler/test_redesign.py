"""A site rebuilt between two seasons, by another family under other URLs: nothing is lost, nothing the same is new."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from archive.register import find_site
from archive.season.summaries import summaries_of
from archive.store import Archive
from tests.crawler.conftest import Nianbao
from tests.portals.served import Portal
from tests.portals.trs_wcm import TrsCounty
from tests.portals.vsb import VsbTown

Seen = dict[tuple[str, int], tuple[int, int]]


def crawl(portal: Portal, nianbao: Nianbao, day: str) -> dict[str, object]:
    """One crawl from the home page."""
    allowed = [word for host in portal.netlocs for word in ("--allow-host", host)]
    done = nianbao("crawl", portal.home, *allowed, "--delay", "0", "--json", NIANBAO_NOW=f"{day}T08:00:00Z")
    assert done.returncode in (0, 4), done.stderr
    summary: dict[str, object] = json.loads(done.stdout)
    return summary


def pages_seen(folder: Path) -> Seen:
    """(body, year) of each report that has an HTML page → (report, versions of its pages)."""
    with Archive.open(folder, write=False) as archive:
        rows = archive.db.execute(
            """
            SELECT o.name, p.report_year, p.id, count(*)
            FROM reports p JOIN organisations o ON o.id = p.organisation
            JOIN renditions n ON n.report = p.id AND n.format = 'html' JOIN versions v ON v.rendition = n.id
            GROUP BY p.id
            """
        ).fetchall()
    return {(name, year): (report, versions) for name, year, report, versions in rows}


@pytest.mark.parametrize("seed", [None, pytest.param(11, marks=pytest.mark.full)])
def test_a_redesign_loses_no_report_and_reports_none_as_new(seed: int | None, nianbao: Nianbao, folder: Path) -> None:
    with TrsCounty(light=True) as old:
        crawl(old, nianbao, "2025-02-03")
        before = pages_seen(folder)
        new = VsbTown(seed, light=True, at=old)
        summary = crawl(new, nianbao, "2026-02-02")
        after = pages_seen(folder)
    both = before.keys() & after.keys()
    assert len(both) == len(before) >= 20, "every report is known still"
    shown = {tuple(row) for row in _shown_in(folder, 2)} & before.keys()
    assert len(shown) >= 20, "the new site shows most of them"
    assert {key: after[key] for key in shown} == {key: before[key] for key in shown}, "one document, one version"
    fresh = after.keys() - before.keys()
    outcomes = summary["outcomes"]
    assert isinstance(outcomes, dict)
    assert outcomes["not_found"] >= len(before), "the old URLs were asked for"
    assert Counter(_new_in(folder, 2)) == Counter(fresh), "only what was never seen is new"
    with Archive.open(folder, write=False) as archive:
        (one,) = summaries_of(archive, 2, 2025)
        site = find_site(archive, one.site)
    assert [alarm.partition(":")[0] for alarm in one.alarms] == ["layout changed"], one.alarms
    assert site is not None
    assert site.family == "vsb", "the family is remembered as last recognised"


def _shown_in(folder: Path, run: int) -> list[tuple[str, int]]:
    with Archive.open(folder, write=False) as archive:
        return archive.db.execute(
            """
            SELECT DISTINCT o.name, p.report_year
            FROM captures c JOIN sightings g ON g.capture = c.id JOIN versions v ON v.id = g.version
            JOIN renditions n ON n.id = v.rendition AND n.format = 'html' JOIN reports p ON p.id = n.report
            JOIN organisations o ON o.id = p.organisation
            WHERE c.run = :run
            """,
            {"run": run},
        ).fetchall()


def _new_in(folder: Path, run: int) -> list[tuple[str, int]]:
    with Archive.open(folder, write=False) as archive:
        return archive.db.execute(
            """
            SELECT o.name, p.report_year
            FROM versions v JOIN captures c ON c.id = v.first_capture
            JOIN renditions n ON n.id = v.rendition AND n.format = 'html' JOIN reports p ON p.id = n.report
            JOIN organisations o ON o.id = p.organisation
            WHERE c.run = :run
            """,
            {"run": run},
        ).fetchall()
