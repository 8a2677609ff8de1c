"""The tables of migration 0005: corrections, withdrawals, the change sequence that triggers keep."""

from __future__ import annotations

from sqlite_utils import Database

_TABLES = (
    # AUTOINCREMENT: a number is never given twice, so that a cursor taken yesterday cannot skip anything today.
    """
    CREATE TABLE changes (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL CHECK (kind IN (
            'created', 'dropped', 'stands', 'new_version', 'moved', 'reread', 'superseded', 'unread', 'withdrawn',
            'corrected'
        )),
        at TEXT,
        report INTEGER,
        version INTEGER,
        reading INTEGER,
        subject TEXT
    ) STRICT
    """,
    """
    CREATE TABLE corrections (
        id INTEGER PRIMARY KEY,
        digest TEXT NOT NULL UNIQUE,
        payload_digest TEXT NOT NULL,
        key TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('number', 'blank', 'filler', 'missing', 'unread', 'retracted')),
        value ANY,
        who TEXT NOT NULL CHECK (who <> ''),
        why TEXT NOT NULL CHECK (why <> ''),
        source TEXT NOT NULL,
        made_at TEXT NOT NULL,
        CHECK ((status = 'number') = (value IS NOT NULL))
    ) STRICT
    """,
    "CREATE INDEX corrections_cell ON corrections (payload_digest, key)",
    """
    CREATE TABLE withdrawals (
        payload_digest TEXT PRIMARY KEY,
        why TEXT NOT NULL CHECK (why <> ''),
        made_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)

# (name, event and table, condition, kind, when, report, version, reading, subject). The rows that a change is about
# are named and not repeated: versions and readings never change, so that what is said of them stays true.
_OF_VERSION = "(SELECT n.report FROM renditions n WHERE n.id = {row}.rendition)"
_REPORT_OF = "(SELECT n.report FROM versions v JOIN renditions n ON n.id = v.rendition WHERE v.id = NEW.version)"
_TRIGGERS: tuple[tuple[str, str, str, str, str, str, str, str, str], ...] = (
    ("created", "INSERT ON reports", "1", "created", "NULL", "NEW.id", "NULL", "NULL", "NULL"),
    ("dropped", "DELETE ON reports", "1", "dropped", "NULL", "OLD.id", "NULL", "NULL", "NULL"),
    ("stands", "UPDATE OF reading ON reports", "NEW.reading IS NOT OLD.reading", "stands",
     "(SELECT r.made_at FROM readings r WHERE r.id = NEW.reading)", "NEW.id",
     "(SELECT r.version FROM readings r WHERE r.id = NEW.reading)", "NEW.reading", "NULL"),
    ("new_version", "INSERT ON versions", "1", "new_version", "NEW.first_captured",
     _OF_VERSION.format(row="NEW"), "NEW.id", "NULL", "NEW.payload_digest"),
    ("moved", "UPDATE OF rendition ON versions", "NEW.rendition <> OLD.rendition", "moved", "NULL",
     _OF_VERSION.format(row="NEW"), "NEW.id", "NULL", "NEW.payload_digest"),
    ("read", "INSERT ON readings", "NEW.current = 1", "reread", "NEW.made_at",
     _REPORT_OF, "NEW.version", "NEW.id", "NULL"),
    ("accepted", "UPDATE OF current ON readings", "NEW.current = 1 AND OLD.current = 0", "reread", "NEW.made_at",
     _REPORT_OF, "NEW.version", "NEW.id", "NULL"),
    ("superseded", "UPDATE OF current ON readings", "NEW.current = 0 AND OLD.current = 1", "superseded", "NULL",
     _REPORT_OF, "NEW.version", "NEW.id", "NULL"),
    ("erased", "DELETE ON readings", "OLD.current = 1", "superseded", "NULL",
     _REPORT_OF.replace("NEW", "OLD"), "OLD.version", "OLD.id", "NULL"),
    ("unread", "INSERT ON unread", "1", "unread", "NEW.tried_at", _REPORT_OF, "NEW.version", "NULL", "NEW.code"),
    ("unread_else", "UPDATE OF code ON unread", "NEW.code <> OLD.code", "unread", "NEW.tried_at",
     _REPORT_OF, "NEW.version", "NULL", "NEW.code"),
    ("withdrawn", "INSERT ON withdrawals", "1", "withdrawn", "NEW.made_at", "NULL", "NULL", "NULL",
     "NEW.payload_digest"),
    ("corrected", "INSERT ON corrections", "1", "corrected", "NEW.made_at", "NULL", "NULL", "NULL",
     "CAST(NEW.id AS TEXT)"),
)  # fmt: skip

# What was there before anything was written down, in the order in which it can be said.
_BEGINNING = (
    "INSERT INTO changes (kind, report) SELECT 'created', id FROM reports ORDER BY id",
    """
    INSERT INTO changes (kind, at, report, version, subject)
    SELECT 'new_version', v.first_captured, n.report, v.id, v.payload_digest
    FROM versions v JOIN renditions n ON n.id = v.rendition ORDER BY v.id
    """,
    """
    INSERT INTO changes (kind, at, report, version, reading)
    SELECT 'reread', r.made_at, n.report, v.id, r.id
    FROM readings r JOIN versions v ON v.id = r.version JOIN renditions n ON n.id = v.rendition
    WHERE r.current = 1 ORDER BY r.id
    """,
    """
    INSERT INTO changes (kind, at, report, version, subject)
    SELECT 'unread', u.tried_at, n.report, v.id, u.code
    FROM unread u JOIN versions v ON v.id = u.version JOIN renditions n ON n.id = v.rendition ORDER BY v.id
    """,
    """
    INSERT INTO changes (kind, at, report, version, reading)
    SELECT 'stands', r.made_at, p.id, r.version, r.id FROM reports p JOIN readings r ON r.id = p.reading ORDER BY p.id
    """,
)


def make_evidence_tables(db: Database) -> None:
    """The tables, the triggers that no write can go around, and what was there before them as their first entries."""
    for table in _TABLES:
        db.execute(table)
    for name, event, condition, kind, *values in _TRIGGERS:
        db.execute(
            f"""
            CREATE TRIGGER changes_{name} AFTER {event} WHEN {condition} BEGIN
                INSERT INTO changes (kind, at, report, version, reading, subject)
                VALUES ('{kind}', {", ".join(values)});
            END
            """
        )
    for statement in _BEGINNING:
        db.execute(statement)
