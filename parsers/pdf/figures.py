"""Printed texts that can stand in a data cell: figures with their signs, units and notes, and fillers."""

from __future__ import annotations

import re

from parsers.text import fold

# "96171.6", "+2", "增加5", "797.58万元", "22(其中修订16件)", "/", "-", "无" (folded): what a data cell holds
_FIGURE = re.compile(r"^(?:(?:增加?|减少?|[-+])?\d[\d,.]*(?:$|\(|件|个|项|次|条|人|元|万元)|[-/]+$|无$)")
# No figure begins with another Chinese character, a Latin letter or a bracket: most texts need not be folded.
_BEGINS_NONE = re.compile(r"\Z|[(（A-Za-z\u3400-\u51ce\u51d0-\u589d\u589f-\u65df\u65e1-\u9fff]")


def may_be_figure(text: str) -> bool:
    """False for a text whose first character no figure begins with."""
    return _BEGINS_NONE.match(text) is None


def is_figure(text: str) -> bool:
    """True for a figure or a filler: what can stand in a data cell.

    >>> [is_figure(text) for text in ("1 288", "/", "无", "增加5", "797.58万元", "1.属于国家秘密", "规章")]
    [True, True, True, True, True, False, False]
    """
    return _BEGINS_NONE.match(text) is None and (
        (text.isdigit() and text.isascii()) or _FIGURE.match(fold(text)) is not None
    )
