"""How a portal answered: what ``sites show`` says of its robots.txt, its looks and its lists."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.capture import Capture, Target
from archive.frontier import acknowledge, add_targets, lease_targets
from archive.noted.listings import Listing
from archive.runs.run import begin_run, end_run
from archive.store import Archive
from crawler.registry import Portal
from crawler.seen import look_back

COLUMN = "http://a.example/nb/"
PORTAL = Portal("demo", "示例县人民政府", "150824", "http://a.example/", ("a.example",))


def test_alarms_of_the_last_look_are_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Archive.open(folder, write=True) as archive:
        for day, site, reports in ((10, "demo", 20), (17, "demo", 17), (18, "other", 3), (19, "other", 1)):
            monkeypatch.setenv("NIANBAO_NOW", f"2026-02-{day}T14:00:00Z")
            run = begin_run(archive, "nianbao season", "season year=2025")
            url = COLUMN if site == "demo" else "http://b.example/nb/"
            add_targets(archive, run, [Target(url, "column", url, site=site)])
            (lease,) = lease_targets(archive, run, 1)
            capture = Capture(url, datetime(2026, 2, day, tzinfo=UTC), "fetched", 200, kind="column", site=site)
            acknowledge(archive, run, lease, capture, (), Listing(url, reports, reports))
            end_run(archive, run)
        seen = look_back(archive, PORTAL)
        assert seen["looks"] == ["2026-02-10 run 1: whole", "2026-02-17 run 2: whole"]
        assert seen["alarms"] == [f"shrank: 17 reports where there were 20 ({COLUMN}, run 2)"]
        assert look_back(archive, Portal("never", "", "", "http://c.example/", ("c.example",)))["alarms"] == []
