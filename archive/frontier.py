"""What is still to be visited: a table of URLs, each leased, then acknowledged with its capture."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.parser import BytesParser
from typing import Protocol

from sqlite_utils import Database

from archive.capture import Capture, Target
from archive.errors import Conflict
from archive.noted.listings import Listing, note_listing
from archive.noted.namings import note_namings
from archive.noted.signatures import is_signed
from archive.packed.texts import clean
from archive.resources import NOT_LOOKED, insert_capture, keep_bytes, last_good
from archive.store import Archive
from archive.urls import netloc_of, url_key

_LONGEST_VALIDATOR = 1_000
_SIZED = re.compile(rb"^(?:content-length|transfer-encoding)[ \t]*:", re.I | re.M)
_Row = tuple[int, str, str, str, str, str, str, int, int, str, str]


class InRun(Protocol):
    """Anything that names its run by ``id``: archive.runs.run.Run."""

    @property
    def id(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Lease:
    """One URL handed out: to be acknowledged with a capture.

    ``etag`` and ``last_modified`` are the validators (RFC 9110, 8.8) of the last good capture of that
    URL, "" where it sent none, and for a POST. A lease that no capture ends is handed out again by the
    process that resumes the run.
    """

    id: int
    target: Target
    etag: str
    last_modified: str


def add_targets(archive: Archive, run: InRun, targets: Iterable[Target]) -> int:
    """Queues URLs; one known in this run (by ``url_key``) is ignored. Commits; returns how many were new."""
    with archive.joining() as db:
        return _insert_targets(db, run.id, targets)


def lease_targets(archive: Archive, run: InRun, limit: int, netlocs: Iterable[str] | None = None) -> list[Lease]:
    """Hands out up to ``limit`` queued URLs, highest priority first, then oldest. Commits.

    ``netlocs``: of these hosts and ports alone (as ``netloc_of`` writes them).
    """
    with archive.joining() as db:
        if netlocs is None:
            rows = _next_rows(db, "", {"run": run.id, "limit": limit})
        else:
            # Host by host, each by the index: one query for all would sort everything that is queued of them.
            given = [{"run": run.id, "limit": limit, "netloc": netloc} for netloc in netlocs]
            found = [row for values in given for row in _next_rows(db, "AND netloc = :netloc", values)]
            rows = sorted(found, key=lambda row: (-row[8], row[0]))[:limit]
        for row in rows:
            db.execute("UPDATE frontier SET state = 'leased' WHERE id = :id", {"id": row[0]})
        return [_lease(archive, row) for row in rows]


def queued_netlocs(archive: Archive, run: InRun) -> tuple[str, ...]:
    """Hosts and ports that have a queued URL; "" among them where one is no URL."""
    # From one host to the next in the index: DISTINCT would read every queued URL.
    rows = archive.db.execute(
        """
        WITH RECURSIVE hosts (netloc) AS (
            SELECT min(netloc) FROM frontier WHERE run = :run AND state = 'queued'
            UNION ALL
            SELECT (SELECT min(netloc) FROM frontier WHERE run = :run AND state = 'queued' AND netloc > hosts.netloc)
            FROM hosts WHERE hosts.netloc IS NOT NULL
        )
        SELECT netloc FROM hosts WHERE netloc IS NOT NULL
        """,
        {"run": run.id},
    ).fetchall()
    return tuple(netloc for (netloc,) in rows)


def has_queued(archive: Archive, run: InRun, netloc: str) -> bool:
    """Whether a host and port has a queued URL."""
    row = archive.db.execute(
        "SELECT 1 FROM frontier WHERE run = :run AND netloc = :netloc AND state = 'queued' LIMIT 1",
        {"run": run.id, "netloc": netloc},
    ).fetchone()
    return row is not None


def netlocs_of(archive: Archive, run: InRun) -> set[str]:
    """Hosts and ports of all URLs of the run."""
    rows = archive.db.execute("SELECT DISTINCT netloc FROM frontier WHERE run = :run", {"run": run.id}).fetchall()
    return {netloc for (netloc,) in rows if netloc}


def sites_at(archive: Archive, run: InRun, netlocs: Iterable[str]) -> set[str]:
    """Codes of the sites, "" among them, for which something is queued at these hosts and ports."""
    return {
        site
        for netloc in netlocs
        for (site,) in archive.db.execute(
            "SELECT DISTINCT site FROM frontier WHERE run = :run AND netloc = :netloc AND state = 'queued'",
            {"run": run.id, "netloc": netloc},
        ).fetchall()
    }


def count_asked(archive: Archive, run: InRun) -> dict[str, int]:
    """Site's code → looks of this run that went on the wire, those of earlier processes included."""
    marks = ", ".join("?" for _ in NOT_LOOKED)
    rows = archive.db.execute(
        f"SELECT site, count(*) FROM captures WHERE run = ? AND outcome NOT IN ({marks}) GROUP BY site",
        (run.id, *sorted(NOT_LOOKED)),
    ).fetchall()
    return dict(rows)


