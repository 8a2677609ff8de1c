"""The other side of each comparison: warm processes, and programs that are started for a document."""

from __future__ import annotations

import json
import os
import resource
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from benchmarks.speed.other import LENGTH


class CannotRead(Exception):
    """The other program does not survive this document."""


class Warm:
    """``other.py`` in a Python of its own; ``missing`` says what is not installed there, "" if nothing is."""

    def __init__(self, python: str, job: str) -> None:
        self.command = [python, str(Path(__file__).with_name("other.py")), job]
        self._start()

    def _start(self) -> None:
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.sink, self.source = self.process.stdin, self.process.stdout
        self.missing = self._receive().get("missing", "")

    def work(self, payload: bytes) -> None:
        """One document there, its result back and decoded. Raises CannotRead where the program ends over it; another
        has been started then."""
        try:
            self.sink.write(LENGTH.pack(len(payload)) + payload)
            self.sink.flush()
            self._receive()
        except (struct.error, BrokenPipeError) as error:
            ended = self.process.wait()
            self.close()
            self._start()
            raise CannotRead(f"the process ended with {ended}") from error

    def close(self) -> None:
        """Ends the process."""
        with suppress(BrokenPipeError):
            self.sink.close()
        self.process.wait()
        self.source.close()

    def _receive(self) -> dict[str, str]:
        (length,) = LENGTH.unpack(self.source.read(LENGTH.size))
        answer: dict[str, str] = json.loads(self.source.read(length))
        return answer


def cpu_of_children() -> float:
    """CPU seconds of all ended children of this process and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def cpu_of_catdoc(path: Path) -> float | None:
    """CPU seconds of one run, start included; None where it is not installed."""
    program = shutil.which("catdoc")
    if program is None:
        return None
    before = cpu_of_children()
    subprocess.run([program, "-d", "utf-8", str(path)], stdout=subprocess.DEVNULL, check=True)
    return cpu_of_children() - before


def cpu_of_libreoffice(paths: Sequence[Path]) -> float | None:
    """CPU seconds a further document costs in a LibreOffice that is running: all of them less the first alone, ÷ rest.

    None where it is not installed. Its start, which a listening server pays once, is so left out.
    """
    program = shutil.which("soffice")
    if program is None or len(paths) < 2:
        return None
    with tempfile.TemporaryDirectory() as folder:
        nothing = subprocess.DEVNULL
        settings = f"-env:UserInstallation=file://{folder}/settings"
        command = [program, settings, "--headless", "--convert-to", "docx", "--outdir", folder]
        spent = []
        for some in (paths[:1], paths[:1], paths):  # the first run makes the settings and is not counted
            before = cpu_of_children()
            subprocess.run([*command, *map(str, some)], stdout=nothing, stderr=nothing, check=True)
            spent.append(cpu_of_children() - before)
    return (spent[2] - spent[1]) / (len(paths) - 1)


def cpu_of(pid: int) -> float:
    """CPU seconds that a running process and its ended children have used (Linux: proc(5), fields 14 to 17)."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def run_time_of(pid: int) -> float:
    """CPU seconds of a running process's first thread, to the nanosecond (Linux: schedstat, first field)."""
    return int(Path(f"/proc/{pid}/schedstat").read_text("ascii").split()[0]) / 1e9
