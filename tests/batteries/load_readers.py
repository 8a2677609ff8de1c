"""Readers of an archive while it is written: by its own queries, by the command, by the pages."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from pathlib import Path
from sqlite3 import DatabaseError
from urllib.parse import urlsplit

from archive.errors import ArchiveError
from archive.runs.run import list_runs
from archive.search import Filters, find_page
from archive.season.status import season_facts
from archive.store import Archive
from tests.crawler.conftest import ROOT, command, environment

WORD = "行政复议"
PAGES = (
    "/", "/status.json", "/search.json?q=%E8%A1%8C%E6%94%BF%E5%A4%8D%E8%AE%AE", "/api/v1/reports?year=2023", "/search",
)  # fmt: skip
_TRIES = 12  # a page that says "too busy, come again" (503 with Retry-After) is asked for again


class Readers:
    """Context manager: each reader asks on a thread of its own until it is left.

    ``ends``: reader → (what was asked, "" or what went wrong); ``worst``: reader → its longest answer in seconds.
    """

    def __init__(self, archive: Path, base: str, rest: dict[str, float]) -> None:
        self._archive = archive
        self._base = urlsplit(base).netloc
        self._over = threading.Event()
        self.ends: dict[str, list[tuple[str, str]]] = {name: [] for name in rest}
        self.worst = dict.fromkeys(rest, 0.0)
        asking: dict[str, Callable[[], str]] = {"queries": self._query, "search": self._search, "pages": self._page}
        self._pages = cycle(PAGES)
        self._threads = [threading.Thread(target=self._read, args=(name, asking[name], rest[name])) for name in rest]

    def __enter__(self) -> Readers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _read(self, name: str, ask: Callable[[], str], rest: float) -> None:
        while not self._over.is_set():
            began = time.monotonic()
            try:
                wrong = ask()
            except (DatabaseError, ArchiveError, OSError, HTTPException, subprocess.SubprocessError) as error:
                wrong = f"{type(error).__name__}: {error}"
            self.worst[name] = max(self.worst[name], time.monotonic() - began)
            self.ends[name].append((f"{name} {len(self.ends[name]) + 1}", wrong))
            self._over.wait(rest)

    def _query(self) -> str:
        with Archive.open(self._archive, write=False) as archive:
            runs = list_runs(archive)
            season_facts(archive)
            found = find_page(archive, WORD, Filters(), sort="newest", limit=20)
        return "" if runs and found.hits else f"{len(runs)} runs, {len(found.hits)} hits"

    def _search(self) -> str:
        done = subprocess.run(
            command(self._archive, "search", WORD, "--json"),
            capture_output=True, text=True, cwd=ROOT, env=environment(), timeout=120,
        )  # fmt: skip
        return "" if done.returncode == 0 and json.loads(done.stdout) else f"{done.returncode} {done.stderr[-300:]}"

    def _page(self) -> str:
        path = next(self._pages)
        for _ in range(_TRIES):
            connection = HTTPConnection(self._base, timeout=60)
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                body = answer.read()
            finally:
                connection.close()
            if answer.status != 503 or answer.getheader("Retry-After") is None:
                break
        return "" if answer.status == 200 and body else f"{path} {answer.status} {body[:200]!r}"
