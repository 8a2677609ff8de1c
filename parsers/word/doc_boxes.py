"""The text boxes of a document in Word's binary form: where their text lies, and which shape shows it."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from parsers.word.fib import BOX_TEXTS, SHAPES, Fib, NotUnderstood

_BOX, _SHAPE = 22, 26  # bytes of FTXBXS (2.8.33) and of Spa (2.9.253)
_SHAPE_OF_BOX = 14  # lid within FTXBXS


@dataclass(frozen=True, slots=True)
class Box:
    """Characters ``start`` to ``end`` (not included) are shown at the character ``shape``; None: nobody knows where."""

    start: int
    end: int
    shape: int | None


def read_boxes(fib: Fib, table: bytes) -> list[Box]:
    """The text boxes of the main text, in the order of their texts.

    A box in a group of shapes has no shape of its own in the text. Raises NotUnderstood where a table is cut off.
    """
    if fib.boxes == 0:
        return []
    stated, shapes = fib.part(table, BOX_TEXTS), fib.part(table, SHAPES)
    count = (len(stated) - 4) // (4 + _BOX)
    if count < 1:
        raise NotUnderstood(f"{fib.boxes} characters stand in text boxes, and none is described")
    borders = struct.unpack_from(f"<{count + 1}I", stated)
    places = _places_of_shapes(shapes)
    found: list[Box] = []
    for at in range(count):
        start, end = borders[at], borders[at + 1]
        if start > end:
            raise NotUnderstood("text boxes stand in no order")
        (shape,) = struct.unpack_from("<I", stated, 4 * (count + 1) + at * _BOX + _SHAPE_OF_BOX)
        # The last one stands for the end of all, and holds one mark.
        if end <= fib.boxes and end - start > 0 and at < count - 1:
            place = places.get(shape)
            # A box within a box would show itself.
            shown_at = place if place is not None and place < fib.text else None
            found.append(Box(fib.before_boxes + start, fib.before_boxes + end, shown_at))
    return found


def _places_of_shapes(shapes: bytes) -> dict[int, int]:
    """PlcfSpa → the place in the text of each shape, by its id."""
    count = max(0, (len(shapes) - 4) // (4 + _SHAPE))
    if count == 0:
        return {}
    places = struct.unpack_from(f"<{count}I", shapes)
    ids = (struct.unpack_from("<I", shapes, 4 * (count + 1) + at * _SHAPE)[0] for at in range(count))
    return dict(zip(ids, places, strict=True))
