"""A portal on three loopback hosts that can kill its visitor in the middle of an answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.archive.county import figures_of
from tests.archive.county import page as report_page
from tests.portals.trs import PAGER, ROOT, article, page, row

HOSTS = ("127.0.0.1", "127.0.0.2", "127.0.0.3")
_COUNTIES = dict(zip(HOSTS, ("示例甲县", "示例乙县", "示例丙县"), strict=True))
_ROWS = 15
_TWINS = 4  # each fourth article has a second URL
# Of three bodies: one document on three hosts would be three renditions in the order of fetching.
_DOCUMENTS = dict(zip(HOSTS, ("docx01", "docx02", "docx03"), strict=True))
_FOLDER = Path(__file__).parents[1] / "documents" / "docx"


@dataclass(slots=True)
class Shot:
    """Kills in the ``nth`` answer from now: after its "headers", or when half of its "body" was sent.

    ``wait``: seconds between the last byte and the kill.
    """

    kill: Callable[[], None]
    at: str
    nth: int
    wait: float


class Portal:
    """Context manager: ``articles`` reports on each host, one in five with all its figures, one with a file beside it;
    one in four is linked to under two URLs, and of these every other is there under the second alone.

    ``log`` has host and path of each request, in order; ``shot`` is fired once. The same address each time that it is
    entered, so that two crawls see the same URLs.
    """

    def __init__(self, articles: int) -> None:
        self.log: list[tuple[str, str]] = []
        self.shot: Shot | None = None
        self._aiming = threading.Lock()
        self._servers = self._bind()
        self.port: int = self._servers[0].server_address[1]
        self._pages = {host: _build(host, self.port, articles) for host in HOSTS}

    @property
    def words(self) -> list[str]:
        """What crawls it: ``crawl`` and its arguments."""
        allowed = [word for host in HOSTS for word in ("--allow-host", f"{host}:{self.port}")]
        return ["crawl", *(f"http://{host}:{self.port}/" for host in HOSTS), *allowed, "--delay", "0", "--json"]

    def urls(self, since: int = 0) -> list[str]:
        """What was asked for, by URL."""
        return [f"http://{host}:{self.port}{path}" for host, path in self.log[since:]]

    def wait_for(self, count: int, is_over: Callable[[], bool]) -> None:
        """Until so many requests have come, or it is over."""
        while len(self.log) < count and not is_over():
            time.sleep(0.001)

    def __enter__(self) -> Self:
        for server in self._servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def _bind(self) -> list[_Server]:
        while True:
            first = _Server((HOSTS[0], 0), self._handler())
            try:
                others = [_Server((host, first.server_address[1]), self._handler()) for host in HOSTS[1:]]
            except OSError:  # another program has that port on one of the hosts
                first.server_close()
                continue
            return [first, *others]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        portal = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                host = str(self.server.server_address[0])
                status, body = portal._pages[host].get(self.path, (404, b"<html><title>404</title></html>"))
                portal.log.append((host, self.path))
                shot = portal._aimed()
                head = (
                    f"HTTP/1.1 {status} OK\r\nContent-Length: {len(body)}\r\nContent-Type: text/html\r\n\r\n".encode()
                )
                cut = len(body)
                if shot is not None:
                    cut = 0 if shot.at == "headers" else len(body) // 2
                self.wfile.write(head + body[:cut])
                if shot is not None:
                    time.sleep(shot.wait)
                    shot.kill()
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Nothing on the terminal."""

        return Handler

    def _aimed(self) -> Shot | None:
        with self._aiming:
            shot = self.shot
            if shot is None:
                return None
            shot.nth -= 1
            if shot.nth > 0:
                return None
            self.shot = None
            return shot


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no error of the server's."""


def _build(host: str, port: int, articles: int) -> dict[str, tuple[int, bytes]]:
    county = _COUNTIES[host]
    pages = {
        "/": page(county, '<a href="/zfxxgk/zfxxgknb/">政府信息公开年报</a>').encode(),
        "/robots.txt": b"User-agent: *\nDisallow: /private/\n",
    }
    lists = range(-(-articles // _ROWS))
    for number in lists:
        rows = []
        for at in range(number * _ROWS, min(articles, (number + 1) * _ROWS)):
            path, body = f"202401/t20240120_{at}.html", f"{county}第{at}局"
            title = f"{body}2023年政府信息公开工作年度报告"
            pages[ROOT + path] = _article(body, at)
            rows.append(row(f"./{path}", title))
            if at % _TWINS == 0:
                twin = f"/{ROOT}{path}"
                pages[twin] = pages[ROOT + path]
                rows.append(row(f"http://{host}:{port}{twin}", title))
                if at % (2 * _TWINS) == 0:  # it can be had under its second URL alone
                    del pages[ROOT + path]
        call = PAGER % f'createPageHTML({len(lists)}, {number}, "index", "html");'
        text = page("政府信息公开年报", f"<ul>{''.join(rows)}</ul>{call}", column="政府信息公开年报")
        for leaf in ("", "index.html") if number == 0 else (f"index_{number}.html",):
            pages[ROOT + leaf] = text.encode()
    pages[ROOT + "202401/W020240120001.docx"] = (_FOLDER / f"{_DOCUMENTS[host]}.docx").read_bytes()
    return {path: (200, body) for path, body in pages.items()}


def _article(body: str, at: int) -> bytes:
    if at == 1:
        return article(body, 2023, '<a href="./W020240120001.docx">附件：年度报告.docx</a>').encode()
    return report_page(body, 2023, figures_of(at + 1)) if at % 5 == 0 else article(body, 2023).encode()
