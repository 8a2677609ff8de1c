"""Kept bytes → new readings: what could not be read before, and what an earlier release of the parsers read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace

from archive.bodies.organisations import find_or_add_report
from archive.ingest import (
    READ,
    UNIDENTIFIED,
    is_placeable,
    job_of,
    read_pending,
    record_unread,
    settle_reading,
)
from archive.progress import with_bar
from archive.readings import get_report
from archive.reparsing.stale import PASSING, Stale, Where, list_stale
from archive.reports import drop_report_of_nothing, refresh_report
from archive.search.index import renew_index
from archive.store import Archive
from archive.together import together
from archive.workers import Answer, Job, Opened, open_workers, read_in_order
from parsers.report import RELEASE, Report


@dataclass(frozen=True, slots=True)
class Reparsed:
    """``tried`` versions were read again, ``read`` of them now have a reading of this release; ``codes`` of the rest.

    ``documents`` counts captures of no report so far that were read again, ``found`` the reports among them.
    """

    tried: int
    read: int
    codes: dict[str, int]
    documents: int
    found: int


def reparse(
    archive: Archive,
    where: Where = Where(),  # noqa: B008 - Where is frozen
    opened: Opened | None = None,
) -> Reparsed:
    """Reads again what is unread, and what was read by another release or converter; makes readings and no version.

    Captures that belong to no report so far (not recognised then, or never read) are read as if new, unless ``where``
    asks for less than all. ``opened``: who reads, by default two processes here.
    """
    renew_index(archive)
    stale = list_stale(archive, where)
    by_version = {one.version: one for one in stale}
    codes: Counter[str] = Counter()

    def jobs() -> Iterator[Job]:
        for one in stale:
            job = job_of(archive, one.look)
            if isinstance(job, Job):
                yield replace(job, number=one.version)
            else:
                codes[job.code] += 1

    with open_workers() if opened is None else opened() as workers:
        answers = with_bar(read_in_order(workers, jobs()), "reading", "versions", len(stale))
        with closing(together(archive, answers)) as taken:
            for job, answer in taken:
                code = _settle(archive, by_version[job.number], answer)
                codes.update([code] if code != READ else [])
    documents, found = _read_others(archive, opened) if where.is_all else (0, 0)
    return Reparsed(len(stale), len(stale) - codes.total(), dict(codes), documents, found)


def accept_reading(archive: Archive, version: int, reading: int) -> None:
    """Makes a kept reading of a version the current one; inside the caller's transaction."""
    db = archive.db
    report = get_report(archive, reading)
    (held,) = db.execute(
        "SELECT n.report FROM versions v JOIN renditions n ON n.id = v.rendition WHERE v.id = ?", (version,)
    ).fetchone()
    (parser,) = db.execute("SELECT parser FROM readings WHERE id = ?", (reading,)).fetchone()

    def settle() -> None:
        db.execute("UPDATE readings SET current = 0 WHERE version = ? AND current = 1", (version,))
        db.execute("UPDATE readings SET current = 1 WHERE id = ?", (reading,))
        db.execute(
            "UPDATE versions SET content_digest = ?, converter = ?, parser = ? WHERE id = ?",
            (report.content_digest, report.converter, parser, version),
        )
        db.execute("DELETE FROM unread WHERE version = ?", (version,))

    _place(archive, version, held, report, parser, settle)


def _settle(archive: Archive, stale: Stale, answer: Answer) -> str:
    """One version's answer → its new reading, or why there is none; the code of what became of it."""
    if not isinstance(answer, tuple):
        if stale.reading is None:
            record_unread(archive, stale.version, answer.code, answer.says)
        return answer.code
    report = own_report(archive, stale.report, answer)
    if report is None:
        return UNIDENTIFIED
    _place(
        archive, stale.version, stale.report, report, RELEASE, lambda: settle_reading(archive, stale.version, report)
    )
    return READ


