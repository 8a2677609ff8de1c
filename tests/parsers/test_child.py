"""The limited child: every way a document can end it has a name, and the parent goes on."""

from __future__ import annotations

import io
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from parsers import child as child_module
from parsers.child import Child
from parsers.errors import (
    Crashed,
    DocumentError,
    Encrypted,
    NeedsLibreOffice,
    NotAReport,
    OutOfMemory,
    TimedOut,
    TooLarge,
    UnknownFormat,
    Unreadable,
)
from parsers.limited.limits import LIMITS, Limits
from parsers.reading import read
from parsers.report import Hints, Report
from parsers.wire_form import report_from_wire
from parsers.word import libreoffice

FORMATS = Path(__file__).parent / "documents" / "formats"
REPORT = (FORMATS / "cells.txt").read_bytes()
BRIEF = Limits(2**20, 2**29, 2, 3)
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.fixture
def child() -> Iterator[Child]:
    with Child() as started:
        yield started


def package(document: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("[Content_Types].xml", TYPES)
        opened.writestr("word/document.xml", document)
    return made.getvalue()


def pid_of(child: Child) -> int:
    assert child._running is not None
    return child._running.pid


# --- what is read ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["report.html", "libreoffice.docx", "cells.txt", "rows.txt"])
def test_the_answer_is_the_one_that_reading_here_gives(child: Child, name: str) -> None:
    payload = (FORMATS / name).read_bytes()
    hints = Hints(url="http://www.example/", site_name="示例县人民政府")
    assert child.read(payload, hints) == read(payload, hints)


def test_errors_come_back_by_their_code_and_the_child_stays_warm(child: Child) -> None:
    child.read(REPORT, Hints())
    pid = pid_of(child)
    for payload, error in (
        (b"\0\1\2", UnknownFormat),
        (b"", Unreadable),
        ("今天天气很好".encode(), NotAReport),
        ((FORMATS / "encrypted.docx").read_bytes(), Encrypted),
    ):
        with pytest.raises(error) as raised:
            child.read(payload, Hints())
        assert raised.value.code == error.code
        assert raised.value.says
    child.read(REPORT, Hints())
    assert pid_of(child) == pid


def test_replaced_after_a_number_of_documents_or_growth(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "_MOST_DOCUMENTS", 2)
    child.read(REPORT, Hints())
    first = pid_of(child)
    child.read(REPORT, Hints())
    assert child._running is None
    child.read(REPORT, Hints())
    assert pid_of(child) != first
    monkeypatch.setattr(child_module, "_LARGEST_RESIDENT", 1)
    child.read(REPORT, Hints())
    assert child._running is None


def test_threads_that_share_one_get_the_answers_of_their_own_documents(child: Child) -> None:
    payloads = [(FORMATS / name).read_bytes() for name in ("report.html", "libreoffice.docx", "cells.txt", "rows.txt")]
    expected = [read(payload, Hints()) for payload in payloads]
    free: list[int] = []

    def ask(number: int) -> object:
        try:
            if number % 5 == 4:
                return child.read("今天天气很好".encode(), Hints(), lambda: free.append(number))
            return child.read(payloads[number % 5], Hints(), lambda: free.append(number))
        except NotAReport as error:
            return error.code

    with ThreadPoolExecutor(4) as threads:
        answers = [*threads.map(ask, range(40))]
    assert answers == [expected[number % 5] if number % 5 < 4 else NotAReport.code for number in range(40)]
    assert sorted(free) == [*range(40)]


def test_it_is_free_before_reports_are_made_of_the_answer(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, gone_on = threading.Event(), threading.Event()

    def slow(said: dict[str, Any]) -> Report:
        begun.set()
        assert gone_on.wait(30)
        return report_from_wire(said)

    with ThreadPoolExecutor(1) as threads:
        monkeypatch.setattr(child_module, "report_from_wire", slow)
        first = threads.submit(child.read, REPORT, Hints())
        assert begun.wait(30)
        monkeypatch.setattr(child_module, "report_from_wire", report_from_wire)
        assert child.read(REPORT, Hints()) == read(REPORT)
        gone_on.set()
        assert first.result() == read(REPORT)


# --- hostile documents -----------------------------------------------------------------------------


def test_hostile_documents_end_with_a_name(child: Child) -> None:
    wide = "<td rowspan=9999 colspan=1000>1</td>" * 50
    for payload, error in (
        (package(f"<w:document {W}><!--{' ' * 60_000_000}--></w:document>"), TooLarge),
        (package("<w:a>" * 100_000), Unreadable),
        (b"<html><body>" + b"<div>" * 200_000, Unreadable),
        (f"<html><body><table>{f'<tr>{wide}</tr>' * 400}</table>".encode(), NotAReport),
        (b"<html><body>" + b"<table><tr><td>" * 600, NotAReport),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 5000, UnknownFormat),
    ):
        with pytest.raises(error):
            child.read(payload, Hints())


def test_a_document_that_needs_too_much_memory(child: Child) -> None:
    paragraphs = "<w:p a=''/>" * 4_000_000
    payload = package(f"<w:document {W}><w:body>{paragraphs}</w:body></w:document>")
    assert len(payload) < 10**6
    with pytest.raises(OutOfMemory):
        child.read(payload, Hints())
    assert child.read(REPORT, Hints())


def test_a_payload_beyond_the_limit_is_not_sent(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "LARGEST_PAYLOAD", 1000)
    with pytest.raises(TooLarge, match="1001"):
        child.read(b"\0" * 1001, Hints())
    assert child._running is None
    monkeypatch.undo()
    with pytest.raises(TooLarge, match="dump"):
        child.read(REPORT + b"\n" * LIMITS["dump"].payload, Hints())


def test_mutated_documents_end_as_reports_or_typed_errors(child: Child) -> None:
    dice = random.Random(7)
    names = ("report.html", "libreoffice.docx", "python_docx.docx", "rows.txt")
    ends = set()
    for source in [(FORMATS / name).read_bytes() for name in names] * 15:
        raw = bytearray(source)
        for _ in range(dice.randint(1, 12)):
            at = dice.randrange(len(raw))
            raw[at : at + dice.choice([0, 1, 50])] = dice.randbytes(dice.randint(0, 4))
        try:
            ends.add(len(child.read(bytes(raw[: dice.choice([len(raw), len(raw) // 2])]), Hints())))
        except DocumentError as error:
            ends.add(error.code)
    assert ends <= {1, 2, "not_a_report", "unreadable", "too_large", "encrypted", "unknown_format"}
    assert {1, "unreadable"} <= ends


# --- a child that is taken over ----------------------------------------------------------------------

Enter = Callable[..., Child]


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Enter]:
    """A child that runs other code: ``entry(code)``; ``wall`` is what it may take, on however slow a machine."""
    opened: list[Child] = []
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def enter(code: str, wall: float = 60) -> Child:
        name = f"entry_{len(opened)}"
        (tmp_path / f"{name}.py").write_text(code, "utf-8")
        opened.append(Child(name, starting=replace(BRIEF, wall=wall)))
        return opened[-1]

    yield enter
    for child in opened:
        child.close()


def reading(body: str) -> str:
    """The child's own code, whose reader does ``body`` before it reads."""
    return (
        "import ctypes, os, signal, subprocess, sys, time\nimport parsers.reading\n"
        "from parsers import child\nfrom parsers.limited import limits\n"
        "right = parsers.reading.read\nlimits.LIMITS['dump'] = limits.Limits(2**24, 2**29, 2, 4)\n"
        f"def read(payload, hints):\n    {body}\n    return right(payload, hints)\n"
        "parsers.reading.read = read\nchild.main()\n"
    )


@pytest.mark.parametrize(
    ("body", "error", "says"),
    [
        ("\n    while True: pass", TimedOut, "CPU"),
        ("bytes(2**30)", OutOfMemory, "memory"),
        ("ctypes.string_at(0)", Crashed, "-11"),
        ("os.abort()", Crashed, "-6"),
        ("os._exit(3)", Crashed, "3"),
        ("raise ValueError('so')", Crashed, "ValueError: so"),
        ("os.close(1); os.closerange(3, 100); time.sleep(60)", Crashed, "pipe"),
        ("read(payload, hints)", Crashed, "deeper"),
    ],
)
def test_each_death_has_its_name(entry: Enter, body: str, error: type[DocumentError], says: str) -> None:
    child = entry(reading(body))
    with pytest.raises(error, match=says):
        child.read(REPORT, Hints())
    assert child._running is None or error is Crashed


def test_a_reader_that_hangs_is_ended_with_all_that_it_started(entry: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "dump", BRIEF)
    child = entry(reading("subprocess.Popen(['sleep', '97.6543']); time.sleep(60)"), BRIEF.wall)
    begun = time.monotonic()
    with pytest.raises(TimedOut, match="wall"):
        child.read(REPORT, Hints())
    assert time.monotonic() - begun < BRIEF.wall + 3
    assert not running("97.6543")


def test_libreoffice_ends_with_the_child_it_runs_under(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    libreoffice._without_network.cache_clear()
    try:
        libreoffice._without_network()
    except NeedsLibreOffice as reason:
        pytest.skip(reason.says)
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nsleep 96.5432\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setitem(LIMITS, "doc", BRIEF)
    with Child() as child, pytest.raises(TimedOut, match="wall"):
        child.read((FORMATS.parent / "word" / "libreoffice_refused.doc").read_bytes(), Hints())
    time.sleep(0.3)
    assert not running("96.5432")


def running(argument: str) -> list[str]:
    """Who runs with this argument still, three seconds being given to those that were killed a moment ago."""
    until = time.monotonic() + 3
    while (found := _running(argument)) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def _running(argument: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if argument.encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            continue  # it ended while we looked
    return found


def test_what_libraries_print_does_not_stand_between_the_frames(entry: Enter) -> None:
    child = entry(
        reading("print('printed'); os.write(1, b'\\0' * 10**6); sys.stdout.flush(); os.write(2, b'x' * 10**7)")
    )
    assert child.read(REPORT, Hints()) == read(REPORT, Hints())
    assert child.read(REPORT, Hints()) == read(REPORT, Hints())


ANSWERS = "import os, struct, sys\ndef put(content): os.write(1, struct.pack('>I', len(content)) + content)\n"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("os.write(1, b'\\xff' * 100)", "bytes"),
        ("put(b'no json')", "JSON"),
        ("put(b'[' * 200_000)", "JSON"),
        ("put(b'[1, 2]')", "list"),
        ("put(b'{}')", r"\[\]"),
        ("put(b'{\"reports\": [{}]}')", "contract"),
        ("put(b'{\"reports\": [7]}')", "contract"),
        ('put(b\'{"error": {"code": "no_such", "says": "x"}}\')', "error"),
        ('put(b\'{"format": "dump"}\'); put(b\'{"format": "dump"}\')', "format"),
        ("os.write(1, b'\\0\\0')", "0"),
        ("pass", "ended with 0"),
    ],
)
def test_answers_that_are_none_are_a_crash(entry: Enter, code: str, says: str) -> None:
    child = entry(f"{ANSWERS}sys.stdin.buffer.read(10)\n{code}\n")
    with pytest.raises(Crashed, match=says):
        child.read(REPORT, Hints())
    assert child._running is None


def test_a_child_that_never_reads_does_not_hold_the_parent(entry: Enter) -> None:
    begun = time.monotonic()
    with pytest.raises(TimedOut):
        entry("import time\ntime.sleep(60)\n", BRIEF.wall).read(REPORT + b" " * 5_000_000, Hints())
    assert time.monotonic() - begun < BRIEF.wall + 3


def test_an_entry_that_does_not_exist_is_a_crash() -> None:
    with Child("no_such_module") as child, pytest.raises(Crashed, match="no_such_module"):
        child.read(REPORT, Hints())


def test_the_parent_neither_grows_nor_leaves_anything_behind(
    entry: Enter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    others = children()  # other tests of this process may have a server or a browser running
    child = entry(reading("os._exit(3)"))
    before = 0
    for at in range(12):
        with pytest.raises(Crashed):
            child.read(REPORT, Hints())
        if at == 1:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kilobytes
    assert len(list(Path("/proc/self/fd").iterdir())) == descriptors
    assert list((tmp_path / "temporary").iterdir()) == []
    assert children() <= others


def children() -> set[str]:
    """Our own children, those included that ended and were not waited for."""
    return {pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


def test_a_killed_parent_leaves_neither_process_nor_folder(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom parsers.child import Child\n"
        "from parsers.report import Hints\nchild = Child()\nchild.read(Path(sys.argv[1]).read_bytes(), Hints())\n"
        "print(child._running.pid, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    parent = subprocess.run(
        [sys.executable, "-c", code, str(FORMATS / "cells.txt")],
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    assert parent.returncode == -9
    deadline = time.monotonic() + 5
    while (Path("/proc") / parent.stdout.strip()).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not (Path("/proc") / parent.stdout.strip()).exists()
    assert list(tmp_path.iterdir()) == []
