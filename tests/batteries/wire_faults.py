"""What a server can do wrong with one answer, each with the one outcome that must come of it."""

from __future__ import annotations

import gzip
import socket
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import brotli  # type: ignore[import-untyped]

from tests.portals.raw import Script, drip
from tests.portals.shapes import CHUNKED, chunked, sized
from tests.portals.trs import article

PAGE = article("第0局", 2023, extra="<p>第二次发布。</p>").encode()
"""What is sent, whole or not, where a good page was before."""

HTML = b"Content-Type: text/html"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
GZIP = gzip.compress(PAGE, mtime=0)
DEFLATE = zlib.compress(PAGE)
BROTLI: bytes = brotli.compress(PAGE)
# RFC 8878, 3.1.1: a frame of one raw block.
ZSTD = b"\x28\xb5\x2f\xfd\x60" + struct.pack("<H", len(PAGE) - 256) + (len(PAGE) << 3 | 1).to_bytes(3, "little") + PAGE
HALF = len(PAGE) // 2


@dataclass(frozen=True)
class Fault:
    """``script`` is the answer; ``outcome`` its one name; ``says`` stands in the capture's remark.

    ``wire``: the body that must be kept to the byte, None where how much arrives is chance. ``payload``: what it
    means, "" for nothing. ``own``: with a host of its own, because it takes long.
    """

    kind: str
    name: str
    script: Script
    outcome: str
    says: str = ""
    wire: bytes | None = None
    payload: bytes | None = None
    own: bool = False

    @property
    def path(self) -> str:
        """Where it is served."""
        return f"/nb/t{self.number}.html"

    @property
    def number(self) -> int:
        """One of its own."""
        return zlib.crc32(f"{self.kind} {self.name}".encode())

    @property
    def good(self) -> bytes:
        """What was there before."""
        return article(f"第{self.number}局", 2023).encode()


def hold(head: bytes) -> Callable[[socket.socket], None]:
    """Sends so much and then nothing, until the client goes away."""

    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        while connection.recv(65536):
            pass

    return send


def reset(head: bytes) -> Callable[[socket.socket], None]:
    """Sends so much and ends the connection with RST."""

    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        end_abruptly(connection)

    return send


