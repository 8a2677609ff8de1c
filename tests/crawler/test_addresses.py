"""Addresses that are not public are not asked, however they are spelled and whenever they turn up."""

from __future__ import annotations

import ipaddress
import socket
from pathlib import Path

import pytest

from archive.store import Archive
from crawler.connection.addresses import Guard, RefusedAddress, is_loopback, is_public, literal_address, read_host_port
from crawler.manners.scope import Scope
from tests.crawler.conftest import Fetch, Nianbao
from tests.portals.raw import RawServer
from tests.portals.shapes import HTML, sized

NOT_PUBLIC = [
    "127.0.0.1",
    "127.255.255.254",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.255",
    "0.0.0.0",
    "0.1.2.3",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd12:3456::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
]
PUBLIC = [
    "93.184.216.34",
    "1.25.240.11",
    "122.137.242.24",
    "2400:3200::1",
    "64:ff9b::5db8:d822",
    "::ffff:93.184.216.34",
]
SPELLINGS = [
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "0177.1",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:1]",
    "0",
    "0.0.0.0",
    "0x0",
    "[::]",
    "[fe80::1%25eth0]",
]


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_special_purpose_ranges_are_not_public(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_other_addresses_are_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("host", SPELLINGS)
def test_every_spelling_of_an_address_is_seen_as_one(host: str) -> None:
    address = literal_address(host)
    assert address is not None
    assert not is_public(address)
    with pytest.raises(RefusedAddress, match="not a public address"):
        Guard().check_literal(f"http://{host}/")


@pytest.mark.parametrize("host", ["www.example.gov.cn", "127.0.0.1.gov.cn", "1234.gov.cn", "a", "999.1.1.1.gov.cn"])
def test_a_name_is_not_an_address(host: str) -> None:
    assert literal_address(host) is None
    Guard().check_literal(f"http://{host}/")


def test_the_guard_allows_one_host_with_one_port() -> None:
    guard = Guard(frozenset({read_host_port("127.0.0.1:8080"), read_host_port("[::1]:81")}))
    loopback = ipaddress.ip_address("127.0.0.1")
    assert guard.permits("127.0.0.1", 8080, loopback)
    assert not guard.permits("127.0.0.1", 80, loopback)
    assert not guard.permits("portal.example", 8080, loopback), "a name that resolves to an allowed address is not it"
    guard.check_literal("http://[::1]:81/")
    for wrong in ("127.0.0.1", "host:", ":80", "host:99999", "host:eighty"):
        with pytest.raises(ValueError, match="HOST:PORT"):
            read_host_port(wrong)


def test_loopback_is_told_without_a_resolver() -> None:
    assert all(is_loopback(host) for host in ("127.0.0.1", "127.8.8.8", "::1", "localhost", "2130706433"))
    assert not any(is_loopback(host) for host in ("10.0.0.1", "www.example.gov.cn", "localhost.gov.cn"))


def test_only_gov_cn_and_named_hosts_are_followed() -> None:
    scope = Scope(frozenset({"xxgk.example"}), frozenset({("127.0.0.1", 8080)}))
    followed = (
        "http://www.example.gov.cn/",
        "https://a.b.GOV.CN:8443/x",
        "http://xxgk.example:81/",
        "http://127.0.0.1:8080/",
    )
    assert all(scope.follows(url) for url in followed)
    refused = (
        "http://gov.cn.example/",
        "http://examplegov.cn/",
        "http://www.example.gov.cn@evil.example/",
        "http://evil.example/www.example.gov.cn",
        "http://127.0.0.1:8081/",
        "http://1.25.240.11/",
        "http://www.example.gov.cn:port/",
    )
    assert not any(scope.follows(url) for url in refused)


def test_without_the_option_a_loopback_portal_gets_no_connection(folder: Path, nianbao: Nianbao) -> None:
    with RawServer({"/": sized(HTML) + HTML}) as server:
        done = nianbao("crawl", server.home, f"http://localhost:{server.port}/", "--delay", "0", "--json")
    assert done.returncode == 0
    assert server.connections == 0
    with Archive.open(folder, write=False) as archive:
        rows = archive.db.execute("SELECT DISTINCT outcome FROM captures").fetchall()
    assert rows == [("refused_address",)]


def test_a_name_that_resolves_to_loopback_is_refused_at_the_resolver(fetch: Fetch) -> None:
    with RawServer({"/": sized(HTML) + HTML}) as server:
        url = f"http://localhost:{server.port}/"
        refused = fetch([url])[url]
        allowed = fetch([url], allow=[["localhost", server.port]])[url]
    assert (refused["failure"], server.connections) == ("refused_address", 1), "the one connection is the allowed one"
    assert allowed["failure"] == ""


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_peer_is_looked_at_before_a_byte_is_sent(scheme: str, fetch: Fetch) -> None:
    heard: list[bytes] = []

    def listen(connection: socket.socket) -> None:
        with connection:
            try:
                heard.append(connection.recv(1000))
            except ConnectionResetError:  # how a connection ends that is dropped unused
                heard.append(b"")

    with RawServer({}) as server:
        url = f"{scheme}://rebinding.example:{server.port}/"
        server._serve = listen  # type: ignore[method-assign]
        exchange = fetch([url], rebind=True)[url]
        assert exchange["failure"] == "refused_address"
        assert server.connections == 1
    assert heard in ([], [b""]), "the connection was opened, looked at, and closed"
