"""The demo portal's crawl killed again and again: every page is captured, no committed capture is fetched twice."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crawler.demo.portal import Portal
from tests import forked
from tests.crawler.conftest import ROOT, environment

KILLS = 6


def committed(folder: Path) -> set[str]:
    """Paths with a committed capture, read as any program would read them."""
    file = folder / "archive.db"
    if not file.exists():
        return set()
    with sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True) as db:
        # None before the first migration was committed.
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'captures'").fetchall():
            return set()
        rows = db.execute("SELECT url FROM captures").fetchall()
    return {"/" + url.split("/", 3)[3] for (url,) in rows}


@pytest.mark.full  # the kill battery is the short form
@pytest.mark.parametrize("seed", [2024, pytest.param(2025, marks=pytest.mark.full)])
def test_killed_at_random_moments(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with Portal() as portal:
        words = [sys.executable, "-m", "nianbao", "--archive", str(tmp_path), "crawl", portal.url]
        words += ["--allow-host", portal.host_port, "--delay", "0"]
        for _ in range(KILLS):
            before, kept = len(portal.requests), committed(tmp_path)
            process = subprocess.Popen(words, cwd=ROOT, env=environment(), stdout=-3, stderr=-3)
            time.sleep(chance.uniform(0.4, 2.5))
            process.kill()
            process.wait()
            asked = {request.path for request in portal.requests[before:]}
            assert not asked & kept
        kept, before = committed(tmp_path), len(portal.requests)
        done = forked.run(words, env=environment())
        assert done.returncode == 0, done.stderr
        assert not {request.path for request in portal.requests[before:]} & kept
    with Portal() as another, sqlite3.connect(tmp_path / "archive.db") as db:
        whole = tmp_path / "whole"
        words = [sys.executable, "-m", "nianbao", "--archive", str(whole), "crawl", another.url]
        done = forked.run([*words, "--allow-host", another.host_port, "--delay", "0"], env=environment())
        assert done.returncode == 0, done.stderr
        assert committed(tmp_path) == committed(whole)
        assert db.execute("SELECT count(*) FROM frontier WHERE outcome IS NULL").fetchone() == (0,)
        per_url = db.execute("SELECT count(*) FROM captures GROUP BY url HAVING count(*) > 1").fetchall()
        assert per_url == []
        reports = db.execute("SELECT count(*) FROM reports").fetchone()
    with sqlite3.connect(whole / "archive.db") as db:
        assert db.execute("SELECT count(*) FROM reports").fetchone() == reports
