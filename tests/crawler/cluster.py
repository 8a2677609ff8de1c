"""A Dask cluster of processes of its own on loopback: a scheduler, and workers that can be killed or stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


def until(what: Callable[[], object], seconds: float = 60.0) -> None:
    """Waits for a condition; a minute is for a loaded machine."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "what was waited for did not come"
        time.sleep(0.05)


@cache
def start_time() -> float:
    """Seconds that a task's process takes here and now until it can ask: leases of tests are multiples of it."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import crawler.voyages.afield"], cwd=ROOT, check=True)
    return time.monotonic() - began


def free_port() -> int:
    """A port of loopback that nobody listens on at this moment."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def children_of(pid: int, module: str = "") -> list[int]:
    """Processes whose parent that one is; those alone that run a module."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text(encoding="utf-8")
                words = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:  # it has ended meanwhile
                continue
            if int(stat.rpartition(")")[2].split()[1]) == pid and (not module or module.encode() in words):
                found.append(int(folder.name))
    return found


def is_running(pid: int) -> bool:
    """Whether a process is there and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class ClusterOfProcesses:
    """A context manager; ``more``: options of scheduler and workers alike, as certificates."""

    def __init__(self, workers: int, threads: int = 2, scheme: str = "tcp", more: tuple[str, ...] = ()) -> None:
        self.address = f"{scheme}://127.0.0.1:{free_port()}"
        self._threads, self._more = threads, more
        self._folder = tempfile.TemporaryDirectory(prefix="nianbao-cluster-")
        self.scheduler = self.start_scheduler()
        self.workers = [self.start_worker() for _ in range(workers)]

    def __enter__(self) -> ClusterOfProcesses:
        return self

    def __exit__(self, *_: object) -> None:
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()
        self._folder.cleanup()

    def start_scheduler(self) -> subprocess.Popen[bytes]:
        """The scheduler, anew if there was one, at the same address."""
        scheme, _, rest = self.address.partition("://")
        host, _, port = rest.rpartition(":")
        return self._start("scheduler", "--protocol", scheme, "--host", host, "--port", port)

    def start_worker(self) -> subprocess.Popen[bytes]:
        """One more worker, without a nanny: killed, it is gone."""
        scheme = self.address.partition("://")[0]
        return self._start(
            "worker", self.address, "--no-nanny", "--host", "127.0.0.1", "--protocol", scheme,
            "--nthreads", str(self._threads), "--local-directory", self._folder.name,
        )  # fmt: skip

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *words, "--no-dashboard", *self._more],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def tasks_of(self, worker: subprocess.Popen[bytes]) -> list[int]:
        """The processes of the tasks that a worker is at."""
        return children_of(worker.pid, "crawler.voyages.afield")


def stop(*pids: int) -> None:
    """Cuts processes off, in the middle of what they do."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)


def go_on(*pids: int) -> None:
    """Lets stopped processes go on, those that are still there."""
    for pid in pids:
        if is_running(pid):
            os.kill(pid, signal.SIGCONT)
