"""Redirects, refreshes and validators that lie: what a server does to a crawl with more than one answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.batteries.wire_faults import OK, PAGE
from tests.batteries.wire_site import whole
from tests.portals.raw import Script
from tests.portals.shapes import sized
from tests.portals.trs import article

OLD = article("第一局", 2023).encode()
NEW = article("第一局", 2023, extra="<p>改过。</p>").encode()


@dataclass(frozen=True)
class Move:
    """``answers``: path → what is served in the second crawl; the list links to the first path, and to ``linked``.

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
    linked: tuple[str, ...] = ()


def to(location: bytes, *lines: bytes, status: bytes = b"302 Found") -> bytes:
    """A redirect."""
    return sized(b"", b"Location: " + location, *lines, status=b"HTTP/1.1 " + status)


def refresh(url: str) -> bytes:
    """A page that is but a shell, and sends its reader on."""
    return whole(f'<html><head><meta http-equiv="refresh" content="0; url={url}"></head><body></body></html>'.encode())


def _redirects() -> Iterable[Move]:
    good = whole(PAGE)
    alias = ("alias", "")
    yield Move(
        "redirects", "to itself", {"/nb/m/self": to(b"/nb/m/self")}, {"/nb/m/self": ("bad_http", "a circle of 1")}
    )
    yield Move("redirects", "to itself with a cookie", {"/nb/m/cookie": to(b"/nb/m/cookie", b"Set-Cookie: a=1")},
               {"/nb/m/cookie": ("challenge", "a circle of 1")})  # fmt: skip
    yield Move("redirects", "to itself with a fragment", {"/nb/m/part": to(b"/nb/m/part#x")},
               {"/nb/m/part": ("bad_http", "a circle of 1")})  # fmt: skip
    yield Move("redirects", "two in a circle", {"/nb/m/a": to(b"/nb/m/b"), "/nb/m/b": to(b"/nb/m/a")},
               {"/nb/m/a": alias, "/nb/m/b": ("bad_http", "a circle of 2")})  # fmt: skip
    ring = {f"/nb/m/r{n}": to(b"/nb/m/r%d" % ((n + 1) % 5)) for n in range(5)}
    yield Move("redirects", "five in a circle", ring,
               {f"/nb/m/r{n}": alias for n in range(4)} | {"/nb/m/r4": ("bad_http", "a circle of 5")})  # fmt: skip
    many: dict[str, Script] = {f"/nb/m/n{n}": to(b"/nb/m/n%d" % (n + 1)) for n in range(10_000)}
    yield Move("redirects", "10,000 of them", many,
               {f"/nb/m/n{n}": alias for n in range(20)} | {"/nb/m/n20": ("bad_http", "leads on after 20 steps")},
               asks={f"/nb/m/n{n}": 0 for n in range(21, 40)})  # fmt: skip
    both = to(b"/nb/m/x")
    yield Move("redirects", "two aliases of one page", {"/nb/m/x1": both, "/nb/m/x2": both, "/nb/m/x": good},
               {"/nb/m/x1": alias, "/nb/m/x2": alias, "/nb/m/x": ("fetched", "")}, asks={"/nb/m/x": 1},
               linked=("/nb/m/x2",))  # fmt: skip
    plain = {
        "missing": sized(b"", status=b"HTTP/1.1 302 Found"), "empty": to(b""), "to a script": to(b"javascript:x()"),
        "to a file": to(b"file:///etc/passwd"), "to FTP": to(b"ftp://127.0.0.1/x"), "to data": to(b"data:text/html,x"),
        "garbage": to(b"http://["), "of a fragment": to(b"#x"),
    }  # fmt: skip
    for number, (name, answer) in enumerate(plain.items()):
        yield Move(
            "redirects", f"Location {name}", {f"/nb/m/g{number}": answer}, {f"/nb/m/g{number}": ("bad_http", "")}
        )
    steps = {
        "relative": b"t1", "of query alone": b"?t2=1", "without scheme": b"//off-scope.example/t3",
        "in GBK": "/nb/m/县".encode("gbk"), "in UTF-8": "/nb/m/县".encode(), "with a NUL": b"/nb/m/t\x006",
        "with a bare CR": b"/nb/m/t7\rX: 1", "with spaces": b"  /nb/m/t 8  ", "folded": b"/nb/m/\r\n t9",
        "no host": b"http:///nb/m/t10", "port beyond any": b"http://127.0.0.1:99999/",
        "port of letters": b"http://127.0.0.1:x/",
    }  # fmt: skip
    for number, (name, location) in enumerate(steps.items()):
        yield Move("redirects", f"Location {name}", {f"/nb/m/s{number}": to(location)}, {f"/nb/m/s{number}": alias})
    off, private = "http://off-scope.example/x", "http://127.0.0.1:1/x"
    yield Move("redirects", "to a host not followed", {"/nb/m/off": to(off.encode())},
               {"/nb/m/off": alias, off: ("off_scope", "")})  # fmt: skip
    yield Move("redirects", "to an address not allowed", {"/nb/m/in": to(private.encode())},
               {"/nb/m/in": alias, private: ("off_scope|refused_address", "")})  # fmt: skip
    cut = b"HTTP/1.1 302 Found\r\nLocation: /nb/m/nowhere\r\nContent-Length: 99\r\n\r\ncut"
    yield Move(
        "redirects",
        "cut",
        {"/nb/m/cut": cut},
        {"/nb/m/cut": ("truncated", "")},
        asks={"/nb/m/cut": 3, "/nb/m/nowhere": 0},
    )
    two = to(b"/nb/m/one", b"Location: /nb/m/other")
    yield Move("redirects", "two Locations", {"/nb/m/two": two, "/nb/m/other": good},
               {"/nb/m/two": alias, "/nb/m/other": ("fetched", "")}, asks={"/nb/m/one": 0})  # fmt: skip


