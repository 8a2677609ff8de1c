"""A sheet's cells and merged areas → one Table, without what a reader of the sheet does not see."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from parsers.document import Cell, Problem, Table
from parsers.errors import TooLarge
from parsers.places import in_fragment
from parsers.tables.grid import MOST_SLOTS
from parsers.text import is_blank

_MOST_MERGED = 20_000
_QUOTED = 40  # characters of a text that a problem quotes


class Place(NamedTuple):
    """Row and column of a cell, from 0."""

    row: int
    column: int

    @property
    def name(self) -> str:
        """As spreadsheets call it: (6, 2) is C7."""
        letters, rest = "", self.column + 1
        while rest:
            rest, letter = divmod(rest - 1, 26)
            letters = chr(ord("A") + letter) + letters
        return f"{letters}{self.row + 1}"


class Area(NamedTuple):
    """A rectangle of cells: first and last row and column, both included, from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Sheet:
    """One sheet. ``cells`` holds the text of every cell that the file states, blank ones too."""

    name: str
    cells: dict[Place, str] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def where(self, place: Place) -> str:
        return f"sheet={in_fragment(self.name)}&cell={place.name}"

    def hides(self, place: Place) -> bool:
        return place.row in self.hidden_rows or any(a <= place.column <= b for a, b in self.hidden_columns)


def table_of(sheet: Sheet) -> tuple[Table | None, list[Problem]]:
    """A sheet → its Table (None where it prints nothing) and what is doubtful about it.

    Rows and columns in which nothing is printed are left out, and so are hidden ones; spans count what is left.
    Raises TooLarge.
    """
    printed = [place for place, text in sheet.cells.items() if not is_blank(text)]
    hidden = [place for place in printed if sheet.hides(place)]
    problems = [*sheet.problems, *_hidden(sheet, hidden)]
    seen = [place for place in printed if not sheet.hides(place)]
    rows = sorted({place.row for place in seen})
    columns = sorted({place.column for place in seen})
    if not seen:
        return None, problems
    if len(rows) * len(columns) > MOST_SLOTS or len(sheet.merged) > _MOST_MERGED:
        raise TooLarge(
            f"expected at most {MOST_SLOTS} cells and {_MOST_MERGED} merged areas on a sheet, "
            f"found {len(rows) * len(columns)} and {len(sheet.merged)}"
        )
    spans, covered = _spans(sheet, rows, columns)
    problems += _merged_away(sheet, seen, covered)
    read = tuple(_row(sheet, row, columns, spans, covered) for row in rows)
    return Table(tuple(row for row in read if row), f"sheet={in_fragment(sheet.name)}"), problems


class _Span(NamedTuple):
    anchor: Place
    rows: int
    columns: int


def _spans(
    sheet: Sheet, rows: Sequence[int], columns: Sequence[int]
) -> tuple[Mapping[Place, _Span], Mapping[Place, Place]]:
    """By the first place that is left of it: each merged area; and by place: the anchor that covers it."""
    spans: dict[Place, _Span] = {}
    covered: dict[Place, Place] = {}
    for area in sheet.merged:
        down = rows[bisect_left(rows, area.top) : bisect_right(rows, area.bottom)]
        across = columns[bisect_left(columns, area.left) : bisect_right(columns, area.right)]
        places = [Place(row, column) for row in down for column in across]
        if not places or any(place in covered or place in spans for place in places):
            continue
        spans[places[0]] = _Span(Place(area.top, area.left), len(down), len(across))
        covered.update(dict.fromkeys(places[1:], places[0]))
    return spans, covered


def _row(
    sheet: Sheet,
    row: int,
    columns: Sequence[int],
    spans: Mapping[Place, _Span],
    covered: Mapping[Place, Place],
) -> tuple[Cell, ...]:
    """The cells that begin in a row. A text alone runs over what stands beside it, if the file states no cell there."""
    cells: list[Cell] = []
    last = 0
    for column in columns:
        place = Place(row, column)
        if place in covered:
            continue
        span = spans.get(place, _Span(place, 1, 1))
        cells.append(Cell(sheet.cells.get(span.anchor, ""), span.rows, span.columns, sheet.where(span.anchor)))
        if place in sheet.cells or place in spans:
            last = len(cells)
    alone = sum(not is_blank(cell.text) for cell in cells) == 1
    return tuple(cells[:last] if alone else cells)


def _merged_away(sheet: Sheet, seen: Iterable[Place], covered: Mapping[Place, Place]) -> list[Problem]:
    return [
        Problem(
            "merged_away",
            f"not seen by a reader, in a cell merged into {covered[place].name}: {sheet.cells[place][:_QUOTED]!r}",
            sheet.where(place),
        )
        for place in seen
        if place in covered
    ]


def _hidden(sheet: Sheet, hidden: Sequence[Place]) -> list[Problem]:
    if not hidden:
        return []
    says = f"{len(hidden)} cells stand in hidden rows or columns and are left out, the first says "
    return [Problem("hidden_cells", says + repr(sheet.cells[hidden[0]][:_QUOTED]), sheet.where(hidden[0]))]
