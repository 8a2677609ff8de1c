"""What servers see of a crawl: no group of hosts more than its rate, no group waiting for another, pauses that last."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests import forked
from tests.crawler.conftest import environment
from tests.portals.crowd import REPORTS, Crowd, Host, Logged

PER_HOST = 2 + REPORTS  # robots.txt, the column, its reports
Travel = Callable[..., dict[str, Any]]


@pytest.fixture
def travel(folder: Path) -> Travel:
    """Crawls the hosts of a crowd into this test's archive → how the run stands (see travel.py)."""

    def run(hosts: list[Host], delay: float, now: str = "", **more: Any) -> dict[str, Any]:
        own: dict[str, dict[str, Any]] = more.pop("portals", {})
        portals = [{"netloc": host.netloc, **own.get(host.netloc, {})} for host in hosts]
        options = {"folder": str(folder), "delay": delay, "portals": portals, **more}
        done = forked.run(
            [sys.executable, Path(__file__).with_name("travel.py"), json.dumps(options)],
            env=environment(**({"NIANBAO_NOW": now} if now else {})),
            timeout=170,
        )
        assert done.returncode == 0, done.stderr
        stands: dict[str, Any] = json.loads(done.stdout)
        return stands

    return run


def gaps(requests: list[Logged]) -> list[float]:
    """Seconds from the arrival of each request to that of the next."""
    arrivals = sorted(one.began for one in requests)
    return [later - earlier for earlier, later in pairwise(arrivals)]


def test_no_group_of_forty_hosts_sees_more_than_its_rate(travel: Travel) -> None:
    """40 hosts in 12 groups: eleven addresses, and one platform declared by name that has three addresses."""
    delay, slower = 0.2, 0.5
    platform = ["127.0.0.21", "127.0.0.22", "127.0.0.23"]
    single = [f"127.0.0.{number}" for number in range(1, 12)]
    addresses = [single[n % 11] for n in range(34)] + platform * 2
    robots = {single[10]: f"User-agent: *\nCrawl-delay: {slower}\n"}
    with Crowd(addresses, robots) as crowd:
        shared = {host.netloc: {"group": "shared platform"} for host in crowd.hosts if host.address in platform}
        stands = travel(crowd.hosts, delay, portals=shared)
        log = list(crowd.log)
    assert len(crowd.hosts) == 40
    assert len(log) == 40 * PER_HOST
    assert stands["outcomes"] == {"fetched": 40 * (1 + REPORTS) + 3, "not_found": 37}
    groups: dict[str, list[Logged]] = {}
    for one in log:
        groups.setdefault("platform" if one.address in platform else one.address, []).append(one)
    assert len(groups) == 12
    for name, requests in groups.items():
        # The first request to a host is for its robots.txt, so the slower rate holds from the second request on.
        least = slower if name == single[10] else delay
        assert min(gaps(requests)[1:]) >= least, name
        assert min(gaps(requests)) >= delay, name
        in_order = sorted(requests, key=lambda one: one.began)
        assert all(earlier.ended <= later.began for earlier, later in pairwise(in_order)), f"{name}: two at once"
    whole = max(one.ended for one in log) - min(one.began for one in log)
    apart = [max(one.ended for one in group) - min(one.began for one in group) for group in groups.values()]
    assert whole < 0.4 * sum(apart), "groups are asked side by side"


def test_a_slow_group_does_not_hold_up_another(travel: Travel) -> None:
    with Crowd(["127.0.0.31", "127.0.0.32"], answer_time={"127.0.0.31": 0.8}) as crowd:
        travel(crowd.hosts, 0.05)
        log = list(crowd.log)
    slow = [one for one in log if one.address == "127.0.0.31"]
    quick = [one for one in log if one.address == "127.0.0.32"]
    assert len(slow) == len(quick) == PER_HOST
    assert max(one.ended for one in quick) < sorted(one.ended for one in slow)[2]
    rests = [later.began - earlier.ended for earlier, later in pairwise(sorted(slow, key=lambda one: one.began))]
    assert rests[-1] > 0.4, "a server that takes 0.8 s is given a rest that grows towards that"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("3600", 3600), ("Tue, 20 Jan 2026 03:00:00 GMT", 7200), ("315360000", 7 * 86_400)],
    ids=["seconds", "date", "ten years"],
)
def test_a_pause_holds_for_the_group_and_over_a_restart(said: str, seconds: int, travel: Travel) -> None:
    begun = datetime(2026, 1, 20, 1, 0, tzinfo=UTC)
    busy = [True]

    def before(address: str, path: str) -> tuple[int, dict[str, str]] | None:
        return (503, {"Retry-After": said}) if busy[0] and path == "/nb/" else None

    with Crowd(["127.0.0.41", "127.0.0.41"], before=before) as crowd:
        first = travel(crowd.hosts, 0.05, now=begun.isoformat())
        assert [one.path for one in crowd.log].count("/nb/") == 1, "the other host of the group is not asked either"
        ((group, until, why),) = first["pauses"]
        assert group == "127.0.0.41"
        assert datetime.fromisoformat(until) - begun == timedelta(seconds=seconds)
        assert "answered 503" in why
        assert "127.0.0.41 until 2026-01-" in first["stuck"]
        busy[0] = False
        asked = len(crowd.log)
        soon = begun + timedelta(seconds=seconds - 610)
        assert travel(crowd.hosts, 0.05, now=soon.isoformat())["stuck"]
        assert len(crowd.log) == asked, "another process keeps the pause"
        later = begun + timedelta(seconds=seconds)
        # A run of more than seven days is closed, and another begun.
        assert travel(crowd.hosts, 0, now=later.isoformat())["outcomes"]["fetched"] >= 2 * REPORTS
        assert len(crowd.log) > asked


