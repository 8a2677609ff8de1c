"""What one connection received for one request: the exact bytes, and the Exchange they make."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from archive.warc.codings import BadCoding, TooMuch, undo_codings

HEAD_LIMIT = 128 * 1024
"""Bytes of status line and headers that are accepted; servers in use send fewer than 16 KiB."""

GZIP = b"\x1f\x8b\x08"
"""How gzip begins (RFC 1952, 2.3.1), with the one method that there is."""

_UNDER_WAY = 16  # answers, whose fields are asked for five times each
_END_OF_BLOCK = re.compile(rb"\n\r?\n")
_HIDDEN = re.compile(rb"^(content-length|transfer-encoding)[ \t\0]+:", re.I | re.M)
_STATUS = re.compile(rb"[A-Za-z]+/\d+\.\d+ (\d{3})(?![^ \r\n])")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request answered or failed.

    ``failure`` is the outcome's name if the answer is not whole, else "". ``header`` is every byte before the
    body, interim (1xx) answers included; ``wire`` the body with its codings; ``payload`` the body without.
    ``request`` is every byte that was sent, TLS apart. ``certificate`` is what is wrong with the server's, "" for
    nothing and where there is none.
    """

    failure: str = ""
    status: int | None = None
    header: bytes = b""
    wire: bytes = b""
    payload: bytes = b""
    peer: str = ""
    says: str = ""
    request: bytes = b""
    certificate: str = ""

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
    return list(_fields_of(header))


@lru_cache(maxsize=_UNDER_WAY)
def _fields_of(header: bytes) -> tuple[tuple[bytes, bytes], ...]:
    blocks = [block for block in _END_OF_BLOCK.split(header) if block.strip()]
    fields: list[tuple[bytes, bytes]] = []
    for line in blocks[-1].split(b"\n")[1:] if blocks else []:
        line = line.rstrip(b"\r")
        if line[:1] in (b" ", b"\t") and fields:  # obsolete line folding, RFC 9112, 5.2
            fields[-1] = (fields[-1][0], fields[-1][1] + b" " + line.strip())
        elif b":" in line:
            name, _, value = line.partition(b":")
            # RFC 9110, 5.5: a NUL in a value is read as a space, or the answer refused.
            fields.append((name.strip().lower(), value.replace(b"\0", b" ").strip()))
    return tuple(fields)


def framing_of(header: bytes) -> tuple[str, str]:
    """Header bytes of a whole answer → (why its length cannot be known, what is odd about it), each "" for nothing.

    What the parser lets pass and RFC 9112 does not: 5.1 (a space before the colon hides a field from the parser), 6.1
    and 6.3 (several transfer codings; one beside a length, where the coding counts, or of HTTP/1.0).
    """
    block = [block for block in _END_OF_BLOCK.split(header) if block.strip()][-1:] or [b""]
    if hidden := _HIDDEN.search(block[0]):
        return f"a space before the colon of {hidden.group(1).decode('ascii')}", ""
    coded = [value for name, value in fields_of(header) if name == b"transfer-encoding"]
    if len(coded) > 1:
        return f"{len(coded)} fields Transfer-Encoding", ""
    if not coded:
        return "", ""
    lengths = [value.decode("latin-1") for name, value in fields_of(header) if name == b"content-length"]
    odd = [f"Content-Length {lengths[-1][:40]} beside Transfer-Encoding"] if lengths else []
    odd += ["Transfer-Encoding in HTTP/1.0"] if block[0].lstrip().startswith(b"HTTP/1.0") else []
    return "", "; ".join(odd)


@dataclass(slots=True)
class Tape:
    """Grows while bytes arrive; ``limit`` is the longest body, in bytes, that is kept.

    ``entity`` is the body without its transfer coding, where it has one; ``lost`` is why the connection ended, if it
    did; ``problems`` are those of the server's certificate.
    """

    limit: int
    peer: str = ""
    reused: bool = False
    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)
    entity: bytearray = field(default_factory=bytearray)
    head_ends: int | None = None
    surplus: int = 0
    over: str = ""
    lost: BaseException | None = None
    problems: list[str] = field(default_factory=list)
    coded: bool = False

    def record(self, arrived: bytes) -> bool:
        """Keeps what arrived; False when a limit is passed and the connection should be dropped."""
        self.received += arrived
        if self.head_ends is None:
            self.head_ends = _head_ends(self.received)
            if self.head_ends is not None:
                self.coded = any(name == b"transfer-encoding" for name, _ in fields_of(self._header()))
        if min(len(self.received), self.head_ends or math.inf) > HEAD_LIMIT:
            self.over, self.head_ends = f"more than {HEAD_LIMIT} bytes of headers", None
        elif self.head_ends is not None and len(self.received) - self.head_ends > self.limit:
            self.over = f"more than {self.limit} bytes"
            del self.received[self.head_ends :]
        return not self.over

    def take(self, decoded: bytes) -> None:
        """Keeps a piece of the body without its transfer coding."""
        if self.coded:
            self.entity += decoded

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

    def _header(self) -> bytes:
        return bytes(memoryview(self.received)[: self.head_ends])

    def exchange(self, failure: str, says: str) -> Exchange:
        """Everything received → Exchange; content codings are undone, a failure to do so is ``bad_encoding``."""
        header = self._header()
        certificate = f"certificate: {', '.join(self.problems)}" if self.problems else ""
        bare = Exchange("", self.status(), header, peer=self.peer, request=bytes(self.sent), certificate=certificate)
        remarks = [says] if says else []
        if self.surplus:
            remarks.append(f"{self.surplus} bytes came after the end of the answer")
        if self.over:
            failure = "bad_http" if self.head_ends is None else "too_large"
            return replace(bare, failure=failure, says="; ".join([self.over, *remarks]))
        wire = b"" if self.head_ends is None else bytes(memoryview(self.received)[self.head_ends :])
        payload = bytes(self.entity) if self.coded else wire
        faulty, odd = framing_of(header)
        remarks += [remark for remark in (faulty, odd) if remark]
        failure = failure or ("bad_http" if faulty else "")
        codings = tuple(coding.strip().lower() for coding in ",".join(bare.values("content-encoding")).split(","))
        try:
            payload, remark = undo_codings(payload, codings, self.limit)
            remarks += [remark] if remark else []
            remarks += ["is gzip, unlabelled"] if payload.startswith(GZIP) else []
        except BadCoding as error:
            failure = failure or "bad_encoding"
            remarks.append(str(error))
        except TooMuch as error:
            failure, payload = failure or "too_large", b""
            remarks.append(str(error))
        return replace(bare, failure=failure, wire=wire, payload=payload, says="; ".join(remarks))


def _head_ends(received: bytearray) -> int | None:
    """Where the body begins: after the first empty line that ends a final (not 1xx) answer's header block."""
    start = 0
    while matched := _END_OF_BLOCK.search(received, start):
        status = _STATUS.match(bytes(received[start : start + 64].split(b"\n", 1)[0]))
        start = matched.end()
        if status is None or not 100 <= int(status.group(1)) < 200:
            return start
    return None
