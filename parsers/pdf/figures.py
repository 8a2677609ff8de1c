"""Printed texts that can stand in a data cell: figures with their signs, units and notes, and fillers."""

from __future__ import annotations

import re

from parsers.text import fold

# "96171.6", "+2", "增加5", "797.58万元", "22(其中修订16件)", "/", "-", "无" (folded): what a data cell holds
_FIGURE = re.compile(r"^(?:(?:增加?|减少?|[-+])?\d[\d,.]*(?:$|\(|件|个|项|次|条|人|元|万元)|[-/]+$|无$)")


def is_figure(text: str) -> bool:
    """True for a figure or a filler: what can stand in a data cell.

    >>> [is_figure(text) for text in ("1 288", "/", "无", "增加5", "797.58万元", "1.属于国家秘密", "规章")]
    [True, True, True, True, True, False, False]
    """
    return _FIGURE.match(fold(text)) is not None