def _refreshes() -> Iterable[Move]:
    had = ("fetched", "")
    yield Move(
        "refreshes", "to itself", {"/nb/f/self": refresh("/nb/f/self")}, {"/nb/f/self": had}, asks={"/nb/f/self": 1}
    )
    yield Move("refreshes", "two in a circle", {"/nb/f/a": refresh("/nb/f/b"), "/nb/f/b": refresh("/nb/f/a")},
               {"/nb/f/a": had, "/nb/f/b": had}, asks={"/nb/f/a": 1, "/nb/f/b": 1})  # fmt: skip
    many: dict[str, Script] = {f"/nb/f/n{n}": refresh(f"/nb/f/n{n + 1}") for n in range(1_000)}
    yield Move("refreshes", "1,000 of them", many, {"/nb/f/n0": ("fetched", "")}, asks={"/nb/f/n20": 0})
    yield Move("refreshes", "to a script", {"/nb/f/js": refresh("javascript:alert(1)")}, {"/nb/f/js": ("fetched", "")})


def _validators() -> Iterable[Move]:
    old, other = b'ETag: "1"', b'ETag: "2"'
    dated = b"Last-Modified: Mon, 20 Jan 2025 01:00:00 GMT"

    def unchanged(*lines: bytes) -> bytes:
        return b"\r\n".join((b"HTTP/1.1 304 Not Modified", *lines, b"", b""))

    same, had, lies, cut = ("not_modified", ""), ("fetched", ""), ("bad_http", "304"), ("truncated", "")
    long = b'ETag: "%s"' % (b"x" * 60_000)
    cases: dict[str, tuple[bytes, bytes, tuple[str, str], bytes, int]] = {
        "304 with its ETag": (whole(OLD, old), unchanged(old), same, OLD, 1),
        "304 without ETag": (whole(OLD, old), unchanged(), same, OLD, 1),
        "304 with it made weak": (whole(OLD, old), unchanged(b'ETag: W/"1"'), same, OLD, 1),
        "304 by date": (whole(OLD, dated), unchanged(dated), same, OLD, 1),
        "304 with another ETag": (whole(OLD, old), unchanged(other), lies, OLD, 2),
        "304 where nothing was asked": (whole(OLD), unchanged(old), lies, OLD, 1),
        "304 with a length": (whole(OLD, old), unchanged(old, b"Content-Length: 500"), same, OLD, 1),
        "304 with a body": (whole(OLD, old), unchanged(old) + b"junk", same, OLD, 1),
        "the same ETag, other bytes": (whole(OLD, old), whole(NEW, old), had, NEW, 1),
        "the same date, other bytes": (whole(OLD, dated), whole(NEW, dated), had, NEW, 1),
        "another ETag, the same bytes": (whole(OLD, old), whole(OLD, other), had, OLD, 1),
        "an ETag with a body cut": (whole(OLD, old), sized(NEW, other) + NEW[:400], cut, OLD, 3),
        "an ETag on an empty page": (whole(OLD, old), whole(b"", other), ("truncated", "empty"), OLD, 3),
        "an ETag on what had no length": (OK + old + b"\r\n\r\n" + OLD, unchanged(old), lies, OLD, 1),
        "an ETag in Chinese": (whole(OLD, 'ETag: "县"'.encode()), whole(NEW), had, NEW, 1),
        "an ETag with NUL": (whole(OLD, b'ETag: "a\0b"'), whole(NEW), had, NEW, 1),
        "an ETag with a bare CR": (whole(OLD, b'ETag: "a"\rX-Own: 1'), whole(NEW), had, NEW, 1),
        "an ETag of 60,000 bytes": (whole(OLD, long), whole(NEW), had, NEW, 1),
        "a date that is none": (whole(OLD, b"Last-Modified: soon"), whole(NEW), had, NEW, 1),
    }  # fmt: skip
    for number, (name, (before, after, end, good, asks)) in enumerate(cases.items()):
        path = f"/nb/v/{number}"
        yield Move("validators", name, {path: after}, {path: end}, before, good, {path: asks})


def moves() -> list[Move]:
    """All of them."""
    return [*_redirects(), *_refreshes(), *_validators()]
