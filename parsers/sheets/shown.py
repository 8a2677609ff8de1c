"""A stored number and its number format → the text that a reader of the sheet sees."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, DecimalException, InvalidOperation

# The formats that a workbook names by number only (ECMA-376 part 1, 18.8.30); the numbers left out here are dates
# in some languages and are given as GENERAL's text.
BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm",
    21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 31: 'yyyy"年"m"月"d"日"', 37: "#,##0;-#,##0", 38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00", 41: '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ',
    43: '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', 45: "mm:ss", 49: "@", 57: "yyyy年m月", 58: "m月d日",
}  # fmt: skip
GENERAL = "General"
# One piece of a format: a quoted or escaped literal, a gap, a bracket, or a single character.
_PIECE = re.compile(r'"([^"]*)"?|\\(.)|[_*].|\[([^\]]*)\]|(General|[0#?,.]+|E[+-]|AM/PM|A/P|.)', re.I | re.S)
_CURRENCY = re.compile(r"\$([^-]*)")  # "[$¥-804]"
_CONDITION = re.compile(r"[<>=]")  # "[>100]"
_DATE = re.compile(r"[ymdhsgeb]", re.I)
_LATEST = 2_958_465  # 31 December 9999
_LONGEST = 255  # characters of a format that Excel takes


@dataclass(frozen=True, slots=True)
class Shown:
    """``text`` is what the cell prints; ``same`` is False where that says another number than is stored."""

    text: str
    same: bool = True


class _Unknown(Exception):
    """A format that prints something else than one plain number: fractions, powers, conditions."""


def show_number(stored: str, code: str, from_1904: bool = False) -> Shown:
    """The text of a number in a file and a number format → what is seen. ``from_1904``: how days are counted.

    A format that is not understood shows the plain number. Raises ValueError for text that is no number.

    >>> show_number("1234.5", "#,##0.00").text, show_number("25.100000000000001", "General").text
    ('1,234.50', '25.1')
    >>> show_number("0", '0;-0;"-"'), show_number("0.126", "0.00")
    (Shown(text='-', same=False), Shown(text='0.13', same=False))
    """
    # Workbooks hold binary doubles; 15 digits of them are what Excel itself shows and computes with.
    try:
        value = Decimal(f"{float(stored):.15g}")
    except (InvalidOperation, OverflowError) as error:
        raise ValueError(f"expected a number, found {stored!r}") from error
    if not value.is_finite():
        raise ValueError(f"expected a number, found {stored!r}")
    if len(code) > _LONGEST:
        return Shown(_plain(value))
    sections = _sections_of(code)
    try:
        if any(kind == "date" for kind, _ in sections[0]):
            return _date(value, from_1904)
        return _by_sections(value, sections)
    except (_Unknown, DecimalException):  # beyond the digits and powers that are counted with
        return Shown(_plain(value))


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


Piece = tuple[str, str]  # kind and text: "literal", "digits", "percent", "value", "date"


def _sections_of(code: str) -> list[list[Piece]]:
    sections: list[list[Piece]] = [[]]
    for found in _PIECE.finditer(code or GENERAL):
        quoted, escaped, bracket, sign = found.groups()
        if quoted is not None or escaped is not None:
            sections[-1].append(("literal", quoted if quoted is not None else escaped))
        elif bracket is not None:
            sections[-1] += _bracket(bracket)
        elif sign == ";":
            sections.append([])
        elif sign is not None:
            sections[-1].append(_piece(sign))
    return sections


def _bracket(inside: str) -> list[Piece]:
    currency = _CURRENCY.match(inside)
    if currency is not None:
        return [("literal", currency[1])]
    if inside.lower() in {"h", "hh", "m", "mm", "s", "ss"}:
        return [("date", inside)]
    return [("unknown", inside)] if _CONDITION.search(inside) else []


def _piece(sign: str) -> Piece:
    if sign.lower() == "general" or sign == "@":
        return "value", sign
    if set(sign) <= set("0#?,."):
        return ("digits", sign) if set(sign) & set("0#?") else ("literal", sign)
    if sign == "%":
        return "percent", sign
    if sign[0] in "Ee/" and sign not in {"e"}:
        return "unknown", sign
    if _DATE.fullmatch(sign) or sign.upper() in {"AM/PM", "A/P"}:
        return "date", sign
    return "literal", sign


def _by_sections(value: Decimal, sections: list[list[Piece]]) -> Shown:
    if any(kind == "unknown" for section in sections for kind, _ in section):
        raise _Unknown
    if value < 0 and len(sections) > 1:
        shown = _by_section(value, -value, sections[1])
        # Brackets or red ink for a minus: the figure keeps its sign, and it is said.
        return shown if "-" in shown.text or not shown.text else Shown(_plain(value), same=False)
    if value == 0 and len(sections) > 2:
        return _by_section(value, value, sections[2])
    shown = _by_section(value, abs(value), sections[0])
    return Shown(f"-{shown.text}", shown.same) if value < 0 and any(map(str.isdigit, shown.text)) else shown


def _by_section(stored: Decimal, value: Decimal, section: list[Piece]) -> Shown:
    """One section's pieces; a section without a place for digits prints its literals alone."""
    if sum(kind in {"digits", "value"} for kind, _ in section) > 1 or any(kind == "date" for kind, _ in section):
        raise _Unknown
    scale = Decimal(100) ** sum(kind == "percent" for kind, _ in section)
    text, seen = "", None
    for kind, piece in section:
        if kind == "digits":
            digits, seen = _digits(value * scale, piece)
            text += digits
        elif kind == "value":
            text, seen = text + _plain(value), value * scale
        else:
            text += piece
    printed = seen is not None and (seen != 0 or any(map(str.isdigit, text)))
    return Shown(text.strip(), same=printed and seen == abs(stored) * scale)


def _digits(value: Decimal, pattern: str) -> tuple[str, Decimal]:
    """A number by placeholders: the text, and the number that the text says."""
    whole, _, part = pattern.rstrip(",").partition(".")
    thousands = Decimal(1000) ** (len(pattern) - len(pattern.rstrip(",")))
    rounded = (value / thousands).quantize(Decimal(1).scaleb(-sum(sign != "," for sign in part)), ROUND_HALF_UP)
    before, _, after = format(rounded, "f").partition(".")
    least = part.rfind("0") + 1
    while len(after) > least and after.endswith("0"):
        after = after[:-1]
    before = before.lstrip("0").rjust(whole.count("0"), "0")
    if "," in whole:
        before = f"{int(before):,}".rjust(len(before)) if before else before
    return before + ("." + after if "." in pattern and after else ""), rounded * thousands


def _date(value: Decimal, from_1904: bool) -> Shown:
    """A day's number as a date in words, whatever its format: no figure of a report is one."""
    days = int(value)
    if not 0 < days < _LATEST:
        return Shown("#" if days else "1900年1月0日", same=False)
    if from_1904:
        day = date(1904, 1, 1) + timedelta(days)
    else:
        # Day 60 is the 29 February 1900 that never was (ECMA-376 part 1, 18.17.4.1).
        day = date(1899, 12, 31) + timedelta(days if days < 60 else days - 1)
    return Shown(f"{day.year}年{day.month}月{day.day}日")
