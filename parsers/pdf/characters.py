"""A page of pdfium → its printed characters, each with its box as a reader sees it."""

from __future__ import annotations

import ctypes
import math
import re
import sys
from array import array
from collections import Counter, deque
from collections.abc import Sequence
from itertools import chain, compress, repeat
from operator import gt
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from parsers.pdf import native
from parsers.pdf.calls import HANDLE, Pointer, address_of, address_of_function, bare, pointer_to, room_for
from parsers.pdf.geometry import Frame
from parsers.text import joined

_UTF_16, _UTF_32 = f"utf-16-{sys.byteorder[0]}e", f"utf-32-{sys.byteorder[0]}e"
INVISIBLE = 3
"""Text rendering mode of text that is there for searching only (ISO 32000-1, 9.3.6)."""

_PRINTED = re.compile("[^\x03-\x20\xa0\xad\u200b-\u200f\u3000\ufeff]+")
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]")
_MEANT = (("\0", "\ufffd"), ("\1", "\ufffd"), ("\2", "-"))
"""pdfium gives 0 for a glyph that the font maps to no character, and 2 for a hyphen at the end of a line."""
_NO_TEXT = "\ufffe"
"""What stands in the text that pdfium gives in one call for such a glyph or hyphen."""


Character = tuple[int, float, float, float, float]
"""Code, left, top, right, bottom: a printed character in points from the top left of the page as seen.

The box is of the em square and the advance width, not of the ink, so that neighbours on a line share their top and
bottom. White space is left out: the gaps between boxes say more than the codes do.
"""


class Printed(NamedTuple):
    """The printed characters of a page in content order, in columns: one character of ``text``, one number a side.

    What ``Character`` says of its code and sides holds here too; whole columns are compared in a fraction of the time.
    """

    text: str
    left: Sequence[float]
    top: Sequence[float]
    right: Sequence[float]
    bottom: Sequence[float]


def in_columns(characters: Sequence[Character]) -> Printed:
    """Characters one by one → the same in columns."""
    if not characters:
        return Printed("", (), (), (), ())
    codes, left, top, right, bottom = zip(*characters, strict=True)
    return Printed("".join(map(chr, codes)), left, top, right, bottom)


def in_one_piece(text: str, sides: bytes) -> Printed:
    """A text, and doubles for the left, top, right and bottom side of its characters, all of one side together → the
    same in columns."""
    if not text:
        return in_columns(())
    numbers, count = memoryview(sides).cast("d"), len(text)
    return Printed(text, *(numbers[side * count : (side + 1) * count] for side in range(4)))


_unicode = bare(pdfium.FPDFText_GetUnicode)
_has_no_meaning = bare(pdfium.FPDFText_HasUnicodeMapError)
_angle = bare(pdfium.FPDFText_GetCharAngle, gives=ctypes.c_float)
_text = bare(pdfium.FPDFText_GetText)
_loose_box = bare(pdfium.FPDFText_GetLooseCharBox, gives=None)
_GETTERS = address_of_function(pdfium.FPDFText_HasUnicodeMapError), address_of_function(pdfium.FPDFText_GetLooseCharBox)
_FIGURE = re.compile("[0-9]+")
_FIGURE_OR_END = re.compile("[0-9]+|[\r\n]")


def read_codes(textpage: Any) -> str:
    """The code of every character of a text page in content order, in UTF-16, as pdfium maps it: one character each.

    pdfium gives the text of a page in one call and leaves out of it what prints nothing or maps to nothing: where
    nothing is missing, the text has the codes; else each is asked for.
    """
    count = pdfium.FPDFText_CountChars(textpage)
    if count <= 0:
        return ""
    handle = pointer_to(textpage)
    room = array("H", bytes(2 * count + 2))
    written = _text(handle, 0, count, HANDLE(room.buffer_info()[0])) - 1
    if written == count:
        text = room.tobytes()[:-2].decode(_UTF_16, "ignore")  # half of a pair is left out, a whole one is one character
        if len(text) == count and _NO_TEXT not in text:
            return text
    codes = array("I", map(_unicode, repeat(handle), range(count)))
    return codes.tobytes().decode(_UTF_32, "surrogatepass")


