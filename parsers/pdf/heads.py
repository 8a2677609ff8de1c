"""Lines over the figures of a table → the label of every column, and the labels of groups of columns over these."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from parsers.pdf.columns import CENTRED, LEFT, RIGHT, Columns
from parsers.pdf.row_labels import LEVEL, group_cells
from parsers.pdf.tokens import EVEN, Token, is_outline, pieces_between

STEP = 2.8  # em: lines of a header are no further apart
LINES = 14
BESIDE = 0.95  # em: lines of one label are further apart
_ENDS = ("。", "；", ";", "：")


@dataclass(frozen=True, slots=True)
class Label:
    """Lines of one label, from the top down."""

    tokens: tuple[Token, ...]

    @property
    def middle(self) -> float:
        return (self.tokens[0].middle + self.tokens[-1].middle) / 2


@dataclass(frozen=True, slots=True)
class Head:
    """``rows``: labels from the top down, the last of them the lowest labels of columns; a label of a column without
    any group over it stands in the row above, as one that reaches down. What stands left of the columns is in the row
    that is nearest.

    ``corner`` holds these left of the columns. ``leaves``: the label of each column. ``lines``: how many lines the head
    takes, ``bottom``: where it ends.
    """

    rows: tuple[tuple[Label, ...], ...]
    corner: tuple[Label, ...]
    leaves: tuple[Label, ...]
    lines: int
    bottom: float


def head_of(lines: Sequence[Sequence[Token]], columns: Columns) -> Head | None:
    """Lines of text above the first row of figures, from the top down → the head; None where a column has no label."""
    lines = _near(lines)
    left = columns.extents[0][0]
    over = [[token for token in line if token.box.right > left] for line in lines]
    stacks = _stacks([token for line in reversed(over) for token in line], columns)
    if stacks is None:
        return None
    sets = _leaves(stacks)
    leaves = [label for _, label in sorted((at, label) for found in sets for at, label in found.items())]
    bottom = max(leaf.tokens[-1].middle for leaf in leaves)
    top = min(leaf.tokens[0].middle for leaf in leaves)
    start = _start(lines, top)
    used = {token for leaf in leaves for token in leaf.tokens}
    cut = {token for stack in stacks for token in stack} | used
    groups = [token for line in over[start:] for token in line if not _is_taken(token, cut, used)]
    side = [token for line in lines[start:] for token in line if token.box.right <= left]
    corner = group_cells([token for token in side if token.middle <= bottom + LEVEL * token.size])
    rows = _with_corner(_rows(sets, groups), [Label(tokens) for tokens in corner])
    return Head(rows, tuple(map(Label, corner)), tuple(leaves), len(lines) - start, bottom)


def _is_taken(token: Token, cut: set[Token], used: set[Token]) -> bool:
    """Is a token (or are its pieces) among the labels of columns?"""
    if token in cut:
        return token in used
    return any(piece.middle == token.middle and token.box.holds(piece.box) for piece in used)


def _near(lines: Sequence[Sequence[Token]]) -> list[Sequence[Token]]:
    """The last lines, up to the first that is too far from the one below it."""
    kept: list[Sequence[Token]] = []
    for line in reversed(lines[-LINES:]):
        if kept and kept[-1][0].middle - line[0].middle > STEP * line[0].size:
            break
        kept.append(line)
    return kept[::-1]


def _start(lines: Sequence[Sequence[Token]], top: float) -> int:
    """Where the head begins: below the last heading, sentence or full line over the labels of the columns."""
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        if line[0].middle >= top - LEVEL * line[0].size:
            continue
        text = "".join(token.text for token in line)
        if (len(line) == 1 and is_outline(text)) or (len(line) == 1 and text.endswith(_ENDS)):
            return at + 1
    return 0


def _stacks(tokens: Sequence[Token], columns: Columns) -> list[list[Token]] | None:
    """Tokens from the bottom up → for each column those over it alone, the lowest first.

    The lowest over a column is its own label: where that lies over other columns as well, it is several set so close
    that nothing parts them, and it is cut between the columns. None where a column has nothing over it.
    """
    waiting = list(tokens)
    settled: set[int] = set()
    while len(settled) < len(columns.extents):
        found = _lowest(waiting, columns, settled)
        if found is None:
            return None
        token, under = found
        if len(under) > 1:
            pieces = _pieces(token, under, columns)
            if pieces is None:
                return None
            at = waiting.index(token)
            waiting[at : at + 1] = pieces
            settled |= set(under)
        else:
            settled.add(under[0])
    stacks: list[list[Token]] = [[] for _ in columns.extents]
    for token in waiting:
        under = _over(token, columns)
        for piece in [token] if len(under) == 1 else _upper_lines(token, under, stacks, columns):
            stacks[_over(piece, columns)[0]].append(piece)
    if any(_is_of_another_column(token, stack, columns) for stack in stacks for token in stack):
        return None
    return stacks if all(stacks) else None


def _is_of_another_column(token: Token, stack: Sequence[Token], columns: Columns) -> bool:
    """Is a label over no figures at all, and beside the label of the column that it would belong to?

    Then it names a column that is blank in every row, and nothing says how wide that is.
    """
    beside = any(other is not token and abs(other.middle - token.middle) < BESIDE * token.size for other in stack)
    return beside and not columns.under(token)


def _upper_lines(
    token: Token, under: Sequence[int], stacks: Sequence[Sequence[Token]], columns: Columns
) -> list[Token]:
    """A text over several columns cut into lines of their labels, where each piece stands right over the line below
    it; nothing for the label of a group."""
    below = [stacks[at][-1] for at in under if stacks[at]]
    if len(below) < len(under) or any(other.middle - token.middle > token.reach for other in below):
        return []
    for axis, edges in _ways_to_cut(under, columns):
        pieces = pieces_between(token, edges)
        if pieces is not None and len(pieces) == len(under) and all(
            abs(piece.axis(axis) - other.axis(axis)) <= LEVEL * piece.size
            for piece, other in zip(pieces, below, strict=True)
        ):  # fmt: skip
            return pieces
    return []


def _pieces(token: Token, under: Sequence[int], columns: Columns) -> list[Token] | None:
    """Labels set so close that nothing parts them, cut where each stands best over the figures of its column."""
    found = []
    for axis, edges in _ways_to_cut(under, columns):
        pieces = pieces_between(token, edges)
        if pieces is not None and len(pieces) == len(under):
            ranges = [columns.extents[at] for at in under]
            off = [
                abs(piece.axis(axis) - ((low + high) / 2, low, high)[axis])
                for piece, (low, high) in zip(pieces, ranges, strict=True)
            ]
            found.append((max(off), axis, pieces))
    return min(found, key=lambda way: way[:2])[2] if found else None


def _ways_to_cut(under: Sequence[int], columns: Columns) -> Iterator[tuple[int, list[float]]]:
    """For texts that are centred, begin on the left or end on the right: the edges between the columns."""
    pairs = list(itertools.pairwise(columns.extents[under[0] : under[-1] + 1]))
    yield CENTRED, [(before[1] + after[0]) / 2 for before, after in pairs]
    yield LEFT, [after[0] - 0.5 for _, after in pairs]
    yield RIGHT, [before[1] + 0.5 for before, _ in pairs]


def _lowest(waiting: Sequence[Token], columns: Columns, settled: set[int]) -> tuple[Token, list[int]] | None:
    for token in waiting:
        under = _over(token, columns)
        if any(at not in settled for at in under):
            return token, under
    return None


def _over(token: Token, columns: Columns) -> list[int]:
    """The columns a label lies over: whose figures it covers, or, where it covers none, whose share of the page."""
    under = columns.under(token)
    if not under:
        return [sum(token.centre > edge for edge in columns.edges)]
    return list(range(under[0], under[-1] + 1))


def _leaves(stacks: Sequence[Sequence[Token]]) -> list[dict[int, Label]]:
    """For each column the lines of its own label, in sets of labels that are level with each other.

    Labels are set alike: level by their middles, their first or their last lines. Columns without a group reach over
    more rows of the head and are level among themselves. The fewest sets win, and of these the one that leaves no line
    over a label that may be its own.
    """
    options = [_blocks(stack) for stack in stacks]
    ways = []
    for measure, whole in itertools.product(range(3), (True, False)):
        rest = {
            at: [(_level(block, measure), block) for block in (blocks[-1:] if whole else blocks)]
            for at, blocks in enumerate(options)
        }
        sets: list[dict[int, Label]] = []
        while rest:
            best = _largest_set(rest)
            sets.append({at: Label(block) for at, block in best.items()})
            rest = {at: blocks for at, blocks in rest.items() if at not in best}
        cut = sum(len(label.tokens) < len(options[at][-1]) for found in sets for at, label in found.items())
        if len(sets) == 1 and cut == 0:
            return sets  # no way is better, and this one comes first among its equals
        ways.append((len(sets) + cut, len(sets), measure, sets))
    return min(ways, key=lambda way: way[:3])[-1]


def _largest_set(options: Mapping[int, Sequence[tuple[float, tuple[Token, ...]]]]) -> dict[int, tuple[Token, ...]]:
    """For each column its blocks with their levels, the shortest first → the most columns' blocks on one level."""
    best: dict[int, tuple[Token, ...]] = {}
    for level in dict.fromkeys([other for blocks in options.values() for other, _ in blocks]):
        same: dict[int, tuple[Token, ...]] = {}
        for at, blocks in options.items():
            for other, block in blocks:
                if -LEVEL * block[0].size <= other - level <= LEVEL * block[0].size:
                    same[at] = block
        if (len(same), sum(map(len, same.values()))) > (len(best), sum(map(len, best.values()))):
            best = same
    return best


