"""Rows of 政府信息公开情况统计表 (2014 to 2018) → its lines: a label, its unit, and what stands behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from parsers.forms import STATISTICS, find_form
from parsers.tables.labels import core_of, match_label
from parsers.tables.rows import Piece, Row, is_figure
from parsers.text import fold, squeeze

# Said in this table alone; prose and the tables since 2019 have at most one of them in a cell of a table.
_WORDS = re.compile(
    "统计指标|主动公开政府信息数|制发规范性文件|公开政府信息的情况|政务微[博信]公开|回应公众关注|回应解读|新闻发布会|在线访谈|"
    "收到申请数|申请办结数|申请答复数|行政复议数量|行政诉讼数量|举报投诉数量|信息公开查阅点|接受培训人员|信息公开专项经费"
)
_ENOUGH_WORDS = 3
_LONGEST_LABEL = 60
_NAMES = frozenset(("统计指标", "指标", "指标名称", "统计项目", "项目", "统计内容"))
_UNIT_NAMES = frozenset(("单位", "计量单位"))
_NUMBER_NAMES = frozenset(("统计数", "统计数据", "统计数量", "统计数值", "统计数字", "统计结果", "数量", "数值"))
_ORDINAL_NAMES = frozenset(("序号", "编号", "行次"))
_FOOTER = re.compile(r"(?:单位)?负责人|审核人|填[报表]|制表|联系电话|盖章|备注|注:|说明:")
# 条, 件（次）, 万元; "万条" is none: what stands under it would be a ten-thousandth.
MONEY = frozenset(("万元", "元", "亿元"))
UNITS = MONEY | frozenset("条件次篇个人场期处项宗份起") | frozenset(("人次", "件次", "场次"))
_UNIT_IN_LABEL = re.compile(r"\((?:单位:|计量单位:)?([^():]{1,4})\)$")
# "1.", "（二）", "三、" or 其中 alone in a cell, before the cell with the words.
_NUMBERING_ALONE = re.compile(r"(?:[一二三四五六七八九十]+|\([一二三四五六七八九十\d]+\)|\d+)[.,:)]?|其中:?")
_SAME = {"件(次)": "件次", "人(次)": "人次", "(人次)": "人次"}


class Strip(NamedTuple):
    """统计指标 | 单位 | 统计数: printed once across a table, or twice side by side. Columns of the grid.

    ``left`` is where its part of the table begins, ``first`` where its labels do (序号 may stand before), ``unit`` None
    without such a column. More than one of ``values`` are columns of several years.
    """

    left: int
    first: int
    unit: int | None
    values: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """One label of the table. ``values`` are the cells under 统计数, ``extra`` what else is printed behind the label.

    ``by_grid``: the columns of header and row are one grid; else only the order within the row is known. ``column`` is
    the header's cell over the figure, None without a header.
    """

    label: str
    where: str
    unit: str
    values: tuple[Piece, ...]
    extra: tuple[Piece, ...]
    by_grid: bool
    column: Piece | None


def rows_of_statistics(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows of every table of this kind, and of the tables that go on with one."""
    words: dict[int, set[str]] = {}
    for row in rows:
        found = words.setdefault(row.table, set())
        for piece in row.pieces:
            if piece.own and len(piece.cell.text) > 3:
                found |= _words_in(piece.cell.text)
    taken: list[int] = []
    for table, found in words.items():
        if len(found) >= _ENOUGH_WORDS or (taken and _goes_on(row for row in rows if row.table == table)):
            taken.append(table)
    return tuple(row for row in rows if row.table in taken)


