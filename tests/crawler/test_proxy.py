"""One declared proxy: what it is asked, what it is never asked, and the same exact bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive.payloads import get_payload
from archive.store import Archive
from tests.crawler.conftest import Fetch, Nianbao, crawl
from tests.portals.proxy import Proxy
from tests.portals.raw import RawServer, make_certificate
from tests.portals.shapes import HTML, SHAPES, sized
from tests.portals.trs import TrsPortal

PUBLIC = "93.184.216.34"


def address_of(proxy: Proxy) -> list[object]:
    host, _, port = proxy.url.removeprefix("http://").partition(":")
    return [host, int(port)]


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_bytes_are_exact_through_a_proxy(secure: bool, tmp_path: Path, fetch: Fetch) -> None:
    certificate = make_certificate(tmp_path) if secure else None
    scheme = "https" if secure else "http"
    answers = {path: header + wire for path, (header, wire, _) in SHAPES.items()}
    with RawServer(answers, certificate) as server, Proxy({}) as proxy:
        netloc = f"www.portal.example:{server.port}"
        proxy.hosts[netloc] = ("127.0.0.1", server.port)
        urls = {path: f"{scheme}://{netloc}{path}" for path in SHAPES}
        got = fetch(list(urls.values()), resolve={"www.portal.example": PUBLIC}, proxy=address_of(proxy))
    for path, (header, wire, payload) in SHAPES.items():
        exchange = got[urls[path]]
        sent = (exchange["header"], exchange["wire"], exchange["payload"])
        assert sent == tuple(part.decode("latin-1") for part in (header, wire, payload)), path
    asked = {line.split(" ")[0] for line in proxy.asked}
    assert asked == ({"CONNECT"} if secure else {"GET"})
    assert all(f"Host: {netloc}".encode() in request for request in server.requests)
    assert {request.split(b" ")[1].decode() for request in server.requests} == set(SHAPES)


def test_a_proxy_does_not_hear_of_a_private_address(fetch: Fetch) -> None:
    with RawServer({"/": sized(HTML) + HTML}) as server, Proxy({}) as proxy:
        inner = {f"{host}:{server.port}": ("127.0.0.1", server.port) for host in ("inner.example", "127.0.0.1")}
        proxy.hosts.update(inner)
        urls = [f"http://{netloc}/" for netloc in inner]
        resolved = {"inner.example": "10.0.0.7", "127.0.0.1": "127.0.0.1"}
        refused = fetch(urls, resolve=resolved, proxy=address_of(proxy))
        assert {str(exchange["failure"]) for exchange in refused.values()} == {"refused_address"}
        assert proxy.asked == []
        allowed = fetch(urls, resolve=resolved, proxy=address_of(proxy), allow=[["inner.example", server.port]])
        assert allowed[urls[0]]["payload"] == HTML.decode("latin-1")
        assert allowed[urls[1]]["failure"] == "refused_address"


def test_what_a_proxy_cannot_do_has_a_name(fetch: Fetch) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as free:
        closed = free.getsockname()[1]
    url = "https://www.portal.example/"
    with Proxy({}) as proxy:
        unknown = fetch([url], resolve={"www.portal.example": PUBLIC}, proxy=address_of(proxy))[url]
    assert unknown["failure"] == "reset"
    assert "502 Unknown Host" in str(unknown["says"])
    down = fetch([url], resolve={"www.portal.example": PUBLIC}, proxy=["127.0.0.1", closed])[url]
    assert down["failure"] == "reset"


def test_a_crawl_goes_through_the_proxy_of_the_config_and_says_so(
    tmp_path: Path, folder: Path, nianbao: Nianbao
) -> None:
    config = tmp_path / "config.toml"
    with TrsPortal() as portal, Proxy({}) as proxy:
        host, _, port = portal.netloc.partition(":")
        proxy.hosts[portal.netloc] = (host, int(port))
        config.write_text(f'proxy = "{proxy.url}"\n', encoding="utf-8")
        done = nianbao(*crawl(portal), NIANBAO_CONFIG=str(config))
        assert done.returncode == 0, done.stderr
        assert len(proxy.asked) == len(portal.asked) == json.loads(done.stdout)["requests"]
    with Archive.open(folder, write=False) as archive:
        rows = archive.db.execute("SELECT DISTINCT proxy, status IS NULL FROM captures ORDER BY 1").fetchall()
        assert rows == [("", 1), (proxy.url, 0)], "those that were not asked for went through nothing"
        payload = archive.db.execute("SELECT payload FROM captures WHERE url LIKE '%/2022/'").fetchone()[0]
        assert "示例县" in get_payload(archive, payload).decode("gb18030")
