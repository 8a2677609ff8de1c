"""What a document would reach if a reader opened what it names: a loopback server, a planted file, a macro's file."""

from __future__ import annotations

import ctypes
import os
import secrets
import socket
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

_OPENED = 0x20 | 0x1  # inotify(7): IN_OPEN, IN_ACCESS


class Traps:
    """A server that only listens, and a file whose opening is told by the kernel. ``sprung`` says what was asked."""

    def __init__(self, folder: Path) -> None:
        self.secret = f"planted{secrets.token_hex(8)}"
        self.planted = folder / "planted.txt"
        self.planted.write_text(self.secret, "ascii")
        self.written = folder / "written-by-a-macro.txt"
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._events = self._libc.inotify_init1(os.O_NONBLOCK)
        if self._events < 0 or self._libc.inotify_add_watch(self._events, bytes(self.planted), _OPENED) < 0:
            raise OSError(ctypes.get_errno(), "inotify")
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._asked: list[str] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join()
        os.close(self._events)

    def sprung(self) -> str:
        """What happened since the last look, "" for nothing."""
        said = [f"asked the server: {line}" for line in self._asked]
        self._asked.clear()
        with suppress(BlockingIOError):  # no event: it was not opened
            said += ["opened the planted file"] * bool(os.read(self._events, 65536))
        if self.written.exists():
            self.written.unlink()
            said.append("a macro wrote a file")
        return "; ".join(said)

    def _listen(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return  # closed
            with line:
                line.settimeout(1)
                try:
                    self._asked.append(line.recv(200).partition(b"\r\n")[0].decode("latin-1"))
                except TimeoutError:
                    self._asked.append("a connection")
