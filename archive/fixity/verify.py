"""Whether everything is still as it was kept: seals, SQLite's own checks, payloads, rows, manifests."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from archive.clock import read_clock, stamp
from archive.errors import BadQuery, Damaged, NoRoom, NotAnArchive
from archive.fixity.completeness import check_readings, check_rows, check_structure, read_all
from archive.fixity.manifests import Manifest, check_manifests, count_unwritten, head_of
from archive.fixity.sealed_warc import check_warc
from archive.packed.templates import get_row
from archive.payloads import length_of
from archive.progress import with_bar
from archive.seals.seal import seal_of
from archive.seals.sealed import Damage, Sample, check_seal
from archive.store import ARCHIVE_DB, PAYLOADS_DB, Archive, take_lock

SEAL_CODES = frozenset({"page", "cut_off", "changed_outside", "scarred", "under_log", "surplus", "seal"})
"""What a seal finds, and nothing else does."""

_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)%")


@dataclass(slots=True)
class Verified:
    """What was looked at, by kind, and what is damaged; ``head`` is the last manifest, to be noted elsewhere."""

    sample: Sample
    looked_at: dict[str, int] = field(default_factory=dict)
    damages: list[Damage] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    head: Manifest | None = None


def read_sample(text: str | None) -> Sample:
    """``5%`` → a sample that is another one every day, the same one on the same day; None → everything.

    Raises BadQuery.
    """
    if text is None:
        return Sample()
    found = _PERCENT.fullmatch(text.strip())
    if found is None or not 0 < float(found[1]) <= 100:
        raise BadQuery(f"expected a part such as 5%, found {text!r}")
    return Sample(float(found[1]) / 100, stamp(read_clock())[:10])


def verify(folder: Path, sample: Sample) -> Verified:
    """Looks at the archive in ``folder``, which nobody may be writing to; changes nothing.

    A sample takes so many of the files' pages, payloads and readings; rows and manifests are always looked at whole,
    and archive.db is always read whole. Raises NotAnArchive, Held.
    """
    verified = Verified(sample)
    with _quiet(folder):
        seals = {file: _check_seal(folder / file, verified) for file in (ARCHIVE_DB, PAYLOADS_DB)}
        try:
            archive = Archive.open(folder, write=False)
        except (Damaged, sqlite3.DatabaseError) as error:
            _take_seals(verified, seals, frozenset(seals))
            verified.damages.append(Damage("structure", folder.name, f"cannot be opened: {error}"))
            return verified
        except NotAnArchive as error:
            if not any(seal_of(folder / file).is_file() and found for file, found in seals.items()):
                raise
            _take_seals(verified, seals, frozenset(seals))
            verified.damages.append(Damage("structure", folder.name, error.says))
            return verified
        with archive:
            _take_seals(verified, seals, _sealed(archive))
            _look_into(archive, verified)
    return verified


def verify_and_seal(folder: Path) -> Verified:
    """As ``verify`` of everything; where nothing but the seals disagrees, both files are sealed anew as they lie.

    What the seals said stays in ``notes``. Raises NotAnArchive, Held, NoRoom.
    """
    verified = verify(folder, Sample())
    if verified.damages and SEAL_CODES.issuperset(damage.code for damage in verified.damages):
        verified.notes += [f"{damage.what}: {damage.says}" for damage in verified.damages]
        Archive.seal_anew(folder)
        verified.damages = verify(folder, Sample()).damages
        verified.notes.append("both files are sealed anew as they lie")
    return verified


def verify_warcs(verified: Verified, files: list[Path]) -> None:
    """Adds what is wrong in WARC and WACZ files. Raises NotFound."""
    verified.looked_at["warc_records"] = 0
    for file in files:
        records, damages = check_warc(file)
        verified.looked_at["warc_records"] += records
        verified.damages += damages


@contextmanager
def _quiet(folder: Path) -> Iterator[None]:
    """Keeps writers out. On a medium that cannot be written there are none."""
    if not (folder / ARCHIVE_DB).is_file():
        raise NotAnArchive(f"expected {ARCHIVE_DB} in {folder}, found none")
    try:
        lock = take_lock(folder)
    except NoRoom:
        yield
        return
    try:
        yield
    finally:
        os.close(lock)


def _check_seal(file: Path, verified: Verified) -> list[Damage]:
    if not file.is_file():
        return []
    pages, damages = check_seal(file, verified.sample)
    verified.looked_at["pages"] = verified.looked_at.get("pages", 0) + pages
    return damages


def _sealed(archive: Archive) -> frozenset[str]:
    """Files that have, or must have, a seal."""
    kept = {ARCHIVE_DB, PAYLOADS_DB}
    present = {file for file in kept if seal_of(archive.folder / file).is_file()}
    try:
        said = {file for (file,) in archive.db.execute("SELECT file FROM sealed").fetchall()}
    except sqlite3.DatabaseError:
        return frozenset(kept)
    return frozenset(present | (said & kept))


def _take_seals(verified: Verified, seals: dict[str, list[Damage]], sealed: frozenset[str]) -> None:
    for file, damages in seals.items():
        if file in sealed:
            verified.damages.extend(damages)
        else:
            verified.notes.append(f"{file} was not sealed before; the next run that writes seals it")


def _look_into(archive: Archive, verified: Verified) -> None:
    damages, sample = verified.damages, verified.sample
    damages += read_all(lambda: check_structure(archive.db, ARCHIVE_DB), ARCHIVE_DB)
    if sample.part >= 1:
        damages += read_all(lambda: check_structure(archive.payloads, PAYLOADS_DB), PAYLOADS_DB)
    damages += read_all(lambda: _check_payloads(archive, verified), PAYLOADS_DB)
    damages += read_all(lambda: _check_named(archive), ARCHIVE_DB)
    damages += read_all(lambda: check_rows(archive), ARCHIVE_DB)
    damages += read_all(lambda: _check_readings(archive, verified), ARCHIVE_DB)
    damages += read_all(lambda: check_manifests(archive), ARCHIVE_DB)
    damages += read_all(lambda: _sum_up(archive, verified), ARCHIVE_DB)


def _check_payloads(archive: Archive, verified: Verified) -> Iterator[Damage]:
    withdrawn = {digest for (digest,) in archive.db.execute("SELECT payload_digest FROM withdrawals")}
    verified.looked_at |= {"payloads": 0, "payload_bytes": 0}
    (count,) = archive.payloads.execute("SELECT count(*) FROM payload").fetchone()
    digests = archive.payloads.execute("SELECT digest FROM payload ORDER BY rowid")
    for (digest,) in with_bar(digests, "verify", "payloads", count):
        if digest in withdrawn:
            says = f"was withdrawn, and its bytes are still there; nianbao withdraw {digest} ends it"
            yield Damage("withdrawal", f"payload {digest}", says)
        if verified.sample.takes(str(digest)):
            try:
                payload = get_row(archive.templates, digest)
            except Damaged as error:
                yield Damage("payload", f"payload {digest}{_named_by(archive, digest)}", error.says)
                continue
            if len(payload) != (length := length_of(archive, digest)):
                yield Damage("payload", f"payload {digest}", f"expected {length} bytes, found {len(payload)}")
            verified.looked_at["payloads"] += 1
            verified.looked_at["payload_bytes"] += len(payload)


def _named_by(archive: Archive, digest: str) -> str:
    row = archive.db.execute(
        "SELECT url FROM captures WHERE payload = :digest OR wire = :digest ORDER BY id LIMIT 1", {"digest": digest}
    ).fetchone()
    return "" if row is None else f" ({row[0]})"


def _check_named(archive: Archive) -> Iterator[Damage]:
    """Bytes that a capture names and that are neither kept nor withdrawn."""
    named = archive.db.execute(
        """
        SELECT payload AS digest, min(id) FROM captures WHERE payload IS NOT NULL
            AND payload NOT IN (SELECT payload_digest FROM withdrawals) GROUP BY payload
        UNION ALL
        SELECT wire, min(id) FROM captures WHERE wire IS NOT NULL
            AND wire NOT IN (SELECT payload_digest FROM withdrawals) GROUP BY wire
        ORDER BY digest
        """
    )
    kept = (digest for (digest,) in archive.payloads.execute("SELECT digest FROM payload ORDER BY digest"))
    at = next(kept, None)
    for digest, capture in named:
        while at is not None and at < digest:
            at = next(kept, None)
        if at != digest:
            yield Damage("payload", f"payload {digest}", f"is named by capture {capture} and is not there")


def _check_readings(archive: Archive, verified: Verified) -> Iterator[Damage]:
    verified.looked_at["readings"], damages = check_readings(archive, verified.sample)
    yield from damages


def _sum_up(archive: Archive, verified: Verified) -> Iterator[Damage]:
    verified.head = head_of(archive)
    for name in ("captures", "manifests", "withdrawals"):
        verified.looked_at[name] = archive.db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
    unwritten = count_unwritten(archive)
    if unwritten:
        verified.notes.append(f"{unwritten} captures are in no manifest yet: the next end of a run writes them down")
    yield from ()
