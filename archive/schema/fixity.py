"""What migration 0006 adds: manifests of what was captured, each naming the one before; which files are sealed."""

from __future__ import annotations

# ``body`` is the manifest's text (archive/fixity/manifests.py), zlib-compressed; ``digest`` is its SHA-256.
# ``run`` is the run whose end it was made at, with which all captures up to ``last_capture`` were written down.
# ``sealed``: a file that is named here has a seal beside it; one that is lost is not made anew in silence.
FIXITY = """
CREATE TABLE manifests (
    number INTEGER PRIMARY KEY,
    run INTEGER REFERENCES runs (id),
    made_at TEXT NOT NULL,
    first_capture INTEGER NOT NULL,
    last_capture INTEGER NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE sealed (
    file TEXT PRIMARY KEY,
    since TEXT NOT NULL
) STRICT, WITHOUT ROWID
"""
