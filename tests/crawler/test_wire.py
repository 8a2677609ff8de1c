"""The archive holds the bytes that a server sent, in every shape, and names what was not whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.payloads import get_payload
from archive.store import Archive
from tests.crawler.conftest import Fetch, Nianbao
from tests.portals.raw import RawServer, drip, make_certificate
from tests.portals.shapes import BROKEN, HTML, SHAPES, chunked, sized

LISTING = "<html><head><title>政府信息公开年报</title></head><body>{}</body></html>"


def listing_of(paths: list[str]) -> bytes:
    """A report column that links to every path as a report."""
    rows = [
        f'<li><a href="{path}">示例县第{n}局2023年政府信息公开工作年度报告</a></li>' for n, path in enumerate(paths, 1)
    ]
    body = LISTING.format("".join(rows)).encode()
    return sized(body, b"Content-Type: text/html") + body


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_archive_holds_the_bytes_as_sent(secure: bool, tmp_path: Path, folder: Path, nianbao: Nianbao) -> None:
    certificate = make_certificate(tmp_path) if secure else None
    answers = {path: header + wire for path, (header, wire, _) in {**SHAPES, **BROKEN}.items()}
    with RawServer(
        {"/nb/": listing_of(list(answers)), **answers}, certificate, keep=frozenset(list(SHAPES)[:4])
    ) as server:
        netloc = f"127.0.0.1:{server.port}"
        done = nianbao("crawl", f"{server.home}/nb/", "--allow-host", netloc, "--delay", "0", "--json")
    assert done.returncode == 4, done.stderr
    with Archive.open(folder, write=False) as archive:
        rows = archive.db.execute("SELECT url, outcome, header, wire, payload FROM captures").fetchall()
        kept = {}
        for url, outcome, header, wire, payload in rows:
            body = get_payload(archive, payload) if payload else b""
            sent = get_payload(archive, wire) if wire else body
            kept[url.removeprefix(server.home)] = (outcome, header, sent, body)
    for path, (header, wire, payload) in SHAPES.items():
        assert kept[path] == ("fetched", header, wire, payload), path
    for path, (header, wire, outcome) in BROKEN.items():
        assert kept[path][0] == outcome, path
        assert kept[path][1] + kept[path][2] == header + wire, path


def test_nothing_is_read_past_the_end_of_an_answer(fetch: Fetch) -> None:
    head = sized(HTML)
    with RawServer({"/junk": head + HTML + b"HTTP/1.1 200 OK\r\n\r\nsmuggled"}) as server:
        url = f"{server.home}/junk"
        exchange = fetch([url], allow=[["127.0.0.1", server.port]])[url]
    assert exchange["failure"] == ""
    assert exchange["payload"] == HTML.decode("latin-1")
    assert "27 bytes came after the end of the answer" in str(exchange["says"])


def test_a_slow_drip_ends_as_timeout_and_keeps_what_arrived(fetch: Fetch) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    with RawServer({"/drip": drip(head, b"x", 0.2, 60), "/mute": drip(b"", b"", 9, 1)}) as server:
        urls = [f"{server.home}/drip", f"{server.home}/mute"]
        exchanges = fetch(urls, allow=[["127.0.0.1", server.port]], settings={"DOWNLOAD_TIMEOUT": 1.5})
    dripped = exchanges[urls[0]]
    assert (dripped["failure"], dripped["status"], dripped["header"]) == ("timeout", 200, head.decode())
    assert set(str(dripped["wire"])) == {"x"}
    assert dripped["wire"] == dripped["payload"]
    assert exchanges[urls[1]]["failure"] == "timeout"
    assert exchanges[urls[1]]["status"] is None


def test_limits_of_body_bomb_and_header(fetch: Fetch) -> None:
    import gzip

    bomb = gzip.compress(b"0" * 5_000_000)
    answers = {
        "/stated": b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + b"a" * 300_000,
        "/chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(b"a" * 300_000, 9000),
        "/bomb": sized(bomb, b"Content-Encoding: gzip") + bomb,
        "/heads": b"HTTP/1.1 200 OK\r\n" + b"X-Pad: 1234567890\r\n" * 20_000 + b"\r\n",
    }
    with RawServer(answers) as server:
        urls = [server.home + path for path in answers]
        limits = {"DOWNLOAD_MAXSIZE": 100_000, "DOWNLOAD_TIMEOUT": 20}
        got = fetch(urls, allow=[["127.0.0.1", server.port]], settings=limits)
    assert [got[url]["failure"] for url in urls] == ["too_large", "too_large", "too_large", "bad_http"]
    assert all(got[url]["payload"] == "" for url in urls)
    assert str(got[urls[0]]["header"]).endswith("9000000\r\n\r\n")
    assert got[urls[2]]["wire"] == bomb.decode("latin-1"), "what was sent is within the limit, so it is kept"


def test_refused_connection_and_failed_handshake_have_names(fetch: Fetch) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as free:
        closed = free.getsockname()[1]
    with RawServer({}, greeting=sized(HTML, status=b"HTTP/1.1 400 Bad Request") + HTML) as plain:
        urls = [f"http://127.0.0.1:{closed}/", f"https://127.0.0.1:{plain.port}/", "http://no-such-host.example/"]
        got = fetch(urls, allow=[["127.0.0.1", closed], ["127.0.0.1", plain.port]])
    assert [got[url]["failure"] for url in urls] == ["reset", "tls_failed", "dns_failed"]


def test_a_reused_connection_that_was_closed_is_opened_anew(fetch: Fetch) -> None:
    answer = sized(HTML) + HTML
    with RawServer({f"/{n}": answer for n in range(6)}) as server:  # closes after each, without saying so
        urls = [f"{server.home}/{n}" for n in range(6)]
        got = fetch(urls, allow=[["127.0.0.1", server.port]], settings={"CONCURRENT_REQUESTS": 1})
    assert [got[url]["failure"] for url in urls] == [""] * 6
    assert sorted(server.paths) == [f"/{n}" for n in range(6)], "no request is answered twice"
