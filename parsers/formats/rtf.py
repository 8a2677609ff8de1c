"""Rich Text Format (specification 1.9.1), often called .doc → Document, by our own reader of its tokens."""

from __future__ import annotations

from types import MappingProxyType

from parsers.document import Block, Document, Heading, Paragraph, Problem
from parsers.errors import NeedsOcr, Unreadable
from parsers.form_words import speaks_of_the_form
from parsers.report import RELEASE
from parsers.rtf.reader import Reader
from parsers.rtf.rows import table_of
from parsers.rtf.story import Item, Rows, Text, texts_in
from parsers.text import is_blank, one_line

NAME = "rtf"
CONVERTER = f"nianbao-rtf/{RELEASE}"

_ENDS = " \t\r\n\v\f\u00a0\u3000"
_OPENS = b"{\\rtf"


def sniff(payload: bytes) -> float:
    """1.0 for bytes that begin as RTF, white space and a byte-order mark apart."""
    return 1.0 if payload[:64].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_OPENS) else 0.0


def convert(payload: bytes) -> Document:
    """An RTF document → Document; ``where`` is ``paragraph=12`` or ``table=2&row=5&cell=3``, from 1.

    Headers, footers, notes and hidden text are no body text. Raises NeedsOcr (pictures and no text), TooLarge and
    Unreadable.
    """
    reader = Reader()
    reader.read(payload[payload.index(_OPENS) :])
    blocks = _Blocks()
    blocks.read(reader.story.items)
    if not blocks.blocks:
        if pictures := sum(text.pictures for text in texts_in(reader.story.items)):
            raise NeedsOcr(f"expected text, found {pictures} pictures and none")
        raise Unreadable("expected text in the RTF document, found none")
    problems = list(blocks.problems)
    if reader.open_groups:
        says = f"the file ends within {reader.open_groups} open groups: it is cut off"
        problems.append(Problem("cut_off", says, severity="error"))
    if reader.fonts.lost:
        problems.append(Problem("bad_encoding", f"{reader.fonts.lost} characters could not be decoded"))
    title = one_line(reader.title)
    return Document(
        tuple(blocks.blocks), NAME, CONVERTER, MappingProxyType({"title": title} if title else {}), tuple(problems)
    )


class _Blocks:
    """Items of a story → blocks in reading order; a text box follows the paragraph that it hangs on."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.problems: list[Problem] = []
        self.paragraphs = self.tables = 0

    def read(self, items: list[Item]) -> None:
        for item in items:
            if isinstance(item, Text):
                self._paragraph(item)
            elif _lays_out(item):
                for row in item.rows:
                    for cell in row.cells:
                        self.read(cell)
            else:
                self.tables += 1
                table, problems = table_of([row.read() for row in item.rows], self.tables)
                self.blocks.append(table)
                self.problems += problems

    def _paragraph(self, text: Text) -> None:
        self.paragraphs += 1
        where = f"paragraph={self.paragraphs}"
        lines = [line.strip(_ENDS) for line in text.printed().split("\n") if not is_blank(line)]
        if lines and text.outline:
            self.blocks.append(Heading("\n".join(lines), text.outline, where))
        else:
            self.blocks += [Paragraph(line, where) for line in lines]


def _lays_out(table: Rows) -> bool:
    """One column, or another table within; and no labels of the form in cells of its own."""
    cells = [cell for row in table.rows for cell in row.cells]
    nests = any(isinstance(item, Rows) for cell in cells for item in cell)
    if not nests and any(len(row.cells) > 1 for row in table.rows):
        return False
    own = "".join(item.printed() for cell in cells for item in cell if isinstance(item, Text))
    return not speaks_of_the_form(own)