def without_statistics(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows of all other tables."""
    taken = {row.table for row in rows_of_statistics(rows)}
    return tuple(row for row in rows if row.table not in taken)


def lines_of(rows: Sequence[Row]) -> tuple[Printed, ...]:
    """Every label of the table in the order in which it is to be read: of two strips side by side the left one first.

    What names the table, who filled it in and when (填报单位, 负责人, 填报日期) are no lines.
    """
    headers = [(at, strips) for at, row in enumerate(rows) if (strips := strips_of(row))]
    if not headers:
        return tuple(line for row in rows if not _is_footer(row) for line in _lines_in_order(row, None))
    lines = [line for row in rows[: headers[0][0]] if not _is_footer(row) for line in _lines_in_order(row, None)]
    for (at, strips), (stop, _) in zip(headers, [*headers[1:], (len(rows), ())], strict=True):
        block = [row for row in rows[at + 1 : stop] if not _is_footer(row)]
        for number, strip in enumerate(strips):
            end = strips[number + 1].left if number + 1 < len(strips) else None
            for row in block:
                if _in_grid(row, rows[at]):
                    lines.extend(_lines_in_grid(row, strip, end, rows[at].spans_known))
                elif number == 0:
                    lines.extend(_lines_in_order(row, strip if len(strips) == 1 else None))
    return tuple(lines)


def strips_of(row: Row) -> tuple[Strip, ...]:
    """The strips that a header row names; none for any other row."""
    strips: list[Strip] = []
    left, first, unit = 0, -1, -1
    values: list[Piece] = []

    def close() -> None:
        if values:
            strips.append(Strip(left, first, unit if unit >= 0 else None, tuple(values)))

    for piece in row.pieces:
        core = core_of(piece.text)
        if piece.blank or core in _ORDINAL_NAMES:
            continue
        if core in _NAMES:
            close()
            left = strips[-1].values[-1].last + 1 if strips else 0
            first, unit, values = piece.first, -1, []
        elif first >= 0 and core in _UNIT_NAMES and not values:
            unit = piece.first
        elif first >= 0 and (core in _NUMBER_NAMES or any(name in core for name in ("统计数", "年"))):
            values.append(piece)
        elif core != "备注":
            return ()
    close()
    return tuple(strips)


def unit_of(text: str) -> str:
    """单位 as printed → the unit without brackets: "（件）" → 件."""
    folded = fold(text)
    return _SAME.get(folded, folded.strip("()"))


@lru_cache(maxsize=4096)
def _words_in(text: str) -> frozenset[str]:
    squeezed = squeeze(text)
    return frozenset(_WORDS.findall(squeezed)) if len(squeezed) <= _LONGEST_LABEL else frozenset()


def _goes_on(rows: Iterable[Row]) -> bool:
    labels = find_form(STATISTICS, "2014").row_labels()
    return any(
        match.exact
        for row in rows
        for piece in row.pieces
        if piece.own and len(core_of(piece.text)) > 4
        for match in match_label(piece.text, labels)
    )


def _is_footer(row: Row) -> bool:
    return any(_FOOTER.match(fold(piece.text)) for piece in row.pieces if piece.own and not piece.blank)


def _in_grid(row: Row, header: Row) -> bool:
    """Whether the columns of a row are those of the header: cells of one grid, or as many cells in a dump."""
    if row.spans_known and header.spans_known:
        return row.table == header.table or row.width == header.width
    return len(row.pieces) == len(header.pieces)


def _lines_in_grid(row: Row, strip: Strip, end: int | None, by_grid: bool) -> Iterator[Printed]:
    pieces = [
        piece
        for piece in row.pieces
        if strip.left <= piece.first and piece.last >= strip.first and (end is None or piece.first < end)
    ]
    number = strip.values[0].first
    behind = number if strip.unit is None else strip.unit
    labels = [piece for piece in pieces if piece.first < behind and piece.own and not piece.blank]
    units = [piece for piece in pieces if behind <= piece.first < number and not piece.blank]
    values = [
        piece
        for piece in pieces
        if piece.first >= behind and any(piece.first <= over.last and piece.last >= over.first for over in strip.values)
    ]
    strays = [piece for piece in units if piece not in values and _has_digit(piece)]
    strays += [p for p in pieces if p.first > number and p not in values and p.own and not p.blank]
    said = " ".join(piece.text for piece in units if piece not in values and not _has_digit(piece))
    full = [piece for piece in values if not piece.blank]
    if len(strip.values) > 1:  # columns of several years: which of them is this report's is not said
        full, strays = [], [*full, *strays]
        values = []
    yield from _labelled(labels, _Cut(said, tuple(full or values[:1]), tuple(strays), by_grid, strip.values[0]))


class _Cut(NamedTuple):
    """What stands behind the last label of a row."""

    unit: str
    values: tuple[Piece, ...]
    extra: tuple[Piece, ...]
    by_grid: bool
    column: Piece | None


def _labelled(labels: Sequence[Piece], cut: _Cut) -> Iterator[Printed]:
    """The labels of a row, the outermost first: only the last has a figure. A numbering alone belongs to the next."""
    own = [piece for piece in (*cut.values, *cut.extra) if piece.own and not piece.blank]
    if not labels and own:
        yield Printed("", own[0].cell.where, "", cut.values, cut.extra, cut.by_grid, cut.column)
    before = ""
    for at, piece in enumerate(labels):
        text = before + piece.text
        before = ""
        is_last = at == len(labels) - 1
        if not is_last and _NUMBERING_ALONE.fullmatch(fold(piece.text)):
            before = text
        elif is_last:
            yield Printed(text, piece.cell.where, _unit(cut.unit, text), *cut[1:])
        else:
            yield Printed(text, piece.cell.where, "", (), (), cut.by_grid, cut.column)


def _unit(said: str, label: str) -> str:
    """The unit of its own cell, else the one in brackets behind the label; "" where neither says one."""
    unit = unit_of(said)
    if unit and any(one.isalpha() for one in unit):
        return unit
    found = _UNIT_IN_LABEL.search(fold(label))
    return found[1] if found is not None and found[1] in UNITS else ""


def _lines_in_order(row: Row, strip: Strip | None) -> Iterator[Printed]:
    """A row of which only the order is known: labels, perhaps a unit, and the one figure behind them."""
    pieces = [piece for piece in row.pieces if piece.own]
    full = [piece for piece in pieces if not piece.blank]
    at = next((n for n, piece in enumerate(full) if not is_figure(piece) and unit_of(piece.text) not in UNITS), None)
    before = [piece for piece in full[:at] if _has_digit(piece)]
    yield from _labelled((), _Cut("", (), tuple(before), False, None))
    if at is None:
        return
    until = next((n for n in range(at, len(full)) if is_figure(full[n]) or unit_of(full[n].text) in UNITS), len(full))
    labels, behind = full[at:until], full[until:]
    units = [piece for piece in behind if unit_of(piece.text) in UNITS]
    last = (units or labels)[-1]
    values = [piece for piece in behind if piece not in units]
    after = [piece for piece in pieces if piece.first > last.first]
    column = strip.values[0] if strip is not None else None
    unit = units[0].text if units else ""
    if len(after) > 1 or len(units) > 1:  # one of them may be another year's: which is not said
        yield from _labelled(labels, _Cut(unit, (), (*units[1:], *values), False, column))
    else:
        yield from _labelled(labels, _Cut(unit, tuple(values or after), (), False, column))


def _has_digit(piece: Piece) -> bool:
    return any(one.isdigit() for one in piece.text)
