"""The bytes themselves, each once, under the SHA-256 of what they are."""

from __future__ import annotations

import hashlib

from archive.clock import read_clock, stamp
from archive.errors import Withdrawn
from archive.packed.templates import get_row, put_told, take_out_templates
from archive.store import Archive, naming_errors


def put_payload(archive: Archive, payload: bytes, site: str = "") -> str:
    """Bytes → their SHA-256 (64 hex digits), kept and committed on return; the same bytes again cost nothing.

    ``site``: what names the pages that they are probably like, a host and its port. Withdrawn bytes are not kept again.
    Raises NoRoom.
    """
    digest = hashlib.sha256(payload).hexdigest()
    with naming_errors(archive.folder):
        if has_payload(archive, digest) or why_withdrawn(archive, digest) is not None:
            return digest
        if archive.payloads.conn.in_transaction:
            put_told(archive.templates, digest, payload, site)
        else:
            with archive.keeping():
                put_told(archive.templates, digest, payload, site)
    return digest


def has_payload(archive: Archive, digest: str) -> bool:
    """Whether bytes are kept under that digest; whether they are sound, only ``get_payload`` says."""
    found = archive.payloads.conn.execute("SELECT 1 FROM payload WHERE digest = ?", (digest,)).fetchone()
    return found is not None


def length_of(archive: Archive, digest: str) -> int:
    """How many bytes are kept under a digest; 0 where none are."""
    row = archive.payloads.execute("SELECT length FROM payload WHERE digest = :digest", {"digest": digest}).fetchone()
    return 0 if row is None else int(row[0])


def why_withdrawn(archive: Archive, digest: str) -> str | None:
    """The reason for which bytes were withdrawn; None for those that were not."""
    row = archive.db.conn.execute("SELECT why FROM withdrawals WHERE payload_digest = ?", (digest,)).fetchone()
    return None if row is None else str(row[0])


def put_wire(archive: Archive, wire: bytes, payload: str | None, site: str = "") -> str:
    """A body as it was sent, and the digest of what it decodes to → its SHA-256, kept unless that is withdrawn.

    Raises NoRoom.
    """
    why = None if payload is None else why_withdrawn(archive, payload)
    if why is None:
        return put_payload(archive, wire, site)
    digest = hashlib.sha256(wire).hexdigest()
    with archive.writing():
        note_withdrawn(archive, digest, why)
    return digest


def note_withdrawn(archive: Archive, digest: str, why: str) -> None:
    """Says of bytes, and of all bodies as sent that decode to them, that they are withdrawn.

    Inside the caller's transaction; ``erase_withdrawn`` takes them out after it.
    """
    archive.db.execute(
        """
        INSERT INTO withdrawals (payload_digest, why, made_at)
        SELECT digest, :why, :made_at FROM (
            SELECT :digest AS digest
            UNION
            SELECT wire FROM captures WHERE payload = :digest AND wire IS NOT NULL
        )
        WHERE true
        ON CONFLICT (payload_digest) DO NOTHING
        """,
        {"digest": digest, "why": why, "made_at": stamp(read_clock())},
    )


def erase_withdrawn(archive: Archive) -> int:
    """Takes out all bytes that are said to be withdrawn and are still there; how many they were.

    What was told against them is told anew, in the same transaction.
    """
    digests = archive.db.execute("SELECT payload_digest FROM withdrawals").fetchall()
    kept = [row for row in digests if has_payload(archive, row[0])]
    if kept:
        with archive.keeping() as payloads:
            take_out_templates(archive.templates, [digest for (digest,) in kept])
            payloads.conn.executemany("DELETE FROM payload WHERE digest = ?", kept)
    return len(kept)


def get_payload(archive: Archive, digest: str) -> bytes:
    """SHA-256 → the bytes kept under it.

    Raises Withdrawn, or Damaged when they are absent or are not those bytes any more.
    """
    why = why_withdrawn(archive, digest)
    if why is not None:
        raise Withdrawn(f"payload {digest} was withdrawn: {why}")
    with naming_errors(archive.folder):
        return get_row(archive.templates, digest)


def count_payloads(archive: Archive) -> tuple[int, int, int]:
    """(payloads kept, their bytes, the bytes they take)."""
    count, length, taken = archive.payloads.execute(
        "SELECT count(*), coalesce(sum(length), 0), coalesce(sum(length(bytes)), 0) FROM payload"
    ).fetchone()
    return count, length, taken
