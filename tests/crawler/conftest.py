"""What the crawler's tests share: the command as a person runs it, and single exchanges on the wire."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.store import Archive
from tests import forked
from tests.portals.trs import TrsPortal

ROOT = Path(__file__).parents[2]
Nianbao = Callable[..., subprocess.CompletedProcess[str]]
Fetch = Callable[..., dict[str, dict[str, object]]]


def command(archive: Path, *words: str) -> list[str]:
    """The words of ``nianbao --archive ARCHIVE WORDS…`` for a subprocess."""
    return [sys.executable, "-m", "nianbao", "--archive", str(archive), *words]


def environment(**more: str) -> dict[str, str]:
    """This environment with a contact and without what would change a crawl."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NIANBAO_")}
    return {**kept, "PYTHONPATH": str(ROOT), "NIANBAO_CONTACT": "keeper@archive.example", **more}


def ends_of(folder: Path, run: int | None = None) -> dict[str, str]:
    """Path → outcome for every URL of the frontier of a run (the last one)."""
    with Archive.open(folder, write=False) as archive:
        rows = archive.db.execute(
            "SELECT url, outcome FROM frontier WHERE run = coalesce(?, (SELECT max(id) FROM runs))", (run,)
        ).fetchall()
    return {url.partition("://")[2].partition("/")[2]: outcome for url, outcome in rows}


def crawl(portal: TrsPortal, *more: str) -> list[str]:
    """The words that crawl a portal without delay."""
    return ["crawl", portal.home, "--allow-host", portal.netloc, "--delay", "0", "--json", *more]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the archive of one test is."""
    return tmp_path / "archive"


@pytest.fixture
def nianbao(folder: Path) -> Nianbao:
    """Runs the command on this test's archive and waits for its end."""

    def run(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return forked.run(command(folder, *words), env=environment(**more))

    return run


@pytest.fixture
def fetch() -> Fetch:
    """Fetches URLs with the download handler alone → {url: exchange as JSON}; ``options`` as in fetch.py."""

    def run(urls: list[str], **options: object) -> dict[str, dict[str, object]]:
        fetching = Path(__file__).with_name("fetch.py")
        done = forked.run(
            [sys.executable, fetching, json.dumps({"urls": urls, **options})], env=environment(), timeout=120
        )
        assert done.returncode == 0, done.stderr
        exchanges: dict[str, dict[str, object]] = json.loads(done.stdout)
        return exchanges

    return run
