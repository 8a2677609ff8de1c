"""A page's console blocks, command by command, as a reader types them in a new folder."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests import forked
from tests.docs.archives import ARCHIVE, CLOCKS, SAID
from tests.docs.pages import ROOT, Block

TOLD = "http://127.0.0.1:8000"
"""Where the pages say that the site is."""
ANY = "…"
_EXIT = re.compile(r"\[exit ([0-9]+)\]")
# What a shell has to do, and not one program alone.
_SHELL = re.compile(r"[|&;<>$`*?~(){}]|^\w+=")


@dataclass(frozen=True, slots=True)
class Typed:
    """One command of a console block, the line it stands in, and what it prints; ``code``: how it ends."""

    command: str
    line: int
    expected: tuple[str, ...]
    code: int


def commands_in(block: Block) -> Iterator[Typed]:
    """The commands of a console block. Raises AssertionError for output without a command."""
    commands: list[tuple[str, int, list[str]]] = []
    goes_on = False
    for number, line in enumerate(block.text.splitlines(), block.line + 1):
        if goes_on:
            commands[-1] = (commands[-1][0] + line.lstrip().removesuffix("\\"), *commands[-1][1:])
        elif line.startswith("$ "):
            commands.append((line[2:].removesuffix("\\"), number, []))
        else:
            assert commands, f"{block.where}: expected a command, a line that begins with '$ '"
            commands[-1][2].append(line)
            continue
        goes_on = line.endswith("\\")
    for command, at, printed in commands:
        ends = _EXIT.fullmatch(printed[-1]) if printed else None
        yield Typed(command, at, tuple(printed[:-1] if ends else printed), int(ends[1]) if ends else 0)


def differs(expected: tuple[str, ...], printed: str) -> str:
    """Where what was printed is not what is expected, "" if nowhere. Blank lines at the end are none."""
    found = [line.rstrip() for line in printed.rstrip().splitlines()]
    wanted = [line.rstrip() for line in expected]
    while wanted and not wanted[-1]:
        wanted.pop()
    reached = {0}
    for line in wanted:
        if line == ANY:
            reached = set(range(min(reached), len(found) + 1))
            continue
        fits = re.compile(".*".join(map(re.escape, line.split(ANY))))
        onward = {at + 1 for at in reached if at < len(found) and fits.fullmatch(found[at])}
        if not onward:
            at = max(reached)
            return f"expected {line!r}, found {found[at] if at < len(found) else 'nothing more'!r}"
        reached = onward
    return "" if len(found) in reached else f"expected nothing more, found {found[max(reached)]!r}"


@dataclass(slots=True)
class Reader:
    """A person who goes through one page: a folder, its surroundings, the address of the site that is open."""

    folder: Path
    archive: str
    served: str
    demo: Callable[[], Path]
    env: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        programs = self.folder.parent / "programs"
        programs.mkdir()
        _write_program(programs / "nianbao", f'exec "{sys.executable}" -m nianbao "$@"')
        for name in ("python", "python3"):
            _write_program(programs / name, f'exec "{sys.executable}" "$@"')
        home = self.folder.parent / "home"
        home.mkdir()
        self.env = {
            "PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(home), "LANG": "C.UTF-8", "COLUMNS": "100",
            "PYTHONPATH": str(ROOT), "NIANBAO_NOW": CLOCKS[self.archive or "demo"],
        }  # fmt: skip

    def type(self, block: Block) -> list[str]:
        """Types what a console block says; what was not as it says."""
        faults = []
        for typed in commands_in(block):
            code, printed = self._run(typed.command)
            where = f"{block.page}:{typed.line}: $ {typed.command}"
            if code != typed.code:
                faults.append(f"{where}\n  expected exit code {typed.code}, found {code}; it printed\n{printed}")
            elif wrong := differs(typed.expected, printed):
                faults.append(f"{where}\n  {wrong}; it printed\n{printed}")
        return faults

    def run_python(self, block: Block) -> list[str]:
        """Runs a block of Python in the folder; what was wrong."""
        script = self.folder.parent / "block.py"
        script.write_text(self._here(block.text), "utf-8")
        done = forked.run([sys.executable, script], env=self.env, cwd=self.folder)
        return [] if done.returncode == 0 else [f"{block.where}: ended with {done.returncode}\n{done.stderr}"]

    def _run(self, command: str) -> tuple[int, str]:
        if command == "nianbao demo" and not (self.folder / ARCHIVE).exists():
            # Two crawls take half a minute: made once, in a folder of its own, for all who ask for it.
            shutil.copytree(self.demo() / ARCHIVE, self.folder / ARCHIVE)
            return 0, (self.demo() / SAID).read_text("utf-8")
        words = shlex.split(self._here(command))
        if words[0] == "nianbao" and not _SHELL.search(command):
            called = [sys.executable, "-m", "nianbao", *words[1:]]
            done = forked.run(called, env=self.env, cwd=self.folder)
        else:
            shell = ["bash", "-c", self._here(command)]
            done = subprocess.run(shell, env=self.env, cwd=self.folder, capture_output=True, text=True, timeout=180)
        said = done.stdout + "".join(line for line in done.stderr.splitlines(keepends=True) if not _is_log(line))
        return done.returncode, said.replace(self.served, TOLD) if self.served else said

    def _here(self, text: str) -> str:
        return text.replace(TOLD, self.served) if self.served else text


def _is_log(line: str) -> bool:
    """A line of the log of a run, which on a terminal is words, or of progress."""
    try:
        said = json.loads(line)
    except ValueError:
        return line.startswith("demo: ")
    return isinstance(said, dict) and "event" in said


def _write_program(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n", "utf-8")
    path.chmod(0o755)
