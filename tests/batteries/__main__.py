"""Runs batteries whole and writes what came of them into docs/reliability.md.

    python -m tests.batteries [NAME …] [--short] [--print]

Without a name, all. Sections of others stay as they are. ``--short`` and ``--print`` only print.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from pathlib import Path

from benchmarks.sections import commit_of, machine
from tests.batteries.figures import Row, Scale, deviations_of
from tests.batteries.pages import BATTERIES, FILE, Section, find_battery, read_sections, write_page

ROOT = Path(__file__).parents[2]


def main(arguments: list[str] | None = None) -> int:
    """The program; exit code 1 where anything was not survived."""
    parser = argparse.ArgumentParser(prog="python -m tests.batteries", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BATTERIES)}")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--print", action="store_true")
    options = parser.parse_args(arguments)
    names = options.names or list(BATTERIES)
    for unknown in set(names) - set(BATTERIES):
        parser.error(f"expected one of {', '.join(BATTERIES)}, found {unknown}")
    failed = False
    for name in names:
        began = time.monotonic()
        rows = find_battery(name).run(Scale.SHORT if options.short else Scale.WHOLE)
        section = _section(name, rows, time.monotonic() - began)
        print(section.text(), flush=True)
        failed = failed or bool(deviations_of(rows))
        if not options.short and not options.print:
            write_page(ROOT / FILE, read_sections(ROOT / FILE) | {name: section})
    return 1 if failed else 0


def _section(name: str, rows: list[Row], took: float) -> Section:
    battery = find_battery(name)
    about = (battery.__doc__ or "").strip()
    today = dt.datetime.now(dt.UTC).date().isoformat()
    ran = f"`python -m tests.batteries {name}` took {took:.0f} s on {today} at {commit_of(ROOT, (FILE,))}, {machine()}."
    return Section(name, battery.TITLE, about, tuple(rows), ran)


if __name__ == "__main__":
    sys.exit(main())
