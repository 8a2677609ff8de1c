"""Places on a page: boxes in points from the top left of the page as a reader sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, TypeVar

Named = TypeVar("Named", bound=tuple[Any, ...])


def maker(kind: type[Named]) -> Callable[[tuple[Any, ...]], Named]:
    """A named tuple's fields, all of them in order → the named tuple, in a third of the time its own call takes."""
    return partial(tuple.__new__, kind)


class Box(NamedTuple):
    """A rectangle in points; y grows downwards, so ``top`` is less than ``bottom``."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def holds(self, other: Box, slack: float = 1.0) -> bool:
        """True if ``other`` lies inside this box, up to ``slack`` points."""
        return (
            self.left - slack <= other.left
            and other.right <= self.right + slack
            and self.top - slack <= other.top
            and other.bottom <= self.bottom + slack
        )

    def overlap(self, other: Box) -> float:
        """Area shared with ``other``, in square points."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return width * height if width > 0 and height > 0 else 0.0

    def where(self, page: int) -> str:
        """Fragment identifier of this box on a page counted from 1 (Media Fragments URI 1.0, xywh)."""
        return f"page={page}&xywh={self.left:.1f},{self.top:.1f},{self.width:.1f},{self.height:.1f}"


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds all of ``boxes`` (at least one)."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


@dataclass(frozen=True, slots=True)
class Frame:
    """How page space turns into what a reader sees: the visible box and the quarter turns clockwise.

    ``left, bottom, right, top`` are in page space (ISO 32000-1, 8.3.2.3: y grows upwards).
    """

    left: float
    bottom: float
    right: float
    top: float
    turns: int = 0

    @property
    def width(self) -> float:
        return self.top - self.bottom if self.turns % 2 else self.right - self.left

    @property
    def height(self) -> float:
        return self.right - self.left if self.turns % 2 else self.top - self.bottom

    def turned(self, turns: int) -> Frame:
        """The same page turned further by ``turns`` quarter turns clockwise."""
        return Frame(self.left, self.bottom, self.right, self.top, (self.turns + turns) % 4)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """A point of page space, as seen."""
        if self.turns == 0:
            return x - self.left, self.top - y
        if self.turns == 1:
            return y - self.bottom, x - self.left
        if self.turns == 2:
            return self.right - x, y - self.bottom
        return self.top - y, self.right - x

    def place_box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A rectangle of page space, as seen."""
        if self.turns == 0 and left <= right and bottom <= top:
            return Box(left - self.left, self.top - top, right - self.left, self.top - bottom)
        x0, y0 = self.place(left, bottom)
        x1, y1 = self.place(right, top)
        return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def clusters(values: Sequence[float], gap: float) -> list[tuple[float, float]]:
    """Ranges (lowest, highest) of values whose sorted neighbours are at most ``gap`` apart, ascending."""
    ranges: list[tuple[float, float]] = []
    for value in sorted(values):
        if ranges and value - ranges[-1][1] <= gap:
            ranges[-1] = (ranges[-1][0], value)
        else:
            ranges.append((value, value))
    return ranges
