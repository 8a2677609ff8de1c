"""What migration 0009 adds: requests as they were sent, and who else made a capture."""

from __future__ import annotations

# ``third_party``: "" for a look of our own or a file that was imported; else a JSON object that names the WARC, its
# record and who made it (archive/noted/provenance.py).
WARC = """
ALTER TABLE captures ADD COLUMN request BLOB NOT NULL DEFAULT x'';
ALTER TABLE captures ADD COLUMN third_party TEXT NOT NULL DEFAULT ''
    CHECK (third_party = '' OR json_valid(third_party));
CREATE INDEX captures_third_party ON captures (json_extract(third_party, '$.record')) WHERE third_party <> ''
"""
