"""What a report says beside the others: checks across years, differing renditions, notes on what is remarkable.

Checks are the form's own arithmetic from one year to the next. Notes are none: a figure that leaps may be right. All of
it is asked of the current readings each time, so that a new reading of any year is heard at once; nothing is repaired.
"""

from __future__ import annotations

import json
from typing import Any

from archive.schema.views_across import NOTES, headlines
from archive.store import Archive

_CHECK = (
    "id", "across", "state", "left", "right", "severity", "report", "report_year", "earlier_report", "earlier_year"
)  # fmt: skip
_SIDE = ("version", "status", "value", "raw")


def list_checks_across_years(archive: Archive, report: int) -> list[dict[str, Any]]:
    """Checks of a report against the year before, then those of the year after against it.

    ``left`` is of ``report``, ``right`` is what ``earlier_report`` leads to expect; UNKNOWN, with what there is, where
    a side is no figure. A year that is not in the archive, or has no such table, is compared with nothing.
    """
    rows = archive.db.execute(
        f"""
        SELECT {", ".join(f'"{name}"' for name in _CHECK)} FROM checks_across_years WHERE report = :report
        UNION ALL
        SELECT {", ".join(f'"{name}"' for name in _CHECK)} FROM checks_across_years WHERE earlier_report = :report
        """,
        {"report": report},
    ).fetchall()
    found = [dict(zip(_CHECK, row, strict=True)) for row in rows]
    return [one | {side: f"r{one[side]}" for side in ("report", "earlier_report")} for one in found]


def list_notes(archive: Archive, report: int) -> list[dict[str, Any]]:
    """What is remarkable in a report's figures: the code of the rule, key, value, what it is held against, in words."""
    others = archive.db.execute(
        """
        SELECT q.id
        FROM reports p
        JOIN organisations o ON o.id = p.organisation
        JOIN organisations b ON b.region_code = o.region_code OR b.id = o.id
        JOIN reports q ON q.organisation = b.id
        WHERE p.id = :report AND (b.id = o.id OR q.report_year = p.report_year)
        """,
        {"report": report},
    ).fetchall()
    # The name shadows the view "headlines": only the reports that this one is held against are looked at.
    rows = archive.db.execute(
        f"""
        WITH headlines AS ({headlines("AND p.id IN (SELECT value FROM json_each(:others))")})
        SELECT code, key, value, against, says FROM ({NOTES}) WHERE report = :report
        """,
        {"report": report, "others": json.dumps([other for (other,) in others])},
    ).fetchall()
    return [dict(zip(("code", "key", "value", "against", "says"), row, strict=True)) for row in rows]


def list_differences(archive: Archive, report: int) -> list[dict[str, Any]]:
    """Every key that two renditions of a report, as they stand now, do not say alike; one of them may be unread."""
    rows = archive.db.execute(
        """
        SELECT key, left_version, left_status, left_value, left_raw, right_version, right_status, right_value, right_raw
        FROM rendition_differences WHERE report = :report
        """,
        {"report": report},
    ).fetchall()
    return [
        {
            "key": row[0],
            "left": dict(zip(_SIDE, row[1:5], strict=True)) | {"version": f"v{row[1]}"},
            "right": dict(zip(_SIDE, row[5:9], strict=True)) | {"version": f"v{row[5]}"},
        }
        for row in rows
    ]
