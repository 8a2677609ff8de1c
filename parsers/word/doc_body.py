"""Paragraphs of Word's binary form → the body they make up: rows and cells by the marks that end them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

from parsers.word.doc_tables import RowShape, shape_of
from parsers.word.doc_text import Paragraph
from parsers.word.fib import NotUnderstood
from parsers.word.pieces import Text
from parsers.word.properties import Properties
from parsers.word.runs import Runs

_PARAGRAPH, _CELL, _BREAK = "\r", "\x07", "\x0c"
_MARKS = re.compile(f"[{_PARAGRAPH}{_CELL}{_BREAK}]")
_DEEPEST = 20


@dataclass(slots=True)
class Row:
    """A row: its shape, and what each cell holds."""

    shape: RowShape
    cells: list[list[Item]]


@dataclass(slots=True)
class Rows:
    """A table."""

    rows: list[Row] = field(default_factory=list)


Item = Paragraph | Rows


@dataclass(slots=True)
class _Open:
    """A table that is still being read: cells and content of the row at hand, and the character where that begins."""

    table: Rows = field(default_factory=Rows)
    cells: list[list[Item]] = field(default_factory=list)
    content: list[Item] = field(default_factory=list)
    begun: int | None = None


def paragraphs_in(
    text: Text, units: str, start: int, end: int, ends_of_sections: frozenset[int], runs: Runs, properties: Properties
) -> Iterator[Paragraph]:
    """The paragraphs of a stretch of text. A break is the mark of one where a section or its own properties end.

    Raises NotUnderstood where a paragraph has no properties, or the text does not end with a mark.
    """
    begun, piece = start, text.piece_at(start)
    for found in _MARKS.finditer(units, start, end):
        at, mark = found.start(), found.group()
        if not piece.start <= at < piece.end:
            piece = text.piece_at(at)
        offset = piece.offset_of(at)
        run = runs.at(offset)
        if mark == _BREAK:
            ends_section = at + 1 in ends_of_sections or at + 1 == end
            ends_run = run is not None and runs.ends[run] == offset + piece.width
            if not ends_section and not ends_run:
                continue
        if run is None:
            raise NotUnderstood(f"the paragraph that ends at character {at} has no properties")
        yield Paragraph(begun, at + 1, mark, properties.of_paragraph(runs.groups[run], piece.modifiers))
        begun = at + 1
    if begun != end:
        raise NotUnderstood(f"the text ends at character {end} without the mark of a paragraph")


def body_of(paragraphs: Iterator[Paragraph], is_deleted: Callable[[int, int], bool]) -> list[Item]:
    """Paragraphs in order → what the body holds. ``is_deleted`` is asked of the characters of a row.

    Rows that a tracked change has deleted are left out. Raises NotUnderstood where marks and depths contradict.
    """
    body: list[Item] = []
    opened: list[_Open] = []
    shape_by = cache(shape_of)  # the rows of a table are defined by few groups of modifiers
    for paragraph in paragraphs:
        depth = paragraph.properties.depth
        if depth > _DEEPEST:
            raise NotUnderstood(f"tables stand in each other {depth} deep")
        while len(opened) > depth:
            _close(opened, body)
        while len(opened) < depth:
            opened.append(_Open())
        if not opened:
            if paragraph.mark == _CELL:
                raise NotUnderstood(f"a cell ends at character {paragraph.end} outside of a table")
            body.append(paragraph)
        else:
            opened[0].begun = paragraph.start if opened[0].begun is None else opened[0].begun
            _read_in_table(paragraph, opened[-1], is_deleted, shape_by)
    while opened:
        _close(opened, body)
    return body


def _read_in_table(
    paragraph: Paragraph,
    table: _Open,
    is_deleted: Callable[[int, int], bool],
    shape_by: Callable[[tuple[tuple[int, bytes], ...]], RowShape],
) -> None:
    properties = paragraph.properties
    if properties.depth > 1:
        if paragraph.mark == _CELL:
            raise NotUnderstood(f"an outer cell ends at character {paragraph.end} inside of an inner table")
        ends_row, ends_cell = properties.ends_inner_row, properties.ends_inner_cell
    else:
        ends_row, ends_cell = properties.ends_row, paragraph.mark == _CELL
        if ends_row and not ends_cell:
            raise NotUnderstood(f"a row ends at character {paragraph.end} without its mark")
    if ends_row:
        if table.content or paragraph.end - paragraph.start > 1:
            raise NotUnderstood(f"the row that ends at character {paragraph.end} has text outside of its cells")
        if not is_deleted(paragraph.start if table.begun is None else table.begun, paragraph.end):
            table.table.rows.append(Row(shape_by(properties.table), table.cells))
        table.cells, table.begun = [], None
        return
    if table.begun is None:
        table.begun = paragraph.start
    table.content.append(paragraph)
    if ends_cell:
        table.cells.append(table.content)
        table.content = []


def _close(opened: list[_Open], body: list[Item]) -> None:
    closed = opened.pop()
    if closed.cells or closed.content:
        raise NotUnderstood("a table ends before its row does")
    if closed.table.rows:
        (opened[-1].content if opened else body).append(closed.table)
