"""The whole archive read again (``nianbao reparse``), beside what its documents take one by one.

The documents of tests/documents and pages of reports by many bodies: imported, read, and said to be of an earlier
release; so many that the start of readers is a small part, as it is of an archive. One by one: each through one warm
reader, the median of several times; their sum, divided by the processors for the time by the wall. By the wall there is
a bound; the CPU beside it is of the archive's process and its readers, against reader and asker alone, and does not
change with what else a machine does.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.table.deed import do, spending
from benchmarks.table.figures import Required, Row, Scale, beside
from tests.batteries.load_portal import a_report

TITLE = "Read the whole archive again"
_DOCUMENTS = Path(__file__).parents[2] / "tests" / "documents"
_ENDINGS = ("html", "docx", "pdf")
_ROUNDS = 3
_TIMES = 3
_YEAR = 2023


def measure(scale: Scale) -> list[Row]:
    """Wall and CPU."""
    pages = scale.pick(200, 2000)
    rounds = [(do(ours, pages), do(singly, pages)) for _ in range(_ROUNDS)]
    peak = max(one.peak for one, _ in rounds), max(other.peak for _, other in rounds)
    wall = [(one.value["wall"], other.value["wall"] / (os.cpu_count() or 1)) for one, other in rounds]
    cpu = [(one.value["cpu"], other.value["cpu"]) for one, other in rounds]
    what = f"{rounds[0][0].value['documents']} documents"
    return [
        beside(f"{what}, by the wall", "one by one, ÷ processors", wall, "s", Required(most=1.3), peak, loose=True),
        beside(f"{what}, CPU", "one by one", cpu, "s", None, peak),
    ]


def _documents(pages: int) -> list[tuple[str, bytes]]:
    """Name and bytes."""
    found = [file for ending in _ENDINGS for file in sorted((_DOCUMENTS / ending).glob(f"*.{ending}"))]
    return [
        *((file.name, file.read_bytes()) for file in found),
        *((f"{number}.html", a_report(number, _YEAR)) for number in range(pages)),
    ]


def ours(pages: int) -> dict[str, Any]:
    """Imports, makes what was read stale, and reads it again."""
    from archive.clock import read_clock
    from archive.imports import import_files
    from archive.reparsing.reparse import reparse
    from archive.store import Archive

    with tempfile.TemporaryDirectory(prefix="nianbao-reread-") as folder:
        files = []
        for name, payload in _documents(pages):
            file = Path(folder) / name
            file.write_bytes(payload)
            files.append(file)
        with Archive.open(Path(folder) / "archive", write=True) as archive:
            import_files(archive, files, None, read_clock())
            with archive.writing() as db:
                db.execute("UPDATE readings SET parser = '0'")
            with spending() as spent:
                done = reparse(archive)
    return {"cpu": spent.cpu, "wall": spent.wall, "documents": done.tried}


def singly(pages: int) -> dict[str, float]:
    """Sums of each document's median: wall and CPU, of the reader and of the one who asks it."""
    from benchmarks.speed.__main__ import Work
    from parsers.child import Child
    from parsers.errors import DocumentError
    from parsers.report import Hints

    walls, cpus = 0.0, 0.0
    with Child() as reader:
        work = Work(lambda payload: reader.read(payload, Hints()), lambda: reader.pid)
        for _, payload in _documents(pages):
            taken: list[tuple[float, float]] = []
            try:
                for _ in range(_TIMES):
                    began = time.monotonic()
                    cpu = work.cpu_on(payload)
                    taken.append((time.monotonic() - began, cpu))
            except DocumentError:
                continue
            walls += median(wall for wall, _ in taken)
            cpus += median(cpu for _, cpu in taken)
    return {"wall": walls, "cpu": cpus}
