"""From nothing but their home pages: every family's reports are found, no look-alike is, every list is walked."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest

from archive.noted.listings import list_alarms
from archive.store import Archive
from crawler.families import families
from tests import forked
from tests.crawler.conftest import command, environment
from tests.portals.served import Portal, portals

PORTALS = portals()
SEEDS = (pytest.param(None, marks=pytest.mark.full), 7, pytest.param(4242, marks=pytest.mark.full))
_MOST_REQUESTS = 3  # for one report

Journey = tuple[dict[str, Portal], dict[str, object], Path]


@pytest.fixture(scope="module", params=SEEDS, ids=lambda seed: "as-is" if seed is None else f"shuffled-{seed}")
def journey(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Journey:
    """Every portal after one crawl of all from their home pages, with what the command said and the archive."""
    folder = tmp_path_factory.mktemp("discovery") / "archive"
    with contextlib.ExitStack() as open_portals:
        served = {name: open_portals.enter_context(kind(request.param)) for name, kind in PORTALS.items()}
        homes = [portal.home for portal in served.values()]
        allowed = [word for portal in served.values() for host in portal.netlocs for word in ("--allow-host", host)]
        done = forked.run(
            command(folder, "crawl", *homes, *allowed, "--delay", "0", "--json"), env=environment(), timeout=600
        )
    assert done.returncode == 4, done.stderr  # the challenges and captchas are not evaded
    return served, json.loads(done.stdout), folder


def test_every_family_is_imitated() -> None:
    assert set(PORTALS) == set(families())
    for kind in PORTALS.values():
        portal = kind(light=True)
        portal.close()
        assert len(portal.rows) >= 25, kind.NAME
        assert len(portal.netlocs) >= 2, kind.NAME
        assert portal.look_alikes, kind.NAME


@pytest.mark.parametrize("name", sorted(PORTALS))
def test_a_portal_is_found_from_its_home_page(name: str, journey: Journey) -> None:
    portal = journey[0][name]
    asked = set(portal.asked)
    assert not portal.look_alikes & asked
    assert portal.rows - portal.shown == set(), "every list is walked to its end"
    taken = portal.reports & asked
    assert len(taken) >= 0.99 * len(portal.reports), sorted(portal.reports - asked)[:5]
    assert len(portal.asked) <= _MOST_REQUESTS * len(taken)
    for urls in portal.one_of:
        assert len(urls & asked) == 1, f"one document under several URLs: {urls & asked}"
    assert not [url for url in asked if any(url.startswith(start) for start in portal.never)]
    assert not [url for url in asked if "jsessionid" in url]


def test_the_journey_is_told(journey: Journey) -> None:
    served, said, folder = journey
    assert said["requests"] == sum(len(portal.log) for portal in served.values())
    outcomes = said["outcomes"]
    assert isinstance(outcomes, dict)
    assert outcomes["challenge"] == sum(portal.challenges for portal in served.values())
    assert outcomes["soft_404"] >= 1
    with Archive.open(folder, write=False) as archive:
        assert list_alarms(archive, 1) == ()
        (says,) = archive.db.execute("SELECT group_concat(says) FROM captures").fetchone()
    assert "法治政府建设年度报告" in says
