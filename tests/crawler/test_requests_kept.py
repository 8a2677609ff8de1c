"""What was asked is kept to the byte: the request as the server read it stands beside the answer."""

from __future__ import annotations

from pathlib import Path

from archive.store import Archive
from tests.crawler.conftest import Fetch, Nianbao
from tests.portals.raw import RawServer
from tests.portals.shapes import HTML, sized


def test_the_tape_has_what_the_server_read(fetch: Fetch) -> None:
    body = "page=2&name=示例"
    with RawServer({"/get": sized(HTML) + HTML, "/post": sized(HTML) + HTML}) as server:
        urls = [f"{server.home}/get", f"{server.home}/post"]
        got = fetch(urls, allow=[["127.0.0.1", server.port]], posts={urls[1]: body})
        read = sorted(server.requests)
    assert sorted(str(got[url]["request"]).encode("latin-1") for url in urls) == read
    assert read[0].startswith(b"GET /get HTTP/1.1\r\n")
    assert read[0].endswith(b"\r\n\r\n")
    assert read[1].endswith(body.encode())


def test_nothing_was_asked_of_a_host_that_is_refused(fetch: Fetch) -> None:
    url = "http://127.0.0.1:9/"
    got = fetch([url], allow=[])[url]
    assert (got["failure"], got["request"]) == ("refused_address", "")


def test_a_crawl_keeps_the_request_of_each_look(folder: Path, nianbao: Nianbao) -> None:
    with RawServer({"/nb/": sized(HTML) + HTML}) as server:
        netloc = f"127.0.0.1:{server.port}"
        nianbao("crawl", f"{server.home}/nb/", "--allow-host", netloc, "--delay", "0", "--json")
        read = {bytes(request) for request in server.requests}
    with Archive.open(folder, write=False) as archive:
        kept = {row[0] for row in archive.db.execute("SELECT request FROM captures WHERE request <> x''").fetchall()}
    assert kept == read
    assert any(request.startswith(b"GET /nb/ HTTP/1.1\r\n") for request in kept)
