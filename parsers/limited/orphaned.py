"""The end of a child whose parent has ended, perhaps by kill -9 and in the middle of a document."""

from __future__ import annotations

import os
import select
import shutil
import signal
import threading
import time

_BY_ITSELF = 2.0  # seconds: between two documents a child reads the end of its input, and goes


def end_with_parent(source: int, folder: str) -> None:
    """Watches the pipe from the parent. When its other end is closed, this process's group (LibreOffice runs in it) is
    ended and ``folder`` removed; a group that was not made for this process is left alone.

    Watching takes a thread; a library that holds Python's lock for long is ended by its limits.
    """
    if os.getpgrp() == os.getpid():
        threading.Thread(target=_watch, args=(source, folder), daemon=True).start()


def _watch(source: int, folder: str) -> None:
    parent = select.poll()
    parent.register(source, 0)  # that the other end is closed is told without being asked for
    parent.poll()
    time.sleep(_BY_ITSELF)
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)
