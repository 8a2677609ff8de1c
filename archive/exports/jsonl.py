"""One line a report: the parse document of its current reading, and report, version, url, captured when."""

from __future__ import annotations

import json
from typing import BinaryIO

from archive.corrections import describe_corrections
from archive.exports import OF_REPORTS, Selection
from archive.exports.parts.selected import iterate_selected
from archive.queries import describe_version
from archive.store import Archive

NAME = "jsonl"
CAPTION = "one report a line, as JSON with everything that was read (docs/schema/export.json)"
SELECTS = OF_REPORTS


def write_export(archive: Archive, selection: Selection, out: BinaryIO) -> int:
    """Writes every report, by id, as JSON Lines; returns how many.

    A report that is not read has ``unread`` in place of the parse document: code ``withdrawn`` where its bytes were
    taken out of the archive.
    """
    count = 0
    for one in iterate_selected(archive, selection):
        facts = describe_version(archive, one.version)
        facts["corrections"] = describe_corrections(archive, one.version)
        out.write(json.dumps(facts, ensure_ascii=False).encode("utf-8") + b"\n")
        count += 1
    return count
