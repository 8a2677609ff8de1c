"""One document at a time in a warm, limited child process."""

from __future__ import annotations

import gc
import json
import os
import resource
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, NoReturn, Self, TypeVar

from parsers.errors import BY_CODE, Crashed, DocumentError, OutOfMemory, TimedOut, TooLarge
from parsers.limited.frames import Frames, as_json, put_frame
from parsers.limited.limits import (
    LARGEST_FILE,
    LARGEST_MEMORY,
    LARGEST_PAYLOAD,
    OPEN_FILES,
    OTHER,
    Limits,
    cpu_seconds,
    limit_to,
    limits_of,
    lower_limit,
    resident_of,
)
from parsers.limited.orphaned import end_with_parent
from parsers.limited.pipes import descriptor_of, widen
from parsers.limited.scratch import expect_room, make_scratch
from parsers.limited.without_network import cut_off
from parsers.report import Hints, Report
from parsers.wire_form import report_from_wire, report_to_wire

if TYPE_CHECKING:
    from parsers.why import Explanation

Answer = TypeVar("Answer")
_Said = dict[str, object]
Answering = Callable[[bytes, Hints, IO[bytes], str], dict[str, object]]
"""One document in the child: its bytes, the hints, where a frame may go out ahead, a key to explain → the answer."""

_REQUEST = struct.Struct(">II")  # lengths of the JSON header and of the payload that follow
_MOST_DOCUMENTS = 2000  # a start takes 0.35 s of the processor: after 500 it was 0.7 ms of each document's 10
_LARGEST_RESIDENT = 512 * 2**20  # bytes in memory after a document, of which a fresh process has 40 MB
_SAID = 2000  # bytes of what the child said last on standard error
_YOUNG = 20_000  # objects made before the youngest are looked through for rings: 700 took 3 to 5 % of a page or a PDF
_TO_END = 2.0  # seconds
_FOLDER = "NIANBAO_CHILD_FOLDER"
_INHERITED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
# mallopt(3): glibc gives blocks above 128 KB back and takes them anew, 4 KB at a time: a third of a page of 120 KB.
# A second arena would take 64 MB of the limit's address space for a thread that waits.
_ALLOCATION = dict.fromkeys(("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"), str(32 * 2**20)) | {
    "MALLOC_ARENA_MAX": "1"
}


