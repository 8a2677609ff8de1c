"""Whose report of which year: the one identity behind the names that are printed."""

from __future__ import annotations

from sqlite_utils import Database

from archive.resources import clean
from parsers.document import Document
from parsers.facts import body_of, organisation_of, region_of, report_year_of, title_of
from parsers.report import Body, Hints
from parsers.text import squeeze
from parsers.titles import read_title


def find_or_add_report(db: Database, body: Body, printed: str | None, report_year: int) -> int:
    """Body and year → the report's id; the printed name is kept beside the body's."""
    organisation = _find_or_add_organisation(db, body)
    if printed:
        db.execute(
            """
            INSERT INTO organisation_names (organisation, printed) VALUES (:organisation, :printed)
            ON CONFLICT DO NOTHING
            """,
            {"organisation": organisation, "printed": clean(squeeze(printed))},
        )
    row = db.execute(
        """
        INSERT INTO reports (organisation, report_year) VALUES (:organisation, :report_year)
        ON CONFLICT (organisation, report_year) DO UPDATE SET report_year = excluded.report_year
        RETURNING id
        """,
        {"organisation": organisation, "report_year": report_year},
    ).fetchone()
    identity: int = row[0]
    return identity


def promised_report(hints: Hints) -> tuple[Body, str, int] | None:
    """What link text and page title promise of a file that cannot be read → (body, printed name, year).

    None unless one of them reads as the title of a report, and body and year can be said from outside.
    """
    if all(read_title(text).kind != "report" for text in (hints.link_text, hints.page_title)):
        return None
    nothing = Document(blocks=(), format="", converter="")
    title = title_of(nothing, hints)
    organisation = organisation_of(title, nothing, hints)
    report_year, _ = report_year_of(title, nothing, hints)
    if organisation is None or report_year is None:
        return None
    region_code, _ = region_of(organisation, report_year, nothing, hints)
    return body_of(organisation, region_code, report_year, hints), organisation, report_year


def _find_or_add_organisation(db: Database, body: Body) -> int:
    known = db.execute(
        "SELECT id FROM organisations WHERE name = :name AND coalesce(region_code, '') = coalesce(:region_code, '')",
        {"name": body.name, "region_code": body.region_code},
    ).fetchone()
    if known is not None:
        identity: int = known[0]
        return identity
    cursor = db.execute(
        "INSERT INTO organisations (name, region_code) VALUES (:name, :region_code)",
        {"name": body.name, "region_code": body.region_code},
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid
