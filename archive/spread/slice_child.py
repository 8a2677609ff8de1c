"""One slice of payloads read by a worker: bytes with hints → what was read in each, as JSON."""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Iterator
from typing import Any

from archive.spread.child import answer_with, expect_release
from parsers.errors import DocumentError
from parsers.readers import Reader
from parsers.report import Hints
from parsers.wire_form import report_to_wire

LENGTHS = struct.Struct(">II")
"""Of the hints in JSON and of the payload, which follow; then the next document's."""


def read_slice(question: bytes, ends: float) -> bytes:
    """Who asks, a line, and documents → a JSON list of an answer for each, in their order.

    An answer is ``{"reports": [...]}`` or ``{"error": {"code", "says"}}``. When its time is over the list is shorter,
    and the rest is to be asked for again. Raises OtherRelease.
    """
    release, _, documents = question.partition(b"\n")
    expect_release(release.decode())
    answers: list[dict[str, Any]] = []
    with Reader() as reader:
        for hints, payload in documents_in(documents):
            if time.monotonic() >= ends:
                break
            try:
                answers.append({"reports": [report_to_wire(one) for one in reader.read(payload, hints)]})
            except DocumentError as error:
                answers.append({"error": {"code": error.code, "says": error.says}})
    return json.dumps(answers, ensure_ascii=False).encode("utf-8", "replace")


def documents_in(question: bytes) -> Iterator[tuple[Hints, bytes]]:
    """A slice → its documents."""
    at = 0
    while at < len(question):
        hints, payload = LENGTHS.unpack_from(question, at)
        at += LENGTHS.size
        yield Hints(**json.loads(question[at : at + hints])), question[at + hints : at + hints + payload]
        at += hints + payload


if __name__ == "__main__":
    answer_with(read_slice)
