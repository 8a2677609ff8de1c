"""What status says of the season: states, the last night, alarms, pauses, hosts whose robots.txt cannot be had."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from seasons import MAIN

from archive.capture import Capture, Target
from archive.frontier import acknowledge, add_targets, lease_targets
from archive.noted.listings import Listing
from archive.register import put_sites
from archive.runs.hosts import Pause, note_robots, put_pause
from archive.runs.run import Run, begin_run, end_run
from archive.season.status import season_facts, season_lines
from archive.season.summaries import missing_bodies, sites_under_way
from archive.store import Archive

NOW = datetime(2026, 2, 10, 14, tzinfo=UTC)
COLUMN = "http://www.shili.example/nb/"
SEASON = "season year=2025"


@pytest.fixture(autouse=True)
def in_february(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANBAO_NOW", NOW.isoformat())


def night(archive: Archive, reports: int, scope: str = SEASON, *, end: bool = True) -> Run:
    """One night: a column with so many reports, and a second one that answers with a challenge."""
    put_sites(archive, [MAIN])
    run = begin_run(archive, "nianbao season", scope)
    urls = [COLUMN, f"{COLUMN}bm/"]
    add_targets(archive, run, [Target(url, "column", url, site=MAIN.code) for url in urls])
    for lease in lease_targets(archive, run, 2 if end else 1):
        challenged = lease.target.url != COLUMN
        capture = Capture(
            lease.target.url, NOW, "challenge" if challenged else "fetched", 200, kind="column", site=MAIN.code
        )
        acknowledge(archive, run, lease, capture, (), None if challenged else Listing(COLUMN, reports + 2, reports))
    if end:
        end_run(archive, run)
    return run


def test_an_archive_without_portals_has_no_season(archive: Archive) -> None:
    assert season_lines(archive) == []
    assert season_facts(archive)["last_night"] is None


def test_the_facts_of_a_season(archive: Archive) -> None:
    night(archive, 20)
    run = night(archive, 17)
    put_pause(archive, Pause("192.0.2.1", NOW + timedelta(hours=3), "status 429, Retry-After 10800"))
    note_robots(archive, run, "www.shili.example:80", "rules", "http://www.shili.example/robots.txt", 0.0, "")
    note_robots(archive, run, "gaj.shili.example:80", "unreachable", "http://gaj.shili.example/robots.txt", 0, "503")
    facts: dict[str, Any] = season_facts(archive)
    assert (facts["year"], facts["on"]) == (2025, "2026-02-10")
    # Two bodies of the registry have published nothing: their deadline is over, and the column was challenged.
    assert facts["states"]["missing"] + facts["states"]["not_knowable"] == 2
    last = facts["last_night"]
    assert (last["run"], last["state"], last["year"], last["sites"], last["open"]) == (run.id, "done", 2025, 1, 0)
    alarm = f"list shrank: 17 reports where there were 20 ({COLUMN})"
    assert last["failed"] == {"shili": ["challenge 1", alarm]}
    assert [(one["site"], one["code"], one["run"]) for one in facts["alarms"]] == [("shili", "shrank", run.id)]
    assert [(one["host_group"], one["until"]) for one in facts["pauses"]] == [("192.0.2.1", "2026-02-10T17:00:00Z")]
    assert [one["host"] for one in facts["robots_unreachable"]] == ["gaj.shili.example:80"]
    lines = season_lines(archive, "nianbao --archive x")
    assert lines[0].startswith("reports on 2025, on 2026-02-10: ")
    assert "run 2 (done), " in lines[1]
    assert "1 sites, 1 with something that failed" in lines[1]
    assert lines[2] == f"  shili: challenge 1; {alarm}"
    assert "paused: 192.0.2.1 until 2026-02-10T17:00:00Z: status 429, Retry-After 10800" in lines
    assert lines[-1] == "due tonight: nianbao --archive x season --dry-run"
    assert len(lines) == 6, "what a site's line has said is not said again"


def test_a_night_that_is_not_over(archive: Archive) -> None:
    night(archive, 20, end=False)
    last = season_facts(archive)["last_night"]
    assert (last["state"], last["open"], last["failed"]) == ("open", 1, {})
    assert "1 URLs left" in season_lines(archive)[1]
    assert sites_under_way(archive, SEASON) == {MAIN.code}
    assert sites_under_way(archive, "season year=2024") == frozenset()


def test_an_alarm_of_a_crawl_is_told_too(archive: Archive) -> None:
    night(archive, 20, "crawl shili year=any")
    night(archive, 19, "crawl shili year=any")
    lines = season_lines(archive)
    assert f"list shrank: shili: 19 reports where there were 20 ({COLUMN}, run 2)" in lines
    assert not [line for line in lines if line.startswith("last night")]


def test_bodies_without_a_report_are_counted_by_site(archive: Archive) -> None:
    put_sites(archive, [MAIN])
    assert missing_bodies(archive, 2020) == {MAIN.code: len(MAIN.bodies)}
