"""The table of migration 0002 of payloads.db, and what it changes in ``payload`` without writing a row of it anew."""

from __future__ import annotations

from sqlite_utils import Database

_CODINGS = "CHECK (coding IN ('identity', 'zlib'))"
_MORE = "CHECK (coding IN ('identity', 'zlib', 'zstd'))"

# Numbers are never given twice, so that no row can come to be told against another page than it was. A payload cannot
# be taken out as long as it is a template.
_TEMPLATE = """
CREATE TABLE template (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    site TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE REFERENCES payload (digest),
    before INTEGER REFERENCES template (id),
    CHECK (before < id)
) STRICT
"""


def tell_against_templates(db: Database) -> None:
    """The table ``template``; ``payload`` names one, and may be packed by zstd.

    Payloads are by far the most of an archive: a CHECK is changed where it is written down, as SQLite describes it
    (https://sqlite.org/lang_altertable.html, 7: the second, simpler procedure), and no row is copied.
    """
    (said,) = db.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'payload'").fetchone()
    assert said.count(_CODINGS) == 1
    (version,) = db.execute("PRAGMA schema_version").fetchone()
    db.execute("PRAGMA writable_schema = ON")
    db.execute(
        "UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = 'payload'",
        {"sql": said.replace(_CODINGS, _MORE)},
    )
    db.execute(f"PRAGMA schema_version = {version + 1}")
    db.execute("PRAGMA writable_schema = OFF")
    db.execute("ALTER TABLE payload ADD COLUMN template INTEGER")
    db.execute(_TEMPLATE)
    db.execute("CREATE INDEX template_site ON template (site, id)")
    db.execute("CREATE INDEX template_before ON template (before)")
