"""Word's fields ([MS-DOC] 2.8.25): their instructions are not seen, their results are."""

from __future__ import annotations

import re

from parsers.word.fib import NotUnderstood

BEGIN, SEPARATOR, END = "\x13", "\x14", "\x15"
_MARKS = re.compile(f"[{BEGIN}{SEPARATOR}{END}]")
_NOT_KEPT = re.compile("[^\r\x07]")
# These print something without a result in the text: a number in a circle, a sign, a choice, a number of a list.
_COMPUTED = re.compile(
    r"\s*(EQ|SYMBOL|FORMDROPDOWN|FORMCHECKBOX|AUTONUM\w*|LISTNUM|=|MACROBUTTON|ADVANCE|QUOTE)\b", re.I
)


def hide_instructions(units: str) -> tuple[str, dict[int, str]]:
    """UTF-16 units → the same length with every mark and instruction as U+0013, and what prints without a result.

    The marks of paragraphs and cells stay. The second value maps places in ``units`` to instructions of fields
    whose result is not written in the text. Raises NotUnderstood where the marks do not match.
    """
    if BEGIN not in units and SEPARATOR not in units and END not in units:
        return units, {}
    hidden: list[tuple[int, int]] = []
    computed: dict[int, str] = {}
    open_fields: list[list[int]] = []  # where it begins, and where its result does (or -1)
    for found in _MARKS.finditer(units):
        at, mark = found.start(), found.group()
        if mark == BEGIN:
            open_fields.append([at, -1])
            continue
        if not open_fields or (mark == SEPARATOR and open_fields[-1][1] >= 0):
            raise NotUnderstood(f"the field mark at character {at} belongs to no field")
        if mark == SEPARATOR:
            open_fields[-1][1] = at
            continue
        begin, separator = open_fields.pop()
        hidden.append((begin, (at if separator < 0 else separator) + 1))
        hidden.append((at, at + 1))
        instruction = units[begin + 1 : at if separator < 0 else separator]
        if separator < 0 and _COMPUTED.match(instruction):
            computed[begin] = instruction.strip()
    if open_fields:
        raise NotUnderstood(f"the field at character {open_fields[-1][0]} has no end")
    shown = list(units)
    for begin, end in hidden:
        shown[begin:end] = _NOT_KEPT.sub(BEGIN, units[begin:end])
    return "".join(shown), computed
