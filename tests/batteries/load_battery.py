"""A crawl of 100,000 pages on eight hosts of loopback, without a delay: ``nianbao crawl`` in a process of its own.

Lists with paging; small articles, thousands of reports that are read, files, pages that are not there, that have
moved, that break off. Every page must have the one outcome that it has to have. All the while the process is watched
from outside: from page 1,000 to the last, and again from the 1,000th document that is read to the end, the memory
that it holds (program files apart) must stay within 10 % of what it was, its descriptors must not grow, and the
write-ahead logs must stay short. Readers ask at the same time, by the archive's own queries, by ``nianbao search``
and by the pages of ``nianbao serve``; none may be refused, or be told of a lock.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.store import Archive
from tests.batteries.figures import Row, Scale, row_of
from tests.batteries.load_portal import HOSTS, Portal, a_report
from tests.batteries.load_readers import Readers
from tests.batteries.load_watch import Sample, take_sample
from tests.crawler.conftest import ROOT, command, environment
from tests.web.serving import serving

TITLE = "Load: a long crawl, and readers all the while"
_FIRST = (300, 1_000)  # pages, or documents read, from which on nothing may grow: in the short form, in the whole
_FLAT = 0.10  # of the memory at the beginning; a process that closes gives some back
_MORE_DESCRIPTORS = len(HOSTS)  # connections are opened and closed; a leak has hundreds
_LONGEST_LOG = 16.0  # MB: a log is brought into its file at 4 MB, when no reader needs it
_PARTLY = 4  # the exit code of a crawl that met broken pages


def run(scale: Scale) -> list[Row]:
    """Crawls, watches and reads; a row for what each found."""
    portal = Portal(rows=scale.pick(75, 11_750))
    with tempfile.TemporaryDirectory(prefix="nianbao-load-") as folder:
        archive = Path(folder) / "archive"
        _import_one(Path(folder), archive)
        with _served(portal) as netlocs, serving(archive) as base:
            rest = {"queries": 0.2, "search": float(scale.pick(5, 20)), "pages": 0.1}
            with Readers(archive, base, rest) as readers:
                began = time.monotonic()
                code, said, samples = _crawl(archive, netlocs, 0.25 * scale.pick(1, 4))
                took = time.monotonic() - began
        ends = _ends_of(archive, portal)
    crawled, read = _parted(samples, scale.pick(*_FIRST))
    return [
        row_of(f"pages crawled, {len(ends) / took:.0f} a second with all that follows", ends, took),
        row_of("the crawl: ends, and says what was broken", [("exit code", _wrong_end(code, said))], took),
        _memory("memory while crawling", crawled),
        _memory("memory while reading and closing", read),
        _bound("open descriptors", crawled + read, lambda sample: sample.descriptors, _most_descriptors(crawled, read)),
        _bound("length of the write-ahead logs in MB", crawled + read, lambda sample: sample.logs, _LONGEST_LOG),
        *(
            row_of(f"readers: {what}", readers.ends[name], readers.worst[name])
            for name, what in (("queries", "own queries"), ("search", "`nianbao search`"), ("pages", "`nianbao serve`"))
        ),
    ]


def _import_one(folder: Path, archive: Path) -> None:
    """There is something to find before the crawl begins."""
    file = folder / "report.html"
    file.write_bytes(a_report(0, 2023))
    subprocess.run(command(archive, "import", str(file)), check=True, capture_output=True, cwd=ROOT, env=environment())


@contextmanager
def _served(portal: Portal) -> Iterator[list[str]]:
    """The portal in a process of its own → host and port of each of its hosts."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.batteries.load_portal", str(portal.rows)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        yield server.stdout.readline().split()
    finally:
        server.communicate()


def _crawl(archive: Path, netlocs: list[str], seconds: float) -> tuple[int, str, list[Sample]]:
    """The crawl from beginning to end → its exit code, what it said, and a sample for so many seconds."""
    words = [f"http://{netloc}/" for netloc in netlocs]
    words += [word for netloc in netlocs for word in ("--allow-host", netloc)]
    samples: list[Sample] = []
    with tempfile.TemporaryFile("w+") as said:
        crawl = subprocess.Popen(
            command(archive, "crawl", *words, "--delay", "0", "--json"),
            stdout=said, stderr=said, cwd=ROOT, env=environment(),
        )  # fmt: skip
        while crawl.poll() is None:
            sample = take_sample(crawl.pid, archive)
            samples += [] if sample is None else [sample]
            time.sleep(seconds)
        said.seek(0)
        return crawl.returncode, said.read(), samples


def _wrong_end(code: int, said: str) -> str:
    if code == _PARTLY and "Traceback" not in said and "locked" not in said:
        return ""
    return f"{code}: {said[-1000:]}"


def _ends_of(archive: Path, portal: Portal) -> list[tuple[str, str]]:
    """Every page of the portal, and every one that was captured: whether it ended once, and as it had to."""
    expected = portal.outcomes()
    with Archive.open(archive, write=False) as opened:
        rows = opened.db.execute(
            """
            SELECT f.outcome, f.state, coalesce(c.looks, 0)
            FROM frontier f
            LEFT JOIN (SELECT run, url, count(*) AS looks FROM captures GROUP BY run, url) c
                ON c.run = f.run AND c.url = f.url
            WHERE f.kind <> 'robots'
            """
        ).fetchall()
        reports = opened.db.execute("SELECT count(*) FROM reports WHERE reading IS NOT NULL").fetchone()[0]
    found: Counter[str] = Counter()
    for outcome, state, captures in rows:
        found["open" if state != "done" else outcome if captures == 1 else f"captured {captures} times"] += 1
    ends: list[tuple[str, str]] = []
    for outcome in sorted(expected | found):
        least, most = sorted((expected[outcome], found[outcome]))
        ends += [(outcome, "")] * least
        ends += [(outcome, f"expected {expected[outcome]}, found {found[outcome]}")] * (most - least)
    kinds = portal.kinds()
    wanted = kinds["report"] + kinds["with_file"] + 1  # one was there before
    return [*ends, ("reports that are read", "" if reports == wanted else f"expected {wanted}, found {reports}")]


def _parted(samples: list[Sample], first: int) -> tuple[list[Sample], list[Sample]]:
    """Samples → those from page ``first`` until reading begins, and those from that document to the end."""
    before = samples[0].documents if samples else 0
    crawled = [sample for sample in samples if sample.pages >= first and sample.documents == before]
    return crawled, [sample for sample in samples if sample.documents >= first]


def _memory(what: str, samples: list[Sample]) -> Row:
    if not samples:
        return Row(what, 1, 0, deviations=("no sample was taken",))
    start = samples[0].resident
    most = max(sample.resident for sample in samples)
    ends = [
        (f"page {sample.pages}", "" if sample.resident / start - 1 <= _FLAT else f"{sample.resident:.0f} MB")
        for sample in samples
    ]
    return row_of(f"{what}: {start:.0f} MB at first, {samples[-1].resident:.0f} MB at last; samples", ends, None, most)


def _most_descriptors(crawled: list[Sample], read: list[Sample]) -> int:
    return max((sample.descriptors for sample in (crawled or read)[:3]), default=0) + _MORE_DESCRIPTORS


def _bound(what: str, samples: list[Sample], of: Callable[[Sample], float], most: float) -> Row:
    worst = max(map(of, samples), default=0)
    ends = [(f"page {sample.pages}", "" if of(sample) <= most else f"{of(sample):g}") for sample in samples]
    return row_of(f"{what}: {worst:.0f} at most; samples", ends)
