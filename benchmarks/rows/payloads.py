"""The bytes of one site's pages, kept: each hashed, looked for, packed, put into the index, committed.

The pages are all that the demonstration portal serves as HTML. Beside it: the same pages through zstd at level 3, one
by one, and nothing kept; and warcio, which writes them as responses into a WARC, a gzip member for each record.
Sizes: what the archive's table of payloads takes, index included, and the WARC's length.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.table.deed import do, spending
from benchmarks.table.figures import Missing, Required, Row, Scale, beside
from benchmarks.table.other_python import PYTHON, ask, has

TITLE = "Keep payloads"
_ROUNDS = 5
_SCRIPT = Path(__file__).parent.parent / "others" / "write_warc.py"


def measure(scale: Scale) -> list[Row]:
    """Speed beside zstd, size beside a WARC."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="nianbao-payloads-") as folder:
        raw = write_pages(Path(folder)) / 1e6
        times = scale.pick(1, 4)
        mine = [do(ours, folder, times) for _ in range(_ROUNDS)]
        peak = max(one.peak for one in mine)
        theirs = [do(alone, folder, times) for _ in range(_ROUNDS)]
        pairs = [
            (one.value["cpu"] / times * 1e3, other.value["cpu"] / times * 1e3)
            for one, other in zip(mine, theirs, strict=True)
        ]
        memory = (peak, max(other.peak for other in theirs))
        rows.append(beside(f"{raw:.1f} MB of pages, time", "zstd -3 alone", pairs, "ms", Required(most=2.5), memory))
        sizes = [(mine[0].value["size"] / 1e6, theirs[0].value["size"] / 1e6)]
        rows.append(beside(f"{raw:.1f} MB of pages, size", "zstd -3 alone", sizes, "MB"))
        if has("warcio"):
            sizes = [(mine[0].value["size"] / 1e6, ask(_SCRIPT, [folder])["size"] / 1e6)]
            of_warc = beside(
                f"{raw:.1f} MB of pages, size", "WARC, gzip for each record", sizes, "MB", Required(times=3.0)
            )
            rows.append(of_warc)
        else:
            rows.append(Missing("WARC", f"no warcio in {Path(PYTHON).name}"))
    return rows


def write_pages(folder: Path) -> int:
    """Every page of the demonstration portal as a file; the bytes of all."""
    from crawler.demo.site import build_site

    bodies = sorted({page.body for page in build_site().values() if b"<html" in page.body[:2000].lower()})
    for number, body in enumerate(bodies):
        (folder / f"{number:04}.html").write_bytes(body)
    return sum(map(len, bodies))


def ours(folder: str, times: int) -> dict[str, Any]:
    """All pages into a new archive, so many times over; CPU of all, size of one."""
    from archive.payloads import put_payload
    from archive.store import PAYLOADS_DB, Archive

    pages = [file.read_bytes() for file in sorted(Path(folder).glob("*.html"))]
    cpu, size = 0.0, 0
    for _ in range(times):
        with tempfile.TemporaryDirectory(prefix="nianbao-payloads-") as kept:
            with Archive.open(Path(kept), write=True) as archive:
                empty = _size(archive)
                with spending() as spent:
                    for page in pages:
                        put_payload(archive, page)
                size = _size(archive) - empty
            cpu += spent.cpu
            assert (Path(kept) / PAYLOADS_DB).exists()
    return {"cpu": cpu, "size": size}


def alone(folder: str, times: int) -> dict[str, Any]:
    """zstd at level 3, each page by itself, so many times over."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    pages = [file.read_bytes() for file in sorted(Path(folder).glob("*.html"))]
    size = sum(len(zstd.compress(page, 3)) for page in pages)
    with spending() as spent:
        for _ in range(times):
            for page in pages:
                zstd.compress(page, 3)
    return {"cpu": spent.cpu, "size": size}


def _size(archive: Any) -> int:
    pages, page_size = (archive.payloads.execute(f"PRAGMA {one}").fetchone()[0] for one in ("page_count", "page_size"))
    return int(pages * page_size)
