"""An HTTP message as it was sent → its head, its entity, its payload (RFC 9112; RFC 9110, 8.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.warc.codings import BadCoding, TooMuch, undo_codings
from parsers.limited.limits import LARGEST_PAYLOAD

LONGEST_HEAD = 128 * 1024
"""Bytes of status line and header fields that are looked through for the empty line that ends them."""

_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"[A-Za-z]+/\d(?:\.\d+)? (\d{3})(?![^ \r\n])")
# "1a3f", "1a3f;name=value" (RFC 9112, 7.1.1); servers pad the size with blanks: "1a3f  ".
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]{0,4096})?\r?\n")
_AFTER_CHUNK = re.compile(rb"\r?\n")
# How the files begin that reports are published in: such a body is no compressed one, whatever its label says.
_PLAIN = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,64}(?:<[!?a-zA-Z]|%PDF-|PK\x03\x04|\xd0\xcf\x11\xe0|\{\\rtf)")


@dataclass(frozen=True, slots=True)
class Body:
    """A body without its codings: ``entity`` without the transfer coding, ``payload`` without the content coding too.

    ``why`` says why there is no whole payload, "" where there is; ``remarks`` what was odd on the way.
    """

    entity: bytes
    payload: bytes
    why: str = ""
    remarks: tuple[str, ...] = ()


def split_message(block: bytes) -> tuple[bytes, bytes]:
    """A message → (head up to and with the empty line, body); interim answers belong to the head.

    A block without an empty line is all head.
    """
    start = 0
    while found := _END.search(block, start, start + LONGEST_HEAD):
        status = status_of(block[start : start + 64])
        start = found.end()
        if status is None or not 100 <= status < 200:
            return block[:start], block[start:]
    return block, b""


def split_interim(head: bytes) -> tuple[bytes, bytes]:
    """A head as received → (interim answers before it, the head of the final answer). RFC 9110, 15.2."""
    start = 0
    while (status := status_of(head[start:])) is not None and 100 <= status < 200:
        found = _END.search(head, start)
        if found is None:
            break
        start = found.end()
    return head[:start], head[start:]


def status_of(head: bytes) -> int | None:
    """The status code in the first line; None where that is no status line.

    >>> status_of(b"HTTP/1.1 200 OK"), status_of(b"<html>")
    (200, None)
    """
    found = _STATUS.match(head)
    return int(found[1]) if found is not None else None


def values_of(head: bytes, name: str) -> tuple[str, ...]:
    """A head (of one answer) and a field's name → the field's values, in order; folded lines are joined."""
    unfolded = re.sub(rb"\r?\n[ \t]+", b" ", head)
    wanted = name.lower().encode("ascii")
    pairs = (line.partition(b":") for line in unfolded.split(b"\n")[1:])
    return tuple(value.strip().decode("latin-1") for key, _, value in pairs if key.strip().lower() == wanted)


def codings_of(head: bytes, name: str) -> tuple[str, ...]:
    """The codings that a head names in Transfer-Encoding or Content-Encoding, in the order applied."""
    named = ",".join(values_of(head, name)).split(",")
    return tuple(coding for one in named if (coding := one.strip().lower()) not in ("", "identity"))


def read_body(head: bytes, wire: bytes) -> Body:
    """The head of an answer and its body as it was sent → the body without its codings.

    Whoever made the record may have undone a coding and left its label: a body that plainly does not have it is taken
    as it is, with a remark. A payload of more than the parsers' largest is none.
    """
    entity, remarks, why = wire, [], ""
    if "chunked" in codings_of(head, "transfer-encoding"):
        chunks, whole = undo_chunks(wire)
        if chunks is None:
            remarks.append("labelled chunked, is not")
        else:
            entity, why = chunks, "" if whole else "the chunked body ends early"
    codings = codings_of(head, "content-encoding")
    try:
        payload, remark = undo_codings(entity, codings, LARGEST_PAYLOAD)
    except TooMuch as error:
        return Body(entity, b"", str(error), tuple(remarks))
    except BadCoding as error:
        if not _PLAIN.match(entity):
            return Body(entity, b"", why or str(error), tuple(remarks))
        payload, remark = entity, f"labelled {', '.join(codings)}, is not"
    return Body(entity, payload, why, (*remarks, *([remark] if remark else [])))


def undo_chunks(body: bytes) -> tuple[bytes | None, bool]:
    """A body in chunks → (the entity, whether its last chunk is there); None for a body that does not begin with one.

    >>> undo_chunks(b"3\\r\\nabc\\r\\n0\\r\\n\\r\\n")
    (b'abc', True)
    """
    pieces: list[bytes] = []
    at = 0
    while True:
        size = _CHUNK.match(body, at)
        if size is None:
            return (b"".join(pieces), False) if pieces else (None, False)
        length = int(size[1], 16)
        if length == 0:
            return b"".join(pieces), True
        piece = body[size.end() : size.end() + length]
        pieces.append(piece)
        after = _AFTER_CHUNK.match(body, size.end() + length)
        if len(piece) < length or after is None:
            # A first "chunk" without the line end that must follow it was text that begins like a number.
            return (b"".join(pieces), False) if len(pieces) > 1 or len(piece) < length else (None, False)
        at = after.end()