class Child:
    """A context manager around the process; it starts with the first document.

    ``read`` hands it one document and waits. The process is replaced after a crash, a limit, growth, or
    ``_MOST_DOCUMENTS`` documents. What the child answers is checked like any other input: whoever takes
    the child over with a document has gained an answer, nothing else. ``entry`` is the module it runs, ``starting``
    the limits before it knows the format (bytes, seconds), ``resident`` the bytes of memory at which it is replaced.
    Threads may share it: one document is read at a time, while reports are made of the answer before.
    """

    def __init__(
        self, entry: str = "parsers.child", starting: Limits = OTHER, resident: int = _LARGEST_RESIDENT
    ) -> None:
        self.entry = entry
        self.starting = starting
        self.resident = resident
        self._running: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._documents = 0
        self._turn = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The number of the running process, started if need be."""
        return self._started().pid

    def close(self) -> None:
        """Ends the process and all it has started, and removes its folder; ``read`` starts anew. Raises nothing."""
        if self._running is not None:
            _end(self._running)
            self._running = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
        self._documents = 0

    def read(self, payload: bytes, hints: Hints, answered: Callable[[], None] | None = None) -> tuple[Report, ...]:
        """What ``parsers.reading.read`` gives for ``payload`` and ``hints``, within the limits of its format.

        ``answered`` is called once, also before an error is raised: the child is free for another document then, while
        reports are made of this one's answer, which takes a tenth of a page's time. Raises every DocumentError by its
        code; TooLarge before anything is sent, TimedOut, OutOfMemory and Crashed for the child's own end.
        """
        return self._asked(payload, {"hints": asdict(hints)}, _reports_in, answered)

    def explain(self, payload: bytes, hints: Hints, key: str) -> tuple[Explanation | None, ...]:
        """What ``parsers.why.explain`` gives for ``payload``, ``hints`` and the cell ``key``, within the same limits.

        Raises what ``read`` does.
        """
        return self._asked(payload, {"hints": asdict(hints), "why": key}, _explanations_in)

    def _asked(
        self,
        payload: bytes,
        question: dict[str, object],
        understood: Callable[[_Said], Answer],
        answered: Callable[[], None] | None = None,
    ) -> Answer:
        try:
            with self._turn:
                running, answer = self._answer_to(payload, question)
        finally:
            if answered is not None:
                answered()
        try:
            return understood(answer)
        except Crashed:
            with self._turn:
                if self._running is running:
                    self.close()
            raise

    def _answer_to(self, payload: bytes, question: dict[str, object]) -> tuple[subprocess.Popen[bytes], _Said]:
        """The process, and what it said in answer; raises the DocumentError that it names."""
        if len(payload) > LARGEST_PAYLOAD:
            raise TooLarge(f"expected at most {LARGEST_PAYLOAD} bytes, found {len(payload)}")
        running = self._started()
        header = as_json(question)
        answer: _Said | None = None
        try:
            answer = self._exchange(running, _REQUEST.pack(len(header), len(payload)) + header, payload)
            self._documents += 1
            _expect_no_error(answer)
        except DocumentError as error:
            answer = None if isinstance(error, OutOfMemory | Crashed) else answer
            if self._folder is not None:
                expect_room(self._folder)  # else a full disk of ours would be told of the document
            raise
        finally:
            # Without an answer, also after an interrupt, the pipes are in the middle of one.
            if answer is None or self._documents >= _MOST_DOCUMENTS or resident_of(running.pid) > self.resident:
                self.close()
        return running, answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._running is not None and self._running.poll() is None:
            return self._running
        self.close()
        self._folder = make_scratch()
        root = str(Path(__file__).resolve().parent.parent)
        paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
        kept = _ALLOCATION | {name: os.environ[name] for name in _INHERITED if name in os.environ}
        with (self._folder / "said").open("wb") as said:
            self._running = subprocess.Popen(
                [sys.executable, "-P", "-m", self.entry],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                cwd=self._folder,
                env={**kept, "PYTHONPATH": paths, "TMPDIR": str(self._folder), _FOLDER: str(self._folder)},
                start_new_session=True,
            )
        for pipe in (self._running.stdin, self._running.stdout):
            os.set_blocking(descriptor_of(pipe), False)
            widen(descriptor_of(pipe))
        return self._running

    def _exchange(self, running: subprocess.Popen[bytes], *request: bytes) -> dict[str, object]:
        """Sends the request and returns the last frame; a frame that names the format sets the deadline."""
        began = time.monotonic()
        frames = Frames(running, began + self.starting.wall)
        try:
            frames.send(*request)
            answer = frames.receive()
            if isinstance(answer.get("format"), str):
                frames.deadline = began + limits_of(str(answer["format"])).wall
                answer = frames.receive()
        except (EOFError, BrokenPipeError) as error:
            raise self._cause_of_death(running) from error
        return answer

    def _cause_of_death(self, running: subprocess.Popen[bytes]) -> DocumentError:
        try:
            code = running.wait(_TO_END)
        except subprocess.TimeoutExpired:
            return Crashed("the reading process closed its pipe without an answer")
        said = "" if self._folder is None else _last_words(self._folder / "said")
        if code == -signal.SIGXCPU:
            return TimedOut("reading took more CPU time than its limit")
        if "MemoryError" in said.rpartition("\n")[2]:
            return OutOfMemory("reading needed more memory than its limit")
        return Crashed(f"the reading process ended with {code}: {said.rpartition(chr(10))[2]}")


def _reports_in(answer: dict[str, object]) -> tuple[Report, ...]:
    """The child's answer → its reports; raises the DocumentError that it names, Crashed for anything else."""
    return listed(answer, "reports", report_from_wire)


def _explanations_in(answer: dict[str, object]) -> tuple[Explanation | None, ...]:
    from parsers.why import explanation_from_dict

    return listed(answer, "why", lambda said: None if said is None else explanation_from_dict(said))


def listed(answer: dict[str, object], name: str, understood: Callable[[Any], Answer]) -> tuple[Answer, ...]:
    """What the child's answer lists under a name; raises the DocumentError that it names, Crashed for anything else."""
    _expect_no_error(answer)
    found = answer.get(name)
    if not isinstance(found, list):
        raise Crashed(f"expected {name} or an error, found {sorted(answer)!r:.200}")
    try:
        return tuple(understood(one) for one in found)
    except (AttributeError, LookupError, TypeError, ValueError, ArithmeticError) as broken:
        raise Crashed(f"expected reports of the contract's form: {type(broken).__name__} {broken!s:.200}") from broken


