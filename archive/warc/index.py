"""CDXJ, the index of a WARC: one line a record, sorted by URL key and time, on disk while it grows."""

from __future__ import annotations

import base64
import heapq
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO
from urllib.parse import unquote_plus, urlsplit

_PORTS = {"http": 80, "https": 443}
_WWW = re.compile(r"www\d*\.")
_LINES_IN_MEMORY = 50_000
_LINES_IN_BLOCK = 300


@dataclass(frozen=True, slots=True)
class Entry:
    """Where one record stands; ``time`` as in WARC-Date, ``post`` the body that was posted."""

    url: str
    time: str
    mime: str
    status: str
    digest: str
    offset: int
    length: int
    filename: str
    post: str = ""

    def as_line(self) -> str:
        """``urlkey timestamp {json}``, as replay programs read it."""
        told = {
            "url": self.url,
            **({"mime": self.mime} if self.mime else {}),
            "status": self.status,
            "digest": self.digest,
            "length": str(self.length),
            "offset": str(self.offset),
            "filename": self.filename,
        }
        url = self.url
        if self.post:
            query = _posted(self.post)
            url += ("&" if "?" in url else "?") + f"__wb_method=POST&{query}"
            told |= {"method": "POST", "requestBody": query}
        stamp = re.sub(r"[^0-9]", "", self.time)
        return f"{urlkey(url)} {stamp} {json.dumps(told)}\n"


def urlkey(url: str) -> str:
    """URL → the key under which replay programs look it up: host reversed, no scheme, no ``www``, lower case,
    arguments sorted (sort-friendly URI reordering transform).

    >>> urlkey("http://www.a.example:80/B/?y=2&x=1")
    'example,a)/b?x=1&y=2'
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:  # an unclosed bracket, or a port that is no number
        return url.lower()
    if not host:
        return url.lower()
    host = _WWW.sub("", host, count=1) if _WWW.match(host) else host
    reversed_host = ",".join(reversed(host.split(".")))
    at = "" if port is None or port == _PORTS.get(parts.scheme.lower()) else f":{port}"
    path = parts.path.lower() or "/"
    path = path[:-1] if len(path) > 1 and path.endswith("/") else path
    query = "&".join(sorted(parts.query.lower().split("&"))) if parts.query else ""
    return f"{reversed_host}{at}){path}" + (f"?{query}" if query else "")


@dataclass(slots=True)
class Sorter:
    """Takes lines in any order and gives them sorted; more than a few are kept in files that are gone afterwards."""

    stack: ExitStack
    lines: list[str] = field(default_factory=list)
    files: list[IO[str]] = field(default_factory=list)

    def add(self, line: str) -> None:
        """One line, ended."""
        self.lines.append(line)
        if len(self.lines) >= _LINES_IN_MEMORY:
            file = self.stack.enter_context(TemporaryFile("w+", encoding="utf-8", newline="\n"))  # noqa: SIM115 – the stack closes it
            file.writelines(sorted(self.lines))
            file.seek(0)
            self.files.append(file)
            self.lines.clear()

    def sorted(self) -> Iterator[str]:
        """All lines that were added."""
        return heapq.merge(sorted(self.lines), *self.files)


def blocks_of(lines: Iterable[str], filename: str) -> Iterator[tuple[bytes, str]]:
    """Sorted CDXJ lines → (gzip member of up to 300 lines, its line in the index of the index), one after another.

    The second of the first pair begins with the line that names the file (``cdxj-gzip-1.0``).
    """
    offset = 0
    about = "!meta 0 " + json.dumps({"format": "cdxj-gzip-1.0", "filename": filename}) + "\n"
    block: list[str] = []

    def packed() -> tuple[bytes, str]:
        packer = zlib.compressobj(6, zlib.DEFLATED, 31)
        member = packer.compress("".join(block).encode()) + packer.flush()
        key = block[0].partition(" {")[0]
        return member, f"{key} " + json.dumps({"offset": offset, "length": len(member)}) + "\n"

    for line in lines:
        block.append(line)
        if len(block) == _LINES_IN_BLOCK:
            member, said = packed()
            yield member, about + said
            offset, about = offset + len(member), ""
            block.clear()
    if block:
        member, said = packed()
        yield member, about + said
    elif about:
        yield b"", about


def _posted(post: str) -> str:
    """The body of a POST as the part of a key that tells two POSTs to one URL apart."""
    if post.startswith("{"):
        return "__wb_post_data=" + base64.b64encode(post.encode("utf-8", "replace")).decode("ascii")
    return unquote_plus(post)
