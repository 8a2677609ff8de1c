"""What a seal leaves beside the print of a cell once it is taken off: marks that say nothing and hide nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers.sight.blanks import NOT_SURE
from parsers.sight.engine import Grey, Said
from parsers.sight.print_lines import Area

_MOST = 0.8
_INSET = 0.08  # inches between a cell's side and its print, as Word leaves
_WIDER = 1.1
_LEGIBLE = re.compile("\\d|[\u4e00-\u9fff]{2}")


def remains_in(cell: Area, lines: Sequence[Area], said: Sequence[Said], red: Grey, dots: float) -> set[int]:
    """The numbers of those lines of a cell that are the edge of a seal (``red`` ink) over or under its print.

    None where the print may go on there: of a figure that fills its cell the last digits stand in a line of their own.
    """
    remains = {number for number, line in enumerate(lines) if is_remains(line, said[number], red)}
    printed = [number for number in range(len(lines)) if number not in remains]
    if not printed or any(_is_full(cell, lines[number], said[number], dots) for number in printed):
        return set()
    top, bottom = min(lines[number].top for number in printed), max(lines[number].bottom for number in printed)
    return {number for number in remains if lines[number].bottom <= top or lines[number].top >= bottom}


def is_remains(line: Area, said: Said, red: Grey) -> bool:
    """Whether a line says nothing that could be a figure or a word, and lies on or beside red ink from end to end."""
    if said.sure > NOT_SURE or _LEGIBLE.search(said.text):
        return False
    near = red[max(0, line.top - 2) : line.bottom + 2, max(0, line.left - 2) : line.right + 2]
    return bool(max(near.any(axis=0).mean(), near.any(axis=1).mean()) > _MOST)


def _is_full(cell: Area, line: Area, said: Said, dots: float) -> bool:
    """Whether a line leaves no room for another character. Cells leave as much on the right as on the left, or less."""
    character = line.width / len(said.text) if said.text.isdigit() else line.height
    inset = max(0, min(line.left - cell.left, cell.right - line.right, round(_INSET * dots)))
    return line.width + _WIDER * character + 2 * inset >= cell.width
