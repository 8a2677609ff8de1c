"""The bytes themselves, each once, under the SHA-256 of what they are."""

from __future__ import annotations

import hashlib
import zlib

from archive.clock import read_clock, stamp
from archive.errors import Damaged, Withdrawn
from archive.store import Archive, naming_errors


def put_payload(archive: Archive, payload: bytes) -> str:
    """Bytes → their SHA-256 (64 hex digits), kept and committed on return; the same bytes again cost nothing.

    Withdrawn bytes are not kept again. Raises NoRoom.
    """
    digest = hashlib.sha256(payload).hexdigest()
    with naming_errors(archive.folder):
        if has_payload(archive, digest) or why_withdrawn(archive, digest) is not None:
            return digest
        packed = zlib.compress(payload, 6)
        smaller = len(packed) < len(payload)
        with archive.keeping() as payloads:
            payloads.execute(
                """
                INSERT INTO payload (digest, length, coding, bytes)
                VALUES (:digest, :length, :coding, :bytes)
                ON CONFLICT (digest) DO NOTHING
                """,
                {
                    "digest": digest,
                    "length": len(payload),
                    "coding": "zlib" if smaller else "identity",
                    "bytes": packed if smaller else payload,
                },
            )
    return digest


def has_payload(archive: Archive, digest: str) -> bool:
    """Whether bytes are kept under that digest; whether they are sound, only ``get_payload`` says."""
    found = archive.payloads.execute("SELECT 1 FROM payload WHERE digest = :digest", {"digest": digest}).fetchone()
    return found is not None


def length_of(archive: Archive, digest: str) -> int:
    """How many bytes are kept under a digest; 0 where none are."""
    row = archive.payloads.execute("SELECT length FROM payload WHERE digest = :digest", {"digest": digest}).fetchone()
    return 0 if row is None else int(row[0])


def why_withdrawn(archive: Archive, digest: str) -> str | None:
    """The reason for which bytes were withdrawn; None for those that were not."""
    row = archive.db.execute(
        "SELECT why FROM withdrawals WHERE payload_digest = :digest", {"digest": digest}
    ).fetchone()
    return None if row is None else str(row[0])


def put_wire(archive: Archive, wire: bytes, payload: str | None) -> str:
    """A body as it was sent, and the digest of what it decodes to → its SHA-256, kept unless that is withdrawn.

    Raises NoRoom.
    """
    why = None if payload is None else why_withdrawn(archive, payload)
    if why is None:
        return put_payload(archive, wire)
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
    """Takes out all bytes that are said to be withdrawn and are still there; how many they were."""
    digests = archive.db.execute("SELECT payload_digest FROM withdrawals").fetchall()
    kept = [row for row in digests if has_payload(archive, row[0])]
    if kept:
        with archive.keeping() as payloads:
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
        row = archive.payloads.execute(
            "SELECT coding, bytes FROM payload WHERE digest = :digest", {"digest": digest}
        ).fetchone()
    if row is None:
        raise Damaged(f"payload {digest} is named by the archive and not in payloads.db")
    return unpack_payload(digest, *row)


def unpack_payload(digest: str, coding: str, kept: bytes) -> bytes:
    """A row of ``payload`` → its bytes, hashed again. Raises Damaged."""
    try:
        payload: bytes = zlib.decompress(kept) if coding == "zlib" else bytes(kept)
    except zlib.error as error:
        raise Damaged(f"payload {digest} does not unpack: {error}") from error
    if hashlib.sha256(payload).hexdigest() != digest:
        raise Damaged(f"payload {digest} has other bytes than those it was kept under")
    return payload


def count_payloads(archive: Archive) -> tuple[int, int, int]:
    """(payloads kept, their bytes, the bytes they take)."""
    count, length, taken = archive.payloads.execute(
        "SELECT count(*), coalesce(sum(length), 0), coalesce(sum(length(bytes)), 0) FROM payload"
    ).fetchone()
    return count, length, taken
