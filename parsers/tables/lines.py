"""Rows under a header → lines: which row of the form each is, and its data cells."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parsers.forms import Form, Label
from parsers.tables.headers import Header
from parsers.tables.labels import Match, begins_label, core_of, is_part, match_label
from parsers.tables.rows import Piece, Row, is_figure
from parsers.text import is_blank, one_line

# "- 4 -", "— 12 —", "第 3 页": a page number that stands within the table (淮安 2024).
_PAGE_NUMBER = re.compile(r"[-—–－]+ ?\d{1,3} ?[-—–－]+|第 ?\d{1,3} ?页(?: ?[,，]?共 ?\d{1,3} ?页)?")
_WITNESSES = 2  # full rows that must stand at one place before a row with gaps is read by it


@dataclass(frozen=True, slots=True)
class Line:
    """A row of data: the form's row it is (None where its label is unknown), and its cells from left to right.

    ``by_grid``: the columns of the header and of this row are columns of one grid.
    """

    header: Header
    row: Label | None
    label: str
    exact: bool
    cells: tuple[Piece, ...]
    by_grid: bool
    where: str


def lines_under(rows: Sequence[Row], header: Header, form: Form, headers: Sequence[Header]) -> tuple[Line, ...]:
    """The lines between a header and whatever ends its table: the next header, a section, or a foreign table."""
    labels = form.row_labels()
    later = [other.start for other in headers if other is not header and other.start >= header.stop]
    ends = min(later, default=len(rows))
    block = [row for row in rows[header.stop : ends] if row.section == header.section and not _is_page_number(row)]
    starts = _data_starts(block, header)
    lines: list[Line] = []
    index = 0
    while index < len(block):
        row = block[index]
        if row.table != header.table and not _continues(block, row.table, header, labels):
            break
        split = _aligned(row, _split(row, header, labels), header, starts)
        joined = _joined(block, index, split, header, labels) if split is not None else None
        if joined is not None:
            lines.append(joined)
            index += 2
            continue
        if split is not None:
            lines.append(_line_of(header, row, split, labels))
        index += 1
    known = (*labels, *form.column_labels())
    return tuple(line for line in lines if line.cells and (line.row is not None or _has_data(line, known, not labels)))


@dataclass(frozen=True, slots=True)
class _Split:
    """A row cut in two: its own label (the rightmost), and what follows it."""

    label: Piece | None
    cells: tuple[Piece, ...]


def _split(row: Row, header: Header, labels: tuple[Label, ...]) -> _Split | None:
    """None for a row that is no data: a band title, a printed note."""
    if _by_grid(row, header):
        first = header.columns[0].first
        before = [piece for piece in row.pieces if piece.last < first and not piece.blank]
        cells = tuple(piece for piece in row.pieces if piece.last >= first)
        crossing = [piece for piece in cells if piece.first < first and not piece.blank]
        if crossing and not is_figure(crossing[0]):
            # A title or note that reaches from the label columns into the data columns; or, with figures behind it, a
            # label of a table that a program has joined to the one above it, whose grid is another.
            return _split_in_order(row, labels) if any(is_figure(piece) for piece in cells) else None
        if before and is_figure(before[-1]):
            return _split_in_order(row, labels)
        return _Split(before[-1] if before else None, cells)
    return _split_in_order(row, labels)


def _split_in_order(row: Row, labels: tuple[Label, ...]) -> _Split | None:
    """The label is the last text that names a row of the form; without one, the last text before the first figure."""
    pieces = row.pieces
    named = [at for at, piece in enumerate(pieces) if not piece.blank and match_label(piece.text, labels)]
    until = next((at for at, piece in enumerate(pieces) if is_figure(piece)), len(pieces))
    texts = named or [at for at in range(until) if not pieces[at].blank]
    if not texts:
        return _Split(None, pieces)
    return _Split(pieces[texts[-1]], pieces[texts[-1] + 1 :])


def _is_page_number(row: Row) -> bool:
    full = [piece for piece in row.pieces if piece.own and not piece.blank]
    return len(full) == 1 and _PAGE_NUMBER.fullmatch(one_line(full[0].text)) is not None


def _data_starts(block: Sequence[Row], header: Header) -> Mapping[int, int]:
    """Rows without spans that have a figure for every column → where the figures begin, by the width of the row.

    Dumps of PDF print every grid column, label columns too, so that a row with gaps has more cells than the form has
    columns. Where all full rows of one width begin at one place, that place holds for a row with gaps as well.
    """
    found: dict[int, list[int]] = defaultdict(list)
    for row in block if header.columns else ():
        figures = [at for at, piece in enumerate(row.pieces) if is_figure(piece)]
        if not row.spans_known and len(figures) == len(header.columns) == figures[-1] - figures[0] + 1:
            found[len(row.pieces)].append(figures[0])
    return {width: at[0] for width, at in found.items() if len(at) >= _WITNESSES and len(set(at)) == 1}


def _aligned(row: Row, split: _Split | None, header: Header, starts: Mapping[int, int]) -> _Split | None:
    """A row with gaps, cut where the full rows of its width are; as it was where that place does not fit."""
    start, wanted = starts.get(len(row.pieces), -1), len(header.columns)
    if split is None or split.label is None or row.spans_known or start < 0 or len(split.cells) == wanted:
        return split
    cells = row.pieces[start : start + wanted]
    outside = [piece for piece in split.cells if not piece.blank and piece not in cells]
    if outside or split.label in cells or len(cells) < wanted:
        return split
    return _Split(split.label, cells)


def _by_grid(row: Row, header: Header) -> bool:
    return bool(header.columns) and header.spans_known and row.spans_known and row.table == header.table


def _line_of(header: Header, row: Row, split: _Split, labels: tuple[Label, ...]) -> Line:
    match = _match(split.label.text, labels) if split.label is not None else None
    return _line(header, row, split.label, match, split.cells)


def _line(header: Header, row: Row, label: Piece | None, match: Match | None, cells: tuple[Piece, ...]) -> Line:
    by_grid = _by_grid(row, header)
    if by_grid and label is not None:
        first = header.columns[0].first
        by_grid = label.last < first and not (cells and cells[0].first < first)
    return Line(
        header=header,
        row=match.label if match is not None else None,
        label=core_of(label.text) if label is not None else "",
        exact=match.exact if match is not None else True,
        cells=cells,
        by_grid=by_grid,
        where=(label or row.pieces[0]).cell.where if row.pieces else "",
    )


def _joined(block: Sequence[Row], index: int, split: _Split, header: Header, labels: tuple[Label, ...]) -> Line | None:
    """A row whose label goes on in the next row (document 003; a page break): one line, if one of them has no data."""
    if split.label is None or index + 1 >= len(block) or _match(split.label.text, labels) is not None:
        return None
    if not begins_label(split.label.text, labels):
        return None
    after = _split(block[index + 1], header, labels)
    if after is None or after.label is None:
        return None
    match = _match(split.label.text + after.label.text, labels)
    if match is None or not match.exact:
        return None
    with_data = [part for part in (split, after) if any(not piece.blank for piece in part.cells)]
    if len(with_data) > 1:
        return None
    cells = (with_data or [split])[0].cells
    return _line(header, block[index], split.label, match, cells)


def _match(printed: str, labels: tuple[Label, ...]) -> Match | None:
    matches = match_label(printed, labels)
    return matches[0] if len(matches) == 1 else None


def _continues(block: Sequence[Row], table: int, header: Header, labels: tuple[Label, ...]) -> bool:
    """Whether another table of the section goes on with the rows of this header."""
    rows = [row for row in block if row.table == table]
    if not labels:
        return all(len(row.pieces) <= len(header.columns) + 1 for row in rows)
    return any(
        _match(piece.text, labels) is not None for row in rows for piece in row.pieces if not is_blank(piece.text)
    )


def _has_data(line: Line, known: tuple[Label, ...], unlabelled: bool) -> bool:
    """A line without a known label counts where figures stand in it, or texts that are no labels themselves.

    A single text is a printed note. Where no row has a label (table 四), an empty row is a row all the same.
    """
    full = [piece for piece in line.cells if not piece.blank]
    if not full:
        return unlabelled
    if any(is_figure(piece) for piece in full):
        return True
    return len(full) > 1 and not all(is_part(piece.text, known) for piece in full)
