"""What the captures of a proof rest on: their WARC records, and the manifests that name them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from archive.proof.contents import File
from archive.store import Archive
from archive.warc.fields import CONTENT_TYPE, write_fields
from archive.warc.outgoing import records_of as records_of_capture
from archive.warc.record import Record, record_id, to_bytes


def captures_behind(archive: Archive, versions: Sequence[int]) -> tuple[int, ...]:
    """Versions → the captures that show them, and those that these repeat (a revisit says nothing without it)."""
    marks = ", ".join("?" for _ in versions)
    rows = archive.db.execute(
        f"""
        WITH RECURSIVE behind (capture) AS (
            SELECT g.capture FROM sightings g WHERE g.version IN ({marks})
            UNION
            SELECT c.revisit_of FROM behind b JOIN captures c ON c.id = b.capture WHERE c.revisit_of IS NOT NULL
        )
        SELECT capture FROM behind ORDER BY capture
        """,
        tuple(versions),
    ).fetchall()
    return tuple(capture for (capture,) in rows)


def write_records(archive: Archive, captures: Sequence[int]) -> bytes:
    """Captures → a WARC file (ISO 28500), each record a gzip member; the same captures give the same bytes."""
    made_at = archive.db.execute(
        f"SELECT max(captured_at) FROM captures WHERE id IN ({', '.join('?' for _ in captures)})", tuple(captures)
    ).fetchone()[0]
    block = write_fields((("software", "nianbao"), ("format", "WARC File Format 1.1")))
    info = record_id("warcinfo", made_at, *map(str, captures))
    head = Record("warcinfo", info, made_at, (("Content-Type", CONTENT_TYPE),), block)
    records = (one.record for capture in captures for one in records_of_capture(archive, capture, info))
    return b"".join(to_bytes(record) for record in (head, *records))


def manifests_naming(archive: Archive, captures: Sequence[int]) -> Iterator[tuple[dict[str, Any], File]]:
    """Captures → the manifests that name them (archive/fixity/manifests.py): number, time, digest; and the text."""
    rows = archive.db.execute(
        f"""
        SELECT DISTINCT m.number, m.made_at, m.first_capture, m.last_capture, m.digest, m.body
        FROM manifests m JOIN captures c ON c.id BETWEEN m.first_capture AND m.last_capture
        WHERE c.id IN ({", ".join("?" for _ in captures)})
        ORDER BY m.number
        """,
        tuple(captures),
    ).fetchall()
    names = ("number", "made_at", "first_capture", "last_capture", "digest")
    for row in rows:
        file = File(f"manifests/{row[0]:06}.txt", zlib.decompress(row[5]))
        yield dict(zip(names, row[:5], strict=True)) | {"file": file.name}, file
