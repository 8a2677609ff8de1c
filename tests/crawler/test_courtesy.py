"""The rate of a group of hosts: never faster than asked, slower with the server, and one at a time."""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.connection.addresses import Address
from crawler.manners.courtesy import SLOWEST, Courtesy
from crawler.manners.groups import Groups, resolve_name


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


def ask(courtesy: Courtesy, clock: Clock, group: str, seconds: float, strained: bool = False) -> float:
    """One request of so many seconds → how long the group then rests."""
    courtesy.send(group)
    assert courtesy.wait(group) == math.inf, "one at a time"
    clock.time += seconds
    courtesy.settle(group, strained=strained)
    return courtesy.wait(group)


def test_a_group_rests_for_its_delay_and_up_to_half_more() -> None:
    clock, chances = Clock(), [0.0, 0.5, 1.0]
    courtesy = Courtesy(2.0, clock, lambda: chances.pop(0))
    assert courtesy.wait("a") == 0.0
    rests = []
    for _ in range(3):
        rests.append(ask(courtesy, clock, "a", 0.1))
        clock.time += rests[-1]
    assert rests == [2.0, 2.5, 3.0]
    assert courtesy.wait("b") == 0.0


def test_it_rests_longer_while_the_server_is_busy_or_slow() -> None:
    clock = Clock()
    courtesy = Courtesy(2.0, clock, lambda: 0.0)
    assert [ask(courtesy, clock, "a", 0.1, strained=strained) for strained in (True, True, False)] == [4.0, 8.0, 2.0]
    slow = [ask(courtesy, clock, "b", 30.0) for _ in range(20)]
    assert slow == sorted(slow)
    assert 29.0 < slow[-1] <= 30.0, "at least as long as an answer takes"
    assert max(ask(courtesy, clock, "c", 500.0, strained=True) for _ in range(20)) == SLOWEST
    assert Courtesy(90.0, clock, lambda: 0.0).interval("a") == 90.0, "what was asked for is never shortened"


def test_crawl_delay_and_pauses_are_kept() -> None:
    clock = Clock()
    courtesy = Courtesy(2.0, clock, lambda: 0.0, first_due=clock() + 2.0)
    assert courtesy.wait("a") == 2.0, "an earlier process may have asked just now"
    courtesy.slow_down("a", 10.0)
    assert courtesy.wait("a") == 10.0
    courtesy.slow_down("a", 5.0)
    assert courtesy.interval("a") == 10.0, "the slowest host of a group speaks for it"
    courtesy.pause("b", 100.0)
    courtesy.pause("b", 50.0)
    assert courtesy.wait("b") == 100.0
    clock.time += 101.0
    assert courtesy.wait("b") == 0.0


@given(st.lists(st.tuples(st.floats(0, 100), st.booleans(), st.floats(0, 1), st.floats(0, 30)), max_size=30))
def test_no_history_makes_it_faster_than_its_delay(history: list[tuple[float, bool, float, float]]) -> None:
    clock = Clock()
    chances = [chance for *_, chance, _ in history]
    courtesy = Courtesy(2.0, clock, lambda: chances.pop(0))
    asked_for = 0.0
    for seconds, strained, _, crawl_delay in history:
        courtesy.slow_down("a", crawl_delay)
        asked_for = max(asked_for, crawl_delay)
        assert ask(courtesy, clock, "a", seconds, strained) >= max(2.0, asked_for) - 1e-6
        clock.time += courtesy.wait("a")


def addresses(*texts: str) -> tuple[Address, ...]:
    return tuple(ipaddress.ip_address(text) for text in texts)


def test_hosts_are_grouped_by_name_declared_then_by_address() -> None:
    known = {
        "a.example": addresses("192.0.2.7", "192.0.2.3"),
        "b.example": addresses("192.0.2.3", "2001:db8::1"),
        "c.example": addresses("2001:db8::1"),
        "d.example": (),
        "e.example": addresses("192.0.2.3"),
    }
    groups = Groups({"e.example": "platform", "127.0.0.1:81": "platform"}, lambda host: known[host])

    def group_of(netloc: str) -> str:
        deadline = time.monotonic() + 10
        while (group := groups.group_of(netloc)) is None:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        return group

    netlocs = ("a.example:80", "a.example:8080", "b.example:443", "c.example:80", "d.example:80", "e.example:80")
    assert [group_of(netloc) for netloc in netlocs] == [
        "192.0.2.3",
        "192.0.2.3",
        "192.0.2.3",
        "2001:db8::1",
        "d.example",
        "platform",
    ]
    assert [group_of(f"{host}:81") for host in ("127.0.0.1", "127.0.0.2", "[::1]", "2130706433")] == [
        "platform",
        "127.0.0.2",
        "::1",
        "127.0.0.1",
    ]
    groups.close()


def test_a_name_is_looked_up_once_and_nobody_waits_for_it() -> None:
    asked: list[str] = []
    go_on = threading.Event()

    def slow(host: str) -> Iterable[Address]:
        asked.append(host)
        go_on.wait(10)
        return addresses("192.0.2.1")

    groups = Groups({}, slow)
    assert groups.group_of("a.example:80") is None
    assert groups.group_of("a.example:443") is None
    assert groups.group_of("192.0.2.9:80") == "192.0.2.9"
    go_on.set()
    deadline = time.monotonic() + 10
    while groups.group_of("a.example:80") is None and time.monotonic() < deadline:
        time.sleep(0.001)
    assert groups.group_of("a.example:443") == "192.0.2.1"
    assert asked == ["a.example"]
    groups.close()


@pytest.mark.parametrize("host", ["no-such-host.example", "a" * 70 + ".example", "xn--\udcff"])
def test_a_name_that_nobody_knows_has_no_address(host: str) -> None:
    assert resolve_name(host) == ()
    assert ipaddress.ip_address("127.0.0.1") in resolve_name("localhost")
