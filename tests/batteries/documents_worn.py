"""A child whose reader does what the hints tell it to: it burns, swells, hangs, dies, calls out.

Run as the child of the battery: ``Child("tests.batteries.documents_worn")``. Everything else is the program's own.
"""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import parsers.reading
from parsers import child
from parsers.report import Hints, Report

_right = parsers.reading.read


def _burn(_said: str) -> NoReturn:
    while True:
        pass


def _swell(_said: str) -> NoReturn:
    held = []
    while True:
        held.append(b"1" * 2**20)


def _hang(_said: str) -> None:
    time.sleep(3600)


def _leave_a_child(said: str) -> None:
    subprocess.Popen(["sleep", said])
    time.sleep(3600)


def _open_files(_said: str) -> NoReturn:
    held = []
    while True:
        held.append(Path(os.devnull).open("rb"))  # noqa: SIM115 - that they stay open is the point


def _write(said: str) -> NoReturn:
    """Files of a megabyte less than may be written, then one beyond."""
    with tempfile.NamedTemporaryFile(delete=False) as made:
        while True:
            made.write(b"1" * int(said))


def _connect(said: str) -> None:
    with socket.create_connection(("127.0.0.1", int(said)), timeout=5) as line:
        line.sendall(b"a reader calls out")


_DEEDS: dict[str, Callable[[str], None]] = {
    "burn": _burn,
    "swell": _swell,
    "hang": _hang,
    "leave a child": _leave_a_child,
    "open files": _open_files,
    "write": _write,
    "connect": _connect,
    "abort": lambda _said: os.abort(),
    "touch memory that is not there": lambda _said: ctypes.string_at(0) and None,
    "exit": lambda _said: os._exit(0),
}


def _read(payload: bytes, hints: Hints) -> tuple[Report, ...]:
    if hints.url in _DEEDS:
        _DEEDS[hints.url](hints.link_text)
    return _right(payload, hints)


def main() -> NoReturn:
    """The child's own main, with a reader that is worn."""
    parsers.reading.read = _read
    child.main()


if __name__ == "__main__":
    main()
