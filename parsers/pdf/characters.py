"""A page of pdfium → its printed characters, each with its box as a reader sees it."""

from __future__ import annotations

import ctypes
import math
from array import array
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from itertools import repeat
from operator import gt
from typing import Any

import pypdfium2.raw as pdfium

from parsers.pdf.calls import HANDLE, address_of, bare, direct
from parsers.pdf.geometry import Frame

INVISIBLE = 3
"""Text rendering mode of text that is there for searching only (ISO 32000-1, 9.3.6)."""

_PRINTS_NOTHING = frozenset((*range(3, 0x21), 0xA0, 0xAD, 0x3000, 0xFEFF, *range(0x200B, 0x2010)))
_SURROGATES = frozenset(range(0xD800, 0xE000))
_MEANT = {0: 0xFFFD, 1: 0xFFFD, 2: 0x2D}
"""pdfium gives 0 for a glyph that the font maps to no character, and 2 for a hyphen at the end of a line."""


Character = tuple[int, float, float, float, float]
"""Code, left, top, right, bottom: a printed character in points from the top left of the page as seen.

The box is of the em square and the advance width, not of the ink, so that neighbours on a line share their top and
bottom. White space is left out: the gaps between boxes say more than the codes do.
"""


_unicode = bare(pdfium.FPDFText_GetUnicode)
_has_no_meaning = bare(pdfium.FPDFText_HasUnicodeMapError)
_angle = bare(pdfium.FPDFText_GetCharAngle, gives=ctypes.c_float)
_text = bare(pdfium.FPDFText_GetText)
_loose_box = direct(pdfium.FPDFText_GetLooseCharBox, HANDLE, ctypes.c_int, HANDLE)


def read_codes(textpage: Any) -> list[int]:
    """The code of every character of a text page in content order, in UTF-16, as pdfium maps it.

    pdfium gives the text of a page in one call and leaves out of it what prints nothing or maps to nothing: where
    nothing is missing, the text has the codes; else each is asked for.
    """
    count = pdfium.FPDFText_CountChars(textpage)
    if count <= 0:
        return []
    handle = HANDLE(address_of(textpage))
    room = array("H", bytes(2 * count + 2))
    written = _text(handle, 0, count, HANDLE(room.buffer_info()[0])) - 1
    if written == count and _SURROGATES.isdisjoint(room):
        return room[:-1].tolist()
    return list(map(_unicode, repeat(handle), range(count)))


