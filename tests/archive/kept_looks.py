"""An archive with a look of every shape: coded, in chunks, repeated, not modified, cut off, drawn, posted, failed."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from county import SITE, article, crawl, figures_of, page

from archive.capture import Capture
from archive.frontier import record_capture
from archive.imports import import_files
from archive.ingest import read_pending
from archive.runs.run import begin_run, end_run
from archive.store import Archive

HOST = "http://www.shili.example"
FIRST = f"{HOST}/zfxxgknb/202501/t20250120_1.html"
SECOND = f"{HOST}/zfxxgknb/202501/t20250120_2.html"
BEGUN = datetime(2025, 2, 1, 8, tzinfo=UTC)


def chunked(body: bytes, size: int = 1000) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def head(*fields: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *fields, "", ""]).encode()


def sent(url: str, body: str = "") -> bytes:
    path = url.removeprefix(HOST).encode("ascii", "backslashreplace")
    return b"%b %b HTTP/1.1\r\nHost: www.shili.example\r\n\r\n%b" % (
        b"POST" if body else b"GET", path, body.encode(),
    )  # fmt: skip


def looks() -> Iterator[Capture]:
    """Shapes that a crawl meets; the reports of the same bodies as the portal's, under other URLs."""
    html = page("示例县财政局", 2024, figures_of(5))
    packed = gzip.compress(html, mtime=0)
    kept = Capture("", BEGUN, "fetched", 200, kind="article", seed=HOST, via=f"{HOST}/", site=SITE.code)
    kept = replace(kept, peer="198.51.100.7:80", link_text="示例县财政局2024年政府信息公开工作年度报告")
    plain = head("Content-Type: text/html; charset=utf-8", f"Content-Length: {len(html)}")
    zipped = head("Content-Type: text/html", "Content-Encoding: gzip", f"Content-Length: {len(packed)}")
    pieces = head("Content-Type: text/html", "Transfer-Encoding: chunked")
    both = head("Content-Type: text/html", "Transfer-Encoding: chunked", "Content-Encoding: gzip")
    early = head("Link: </a.css>; rel=preload", status="103 Early Hints")
    for name, block, wire in (
        ("plain", plain, html),
        ("gzip", zipped, packed),
        ("chunked", pieces, chunked(html)),
        ("both", both, chunked(packed)),
        ("interim", early + plain, html),
    ):
        url = f"{HOST}/shapes/{name}.html"
        yield replace(kept, url=url, header=block, wire=wire, payload=html, request=sent(url))
        yield replace(kept, url=url, header=block, wire=wire, payload=html, request=sent(url))
        not_modified = head('ETag: "1"', status="304 Not Modified")
        yield replace(kept, url=url, outcome="not_modified", status=304, header=not_modified, wire=b"", payload=b"")
    other_chunks = chunked(html, 700)
    yield replace(kept, url=f"{HOST}/shapes/chunked.html", header=pieces, wire=other_chunks, payload=html)
    drawn = "<html><head><title>栏目</title></head><body>由脚本画出</body></html>".encode()
    empty = b"<html><body><script src=a.js></script></body></html>"
    yield replace(
        kept, url=f"{HOST}/shapes/drawn.html", header=head("Content-Type: text/html"), wire=empty, payload=drawn,
        kind="column", says="rendered by Chromium 120, 1 more requests",
    )  # fmt: skip
    for page_number in (1, 2):
        answer = b'{"rows": [%d]}' % page_number
        form = f"page={page_number}"
        yield replace(
            kept, url=f"{HOST}/api", header=head("Content-Type: application/json"), wire=answer, payload=answer,
            kind="column", post=form, request=sent(f"{HOST}/api", form),
        )  # fmt: skip
    yield replace(
        kept, url=f"{HOST}/shapes/cut.html", outcome="truncated", header=head("Content-Length: 900"),
        wire=b"<html>half", payload=b"<html>half",
    )  # fmt: skip
    yield replace(
        kept, url=f"{HOST}/shapes/large.pdf", outcome="too_large", header=head("Content-Type: application/pdf")
    )
    yield replace(kept, url=f"{HOST}/shapes/junk", outcome="bad_http", status=None, header=b"\x00\x01 no HTTP")
    yield replace(kept, url="http://nowhere.example/", outcome="dns_failed", status=None, says="no address", peer="")
    moved = head(f"Location: {HOST}/shapes/plain.html", "Content-Length: 0", status="302 Found")
    yield replace(
        kept, url=f"{HOST}/旧页 1.html", outcome="alias", status=302, header=moved,
        location=f"{HOST}/shapes/plain.html",
    )  # fmt: skip


def fill(archive: Archive, folder: Path) -> None:
    """Two crawls of the county, a run of shapes, and a file imported twice."""
    figures = figures_of(3)
    crawl(
        archive, 0,
        {FIRST: article("示例县教育局", 2024, figures), SECOND: article("示例县民政局", 2024, figures_of(8))},
    )  # fmt: skip
    crawl(
        archive, 1,
        {FIRST: article("示例县教育局", 2024, figures | {"requests.received.enterprise": "77"}, note="已修改。")},
    )  # fmt: skip
    run = begin_run(archive, "crawl shapes", "shapes")
    for number, look in enumerate(looks()):
        record_capture(archive, run, replace(look, captured_at=BEGUN + timedelta(seconds=number)))
    read_pending(archive, run)
    end_run(archive, run)
    paper = folder / "示例县司法局 2023.html"
    paper.write_bytes(page("示例县司法局", 2023, figures_of(4)))
    for day in (2, 3):
        import_files(archive, [paper], None, BEGUN + timedelta(days=day))
