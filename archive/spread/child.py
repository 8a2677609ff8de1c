"""The process of one task, seen from the one who starts it, and from inside."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

from archive.spread.task import OtherRelease, TaskFailed
from parsers.errors import Refusal
from parsers.limited.orphaned import end_with_parent
from parsers.limited.scratch import make_scratch
from parsers.report import RELEASE

_QUESTION, _ANSWER, _SAID = "question", "answer", "said"
_LAST_WORDS = 500  # bytes of what the process said last
# What a process needs to know of its surroundings; whom portals write to, and all else, stands in the question.
_INHERITED = (
    "PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "HOME", "SSL_CERT_FILE", "SSL_CERT_DIR", "NIANBAO_NOW",
    "PLAYWRIGHT_BROWSERS_PATH",
)  # fmt: skip
_PR_SET_PDEATHSIG = 1  # prctl(2)

_running: set[subprocess.Popen[bytes]] = set()
_lock = threading.Lock()


def run_in_child(deed: str, question: bytes, ends: float, grace: float) -> bytes:
    """Runs a task in a process of its own until it answers; its answer.

    ``ends``: the moment of this machine's ``time.monotonic`` at which its time is over; ``grace`` seconds later it is
    killed. The process does not outlive this one. Raises TaskFailed; after that, or after the answer, it is over.
    """
    folder = make_scratch()
    try:
        (folder / _QUESTION).write_bytes(question)
        root = str(Path(__file__).resolve().parent.parent.parent)
        paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
        with (folder / _SAID).open("wb") as said:
            running = subprocess.Popen(
                [sys.executable, "-P", "-m", deed, str(folder), repr(ends), str(os.getpid())],
                stdin=subprocess.PIPE,  # nothing is written to it: it is closed when this process ends
                stdout=subprocess.DEVNULL,
                stderr=said,
                cwd=folder,
                env={name: os.environ[name] for name in _INHERITED if name in os.environ} | {"PYTHONPATH": paths},
                start_new_session=True,
            )
        with _lock:
            _running.add(running)
        try:
            code = running.wait(max(0.0, ends + grace - time.monotonic()))
        except subprocess.TimeoutExpired as error:
            raise TaskFailed(f"{deed} did not answer in its time, nor {grace:g} seconds after") from error
        finally:
            _end(running)
        if code != 0:
            raise TaskFailed(f"{deed} ended with {code}: {_last_words(folder / _SAID)}")
        return (folder / _ANSWER).read_bytes()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def end_children() -> None:
    """Asks every process of a task of this one to end with what it has."""
    with _lock:
        for running in _running:
            if running.poll() is None:
                running.send_signal(signal.SIGTERM)


def _end(running: subprocess.Popen[bytes]) -> None:
    with _lock:
        _running.discard(running)
    try:
        os.killpg(running.pid, signal.SIGKILL)
    except ProcessLookupError:
        running.poll()  # it had ended by itself
    if running.stdin is not None:
        running.stdin.close()
    running.wait()


def _last_words(file: Path) -> str:
    said = file.read_bytes()[-_LAST_WORDS:].decode("utf-8", "replace").strip()
    return said.rpartition("\n")[2]


def own_release() -> str:
    """What a task's process has to be of: the package, and the parsers that readings are dated by."""
    return f"{version('nianbao')}, parsers {RELEASE}"


# --- in the process -------------------------------------------------------------------------------------------------


def answer_with(answered: Callable[[bytes, float], bytes]) -> NoReturn:
    """Does the one task that this process was started for: (question, the moment its time is over) → answer."""
    folder, ends, parent = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    _die_with(parent)
    end_with_parent(0, str(folder))
    try:
        answer = answered((folder / _QUESTION).read_bytes(), ends)
    except Refusal as refusal:
        print(f"{refusal.code}: {refusal.says}", file=sys.stderr)
        sys.exit(refusal.exit_code)
    beside = folder / f"{_ANSWER}.new"
    beside.write_bytes(answer)
    beside.replace(folder / _ANSWER)
    sys.exit(0)


def expect_release(asked: str) -> None:
    """Raises OtherRelease where this process is not of the release of the one who asks: what it reads would be taken
    for what that one reads."""
    if asked != own_release():
        raise OtherRelease(f"this worker has nianbao {own_release()}, and {asked} asks")


def _die_with(parent: int) -> None:
    """This process ends at once with the one that started it, whatever ends that (prctl(2), PR_SET_PDEATHSIG).

    Where the system has no such call, the pipe that only the parent holds does it, two seconds later.
    """
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it ended before it could be told of
            os.kill(os.getpid(), signal.SIGKILL)
