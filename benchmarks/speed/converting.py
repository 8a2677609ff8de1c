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
    """One document → every cell of every table with its spans and place, and the text of all other blocks.

    As JSON packs it fastest: blocks by their rows (a block that is no table has none) and rows by their cells counted,
    the texts of all cells in one string, their places in another, the spans of those that have any by number of the
    cell from 0, and the texts of other blocks in one string as well.
    """
    blocks = convert_payload(payload).blocks
    tables = [block.rows for block in blocks if isinstance(block, Table)]
    rows = list(chain.from_iterable(tables))
    texts, downs, acrosses, places = zip(*chain.from_iterable(rows), strict=True) if any(rows) else [()] * 4
    spans = [[(at, span) for at, span in enumerate(of_all) if span != 1] for of_all in (downs, acrosses)]
    others = [block.text for block in blocks if not isinstance(block, Table)]
    return {"blocks": [len(block.rows) if isinstance(block, Table) else None for block in blocks],
            "rows": list(map(len, rows)), "texts": _joined(texts, _END), "spans": spans,
            "where": _joined(places, " "), "others": _joined(others, _END)}  # fmt: skip


def _joined(texts: Sequence[str], end: str) -> str | Sequence[str]:
    """One string, with their ends marked; the texts themselves where one has such a mark of its own."""
    joined = end.join(texts)
    return joined if texts and joined.count(end) == len(texts) - 1 else texts


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
    if "blocks" not in answer:
        raise DocumentError(f"expected blocks, found {json.dumps(answer)[:200]}")
    texts = _parted(answer["texts"], _END)
    places = _parted(answer["where"], " ")
    if not len(texts) == len(places) == sum(answer["rows"]):
        raise DocumentError(f"expected as many places as texts, found {len(texts)} and {len(places)}")
    if len(_parted(answer["others"], _END)) != answer["blocks"].count(None):
        raise DocumentError(f"expected the texts of {answer['blocks'].count(None)} blocks, found others")
    return len(texts)


if __name__ == "__main__":
    main()
