"""The bytes themselves, each once, under the SHA-256 of what they are."""

from __future__ import annotations

import hashlib
import zlib

from archive.errors import Damaged
from archive.store import Archive, naming_errors


def put_payload(archive: Archive, payload: bytes) -> str:
    """Bytes → their SHA-256 (64 hex digits), kept and committed on return; the same bytes again cost nothing.

    Raises NoRoom.
    """
    digest = hashlib.sha256(payload).hexdigest()
    with naming_errors(archive.folder):
        if has_payload(archive, digest):
            return digest
        packed = zlib.compress(payload, 6)
        smaller = len(packed) < len(payload)
        with archive.payloads.atomic():
            archive.payloads.execute(
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


def get_payload(archive: Archive, digest: str) -> bytes:
    """SHA-256 → the bytes kept under it. Raises Damaged when they are absent or are not those bytes any more."""
    with naming_errors(archive.folder):
        row = archive.payloads.execute(
            "SELECT coding, bytes FROM payload WHERE digest = :digest", {"digest": digest}
        ).fetchone()
    if row is None:
        raise Damaged(f"payload {digest} is named by the archive and not in payloads.db")
    coding, kept = row
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
