"""One sheet's Table → the blocks of each report that stands on it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from parsers.document import Block, Cell, Paragraph, Problem, Table
from parsers.tables.labels import core_of
from parsers.text import is_blank
from parsers.titles import read_title

# Said once in every report of either form: the first row of table 三, a row of table 二.
_LANDMARK = core_of("一、本年新收政府信息公开申请数量")
_LANDMARK_BEFORE = core_of("行政处罚")
_LONGEST_TITLE = 80


def parts_of(table: Table) -> tuple[tuple[Block, ...], tuple[Problem, ...]]:
    """A sheet's Table → itself, or, where titles part the reports on it, a title and a Table for each but the first.

    Sheets have no paragraphs, so the rows of two reports one below the other come as one table. Where nothing parts
    them, ``two_reports_on_sheet`` says so: what both print is then unread.
    """
    starts = _starts_in(table.rows)
    if starts is None:
        says = "the rows of a second report follow on this sheet, and no title of its own parts them"
        return (table,), (Problem("two_reports_on_sheet", says, table.where, "error"),)
    bounds = [0, *starts, len(table.rows)]
    if len(bounds) > 2 and any(_crosses(table.rows, start) for start in starts):
        says = "a merged cell reaches from one report on this sheet into the next"
        return (table,), (Problem("two_reports_on_sheet", says, table.where, "error"),)
    blocks: list[Block] = []
    for start, stop in pairwise(bounds):
        rows = table.rows[start:stop]
        if start:
            title = next(cell for cell in rows[0] if not is_blank(cell.text))
            blocks.append(Paragraph(title.text, title.where))
            rows = rows[1:]
        if rows:
            blocks.append(Table(rows, table.where))
    return tuple(blocks), ()


def _starts_in(rows: Sequence[tuple[Cell, ...]]) -> list[int] | None:
    """The rows at which further reports begin: the title before each further table 三; None where one has none.

    A table 三 that comes again alone (上年同期) is no second report.
    """
    starts = []
    for before, after in pairwise(_rows_with(_LANDMARK, rows)):
        titles = [at for at in range(before + 1, after) if _is_title(rows[at])]
        if titles:
            starts.append(min(at for at in titles if titles[-1] - at <= 2))
        elif _rows_with(_LANDMARK_BEFORE, rows[before:after]):
            return None
    return starts


def _rows_with(landmark: str, rows: Sequence[tuple[Cell, ...]]) -> list[int]:
    return [at for at, row in enumerate(rows) if any(core_of(cell.text) == landmark for cell in row)]


def _is_title(row: tuple[Cell, ...]) -> bool:
    texts = [cell.text for cell in row if not is_blank(cell.text)]
    return len(texts) == 1 and len(texts[0]) <= _LONGEST_TITLE and read_title(texts[0]).kind == "report"


def _crosses(rows: Sequence[tuple[Cell, ...]], start: int) -> bool:
    return any(at + cell.rowspan > start for at, row in enumerate(rows[:start]) for cell in row)
