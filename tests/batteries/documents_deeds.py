"""Readers that burn, swell, hang and die, real signals, and answers that are none: the parent goes on."""

from __future__ import annotations

import json
import os
import random
import signal
import struct
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path

from parsers.child import Child
from parsers.errors import Crashed, DocumentError
from parsers.limited.limits import LIMITS, Limits
from parsers.parse_document import report_to_dict
from parsers.plugin_child import PluginChild
from parsers.report import Hints
from parsers.shown.drawing import Artist
from parsers.shown.typesetting import Typesetter
from parsers.wire_form import report_to_wire
from tests.batteries.documents_briefly import brief_limits
from tests.batteries.documents_measured import End, measured, peak_of
from tests.batteries.documents_mutations import fixtures
from tests.batteries.documents_traps import Traps
from tests.batteries.figures import Row, Scale, row_of

_WORN, _BRIEFLY = "tests.batteries.documents_worn", "tests.batteries.documents_briefly"
_SUFFIXES = {"dump": ".txt"}
_SHORT = ("html",)
_SIGNALS = (
    signal.SIGSEGV, signal.SIGSTOP, signal.SIGABRT, signal.SIGKILL, signal.SIGTERM, signal.SIGILL, signal.SIGFPE,
    signal.SIGXCPU, signal.SIGHUP, signal.SIGBUS,
)  # fmt: skip
_DEATHS = ("abort", "touch memory that is not there", "exit", "open files", "write", "leave a child", "connect")
_LEFT = "3591.75"  # seconds that a reader's own child would sleep on


def smallest(name: str) -> bytes:
    """The smallest report of a format that the tests have."""
    found = [path.read_bytes() for path in fixtures() if path.suffix == _SUFFIXES.get(name, f".{name}")
             and (path.with_suffix(".json").exists() or name in _SUFFIXES)]  # fmt: skip
    return min(found, key=len)


def driven_to_limits(scale: Scale, slack: float) -> list[Row]:
    """In every format: a reader that never ends, one that takes all memory, one that only waits."""
    short = scale is Scale.SHORT
    names = _SHORT if short else tuple(LIMITS)
    entry = _BRIEFLY if short else _WORN
    with brief_limits() if short else nullcontext():
        now = dict(LIMITS)
        with ThreadPoolExecutor(scale.pick(2, 1)) as pool:
            waits = pool.submit(_driven, names, "hang", entry, len(names))
            burning = pool.submit(_driven, names, "burn", entry, os.cpu_count() or 1).result()
            hanging = waits.result()
    swelling = _driven(names, "swell", _WORN, 1)
    return [
        row_of(
            "readers that never end: their CPU limit, by format",
            [(name, _wrong(end, "timeout", now[name], slack)) for name, end in burning],
            max(end.seconds for _, end in burning),
        ),
        row_of(
            "readers that take all memory: their limit, by format",
            [(name, _wrong(end, "memory", LIMITS[name], slack)) for name, end in swelling],
            max(end.seconds for _, end in swelling),
            max(end.megabytes for _, end in swelling),
        ),
        row_of(
            "readers that hang: their limit on the wall clock, by format",
            [(name, _wrong(end, "timeout", now[name], slack)) for name, end in hanging],
            max(end.seconds for _, end in hanging),
        ),
    ]


def _driven(names: tuple[str, ...], deed: str, entry: str, at_once: int) -> list[tuple[str, End]]:
    def drive(name: str) -> tuple[str, End]:
        payload = smallest(name)
        with Child(entry) as child:
            return name, measured(name, child, lambda: child.read(payload, Hints(url=deed)))

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(drive, names))


def _wrong(end: End, code: str, limits: Limits, slack: float) -> str:
    return end.beyond(limits, slack) if end.code == code else f"expected {code}, found {end.code}: {end.says}"


def struck(scale: Scale) -> Row:
    """Deaths from inside and signals from outside at any moment; the next document is read as if nothing had been."""
    said = []
    report = smallest("dump")
    with tempfile.TemporaryDirectory() as folder, Traps(Path(folder)) as traps, Child(_WORN) as child:
        with brief_limits():
            for deed in _DEATHS[scale.pick(4, 0) :]:
                more = {"leave a child": _LEFT, "connect": str(traps.port), "write": str(2**24)}.get(deed, "")
                with _soon(child, signal.SIGSTOP) if deed == "leave a child" else nullcontext():
                    end = measured(deed, child, lambda: child.read(report, Hints(url=deed, link_text=more)))  # noqa: B023
                wanted = "timeout" if deed == "leave a child" else "crash"
                wrong = "" if end.code == wanted else f"expected {wanted}, found {end.code}: {end.says}"
                said.append((deed, wrong or traps.sprung() or _lives_on(_LEFT) or _not_read(child, report)))
        chance = random.Random(7)
        payloads = [smallest(name) for name in ("html", "docx", "pdf", "xls")]
        for number in range(scale.pick(5, 200)):
            which = _SIGNALS[number % len(_SIGNALS)]
            with _soon(child, which):
                wrong = _signalled(child, which, chance, payloads) or _not_read(child, report)
            said.append((f"{which.name} #{number}", wrong))
    return row_of("children that crash, abort or are stopped or killed at any moment; the next document is read", said)


def _signalled(child: Child, which: signal.Signals, chance: random.Random, payloads: list[bytes]) -> str:
    pid = child.pid
    timer = threading.Timer(chance.uniform(0.0, 0.06), _send, (pid, which))
    timer.start()
    try:
        with brief_limits() if which is signal.SIGSTOP else nullcontext(), _soon(child, which):
            child.read(chance.choice(payloads), Hints())
    except DocumentError as error:
        return "" if error.code in {"crash", "timeout"} else f"{error.code}: {error.says}"
    finally:
        timer.join()
    return ""


