"""Bytes of another archive → payloads.db, each verified on the way."""

from __future__ import annotations

import hashlib
import zlib

from archive.merging.told import Told
from archive.payloads import has_payload
from archive.store import Archive

_SLICE = 500
_LARGEST_SLICE = 16 * 2**20  # bytes in one transaction


def take_payloads(archive: Archive, other: Archive, told: Told) -> None:
    """Takes what is not here yet and not withdrawn here or there. Damaged bytes are told and not taken.

    The bytes are committed before any row that names them, a few megabytes at a time. Raises NoRoom.
    """
    last = ""
    while digests := _digests_after(other, last):
        wanted = [one for one in digests if not has_payload(archive, one) and not _is_withdrawn(archive, other, one)]
        _take(archive, other, wanted, told)
        last = digests[-1]


def _digests_after(other: Archive, last: str) -> list[str]:
    """The next digests that the other archive keeps, in their order."""
    rows = other.payloads.execute(
        "SELECT digest FROM payload WHERE digest > :last ORDER BY digest LIMIT :limit", {"last": last, "limit": _SLICE}
    ).fetchall()
    return [digest for (digest,) in rows]


def _is_withdrawn(archive: Archive, other: Archive, digest: str) -> bool:
    return any(
        one.db.execute("SELECT 1 FROM withdrawals WHERE payload_digest = :digest", {"digest": digest}).fetchone()
        is not None
        for one in (archive, other)
    )


def _take(archive: Archive, other: Archive, digests: list[str], told: Told) -> None:
    waiting: list[tuple[str, int, str, bytes]] = []
    size = 0
    for digest in digests:
        row = other.payloads.execute(
            "SELECT digest, length, coding, bytes FROM payload WHERE digest = :digest", {"digest": digest}
        ).fetchone()
        if _is_sound(row):
            waiting.append(row)
            size += len(row[3])
        else:
            told.conflict(
                "damaged", digest, "its bytes in the other archive are not those it was kept under: not taken"
            )
        if size > _LARGEST_SLICE:
            _put(archive, waiting, told)
            waiting, size = [], 0
    _put(archive, waiting, told)


def _is_sound(row: tuple[str, int, str, bytes]) -> bool:
    digest, length, coding, kept = row
    try:
        payload = zlib.decompress(kept) if coding == "zlib" else kept
    except zlib.error:
        return False
    return len(payload) == length and hashlib.sha256(payload).hexdigest() == digest


def _put(archive: Archive, rows: list[tuple[str, int, str, bytes]], told: Told) -> None:
    with archive.keeping() as payloads:
        payloads.conn.executemany(
            "INSERT INTO payload (digest, length, coding, bytes) VALUES (?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING",
            rows,
        )
    told.counts["payloads"] += len(rows)
