"""A large portal of a few hosts on loopback, made as it is asked for: ``python -m tests.batteries.load_portal ROWS``.

It prints ``HOST:PORT`` of each host in one line and serves until its input ends. Nothing is read from disk or kept
but one report and one document, so that its work is small beside that of whoever asks.
"""

from __future__ import annotations

import asyncio
import io
import re
import sys
import zipfile
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crawler.demo import county
from crawler.demo.markup import render_content
from tests.portals.trs import PAGER, page, row

HOSTS = tuple(f"127.0.33.{number}" for number in range(1, 9))
YEARS = range(2014, 2024)
ROOT = "/zfxxgk/zfxxgknb/"
_ROWS = 20  # a page of a list
_TEMPLATE = ("示例县教育局", 2023)
_DOCX = Path(county.__file__).parent / "documents" / "jyj_2024.docx"
_ARTICLE = re.compile(rf"{ROOT}(\d{{4}})/\d{{6}}/t\d{{8}}_(\d+)\.html")
_FILE = re.compile(rf"{ROOT}(\d{{4}})/\d{{6}}/P0\d{{8}}_(\d+)\.docx")
_LIST = re.compile(rf"{ROOT}(\d{{4}})/(?:index(?:_(\d+))?\.html)?")
_HEAD = "HTTP/1.1 {} OK\r\nServer: example\r\nContent-Type: {}\r\n{}Content-Length: {}\r\n\r\n"
_MOVED = 50_000_000  # added to the number of an article that has moved

# Of a thousand rows of the lists; all others are small articles that are no report.
_KINDS = (
    ("absent", 10), ("moved", 10), ("cut", 4), ("reset", 3), ("no_http", 3), ("with_file", 5), ("report", 45),
)  # fmt: skip
OUTCOMES = {"absent": "not_found", "cut": "truncated", "reset": "reset", "no_http": "bad_http"}
"""Kind of a row → how a crawl has to end it; every other kind is fetched."""


