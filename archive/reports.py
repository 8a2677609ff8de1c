"""What stands for a report now: its reading, where its renditions disagree, its words in the index."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from sqlite_utils import Database

from archive.packed.figures import Stored, to_stored
from archive.packed.texts import clean
from archive.readings import get_values
from archive.renditions import latest_version
from archive.search.index import index_report
from archive.store import Archive
from parsers.report import Status, Value

_MOST_NAMED = 20

# Each rendition, the one that was seen first before the others, and whether it was there at the last look that says so:
# a look of a run that goes on, or that nobody has read yet, says only what it found.
_RENDITIONS = """
SELECT n.id, n.format, coalesce((
    SELECT EXISTS (
        SELECT 1 FROM sightings g JOIN versions v ON v.id = g.version
        WHERE g.capture = k.id AND v.rendition = n.id
    ) AS shows
    FROM captures k
    JOIN runs r ON r.id = k.run
    LEFT JOIN run_origins o ON o.run = k.run
    LEFT JOIN capture_origins e ON e.capture = k.id
    WHERE k.resource = n.resource AND k.third_party = '' AND k.outcome NOT IN (
            'budget', 'abandoned', 'off_scope', 'robots_disallowed', 'robots_unreachable', 'refused_address'
        )
        AND (shows OR (r.state = 'done' AND (
            k.outcome NOT IN ('fetched', 'not_modified') OR EXISTS (SELECT 1 FROM documents d WHERE d.capture = k.id)
        )))
    ORDER BY
        k.captured_at DESC, coalesce(o.archive, (SELECT identity FROM archive_identity)) DESC,
        coalesce(e.number, k.id) DESC
    LIMIT 1
), 0)
FROM renditions n
JOIN captures c ON c.id = (
    SELECT v.first_capture FROM versions v WHERE v.rendition = n.id ORDER BY v.first_captured, v.number LIMIT 1
)
LEFT JOIN run_origins w ON w.run = c.run
LEFT JOIN capture_origins g ON g.capture = c.id
WHERE n.report = :report
ORDER BY
    c.captured_at, coalesce(w.archive, (SELECT identity FROM archive_identity)), coalesce(g.number, c.id),
    n.format, n.ordinal
"""


def refresh_report(archive: Archive, report: int) -> None:
    """Brings a report's present state up to date with its versions; inside the caller's transaction.

    The report's reading is that of the latest version of its first rendition that is read; renditions found at the
    last look come before those that were not. Which is first the looks say and not the rows, which a merge brings in
    any order.
    """
    db = archive.db
    rows = db.execute(_RENDITIONS, {"report": report}).fetchall()
    shown: list[tuple[int, str, int, bool]] = []
    for rendition, format_, present in rows:
        version = latest_version(db, rendition)
        reading = db.execute(
            "SELECT id FROM readings WHERE version = :version AND current = 1", {"version": version}
        ).fetchone()
        if reading is not None:
            shown.append((reading[0], format_, version, bool(present)))
    present_first = sorted(shown, key=lambda one: not one[3])
    db.execute(
        "UPDATE reports SET reading = :reading WHERE id = :report AND reading IS NOT :reading",
        {"reading": present_first[0][0] if present_first else None, "report": report},
    )
    _compare_renditions(archive, report, [one for one in shown if one[3]])
    index_report(
        archive, report, (*(one[0] for one in present_first[:1]), *sorted(one[0] for one in present_first[1:]))
    )


def drop_report_of_nothing(archive: Archive, report: int) -> None:
    """A report that was only promised by a title, and has nothing left, never was one; nor was a body of none.

    One that has a rendition left is brought up to date instead. Inside the caller's transaction.
    """
    db = archive.db
    if db.execute("SELECT 1 FROM renditions WHERE report = :report", {"report": report}).fetchone() is not None:
        refresh_report(archive, report)
        return
    index_report(archive, report, ())
    organisation = db.execute("SELECT organisation FROM reports WHERE id = :report", {"report": report}).fetchone()[0]
    db.execute("DELETE FROM report_problems WHERE report = :report", {"report": report})
    db.execute("DELETE FROM report_differences WHERE report = :report", {"report": report})
    db.execute("DELETE FROM reports WHERE id = :report", {"report": report})
    if db.execute("SELECT 1 FROM reports WHERE organisation = :id", {"id": organisation}).fetchone() is None:
        db.execute("DELETE FROM organisation_names WHERE organisation = :id", {"id": organisation})
        db.execute("DELETE FROM organisations WHERE id = :id", {"id": organisation})


def _compare_renditions(archive: Archive, report: int, shown: list[tuple[int, str, int, bool]]) -> None:
    db = archive.db
    db.execute("DELETE FROM report_problems WHERE report = :report AND code = 'renditions_differ'", {"report": report})
    db.execute("DELETE FROM report_differences WHERE report = :report", {"report": report})
    for (left, left_format, left_version, _), (right, right_format, right_version, _) in combinations(shown, 2):
        differing = differing_cells(get_values(archive, left), get_values(archive, right))
        _put_differences(db, report, (left_version, right_version), differing)
        disagreeing = [pair for pair in differing if contradicts(*pair)]
        if not disagreeing:
            continue
        named = "; ".join(f"{a.key} {_say(a)} / {_say(b)}" for a, b in disagreeing[:_MOST_NAMED])
        more = f"; and {len(disagreeing) - _MOST_NAMED} more" if len(disagreeing) > _MOST_NAMED else ""
        _add_problem(
            db,
            report,
            f"{left_format} v{left_version} and {right_format} v{right_version} "
            f"disagree in {len(disagreeing)} cells: {named}{more}",
            f"v{left_version} v{right_version}",
        )


def differing_cells(left: Sequence[Value], right: Sequence[Value]) -> list[tuple[Value, Value]]:
    """Cells that both renditions have and of which one is a figure and the other another one, none, or unread."""
    others = {value.key: value for value in right}
    pairs = [(value, others[value.key]) for value in left if value.key in others]
    return [
        (a, b) for a, b in pairs if Status.NUMBER in (a.status, b.status) and (a.status, a.value) != (b.status, b.value)
    ]


def contradicts(left: Value, right: Value) -> bool:
    """Whether two differing cells cannot both be right; one that could not be read is no disagreement of theirs."""
    return Status.UNREAD not in (left.status, right.status)


def _put_differences(
    db: Database, report: int, versions: tuple[int, int], differing: list[tuple[Value, Value]]
) -> None:
    db.conn.executemany(
        """
        INSERT INTO report_differences (
            report, position, key, left_version, left_status, left_value, left_raw,
            right_version, right_status, right_value, right_raw
        )
        SELECT ?, coalesce(max(position), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ?
        FROM report_differences WHERE report = ?
        """,
        ((report, a.key, *_side(versions[0], a), *_side(versions[1], b), report) for a, b in differing),
    )


def _side(version: int, value: Value) -> tuple[int, str, Stored, str]:
    return version, value.status.value, to_stored(value.value), clean(value.raw)


def _say(value: Value) -> str:
    return str(value.value) if value.status is Status.NUMBER else value.status.value


def _add_problem(db: Database, report: int, says: str, place: str) -> None:
    db.execute(
        """
        INSERT INTO report_problems (report, position, code, says, place, severity)
        SELECT :report, coalesce(max(position), 0) + 1, 'renditions_differ', :says, :place, 'warning'
        FROM report_problems WHERE report = :report
        """,
        {"report": report, "says": says, "place": place},
    )
