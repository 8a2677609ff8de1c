"""Reading on a cluster, with the functions of ``archive.workers``: many documents a task, in order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict
from typing import Any

from archive.spread.child import own_release
from archive.spread.slice_child import LENGTHS
from archive.spread.task import Place, Task, TaskFailed, TaskLost
from archive.workers import Answer, Job, Opened, Workers, open_workers
from parsers.child import listed
from parsers.errors import Crashed, DocumentError
from parsers.wire_form import report_from_wire

DEED = "archive.spread.slice_child"
_MOST_JOBS, _MOST_BYTES = 200, 16 * 2**20
"""Of one slice: a process is started for each, which takes as long as some thirty pages."""

_SECONDS, _GRACE = 900.0, 120.0  # the longest that one document may take, with LibreOffice, is two minutes
_TRIES = 4


class FarWorkers(Workers):
    """Readers at a place. A task that is lost is given again: reading changes nothing."""

    def __init__(self, threads: ThreadPoolExecutor, children: ExitStack, place: Place) -> None:
        ahead = 2 * max(1, place.slots)
        super().__init__(threads, children, readers=1, ahead=ahead, held=ahead * _MOST_BYTES)
        self._place = place

    def submit(self, job: Job) -> Future[Answer]:
        """One document; read here, as the next step waits for it."""
        return super().submit(job)

    def in_parts(self, jobs: Iterable[Job]) -> Iterator[list[Job]]:
        """Jobs → slices of them, in order."""
        part: list[Job] = []
        size = 0
        for job in jobs:
            part.append(job)
            size += len(job.payload)
            if len(part) >= _MOST_JOBS or size >= _MOST_BYTES:
                yield part
                part, size = [], 0
        if part:
            yield part

    def submit_part(self, part: list[Job]) -> Future[list[Answer]]:
        """Starts reading a slice. The future fails with TaskLost or TaskFailed when all tries have, or ClusterLost."""
        return self._threads.submit(self._read_part, part)

    def _read_part(self, part: list[Job]) -> list[Answer]:
        answers: list[Answer] = []
        failures = 0
        while len(answers) < len(part):
            left = part[len(answers) :]
            task = Task(DEED, b"".join([own_release().encode(), b"\n", *map(_framed, left)]), _SECONDS, _GRACE)
            try:
                had = _answers_in(self._place.submit(task).result(), len(left))
            except (TaskLost, TaskFailed):
                failures += 1
                if failures == _TRIES:
                    raise
                continue
            failures = 0 if had else failures + 1
            if failures == _TRIES:
                raise TaskFailed(f"no worker reads on at the document {left[0].number} in {_SECONDS:g} seconds")
            answers += had
        return answers


def _framed(job: Job) -> bytes:
    hints = json.dumps(asdict(job.hints), ensure_ascii=False).encode("utf-8", "replace")
    return LENGTHS.pack(len(hints), len(job.payload)) + hints + job.payload


def _answers_in(said: bytes, most: int) -> list[Answer]:
    """A worker's answer, checked like any other input → those of a slice's first documents. Raises TaskFailed."""
    try:
        answers = json.loads(said)
    except (ValueError, RecursionError) as error:
        raise TaskFailed(f"expected an answer in JSON: {error}") from error
    if not isinstance(answers, list) or len(answers) > most or not all(isinstance(one, dict) for one in answers):
        raise TaskFailed(f"expected a list of at most {most} answers")
    return [_answer_of(one) for one in answers]


def _answer_of(said: dict[str, Any]) -> Answer:
    try:
        return listed(said, "reports", report_from_wire)
    except Crashed as error:
        if isinstance(said.get("error"), dict):  # of the child there
            return error
        raise TaskFailed(error.says) from error
    except DocumentError as error:
        return error


@contextmanager
def open_far_workers(place: Place) -> Iterator[Workers]:
    """Readers at a place that stays open, and one here for what the next step waits for."""
    with ExitStack() as children, ThreadPoolExecutor(max(1, place.slots) + 1) as threads:
        yield FarWorkers(threads, children, place)


def readers_at(place: Place | None, workers: int | None) -> Opened | None:
    """Who reads where ``--workers`` or ``--scheduler`` was asked for; None: whoever does without.

    Processes here are kept warm from one document to the next; what is sent elsewhere goes in slices.
    """
    if place is not None and place.kind == "cluster":
        return _at(place)
    return None if workers is None else _here(workers)


def _at(place: Place) -> Callable[[], AbstractContextManager[Workers]]:
    return lambda: open_far_workers(place)


def _here(workers: int) -> Callable[[], AbstractContextManager[Workers]]:
    return lambda: open_workers(workers)
