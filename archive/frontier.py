"""What is still to be visited: a table of URLs, each leased, then acknowledged with its capture."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesParser
from typing import Protocol

from sqlite_utils import Database

from archive.capture import Capture, Target
from archive.clock import read_clock, stamp
from archive.errors import Conflict
from archive.resources import clean, insert_capture, keep_bytes, last_good
from archive.store import Archive
from archive.urls import url_key


class InRun(Protocol):
    """Anything that names its run by ``id``: archive.runs.Run."""

    @property
    def id(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Lease:
    """One URL handed out: to be acknowledged with a capture, or released.

    ``etag`` and ``last_modified`` are the validators (RFC 9110, 8.8) of the last good capture of that
    URL, "" where it sent none. ``attempts`` counts the releases before this lease.
    """

    id: int
    target: Target
    etag: str
    last_modified: str
    attempts: int


def add_targets(archive: Archive, run: InRun, targets: Iterable[Target]) -> int:
    """Queues URLs; one known in this run (by ``url_key``) is ignored. Commits; returns how many were new."""
    with archive.writing() as db:
        return _insert_targets(db, run.id, targets)


def lease_targets(archive: Archive, run: InRun, limit: int) -> list[Lease]:
    """Hands out up to ``limit`` queued URLs that are due, highest priority first, then oldest. Commits."""
    with archive.writing() as db:
        rows = db.execute(
            """
            SELECT id, url, kind, seed, via, link_text, site, depth, priority, attempts
            FROM frontier
            WHERE run = :run AND state = 'queued' AND (not_before IS NULL OR not_before <= :now)
            ORDER BY priority DESC, id
            LIMIT :limit
            """,
            {"run": run.id, "now": stamp(read_clock()), "limit": limit},
        ).fetchall()
        for row in rows:
            db.execute("UPDATE frontier SET state = 'leased' WHERE id = :id", {"id": row[0]})
        return [_lease(archive, row) for row in rows]


def release_lease(archive: Archive, lease: Lease, not_before: datetime | None = None) -> None:
    """Puts a leased URL back, to be leased again not before that moment; its attempts go up by one. Commits."""
    with archive.writing() as db:
        cursor = db.execute(
            """
            UPDATE frontier SET state = 'queued', attempts = attempts + 1, not_before = :not_before
            WHERE id = :id AND state = 'leased'
            """,
            {"id": lease.id, "not_before": None if not_before is None else stamp(not_before)},
        )
        _expect_one(cursor.rowcount, lease)


def acknowledge(archive: Archive, run: InRun, lease: Lease, capture: Capture, found: Iterable[Target] = ()) -> int:
    """Ends a lease with its capture; returns the capture's id.

    The bytes are committed first; then, in one transaction, the capture, the outcome of the lease and
    the URLs found on the page. Raises Conflict when the lease is not open (acknowledged before, or of
    another run), NoRoom.
    """
    digests = keep_bytes(archive, capture)
    with archive.writing() as db:
        identity = insert_capture(archive, run.id, capture, digests)
        cursor = db.execute(
            """
            UPDATE frontier SET state = 'done', outcome = :outcome, capture = :capture
            WHERE id = :id AND run = :run AND state = 'leased'
            """,
            {"outcome": capture.outcome, "capture": identity, "id": lease.id, "run": run.id},
        )
        _expect_one(cursor.rowcount, lease)
        _insert_targets(db, run.id, found)
    return identity


def record_capture(archive: Archive, run: InRun, capture: Capture) -> int:
    """Keeps a capture that no lease asked for (robots.txt, an import); returns its id. Raises NoRoom."""
    digests = keep_bytes(archive, capture)
    with archive.writing():
        return insert_capture(archive, run.id, capture, digests)


def count_open(archive: Archive, run: InRun) -> int:
    """URLs of the run that have no outcome yet, queued and leased."""
    count: int = archive.db.execute(
        "SELECT count(*) FROM frontier WHERE run = :run AND state <> 'done'", {"run": run.id}
    ).fetchone()[0]
    return count


def is_open(archive: Archive, run: int, resource: int) -> bool:
    """Whether the run is still to look at that resource."""
    row = archive.db.execute(
        """
        SELECT 1 FROM frontier f JOIN resources s ON s.url_key = f.url_key
        WHERE f.run = :run AND s.id = :resource AND f.state <> 'done'
        """,
        {"run": run, "resource": resource},
    ).fetchone()
    return row is not None


def close_targets(db: Database, run: int, outcome: str) -> int:
    """Ends every open URL of a run with one outcome and no capture; returns how many there were."""
    return db.execute(
        "UPDATE frontier SET state = 'done', outcome = :outcome WHERE run = :run AND state <> 'done'",
        {"outcome": outcome, "run": run},
    ).rowcount


def known_report_targets(archive: Archive, site: str) -> list[Target]:
    """Where the site's reports stood when last seen: to be asked for again even when no list links to them.

    Their seed is "known"; kind, via and link text are those of the last look that found them.
    """
    rows = archive.db.execute(
        """
        SELECT DISTINCT s.url, c.kind, c.via, c.link_text, s.site, s.id
        FROM renditions n
        JOIN resources s ON s.id = n.resource
        JOIN captures c ON c.id = s.alive_capture
        WHERE s.site = :site AND c.kind <> 'import'
        ORDER BY s.id
        """,
        {"site": site},
    ).fetchall()
    return [
        Target(url=url, kind=kind, seed="known", via=via, link_text=link_text, site=code)
        for url, kind, via, link_text, code, _ in rows
    ]


def validators(header: bytes) -> tuple[str, str]:
    """Header block as received → (ETag, Last-Modified), "" where it has none.

    Interim answers (RFC 9110, 15.2: 103 Early Hints) stand before the last block, which is the answer's own.

    >>> validators(b'HTTP/1.1 200 OK\\r\\netag: W/"a"\\r\\n\\r\\n')
    ('W/"a"', '')
    """
    block = re.split(rb"(?:\r?\n){2}", header.strip())[-1]
    fields = BytesParser().parsebytes(block.partition(b"\n")[2], headersonly=True)
    return (fields.get("ETag") or "").strip(), (fields.get("Last-Modified") or "").strip()


def _lease(archive: Archive, row: tuple[int, str, str, str, str, str, str, int, int, int]) -> Lease:
    identity, url, kind, seed, via, link_text, site, depth, priority, attempts = row
    kept = last_good(archive, url)
    etag, last_modified = ("", "") if kept is None else validators(kept.header)
    target = Target(url, kind, seed, via, link_text, site, depth, priority)
    return Lease(identity, target, etag, last_modified, attempts)


def _insert_targets(db: Database, run: int, targets: Iterable[Target]) -> int:
    before = db.conn.total_changes
    db.conn.executemany(
        """
        INSERT INTO frontier (run, url, url_key, kind, seed, via, link_text, site, depth, priority, state)
        VALUES (:run, :url, :url_key, :kind, :seed, :via, :link_text, :site, :depth, :priority, 'queued')
        ON CONFLICT (run, url_key) DO NOTHING
        """,
        (
            {
                "run": run,
                "url": clean(target.url),
                "url_key": url_key(clean(target.url)),
                "kind": target.kind,
                "seed": clean(target.seed),
                "via": clean(target.via),
                "link_text": clean(target.link_text),
                "site": target.site,
                "depth": target.depth,
                "priority": target.priority,
            }
            for target in targets
        ),
    )
    return db.conn.total_changes - before


def _expect_one(changed: int, lease: Lease) -> None:
    if changed != 1:
        raise Conflict(f"expected an open lease {lease.id} on {lease.target.url}, found none")
