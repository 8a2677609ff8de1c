"""Lines and tables → the pages of a PDF, as drawing operators: text in lines that fit, a rule around every cell."""

from __future__ import annotations

from tests.documents.official_forms import Box
from tests.documents.sources import Block, Grid, Line, positions_of

_TOP, _BOTTOM, _LEFT, _WIDTH = 790.0, 60.0, 40.0, 515.0
_SIZES = {"title": 16.0, "heading": 13.0, "paragraph": 11.0, "signature": 11.0, "date": 11.0}
_CELL, _LEADING, _PADDING = 8.0, 10.0, 3.0
_SHARES = {4: (2.6, 1.8, 1.8, 1.8), 10: (1.1, 1.5, 5.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2), 15: (1.0,) * 15}


class _Sheets:
    """Pages under the pen; ``y`` is where the next thing stands."""

    def __init__(self) -> None:
        self.pages: list[list[str]] = []
        self.turn()

    def turn(self) -> None:
        self.pages.append([])
        self.y = _TOP

    def need(self, height: float) -> None:
        if self.y - height < _BOTTOM and self.y < _TOP:
            self.turn()

    def write(self, text: str, x: float, y: float, size: float) -> None:
        code = text.encode("utf-16-be").hex()
        self.pages[-1].append(f"BT /F {size:g} Tf {x:.2f} {y:.2f} Td <{code}> Tj ET")

    def draw(self, operator: str) -> None:
        self.pages[-1].append(operator)


def typeset(blocks: list[Block]) -> list[bytes]:
    """Blocks → the content stream of each page; a table begins on a new page where it does not fit."""
    sheets = _Sheets()
    for block in blocks:
        if isinstance(block, Line):
            _set_line(sheets, block)
        else:
            _set_grid(sheets, block)
    return ["\n".join(page).encode() for page in sheets.pages]


def _set_line(sheets: _Sheets, line: Line) -> None:
    size = _SIZES[line.kind]
    text = f"　　{line.text}" if line.kind == "paragraph" else line.text
    for part in _wrapped(text, _WIDTH, size):
        sheets.need(size * 1.6)
        sheets.y -= size * 1.6
        free = _WIDTH - _long(part, size)
        across = {"title": 0.5, "signature": 1.0, "date": 1.0}.get(line.kind, 0.0)
        sheets.write(part, _LEFT + free * across, sheets.y, size)
    sheets.y -= size * 0.4


def _set_grid(sheets: _Sheets, grid: Grid) -> None:
    shares = _SHARES[grid.width]
    edges = [_LEFT + _WIDTH * sum(shares[:at]) / sum(shares) for at in range(len(shares) + 1)]
    starts = positions_of(grid.rows)
    heights = [_LEADING + 2 * _PADDING for _ in grid.rows]
    placed: list[tuple[int, Box, int, list[str]]] = []
    for number, (row, columns) in enumerate(zip(grid.rows, starts, strict=True)):
        for box, at in zip(row, columns, strict=True):
            lines = _wrapped(box.text, edges[at + box.colspan] - edges[at] - 2 * _PADDING, _CELL)
            placed.append((number, box, at, lines))
            if box.rowspan == 1:
                heights[number] = max(heights[number], len(lines) * _LEADING + 2 * _PADDING)
    sheets.need(sum(heights))
    tops = [sheets.y - 6 - sum(heights[:number]) for number in range(len(heights) + 1)]
    for number, box, at, lines in placed:
        left, right = edges[at], edges[at + box.colspan]
        top, bottom = tops[number], tops[number + box.rowspan]
        sheets.draw(f"0.5 w {left:.2f} {bottom:.2f} {right - left:.2f} {top - bottom:.2f} re S")
        y = (top + bottom) / 2 + len(lines) * _LEADING / 2
        for part in lines:
            y -= _LEADING
            sheets.write(part, (left + right - _long(part, _CELL)) / 2, y + 2, _CELL)
    sheets.y = tops[-1] - 8


def _long(text: str, size: float) -> float:
    return sum(size / 2 if character.isascii() else size for character in text)


def _wrapped(text: str, width: float, size: float) -> list[str]:
    lines, line = [], ""
    for character in text:
        if line and _long(line + character, size) > width:
            lines.append(line)
            line = ""
        line += character
    return [*lines, line] if line else lines
