"""What hosts asked of us outlives the process; an archive of the first release learns of it."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from archive import schema
from archive.capture import Target
from archive.frontier import add_targets, lease_targets, queued_netlocs
from archive.runs.hosts import Pause, list_pauses, note_robots, put_pause, robots_state
from archive.runs.run import begin_run
from archive.store import Archive

NOW = datetime(2026, 1, 20, 1, tzinfo=UTC)


def test_pauses_last_until_they_are_over(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANBAO_NOW", NOW.isoformat())
    hour, day = timedelta(hours=1), timedelta(days=1)
    put_pause(archive, Pause("192.0.2.1", NOW + day, "a day"))
    put_pause(archive, Pause("192.0.2.1", NOW + hour, "an hour"))
    put_pause(archive, Pause("platform", NOW + hour, "an hour"))
    assert list_pauses(archive) == (
        Pause("platform", NOW + hour, "an hour"),
        Pause("192.0.2.1", NOW + day, "a day"),
    ), "a shorter pause does not shorten a longer one"
    monkeypatch.setenv("NIANBAO_NOW", (NOW + hour).isoformat())
    assert [pause.host_group for pause in list_pauses(archive)] == ["192.0.2.1"]
    put_pause(archive, Pause("192.0.2.1", NOW + 2 * day, "two days"))
    assert archive.db.execute("SELECT host_group, why FROM pauses").fetchall() == [("192.0.2.1", "two days")]


def test_robots_of_each_port_as_last_seen(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANBAO_NOW", NOW.isoformat())
    run = begin_run(archive, "crawl", "a")
    note_robots(archive, run, "a.example:80", "unreachable", "http://a.example/robots.txt", 0.0, "status 500")
    note_robots(archive, run, "a.example:80", "rules", "http://a.example/robots.txt", 5.0, "")
    note_robots(archive, run, "a.example:443", "absent", "https://a.example/robots.txt", 0.0, "")
    note_robots(archive, run, "b.a.example:80", "absent", "http://b.a.example/robots.txt", 0.0, "")
    seen = robots_state(archive, "A.example")
    assert [(one.netloc, one.state, one.delay) for one in seen] == [
        ("a.example:443", "absent", 0.0),
        ("a.example:80", "rules", 5.0),
    ]
    assert {(one.run, one.seen_at) for one in seen} == {(run.id, "2026-01-20T01:00:00Z")}
    assert [one.netloc for one in robots_state(archive, "a.example:80")] == ["a.example:80"]
    assert robots_state(archive, "example") == ()


def test_leases_of_some_hosts_alone(archive: Archive) -> None:
    run = begin_run(archive, "crawl", "a")
    urls = ["http://a.example/1", "https://a.example/2", "http://A.example:80/3", "http://b.example/4", "http://[x/"]
    add_targets(archive, run, [Target(url, "column", url, priority=n) for n, url in enumerate(urls)])
    assert queued_netlocs(archive, run) == ("", "a.example:443", "a.example:80", "b.example:80")
    assert [one.target.url for one in lease_targets(archive, run, 9, ["a.example:80"])] == [urls[2], urls[0]]
    assert lease_targets(archive, run, 9, []) == []
    assert [one.target.url for one in lease_targets(archive, run, 9, ["", "a.example:443"])] == [urls[4], urls[1]]
    assert queued_netlocs(archive, run) == ("b.example:80",)
    assert [one.target.url for one in lease_targets(archive, run, 9)] == [urls[3]]


def test_an_archive_of_the_first_release_goes_on(folder: Path) -> None:
    """Its open run's URLs get their hosts, and are handed out."""
    folder.mkdir()
    first = Migrations("nianbao.archive")
    first(name="0001_first")(schema.make_archive)
    db = Database(sqlite3.connect(folder / "archive.db"))
    first.apply(db)
    db.execute("INSERT INTO runs (command, scope, started_at, state) VALUES ('crawl', 'a', ?, 'open')", [_now()])
    db.execute(
        """
        INSERT INTO frontier (run, url, url_key, kind, seed, via, link_text, site, depth, priority, state)
        VALUES (1, 'http://a.example/', 'http://a.example/', 'column', '', '', '', '', 0, 0, 'queued')
        """
    )
    db.conn.commit()
    db.close()
    with Archive.open(folder, write=True) as archive:
        run = begin_run(archive, "crawl", "a")
        assert run.resumed
        (lease,) = lease_targets(archive, run, 9, ["a.example:80"])
        assert (lease.target.url, lease.target.post) == ("http://a.example/", "")


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
