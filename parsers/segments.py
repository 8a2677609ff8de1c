"""A document that holds several reports → one run of blocks for each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from parsers.document import Block, Table
from parsers.tables.labels import core_of
from parsers.titles import read_title

# Said once in every report of either form: the first row of table 三.
_LANDMARK = core_of("一、本年新收政府信息公开申请数量")
# Longer lines are prose that mentions a report.
_LONGEST_TITLE = 80


def reports_in(blocks: Sequence[Block]) -> tuple[tuple[Block, ...], ...]:
    """Blocks → the blocks of each report. One report (or none) is one run: all of the blocks.

    A new report begins at the last title line before each further table 三; what stands before the first title
    belongs to the first report, what follows the last table to the last.
    """
    tables = [at for at, block in enumerate(blocks) if isinstance(block, Table) and _holds_landmark(block)]
    starts = [0]
    for before, after in pairwise(tables):
        titles = [at for at in range(before + 1, after) if _is_title(blocks[at])]
        if titles:
            starts.append(_first_of_run(titles))
    return tuple(tuple(blocks[start:stop]) for start, stop in zip(starts, [*starts[1:], len(blocks)], strict=True))


def _holds_landmark(table: Table) -> bool:
    return any(core_of(cell.text) == _LANDMARK for row in table.rows for cell in row)


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
