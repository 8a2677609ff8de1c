"""Connections of readers: how long one may take to ask and to take its answer, and how many there may be."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

ASKING_SECONDS = 10.0
"""For a request as a whole, its form included: a drip holds a connection, and connections are what runs out."""
TAKING_SECONDS = 20.0
"""Without a byte taken of what waits to be sent."""
MOST_CONNECTIONS = 400
"""At once; a process has 1,024 descriptors as a rule. One more takes the place of the one that has idled longest."""


class Listener(H11Protocol):
    """uvicorn's HTTP/1.1 of one connection, with an end to everybody's patience. uvicorn itself waits for ever."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """asyncio."""
        super().connection_made(transport)
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._since = self.loop.time()
        self._wait("asking", ASKING_SECONDS)
        if len(self.connections) > MOST_CONNECTIONS:
            others = [cast(Listener, one) for one in self.connections if one is not self]
            idle = [one for one in others if not one.is_answered]
            longest = min(idle, key=lambda one: one._since, default=self)
            self.connections.discard(longest)
            longest.transport.abort()

    @property
    def is_answered(self) -> bool:
        """Whether a whole request is being answered just now."""
        return self.cycle is not None and not self.cycle.more_body and not self.cycle.response_complete

    def data_received(self, data: bytes) -> None:
        """asyncio."""
        super().data_received(data)
        if self.conn.their_state in (h11.IDLE, h11.SEND_BODY):
            self._wait("asking", ASKING_SECONDS)
        else:
            self._wait_no_more("asking")

    def send_400_response(self, msg: str) -> None:
        """uvicorn: what comes is no HTTP. Whatever page is being made has nobody left to be sent to."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            if self.cycle.response_started:
                self.transport.abort()
                return
        super().send_400_response(msg)

    def on_response_complete(self) -> None:
        """uvicorn: from now on it waits for the next request by its own, shorter, clock."""
        self._since = self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """asyncio: what waits to be sent has grown too long."""
        super().pause_writing()
        self._wait("taking", TAKING_SECONDS)

    def resume_writing(self) -> None:
        """asyncio: it was taken."""
        super().resume_writing()
        self._wait_no_more("taking")

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio."""
        for what in list(self._timers):
            self._wait_no_more(what)
        super().connection_lost(exc)

    def _wait(self, what: str, seconds: float) -> None:
        if what not in self._timers and not self.transport.is_closing():
            self._timers[what] = self.loop.call_later(seconds, self._give_up)

    def _wait_no_more(self, what: str) -> None:
        timer: Any = self._timers.pop(what, None)
        if timer is not None:
            timer.cancel()

    def _give_up(self) -> None:
        """Resets the connection: closed in peace, the system would offer what was not taken for minutes more."""
        reset = struct.pack("ii", 1, 0)  # socket(7), SO_LINGER: on, no second
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        self.transport.abort()
