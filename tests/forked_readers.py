"""The processes that read documents, forked from the program that they read for: what it has imported, they have."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import IO, NoReturn

from parsers import child

_MOST = 4096  # descriptors that the program may have open


def fork_readers() -> None:
    """From now on this process forks its readers. Others that ``Child`` starts (plugins, pictures) are as ever."""
    child.subprocess = SimpleNamespace(**{**vars(subprocess), "Popen": _start})  # type: ignore[attr-defined]


def _start(words: list[str], **options: object) -> object:
    return _Forked(**options) if words[-1] == "parsers.child" else subprocess.Popen(words, **options)  # type: ignore


class _Forked:
    """As much of ``Popen`` as ``Child`` asks for."""

    def __init__(self, stderr: IO[bytes], cwd: Path, env: Mapping[str, str], **_: object) -> None:
        self.returncode: int | None = None
        (asked, self_asks), (self_hears, answered) = os.pipe(), os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _read((asked, answered, stderr.fileno()), cwd, env)
        os.close(asked)
        os.close(answered)
        self.stdin, self.stdout = os.fdopen(self_asks, "wb", 0), os.fdopen(self_hears, "rb", 0)

    def poll(self) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def wait(self, timeout: float = 3600) -> int:
        until = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("a reader", timeout)
            time.sleep(0.001)
        return code


def _read(descriptors: tuple[int, int, int], cwd: Path, env: Mapping[str, str]) -> NoReturn:
    """What a reader that was started does, without what it has from its program: descriptors, signals, surroundings."""
    # What the program has open would, when it is collected, close a number that is another's here.
    kept = sys.stdin, sys.stdout, sys.stderr
    gc.freeze()
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for one in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP):
            signal.signal(one, signal.SIG_DFL)
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
        os.closerange(3, _MOST)
        sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode) for number, mode in enumerate("rww"))
        os.environ.clear()
        os.environ.update(env)
        os.chdir(cwd)
        tempfile.tempdir = None
        child.main()
    finally:
        error = sys.exception()
        ended = isinstance(error, SystemExit)
        if error is not None and not ended:  # its last words, as of any Python
            traceback.print_exception(error)
            sys.stderr.flush()
        del kept
        os._exit(0 if ended else 1)
