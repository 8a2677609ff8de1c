"""Plain-text dumps of Word and PDF → Document, in both shapes that tables are dumped in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from parsers.document import Block, Cell, Document, Paragraph, Table
from parsers.errors import Unreadable
from parsers.html.charset import decode, decode_opening
from parsers.report import RELEASE
from parsers.text import is_blank

NAME = "dump"
CONVERTER = f"nianbao-dump/{RELEASE}"
MOST_CERTAIN = 0.3

_SNIFFED = 65536
_REPORT_WORDS = re.compile("信息公开|政务公开|年度报告|年报")
_HAN = re.compile("[\u4e00-\u9fff]")
_LINE_END = re.compile("\r\n|\r|\n")
# "[bookmark: _GoBack]根据《中华人民共和国政府信息公开条例》": Word's bookmark, printed by a converter.
_ARTEFACT = re.compile(r"\[bookmark: [^\]\n]{0,80}\]")
# A figure that stands in a cell's second paragraph: "0", "+2", "797.58万元", "22（其中修订 16 件）", "/".
_FIGURE = re.compile(r"\s*(?:[+\-−–增加减少]{0,2}\s*\d[\d.,，\s]*(?:[^\s\d]{1,3}|[(（].{1,30}[)）])?|[/\-—－无]+)\s*")
# "四、政府信息公开行政复议、行政诉讼情况": the heading after a table, not more of its last cell.
_HEADING = re.compile(r"\s*[一二三四五六七八九十]+\s*[、．.].{4,}")
# "第二十条 第（五）项": a band of table 二, whose other cells are merged into this one.
_BAND = re.compile(r"\s*第[一二三四五六七八九十\d]+条\s*第.{1,8}项\s*")
_LONGEST_LABEL = 40
_LINES_ASKED = 400  # a table of 29 rows and 10 columns


def sniff(payload: bytes) -> float:
    """0.3 for text that speaks of open government, 0.1 for other Chinese text: every other format wins."""
    text = decode_opening(payload, _SNIFFED)
    if text is None or _HAN.search(text) is None or text.lstrip().startswith("{\\rtf"):
        return 0.0
    return 0.3 if _REPORT_WORDS.search(text) is not None else 0.1


def convert(payload: bytes) -> Document:
    """A text dump → Document; ``where`` is ``line=N`` (from 1), tables have ``spans_known`` False.

    Two shapes of tables are read: each cell on lines of its own, the first of which begins with a TAB, and
    each row ended by an empty line (dumps of Word); and one line a row with TABs between its cells (dumps
    of PDF), where an empty line in a table is a page break. Raises Unreadable where no text is.
    """
    decoded = decode(payload)
    text = _ARTEFACT.sub("", decoded.text.replace("\f", "").replace("\0", ""))
    if is_blank(text):
        raise Unreadable("expected text, found white space only")
    blocks = tuple(_Lines(_LINE_END.split(text)).blocks())
    return Document(blocks, NAME, CONVERTER, problems=decoded.problems)


@dataclass(slots=True)
class _OpenCell:
    line: int
    texts: list[str] = field(default_factory=list)

    def closed(self) -> Cell:
        return Cell("\n".join(self.texts).replace("\v", "\n").strip("\n"), where=f"line={self.line}")


class _Lines:
    """The lines of a dump, read from the top; ``at`` is the next line, from 0."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.at = 0

    def blocks(self) -> list[Block]:
        found: list[Block] = []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if self._is_row(line):
                start = self.at
                rows = self._cell_lines() if self._stands_in_cell_lines() else self._row_lines()
                found += _table_or_paragraphs(rows, f"line={start + 1}")
            else:
                if not is_blank(line):
                    found.append(Paragraph(line.strip(), f"line={self.at + 1}"))
                self.at += 1
        return found

    def _stands_in_cell_lines(self) -> bool:
        """Which shape the table at hand has: most of its lines hold one TAB, the first character, or more."""
        if not self.lines[self.at].startswith("\t"):
            return False
        single = several = 0
        for line in self.lines[self.at : self.at + _LINES_ASKED]:
            if "\t" in line:
                if line.startswith("\t") and line.count("\t") == 1:
                    single += 1
                else:
                    several += 1
            elif (not is_blank(line) and len(line) > _LONGEST_LABEL) or _HEADING.fullmatch(line) is not None:
                break
        return single > several

    def _row_lines(self) -> list[list[Cell]]:
        rows: list[list[Cell]] = []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if self._is_row(line):
                where = f"line={self.at + 1}"
                rows.append([Cell(text.replace("\v", "\n"), where=where) for text in line.split("\t")])
                self.at += 1
            elif is_blank(line):
                self.at += 1
            else:
                break
        return rows

    def _is_row(self, line: str) -> bool:
        """A line with a TAB, or a band's title with such a line below it."""
        if "\t" in line:
            return True
        return _BAND.fullmatch(line) is not None and "\t" in self._next_text(self.at + 1).strip("\t")

    def _cell_lines(self) -> list[list[Cell]]:
        rows: list[list[_OpenCell]] = []
        row_is_open = False
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.startswith("\t"):
                if not row_is_open:
                    rows.append([])
                rows[-1].append(_OpenCell(self.at + 1, [line[1:]]))
                row_is_open = True
            elif is_blank(line):
                row_is_open = False
            elif self._goes_on(line, rows[-1][-1], row_is_open):
                rows[-1][-1].texts.append(line)
                row_is_open = True
            else:
                break
            self.at += 1
        return [[cell.closed() for cell in row] for row in rows]

    def _goes_on(self, line: str, cell: _OpenCell, row_is_open: bool) -> bool:
        """Is this line without a TAB more of the cell above it, rather than what follows the table?

        ``row_is_open`` is False after an empty line. An empty line ends a row, but a cell whose first
        paragraph is empty prints one too: ``TAB, empty line, 0`` (document 001). Only a blank cell is taken
        up again, by a figure, or by a short text after which the table goes on.
        """
        blank = is_blank("".join(cell.texts))
        if row_is_open:
            return blank or _HEADING.fullmatch(line) is None
        if not blank:
            return False
        if _FIGURE.fullmatch(line) is not None:
            return True
        short = len(line) <= _LONGEST_LABEL and _HEADING.fullmatch(line) is None
        return short and self._next_text(self.at + 1).startswith("\t")

    def _next_text(self, start: int) -> str:
        """The next line from ``start`` that prints something or holds a TAB; empty at the end."""
        for at in range(start, len(self.lines)):
            if "\t" in self.lines[at] or not is_blank(self.lines[at]):
                return self.lines[at]
        return ""


def _table_or_paragraphs(rows: list[list[Cell]], where: str) -> list[Block]:
    """A table has a row of two cells at least; lines that a TAB merely indents are paragraphs."""
    if any(len(row) > 1 for row in rows) and sum(not is_blank(cell.text) for row in rows for cell in row) > 1:
        return [Table(tuple(map(tuple, rows)), where, spans_known=False)]
    return [Paragraph(cell.text.strip(), cell.where) for row in rows for cell in row if not is_blank(cell.text)]
