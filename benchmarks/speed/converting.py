"""The limited child, asked for the cells and the text of a document instead of its report."""

from __future__ import annotations

import json
from itertools import chain
from typing import Any

from parsers import child
from parsers.convert import convert_payload
from parsers.document import Cell, Table
from parsers.errors import DocumentError


def main() -> None:
    """As ``parsers.child.main``: the loop, the limits and the frames are the child's own."""
    child.main(cells_of)


def cells_of(payload: bytes, *_: object) -> dict[str, object]:
    """One document → every cell of every table with its spans and place, and the text of all blocks."""
    document = convert_payload(payload)
    return {"tables": [columns_of(block) for block in document.blocks if isinstance(block, Table)],
            "text": document.text()}  # fmt: skip


def columns_of(table: Table) -> dict[str, object]:
    """A table as JSON packs it fastest: the cells of each row counted, then each of their facts in one list."""
    columns = list(zip(*chain.from_iterable(table.rows), strict=True)) or [()] * len(Cell._fields)
    return {"rows": [len(row) for row in table.rows], **dict(zip(Cell._fields, columns, strict=True))}


class Converter(child.Child):
    """A child that answers with cells."""

    def __init__(self) -> None:
        super().__init__("benchmarks.speed.converting")

    def cells(self, payload: bytes) -> int:
        """How many cells came back; raises DocumentError as reading does."""
        return self._asked(payload, {"hints": {}}, _count)


def _count(answer: dict[str, Any]) -> int:
    if "tables" not in answer:
        raise DocumentError(f"expected tables, found {json.dumps(answer)[:200]}")
    return sum(len(table["where"]) for table in answer["tables"])


if __name__ == "__main__":
    main()
