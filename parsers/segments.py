"""A document that holds several reports → one run of blocks for each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from parsers.document import Block, Table
from parsers.tables.labels import core_of
from parsers.titles import read_title

# Said once in every report of either form: the first row of table 三, a row of table 二, a column of table 四.
_LANDMARK = core_of("一、本年新收政府信息公开申请数量")
_LANDMARK_TO_2018 = core_of("（三）申请答复数")  # of the statistics table of 2014 to 2018
_LANDMARK_BEFORE = core_of("行政处罚")
_LANDMARK_AFTER = core_of("尚未审结")
_OPENING = core_of("一、总体情况")
_OPENING_OF_TABLE = core_of("二、主动公开政府信息情况")
# Longer lines are prose that mentions a report.
_LONGEST_TITLE = 80


def reports_in(blocks: Sequence[Block]) -> tuple[tuple[Block, ...], ...]:
    """Blocks → the blocks of each report. One report (or none) is one run: all of the blocks.

    A new report begins at the last title line before each further table 三; what stands before the first title
    belongs to the first report, what follows the last table to the last. Without a title line, it begins where a
    second set of tables does: 四 of one and 二 of the next stand between the two tables 三. A table 三 that comes
    again alone (上年同期) is no second report.
    """
    tables = _tables_with((_LANDMARK, _LANDMARK_TO_2018), blocks, 0, len(blocks))
    starts = [0]
    for before, after in pairwise(tables):
        titles = [at for at in range(before + 1, after) if _is_title(blocks[at])]
        if titles:
            starts.append(_first_of_run(titles))
        elif (start := _start_of_set(blocks, before, after)) is not None:
            starts.append(start)
    return tuple(tuple(blocks[start:stop]) for start, stop in zip(starts, [*starts[1:], len(blocks)], strict=True))


def _tables_with(landmarks: tuple[str, ...], blocks: Sequence[Block], start: int, stop: int) -> list[int]:
    return [
        at
        for at, block in enumerate(blocks[start:stop], start)
        if isinstance(block, Table) and any(core_of(cell.text) in landmarks for row in block.rows for cell in row)
    ]


def _start_of_set(blocks: Sequence[Block], before: int, after: int) -> int | None:
    """Where a second set of tables begins: its 一、总体情况, its 二 or its first table; None where there is none."""
    ends = _tables_with((_LANDMARK_AFTER,), blocks, before + 1, after)
    begins = _tables_with((_LANDMARK_BEFORE,), blocks, before + 1, after)
    if not ends or not begins or ends[-1] >= begins[0]:
        return None
    between = range(ends[-1] + 1, begins[0] + 1)
    for opening in (_OPENING, _OPENING_OF_TABLE):
        for at in between:
            block = blocks[at]
            if not isinstance(block, Table) and len(block.text) <= _LONGEST_TITLE and core_of(block.text) == opening:
                return at
    return begins[0]


def _is_title(block: Block) -> bool:
    if isinstance(block, Table) or len(block.text) > _LONGEST_TITLE:
        return False
    return read_title(block.text).kind == "report"


def _first_of_run(titles: Sequence[int]) -> int:
    """The last title, or the first of the adjacent lines that lead to it (a cover line, then the title again)."""
    start = titles[-1]
    for at in reversed(titles):
        if start - at <= 2:
            start = at
    return start
