"""A limited child whose every document is measured: how it ends, seconds, CPU seconds and megabytes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from parsers.child import Child
from parsers.errors import Crashed, DocumentError
from parsers.limited.limits import LIBREOFFICE, Limits
from parsers.report import Hints, Report

_PAUSE = 0.015  # seconds between two looks
_TICKS = os.sysconf("SC_CLK_TCK")
_RESET_PEAK = "5"  # proc(5), clear_refs
ROUNDED = 1.3  # seconds of CPU: the kernel counts by its ticks, which are some percent aside when others work


@dataclass(frozen=True, slots=True)
class End:
    """``code`` is "report" or an error's code. Of the child and of what it started (LibreOffice) apart."""

    name: str
    code: str
    says: str
    seconds: float
    cpu: float
    megabytes: float
    cpu_below: float = 0.0
    megabytes_below: float = 0.0
    reports: tuple[Report, ...] = ()

    @property
    def fault(self) -> str:
        """An exception of Python in the child is a mistake of the reader; a library's death by a signal is not."""
        return self.says if self.code == Crashed.code and ("Error" in self.says or "Exception" in self.says) else ""

    def beyond(self, limits: Limits, slack: float) -> str:
        """What went beyond the limits of its format, or of LibreOffice; ``slack`` in seconds by the wall."""
        said = [
            f"{found:.1f} {unit}, of {most}"
            for found, most, more, unit in (
                (self.cpu, limits.cpu, ROUNDED, "s of CPU"),
                (self.seconds, limits.wall, slack, "s"),
                (self.megabytes, limits.memory / 2**20, 0, "MB"),
                (self.cpu_below, LIBREOFFICE.cpu, ROUNDED, "s of CPU in LibreOffice"),
                (self.megabytes_below, LIBREOFFICE.memory / 2**20, 0, "MB in LibreOffice"),
            )
            if found > most + more
        ]
        return "; ".join(said)


def ends_of(files: Iterable[tuple[str, bytes]], child: Child, hints: Hints | None = None) -> Iterator[End]:
    """Reads every file through the child; whatever is no DocumentError is raised."""
    for name, payload in files:
        yield measured(name, child, lambda payload=payload: child.read(payload, hints or Hints()))


def measured(name: str, child: Child, ask: Callable[[], tuple[Report, ...]]) -> End:
    """One question to the child, watched from outside."""
    watch = _Watch(child.pid)
    began = time.monotonic()
    reports: tuple[Report, ...] = ()
    watch.start()
    try:
        reports = ask()
        code, says = "report", ""
    except DocumentError as error:
        code, says = error.code, error.says
    finally:
        seconds = time.monotonic() - began
        watch.end()
    return End(name, code, says, seconds, watch.cpu, watch.peak, watch.cpu_below, watch.peak_below, reports)


class _Watch(threading.Thread):
    """Looks at a process and at all below it every few milliseconds, and once more at the end."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.cpu = self.peak = self.peak_below = 0.0
        self.below: dict[int, float] = {}
        self.ended = threading.Event()
        Path(f"/proc/{pid}/clear_refs").write_text(_RESET_PEAK, "ascii")
        self.before = cpu_of(pid) or 0.0

    @property
    def cpu_below(self) -> float:
        return sum(self.below.values())

    def run(self) -> None:
        while not self.ended.wait(_PAUSE):
            self._look()

    def end(self) -> None:
        self.ended.set()
        self.join()
        self._look()

    def _look(self) -> None:
        used = cpu_of(self.pid)
        self.cpu = max(self.cpu, (used or 0.0) - self.before)
        self.peak = max(self.peak, peak_of(self.pid))
        for pid in below(self.pid):
            self.below[pid] = max(self.below.get(pid, 0.0), cpu_of(pid) or 0.0)
            self.peak_below = max(self.peak_below, peak_of(pid))


def cpu_of(pid: int) -> float | None:
    """CPU seconds of a process; None where there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return (int(fields[11]) + int(fields[12])) / _TICKS


def peak_of(pid: int) -> float:
    """The most megabytes that a process has had resident; 0 for one that has ended."""
    try:
        said = Path(f"/proc/{pid}/status").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    peak = said.partition("VmHWM:")[2].split(None, 1)
    return int(peak[0]) / 1024 if peak else 0.0


def below(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        try:
            tasks = list(Path(f"/proc/{waiting.pop()}/task").iterdir())
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended while we looked
        for task in tasks:
            try:
                children = [int(one) for one in (task / "children").read_text("ascii").split()]
            except (FileNotFoundError, ProcessLookupError):
                continue
            found += children
            waiting += children
    return found


def resident() -> float:
    """Megabytes that this process holds in memory now."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
