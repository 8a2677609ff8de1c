"""One task for another process, the places that do tasks, and the ways in which one is not done."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from archive.errors import ArchiveError


@dataclass(frozen=True, slots=True)
class Task:
    """``deed``: the module that does it, in a process of its own. ``question``: what it is given, bytes of the deed's
    own form. ``seconds``: how long it may be at it. ``grace``: how much later it is ended if it has not answered."""

    deed: str
    question: bytes
    seconds: float
    grace: float


BEGUN_WITHIN = 120.0
"""Seconds within which a place begins a task that is given to it, or says that it cannot."""


class Place(Protocol):
    """Where tasks are done: here, or on a cluster. Two functions; whoever has a place needs to know no more.

    ``kind``: "here" where a task's process ends with the one that gave it, else "cluster".
    """

    kind: str

    @property
    def slots(self) -> int:
        """Tasks that it can have under way at once."""
        ...

    def submit(self, task: Task) -> Future[bytes]:
        """Begins a task; the future's result is its answer. Fails with TaskLost or TaskFailed; never runs it twice.

        Raises ClusterLost where nobody is there to begin it.
        """
        ...

    def close(self) -> None:
        """Asks what is under way to end with what it has, and waits a little for it; nothing runs here after."""
        ...


class TaskFailed(ArchiveError):
    """A task's process has ended without an answer, and is over."""

    code = "task_failed"


class TaskLost(ArchiveError):
    """Nobody knows what became of a task: it may still be at it, until its time is over."""

    code = "task_lost"


class ClusterLost(ArchiveError):
    """The scheduler of a cluster, or all of its workers, cannot be reached."""

    code = "cluster_lost"


class OtherRelease(ArchiveError):
    """A worker has another release than the one who asks."""

    code = "other_release"


class PlainLink(ArchiveError):
    """A cluster's address over which pages and tasks would go unprotected."""

    code = "plain_link"
    exit_code = 2