def text_direction(textpage: Any, codes: str) -> int:
    """Quarter turns clockwise that bring the text of a page upright: the direction of most of its characters.

    Some programs print a landscape table on a portrait page by turning the text and leaving the page as it is.
    """
    looked = [index for index in range(0, len(codes), max(1, len(codes) // 40)) if codes[index] > " "]
    handle = repeat(pointer_to(textpage))
    if len(few := looked[::5]) > 3 and not any(map(_angle, handle, few)):
        return 0
    turns = Counter(round(angle / (math.pi / 2)) % 4 for angle in map(_angle, handle, looked) if angle >= 0)
    return turns.most_common(1)[0][0] if turns else 0


def read_characters(textpage: Any, codes: str, frame: Frame, upright: bool) -> Printed:
    """The printed characters of a text page in content order; ``upright`` is False where the text itself is turned."""
    if native.COMPILED is not None and upright and not frame.turns:
        sheet = frame.left, frame.top, frame.width, frame.height
        found = native.COMPILED.printed_characters(_GETTERS, address_of(textpage), codes, sheet)
        if found is not None:
            return in_one_piece(*found)
    handle = pointer_to(textpage)
    codes = _whole(_without_glyph_numbers(handle, codes))
    stretches = list(_PRINTED.finditer(codes))
    printed = list(chain.from_iterable([range(*stretch.span()) for stretch in stretches]))
    count = len(printed)
    sides, (places, *_) = room_for("f", 4, count, places=1)
    deque(map(_loose_box, repeat(handle), printed, places), maxlen=0)
    left, top, right, bottom = (sides[side : 4 * count : 4].tolist() for side in range(4))
    if not upright or not all(map(gt, right, left)) or not all(map(gt, top, bottom)):
        for at, index in enumerate(printed):
            if not upright or right[at] <= left[at] or top[at] <= bottom[at]:
                left[at], bottom[at], right[at], top[at] = _turned_box(textpage, index)
    text = "".join([stretch[0] for stretch in stretches])
    for mark, meant in _MEANT:
        text = text.replace(mark, meant)
    return _within(_as_seen(text, (left, bottom, right, top), frame), frame)


def _without_glyph_numbers(handle: Pointer, codes: str) -> str:
    """The codes with U+FFFD for what has none: a font without a map to characters, for which pdfium gives the number of
    the glyph, which may look like a digit.

    The first digit of each figure is asked about, and each other code once: a font's glyphs do not all have the numbers
    of characters that other fonts print on the same page. If one has no meaning, all are asked.
    """
    asked = _FIGURE if codes.count("\r") == codes.count("\n") else _FIGURE_OR_END  # pdfium ends lines with both
    looked = [found.start() for found in asked.finditer(codes)]
    looked += map(codes.rindex, set(codes))
    if 1 not in map(_has_no_meaning, repeat(handle), looked):
        return codes
    unmapped = map(_has_no_meaning, repeat(handle), range(len(codes)))
    return "".join(["\ufffd" if flag == 1 else code for code, flag in zip(codes, unmapped, strict=True)])


def _whole(codes: str) -> str:
    """Pairs of surrogates → one character (the second of them prints nothing); a lone surrogate is no character.

    pdfium counts in UTF-16: rare characters of names (𫭟, U+2BB5F) come as two.
    """
    return _SURROGATES.sub(lambda found: joined(found[0]) + " " * (len(found[0]) - 1), codes)


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


def _as_seen(text: str, sides: tuple[list[float], list[float], list[float], list[float]], frame: Frame) -> Printed:
    """Columns of page space (left, bottom, right, top; y upwards) as seen."""
    left, bottom, right, top = sides
    if frame.turns:
        boxes = [frame.place_box(*box) for box in zip(left, bottom, right, top, strict=True)]
        return Printed(text, *(zip(*boxes, strict=True) if boxes else ((), (), (), ())))
    x, y = frame.left, frame.top
    if x:
        left, right = [side - x for side in left], [side - x for side in right]
    return Printed(text, left, [y - side for side in top], right, [y - side for side in bottom])


def _within(printed: Printed, frame: Frame) -> Printed:
    """The characters without those that lie outside the page."""
    text, left, top, right, bottom = printed
    width, height = frame.width, frame.height
    if not text or (min(right) >= 0.0 and max(left) <= width and min(bottom) >= 0.0 and max(top) <= height):
        return printed
    seen = [r >= 0.0 and l <= width and b >= 0.0 and t <= height
            for l, t, r, b in zip(left, top, right, bottom, strict=True)]  # fmt: skip  # noqa: E741
    return Printed("".join(compress(text, seen)), *(list(compress(column, seen)) for column in printed[1:]))


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
