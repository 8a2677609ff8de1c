"""The body of a document in Word's binary form → blocks, as those of the same document in XML."""

from __future__ import annotations

from parsers.document import Block, Heading, Problem
from parsers.document import Paragraph as Line
from parsers.form_words import speaks_of_the_form
from parsers.text import is_blank
from parsers.word.doc_body import Item, Rows
from parsers.word.doc_tables import read_table
from parsers.word.doc_text import Paragraph, Printed, Printer
from parsers.word.tables import CellText

_ENDS = " \t\r\n\v\f\u00a0\u3000"
_CELL_ENDS = " \t\r\n\v\f"


class Story:
    """Blocks in reading order. ``boxes`` are the text boxes by the place of their shape in the text."""

    def __init__(self, printer: Printer, boxes: dict[int, list[Item]]) -> None:
        self._printer = printer
        self._boxes = boxes
        self.blocks: list[Block] = []
        self.problems: list[Problem] = []
        self._paragraphs = self._tables = 0

    def read(self, items: list[Item]) -> None:
        for item in items:
            if isinstance(item, Rows):
                self._table(item)
            else:
                self._paragraphs += 1
                self._paragraph(item)

    def _paragraph(self, paragraph: Paragraph) -> None:
        where = f"paragraph={self._paragraphs}"
        printed = self._printer.print(paragraph, in_cell=False)
        self.problems += [Problem(code, says, where) for code, says in printed.problems]
        lines = [line.strip(_ENDS) for line in printed.text.split("\n") if not is_blank(line)]
        if lines and printed.heading:
            self.blocks.append(Heading("\n".join(lines), printed.heading, where))
        else:
            self.blocks += [Line(line, where) for line in lines]
        for box in printed.boxes:
            self.read(self._boxes.get(box, []))

    def _table(self, table: Rows) -> None:
        """A table of figures or words becomes a Table; one that lays out a page dissolves into what it holds."""
        if self._lays_out(table):
            for row in table.rows:
                for cell in row.cells:
                    self.read(cell)
            return
        self._tables += 1
        texts = [[self._cell(cell) for cell in row.cells] for row in table.rows]
        read, problems = read_table([row.shape for row in table.rows], texts, self._tables)
        self.blocks.append(read)
        self.problems += problems

    def _cell(self, content: list[Item]) -> CellText:
        """What a cell prints, line by line, and what is doubtful about it."""
        if len(content) == 1 and not isinstance(content[0], Rows):
            plain = self._printer.plain_text(content[0])
            if plain is not None:
                return CellText(plain.strip(_CELL_ENDS))
        lines: list[str] = []
        problems: list[tuple[str, str]] = []
        pictures = 0
        for printed in self._printed_in(content):
            lines += [line.strip(_CELL_ENDS) for line in printed.text.split("\n")]
            pictures += printed.pictures + sum(box not in self._boxes for box in printed.boxes)
            problems += printed.problems
            if printed.struck and not is_blank(printed.struck):
                problems.append(("struck_text", f"left out, crossed out: {printed.struck}"))
        text = "\n".join(line for line in lines if line)
        if pictures and is_blank(text):
            problems.append(("picture_in_cell", "the cell holds a picture and no text"))
        return CellText(text, tuple(problems))

    def _printed_in(self, content: list[Item]) -> list[Printed]:
        """The paragraphs of a cell, those of text boxes and of tables nested in it included."""
        found: list[Printed] = []
        for item in content:
            if isinstance(item, Rows):
                for row in item.rows:
                    for cell in row.cells:
                        found += self._printed_in(cell)
                continue
            printed = self._printer.print(item, in_cell=True)
            found.append(printed)
            for box in printed.boxes:
                found += self._printed_in(self._boxes.get(box, []))
        return found

    def _lays_out(self, table: Rows) -> bool:
        """One column, or another table within and no labels of the form outside that one."""
        cells = [cell for row in table.rows for cell in row.cells]
        is_nested = any(isinstance(item, Rows) for cell in cells for item in cell)
        if not is_nested and any(len(row.cells) > 1 for row in table.rows):
            return False
        own = (item for cell in cells for item in cell if not isinstance(item, Rows))
        return not speaks_of_the_form("".join(self._printer.units[item.start : item.end] for item in own))
