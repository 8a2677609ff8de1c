"""What migration 0014 adds: bodies by their region, and how many reports each region has on each year."""

from __future__ import annotations

from sqlite_utils import Database

_TABLES = (
    # What lies in a place is found by the beginning of its code: asked for as a range (``archive/bodies/places.py``).
    "CREATE INDEX organisations_region ON organisations (coalesce(region_code, ''), name)",
    "CREATE INDEX site_bodies_region ON site_bodies (coalesce(region_code, ''))",
    "CREATE INDEX organisation_names_printed ON organisation_names (printed)",
    # ``bodies``: those whose first report is on that year. ``read``, ``broken``: reports with a reading that stands,
    # and those of them with a broken check. A row of zeros may stay.
    """
    CREATE TABLE place_years (
        region_code TEXT NOT NULL,
        report_year INTEGER NOT NULL,
        bodies INTEGER NOT NULL,
        reports INTEGER NOT NULL,
        read INTEGER NOT NULL,
        broken INTEGER NOT NULL,
        PRIMARY KEY (region_code, report_year)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX place_years_year ON place_years (report_year)",
)

_ADD = """
INSERT INTO place_years (region_code, report_year, bodies, reports, read, broken)
SELECT coalesce(o.region_code, ''), {year}, {bodies}, {reports}, {read}, {broken}
FROM organisations o WHERE o.id = {row}.organisation {where}
ON CONFLICT (region_code, report_year) DO UPDATE SET
    bodies = bodies + excluded.bodies, reports = reports + excluded.reports,
    read = read + excluded.read, broken = broken + excluded.broken;
"""
_READ = "{row}.reading IS NOT NULL"
_BROKEN = "coalesce((SELECT r.broken > 0 FROM readings r WHERE r.id = {row}.reading), 0)"
_NEXT = "(SELECT min(p.report_year) FROM reports p WHERE p.organisation = {row}.organisation AND p.id <> {row}.id)"


def _moves(row: str, sign: str) -> str:
    """The statements that put a report's row on the tallies ("+"), or take it from them ("-")."""
    read, broken, following = (part.format(row=row) for part in (_READ, _BROKEN, _NEXT))
    other = "-" if sign == "+" else "+"
    year = f"{row}.report_year"
    own = _ADD.format(
        row=row, year=year, bodies=f"{sign}(coalesce({following} > {year}, 1))", reports=f"{sign}1",
        read=f"{sign}({read})", broken=f"{sign}({broken})", where="",
    )  # fmt: skip
    # The body was, or is again, one that begins with its next report.
    begins = _ADD.format(
        row=row, year=following, bodies=f"{other}1", reports="0", read="0", broken="0",
        where=f"AND {following} > {year}",
    )  # fmt: skip
    return own + begins


def make_place_tables(db: Database) -> None:
    """The indices, the table, the triggers that no write can go around, and what there is already."""
    for statement in _TABLES:
        db.execute(statement)
    for name, event, condition, moves in (
        ("created", "INSERT ON reports", "1", _moves("NEW", "+")),
        ("dropped", "DELETE ON reports", "1", _moves("OLD", "-")),
        ("stands", "UPDATE OF reading ON reports", "NEW.reading IS NOT OLD.reading", _reread()),
    ):
        db.execute(f"CREATE TRIGGER places_{name} AFTER {event} WHEN {condition} BEGIN {moves} END")
    db.execute(f"INSERT INTO place_years (region_code, report_year, bodies, reports, read, broken) {COUNTED}")


def _reread() -> str:
    read, broken = (f"({part.format(row='NEW')}) - ({part.format(row='OLD')})" for part in (_READ, _BROKEN))
    return _ADD.format(row="NEW", year="NEW.report_year", bodies="0", reports="0", read=read, broken=broken, where="")


COUNTED = """
SELECT coalesce(o.region_code, ''), p.report_year,
    count(*) FILTER (WHERE NOT EXISTS (
        SELECT 1 FROM reports q WHERE q.organisation = p.organisation AND q.report_year < p.report_year
    )),
    count(*), count(p.reading), count(nullif(r.broken, 0))
FROM reports p JOIN organisations o ON o.id = p.organisation LEFT JOIN readings r ON r.id = p.reading
GROUP BY 1, 2
"""
"""What the rows of ``place_years`` are to be, counted report by report."""
