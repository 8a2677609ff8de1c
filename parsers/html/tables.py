"""A table element → Table: cells as stated, spans made sane, text as a reader sees it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain, count, islice, repeat
from operator import mul
from typing import NamedTuple

from lxml import etree

from parsers.document import Cell, Problem, Table
from parsers.html.cell_texts import cell_text, lines_of
from parsers.html.furniture import text_within
from parsers.html.plain_tables import DOUBT, LINE, LINE_MARK, PlainTable, spans_in
from parsers.text import is_blank

_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_WIDEST = 100  # columns; the forms have 15. HTML itself allows 1000 (Living Standard 4.9.11)
_LARGEST_GRID = 200_000  # positions
_ROWS_OF_FORMS = 64  # at most
_LONGEST_CELL = 600  # characters; the longest label of the forms has 40
_NUMBER = re.compile(r"\s*(\d{1,9})")
_PLACES = tuple(f"/td[{number}]" for number in range(1, _WIDEST + 1))
_MADE: Callable[..., Cell] = tuple.__new__  # takes a third of the time of Cell itself, which is a function in Python


def is_table_of_text(
    table: etree._Element, form_tables: frozenset[etree._Element], plain: PlainTable | None = None
) -> bool:
    """True for a table that holds figures or words in cells, False for one that only lays out a page.

    A table around another table lays out, unless it has labels of the form itself; so does a table of
    one column, and one with whole paragraphs in a cell.
    """
    if table in form_tables:
        return True
    if plain is not None:
        rows = list(chain.from_iterable(plain.groups))
        return max(map(len, rows), default=0) > 1 and not any(_is_long(cell) for row in rows for cell in row)
    if next(table.iterdescendants("table"), None) is not None:
        return False
    widest = 0
    for row in _rows(table):
        widest = max(widest, len(row.cells))
        if any(len(text_within(cell)) > _LONGEST_CELL for cell in row.cells):
            return False
    return widest > 1


def table_of(table: etree._Element, where: str, plain: PlainTable | None = None) -> tuple[Table, list[Problem]]:
    """A table element → Table and what was doubtful about it. Tables nested in a cell are text of the cell.

    ``plain`` is what ``plain_tables`` says of it, None where it says nothing.
    """
    problems: list[Problem] = []
    read: list[tuple[Cell, ...]] = []
    area = 0
    for group in [_by_elements(table, problems)] if plain is None else _by_text(table, plain, problems):
        lengths, rows_left, texts, places, downs, acrosses = group
        if downs.count(1) < len(downs):
            downs = _within_the_group(downs, lengths, rows_left)
        if max(acrosses, default=1) > _WIDEST:
            acrosses = [_narrowed(across, place, problems) for across, place in zip(acrosses, places, strict=True)]
        cells = map(_MADE, repeat(Cell), zip(texts, downs, acrosses, places, strict=True))
        read += [tuple(islice(cells, length)) for length in lengths]
        area += len(texts) if downs.count(1) == acrosses.count(1) == len(texts) else sum(map(mul, downs, acrosses))
    if area <= _LARGEST_GRID:
        return Table(tuple(read), where), problems
    says = f"the cells claim {area} positions, more than {_LARGEST_GRID}; their spans are not believed"
    bare = tuple(tuple(Cell(cell.text, where=cell.where) for cell in row) for row in read)
    return Table(bare, where, spans_known=False), [*problems, Problem("absurd_span", says, where, "error")]


def _within_the_group(downs: Sequence[int], lengths: Sequence[int], rows_left: Sequence[int]) -> list[int]:
    """Rowspans that end with their group; 0 reaches to its end."""
    last = list(accumulate(lengths))
    found = list(downs)
    for at, down in enumerate(downs):
        if down != 1:
            most = rows_left[bisect_right(last, at)]
            found[at] = down if 1 <= down <= most else most
    return found


class _Stated(NamedTuple):
    """Rows: how many cells each has, and how many rows are left in its group; texts, places and spans of all cells."""

    lengths: Sequence[int]
    rows_left: Sequence[int]
    texts: Sequence[str]
    places: Sequence[str]
    downs: Sequence[int]
    acrosses: Sequence[int]


def _by_text(table: etree._Element, plain: PlainTable, problems: list[Problem]) -> Iterator[_Stated]:
    """The rows of each group."""
    tree = table.getroottree()
    groups = [found for found in table if found.tag in _GROUPS] if plain.grouped else [table]
    for group, rows in zip(groups, plain.groups, strict=True):
        cells = list(chain.from_iterable(rows))
        texts, downs, acrosses, kinds = cells[:], [1] * len(cells), [1] * len(cells), ["td"] * len(cells)
        for at in [at for at, is_word in enumerate(map(str.isalnum, cells)) if not is_word]:  # few: labels, spans
            texts[at], downs[at], acrosses[at], kinds[at] = _stated(cells[at])
        lengths = list(map(len, rows))
        places = _places_in(f"xpath={tree.getpath(group)}/tr", lengths, kinds)
        if DOUBT in plain.said:
            elements = chain.from_iterable(group.iterchildren("tr"))
            texts = [
                _text_of(element, place, problems) if DOUBT in cell else text
                for element, place, cell, text in zip(elements, places, cells, texts, strict=True)
            ]
        yield _Stated(lengths, range(len(rows), 0, -1), texts, places, downs, acrosses)


def _places_in(row: str, lengths: Sequence[int], kinds: Sequence[str]) -> list[str]:
    """The path of rows without their number, how many cells each has, the tags of all → the paths of all cells."""
    if "th" in kinds or max(lengths, default=0) > len(_PLACES):
        left = iter(kinds)
        return [place for number, length in enumerate(lengths, 1)
                for place in _places(f"{row}[{number}]", list(islice(left, length)))]  # fmt: skip
    ends = _ends_of_places(tuple(lengths)) if len(lengths) <= _ROWS_OF_FORMS else _ends(lengths)
    return list(map(row.__add__, ends))


@lru_cache(maxsize=64)
def _ends_of_places(lengths: tuple[int, ...]) -> list[str]:
    """As ``_ends``, kept: all reports share their forms."""
    return _ends(lengths)


def _ends(lengths: Iterable[int]) -> list[str]:
    """How many ``td`` each row has → the ends of their paths: "[1]/td[1]", "[1]/td[2]" …"""
    return [f"[{number}]{cell}" for number, length in enumerate(lengths, 1) for cell in _PLACES[:length]]


def _places(row: str, kinds: Iterable[str]) -> Iterator[str]:
    """The path of a row and the tags of its cells → their paths."""
    counts = {"td": count(1), "th": count(1)}
    return (f"{row}/{kind}[{next(counts[kind])}]" for kind in kinds)


@lru_cache(maxsize=4096)
def _stated(cell: str) -> tuple[str, int, int, str]:
    """A cell of a ``PlainTable`` → text, rowspan, colspan, tag. All reports share their labels."""
    text, kind, rowspan, colspan = spans_in(cell)
    return lines_of(text.replace(LINE_MARK, LINE)), _span(rowspan), max(_span(colspan), 1), kind


def _is_long(cell: str) -> bool:
    if len(cell) <= _LONGEST_CELL:
        return False
    text, *_ = spans_in(cell)
    return len(text.replace(LINE_MARK, "")) > _LONGEST_CELL


def _by_elements(table: etree._Element, problems: list[Problem]) -> _Stated:
    rows = list(_rows(table))
    tree = table.getroottree()
    left = Counter(row.group for row in rows)
    rows_left = []
    texts: list[str] = []
    places: list[str] = []
    for row in rows:
        found = _places(row.path, row.kinds) if row.path else (f"xpath={tree.getpath(cell)}" for cell in row.cells)
        for cell, place in zip(row.cells, found, strict=True):
            places.append(place)
            texts.append(_text_of(cell, place, problems))
        rows_left.append(left[row.group])
        left[row.group] -= 1
    cells = [cell for row in rows for cell in row.cells]
    downs = [_span(cell.get("rowspan")) for cell in cells]
    acrosses = [max(_span(cell.get("colspan")), 1) for cell in cells]
    return _Stated([len(row.cells) for row in rows], rows_left, texts, places, downs, acrosses)


def _text_of(cell: etree._Element, where: str, problems: list[Problem]) -> str:
    text, struck = cell_text(cell)
    if struck:
        problems.append(Problem("struck_text", f"left out, crossed out: {struck}", where))
    if is_blank(text) and next(cell.iter("img"), None) is not None:
        problems.append(Problem("picture_in_cell", "the cell holds a picture and no text", where))
    return text


@dataclass(slots=True)
class _Row:
    """``path`` is the row's own; empty where the cells stand in no ``<tr>``. ``kinds`` are the tags of the cells."""

    element: etree._Element
    group: etree._Element
    cells: list[etree._Element]
    kinds: list[str]
    path: str = ""


