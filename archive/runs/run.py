"""One crawl or import from beginning to end, resumed after any interruption."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from archive.clock import parse_time, read_clock, stamp
from archive.errors import NotFound
from archive.fixity.manifests import add_manifest
from archive.frontier import close_targets
from archive.reports import refresh_report
from archive.store import Archive

STALE = timedelta(days=7)
# Ends without a request on the wire.
NO_REQUEST = ("robots_disallowed", "robots_unreachable", "refused_address", "off_scope", "budget", "abandoned")


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is open; ``resumed`` when it was begun by an earlier process."""

    id: int
    started_at: str
    command: str
    resumed: bool


def begin_run(archive: Archive, command: str, scope: str) -> Run:
    """Begins a run, or goes on with the unfinished one of the same ``scope`` (targets and year, canonical).

    A run that was begun more than seven days ago is closed instead: its open URLs end as ``abandoned``.
    An unfinished run of another scope is left alone until then. Leases of a resumed run are handed back.
    """
    now = read_clock()
    with archive.writing() as db:
        for identity, started_at in db.execute("SELECT id, started_at FROM runs WHERE state = 'open'").fetchall():
            if now - parse_time(started_at) > STALE:
                close_targets(db, identity, "abandoned")
                _set_ended(archive, identity, "abandoned")
        row = db.execute(
            "SELECT id, started_at, command FROM runs WHERE state = 'open' AND scope = :scope ORDER BY id DESC LIMIT 1",
            {"scope": scope},
        ).fetchone()
        if row is not None:
            db.execute("UPDATE frontier SET state = 'queued' WHERE run = :run AND state = 'leased'", {"run": row[0]})
            db.execute("UPDATE runs SET resumed_at = :now WHERE id = :id", {"now": stamp(now), "id": row[0]})
            return Run(row[0], row[1], row[2], resumed=True)
        cursor = db.execute(
            "INSERT INTO runs (command, scope, started_at, state) VALUES (:command, :scope, :started_at, 'open')",
            {"command": command, "scope": scope, "started_at": stamp(now)},
        )
        assert cursor.lastrowid is not None
        return Run(cursor.lastrowid, stamp(now), command, resumed=False)


def end_run(archive: Archive, run: Run) -> dict[str, object]:
    """Closes a run and sums it up; a URL that still has no outcome ends as ``abandoned``."""
    with archive.writing() as db:
        close_targets(db, run.id, "abandoned")
        _set_ended(archive, run.id, "done")
        for (report,) in db.execute(
            "SELECT DISTINCT report FROM not_seen WHERE run = :run", {"run": run.id}
        ).fetchall():
            refresh_report(archive, report)
    return summarise_run(archive, run.id)


def summarise_run(archive: Archive, run_id: int) -> dict[str, object]:
    """What a run did: run, requests, captures, revisits, new_versions, reports, outcomes, and more counts.

    ``requests`` are the looks that went on the wire; ``reports`` those seen in this run, new or not;
    ``new_versions`` counts first versions too; ``unread`` counts by error code the captures of this run that
    no reading could be made of; ``not_seen`` the renditions looked for and not found. Raises NotFound.
    """
    row = archive.db.execute(
        "SELECT command, started_at, resumed_at, ended_at, state FROM runs WHERE id = :run", {"run": run_id}
    ).fetchone()
    if row is None:
        raise NotFound(f"expected a run {run_id}, found none; nianbao runs lists them")
    return {
        "run": run_id,
        "command": row[0],
        "started_at": row[1],
        "resumed_at": row[2],
        "ended_at": row[3],
        "state": row[4],
        **_count_captures(archive, run_id),
        **_count_reports(archive, run_id),
        "outcomes": _count_outcomes(archive, run_id),
        "unread": _count_unread(archive, run_id),
        "not_seen": archive.db.execute("SELECT count(*) FROM not_seen WHERE run = :run", {"run": run_id}).fetchone()[0],
    }


def list_runs(archive: Archive) -> list[dict[str, object]]:
    """Every run summed up, the latest first."""
    rows = archive.db.execute("SELECT id FROM runs ORDER BY id DESC").fetchall()
    return [summarise_run(archive, identity) for (identity,) in rows]


def _set_ended(archive: Archive, run: int, state: str) -> None:
    add_manifest(archive.db, run)
    archive.db.execute(
        "UPDATE runs SET state = :state, ended_at = :now WHERE id = :id",
        {"state": state, "now": stamp(read_clock()), "id": run},
    )


def _count_captures(archive: Archive, run: int) -> dict[str, object]:
    marks = ", ".join("?" for _ in NO_REQUEST)
    requests, captures, revisits = archive.db.execute(
        f"""
        SELECT
            count(*) FILTER (WHERE kind <> 'import' AND outcome NOT IN ({marks})),
            count(*),
            count(revisit_of)
        FROM captures WHERE run = ?
        """,
        (*NO_REQUEST, run),
    ).fetchone()
    return {"requests": requests, "captures": captures, "revisits": revisits}


def _count_reports(archive: Archive, run: int) -> dict[str, object]:
    new_versions = archive.db.execute(
        """
        SELECT count(*) FROM versions v JOIN captures c ON c.id = v.first_capture
        WHERE c.run = :run
        """,
        {"run": run},
    ).fetchone()[0]
    reports = archive.db.execute(
        """
        SELECT count(DISTINCT n.report)
        FROM captures c
        JOIN sightings g ON g.capture = c.id
        JOIN versions v ON v.id = g.version
        JOIN renditions n ON n.id = v.rendition
        WHERE c.run = :run
        """,
        {"run": run},
    ).fetchone()[0]
    return {"new_versions": new_versions, "reports": reports}


def _count_outcomes(archive: Archive, run: int) -> dict[str, int]:
    return dict(
        archive.db.execute(
            """
            SELECT outcome, count(*) FROM (
                SELECT outcome FROM captures WHERE run = :run
                UNION ALL
                SELECT outcome FROM frontier WHERE run = :run AND state = 'done' AND capture IS NULL
            )
            GROUP BY outcome ORDER BY outcome
            """,
            {"run": run},
        ).fetchall()
    )


def _count_unread(archive: Archive, run: int) -> dict[str, int]:
    return dict(
        archive.db.execute(
            """
            SELECT d.code, count(*) FROM captures c JOIN documents d ON d.capture = c.id
            WHERE c.run = :run AND d.code NOT IN ('report', 'not_a_report')
            GROUP BY d.code ORDER BY d.code
            """,
            {"run": run},
        ).fetchall()
    )
