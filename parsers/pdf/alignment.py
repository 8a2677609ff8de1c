"""Lines outside drawn tables that stand in rows and columns all the same → tables, where nothing is in doubt."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from parsers.document import Problem
from parsers.pdf.aligned_part import Found, appended, part_of_rows
from parsers.pdf.columns import Columns, cells_of, columns_of, in_doubt
from parsers.pdf.figures import may_be_figure
from parsers.pdf.form_labels import are_columns
from parsers.pdf.geometry import around
from parsers.pdf.heads import Head, head_of
from parsers.pdf.lines import PlacedLine
from parsers.pdf.row_labels import LEVEL, Told, labels_of, side_of, text_of
from parsers.pdf.tables import Part
from parsers.pdf.tokens import Reaches, Token, box_of, data_of, reaches_of, tokens_of

FIGURES = 3  # a line of prose seldom holds so many figures with white space on both sides
LINES = 3
MANY = 5  # and never so many
Item = PlacedLine | Part
# "12", "-71", "797.58", "/": a figure or filler with white space around it
_ALONE = re.compile(r"(?<!\S)(?:[+-]?\d[\d,.]*|[-/—])(?!\S)")


def is_row_of_figures(text: str) -> bool:
    """True for a line that reads like a row of a table.

    >>> is_row_of_figures("1.属于国家秘密 2 0 0 0 0 0 2"), is_row_of_figures("2023年 1 月 12 日")
    (True, False)
    """
    return len(_ALONE.findall(text)) >= FIGURES


def doubts_of(stream: Sequence[Item]) -> list[Problem]:
    """What is said of each table found by alignment, and of each page on which lines outside tables read like rows:
    at least ``LINES`` of them, or one with ``MANY`` figures."""
    rows: dict[int, list[PlacedLine]] = {}
    found = []
    for item in stream:
        if isinstance(item, Part):
            found += [_note_of(item)] if item.columns is not None else []
        elif is_row_of_figures(item.line.text):
            rows.setdefault(item.page, []).append(item)
    for page, lines in rows.items():
        if len(lines) >= LINES or any(len(_ALONE.findall(placed.line.text)) >= MANY for placed in lines):
            where = around(placed.line.box for placed in lines).where(page)
            found.append(Problem("table_without_rules", f"{len(lines)} lines of figures stand in no table", where))
    return found


def _note_of(part: Part) -> Problem:
    together = [cell for cell in part.cells if "\t" in cell.text]
    says = "no lines are drawn between its figures; they are placed by what stands over and beside them"
    if together:
        says += f"; {len(together)} rows are not, for a figure's column is in doubt"
    return Problem("table_by_alignment", says, part.where, "note")


def with_aligned(stream: Sequence[Item], meant: Callable[[str], str] = str) -> list[Item]:
    """The stream with tables in the stead of lines that stand in rows and columns under labels.

    A table that goes on over a page break without its head goes on in the columns it had. What is not sure stays as
    it is: a row in which a figure's column is in doubt keeps its figures together in one cell, and lines of which one
    cannot tell which belong to which row stay lines. ``meant``: what stands over a column → what is meant by it, where
    it was recognised and may be misread.
    """
    found: list[Item] = []
    reaches: Reaches | None = None
    for segment in _segments(stream):
        if isinstance(segment[0], Part) or not any(map(_may_hold_figures, segment)):
            found += segment
            continue
        lines = [item for item in segment if isinstance(item, PlacedLine)]
        before = found[-1] if found else None
        carried = before if isinstance(before, Part) and before.columns and before.page + 1 == lines[0].page else None
        if reaches is None:
            reaches = reaches_of([item for item in stream if isinstance(item, PlacedLine)])
        made = _aligned(lines, carried, reaches, meant)
        if carried is not None and made and isinstance(made[0], Part) and not made[0].headed:
            found[-1] = appended(carried, made[0])
            made = made[1:]
        found += made
    return found


def _may_hold_figures(item: Item) -> bool:
    return isinstance(item, PlacedLine) and any(may_be_figure(run.text) for run in item.line.runs)


def _segments(stream: Sequence[Item]) -> Iterator[list[Item]]:
    """Runs of lines on one page, and parts one by one."""
    waiting: list[Item] = []
    for item in stream:
        if waiting and (isinstance(item, Part) or item.page != waiting[-1].page):
            yield waiting
            waiting = []
        if isinstance(item, Part):
            yield [item]
        else:
            waiting.append(item)
    if waiting:
        yield waiting


@dataclass(frozen=True, slots=True)
class _Row:
    """A line as tokens: texts left of the figures, and the figures (none for a line of text)."""

    placed: PlacedLine
    texts: tuple[Token, ...]
    figures: tuple[Token, ...]


def _row_of(placed: PlacedLine, reaches: Reaches) -> _Row:
    tokens = tokens_of(placed.line, reaches)
    start = data_of(tokens)
    if start < 0:
        return _Row(placed, tuple(tokens), ())
    return _Row(placed, tuple(tokens[:start]), tuple(tokens[start:]))


def _aligned(
    lines: Sequence[PlacedLine], carried: Part | None, reaches: Reaches, meant: Callable[[str], str]
) -> list[Item]:
    known = {at: _row_of(placed, reaches) for at, placed in enumerate(lines) if _may_hold_figures(placed)}
    if not any(row.figures for row in known.values()):
        return list(lines)
    rows = [known[at] if at in known else _row_of(placed, reaches) for at, placed in enumerate(lines)]
    made: list[Item] = []
    done = at = 0
    while at < len(rows):
        if not rows[at].figures:
            at += 1
            continue
        end = _end(rows, at)
        goes_on = carried if done == 0 and carried is not None else None
        above = next((number + 1 for number in range(at - 1, done - 1, -1) if rows[number].figures), done)
        table = _table(rows[above:at], rows[at:end], goes_on if above == done else None, meant)
        if table is not None:
            part, taken = table
            made += [row.placed for row in rows[done : at - taken]]
            made.append(part)
            done = end
        at = end
    return [*made, *(row.placed for row in rows[done:])]


def _end(rows: Sequence[_Row], start: int) -> int:
    """Where the rows of figures that begin at ``start`` end: lines of texts left of the figures are of them."""
    left = rows[start].figures[0].box.left
    end = at = start + 1
    while at < len(rows):
        row = rows[at]
        if row.figures:
            left = min(left, row.figures[0].box.left)
            end = at + 1
        elif any(token.box.right > left for token in row.texts):
            break
        at += 1
    while end < len(rows) and _goes_on(rows[end - 1], rows[end], left):
        end += 1
    return end


def _goes_on(before: _Row, after: _Row, left: float) -> bool:
    """Is a line of text below the last figures still of a row's label?"""
    if after.figures or not before.texts or not after.texts:
        return False
    upper, lower = before.texts[-1], after.texts[-1]
    return (
        lower.middle - upper.middle <= lower.reach
        and lower.box.left < upper.box.right
        and lower.box.right > upper.box.left
        and lower.box.right <= left
        and not lower.numbered
    )


