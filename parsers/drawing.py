"""The pages of a PDF as pictures, drawn in the limited child; boxes around cells."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, Any

from parsers import child
from parsers.errors import Crashed, DocumentError, OutOfMemory, TooLarge, Unreadable
from parsers.limits import limits_of
from parsers.pdf.geometry import Box
from parsers.report import Hints

MOST_PAGES = 60
DOTS = 110  # an inch: small print stays legible, and a page of A4 takes some 100 KB
_MOST_PIXELS = 6_000_000
_RED = b"\xc8\x10\x2e"
_THICK = 2


@dataclass(frozen=True, slots=True)
class Picture:
    """One page: ``rgb`` holds three bytes a pixel, row by row from the top; ``scale`` is pixels to the point."""

    number: int
    width: int
    height: int
    scale: float
    rgb: bytes


class Artist(child.Child):
    """A child that draws instead of reading."""

    def __init__(self) -> None:
        super().__init__("parsers.drawing")

    def draw(self, payload: bytes) -> tuple[Picture, ...]:
        """A PDF → its pages, the first ``MOST_PAGES``. Raises Unreadable, TooLarge, TimedOut, OutOfMemory, Crashed."""
        return self._asked(payload, {"hints": {}}, _pictures_in)


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
    """A page as PNG (ISO/IEC 15948): truecolour of eight bits, no filter; the same page gives the same bytes."""
    line = 3 * picture.width
    rows = b"".join(b"\0" + picture.rgb[at : at + line] for at in range(0, len(picture.rgb), line))
    head = struct.pack(">IIBBBBB", picture.width, picture.height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
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
    pictures = []
    for number, width, height, scale, packed in child.listed(answer, "pictures", tuple):
        rgb = _unpacked(packed, 3 * width * height)
        pictures.append(Picture(int(number), int(width), int(height), float(scale), rgb))
    return tuple(pictures)


def _unpacked(packed: str, length: int) -> bytes:
    try:
        rgb = zlib.decompressobj().decompress(base64.b64decode(packed), length + 1)
    except (ValueError, zlib.error) as error:
        raise Crashed(f"expected a picture of {length} bytes: {error}") from error
    if len(rgb) != length or not 0 < length <= 3 * _MOST_PIXELS:
        raise Crashed(f"expected a picture of {length} bytes, found {len(rgb)}")
    return rgb


# --- in the child ---------------------------------------------------------------------------------------------------


def drawing_of(payload: bytes, _hints: Hints, _sink: IO[bytes], _why: str = "") -> dict[str, object]:
    """One PDF → the frame with its pages, or with the error."""
    try:
        limits = limits_of("pdf")
        if len(payload) > limits.payload:
            raise TooLarge(f"expected at most {limits.payload} bytes of PDF, found {len(payload)}")
        child.limit_to(limits)
        return {"pictures": _pages(payload)}
    except DocumentError as error:
        return {"error": {"code": error.code, "says": error.says}}
    except MemoryError:
        return {"error": {"code": OutOfMemory.code, "says": "drawing needed more memory than its limit"}}


def _pages(payload: bytes) -> list[tuple[int, int, int, float, str]]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(payload)
        found = []
        for number in range(min(len(document), MOST_PAGES)):
            page = document[number]
            area = page.get_width() * page.get_height()
            if area <= 0:
                raise Unreadable(f"page {number + 1} has no area")
            scale = min(DOTS / 72, (_MOST_PIXELS / area) ** 0.5 * 0.99)
            bitmap = page.render(scale=scale, rev_byteorder=True)
            rows = memoryview(bitmap.buffer).cast("B")
            line = 3 * bitmap.width
            rgb = b"".join(bytes(rows[y * bitmap.stride : y * bitmap.stride + line]) for y in range(bitmap.height))
            packed = base64.b64encode(zlib.compress(rgb, 1)).decode("ascii")
            found.append((number + 1, bitmap.width, bitmap.height, scale, packed))
            bitmap.close()
            page.close()
    except pypdfium2.PdfiumError as error:
        raise Unreadable(f"pdfium does not draw it: {error}") from error
    return found


if __name__ == "__main__":
    child.main(drawing_of)
