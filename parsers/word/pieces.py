"""Word's piece table ([MS-DOC] 2.9.38, 2.8.35) → the text, and where in the file each character lies."""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from parsers.errors import Unreadable
from parsers.word.fib import NotUnderstood

_COMPRESSED = 0x40000000  # FcCompressed: one byte a character, at half the offset
_OFFSET = 0x3FFFFFFF
_MODIFIERS, _PIECES = 1, 2  # clxt
_DESCRIPTOR = 8  # Pcd
# [MS-DOC] 2.9.73: bytes stand for their own code but for those where Windows-1252 has a sign of its own.
_BYTES = {code: sign for code in range(0x80, 0xA0) if (sign := bytes([code]).decode("cp1252", "replace")) != "\ufffd"}
# Single modifiers ([MS-DOC] 2.9.185, Prm0) that matter here, by their number there.
_SHORT = {
    0x0C: 0x260A, 0x18: 0x2416, 0x19: 0x2417, 0x41: 0x0800, 0x57: 0x0837, 0x5C: 0x083C, 0x68: 0x2A48, 0x73: 0x2A53,
    0x75: 0x0855, 0x78: 0x2640,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters ``start`` to ``end`` (not included) lie at ``offset`` in the main stream, ``width`` bytes each.

    ``modifiers`` change their paragraphs and characters beyond what is stated there (a document saved quickly).
    """

    start: int
    end: int
    offset: int
    width: int
    modifiers: bytes

    def offset_of(self, at: int) -> int:
        return self.offset + (at - self.start) * self.width


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a document, one ``str`` item a UTF-16 unit; ``starts`` are those of the pieces."""

    units: str
    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]

    def piece_at(self, at: int) -> Piece:
        return self.pieces[bisect_right(self.starts, at) - 1]


def read_text(main: bytes, clx: bytes, length: int) -> Text:
    """Stream and Clx → the first ``length`` units of text. Raises Unreadable where pieces hold fewer, or too many."""
    pieces = _read_pieces(clx)
    if not pieces or pieces[-1].end < length:
        raise Unreadable(f"expected pieces for {length} characters, found {pieces[-1].end if pieces else 0}")
    if pieces[-1].end > len(main):
        raise Unreadable(f"expected at most {len(main)} characters in as many bytes, found {pieces[-1].end}")
    units = "".join(_decode(main, piece) for piece in pieces)[:length]
    return Text(units, pieces, tuple(piece.start for piece in pieces))


def _decode(main: bytes, piece: Piece) -> str:
    count = piece.end - piece.start
    content = main[piece.offset : piece.offset + count * piece.width]
    if len(content) < count * piece.width:
        raise Unreadable(
            f"expected {count} characters at {piece.offset} of the main stream, which has {len(main)} bytes"
        )
    if piece.width == 1:
        return content.decode("latin-1").translate(_BYTES)
    text = content.decode("utf-16-le", "surrogatepass")
    if len(text) == count:
        return text
    return "".join(chr(unit) for unit in struct.unpack(f"<{count}H", content))


def _read_pieces(clx: bytes) -> tuple[Piece, ...]:
    at, groups = 0, list[bytes]()
    while at + 3 <= len(clx) and clx[at] == _MODIFIERS:
        (size,) = struct.unpack_from("<H", clx, at + 1)
        groups.append(clx[at + 3 : at + 3 + size])
        at += 3 + size
    if at + 5 > len(clx) or clx[at] != _PIECES:
        raise Unreadable("expected a table of pieces, found none")
    (size,) = struct.unpack_from("<I", clx, at + 1)
    count = (size - 4) // (4 + _DESCRIPTOR)
    if at + 5 + size > len(clx) or count < 1:
        raise Unreadable(f"expected {size} bytes of a table of pieces, found {len(clx) - at - 5}")
    ends = struct.unpack_from(f"<{count + 1}I", clx, at + 5)
    described = struct.iter_unpack("<HIH", clx[at + 5 + 4 * (count + 1) : at + 5 + (4 + _DESCRIPTOR) * count + 4])
    if ends[0] != 0 or any(one >= other for one, other in pairwise(ends)):
        raise Unreadable("expected pieces one behind the other, found others")
    return tuple(
        Piece(
            start,
            end,
            (stated & _OFFSET) // 2 if stated & _COMPRESSED else stated & _OFFSET,
            1 if stated & _COMPRESSED else 2,
            _modifiers(prm, groups),
        )
        for (start, end), (_, stated, prm) in zip(pairwise(ends), described, strict=True)
    )


def _modifiers(prm: int, groups: list[bytes]) -> bytes:
    """Prm ([MS-DOC] 2.9.184): a group's number where its last bit is set, else one modifier and its value."""
    if prm & 1:
        if prm >> 1 >= len(groups):
            raise NotUnderstood(f"a piece names group {prm >> 1} of {len(groups)} groups of modifiers")
        return groups[prm >> 1]
    number, value = (prm >> 1) & 0x7F, prm >> 8
    return struct.pack("<HB", _SHORT[number], value) if number in _SHORT else b""
