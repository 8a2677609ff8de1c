"""One line a report: the parse document of its current reading, and report, version, url, captured when."""

from __future__ import annotations

import json
from typing import TextIO

from archive.queries import iterate_current
from archive.store import Archive

NAME = "jsonl"


def write_export(archive: Archive, out: TextIO) -> int:
    """Writes every report that is read, by id, as JSON Lines; returns how many."""
    count = 0
    for facts in iterate_current(archive):
        out.write(json.dumps(facts, ensure_ascii=False) + "\n")
        count += 1
    return count
