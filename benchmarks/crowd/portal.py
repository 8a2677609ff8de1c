"""Many small portals on loopback, each on an address of its own: ``python -m benchmarks.crowd.portal HOSTS REPORTS``.

It prints its port in one line and serves until its input ends, in one process; for each line of its input it says how
many answers with how many bytes it has sent. Host number N is ``host_of(N)``. Each has a robots.txt, a home page, a
list, and its reports, which are all of one length and differ in names and figures; every answer has an ETag, and one
that is asked for again with it is a 304.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from tests.batteries.load_portal import ROOT, a_report
from tests.portals.trs import page, row

_ROBOTS = b"User-agent: *\nDisallow: /private/\n"
_BEGIN = b'HTTP/1.1 200 OK\r\nServer: example\r\nContent-Type: %s\r\nETag: "%s"\r\nContent-Length: %d\r\n\r\n'
_UNCHANGED = b'HTTP/1.1 304 Not Modified\r\nServer: example\r\nETag: "%s"\r\n\r\n'
_ABSENT = b"HTTP/1.1 404 Not Found\r\nServer: example\r\nContent-Length: 0\r\n\r\n"
_NUMBER = 1_000_000  # the number of the template, which all others replace
_YEAR = 2023


def host_of(number: int) -> str:
    """Number of a host → its address.

    >>> host_of(0), host_of(999)
    ('127.1.0.1', '127.1.9.100')
    """
    return f"127.1.{number // 100}.{number % 100 + 1}"


@dataclass(slots=True)
class _Sent:
    answers: int = 0
    octets: int = 0


@dataclass(frozen=True, slots=True)
class Served:
    """The port of all hosts, and what was sent so far."""

    port: int
    server: subprocess.Popen[str]

    def sent(self) -> tuple[int, int]:
        """Answers, and the bytes of all of them."""
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.write("\n")
        self.server.stdin.flush()
        answers, octets = json.loads(self.server.stdout.readline())
        return answers, octets


@contextmanager
def serving(hosts: int, reports: int) -> Iterator[Served]:
    """So many hosts with so many reports each, in a process of their own."""
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.crowd.portal", str(hosts), str(reports)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    try:
        assert server.stdout is not None
        yield Served(int(server.stdout.readline()), server)
    finally:
        server.communicate()


def paths(reports: int) -> list[str]:
    """What a host has, in the order in which a crawl comes to it."""
    return ["/robots.txt", "/", ROOT, *(f"{ROOT}{_leaf(number)}" for number in range(reports))]


def _leaf(number: int) -> str:
    return f"202401/t20240120_{number}.html"


@cache
def _template() -> bytes:
    return a_report(_NUMBER, _YEAR)


@cache
def _list(reports: int) -> bytes:
    rows = "".join(
        row(f"./{_leaf(one)}", f"示例县第{one}局{_YEAR}年政府信息公开工作年度报告") for one in range(reports)
    )
    return page("政府信息公开年报", f"<ul>{rows}</ul>", column="政府信息公开年报").encode()


class _Connection(asyncio.Protocol):
    """One connection, requests one after the other."""

    def __init__(self, sent: _Sent, host: int, reports: int) -> None:
        self._sent, self._host, self._reports = sent, host, reports
        self._come = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._come += data
        while b"\r\n\r\n" in self._come:
            head, _, self._come = self._come.partition(b"\r\n\r\n")
            answer = self._answer(head.split(b" ", 2)[1].decode(), head)
            self._sent.answers += 1
            self._sent.octets += len(answer)
            self._transport.write(answer)

    def _answer(self, path: str, head: bytes) -> bytes:
        tag = f"{self._host}-{path}".encode()
        kind, body = b"text/html", b""
        if path == "/robots.txt":
            kind, body = b"text/plain", _ROBOTS
        elif path == "/":
            body = page(
                "示例县人民政府", f'<a href="{ROOT}">政府信息公开年报</a><a href="/zwdt/">政务动态</a>'
            ).encode()
        elif path == ROOT:
            body = _list(self._reports)
        elif path.startswith(ROOT):
            number = int(path.rpartition("_")[2].removesuffix(".html"))
            name = f"{_NUMBER + self._host * 1000 + number}"  # as long as the template's
            body = _template().replace(str(_NUMBER).encode(), name.encode())
        if not body:
            return _ABSENT
        if b'"%s"' % tag in head:
            return _UNCHANGED % tag
        return _BEGIN % (kind, tag, len(body)) + body


async def serve(hosts: int, reports: int) -> None:
    """Says its port, and serves until its input ends."""
    loop, sent, port = asyncio.get_running_loop(), _Sent(), 0
    servers: list[asyncio.Server] = []
    for number in range(hosts):
        factory = partial(_Connection, sent, number, reports)
        servers.append(await loop.create_server(factory, host_of(number), port, backlog=64))
        port = servers[0].sockets[0].getsockname()[1]
    print(port, flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps([sent.answers, sent.octets]), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
