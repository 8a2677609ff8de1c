"""What every answer has, whatever page made it: headers, ETag, refusals in words, an end to slow queries."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from archive.errors import NotAnArchive
from archive.store import Archive
from archive.web.app import create_app
from archive.web.asked import Site
from archive.web.door import Door
from archive.web.errors import TooSlow
from archive.web.guard import HEADERS, MOST_UNSENT, Guard, Turn
from archive.web.links import report_path, version_path, with_query

SITE = Site("http://127.0.0.1:8000")
ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Archive.open(tmp_path / "a", write=True).close()
    return tmp_path / "a"


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(create_app(folder, SITE), raise_server_exceptions=False) as client:
        yield client


def test_every_answer_has_the_strict_headers(client: TestClient) -> None:
    for path in ("/", "/static/site.css", "/opensearch.xml", "/no/such/page", "/no/such/page.json"):
        headers = client.get(path).headers
        assert {name: headers[name] for name in HEADERS} == HEADERS, path
        assert "server" not in headers


def test_what_a_reader_has_already_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/opensearch.xml")
    again = client.get("/opensearch.xml", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/opensearch.xml", headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)


def test_an_unknown_path_is_refused_in_both_languages_and_for_programs(client: TestClient) -> None:
    assert "没有这一页" in client.get("/no").text
    assert "No such page" in client.get("/no?lang=en").text
    answer = client.get("/no.json")
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["status"], answer.json()["code"]) == (404, 404, "not_found")


def test_nothing_can_be_sent_to_a_page_that_only_shows(client: TestClient) -> None:
    assert client.post("/opensearch.xml").status_code == 405
    assert client.delete("/opensearch.xml").status_code == 405


def test_a_query_without_end_is_cut_off(folder: Path) -> None:
    door = Door(folder)
    with pytest.raises(TooSlow), door.reading(0.05) as (archive, _):
        archive.db.execute(ENDLESS).fetchone()
    with door.reading() as (archive, _):  # the connection is as good as new
        assert archive.db.execute("SELECT count(*) FROM reports").fetchone() == (0,)
    door.close()


def test_one_request_sees_one_moment(folder: Path) -> None:
    door = Door(folder)
    count = "SELECT count(*) FROM organisations"
    with door.reading() as (archive, _):
        assert archive.db.execute(count).fetchone() == (0,)
        with Archive.open(folder, write=True) as writer, writer.writing() as db:
            db.execute("INSERT INTO organisations (name) VALUES ('示例县教育局')")
        assert archive.db.execute(count).fetchone() == (0,)
    with door.reading() as (archive, _):
        assert archive.db.execute(count).fetchone() == (1,)
    door.close()


def test_a_fault_tells_nothing_of_what_was_asked(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    app: FastAPI = create_app(folder, SITE)

    async def fail(request: Request) -> None:
        raise RuntimeError(request.query_params["q"])

    app.router.routes.insert(0, Route("/fails", fail))
    with TestClient(app, raise_server_exceptions=False) as client, caplog.at_level(logging.DEBUG, "archive"):
        answer = client.get("/fails?q=SOURCE-NAME")
    assert answer.status_code == 500
    assert "SOURCE-NAME" not in caplog.text
    assert "RuntimeError" in caplog.text
    assert "RuntimeError" not in answer.text


def test_only_its_own_names_are_answered_to(folder: Path) -> None:
    app = create_app(folder, SITE, frozenset({"127.0.0.1", "localhost"}))
    for base, status in (("http://127.0.0.1:8000", 200), ("http://localhost", 200), ("http://rebound.example", 421)):
        with TestClient(app, base_url=base) as client:
            assert client.get("/opensearch.xml").status_code == status


def test_no_archive_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(NotAnArchive):
        create_app(tmp_path / "none", SITE)


def test_paths_hold_whatever_a_name_holds() -> None:
    assert report_path("", "../a b/?#%", 2024) == "/r/-/..%2Fa%20b%2F%3F%23%25/2024"
    assert version_path("..") == "/v/%2E%2E"
    assert with_query("/search", {"q": "a&b=c", "year": 2024, "flags": ("x", "y"), "lang": None}) == (
        "/search?q=a%26b%3Dc&year=2024&flags=x&flags=y"
    )


def test_a_query_cut_off_in_one_thread_is_too_slow_in_the_one_that_ends_the_request(folder: Path) -> None:
    """FastAPI makes an answer in a thread of its pool and ends what it depends on in another."""
    door = Door(folder)
    reading = door.reading(0.05)
    archive, _ = reading.__enter__()
    with ThreadPoolExecutor(1) as elsewhere, pytest.raises(sqlite3.OperationalError) as cut:
        elsewhere.submit(lambda: archive.db.conn.execute(ENDLESS).fetchone()).result()
    with pytest.raises(TooSlow):
        reading.__exit__(cut.type, cut.value, cut.tb)
    door.close()


def test_large_files_have_turns() -> None:
    guard = Guard(PlainTextResponse(""))
    first, second = Turn(guard), Turn(guard)
    assert first.reserve(2 * MOST_UNSENT)  # alone: no file is too large to be had at all
    assert not second.reserve(2**20)
    assert second.reserve(2**10)
    first.end()
    assert second.reserve(MOST_UNSENT)
    assert not first.reserve(2**20)
    second.end()
    assert guard.unsent == 0
