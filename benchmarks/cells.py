"""What the cells of a report cost: wide rows as the archive keeps them, against one row per cell.

    python benchmarks/cells.py [REPORTS]

Both are written one transaction a report, and both keep only what cannot be derived: the row per cell has a number
for its key, and text only where it is not the figure's own digits. Sizes are those of the file after VACUUM, less
the empty archive, divided by the reports. Figures are random with a fixed seed, in the proportions of the
documents met so far: seven of ten are 0; one report in five pads its cells, one in ten leaves a table blank.
"""

from __future__ import annotations

import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlite_utils import Database

from archive.packed.figures import put_figures
from archive.schema import ARCHIVE
from archive.schema.form_columns import SHEETS
from parsers.report import Status, Value
from parsers.values import Values

FORMS = {("proactive", "2021"), ("requests", "2021"), ("disputes", "2019")}
KEPT = [sheet for sheet in SHEETS if (sheet.table, sheet.form) in FORMS]
Write = Callable[[Database, int, list[Value]], None]


def values_of(chance: random.Random) -> list[Value]:
    """One report's 200 cells."""
    pad, leaves_blank = (" " if chance.random() < 0.2 else ""), chance.random() < 0.1
    made = []
    for key in (key for sheet in KEPT for key in sheet.keys):
        kind = chance.random()
        number = 0 if kind < 0.7 else chance.randrange(1, 10) if kind < 0.9 else chance.randrange(10, 3000)
        if leaves_blank and key.startswith("disputes"):
            made.append(Value(key, None, "", Status.BLANK))
        else:
            made.append(Value(key, number, f"{pad}{number}", Status.NUMBER))
    return made


def write_wide(db: Database, reading: int, values: list[Value]) -> None:
    """As archive.readings does it."""
    put_figures(db, reading, KEPT, Values.of(values))


def write_narrow(db: Database, reading: int, values: list[Value]) -> None:
    """One row per cell."""
    db.conn.executemany(
        "INSERT INTO narrow (reading, cell, value, status, raw) VALUES (?, ?, ?, ?, ?)",
        [
            (
                reading,
                cell,
                value.value,
                None if value.status is Status.NUMBER else value.status.value[0],
                None if value.raw in (str(value.value), "") else value.raw,
            )
            for cell, value in enumerate(values)
        ],
    )


def measure(folder: Path, name: str, write: Write, reports: list[list[Value]]) -> tuple[float, float]:
    """→ (bytes a report, processor seconds a report)."""
    db = Database(sqlite3.connect(folder / f"{name}.db"))
    ARCHIVE.apply(db)
    db.execute(
        """
        CREATE TABLE narrow (
            reading INTEGER NOT NULL, cell INTEGER NOT NULL, value ANY, status TEXT, raw TEXT,
            PRIMARY KEY (reading, cell)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute("VACUUM")
    empty = (folder / f"{name}.db").stat().st_size
    db.execute("PRAGMA journal_mode = WAL").fetchone()
    db.execute("PRAGMA synchronous = NORMAL")  # the wait for the disk is the same for both
    started = time.process_time()
    for reading, values in enumerate(reports, 1):
        with db.atomic():
            write(db, reading, values)
    seconds = time.process_time() - started
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    db.execute("VACUUM")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    db.close()
    return ((folder / f"{name}.db").stat().st_size - empty) / len(reports), seconds / len(reports)


def main() -> None:
    """Prints bytes and time a report for both layouts."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    chance = random.Random(2024)
    reports = [values_of(chance) for _ in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        wide = measure(Path(folder), "wide", write_wide, reports)
        narrow = measure(Path(folder), "narrow", write_narrow, reports)
    for name, (size, seconds) in (("wide", wide), ("narrow", narrow)):
        print(f"{name:7} {size:8.0f} bytes  {seconds * 1e3:7.3f} ms a report")
    print(f"ratio   {narrow[0] / wide[0]:8.1f} ×      {narrow[1] / wide[1]:7.1f} ×")


if __name__ == "__main__":
    main()
