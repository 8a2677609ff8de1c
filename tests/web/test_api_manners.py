"""How the data interface behaves as HTTP: cursors, ETags, HEAD, CORS, and a reason for everything it refuses."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from archive.web.api import reading
from archive.web.api.interface import create_interface, describe_interface, mount_interface
from archive.web.api.resources import register
from archive.web.app import create_app
from archive.web.asked import Site
from archive.web.door import Door
from archive.web.words import words_in

SITE = Site("http://127.0.0.1:8000")
PROBLEM = "application/problem+json"
LISTS = ("bodies", "reports", "versions", "cells", "checks", "changes", "search", "register?year=2024&", "keys")


@pytest.fixture(scope="module")
def api(newsroom: Path) -> Iterator[TestClient]:
    app = FastAPI(openapi_url=None)
    mount_interface(app, Door(newsroom), SITE)
    with TestClient(app, base_url=SITE.base, follow_redirects=False) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("bodies?yaer=2023", "yaer: there is no such parameter"),
        ("keys?year=2024", "year: there is no such parameter"),
        ("reports/r1?key=requests", "key: there is no such parameter"),
        ("bodies?limit=0", "limit: "),
        ("bodies?limit=1001", "limit: "),
        ("bodies?limit=1e3", "limit: "),
        ("bodies?limit=１０", "limit: "),
        ("bodies?limit=5&limit=6", "limit: expected one value"),
        ("reports?year=2023.0", "year: "),
        ("reports?year=", "year: "),
        ("reports?region=15082", "region: "),
        ("reports?region=１５", "region: "),
        ("reports?organisation=%00", "organisation: "),
        ("reports?organisation=a%0Ab", "organisation: "),
        ("reports?report=12", "report: "),
        ("reports/r012", "report: "),
        ("reports/r99999999999999999999", "report: "),
        ("versions/ABC", "digest: "),
        ("cells?key=requests.received", "key: "),
        ("cells?status=nan", "status: "),
        ("checks?state=holds", "state: "),
        ("register", "year: "),
        ("register?year=2024&on=2026-13-01", "on: "),
        ("register?year=2024&on=2026-1-1", "on: "),
        ("events", "kind: "),
        ("events?kind=copy&since=yesterday", "since: "),
        ("changes?since=-1", "since: "),
        ("changes?since=99999999999999999999", "since: "),
        ("search?flags=broken&flags=none", "flags"),
        ("search?q=" + "%20".join("a" for _ in range(200)), "q: "),
        ("bodies?after=x", "after: "),
        ("bodies?after=%F0%9F%92%A9", "after: "),
        ("bodies?after=" + "W1tb" * 300, "after: "),
        ("bodies?after=" + "W1tb" * 3000, "after: "),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_in_words(api: TestClient, path: str, says: str) -> None:
    answer = api.get(f"/api/v1/{path}")
    said = answer.json()
    assert (answer.status_code, answer.headers["content-type"], said["status"]) == (400, PROBLEM, 400)
    assert says in said["detail"]
    assert {"type", "title", "status", "detail"} <= said.keys()


def test_a_cursor_belongs_to_its_query(api: TestClient) -> None:
    following = api.get("/api/v1/reports?limit=2&year=2023").json()["next"]
    assert api.get(following).status_code == 200
    assert api.get(following.replace("limit=2", "limit=7")).status_code == 200
    for other in (
        following.replace("year=2023", "year=2022"),
        following.replace("year=2023&", ""),
        following.replace("/reports", "/cells"),
        following + "&region=98",
    ):
        answer = api.get(other)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_query"), other
        assert "cursor" in answer.json()["detail"]


def test_what_is_not_there_and_what_is_not_done(api: TestClient) -> None:
    for path, status in (("reports/r987654321", 404), ("versions/" + "0" * 64, 404), ("nothing", 404), ("", 404)):
        answer = api.get(f"/api/v1/{path}")
        assert (answer.status_code, answer.headers["content-type"], answer.json()["code"]) == (
            status,
            PROBLEM,
            "not_found",
        )
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE"):
        answer = api.request(method, "/api/v1/bodies")
        assert (answer.status_code, answer.headers["content-type"]) == (405, PROBLEM)
        assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("name", LISTS)
def test_what_is_known_is_not_sent_again_and_a_head_has_no_body(api: TestClient, name: str) -> None:
    path = f"/api/v1/{name}"
    first = api.get(path)
    assert first.status_code == 200
    etag = first.headers["etag"]
    for said in (etag, f'W/{etag}, "other"', "*"):
        again = api.get(path, headers={"If-None-Match": said})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
        assert "content-length" not in again.headers
    assert api.get(path, headers={"If-None-Match": '"other"'}).content == first.content
    head = api.head(path)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", etag)
    assert head.headers["content-length"] == str(len(first.content))


def test_pages_of_others_may_read_what_is_public_and_no_more(newsroom: Path, api: TestClient) -> None:
    elsewhere = {"Origin": "https://desk.example"}
    assert "access-control-allow-origin" not in api.get("/api/v1/bodies", headers=elsewhere).headers
    public = FastAPI(openapi_url=None)
    mount_interface(public, Door(newsroom), Site("https://nianbao.example", is_public=True))
    api = TestClient(public, base_url="https://nianbao.example")
    for path in ("/api/v1/bodies", "/api/v1/bodies?limit=0", "/api/v1/nothing", "/openapi.json"):
        assert api.get(path, headers=elsewhere).headers["access-control-allow-origin"] == "*", path
    asks = {**elsewhere, "Access-Control-Request-Headers": "If-None-Match"}
    allowed = api.options("/api/v1/bodies", headers={**asks, "Access-Control-Request-Method": "GET"})
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    assert "access-control-allow-credentials" not in allowed.headers
    refused = api.options("/api/v1/bodies", headers={**asks, "Access-Control-Request-Method": "DELETE"})
    assert refused.status_code == 400


def test_what_takes_too_long_is_cut_off(api: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Door.reading
    monkeypatch.setattr(Door, "reading", lambda door: whole(door, 0.0005))
    answer = api.get("/api/v1/cells?status=unread")
    assert (answer.status_code, answer.headers["content-type"], answer.json()["code"]) == (503, PROBLEM, "too_slow")
    assert answer.headers["retry-after"] == "5"


def test_fifty_readers_at_once_are_all_answered(served: str) -> None:
    """More than there are threads and connections: none may keep another from going on."""

    limits = httpx.Limits(max_connections=50)
    with httpx.Client(base_url=served, timeout=60, limits=limits) as reader, ThreadPoolExecutor(50) as readers:
        answers = readers.map(lambda _: reader.get("/api/v1/reports?limit=20").status_code, range(150))
        assert set(answers) == {200}


def test_a_register_of_too_many_bodies_is_asked_for_by_region(api: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "MOST_BODIES", 5)
    answer = api.get("/api/v1/register?year=2024")
    assert (answer.status_code, answer.json()["code"]) == (503, "too_slow")
    assert "ask for a region" in answer.json()["detail"]


def test_a_long_list_is_given_as_far_as_it_has_come(api: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, _ = walked(api, "/api/v1/checks?state=BROKEN&limit=1000")
    monkeypatch.setattr(reading, "SECONDS", -1)
    found, pages = walked(api, "/api/v1/checks?state=BROKEN&limit=1000")
    assert found == whole != []
    assert pages > len(whole)  # pages of one row, and of none


def walked(api: TestClient, path: str) -> tuple[list[dict[str, object]], int]:
    """A list → its rows, and how many pages they came in."""
    rows, pages, following = [], 0, path
    while following:
        page = api.get(following).json()
        rows, pages, following = rows + page["items"], pages + 1, page["next"]
    return rows, pages


def test_those_who_ask_for_the_description_at_once_all_get_it(newsroom: Path) -> None:
    """FastAPI's own cannot be made by two threads, nor while another request finds its route."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(6):
            asked = ["/api/v1", "/openapi.json", "/api/v1/bodies?limit=1", "/api/v1/nothing"] * 3
            app = create_app(newsroom, SITE)
            with TestClient(app, raise_server_exceptions=False) as client, ThreadPoolExecutor(6) as pool:
                answers = list(pool.map(client.get, asked))
            assert [one.status_code for one in answers] == [200, 200, 200, 404] * 3
    finally:
        sys.setswitchinterval(before)


