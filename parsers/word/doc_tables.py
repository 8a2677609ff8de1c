"""The rows of a table in Word's binary form → Table: borders of cells become a grid, merged cells become spans."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise

from parsers.document import Cell, Problem, Table
from parsers.text import is_blank
from parsers.word import modifiers as m
from parsers.word.fib import NotUnderstood
from parsers.word.tables import CellText

_DESCRIPTOR = 20  # TC80
_MOST_CELLS = 63  # itcMax
# Word merges cells whose borders differ by up to 3 twips; rows changed by hand differ by more, and nobody sees it.
_SAME_BORDER = 30
_ACROSS, _DOWN, _STARTS_DOWN = 0x0003, 0x0020, 0x0040  # TCGRF: horzMerge, and the two bits of vertMerge


@dataclass(frozen=True, slots=True)
class RowShape:
    """A row as its end mark defines it: ``borders`` in twips from the left, one more than cells, and their flags."""

    borders: tuple[int, ...]
    flags: tuple[int, ...]


@dataclass(slots=True)
class _Placed:
    """A cell on the grid, still growing downwards."""

    text: str
    column: int
    end: int
    where: str
    flags: int
    rowspan: int = 1


def shape_of(table: tuple[tuple[int, bytes], ...]) -> RowShape:
    """The modifiers of a row's end mark → its shape. Raises NotUnderstood where there is none, or a strange one."""
    borders: list[int] = []
    flags: list[int] = []
    half_gap = 0
    for number, operand in table:
        if number == m.T_ROW:
            borders, flags = _defined(operand)
        elif number == m.T_ROW_95:
            raise NotUnderstood("a row is defined as in Word 95")
        elif number == m.T_HALF_GAP:
            (half_gap,) = struct.unpack("<h", operand)
        elif number == m.T_INSERT:
            _insert(operand, borders, flags)
        elif number == m.T_LEFT and borders:
            (left,) = struct.unpack("<h", operand)
            moved = left - (borders[0] + half_gap)
            borders = [border + moved for border in borders]
        elif number in _CHANGES:
            _change(number, operand, borders, flags)
    if not flags:
        raise NotUnderstood("a row is not defined")
    if any(left > right for left, right in pairwise(borders)):
        raise NotUnderstood(f"the borders of a row do not go from left to right: {borders}")
    return RowShape(tuple(borders), tuple(flags))


def _defined(operand: bytes) -> tuple[list[int], list[int]]:
    """2.9.319 TDefTableOperand: the number of cells, borders, then a descriptor each; absent ones are zeros."""
    count = operand[0] if operand else 0
    if not 0 < count <= _MOST_CELLS or len(operand) < 1 + 2 * (count + 1):
        raise NotUnderstood(f"a row of {count} cells is defined in {len(operand)} bytes")
    borders = struct.unpack_from(f"<{count + 1}h", operand, 1)
    described = range(3 + 2 * count, len(operand) - _DESCRIPTOR + 1, _DESCRIPTOR)
    flags = [struct.unpack_from("<H", operand, at)[0] for at in described][:count]
    return list(borders), flags + [0] * (count - len(flags))


def _insert(operand: bytes, borders: list[int], flags: list[int]) -> None:
    """sprmTInsert: ``count`` cells of one width, before cell ``first``; a row may be made of nothing else."""
    first, count, width = struct.unpack("<BBh", operand)
    if first > len(flags) or len(flags) + count > _MOST_CELLS:
        raise NotUnderstood(f"{count} cells are inserted before cell {first} of {len(flags)}")
    if not borders:
        borders.append(0)
    start = borders[first]
    borders[first + 1 :] = [border + count * width for border in borders[first + 1 :]]
    borders[first + 1 : first + 1] = [start + (at + 1) * width for at in range(count)]
    flags[first:first] = [0] * count


def _change(number: int, operand: bytes, borders: list[int], flags: list[int]) -> None:
    """2.6.3: modifiers that change the cells ``first`` to ``end`` (not included) of a row already defined."""
    if number == m.T_MERGE_DOWN:
        if len(operand) != 2 or operand[0] >= len(flags):
            raise NotUnderstood(f"one of {len(flags)} cells is merged downwards by {operand!r}")
        at, merged = operand
        flags[at] = flags[at] & ~(_DOWN | _STARTS_DOWN) | (merged & 3) * _DOWN
        return
    first, end = operand[0], operand[1]
    if not first < end <= len(flags):
        raise NotUnderstood(f"cells {first} to {end} of {len(flags)} are changed by the modifier {number:#06x}")
    if number == m.T_DELETE:
        removed = borders[end] - borders[first]
        borders[first + 1 :] = [border - removed for border in borders[end + 1 :]]
        del flags[first:end]
    elif number == m.T_WIDTH:
        (width,) = struct.unpack_from("<h", operand, 2)
        for at in range(first, end):
            wider = width - (borders[at + 1] - borders[at])
            borders[at + 1 :] = [border + wider for border in borders[at + 1 :]]
    else:
        merging = number == m.T_MERGE
        for at in range(first, end):
            flags[at] = flags[at] & ~_ACROSS | ((2 if at == first else 1) if merging else 0)


