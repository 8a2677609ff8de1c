"""Programs in Python run as processes of their own, forked from a warm one: the second that imports take is saved.

``run`` stands for ``subprocess.run`` where how a process starts is not what is tested. The processes in which such a
program reads documents are forked from it, too.
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
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from parsers import child
from tests.forked_readers import fork_readers

ROOT = Path(__file__).parents[1]
_WARM = (
    "archive.reparsing.candidates", "archive.verbs.changes", "archive.verbs.corrections", "archive.verbs.coverage",
    "archive.verbs.events", "archive.verbs.fixity", "archive.verbs.keep", "archive.verbs.merge", "archive.verbs.proof",
    "archive.verbs.reparse", "archive.verbs.show", "archive.exports.csv", "archive.exports.sqlite",
    "archive.exports.wacz", "archive.merge", "archive.proof", "crawler.browser", "crawler.config",
    "crawler.running.expedition", "crawler.voyages.journey", "crawler.voyages.scheduler", "crawler.season.night",
    "crawler.wire", "multiprocessing.synchronize", "nianbao", "parsers.child",
    "scrapy.downloadermiddlewares.defaultheaders", "scrapy.downloadermiddlewares.useragent",
    "scrapy.extensions.throttle", "scrapy.logformatter", "scrapy.statscollectors", "twisted.internet.asyncioreactor",
)  # fmt: skip


def run(
    words: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path = ROOT, timeout: float = 180
) -> subprocess.CompletedProcess[str]:
    """Runs ``python -m MODULE WORDS…`` or ``python FILE WORDS…`` to its end, with nothing to read.

    Raises TimeoutExpired, when it has been killed.
    """
    done = run_bytes(words, env=env, cwd=cwd, timeout=timeout)
    out, errors = (said.decode("utf-8", "replace") for said in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, out, errors)


def run_bytes(
    words: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path = ROOT, timeout: float = 180
) -> subprocess.CompletedProcess[bytes]:
    """As ``run``; what it says is bytes."""
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
        out, errors = ((Path(folder) / name).read_bytes() for name in ("out", "errors"))
    if not ready:
        raise subprocess.TimeoutExpired(said, timeout, out, errors)
    return subprocess.CompletedProcess(said, code, out, errors)


def run_killed(words: Sequence[str | Path], is_time: Callable[[], bool], *, env: Mapping[str, str]) -> int:
    """As ``run``, but killed (SIGKILL) as soon as ``is_time``, if it has not ended before → how it ended."""
    with tempfile.TemporaryDirectory(prefix="forked-") as folder:
        asked = {"words": [str(word) for word in words[1:]], "env": dict(env), "cwd": str(ROOT), "said": folder}
        running = os.pidfd_open(_answer(_stable(), asked))
        while not select.select([_stable().stdout], [], [], 0.002)[0]:
            if is_time():
                signal.pidfd_send_signal(running, signal.SIGKILL)
                break
        os.close(running)
        return _answer(_stable())


@cache
def _stable() -> subprocess.Popen[bytes]:
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.forked"], cwd=ROOT, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        # A second arena of each thread would be part of the address space that a forked reader is limited in.
        env={**os.environ, "PYTHONPATH": str(ROOT), "MALLOC_ARENA_MAX": "1"},
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
    child._warm_up()
    gc.unfreeze()
    assert "twisted.internet.reactor" not in sys.modules, "a reactor belongs to one process"
    gc.freeze()
    for line in sys.stdin.buffer:
        pid = os.fork()
        if pid == 0:
            _become(**json.loads(line))
        os.write(1, b"%d\n" % pid)
        _, status = os.waitpid(pid, 0)
        os.write(1, b"%d\n" % os.waitstatus_to_exitcode(status))
    return None


def _become(words: list[str], env: dict[str, str], cwd: str, said: str) -> NoReturn:
    for number, name in ((0, os.devnull), (1, f"{said}/out"), (2, f"{said}/errors")):
        opened = os.open(name, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode, encoding="utf-8") for number, mode in enumerate("rww"))
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    sys.path[:0] = [path for path in env.get("PYTHONPATH", "").split(os.pathsep) if path and path not in sys.path]
    os.chdir(cwd)
    fork_readers()
    try:
        if words[0] == "-m":
            sys.argv = words[1:]
            runpy.run_module(words[1], run_name="__main__", alter_sys=True)
        else:
            sys.argv = words
            runpy.run_path(words[0], run_name="__main__")
    finally:
        end_as_python(sys.exception())


def end_as_python(error: BaseException | None) -> NoReturn:
    """Ends a fork: its threads are waited for, its last words said; but nothing is taken apart.

    To take apart what a fork has from its parent takes longer than most verbs of nianbao.
    """
    code: object = 0
    if isinstance(error, SystemExit):
        code = error.code
    elif error is not None:
        traceback.print_exception(error)
        code = 1
    if isinstance(code, str):
        print(code, file=sys.stderr)
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    main()
