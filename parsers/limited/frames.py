"""Frames of JSON, each after its length: what a child answers, and how long its parent waits for one."""

from __future__ import annotations

import json
import os
import select
import struct
import subprocess
import time
from typing import IO

from parsers.errors import Crashed, TimedOut
from parsers.limited.pipes import descriptor_of

_ANSWER = struct.Struct(">I")  # length of the JSON that follows
_LARGEST_ANSWER = 128 * 2**20
_CHUNK = 2**16  # glibc takes a block of more than 128 KB anew from the system, and gives it back, for each read
_JSON = json.JSONEncoder(ensure_ascii=False, check_circular=False)


class Frames:
    """The pipes of a child, read and written without waiting beyond ``deadline`` (monotonic seconds)."""

    def __init__(self, running: subprocess.Popen[bytes], deadline: float) -> None:
        self.sink, self.source = descriptor_of(running.stdin), descriptor_of(running.stdout)
        self.deadline = deadline
        self.come = bytearray()

    def send(self, *parts: bytes) -> None:
        left = [memoryview(part) for part in parts if part]
        while left:
            try:
                sent = os.writev(self.sink, left)
            except BlockingIOError:
                self._wait(self.sink, select.POLLOUT)
                continue
            while left and sent >= len(left[0]):
                sent -= len(left.pop(0))
            if sent:
                left[0] = left[0][sent:]

    def receive(self) -> dict[str, object]:
        """One frame; EOFError where the child has ended, Crashed for a frame that is none."""
        (length,) = _ANSWER.unpack(self._exactly(_ANSWER.size))
        if length > _LARGEST_ANSWER:
            raise Crashed(f"expected an answer of at most {_LARGEST_ANSWER} bytes, found {length}")
        try:
            answer = json.loads(self._exactly(length))
        except (ValueError, RecursionError) as error:
            raise Crashed(f"expected an answer in JSON: {error}") from error
        if not isinstance(answer, dict):
            raise Crashed(f"expected an object for an answer, found {type(answer).__name__}")
        return answer

    def _exactly(self, size: int) -> bytes:
        if not self.come:
            self._wait(self.source, select.POLLIN)  # most often there is nothing yet, and an error takes longer
        while len(self.come) < size:
            try:
                piece = os.read(self.source, _CHUNK)
            except BlockingIOError:
                self._wait(self.source, select.POLLIN)
                continue
            if not piece:
                raise EOFError
            self.come += piece
        found = bytes(self.come[:size])
        del self.come[:size]
        return found

    def _wait(self, descriptor: int, event: int) -> None:
        ready = select.poll()
        ready.register(descriptor, event)
        if not ready.poll(max(0.0, self.deadline - time.monotonic()) * 1000):
            raise TimedOut("reading took longer than its limit on the wall clock")


def as_json(said: object) -> bytes:
    """What JSON can say → its UTF-8; what UTF-8 cannot say is a question mark."""
    return _JSON.encode(said).encode("utf-8", "replace")


def put_frame(sink: IO[bytes], answer: dict[str, object]) -> None:
    """Sends one frame."""
    content = as_json(answer)
    sink.write(_ANSWER.pack(len(content)) + content)
    sink.flush()
