"""Prints what docs/scale.md reckons with: CPU of a page, of a document by format, of a share; memory; disk."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from archive.frontier import netlocs_of
from archive.ingest import read_pending
from archive.runs.run import Run
from archive.spread.cut import cut_slice, room_for_slices
from archive.spread.home import take_home
from archive.spread.parcels import pack, unpack
from archive.store import Archive
from crawler.demo.portal import Portal
from parsers.errors import DocumentError
from parsers.readers import Reader
from parsers.report import Hints

ROOT = Path(__file__).parents[2]
DOCUMENTS = ROOT / "tests" / "documents"
ROUNDS = 5


def cpu_of_children() -> float:
    """Seconds of processor of all processes that were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def crawl(folder: Path, *more: str) -> tuple[int, float]:
    """The demo's portal, crawled and read: pages, seconds of processor of all processes."""
    with Portal() as portal:
        began = cpu_of_children()
        subprocess.run(
            [sys.executable, "-m", "nianbao", "--archive", str(folder), "crawl", portal.url,
             "--allow-host", portal.host_port, "--delay", "0", *more],
            cwd=ROOT, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        return len(portal.requests), cpu_of_children() - began


def read_all(files: list[Path]) -> tuple[int, float]:
    """Documents read and the seconds of processor of one, without what the process takes to start."""

    def reading(rounds: int) -> tuple[int, float]:
        began, done = cpu_of_children() + time.process_time(), 0
        with Reader() as reader:
            for _ in range(rounds):
                for file in files:
                    try:
                        reader.read(file.read_bytes(), Hints())
                        done += 1
                    except DocumentError:
                        continue
        return done, cpu_of_children() + time.process_time() - began

    once, short = reading(1)
    more, long = reading(1 + ROUNDS)
    return once, (long - short) / max(1, more - once)


def timed(work: Callable[[], object]) -> float:
    """Seconds of processor of this process."""
    began = time.process_time()
    work()
    return time.process_time() - began


def measure_share(folder: Path, scratch: Path) -> None:
    """A share of a whole portal: cut and packed; taken home by an archive that has not seen it, and read there."""
    with Archive.open(folder, write=True) as archive, room_for_slices() as room:
        with archive.writing() as db:
            db.execute("UPDATE runs SET state = 'open', ended_at = NULL")
        run, parcels = Run(1, "", "", resumed=True), []
        identity = archive.db.execute("SELECT identity FROM archive_identity").fetchone()
        begun = archive.db.execute("SELECT * FROM runs").fetchone()

        def away() -> None:
            cut_slice(archive, run, netlocs_of(archive, run), room / "slice")
            parcels.append(pack({}, room / "slice"))

        cutting = timed(away)
    with Archive.open(scratch / "fresh", write=True) as fresh:
        with fresh.writing() as db:
            db.execute("UPDATE archive_identity SET identity = ?", identity)
            db.execute(f"INSERT INTO runs VALUES ({', '.join('?' for _ in begun)})", begun)
        unpack(parcels[0], scratch / "home")
        taking = timed(lambda: take_home(fresh, run, scratch / "home"))
        looks = fresh.db.execute("SELECT count(*) FROM captures").fetchone()[0]
        began = cpu_of_children()
        placing = timed(lambda: read_pending(fresh, run))
        reading = cpu_of_children() - began
        read = fresh.db.execute("SELECT count(*) FROM documents").fetchone()[0]
    size = len(parcels[0]) / 2**20
    print(f"a share of {looks} looks, {size:.1f} MB: {cutting:.2f} s to cut and pack, {taking:.2f} s to take home")
    print(f"of {read} documents read: {placing / read * 1000:.0f} ms each for the one who writes, "
          f"{reading / read * 1000:.0f} ms for those who read")  # fmt: skip


def main() -> None:
    """Measures and prints."""
    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        pages, alone = crawl(scratch / "alone")
        _, shared = crawl(scratch / "shared", "--workers", "1")
        print(f"crawl and read, {pages} pages: {alone / pages * 1000:.0f} ms of processor a page in one process")
        print(f"  {shared / pages * 1000:.0f} ms with one worker: {shared - alone:.1f} s more for its one share")
        with Archive.open(scratch / "alone", write=False) as archive:
            reports, readings = (
                archive.db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("reports", "readings")
            )
        sizes = {name: (scratch / "alone" / name).stat().st_size for name in ("archive.db", "payloads.db")}
        print(f"disk, {reports} reports and {readings} readings, a report:")
        for name, size in sizes.items():
            print(f"  {size / reports / 1024:.1f} KB of {name}")
        measure_share(scratch / "alone", scratch)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"largest process: {peak:.0f} MB resident")
    for ending in ("html", "docx", "doc", "pdf", "rtf", "xlsx", "xls", "ofd"):
        files = sorted(file for file in DOCUMENTS.rglob(f"*.{ending}") if "refused" not in file.parts)
        if files:
            count, seconds = read_all(files)
            print(f"{ending}: {count} of {len(files)} documents read, {seconds * 1000:.0f} ms of processor each")


if __name__ == "__main__":
    main()
