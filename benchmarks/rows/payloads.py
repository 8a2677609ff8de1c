"""What a crawl of one site brings, kept: each payload hashed, looked for, packed, put into the index, committed.

It is what a crawl of the demonstration portal keeps, in that order: the pages, then the files among them too (PDF, DOC,
DOCX). Before a row names them they are committed, which waits for the disk: by a crawl of many sites, which asks each
for one page at a time, those of sixteen answers together (``CONCURRENT_REQUESTS``), of sixteen sites; the others are
the same pages with another county's name. A crawl has a transaction of its other database open meanwhile, which is
begun and ended here too, with nothing in it. A merge, and so a crawl with workers, commits as many as 16 MB at once; a
crawl of a single site each payload by itself, one in two seconds at most. Beside it: the same payloads through zstd at
level 3, one by one, and nothing kept; and warcio, which writes them as responses into a WARC, a gzip member for each
record. What is required of the time is asked of one site's pages as they are merged, many in a commit; what commits of
a crawl add is told. Sizes: what the archive's table of payloads grows by, index included, and the WARC's length.

A busy machine takes half as much again for a moment, now of one side, now of the other. So ours and zstd follow each
other in one process, the same payloads each, and a round is the median of several such turns on either side.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.table.deed import do, spending
from benchmarks.table.figures import Missing, Required, Row, Scale, beside
from benchmarks.table.other_python import PYTHON, ask, has

TITLE = "Keep payloads"
_ROUNDS = 5
_SCRIPT = Path(__file__).parent.parent / "others" / "write_warc.py"
_SITE = "www.shili.example:80"
_COUNTIES = "示乙丙丁戊己庚辛子丑寅卯辰巳午未"


def measure(scale: Scale) -> list[Row]:
    """Speed beside zstd, size beside a WARC; of the pages, and of all."""
    with tempfile.TemporaryDirectory(prefix="nianbao-payloads-") as folder:
        pages, everything = Path(folder) / "pages", Path(folder) / "everything"
        do(write_kept, str(pages), str(everything))
        times = scale.pick(3, 9)
        return [*_of(pages, "pages", times, is_bound=True), *_of(everything, "pages and files", times, is_bound=False)]


def _of(folder: Path, named: str, times: int, *, is_bound: bool) -> list[Row]:
    """Rows of one folder; those of pages are held to what is required, and kept as those of sixteen sites too."""
    what = f"{sum(file.stat().st_size for file in folder.iterdir()) / 1e6:.1f} MB of {named}"
    fast, small = (Required(most=2.5), Required(times=3.0)) if is_bound else (None, None)
    ways = {
        **({"as crawled, sixteen sites": (ours_of_many, None)} if is_bound else {}),
        "as merged": (ours_at_once, fast),
        "a commit each": (ours_singly, None),
    }
    packer = do(alone, str(folder))
    sides = [[do(way, str(folder), times) for way, _ in ways.values()] for _ in range(_ROUNDS)]
    rows: list[Row] = []
    for (said, (_, required)), side in zip(ways.items(), zip(*sides, strict=True), strict=True):
        pairs = [(one.value["ours"] * 1e3, one.value["theirs"] * 1e3) for one in side]
        memory = max(one.peak for one in side), packer.peak
        rows.append(beside(f"{what}, time, {said}", "zstd -3 alone", pairs, "ms", required, memory))
    kept, packed = sides[0][-1].value["size"] / 1e6, packer.value / 1e6
    rows.append(beside(f"{what}, size", "zstd -3 alone", [(kept, packed)], "MB"))
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


def ours_singly(folder: str, times: int) -> dict[str, Any]:
    """All into a new archive, each in a commit of its own, so many times over, zstd by turns; CPU of once, size."""
    return _ours([[(payload, _SITE)] for payload in _payloads(folder)], times, is_crawled=True)


def ours_at_once(folder: str, times: int) -> dict[str, Any]:
    """As ``ours_singly``, in one commit."""
    return _ours([[(payload, _SITE) for payload in _payloads(folder)]], times, is_crawled=False)


def ours_of_many(folder: str, times: int) -> dict[str, Any]:
    """Sixteen sites at once, a page of each in a commit; CPU of one site."""
    groups = [[(_of_county(page, name), f"{name}.{_SITE}") for name in _COUNTIES] for page in _payloads(folder)]
    return _ours(groups, times, is_crawled=True, sites=len(_COUNTIES))


def _of_county(page: bytes, name: str) -> bytes:
    """A page of the demonstration portal → that of another county, as long. Raises ValueError."""
    for encoding in ("utf-8", "gb18030"):
        if (ours := "示例县".encode(encoding)) in page:
            return page.replace(ours, f"{name}例县".encode(encoding))
    raise ValueError("expected the county's name in each page of its portal")


def _ours(groups: list[list[tuple[bytes, str]]], times: int, *, is_crawled: bool, sites: int = 1) -> dict[str, Any]:
    """Groups of payloads into a new archive, a commit each, then the same payloads through zstd; of one site."""
    from archive.payloads import put_payload
    from archive.store import Archive

    payloads = [payload for group in groups for payload, _ in group]
    ours, theirs, size = [], [], 0
    for _ in range(times):
        with (
            tempfile.TemporaryDirectory(prefix="nianbao-payloads-") as kept,
            Archive.open(Path(kept), write=True) as archive,
        ):
            empty = _size(archive)
            with spending() as spent:
                for group in groups:
                    with archive.writing() if is_crawled else nullcontext(), archive.keeping():
                        for payload, site in group:
                            put_payload(archive, payload, site)
            size = _size(archive) - empty
        ours.append(spent.cpu / sites)
        with spending() as spent:
            _pack(payloads)
        theirs.append(spent.cpu / sites)
    return {"ours": median(ours), "theirs": median(theirs), "size": size / sites}


def alone(folder: str) -> int:
    """zstd at level 3, each payload by itself; what they come to."""
    return _pack(_payloads(folder))


def _pack(payloads: list[bytes]) -> int:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    return sum([len(zstd.compress(payload, 3)) for payload in payloads])


def _payloads(folder: str) -> list[bytes]:
    return [file.read_bytes() for file in sorted(Path(folder).iterdir())]


def _size(archive: Any) -> int:
    pages, page_size = (archive.payloads.execute(f"PRAGMA {one}").fetchone()[0] for one in ("page_count", "page_size"))
    return int(pages * page_size)
