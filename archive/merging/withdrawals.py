"""What one archive has withdrawn, the merged one has: the same bytes, and others of the same words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database

from archive.errors import Withdrawn
from archive.merging.evidence import rows_of
from archive.merging.placing import Looks
from archive.merging.settling import Settled
from archive.merging.told import Told
from archive.payloads import has_payload, why_withdrawn
from archive.store import Archive
from archive.withdraw import leave_no_trace, take_out


def take_withdrawals(archive: Archive, other: Archive, told: Told) -> None:
    """What was withdrawn there is withdrawn here; what was withdrawn here and is kept there is told, and not taken.

    To be called before any bytes are taken. Of two withdrawals of the same bytes the earlier is kept.
    """
    theirs = {row["payload_digest"]: row for row in rows_of(other.db, "SELECT * FROM withdrawals")}
    with archive.writing() as db:
        ours = {row["payload_digest"]: row for row in rows_of(db, "SELECT * FROM withdrawals")}
        for row in (*ours.values(), *theirs.values()):
            digest = row["payload_digest"]
            for named in (digest, *_wires_of(archive, digest), *_wires_of(other, digest)):
                _put(db, {**row, "payload_digest": named})
    for digest in sorted(theirs.keys() - ours.keys()):
        told.counts["withdrawals"] += 1
        if has_payload(archive, digest):
            told.conflict("withdrawn", digest, f"kept here and withdrawn there ({theirs[digest]['why']}): withdrawn")
    for digest in sorted(ours.keys() - theirs.keys()):
        if has_payload(other, digest):
            told.conflict("withdrawn", digest, f"withdrawn here ({ours[digest]['why']}) and kept there: not taken")
    finish_withdrawals(archive)


def spread_withdrawals(archive: Archive, settled: Iterable[Settled], looks: Looks, told: Told) -> None:
    """Bytes of another counter that another archive kept of a version that was withdrawn are withdrawn as well.

    As a crawl does that comes upon them.
    Notes it; ``finish_withdrawals`` takes the bytes out.
    """
    if archive.db.execute("SELECT 1 FROM withdrawals LIMIT 1").fetchone() is None:
        return
    for one in settled:
        payloads = {looks[capture][1].payload for capture in one.captures}
        if len(payloads) < 2:
            continue
        known = [row for payload in payloads for row in _withdrawals_of(archive.db, payload)]
        if not known:
            continue
        first = min(known, key=lambda row: (row["made_at"], row["why"]))
        for payload in sorted(payloads - {row["payload_digest"] for row in known}):
            told.conflict("withdrawn", payload, f"kept, and like what was withdrawn ({first['why']}): withdrawn")
            for named in (payload, *_wires_of(archive, payload)):
                _put(archive.db, {**first, "payload_digest": named})


def hush_withdrawn(archive: Archive, settled: Iterable[Settled]) -> None:
    """What was said of the looks at withdrawn bytes may quote them: nothing is said of them any more."""
    for one in settled:
        if why_withdrawn(archive, one.payload) is not None:
            archive.db.conn.executemany(
                "UPDATE documents SET says = '' WHERE capture = ? AND says <> ''",
                [(capture,) for capture in one.captures],
            )


def finish_withdrawals(archive: Archive) -> None:
    """Takes out of the files what is said to be withdrawn and is still there; also what a killed merge had noted."""
    rows = archive.db.execute(
        """
        SELECT w.payload_digest, w.why, EXISTS (
            SELECT 1 FROM versions v
            WHERE v.payload_digest = w.payload_digest AND (
                EXISTS (SELECT 1 FROM readings r WHERE r.version = v.id)
                OR NOT EXISTS (SELECT 1 FROM unread u WHERE u.version = v.id AND u.code = :code)
            )
        )
        FROM withdrawals w
        WHERE EXISTS (SELECT 1 FROM captures c WHERE c.payload = w.payload_digest) ORDER BY w.payload_digest
        """,
        {"code": Withdrawn.code},
    ).fetchall()
    # All of them before the first: it takes out the bytes of the others too.
    due = [(digest, why) for digest, why, is_shown in rows if is_shown or has_payload(archive, digest)]
    taken = [payload for digest, why in due for payload in take_out(archive, digest, why).payloads]
    if taken:
        leave_no_trace(archive, tuple(taken))


def _withdrawals_of(db: Database, payload: str) -> list[dict[str, Any]]:
    return list(rows_of(db, "SELECT * FROM withdrawals WHERE payload_digest = ?", payload))


def _wires_of(archive: Archive, digest: str) -> list[str]:
    """The bodies as sent that decode to a payload."""
    rows = archive.db.execute(
        "SELECT DISTINCT wire FROM captures WHERE payload = ? AND wire IS NOT NULL ORDER BY wire", (digest,)
    ).fetchall()
    return [wire for (wire,) in rows]


def _put(db: Database, row: dict[str, Any]) -> None:
    db.execute(
        """
        INSERT INTO withdrawals (payload_digest, why, made_at) VALUES (:payload_digest, :why, :made_at)
        ON CONFLICT (payload_digest) DO UPDATE SET why = excluded.why, made_at = excluded.made_at
        WHERE (excluded.made_at, excluded.why) < (made_at, why)
        """,
        row,
    )
