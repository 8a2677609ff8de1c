"""The limited child, asked for the cells and the text of a document instead of its report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain
from typing import Any

from parsers import child
from parsers.convert import convert_payload
from parsers.document import Cell, Table
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
    columns = [*zip(*chain.from_iterable(table.rows), strict=True)] or [()] * len(Cell._fields)
    texts, downs, acrosses, places = columns
    spans = [[(at, span) for at, span in enumerate(of_all) if span != 1] for of_all in (downs, acrosses)]
    return {"rows": list(map(len, table.rows)), "texts": _joined(texts), "spans": spans, "where": _joined(places)}


def _joined(texts: Sequence[str]) -> Sequence[str] | dict[str, str]:
    """What all begin with, and one string of the rest with their ends marked; the texts where one has such a mark."""
    first, last = (texts[0], texts[-1]) if texts else ("", "")
    differ = (at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other)
    start = first[: next(differ, min(len(first), len(last)))]
    joined = _END.join(["", *texts])
    if joined.count(_END) != len(texts) or joined.count(_END + start) != len(texts):
        return texts
    return {"start": start, "rest": joined.replace(_END + start, _END)}


def _parted(texts: list[str] | dict[str, str]) -> list[str]:
    if isinstance(texts, list):
        return texts
    return texts["rest"].replace(_END, _END + texts["start"]).split(_END)[1:]


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
        texts, places = _parted(table["texts"]), _parted(table["where"])
        if not len(texts) == len(places) == sum(table["rows"]):
            raise DocumentError(f"expected as many places as texts, found {len(texts)} and {len(places)}")
        found += len(texts)
    return found


if __name__ == "__main__":
    main()