def end_abruptly(connection: socket.socket) -> None:
    """RST instead of FIN, under TLS too."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    socket.socket(fileno=connection.detach()).close()


def hang_up(head: bytes) -> Callable[[socket.socket], None]:
    """Sends so much and ends the connection with FIN; under TLS without its closure alert."""

    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        socket.socket(fileno=connection.detach()).close()

    return send


def endless(head: bytes, piece: bytes) -> Callable[[socket.socket], None]:
    """Sends a head and then a piece again and again, until the client goes away."""

    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(piece)

    return send


def _stalls() -> list[Fault]:
    cut = sized(PAGE, HTML)
    return [
        Fault("stall", "before the status", hold(b""), "timeout", own=True),
        Fault("stall", "in the status", hold(b"HTTP/1.1 2"), "timeout", own=True),
        Fault("stall", "in the headers", hold(OK + b"X-A: 1\r\n"), "timeout", own=True),
        Fault("stall", "before the body", hold(cut), "timeout", wire=b"", own=True),
        Fault("stall", "in the body", hold(cut + PAGE[:HALF]), "timeout", wire=PAGE[:HALF], own=True),
        Fault("stall", "in a chunk", hold(CHUNKED + b"40\r\n<html>"), "timeout", wire=b"40\r\n<html>", own=True),
        Fault("stall", "before the last chunk", hold(CHUNKED + chunked(PAGE)[:-5]), "timeout", payload=PAGE, own=True),
        Fault("stall", "without a length", hold(OK + b"\r\n" + PAGE), "timeout", wire=PAGE, own=True),
        Fault("stall", "drip of the body", drip(cut, b"<", 0.1, 600), "timeout", own=True),
        Fault("stall", "drip of the headers", drip(OK, b"X: 1\r\n", 0.1, 600), "timeout", own=True),
        Fault("stall", "drip of 1xx", drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.1, 600), "timeout", own=True),
        Fault("stall", "after 101", hold(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"), "timeout", own=True),
    ]


def _resets() -> list[Fault]:
    return [
        Fault("reset", "before the status", reset(b""), "reset"),
        Fault("reset", "in the status", reset(b"HTTP/1.1 200"), ""),
        Fault("reset", "in the headers", reset(OK + b"X-A"), ""),
        Fault("reset", "in the body", reset(sized(PAGE, HTML) + PAGE[:HALF]), ""),
        Fault("reset", "in a body without length", reset(OK + b"\r\n" + PAGE[:HALF]), ""),
        Fault("reset", "in a chunk", reset(CHUNKED + b"40\r\n<html>"), ""),
        Fault("hang up", "before the status", hang_up(b""), "reset"),
        Fault("hang up", "in the status", hang_up(b"HTTP/1.1 200"), "bad_http"),
        Fault("hang up", "in the headers", hang_up(OK + b"X-A"), "bad_http"),
        Fault("hang up", "in the body", hang_up(sized(PAGE, HTML) + PAGE[:HALF]), "truncated", wire=PAGE[:HALF]),
        Fault("hang up", "in a chunk", hang_up(CHUNKED + b"40\r\n<html>"), "truncated", wire=b"40\r\n<html>"),
        Fault("hang up", "after 100 Continue", hang_up(b"HTTP/1.1 100 Continue\r\n\r\n"), "bad_http"),
        Fault("hang up", "after 101", hang_up(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"), "bad_http"),
    ]


def _lengths() -> list[Fault]:
    def said(*lengths: bytes) -> bytes:
        return OK + b"".join(b"Content-Length: %s\r\n" % length for length in lengths) + b"\r\n" + PAGE

    hidden = OK + b"Content-Length : 5\r\n\r\n" + PAGE
    right, wrong = b"%d" % len(PAGE), b"%d" % (len(PAGE) + 1)
    bad = {
        "negative": (b"-5",), "not a number": (b"many",), "hexadecimal": (b"0x50",), "with a sign": (b"+%s" % right,),
        "empty": (b"",), "a float": (b"%s.0" % right,), "two that differ": (right, wrong),
        "a list that differs": (right + b", " + wrong,), "with a space inside": (b"1 0",), "NUL inside": (b"1\x000",),
    }  # fmt: skip
    return [
        *(Fault("length", name, said(*lengths), "bad_http") for name, lengths in bad.items()),
        Fault("length", "one too many", said(wrong), "truncated", wire=PAGE),
        Fault("length", "huge", said(b"9" * 18), "truncated", wire=PAGE),
        Fault("length", "beyond any integer", said(b"9" * 400), "truncated", wire=PAGE),
        Fault("length", "said twice", said(right, right), "fetched", wire=PAGE, payload=PAGE),
        Fault("length", "a list of one", said(right + b", " + right), "fetched", wire=PAGE, payload=PAGE),
        Fault("length", "too short", said(b"%d" % HALF), "fetched", "bytes came after the end", wire=PAGE[:HALF]),
        Fault("length", "nought, and a body", said(b"0"), "truncated", "bytes came after the end", wire=b""),
        Fault("length", "nought", OK + b"Content-Length: 0\r\n\r\n", "truncated", "empty", wire=b""),
        Fault("length", "none", OK + b"\r\n" + PAGE, "fetched", "gave no length", wire=PAGE, payload=PAGE),
        Fault("length", "none and nothing", OK + b"\r\n", "truncated", "empty", wire=b""),
        Fault("length", "space before the colon", hidden, "bad_http", "a space before the colon"),
    ]  # fmt: skip


def _chunks() -> list[Fault]:
    def framed(*pieces: bytes) -> bytes:
        return CHUNKED + b"".join(pieces)

    both = CHUNKED.removesuffix(b"\r\n") + b"Content-Length: 5\r\n\r\n"
    old = CHUNKED.replace(b"HTTP/1.1", b"HTTP/1.0")
    bad = {
        "no number": framed(b"zz\r\nhello\r\n0\r\n\r\n"),
        "negative": framed(b"-5\r\nhello\r\n0\r\n\r\n"),
        "sign and prefix": framed(b"+0x5\r\nhello\r\n0\r\n\r\n"),
        "empty size": framed(b"\r\nhello\r\n0\r\n\r\n"),
        "longer than it says": framed(b"3\r\nhello\r\n0\r\n\r\n"),
        "size of 3,000 digits": framed(b"0" * 3_000 + b"5\r\nhello\r\n0\r\n\r\n"),
        "extension of 5,000 bytes": framed(b"5;" + b"x" * 5_000 + b"\r\nhello\r\n0\r\n\r\n"),
        "NUL in an extension": framed(b"5;\x00\r\nhello\r\n0\r\n\r\n"),
        "trailer of 70,000 bytes": framed(b"5\r\nhello\r\n0\r\nX: " + b"x" * 70_000 + b"\r\n\r\n"),
        "gzip, chunked": CHUNKED.replace(b"chunked", b"gzip, chunked") + chunked(GZIP),
        "unknown coding": CHUNKED.replace(b"chunked", b"identity") + PAGE,
        "two codings": CHUNKED.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: identity\r\n\r\n") + chunked(PAGE),
        "space before the colon": CHUNKED.replace(b"Encoding:", b"Encoding :") + chunked(PAGE),
    }
    huge = framed(b"F" * 16 + b"\r\n" + PAGE)
    odd = framed(chunked(PAGE, 11, b";v=1", b"X-Sum: 1\r\nContent-Length: 3\r\n"))
    return [
        *(Fault("chunks", name, script, "bad_http") for name, script in bad.items()),
        Fault("chunks", "size of 2**64", huge, "truncated", wire=huge[len(CHUNKED) :]),
        Fault("chunks", "no last chunk", framed(chunked(PAGE)[:-5]), "truncated", wire=chunked(PAGE)[:-5]),
        Fault("chunks", "no end of trailers", framed(chunked(PAGE)[:-2]), "truncated", wire=chunked(PAGE)[:-2]),
        Fault("chunks", "extensions and trailers", odd, "fetched", wire=odd[len(CHUNKED) :], payload=PAGE),
        Fault("chunks", "a length too", both + chunked(PAGE), "fetched", "Length 5 beside", chunked(PAGE), PAGE),
        Fault("chunks", "of HTTP 1.0", old + chunked(PAGE), "fetched", "in HTTP/1.0", chunked(PAGE), PAGE),
        Fault("chunks", "an answer smuggled after", framed(chunked(PAGE), OK, b"\r\nsmuggled"), "fetched",
              "bytes came after the end", chunked(PAGE), PAGE),
    ]  # fmt: skip


def _codings() -> list[Fault]:
    def coded(coding: bytes, body: bytes) -> bytes:
        return sized(body, HTML, b"Content-Encoding: " + coding) + body

    broken = bytearray(GZIP)
    broken[-6] ^= 0xFF  # of the check sum, RFC 1952, 2.3.1
    bad = {
        "gzip cut": (b"gzip", GZIP[:-12], "ends early"),
        "gzip cut to its head": (b"gzip", GZIP[:10], "ends early"),
        "gzip with a wrong check sum": (b"gzip", bytes(broken), "broken"),
        "gzip of noise": (b"gzip", GZIP[:10] + b"\xff" * 99, "broken"),
        "deflate cut": (b"deflate", DEFLATE[:-9], "ends early"),
        "brotli cut": (b"br", BROTLI[:-9], "ends early"),
        "brotli of noise": (b"br", b"\xff" * 99, "broken"),
        "zstd, unasked": (b"zstd", ZSTD, "'zstd' is not known"),
        "sdch": (b"sdch", PAGE, "'sdch' is not known"),
        "brotli and junk": (b"br", BROTLI + b"junk", "broken"),
        "gzip that says brotli": (b"br", GZIP, "broken"),
        "gzip twice, cut inside": (b"gzip, gzip", gzip.compress(GZIP[:-12], mtime=0), "ends early"),
    }
    bomb = gzip.compress(bytes(80 << 20), 9, mtime=0)
    twice = coded(b"gzip, gzip", gzip.compress(bomb))
    cut, odd, junk = sized(PAGE, b"Content-Encoding: gzip") + GZIP, "is gzip, unlabelled", GZIP + b"junk"
    raw, many = coded(b"deflate", DEFLATE[2:-4]), coded(b", ".join([b"gzip"] * 40), GZIP)
    return [
        *(Fault("coding", name, coded(of, body), "bad_encoding", says, body) for name, (of, body, says) in bad.items()),
        Fault("coding", "trailing junk", coded(b"gzip", junk), "fetched", "4 bytes after", junk, PAGE),
        Fault("coding", "gzip twice, said so", coded(b"gzip, gzip", gzip.compress(GZIP)), "fetched", payload=PAGE),
        Fault("coding", "gzip twice, said once", coded(b"gzip", gzip.compress(GZIP)), "fetched", odd, payload=GZIP),
        Fault("coding", "gzip called identity", coded(b"identity", GZIP), "fetched", odd, GZIP, GZIP),
        Fault("coding", "gzip that is none", coded(b"gzip", PAGE), "fetched", "labelled gzip, is not", PAGE, PAGE),
        Fault("coding", "two members", coded(b"x-gzip", GZIP + GZIP), "fetched", payload=PAGE + PAGE),
        Fault("coding", "deflate without its header", raw, "fetched", payload=PAGE),
        Fault("coding", "brotli, unasked", coded(b"br", BROTLI), "fetched", payload=PAGE),
        Fault("coding", "length of what is inside", cut, "truncated", wire=GZIP),
        Fault("coding", "gzip bomb", coded(b"gzip", bomb), "too_large", "unpacks to more", bomb, b""),
        Fault("coding", "bomb in a bomb", twice, "too_large", "unpacks to more", payload=b""),
        Fault("coding", "forty codings", many, "bad_encoding", "codings one upon the other", GZIP),
    ]


def _heads() -> list[Fault]:
    def headed(*lines: bytes, body: bytes = PAGE, status: bytes = b"HTTP/1.1 200 OK") -> bytes:
        return sized(body, HTML, *lines, status=status) + body

    long = b"X-Long: " + b"x" * 60_000
    ok = {
        "a line of 60,000 bytes": headed(long),
        "NUL in a value": headed(b"X-A: a\0b"),
        "no colon": headed(b"nonsense"),
        "folded lines": headed(b"X-Long: one", b"\ttwo", b" three"),
        "bare newlines": sized(PAGE, HTML).replace(b"\r\n", b"\n") + PAGE,
        "bytes of no charset": headed(b"X-A: \xff\xfe\x80"),
        "5,000 fields": headed(*[b"X-%d: 1" % n for n in range(5_000)]),
        "bare CR in a value": headed(b"X-A: a\rContent-Length: 5"),
        "no reason": headed(status=b"HTTP/1.1 200"),
        "reason in GBK": headed(status=b"HTTP/1.1 200 " + "成功".encode("gbk")),
        "lower case": headed(status=b"http/1.1 200 ok"),
        "100 and 103 before": b"HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Go\r\n\r\n" + headed(),
    }
    bad = {
        "no name": headed(b": nothing"),
        "folded before any": b"HTTP/1.1 200 OK\r\n folded\r\n\r\n" + PAGE,
        "flood of small fields": b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 40_000 + b"\r\n" + PAGE,
        "2 MB of one field": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 2_000_000 + b"\r\n\r\n" + PAGE,
        "2 MB without a newline": b"x" * 2_000_000,
        "flood of 1xx": b"HTTP/1.1 100 Continue\r\n\r\n" * 8_000 + headed(),
        "no status line": PAGE,
        "a greeting of SSH": b"SSH-2.0-OpenSSH_9.2\r\n",
        "empty lines first": b"\r\n\r\n" + headed(),
        "version 9.9.9": headed(status=b"HTTP/9.9.9 200 OK"),
        "another protocol": headed(status=b"ICY 200 OK"),
        "noise": bytes(range(256)) * 40,
    }
    return [
        *(Fault("head", name, script, "fetched", wire=PAGE, payload=PAGE) for name, script in ok.items()),
        *(Fault("head", name, script, "bad_http") for name, script in bad.items()),
        Fault("head", "endless fields", endless(b"HTTP/1.1 200 OK\r\n", b"X-Pad: 1234567890\r\n" * 500), "bad_http"),
        Fault("head", "endless status", endless(b"", b"HTTP/1.1 200 " + b"x" * 4096), "bad_http"),
        Fault("head", "endless 1xx", endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 200), "bad_http"),
    ]


def _statuses() -> list[Fault]:
    def answered(status: bytes, *lines: bytes, body: bytes = PAGE) -> bytes:
        return sized(body, HTML, *lines, status=b"HTTP/1.1 " + status) + body

    # fmt: off
    names = {
        b"000 None": "bad_http", b"99 Low": "bad_http", b"99999 High": "bad_http", b"999 Denied": "bad_http",
        b"600 Beyond": "bad_http", b"0200 OK": "bad_http", b"+200 OK": "bad_http", b"2_00 OK": "bad_http",
        b"200OK": "bad_http", b"-200 OK": "bad_http", b"OK": "bad_http", b"201 Created": "bad_http",
        b"202 Accepted": "bad_http", b"205 Reset Content": "bad_http", b"226 IM Used": "bad_http",
        b"300 Choices": "bad_http", b"305 Use Proxy": "bad_http", b"400 Bad": "client_error", b"401 Who": "login",
        b"403 No": "client_error", b"404 Not Found": "not_found", b"405 No": "client_error", b"407 Who": "login",
        b"410 Gone": "gone", b"418 Teapot": "client_error", b"451 Law": "client_error", b"500 Oh": "server_error",
        b"502 Oh": "server_error", b"504 Oh": "server_error", b"521 Oh": "server_error",
    }
    # fmt: on
    part = b"Content-Range: bytes 0-%d/%d" % (HALF - 1, len(PAGE))
    return [
        *(Fault("status", code.decode(), answered(code), outcome) for code, outcome in names.items()),
        Fault("status", "206, a part", answered(b"206 Part", part, body=PAGE[:HALF]), "truncated", wire=PAGE[:HALF]),
        Fault("status", "206, all of it", answered(b"206 Part"), "truncated", "206"),
        Fault("status", "204 with a body", b"HTTP/1.1 204 No Content\r\n\r\n" + PAGE, "bad_http", "204"),
        Fault("status", "204 with a length", answered(b"204 No Content"), "bad_http", "204"),
        Fault("status", "304, unasked", b"HTTP/1.1 304 Not Modified\r\n\r\n", "bad_http", "304"),
        Fault("status", "304 with a body", answered(b"304 Not Modified"), "bad_http", "304"),
    ]  # fmt: skip


def _endless() -> list[Fault]:
    pad = b"<!-- " + b"x" * 65_000 + b" -->"
    scripts = {
        "without a length": endless(OK + b"\r\n", pad),
        "of a huge length": endless(OK + b"Content-Length: 99999999999\r\n\r\n", pad),
        "in chunks": endless(CHUNKED, b"%x\r\n%s\r\n" % (len(pad), pad)),
        "in one chunk": endless(CHUNKED + b"FFFFFFFFFF\r\n", pad),
        "gzip": endless(OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(pad, 0)),
    }
    trailers = endless(CHUNKED + b"0\r\n", b"X-A: 1\r\n" * 999)
    return [
        *(Fault("endless", name, script, "too_large", "more than", own=True) for name, script in scripts.items()),
        Fault("endless", "trailers", trailers, "bad_http", own=True),
    ]


def faults() -> list[Fault]:
    """All of them."""
    return [
        *_stalls(), *_resets(), *_lengths(), *_chunks(), *_codings(), *_heads(), *_statuses(), *_endless()
    ]  # fmt: skip