def text_direction(textpage: Any, codes: Sequence[int]) -> int:
    """Quarter turns clockwise that bring the text of a page upright: the direction of most of its characters.

    Some programs print a landscape table on a portrait page by turning the text and leaving the page as it is.
    """
    handle = HANDLE(address_of(textpage))
    turns: Counter[int] = Counter()
    for index in range(0, len(codes), max(1, len(codes) // 40)):
        if codes[index] > 0x20:
            angle = _angle(handle, index)
            if angle >= 0:
                turns[round(angle / (math.pi / 2)) % 4] += 1
    return turns.most_common(1)[0][0] if turns else 0


def read_characters(textpage: Any, codes: Sequence[int], frame: Frame, upright: bool) -> list[Character]:
    """The printed characters of a text page in content order; ``upright`` is False where the text itself is turned."""
    address = address_of(textpage)
    if any(unmapped := list(map(_has_no_meaning, repeat(HANDLE(address)), range(len(codes))))):
        # A font without a map to characters: pdfium then gives the number of the glyph, which may look like a digit.
        codes = [0xFFFD if flag == 1 else code for code, flag in zip(codes, unmapped, strict=True)]
    codes = _whole(codes)
    printed = [index for index, code in enumerate(codes) if code not in _PRINTS_NOTHING]
    room = array("f", bytes(16 * len(printed)))
    start = room.buffer_info()[0]
    deque(map(_loose_box, repeat(address), printed, range(start, start + 16 * len(printed), 16)), maxlen=0)
    left, top, right, bottom = (room[side::4].tolist() for side in range(4))
    if not upright or not all(map(gt, right, left)) or not all(map(gt, top, bottom)):
        for at, index in enumerate(printed):
            if not upright or right[at] <= left[at] or top[at] <= bottom[at]:
                left[at], bottom[at], right[at], top[at] = _turned_box(textpage, index)
    return _as_seen(zip((codes[index] for index in printed), left, top, right, bottom, strict=True), frame)


def _whole(codes: Sequence[int]) -> Sequence[int]:
    """Pairs of surrogates → one character (the second of them prints nothing); a lone surrogate is no character.

    pdfium counts in UTF-16: rare characters of names (𫭟, U+2BB5F) come as two.
    """
    if _SURROGATES.isdisjoint(codes):
        return codes
    whole = list(codes)
    for at, code in enumerate(codes):
        if 0xDC00 <= code <= 0xDFFF:
            paired = at > 0 and 0xD800 <= codes[at - 1] <= 0xDBFF
            whole[at] = 0x20 if paired else 0xFFFD
            if paired:
                whole[at - 1] = 0x10000 + ((codes[at - 1] - 0xD800) << 10) + (code - 0xDC00)
        elif 0xD800 <= code <= 0xDBFF and not (at + 1 < len(codes) and 0xDC00 <= codes[at + 1] <= 0xDFFF):
            whole[at] = 0xFFFD
    return whole


def _turned_box(textpage: Any, index: int) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of a character whose em box pdfium does not give: the ink along the line,
    the em across it (from the baseline, at the usual proportions of a CJK font)."""
    l, r, b, t = (ctypes.c_double() for _ in range(4))  # noqa: E741
    if not pdfium.FPDFText_GetCharBox(textpage, index, l, r, b, t):
        return 0.0, 0.0, 0.0, 0.0
    matrix = pdfium.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    size = pdfium.FPDFText_GetFontSize(textpage, index)
    if not pdfium.FPDFText_GetMatrix(textpage, index, matrix) or not pdfium.FPDFText_GetCharOrigin(
        textpage, index, x, y
    ):
        return l.value, b.value, r.value, t.value
    up_x, up_y = matrix.c * size, matrix.d * size
    if abs(up_x) > abs(up_y):
        low, high = sorted((x.value - 0.14 * up_x, x.value + 0.86 * up_x))
        return low, b.value, high, t.value
    low, high = sorted((y.value - 0.14 * up_y, y.value + 0.86 * up_y))
    return l.value, low, r.value, high


def _as_seen(found: Iterable[Character], frame: Frame) -> list[Character]:
    """Characters of page space (y upwards) as seen, without those that lie outside the page."""
    x, y, width, height = frame.left, frame.top, frame.width, frame.height
    if frame.turns == 0:
        seen = [(code, left - x, y - top, right - x, y - bottom) for code, left, top, right, bottom in found]
    else:
        seen = [(code, *frame.place_box(left, bottom, right, top)) for code, left, top, right, bottom in found]
    return [
        character if character[0] > 2 else (_MEANT[character[0]], *character[1:])
        for character in seen
        if character[3] >= 0.0 and character[1] <= width and character[4] >= 0.0 and character[2] <= height
    ]


def invisible_share(textpage: Any) -> float:
    """Share of the characters, by sample, that are there for searching only: what recognition put over a scan."""
    count = pdfium.FPDFText_CountChars(textpage)
    hidden = looked = 0
    for index in range(0, count, max(1, count // 40)):
        if pdfium.FPDFText_IsGenerated(textpage, index) == 1:
            continue
        text_object = pdfium.FPDFText_GetTextObject(textpage, index)
        if text_object:
            looked += 1
            hidden += pdfium.FPDFTextObj_GetTextRenderMode(text_object) == INVISIBLE
    return hidden / looked if looked else 0.0
