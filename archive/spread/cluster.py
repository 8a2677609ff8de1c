"""A Dask cluster as a place where tasks are done, over links that are of this machine or encrypted."""

from __future__ import annotations

import ipaddress
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

from archive.spread.child import end_children, run_in_child
from archive.spread.extra import need_extra
from archive.spread.task import BEGUN_WITHIN, ClusterLost, PlainLink, Task, TaskFailed, TaskLost

Answer = TypeVar("Answer")

_LOOK = 0.25  # seconds between two looks at what is under way
_ASKING = 20.0  # seconds for one question to the scheduler or to a worker
_CLOCK = 15.0  # seconds for a worker to tell its clock, and for a scheduler to tell its workers
_SILENCE = 60.0  # seconds for which one that did not is left alone
_DONE, _FAILED = b"+", b"-"


@dataclass(slots=True)
class _UnderWay:
    """``asked`` is Dask's future, ``told`` ours; ``until``: the moment of ``time.monotonic`` when it must be over."""

    worker: str
    asked: Any
    told: Future[bytes]
    until: float


def expect_private(address: str) -> None:
    """Raises PlainLink unless an address is ``tls://…``, or ``tcp://`` on this machine.

    >>> expect_private("tcp://127.0.0.1:8786"), expect_private("tls://scheduler.example:8786")
    (None, None)
    """
    parts = urlsplit(address)
    if parts.scheme == "tls" and parts.hostname:
        return
    if parts.scheme == "tcp" and _is_here(parts.hostname or ""):
        return
    if parts.scheme != "tcp":
        raise PlainLink(f"expected tls://HOST:PORT, or tcp:// on this machine, found {address!r}")
    raise PlainLink(
        f"{address} is another machine, and tcp:// is neither encrypted nor does it know who asks: whoever reaches it "
        "could run what they like there. Use tls:// with certificates"
    )


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Cluster:
    """The workers of one scheduler. A place (``archive.spread.task.Place``).

    Each task is given to one worker by name and to no other, so that Dask never runs it a second time by itself: that
    is for the one who submits it to decide. A worker's time is told by its own clock, which is asked for first.
    """

    kind = "cluster"

    def __init__(self, address: str) -> None:
        """Raises PlainLink, NeedsExtra, ClusterLost."""
        expect_private(address)
        self._address = address
        self._dask = need_extra("distributed", "cluster")
        # Its client tells of every try to reach a scheduler that is gone; we tell of it once, in ClusterLost.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        self._security = _certificates(self._dask) if address.startswith("tls://") else None
        self._lock = threading.RLock()
        self._under_way: list[_UnderWay] = []
        self._silent: dict[str, float] = {}
        self._client: Any = None
        self._closing = threading.Event()
        self._connect(_ASKING)
        self._watcher = threading.Thread(target=self._watch, name="cluster", daemon=True)
        self._watcher.start()

    @property
    def slots(self) -> int:
        """Threads of all workers; 0 while the scheduler cannot be asked."""
        return sum(self._threads().values())

    def submit(self, task: Task) -> Future[bytes]:
        """Gives a task to the worker that has most threads free. Raises ClusterLost where there is none in time."""
        until = time.monotonic() + BEGUN_WITHIN
        while True:
            with self._lock:
                told = self._give(task)
            if told is not None:
                return told
            if time.monotonic() > until:
                raise ClusterLost(
                    f"{self._address}: no scheduler with a worker that is free, for {BEGUN_WITHIN:g} seconds"
                )
            time.sleep(_LOOK)
            if not self._is_up():
                with suppress(ClusterLost):  # it is asked again, until the time is over
                    self._connect(_LOOK * 4)

    def close(self) -> None:
        """Asks the workers' processes to end with what they have, takes what comes in time, and leaves."""
        with self._lock:
            waiting = [one.told for one in self._under_way]
            workers = [one.worker for one in self._under_way]
        client = self._client
        if waiting and self._is_up():
            with suppress(OSError, TimeoutError):
                _within(_ASKING, lambda: client.run(end_children, workers=sorted(set(workers)), on_error="ignore"))
            until = time.monotonic() + _ASKING
            while time.monotonic() < until and not all(one.done() for one in waiting):
                time.sleep(_LOOK)
        self._closing.set()
        self._watcher.join()
        self._disconnect()
        for one in self._under_way:
            one.told.set_exception(TaskLost("the cluster was left before it answered"))
        self._under_way = []

    def _give(self, task: Task) -> Future[bytes] | None:
        threads = self._threads()
        for one in self._under_way:
            if one.worker in threads:
                threads[one.worker] -= 1
        worker = max(threads, key=lambda name: (threads[name], name), default=None)
        if worker is None or threads[worker] < 1:
            return None
        try:
            # The clock is read between the question and its answer: counted from before the question, a moment by it is
            # never later than we take it for.
            asked_at = time.monotonic()
            clock = float(_within(_CLOCK, lambda: self._client.run(time.monotonic, workers=[worker])[worker]))
            asked = self._client.submit(
                do_task, task.deed, task.question, clock + task.seconds, task.grace,
                workers=[worker], allow_other_workers=False, pure=False, retries=0, key=f"nianbao-{uuid4().hex}",
            )  # fmt: skip
        except (OSError, TimeoutError, KeyError):  # it is there, and says nothing: cut off
            self._silent[worker] = time.monotonic() + _SILENCE
            return None
        told: Future[bytes] = Future()
        slack = time.monotonic() - asked_at
        self._under_way.append(_UnderWay(worker, asked, told, time.monotonic() + slack + task.seconds + task.grace))
        return told

    def _workers(self) -> dict[str, Any] | None:
        """The workers that the scheduler knows; None where it does not say, which proves nothing of them."""
        if not self._is_up():
            return None
        try:
            workers: dict[str, Any] = _within(_CLOCK, lambda: self._client.scheduler_info(n_workers=-1)["workers"])
        except (OSError, TimeoutError, LookupError):
            return None
        return workers

    def _threads(self) -> dict[str, int]:
        """Workers that may be given something → their threads."""
        return {
            name: int(one["nthreads"])
            for name, one in (self._workers() or {}).items()
            if one.get("status", "running") == "running"
            and _is_private(name)
            and self._silent.get(name, 0.0) < time.monotonic()
        }

    def _watch(self) -> None:
        while not self._closing.wait(_LOOK):
            with self._lock:
                if not self._under_way:
                    continue
                there = self._workers()
                left = [one for one in self._under_way if not self._settle(one, there)]
                self._under_way = left

    def _settle(self, one: _UnderWay, there: dict[str, Any] | None) -> bool:
        """Whether a task is over for us: answered, failed, or lost."""
        status = one.asked.status
        if status == "finished":
            try:
                said = one.asked.result(timeout=_ASKING)
            except (OSError, TimeoutError, CancelledError) as error:
                one.told.set_exception(TaskLost(f"{one.worker}: {error}"))
                return True
            if said[:1] == _DONE:
                one.told.set_result(said[1:])
            else:
                one.told.set_exception(TaskFailed(f"{one.worker}: {said[1:].decode('utf-8', 'replace')}"))
            return True
        lost = ""
        if status in ("cancelled", "lost", "error"):
            lost = f"Dask says {status}"
        elif there is not None and one.worker not in there:
            lost = "the worker is gone"
        elif time.monotonic() > one.until:
            lost = "no answer, and its time is over"
        if not lost:
            return False
        with suppress(OSError, TimeoutError):
            _within(_CLOCK, one.asked.cancel)
        one.told.set_exception(TaskLost(f"{one.worker}: {lost}"))
        return True

    def _is_up(self) -> bool:
        return self._client is not None and self._client.status == "running"

    def _connect(self, seconds: float) -> None:
        with self._lock:
            self._disconnect()
            try:
                self._client = self._dask.Client(
                    self._address,
                    timeout=seconds,
                    set_as_default=False,
                    direct_to_workers=False,
                    security=self._security,
                    # What a worker answers is bytes, and is not unpickled.
                    deserializers=["dask", "msgpack"],
                )
            except (OSError, TimeoutError) as error:
                self._client = None
                raise ClusterLost(
                    f"no scheduler answers at {self._address}: {error or type(error).__name__}"
                ) from error

    def _disconnect(self) -> None:
        if self._client is not None:
            with suppress(OSError, TimeoutError):
                self._client.close(timeout=_LOOK * 8)
            self._client = None


