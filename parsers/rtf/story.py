"""The text of an RTF document as it grows: paragraphs, cells, rows and the tables they make, also nested."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from parsers.rtf.rows import RowEdges, RowRead
from parsers.text import is_blank, joined

_ENDS = " \t\r\n\v\f"


@dataclass(slots=True)
class Text:
    """One paragraph: pieces of text, each "", "number" (of its list), "struck" or "raised"; ``outline`` from 1.

    A piece is kept in the parts it came in: put together one by one they would be copied again with each.
    """

    pieces: list[tuple[list[str], str]] = field(default_factory=list)
    outline: int = 0
    pictures: int = 0

    def add(self, text: str, kind: str) -> None:
        if self.pieces and self.pieces[-1][1] == kind:
            self.pieces[-1][0].append(text)
        else:
            self.pieces.append(([text], kind))

    def _whole_pieces(self) -> list[tuple[str, str]]:
        return [("".join(parts), kind) for parts, kind in self.pieces]

    def printed(self) -> str:
        """As a reader sees it outside tables; a bullet is no number."""
        pieces = self._whole_pieces()
        return joined("".join(text for text, kind in pieces if kind != "number" or any(map(str.isalnum, text))))

    def printed_in_cell(self) -> tuple[str, str]:
        """As a reader sees a figure: without what is crossed out (second), notes and list numbers in brackets."""
        shown: list[str] = []
        struck: list[str] = []
        pieces = self._whole_pieces()
        something = False  # that is not blank has been shown
        for (text, kind), after in zip(pieces, _signs_after(pieces), strict=True):
            if kind == "struck":
                struck.append(text)
                continue
            if kind == "raised" and something and not is_blank(text):
                text = f"[{text}]"
            elif kind == "number":
                number = text if any(map(str.isalnum, text)) else ""
                text = f"({number.strip()}) " if number and after.isdigit() else number
            shown.append(text)
            something = something or not is_blank(text)
        return joined("".join(shown)), joined("".join(struck))

    @property
    def empty(self) -> bool:
        return not self.pieces and not self.pictures


def _signs_after(pieces: list[tuple[str, str]]) -> list[str]:
    """For each piece the first sign behind it that is no white space, "" where there is none."""
    found: list[str] = []
    sign = ""
    for text, _ in reversed(pieces):
        found.append(sign)
        sign = text.lstrip()[:1] or sign
    return found[::-1]


@dataclass(slots=True)
class Row:
    """One row: its edges and, for each cell, what stands in it."""

    edges: RowEdges
    cells: list[list[Item]]

    def read(self) -> RowRead:
        printed = [_cell_of(cell) for cell in self.cells]
        return RowRead(self.edges, tuple(text for text, _ in printed), tuple(doubts for _, doubts in printed))


@dataclass(slots=True)
class Rows:
    """A table: rows that follow each other."""

    rows: list[Row] = field(default_factory=list)


Item = Text | Rows


def texts_in(items: list[Item]) -> Iterator[Text]:
    """The paragraphs of a cell, those of nested tables included."""
    for item in items:
        if isinstance(item, Text):
            yield item
        else:
            for row in item.rows:
                for cell in row.cells:
                    yield from texts_in(cell)


def _cell_of(items: list[Item]) -> tuple[str, tuple[tuple[str, str], ...]]:
    lines: list[str] = []
    problems: list[tuple[str, str]] = []
    pictures = 0
    for paragraph in texts_in(items):
        shown, struck = paragraph.printed_in_cell()
        lines += [line.strip(_ENDS) for line in shown.split("\n")]
        pictures += paragraph.pictures
        if not is_blank(struck):
            problems.append(("struck_text", f"left out, crossed out: {struck}"))
    text = "\n".join(line for line in lines if line)
    if pictures and is_blank(text):
        problems.append(("picture_in_cell", "the cell holds a picture and no text"))
    return text, tuple(problems)


@dataclass(slots=True)
class _Level:
    """A table that is being written: its finished rows, the row's finished cells, the open cell."""

    rows: list[Row] = field(default_factory=list)
    cells: list[list[Item]] = field(default_factory=list)
    open: list[Item] = field(default_factory=list)


class Story:
    """A run of text with tables: the body, or a text box. ``items`` are complete after ``finish``."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.text = Text()
        self.boxes: list[Item] = []
        self.levels: list[_Level] = []

    def end_paragraph(self, level: int, outline: int = 0) -> None:
        """``\\par`` in a cell of a table nested ``level`` deep; 0 stands outside tables, and ends them."""
        self._settle(level)
        self.text.outline = outline
        into = self.levels[-1].open if self.levels else self.items
        into.append(self.text)
        into += self.boxes
        self.text, self.boxes = Text(), []

    def end_cell(self, level: int) -> None:
        if self.text.empty and not self.boxes:
            self._settle(level)
        else:
            self.end_paragraph(level)
        self.levels[-1].cells.append(self.levels[-1].open)
        self.levels[-1].open = []

    def end_row(self, level: int, edges: RowEdges) -> None:
        if not self.text.empty:
            self.end_cell(level)
        self._settle(level)
        table = self.levels[-1]
        if table.cells:
            table.rows.append(Row(edges, table.cells))
        table.cells = []

    def finish(self) -> None:
        """The end of the text: what is still open is kept."""
        if not self.text.empty or self.boxes:
            self.end_paragraph(len(self.levels))
        self._settle(0)

    def _settle(self, level: int) -> None:
        """Ends the tables deeper than ``level`` and begins those that are not there yet."""
        while len(self.levels) > level:
            table = self.levels.pop()
            into = self.levels[-1].open if self.levels else self.items
            if table.rows:
                into.append(Rows(table.rows))
            # Cells without an end of their row: the file is cut off, or its writer forgot; no grid is known.
            for cell in (*table.cells, table.open):
                into += cell
        while len(self.levels) < level:
            self.levels.append(_Level())
