"""Which archive a run or a capture was made in, and under which number: what tells that two rows are one look."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlite_utils import Database

from archive.renditions import Look
from archive.store import Archive

Order = tuple[str, str, int]
"""(captured at, archive, number there): one order of all looks, the same in every archive that holds them."""


@dataclass(frozen=True, slots=True)
class Origin:
    """``archive``: 32 hex digits; ``number``: the row's id there."""

    archive: str
    number: int


def identity_of(archive: Archive) -> str:
    """The archive's own name: 32 hex digits, given when it was made."""
    identity: str = archive.db.execute("SELECT identity FROM archive_identity").fetchone()[0]
    return identity


def run_origin(db: Database, own: str, run: int) -> Origin:
    """A run's id → where it was made; ``own`` is the identity of the archive of ``db``."""
    row = db.execute("SELECT archive, number FROM run_origins WHERE run = :run", {"run": run}).fetchone()
    return Origin(own, run) if row is None else Origin(*row)


def runs_of_origin(db: Database, own: str, origin: Origin) -> list[int]:
    """Where a run was made → the ids of the runs here that say so: more than one after a fork."""
    found = [
        run
        for (run,) in db.execute(
            "SELECT run FROM run_origins WHERE archive = :archive AND number = :number ORDER BY run",
            {"archive": origin.archive, "number": origin.number},
        ).fetchall()
    ]
    if origin.archive == own and run_origin(db, own, origin.number) == origin:
        # A copy that was brought back from before that run does not have it.
        found += [run for (run,) in db.execute("SELECT id FROM runs WHERE id = ?", (origin.number,)).fetchall()]
    return found


def captures_of_number(db: Database, run: int, number: int) -> list[int]:
    """A run here, and a capture's number where it was made → the ids of the captures here that say so."""
    found = db.execute(
        """
        SELECT c.id FROM capture_origins g JOIN captures c ON c.id = g.capture
        WHERE g.number = :number AND c.run = :run
        UNION ALL
        SELECT c.id FROM captures c
        WHERE c.id = :number AND c.run = :run
            AND NOT EXISTS (SELECT 1 FROM capture_origins g WHERE g.capture = c.id)
        """,
        {"number": number, "run": run},
    ).fetchall()
    return [capture for (capture,) in found]


def looks_of(archive: Archive, captures: Iterable[int]) -> dict[int, tuple[Order, Look]]:
    """Captures' ids → each look, and its place in the order of all looks."""
    rows = archive.db.execute(
        """
        SELECT
            coalesce(w.archive, :own), coalesce(g.number, c.id),
            c.id, c.run, c.resource, c.url, c.captured_at, coalesce(c.payload, o.payload), c.kind, c.link_text,
            coalesce(nullif(c.title, ''), o.title, ''), coalesce(nullif(c.published, ''), o.published, ''),
            c.via, c.site, c.revisit_of, c.third_party
        FROM json_each(:captures) k
        JOIN captures c ON c.id = k.value
        LEFT JOIN captures o ON o.id = c.revisit_of
        LEFT JOIN run_origins w ON w.run = c.run
        LEFT JOIN capture_origins g ON g.capture = c.id
        """,
        {"own": identity_of(archive), "captures": json.dumps(sorted(captures))},
    ).fetchall()
    return {row[2]: ((row[6], row[0], row[1]), Look(*row[2:])) for row in rows}
