"""The public view that says where each look was made: in this archive, or in one that was merged into it."""

from __future__ import annotations

_PROVENANCE = """
CREATE VIEW provenance AS
SELECT
    c.id AS capture,
    c.run AS run,
    coalesce(w.archive, i.identity) AS archive,
    coalesce(w.number, c.run) AS run_there,
    coalesce(g.number, c.id) AS capture_there,
    w.run IS NULL AS ours
FROM captures c
CROSS JOIN archive_identity i
LEFT JOIN run_origins w ON w.run = c.run
LEFT JOIN capture_origins g ON g.capture = c.id
"""

VIEWS_MERGED: tuple[str, ...] = (_PROVENANCE,)
