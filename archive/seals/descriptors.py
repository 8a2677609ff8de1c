"""Descriptors of database files beside SQLite's own, one a file, closed when nobody in this process has it open.

POSIX takes away a process's locks on a file when any of its descriptors of that file is closed, SQLite's included
(https://sqlite.org/howtocorrupt.html, 2.2). So none is, as long as an archive of this process has the file open.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from threading import Lock


@dataclass(slots=True)
class _Held:
    opened: int
    users: int


_HELD: dict[tuple[int, int], _Held] = {}
_LOCK = Lock()


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A file held open for reading: ``number`` for os.pread."""

    number: int
    file: tuple[int, int]


def hold(file: Path) -> Descriptor:
    """Opens a file for reading, or joins those who have it open. Raises OSError."""
    with _LOCK:
        status = file.stat()
        key = status.st_dev, status.st_ino
        held = _HELD.get(key)
        if held is None:
            held = _HELD[key] = _Held(os.open(file, os.O_RDONLY), 0)
        held.users += 1
        return Descriptor(held.opened, key)


def release(descriptor: Descriptor) -> None:
    """Gives it back; the last one, after its database connections are closed, closes the file."""
    with _LOCK:
        held = _HELD[descriptor.file]
        held.users -= 1
        if held.users == 0:
            os.close(_HELD.pop(descriptor.file).opened)
