"""What one connection received for one request: the exact bytes, and the Exchange they make."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from archive.codings import BadCoding, TooMuch, undo_codings

HEAD_LIMIT = 128 * 1024
"""Bytes of status line and headers that are accepted; servers in use send fewer than 16 KiB."""

_END_OF_BLOCK = re.compile(rb"\n\r?\n")
_STATUS = re.compile(rb"[A-Za-z]+/\d+\.\d+ (\d{3})(?![^ \r\n])")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request answered or failed.

    ``failure`` is the outcome's name if the answer is not whole, else "". ``header`` is every byte before the
    body, interim (1xx) answers included; ``wire`` the body with its codings; ``payload`` the body without.
    ``request`` is every byte that was sent, TLS apart.
    """

    failure: str = ""
    status: int | None = None
    header: bytes = b""
    wire: bytes = b""
    payload: bytes = b""
    peer: str = ""
    says: str = ""
    request: bytes = b""

    def values(self, name: str) -> tuple[str, ...]:
        """Values of a header field of the final answer, in order; bytes that are not UTF-8 are read as GB18030."""
        wanted = name.lower().encode("ascii")
        return tuple(_text(value) for key, value in fields_of(self.header) if key == wanted)

    def value(self, name: str) -> str:
        """The last value of a header field, or ""."""
        return (self.values(name) or ("",))[-1]


def _text(value: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return value.decode(encoding)
        except UnicodeDecodeError:
            continue
    return value.decode("latin-1")


def fields_of(header: bytes) -> list[tuple[bytes, bytes]]:
    """Header bytes → (lower-case name, value) pairs of the final answer, folded lines joined by a space."""
    blocks = [block for block in _END_OF_BLOCK.split(header) if block.strip()]
    fields: list[tuple[bytes, bytes]] = []
    for line in blocks[-1].split(b"\n")[1:] if blocks else []:
        line = line.rstrip(b"\r")
        if line[:1] in (b" ", b"\t") and fields:  # obsolete line folding, RFC 9112, 5.2
            fields[-1] = (fields[-1][0], fields[-1][1] + b" " + line.strip())
        elif b":" in line:
            name, _, value = line.partition(b":")
            fields.append((name.strip().lower(), value.strip()))
    return fields


@dataclass(slots=True)
class Tape:
    """Grows while bytes arrive; ``limit`` is the longest body, in bytes, that is kept."""

    limit: int
    peer: str = ""
    reused: bool = False
    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)
    entity: bytearray = field(default_factory=bytearray)
    head_ends: int | None = None
    surplus: int = 0
    over: str = ""

    def record(self, arrived: bytes) -> bool:
        """Keeps what arrived; False when a limit is passed and the connection should be dropped."""
        self.received += arrived
        if self.head_ends is None:
            self.head_ends = _head_ends(self.received)
        if self.head_ends is None:
            if len(self.received) > HEAD_LIMIT:
                self.over = f"more than {HEAD_LIMIT} bytes of headers"
        elif len(self.received) - self.head_ends > self.limit:
            self.over = f"more than {self.limit} bytes"
        return not self.over

    def cut(self, surplus: int) -> None:
        """The answer ended ``surplus`` bytes before what was received."""
        if surplus:
            del self.received[-surplus:]
            self.surplus = surplus

    def status(self) -> int | None:
        """Status code of the final answer, or None if none was read."""
        ends = len(self.received) if self.head_ends is None else self.head_ends
        blocks = [block for block in _END_OF_BLOCK.split(bytes(self.received[:ends])) if block]
        found = _STATUS.match(blocks[-1]) if blocks else None
        return int(found.group(1)) if found else None

    def exchange(self, failure: str, says: str) -> Exchange:
        """Everything received → Exchange; content codings are undone, a failure to do so is ``bad_encoding``."""
        ends = len(self.received) if self.head_ends is None else self.head_ends
        header, wire, sent = bytes(self.received[:ends]), bytes(self.received[ends:]), bytes(self.sent)
        remarks = [says] if says else []
        if self.surplus:
            remarks.append(f"{self.surplus} bytes came after the end of the answer")
        if self.over:
            failure, wire = ("bad_http" if self.head_ends is None else "too_large"), b""
            says = "; ".join([self.over, *remarks])
            return Exchange(failure, self.status(), header, wire, b"", self.peer, says, sent)
        payload = bytes(self.entity)
        named = [value.decode("latin-1") for key, value in fields_of(header) if key == b"content-encoding"]
        codings = tuple(coding.strip().lower() for coding in ",".join(named).split(","))
        try:
            payload, remark = undo_codings(payload, codings, self.limit)
            remarks += [remark] if remark else []
        except BadCoding as error:
            failure = failure or "bad_encoding"
            remarks.append(str(error))
        except TooMuch as error:
            failure, payload = failure or "too_large", b""
            remarks.append(str(error))
        return Exchange(failure, self.status(), header, wire, payload, self.peer, "; ".join(remarks), sent)


def _head_ends(received: bytearray) -> int | None:
    """Where the body begins: after the first empty line that ends a final (not 1xx) answer's header block."""
    start = 0
    while matched := _END_OF_BLOCK.search(received, start):
        status = _STATUS.match(bytes(received[start : start + 64].split(b"\n", 1)[0]))
        start = matched.end()
        if status is None or not 100 <= int(status.group(1)) < 200:
            return start
    return None