@dataclass(frozen=True, slots=True)
class Portal:
    """``rows``: entries of the lists of each host, over all years."""

    rows: int

    def kinds(self) -> Counter[str]:
        """How many articles there are of each kind, over all hosts."""
        return Counter(kind_of(number) for host in range(len(HOSTS)) for number in self._numbers(host))

    def outcomes(self) -> Counter[str]:
        """Every URL of the portal, robots.txt apart, by the outcome that it has to have."""
        kinds = self.kinds()
        found = Counter({OUTCOMES[kind]: kinds[kind] for kind in OUTCOMES})
        found["alias"] = kinds["moved"]
        lists = sum(len(self._pages(host, year)) for host in range(len(HOSTS)) for year in YEARS)
        # The home page and the column of years of each host; a moved article is fetched where it is now.
        found["fetched"] = (
            2 * len(HOSTS) + lists + kinds["with_file"] + kinds.total() - sum(kinds[kind] for kind in OUTCOMES)
        )
        return found

    def _numbers(self, host: int) -> range:
        return range(host * self.rows, (host + 1) * self.rows)

    def _of_year(self, host: int, year: int) -> range:
        every, place = self._numbers(host), YEARS.index(year)
        return every[self.rows * place // len(YEARS) : self.rows * (place + 1) // len(YEARS)]

    def _pages(self, host: int, year: int) -> range:
        return range(max(1, -(-len(self._of_year(host, year)) // _ROWS)))

    def answer(self, host: int, path: str) -> bytes:
        """What is sent for a path; nothing where the connection is to be reset."""
        if path == "/robots.txt":
            return _reply(b"User-agent: *\nDisallow: /private/\n", kind="text/plain") if host % 2 else _absent()
        if path == "/":
            return _page(page("示例县人民政府", f'<a href="{ROOT}">政府信息公开年报</a><a href="/zwdt/">政务动态</a>'))
        if path == ROOT:
            years = "".join(f'<li><a href="./{year}/">{year}年</a></li>' for year in YEARS)
            return _page(page("政府信息公开年报", f"<ul>{years}</ul>", column="政府信息公开年报"))
        if found := _LIST.fullmatch(path):
            return self._list(host, int(found[1]), int(found[2] or 0))
        if found := _ARTICLE.fullmatch(path):
            return _article(int(found[1]), int(found[2]))
        if found := _FILE.fullmatch(path):
            return _reply(_docx(f"示例县第{found[2]}局"), kind="application/octet-stream")
        return _absent()

    def _list(self, host: int, year: int, number: int) -> bytes:
        if year not in YEARS or number not in (pages := self._pages(host, year)):
            return _absent()
        pager = PAGER % f'createPageHTML({len(pages)}, {number}, "index", "html", "{len(self._of_year(host, year))}");'
        numbers = self._of_year(host, year)[number * _ROWS : (number + 1) * _ROWS]
        rows = "".join(row(f"./{_leaf(year, one)}", _title(one, year)) for one in numbers)
        return _page(page("政府信息公开年报", f"<ul>{rows}</ul>{pager}", column=f"{year}年"))


def kind_of(number: int) -> str:
    """An article's number → report, with_file, absent, moved, cut, reset, no_http or small."""
    if number >= _MOVED:
        return "small"
    place = number * 617 % 1000  # 617 has no divisor in common with 1,000: every place once, and not side by side
    for kind, count in _KINDS:
        if place < count:
            return kind
        place -= count
    return "small"


def _leaf(year: int, number: int) -> str:
    return f"{year + 1}01/t{year + 1}0120_{number}.html"


def _title(number: int, year: int) -> str:
    if kind_of(number) == "report":
        return f"示例县第{number}局{year}年政府信息公开工作年度报告"
    return f"关于示例事项第{number}号的说明"


def _article(year: int, number: int) -> bytes:
    kind = kind_of(number)
    if kind == "absent":
        return _absent()
    if kind == "moved":
        location = f"Location: {ROOT}{year}/{_leaf(year, number + _MOVED)}\r\n"
        return _HEAD.format(302, "text/html", location, 0).encode()
    if kind == "reset":
        return b""
    if kind == "no_http":
        return b"\x00\x01 nothing that is HTTP\r\n\r\n"
    text = f"<p>{_title(number, year)}</p><p>现将示例事项第{number}号说明如下。{'本事项依照规定办理。' * 20}</p>"
    if kind == "with_file":
        leaf, name = f"P0{year + 1}0120_{number}.docx", f"示例县第{number}局2024年政府信息公开工作年度报告.docx"
        text += f'<div id="appendix">附件：<a href="./{leaf}">{name}</a></div>'
    body = a_report(number, year) if kind == "report" else _html(number, year, text)
    whole = _reply(body)
    return whole[: -len(body) // 2] if kind == "cut" else whole


def a_report(number: int, year: int) -> bytes:
    """The page of a report with its three tables, of a body of that number."""
    name, year_said = _TEMPLATE
    text = _render(_TEMPLATE).replace(name, f"示例县第{number}局").replace(f"{year_said}年", f"{year}年")
    return _html(number, year, text, f"示例县第{number}局{year}年政府信息公开工作年度报告")


def _html(number: int, year: int, text: str, title: str = "") -> bytes:
    title = title or _title(number, year)
    return (
        f'<html><head><meta charset="utf-8"><title>{title}</title><meta name="ArticleTitle" content="{title}">'
        f'<meta name="PubDate" content="{year + 1}-01-20 09:16"></head><body>'
        f'<a href="../" class="CurrChnlCls">政府信息公开年报</a><div class="TRS_Editor">{text}</div></body></html>'
    ).encode()


@cache
def _render(report: tuple[str, int]) -> str:
    """The one report whose words and figures all others have, under other names."""
    return render_content(report)


def _docx(name: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(_DOCX) as document, zipfile.ZipFile(packed, "w") as other:
        for entry in document.namelist():
            part = document.read(entry)
            other.writestr(
                entry, part.replace(_TEMPLATE[0].encode(), name.encode()) if entry.endswith(".xml") else part
            )
    return packed.getvalue()


def _page(text: str) -> bytes:
    return _reply(text.encode())


def _reply(body: bytes, status: int = 200, kind: str = "text/html") -> bytes:
    return _HEAD.format(status, kind, "", len(body)).encode() + body


def _absent() -> bytes:
    return _reply(b"<html><head><title>404</title></head><body>404 Not Found</body></html>", 404)


class _Connection(asyncio.Protocol):
    """One connection: requests one after the other, until something broken was asked for."""

    def __init__(self, portal: Portal, host: int) -> None:
        self._portal = portal
        self._host = host
        self._come = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._come += data
        while b"\r\n\r\n" in self._come:
            request, _, self._come = self._come.partition(b"\r\n\r\n")
            path = request.split(b" ", 2)[1].decode()
            answer = self._portal.answer(self._host, path)
            self._transport.write(answer)
            found = _ARTICLE.fullmatch(path)
            if found and kind_of(int(found[2])) in ("cut", "reset", "no_http"):
                self._transport.close()


async def serve(rows: int) -> None:
    """Says where it serves, and serves until its input ends."""
    loop = asyncio.get_running_loop()
    portal, addresses = Portal(rows), []
    for number, host in enumerate(HOSTS):
        server = await loop.create_server(lambda number=number: _Connection(portal, number), host, 0, backlog=128)
        addresses.append("{}:{}".format(*server.sockets[0].getsockname()))
    print(*addresses, flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
