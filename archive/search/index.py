"""The index as it is written: each report's entry put in, taken out, all of them made anew for another release."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sqlite_utils import Database

from archive.readings import have_same_text
from archive.search.entries import PLACES_A_DAY, Entry, make_entry, place_for, tokens_given
from archive.store import Archive

WORDS = "3"
"""Release of the tokens: an index that another one made is made anew before anything is put in or taken out."""

_SLICE = 1000


def index_report(archive: Archive, report: int, readings: tuple[int, ...]) -> None:
    """Brings what is found of a report up to date with the readings that are current; inside the caller's transaction.

    ``readings``: of each rendition, the one that stands for the report first; none takes it out. An index of another
    release is left alone: it is made anew with all reports.
    """
    db = archive.db
    if not _is_of_this_release(db):
        return
    kept = _kept_entry(db, report)
    entry = make_entry(archive, report, readings) if readings else None
    if kept is not None:
        place, old = kept
        if old == entry:
            return
        if entry is not None and replace(entry, readings=old.readings) == old and _say_the_same(archive, old, entry):
            db.execute(
                "UPDATE searched SET readings = :readings WHERE place = :place",
                {"readings": json.dumps(entry.readings), "place": place},
            )
            return
        _take_out(archive, place, old)
        if entry is not None and entry.published == old.published:
            _put_in(archive, place, entry)
            return
    if entry is not None:
        _put_in(archive, _free_place(db, place_for(entry.published)), entry)


def renew_index(archive: Archive) -> None:
    """Indexes every report where the index is not of this release; begun and broken off, it goes on.

    Reports are taken in the order of their places, which is how FTS5 writes fastest; its pieces are made one at the
    end, a tenth smaller.
    """
    db = archive.db
    words, filling = db.execute("SELECT words, filling FROM searched_words").fetchone()
    if words == WORDS:
        return
    if filling != WORDS:
        with archive.writing():
            db.execute("INSERT INTO search_index (search_index) VALUES ('delete-all')")
            db.execute("DELETE FROM searched")
            db.execute("DELETE FROM searched_counts")
            db.execute("UPDATE searched_words SET words = '', filling = :words", {"words": WORDS})
    waiting = db.execute(
        """
        SELECT p.id FROM reports p JOIN readings r ON r.id = p.reading
        WHERE p.id NOT IN (SELECT report FROM searched) ORDER BY r.published, p.id
        """
    ).fetchall()
    for start in range(0, len(waiting), _SLICE):
        with archive.writing():
            for (report,) in waiting[start : start + _SLICE]:
                index_report(archive, report, current_readings(db, report))
    with archive.writing():
        db.execute("INSERT INTO search_index (search_index) VALUES ('optimize')")
        db.execute("UPDATE searched_words SET words = :words, filling = ''", {"words": WORDS})


def is_indexed(db: Database) -> bool:
    """Whether every report that is read can be found; an archive without any counts as that."""
    if db.execute("SELECT words FROM searched_words").fetchone() == (WORDS,):
        return True
    return db.execute("SELECT 1 FROM reports WHERE reading IS NOT NULL LIMIT 1").fetchone() is None


def current_readings(db: Database, report: int) -> tuple[int, ...]:
    """The current readings of the latest versions of a report's renditions, the one that stands for it first."""
    rows = db.execute(
        """
        SELECT r.id FROM renditions n
        JOIN versions v ON v.rendition = n.id
        JOIN readings r ON r.version = v.id AND r.current = 1
        JOIN reports p ON p.id = n.report
        WHERE n.report = :report AND v.id = (
            SELECT w.id FROM versions w WHERE w.rendition = n.id
            ORDER BY w.last_captured DESC, w.first_captured DESC, w.number DESC LIMIT 1
        )
        ORDER BY r.id <> p.reading, r.id
        """,
        {"report": report},
    ).fetchall()
    return tuple(reading for (reading,) in rows)


def _say_the_same(archive: Archive, old: Entry, new: Entry) -> bool:
    """Whether the texts are the same one by one, as when documents were read again and say what they said before."""
    return len(old.readings) == len(new.readings) and all(
        have_same_text(archive, before, after) for before, after in zip(old.readings, new.readings, strict=True)
    )


def _is_of_this_release(db: Database) -> bool:
    return WORDS in db.execute("SELECT words, filling FROM searched_words").fetchone()


def _free_place(db: Database, base: int) -> int:
    """The first place after all that are taken of a day, or of the days after it."""
    (last,) = db.execute(
        "SELECT max(place) FROM searched WHERE place > :base AND place <= :base + :day",
        {"base": base, "day": PLACES_A_DAY},
    ).fetchone()
    if last == base + PLACES_A_DAY:
        return _free_place(db, last)
    return (base if last is None else int(last)) + 1


def _kept_entry(db: Database, report: int) -> tuple[int, Entry] | None:
    row = db.execute(
        """
        SELECT place, report, published, readings, titles, names, year, region, level, kind, form, flags
        FROM searched WHERE report = :report
        """,
        {"report": report},
    ).fetchone()
    return None if row is None else (row[0], _entry_of(row[1:]))


def _entry_of(row: tuple[Any, ...]) -> Entry:
    report, published, readings, titles, names, year, region, level, kind, form, flags = row
    return Entry(
        report, published, tuple(json.loads(readings)), _lines(titles), _lines(names), year, region, level, kind, form,
        tuple(flags.split()),
    )  # fmt: skip


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n")) if text else ()


def _put_in(archive: Archive, place: int, entry: Entry) -> None:
    db = archive.db
    db.execute(
        "INSERT INTO search_index (rowid, tokens) VALUES (:place, :tokens)",
        {"place": place, "tokens": tokens_given(archive, entry)},
    )
    db.execute(
        """
        INSERT INTO searched (
            place, report, published, readings, titles, names, year, region, level, kind, form, flags
        )
        VALUES (:place, :report, :published, :readings, :titles, :names, :year, :region, :level, :kind, :form, :flags)
        """,
        {
            "place": place,
            "report": entry.report,
            "published": entry.published,
            "readings": json.dumps(entry.readings),
            "titles": "\n".join(entry.titles),
            "names": "\n".join(entry.names),
            "year": entry.year,
            "region": entry.region,
            "level": entry.level,
            "kind": entry.kind,
            "form": entry.form,
            "flags": " ".join(entry.flags),
        },
    )
    _count(db, entry, 1)


def _take_out(archive: Archive, place: int, entry: Entry) -> None:
    """Takes an entry out of the index; a contentless index must be told what it was given."""
    db = archive.db
    db.execute(
        "INSERT INTO search_index (search_index, rowid, tokens) VALUES ('delete', :place, :tokens)",
        {"place": place, "tokens": tokens_given(archive, entry)},
    )
    db.execute("DELETE FROM searched WHERE place = :place", {"place": place})
    _count(db, entry, -1)


def _count(db: Database, entry: Entry, by: int) -> None:
    db.conn.executemany(
        """
        INSERT INTO searched_counts (facet, value, reports) VALUES (?, ?, ?)
        ON CONFLICT (facet, value) DO UPDATE SET reports = reports + excluded.reports
        """,
        [(facet, value, by) for facet, value in entry.facets()],
    )
    if by < 0:
        db.execute("DELETE FROM searched_counts WHERE reports = 0")
