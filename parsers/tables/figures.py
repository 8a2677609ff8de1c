"""What stands printed in a data cell → a number, or why it is none."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from parsers.report import Number, Status, is_exact
from parsers.text import is_blank, visible

# Printed where a body has nothing to say: "/", "—", "无". Kept apart from 0 and from an empty cell.
_FILLER = re.compile(r"[/\\\-—–―─−_]+|无|暂无")
# "+2", "-71", "增加5", "减1", "1,234", "1 234 567", "2 8 0" (letter-spaced), "96171.6", "797.58万元",
# "251000元", "3件", "22(其中修订16件)"
_FIGURE = re.compile(
    r"(?P<sign>[+\-]|增加?|减少?|新增)?\s*"
    r"(?P<digits>\d{1,3}(?:,\d{3})+|\d{1,3}(?:[ ]\d{3})+|[1-9](?:[ ]\d)+|\d+)"
    r"(?P<fraction>\.\d+)?\s*"
    r"(?P<unit>亿元|万元|元|件次|件|个|项|次|条|人次|人|宗|份|户|起|篇|期|场次|场|处)?\s*"
    r"(?P<note>\([^()]*\))?"
)
# "12①", "12²": a mark of a footnote, which NFKC would make a digit of the number. Full-width digits are digits.
_OTHER_DIGIT = re.compile(r"[²³¹⁰-⁹₀-₉①-⓿❶-➓㉈-㉏㉑-㉟㊱-㊿½¼¾⅐-⅟\U0001D7CE-\U0001D7FF]")
# "55,5⏎23" is 55,523: no figure ends in a group of fewer than three digits.
_BROKEN = re.compile(r"(\d{1,3}(?:,\d{3})*,\d{0,2}) *\n *(\d{1,3}(?:,\d{3})*)")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
_DASHES = str.maketrans({"—": "-", "–": "-", "―": "-", "−": "-", "‐": "-", "‑": "-", "﹣": "-", "，": ","})
# Money, by the unit printed, in 万元 (the forms' own unit).
_IN_10K_YUAN = {"元": Decimal("0.0001"), "万元": Decimal(1), "亿元": Decimal(10000)}


@dataclass(frozen=True, slots=True)
class Figure:
    """A data cell understood: ``value`` in the form's unit (万元 for money), None unless NUMBER.

    ``problem`` is "" or the code of a doubt: ``unit_assumed`` (money without a unit anywhere), ``unit_converted``
    (a note: the cell or its
    column named another unit than the form), ``unit_unexpected`` (money printed where a count is
    asked for, or the reverse).
    """

    value: Number | None
    status: Status
    problem: str = ""


@lru_cache(maxsize=4096)
def read_figure(raw: str, unit: str = "count", stated: str = "") -> Figure:
    """Text of a data cell → Figure. ``unit`` is the form's, ``stated`` what the column's printed label says (元, 万元).

    >>> read_figure("797.58万元", "10k_yuan").value
    Decimal('797.58')
    >>> read_figure("251000元", "10k_yuan").value
    Decimal('25.1')
    >>> read_figure("12 5").status
    <Status.UNREAD: 'unread'>
    """
    if is_blank(raw):
        return Figure(None, Status.BLANK)
    if _OTHER_DIGIT.search(raw):
        return Figure(None, Status.UNREAD)
    text = unicodedata.normalize("NFKC", visible(raw)).translate(_DASHES).strip()
    if _FILLER.fullmatch(text):
        return Figure(None, Status.FILLER)
    match = _FIGURE.fullmatch(text) or _FIGURE.fullmatch(_unbroken(text))
    if match is None:
        return Figure(None, Status.UNREAD)
    number = Decimal(re.sub(r"[, ]", "", match["digits"]) + (match["fraction"] or ""))
    if not is_exact(number):
        return Figure(None, Status.UNREAD)
    if (match["sign"] or "").startswith(("-", "减")):
        number = -number
    printed = match["unit"] or ""
    if unit == "count":
        return _count(number, printed)
    if printed and printed not in _IN_10K_YUAN:
        return Figure(None, Status.UNREAD, "unit_unexpected")
    meant = printed or stated
    problem = "unit_converted" if meant in ("元", "亿元") else ""
    if not meant and number:
        problem = "unit_assumed"
    return Figure(plain(number * _IN_10K_YUAN.get(meant, Decimal(1))), Status.NUMBER, problem)


def _unbroken(text: str) -> str:
    """A figure that a narrow cell breaks within a group of three digits, made whole; "" for anything else."""
    broken = _BROKEN.fullmatch(text)
    return broken[1] + broken[2] if broken is not None and _GROUPED.fullmatch(broken[1] + broken[2]) else ""


def _count(number: Decimal, printed: str) -> Figure:
    if printed in _IN_10K_YUAN or number != number.to_integral_value():
        return Figure(None, Status.UNREAD, "unit_unexpected")
    return Figure(int(number), Status.NUMBER)


def plain(number: Decimal) -> Number:
    """Decimal → int where it is whole, else the shortest Decimal: 25.1000 → Decimal('25.1')."""
    return int(number) if number == number.to_integral_value() else number.normalize()
