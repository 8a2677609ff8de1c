"""Portals that say exactly what they are told, many of them in one thread, and the names that lead to them."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

HTML = "Content-Type: text/html; charset=utf-8\r\n"
_A, _CNAME, _AAAA = 1, 5, 28


@dataclass
class Site:
    """One host and port: ``pages`` are bodies, or whole answers where they begin with HTTP/; by path, with the query or
    without. ``wanted`` are the paths that a whole crawl asks for; ``asked`` those that were."""

    address: str
    port: int
    pages: dict[str, bytes] = field(default_factory=dict)
    wanted: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    name: str = ""

    @property
    def netloc(self) -> str:
        """Host and port as a URL has them; of a site that a proxy has, its ``name``."""
        return self.name or f"{self.address}:{self.port}"

    @property
    def seed(self) -> str:
        """Where its crawl begins."""
        return f"http://{self.netloc}/nb/"

    def put(self, path: str, body: str | bytes, wanted: bool = True) -> None:
        """Serves a body at a path, which a whole crawl asks for."""
        self.pages[path] = body if isinstance(body, bytes) else body.encode("utf-8", "surrogateescape")
        if wanted:
            self.wanted.add(path)

    @property
    def missing(self) -> set[str]:
        """What should have been asked for and was not."""
        return self.wanted - {path.partition("?")[0] for path in self.asked}

    def answer(self, path: str) -> bytes:
        """Request target → the whole answer."""
        body = self.pages.get(path, self.pages.get(path.partition("?")[0]))
        if body is None:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        if body.startswith(b"HTTP/"):
            return body
        return f"HTTP/1.1 200 OK\r\n{HTML}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Stage:
    """Context manager: the thread that serves sites and, where wanted, answers for names."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Stage:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def site(self, address: str, bound_to: str = "") -> Site:
        """A new site at an address, on a port of its own; ``bound_to``: the address of its socket, if another."""
        listener = socket.create_server((bound_to or address, 0))
        site = Site(address, listener.getsockname()[1])

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while await self._exchange(site, reader, writer):
                    pass
            except (OSError, asyncio.IncompleteReadError):  # the client has gone
                pass
            finally:
                writer.close()

        asyncio.run_coroutine_threadsafe(asyncio.start_server(serve, sock=listener), self._loop).result()
        return site

    async def _exchange(self, site: Site, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        fields = [line.partition(b":") for line in head.lower().split(b"\r\n")[1:]]
        length = next((int(value) for name, _, value in fields if name == b"content-length"), 0)
        await reader.readexactly(length)
        path = head.split(b" ", 2)[1].decode("latin-1")
        if site.name:
            path = path.removeprefix(f"http://{site.name}")
        site.asked.append(path)
        writer.write(site.answer(path))
        await writer.drain()
        return True

    def names(self, address: str, zone: dict[str, list[list[str]]]) -> Names:
        """A name server at an address, port 53."""
        names = Names(zone)

        async def listen() -> None:
            await self._loop.create_datagram_endpoint(lambda: names, local_addr=(address, 53))

        asyncio.run_coroutine_threadsafe(listen(), self._loop).result()
        return names


class Names(asyncio.DatagramProtocol):
    """Answers for names by DNS (RFC 1035). ``zone``: name → its answers, given in turn and the last one from then on;
    an answer is a list of addresses, or of one other name (CNAME). ``asked`` counts each name."""

    def __init__(self, zone: dict[str, list[list[str]]]) -> None:
        self.asked: Counter[str] = Counter()
        self._zone = zone
        self._turns: Counter[tuple[str, int]] = Counter()
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """One question, which gets its answer."""
        name, end = _name_in(data)
        (kind,) = struct.unpack_from("!H", data, end)
        self.asked[name] += 1
        records = self._records(name, kind)
        code = 0 if name in self._zone else 3  # NXDOMAIN
        head = data[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, len(records), 0, 0)
        assert self._transport is not None
        self._transport.sendto(head + data[12 : end + 4] + b"".join(records), addr)

    def _records(self, name: str, kind: int) -> list[bytes]:
        """The answer whose turn it is, aliases followed as a resolver that recurses does."""
        records: list[bytes] = []
        owner = b"\xc0\x0c"
        for _ in range(8):
            answers = self._zone.get(name, [[]])
            answer = answers[min(self._turns[name, kind], len(answers) - 1)]
            self._turns[name, kind] += 1
            alias = answer[0] if len(answer) == 1 and not _is_address(answer[0]) else ""
            if not alias:
                packed = [_packed(address) for address in answer if (":" in address) == (kind == _AAAA)]
                return records + [_record(owner, kind, data) for data in packed if kind in (_A, _AAAA)]
            records.append(_record(owner, _CNAME, _labels(alias)))
            owner, name = _labels(alias), alias
        return records


def _is_address(text: str) -> bool:
    return ":" in text or text.replace(".", "").isdigit()


def _packed(address: str) -> bytes:
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


def _record(owner: bytes, kind: int, data: bytes) -> bytes:
    return owner + struct.pack("!HHIH", kind, 1, 0, len(data)) + data


def _labels(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode("ascii") for label in name.split(".")) + b"\0"


def _name_in(data: bytes) -> tuple[str, int]:
    labels, at = [], 12
    while length := data[at]:
        labels.append(data[at + 1 : at + 1 + length].decode("latin-1"))
        at += 1 + length
    return ".".join(labels).lower(), at + 1


def article(title: str, more: str = "", head: str = "") -> str:
    """An article that is a report by its headings."""
    headings = (
        "总体情况",
        "主动公开政府信息情况",
        "收到和处理政府信息公开申请情况",
        "存在的主要问题及改进情况",
        "其他需要报告的事项",
    )
    prose = "".join(f"<p>{heading}</p><p>示例正文。</p>" for heading in headings)
    return f'<html><head><meta charset="utf-8">{head}<title>{title}</title></head><body>{prose}{more}</body></html>'


def listing(rows: Sequence[tuple[str, str]], more: str = "", head: str = "") -> str:
    """A page of a report column: rows as (reference, title)."""
    items = "".join(f'<li><a href="{quoted(reference)}">{title}</a></li>' for reference, title in rows)
    start = f'<html><head><meta charset="utf-8">{head}<title>政府信息公开年报</title></head>'
    return f"{start}<body><ul>{items}</ul>{more}</body></html>"


def quoted(text: str) -> str:
    """A text as the value of an attribute in double quotes; nothing else is changed."""
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def title_of(token: str) -> str:
    """The title of a report that no other page has."""
    return f"示例县第{token}局2023年政府信息公开工作年度报告"