_CHANGES = frozenset({m.T_DELETE, m.T_WIDTH, m.T_MERGE, m.T_SPLIT, m.T_MERGE_DOWN})


def columns_of(shapes: list[RowShape]) -> dict[int, int]:
    """The borders of all rows → the grid column that begins there, from 0; borders a reader cannot tell apart are one.

    Two borders of one row never fall together. Raises NotUnderstood where that cannot be kept.
    """
    rows_with: dict[int, set[int]] = {}
    for at, shape in enumerate(shapes):
        for border in shape.borders:
            rows_with.setdefault(border, set()).add(at)
    found: dict[int, int] = {}
    column, begun, rows = -1, 0, set[int]()
    for border in sorted(rows_with):
        if column < 0 or border - begun > _SAME_BORDER or rows & rows_with[border]:
            column, begun, rows = column + 1, border, set()
        rows |= rows_with[border]
        found[border] = column
    if any(found[left] >= found[right] for shape in shapes for left, right in pairwise(shape.borders)):
        raise NotUnderstood("a row has a cell of no width")
    return found


def merged_across(flags: tuple[int, ...]) -> list[bool]:
    """For each cell, whether it continues the one to its left.

    Word's own description of 1997 calls 1 the first of merged cells and 2 the others, [MS-DOC] 2.9.317 calls
    2 and 3 the first and 1 the others. The first mark of a run tells which is meant, as either begins a run with
    a first; NotUnderstood where the run does not fit.
    """
    marks = [flag & _ACROSS for flag in flags]
    found = [False] * len(marks)
    if not any(marks):
        return found
    firsts: tuple[int, ...] = ()
    for at, mark in enumerate(marks):
        if mark == 0:
            firsts = ()
            continue
        if not firsts:
            firsts = (1,) if mark == 1 else (2, 3)
        found[at] = mark not in firsts
        if not found[at] and at > 0 and marks[at - 1] in firsts:
            raise NotUnderstood(f"cells merged across are marked {marks}")
    return found


def read_table(shapes: list[RowShape], texts: list[list[CellText]], number: int) -> tuple[Table, list[Problem]]:
    """The rows of a table → the ``number``-th table of the document (from 1) and what was doubtful about it.

    Raises NotUnderstood where a row has other cells than its definition, or a merge does not fit the grid.
    """
    columns = columns_of(shapes)
    problems: list[Problem] = []
    rows: list[list[_Placed]] = []
    above: dict[int, _Placed] = {}
    for at, (shape, row) in enumerate(zip(shapes, texts, strict=True), 1):
        if len(shape.flags) != len(row):
            raise NotUnderstood(f"row {at} of table {number} defines {len(shape.flags)} cells and has {len(row)}")
        placed = _place(shape, row, columns, f"table={number}&row={at}", problems)
        above = _merge_down(placed, above, problems)
        rows.append([cell for cell in placed if not cell.flags & _DOWN or cell.flags & _STARTS_DOWN])
    read = tuple(tuple(Cell(c.text, c.rowspan, c.end - c.column, c.where) for c in row) for row in rows)
    return Table(read, f"table={number}"), problems


def _place(
    shape: RowShape, row: list[CellText], columns: dict[int, int], where_of_row: str, problems: list[Problem]
) -> list[_Placed]:
    """The cells of a row on the grid, those merged across as one; columns left out at the start are a blank cell."""
    left = columns[shape.borders[0]]
    found = [_Placed("", 0, left, "", 0)] if left > 0 else []
    for position, (printed, is_merged) in enumerate(zip(row, merged_across(shape.flags), strict=True)):
        where = f"{where_of_row}&cell={position + 1}"
        if printed.problems:
            problems += [Problem(code, says, where) for code, says in printed.problems]
        begin, end = columns[shape.borders[position]], columns[shape.borders[position + 1]]
        if is_merged:
            found[-1].end = end
            problems += _not_seen(printed.text, "to its left", where)
        else:
            found.append(_Placed(printed.text, begin, end, where, shape.flags[position]))
    return found


def _merge_down(row: list[_Placed], above: dict[int, _Placed], problems: list[Problem]) -> dict[int, _Placed]:
    """Lengthens the cells that a row continues; returns the cells that the next row may continue, by column."""
    below: dict[int, _Placed] = {}
    for cell in row:
        if not cell.flags & _DOWN:
            continue
        if cell.flags & _STARTS_DOWN:
            below[cell.column] = cell
            continue
        grown = above.get(cell.column)
        if grown is None or grown.end != cell.end:
            raise NotUnderstood(f"{cell.where} is merged with the cell above, and there is none of its width")
        grown.rowspan += 1
        below[cell.column] = grown
        problems += _not_seen(cell.text, "above", cell.where)
    return below


def _not_seen(text: str, side: str, where: str) -> list[Problem]:
    if is_blank(text):
        return []
    return [Problem("merged_away", f"not seen by a reader, in a cell merged into the one {side}: {text!r}", where)]
