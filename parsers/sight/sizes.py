"""Recognised print outside drawn cells → its fonts' sizes, and which of it stands level: ink tells that only nearly."""

from __future__ import annotations

from collections.abc import Sequence

from parsers.pdf.geometry import clusters
from parsers.pdf.lines import Run, is_cjk, is_wide

_FEWEST = 3
_LIKE = 0.4  # points: sizes that are nearer are one
_LEVEL = 0.45  # points: print whose middles are nearer stands level; a pixel is 0.36
_FLAT = 2.5  # points: a dash says nothing of its size
_RATIO = (0.7, 1.4)


def with_sizes(runs: Sequence[Run]) -> list[Run]:
    """The runs with the sizes of their fonts: of Chinese each character is as wide as its font is high; figures are of
    the size of the Chinese nearest to them, where that may be."""
    told = {at: size for at, run in enumerate(runs) if (size := _told_by_width(run)) is not None}
    if not told:
        return [run._replace(size=_rounded(run.size)) for run in runs]
    sizes = {
        at: _rounded((low + high) / 2)
        for at, size in told.items()
        for low, high in clusters(list(told.values()), _LIKE)
        if low <= size <= high
    }
    found = []
    for at, run in enumerate(runs):
        nearest = at if at in sizes else min(sizes, key=lambda other: abs(runs[other].middle - run.middle))
        may_be = run.box.height < _FLAT or _RATIO[0] < run.size / sizes[nearest] < _RATIO[1]
        found.append(run._replace(size=sizes[nearest] if may_be else _rounded(run.size)))
    return found


def levelled(runs: Sequence[Run]) -> list[Run]:
    """The runs with one middle for all that stand level: the ink of 一 and that of 持 have others."""
    levels = clusters([run.middle for run in runs], _LEVEL)
    return [run._replace(middle=(low + high) / 2) for run in runs for low, high in levels if low <= run.middle <= high]


def _told_by_width(run: Run) -> float | None:
    text = run.text
    if len(text) < _FEWEST or not (all(map(is_wide, text)) and is_cjk(text[0]) and is_cjk(text[-1])):
        return None
    size = run.box.width / len(text)
    return size if _RATIO[0] < run.size / size < _RATIO[1] else None


def _rounded(size: float) -> float:
    return max(1.0, round(2 * size) / 2)
