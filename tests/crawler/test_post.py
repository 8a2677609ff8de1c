"""List APIs: a POST is a resource of its own, says what it is and where it comes from; its answer is a list's page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from archive.capture import Target
from archive.frontier import Lease, add_targets
from archive.runs.run import end_run
from archive.store import Archive
from crawler import families
from crawler.connection.tape import Exchange
from crawler.pages.links import Anchor, Page, read_page
from crawler.registry import Portal
from crawler.running.asking import ask_for
from crawler.running.expedition import Expedition
from crawler.running.plan import Plan
from tests.crawler.conftest import Fetch
from tests.portals.raw import RawServer
from tests.portals.shapes import HTML, sized

HOME = "http://127.0.0.1:8000/"
PORTAL = Portal("demo", "", "", HOME, ("127.0.0.1:8000",), seeds=(f"{HOME}nb/",), allow=("127.0.0.1:8000",))
TITLE = "示例县{}局2023年政府信息公开工作年度报告"


@pytest.fixture
def archive(folder: Path) -> Iterator[Archive]:
    """This test's archive, open for writing."""
    with Archive.open(folder, write=True) as opened:
        yield opened


def lease_of(target: Target, etag: str = "") -> Lease:
    return Lease(1, target, etag, "")


def test_a_request_says_where_it_comes_from_on_its_own_host_alone() -> None:
    def referer(url: str, via: str) -> str | None:
        return ask_for(lease_of(Target(url, "column", "", via=via))).headers.get("Referer")

    assert referer("http://a.example/api", "http://a.example/nb/") == "http://a.example/nb/"
    assert referer("http://b.example/api", "http://a.example/nb/") is None
    assert referer("http://a.example:81/api", "http://a.example/nb/") is None
    assert referer("http://a.example/api", "https://a.example/nb/") is None, "RFC 9110, 10.1.3"
    assert referer("http://a.example/", "") is None


def test_a_request_says_what_its_body_is() -> None:
    form = ask_for(lease_of(Target("http://a.example/api", "column", "", post="page=2&name=示例")))
    assert form.headers == {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    assert not form.is_conditional
    assert ask_for(lease_of(Target("http://a.example/api", "column", "", post='{"page": 2}'))).headers == {
        "Content-Type": "application/json"
    }
    assert ask_for(lease_of(Target("http://a.example/", "column", ""), '"q"')).is_conditional


def test_the_body_goes_on_the_wire(fetch: Fetch) -> None:
    body = "col=1&webname=示例县&page=2"
    with RawServer({"/api": sized(HTML) + HTML}) as server:
        url = f"{server.home}/api"
        got = fetch([url], allow=[["127.0.0.1", server.port]], posts={url: body})[url]
        assert got["failure"] == ""
        (request,) = server.requests
    assert request.startswith(b"POST /api HTTP/1.1\r\n")
    assert b"Content-Length: %d\r\n" % len(body.encode()) in request
    assert request.endswith(body.encode())


def rows_of(url: str, post: str, text: str) -> Page | None:
    """A family's own API: ``{"total": 5, "rows": [[path, title], …]}``."""
    if not text.startswith('{"total"'):
        return None
    anchors = "".join(f'<a href="{path}">{title}</a>' for path, title in json.loads(text)["rows"])
    return read_page(url, f"<html><title>政府信息公开年报</title>{anchors}</html>".encode())


@pytest.fixture
def api_family(monkeypatch: pytest.MonkeyPatch) -> None:
    """One family more, whose lists are asked for by POST."""
    known = dict(families.families())
    generic = known["generic"]

    def links(page: Page) -> families.Found:
        found = generic.links(page)
        asks = tuple(Anchor(f"{HOME}api", "", post=f"page={n}") for n in (1, 2))
        return families.Found(rows=found.rows, pages=asks, total=3)

    def recognise(page: Page) -> float:
        return 1.0 if "api-list" in page.source else 0.0

    known["api"] = SimpleNamespace(NAME="api", recognise=recognise, links=links, answer=rows_of)  # type: ignore[assignment]
    monkeypatch.setattr(families, "families", lambda: known)
    monkeypatch.setattr("crawler.gathering.harvest.families", lambda: known)


def test_the_answers_of_an_api_are_pages_of_the_list(archive: Archive, api_family: None) -> None:
    shell = "<html><title>政府信息公开年报</title><div id='api-list'></div></html>".encode()
    answers = {
        "page=1": [["/nb/t1001.html", TITLE.format("财政")], ["/nb/t1002.html", TITLE.format("教育")]],
        "page=2": [["/nb/t1003.html", TITLE.format("民政")]],
    }
    clock = [0.0]
    expedition = Expedition(archive, Plan((PORTAL,), "crawl", delay=0), lambda: clock[0])
    asked: list[tuple[str, str]] = []
    while not expedition.is_done():
        clock[0] += 1.0
        (ask,) = expedition.next_asks(1)
        target = ask.lease.target
        asked.append((target.url.removeprefix(HOME), target.post))
        status, body = 200, HTML
        if target.kind == "robots":
            status, body = 404, b""
        elif target.post:
            assert ask.headers["Referer"] == f"{HOME}nb/"
            body = json.dumps({"total": 3, "rows": answers[target.post]}).encode()
        elif target.url == f"{HOME}nb/":
            body = shell
        head = b"HTTP/1.1 %d X\r\n\r\n" % status
        expedition.settle([(ask, Exchange(status=status, header=head, wire=body, payload=body))])
    assert sorted(asked) == sorted(
        [("robots.txt", ""), ("nb/", ""), ("api", "page=1"), ("api", "page=2")]
        + [(f"nb/t100{n}.html", "") for n in (1, 2, 3)]
    )
    db = archive.db
    assert db.execute("SELECT post FROM resources WHERE url LIKE '%api' ORDER BY post").fetchall() == [
        ("page=1",),
        ("page=2",),
    ]
    rows = db.execute('SELECT list, "rows", reports, said FROM listings ORDER BY "rows"').fetchall()
    assert rows == [(f"{HOME}nb/", 0, 0, 3), (f"{HOME}nb/", 1, 1, 3), (f"{HOME}nb/", 2, 2, 3)]


def test_what_an_earlier_process_was_told_by_robots_is_what_holds(archive: Archive) -> None:
    """Rules of the run before, none in this one, and then a restart: nothing is disallowed."""

    def settle(expedition: Expedition, status: int, body: bytes) -> str:
        (ask,) = expedition.next_asks(1)
        head = b"HTTP/1.1 %d X\r\n\r\n" % status
        expedition.settle([(ask, Exchange(status=status, header=head, wire=body, payload=body))])
        return ask.lease.target.url.removeprefix(HOME)

    def expedition(seconds: float) -> Expedition:
        return Expedition(archive, Plan((PORTAL,), "crawl", delay=0), lambda: seconds)

    first = expedition(0.0)
    assert settle(first, 200, b"User-agent: *\nDisallow: /nb/\n") == "robots.txt"
    assert not first.next_asks(1)
    assert first.is_done()
    assert end_run(archive, first.run)["outcomes"] == {"fetched": 1, "robots_disallowed": 1}
    second = expedition(0.0)
    assert settle(second, 404, b"") == "robots.txt"
    add_targets(archive, second.run, [Target(f"{HOME}nb/t1001.html", "article", "", site="demo")])
    resumed = expedition(1.0)
    assert resumed.run.id == second.run.id
    assert settle(resumed, 200, HTML) in ("nb/", "nb/t1001.html")
