"""Word's list tables ([MS-DOC] 2.9.131 PlfLst, 2.9.133 PlfLfo) → the same Numbering as a DOCX has."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from parsers.text import joined
from parsers.word.fib import NotUnderstood
from parsers.word.formats_by_number import number_format
from parsers.word.numbers import Level, Numbering

_LIST, _OVERRIDE, _LEVEL, _LEVEL_OVERRIDE = 28, 16, 28, 8  # bytes of LSTF, LFO, LVLF, LFOLVL
_LEVELS = 9
_GAPS = (" ", " ", "")  # ixchFollow: tab, space, nothing


@dataclass(slots=True)
class _Cursor:
    """A place in bytes that moves on as they are read; ``struct.error`` past their end."""

    content: bytes
    at: int

    def take(self, form: str) -> tuple[int, ...]:
        found = struct.unpack_from(form, self.content, self.at)
        self.at += struct.calcsize(form)
        return found


def read_lists(table: bytes, lists: tuple[int, int], overrides: tuple[int, int]) -> Numbering:
    """The table stream and where PlfLst and PlfLfo lie in it (offset, bytes) → Numbering, nothing counted yet.

    A paragraph's list is the number of the override, from 1. Raises NotUnderstood where a table is cut off.
    """
    numbering = Numbering()
    if lists[1] == 0 or overrides[1] == 0:
        return numbering
    try:
        _read_levels(table, lists, numbering)
        _read_overrides(table, overrides, numbering)
    except struct.error as error:
        raise NotUnderstood(f"the tables of lists are cut off: {error}") from error
    return numbering


def _read_levels(table: bytes, place: tuple[int, int], numbering: Numbering) -> None:
    """PlfLst: what lists there are; their levels lie behind it, out of what its size counts."""
    (count,) = struct.unpack_from("<H", table, place[0])
    cursor = _Cursor(table, place[0] + 2 + count * _LIST)
    for number in range(count):
        at = place[0] + 2 + number * _LIST
        (identity,) = struct.unpack_from("<I", table, at)
        (flags,) = struct.unpack_from("<B", table, at + 26)
        levels = 1 if flags & 1 else _LEVELS
        numbering.levels[str(identity)] = {level: _read_level(cursor) for level in range(levels)}


def _read_overrides(table: bytes, place: tuple[int, int], numbering: Numbering) -> None:
    """PlfLfo: what a paragraph names; each points to a list and may begin or print levels its own way."""
    (count,) = struct.unpack_from("<I", table, place[0])
    cursor = _Cursor(table, place[0] + 4 + count * _OVERRIDE)
    if cursor.at > len(table):
        raise NotUnderstood(f"{count} lists are more than there is room for")
    for number in range(count):
        identity, levels = struct.unpack_from("<I8xB", table, place[0] + 4 + number * _OVERRIDE)
        restarts: dict[int, int] = {}
        own: dict[int, Level] = {}
        cursor.take("<I")
        for _ in range(levels):
            start, flags = cursor.take("<iI")
            level = flags & 0xF
            if flags & 0x20:
                own[level] = _read_level(cursor)
                start = own[level].start
            if flags & 0x10:
                restarts[level] = start
        numbering.lists[str(number + 1)] = (str(identity), restarts)
        if own:
            numbering.own_levels[str(number + 1)] = own


def _read_level(cursor: _Cursor) -> Level:
    """2.9.150 LVL: its head, modifiers of the paragraph and of the number, then its text with places in it."""
    start, kind, flags, *places = cursor.take("<iBB9B")
    follow, character_size, paragraph_size = cursor.take("<B8xBB2x")
    cursor.at += paragraph_size + character_size
    (count,) = cursor.take("<H")
    units = cursor.take(f"<{count}H")
    stated = set(places)
    text = "".join(f"%{unit + 1}" if at in stated and unit < _LEVELS else chr(unit) for at, unit in enumerate(units, 1))
    gap = _GAPS[follow] if follow < len(_GAPS) else ""
    return Level(start, number_format(kind), joined(text), gap, bool(flags & 4))
