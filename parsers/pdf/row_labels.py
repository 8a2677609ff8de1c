"""Lines left of the figures → which of them are the label of which row, where only one way to tell it fits."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from parsers.pdf.lines import join_lines
from parsers.pdf.tokens import EVEN, Token

_MOST_CUT = 8  # lines of a label that the end of the page cuts
INDENT = 1.2  # em: first lines may be indented by a full space
LEVEL = 0.3  # em: a label and its figures stand this level


class Told(NamedTuple):
    """A label and the figures' row that is its own, None for a row without any figure.

    ``sure`` is False where lines and figures are only what is left: a row that the end of the page cuts.
    """

    tokens: tuple[Token, ...]
    row: int | None
    sure: bool = True


def text_of(tokens: Sequence[Token]) -> str:
    """Lines of one label as one text."""
    return functools.reduce(lambda text, token: join_lines(text, token.text, wrapped=False), tokens, "")


@dataclass(frozen=True, slots=True)
class Side:
    """What stands left of the figures: lines of rows' own labels, and all other texts (groups of rows).

    ``own`` from the top down; ``maybe`` are those of them that could as well be a line of a group's label;
    ``cut``: where the labels of groups end, in points.
    """

    own: tuple[Token, ...]
    maybe: frozenset[Token]
    groups: tuple[Token, ...]
    cut: float


def side_of(lines: Sequence[Sequence[Token]], levels: Sequence[float], cut: float) -> Side:
    """Tokens left of the figures, line by line, and the heights of the rows of figures.

    A text with another to its right is a group's; what ends no further right than those do (and ``cut``, from the page
    before), or left of where most labels level with figures begin, may be one.
    """
    groups = [token for line in lines for token in line[:-1]]
    last = [line[-1] for line in lines if line]
    level = sorted(
        line[-1].box.left
        for line in lines
        if line and any(abs(line[-1].middle - other) <= LEVEL * line[-1].size for other in levels)
    )
    cut = max(cut, *(token.box.right for token in groups), level[len(level) * 2 // 5] if level else 0.0)
    own, maybe = [], set()
    for token in last:
        if token.box.right > cut + 0.3 * token.size:
            own.append(token)
        else:
            own.append(token)
            maybe.add(token)
    return Side(tuple(own), frozenset(maybe), tuple(groups), cut)


def labels_of(side: Side, levels: Sequence[float], loose_head: bool) -> tuple[Told, ...] | None:
    """The label of every row of figures, and of rows without any; None unless exactly one way to tell them fits.

    A label stands level with its figures by its middle, its first or its last line, all labels alike. ``loose_head``:
    lines before the first number may be left over (the end of what stands in the header's corner, or of the label
    that the page before began). The last row may be cut by the end of the page: then it is not sure.
    """
    numbered = next((at for at, token in enumerate(side.own) if token.numbered), 0) if loose_head else 0
    for cut in range(min(_MOST_CUT, len(side.own)) + 1):
        own, rest = side.own[: len(side.own) - cut], side.own[len(side.own) - cut :]
        if cut and (len(levels) < 2 or rest[-1].middle < levels[-2]):
            continue
        ways = _ways_of(own, side.maybe, levels[:-1] if cut else levels, numbered)
        if len(ways) > 1:
            return None
        if ways:
            return (*ways[0], Told(rest, len(levels) - 1, sure=False)) if cut else ways[0]
    return None


def _ways_of(
    own: tuple[Token, ...], maybe: frozenset[Token], levels: Sequence[float], most: int
) -> list[tuple[Told, ...]]:
    """The ways to tell labels if at most so many of the first lines are left over."""
    found: list[tuple[Told, ...]] = []
    for skipped, level in itertools.product(range(most + 1), (_by_middle, _by_first, _by_last)):
        head = (Told(own[:skipped], None, sure=False),) if skipped else ()
        for way in _Search(own[skipped:], maybe, tuple(levels), level).ways(0, 0):
            if (*head, *way) not in found:
                found.append((*head, *way))
    return found


def _by_middle(block: Sequence[Token]) -> float:
    return (block[0].middle + block[-1].middle) / 2


def _by_first(block: Sequence[Token]) -> float:
    return block[0].middle


def _by_last(block: Sequence[Token]) -> float:
    return block[-1].middle


class _Search:
    """The ways to cut lines into labels, each that of one row of figures or of a row without any; two are enough."""

    def __init__(
        self,
        own: tuple[Token, ...],
        maybe: frozenset[Token],
        levels: tuple[float, ...],
        level: Callable[[Sequence[Token]], float],
    ) -> None:
        self.own, self.maybe, self.levels, self.level = own, maybe, levels, level
        self.numbered = sum(token.numbered for token in own) > 1
        self.known: dict[tuple[int, int], list[tuple[Told, ...]]] = {}

    def ways(self, at: int, row: int) -> list[tuple[Told, ...]]:
        """At most two ways from the line ``at`` and the row of figures ``row`` on."""
        if (at, row) not in self.known:
            self.known[at, row] = self._ways(at, row)
        return self.known[at, row]

    def _ways(self, at: int, row: int) -> list[tuple[Told, ...]]:
        if at == len(self.own):
            return [()] if row == len(self.levels) else []
        above = [token for token in self.own[max(0, at - 3) : at] if self._goes_on(token, self.own[at])]
        sure = any(token not in self.maybe for token in above)
        found = list(self.ways(at + 1, row)) if self.own[at] in self.maybe and not sure else []
        if self.numbered and above and not self.own[at].numbered:
            return found  # where labels have numbers, a line without one goes on with the label above it
        block: tuple[Token, ...] = ()
        for end in range(at, len(self.own)):
            if not _is_label((*block, self.own[end])) or (block and not self._goes_on(block[-1], self.own[end])):
                if self.own[end] in self.maybe:
                    continue  # of a group's label that stands level with a row
                break
            block = (*block, self.own[end])
            told = self._told(block, row)
            if told is not None and self._is_whole(told, end + 1):
                found += [(told, *rest) for rest in self.ways(end + 1, row + (told.row is not None))]
        return found[:2]

    def _goes_on(self, upper: Token, lower: Token) -> bool:
        """May two lines be of one label? One that may be of a group's label only if it stands under the other."""
        under = lower.box.left < upper.box.right and lower.box.right > upper.box.left
        return _is_label((upper, lower)) and (under or not {upper, lower} & self.maybe)

    def _is_whole(self, told: Told, after: int) -> bool:
        """A row without figures is followed by a number, or what follows may be the rest of its label."""
        return told.row is not None or (after < len(self.own) and self.own[after].numbered)

    def _told(self, block: tuple[Token, ...], row: int) -> Told | None:
        """The block as the label of the next row of figures if it is level with it; of a row without any if it stands
        between two rows; else None."""
        slack = LEVEL * block[0].size
        if row < len(self.levels) and abs(self.level(block) - self.levels[row]) <= slack:
            return Told(block, row)
        between = 0 < row < len(self.levels) and self.levels[row - 1] + slack < block[0].middle
        if between and block[0].numbered and block[0] not in self.maybe and block[-1].middle < self.levels[row] - slack:
            return Told(block, None)
        return None


def _is_label(block: Sequence[Token]) -> bool:
    """Lines of one label: under each other, evenly spaced, and none but the first begins with a number."""
    if len(block) < 2:
        return True
    size = block[0].size
    if block[1].middle - block[0].middle > block[0].reach:
        return False
    steps = [after.middle - before.middle for before, after in itertools.pairwise(block)]
    return (
        max(steps) <= block[0].reach
        and max(steps) - min(steps) <= EVEN * size
        and not block[-1].numbered
        and block[-1].box.left < block[-2].box.right + INDENT * size
        and block[-1].box.right > block[-2].box.left - INDENT * size
    )


def group_cells(groups: Sequence[Token]) -> list[tuple[Token, ...]]:
    """Lines of the labels of groups, those under each other as one."""
    cells: list[list[Token]] = []
    for token in sorted(groups, key=lambda token: token.middle):
        above = [cell for cell in cells if _is_label((cell[-1], token))]
        if above:
            above[-1].append(token)
        else:
            cells.append([token])
    return [tuple(cell) for cell in cells]
