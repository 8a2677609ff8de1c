"""Runs and their URLs: leased, acknowledged, handed back, resumed, abandoned; every one ends in one outcome."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.capture import Capture, Target
from archive.errors import Conflict, NotFound
from archive.frontier import (
    acknowledge,
    add_targets,
    count_open,
    lease_targets,
    record_capture,
    validators,
)
from archive.resources import last_good_payload
from archive.runs.run import begin_run, end_run, summarise_run
from archive.store import Archive

AT = datetime(2025, 1, 1, tzinfo=UTC)


def target(path: str, priority: int = 0) -> Target:
    return Target(f"http://a.example/{path}", "column", "http://a.example/", priority=priority)


def look(url: str, outcome: str = "fetched", status: int | None = 200, body: bytes = b"x") -> Capture:
    return Capture(
        url,
        AT,
        outcome,
        status,
        b'HTTP/1.1 200 OK\r\nETag: "q"\r\nContent-Length: 4\r\n\r\n',
        body,
        body,
        kind="column",
    )


def test_highest_priority_first_then_oldest(archive: Archive) -> None:
    run = begin_run(archive, "crawl", "a")
    assert add_targets(archive, run, [target("1"), target("2", 5), target("3", 5), target("4"), target("1#top")]) == 4
    leased = [lease.target.url[-1] for lease in lease_targets(archive, run, 3)]
    assert leased == ["2", "3", "1"]
    assert [lease.target.url[-1] for lease in lease_targets(archive, run, 3)] == ["4"]
    assert lease_targets(archive, run, 3) == []
    assert count_open(archive, run) == 4


def test_a_lease_is_acknowledged_once_and_a_second_time_leaves_no_trace(archive: Archive) -> None:
    run = begin_run(archive, "crawl", "a")
    add_targets(archive, run, [target("1")])
    (lease,) = lease_targets(archive, run, 1)
    acknowledge(archive, run, lease, look(lease.target.url), [target("2"), target("1"), target("2")])
    with pytest.raises(Conflict):
        acknowledge(archive, run, lease, look(lease.target.url), [target("3")])
    assert archive.db.execute("SELECT count(*) FROM captures").fetchone() == (1,)
    assert [one.target.url[-1] for one in lease_targets(archive, run, 9)] == ["2"]


def test_the_bytes_of_the_wire_are_kept_where_they_differ(archive: Archive) -> None:
    run = begin_run(archive, "crawl", "a")
    capture = Capture(
        "http://a.example/", AT, "fetched", 200, b"HTTP/1.1 200 OK\r\n\r\n", b"2\r\nab\r\n0\r\n\r\n", b"ab"
    )
    record_capture(archive, run, capture)
    record_capture(archive, run, look("http://a.example/2", body=b"ab"))
    rows = archive.db.execute("SELECT header, payload IS NULL, wire IS NULL FROM captures ORDER BY id").fetchall()
    assert rows == [(b"HTTP/1.1 200 OK\r\n\r\n", 0, 0), (look("x").header, 0, 1)]


def test_validators_of_the_last_good_look_survive_a_bad_one(archive: Archive) -> None:
    for outcome, status, body in (
        ("fetched", 200, b"list"),
        ("server_error", 503, b"busy"),
        ("not_modified", 304, b""),
    ):
        run = begin_run(archive, "crawl", "a")
        add_targets(archive, run, [target("1")])
        (lease,) = lease_targets(archive, run, 1)
        assert lease.etag == ("" if outcome == "fetched" else '"q"')
        acknowledge(archive, run, lease, look(lease.target.url, outcome, status, body))
        end_run(archive, run)
    assert last_good_payload(archive, "HTTP://A.EXAMPLE:80/1#x") == b"list"
    assert archive.db.execute("SELECT revisit_of, revisit_profile FROM captures WHERE id = 3").fetchone() == (
        1,
        "server-not-modified",
    )


def test_validators_are_read_in_any_case() -> None:
    header = (
        b'HTTP/1.1 200 \xc4\xea\r\nlast-modified:  Mon, 20 Jan 2025 01:00:00 GMT \r\nETAG: W/"1"\r\nX: \xff\r\n\r\n'
    )
    assert validators(header) == ('W/"1"', "Mon, 20 Jan 2025 01:00:00 GMT")
    assert validators(b"") == ("", "")
    hinted = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nETag: b\r\n\r\n"
    assert validators(hinted) == ("b", "")


def test_the_same_scope_goes_on_and_another_begins(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANBAO_NOW", "2025-01-01T00:00:00Z")
    run = begin_run(archive, "crawl a", "a")
    add_targets(archive, run, [target("1"), target("2")])
    lease_targets(archive, run, 1)
    other = begin_run(archive, "crawl b", "b")
    assert (other.resumed, other.id) == (False, 2)
    monkeypatch.setenv("NIANBAO_NOW", "2025-01-07T23:00:00Z")
    again = begin_run(archive, "crawl a", "a")
    assert (again.resumed, again.id, again.started_at) == (True, run.id, "2025-01-01T00:00:00Z")
    assert len(lease_targets(archive, again, 9)) == 2  # the lease was handed back


def test_after_seven_days_a_run_is_closed_first(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANBAO_NOW", "2025-01-01T00:00:00Z")
    run = begin_run(archive, "crawl a", "a")
    add_targets(archive, run, [target("1"), target("2"), target("3")])
    first, _ = lease_targets(archive, run, 2)
    acknowledge(archive, run, first, look(first.target.url))
    monkeypatch.setenv("NIANBAO_NOW", "2025-01-08T00:00:01Z")
    new = begin_run(archive, "crawl a", "a")
    assert (new.resumed, new.id) == (False, 2)
    closed = summarise_run(archive, run.id)
    assert (closed["state"], closed["outcomes"]) == ("abandoned", {"abandoned": 2, "fetched": 1})
    assert count_open(archive, run) == 0


def test_summary_counts_what_went_on_the_wire(archive: Archive) -> None:
    run = begin_run(archive, "crawl a", "a")
    add_targets(archive, run, [target(str(number)) for number in range(4)])
    for lease, outcome in zip(
        lease_targets(archive, run, 4), ("fetched", "robots_disallowed", "timeout", "budget"), strict=True
    ):
        acknowledge(archive, run, lease, look(lease.target.url, outcome, 200 if outcome == "fetched" else None, b""))
    summary = end_run(archive, run)
    assert (summary["captures"], summary["requests"]) == (4, 2)
    assert summary["outcomes"] == {"budget": 1, "fetched": 1, "robots_disallowed": 1, "timeout": 1}
    with pytest.raises(NotFound):
        summarise_run(archive, 99)


def test_hostile_text_is_kept_and_breaks_nothing(archive: Archive, folder: Path) -> None:
    run = begin_run(archive, "crawl a", "a")
    strange = Target("http://[::1/\ud800\x00", "other", "'; DROP TABLE runs; --", link_text="\udfff\x00年报")
    assert add_targets(archive, run, [strange]) == 1
    (lease,) = lease_targets(archive, run, 1)
    assert lease.target.link_text == "?\x00年报"
    acknowledge(archive, run, lease, Capture(lease.target.url, AT, "off_scope", title="\ud800"))
    assert end_run(archive, run)["outcomes"] == {"off_scope": 1}
