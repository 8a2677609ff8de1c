"""One process watched from outside: resident memory, descriptors and the logs of its archive, sample by sample."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from archive.store import ARCHIVE_DB, PAYLOADS_DB


@dataclass(frozen=True, slots=True)
class Sample:
    """``pages`` captured and ``documents`` read by then; memory and logs in MB, children of the process apart.

    ``resident`` is what only this process can hold: pages of programs and libraries, which the system takes from
    memory and reads again as it likes, are left out; what it has swapped out is not.
    """

    pages: int
    documents: int
    resident: float
    descriptors: int
    logs: float


def take_sample(process: int, archive: Path) -> Sample | None:
    """What is true of the process at this moment; None where it has no archive yet or has ended."""
    try:
        with sqlite3.connect(f"file:{archive / ARCHIVE_DB}?mode=ro", uri=True, timeout=30) as db:
            pages = db.execute("SELECT coalesce(max(id), 0) FROM captures").fetchone()[0]
            documents = db.execute("SELECT count(*) FROM documents").fetchone()[0]
        db.close()
    except sqlite3.OperationalError as error:  # between its making and its first table
        if "unable to open" in str(error) or "no such table" in str(error):
            return None
        raise
    try:
        said = Path(f"/proc/{process}/status").read_text("ascii", "replace")
        resident = sum(int(said.partition(name)[2].split()[0]) for name in ("RssAnon:", "VmSwap:")) / 1024
        descriptors = len(list(Path(f"/proc/{process}/fd").iterdir()))
    except (OSError, IndexError):  # it has ended
        return None
    logs = [archive / f"{file}-wal" for file in (ARCHIVE_DB, PAYLOADS_DB)]
    return Sample(pages, documents, resident, descriptors, max(map(_megabytes, logs)))


def _megabytes(file: Path) -> float:
    try:
        return file.stat().st_size / 2**20
    except FileNotFoundError:
        return 0.0
