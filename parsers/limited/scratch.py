"""Folders for temporary files, and the one refusal where there is no room for them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from parsers.errors import NoScratch

LEAST = 2**20
"""Bytes that must be free before a failure beside temporary files is put down to the document."""


def make_scratch() -> Path:
    """A new folder, which the caller takes away. Raises NoScratch."""
    try:
        return Path(tempfile.mkdtemp(prefix="nianbao-"))
    except OSError as error:  # "No usable temporary directory found in [...]" has no errno of a full disk
        raise NoScratch(f"no folder for temporary files can be written: {error.strerror or error}") from error


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder that is taken away at the end. Raises NoScratch, also where what is done in it fails and it is full."""
    folder = make_scratch()
    try:
        yield folder
    except Exception:
        expect_room(folder)
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def expect_room(folder: Path) -> None:
    """Raises NoScratch where the disk of a folder for temporary files has less than LEAST bytes free."""
    free = shutil.disk_usage(folder).free
    if free < LEAST:
        raise NoScratch(f"temporary files: {folder.parent} is full, {free // 1024} KB are free there")
