"""Bytes of another archive → payloads.db, each verified on the way, and told against what is kept here of its site."""

from __future__ import annotations

from collections.abc import Iterator

from archive.errors import Damaged
from archive.merging.told import Told
from archive.packed.templates import get_row, put_told
from archive.payloads import has_payload
from archive.store import Archive
from archive.urls import netloc_of

_SLICE = 500
_LARGEST_SLICE = 16 * 2**20  # bytes in one transaction


def take_payloads(archive: Archive, other: Archive, told: Told) -> None:
    """Takes what is not here yet and not withdrawn here or there. Damaged bytes are told and not taken.

    The bytes are committed before any row that names them, a few megabytes at a time, in the order in which they were
    kept there: pages of one site follow one another. Raises NoRoom.
    """
    for slice_ in _slices(other):
        wanted = [one for one in slice_ if not has_payload(archive, one) and not _is_withdrawn(archive, other, one)]
        with archive.keeping():
            for digest in wanted:
                _take(archive, other, digest, told)


def _slices(other: Archive) -> Iterator[list[str]]:
    """All that the other archive keeps, in its order, as much as one transaction takes at a time."""
    last = 0
    while rows := other.payloads.execute(
        "SELECT rowid, digest, length FROM payload WHERE rowid > :last ORDER BY rowid LIMIT :limit",
        {"last": last, "limit": _SLICE},
    ).fetchall():
        digests: list[str] = []
        size = 0
        for last, digest, length in rows:  # noqa: B007 - where the next begin
            digests.append(digest)
            size += length
            if size > _LARGEST_SLICE:
                break
        yield digests


def _is_withdrawn(archive: Archive, other: Archive, digest: str) -> bool:
    return any(
        one.db.execute("SELECT 1 FROM withdrawals WHERE payload_digest = :digest", {"digest": digest}).fetchone()
        is not None
        for one in (archive, other)
    )


def _take(archive: Archive, other: Archive, digest: str, told: Told) -> None:
    try:
        payload = get_row(other.templates, digest)
    except Damaged:
        told.conflict("damaged", digest, "its bytes in the other archive are not those it was kept under: not taken")
        return
    put_told(archive.templates, digest, payload, _site_of(other, digest))
    told.counts["payloads"] += 1


def _site_of(other: Archive, digest: str) -> str:
    """Whose page it is, as the other archive has it; "" for a body as it was sent."""
    row = other.db.execute(
        "SELECT url FROM captures WHERE payload = :digest ORDER BY id LIMIT 1", {"digest": digest}
    ).fetchone()
    return "" if row is None else netloc_of(row[0])
