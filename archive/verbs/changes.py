"""The verb changes."""

from __future__ import annotations

import argparse
from typing import Any

from archive.changes import last_change, list_changes
from archive.store import Archive
from archive.verbs.columns import aligned, cut
from archive.verbs.keep import command_of, print_json

_WORDS = (
    "organisation", "report_year", "rendition", "payload_digest", "parser", "code", "key", "status", "value", "why"
)  # fmt: skip


def run_changes(options: argparse.Namespace) -> int:
    """``nianbao changes``: the entries after a cursor, and the cursor to ask with next."""
    with Archive.open(options.archive, write=False) as archive:
        last = last_change(archive)
        entries = list_changes(archive, options.since, options.limit, full=options.full)
    following = entries[-1]["seq"] if entries else options.since
    if options.json:
        print_json({"changes": entries, "next": following, "more": following < last})
        return 0
    print("\n".join(aligned([_row(entry) for entry in entries], right=frozenset({0}))))
    print(f"next: {command_of(options)} changes --since {following}")
    return 0


def _row(entry: dict[str, Any]) -> tuple[object, ...]:
    said = " ".join(str(entry[word]) for word in _WORDS if entry.get(word) is not None)
    return (entry["seq"], entry["at"], entry["kind"], entry["report"], entry["version"], cut(said, 70))
