"""What every imitated portal shares: servers on loopback hosts, the log of requests, and what is true of it."""

from __future__ import annotations

import importlib
import pkgutil
import random
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

from crawler.demo import county
from crawler.demo.county import Key
from crawler.demo.markup import EDITOR_STYLE, render_content
from tests.portals.layout import Entry, Layout

DOCUMENTS = Path(county.__file__).parent / "documents"
TYPES = {"pdf": "application/pdf", "doc": "application/msword", "docx": "application/octet-stream"}
LOOK_ALIKES = (
    "2023年政府网站工作年度报表",
    "示例县2023年法治政府建设年度报告",
    "示例县教育局2023年部门决算",
    "2023年政务公开工作要点",
    "示例县2023年国民经济和社会发展统计公报",
    "示例中学2023年事业单位法人年度报告书",
)
HEADINGS = "".join(
    f"<p>{number}、{heading}</p><p>本年无。</p>"
    for number, heading in (
        ("一", "总体情况"),
        ("二", "主动公开政府信息情况"),
        ("三", "收到和处理政府信息公开申请情况"),
        ("五", "存在的主要问题及改进情况"),
        ("六", "其他需要报告的事项"),
    )
)
CHALLENGE = (
    b'<html><head><script>document.cookie="__jsluid_s=1f";location.href=location.pathname;</script></head><body>'
    b"</body></html>"
)
NEWS = ("关于公布示例河道整治项目的公告", "示例县召开春耕座谈会", "示例镇开展清洁家园活动", "示例县2024年公开招聘公告")


@dataclass(frozen=True, slots=True)
class Reply:
    """What is served at a path."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the server sees it. ``host`` is the number of the portal's host."""

    method: str
    host: int
    path: str
    target: str
    query: dict[str, str]
    post: str
    referer: str

    @property
    def form(self) -> dict[str, str]:
        """The fields of a posted form."""
        return dict(parse_qsl(self.post, keep_blank_values=True))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no error of the server's."""