def acknowledge(
    archive: Archive,
    run: InRun,
    lease: Lease,
    capture: Capture,
    found: Iterable[Target] = (),
    listing: Listing | None = None,
    named: Iterable[str] | None = None,
) -> int:
    """Ends a lease with its capture; returns the capture's id.

    The bytes are committed first; then, in one transaction, the capture, the outcome of the lease, the URLs
    found on the page, what was counted on it if it is a page of a list, and which reports it named: ``named`` are
    all URLs that the page links to, None where no links were read. Raises Conflict when the lease is not open
    (acknowledged before, or of another run), NoRoom.
    """
    digests = keep_bytes(archive, capture)
    with archive.joining() as db:
        identity = insert_capture(archive, run.id, capture, digests)
        cursor = db.execute(
            """
            UPDATE frontier SET state = 'done', outcome = :outcome, capture = :capture
            WHERE id = :id AND run = :run AND state = 'leased'
            """,
            {"outcome": capture.outcome, "capture": identity, "id": lease.id, "run": run.id},
        )
        _expect_one(cursor.rowcount, lease)
        targets = tuple(found)
        _insert_targets(db, run.id, targets)
        if named is not None:
            note_namings(db, identity, targets, named)
        if listing is not None:
            note_listing(db, identity, listing)
    return identity


def record_capture(archive: Archive, run: InRun, capture: Capture) -> int:
    """Keeps a capture that no lease asked for (robots.txt, an import); returns its id. Raises NoRoom."""
    digests = keep_bytes(archive, capture)
    with archive.writing():
        return insert_capture(archive, run.id, capture, digests)


def count_open(archive: Archive, run: InRun, netlocs: Iterable[str] | None = None) -> int:
    """URLs of the run that have no outcome yet, queued and leased; ``netlocs``: of these hosts and ports alone."""
    if netlocs is not None:
        rows = archive.db.execute(
            "SELECT netloc, count(*) FROM frontier WHERE run = :run AND state <> 'done' GROUP BY netloc",
            {"run": run.id},
        ).fetchall()
        return sum(open_ for netloc, open_ in rows if netloc in netlocs)
    count: int = archive.db.execute(
        """
        SELECT (SELECT count(*) FROM frontier WHERE run = :run AND state = 'queued')
            + (SELECT count(*) FROM frontier WHERE run = :run AND state = 'leased')
        """,
        {"run": run.id},
    ).fetchone()[0]
    return count


def end_of(archive: Archive, run: InRun, url: str) -> tuple[str, str] | None:
    """How a URL that was queued in the run has ended: (outcome, location it led to or ""); None: it has not."""
    row = archive.db.execute(
        """
        SELECT f.outcome, coalesce(c.location, '') FROM frontier f LEFT JOIN captures c ON c.id = f.capture
        WHERE f.run = :run AND f.url_key = :url_key AND f.state = 'done'
        """,
        {"run": run.id, "url_key": url_key(clean(url))},
    ).fetchone()
    return None if row is None else (row[0], row[1])


def status_of_end(archive: Archive, run: InRun, url: str) -> int | None:
    """The status that a URL of the run was last answered with; None: with none, or it has not ended with a look."""
    row = archive.db.execute(
        """
        SELECT c.status FROM frontier f JOIN captures c ON c.id = f.capture
        WHERE f.run = :run AND f.url_key = :url_key AND f.state = 'done'
        """,
        {"run": run.id, "url_key": url_key(clean(url))},
    ).fetchone()
    return None if row is None else row[0]


