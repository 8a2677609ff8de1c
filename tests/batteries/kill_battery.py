"""A crawl of a portal on loopback is killed (SIGKILL) at its seven stages: when URLs are leased, when the headers of an
answer have come, in the middle of a body, around and within the commit of a payload, of a row, of a reading, and of the
run's end; also at any statement of SQLite, at any write of the seal (half written too), and by the clock. The same
command is started each time and goes on. No committed capture may be lost or asked for again; not more requests are
lost than go at once; what SQLite's integrity check, its foreign keys and `nianbao verify` complain of is a failure.
At the end the archive must say what an uninterrupted crawl's says. Reparse, merge, import, import of a web archive and
the migration of archives of earlier releases are killed at any statement in the same way: no version may ever be seen
that is neither as before nor as after. A held lock is named, a killed process's lock and children go with it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.batteries.figures import Row, Scale, row_of
from tests.batteries.kill_crawl import Tallies, crawl_killed, tallies
from tests.batteries.kill_locks import children_left, locks_held_and_left
from tests.batteries.kill_stable import Stable
from tests.batteries.kill_verbs import verbs_killed

TITLE = "Killed at any moment"
_SEEDS = 4
_CRAWL = ("lease", "headers received", "body partly received", "payload commit", "row commit", "reading", "publishing")


def run(scale: Scale) -> list[Row]:
    """Kills a crawl 9 times, or four crawls 320 times, and the other commands."""
    with tempfile.TemporaryDirectory(prefix="nianbao-kill-") as name, Stable(Path(name), scale.pick(1, 2)) as stable:
        folder = Path(name)
        crawls, verbs = tallies(), tallies()
        for seed in range(scale.pick(1, _SEEDS)):
            crawl_killed(stable, folder, scale.pick(9, 80), seed, crawls)
        verbs_killed(stable, folder, scale, verbs)
        return [
            *_rows("Crawl", crawls, _CRAWL),
            *_rows("", verbs, ()),
            *locks_held_and_left(stable, folder, scale),
            children_left(stable, folder),
        ]


def _rows(of: str, tallied: Tallies, first: tuple[str, ...]) -> list[Row]:
    names = [*first, *(name for name in tallied if name not in first)]
    return [
        row_of(f"{of}: {name}" if of else name, tallied[name].ends, None, tallied[name].megabytes or None)
        for name in names
    ]
