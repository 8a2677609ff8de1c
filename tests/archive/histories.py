"""Small archives with a history, built as a newsroom builds its own: crawls, imports, corrections, new releases."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from county import COLUMN, SITE, Answer, article, crawl, figures_of, page
from hypothesis import strategies as st

from archive.capture import Capture, Target
from archive.corrections import Correction, put_correction
from archive.frontier import acknowledge, add_targets, lease_targets, record_capture
from archive.ingest import read_pending
from archive.reparsing.reparse import reparse
from archive.runs.run import begin_run, end_run
from archive.store import Archive
from archive.withdraw import withdraw
from archive.workers import Answer as Reading
from archive.workers import Job
from parsers.child import Child
from parsers.errors import DocumentError
from parsers.report import Hints

BODIES = ("示例县教育局", "示例县民政局")
URLS = tuple(f"http://www.shili.example/zfxxgknb/202501/t2025012{n}_{n}.html" for n in range(3))
FILE = "http://www.shili.example/zfxxgknb/202501/P020250120.pdf"
KEYS = ("requests.received.total", "proactive.fees.amount")


@dataclass(frozen=True)
class Published:
    """What a URL shows: a body's report with one of two sets of figures and a counter, or a file nobody can read."""

    url: str
    body: str
    figures: int
    counter: int

    def answer(self) -> Answer:
        """As the portal answers."""
        if self.url == FILE:
            title = f"{self.body}2024年政府信息公开工作年度报告"
            scan = b"%PDF-1.4 " + b"torn" * (self.figures + 1)
            return Answer(scan, kind="attachment", link_text=title, title=title)
        return article(self.body, 2024, figures_of(self.figures), counter=self.counter)


@dataclass(frozen=True)
class Step:
    """One thing a newsroom does: ``kind`` and what it is done with."""

    kind: str
    day: int = 0
    shown: tuple[Published, ...] = ()
    number: int = 0


PUBLISHED = st.builds(
    Published, st.sampled_from((*URLS, FILE)), st.sampled_from(BODIES), st.integers(1, 2), st.integers(0, 1)
)
PORTALS = st.lists(PUBLISHED, min_size=1, max_size=3, unique_by=lambda one: one.url).map(tuple)
STEPS = st.one_of(
    st.builds(Step, st.just("crawl"), st.integers(0, 8), PORTALS),
    st.builds(Step, st.just("crawl"), st.integers(0, 8), PORTALS),
    st.builds(Step, st.just("cut short"), st.integers(0, 8), PORTALS),
    st.builds(Step, st.just("import"), st.integers(0, 8), PORTALS),
    st.builds(Step, st.just("correct"), st.integers(0, 8), st.just(()), st.integers(0, 3)),
    st.builds(Step, st.just("withdraw"), number=st.integers(0, 3)),
    st.builds(Step, st.just("release"), number=st.integers(1, 3)),
    st.builds(Step, st.just("reparse")),
)
HISTORIES = st.lists(STEPS, min_size=1, max_size=4).map(tuple)


class Remembering:
    """A worker that is warm over all examples, and remembers what it has read."""

    def __init__(self) -> None:
        self.ahead, self.held = 2, 2**20
        self.child = Child()
        self.known: dict[tuple[bytes, Hints], Reading] = {}

    def submit(self, job: Job) -> Future[Reading]:
        """As ``archive.workers.Workers`` does."""
        future: Future[Reading] = Future()
        future.set_result(self._read(job))
        return future

    def in_parts(self, jobs: Iterable[Job]) -> Iterator[list[Job]]:
        """As ``archive.workers.Workers`` does."""
        for job in jobs:
            yield [job]

    def submit_part(self, part: list[Job]) -> Future[list[Reading]]:
        """As ``archive.workers.Workers`` does."""
        future: Future[list[Reading]] = Future()
        future.set_result([self._read(job) for job in part])
        return future

    def _read(self, job: Job) -> Reading:
        key = (job.payload, job.hints)
        if key not in self.known:
            try:
                self.known[key] = self.child.read(job.payload, job.hints)
            except DocumentError as error:
                self.known[key] = error
        return self.known[key]


WORKER = Remembering()


