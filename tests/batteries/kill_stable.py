"""A warm process that starts nianbao's commands by fork, each set to be struck somewhere.

    python -m tests.batteries.kill_stable

Reads one line of JSON after the other: {"start": words, "said": file, "strike": … or null, "counted": file or null}
answers {"pid": …}; {"wait": pid} answers {"code": …, "signal": …, "kilobytes": …} when it has ended. A command so
started is a process of its own in every regard; what is saved is the second that imports take.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.batteries.kill_strike import Strike, strike_at
from tests.crawler.conftest import ROOT, environment
from tests.forked import end_as_python

NOW = "2026-01-20T04:00:00Z"
_COMMANDS = (
    "nianbao",
    "archive.reparsing.candidates",
    "archive.imports",
    "archive.merge",
    "crawler.voyages.journey",
    "crawler.wire",
)
_READERS = "KILLED_WITH_READERS"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code, or the signal; the most memory it had, in MB; what it said."""

    code: int | None
    signal: int | None
    megabytes: float
    out: str
    errors: str

    @property
    def was_killed(self) -> bool:
        return self.signal == signal.SIGKILL


class Started:
    """A command that is running. It is killed by descriptor, so that no other process can be hit."""

    def __init__(self, stable: Stable, pid: int, said: Path) -> None:
        self.pid = pid
        self.is_over = False
        self._stable = stable
        self._said = said
        self._descriptor = os.pidfd_open(pid)

    def kill(self) -> None:
        """SIGKILL; nothing if it has ended."""
        try:
            signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)
        except (ProcessLookupError, OSError):
            return

    def wait(self) -> Ended:
        """Waits for its end."""
        answer = self._stable.ask({"wait": self.pid})
        self.is_over = True
        descriptor, self._descriptor = self._descriptor, -1
        os.close(descriptor)
        out, errors = (self._said.with_suffix(end).read_text("utf-8", "replace") for end in (".out", ".err"))
        return Ended(answer["code"], answer["signal"], answer["kilobytes"] / 1024, out, errors)


class Stable:
    """A context manager around the warm process; its commands read with up to so many processes."""

    def __init__(self, folder: Path, readers: int = 2) -> None:
        self._folder = folder
        self._number = 0
        self._running = subprocess.Popen(
            [sys.executable, "-m", "tests.batteries.kill_stable"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=environment(NIANBAO_NOW=NOW, **{_READERS: str(readers)}),
        )

    def start(self, archive: Path, *words: str, strike: Strike | None = None, counted: Path | None = None) -> Started:
        """Starts ``nianbao --archive ARCHIVE WORDS…``."""
        self._number += 1
        said = self._folder / f"said-{self._number}"
        for end in (".out", ".err"):
            said.with_suffix(end).touch()
        given = ["--archive", str(archive), *words]
        aimed = None if strike is None else asdict(strike)
        counting = None if counted is None else str(counted)
        answer = self.ask({"start": given, "said": str(said), "strike": aimed, "counted": counting})
        return Started(self, answer["pid"], said)

    def run(self, archive: Path, *words: str, strike: Strike | None = None, counted: Path | None = None) -> Ended:
        """Starts it and waits for its end."""
        return self.start(archive, *words, strike=strike, counted=counted).wait()

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """One line there, one line back."""
        assert self._running.stdin is not None
        assert self._running.stdout is not None
        self._running.stdin.write(json.dumps(question).encode() + b"\n")
        self._running.stdin.flush()
        answer: dict[str, Any] = json.loads(self._running.stdout.readline())
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._running.stdin is not None
        assert self._running.stdout is not None
        self._running.stdin.close()
        self._running.wait()
        self._running.stdout.close()


# --- in the warm process --------------------------------------------------------------------------------------------


def main() -> int:
    """Answers until its input ends."""
    _warm_up()
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        if "wait" in asked:
            _, status, used = os.wait4(asked["wait"], 0)
            killed = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
            code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
            answer = {"code": code, "signal": killed, "kilobytes": used.ru_maxrss}
        else:
            pid = os.fork()
            if pid == 0:
                end_as_python(SystemExit(_be_nianbao(asked)))
            answer = {"pid": pid}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    return 0


def _warm_up() -> None:
    from scrapy.settings import default_settings
    from scrapy.utils.misc import load_object

    for name in (
        "nianbao",
        "archive.reparsing.candidates",
        "archive.imports",
        "archive.merge",
        "crawler.voyages.journey",
        "crawler.wire",
    ):
        importlib.import_module(name)
    for components in ("EXTENSIONS_BASE", "DOWNLOADER_MIDDLEWARES_BASE", "SPIDER_MIDDLEWARES_BASE"):
        for name in getattr(default_settings, components):
            load_object(name)
    readers = int(os.environ[_READERS])
    os.cpu_count = lambda: readers  # that many reading processes are started
    gc.freeze()
    # A reactor belongs to one process.
    assert "twisted.internet.reactor" not in sys.modules


def _be_nianbao(asked: dict[str, Any]) -> int:
    import nianbao

    said = Path(asked["said"])
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    for descriptor, end in ((1, ".out"), (2, ".err")):
        with said.with_suffix(end).open("wb") as opened:
            os.dup2(opened.fileno(), descriptor)
    sys.argv = ["nianbao", *asked["start"]]
    counted = None if asked["counted"] is None else Path(asked["counted"])
    if asked["strike"] is not None or counted is not None:
        strike_at(None if asked["strike"] is None else Strike(**asked["strike"]), counted)
    return nianbao.main(asked["start"])


if __name__ == "__main__":
    sys.exit(main())