def _rows(table: etree._Element) -> Iterator[_Row]:
    """The rows of this table, not of those nested in it; cells that no ``<tr>`` holds make a row of their own."""
    tree = table.getroottree()
    counted: dict[etree._Element, tuple[str, Iterator[int]]] = {}
    row: _Row | None = None
    for element, parent in _own_parts(table):
        if element.tag != "tr" and row is not None and parent is row.element:
            row.cells.append(element)
            row.kinds.append(str(element.tag))
            continue
        if element.tag != "tr" and parent.tag not in _GROUPS and parent is not table:
            continue
        if row is not None:
            yield row
        if element.tag != "tr":
            row = _Row(parent, parent, [element], [str(element.tag)])
            continue
        if parent not in counted:
            counted[parent] = (f"xpath={tree.getpath(parent)}", count(1))
        path, numbers = counted[parent]
        row = _Row(element, parent if parent.tag in _GROUPS else table, [], [], f"{path}/tr[{next(numbers)}]")
    if row is not None:
        yield row


def _own_parts(table: etree._Element) -> Iterator[tuple[etree._Element, etree._Element]]:
    """The rows and cells of a table, not of those nested in it, with what each stands in."""
    nested = next(table.iterdescendants("table"), None) is not None
    for element in table.iter("tr", "td", "th"):
        parent = element.getparent()
        if parent is not None and not (nested and next(element.iterancestors("table")) is not table):
            yield element, parent


def _narrowed(colspan: int, where: str, problems: list[Problem]) -> int:
    if colspan > _WIDEST:
        problems.append(Problem("absurd_span", f"colspan {colspan} taken as {_WIDEST}", where))
    return min(colspan, _WIDEST)


@lru_cache(maxsize=256)
def _span(stated: str | None) -> int:
    """Rowspan or colspan; 0 rows means all that are left in the group."""
    found = None if stated is None else _NUMBER.match(stated)
    return 1 if found is None else int(found.group(1))
