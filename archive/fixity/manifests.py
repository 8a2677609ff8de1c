"""Manifests of what was captured: written at the end of each run, each naming the digest of the one before.

Whoever has noted the digest of one can show later that no capture up to it was changed, added or taken out.

A manifest is UTF-8 text: a head of six lines, then one JSON array a capture, by id: ``[id, run, url, captured_at,
outcome, status, SHA-256 of the header block, SHA-256 of the payload, SHA-256 of the body as sent]``, null where there
was none (of the body as sent also where it is the payload).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from sqlite_utils import Database

from archive.clock import read_clock, stamp
from archive.seals.sealed import Damage
from archive.store import Archive

FIRST = "0" * 64
"""What the first manifest names as the one before."""

_MOST = 1_000  # captures a manifest, 300 KB of text: a longer run has several


@dataclass(frozen=True, slots=True)
class Manifest:
    """One link of the chain: ``digest`` is the SHA-256 of its text, ``before`` that of the one before."""

    number: int
    run: int | None
    made_at: str
    captures: tuple[int, int]
    before: str
    digest: str


def add_manifest(db: Database, run: int | None) -> None:
    """Writes down all captures that no manifest has yet; inside the caller's transaction, at the end of ``run``."""
    number, last, before = db.execute(
        """
        SELECT coalesce(max(number), 0), coalesce(max(last_capture), 0),
            coalesce((SELECT digest FROM manifests ORDER BY number DESC LIMIT 1), :first)
        FROM manifests
        """,
        {"first": FIRST},
    ).fetchone()
    while True:
        number += 1
        first = last + 1
        (last,) = db.execute(
            "SELECT coalesce(max(id), :last) FROM (SELECT id FROM captures WHERE id > :last ORDER BY id LIMIT :most)",
            {"last": last, "most": _MOST},
        ).fetchone()
        lines = list(_lines(db, first, last))
        made_at = stamp(read_clock())
        text = _text_of(number, before, run, made_at, (first, last), lines)
        before = sha256(text).hexdigest()
        db.execute(
            """
            INSERT INTO manifests (number, run, made_at, first_capture, last_capture, digest, body)
            VALUES (:number, :run, :made_at, :first, :last, :digest, :body)
            """,
            {
                "number": number,
                "run": run,
                "made_at": made_at,
                "first": first,
                "last": last,
                "digest": before,
                "body": zlib.compress(text, 9),
            },
        )
        if len(lines) < _MOST:
            return


def head_of(archive: Archive) -> Manifest | None:
    """The last manifest: the one whose digest is to be noted elsewhere; None where no run has ended yet."""
    chain = list_manifests(archive, "ORDER BY number DESC LIMIT 1")
    return chain[0] if chain else None


def list_manifests(archive: Archive, order: str = "ORDER BY number") -> list[Manifest]:
    """All manifests, the first one first."""
    rows = archive.db.execute(
        f"""
        SELECT number, run, made_at, first_capture, last_capture,
            coalesce((SELECT b.digest FROM manifests b WHERE b.number = m.number - 1), :first), digest
        FROM manifests m {order}
        """,
        {"first": FIRST},
    ).fetchall()
    return [
        Manifest(number, run, made_at, (start, end), before, digest)
        for number, run, made_at, start, end, before, digest in rows
    ]


def get_manifest(archive: Archive, number: int) -> bytes:
    """A manifest's number → its text. Raises zlib.error where it does not unpack."""
    row = archive.db.execute("SELECT body FROM manifests WHERE number = :number", {"number": number}).fetchone()
    return zlib.decompress(row[0])


def check_manifests(archive: Archive) -> Iterator[Damage]:
    """The chain from its beginning, and every capture in it as it stands now: what does not agree."""
    expected, last = FIRST, 0
    for number, manifest in enumerate(list_manifests(archive), 1):
        name = f"manifest {manifest.number}"
        if manifest.number != number:
            yield Damage("gap", f"manifest {number}", "is not there")
            return
        try:
            text = get_manifest(archive, number)
        except zlib.error:
            yield Damage("manifest", name, "does not unpack")
            return
        if sha256(text).hexdigest() != manifest.digest:
            yield Damage("manifest", name, "has another text than that of its digest")
            return
        lines = text.decode("utf-8").removesuffix("\n").split("\n")
        head = _head(number, expected, manifest.run, manifest.made_at, manifest.captures)
        if lines[: len(head)] != head or manifest.captures[0] != last + 1:
            yield Damage("manifest", name, "does not follow the one before")
            return
        yield from _differences(archive.db, name, manifest.captures, lines[len(head) :])
        expected, last = manifest.digest, manifest.captures[1]


def count_unwritten(archive: Archive) -> int:
    """Captures that no manifest has yet: those of runs that are not ended."""
    count: int = archive.db.execute(
        "SELECT count(*) FROM captures WHERE id > (SELECT coalesce(max(last_capture), 0) FROM manifests)"
    ).fetchone()[0]
    return count


def _differences(db: Database, name: str, captures: tuple[int, int], written: list[str]) -> Iterator[Damage]:
    kept = dict(zip(*_by_id(_lines(db, *captures)), strict=True))
    said = dict(zip(*_by_id(written), strict=True))
    for identity in sorted(kept.keys() | said.keys()):
        if identity not in kept:
            yield Damage("capture", f"capture {identity}", f"is in {name} and not there any more")
        elif identity not in said:
            yield Damage("capture", f"capture {identity}", f"is there and not in {name}")
        elif kept[identity] != said[identity]:
            yield Damage("capture", f"capture {identity}", f"is not as {name} has it")


def _by_id(lines: Iterable[str]) -> tuple[list[int], list[str]]:
    every = list(lines)
    return [int(line[1:].partition(",")[0]) for line in every], every


def _text_of(
    number: int, before: str, run: int | None, made_at: str, captures: tuple[int, int], lines: list[str]
) -> bytes:
    return "".join(f"{line}\n" for line in [*_head(number, before, run, made_at, captures), *lines]).encode("utf-8")


def _head(number: int, before: str, run: int | None, made_at: str, captures: tuple[int, int]) -> list[str]:
    return [
        "nianbao manifest 1",
        f"number {number}",
        f"before {before}",
        f"run {'-' if run is None else run}",
        f"made_at {made_at}",
        f"captures {captures[0]} to {captures[1]}",
    ]


def _lines(db: Database, first: int, last: int) -> Iterator[str]:
    rows = db.execute(
        """
        SELECT id, run, url, captured_at, outcome, status, header, payload, wire FROM captures
        WHERE id BETWEEN :first AND :last ORDER BY id
        """,
        {"first": first, "last": last},
    )
    for identity, run, url, captured_at, outcome, status, header, payload, wire in rows:
        facts = [identity, run, url, captured_at, outcome, status, sha256(header).hexdigest(), payload, wire]
        yield json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
