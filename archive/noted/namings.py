"""Which reports and files a page named: noted page by page, so that a report can be missed from its list."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlite_utils import Database

from archive.capture import Target
from archive.noted.looks import BLOCKED, DOWN
from archive.packed.texts import clean
from archive.resources import find_or_add_resource
from archive.store import Archive
from archive.urls import url_key

_NAMED_KINDS = ("article", "attachment")
# A page, and the other pages of the lists that it is of.
_OF_ONE_LIST = """
    SELECT s.id FROM resources s WHERE s.url_key = :url_key
    UNION
    SELECT k.resource FROM resources s
    JOIN captures c ON c.resource = s.id
    JOIN listings l ON l.capture = c.id
    JOIN listings j ON j.list = l.list
    JOIN captures k ON k.id = j.capture
    WHERE s.url_key = :url_key
"""


def note_namings(db: Database, capture: int, found: Iterable[Target], named: Iterable[str]) -> None:
    """Keeps what a page named; inside the caller's transaction.

    ``found``: what was taken from it to be visited; of these the articles and files. ``named``: all URLs it links to,
    whatever was made of them; of these the ones at which a report has stood before, so that a rule of ours that takes
    fewer links makes none vanish.
    """
    (own,) = db.execute("SELECT resource FROM captures WHERE id = :id", {"id": capture}).fetchone()
    resources = {own}
    for target in found:
        if target.kind in _NAMED_KINDS:
            resources.add(find_or_add_resource(db, clean(target.url), target.site, clean(target.post)))
    if keys := sorted({url_key(clean(url)) for url in named}):
        known = db.execute(
            """
            SELECT s.id FROM json_each(:keys) k JOIN resources s ON s.url_key = k.value
            WHERE EXISTS (SELECT 1 FROM renditions n WHERE n.resource = s.id)
            """,
            {"keys": json.dumps(keys)},
        ).fetchall()
        resources.update(identity for (identity,) in known)
    db.conn.executemany(
        "INSERT INTO namings (capture, resource) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(capture, resource) for resource in sorted(resources)],
    )


@dataclass(frozen=True, slots=True)
class Naming:
    """A page that named a URL: its capture and resource; ``list_key`` "" where it is no page of a list."""

    capture: int
    at: str
    run: int
    page: int
    site: str
    kind: str
    list_key: str


class Namings:
    """What pages named, and whether a run looked well enough to miss a name. Asks the archive once for each thing."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self._of: dict[int, tuple[Naming, ...]] = {}
        self._walked: dict[int, dict[str, tuple[int, int]]] = {}
        self._whole: dict[int, frozenset[str]] = {}

    def of(self, resource: int) -> tuple[Naming, ...]:
        """The pages that named a resource in completed runs, by time; itself apart."""
        if resource not in self._of:
            rows = self.archive.db.execute(
                """
                SELECT c.id, c.captured_at, c.run, c.resource, c.site, c.kind, coalesce(l.list, '')
                FROM namings m
                JOIN captures c ON c.id = m.capture AND c.resource <> m.resource
                JOIN runs r ON r.id = c.run AND r.state = 'done'
                LEFT JOIN listings l ON l.capture = c.id
                WHERE m.resource = :resource
                ORDER BY c.captured_at, c.id
                """,
                {"resource": resource},
            ).fetchall()
            self._of[resource] = tuple(Naming(*row) for row in rows)
        return self._of[resource]

    def in_run(self, resource: int, run: int) -> tuple[Naming, ...]:
        """Those of one run."""
        return tuple(one for one in self.of(resource) if one.run == run)

    def read_again(self, naming: Naming, run: int) -> int | None:
        """The capture in a run of a page that named something before, if its links were read and it is the page that
        it was, a report or none; else None."""
        row = self.archive.db.execute(
            """
            SELECT c.id
            FROM captures c
            JOIN namings m ON m.capture = c.id AND m.resource = c.resource
            LEFT JOIN documents d ON d.capture = c.id
            LEFT JOIN documents b ON b.capture = :before
            WHERE c.resource = :page AND c.run = :run AND c.outcome IN ('fetched', 'not_modified')
                AND d.code IS b.code
            ORDER BY c.id DESC LIMIT 1
            """,
            {"page": naming.page, "run": run, "before": naming.capture},
        ).fetchone()
        return None if row is None else int(row[0])

    def run_before(self, via: str, capture: int) -> int | None:
        """The last run before a capture's own in which the links of the page ``via``, or of another page of the same
        list, were read; None where there is none."""
        row = self.archive.db.execute(
            f"""
            WITH pages (id) AS ({_OF_ONE_LIST})
            SELECT c.run
            FROM captures k
            JOIN pages g
            JOIN captures c ON c.resource = g.id AND c.run <> k.run AND c.captured_at < k.captured_at
            JOIN namings m ON m.capture = c.id AND m.resource = c.resource
            WHERE k.id = :capture
            ORDER BY c.captured_at DESC, c.id DESC LIMIT 1
            """,
            {"url_key": url_key(clean(via)), "capture": capture},
        ).fetchone()
        return None if row is None else int(row[0])

    def captures_before(self, via: str, run: int) -> tuple[int, ...]:
        """The captures in a run of the page ``via`` and of the other pages of its list."""
        rows = self.archive.db.execute(
            f"""
            WITH pages (id) AS ({_OF_ONE_LIST})
            SELECT c.id FROM pages g JOIN captures c ON c.resource = g.id AND c.run = :run
            """,
            {"url_key": url_key(clean(via)), "run": run},
        ).fetchall()
        return tuple(capture for (capture,) in rows)

    def walked(self, run: int) -> dict[str, tuple[int, int]]:
        """Each list that has rows and whose links were read in a run → the capture of its first page, and how many rows
        fewer were seen than it says that it has.

        A list may count one document twice that we count once; more than before are rows that could not be seen.
        """
        if run not in self._walked:
            rows = self.archive.db.execute(
                """
                SELECT l.list, min(c.id), max(coalesce(max(l.said) - sum(l."rows"), 0), 0)
                FROM captures c
                JOIN listings l ON l.capture = c.id
                JOIN namings m ON m.capture = c.id AND m.resource = c.resource
                WHERE c.run = :run
                GROUP BY l.list
                HAVING sum(l."rows") > 0
                """,
                {"run": run},
            ).fetchall()
            self._walked[run] = {key: (capture, unseen) for key, capture, unseen in rows}
        return self._walked[run]

    def walked_again(self, naming: Naming, run: int) -> int | None:
        """The capture in a run of the first page of a list that named something before, if no more of it was left
        unseen than then and the run lost nothing of the site; else None."""
        capture, unseen = self.walked(run).get(naming.list_key, (None, 0))
        before = self.walked(naming.run).get(naming.list_key, (None, 0))[1]
        return capture if unseen <= before and self.is_whole(run, naming.site) else None

    def is_whole(self, run: int, site: str) -> bool:
        """Whether a run left nothing of a site unasked and lost none of its columns."""
        if run not in self._whole:
            lost = json.dumps(sorted(BLOCKED | DOWN))
            rows = self.archive.db.execute(
                """
                SELECT site FROM captures
                WHERE run = :run AND (
                    outcome IN ('budget', 'abandoned', 'robots_unreachable')
                    OR (kind = 'column' AND outcome IN (SELECT value FROM json_each(:lost)))
                )
                UNION
                SELECT site FROM frontier WHERE run = :run AND capture IS NULL
                """,
                {"run": run, "lost": lost},
            ).fetchall()
            self._whole[run] = frozenset(found for (found,) in rows)
        return site not in self._whole[run]
