"""A Document's blocks → HTML with the places of its cells marked: what Word and Excel files are shown as."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import count

from parsers.document import Block, Cell, Document, Heading, Table

_DEEPEST = 6


def blocks_as_html(document: Document) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A Document → its HTML, and (place, id) of each cell; cells without a place have no id.

    No heading is more than one level below the one before, as pages want it; the first is of the second level.
    """
    places: list[tuple[str, str]] = []
    numbers = count()
    made, last = [], 1
    for block in document.blocks:
        if isinstance(block, Heading):
            last = min(max(block.level, 1) + 1, last + 1, _DEEPEST)
        made.append(_block(block, last, places, numbers))
    return "\n".join(made), tuple(places)


def _block(block: Block, level: int, places: list[tuple[str, str]], numbers: Iterator[int]) -> str:
    if isinstance(block, Table):
        rows = "\n".join(f"<tr>{''.join(_cell(cell, places, numbers) for cell in row)}</tr>" for row in block.rows)
        return f'<table class="grid"><tbody>\n{rows}\n</tbody></table>'
    if isinstance(block, Heading) and block.text.strip():
        return f"<h{level}>{_lines(block.text)}</h{level}>"
    return f"<p>{_lines(block.text)}</p>"


def _cell(cell: Cell, places: list[tuple[str, str]], numbers: Iterator[int]) -> str:
    spans = "".join(
        f' {name}="{span}"' for name, span in (("rowspan", cell.rowspan), ("colspan", cell.colspan)) if span > 1
    )
    identity = ""
    if cell.where:
        identity = f"w{next(numbers)}"
        places.append((cell.where, identity))
        identity = f' id="{identity}"'
    return f"<td{spans}{identity}>{_lines(cell.text)}</td>"


def _lines(text: str) -> str:
    return "<br>".join(escape(line, quote=False) for line in text.split("\n"))
