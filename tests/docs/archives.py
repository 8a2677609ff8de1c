"""The archives that pages are tried with, each made once for all processes of a test run."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from archive.store import Archive
from benchmarks.newsroom.build import build
from crawler.demo import run
from nianbao import main
from tests import forked

CLOCKS = {"newsroom": "2026-11-20T02:00:00Z", "demo": "2026-01-19T09:00:00+08:00", "odd": "2025-03-01T00:00:00Z"}
"""When it is in a page's commands: after the last thing that happened in its archive."""
PLACES = 3
ARCHIVE, STORY, SAID = "nianbao-archive", "story.json", "said.txt"


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder ``name``, made by the first process that asks for it. To be read only: who writes copies it."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            shutil.rmtree(shared / f"{name}.new", ignore_errors=True)  # of one that failed
            make(shared / f"{name}.new")
            (shared / f"{name}.new").rename(folder)
    return folder


def newsroom(factory: pytest.TempPathFactory) -> Path:
    """The archive of three places, which the tests of the web pages have too."""
    return once(factory, "newsroom", lambda folder: build(folder, PLACES))


def demo(factory: pytest.TempPathFactory) -> Path:
    """A folder in which ``nianbao demo`` was typed: the archive, its story (STORY), the words of it (SAID)."""
    return once(factory, "demo", _run_demo)


def odd(factory: pytest.TempPathFactory) -> Path:
    """The archive with everything that an export can stumble over."""
    return once(factory, "odd", _fill)


def _run_demo(folder: Path) -> None:
    """The command itself in this process, each verb that it calls in a fork."""
    folder.mkdir()
    told: list[run.Story] = []
    story = run.Story

    def tell(**facts: Any) -> run.Story:
        told.append(story(**facts))
        return told[0]

    calling = SimpleNamespace(
        PIPE=subprocess.PIPE, run=lambda words, env, **_: forked.run_bytes(words, env=env, cwd=folder)
    )
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as said:
        patch.chdir(folder)
        patch.delenv("NIANBAO_ARCHIVE", raising=False)
        patch.setenv("XDG_CONFIG_HOME", str(folder))
        patch.setattr(run, "subprocess", calling)
        patch.setattr(run, "Story", tell)
        assert main(["demo", "--json"]) == 0
    (folder / STORY).write_text(said.getvalue(), "utf-8")
    (folder / SAID).write_text(run.render_story(told[0]) + "\n", "utf-8")


def _fill(folder: Path) -> None:
    # What fills it is imported by its bare name there.
    beside = str(forked.ROOT / "tests/archive")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(beside)
        import newsroom as filling

        patch.setenv("NIANBAO_NOW", "2025-01-10T00:00:00Z")
        with Archive.open(folder, write=True) as archive:
            filling.fill(archive)
            patch.setenv("NIANBAO_NOW", CLOCKS["odd"])
            filling.take_out(archive)


def lay_out(factory: pytest.TempPathFactory, kind: str, folder: Path) -> None:
    """Copies the archive of a kind to where a reader has it: ``./nianbao-archive`` in a folder."""
    made = {"newsroom": newsroom, "odd": odd, "demo": lambda given: demo(given) / ARCHIVE}[kind](factory)
    shutil.copytree(made, folder / ARCHIVE)