def test_the_description_is_complete(newsroom: Path) -> None:
    door = Door(newsroom)
    said = describe_interface(create_interface(door, SITE))
    door.close()
    assert said["openapi"].startswith("3.1")
    assert said["servers"] == [{"url": "/api/v1"}]
    words = words_in("zh")
    for path, operations in said["paths"].items():
        assert operations.keys() == {"get"}
        operation = operations["get"]
        assert operation["summary"], path
        assert operation["description"], path
        assert f"api.{operation['operationId']}" in words
        assert {"200", "304", "400", "503"} <= operation["responses"].keys()
        assert ("404" in operation["responses"]) == ("{" in path)
        assert all(one["description"] for one in operation["responses"].values())
        for one in operation.get("parameters", ()):
            assert one.get("description") or one["schema"].get("description"), (path, one["name"])
    assert "HTTPValidationError" not in said["components"]["schemas"]


def test_the_page_about_it_names_every_path_in_both_languages(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for language, heading in (("zh", "数据接口"), ("en", "Data interface")):
        page = client.get(f"/api/v1?lang={language}").text
        assert f"<h1>{heading}</h1>" in page
        assert all(f'<code class="nowrap">/api/v1{path}</code>' in page for path in paths)
    assert client.get("/api/v1.json").json()["operations"][0]["path"] == "/api/v1/bodies"
