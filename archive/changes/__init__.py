"""The change sequence: everything that became otherwise in the archive, numbered for ever.

Triggers write it (``archive/schema/evidence.py``), so that no write goes past it. Applied in order from 0 it gives the
present state (``archive/changes/replay.py``); an entry applied twice changes nothing. An entry names what it is about,
and what is said of that is said as it stands now: versions and readings are never altered.
"""

from __future__ import annotations

from typing import Any

from archive.packed.figures import to_number
from archive.queries import describe_version
from archive.store import Archive

_CHANGES = """
SELECT
    c.seq, c.kind, c.at, c.report, c.version, c.reading, c.subject,
    o.name, o.region_code, p.report_year,
    n.format, n.ordinal, v.payload_digest, v.first_captured,
    r.parser, r.converter, r.content_digest, r.current,
    w.why,
    k.payload_digest, k.key, k.status, k.value, k.who, k.why, k.source, k.digest
FROM changes c
LEFT JOIN reports p ON p.id = c.report
LEFT JOIN organisations o ON o.id = p.organisation
LEFT JOIN versions v ON v.id = c.version
LEFT JOIN renditions n ON n.id = v.rendition
LEFT JOIN readings r ON r.id = c.reading
LEFT JOIN withdrawals w ON c.kind = 'withdrawn' AND w.payload_digest = c.subject
LEFT JOIN corrections k ON c.kind = 'corrected' AND k.id = CAST(c.subject AS INTEGER)
WHERE c.seq > :since ORDER BY c.seq LIMIT :limit
"""


def list_changes(archive: Archive, since: int, limit: int, *, full: bool = False) -> list[dict[str, Any]]:
    """The entries after a cursor, oldest first, at most ``limit``.

    Each has seq, kind, at (a time, or null), report, version, reading and what its kind says beside. ``full`` adds
    ``document``, the parse document, where the entry's reading is the current one.
    """
    entries = []
    for row in archive.db.execute(_CHANGES, {"since": since, "limit": limit}).fetchall():
        entry = _entry(row)
        if full and entry["kind"] == "reread" and row[17] == 1:
            entry["document"] = describe_version(archive, row[4])
        entries.append(entry)
    return entries


def last_change(archive: Archive) -> int:
    """The cursor of now: the number of the last entry, 0 where there is none."""
    return int(archive.db.execute("SELECT coalesce(max(seq), 0) FROM changes").fetchone()[0])


def _entry(row: tuple[Any, ...]) -> dict[str, Any]:
    kind, subject = row[1], row[6]
    entry: dict[str, Any] = {
        "seq": row[0],
        "kind": kind,
        "at": row[2],
        "report": None if row[3] is None else f"r{row[3]}",
        "version": None if row[4] is None else f"v{row[4]}",
        "reading": row[5],
    }
    if kind in ("created", "dropped", "stands"):
        return entry | dict(zip(("organisation", "region_code", "report_year"), row[7:10], strict=True))
    if kind in ("new_version", "moved"):
        rendition = None if row[10] is None else f"{row[10]}-{row[11]}"
        return entry | {"format": row[10], "rendition": rendition, "payload_digest": subject, "first_captured": row[13]}
    if kind in ("reread", "superseded"):
        return entry | dict(zip(("parser", "converter", "content_digest"), row[14:17], strict=True))
    if kind == "unread":
        return entry | {"code": subject}
    if kind == "withdrawn":
        return entry | {"payload_digest": subject, "why": row[18]}
    names = ("payload_digest", "key", "status", "value", "who", "why", "source", "correction")
    return entry | dict(zip(names, row[19:27], strict=True)) | {"value": to_json_number(row[22])}


def to_json_number(stored: Any) -> int | float | None:
    """A kept figure → its JSON number, as the parse document has it."""
    number = to_number(stored)
    return number if number is None or isinstance(number, int) else float(number)
