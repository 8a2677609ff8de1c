"""The limited child, asked for the cells and the text of a document instead of its report."""

from __future__ import annotations

import json
from typing import Any

from parsers import child
from parsers.convert import convert_payload
from parsers.document import Table
from parsers.errors import DocumentError


def main() -> None:
    """As ``parsers.child.main``: the loop, the limits and the frames are the child's own."""
    child.answer_to = cells_of  # type: ignore[assignment]
    child.main()


def cells_of(payload: bytes, *_: object) -> dict[str, object]:
    """One document → every cell of every table with its spans and place, and the text of all blocks."""
    document = convert_payload(payload)
    tables = [
        [[(cell.text, cell.rowspan, cell.colspan, cell.where) for cell in row] for row in block.rows]
        for block in document.blocks
        if isinstance(block, Table)
    ]
    return {"tables": tables, "text": document.text()}


class Converter(child.Child):
    """A child that answers with cells."""

    def __init__(self) -> None:
        super().__init__("benchmarks.speed.converting")

    def cells(self, payload: bytes) -> int:
        """How many cells came back; raises DocumentError as reading does."""
        return self._asked(payload, {"hints": {}}, _count)

    @property
    def pid(self) -> int:
        """The number of the running process, started if need be."""
        return self._started().pid


def _count(answer: dict[str, Any]) -> int:
    if "tables" not in answer:
        raise DocumentError(f"expected tables, found {json.dumps(answer)[:200]}")
    return sum(len(row) for table in answer["tables"] for row in table)


if __name__ == "__main__":
    main()