def _is_private(worker: str) -> bool:
    """A scheduler on this machine may have workers on others: over a plain link they get nothing."""
    try:
        expect_private(worker)
    except PlainLink:
        return False
    return True


def _within(seconds: float, ask: Callable[[], Answer]) -> Answer:
    """An answer, or TimeoutError: Dask waits without end for one that is stopped and whose connection stands."""
    told: Future[Answer] = Future()

    def asking() -> None:
        try:
            told.set_result(ask())
        except (OSError, TimeoutError, LookupError, ValueError, RuntimeError) as error:
            told.set_exception(error)

    threading.Thread(target=asking, daemon=True).start()
    return told.result(seconds)


def _certificates(dask: Any) -> Any:
    """The certificates that Dask's own settings name. Raises PlainLink where they name none."""
    security = dask.Security(require_encryption=True)
    if not (security.tls_ca_file and security.tls_client_cert and security.tls_client_key):
        raise PlainLink(
            "tls:// needs certificates: name them in DASK_DISTRIBUTED__COMM__TLS__CA_FILE, "
            "DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT and DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY"
        )
    return security


# --- on the worker --------------------------------------------------------------------------------------------------


def do_task(deed: str, question: bytes, ends: float, grace: float) -> bytes:
    """Called by Dask on a worker: the answer behind "+", or behind "-" why there is none, as bytes and no object."""
    try:
        return _DONE + run_in_child(deed, question, ends, grace)
    except (TaskFailed, OSError) as error:
        return _FAILED + str(error).encode("utf-8", "replace")
