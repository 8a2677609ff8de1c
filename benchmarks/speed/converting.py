"""The limited child, asked for the cells and the text of a document instead of its report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain
from typing import Any

from parsers import child
from parsers.convert import convert_payload
from parsers.document import Table
from parsers.errors import DocumentError

_END = "\ufdd9"  # a noncharacter: no document has one to say something with


def main() -> None:
    """As ``parsers.child.main``: the loop, the limits and the frames are the child's own."""
    child.main(cells_of)


def cells_of(payload: bytes, *_: object) -> dict[str, object]:
    """One document → every cell of every table with its spans and place, and the text of all blocks."""
    document = convert_payload(payload)
    return {"tables": [columns_of(block) for block in document.blocks if isinstance(block, Table)],
            "text": document.text()}  # fmt: skip


def columns_of(table: Table) -> dict[str, object]:
    """A table as JSON packs it fastest: the cells of each row counted, the texts of all in one string, their places in
    another, and the spans of those that have any, by number of the cell from 0."""
    texts, downs, acrosses, places = zip(*chain.from_iterable(table.rows), strict=True) if any(table.rows) else [()] * 4
    spans = [[(at, span) for at, span in enumerate(of_all) if span != 1] for of_all in (downs, acrosses)]
    return {"rows": list(map(len, table.rows)), "texts": _joined(texts, _END), "spans": spans,
            "where": _joined(places, " ")}  # fmt: skip


def _joined(texts: Sequence[str], end: str) -> str | Sequence[str]:
    """One string, with their ends marked; the texts themselves where one has such a mark of its own."""
    joined = end.join(texts)
    return joined if joined.count(end) == len(texts) - 1 else texts


def _parted(texts: str | list[str], end: str) -> list[str]:
    return texts.split(end) if isinstance(texts, str) else texts


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
    found = 0
    for table in answer["tables"]:
        texts = _parted(table["texts"], _END)
        places = _parted(table["where"], " ")
        if not len(texts) == len(places) == sum(table["rows"]):
            raise DocumentError(f"expected as many places as texts, found {len(texts)} and {len(places)}")
        found += len(texts)
    return found


if __name__ == "__main__":
    main()
