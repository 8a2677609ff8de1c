"""Header rows → which column of the form stands where."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from parsers.forms import Form, Label
from parsers.tables.labels import Match, core_of, is_group, match_label
from parsers.tables.rows import Piece, Row, is_figure

# What stands over the row labels of table 二, and over all data columns of table 三.
_CORNER = "信息内容"
_UNIT = re.compile("[万亿]?元")
_ENOUGH_LABELS = 2


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the form and the grid columns it was found over."""

    label: Label
    first: int
    last: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Header:
    """A run of header rows ``start`` to ``stop`` (not included) and the columns it names, from left to right.

    ``width`` reaches to the last column that something is printed over; programs pad every row to the widest.
    ``doubtful`` are columns whose label stands there more than once or under no group that tells them apart.
    """

    start: int
    stop: int
    columns: tuple[Column, ...]
    doubtful: tuple[Label, ...]
    width: int
    table: int
    section: int
    spans_known: bool
    units: Mapping[str, str]
    """Unit of money as the printed label names it: column key → 元, 万元 or 亿元."""


def find_headers(rows: Sequence[Row], form: Form, bare: Sequence[int] | None = None) -> tuple[Header, ...]:
    """Every run of rows that names columns of the form. ``bare``: ``rows_without_figures``, the same for every form."""
    columns = form.column_labels()
    groups = tuple(dict.fromkeys(column.group for column in columns if column.group))
    named = {
        at: count
        for at in (rows_without_figures(rows) if bare is None else bare)
        if (count := _labels_in(rows[at], columns, groups))
    }
    headers: list[Header] = []
    stop = 0
    for index, count in named.items():
        if index < stop or count < _ENOUGH_LABELS:
            continue
        start = index
        while start - 1 in named and _belongs(rows[start - 1], rows[index]):
            start -= 1
        stop = index + 1
        while stop in named and _belongs(rows[stop], rows[index]):
            stop += 1
        headers.append(_header_of(rows, start, stop, columns, groups))
    return tuple(header for header in headers if header.columns or header.doubtful)


def rows_without_figures(rows: Sequence[Row]) -> tuple[int, ...]:
    """Where the rows are that may name columns: those without a figure or filler in them."""
    return tuple(at for at, row in enumerate(rows) if not any(map(is_figure, row.pieces)))


def header_of_rows(rows: Sequence[Row], form: Form) -> Header | None:
    """A header without columns, before the first of at least three rows that only the form's labels name.

    A table that lost its header row is still a table of the form: its figures are there, and cannot be placed.
    """
    labels = form.row_labels()
    for section in dict.fromkeys(row.section for row in rows):
        named = [
            (at, match.label.key)
            for at, row in enumerate(rows)
            if row.section == section
            for piece in row.pieces
            if piece.own and len(core_of(piece.text)) > 3
            for match in match_label(piece.text, labels)
            if match.exact
        ]
        if len({key for _, key in named}) >= 3:
            first = rows[named[0][0]]
            return Header(named[0][0], named[0][0], (), (), 0, first.table, section, first.spans_known, {})
    return None


def _labels_in(row: Row, columns: tuple[Label, ...], groups: tuple[str, ...]) -> int:
    """How many different labels of columns, groups or the corner stand in a row."""
    found = set()
    for piece in row.pieces:
        if piece.own and not piece.blank:
            found.add(is_group(piece.text, (*groups, _CORNER)))
            found.update(match.label.label for match in match_label(piece.text, columns))
    return len(found - {""})


def _belongs(row: Row, strong: Row) -> bool:
    return row.section == strong.section and not any(_is_row_title(piece) for piece in row.pieces)


def _is_row_title(piece: Piece) -> bool:
    """ "（七）总计" names a row, though 总计 is a column too: columns carry no numbering."""
    return piece.own and core_of(piece.text) == "总计" and len("".join(piece.text.split())) > 2


def _header_of(
    rows: Sequence[Row], start: int, stop: int, columns: tuple[Label, ...], groups: tuple[str, ...]
) -> Header:
    block = rows[start:stop]
    found, by_grid = _columns_of(block, columns, groups)
    keys = [column.label.key for column in found]
    twice = {key for key in keys if keys.count(key) > 1}
    texts = [piece.text for row in block for piece in row.pieces]
    printed = [(text, unit[0]) for text in texts if (unit := _UNIT.search(text)) is not None]
    return Header(
        start=start,
        stop=stop,
        columns=tuple(column for column in found if column.label.key not in twice),
        doubtful=tuple({c.label.key: c.label for c in found if c.label.key in twice}.values()),
        width=max((piece.last + 1 for row in block for piece in row.pieces if not piece.blank), default=0),
        table=block[-1].table,
        section=block[-1].section,
        spans_known=by_grid,
        units={match.label.key: unit for text, unit in printed for match in match_label(text, columns)},
    )


def _columns_of(
    block: Sequence[Row], columns: tuple[Label, ...], groups: tuple[str, ...]
) -> tuple[tuple[Column, ...], bool]:
    """The columns a header names, and whether they stand in the grid of its table.

    AbiWord writes each header row as a table of its own (HTML) or with spans that do not add up (DOC): where the
    order of the labels names more columns than the grid does, the order is what is left of the header.
    """
    in_order = _columns_in_order(block, columns, groups)
    if not block[0].spans_known or len({row.table for row in block}) > 1:
        return in_order, False
    in_grid = _columns_in_grid(block, columns, groups)
    named_once = {key for key, count in Counter(column.label.key for column in in_grid).items() if count == 1}
    if len(named_once) < len(in_order):
        return in_order, False
    return in_grid, True


