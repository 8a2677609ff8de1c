"""Measures the rows of the table, writes docs/performance.md, and holds new ratios against those recorded.

    python -m benchmarks [ROW …] [--write | --check | --short] [--folder FOLDER] [--million]

Without a name, all rows. ``--write``: each row's section is written as it comes, and the ratios of its short form are
recorded beside (benchmarks/recorded.json). ``--check``: the short forms alone, against what is recorded; what seems
worse is measured a second time, and exit code 1 says that it stayed worse. ``--short`` prints them only.
``--folder``: rows that need generated reports take the archive in FOLDER, as ``python -m benchmarks.search --keep``
leaves one; figures and a register are put into it. ``--million``: growth is followed to a million reports.
Programs that are no dependency of this project are looked for in the Python that $NIANBAO_BENCH_PYTHON names.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.sections import commit_of, machine
from benchmarks.table.figures import Row, Scale
from benchmarks.table.pages import FILE, RECORDED, ROWS, Section, find_row, read_sections, write_page
from benchmarks.table.recorded import read_recorded, record, regressions

ROOT = Path(__file__).parents[1]
_SHORT = Scale(is_short=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """The program; exit code 1 where something became slower or larger than it was recorded to be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)}")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--write", action="store_true")
    how.add_argument("--check", action="store_true")
    how.add_argument("--short", action="store_true")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--million", action="store_true")
    options = parser.parse_args(arguments)
    for unknown in set(options.names) - set(ROWS):
        parser.error(f"expected one of {', '.join(ROWS)}, found {unknown}")
    names = options.names or list(ROWS)
    if options.check:
        return check(names)
    for name in names:
        section = measure(name, Scale(options.short, options.folder, options.million))
        print(section.text(), flush=True)
        if options.write:
            write_page(ROOT / FILE, {**read_sections(ROOT / FILE), name: section})
            record(ROOT / RECORDED, name, measure(name, _SHORT).rows)
    return 0


def measure(name: str, scale: Scale) -> Section:
    """One row."""
    row = find_row(name)
    began = time.monotonic()
    rows: list[Row] = row.measure(scale)
    took = time.monotonic() - began
    today = dt.datetime.now(dt.UTC).date().isoformat()
    more = (" --folder FOLDER" if scale.folder else "") + (" --million" if scale.to_a_million else "")
    where = f"{commit_of(ROOT, (FILE, RECORDED))}, {machine()}"
    ran = f"`python -m benchmarks {name}{more}` took {took:.0f} s on {today} at {where}."
    return Section(name, row.TITLE, (row.__doc__ or "").strip(), tuple(rows), ran)


def check(names: Sequence[str]) -> int:
    """Short forms against what was recorded; exit code 1 where one is worse twice."""
    recorded, worse = read_recorded(ROOT / RECORDED), []
    for name in names:
        if name not in recorded:
            print(f"{name}: nothing is recorded", flush=True)
            continue
        found = regressions(recorded[name], measure(name, _SHORT).rows)
        if found:
            found = regressions(recorded[name], measure(name, _SHORT).rows)
        worse += [f"{name}: {line}" for line in found]
        print(f"{name}: {'worse than recorded' if found else 'as recorded'}", flush=True)
    print("\n".join(worse), file=sys.stderr)
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
