"""Lines outside drawn tables that look like rows of one: said to be doubtful, and left as they are printed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers.document import Problem
from parsers.pdf.geometry import around
from parsers.pdf.lines import PlacedLine

FIGURES = 3  # a line of prose seldom holds so many figures with white space on both sides
LINES = 3
# "12", "-71", "797.58", "/": a figure or filler with white space around it
_ALONE = re.compile(r"(?<!\S)(?:[+-]?\d[\d,.]*|[-/—])(?!\S)")


def is_row_of_figures(text: str) -> bool:
    """True for a line that reads like a row of a table.

    >>> is_row_of_figures("1.属于国家秘密 2 0 0 0 0 0 2"), is_row_of_figures("2023年 1 月 12 日")
    (True, False)
    """
    return len(_ALONE.findall(text)) >= FIGURES


def doubts_of(lines: Sequence[PlacedLine]) -> list[Problem]:
    """One problem for each page on which at least ``LINES`` lines outside tables read like rows.

    Without ruling lines nothing says which blank belongs to which column, so no table is made of them.
    """
    rows: dict[int, list[PlacedLine]] = {}
    for placed in lines:
        if is_row_of_figures(placed.line.text):
            rows.setdefault(placed.page, []).append(placed)
    return [
        Problem(
            "table_without_rules",
            f"{len(found)} lines of figures stand in no drawn table",
            around(placed.line.box for placed in found).where(page),
        )
        for page, found in rows.items()
        if len(found) >= LINES
    ]
