"""What becomes known of a crawl when it ends, well or not: its folder, and a message to whoever keeps it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from archive.errors import ArchiveError, name_os_error
from archive.runs.run import Run, summarise_run
from archive.store import Archive
from crawler.preferences import read_config
from crawler.telling.logbook import Logbook, note
from crawler.telling.notify import notify
from crawler.telling.run_folder import folder_of, write_run

NOTIFIED = frozenset({1, 2, 3, 5, 6, 7, 8})
"""Exit codes of which somebody is told. Not of 4: a season that ends with the night does so, and the next goes on."""


class Account:
    """Open from before a crawl until its exit code is known; errors go through it.

    ``begin`` is told the run, ``end`` the exit code. At the end the run's folder is written, and the summary is sent to
    whom the settings name. Neither changes how the crawl ends: what fails of it is said on standard error.
    """

    def __init__(self, archive: Path, command: str) -> None:
        self._archive, self._command = archive, command
        self._run: int | None = None
        self._logbook: Logbook | None = None
        self._code: int | None = None
        self._facts: dict[str, Any] = {"year": None, "sites": []}

    def begin(self, run: Run) -> None:
        """The run is known, and has a folder from here on."""
        self._run = run.id
        folder: Path | None = folder_of(self._archive, run.id)
        assert folder is not None
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            print(f"nianbao: the run has no folder: {folder}: {error.strerror}", file=sys.stderr)
            folder = None
        self._logbook = Logbook(run.id, folder)
        if run.resumed:
            note("resumed", f"going on with run {run.id}, begun {run.started_at}")
        else:
            note("begun", f"begun: {run.command}")

    def end(self, code: int, *, year: int | None = None, sites: Sequence[dict[str, object]] = ()) -> int:
        """How it ended: the exit code, which is given back; of a season, the year and what came of each site."""
        self._code, self._facts = code, {"year": year, "sites": list(sites)}
        return code

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        code, why = (self._code, "") if error is None else _read_error(error)
        if code is None:  # it said why by itself, and ended without a number: nothing was done
            return
        failed = code not in (0, 4, 130)
        words = f"ended with exit code {code}{f': {why}' if why else ''}"
        summary = {"run": self._run, "command": self._command, "exit_code": code, "why": why, **self._facts}
        if self._run is not None:
            note("ended", words, logging.ERROR if failed else logging.INFO, exit_code=code)
            summary = self._write(self._run, summary)
        if code in NOTIFIED:
            self._notify(summary)
        if self._logbook is not None:
            self._logbook.close()

    def _write(self, run: int, summary: dict[str, Any]) -> dict[str, Any]:
        try:
            with Archive.open(self._archive, write=False) as archive:
                summary = {**summarise_run(archive, run), **summary}
                write_run(archive, run, summary)
        except ArchiveError as error:
            note("folder_not_written", f"the run's folder was not written: {error.says}", logging.WARNING)
        return summary

    def _notify(self, summary: dict[str, Any]) -> None:
        try:
            config = read_config()
        except ArchiveError as error:  # it may be the very reason
            print(f"nianbao: nobody was notified: {error.says}", file=sys.stderr)
            return
        for what, failure in notify(config, summary):
            if failure:
                note("not_notified", f"{what}: not delivered: {failure}", logging.WARNING, what=what)
            else:
                note("notified", f"{what}: delivered", what=what)


def _read_error(error: BaseException) -> tuple[int, str]:
    """What ended the crawl → the exit code that the front door gives it, and why in words."""
    if isinstance(error, KeyboardInterrupt):
        return 130, "interrupted"
    if isinstance(error, OSError) and (named := name_os_error(error, error.filename or "the output")):
        error = named
    if isinstance(error, ArchiveError):
        return error.exit_code, f"{error.code}: {error.says}"
    return getattr(error, "exit_code", 1), f"{type(error).__name__}"
