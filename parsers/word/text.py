"""A paragraph of Word's XML → the text a reader sees: runs, breaks, tracked changes, fields, text boxes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from parsers.text import is_blank, joined
from parsers.word.numbers import (
    VAL,
    NumberedAs,
    Numbering,
    Style,
    W,
    child_of,
    children_by_name,
    number_of,
    numbered_as,
    style_chain,
)

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
CELL_ENDS = " \t\r\n\v\f"
TEXT_BOX = f"{W}txbxContent"
GONE = frozenset({f"{W}del", f"{W}moveFrom", f"{W}instrText", f"{W}delText", f"{W}pPr", f"{W}rPr", f"{W}rt"})
_PRINTS = {f"{W}tab": "\t", f"{W}cr": "\n", f"{W}br": "\n", f"{W}noBreakHyphen": "-", f"{W}ptab": "\t"}
_DRAWN = frozenset({f"{W}drawing", f"{W}pict", f"{W}object"})
_TEXT, _RUN, _SYMBOL, _RUBY, _FORMULA_TEXT = f"{W}t", f"{W}r", f"{W}sym", f"{W}ruby", f"{M}t"
_NUMBERED, _STYLE, _OUTLINE, _ALTERNATIVES = f"{W}numPr", f"{W}pStyle", f"{W}outlineLvl", f"{MC}AlternateContent"
_HIDDEN, _STRUCK, _STRUCK_TWICE, _RAISED = f"{W}vanish", f"{W}strike", f"{W}dstrike", f"{W}vertAlign"
_OFF = frozenset({"0", "false", "off", "none"})
_NO_OUTLINE = 9  # ECMA-376 part 1, 17.3.1.20: 9 is body text
_DEEPEST_HEADING = 6


@dataclass(slots=True)
class Printed:
    """The text of one paragraph; ``struck`` is what stands in it crossed out, ``boxes`` the text boxes."""

    text: str = ""
    struck: str = ""
    heading: int = 0
    boxes: list[etree._Element] = field(default_factory=list)
    pictures: int = 0


@dataclass(slots=True)
class Context:
    """What the paragraphs of one document share; the lists are read when the first paragraph is numbered."""

    numbering: Callable[[], Numbering]
    styles: dict[str, Style]
    default_style: str | None


def print_paragraph(paragraph: etree._Element, context: Context, *, in_cell: bool) -> Printed:
    """``w:p`` → Printed, its list number first.

    In a cell, text that is crossed out is left out, what is raised behind other text stands in brackets
    (a note's mark is no digit of the figure before it), and a list number keeps off a figure behind it.
    """
    printed = Printed()
    parts: list[str] = []
    _print_inline(paragraph, parts, printed, in_cell=in_cell)
    printed.text = "".join(parts)
    properties = children_by_name(child_of(paragraph, "pPr"))
    style = properties.get(_STYLE)
    chain = style_chain(context.styles, context.default_style if style is None else style.get(VAL))
    printed.heading = _heading_level(properties, chain)
    number = _number(properties, chain, context.numbering)
    if number:
        if in_cell and printed.text.lstrip()[:1].strip("+-−")[:1].isdigit():
            number = f"({number.strip()}) "
        printed.text = number + printed.text
    return printed


def chosen(alternatives: etree._Element) -> etree._Element | None:
    """``mc:AlternateContent`` → the one branch that counts: text boxes stand in it twice, for two programs."""
    choice = alternatives.find(f"{MC}Choice")
    return alternatives.find(f"{MC}Fallback") if choice is None else choice


def is_on(switch: etree._Element | None) -> bool:
    """A toggle property: there, and not switched off by its value."""
    return switch is not None and switch.get(VAL) not in _OFF


def _print_inline(parent: etree._Element, parts: list[str], printed: Printed, *, in_cell: bool) -> None:
    for child in parent:
        tag = child.tag
        if tag == _RUN:
            _print_run(child, parts, printed, in_cell=in_cell)
        elif tag in GONE:
            continue
        elif tag == _ALTERNATIVES:
            branch = chosen(child)
            if branch is not None:
                _print_inline(branch, parts, printed, in_cell=in_cell)
        elif tag == TEXT_BOX:
            printed.boxes.append(child)
        elif tag == _FORMULA_TEXT:
            parts.append(child.text or "")
        else:
            _print_inline(child, parts, printed, in_cell=in_cell)


def _print_run(run: etree._Element, parts: list[str], printed: Printed, *, in_cell: bool) -> None:
    stated = child_of(run, "rPr")
    if stated is None or len(stated) == 0:
        parts += _printed_in_run(run, printed, in_cell=in_cell)
        return
    properties = children_by_name(stated)
    if is_on(properties.get(_HIDDEN)):
        return
    text = "".join(_printed_in_run(run, printed, in_cell=in_cell))
    if in_cell and (is_on(properties.get(_STRUCK)) or is_on(properties.get(_STRUCK_TWICE))):
        printed.struck += text
    elif in_cell and _is_raised(properties) and not is_blank(text) and any(not is_blank(part) for part in parts):
        parts.append(f"[{text}]")
    else:
        parts.append(text)


def _printed_in_run(run: etree._Element, printed: Printed, *, in_cell: bool) -> list[str]:
    found: list[str] = []
    for child in run:
        tag = str(child.tag)
        if tag == _TEXT:
            found.append(child.text or "")
        elif tag in GONE:
            continue
        elif tag in _PRINTS:
            found.append(_PRINTS[tag])
        elif tag == _SYMBOL:
            found.append(_symbol(child))
        elif tag in _DRAWN or tag == _RUBY:
            printed.pictures += tag != _RUBY
            _print_inline(child, found, printed, in_cell=in_cell)
        elif tag == _ALTERNATIVES and (branch := chosen(child)) is not None:
            found += _printed_in_run(branch, printed, in_cell=in_cell)
    return found


def _is_raised(properties: dict[str, etree._Element]) -> bool:
    raised = properties.get(_RAISED)
    return raised is not None and raised.get(VAL) == "superscript"


def _symbol(symbol: etree._Element) -> str:
    """``w:sym``: a character of a symbol font, by its code there; those fonts' own codes (F0xx) print as a box."""
    code = symbol.get(f"{W}char") or ""
    try:
        return joined(chr(int(code, 16)))
    except (ValueError, OverflowError):
        return "\ufffd"


def _heading_level(properties: dict[str, etree._Element], chain: list[Style]) -> int:
    stated = properties.get(_OUTLINE)
    levels = [number_of(stated, _NO_OUTLINE)] if stated is not None else []
    levels += [style.outline for style in chain if style.outline is not None]
    return min(levels[0] + 1, _DEEPEST_HEADING) if levels and 0 <= levels[0] < _NO_OUTLINE else 0


def _number(properties: dict[str, etree._Element], chain: list[Style], numbering: Callable[[], Numbering]) -> str:
    own = properties.get(_NUMBERED)
    if own is None and all(style.numbered.num is None for style in chain):
        return ""
    stated: list[NumberedAs] = [numbered_as(own), *(style.numbered for style in chain)]
    num = next((found.num for found in stated if found.num is not None), None)
    level = next((found.level for found in stated if found.level is not None), 0)
    return "" if num is None else numbering().next_number(num, level)
