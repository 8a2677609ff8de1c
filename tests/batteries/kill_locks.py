"""A lock while its holder lives and when it is killed; and what a killed command had started."""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from parsers.word.libreoffice import why_not_run
from tests.archive.county import figures_of, page
from tests.batteries.figures import Row, Scale, row_of
from tests.batteries.kill_facts import what_is_wrong
from tests.batteries.kill_portal import Portal, Shot
from tests.batteries.kill_stable import NOW, Stable, Started
from tests.batteries.kill_strike import Strike

_HELD = 6
_DOCUMENTS = Path(__file__).parents[1] / "documents"
# What nianbao's own reader of Word's binary files hands on to LibreOffice.
_FOR_LIBREOFFICE = _DOCUMENTS.parent / "parsers" / "documents" / "word" / "libreoffice_refused.doc"
_PATIENCE = 120.0  # seconds until something is given up as never happening


def locks_held_and_left(stable: Stable, folder: Path, scale: Scale) -> list[Row]:
    """While a crawl waits for a server, other commands want its archive; then it is killed, and one of them has it."""
    paper, other, held = folder / "示例县水利局.html", folder / "other", folder / "held"
    paper.write_bytes(page("示例县水利局", 2023, figures_of(3)))
    assert stable.run(other, "import", str(paper)).code == 0
    package = folder / "other.wacz"
    assert stable.run(other, "export", "wacz", "--output", str(package)).code == 0
    refused, left = [], []
    worst = 0.0
    with Portal(articles=3) as portal:
        paths = ("import", str(paper)), ("import", "warc", str(package))
        commands = (("reparse",), ("merge", str(other)), *paths, tuple(portal.words))
        for after in commands[: scale.pick(1, 5)]:
            gate = threading.Event()
            portal.shot = Shot(partial(_wait, gate), "body", 1, 0.0)
            before = len(portal.log)
            crawl = stable.start(held, *portal.words)
            portal.wait_for(before + 1, gate.is_set)
            for command in commands:
                began = time.monotonic()
                second = stable.run(held, *command)
                worst = max(worst, time.monotonic() - began)
                named = f"process {crawl.pid} (nianbao crawl http://127.0.0.1:{portal.port}/", f"since {NOW}"
                is_named = second.code == _HELD and all(part in second.errors for part in named)
                refused.append((command[0], "" if is_named else f"{second.code}: {second.errors[-300:]}"))
            crawl.kill()
            gate.set()
            assert crawl.wait().was_killed
            ended = stable.run(held, *after)
            says = "" if ended.code == 0 else f"{ended.code}: {ended.errors[-300:]}"
            left.append((after[0], says or what_is_wrong(held)))
    return [
        row_of("A second command on the same archive is refused, and told who holds it", refused, worst),
        row_of("The lock of a killed crawl holds up no command", left),
    ]


def children_left(stable: Stable, folder: Path) -> Row:
    """Commands killed while readers, and LibreOffice under one, are at work for them: nothing goes on living."""
    long_page, word = folder / "示例县水利局.html", _FOR_LIBREOFFICE
    rows = "".join(f"<tr><td>事项{at}</td>{'<td>1</td>' * 10}</tr>" for at in range(60_000))
    text = page("示例县水利局", 2023, figures_of(3)).decode()
    long_page.write_text(text.replace("</body>", f"<table>{rows}</table></body>"), "utf-8")
    cases: list[tuple[str, Path, Callable[[Started], bool]]] = [
        ("a reader at rest", _DOCUMENTS / "html" / "html01.html", lambda crawl: bool(_descendants(crawl.pid))),
        ("a reader at work", long_page, _has_busy_reader),
    ]
    if why_not_run():
        assert os.environ.get("CI") != "true", why_not_run()
    else:
        cases.append(("LibreOffice", word, _has_libreoffice))
    ends, worst = [], 0.0
    for number, (name, paper, is_ready) in enumerate(cases):
        # At rest: the command dies when the reader has answered.
        strike = Strike("archive.ingest:_take") if name == "a reader at rest" else None
        command = stable.start(folder / f"orphans-{number}", "import", str(paper), strike=strike)
        watched = _watch_until(command, is_ready)
        for pid, descriptor in watched.items():
            if _name_of(pid).startswith("soffice"):  # otherwise it might come to its end by itself
                signal.pidfd_send_signal(descriptor, signal.SIGSTOP)
        if strike is None:
            command.kill()
        killed = command.wait().was_killed
        took, alive = _wait_for_ends(watched)
        worst = max(worst, took)
        ends.append((name, "" if killed and watched and not alive else f"killed: {killed}, alive: {alive}"))
    return row_of("What a killed command had started ends with it (readers, LibreOffice)", ends, worst)


def _wait(gate: threading.Event) -> None:
    gate.wait(_PATIENCE)


def _watch_until(command: Started, is_ready: Callable[[Started], bool]) -> dict[int, int]:
    """All that the command has started by the time that it is ready, each with a descriptor."""
    until = time.monotonic() + _PATIENCE
    while not is_ready(command) and time.monotonic() < until:
        time.sleep(0.002)
    return {pid: descriptor for pid in _descendants(command.pid) if (descriptor := _opened(pid)) is not None}


def _opened(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None


def _wait_for_ends(watched: dict[int, int]) -> tuple[float, list[str]]:
    """Seconds until the last has ended, and the names of those that have not after ten."""
    began = time.monotonic()
    alive = []
    for pid, descriptor in watched.items():
        ended = select.poll()
        ended.register(descriptor, select.POLLIN)
        if not ended.poll(max(0.0, began + 10 - time.monotonic()) * 1000):
            alive.append(_name_of(pid))
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        os.close(descriptor)
    return time.monotonic() - began, alive


def _has_busy_reader(command: Started) -> bool:
    """Whether it has a reader that is in the middle of a document: its pages fill what is beyond a warm one."""
    return any(_megabytes(pid) > 150 for pid in _descendants(command.pid))


def _has_libreoffice(command: Started) -> bool:
    return any(_name_of(pid) == "soffice.bin" for pid in _descendants(command.pid))


def _descendants(pid: int) -> list[int]:
    try:
        listed = [task.read_text() for task in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:  # it has just ended
        return []
    children = [int(child) for text in listed for child in text.split()]
    return children + [below for child in children for below in _descendants(child)]


def _name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _megabytes(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except (OSError, IndexError):
        return 0.0
