"""What migration 0007 adds: who an archive is, and where the runs and captures come from that were made elsewhere."""

from __future__ import annotations

import hashlib
import secrets

from sqlite_utils import Database

_TABLES = (
    """
    CREATE TABLE archive_identity (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        identity TEXT NOT NULL CHECK (length(identity) = 32)
    ) STRICT
    """,
    # A run without a row here was made in this archive, and its captures have their numbers from it.
    """
    CREATE TABLE run_origins (
        run INTEGER PRIMARY KEY REFERENCES runs (id),
        archive TEXT NOT NULL,
        number INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX run_origins_number ON run_origins (archive, number)",
    """
    CREATE TABLE capture_origins (
        capture INTEGER PRIMARY KEY REFERENCES captures (id),
        number INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX capture_origins_number ON capture_origins (number)",
)


def make_merge_tables(db: Database) -> None:
    """The tables, and the archive's identity: 32 hex digits.

    A new archive gets a random one. One that is older than this migration gets the digest of the moment at which it
    was made (to the microsecond): a copy of it that is migrated elsewhere is the same archive.
    """
    for statement in _TABLES:
        db.execute(statement)
    is_new = db.execute("SELECT 1 FROM runs LIMIT 1").fetchone() is None
    db.execute("INSERT INTO archive_identity VALUES (1, ?)", (secrets.token_hex(16) if is_new else _derived(db),))


def _derived(db: Database) -> str:
    made_at = db.execute(
        "SELECT applied_at FROM _sqlite_migrations WHERE migration_set = 'nianbao.archive' AND name = '0001_first'"
    ).fetchone()[0]
    return hashlib.sha256(str(made_at).encode()).hexdigest()[:32]