def _place(archive: Archive, version: int, held: int, report: Report, parser: str, settle: Callable[[], None]) -> None:
    """A version, the report it is held for, and what was read in it → it stands where its document says it belongs."""
    assert report.report_year is not None  # own_report takes no other
    identity = find_or_add_report(archive.db, report.body, report.organisation, report.report_year)
    _move_version(archive, version, held, identity, report.format)
    settle()
    archive.db.execute(
        """
        UPDATE documents SET code = :code, says = '', parser = :parser
        WHERE capture IN (SELECT capture FROM sightings WHERE version = :version)
        """,
        {"code": READ, "parser": parser, "version": version},
    )
    refresh_report(archive, identity)
    if identity != held:
        drop_report_of_nothing(archive, held)


def own_report(archive: Archive, identity: int, reports: tuple[Report, ...]) -> Report | None:
    """Of the reports in a file the one that the version is of; a file of one report says itself whose it is."""
    placeable = [report for report in reports if is_placeable(report)]
    if len(placeable) == 1:
        return placeable[0]
    name, year = archive.db.execute(
        """
        SELECT o.name, p.report_year FROM reports p JOIN organisations o ON o.id = p.organisation
        WHERE p.id = :report
        """,
        {"report": identity},
    ).fetchone()
    return next((one for one in placeable if (one.body.name, one.report_year) == (name, year)), None)


def _move_version(archive: Archive, version: int, held: int, report: int, format_: str) -> None:
    """Puts a version where its document says it belongs: until it was read, link and title had to say it."""
    db = archive.db
    rendition, resource, old_format = db.execute(
        """
        SELECT n.id, n.resource, n.format FROM versions v JOIN renditions n ON n.id = v.rendition
        WHERE v.id = :version
        """,
        {"version": version},
    ).fetchone()
    if (report, format_) == (held, old_format):
        return
    row = db.execute(
        """
        SELECT id FROM renditions WHERE report = :report AND format = :format AND resource = :resource
        ORDER BY ordinal LIMIT 1
        """,
        {"report": report, "format": format_, "resource": resource},
    ).fetchone()
    if row is None:
        row = db.execute(
            """
            INSERT INTO renditions (report, format, ordinal, resource)
            SELECT :report, :format, coalesce(max(ordinal), 0) + 1, :resource
            FROM renditions WHERE report = :report AND format = :format
            RETURNING id
            """,
            {"report": report, "format": format_, "resource": resource},
        ).fetchone()
    db.execute(
        """
        UPDATE versions SET
            number = (SELECT coalesce(max(number), 0) + 1 FROM versions WHERE rendition = :rendition),
            rendition = :rendition
        WHERE id = :version
        """,
        {"rendition": row[0], "version": version},
    )
    db.execute(
        "DELETE FROM renditions WHERE id = :id AND NOT EXISTS (SELECT 1 FROM versions WHERE rendition = :id)",
        {"id": rendition},
    )


def forget_others(archive: Archive) -> None:
    """Captures of no version that another release could understand, or the same one later: as if not read yet."""
    marks = ", ".join("?" for _ in PASSING)
    archive.db.execute(
        f"""
        DELETE FROM documents
        WHERE (code IN ({marks}) OR parser <> ?)
            AND NOT EXISTS (SELECT 1 FROM sightings g WHERE g.capture = documents.capture)
        """,
        (*PASSING, RELEASE),
    )


def _read_others(archive: Archive, opened: Opened | None) -> tuple[int, int]:
    """Captures of no version: (how many were read again, how many of them turned out to be reports)."""
    with archive.writing():
        forget_others(archive)
    before = archive.db.execute("SELECT count(*) FROM documents").fetchone()[0]
    reports = archive.db.execute("SELECT count(*) FROM documents WHERE code = 'report'").fetchone()[0]
    read_pending(archive, opened=opened)
    after = archive.db.execute("SELECT count(*) FROM documents").fetchone()[0]
    found = archive.db.execute("SELECT count(*) FROM documents WHERE code = 'report'").fetchone()[0]
    return after - before, found - reports
