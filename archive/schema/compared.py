"""What migration 0004 adds: the table of 2014 to 2018, document numbers, what renditions say differently."""

from __future__ import annotations

# ``nonzero``: how many figures are not 0; NULL where an earlier release counted none.
COMPARED = """
ALTER TABLE readings ADD COLUMN statistics_form TEXT;
ALTER TABLE readings ADD COLUMN document_number TEXT;
ALTER TABLE readings ADD COLUMN nonzero INTEGER;
ALTER TABLE reading_leftovers ADD COLUMN label TEXT NOT NULL DEFAULT '';

CREATE TABLE report_differences (
    report INTEGER NOT NULL REFERENCES reports (id),
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    left_version INTEGER NOT NULL REFERENCES versions (id),
    left_status TEXT NOT NULL,
    left_value ANY,
    left_raw TEXT NOT NULL,
    right_version INTEGER NOT NULL REFERENCES versions (id),
    right_status TEXT NOT NULL,
    right_value ANY,
    right_raw TEXT NOT NULL,
    PRIMARY KEY (report, position)
) STRICT, WITHOUT ROWID
"""
