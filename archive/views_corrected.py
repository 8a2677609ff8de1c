"""The public views of corrections; kept stable."""

from __future__ import annotations

_IN_FORCE = """
CREATE VIEW corrections_in_force AS
SELECT k.payload_digest, k.key, k.status, CAST(k.value AS NUMERIC) AS value, k.who, k.why, k.source, k.made_at
FROM corrections k
WHERE k.status <> 'retracted' AND NOT EXISTS (
    SELECT 1 FROM corrections l
    WHERE l.payload_digest = k.payload_digest AND l.key = k.key
        AND (l.made_at > k.made_at OR (l.made_at = k.made_at AND l.digest > k.digest))
)
"""

# What was read stays beside what a person says, and both are named.
_CORRECTED = """
CREATE VIEW corrected_cells AS
SELECT DISTINCT
    c.report, c.organisation, c.report_year, c.version, c.reading, c.key,
    c.value AS value_read, c.raw AS raw, c.status AS status_read,
    k.value AS value, k.status AS status, k.who, k.why, k.source, k.made_at, c.latest
FROM corrections_in_force k
JOIN captures s ON s.payload = k.payload_digest
JOIN sightings g ON g.capture = s.id
JOIN cells c ON c.version = g.version AND c.key = k.key
"""

VIEWS_CORRECTED = (_IN_FORCE, _CORRECTED)
