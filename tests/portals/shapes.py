"""Answers in many shapes, each as (header, wire, payload): what real and odd servers send."""

from __future__ import annotations

import gzip
import zlib

HTML = "<html><head><title>示例县</title></head><body><p>政府信息公开</p></body></html>".encode()
GZIPPED = gzip.compress(HTML, mtime=0)
DEFLATED = zlib.compress(HTML)


def chunked(body: bytes, size: int = 37, extension: bytes = b"", trailer: bytes = b"") -> bytes:
    """Body → chunks with their framing (RFC 9112, 7.1)."""
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    framed = b"".join(b"%x%s\r\n%s\r\n" % (len(piece), extension, piece) for piece in pieces)
    return framed + b"0\r\n" + trailer + b"\r\n"


def sized(body: bytes, *lines: bytes, status: bytes = b"HTTP/1.1 200 OK") -> bytes:
    """A header block with Content-Length."""
    return b"\r\n".join((status, *lines, b"Content-Length: %d" % len(body), b"", b""))


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
SHAPES: dict[str, tuple[bytes, bytes, bytes]] = {
    "/length.html": (sized(HTML, b"Content-Type: text/html"), HTML, HTML),
    "/chunked.html": (CHUNKED, chunked(HTML), HTML),
    "/chunk_extension.html": (CHUNKED, chunked(HTML, 11, b";v=1", b"X-Sum: 1\r\n"), HTML),
    "/gzip.html": (sized(GZIPPED, b"Content-Encoding: gzip"), GZIPPED, HTML),
    "/deflate.html": (sized(DEFLATED, b"Content-Encoding: deflate"), DEFLATED, HTML),
    "/gzip_chunked.html": (
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-encoding: gzip\r\n\r\n",
        chunked(GZIPPED, 13),
        HTML,
    ),
    "/repeated.html": (
        sized(HTML, b"x-one: 1", b"X-One: 2", b"SERVER:nginx", b"Set-Cookie: a=1", b"set-cookie:b=2"),
        HTML,
        HTML,
    ),
    "/reason.html": (
        sized(
            HTML,
            b"Content-Disposition: attachment; filename=" + "示例县年报.html".encode("gbk"),
            status=b"HTTP/1.1 200 " + "成功".encode("gbk"),
        ),
        HTML,
        HTML,
    ),
    "/old.html": (b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\n", HTML, HTML),
    "/no_length.html": (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", HTML, HTML),
    "/folded.html": (sized(HTML, b"X-Long:   one  ", b"\ttwo", b"X-Tail:\tthree \t"), HTML, HTML),
    "/interim.html": (
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + sized(HTML),
        HTML,
        HTML,
    ),
    "/bare_newlines.html": (sized(HTML, b"X-A: 1").replace(b"\r\n", b"\n"), HTML, HTML),
    "/no_reason.html": (sized(HTML, status=b"HTTP/1.1 200"), HTML, HTML),
}
BROKEN: dict[str, tuple[bytes, bytes, str]] = {
    "/bad_chunk.html": (CHUNKED, b"5\r\nhello\r\nzz\r\nworld\r\n0\r\n\r\n", "bad_http"),
    "/cut_chunk.html": (CHUNKED, b"40\r\n<html>", "truncated"),
    "/cut_length.html": (sized(HTML), HTML[:20], "truncated"),
    "/cut_gzip.html": (sized(GZIPPED[:-12], b"Content-Encoding: gzip"), GZIPPED[:-12], "bad_encoding"),
    "/odd_coding.html": (sized(HTML, b"Content-Encoding: sdch"), HTML, "bad_encoding"),
    "/no_status.html": (b"<html>hello</html>\n\n", b"", "bad_http"),
    "/two_lengths.html": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\n", b"hello!!", "bad_http"),
    "/minus_length.html": (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", b"hello", "bad_http"),
    "/head_only.html": (b"HTTP/1.1 200 OK\r\nContent-Ty", b"", "bad_http"),
    "/empty.html": (sized(b""), b"", "truncated"),
    "/silent.html": (b"", b"", "reset"),
}
