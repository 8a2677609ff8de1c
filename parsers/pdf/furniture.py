"""Lines that belong to the page and not to the text: page numbers, running headers, running footers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from parsers.pdf.lines import Line
from parsers.text import fold

# "-4-", "— 4 —", "第 4 页", "第4页 共10页", "Page 4 of 10" (folded: no spaces, one kind of dash)
_SURE = re.compile(
    r"^(?:[-·~]+\d{1,4}[-·~]+|第?\d{1,4}页(?:[,/.]?共\d{1,4}页)?|page\d{1,4}(?:of\d{1,4})?)$", re.IGNORECASE
)
# "4", "-4", "4/10": could be figures as well
_BARE = re.compile(r"^-?(\d{1,4})(?:/\d{1,4})?$")
EDGE = 0.14  # share of the page height, at the top and at the bottom, where furniture stands


def without_furniture(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> list[list[Line]]:
    """The lines of each page without page numbers and without what is repeated at the same place.

    A bare number is taken for a page number only if it counts with the pages, so that no figure is lost.
    """
    shifts = _counting(pages, heights)
    repeated = _repeated(pages, heights)
    kept = []
    for index, (lines, height) in enumerate(zip(pages, heights, strict=True)):
        kept.append([line for line in lines if not _is_furniture(line, index, height, shifts, repeated)])
    return kept


def _is_furniture(line: Line, index: int, height: float, shifts: set[int], repeated: set[tuple[str, int]]) -> bool:
    if not _at_edge(line, height):
        return False
    if repeated and _key(line, index) in repeated:
        return True
    folded = fold(line.text)
    bare = _BARE.match(folded)
    return _SURE.match(folded) is not None or (bare is not None and int(bare[1]) - index in shifts)


def _at_edge(line: Line, height: float) -> bool:
    return line.box.bottom < EDGE * height or line.box.top > (1 - EDGE) * height


def _key(line: Line, index: int) -> tuple[str, int]:
    """What makes two lines on different pages the same: height, and text but for the page's number at an end of it."""
    number = rf"^{index + 1}(?!\d)|(?<!\d){index + 1}(?=(?:/\d+)?$)"
    return re.sub(number, "#", fold(line.text), count=1), round(line.box.top / 3)


def _counting(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> set[int]:
    """Differences between a bare number at the edge of a page and the page's place that hold on two pages
    (or on the only page, where it is 1)."""
    found: Counter[int] = Counter()
    for index, (lines, height) in enumerate(zip(pages, heights, strict=True)):
        numbers = (_BARE.match(fold(line.text)) for line in lines if _at_edge(line, height))
        found.update({int(number[1]) - index for number in numbers if number is not None})
    return {shift for shift, times in found.items() if times > 1 or (len(pages) == 1 and shift == 1)}


def _repeated(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> set[tuple[str, int]]:
    """Text that stands at the same height on more than half of the pages, and on two at least."""
    found: Counter[tuple[str, int]] = Counter()
    if len(pages) < 2:
        return set()
    for index, (lines, height) in enumerate(zip(pages, heights, strict=True)):
        found.update(
            {_key(line, index) for line in lines if _at_edge(line, height) and any(map(str.isalpha, line.text))}
        )
    return {key for key, times in found.items() if times > max(1, len(pages) // 2)}
