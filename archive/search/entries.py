"""A report → what the index has of it: its names and titles, its texts, what it can be filtered by, its place."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from archive.bodies.kinds import kind_of, level_of
from archive.readings import get_text
from archive.schema.form_columns import BY_TABLE_AND_FORM
from archive.search.terms import tokens_of
from archive.store import Archive

FLAGS = ("broken", "unread", "leftover", "edited")
"""A check of the present reading is broken; a cell of it is unread, or a figure left over; a rendition was changed."""

PLACES_A_DAY = 1 << 13
"""Two bytes are the step from one day to the next then; what has no room on its day is placed after it."""

_FIRST_DAY = date(2000, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Entry:
    """What one report is found by. ``readings``: whose texts, the one that stands for the report first."""

    report: int
    published: str | None
    readings: tuple[int, ...]
    titles: tuple[str, ...]
    names: tuple[str, ...]
    year: int
    region: str
    level: str
    kind: str
    form: str
    flags: tuple[str, ...]

    def facets(self) -> list[tuple[str, str]]:
        """(facet, value) of each count that the report belongs to."""
        return [
            ("all", ""),
            ("year", str(self.year)),
            *(("region", region) for region in regions_of(self.region)),
            ("level", self.level),
            ("kind", self.kind),
            ("form", self.form),
            *(("flags", flag) for flag in self.flags),
        ]


def make_entry(archive: Archive, report: int, readings: tuple[int, ...]) -> Entry:
    """A report and the current readings of its renditions, at least one, the one that stands first → its entry."""
    db = archive.db
    name, region, year = db.execute(
        """
        SELECT o.name, coalesce(o.region_code, ''), p.report_year
        FROM reports p JOIN organisations o ON o.id = p.organisation WHERE p.id = :report
        """,
        {"report": report},
    ).fetchone()
    rows = db.execute(
        """
        SELECT r.title, coalesce(r.organisation, ''), r.body_name, r.region_code, r.broken, r.requests_form,
            r.proactive_form, r.disputes_form, r.statistics_form, r.published
        FROM json_each(:readings) j JOIN readings r ON r.id = j.value ORDER BY j.key
        """,
        {"readings": json.dumps(readings)},
    ).fetchall()
    stands = rows[0]
    code = stands[3] or region
    return Entry(
        report,
        stands[9],
        readings,
        titles=_distinct(row[0] for row in rows),
        names=_distinct([name, *(said for row in rows for said in row[1:3])]),
        year=year,
        region=code,
        level=level_of(name, code),
        kind=kind_of(name),
        form=stands[5] or stands[8] or "",
        flags=_flags(archive, report, readings[0], stands),
    )


def place_for(published: str | None) -> int:
    """Day of publication → the number before the first of its places in the index; those of no day come before all."""
    try:
        day = 0 if published is None else max(1, date.fromisoformat(published[:10]).toordinal() - _FIRST_DAY)
    except ValueError:
        day = 0
    return day * PLACES_A_DAY


def tokens_given(archive: Archive, entry: Entry) -> str:
    """All that the index is given of an entry, as FTS5 takes it: tokens with spaces between.

    Tokens of titles and names are there a second time after ``n:``; filters have a letter and a colon, which no text
    has.
    """
    # Each for itself: what ends one and begins the next is no pair.
    heads = " ".join(tokens_of(said) for said in (*entry.titles, *entry.names))
    texts = (tokens_of(get_text(archive, reading)) for reading in entry.readings)
    facets = (facet_token(facet, value) for facet, value in entry.facets())
    return " ".join([heads, *texts, *(f"n:{token}" for token in set(heads.split())), *facets])


def facet_token(facet: str, value: str) -> str:
    """A facet's value → its token: "y:2023", "r:1508", "l:county"; unknown is a value too."""
    return f"{facet[0]}:{value or '-'}" if facet != "flags" else f"flag:{value}"


def regions_of(code: str) -> list[str]:
    """Region code → its beginnings: province, city, county; "" where it is unknown."""
    return [code[:length] for length in (2, 4, 6) if len(code) >= length] or [""]


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """Each text once, in one line."""
    lines = (" ".join(text.split()) for text in texts)
    return tuple(dict.fromkeys(line for line in lines if line))


def _flags(archive: Archive, report: int, reading: int, stands: tuple[object, ...]) -> tuple[str, ...]:
    db = archive.db
    forms = (("requests", stands[5]), ("proactive", stands[6]), ("disputes", stands[7]), ("statistics", stands[8]))
    sheets = [BY_TABLE_AND_FORM[table, str(form)] for table, form in forms if form is not None]
    has = {
        "broken": bool(stands[4]),
        "unread": any(
            db.execute(
                f"SELECT 1 FROM {sheet.name} WHERE reading = :reading AND instr(marks, 'u')", {"reading": reading}
            ).fetchone()
            for sheet in sheets
        ),
        "leftover": db.execute(
            "SELECT 1 FROM reading_leftovers WHERE reading = :reading LIMIT 1", {"reading": reading}
        ).fetchone()
        is not None,
        "edited": db.execute(
            """
            SELECT 1 FROM renditions n JOIN versions v ON v.rendition = n.id
            WHERE n.report = :report GROUP BY n.id HAVING count(*) > 1 LIMIT 1
            """,
            {"report": report},
        ).fetchone()
        is not None,
    }
    return tuple(flag for flag in FLAGS if has[flag])
