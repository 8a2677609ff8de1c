"""Readers without end: who says nothing, who drips, who takes nothing of what is sent; and honest ones among them."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Thread

from archive.web.listening import ASKING_SECONDS, TAKING_SECONDS
from tests.batteries.figures import Row, row_of
from tests.batteries.web_served import LIMIT, Served
from tests.batteries.web_shapes import get

_HEAD = b"GET /search?q=%E5%B1%80 HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Drip: "
_FORM = (
    b"POST /batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 900000\r\n\r\nlines="
)
_PAUSE = 0.5  # seconds between two drips


@dataclass
class _Drip:
    name: str
    connection: socket.socket
    piece: bytes
    since: float
    lasted: float | None = None


class Slow:
    """``with Slow(site, count, digest)``: so many connections of four kinds, until they are closed or it is left.

    ``digest``: bytes that are kept there, longer than what a connection holds on its way. An honest reader asks all the
    while, and must be answered.
    """

    def __init__(self, site: Served, count: int, digest: str) -> None:
        self._site, self._count, self._digest = site, count, digest
        self._drips: list[_Drip] = []
        self._over = Event()
        self._honest: list[tuple[str, str]] = []
        self._worst = 0.0

    def __enter__(self) -> Slow:
        kinds = (("nothing", b"", b""), ("drips its head", _HEAD, b"x"), ("drips its form", _FORM, b"a"),
                 ("takes nothing", get(f"/original/{self._digest}/raw".encode()), b""))  # fmt: skip
        for at in range(self._count):
            name, begins, piece = kinds[at % len(kinds)]
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.settimeout(LIMIT)
            connection.connect(("127.0.0.1", self._site.port))
            with suppress(ConnectionResetError, BrokenPipeError):
                connection.sendall(begins)
            connection.setblocking(False)
            self._drips.append(_Drip(f"{name} {at}", connection, piece, time.monotonic()))
        self._threads = [Thread(target=self._go_on), Thread(target=self._ask_honestly)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        for one in self._drips:
            one.connection.close()

    def rows(self) -> list[Row]:
        """Waits until every one is closed by the other side, or has outlived its time by far."""
        while any(one.lasted is None and time.monotonic() - one.since < _PATIENCE for one in self._drips):
            time.sleep(_PAUSE)
        ends = [(one.name, "" if one.lasted is not None else f"open after {_PATIENCE:.0f} s") for one in self._drips]
        worst = max((one.lasted or _PATIENCE for one in self._drips), default=0.0)
        return [
            row_of("connections that drip or take nothing", ends, worst, self._site.peak()),
            row_of("honest readers among them", list(self._honest), self._worst),
        ]

    def _go_on(self) -> None:
        while not self._over.wait(_PAUSE):
            for one in self._drips:
                if one.lasted is None and _is_closed(one):
                    one.lasted = time.monotonic() - one.since

    def _ask_honestly(self) -> None:
        while not self._over.wait(_PAUSE):
            heard = self._site.ask(get(b"/search.json?q=%E5%B1%80"))
            statuses = [status for status, _, _ in heard.answers()]
            says = "" if statuses in ([200], [503]) else f"answers {statuses}, {heard.ended}"
            self._honest.append((f"after {len(self._honest)} others", says))
            self._worst = max(self._worst, heard.seconds)


_PATIENCE = 3 * (ASKING_SECONDS + TAKING_SECONDS)


def _is_closed(one: _Drip) -> bool:
    """Drips once more; who takes nothing only looks at the state of the connection."""
    if not one.piece:
        # TCP_INFO begins with the state (Linux, tcp.h): 1 is established.
        state = one.connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
        return state != 1
    try:
        one.connection.send(one.piece)
        return one.connection.recv(65536) == b""
    except BlockingIOError:
        return False
    except (ConnectionResetError, BrokenPipeError):
        return True
