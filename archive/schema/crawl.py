"""The tables of the crawl's manners: bodies of POSTs, hosts of the frontier, lists walked, pauses, robots.txt."""

from __future__ import annotations

from sqlite_utils import Database

from archive.urls import netloc_of

CRAWL = """
ALTER TABLE resources ADD COLUMN post TEXT NOT NULL DEFAULT '';
ALTER TABLE captures ADD COLUMN post TEXT NOT NULL DEFAULT '';
ALTER TABLE captures ADD COLUMN proxy TEXT NOT NULL DEFAULT '';
ALTER TABLE frontier ADD COLUMN post TEXT NOT NULL DEFAULT '';
ALTER TABLE frontier ADD COLUMN netloc TEXT NOT NULL DEFAULT '';
ALTER TABLE frontier ADD COLUMN list_key TEXT NOT NULL DEFAULT '';
ALTER TABLE frontier DROP COLUMN not_before;
ALTER TABLE frontier DROP COLUMN attempts;
CREATE INDEX frontier_hosts ON frontier (run, netloc, priority DESC, id) WHERE state = 'queued';

CREATE TABLE listings (
    capture INTEGER PRIMARY KEY REFERENCES captures (id),
    list TEXT NOT NULL,
    "rows" INTEGER NOT NULL,
    reports INTEGER NOT NULL,
    said INTEGER
) STRICT;
CREATE INDEX listings_list ON listings (list);

CREATE TABLE pauses (
    host_group TEXT PRIMARY KEY,
    until TEXT NOT NULL,
    why TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE robots (
    netloc TEXT PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (id),
    seen_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('rules', 'absent', 'moved', 'unreachable', 'refused_address')),
    url TEXT NOT NULL,
    delay REAL NOT NULL,
    says TEXT NOT NULL
) STRICT, WITHOUT ROWID
"""


def name_hosts(db: Database) -> None:
    """Fills in the hosts of URLs that were queued before the frontier knew them."""
    rows = db.execute("SELECT id, url FROM frontier WHERE state <> 'done'").fetchall()
    db.conn.executemany("UPDATE frontier SET netloc = ? WHERE id = ?", [(netloc_of(url), one) for one, url in rows])
