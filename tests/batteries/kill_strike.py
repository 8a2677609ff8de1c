"""A strike: the moment in the program at which SIGKILL falls, aimed at from outside.

The program has no line that knows of it: a strike stands around one of its functions, listens to SQLite's statements,
or stands around the system's write of a seal.
"""

from __future__ import annotations

import functools
import importlib
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "DROP", "ALTER", "BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True, slots=True)
class Strike:
    """``moment`` of the ``nth`` time that something happens, counted from 1.

    ``function``: "module:name" as its caller knows it; its moments are before and after a call, and of the commits
    within calls commit (SQLite is about to) and amid (SQLite has been at it for ``wait`` seconds). "" is any writing
    statement of SQLite; its moments are before and amid. "pwrite" is a write of a seal; its moments are before, half
    (of its bytes are written) and after. ``file``: statements to that database alone.
    """

    function: str = ""
    moment: str = "before"
    nth: int = 1
    file: str = ""
    wait: float = 0.0


def strike_at(strike: Strike | None, counted: Path | None = None) -> None:
    """Sets this process to die there; ``counted``: a file for the number of writing statements so far, at the end."""
    aim = _Aim(strike or Strike(moment="never"), counted)
    if aim.strike.function == "pwrite":
        _around_pwrite(aim.strike)
    elif aim.strike.function:
        _around(aim.strike, aim)
    real = sqlite3.connect

    def connect(*given: Any, **named: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = real(*given, **named)
        name = Path(str(given[0]).partition("?")[0]).name
        connection.set_trace_callback(lambda statement: aim.hears(name, statement))
        return connection

    sqlite3.connect = connect


def die() -> NoReturn:
    """SIGKILL from the process itself: the kernel lets no line of it run after this."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemError("SIGKILL was survived")


@dataclass(slots=True)
class _Aim:
    strike: Strike
    counted: Path | None
    is_within: bool = False
    statements: int = 0
    heard: int = 0

    def hears(self, file: str, statement: str) -> None:
        """SQLite is about to run a statement."""
        if not statement.lstrip().upper().startswith(WRITES):
            return
        strike = self.strike
        self.statements += 1
        if self.counted is not None:
            self.counted.write_text(str(self.statements))
        if strike.file and strike.file != file:
            return
        if not strike.function or (self.is_within and statement.upper().startswith("COMMIT")):
            self.heard += 1
            if self.heard == strike.nth:
                self._fall()

    def _fall(self) -> None:
        if self.strike.moment in ("before", "commit"):
            die()
        if self.strike.moment == "amid":
            threading.Thread(target=self._fall_later, daemon=True).start()

    def _fall_later(self) -> None:
        # sleep() would give the processor away for longer than a commit takes.
        until = time.perf_counter() + self.strike.wait
        while time.perf_counter() < until:
            pass
        die()


def _around(strike: Strike, aim: _Aim) -> None:
    module, _, path = strike.function.partition(":")
    *owners, name = path.split(".")
    owner = functools.reduce(getattr, owners, importlib.import_module(module))
    real: Callable[..., Any] = getattr(owner, name)
    calls = 0

    @functools.wraps(real)
    def struck(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        number = calls  # several threads may be in it
        if number == strike.nth and strike.moment == "before":
            die()
        aim.is_within = True
        answer = real(*given, **named)
        aim.is_within = False
        if number == strike.nth and strike.moment == "after":
            die()
        return answer

    setattr(owner, name, struck)


def _around_pwrite(strike: Strike) -> None:
    real, calls = os.pwrite, 0

    def pwrite(opened: int, content: bytes, offset: int) -> int:
        nonlocal calls
        calls += 1
        if calls == strike.nth and strike.moment != "after":
            if strike.moment == "half":
                real(opened, content[: len(content) // 2], offset)
            die()
        written = real(opened, content, offset)
        if calls == strike.nth:
            die()
        return written

    os.pwrite = pwrite
