"""Reading many documents at once, and in order: ``open_workers`` and ``read_in_order``.

Another place to read offers the same two functions: ``archive.spread.reading`` a cluster.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from queue import SimpleQueue

from parsers.errors import DocumentError
from parsers.readers import Reader
from parsers.report import Hints, Report

Answer = tuple[Report, ...] | DocumentError

# Documents for each reader that are given before the first of them is waited for: a PDF takes as long as six pages do.
_AHEAD, _HELD = 6, 32 * 2**20


@dataclass(frozen=True, slots=True)
class Job:
    """One document to read; ``number`` is the caller's own name for it."""

    number: int
    payload: bytes
    hints: Hints


class Workers:
    """Warm readers, whose children start when first needed; each reads one document at a time.

    ``ahead``: how many parts are submitted before the first of them is waited for; ``held``: and how many bytes of
    documents.
    """

    def __init__(self, threads: ThreadPoolExecutor, children: ExitStack, readers: int, ahead: int, held: int) -> None:
        self.ahead, self.held = ahead, held
        self._threads = threads
        self._idle: SimpleQueue[Reader] = SimpleQueue()
        for _ in range(readers):
            self._idle.put(children.enter_context(Reader()))

    def submit(self, job: Job) -> Future[Answer]:
        """Starts reading; the future's result is the reports, or the reason why there are none."""
        return self._threads.submit(self._read, job)

    def in_parts(self, jobs: Iterable[Job]) -> Iterator[list[Job]]:
        """Jobs as they are submitted together: here one by one."""
        for job in jobs:
            yield [job]

    def submit_part(self, part: list[Job]) -> Future[list[Answer]]:
        """Starts reading a part; the future's result is an answer for each of its jobs."""
        return self._threads.submit(lambda: [self._read(job) for job in part])

    def _read(self, job: Job) -> Answer:
        lent = [self._idle.get()]

        def give_back() -> None:
            while lent:
                self._idle.put(lent.pop())

        try:
            return lent[0].read(job.payload, job.hints, give_back)
        except DocumentError as error:
            return error
        finally:
            give_back()


Opened = Callable[[], AbstractContextManager[Workers]]
"""How readers are opened: ``open_workers``, with another number of processes, or elsewhere."""


@contextmanager
def open_workers(processes: int | None = None) -> Iterator[Workers]:
    """Up to ``processes`` children (by default two, or as many as there are processors), ended on leaving."""
    count = processes or min(2, os.cpu_count() or 1)
    # While one thread makes reports of an answer another gives the same child its next document.
    with ExitStack() as children, ThreadPoolExecutor(2 * count) as threads:
        try:
            yield Workers(threads, children, count, _AHEAD * count, _HELD * count)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)  # after an interrupt nobody waits for what is ahead


def read_in_order(workers: Workers, jobs: Iterable[Job]) -> Iterator[tuple[Job, Answer]]:
    """Jobs → their answers in the order of the jobs, each with its job; a few jobs are taken ahead."""
    waiting: deque[tuple[list[Job], Future[list[Answer]]]] = deque()
    held = 0
    for part in workers.in_parts(jobs):
        waiting.append((part, workers.submit_part(part)))
        held += _size_of(part)
        while len(waiting) > workers.ahead or held > workers.held:
            first, answers = waiting.popleft()
            held -= _size_of(first)
            yield from zip(first, answers.result(), strict=True)
    for part, answers in waiting:
        yield from zip(part, answers.result(), strict=True)


def _size_of(part: list[Job]) -> int:
    return sum(len(job.payload) for job in part)
