"""The public views of what plug-ins read; kept stable."""

from __future__ import annotations

# Of a plug-in's releases the one that read a version last.
_READINGS = """
CREATE VIEW plugin_readings AS
SELECT f.id AS reading, f.plugin, f.release, f.version, f.made_at
FROM foreign_readings f
WHERE f.code = 'read' AND NOT EXISTS (
    SELECT 1 FROM foreign_readings g
    WHERE g.version = f.version AND g.plugin = f.plugin AND g.code = 'read' AND g.id > f.id
)
"""

# Field by field, every cell of our forms, and every key that only a plug-in has. A cell in which neither reads a figure
# agrees, whatever the words for it.
_CELLS = """
CREATE VIEW plugin_cells AS
SELECT
    f.plugin, f.release, c.report, c.organisation, c.report_year, f.version, c.key, c.status,
    c.value AS ours, c.raw AS raw, CAST(x.value AS NUMERIC) AS theirs, x.raw AS their_raw,
    CASE
        WHEN c.value IS CAST(x.value AS NUMERIC) THEN 'agree'
        WHEN x.value IS NULL THEN 'only_ours'
        WHEN c.value IS NULL THEN 'only_theirs'
        ELSE 'differ'
    END AS verdict
FROM plugin_readings f
JOIN cells c ON c.version = f.version
LEFT JOIN foreign_cells x ON x.reading = f.reading AND x.key = c.key
UNION ALL
SELECT
    f.plugin, f.release, a.report, a.organisation, a.report_year, f.version, x.key, NULL,
    NULL, NULL, CAST(x.value AS NUMERIC), x.raw, 'only_theirs'
FROM plugin_readings f
JOIN current_readings a ON a.version = f.version
JOIN foreign_cells x ON x.reading = f.reading
WHERE x.value IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM cells c WHERE c.version = f.version AND c.key = x.key)
"""

VIEWS_PLUGINS = (_READINGS, _CELLS)
