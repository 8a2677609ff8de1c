"""A run in shares: the same archive as in one process, no host over its rate, nothing lost of what is killed."""

from __future__ import annotations

import math
import os
import signal
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from archive.errors import Damaged
from archive.spread.child import own_release
from archive.spread.cluster import expect_private
from archive.spread.here import Here
from archive.spread.ledger import PARCEL, open_ledger
from archive.spread.parcels import unpack
from archive.spread.slice_child import read_slice
from archive.spread.task import OtherRelease, PlainLink
from archive.store import Archive
from tests.archive.content import difference_of
from tests.crawler.cluster import children_of, until
from tests.crawler.conftest import Nianbao
from tests.crawler.shares import BEYOND, DELAY, SEEDED, a_crowd, alone, asked, crawled, ends_of_tasks, judge, plan_of
from tests.crawler.timeless import seen_in
from tests.portals.crowd import REPORTS


def test_shares_come_to_the_same_archive_as_one_process(tmp_path: Path) -> None:
    with a_crowd() as crowd, closing(Here(3)) as place:
        plan = plan_of(crowd)
        assert crawled(tmp_path / "shares", plan, place) == ""
        log = list(crowd.log)
        assert difference_of(alone(tmp_path / "alone", plan), seen_in(tmp_path / "shares")) == ""
    judge(log, DELAY)
    assert len(log) == len({(one.port, one.path) for one in log}) == len(SEEDED) * (2 + REPORTS) + 3
    # One share for each address, and a second for what was found on another host.
    assert ends_of_tasks(tmp_path / "shares") == {"home": 4}


@pytest.mark.full  # the short form is the first test of this file
def test_a_second_crawl_sends_validators_and_keeps_nothing_twice(tmp_path: Path) -> None:
    with a_crowd() as crowd, closing(Here(3)) as place:
        for folder in ("shares", "alone"):
            for _ in range(2):
                if folder == "shares":
                    crawled(tmp_path / folder, plan_of(crowd, 0.0), place)
                else:
                    alone(tmp_path / folder, plan_of(crowd, 0.0))
        assert difference_of(seen_in(tmp_path / "alone"), seen_in(tmp_path / "shares")) == ""
    with Archive.open(tmp_path / "shares", write=False) as archive:
        assert archive.db.execute("SELECT count(*) FROM captures WHERE revisit_of IS NOT NULL").fetchone()[0] > 10
        assert archive.db.execute("SELECT DISTINCT run FROM captures").fetchall() == [(1,), (2,)]


@pytest.mark.full  # the short form is the first test of this file
def test_a_bound_on_requests_holds_for_all_shares_together(tmp_path: Path) -> None:
    with a_crowd() as crowd, closing(Here(3)) as place:
        crawled(tmp_path, plan_of(crowd, 0.0, most_requests=9), place)
        assert len(crowd.log) == 9
    with Archive.open(tmp_path, write=False) as archive:
        assert archive.db.execute("SELECT count(*) FROM frontier WHERE outcome = 'budget'").fetchone()[0] > 5


@pytest.mark.full  # the short form is the first test of this file
def test_a_robots_txt_that_fails_forbids_in_every_share(tmp_path: Path) -> None:
    """A host whose robots.txt answers 503 is not asked for what another share finds on it later."""

    def before(address: str, path: str) -> tuple[int, dict[str, str]] | None:
        return (503, {"Retry-After": "0"}) if address == BEYOND else None

    with a_crowd(before=before) as crowd, closing(Here(2)) as place:
        assert crawled(tmp_path, plan_of(crowd, 0.0), place) == ""
        assert {one.path for one in crowd.log if one.address == BEYOND} == {"/robots.txt"}


def test_a_lease_that_is_over_sends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.voyages.parties._MOST_FAILURES", 1)
    with a_crowd() as crowd, closing(Here(1)) as place:
        plan = plan_of(crowd, 0.0)
        why = crawled(tmp_path, replace(plan, portals=plan.portals[:1]), place, lease=0.0, grace=30.0)
        assert "no worker gets on" in why
        assert crowd.log == []
    assert set(ends_of_tasks(tmp_path)) == {"home"}


