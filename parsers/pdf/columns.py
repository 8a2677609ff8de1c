"""Figures under each other → columns, and whether every figure of a row surely stands in one of them."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field

from parsers.pdf.tokens import Token

CENTRED, LEFT, RIGHT = 0, 1, 2
STRAY = 0.45  # em: how far from its column's axis a figure may stand; half a digit is 0.25
_TELLING = 3  # columns: one or two may stand like those of another table
NEAR = 1.75  # em: lines no further apart may be lines of one cell


@dataclass(frozen=True, slots=True)
class Columns:
    """``extents``: what the figures of each column cover, left to right, in points; ``axis``: how they are aligned
    (CENTRED, LEFT or RIGHT) and ``at``: where, for each column; ``cut``: where the labels of groups of rows end on the
    left, 0 where there are none."""

    extents: tuple[tuple[float, float], ...]
    axis: int
    at: tuple[float, ...]
    cut: float = 0.0
    _sides: tuple[tuple[float, ...], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_sides", tuple(zip(*self.extents, strict=True)))

    @property
    def edges(self) -> tuple[float, ...]:
        """The middle of each gap between neighbours."""
        return tuple((before[1] + after[0]) / 2 for before, after in itertools.pairwise(self.extents))

    def under(self, token: Token) -> list[int]:
        """The columns whose extents (ascending, and apart) a token overlaps."""
        lows, highs = self._sides
        left, _, right, _ = token.box
        return list(range(bisect_right(highs, left), bisect_left(lows, right)))

    def wider(self, tokens: Sequence[Token]) -> Columns | None:
        """The same columns with one label over each; None where one of these reaches into another column."""
        extents = []
        for (low, high), token in zip(self.extents, tokens, strict=True):
            extents.append((min(low, token.box.left), max(high, token.box.right)))
        if any(before[1] > after[0] for before, after in itertools.pairwise(extents)):
            return None
        return Columns(tuple(extents), self.axis, self.at)

    def moved_onto(self, rows: Sequence[Sequence[Token]]) -> Columns | None:
        """The columns as they lie on the next page, where that is moved aside: by rows of figures that have one in each
        of them; None where these stand otherwise, or the columns are too few to tell."""
        full = [row for row in rows if len(row) == len(self.extents)]
        if len(self.extents) < _TELLING or not full:
            return None
        places = [_middle([token.axis(self.axis) for token in column]) for column in zip(*full, strict=True)]
        moves = [place - at for place, at in zip(places, self.at, strict=True)]
        move = _middle(moves)
        if any(abs(other - move) > STRAY * full[0][0].size for other in moves):
            return None
        extents = tuple((low + move, high + move) for low, high in self.extents)
        return Columns(extents, self.axis, tuple(at + move for at in self.at), self.cut and self.cut + move)


def columns_of(rows: Sequence[Sequence[Token]]) -> Iterator[Columns]:
    """Rows of figures → the columns they may be in, the likeliest first.

    First those of the rows that have as many figures as most rows have; then those of all rows together, for a table in
    which most rows have blanks. Columns that are not apart are none.
    """
    counts = Counter(map(len, rows))
    usual = max(counts, key=lambda count: (counts[count], count))
    seen: list[Columns] = []
    for count in dict.fromkeys((usual, max(counts), None)):
        if count is None:
            ranges = _united([token for row in rows for token in row])
        else:
            ranges = [_range(column) for column in zip(*[row for row in rows if len(row) == count], strict=True)]
        found = _of_ranges(ranges, rows)
        if found is not None and found not in seen:
            seen.append(found)
            yield found


def _range(tokens: Sequence[Token]) -> tuple[float, float]:
    return min(token.box.left for token in tokens), max(token.box.right for token in tokens)


def _united(tokens: Sequence[Token]) -> list[tuple[float, float]]:
    ranges: list[tuple[float, float]] = []
    for token in sorted(tokens, key=lambda token: token.box.left):
        if ranges and token.box.left <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(ranges[-1][1], token.box.right))
        else:
            ranges.append((token.box.left, token.box.right))
    return ranges


def _of_ranges(ranges: Sequence[tuple[float, float]], rows: Sequence[Sequence[Token]]) -> Columns | None:
    if any(before[1] >= after[0] for before, after in itertools.pairwise(ranges)):
        return None
    inside: list[list[Token]] = [[] for _ in ranges]
    bare = Columns(tuple(ranges), CENTRED, ())
    for token in itertools.chain.from_iterable(rows):
        under = bare.under(token)
        if len(under) == 1:
            inside[under[0]].append(token)
    if not all(inside):
        return None
    lefts = [[token.box[0] for token in column] for column in inside]
    rights = [[token.box[2] for token in column] for column in inside]
    centres = [[token.centre for token in column] for column in inside]
    ways = (centres, lefts, rights)
    spreads = [sum(map(_spread, columns)) for columns in ways]
    axis = min(range(3), key=lambda axis: spreads[axis])
    at = tuple(map(_middle, ways[axis]))
    return Columns(tuple(ranges), axis, at)


def _middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def _spread(values: Sequence[float]) -> float:
    middle = _middle(values)
    return sum(abs(value - middle) for value in values)


def cells_of(row: Sequence[Token], columns: Columns) -> list[Token | None] | None:
    """The figure of each column of a row, None for a blank one; None for the row where one of them is in doubt.

    Each figure overlaps one column alone. A row with blanks must have its figures on the columns' axes, and none that
    could as well be set in the middle of several columns as one cell; one figure alone could be that of a cell over all
    of them.
    """
    cells: list[Token | None] = [None] * len(columns.extents)
    for token in row:
        under = columns.under(token)
        if len(under) != 1 or cells[under[0]] is not None:
            return None
        cells[under[0]] = token
    if None not in cells:
        return cells
    if len(row) == 1:
        return None
    for at, cell in enumerate(cells):
        if cell is None:
            continue
        if abs(cell.axis(columns.axis) - columns.at[at]) > STRAY * cell.size or _may_be_merged(at, cells, columns):
            return None
    return cells


def _may_be_merged(at: int, cells: Sequence[Token | None], columns: Columns) -> bool:
    """Could this centred figure be that of a cell over its column and as many blank ones on both sides?"""
    if columns.axis != CENTRED or not 0 < at < len(cells) - 1:
        return False
    return cells[at - 1] is None and cells[at + 1] is None


def in_doubt(rows: Sequence[Sequence[Token]], columns: Columns, begun: Container[int]) -> set[int]:
    """Rows (by index) that may be two lines of one row: figures under each other without any room between them, of
    which the upper is as wide as its column gets, so that its digits may go on below.

    ``begun``: rows that surely begin a row, by the number of their label.
    """
    widest: list[float] = []
    doubtful: set[int] = set()
    for number, (upper, lower) in enumerate(itertools.pairwise(rows)):
        if number + 1 in begun or lower[0].middle - upper[0].middle > NEAR * upper[0].size:
            continue
        if len(upper) == len(lower) == len(columns.extents):
            continue
        widest = widest or _widest(rows, columns)
        for token in upper:
            under = columns.under(token)
            below = any(columns.under(other) == under for other in lower)
            if below and len(under) == 1 and token.box.width > widest[under[0]] - 0.25 * token.size:
                doubtful |= {number, number + 1}
    return doubtful


def _widest(rows: Sequence[Sequence[Token]], columns: Columns) -> list[float]:
    """The width of the widest figure in each column."""
    widest = [0.0] * len(columns.extents)
    for token in itertools.chain.from_iterable(rows):
        for at in columns.under(token):
            widest[at] = max(widest[at], token.box.width)
    return widest