@contextmanager
def _soon(child: Child, which: signal.Signals) -> Iterator[None]:
    """A stopped child is waited for until its deadline: here a short one."""
    kept = child.starting
    if which is signal.SIGSTOP:
        child.starting = Limits(kept.payload, kept.memory, kept.cpu, 2)
    try:
        yield
    finally:
        child.starting = kept


def _send(pid: int, which: signal.Signals) -> None:
    try:
        os.kill(pid, which)
    except ProcessLookupError:
        return  # it has ended by itself


def _not_read(child: Child, report: bytes) -> str:
    """A signal that came after the answer may end the next document: then the one after it is read."""
    for _ in range(2):
        try:
            return "" if len(child.read(report, Hints())) == 1 else "the next document is read otherwise"
        except Crashed:
            continue
        except DocumentError as error:
            if error.code != "timeout":
                return f"the next document: {error.says}"
    return "the next document is not read"


def _lives_on(argument: str) -> str:
    """Who runs with this argument still, three seconds being given to those that were killed a moment ago."""
    until = time.monotonic() + 3
    while (found := _running(argument)) and time.monotonic() < until:
        time.sleep(0.05)
    return " ".join(found)


def _running(argument: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if argument.encode() in path.read_bytes().split(b"\0") and peak_of(int(path.parent.name)):
                found.append(path.parent.name)
        except OSError:
            continue  # it ended while we looked
    return found


_ODD = (None, True, 7, -1.5, 2**70, float("nan"), float("inf"), "", "\ud800", "x" * 9, [], {}, [[]], {"a": 1}, [None])


def taken_over(scale: Scale) -> Row:
    """A child that answers whatever it likes: every field of a report, and the frame itself, of every wrong kind."""
    with Child() as child:
        (report,) = child.read(smallest("html"), Hints())
    right = report_to_wire(report)
    answers: list[tuple[str, object]] = [(f"answer {odd!r:.20}", odd) for odd in _ODD]
    for name in ("reports", "pictures", "set", "sheets", "why", "about", "cells", "error", "format"):
        answers += [(f"{name} {odd!r:.20}", {name: odd}) for odd in _ODD]
        answers += [(f"{name} [{odd!r:.20}]", {name: [odd]}) for odd in _ODD]
    answers += [(f"error code {odd!r:.20}", {"error": {"code": odd, "says": "示例"}}) for odd in _ODD]
    answers += [(f"error says {odd!r:.20}", {"error": {"code": "crash", "says": odd}}) for odd in _ODD]
    answers += [(f"{name} = {odd!r:.20}", {"reports": [right | {name: odd}]}) for name in right for odd in _ODD]
    for name in ("cells", "checks"):
        for field, column in right[name].items():
            for odd in _ODD:
                for bent in (odd, [odd], [odd] * len(column or ())):
                    said = right | {name: {**right[name], field: bent}}
                    answers.append((f"{name}.{field} = {bent!r:.20}", {"reports": [said]}))
    for name in ("leftover", "claims", "problems"):
        one = next(iter(right[name]), None)
        for field in one or ():
            for odd in _ODD:
                said = right | {name: [{**one, field: odd}]}
                answers.append((f"{name}.{field} = {odd!r:.20}", {"reports": [said]}))
    answers += [(f"picture of {odd!r:.20}", {"pictures": [[1, odd, odd, odd, odd]]}) for odd in _ODD]
    return row_of(
        "answers of a child that is taken over: refused, or such as could be kept",
        _judged(answers[:: scale.pick(3, 1)]),
    )


class _Answers:
    """In place of a process: one answer to every question, as its JSON comes back from a pipe."""

    answer: object = None

    def _answer_to(self, _payload: bytes, _question: dict[str, object]) -> tuple[None, dict[str, object]]:
        said = json.loads(json.dumps(self.answer))
        if not isinstance(said, dict):
            raise Crashed("expected an object")  # as parsers.child does, tried with real pipes in its own tests
        return None, said


class _Reader(_Answers, Child):
    pass


class _Artist(_Answers, Artist):
    pass


class _Typesetter(_Answers, Typesetter):
    pass


class _PluginChild(_Answers, PluginChild):
    pass


def _judged(answers: list[tuple[str, object]]) -> list[tuple[str, str]]:
    asked: tuple[Callable[[], object], ...] = (
        lambda: [_storable(report_to_dict(one)) for one in _Reader().read(b"", Hints())],
        lambda: _Reader().explain(b"", Hints(), "requests.received.total"),
        lambda: _Artist().draw_page(b"", 1, 72),
        lambda: _Artist().measure(b""),
        lambda: _Typesetter().set(b""),
        lambda: _PluginChild().release_of("example"),
        lambda: [struct.pack("<d", value or 0) for _, value, _ in _PluginChild().read_with(b"", Hints(), "example")],
    )
    said = []
    for name, _Answers.answer in answers:
        wrong = ""
        for ask in asked:
            try:
                ask()
            except DocumentError:
                continue
            except Exception as error:  # noqa: BLE001 - that it is no DocumentError is what is looked for
                wrong = f"{type(error).__name__}: {error!s:.100}"
        said.append((name, wrong))
    return said


def _storable(said: object) -> None:
    """Raises where a report that came through could not be kept: text that is none, a number that SQLite has not."""
    json.dumps(said, ensure_ascii=False, allow_nan=False).encode()
    if any(isinstance(cell["value"], int) for cell in said["cells"].values()):
        struct.pack("<q", max(cell["value"] for cell in said["cells"].values() if isinstance(cell["value"], int)))
