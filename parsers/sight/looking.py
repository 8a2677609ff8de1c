"""Lines of print → what they say: figures looked at twice where that is not sure, and in doubt where more may stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from parsers.sight.blanks import NOT_SURE, goes_on, is_slanted
from parsers.sight.engine import Grey, Said, recognise
from parsers.sight.print_lines import Area

_AROUND = 0.018  # inches of white left around a line
_QUITE_SURE = 0.97
_FIGURE = 0.09  # inches: the width of a figure
_SOME = 0.01
_WIDEST = 1.4  # heights: full-width digits are that far apart
_ABOVE = 0.03  # inches above and below a line that are made lighter with a seal beside it
_CHINESE = re.compile("[\u4e00-\u9fff]")
_WORD = re.compile("[\u4e00-\u9fff]{2}")


class Line(NamedTuple):
    """``area``: of the print; ``room``: where it may go on, to the left and right; ``in_cell``: of a drawn cell."""

    area: Area
    room: Area
    in_cell: bool


def look_at_lines(grey: Grey, red: Grey, lines: Sequence[Line], dots: float) -> list[Said]:
    """What the lines say. Figures that are not quite sure are looked at again, with more paper around them.

    Where the two looks do not agree, nothing is sure; nor where something may hide a part of a figure. ``red``: ink of
    seals that was taken off.
    """
    said = recognise([cut_out(grey, line.area, dots) for line in lines])
    again = [number for number, one in enumerate(said) if one.sure < _QUITE_SURE and _may_be_figure(lines[number], one)]
    looks = recognise([cut_out(grey, lines[number].area, dots, around=2.0) for number in again])
    for number, look in zip(again, looks, strict=True):
        first = said[number]
        said[number] = Said(first.text, max(first.sure, look.sure) if look.text == first.text else 0.0)
    return [
        Said(one.text, min(one.sure, NOT_SURE)) if _may_be_more(grey, red, line, one, dots) else one
        for line, one in zip(lines, said, strict=True)
    ]


def _may_be_figure(line: Line, said: Said) -> bool:
    return not (_WORD if line.in_cell else _CHINESE).search(said.text)


def _may_be_more(grey: Grey, red: Grey, line: Line, said: Said, dots: float) -> bool:
    """Whether a figure may have another stroke than those that were seen."""
    if (line.in_cell or _may_be_figure(line, said)) and _is_sealed(red, line.area, dots):
        return True
    if not _may_be_figure(line, said):
        return False
    if _is_too_wide(line.area, said.text):
        return True
    return (said.text == "1" and is_slanted(grey, line.area)) or goes_on(grey, line.area, line.room, dots)


def _is_too_wide(area: Area, text: str) -> bool:
    """Whether there is more ink than the figure that was seen needs: through 659 went a pen, and 9 was sure."""
    return any(map(str.isdigit, text)) and area.width > _WIDEST * len(text) * area.height


def _is_sealed(red: Grey, area: Area, dots: float) -> bool:
    """Whether red ink stood so near that it may have hidden a figure of this line."""
    beside = round(_FIGURE * dots)
    above = round(_ABOVE * dots)
    near = red[max(0, area.top - above) : area.bottom + above, max(0, area.left - beside) : area.right + beside]
    return bool(np.count_nonzero(near) > _SOME * near.size)


def cut_out(grey: Grey, area: Area, dots: float, around: float = 1.0) -> Grey:
    """The pixels of a line with some paper around it."""
    room = max(2, round(around * _AROUND * dots))
    piece = grey[max(0, area.top - room) : area.bottom + room, max(0, area.left - room) : area.right + room]
    if area.bottom - area.top >= 0.05 * dots:
        return piece
    # A flat mark (一, a dash) is shown in the middle of a line of print, not blown up to fill it.
    room = round(0.06 * dots)
    return np.asarray(cv2.copyMakeBorder(piece, room, room, 0, 0, cv2.BORDER_CONSTANT, value=255), np.uint8)
