"""This machine as a place where tasks are done: each in a process of its own, some at once."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor

from archive.spread.child import end_children, run_in_child
from archive.spread.task import Task


class Here:
    """``workers`` processes at once; a task waits for one that is free. A place (``archive.spread.task.Place``)."""

    kind = "here"

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="task")

    @property
    def slots(self) -> int:
        """As many as there are workers."""
        return self._workers

    def submit(self, task: Task) -> Future[bytes]:
        """Begins a task as soon as a worker is free; its time begins then."""
        return self._threads.submit(_run, task)

    def close(self) -> None:
        """What is under way ends with what it has, and is waited for; what has not begun is cancelled."""
        end_children()
        self._threads.shutdown(wait=True, cancel_futures=True)


def _run(task: Task) -> bytes:
    return run_in_child(task.deed, task.question, time.monotonic() + task.seconds, task.grace)