@pytest.mark.full  # the short form is the first test of this file
def test_a_task_that_ends_without_an_answer_is_given_again(tmp_path: Path) -> None:
    with a_crowd() as crowd, closing(Here(3)) as place:
        killed: list[int] = []

        def kill_one() -> None:
            until(lambda: asked(crowd.log, SEEDED[0]) >= 2)
            killed.extend(children_of(os.getpid(), "crawler.voyages.afield"))
            os.kill(killed[0], signal.SIGKILL)

        striker = threading.Thread(target=kill_one)
        striker.start()
        plan = plan_of(crowd)
        assert crawled(tmp_path / "shares", plan, place) == ""
        striker.join()
        judge(list(crowd.log), DELAY)
        ends = ends_of_tasks(tmp_path / "shares")
        assert (ends["over"], ends["home"]) == (1, 4)
        assert difference_of(alone(tmp_path / "alone", plan), seen_in(tmp_path / "shares")) == ""


def test_what_comes_home_late_or_is_no_parcel_is_refused(tmp_path: Path) -> None:
    with Archive.open(tmp_path, write=True) as archive, open_ledger(archive) as ledger:
        first, second = (ledger.lease(1, "127.0.1.1", "cluster", 60) for _ in range(2))
        assert (ledger.is_current(first), ledger.is_current(second)) == (False, True)
        assert [held.host_group for held in ledger.held()] == ["127.0.1.1"]
        ledger.end(second, "home")
    with pytest.raises(Damaged):
        unpack(b"\0\0\0\2{}PK", tmp_path / "parcel")
    # A ledger that was taken away begins after the tokens by which looks are numbered.
    (tmp_path / "tasks.db").unlink()
    with Archive.open(tmp_path, write=True) as archive:
        with archive.writing() as db:
            db.execute("PRAGMA defer_foreign_keys = ON")
            db.execute("INSERT INTO runs VALUES (1, 'c', 's', '2026-01-01T00:00:00Z', NULL, NULL, 'open')")
            db.execute("INSERT INTO resources (id, url, url_key, site) VALUES (1, 'u', 'u', '')")
            db.execute(
                """
                INSERT INTO captures (id, run, resource, url, captured_at, outcome, header, kind, seed, via, link_text,
                    site, location, peer, says, title, published)
                VALUES (1, 1, 1, 'u', '2026-01-01T00:00:00Z', 'timeout', x'', 'column', '', '', '', '', '', '', '', '',
                    '')
                """
            )
            db.execute("INSERT INTO capture_origins VALUES (1, ?)", (7 * PARCEL + 3,))
        with open_ledger(archive) as ledger:
            assert ledger.lease(1, "127.0.1.1", "here", 60) == 8


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("tcp://scheduler.example:8786", "neither encrypted"),
        ("tcp://192.0.2.7:8786", "neither encrypted"),
        ("tcp://localhost.example:8786", "neither encrypted"),
        ("tcp://0.0.0.0:8786", "neither encrypted"),
        ("scheduler.example:8786", "expected tls://"),
        ("ws://127.0.0.1:8786", "expected tls://"),
        ("tls://", "expected tls://"),
    ],
)
def test_a_plain_link_to_another_machine_is_refused(nianbao: Nianbao, address: str, says: str) -> None:
    with pytest.raises(PlainLink, match=says):
        expect_private(address)


def test_the_command_refuses_a_plain_link_before_it_makes_an_archive(nianbao: Nianbao, folder: Path) -> None:
    done = nianbao("crawl", "http://127.0.0.1:9/", "--scheduler", "tcp://192.0.2.7:8786")
    assert (done.returncode, done.stderr.split(":")[1].strip()) == (2, "plain_link"), done.stderr
    done = nianbao("reparse", "--scheduler", "tls://127.0.0.1:8786")
    assert "CA_FILE" in done.stderr
    assert not folder.exists()


def test_a_worker_of_another_release_reads_nothing() -> None:
    release, _, documents = b"0.0.0, parsers 0\n".partition(b"\n")
    with pytest.raises(OtherRelease, match="parsers 0 asks"):
        read_slice(release + b"\n" + documents, math.inf)
    assert read_slice(own_release().encode() + b"\n", math.inf) == b"[]"