def list_ended(archive: Archive, run: InRun) -> Iterator[tuple[Target, str, str, str | None]]:
    """URLs of the run that have ended with a capture, in the order of capture: target, outcome, the location that it
    led to or "", digest of the payload (of a revisit that of what it repeats)."""
    rows = archive.db.execute(
        """
        SELECT f.url, f.kind, f.seed, f.via, f.link_text, f.site, f.depth, f.priority, f.post, f.list_key, c.outcome,
            coalesce(c.location, ''), coalesce(c.payload, o.payload)
        FROM frontier f JOIN captures c ON c.id = f.capture LEFT JOIN captures o ON o.id = c.revisit_of
        WHERE f.run = :run AND f.state = 'done'
        ORDER BY c.id
        """,
        {"run": run.id},
    )
    for row in rows:
        yield Target(*row[:10]), *row[10:]


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

    Their seed is "known"; kind, via and link text are those of the last look that found them. A signed URL is not
    asked for again: the article that linked to it is, and signs it anew.
    """
    rows = archive.db.execute(
        """
        SELECT DISTINCT s.url, c.kind, c.via, c.link_text, s.site, s.post, s.id
        FROM renditions n
        JOIN resources s ON s.id = n.resource
        JOIN captures c ON c.id = s.alive_capture
        WHERE s.site = :site AND c.kind <> 'import'
        ORDER BY s.id
        """,
        {"site": site},
    ).fetchall()
    known = [
        Target(url=url, kind=kind, seed="known", via=via, link_text=link_text, site=code, post=post)
        for url, kind, via, link_text, code, post, _ in rows
    ]
    articles = (_known_article(archive, target.via) for target in known if is_signed(target.url))
    return [*(target for target in known if not is_signed(target.url)), *(one for one in articles if one is not None)]


def _known_article(archive: Archive, url: str) -> Target | None:
    """The article at a URL as it was last found; None for a page that was not taken as one."""
    row = archive.db.execute(
        """
        SELECT s.url, c.via, c.link_text, s.site
        FROM resources s JOIN captures c ON c.id = s.alive_capture
        WHERE s.url_key = :url_key AND c.kind = 'article'
        """,
        {"url_key": url_key(url)},
    ).fetchone()
    return None if row is None else Target(row[0], "article", "known", via=row[1], link_text=row[2], site=row[3])


def validators(header: bytes) -> tuple[str, str]:
    """Header block as received → (ETag, Last-Modified), "" where it has none that could be sent back as it is.

    Interim answers (RFC 9110, 15.2: 103 Early Hints) stand before the last block, which is the answer's own.

    >>> validators(b'HTTP/1.1 200 OK\\r\\netag: W/"a"\\r\\n\\r\\n')
    ('W/"a"', '')
    """
    block = re.split(rb"(?:\r?\n){2}", header.strip())[-1]
    fields = BytesParser().parsebytes(block.partition(b"\n")[2], headersonly=True)
    return _sendable(fields.get("ETag")), _sendable(fields.get("Last-Modified"))


def _sendable(value: object) -> str:
    """A header's value if it may stand in a request (RFC 9110, 5.5) and is of a decent length, else ""."""
    text = value.strip() if isinstance(value, str) else ""  # bytes beyond ASCII come as an object of another kind
    return text if text.isascii() and text.isprintable() and len(text) <= _LONGEST_VALIDATOR else ""


def _next_rows(db: Database, only: str, values: dict[str, object]) -> list[_Row]:
    rows: list[_Row] = db.execute(
        f"""
        SELECT id, url, kind, seed, via, link_text, site, depth, priority, post, list_key
        FROM frontier
        WHERE run = :run AND state = 'queued' {only}
        ORDER BY priority DESC, id
        LIMIT :limit
        """,
        values,
    ).fetchall()
    return rows


def _lease(archive: Archive, row: _Row) -> Lease:
    identity, url, kind, seed, via, link_text, site, depth, priority, post, list_key = row
    kept = last_good(archive, url) if not post else None
    # Without a length nobody knows whether a page came whole: a 304 would confirm a cut one for ever.
    known_whole = kept is not None and _SIZED.search(kept.header)
    etag, last_modified = validators(kept.header) if kept is not None and known_whole else ("", "")
    target = Target(url, kind, seed, via, link_text, site, depth, priority, post, list_key)
    return Lease(identity, target, etag, last_modified)


def _insert_targets(db: Database, run: int, targets: Iterable[Target]) -> int:
    before = db.conn.total_changes
    db.conn.executemany(
        """
        INSERT INTO frontier (
            run, url, url_key, netloc, kind, seed, via, link_text, site, depth, priority, post, list_key, state
        ) VALUES (
            :run, :url, :url_key, :netloc, :kind, :seed, :via, :link_text, :site, :depth, :priority, :post, :list_key,
            'queued'
        )
        ON CONFLICT (run, url_key) DO NOTHING
        """,
        (
            {
                "run": run,
                "url": clean(target.url),
                "url_key": url_key(clean(target.url), clean(target.post)),
                "netloc": netloc_of(clean(target.url)),
                "kind": target.kind,
                "seed": clean(target.seed),
                "via": clean(target.via),
                "link_text": clean(target.link_text),
                "site": target.site,
                "depth": target.depth,
                "priority": target.priority,
                "post": clean(target.post),
                "list_key": clean(target.list_key),
            }
            for target in targets
        ),
    )
    return db.conn.total_changes - before


def _expect_one(changed: int, lease: Lease) -> None:
    if changed != 1:
        raise Conflict(f"expected an open lease {lease.id} on {lease.target.url}, found none")
