"""What migration 0008 adds: which URLs a page named, and when a file says that it was made."""

from __future__ import annotations

# Whether a list still names a report cannot be told from captures: of a URL that is known the run asks first, whatever
# links to it. A page whose links were noted names itself too, so that a page that names nothing is told from one that
# an earlier release looked at.
EVENTS = """
CREATE TABLE namings (
    capture INTEGER NOT NULL REFERENCES captures (id),
    resource INTEGER NOT NULL REFERENCES resources (id),
    PRIMARY KEY (capture, resource)
) STRICT, WITHOUT ROWID;
CREATE INDEX namings_resource ON namings (resource);

ALTER TABLE readings ADD COLUMN file_created TEXT
"""