@contextmanager
def one_worker() -> Iterator[None]:
    """Reading, wherever it is done, by the one warm worker."""

    @contextmanager
    def opened(processes: int | None = None) -> Iterator[Remembering]:
        yield WORKER

    with ExitStack() as patched:
        for module in ("ingest", "reparsing.reparse", "reparsing.candidates", "merge"):
            patched.enter_context(patch(f"archive.{module}.open_workers", opened))
        yield


@contextmanager
def release(number: int) -> Iterator[None]:
    """The parsers as if they were of that release."""
    with ExitStack() as patched:
        for module in ("ingest", "reparsing.reparse", "reparsing.candidates", "reparsing.stale", "renditions"):
            patched.enter_context(patch(f"archive.{module}.RELEASE", str(number)))
        # The default of a parameter is bound when the module is loaded.
        from archive.renditions import place_version

        patched.enter_context(patch.object(place_version, "__defaults__", (str(number),)))
        yield


def build(folder: Path, history: tuple[Step, ...], earlier: Path | None = None, at: int = 0) -> None:
    """A history → its archive; ``earlier`` gets a copy of it as it was after ``at`` steps."""
    Archive.open(folder, write=True).close()
    present = 2
    for number, step in enumerate(history):
        if earlier is not None and number == at:
            shutil.copytree(folder, earlier)
        present = step.number if step.kind == "release" else present
        with Archive.open(folder, write=True) as archive, release(present):
            take(archive, step)
    if earlier is not None and not earlier.exists():
        shutil.copytree(folder, earlier)


def take(archive: Archive, step: Step) -> None:
    """One step of a history."""
    if step.kind == "crawl":
        crawl(archive, step.day, {one.url: one.answer() for one in step.shown})
    elif step.kind == "cut short":
        cut_short(archive, step)
    elif step.kind == "import":
        run = begin_run(archive, "import", f"import {step.day}")
        for one in step.shown:
            payload = page(one.body, 2024, figures_of(one.figures), counter=one.counter)
            record_capture(
                archive,
                run,
                Capture(
                    f"file:{one.url[-8:]}", moment(step.day), "fetched", payload=payload, wire=payload, kind="import"
                ),
            )
        read_pending(archive, run)
        end_run(archive, run)
    elif step.kind == "correct":
        correct(archive, step)
    elif step.kind == "withdraw":
        versions = archive.db.execute("SELECT id, payload_digest FROM versions ORDER BY id").fetchall()
        if versions:
            version, digest = versions[step.number % len(versions)]
            withdraw(archive, digest if step.number % 2 else f"v{version}", "personal data")
    elif step.kind == "reparse":
        reparse(archive)


def moment(day: int) -> datetime:
    """The same day and second for every newsroom."""
    return datetime(2025, 1, 1, 8, 0, 1, tzinfo=UTC) + timedelta(days=day)


def cut_short(archive: Archive, step: Step) -> None:
    """A crawl that ended in the middle: one page is kept and unread, the others have not been asked for."""
    run = begin_run(archive, "crawl cut short", f"{SITE.code} cut {step.day}")
    targets = [Target(one.url, one.answer().kind, COLUMN, COLUMN, "", SITE.code) for one in step.shown]
    add_targets(archive, run, targets)
    shown = {one.url: one.answer().payload for one in step.shown}
    for lease in lease_targets(archive, run, 1):
        body = shown.get(lease.target.url, b"<html><p>404</p></html>")  # left over from the last time it was cut short
        capture = Capture(
            lease.target.url,
            moment(step.day),
            "fetched",
            200,
            b"HTTP/1.1 200 OK\r\n\r\n",
            body,
            body,
            lease.target.kind,
        )
        acknowledge(archive, run, lease, capture)


def correct(archive: Archive, step: Step) -> None:
    """The desk says what a cell of some version is, if there is one."""
    digests = archive.db.execute("SELECT DISTINCT payload_digest FROM versions ORDER BY payload_digest").fetchall()
    if digests:
        digest = digests[step.number % len(digests)][0]
        when = moment(step.day).strftime("%Y-%m-%dT%H:%M:%SZ")
        key, value = KEYS[step.number % 2], step.number + step.day
        put_correction(archive, Correction(digest, key, "number", value, "编辑部", "scan", "", when))
