"""The head of Word's main stream ([MS-DOC] 2.5) → the lengths of its texts, and what lies where."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from parsers.errors import Encrypted, Unreadable

_BASE = 32  # FibBase
_MARK = 0xA5EC
_WORD_97 = 0x00C1  # nFib of Word 97 and of all that came after; later releases say more in nFibNew
_ENCRYPTED, _IN_1TABLE = 0x0100, 0x0200  # fEncrypted, fWhichTblStm
_LENGTHS = 11  # of FibRgLw97: cbMac, two reserved, then ccpText, ccpFtn, ccpHdd, reserved, ccpAtn, ccpEdn, ccpTxbx …


class NotUnderstood(Exception):
    """A structure that this reader does not read, or two that contradict each other; LibreOffice may read it."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


@dataclass(frozen=True, slots=True)
class Fib:
    """``text`` and ``boxes`` are lengths in UTF-16 units; ``before_boxes`` is where the text of the boxes starts.

    ``places`` holds (offset, bytes) in the table stream for each structure, numbered as in FibRgFcLcb97.
    """

    table_stream: str
    text: int
    before_boxes: int
    boxes: int
    places: tuple[tuple[int, int], ...]

    def place(self, number: int) -> tuple[int, int]:
        """Where one structure lies: offset and bytes; no bytes where the document has none."""
        return self.places[number] if number < len(self.places) else (0, 0)

    def part(self, table: bytes, number: int) -> bytes:
        """One structure of the table stream; empty where the document has none. Raises Unreadable where it is cut."""
        start, size = self.place(number)
        if start + size > len(table):
            raise Unreadable(
                f"expected {size} bytes at {start} of the stream {self.table_stream}, which has {len(table)}"
            )
        return table[start : start + size]


# Numbers of FibRgFcLcb97 ([MS-DOC] 2.5.6).
STYLES, SECTIONS, CHARACTER_PAGES, PARAGRAPH_PAGES = 1, 6, 12, 13
PIECES, SHAPES, BOX_TEXTS, LISTS, LIST_OVERRIDES = 33, 40, 56, 73, 74


def read_fib(main: bytes) -> Fib:
    """The stream WordDocument → Fib.

    Raises Encrypted, Unreadable (cut off, or not Word's), NotUnderstood (of Word 6, 95 and before).
    """
    if len(main) < _BASE:
        raise Unreadable("expected a stream WordDocument with a header, found none: the file is cut off")
    mark, release = struct.unpack_from("<HH", main)
    (flags,) = struct.unpack_from("<H", main, 10)
    if flags & _ENCRYPTED:
        raise Encrypted("expected a plain Word document, found one behind a password")
    if mark != _MARK or release < _WORD_97:
        raise NotUnderstood(f"the header is not that of Word 97 or later (mark {mark:#x}, release {release:#x})")
    try:
        (words,) = struct.unpack_from("<H", main, _BASE)
        at = _BASE + 2 + words * 2
        (longs,) = struct.unpack_from("<H", main, at)
        lengths = struct.unpack_from(f"<{_LENGTHS}i", main, at + 2)
        at += 2 + longs * 4
        (pairs,) = struct.unpack_from("<H", main, at)
        numbers = struct.unpack_from(f"<{2 * pairs}I", main, at + 2)
    except struct.error as error:
        raise Unreadable(f"expected the whole header of a Word document, found it cut off: {error}") from error
    text, notes, headers, macros, comments, end_notes, boxes = lengths[3:10]
    if min(text, notes, headers, macros, comments, end_notes, boxes) < 0 or longs < _LENGTHS:
        raise Unreadable(f"expected lengths of texts, found {lengths[3:10]}")
    return Fib(
        "1Table" if flags & _IN_1TABLE else "0Table",
        text,
        text + notes + headers + macros + comments + end_notes,
        boxes,
        tuple(zip(numbers[::2], numbers[1::2], strict=True)),
    )