def _expect_no_error(answer: _Said) -> None:
    error = answer.get("error")
    if isinstance(error, dict) and str(error.get("code")) in BY_CODE and isinstance(error.get("says"), str):
        raise BY_CODE[str(error["code"])](error["says"].encode("utf-8", "replace").decode())


def the_one(answers: tuple[Answer, ...]) -> Answer:
    """The answer to a question that has one. Raises Crashed for none or several."""
    if len(answers) != 1:
        raise Crashed(f"expected one answer, found {len(answers)}")
    return answers[0]


def _end(running: subprocess.Popen[bytes]) -> None:
    """Ends the whole process group: LibreOffice may be running under the child."""
    try:
        os.killpg(running.pid, signal.SIGKILL)
    except ProcessLookupError:
        running.poll()  # it had ended by itself
    for pipe in (running.stdin, running.stdout):
        if pipe is not None:
            pipe.close()
    running.wait()


def _last_words(path: Path) -> str:
    with path.open("rb") as said:
        said.seek(max(0, path.stat().st_size - _SAID))
        return said.read().decode("utf-8", "replace").strip()


# --- in the child ---------------------------------------------------------------------------------------------------


def main(answered: Answering | None = None) -> NoReturn:
    """Reads documents from standard input until it ends; ``answered`` makes each one's answer (``answer_to``).

    Frames go out through a copy of standard output; what libraries print goes to standard error and cannot
    stand between the frames.
    """
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    cut_off()  # where the system lets it: no reader has use for a network
    lower_limit(resource.RLIMIT_CORE, 0, also_hard=True)
    lower_limit(resource.RLIMIT_NOFILE, OPEN_FILES, also_hard=True)
    lower_limit(resource.RLIMIT_FSIZE, LARGEST_FILE, also_hard=True)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = LARGEST_MEMORY if hard == resource.RLIM_INFINITY else min(hard, LARGEST_MEMORY)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    if _FOLDER in os.environ:
        end_with_parent(source.fileno(), os.environ[_FOLDER])
    _warm_up()
    while lengths := source.read(_REQUEST.size):
        header_length, payload_length = _REQUEST.unpack(lengths)
        header = json.loads(source.read(header_length))
        hints = Hints(**header["hints"])
        answer = (answered or answer_to)(source.read(payload_length), hints, sink, header.get("why", ""))
        put_frame(sink, answer)
    # The parent has ended, perhaps by kill -9, and cannot remove the folder that it made for this process.
    if _FOLDER in os.environ:
        shutil.rmtree(os.environ[_FOLDER], ignore_errors=True)
    sys.exit(0)


def _warm_up() -> None:
    """Imports what reading needs, so that no document pays for it."""
    from parsers.convert import all_formats
    from parsers.reading import read

    _ = all_formats(), read
    gc.collect()
    gc.freeze()  # what is imported now stays, and need not be looked through again with each document
    gc.set_threshold(_YOUNG)


def answer_to(payload: bytes, hints: Hints, sink: IO[bytes], why: str = "") -> dict[str, object]:
    """One document → the frame that answers it.

    The format's name goes out first, as soon as it is known, where another deadline follows from it.

    ``why`` is a key to be explained, "" where the reports themselves are asked for.

    Any other exception ends the process: its state is no longer to be trusted, and the parent says so.
    """
    from parsers.convert import recognise
    from parsers.reading import read

    since = cpu_seconds()
    try:
        limit_to(OTHER, since)
        name = recognise(payload).NAME
        limits = limits_of(name)
        if len(payload) > limits.payload:
            raise TooLarge(f"expected at most {limits.payload} bytes of {name}, found {len(payload)}")
        if limits.wall != OTHER.wall:
            put_frame(sink, {"format": name})
        limit_to(limits, since)
        if why:
            return {"why": _explained(payload, hints, why)}
        return {"reports": [report_to_wire(report) for report in read(payload, hints)]}
    except DocumentError as error:
        return {"error": {"code": error.code, "says": error.says}}
    except MemoryError:
        return {"error": {"code": OutOfMemory.code, "says": "reading needed more memory than its limit"}}
    except RecursionError:
        return {"error": {"code": Crashed.code, "says": "the document nests deeper than it can be followed"}}


def _explained(payload: bytes, hints: Hints, key: str) -> list[object]:
    from parsers.why import explain, explanation_to_dict

    return [None if one is None else explanation_to_dict(one) for one in explain(payload, hints, key)]


if __name__ == "__main__":
    main()
