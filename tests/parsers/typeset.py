"""Rows of an invented table → characters with their boxes, as on a page on which no line is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parsers.pdf.characters import Character
from parsers.pdf.lines import is_wide
from tests.documents.official_forms import Box, Rows
from tests.documents.sources import positions_of


@dataclass(frozen=True)
class Style:
    """``widths`` of the grid columns, ``size``, ``padding`` and ``leading`` (from line to line) in points; ``across``
    is 0 (left), 0.5 (centred) or 1 (right), and so is ``down``, from the top."""

    widths: tuple[float, ...]
    size: float
    padding: float
    leading: float
    across: float
    down: float


def set_rows(rows: Rows, style: Style, left: float, top: float) -> tuple[list[Character], list[float]]:
    """The characters of a table that begins at ``top``; and the tops of its rows, and where the last ends."""
    starts = positions_of(rows)
    lines = [
        [_wrapped(box.text, _width(style, at, box), style) for box, at in zip(row, places, strict=True)]
        for row, places in zip(rows, starts, strict=True)
    ]
    heights = [
        max((_height(text, style) for box, text in zip(row, texts, strict=True) if box.rowspan == 1), default=0.0)
        or style.leading + 2 * style.padding
        for row, texts in zip(rows, lines, strict=True)
    ]
    for number, (row, texts) in enumerate(zip(rows, lines, strict=True)):
        for box, text in zip(row, texts, strict=True):
            there = slice(number, number + box.rowspan)
            short = _height(text, style) - sum(heights[there])
            if short > 0:
                heights[there.stop - 1] += short
    tops = [top + sum(heights[:number]) for number in range(len(heights) + 1)]
    edges = [left + sum(style.widths[:number]) for number in range(len(style.widths) + 1)]
    characters: list[Character] = []
    for number, (row, places, texts) in enumerate(zip(rows, starts, lines, strict=True)):
        for box, at, text in zip(row, places, texts, strict=True):
            place = edges[at], tops[number], edges[at + box.colspan], tops[number + box.rowspan]
            characters += _set_cell(text, place, style)
    return characters, tops


def _width(style: Style, at: int, box: Box) -> float:
    return sum(style.widths[at : at + box.colspan]) - 2 * style.padding


def _height(lines: Sequence[str], style: Style) -> float:
    return max(1, len(lines)) * style.leading + 2 * style.padding


def _advance(character: str, size: float) -> float:
    return size if is_wide(character) else size / 2


def _wrapped(text: str, width: float, style: Style) -> list[str]:
    """The text in lines that fit; a figure is broken where it must be, as programs do."""
    lines: list[str] = []
    for part in text.split("\n"):
        line, used = "", 0.0
        for character in part:
            step = _advance(character, style.size)
            if line and used + step > width:
                lines.append(line)
                line, used = "", 0.0
            line, used = line + character, used + step
        lines.append(line)
    return [line for line in lines if line]


def _set_cell(lines: Sequence[str], place: tuple[float, float, float, float], style: Style) -> list[Character]:
    left, top, right, bottom = place
    room = bottom - top - 2 * style.padding - len(lines) * style.leading
    y = top + style.padding + style.down * room
    found: list[Character] = []
    for line in lines:
        free = right - left - 2 * style.padding - sum(_advance(character, style.size) for character in line)
        x = left + style.padding + style.across * free
        middle = y + style.leading / 2
        for character in line:
            step = _advance(character, style.size)
            if character != " ":
                found.append((ord(character), x, middle - style.size / 2, x + step, middle + style.size / 2))
            x += step
        y += style.leading
    return found
