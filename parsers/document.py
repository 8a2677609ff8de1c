"""What a converter makes of bytes: blocks in reading order, each with the place where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class Problem:
    """Something doubtful about an object that exists all the same; kept, shown, counted."""

    code: str
    says: str
    where: str = ""
    severity: str = "warning"  # "note", "warning" or "error"


class Cell(NamedTuple):
    """One cell of a table as the source states it (HTML Living Standard 4.9.11: rowspan, colspan).

    ``where`` is a fragment identifier: ``page=3&xywh=72.0,100.5,58.0,14.2`` (points from the top left of
    the page, after Media Fragments), ``xpath=/html/body/table[1]/tr[2]/td[3]``, ``table=2&row=5&cell=3``
    (from 1), ``line=213`` (after RFC 5147, from 1).
    """

    text: str
    rowspan: int = 1
    colspan: int = 1
    where: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that the source marks as a heading, level 1 to 6."""

    text: str
    level: int = 1
    where: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of text between two breaks."""

    text: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells.

    ``spans_known`` is True where the source states or draws which cells are merged (HTML, DOCX, ruled PDF):
    then the grid after spans is meant. It is False where cells are only a sequence per row (text dumps):
    then the order within a row is all that is known.
    """

    rows: tuple[tuple[Cell, ...], ...]
    where: str = ""
    spans_known: bool = True


Block = Heading | Paragraph | Table


@dataclass(frozen=True, slots=True)
class Document:
    """The body of a document: navigation, side columns, page numbers and scripts are left out.

    ``meta`` holds what the source says about itself, by its own names lowered (``articletitle``,
    ``pubdate``, ``sitename``, ``siteidcode``, ``columnname``, ``title`` …); empty values are absent.
    """

    blocks: tuple[Block, ...]
    format: str
    converter: str
    meta: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    problems: tuple[Problem, ...] = ()

    def text(self) -> str:
        """The whole body as plain text: one line a paragraph, one line a table row with tabs between cells."""
        return "\n".join(_lines_of(block) for block in self.blocks)


def _lines_of(block: Block) -> str:
    if isinstance(block, Table):
        rows = [[text if (text := cell[0]).isalnum() else " ".join(text.split()) for cell in row] for row in block.rows]
        return "\n".join(map("\t".join, rows))
    return block.text


class Format(Protocol):
    """What each module in ``parsers/formats`` offers; modules are discovered from the folder.

    ``sniff`` answers 0.0 (not mine) to 1.0 (certainly mine) from the bytes alone, in far less time than
    converting. ``convert`` raises a ``parsers.errors.DocumentError``.
    """

    NAME: str  # "html", "docx", "pdf" …; the value of "format" in the parse document
    CONVERTER: str  # program and release behind it: "lxml/6.1.3+nianbao/1"

    def sniff(self, payload: bytes) -> float: ...

    def convert(self, payload: bytes) -> Document: ...
