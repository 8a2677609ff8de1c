"""What migration 0011 makes anew: the search index with one row a report, what it was given, what it counts."""

from __future__ import annotations

from sqlite_utils import Database

_TABLES = (
    "DROP TABLE search_index",
    "DROP TABLE searched",
    # Tokens are made by archive/search; ``ascii`` parts them at spaces and does nothing else to them.
    """
    CREATE VIRTUAL TABLE search_index USING fts5 (
        tokens, content = '', detail = none, tokenize = "ascii tokenchars ':-'"
    )
    """,
    # ``place`` is the row in the index, the day of publication first. The rest is what it was given, which it must be
    # told again to forget it: texts by the readings they are of, everything else as it was.
    """
    CREATE TABLE searched (
        place INTEGER PRIMARY KEY,
        report INTEGER NOT NULL UNIQUE REFERENCES reports (id),
        published TEXT,
        readings TEXT NOT NULL CHECK (json_valid(readings)),
        titles TEXT NOT NULL,
        names TEXT NOT NULL,
        year INTEGER NOT NULL,
        region TEXT NOT NULL,
        level TEXT NOT NULL,
        kind TEXT NOT NULL,
        form TEXT NOT NULL,
        flags TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE searched_counts (
        facet TEXT NOT NULL,
        value TEXT NOT NULL,
        reports INTEGER NOT NULL,
        PRIMARY KEY (facet, value)
    ) STRICT, WITHOUT ROWID
    """,
    # Release of the tokens that all reports are indexed with, and of those they are being indexed with.
    """
    CREATE TABLE searched_words (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        words TEXT NOT NULL,
        filling TEXT NOT NULL
    ) STRICT
    """,
    "INSERT INTO searched_words (one, words, filling) VALUES (1, '', '')",
    # Fewer, larger pieces to merge when many reports are indexed at once; 16 MB of memory.
    "INSERT INTO search_index (search_index, rank) VALUES ('hashsize', 16777216)",
)


def make_search_tables(db: Database) -> None:
    """The tables, empty: the next command that writes indexes every report (``archive/search/index.py``)."""
    for statement in _TABLES:
        db.execute(statement)
