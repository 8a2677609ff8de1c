"""``nianbao serve`` as a process of its own, asked over bare sockets, its memory looked at."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from tests.web.serving import NOW

_ROOT = Path(__file__).parents[2]
LIMIT = 30.0
"""Seconds in which every question is answered, or its connection closed; on a quiet machine it is one."""


class Served:
    """``with Served(folder, "--datasette") as site``: listens on a free loopback port until the end.

    ``entry`` is the module that is run as the program.
    """

    def __init__(
        self, folder: Path, *options: str, environment: dict[str, str] | None = None, entry: str = "nianbao"
    ) -> None:
        self._command = [sys.executable, "-m", entry, "--archive", str(folder), "serve", "--port", "0", *options]
        self._environment = {**os.environ, "NIANBAO_NOW": NOW, **(environment or {})}
        self.port, self.said = 0, ""

    def __enter__(self) -> Served:
        self._output = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=self._output, text=True, cwd=_ROOT, env=self._environment
        )
        assert self.process.stdout is not None
        self.first = self.process.stdout.readline()
        if " – the pages of" not in self.first:
            self.__exit__()
            raise AssertionError(f"expected the address that is served, found {self.first!r}{self.said}")
        self.port = self._listening_port()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        rest, _ = self.process.communicate(timeout=30)
        self._output.seek(0)
        self.said = rest + self._output.read()
        self._output.close()

    def _listening_port(self) -> int:
        """Of the process, whatever address it prints (--public-url)."""
        pid = self.process.pid
        inodes = set()
        for one in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):
                inodes.add(str(one.readlink()))
        for table in ("tcp", "tcp6"):
            for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                    self.address = fields[1].rpartition(":")[0]
                    return int(fields[1].rpartition(":")[2], 16)
        raise AssertionError("expected a listening socket, found none")

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def peak(self) -> float:
        """The most memory that was resident so far, in MB."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("VmHWM"))

    def connect(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=LIMIT)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def ask(self, *pieces: bytes) -> Heard:
        """Bytes as they are → all that comes back until the other side closes; ours stays open."""
        began = monotonic()
        got, ended = bytearray(), "closed"
        with self.connect() as connection:
            try:
                for piece in pieces:
                    connection.sendall(piece)
                while piece := connection.recv(65536):
                    got += piece
            except TimeoutError:
                ended = "hangs"
            except (ConnectionResetError, BrokenPipeError):  # a refusal too
                ended = "reset"
        return Heard(bytes(got), ended, monotonic() - began)


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back on one connection; ``ended``: closed, reset, hangs."""

    raw: bytes
    ended: str
    seconds: float

    def answers(self) -> list[tuple[int, dict[str, str], bytes]]:
        """Status, fields and body of each answer, interim ones left out. Raises ValueError for what is no HTTP."""
        found, rest = [], self.raw
        while rest:
            head, _, rest = rest.partition(b"\r\n\r\n")
            first, *lines = head.split(b"\r\n")
            if not first.startswith(b"HTTP/1.1 "):
                raise ValueError(f"no HTTP: {first[:60]!r}")
            status = int(first.split(b" ")[1])
            fields = dict(_field(line) for line in lines)
            if status < 200:
                continue
            body, rest = _body(fields, rest, status)
            found.append((status, fields, body))
        return found


def _field(line: bytes) -> tuple[str, str]:
    name, _, value = line.partition(b":")
    return name.decode("latin-1").lower(), value.decode("latin-1").strip()


def _body(fields: dict[str, str], rest: bytes, status: int) -> tuple[bytes, bytes]:
    if status in (204, 304):
        return b"", rest
    if "content-length" in fields:
        length = int(fields["content-length"])
        # To HEAD comes a length without a body.
        return (b"", rest) if rest.startswith(b"HTTP/1.1 ") else (rest[:length], rest[length:])
    body = b""
    while fields.get("transfer-encoding") == "chunked" and rest:
        size, _, rest = rest.partition(b"\r\n")
        count = int(size, 16)
        body, rest = body + rest[:count], rest[count + 2 :]
        if not count:
            return body, rest
    return body + rest, b""
