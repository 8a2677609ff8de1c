"""A line outside drawn tables → its tokens: what white space as wide as between two columns keeps apart."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from parsers.pdf.figures import is_figure
from parsers.pdf.geometry import Box, around
from parsers.pdf.lines import Line, PlacedLine, Run, is_wide, line_of
from parsers.text import fold

APART = 0.45  # em: quarter and half spaces within a label are narrower, the padding of two cells is wider
BESIDE = 0.28  # em: between a text and its own figure ("增加 5") stands a quarter
LEADING = 1.5  # em: lines of one text are no further apart in a table
NARROWEST = 0.95  # em: and no nearer
EVEN = 0.12  # em: and nearly as far from each other everywhere
AGAIN = 0.4  # points
# "1.", "2、", "（三）", "四、", "(5)": text that begins so begins a label
_BEGINS = re.compile(r"^(?:[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十\d]+[.、．，])")

_OUTLINE = re.compile(r"[一二三四五六七八九十]{1,3}\.")
# Other Chinese characters, Latin letters and digits stay what they are when a text is folded.
_BEGINS_NO_OUTLINE = re.compile("(?![一二三四五六七八九十])[0-9A-Za-z\u3400-\u9fff]")


class Token(NamedTuple):
    """Runs of one line that belong together; ``middle`` is their vertical middle, ``size`` that of the font.

    ``reach``: the next line of one text in this size is no further below, in points.
    """

    text: str
    box: Box
    size: float
    middle: float
    reach: float

    @property
    def numbered(self) -> bool:
        return _BEGINS.match(self.text) is not None

    @property
    def is_figure(self) -> bool:
        return is_figure(self.text)

    @property
    def centre(self) -> float:
        return (self.box.left + self.box.right) / 2

    def axis(self, which: int) -> float:
        """The centre (0), the left (1) or the right end (2)."""
        return (self.centre, self.box.left, self.box.right)[which]


Reaches = Mapping[float, float]
"""Size of characters (to half a point) → how far below a line the next of the same text is at most, in points."""


def reaches_of(lines: Sequence[PlacedLine]) -> Reaches:
    """Lines of all pages from the top down → for each size the smallest step that comes again from a text to the one
    right under it, with some slack."""
    steps: dict[float, list[float]] = defaultdict(list)
    for at, upper in enumerate(lines):
        below = [other for lower in lines[at + 1 : at + 5] if lower.page == upper.page for other in lower.line.runs]
        for run in upper.line.runs:
            if is_wide(run.text[-1]) and NARROWEST * run.size < (step := _step_below(run, below)) < LEADING * run.size:
                steps[_rounded(run.size)].append(step)
    return {size: step + EVEN * size for size, found in steps.items() if (step := _smallest_again(sorted(found)))}


def _step_below(run: Run, below: Sequence[Run]) -> float:
    """How far the next text under a run is that overlaps it, in points; 0 for none of its size."""
    _, (left, _, right, _), _, size, middle = run
    for other in below:
        if other.box[0] < right and other.box[2] > left and other.middle > middle:
            alike = is_wide(other.text[0]) and abs(other.size - size) < 0.1 * size
            return other.middle - middle if alike else 0.0
    return 0.0


def _smallest_again(steps: Sequence[float]) -> float:
    return next((step for step, after in itertools.pairwise(steps) if after - step < AGAIN), 0.0)


def _rounded(size: float) -> float:
    return round(size * 2) / 2


def tokens_of(line: Line, reaches: Reaches) -> list[Token]:
    """The tokens of a line from left to right."""
    groups: list[list[Run]] = []
    for run in line.runs:
        if groups and _belongs(groups[-1][-1], run):
            groups[-1].append(run)
        else:
            groups.append([run])
    return [token_of(group, reaches) for group in groups]


def token_of(runs: Sequence[Run], reaches: Reaches) -> Token:
    """Runs of one line (at least one, from left to right) as one token."""
    if len(runs) == 1:
        text, box, _, size, middle = runs[0]
        return Token(text, box, size, middle, reaches.get(_rounded(size), LEADING * size))
    line = line_of(runs)
    reach = reaches.get(_rounded(line.size), LEADING * line.size)
    return Token(line.text, line.box, line.size, sum(run.middle for run in runs) / len(runs), reach)


def _belongs(before: Run, after: Run) -> bool:
    gap, size = after.box[0] - before.box[2], min(before.size, after.size)
    if gap >= APART * size:
        return False
    last, first = before.text[-1], after.text[0]
    if (last.isdigit() and first.isdigit()) or _BEGINS.match(after.text):
        return False
    if is_figure(before.text) and is_figure(after.text):
        return False
    return gap < BESIDE * size or not is_figure(after.text)


def pieces_between(token: Token, edges: Sequence[float]) -> list[Token] | None:
    """A token of full-width characters cut at the edges (ascending x) that it crosses; None where it has others.

    Programs set labels that fill their cells so close that no gap is left between two of them.
    """
    if not all(map(is_wide, token.text)):
        return None
    step = token.box.width / len(token.text)
    columns = [sum(token.box.left + (at + 0.5) * step > edge for edge in edges) for at in range(len(token.text))]
    pieces = []
    for column in sorted(set(columns)):
        places = [at for at, other in enumerate(columns) if other == column]
        left, right = token.box.left + places[0] * step, token.box.left + (places[-1] + 1) * step
        box = Box(left, token.box.top, right, token.box.bottom)
        pieces.append(token._replace(text="".join(token.text[at] for at in places), box=box))
    return pieces


def data_of(tokens: Sequence[Token]) -> int:
    """Where the figures of a row begin among its tokens: the first figure with white space before it; -1 for none."""
    for at, token in enumerate(tokens):
        if token.is_figure and (at == 0 or token.box.left - tokens[at - 1].box.right > BESIDE * token.size):
            return at
    return -1


def is_outline(text: str) -> bool:
    """True for "四、行政复议、行政诉讼情况": a heading of the report's outline.

    >>> is_outline("四、政府信息公开行政复议"), is_outline("（四）无法提供")
    (True, False)
    """
    return _BEGINS_NO_OUTLINE.match(text) is None and _OUTLINE.match(fold(text)) is not None


def box_of(tokens: Sequence[Token]) -> Box:
    return tokens[0].box if len(tokens) == 1 else around([token.box for token in tokens])
