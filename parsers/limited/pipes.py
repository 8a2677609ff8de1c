"""The pipes between a child and its parent."""

from __future__ import annotations

import fcntl
from contextlib import suppress
from typing import IO

from parsers.errors import Crashed

_PIPE = 2**20  # bytes; what any user of Linux may ask for


def descriptor_of(pipe: IO[bytes] | None) -> int:
    """A process's pipe → its descriptor. Raises Crashed where there is none."""
    if pipe is None:
        raise Crashed("the reading process has no pipes")
    return pipe.fileno()


def widen(pipe: int) -> None:
    """Lets a page or an answer through in one go: a pipe of Linux holds 64 KB at first."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):  # beyond what the user may have: the pipe stays as it is, and slower
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)
