"""A crawl that goes on in a process of its own: ``python -m tests.web.crawling FOLDER``, until its input ends."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path
from select import select

from archive.store import Archive
from benchmarks.newsroom.build import YEARS, look_on
from benchmarks.newsroom.places import list_places
from benchmarks.newsroom.script import Edition, Script, write_script

PLACES = 3
_EDITED = 12


def main() -> int:
    """Night after night: some reports are edited, all are looked at, what is new is read. Says each night."""
    script = write_script(list_places(PLACES), YEARS, 1)
    day = script.days[-1]
    with Archive.open(Path(sys.argv[1]), write=True) as archive:
        while not select([sys.stdin], [], [], 0)[0]:
            day += timedelta(days=1)
            _edit(script, day)
            look_on(archive, script, day)
            print(day, flush=True)
    return 0


def _edit(script: Script, day: date) -> None:
    for report in script.reports[day.toordinal() % 5 :: 7][:_EDITED]:
        if not report.statistics:
            now = report.editions[-1]
            report.editions.append(Edition(day, now.figures, now.odd, f"本报告于{day}作了更正。"))


if __name__ == "__main__":
    sys.exit(main())
