"""Pieces of print side by side → one text where a full-width mark, which leaves half of its em white, parted it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers.sight.engine import Said
from parsers.sight.print_lines import Area

_WHITE = 0.85  # heights: a bracket's own white and that beside characters; two columns are further apart
_LEVEL = 0.35
_BEFORE, _BEHIND = "（(《", "）)》，,、。；;：:"  # their white stands before them, or behind
_CHINESE = re.compile("[\u4e00-\u9fff]")

_Piece = tuple[Area, Said]


def joined_at_marks(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Pieces of print outside drawn cells → those of one text as one: "第二十条第", "（一）" and "项"."""
    joined: list[_Piece] = []
    for piece in sorted(pieces, key=lambda one: one[0].left):
        before = next((at for at in range(len(joined) - 1, -1, -1) if _is_one_text(joined[at], piece)), None)
        if before is None:
            joined.append(piece)
        else:
            joined[before] = _both(joined[before], piece)
    return sorted(joined, key=lambda one: one[0].top)


def _is_one_text(before: _Piece, after: _Piece) -> bool:
    (left, first), (right, second) = before, after
    height = max(left.height, right.height)
    return (
        -0.1 * height <= right.left - left.right < _WHITE * height
        and abs(left.top + left.bottom - right.top - right.bottom) < 2 * _LEVEL * height
        and (first.text.endswith(tuple(_BEHIND)) or second.text.startswith(tuple(_BEFORE)))
        and _CHINESE.search(first.text) is not None
        and _CHINESE.search(second.text) is not None
    )


def _both(before: _Piece, after: _Piece) -> _Piece:
    (left, first), (right, second) = before, after
    area = Area(left.left, min(left.top, right.top), right.right, max(left.bottom, right.bottom))
    return area, Said(first.text + second.text, min(first.sure, second.sure))
