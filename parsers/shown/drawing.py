"""The pages of a PDF as pictures, drawn in the limited child; boxes around cells."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import parse_qs, urlencode

from parsers import child
from parsers.errors import Crashed, DocumentError, OutOfMemory, TooLarge, Unreadable
from parsers.limited.limits import limit_to, limits_of
from parsers.pdf.geometry import Box
from parsers.report import Hints

MOST_PAGES = 60
MOST_MEASURED = 300
DOTS = 110  # an inch: small print stays legible, and a page of A4 takes some 100 KB
_MOST_PIXELS = 6_000_000
_RED = b"\xc8\x10\x2e"
_THICK = 2


@dataclass(frozen=True, slots=True)
class Sheet:
    """The size of a page in points, as its text stands upright."""

    number: int
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Picture:
    """One page, its text upright: ``rgb`` holds three bytes a pixel, row by row from the top; ``scale`` is pixels to
    the point."""

    number: int
    width: int
    height: int
    scale: float
    rgb: bytes


class Artist(child.Child):
    """A child that draws instead of reading."""

    def __init__(self) -> None:
        super().__init__("parsers.shown.drawing")

    def draw(self, payload: bytes) -> tuple[Picture, ...]:
        """A PDF → its pages, the first ``MOST_PAGES``. Raises Unreadable, TooLarge, TimedOut, OutOfMemory, Crashed."""
        return self._asked(payload, {"hints": {}}, _pictures_in)

    def draw_page(self, payload: bytes, number: int, dots: int, member: str = "") -> Picture:
        """One page of a PDF, from 1, at so many dots an inch; ``member``: of a file in an archive.

        Raises as ``draw`` does, Unreadable also where there is no such page.
        """
        question = urlencode({"page": number, "dots": dots, "member": member})
        return child.the_one(self._asked(payload, {"hints": {}, "why": question}, _pictures_in))

    def measure(self, payload: bytes, member: str = "") -> tuple[Sheet, ...]:
        """A PDF → the sizes of all its pages, the first ``MOST_MEASURED``. Raises as ``draw`` does."""
        question = urlencode({"page": 0, "member": member})
        return self._asked(payload, {"hints": {}, "why": question}, _sheets_in)


def with_boxes(picture: Picture, boxes: Iterable[Box]) -> Picture:
    """A page and boxes in points from its top left → the page with each box drawn around, as far as it is on it."""
    rgb = bytearray(picture.rgb)
    for box in boxes:
        left, right = (round(side * picture.scale) for side in (box.left, box.right))
        top, bottom = (round(side * picture.scale) for side in (box.top, box.bottom))
        for step in range(_THICK):
            for y in (top - step, bottom + step):
                _line(rgb, picture, y, left - step, right + step)
            for y in range(top - step, bottom + step + 1):
                _line(rgb, picture, y, left - step, left - step)
                _line(rgb, picture, y, right + step, right + step)
    return Picture(picture.number, picture.width, picture.height, picture.scale, bytes(rgb))


def to_png(picture: Picture) -> bytes:
    """A page as PNG (ISO/IEC 15948): eight bits of grey where it has no colour, else truecolour; no filter.

    The same page gives the same bytes.
    """
    grey = picture.rgb[::3]
    has_colour = grey != picture.rgb[1::3] or grey != picture.rgb[2::3]
    pixels, kind, line = (picture.rgb, 2, 3 * picture.width) if has_colour else (grey, 0, picture.width)
    rows = b"".join(b"\0" + pixels[at : at + line] for at in range(0, len(pixels), line))
    head = struct.pack(">IIBBBBB", picture.width, picture.height, 8, kind, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _line(rgb: bytearray, picture: Picture, y: int, left: int, right: int) -> None:
    first, last = max(left, 0), min(right, picture.width - 1)
    if 0 <= y < picture.height and first <= last:
        start = 3 * (y * picture.width + first)
        rgb[start : start + 3 * (last - first + 1)] = _RED * (last - first + 1)


def _pictures_in(answer: dict[str, Any]) -> tuple[Picture, ...]:
    """The child's answer, checked: it has read hostile bytes."""
    return child.listed(answer, "pictures", _picture_of)


def _picture_of(said: list[Any]) -> Picture:
    number, width, height, scale, packed = said
    rgb = _unpacked(packed, 3 * int(width) * int(height))
    return Picture(int(number), int(width), int(height), float(scale), rgb)


