"""Looks that showed no report: what another archive found in them, where ours has not looked or has an older word."""

from __future__ import annotations

from archive.merging.chains import shown_in
from archive.merging.evidence import ours_of
from archive.merging.reports import put_document
from archive.store import Archive

_SLICE = 1000


def take_documents(archive: Archive, other: Archive) -> None:
    """Of each look of no report its word (not a report, unidentified, …), in slices. Reports come after this."""
    last = 0
    while captures := [
        capture
        for (capture,) in other.db.execute(
            """
            SELECT capture FROM documents d
            WHERE capture > ? AND NOT EXISTS (SELECT 1 FROM sightings g WHERE g.capture = d.capture)
            ORDER BY capture LIMIT ?
            """,
            (last, _SLICE),
        ).fetchall()
    ]:
        pairs = {capture: ours_of(archive.db, capture) for capture in captures}
        here, there = shown_in(archive, pairs.values()), shown_in(other, captures)
        with archive.writing():
            for theirs, ours in pairs.items():
                if ours not in here or there[theirs].rank() > here[ours].rank():
                    put_document(archive, other, ours, here.get(ours))
        last = captures[-1]
