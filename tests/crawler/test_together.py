"""Requests that go out together are one commit, answers that come together two: the bytes of all, then all else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.store import Archive
from crawler.connection.tape import Exchange
from crawler.registry import Portal
from crawler.running.asking import Ask
from crawler.running.expedition import Expedition
from crawler.running.plan import Plan

HOSTS = tuple(f"127.0.0.{number}:8000" for number in (1, 2, 3))
PAGE = b"<html><title>\xe7\xa4\xba\xe4\xbe\x8b</title><body>%d</body></html>"


@pytest.fixture
def archive(folder: Path) -> Iterator[Archive]:
    """This test's archive, open for writing."""
    with Archive.open(folder, write=True) as opened:
        yield opened


def begin(archive: Archive, hosts: tuple[str, ...]) -> Expedition:
    portals = tuple(Portal(host, "", "", f"http://{host}/", (host,), allow=(host,)) for host in hosts)
    return Expedition(archive, Plan(portals, "crawl", delay=0), lambda: 0.0)


def answered(asks: list[Ask], status: int, body: bytes = b"") -> list[tuple[Ask, Exchange]]:
    head = b"HTTP/1.1 %d X\r\n\r\n" % status
    return [
        (ask, Exchange(status=status, header=head, wire=body and body % n, payload=body and body % n))
        for n, ask in enumerate(asks)
    ]


def test_leases_are_one_commit_and_answers_are_two_the_bytes_first(archive: Archive) -> None:
    expedition = begin(archive, HOSTS)
    commits: list[str] = []
    for name, db in (("rows", archive.db), ("bytes", archive.payloads)):

        def note(statement: str, name: str = name) -> None:
            if statement == "COMMIT":
                commits.append(name)

        db.conn.set_trace_callback(note)
    robots = expedition.next_asks(8)
    assert sorted(ask.lease.target.url for ask in robots) == [f"http://{host}/robots.txt" for host in HOSTS]
    assert commits == ["rows"]
    expedition.settle(answered(robots, 404))
    pages = expedition.next_asks(2)
    assert len(pages) == 2
    assert expedition.under_way == 2
    commits.clear()
    expedition.settle(answered(pages, 200, PAGE))
    assert commits == ["bytes", "rows"]
    assert expedition.under_way == 0
    kept = archive.db.execute("SELECT payload FROM captures WHERE outcome = 'fetched'").fetchall()
    assert len(set(kept)) == 2


def test_what_failed_halfway_leaves_nothing_of_what_came_with_it(archive: Archive) -> None:
    expedition = begin(archive, HOSTS[:2])
    expedition.settle(answered(expedition.next_asks(8), 404))
    pages = answered(expedition.next_asks(8), 200, PAGE)
    archive.db.execute("UPDATE frontier SET state = 'queued' WHERE id = :id", {"id": pages[1][0].lease.id})
    archive.db.conn.commit()
    with pytest.raises(Exception, match="expected an open lease"):
        expedition.settle(pages)
    assert archive.db.execute("SELECT count(*) FROM captures WHERE outcome = 'fetched'").fetchone() == (0,)
    assert archive.payloads.execute("SELECT count(*) FROM payload").fetchone() == (0,)
    assert archive.db.execute("SELECT state FROM frontier WHERE id = ?", [pages[0][0].lease.id]).fetchone() == (
        "leased",
    ), "it is asked for again by the process that resumes the run"
