"""Hosts with something in the frontier are known without reading all of them anew."""

from __future__ import annotations

import ipaddress
import random
import threading
import time
from contextlib import closing
from pathlib import Path

from archive.capture import Target
from archive.frontier import add_targets, close_targets, lease_targets, queued_netlocs
from archive.runs.run import begin_run
from archive.store import Archive
from archive.urls import netloc_of
from crawler.manners.groups import Groups
from crawler.manners.open_hosts import OpenHosts

ADDRESS = ipaddress.ip_address("127.0.0.1")


def test_what_is_told_of_is_what_a_look_at_the_frontier_finds(tmp_path: Path) -> None:
    """By chance URLs come and are taken: the hosts are those of the frontier, each in its group."""
    chance = random.Random(9)
    hosts = [f"127.0.{number % 7}.{number}" for number in range(1, 40)]
    groups = Groups({host: host.split(".")[2] for host in hosts[:20]})
    with closing(groups), Archive.open(tmp_path, write=True) as archive:
        run = begin_run(archive, "crawl", "crawl")
        every = OpenHosts(archive, run, groups, None)
        some = OpenHosts(archive, run, groups, frozenset(f"{host}:80" for host in hosts[::3]))
        for turn in range(150):
            url = f"http://{chance.choice(hosts)}/{turn}"
            if chance.random() < 0.6:
                add_targets(archive, run, [Target(url, "article", seed=url)])
            else:
                lease_targets(archive, run, chance.randrange(3), [netloc_of(url)])
            for known in (every, some):
                known.look_at([netloc_of(url)])
            queued = queued_netlocs(archive, run)
            assert sorted(every.every()) == sorted(queued)
            assert set(some.every()) == set(queued) & {f"{host}:80" for host in hosts[::3]}
            by_group = every.by_group()
            assert {netloc: group for group, netlocs in by_group.items() for netloc in netlocs} == {
                netloc: groups.group_of(netloc) for netloc in queued
            }
            assert all(by_group.values())
        with archive.writing() as db:
            close_targets(db, run.id, "abandoned")
        every.forget()
        assert every.every() == ()


def test_a_host_has_no_turn_while_its_name_is_looked_up(tmp_path: Path) -> None:
    may_answer = threading.Event()

    def resolve(_: str) -> tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, ...]:
        may_answer.wait(30)
        return (ADDRESS,)

    groups = Groups({}, resolve)
    with closing(groups), Archive.open(tmp_path, write=True) as archive:
        run = begin_run(archive, "crawl", "crawl")
        add_targets(archive, run, [Target("http://a.example/", "article", seed="http://a.example/")])
        known = OpenHosts(archive, run, groups, None)
        assert (dict(known.by_group()), known.is_seeking) == ({}, True)
        may_answer.set()
        while known.is_seeking:
            known.by_group()
            time.sleep(0.01)
        assert {group: list(hosts) for group, hosts in known.by_group().items()} == {"127.0.0.1": ["a.example:80"]}