class Portal:
    """Context manager: one portal on its loopback hosts. A family's module derives from it and builds its pages.

    What is true of it: ``reports`` are the URLs that a crawl has to take, ``look_alikes`` those it must not, ``rows``
    the entries of all its report lists, of which ``shown`` have been served; ``one_of`` are sets of URLs under which
    one document stands, ``never`` beginnings of URLs that only an endless site has; ``challenges`` are a firewall's
    pages served. ``seed`` shuffles the layout, whose reports are all ``light``: their headings alone. ``at``: a portal
    whose hosts this one takes over, as a rebuilt site does; nothing of the old one is served any more.
    """

    NAME = ""
    ADDRESSES: tuple[str, ...] = ()

    def __init__(self, seed: int | None = None, *, light: bool | None = None, at: Portal | None = None) -> None:
        self.light = seed is not None if light is None else light
        self.challenges = 0
        self.layout = Layout(seed)
        self.random = random.Random(seed)
        self.pages: dict[tuple[int, str], Reply] = {}
        self.listed: dict[tuple[int, str], list[str]] = {}
        self.reports: set[str] = set()
        self.look_alikes: set[str] = set()
        self.rows: set[str] = set()
        self.shown: set[str] = set()
        self.one_of: list[set[str]] = []
        self.never: list[str] = []
        self.log: list[tuple[str, str, str, int]] = []
        self.successor: Portal | None = None
        if at is not None:
            self._servers, at.successor = at._servers, self
        else:
            hosts = enumerate(self.ADDRESSES)
            self._servers = [_Server((address, 0), self._handler(number)) for number, address in hosts]
        self.netlocs = [f"{server.server_address[0]}:{server.server_address[1]}" for server in self._servers]
        self.build()

    def build(self) -> None:
        """Puts every page of the portal; a family's own."""
        raise NotImplementedError

    def respond(self, asked: Asked) -> Reply | None:
        """What a program of the portal answers, or None: then the page that was put, or its soft 404."""
        return None

    def missing(self, asked: Asked) -> Reply:
        """A portal's way to say that there is no such page."""
        return Reply(b"<html><head><title>404</title></head><body>404 Not Found</body></html>", 404)

    # building

    def url(self, path: str, host: int = 0) -> str:
        """The absolute URL of a path."""
        return urljoin(f"http://{self.netlocs[host]}/", path)

    @property
    def home(self) -> str:
        """The home page."""
        return self.url("/")

    def put(self, path: str, body: str | bytes, host: int = 0, *, charset: str = "utf-8", **headers: str) -> None:
        """Serves a page at a path, and at the bare directory if it is an index."""
        data = body if isinstance(body, bytes) else body.encode(charset, "replace")
        reply = Reply(data, headers={"Content-Type": "text/html", **headers})
        self.pages[host, path] = reply
        stem, _, leaf = path.rpartition("/")
        if leaf.startswith("index.") and "?" not in leaf:
            self.pages.setdefault((host, f"{stem}/"), reply)

    def put_list(self, path: str, body: str | bytes, entries: Iterable[Entry], host: int = 0, **more: str) -> None:
        """Serves a page of a list, and remembers which rows it shows."""
        self.put(path, body, host, **more)
        self.expect(titles := [entry.title for entry in entries])
        for name in {path, path.rpartition("/")[0] + "/"}:
            if self.pages.get((host, name)) is self.pages[host, path]:
                self.listed[host, name] = titles

    def put_challenge(self, path: str, report: Key, status: int, host: int = 0) -> Entry:
        """A report that a firewall does not give out: looked for, not evaded, not among those to be had; its row."""
        self.pages[host, path] = Reply(CHALLENGE, status)
        return Entry(self.url(path, host) if host else path, county.title_of(report))

    def expect(self, titles: Iterable[str]) -> None:
        """Rows that a list has."""
        self.rows.update(titles)

    def put_article(self, path: str, report: Key, host: int = 0, *, extra: str = "", body: str | None = None) -> str:
        """Serves a report's article and expects it to be taken; its URL."""
        title = county.title_of(report)
        # A third of the reports are whole; the others would only take the reader's time.
        content = body or (HEADINGS if self.light or len(self.reports) % 3 else content_of(report))
        self.put(path, self.layout.article(title, content + extra, f"{county.published_on(report)} 09:16"), host)
        self.reports.add(self.url(path, host))
        return self.url(path, host)

    def put_file(self, path: str, report: Key, host: int = 0) -> None:
        """Serves a report's file and expects it to be taken."""
        data = file_of(report)
        kind = TYPES[county.ATTACHED[report].suffix]
        self.pages[host, path] = Reply(data, headers={"Content-Type": kind})
        self.reports.add(self.url(path, host))

    def put_look_alike(self, path: str, title: str, host: int = 0) -> Entry:
        """Serves something near a report, which nobody is to take; its row."""
        self.put(path, self.layout.article(title, "<p>示例正文。</p>", "2024-01-05"), host)
        self.look_alikes.add(self.url(path, host))
        return Entry(path, title)

    # serving

    def __enter__(self) -> Portal:
        for server in self._servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
        self.close()

    def close(self) -> None:
        """Gives the ports back."""
        for server in self._servers:
            server.server_close()

    def _handler(self, number: int) -> type[BaseHTTPRequestHandler]:
        portal = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                post = self.rfile.read(length).decode()
                parts = urlsplit(self.path)
                query = dict(parse_qsl(parts.query, keep_blank_values=True))
                asked = Asked(
                    self.command, number, parts.path, self.path, query, post, self.headers.get("Referer") or ""
                )
                reply = (portal.successor or portal).answer(asked)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                """Nothing on the terminal."""

        return Handler

    def answer(self, asked: Asked) -> Reply:
        """One request → its reply, kept in the log."""
        reply = self.respond(asked)
        if reply is None and asked.method == "GET":
            reply = self.pages.get((asked.host, asked.target))
            self.shown.update(self.listed.get((asked.host, asked.target), ()))
        reply = reply or self.missing(asked)
        self.challenges += reply.body == CHALLENGE or "验证码".encode() in reply.body
        self.log.append((asked.method, self.url(asked.target, asked.host), asked.post, reply.status))
        return reply

    @property
    def asked(self) -> list[str]:
        """URLs in the order asked for, without robots.txt."""
        return [url for _, url, _, _ in self.log if not url.endswith("/robots.txt")]


def reports_of(*years: int, bodies: slice = slice(None)) -> list[Key]:
    """The invented county's reports on these years, without one that has no body in its title."""
    every = [(body.name, year) for year in years for body in county.BODIES[bodies]]
    return [report for report in every if report not in (county.MISSING, county.UNNAMED)]


def content_of(report: Key) -> str:
    """A report's text and tables, without the editor block of one family."""
    return render_content(report).replace(EDITOR_STYLE, "").replace('<div class="TRS_Editor">', "<div>")


def file_of(report: Key) -> bytes:
    """The bytes of a report's file."""
    return (DOCUMENTS / county.document_name(report)).read_bytes()


def pages_of(entries: Sequence[Entry], size: int) -> list[Sequence[Entry]]:
    """Rows → pages of so many rows."""
    return [entries[start : start + size] for start in range(0, len(entries), size)]


def portals() -> dict[str, type[Portal]]:
    """Every imitated portal of this folder by its NAME."""
    folder = Path(__file__).parent
    for module in pkgutil.iter_modules([str(folder)]):
        importlib.import_module(f"tests.portals.{module.name}")
    return {kind.NAME: kind for kind in sorted(Portal.__subclasses__(), key=lambda kind: kind.NAME)}
