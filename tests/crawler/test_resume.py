"""Whatever ends a crawl, the same command goes on: nothing is lost, and nothing committed is asked for twice."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

from archive.store import Archive
from tests import forked
from tests.crawler.conftest import ROOT, command, crawl, ends_of, environment
from tests.portals.trs import TrsPortal


def _fetched(folder: Path) -> list[str]:
    """Paths of the captures that are committed."""
    if not (folder / "archive.db").exists():
        return []
    with Archive.open(folder, write=False) as archive:
        rows = archive.db.execute(
            "SELECT url FROM captures WHERE outcome NOT IN ('off_scope', 'robots_disallowed')"
        ).fetchall()
    return [f"/{url.partition('://')[2].partition('/')[2]}" for (url,) in rows]


def test_kill_at_any_moment_loses_nothing_and_asks_for_nothing_twice(folder: Path) -> None:
    """SIGKILL at random moments, the same command again: every page is captured, committed ones once."""
    chance = random.Random(20260120)
    # Requests after which the process dies, counted anew each time, and seconds to wait then. Thirty in all; the last
    # kill falls into the time after the crawl, when what was captured is read.
    kills = [(count, chance.uniform(0, 0.15)) for count in (0, 1, 2, 3, 5, 7)] + [(None, chance.uniform(0, 0.1))]
    allowed_twice = 8  # under way, or answered and not committed, when the process dies: half of CONCURRENT_REQUESTS
    with TrsPortal(delay=0.05) as portal:
        words = command(folder, *crawl(portal))
        for count, wait in kills:
            before, committed = len(portal.log), set(_fetched(folder))

            def is_time(count: int | None = count, wait: float = wait, before: int = before) -> bool:
                if (len(portal.log) <= before + count) if count is not None else portal.wanted - set(portal.asked):
                    return False
                time.sleep(wait)
                return True

            forked.run_killed(words, is_time, env=environment())
            again = {path for path, _, _ in portal.log[before:]} & committed
            assert not again, f"committed, and asked for again: {again}"
        committed = set(_fetched(folder))
        before = len(portal.log)
        done = forked.run(words, env=environment())
        assert done.returncode == 0, done.stderr
        assert not {path for path, _, _ in portal.log[before:]} & committed
        asked = Counter(portal.asked)
        assert portal.wanted <= set(asked)
        assert sum(asked.values()) - len(asked) <= len(kills) * allowed_twice
        summary = json.loads(done.stdout)
        assert summary["run"] == 1
        assert summary["resumed_at"] is not None
    ends = ends_of(folder)
    assert {path[1:] for path in portal.wanted} <= {path for path, outcome in ends.items() if outcome == "fetched"}
    assert len(_fetched(folder)) == len(set(_fetched(folder))), "one capture for each page"


def test_interrupted_crawl_ends_cleanly_and_goes_on(folder: Path) -> None:
    with TrsPortal(delay=0.1) as portal:
        words = command(folder, *crawl(portal))
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env=environment())
        deadline = time.monotonic() + 120
        while len(portal.log) < 5 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=120)
        assert process.returncode == 130, errors
        assert b"goes on" in errors
        assert output == b""
        assert set(portal.asked) == set(_fetched(folder)), "what was under way was kept"
        before = set(portal.asked)
        done = forked.run(words, env=environment())
        assert done.returncode == 0, done.stderr
        assert max(Counter(portal.asked).values()) == 1
        assert portal.wanted | before <= set(portal.asked)
        assert json.loads(done.stdout)["run"] == 1


def test_an_archive_that_cannot_be_written_ends_the_crawl(folder: Path) -> None:
    program = (
        "import sys, crawler.running.expedition as e, nianbao\n"
        "from archive.errors import NoRoom\n"
        "real, calls = e.acknowledge, []\n"
        "def full(*given):\n"
        "    calls.append(1)\n"
        "    if len(calls) > 3: raise NoRoom('disk full')\n"
        "    return real(*given)\n"
        "e.acknowledge = full\n"
        "sys.exit(nianbao.main(sys.argv[1:]))"
    )
    with TrsPortal() as portal:
        words = [command(folder)[0], "-c", program, *command(folder, *crawl(portal))[3:]]
        done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, env=environment(), timeout=60)
        assert done.returncode == 5, done.stderr
        assert json.loads(done.stdout) == {"error": {"code": "no_room", "says": "disk full"}}
        again = forked.run(command(folder, *crawl(portal)), env=environment())
        assert again.returncode == 0
        assert portal.wanted <= set(portal.asked)
