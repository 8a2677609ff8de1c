"""Programs in Python run as processes of their own, forked from a warm one: the second that imports take is saved.

``run`` stands for ``subprocess.run`` where how a process starts is not what is tested.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_WARM = (
    "archive.candidates", "archive.cli_keep", "archive.cli_reparse", "archive.cli_show", "archive.cli_fixity",
    "archive.merge", "crawler.browser", "crawler.config", "crawler.expedition", "crawler.journey", "crawler.scheduler",
    "crawler.season", "crawler.wire", "nianbao", "parsers.child", "scrapy.downloadermiddlewares.defaultheaders",
    "scrapy.downloadermiddlewares.useragent", "scrapy.extensions.throttle", "scrapy.logformatter",
    "scrapy.statscollectors", "multiprocessing.synchronize",
)  # fmt: skip


def run(
    words: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path = ROOT, timeout: float = 180
) -> subprocess.CompletedProcess[str]:
    """Runs ``python -m MODULE WORDS…`` or ``python FILE WORDS…`` to its end, with nothing to read.

    Raises TimeoutExpired, when it has been killed.
    """
    said = [str(word) for word in words]
    assert said[0] == sys.executable, "what is forked is Python"
    with tempfile.TemporaryDirectory(prefix="forked-") as folder:
        asked = {"words": said[1:], "env": dict(os.environ if env is None else env), "cwd": str(cwd), "said": folder}
        pid = _answer(_stable(), asked)
        # Its first answer is the process, the second how it ended.
        ready, _, _ = select.select([_stable().stdout], [], [], timeout)
        if not ready:
            os.kill(pid, signal.SIGKILL)
        code = _answer(_stable())
        out, errors = ((Path(folder) / name).read_text("utf-8", "replace") for name in ("out", "errors"))
    if not ready:
        raise subprocess.TimeoutExpired(said, timeout, out, errors)
    return subprocess.CompletedProcess(said, code, out, errors)


@cache
def _stable() -> subprocess.Popen[bytes]:
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.forked"], cwd=ROOT, bufsize=0, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    atexit.register(_end, started)
    return started


def _end(started: subprocess.Popen[bytes]) -> None:
    started.communicate()


def _answer(stable: subprocess.Popen[bytes], asked: dict[str, Any] | None = None) -> int:
    assert stable.stdin is not None
    assert stable.stdout is not None
    if asked is not None:
        stable.stdin.write(json.dumps(asked).encode() + b"\n")
    return int(stable.stdout.readline())


# --- in the warm process --------------------------------------------------------------------------------------------


def main() -> None:
    """Answers line by line until its input ends."""
    for name in _WARM:
        __import__(name)
    assert "twisted.internet.reactor" not in sys.modules, "a reactor belongs to one process"
    gc.freeze()
    for line in sys.stdin.buffer:
        pid = os.fork()
        if pid == 0:
            return _become(**json.loads(line))
        os.write(1, b"%d\n" % pid)
        _, status = os.waitpid(pid, 0)
        os.write(1, b"%d\n" % os.waitstatus_to_exitcode(status))
    return None


def _become(words: list[str], env: dict[str, str], cwd: str, said: str) -> None:
    for number, name in ((0, os.devnull), (1, f"{said}/out"), (2, f"{said}/errors")):
        opened = os.open(name, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode, encoding="utf-8") for number, mode in enumerate("rww"))
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    if words[0] == "-m":
        sys.argv = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = words
        runpy.run_path(words[0], run_name="__main__")


if __name__ == "__main__":
    main()
