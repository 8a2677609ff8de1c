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

# What was read stays beside what a person says, and both are named. Correction by correction: joined with ``cells``,
# SQLite would first lay out every cell of the archive (a join with a compound view is not flattened).
_READ = "(SELECT c.{0} FROM cells c WHERE c.version = a.version AND c.key = k.key)"
_CORRECTED = f"""
CREATE VIEW corrected_cells AS
SELECT * FROM (
    SELECT DISTINCT
        a.report, a.organisation, a.report_year, a.version, a.reading, k.key,
        {_READ.format("value")} AS value_read, {_READ.format("raw")} AS raw, {_READ.format("status")} AS status_read,
        k.value AS value, k.status AS status, k.who, k.why, k.source, k.made_at, a.latest
    FROM corrections_in_force k
    CROSS JOIN captures s ON s.payload = k.payload_digest
    CROSS JOIN sightings g ON g.capture = s.id
    CROSS JOIN current_readings a ON a.version = g.version
)
WHERE status_read IS NOT NULL
"""

VIEWS_CORRECTED = (_IN_FORCE, _CORRECTED)