def _sheets_in(answer: dict[str, Any]) -> tuple[Sheet, ...]:
    return child.listed(answer, "sheets", lambda said: Sheet(int(said[0]), float(said[1]), float(said[2])))


def _unpacked(packed: str, length: int) -> bytes:
    try:
        rgb = zlib.decompressobj().decompress(base64.b64decode(packed), length + 1)
    except (ValueError, zlib.error) as error:
        raise Crashed(f"expected a picture of {length} bytes: {error}") from error
    if len(rgb) != length or not 0 < length <= 3 * _MOST_PIXELS:
        raise Crashed(f"expected a picture of {length} bytes, found {len(rgb)}")
    return rgb


# --- in the child ---------------------------------------------------------------------------------------------------


def drawing_of(payload: bytes, _hints: Hints, _sink: IO[bytes], why: str = "") -> dict[str, object]:
    """One PDF → the frame with its pages, or with the error. ``why``: which page (0: the sizes of all), how fine."""
    from parsers.shown.one_member import ARCHIVE, member_of

    asked = {name: values[0] for name, values in parse_qs(why).items()}
    try:
        if asked.get("member"):
            limit_to(limits_of(ARCHIVE))
            payload = member_of(payload, asked["member"])[1]
        limits = limits_of("pdf")
        if len(payload) > limits.payload:
            raise TooLarge(f"expected at most {limits.payload} bytes of PDF, found {len(payload)}")
        limit_to(limits)
        if asked.get("page") == "0":
            return {"sheets": _sheets(payload)}
        if "page" in asked:
            return {"pictures": _pages(payload, (int(asked["page"]) - 1,), int(asked["dots"]))}
        return {"pictures": _pages(payload, range(MOST_PAGES), DOTS)}
    except DocumentError as error:
        return {"error": {"code": error.code, "says": error.says}}
    except MemoryError:
        return {"error": {"code": OutOfMemory.code, "says": "drawing needed more memory than its limit"}}


def _pages(payload: bytes, wanted: Sequence[int], dots: int) -> list[tuple[int, int, int, float, str]]:
    import pypdfium2

    found = []
    try:
        with closing(pypdfium2.PdfDocument(payload)) as document:
            for index in wanted if len(wanted) == 1 else range(min(len(wanted), len(document))):
                if index >= len(document):
                    raise Unreadable(f"expected page {index + 1}, found {len(document)} pages")
                with closing(document[index]) as page:
                    found.append((index + 1, *_drawn(page, dots)))
    except pypdfium2.PdfiumError as error:
        raise Unreadable(f"pdfium does not draw it: {error}") from error
    return found


def _drawn(page: Any, dots: int) -> tuple[int, int, float, str]:
    """A page → width and height in pixels, pixels to the point, the pixels packed."""
    area = page.get_width() * page.get_height()
    if area <= 0:
        raise Unreadable("a page has no area")
    scale = min(dots / 72, (_MOST_PIXELS / area) ** 0.5 * 0.99)
    with closing(page.render(scale=scale, rotation=90 * _turns_of(page), rev_byteorder=True)) as bitmap:
        rows = memoryview(bitmap.buffer).cast("B")
        line = 3 * bitmap.width
        rgb = b"".join(bytes(rows[y * bitmap.stride : y * bitmap.stride + line]) for y in range(bitmap.height))
        packed = base64.b64encode(zlib.compress(rgb, 1)).decode("ascii")
        return bitmap.width, bitmap.height, scale, packed


def _sheets(payload: bytes) -> list[tuple[int, float, float]]:
    import pypdfium2

    found = []
    try:
        with closing(pypdfium2.PdfDocument(payload)) as document:
            for index in range(min(len(document), MOST_MEASURED)):
                with closing(document[index]) as page:
                    size = page.get_size()
                    found.append((index + 1, *(size[::-1] if _turns_of(page) % 2 else size)))
    except pypdfium2.PdfiumError as error:
        raise Unreadable(f"pdfium does not open it: {error}") from error
    return found


def _turns_of(page: Any) -> int:
    """Quarter turns clockwise that put a page upright: places of cells are counted so (parsers/pdf/pages.py)."""
    from parsers.pdf.characters import read_codes, text_direction

    with closing(page.get_textpage()) as textpage:
        turns: int = text_direction(textpage.raw, read_codes(textpage.raw)) + page.get_rotation() // 90
        return -turns % 4


if __name__ == "__main__":
    child.main(drawing_of)
