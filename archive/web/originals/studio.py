"""The children that draw and convert for the pages: a few at a time, each thing once, nobody waits for long."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, partial
from threading import Lock, local
from typing import Any, Generic, TypeVar

from archive.web.errors import TooBusy
from parsers.child import Child
from parsers.errors import DocumentError
from parsers.shown.drawing import Artist
from parsers.shown.typesetting import Typesetter

Tool = TypeVar("Tool", bound=Child)
Made = TypeVar("Made")
_WORKERS = 2  # one that is held up by a hostile document leaves the other
_MOST_ORDERS = 200
_MOST_REFUSALS = 1000


class StillAtIt(Exception):
    """It is being made, and will be there soon."""


class Studio(Generic[Tool]):
    """Warm children of one kind, and what was ordered of them."""

    def __init__(self, hire: Callable[[], Tool]) -> None:
        self._hire = hire
        self._own = local()
        self._tools: list[Tool] = []
        self._lock = Lock()
        self._orders: dict[str, Future[Any]] = {}
        self._refusals: dict[str, DocumentError] = {}
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="studio")

    def order(self, key: str, work: Callable[[Tool], Made]) -> Future[Made]:
        """Has something made, once for all who order it under that key meanwhile.

        Raises TooBusy, and the DocumentError with which it was refused before.
        """
        with self._lock:
            refused = self._refusals.get(key)
            if refused is not None:
                raise type(refused)(refused.says)
            under_way = self._orders.get(key)
            if under_way is not None:
                return under_way
            if len(self._orders) >= _MOST_ORDERS:
                raise TooBusy(f"expected fewer than {_MOST_ORDERS} documents waiting to be drawn; try again")
            ordered = self._orders[key] = self._pool.submit(self._make, work)
        ordered.add_done_callback(partial(self._done, key))
        return ordered

    def ask(self, key: str, work: Callable[[Tool], Made], seconds: float) -> Made:
        """As ``order``, and waits. Raises StillAtIt after so many seconds; the DocumentError with which it ends."""
        try:
            return self.order(key, work).result(seconds)
        except TimeoutError as error:
            raise StillAtIt(key) from error

    def warm_up(self) -> None:
        """Starts one child, so that the first reader need not wait for it."""
        self._pool.submit(self._make, lambda tool: tool.pid)

    def stop(self) -> None:
        """Ends what is under way: for the end of the server. A next order begins anew."""
        with self._lock:
            pool, self._pool = self._pool, ThreadPoolExecutor(_WORKERS, thread_name_prefix="studio")
            tools, self._tools = self._tools, []
            self._own = local()
        pool.shutdown(wait=False, cancel_futures=True)
        for tool in tools:
            try:
                os.killpg(tool.pid, signal.SIGKILL)
            except ProcessLookupError:  # it had ended by itself
                continue

    def _make(self, work: Callable[[Tool], Made]) -> Made:
        tool: Tool | None = getattr(self._own, "tool", None)
        if tool is None:
            tool = self._own.tool = self._hire()
            with self._lock:
                self._tools.append(tool)
        return work(tool)

    def _done(self, key: str, made: Future[Any]) -> None:
        refused = None if made.cancelled() else made.exception()
        with self._lock:
            self._orders.pop(key, None)
            if isinstance(refused, DocumentError):
                self._refusals[key] = refused
                while len(self._refusals) > _MOST_REFUSALS:
                    del self._refusals[next(iter(self._refusals))]


@cache
def drawing() -> Studio[Artist]:
    """The one that draws pages of PDFs."""
    return Studio(Artist)


@cache
def typesetting() -> Studio[Typesetter]:
    """The one that makes HTML."""
    return Studio(Typesetter)


def open_studios() -> None:
    """For the beginning of a server."""
    drawing().warm_up()
    typesetting().warm_up()


def close_studios() -> None:
    """For its end."""
    drawing().stop()
    typesetting().stop()
