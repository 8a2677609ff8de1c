"""Many small portals on the addresses of loopback, each with a report column; every request is logged."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.portals.trs import article, page, row

REPORTS = 3


@dataclass(frozen=True)
class Logged:
    """One request: the address and port asked, the path, and when it began and ended (seconds of one clock)."""

    address: str
    port: int
    path: str
    began: float
    ended: float


@dataclass(frozen=True)
class Host:
    """One portal of the crowd."""

    address: str
    port: int

    @property
    def netloc(self) -> str:
        """Host and port."""
        return f"{self.address}:{self.port}"


class Crowd:
    """Context manager: one portal for each address given. ``robots``: address → body of its robots.txt, else 404.

    ``answer_time``: seconds until a page is sent, by address. ``before``: called with each request's address and path.
    """

    def __init__(
        self,
        addresses: list[str],
        robots: dict[str, str] | None = None,
        answer_time: dict[str, float] | None = None,
        before: Callable[[str, str], tuple[int, dict[str, str]] | None] = lambda address, path: None,
    ) -> None:
        self.log: list[Logged] = []
        self.pages = {"/nb/": _column()} | {f"/nb/t100{n}.html": _report(n) for n in range(REPORTS)}
        self._robots = robots or {}
        self._answer_time = answer_time or {}
        self._before = before
        self._lock = threading.Lock()
        self._servers = [ThreadingHTTPServer((address, 0), self._handler()) for address in addresses]
        self.hosts = [Host(str(server.server_address[0]), int(server.server_address[1])) for server in self._servers]

    def __enter__(self) -> Crowd:
        for server in self._servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            threading.Thread(target=server.shutdown, daemon=True).start()
            server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        crowd = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                began = time.monotonic()
                address, port = self.connection.getsockname()
                answered = crowd._before(address, self.path)
                time.sleep(crowd._answer_time.get(address, 0.0))
                body = crowd.pages.get(self.path)
                if self.path == "/robots.txt" and address in crowd._robots:
                    body = crowd._robots[address].encode()
                status, headers = answered or (404 if body is None else 200, {})
                with crowd._lock:
                    crowd.log.append(Logged(address, port, self.path, began, time.monotonic()))
                sent = body if status == 200 and body is not None else b""
                self.send_response(status)
                for name, value in {"Content-Type": "text/html", **headers, "Content-Length": str(len(sent))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, *_: object) -> None:
                """Nothing: ``Crowd.log`` has it."""

        return Handler


def _column() -> bytes:
    rows = [row(f"/nb/t100{n}.html", f"示例县第{n}局2023年政府信息公开工作年度报告") for n in range(REPORTS)]
    return page("政府信息公开年报", "".join(rows)).encode()


def _report(number: int) -> bytes:
    return article(f"第{number}局", 2023).encode()