def _table(
    above: Sequence[_Row], block: Sequence[_Row], carried: Part | None, meant: Callable[[str], str]
) -> tuple[Part, int] | None:
    """Lines above and rows of figures → the table, and how many of the lines above are of it; None for no table."""
    figures = [row.figures for row in block if row.figures]
    texts = [row.texts for row in above]
    for columns in columns_of(figures):
        head = head_of(texts, columns) if texts else None
        if head is None or not _is_head(head):
            continue
        if not are_columns([meant(text_of(leaf.tokens)) for leaf in head.leaves]):
            continue
        wider = columns.wider([_whole(leaf.tokens) for leaf in head.leaves]) or columns
        part = _part(above, block, wider, head)
        if part is not None:
            return part, head.lines
    if carried is not None and carried.columns is not None:
        for own in (carried.columns, carried.columns.moved_onto(figures)):
            part = _part(above, block, own, None) if own is not None else None
            if part is not None:
                return part, len(above)
    return None


def _is_head(head: Head) -> bool:
    """One column alone needs a label beside its own, or any two lines of a letter would be a table."""
    if len(head.leaves) > 1:
        return True
    (leaf,) = head.leaves
    return any(abs(label.middle - leaf.middle) <= LEVEL * label.tokens[0].size for label in head.corner)


def _whole(tokens: Sequence[Token]) -> Token:
    return tokens[0]._replace(box=box_of(tokens))


def _part(above: Sequence[_Row], block: Sequence[_Row], columns: Columns, head: Head | None) -> Part | None:
    figures = [row.figures for row in block if row.figures]
    left = columns.extents[0][0]
    sides = [row.texts for row in above] if head is None else _below(above, head)
    sides += [row.texts for row in block]
    sides = [side for side in sides if side]
    if any(token.box.right > left for side in sides for token in side):
        return None
    levels = [sum(token.middle for token in row) / len(row) for row in figures]
    side = side_of(sides, levels, columns.cut)
    if not side.own:
        told: tuple[Told, ...] | None = (Told((), 0),) if len(figures) == 1 and head is not None else None
    else:
        told = labels_of(side, levels, loose_head=head is None or bool(head.corner))
    if told is None:
        return None
    begun = {label.row for label in told if label.row is not None and label.tokens and label.tokens[0].numbered}
    doubtful = in_doubt(figures, columns, begun)
    doubtful |= {label.row for label in told if label.row is not None and not label.sure}
    cells = [None if at in doubtful else cells_of(row, columns) for at, row in enumerate(figures)]
    if not any(cells):
        return None
    page = block[0].placed.page
    used = {token for label in told for token in label.tokens}
    others = (*side.groups, *(token for token in side.own if token not in used))
    return part_of_rows(Found(replace(columns, cut=side.cut), head, told, figures, cells, others), page)


def _below(above: Sequence[_Row], head: Head) -> list[tuple[Token, ...]]:
    """Lines under the head and over the first figures: the first row's label begins there."""
    corner = {token for label in head.corner for token in label.tokens}
    return [
        tuple(token for token in row.texts if token not in corner)
        for row in above
        if row.texts and row.texts[0].middle > head.bottom + LEVEL * row.texts[0].size
    ]