def _columns_in_grid(block: Sequence[Row], columns: tuple[Label, ...], groups: tuple[str, ...]) -> tuple[Column, ...]:
    """Each grid column is named by the lowest header cell over it, told apart by the cells above that one.

    None at all where a label stands outside its own group or inside another's: then a span is wrong, and the grid
    proves nothing.
    """
    present = {is_group(piece.text, groups) for row in block for piece in row.pieces} - {""}
    named: list[tuple[int, Piece, Match]] = []
    for at in range(max(row.width for row in block)):
        over = [piece for row in block for piece in row.pieces if piece.first <= at <= piece.last and not piece.blank]
        over = list({id(piece.cell): piece for piece in over}.values())
        for depth in range(len(over) - 1, -1, -1):
            matches = _match_at(over, depth, columns)
            if len(matches) == 1:
                above = [group for piece in over[:depth] if (group := is_group(piece.text, groups))]
                if matches[0].label.group in present and above[-1:] != [matches[0].label.group]:
                    return ()
                named.append((at, over[depth], matches[0]))
            if matches:
                break
    found = []
    for _, run in groupby(named, key=lambda name: (id(name[1].cell), name[2].label.key)):
        cells = list(run)
        found.append(Column(cells[0][2].label, cells[0][0], cells[-1][0], cells[0][2].exact))
    return tuple(found)


def _match_at(over: Sequence[Piece], depth: int, columns: tuple[Label, ...]) -> tuple[Match, ...]:
    """What one of the cells over a column names: a label that a rule or a page break cut in two is joined."""
    matches = match_label(over[depth].text, columns)
    if depth and not any(match.exact for match in matches):
        joined = match_label(over[depth - 1].text + over[depth].text, columns)
        matches = joined if any(match.exact for match in joined) else matches
    if len(matches) < 2:
        return matches
    above = [core_of(piece.text) for piece in over[:depth]]
    return tuple(match for match in matches if core_of(match.label.group) in above) or matches


def _columns_in_order(block: Sequence[Row], columns: tuple[Label, ...], groups: tuple[str, ...]) -> tuple[Column, ...]:
    """Without spans only the order in each row is known: a group's columns are the next labels of the row below.

    The row that holds the groups is read from left to right; at each group as many labels are taken from the row
    below as come before one repeats. Labels in rows further up stand before or after everything, by their side
    of the group above (document 002 prints 总计 beside 申请人情况).
    """
    lines = [[piece for piece in row.pieces if piece.own and not piece.blank] for row in block]
    lines = [line for line in lines if any(_known(piece, columns, groups) for piece in line)]
    for line in lines:
        line[:] = [piece for piece in line if _known(piece, columns, groups)]
    if not lines:
        return ()
    parents = lines[-2] if len(lines) > 1 else []
    nested = [piece for piece in parents if is_group(piece.text, groups)]
    below = list(lines[-1])
    if not nested:
        ordered = [(piece, "") for piece in (*parents, *below)] if not parents else []
        return _in_order(ordered, columns)
    present = {is_group(piece.text, groups) for line in lines for piece in line}
    ordered = []
    for piece in parents:
        group = is_group(piece.text, groups)
        if not group:
            ordered.append((piece, ""))
            continue
        taken: set[str] = set()
        while below and core_of(below[0].text) not in taken:
            taken.add(core_of(below[0].text))
            if not _may_stand_under(below[0], group, columns, present):
                return ()
            ordered.append((below.pop(0), group))
    if below:
        return ()
    for line in reversed(lines[:-2]):
        sides = [piece for piece in line if is_group(piece.text, groups)]
        ordered = _beside(line, sides, ordered)
    return _in_order(ordered, columns)


def _may_stand_under(piece: Piece, group: str, columns: tuple[Label, ...], present: set[str]) -> bool:
    """Whether a label is one of the group's own, or of a group that the header does not print."""
    own = [match.label.group for match in match_label(piece.text, columns)]
    return group in own or any(other not in present for other in own)


def _beside(line: list[Piece], sides: list[Piece], ordered: list[tuple[Piece, str]]) -> list[tuple[Piece, str]]:
    loose = [piece for piece in line if piece not in sides]
    if not sides:
        return ordered if not loose else []
    before = [(piece, "") for piece in loose if piece.first < sides[0].first]
    after = [(piece, "") for piece in loose if piece.first > sides[-1].first]
    return [*before, *ordered, *after]


def _in_order(ordered: list[tuple[Piece, str]], columns: tuple[Label, ...]) -> tuple[Column, ...]:
    """Labels in order → columns; a label of several groups takes the group it was found under.

    One found under none takes the group that no label below names: 行政复议 is printed above its five columns
    in the first header row, the two groups of 行政诉讼 in the second.
    """
    under = {group for _, group in ordered if group}
    found = []
    for at, (piece, group) in enumerate(ordered):
        matches = match_label(piece.text, columns)
        if len(matches) > 1:
            matches = tuple(m for m in matches if (m.label.group == group if group else m.label.group not in under))
        if len(matches) != 1 or (not group and matches[0].label.group in under):
            return ()
        found.append(Column(matches[0].label, at, at, matches[0].exact))
    return tuple(found)


def _known(piece: Piece, columns: tuple[Label, ...], groups: tuple[str, ...]) -> bool:
    return bool(is_group(piece.text, groups) or match_label(piece.text, columns))
