"""Whose report of which year: the one identity behind the names that are printed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from archive.packed.texts import clean
from parsers.divisions.bodies import kin_of
from parsers.document import Document
from parsers.facts import body_of, organisation_of, region_of, report_year_of, title_of
from parsers.report import Body, Hints
from parsers.text import squeeze
from parsers.titles import read_title


@dataclass(frozen=True, slots=True)
class Relative:
    """An organisation of the archive that was another under an earlier name, or came before or after it.

    ``relation`` is "earlier" or "later"; ``same`` is True for one body under two names, False where duties were
    merged, divided or moved; ``says`` names the change. ``reports`` are (report, report year), the oldest first.
    """

    organisation: int
    body: Body
    relation: str
    same: bool
    says: str
    reports: tuple[tuple[int, int], ...]


def list_relatives(db: Database, organisation: int) -> tuple[Relative, ...]:
    """The organisations of the archive that one has followed or been followed by, the earliest reports first.

    Nothing is stored: names and codes of other years come from the tables of changes (``parsers.divisions.bodies``),
    so that a better table links what is kept already. A link over several steps is the sum of its steps.
    """
    found: dict[int, Relative] = {}
    own = kin_of(_body_of(db, organisation))  # nearly all bodies have none
    for direction in ("earlier", "later"):
        waiting = [(organisation, True, "")] if own else []
        while waiting:
            known, same, said = waiting.pop(0)
            for kin in own if known == organisation else kin_of(_body_of(db, known)):
                other = _find_organisation(db, kin.body)
                if other is not None and kin.relation == direction and other not in (organisation, *found):
                    told = f"{said}; {kin.says}" if said else kin.says
                    reports = _reports_of(db, other)
                    found[other] = Relative(other, kin.body, direction, same and kin.same, told, reports)
                    waiting.append((other, same and kin.same, told))
    return tuple(sorted(found.values(), key=lambda each: [year for _, year in each.reports]))


def list_same(db: Database, organisation: int) -> tuple[int, ...]:
    """Every organisation of the archive that is this one body under the names of other years, itself included."""
    return (organisation, *(each.organisation for each in list_relatives(db, organisation) if each.same))


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
    meant = hints.meant(organisation)
    region_code, _ = region_of(meant, report_year, nothing, hints)
    return body_of(meant, region_code, report_year, hints), organisation, report_year


def _find_or_add_organisation(db: Database, body: Body) -> int:
    known = _find_organisation(db, body)
    if known is not None:
        return known
    cursor = db.execute(
        "INSERT INTO organisations (name, region_code) VALUES (:name, :region_code)",
        {"name": body.name, "region_code": body.region_code},
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _find_organisation(db: Database, body: Body) -> int | None:
    known = db.execute(
        "SELECT id FROM organisations WHERE name = :name AND coalesce(region_code, '') = coalesce(:region_code, '')",
        {"name": body.name, "region_code": body.region_code},
    ).fetchone()
    return None if known is None else int(known[0])


def _body_of(db: Database, organisation: int) -> Body:
    name, region_code = db.execute(
        "SELECT name, region_code FROM organisations WHERE id = :id", {"id": organisation}
    ).fetchone()
    return Body(name, region_code)


def _reports_of(db: Database, organisation: int) -> tuple[tuple[int, int], ...]:
    return tuple(
        db.execute(
            "SELECT id, report_year FROM reports WHERE organisation = :id ORDER BY report_year", {"id": organisation}
        ).fetchall()
    )
