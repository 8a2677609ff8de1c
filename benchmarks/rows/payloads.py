"""What a crawl of one site brings, kept: each payload hashed, looked for, packed, put into the index, committed.

It is what a crawl of the demonstration portal keeps, in that order: the pages, then the files among them too (PDF, DOC,
DOCX). A crawl commits each payload by itself, and waits for the disk, before a row names it; a merge, and so a crawl
with workers, commits as many as 16 MB at once. Beside it: the same payloads through zstd at level 3, one by one, and
nothing kept; and warcio, which writes them as responses into a WARC, a gzip member for each record. Sizes: what the
archive's table of payloads grows by, index included, and the WARC's length.
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
_SITE = "www.shili.example:80"


def measure(scale: Scale) -> list[Row]:
    """Speed beside zstd, size beside a WARC; of the pages, and of all."""
    with tempfile.TemporaryDirectory(prefix="nianbao-payloads-") as folder:
        pages, everything = Path(folder) / "pages", Path(folder) / "everything"
        do(write_kept, str(pages), str(everything))
        times = scale.pick(2, 8)
        return [*_of(pages, "pages", times, is_bound=True), *_of(everything, "pages and files", times, is_bound=False)]


def _of(folder: Path, named: str, times: int, *, is_bound: bool) -> list[Row]:
    """Rows of one folder; those of pages are held to what is required."""
    what = f"{sum(file.stat().st_size for file in folder.iterdir()) / 1e6:.1f} MB of {named}"
    rounds = [
        (do(ours, str(folder), times, False), do(ours, str(folder), times, True), do(alone, str(folder), times))
        for _ in range(_ROUNDS)
    ]
    singly, at_once, theirs = ([one.value["cpu"] / times * 1e3 for one in side] for side in zip(*rounds, strict=True))
    memory = max(one.peak for one, _, _ in rounds), max(other.peak for _, _, other in rounds)
    kept, packed = rounds[0][0].value["size"] / 1e6, rounds[0][2].value["size"] / 1e6
    fast, small = (Required(most=2.5), Required(times=3.0)) if is_bound else (None, None)
    rows: list[Row] = [
        beside(f"{what}, time", "zstd -3 alone", [*zip(singly, theirs, strict=True)], "ms", fast, memory),
        beside(f"{what}, time, as merged", "zstd -3 alone", [*zip(at_once, theirs, strict=True)], "ms", fast, memory),
        beside(f"{what}, size", "zstd -3 alone", [(kept, packed)], "MB"),
    ]
    if has("warcio"):
        warc = ask(_SCRIPT, [str(folder)])["size"] / 1e6
        rows.append(beside(f"{what}, size", "WARC, gzip for each record", [(kept, warc)], "MB", small))
    else:
        rows.append(Missing("WARC", f"no warcio in {Path(PYTHON).name}"))
    return rows


def write_kept(pages: str, everything: str) -> int:
    """Crawls the demonstration portal; each payload that is kept as a file, by the order in which it was."""
    from archive.payloads import get_payload
    from archive.store import Archive
    from crawler.demo.portal import Portal
    from crawler.registry import find_portal
    from crawler.running.expedition import Expedition
    from crawler.running.plan import Plan
    from crawler.voyages.journey import travel

    Path(pages).mkdir()
    Path(everything).mkdir()
    with (
        tempfile.TemporaryDirectory(prefix="nianbao-payloads-") as kept,
        Archive.open(Path(kept), write=True) as archive,
        Portal() as portal,
    ):
        host, _, port = portal.host_port.partition(":")
        plan = Plan((find_portal(portal.url, ()),), "nianbao crawl", allow=frozenset({(host, int(port))}), delay=0.0)
        travel(Expedition(archive, plan))
        digests = archive.payloads.execute("SELECT digest FROM payload ORDER BY rowid").fetchall()
        for number, (digest,) in enumerate(digests):
            payload = get_payload(archive, digest)
            folders = (pages, everything) if b"<html" in payload[:2000].lower() else (everything,)
            for folder in folders:
                (Path(folder) / f"{number:04}").write_bytes(payload)
    return len(digests)


def ours(folder: str, times: int, at_once: bool) -> dict[str, Any]:
    """All into a new archive, so many times over; CPU of all, size of one."""
    from contextlib import nullcontext

    from archive.payloads import put_payload
    from archive.store import Archive

    payloads = _payloads(folder)
    cpu, size = 0.0, 0
    for _ in range(times):
        with (
            tempfile.TemporaryDirectory(prefix="nianbao-payloads-") as kept,
            Archive.open(Path(kept), write=True) as archive,
        ):
            empty = _size(archive)
            with spending() as spent, archive.keeping() if at_once else nullcontext():
                for payload in payloads:
                    put_payload(archive, payload, _SITE)
            size = _size(archive) - empty
        cpu += spent.cpu
    return {"cpu": cpu, "size": size}


def alone(folder: str, times: int) -> dict[str, Any]:
    """zstd at level 3, each payload by itself, so many times over."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    payloads = _payloads(folder)
    size = sum(len(zstd.compress(payload, 3)) for payload in payloads)
    with spending() as spent:
        for _ in range(times):
            for payload in payloads:
                zstd.compress(payload, 3)
    return {"cpu": spent.cpu, "size": size}


def _payloads(folder: str) -> list[bytes]:
    return [file.read_bytes() for file in sorted(Path(folder).iterdir())]


def _size(archive: Any) -> int:
    pages, page_size = (archive.payloads.execute(f"PRAGMA {one}").fetchone()[0] for one in ("page_count", "page_size"))
    return int(pages * page_size)
