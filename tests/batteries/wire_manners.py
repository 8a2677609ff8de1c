"""robots.txt and Retry-After of every kind, each at a host of its own."""

from __future__ import annotations

import gzip
from dataclasses import dataclass

from crawler.politeness import ROBOTS_BYTES
from tests.batteries.wire_faults import PAGE, endless, hang_up, hold, reset
from tests.batteries.wire_moves import to
from tests.batteries.wire_site import whole
from tests.portals.raw import Script
from tests.portals.shapes import sized

PAGE_AT = "/nb/r.html"
NO = "User-agent: *\nDisallow: /nb/r\n"
TEXT = b"Content-Type: text/plain"


@dataclass(frozen=True)
class Robots:
    """``answers``: what the host serves beside its page; ``page`` is the outcome that the page must have.

    ``state``: what the archive says of the host's robots.txt; ``robots``: the outcome of that request.
    """

    name: str
    answers: dict[str, Script]
    page: str
    state: str
    robots: str


def plain(text: str | bytes, *lines: bytes) -> bytes:
    """A robots.txt."""
    body = text if isinstance(text, bytes) else text.encode()
    return sized(body, TEXT, *lines) + body


def status(code: int) -> bytes:
    """An answer with nothing but a status."""
    return sized(b"", status=b"HTTP/1.1 %d X" % code)


def _chain(length: int) -> dict[str, Script]:
    """Redirects from /robots.txt, so many, to rules that forbid."""
    answers: dict[str, Script] = {"/robots.txt": to(b"/robots1")}
    answers |= {f"/robots{n}": to(b"/robots%d" % (n + 1)) for n in range(1, length)}
    return answers | {f"/robots{length}": plain(NO)}


def robots() -> list[Robots]:
    """All of them."""
    no, yes, unknown = "robots_disallowed", "fetched", "robots_unreachable"
    packed, cut_off = gzip.compress(NO.encode()), "truncated|reset|bad_http"
    delay = "User-agent: *\nDisallow: /nb/r\nCrawl-delay: "
    filler = "# nothing\n" * 30_000
    rule = "Disallow: /nb/r"
    before = "User-agent: *\nDisallow: /x\n"
    cut = before + "#" * (ROBOTS_BYTES - len(before) - len(rule) - 1) + "\n" + rule  # as much as is read at most
    cases: dict[str, tuple[Script, str, str, str]] = {
        "that forbids": (plain(NO), no, "rules", "fetched"),
        "that allows": (plain("User-agent: *\nAllow: /\n"), yes, "rules", "fetched"),
        "of nothing": (plain(""), yes, "rules", "fetched"),
        "401": (status(401), yes, "absent", "login"),
        "403": (status(403), yes, "absent", "client_error"),
        "404": (status(404), yes, "absent", "not_found"),
        "410": (status(410), yes, "absent", "gone"),
        "429": (status(429), unknown, "unreachable", "rate_limited"),
        "500": (status(500), unknown, "unreachable", "server_error"),
        "503": (status(503), unknown, "unreachable", "server_error"),
        "999": (status(999), unknown, "unreachable", "bad_http"),
        "304, unasked": (b"HTTP/1.1 304 Not Modified\r\n\r\n", unknown, "unreachable", "bad_http"),
        "206": (sized(b"x", TEXT, status=b"HTTP/1.1 206 Part") + b"x", unknown, "unreachable", "truncated"),
        "stalled": (hold(b""), unknown, "unreachable", "timeout"),
        "reset": (reset(b""), unknown, "unreachable", "reset"),
        "cut": (plain(NO)[:-5], unknown, "unreachable", "truncated"),
        "cut without a length": (reset(b"HTTP/1.1 200 OK\r\n\r\n" + NO.encode()), unknown, "unreachable", cut_off),
        "hung up on": (hang_up(b"HTTP/1.1 2"), unknown, "unreachable", "bad_http"),
        "of no HTTP": (b"User-agent: *\nDisallow:\n", unknown, "unreachable", "bad_http"),
        "endless": (endless(b"HTTP/1.1 200 OK\r\n\r\n", b"# x\n" * 9_000), unknown, "unreachable", "too_large"),
        "a page in its place": (whole(PAGE), yes, "rules", "fetched"),
        "600 KB, what matters first": (plain(NO + filler * 2), no, "rules", "fetched"),
        "600 KB, what matters last": (plain("User-agent: *\n" + filler * 2 + rule), yes, "rules", "fetched"),
        "600 KB, cut in a path": (plain(cut + "x" * 90_000 + "\n"), yes, "rules", "fetched"),
        "with a mark of UTF-8": (plain(b"\xef\xbb\xbf" + NO.encode()), no, "rules", "fetched"),
        "UTF-16 with its mark": (plain(NO.encode("utf-16")), no, "rules", "fetched"),
        "UTF-16 without": (plain(NO.encode("utf-16-be")), no, "rules", "fetched"),
        "comments in GBK": (plain("# 示例县\n".encode("gbk") + NO.encode()), no, "rules", "fetched"),
        "called Latin": (sized(NO.encode(), TEXT + b"; charset=latin-1") + NO.encode(), no, "rules", "fetched"),
        "gzip": (plain(packed, b"Content-Encoding: gzip"), no, "rules", "fetched"),
        "gzip, cut": (plain(packed[:-9], b"Content-Encoding: gzip"), unknown, "unreachable", "bad_encoding"),
        "gzip, unlabelled": (plain(packed), unknown, "unreachable", "fetched"),
        "CR for newlines": (plain(NO.replace("\n", "\r")), no, "rules", "fetched"),
        "a Crawl-delay that is none": (plain(delay + "nan"), no, "rules", "fetched"),
        "a negative Crawl-delay": (plain(delay + "-5"), no, "rules", "fetched"),
        "an endless Crawl-delay": (plain(delay + "1e999"), no, "rules", "fetched"),
        "noise": (plain(bytes(range(256)) * 9), yes, "rules", "fetched"),
        "to itself": (to(b"/robots.txt"), yes, "moved", "alias"),
        "to nowhere": (sized(b"", status=b"HTTP/1.1 302 Found"), yes, "absent", "bad_http"),
        "to a script": (to(b"javascript:alert(1)"), yes, "absent", "bad_http"),
        "to a host not followed": (to(b"http://off-scope.example/robots.txt"), yes, "moved", "alias"),
    }  # fmt: skip
    found = [Robots(name, {"/robots.txt": answer}, *ends) for name, (answer, *ends) in cases.items()]  # type: ignore[arg-type]
    found.append(Robots("five redirects", _chain(5), no, "moved", "alias"))
    found.append(Robots("six redirects", _chain(6), yes, "moved", "alias"))
    return found


