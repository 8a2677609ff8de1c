"""What is shipped: every file of the rooms, and what runs by the versions and digests that were tested."""

from __future__ import annotations

import re
import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path

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


def test_what_runs_is_what_was_tested() -> None:
    tested, running = pins("requirements.lock"), pins("runtime.lock")
    assert {name for name, pin in running.items() if _bare(tested.get(name, "")) != _bare(pin)} == set()
    wanted = {match.group().lower().replace(".", "-") for one in PROJECT["project"]["dependencies"]
              if (match := _NAME.match(one))}  # fmt: skip
    assert wanted <= running.keys()


def _bare(pin: str) -> tuple[str, ...]:
    """A pin without the marker that says on which systems it is taken: the version and the digests."""
    version = re.match(r"\S+==\S+", pin)
    return ("" if version is None else version.group(), *sorted(re.findall(r"--hash=\S+", pin)))
