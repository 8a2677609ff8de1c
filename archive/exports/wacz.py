"""The captures as a WACZ: everything that was received, to be replayed or checked by programs of others."""

from __future__ import annotations

from typing import BinaryIO

from archive.errors import NotFound
from archive.exports import Selection
from archive.store import Archive
from archive.warc.wacz import write_wacz

NAME = "wacz"
CAPTION = "the captures as WARC 1.1 in a WACZ, to be replayed"
SELECTS = frozenset({"site", "run", "report"})


def write_export(archive: Archive, selection: Selection, out: BinaryIO) -> int:
    """Writes all captures, or those of a site, a run, a report; returns how many captures it wrote.

    A capture that repeats another brings that one along, so that the file stands alone. Of a report: every look at the
    URLs at which it stood, those that did not find it too. Raises NotFound where nothing was captured, Damaged.
    """
    captures = _selected(archive, selection)
    if not captures:
        raise NotFound("expected captures of that site, run or report, found none; nianbao runs lists the runs")
    return write_wacz(archive, captures, out, _title(selection))


def _selected(archive: Archive, selection: Selection) -> list[int]:
    rows = archive.db.execute(
        """
        WITH wanted AS (
            SELECT c.id, c.revisit_of FROM captures c
            WHERE (:site = '' OR c.site = :site)
                AND (:run IS NULL OR c.run = :run)
                AND (:report IS NULL OR c.resource IN (
                    SELECT n.resource FROM renditions n WHERE n.report = :report
                    UNION
                    SELECT k.resource FROM renditions n
                    JOIN versions v ON v.rendition = n.id
                    JOIN sightings g ON g.version = v.id
                    JOIN captures k ON k.id = g.capture
                    WHERE n.report = :report
                ))
        )
        SELECT id FROM wanted UNION SELECT revisit_of FROM wanted WHERE revisit_of IS NOT NULL ORDER BY 1
        """,
        {"site": selection.site, "run": selection.run, "report": selection.report},
    ).fetchall()
    return [capture for (capture,) in rows]


def _title(selection: Selection) -> str:
    parts = [
        f"site {selection.site}" if selection.site else "",
        f"run {selection.run}" if selection.run is not None else "",
        f"report r{selection.report}" if selection.report is not None else "",
    ]
    said = ", ".join(part for part in parts if part)
    return f"nianbao: captures of {said}" if said else "nianbao: all captures"
