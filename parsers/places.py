"""Places within a place: names of the source's own (a sheet, a file in an archive) in fragment identifiers."""

from __future__ import annotations

from dataclasses import replace

from parsers.document import Block, Document, Table

_ESCAPED = str.maketrans({sign: f"%{ord(sign):02X}" for sign in "%#&=\r\n\t"})


def in_fragment(name: str) -> str:
    """A name with the characters that part a fragment identifier written as %XX (RFC 3986, 2.1); others stay.

    >>> in_fragment("2023年#1&2.docx")
    '2023年%231%262.docx'
    """
    return name.translate(_ESCAPED)


def placed(document: Document, prefix: str) -> Document:
    """The Document with every place, also of its problems, put behind a prefix: ``page=1`` → ``document=2#page=1``."""
    return replace(
        document,
        blocks=tuple(_block(block, prefix) for block in document.blocks),
        problems=tuple(replace(problem, where=prefix + problem.where) for problem in document.problems),
    )


def _block(block: Block, prefix: str) -> Block:
    if isinstance(block, Table):
        rows = tuple(tuple(cell._replace(where=_inside(prefix, cell.where)) for cell in row) for row in block.rows)
        return replace(block, rows=rows, where=prefix + block.where)
    return replace(block, where=prefix + block.where)


def _inside(prefix: str, where: str) -> str:
    """A cell without a place stands for left-out columns and keeps none."""
    return prefix + where if where else ""
