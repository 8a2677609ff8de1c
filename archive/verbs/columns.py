"""Rows → aligned columns for a terminal, a Chinese character being two columns wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def width_of(text: str) -> int:
    """How many columns a text takes (Unicode Standard Annex 11: wide and full-width characters take two).

    >>> width_of("2023年")
    6
    """
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text
    )


def aligned(rows: Sequence[Sequence[object]], right: frozenset[int] = frozenset()) -> list[str]:
    """Rows of one length → lines; None is empty; the columns in ``right`` are set to the right, the last is not padded.

    >>> aligned([["淮安", 1], ["a", 20]], right=frozenset({1}))
    ['淮安   1', 'a     20']
    """
    texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if not texts:
        return []
    widths = [max(width_of(row[column]) for row in texts) for column in range(len(texts[0]))]
    return [
        "  ".join(
            _padded(cell, widths[column], column in right, column == len(row) - 1) for column, cell in enumerate(row)
        ).rstrip()
        for row in texts
    ]


def cut(text: str, width: int) -> str:
    """Text in at most so many columns; what is cut off leaves "…".

    >>> cut("示例县教育局", 7)
    '示例县…'
    """
    if width_of(text) <= width:
        return text
    kept = ""
    for one in text:
        if width_of(kept + one) > width - 1:
            break
        kept += one
    return kept + "…"


def _padded(text: str, width: int, to_right: bool, is_last: bool) -> str:
    gap = " " * (width - width_of(text))
    if to_right:
        return gap + text
    return text if is_last else text + gap
