"""Table parts on both sides of a page break → one table, with rows and labels that the break cut made whole."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from parsers.pdf.figures import is_figure
from parsers.pdf.geometry import clusters, maker
from parsers.pdf.lines import PlacedLine, is_cjk, join_lines
from parsers.pdf.tables import Part, PartCell, on_columns
from parsers.text import fold, is_blank

ALIGNED = 4.0  # points: column lines nearer than this are the same line on the next page
# "（一）", "1.", "1、", "三、", "(2)": text that begins so begins a label (folded)
_NUMBERED = re.compile(r"^(?:\([一二三四五六七八九十\d]+\)|[一二三四五六七八九十\d]+\.)")
_BRACKETS = {"(": ")", "[": "]", "《": "》"}
_cell_of = maker(PartCell)


def joined_parts(before: Part, after: Part) -> Part | None:
    """Two tables with nothing between them but a page break as one; None where they are two.

    They are one if they have the same outer column lines, and the inner ones of one are among those of the other. The
    head that the second page repeats is left out. A row cut by the break is made whole where the evidence is clear,
    else both of its parts stay.
    """
    if after.page != before.page + 1:
        return None
    if abs(before.xs[0] - after.xs[0]) > ALIGNED or abs(before.xs[-1] - after.xs[-1]) > ALIGNED:
        return None
    if not _among(before.xs, after.xs) and not _among(after.xs, before.xs):
        return None
    # A head that comes again with the same first row under it is the head of another table.
    before, after = _on_common_columns(before, after)
    head = _repeated_rows(before, after)
    if head and head < after.rows and _labels(before, head) == _labels(after, head):
        return None
    return _joined(before, _without_head(after, head))


def with_overhang(before: Part, placed: PlacedLine, after: Part) -> Part | None:
    """The part with a line that hangs out of the last row at the foot of its page; None where it is not surely so.

    Where the page cuts a label's cell, Chromium prints the line that no longer fits under the table's last line, and
    the other half of the cell begins the next page without a line above it. Only a label is made longer, never a
    figure: by Chinese characters that begin at the last line and lie within one cell, which is full.
    """
    line = placed.line
    if not (placed.page == before.page == after.page - 1 and after.open_top and all(map(is_cjk, line.text))):
        return None
    if abs(line.box.top - before.box.bottom) > 0.5 * line.size:
        return None
    left, right, xs = line.box.left, line.box.right, before.xs
    over = [
        cell for cell in before.row(before.rows - 1) if xs[cell.columns[0]] <= left and right <= xs[cell.columns[1]]
    ]
    if len(over) != 1 or not over[0].full or not _is_label(over[0].text):
        return None
    whole = over[0]._replace(text=join_lines(over[0].text, line.text))
    return replace(before, cells=tuple(whole if cell is over[0] else cell for cell in before.cells))


def _labels(part: Part, row: int) -> list[str]:
    return [fold(cell.text) for cell in part.row(row) if _is_label(cell.text)]


def _among(some: tuple[float, ...], others: tuple[float, ...]) -> bool:
    """Stands each line near one of the others?"""
    last = len(others) - 1
    for x in some:
        at = bisect_left(others, x)
        if abs(x - others[min(at, last)]) > ALIGNED and abs(x - others[at - 1]) > ALIGNED:
            return False
    return True


def _joined(before: Part, after: Part) -> Part:
    """One table of two parts on the same columns."""
    cut = _is_cut(before, after)
    if cut:
        before, after = _absorb(before, after)
    joined = replace(
        before,
        cells=before.cells + _moved(after.cells, before.rows),
        rows=before.rows + after.rows,
        page=after.page,
        open_bottom=after.open_bottom,
    )
    return _with_whole_labels(joined, before.rows, cut)


def _moved(cells: Sequence[PartCell], rows: int) -> tuple[PartCell, ...]:
    """The cells so many rows further down."""
    return tuple(map(_cell_of, [(cell[0] + rows, *cell[1:]) for cell in cells]))


def _without_head(part: Part, head: int) -> Part:
    if head == 0:
        return part
    cells = _moved([cell for cell in part.cells if cell.row >= head], -head)
    return replace(part, cells=cells, rows=part.rows - head, open_top=False)


def _on_common_columns(before: Part, after: Part) -> tuple[Part, Part]:
    if len(before.xs) == len(after.xs) and all(abs(a - b) <= ALIGNED for a, b in zip(before.xs, after.xs, strict=True)):
        return before, after  # also where two lines of one part are so near that they could be one line of the other
    ranges = clusters((*before.xs, *after.xs), ALIGNED)
    xs = [(low + high) / 2 for low, high in ranges]

    lows = [low for low, _ in ranges]

    def numbers(part: Part) -> list[int]:
        return [bisect_right(lows, x) - 1 for x in part.xs]

    return on_columns(before, xs, numbers(before)), on_columns(after, xs, numbers(after))


def _repeated_rows(before: Part, after: Part) -> int:
    """How many rows at the head of ``after`` repeat the head of ``before``: same cells, same text."""
    count = 0
    while count < min(before.rows, after.rows) and _look_alike(before.row(count), after.row(count)):
        count += 1
    while count > 0 and any(cell.row_end > count for cell in after.cells if cell.row < count):
        count -= 1
    texts = [cell.text for cell in after.cells if cell.row < count]
    return count if any(any(map(is_cjk, text)) for text in texts) and not any(map(is_figure, texts)) else 0


def _look_alike(some: Sequence[PartCell], others: Sequence[PartCell]) -> bool:
    return [cell.columns for cell in some] == [cell.columns for cell in others] and all(
        one.text == other.text or fold(one.text) == fold(other.text) for one, other in zip(some, others, strict=True)
    )


def _is_label(text: str) -> bool:
    return any(map(is_cjk, text)) and not is_figure(text)


def _is_cut(before: Part, after: Part) -> bool:
    """Does the break cut a row in two? Both parts must have the same cells, and what meets must be of one kind; then
    either no line is drawn at the break on both sides, or the texts themselves show that neither stands alone."""
    if before.rows == 0 or after.rows == 0:
        return False
    above, below = before.row(before.rows - 1), after.row(0)
    if [cell.columns for cell in above] != [cell.columns for cell in below]:
        return False
    pairs = list(zip(above, below, strict=True))
    both = [(a, b) for a, b in pairs if not is_blank(a.text) and not is_blank(b.text)]
    if any(is_figure(a.text) != is_figure(b.text) or _NUMBERED.match(fold(b.text)) for a, b in both):
        return False
    figures = next((i for i, (a, b) in enumerate(pairs) if is_figure(a.text) or is_figure(b.text)), 0)
    clashes = [a for a, b in both if is_figure(a.text)]
    if figures == 0:
        # No label to go by: digits wrapped in a narrow cell and cut there, the other cells being done.
        return bool(clashes) and all(a.full for a in clashes) and len(both) < sum(not is_blank(a.text) for a in above)
    upper, lower = pairs[figures - 1]
    if clashes:
        # A figure below that has no label belongs to the row above, if only to say that its figure is in doubt.
        wrapped = all(a.full for a in clashes) and len(clashes) < sum(is_figure(a.text) for a in above)
        return _is_label(upper.text) and (is_blank(lower.text) or (_runs_on(upper, lower) and wrapped))
    return (before.open_bottom and after.open_top) or _texts_are_cut(pairs, upper, lower)


def _texts_are_cut(pairs: list[tuple[PartCell, PartCell]], upper: PartCell, lower: PartCell) -> bool:
    """Do two rows with the same cells, none of which prints a figure in both, show that they are one row?

    ``upper`` and ``lower`` are their own labels. Yes if one has the label and the other figures without a label; or
    if the label itself runs on: its last line above the break is full, or a bracket is open, and only one of the
    two parts has figures.
    """
    figures_above = any(is_figure(a.text) for a, _ in pairs)
    figures_below = any(is_figure(b.text) for _, b in pairs)
    if _is_label(upper.text) and is_blank(lower.text):
        return figures_below
    if is_blank(upper.text) and _is_label(lower.text):
        return figures_above
    return _runs_on(upper, lower) and figures_above != figures_below


def _runs_on(upper: PartCell, lower: PartCell) -> bool:
    return _is_label(upper.text) and _is_label(lower.text) and (upper.full or _is_unclosed(upper.text))


def _is_unclosed(text: str) -> bool:
    """True if a bracket is opened and not closed.

    >>> _is_unclosed("（二）部分公开（区分处理的，只计这一情")
    True
    """
    folded = fold(text)
    return any(folded.count(opening) > folded.count(closing) for opening, closing in _BRACKETS.items())


def _absorb(before: Part, after: Part) -> tuple[Part, Part]:
    """The first row of ``after`` taken into the last row of ``before``."""
    below = {cell.columns: cell for cell in after.row(0)}
    grown = []
    for cell in before.cells:
        if cell[0] + cell[2] == before.rows:
            other = below[cell.columns]
            text = join_lines(cell.text, other.text, wrapped=cell.full)
            where = other.where if is_blank(cell.text) and not is_blank(other.text) else cell.where
            cell = cell._replace(text=text, where=where, full=other.full)
        grown.append(cell)
    left = []
    for cell in after.cells:
        if cell.row > 0:
            left.append(_cell_of((cell.row - 1, *cell[1:])))
        elif cell.rowspan > 1:
            left.append(cell._replace(rowspan=cell.rowspan - 1, text=""))
    return replace(before, cells=tuple(grown)), replace(after, cells=tuple(left), rows=after.rows - 1)


def _with_whole_labels(part: Part, break_row: int, cut: bool) -> Part:
    """Row labels over several rows, cut in two by the break, made one cell again ("（四）无" + "法提供")."""
    if break_row == 0 or break_row >= part.rows:
        return part
    above = {cell.columns: cell for cell in part.cells if cell[0] + cell[2] == break_row}
    below = {cell.columns: cell for cell in part.cells if cell[0] == break_row}
    all_above, all_below = list(above.values()), list(below.values())
    joined: dict[PartCell, PartCell | None] = {}
    for columns, lower in below.items():
        upper = above.get(columns)
        if upper is None or not _is_one_label(upper, lower, all_above, all_below, cut):
            continue
        text = join_lines(upper.text, lower.text, wrapped=False)
        joined[upper] = upper._replace(rowspan=upper.rowspan + lower.rowspan, text=text, full=lower.full)
        joined[lower] = None
    if not joined:
        return part
    cells = (joined.get(cell, cell) for cell in part.cells)
    return replace(part, cells=tuple(cell for cell in cells if cell is not None))


def _is_one_label(upper: PartCell, lower: PartCell, above: list[PartCell], below: list[PartCell], cut: bool) -> bool:
    """Two cells at the break are one label if each has another label to its right (so neither is a row's own),
    and the lower one does not begin a label of its own."""
    if max(upper.rowspan, lower.rowspan) < 2 or not (
        _has_label_beyond(upper, above) and _has_label_beyond(lower, below)
    ):
        return False
    if is_blank(lower.text):
        return cut or not is_figure(upper.text)
    if is_figure(upper.text) or is_figure(lower.text):
        return False
    return is_blank(upper.text) or _NUMBERED.match(fold(lower.text)) is None


def _has_label_beyond(cell: PartCell, others: list[PartCell]) -> bool:
    end = cell.columns[1]
    return any(other.column >= end and _is_label(other.text) for other in others)