@dataclass(frozen=True)
class Busy:
    """A host that answers once with ``status`` and ``said`` in Retry-After; it is left alone for ``seconds``."""

    name: str
    status: int
    said: bytes
    seconds: float


_WEEK = 7 * 86_400.0
NOW = "2026-01-20T01:00:00+00:00"
"""When the crawl begins that these hosts are busy in."""

LATER = ("2026-01-20T04:00:00+00:00", "2026-01-27T03:00:00+00:00")
"""When the same command is given again: after those that asked for hours, and after those that asked for a week."""


def busy() -> list[Busy]:
    """All of them, for a crawl that begins at NOW."""
    said: dict[bytes, float] = {
        b"": 0, b"0": 0, b"1": 1, b"1200": 1200, b"3600": 3600, b"  900  ": 900, b"00700": 700,
        b"Tue, 20 Jan 2026 03:00:00 GMT": 7200, b"Tuesday, 20-Jan-26 03:00:00 GMT": 7200,
        b"Tue Jan 20 03:00:00 2026": 7200, b"Tue, 20 Jan 2026 09:00:00 +0800": 0, b"Mon, 19 Jan 2026 03:00:00 GMT": 0,
        b"Thu, 01 Jan 1970 00:00:00 GMT": 0, b"Fri, 31 Dec 9999 23:59:59 GMT": _WEEK, b"315360000": _WEEK,
        b"9" * 400: _WEEK, b"-5": 0, b"-1": 0, b"1.5": 0, b"1e9": 0, b"0x10": 0, b"soon": 0, b"1, 2": 0, b"\xd9\xa3": 0,
        "３".encode(): 0, "稍后".encode("gbk"): 0, b"\0": 0, b",": 0, b"Tue, 99 Jan 2026 99:99:99 GMT": 0,
        b"Tue, 20 Jan 2026 03:00:00 +9999": 0, b"Tue, 20 Jan 99999999999999999999 03:00:00 GMT": 0, b"(" * 2_000: 0,
    }  # fmt: skip
    found = [Busy(f"429, {one[:40]!r}", 429, one, seconds) for one, seconds in said.items()]
    return found + [Busy(f"503, {one[:40]!r}", 503, one, said[one]) for one in (b"", b"1200", b"soon", b"9" * 400)]
