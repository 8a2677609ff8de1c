"""A stage for one battery: small disks in a mount namespace of its own, and processes whose disk fails."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[2]
FAULTS = Path(__file__).with_name("disk_faults.c")
NOW = "2026-03-01T08:00:00+08:00"

WRITES, NAMES, SYNCS, READS = 1, 2, 4, 8
FULL, FAILS = errno.ENOSPC, errno.EIO


class Lacks(Exception):
    """Something that the battery needs is not on this machine."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The ``nth`` step of ``kinds`` on a file below a path fails with ``error``; ``lasting``: all after it as well.

    ``nth`` 0: nothing fails, and steps are counted.
    """

    below: Path
    kinds: int
    nth: int = 0
    error: int = FULL
    lasting: bool = True


@dataclass(frozen=True, slots=True)
class End:
    """How a verb ended: exit code, what it said, seconds, megabytes; ``steps`` counted, ``hit``: those that failed."""

    code: int
    out: str
    err: str
    seconds: float
    megabytes: float
    steps: int
    hit: int

    def last_line(self) -> str:
        """What it said last on standard error."""
        return self.err.strip().rpartition("\n")[2]


@dataclass(slots=True)
class Stage:
    """A context manager; ``folder`` is where disks are mounted and files lie. Raises Lacks."""

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="nianbao-disk-")))
    has_mounts: bool = True
    _forge: subprocess.Popen[str] | None = None
    _mounted: int = 0

    def __enter__(self) -> Self:
        library = self.folder / "faults.so"
        _compile(library)
        command = [sys.executable, "-m", "tests.batteries.disk_forge", str(library)]
        for space in _spaces():
            self._forge = _start([*space, *command], library)
            self.has_mounts = bool(space)
            if not space or self._can_mount():
                return self
            self._end()
        raise AssertionError("the last way needs no namespace")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(
        self,
        argv: list[str],
        fault: Fault | None = None,
        env: Mapping[str, str] | None = None,
        file_size: int | None = None,
    ) -> End:
        """Runs one verb of nianbao; ``file_size``: bytes that no file may exceed (RLIMIT_FSIZE)."""
        fault = fault or Fault(self.folder, 0)
        out, err = self.folder / "said.out", self.folder / "said.err"
        answer = self._ask(
            {
                "do": "run", "argv": argv, "out": str(out), "err": str(err), "cwd": str(ROOT), "file_size": file_size,
                "env": {"NIANBAO_NOW": NOW, **(env or {})},
                "faults": {"below": str(fault.below), "kinds": fault.kinds, "nth": fault.nth, "error": fault.error,
                           "lasting": fault.lasting},
            }
        )  # fmt: skip
        said = (path.read_text("utf-8", "replace") for path in (out, err))
        return End(answer["code"], *said, *(answer[name] for name in ("seconds", "megabytes", "steps", "hit")))

    def disk(self, kilobytes: int, mode: str = "rw") -> Path:
        """A new empty disk of so many KB (tmpfs: pages of 4 KB, nothing kept back)."""
        self._mounted += 1
        place = self.folder / f"disk-{self._mounted}"
        place.mkdir()
        self.do("mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,{mode}", "tmpfs", str(place))
        return place

    def change(self, place: Path, options: str) -> None:
        """Another size or mode for a disk: ``size=64k``, ``ro``."""
        self.do("mount", "-o", f"remount,{options}", str(place))

    def seen(self, place: Path) -> Path:
        """A place in the namespace as this process can reach it; SQLite, which asks where a path leads, cannot."""
        assert self._forge is not None
        return Path(f"/proc/{self._forge.pid}/root{place}")

    def take_away(self, place: Path) -> None:
        """Unmounts a disk."""
        self.do("umount", "-l", str(place))

    def do(self, *words: str) -> None:
        """Runs a program in the namespace; raises AssertionError with what it says."""
        answer = self._ask({"do": "words", "words": words})
        assert answer["code"] == 0, f"{' '.join(words)}: {answer['says']}"

    def _can_mount(self) -> bool:
        place = self.folder / "trial"
        place.mkdir(exist_ok=True)
        try:
            words = ("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place))
            tried = self._ask({"do": "words", "words": words})
            return tried["code"] == 0 and self._ask({"do": "words", "words": ("umount", str(place))})["code"] == 0
        except (BrokenPipeError, json.JSONDecodeError):  # unshare was refused, and the forge never started
            return False

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self._forge is not None
        assert self._forge.stdin is not None
        assert self._forge.stdout is not None
        self._forge.stdin.write(json.dumps(question) + "\n")
        self._forge.stdin.flush()
        answer: dict[str, Any] = json.loads(self._forge.stdout.readline())
        return answer

    def _end(self) -> None:
        if self._forge is not None:
            self._forge.communicate()
            self._forge = None


def _compile(library: Path) -> None:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        raise Lacks("expected Linux with gcc: a library makes the n-th step on a disk fail")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(FAULTS), "-ldl"], check=True)


def _spaces() -> list[list[str]]:
    """Ways to a mount namespace: as root, as anybody in a namespace of users, and none."""
    if shutil.which("unshare") is None:
        return [[]]
    private = ["unshare", "--mount", "--propagation", "private"]
    return [private, [*private, "--user", "--map-root-user"], []]


def _start(command: list[str], library: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "LD_PRELOAD": str(library), "PYTHONDONTWRITEBYTECODE": "1"},
    )
