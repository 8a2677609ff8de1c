"""The portal as a server on loopback: validators, 304, a log of requests, the changes between two crawls."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import unquote, urlsplit

from crawler.demo import county
from crawler.demo.figures import Number, changed_cells
from crawler.demo.pages import render_article
from crawler.demo.site import Page, attachment_path, build_site, report_path

_LOST = (
    b"<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1></center>"
    b"<hr><center>nginx</center></body></html>\n"
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request that the portal answered; ``sent`` counts the bytes of the answer's body."""

    method: str
    path: str
    status: int
    sent: int


@dataclass(frozen=True, slots=True)
class Changes:
    """The whole truth of what the portal changes between two crawls.

    ``edited`` and ``replaced`` map a key to its figures (before, after).
    """

    edited_path: str
    edited: Mapping[str, tuple[Number, Number]]
    replaced_path: str
    replaced: Mapping[str, tuple[Number, Number]]
    dropped_path: str


CHANGES = Changes(
    edited_path=report_path(county.EDITED),
    edited=changed_cells(county.EDITED),
    replaced_path=attachment_path(county.REPLACED),
    replaced=changed_cells(county.REPLACED),
    dropped_path=report_path(county.DROPPED),
)


class Portal:
    """The county's portal on a free port of 127.0.0.1, from ``__enter__`` to ``__exit__``."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.today = county.FIRST_DAY
        self.pages: dict[str, Page] = dict(build_site())
        self._hits = 0
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.portal = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="demo-portal", daemon=True
        )

    def __enter__(self) -> Portal:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def host_port(self) -> str:
        """``127.0.0.1:40123``."""
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        """The home page."""
        return f"http://{self.host_port}/"

    def change(self) -> Changes:
        """A week passes: one report is edited, one attachment replaced, one page dropped.

        Lists that named the dropped page change with it. Every other page keeps its bytes and validators.
        """
        later = datetime.combine(county.SECOND_DAY, time(2, 30), tzinfo=UTC)
        pages: dict[str, Page] = {}
        for path, page in build_site(changed=True).items():
            before = self.pages.get(path)
            same = before is not None and before.body == page.body
            pages[path] = before if before is not None and same else replace(page, modified=later)
        self.today = county.SECOND_DAY
        self.pages = pages
        return CHANGES

    def is_counting(self, path: str) -> bool:
        """Whether the server writes this page anew at each visit."""
        return path in self.pages and self.pages[path].counting is not None

    def body_of(self, page: Page) -> bytes:
        """The bytes to send; a counting page counts this visit."""
        if page.counting is None:
            return page.body
        with self._lock:
            self._hits += 1
            hits = 2_600 + self._hits * 17
        today = f"今天是{_in_chinese(self.today)}，您是第{hits * 31}位访客"
        return render_article(replace(page.counting, hits=str(hits), today=today)).encode("utf-8")

    def record(self, request: Request) -> None:
        """Adds one line to the log."""
        with self._lock:
            self.requests.append(request)


def _in_chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日 星期{'一二三四五六日'[day.weekday()]}"


def entity_tag(page: Page) -> str:
    """A tag as nginx makes it: time of change and length, both hexadecimal."""
    return f'"{int(page.modified.timestamp()):x}-{len(page.body):x}"'


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    portal: Portal

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no error of the portal's; anything else is reported as usual."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    """Answers as a web server of static files does."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes: else each answer waits 40 ms for an ACK
    server: _Server

    def version_string(self) -> str:
        return "nginx/1.18.0"

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date header follows the demo's calendar."""
        now = datetime.combine(self.server.portal.today, time(1, 0), tzinfo=UTC)
        return format_datetime(now if timestamp is None else datetime.fromtimestamp(timestamp, UTC), usegmt=True)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name in the base class)
        """Keeps the terminal quiet: the log is ``Portal.requests``."""

    def do_GET(self) -> None:
        portal = self.server.portal
        path = unquote(urlsplit(self.path).path)
        page = portal.pages.get(path)
        if page is not None and page.counting is None and self._is_unchanged(page):
            self._answer(path, HTTPStatus.NOT_MODIFIED, b"", _validators(page))
        elif page is not None:
            self._answer(path, HTTPStatus.OK, portal.body_of(page), _headers(page))
        elif f"{path}/" in portal.pages:
            self._answer(path, HTTPStatus.MOVED_PERMANENTLY, b"", {"Location": f"{path}/", "Content-Type": "text/html"})
        else:
            self._answer(path, HTTPStatus.NOT_FOUND, _LOST, {"Content-Type": "text/html"})

    def do_HEAD(self) -> None:
        self.do_GET()

    def _is_unchanged(self, page: Page) -> bool:
        """RFC 9110, 13.2.2: If-None-Match decides where it is sent, else If-Modified-Since."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            known = [tag.strip().removeprefix("W/") for tag in tags.split(",")]
            return entity_tag(page) in known or known == ["*"]
        since = self.headers.get("If-Modified-Since")
        if since is None:
            return False
        try:
            moment = parsedate_to_datetime(since)
        except ValueError:
            return False  # RFC 9110, 13.1.3: a date that is none is ignored
        return page.modified <= (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC))

    def _answer(self, path: str, status: HTTPStatus, body: bytes, headers: Mapping[str, str]) -> None:
        sent = body if self.command == "GET" else b""
        # Before the first byte goes: whoever has the answer finds it in the log.
        self.server.portal.record(Request(self.command, path, int(status), len(sent)))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(sent)


def _validators(page: Page) -> dict[str, str]:
    return {"Last-Modified": format_datetime(page.modified, usegmt=True), "ETag": entity_tag(page)}


def _headers(page: Page) -> dict[str, str]:
    if page.counting is not None:
        return {"Content-Type": page.content_type, "Cache-Control": "no-cache", "X-Powered-By": "Servlet/3.0"}
    return {"Content-Type": page.content_type, **_validators(page)}
