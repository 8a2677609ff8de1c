"""Redirects, refreshes and validators that lie: what a server does to a crawl with more than one answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.batteries.wire_faults import OK, PAGE
from tests.batteries.wire_site import whole
from tests.portals.raw import Script
from tests.portals.shapes import sized
from tests.portals.trs import article

FIRST = article("第一局", 2023).encode()
SECOND = article("第一局", 2023, extra="<p>改过。</p>").encode()


@dataclass(frozen=True)
class Move:
    """``answers``: path → what is served in the second crawl; the first path is the one the list links to.

    ``before``: what the first path served in the first crawl. ``ends``: path → (outcome, part of the remark).
    ``good``: the payload that the first path's resource has as its last good one at the end. ``asks``: path → how many
    requests there were for it in the second crawl.
    """

    kind: str
    name: str
    answers: dict[str, Script]
    ends: dict[str, tuple[str, str]]
    before: bytes = b""
    good: bytes = b""
    asks: dict[str, int] = field(default_factory=dict)


def to(location: bytes, *lines: bytes, status: bytes = b"302 Found") -> bytes:
    """A redirect."""
    return sized(b"", b"Location: " + location, *lines, status=b"HTTP/1.1 " + status)


def refresh(url: str) -> bytes:
    """A page that is but a shell, and sends its reader on."""
    return whole(f'<html><head><meta http-equiv="refresh" content="0; url={url}"></head><body></body></html>'.encode())


def _redirects() -> Iterable[Move]:
    good = whole(PAGE)
    alias = ("alias", "")
    yield Move("redirects", "to itself", {"/m/self": to(b"/m/self")}, {"/m/self": ("bad_http", "a circle of 1")})
    yield Move("redirects", "to itself with a cookie", {"/m/cookie": to(b"/m/cookie", b"Set-Cookie: a=1")},
               {"/m/cookie": ("challenge", "a circle of 1")})  # fmt: skip
    yield Move("redirects", "to itself with a fragment", {"/m/part": to(b"/m/part#x")},
               {"/m/part": ("bad_http", "a circle of 1")})  # fmt: skip
    yield Move("redirects", "two in a circle", {"/m/a": to(b"/m/b"), "/m/b": to(b"/m/a")},
               {"/m/a": alias, "/m/b": ("bad_http", "a circle of 2")})  # fmt: skip
    ring = {f"/m/r{n}": to(b"/m/r%d" % ((n + 1) % 5)) for n in range(5)}
    yield Move("redirects", "five in a circle", ring,
               {f"/m/r{n}": alias for n in range(4)} | {"/m/r4": ("bad_http", "a circle of 5")})  # fmt: skip
    many: dict[str, Script] = {f"/m/n{n}": to(b"/m/n%d" % (n + 1)) for n in range(10_000)}
    yield Move("redirects", "10,000 of them", many,
               {f"/m/n{n}": alias for n in range(20)} | {"/m/n20": ("bad_http", "leads on after 20 steps")},
               asks={f"/m/n{n}": 0 for n in range(21, 40)})  # fmt: skip
    yield Move("redirects", "two aliases of one page", {"/m/x1": to(b"/m/x"), "/m/x2": to(b"/m/x"), "/m/x": good},
               {"/m/x1": alias, "/m/x2": alias, "/m/x": ("fetched", "")}, asks={"/m/x": 1})  # fmt: skip
    plain = {
        "missing": sized(b"", status=b"HTTP/1.1 302 Found"), "empty": to(b""), "to a script": to(b"javascript:x()"),
        "to a file": to(b"file:///etc/passwd"), "to FTP": to(b"ftp://127.0.0.1/x"), "to data": to(b"data:text/html,x"),
        "garbage": to(b"http://["), "of a fragment": to(b"#x"),
    }  # fmt: skip
    for number, (name, answer) in enumerate(plain.items()):
        yield Move("redirects", f"Location {name}", {f"/m/g{number}": answer}, {f"/m/g{number}": ("bad_http", "")})
    steps = {
        "relative": b"t1", "of query alone": b"?t2=1", "without scheme": b"//off-scope.example/t3",
        "in GBK": "/m/县".encode("gbk"), "in UTF-8": "/m/县".encode(), "with a NUL": b"/m/t\x006",
        "with a bare CR": b"/m/t7\rX: 1", "with spaces": b"  /m/t 8  ", "folded": b"/m/\r\n t9", "no host": b"http:///m/t10", "port beyond any": b"http://127.0.0.1:99999/",
        "port of letters": b"http://127.0.0.1:x/",
    }  # fmt: skip
    for number, (name, location) in enumerate(steps.items()):
        yield Move("redirects", f"Location {name}", {f"/m/s{number}": to(location)}, {f"/m/s{number}": alias})
    off, private = "http://off-scope.example/x", "http://127.0.0.1:1/x"
    yield Move("redirects", "to a host not followed", {"/m/off": to(off.encode())},
               {"/m/off": alias, off: ("off_scope", "")})  # fmt: skip
    yield Move("redirects", "to an address not allowed", {"/m/in": to(private.encode())},
               {"/m/in": alias, private: ("off_scope|refused_address", "")})  # fmt: skip
    cut = b"HTTP/1.1 302 Found\r\nLocation: /m/nowhere\r\nContent-Length: 99\r\n\r\ncut"
    yield Move("redirects", "cut", {"/m/cut": cut}, {"/m/cut": ("truncated", "")}, asks={"/m/cut": 3, "/m/nowhere": 0})
    yield Move("redirects", "two Locations", {"/m/two": to(b"/m/one", b"Location: /m/other"), "/m/other": good},
               {"/m/two": alias, "/m/other": ("fetched", "")}, asks={"/m/one": 0})  # fmt: skip


def _refreshes() -> Iterable[Move]:
    had = ("fetched", "")
    yield Move("refreshes", "to itself", {"/f/self": refresh("/f/self")}, {"/f/self": had}, asks={"/f/self": 1})
    yield Move("refreshes", "two in a circle", {"/f/a": refresh("/f/b"), "/f/b": refresh("/f/a")},
               {"/f/a": had, "/f/b": had}, asks={"/f/a": 1, "/f/b": 1})  # fmt: skip
    many: dict[str, Script] = {f"/f/n{n}": refresh(f"/f/n{n + 1}") for n in range(1_000)}
    yield Move("refreshes", "1,000 of them", many, {"/f/n0": ("fetched", "")}, asks={"/f/n20": 0})
    yield Move("refreshes", "to a script", {"/f/js": refresh("javascript:alert(1)")}, {"/f/js": ("fetched", "")})


def _validators() -> Iterable[Move]:
    old, other = b'ETag: "1"', b'ETag: "2"'
    dated = b"Last-Modified: Mon, 20 Jan 2025 01:00:00 GMT"

    def unchanged(*lines: bytes) -> bytes:
        return b"\r\n".join((b"HTTP/1.1 304 Not Modified", *lines, b"", b""))

    same, had, lies, cut = ("not_modified", ""), ("fetched", ""), ("bad_http", "304"), ("truncated", "")
    long = b'ETag: "%s"' % (b"x" * 60_000)
    cases: dict[str, tuple[bytes, bytes, tuple[str, str], bytes, int]] = {
        "304 with its ETag": (whole(FIRST, old), unchanged(old), same, FIRST, 1),
        "304 without ETag": (whole(FIRST, old), unchanged(), same, FIRST, 1),
        "304 with it made weak": (whole(FIRST, old), unchanged(b'ETag: W/"1"'), same, FIRST, 1),
        "304 by date": (whole(FIRST, dated), unchanged(dated), same, FIRST, 1),
        "304 with another ETag": (whole(FIRST, old), unchanged(other), lies, FIRST, 2),
        "304 where nothing was asked": (whole(FIRST), unchanged(old), lies, FIRST, 1),
        "304 with a length": (whole(FIRST, old), unchanged(old, b"Content-Length: 500"), same, FIRST, 1),
        "304 with a body": (whole(FIRST, old), unchanged(old) + b"junk", same, FIRST, 1),
        "the same ETag, other bytes": (whole(FIRST, old), whole(SECOND, old), had, SECOND, 1),
        "the same date, other bytes": (whole(FIRST, dated), whole(SECOND, dated), had, SECOND, 1),
        "another ETag, the same bytes": (whole(FIRST, old), whole(FIRST, other), had, FIRST, 1),
        "an ETag with a body cut": (whole(FIRST, old), sized(SECOND, other) + SECOND[:400], cut, FIRST, 3),
        "an ETag on an empty page": (whole(FIRST, old), whole(b"", other), ("truncated", "empty"), FIRST, 3),
        "an ETag on what had no length": (OK + old + b"\r\n\r\n" + FIRST, unchanged(old), lies, FIRST, 1),
        "an ETag in Chinese": (whole(FIRST, 'ETag: "县"'.encode()), whole(SECOND), had, SECOND, 1),
        "an ETag with NUL": (whole(FIRST, b'ETag: "a\0b"'), whole(SECOND), had, SECOND, 1),
        "an ETag with a bare CR": (whole(FIRST, b'ETag: "a"\rX-Own: 1'), whole(SECOND), had, SECOND, 1),
        "an ETag of 60,000 bytes": (whole(FIRST, long), whole(SECOND), had, SECOND, 1),
        "a date that is none": (whole(FIRST, b"Last-Modified: soon"), whole(SECOND), had, SECOND, 1),
    }  # fmt: skip
    for number, (name, (before, after, end, good, asks)) in enumerate(cases.items()):
        path = f"/v/{number}"
        yield Move("validators", name, {path: after}, {path: end}, before, good, {path: asks})


def moves() -> list[Move]:
    """All of them."""
    return [*_redirects(), *_refreshes(), *_validators()]
