"""What migration 0010 adds: what plug-ins read in the same bytes, kept beside our readings."""

from __future__ import annotations

from sqlite_utils import Database

_TABLES = (
    # ``code`` is "read", or why the plug-in read nothing.
    """
    CREATE TABLE foreign_readings (
        id INTEGER PRIMARY KEY,
        version INTEGER NOT NULL REFERENCES versions (id),
        plugin TEXT NOT NULL,
        release TEXT NOT NULL,
        made_at TEXT NOT NULL,
        code TEXT NOT NULL,
        says TEXT NOT NULL,
        UNIQUE (version, plugin, release)
    ) STRICT
    """,
    """
    CREATE TABLE foreign_cells (
        reading INTEGER NOT NULL REFERENCES foreign_readings (id),
        key TEXT NOT NULL,
        value ANY,
        raw TEXT NOT NULL,
        PRIMARY KEY (reading, key)
    ) STRICT, WITHOUT ROWID
    """,
)
# What a withdrawn document said leaves with it, whoever read it.
_WITHDRAWN = """
CREATE TRIGGER foreign_withdrawn_{name} AFTER {event} ON unread WHEN NEW.code = 'withdrawn' BEGIN
    DELETE FROM foreign_cells WHERE reading IN (SELECT id FROM foreign_readings WHERE version = NEW.version);
    UPDATE foreign_readings SET code = 'withdrawn', says = '' WHERE version = NEW.version;
END
"""


def make_plugin_tables(db: Database) -> None:
    """The tables of foreign readings, and what takes their text away with a withdrawn payload."""
    for table in _TABLES:
        db.execute(table)
    db.execute(_WITHDRAWN.format(name="added", event="INSERT"))
    db.execute(_WITHDRAWN.format(name="changed", event="UPDATE"))
