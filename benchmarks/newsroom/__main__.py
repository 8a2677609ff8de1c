"""Builds the newsroom's archive: ``python -m benchmarks.newsroom FOLDER [--places 60] [--years 6] [--seed N]``."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

from archive.store import Archive
from benchmarks.newsroom.build import YEARS, build


def main() -> int:
    """Builds, and says on standard output what is in it; 2 where the folder holds an archive already."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.newsroom", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--places", type=int, default=60)
    parser.add_argument("--years", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if (given.folder / "archive.db").exists():
        print(f"{given.folder} holds an archive already", file=sys.stderr)
        return 2
    began = time.process_time(), time.perf_counter()
    script = build(given.folder, given.places, range(YEARS[-1] + 1 - given.years, YEARS[-1] + 1), given.seed)
    taken = time.process_time() - began[0], time.perf_counter() - began[1]
    with Archive.open(given.folder, write=False) as archive:
        for table in ("reports", "versions", "readings", "captures", "corrections", "withdrawals"):
            print(f"{table}: {archive.db.execute(f'SELECT count(*) FROM {table}').fetchone()[0]}")
    happened = Counter(report.happened for report in script.reports if report.happened)
    print(", ".join(f"{name} {count}" for name, count in sorted(happened.items())))
    print(f"{taken[0]:.0f} s of this process, {taken[1]:.0f} s in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
