"""What is shipped: every file of the rooms, and what runs by the versions and digests that were tested."""

from __future__ import annotations

import re
import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
from sqlite_utils import Database

import nianbao
from archive.schema import ARCHIVE
from parsers.report import RELEASE

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def pins(lock: str) -> dict[str, str]:
    """A lock's file → each project's pin with its digests."""
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text("utf-8").strip())
    return {match.group().lower().replace(".", "-"): entry for entry in entries if (match := _NAME.match(entry))}


def test_the_wheel_takes_every_file_of_the_rooms() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["*"]
    rooms = [name.rstrip("*") for name in PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]]
    listed = subprocess.run(["git", "ls-files", "--", *rooms], cwd=ROOT, check=True, capture_output=True, text=True)
    names = [Path(path).name for path in listed.stdout.splitlines()]
    assert len(names) > 500
    assert {n for n in names if not n.endswith(".py") and not any(fnmatch(n, one) for one in patterns)} == set()


@pytest.mark.parametrize("lock", ["runtime.lock", "full.lock"])
def test_what_runs_is_what_was_tested(lock: str) -> None:
    tested, running = pins("requirements.lock"), pins(lock)
    assert {name for name, pin in running.items() if _bare(tested.get(name, "")) != _bare(pin)} == set()


@pytest.mark.parametrize(("lock", "extras"), [("runtime.lock", ()), ("full.lock", ("browser", "ocr"))])
def test_a_lock_has_all_that_is_asked_for(lock: str, extras: tuple[str, ...]) -> None:
    asked = [*PROJECT["project"]["dependencies"]]
    asked += [one for extra in extras for one in PROJECT["project"]["optional-dependencies"][extra]]
    wanted = {match.group().lower().replace(".", "-") for one in asked if (match := _NAME.match(one))}
    assert wanted <= pins(lock).keys()


def test_the_version_is_said_alike_and_its_data_changes_are_told() -> None:
    version = PROJECT["project"]["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert nianbao.__version__ == version
    newest = (ROOT / "CHANGELOG.md").read_text("utf-8").split("\n## ")[1]
    assert newest.split()[0] == version
    said = newest.partition("\n### Data changes\n")[2]
    assert f"Reading rules: release {RELEASE}" in said
    *_, last = ARCHIVE.pending(Database(memory=True))
    assert f"migrations 0001 to {last.name[:4]}." in said


def _bare(pin: str) -> tuple[str, ...]:
    """A pin without the marker that says on which systems it is taken: the version and the digests."""
    version = re.match(r"\S+==\S+", pin)
    return ("" if version is None else version.group(), *sorted(re.findall(r"--hash=\S+", pin)))
