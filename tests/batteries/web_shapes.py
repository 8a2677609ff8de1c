"""Requests as no honest browser sends them: shapes of smuggling, hosts of others, forms that are floods."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

END = b"\r\n\r\n"
SMUGGLED = b"GET /status?smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


def get(path: bytes, *fields: bytes, host: bytes = b"127.0.0.1") -> bytes:
    """A plain GET with fields of its own, whose answer ends the connection."""
    lines = [b"GET " + path + b" HTTP/1.1", b"Host: " + host, b"Connection: close", *fields]
    return b"\r\n".join(lines) + END


def form(body: bytes, kind: bytes, *fields: bytes, length: int | None = None) -> bytes:
    """A POST to the batch search, the only page that takes one."""
    said = len(body) if length is None else length
    lines = [
        b"POST /batch HTTP/1.1", b"Host: 127.0.0.1", b"Connection: close", b"Content-Type: " + kind,
        b"Content-Length: %d" % said, *fields,
    ]  # fmt: skip
    return b"\r\n".join(lines) + END + body


def smuggling() -> dict[str, bytes]:
    """Name → bytes of one connection, which two servers could cut into requests at different places.

    After each the request SMUGGLED follows where it is hidden: it must not be answered.
    """
    post = b"POST /batch HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    hidden = b"0\r\n\r\n" + SMUGGLED
    length = b"Content-Length: %d\r\n" % len(hidden)
    shapes = {
        "length and chunked": post + length + b"Transfer-Encoding: chunked\r\n\r\n" + hidden,
        "chunked and length": post + b"Transfer-Encoding: chunked\r\n" + length + b"\r\n" + hidden,
        "two lengths": post + b"Content-Length: 5\r\n" + length + b"\r\n" + hidden,
        "length as a list": post + b"Content-Length: 5, %d\r\n\r\n" % len(hidden) + hidden,
        "negative length": post + b"Content-Length: -5\r\n\r\n" + hidden,
        "length with a sign": post + b"Content-Length: +5\r\n\r\n" + hidden,
        "length in hex": post + b"Content-Length: 0x5\r\n\r\n" + hidden,
        "length with an underscore": post + b"Content-Length: 1_0\r\n\r\n" + hidden,
        "length of another script": post + "Content-Length: ٥\r\n\r\n".encode() + hidden,
        "length with white space in it": post + b"Content-Length: 5 5\r\n\r\n" + hidden,
        "length beyond any number": post + b"Content-Length: " + b"9" * 30 + END + hidden,
        "space before the colon": post + b"Content-Length : 5\r\n\r\n" + hidden,
        "tab before the colon": post + b"Transfer-Encoding\t: chunked\r\n\r\n" + hidden,
        "folded coding": post + b"Transfer-Encoding:\r\n chunked\r\n" + length + b"\r\n" + hidden,
        "two codings": post + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + hidden,
        "coding that nobody knows": post + b"Transfer-Encoding: xchunked\r\n" + length + b"\r\n" + hidden,
        "coding behind a vertical tab": post + b"Transfer-Encoding: \x0bchunked\r\n" + length + b"\r\n" + hidden,
        "coding in a list": post + b"Transfer-Encoding: gzip, chunked\r\n" + length + b"\r\n" + hidden,
        "coding in HTTP/1.0": b"POST /batch HTTP/1.0\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n"
        + length + b"\r\n" + hidden,
        "bare CR ends a line": post.replace(b"\r\n", b"\r") + b"\r\r" + SMUGGLED,
        "CR in a name": post + b"X\rTransfer-Encoding: chunked\r\n\r\n" + hidden,
        "LF in a value": post + b"X: a\nTransfer-Encoding: chunked\r\n" + length + b"\r\n" + hidden,
        "NUL in a name": post + b"Content\x00-Length: 5\r\n\r\n" + hidden,
        "NUL in a value": post + b"X: a\x00b\r\n" + length + b"\r\n" + hidden,
        "no name": post + b": 5\r\n" + length + b"\r\n" + hidden,
        "name of another script": post + "Cöntent-Length: 5\r\n".encode() + length + b"\r\n" + hidden,
        "line without a colon": post + b"Content-Length\r\n\r\n" + hidden,
        "chunk size with a sign": post + b"Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n" + SMUGGLED,
        "chunk size with 0x": post + b"Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n" + SMUGGLED,
        "chunk size with an underscore": post + b"Transfer-Encoding: chunked\r\n\r\n0_0\r\n\r\n" + SMUGGLED,
        "chunk without its end": post + b"Transfer-Encoding: chunked\r\n\r\n1\r\nabc0\r\n\r\n" + SMUGGLED,
        "endless chunk size": post + b"Transfer-Encoding: chunked\r\n\r\n" + b"0" * 9000 + END + SMUGGLED,
        "body of a GET": b"GET /batch HTTP/1.1\r\nHost: 127.0.0.1\r\n" + length + b"\r\n" + hidden,
    }  # fmt: skip
    return shapes


def malformed() -> dict[str, bytes]:
    """Name → bytes that are hardly HTTP, or more of it than anybody needs."""
    host = b"Host: 127.0.0.1\r\nConnection: close\r\n\r\n"
    return {
        "nothing": END,
        "no version": b"GET /\r\n\r\n",
        "HTTP/0.9 with a host": b"GET / HTTP/0.9\r\n" + host,
        "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "HTTP/9.9": b"GET / HTTP/9.9\r\n" + host,
        "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
        "CONNECT": b"CONNECT evil.example:443 HTTP/1.1\r\n" + host,
        "TRACE": b"TRACE / HTTP/1.1\r\nX-Secret: canary-trace\r\n" + host,
        "OPTIONS of all": b"OPTIONS * HTTP/1.1\r\n" + host,
        "method of lower case": b"get / HTTP/1.1\r\n" + host,
        "method without end": b"G" * 70_000 + b" / HTTP/1.1\r\n" + host,
        "absolute": b"GET http://evil.example/search HTTP/1.1\r\n" + host,
        "absolute with a port in words": b"GET http://127.0.0.1:x/ HTTP/1.1\r\n" + host,
        "no slash": b"GET search HTTP/1.1\r\n" + host,
        "space in the path": b"GET /a b HTTP/1.1\r\n" + host,
        "bytes in the path": b"GET /\xff\xfe HTTP/1.1\r\n" + host,
        "NUL in the path": b"GET /\x00 HTTP/1.1\r\n" + host,
        "path of 100 KB": get(b"/search?q=" + b"x" * 100_000),
        "path of 60 KB": get(b"/search?q=" + b"x" * 60_000),
        "path of 60 KB of %": get(b"/search?q=" + b"%" * 60_000),
        "path of 20,000 slashes": get(b"/" * 20_000),
        "12,000 parameters": get(b"/search?" + b"&".join(b"p%d=" % one for one in range(6000)) + b"&q=&" * 1500),
        "4,000 of one parameter": get(b"/search?q=a" + b"&year=2024" * 4000),
        "15,000 separators": get(b"/search?" + b"&" * 15_000 + b"q=x"),
        "1,000 cells": get(b"/original/" + b"0" * 64 + b"/view?" + b"cell=a&" * 1000),
        "bad UTF-8 in the query": get(b"/search?q=%ff%c0%af%ed%a0%80"),
        "NUL in the query": get(b"/search?q=%00a"),
        "3,000 fields": get(b"/", *(b"X-%d: 1" % one for one in range(3000))),
        "field of 60 KB": get(b"/", b"X: " + b"y" * 60_000),
        "field of 100 KB": get(b"/", b"X: " + b"y" * 100_000),
        "etags without end": get(b"/", b"If-None-Match: " + b'"a",' * 12_000),
        "ranges without end": get(b"/static/site.css", b"Range: bytes=" + b"0-1," * 12_000 + b"5-6"),
        "range beyond": get(b"/static/site.css", b"Range: bytes=99999999999-"),
        "range of nothing": get(b"/static/site.css", b"Range: bytes=-0"),
        "date of no calendar": get(b"/static/site.css", b"If-Modified-Since: Thu, 99 Foo 9999 99:99:99 GMT"),
        "datetime of no calendar": get(b"/timegate/http://hostile.example/", b"Accept-Datetime: 0000"),
        "expects the impossible": get(b"/", b"Expect: 200-ok"),
        "upgrade to websocket": get(b"/", b"Upgrade: websocket", b"Sec-WebSocket-Key: x"),
        "upgrade to h2c": get(b"/", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"),
        "two hosts": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
        "no host": b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
        "100 at once": get(b"/opensearch.xml").replace(b"Connection: close\r\n", b"") * 99 + get(b"/opensearch.xml"),
    }


HOSTS = (
    b"evil.example", b"evil.example:80", b"127.0.0.1.evil.example", b"localhost.evil.example", b"",
    b"evil.example@127.0.0.1", b"evil.example#127.0.0.1", b"evil.example/127.0.0.1", b"evil.example?127.0.0.1",
    b"127.0.0.1@evil.example", b"localhosT.", b"[::1].evil.example", b"[::1", b"[evil.example]", b"EVIL.EXAMPLE",
    b"127.0.0.1 evil.example", b"evil.example, 127.0.0.1", b"127.1", b"2130706433", b"0x7f.1", b"%6cocalhost",
    "ｌocalhost".encode(), b"localhost\x00.evil.example", b"nianbao", b"*", b"null", b"evil.example:8000:8000",
)  # fmt: skip
"""What a page of others, or a proxy that is not ours, could say."""
FORWARDED = (
    b"X-Forwarded-Host: evil.example", b"X-Forwarded-Proto: https", b"X-Forwarded-Proto: javascript",
    b"X-Forwarded-For: 203.0.113.9", b"X-Forwarded-Port: 1", b"X-Forwarded-Prefix: //evil.example",
    b"X-Forwarded-Server: evil.example", b"X-Forwarded-Scheme: https", b"Forwarded: host=evil.example;proto=https",
    b"X-Host: evil.example", b"X-Original-URL: /status", b"X-Rewrite-URL: /status", b"X-Original-Host: evil.example",
    b"X-HTTP-Method-Override: POST", b"X-Real-IP: 203.0.113.9", b"True-Client-IP: 203.0.113.9",
    b"Via: 1.1 evil.example",
    b"X-Script-Name: //evil.example", b"Base-Url: //evil.example", b"Origin: http://evil.example",
    b"Referer: http://evil.example/", b"Cookie: lang=en; session=evil", b"Authorization: Basic ZXZpbDpldmls",
    b"Accept-Language: en", b"X-Forwarded-Host: evil.example\r\nX-Forwarded-Host: other.example",
)  # fmt: skip
"""What must not change an answer by one byte: nobody said that whoever asks is to be believed."""


def forms() -> Iterator[tuple[str, bytes]]:
    """Name → a request with a body: too long, too many, packed, lying about itself."""
    urlencoded, multipart = b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=b"
    bomb = gzip.compress(b"lines=" + b"a" * 50_000_000, 9)
    yield "gzip bomb", form(bomb, urlencoded, b"Content-Encoding: gzip")
    yield "deflate bomb", form(zlib.compress(b"a" * 50_000_000, 9), urlencoded, b"Content-Encoding: deflate")
    yield "gzip in gzip", form(gzip.compress(bomb), urlencoded, b"Content-Encoding: gzip, gzip")
    yield "a file that is a bomb", form(part(b'name="file"; filename="a.csv"', bomb[:900_000]), multipart)
    yield "more than is taken", form(b"lines=" + b"a" * 3_000_000, urlencoded)
    yield "more than is said", form(b"lines=" + b"a" * 900_000, urlencoded, length=20)
    yield "330,000 fields", form(b"a=&" * 330_000, urlencoded)
    yield "990,000 separators", form(b"&" * 990_000, urlencoded)
    yield "330,000 escapes", form(b"lines=" + b"%41" * 330_000, urlencoded)
    yield "990,000 half escapes", form(b"lines=" + b"%" * 990_000, urlencoded)
    yield "480,000 lines", form(b"find=bodies&lines=" + b"a\n" * 480_000, urlencoded)
    yield "one line of 990,000", form(b"lines=" + "县".encode() * 330_000, urlencoded)
    yield "14,000 parts", form(part(b'name="lines"', b"x", 14_000), multipart)
    yield "12,000 files", form(part(b'name="file"; filename="x"', b"x", 12_000), multipart)
    yield "900 KB of fields of a part", form(b"--b\r\n" + b"X-Y: z\r\n" * 112_000 + b"\r\nx\r\n--b--\r\n", multipart)
    yield "a field's name of 900 KB", form(part(b'name="' + b"n" * 900_000 + b'"', b"x"), multipart)
    yield "900 KB of almost the boundary", form(part(b'name="lines"', b"\r\n--c" * 180_000), multipart)
    yield "900 KB of line ends", form(part(b'name="lines"', b"\r\n" * 450_000), multipart)
    yield "options of 900 KB", form(part(b'name="a"' + b"; x=" * 220_000, b"x"), multipart)
    yield "a boundary of 50 KB", form(b"x", b"multipart/form-data; boundary=" + b"b" * 50_000)
    yield "no boundary", form(b"x", b"multipart/form-data")
    yield "no end", form(b'--b\r\nContent-Disposition: form-data; name="lines"\r\n\r\nx', multipart)
    yield "nothing but dashes", form(b"-" * 900_000, multipart)
    for name in (b"../../../etc/passwd", b"..\\..\\win.ini", b"/etc/passwd", b"a\x00.csv", b"\xff\xfe", b"x" * 60_000):
        yield f"a file named {name[:20]!r}", form(part(b'name="file"; filename="' + name + b'"', b"x\n"), multipart)
    for charset in (b"punycode", b"idna", b"utf-7", b"hex", b"zip", b"rot13", b"unicode_escape", b"utf-16", b"x" * 900):
        kind = b"multipart/form-data; boundary=b; charset=" + charset
        yield f"charset {charset[:20].decode()}", form(part(b'name="lines"', b"-" + b"a" * 900_000), kind)
    for content in (b"\x00" * 900_000, b"\xff" * 900_000, b"\xef\xbb\xbf", bytes(range(256)) * 3000):
        yield f"a file of {content[:4]!r}", form(part(b'name="file"; filename="a.csv"', content), multipart)
    for kind in (b"text/plain", b"application/json", b"application/xml", b"", b"multipart/mixed; boundary=b"):
        yield f"type {kind.decode()!r}", form(b"<!DOCTYPE x SYSTEM 'http://evil.example/x'>", kind)
    chunked = b"POST /batch HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
    yield "chunked without end", chunked + END[:2] + b"10000\r\n" + b"a" * 65536 + b"\r\n"
    expecting = (b"Expect: 100-continue", b"Content-Type: " + urlencoded)
    yield "continue and nothing", form(b"", urlencoded, *expecting, length=900_000)
    yield "continue with too much", form(b"", urlencoded, *expecting, length=9_000_000)


def part(disposition: bytes, content: bytes, times: int = 1) -> bytes:
    """A multipart body whose boundary is ``b``, of one part several times."""
    one = b"--b\r\nContent-Disposition: form-data; " + disposition + b"\r\n\r\n" + content + b"\r\n"
    return one * times + b"--b--\r\n"