def _level(block: Sequence[Token], measure: int) -> float:
    return ((block[0].middle + block[-1].middle) / 2, block[0].middle, block[-1].middle)[measure]


def _blocks(stack: Sequence[Token]) -> list[tuple[Token, ...]]:
    """The lowest line over a column, and with it one more line after another as long as they may be one label."""
    found: list[tuple[Token, ...]] = [(stack[0],)]
    for token in stack[1:]:
        block = (token, *found[-1])
        steps = [after.middle - before.middle for before, after in itertools.pairwise(block)]
        if max(steps) > token.reach or max(steps) - min(steps) > EVEN * token.size:
            break
        found.append(block)
    return found


def _rows(sets: Sequence[Mapping[int, Label]], groups: Sequence[Token]) -> list[list[Label]]:
    lowest = max(sets, key=lambda found: max(label.tokens[-1].middle for label in found.values()))
    last = list(lowest.values())
    higher = [label for found in sets if found is not lowest for label in found.values()]
    levels: list[list[Label]] = []
    for label in sorted((Label((token,)) for token in groups), key=lambda label: label.middle):
        if levels and label.middle - levels[-1][-1].middle <= LEVEL * label.tokens[0].size:
            levels[-1].append(label)
        else:
            levels.append([label])
    if higher and not levels:
        levels.append([])
    if higher:
        levels[-1] += higher
    return [*levels, last]


def _with_corner(rows: Sequence[Sequence[Label]], corner: Sequence[Label]) -> tuple[tuple[Label, ...], ...]:
    """The rows with what stands left of the columns, and above them all in a row of its own."""
    found = [list(row) for row in rows]
    middles = [max(label.middle for label in row) for row in rows]
    above: list[list[Label]] = []
    for label in corner:
        if label.middle < min(other.middle for other in rows[0]) - label.tokens[0].size:
            above.append([label])
        else:
            found[min(range(len(rows)), key=lambda at: abs(middles[at] - label.middle))].append(label)
    return tuple(tuple(sorted(row, key=lambda label: label.tokens[0].box.left)) for row in (*above, *found))
