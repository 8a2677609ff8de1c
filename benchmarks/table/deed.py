"""One deed in a process of its own, so that its processor time and memory are its own: how it is asked for, and done.

``do`` has ``python -m benchmarks.table.deed MODULE FUNCTION ARGUMENTS`` run and takes what it prints.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_LAST = "deed: "


@dataclass(slots=True)
class Spent:
    """Seconds of the processor, of this process and of its ended children; seconds by the wall."""

    cpu: float = 0.0
    wall: float = 0.0


@dataclass(frozen=True, slots=True)
class Done:
    """What a deed returned, and the most memory (MB, resident) that its process had."""

    value: Any
    peak: float


@contextmanager
def spending() -> Iterator[Spent]:
    """What is done within, children that end within included."""
    spent, wall, cpu = Spent(), time.monotonic(), _cpu()
    try:
        yield spent
    finally:
        spent.cpu, spent.wall = _cpu() - cpu, time.monotonic() - wall


def _cpu() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def do(function: Callable[..., Any], *arguments: object) -> Done:
    """Calls a function of a module with what JSON can say, elsewhere. Raises RuntimeError with what it said."""
    words = [sys.executable, "-m", "benchmarks.table.deed", function.__module__, function.__name__]
    done = subprocess.run(
        [*words, json.dumps(arguments)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    last = done.stdout.rpartition(_LAST)[2]
    if done.returncode != 0 or not last:
        raise RuntimeError(f"{function.__module__}.{function.__name__} ended with {done.returncode}: {done.stderr}")
    said = json.loads(last)
    return Done(said["value"], said["peak"])


def peak_of(process: int | str) -> float:
    """The most resident memory of a process since its program began, in MB (``ru_maxrss`` has its parent's too)."""
    status = Path(f"/proc/{process}/status").read_text("ascii", "replace")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    """The process."""
    module, function, arguments = sys.argv[1:]
    value = getattr(importlib.import_module(module), function)(*json.loads(arguments))
    print(_LAST + json.dumps({"value": value, "peak": peak_of("self")}))


if __name__ == "__main__":
    main()