@pytest.mark.parametrize("said", ["-5", "when the moon is full", ""])
def test_a_pause_that_cannot_be_read_is_one_of_our_own(said: str, travel: Travel) -> None:
    busy = [1]

    def before(address: str, path: str) -> tuple[int, dict[str, str]] | None:
        if path != "/nb/" or not busy:
            return None
        busy.pop()
        return (429, {"Retry-After": said} if said else {})

    with Crowd(["127.0.0.42", "127.0.0.42"], before=before) as crowd:
        assert travel(crowd.hosts, 0.1)["outcomes"] == {"fetched": 2 * (1 + REPORTS), "not_found": 2}
        refused = next(number for number, one in enumerate(crowd.log) if one.path == "/nb/")
        assert crowd.log[refused + 1].began - crowd.log[refused].ended >= 1.5, "fifteen delays, the whole group"


def test_after_a_busy_answer_the_rate_is_half_until_one_is_good(travel: Travel) -> None:
    busy = [1, 1]

    def before(address: str, path: str) -> tuple[int, dict[str, str]] | None:
        return (503, {"Retry-After": "0"}) if path == "/nb/" and busy and busy.pop() else None

    with Crowd(["127.0.0.43"], before=before) as crowd:
        travel(crowd.hosts, 0.2)
    rests = [later.began - earlier.ended for earlier, later in pairwise(crowd.log)]
    assert [one.path for one in crowd.log[:4]] == ["/robots.txt", "/nb/", "/nb/", "/nb/"]
    assert rests[1] >= 0.4
    assert rests[2] >= 0.8
    assert min(rests) >= 0.2


def test_robots_that_cannot_be_had_is_asked_again_before_the_run_ends(travel: Travel) -> None:
    """One host's robots.txt fails four times and is had at the fifth; meanwhile another host is crawled whole."""
    failures = [1, 1, 1]

    def before(address: str, path: str) -> tuple[int, dict[str, str]] | None:
        failing = address == "127.0.0.44" and path == "/robots.txt" and bool(failures and failures.pop())
        return (500, {}) if failing else None

    with Crowd(["127.0.0.44", "127.0.0.45"], before=before) as crowd:
        stands = travel(crowd.hosts, 0.02)
    assert stands["outcomes"] == {"fetched": 2 * (1 + REPORTS), "not_found": 2}
    asked = [one.path for one in crowd.log if one.address == "127.0.0.44"]
    assert asked[:5] == ["/robots.txt"] * 4 + ["/nb/"]
    other = max(one.ended for one in crowd.log if one.address == "127.0.0.45")
    assert [one.began for one in crowd.log if one.address == "127.0.0.44"][3] > other, "last of all"
    assert {netloc.partition(":")[0]: states for netloc, states in stands["robots"].items()} == {
        "127.0.0.44": [["absent", 0.0]],
        "127.0.0.45": [["absent", 0.0]],
    }


def test_a_budget_is_one_sites_alone(travel: Travel) -> None:
    with Crowd(["127.0.0.46", "127.0.0.47"]) as crowd:
        scarce, plenty = crowd.hosts
        stands = travel(crowd.hosts, 0, portals={scarce.netloc: {"budget": 3}})
    asked = [one.port for one in crowd.log]
    assert (asked.count(scarce.port), asked.count(plenty.port)) == (3, PER_HOST)
    assert stands["outcomes"] == {"budget": REPORTS - 1, "fetched": 2 + 1 + REPORTS, "not_found": 2}


def test_requests_are_sent_at_their_hours_alone(travel: Travel) -> None:
    with Crowd(["127.0.0.48"]) as crowd:
        day = travel(crowd.hosts, 0, now="2026-01-20T13:59:59Z", hours=[22, 7])  # 21:59 in China
        assert day["stuck"] == "it is not the hour for requests"
        assert crowd.log == []
        night = travel(crowd.hosts, 0, now="2026-01-20T14:00:00Z", hours=[22, 7])
        assert (night["stuck"], len(crowd.log)) == ("", PER_HOST)
