"""Kept bytes → new readings: what could not be read before, and what an earlier release of the parsers read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from archive.errors import Damaged
from archive.ingest import (
    READ,
    is_placeable,
    job_of,
    look_at,
    read_pending,
    record_unread,
    settle_reading,
)
from archive.organisations import find_or_add_report
from archive.progress import with_bar
from archive.renditions import Look
from archive.reports import drop_report_of_nothing, refresh_report, renew_index
from archive.store import Archive
from archive.workers import Answer, Job, open_workers, read_in_order
from parsers.errors import Crashed, NeedsLibreOffice, NeedsOcr, OutOfMemory, TimedOut
from parsers.report import RELEASE, Report

# Errors that may be gone next time with the same parsers: a program was installed, the machine was busy.
_PASSING = (NeedsLibreOffice.code, NeedsOcr.code, TimedOut.code, OutOfMemory.code, Crashed.code, Damaged.code)


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


@dataclass(frozen=True, slots=True)
class _Stale:
    version: int
    report: int
    look: Look


def reparse(archive: Archive) -> Reparsed:
    """Reads again what is unread, and what was read by another release; makes readings and never a version.

    An error that only another release could overcome is not tried twice with the same one. Captures that belong
    to no report so far (not recognised then, or never read) are read as if new.
    """
    renew_index(archive)
    stale = _list_stale(archive)
    by_version = {one.version: one for one in stale}
    codes: Counter[str] = Counter()

    def jobs() -> Iterator[Job]:
        for one in stale:
            job = job_of(archive, one.look)
            if isinstance(job, Job):
                yield replace(job, number=one.version)
            else:
                codes[job.code] += 1

    with open_workers() as workers:
        answers = with_bar(read_in_order(workers, jobs()), "reading", "versions", len(stale))
        for job, answer in answers:
            with archive.writing():
                code = _settle(archive, by_version[job.number], answer)
            codes.update([code] if code != READ else [])
    documents, found = _read_others(archive)
    return Reparsed(len(stale), len(stale) - codes.total(), dict(codes), documents, found)


def _list_stale(archive: Archive) -> list[_Stale]:
    marks = ", ".join("?" for _ in _PASSING)
    rows = archive.db.execute(
        f"""
        SELECT v.id, n.report, v.first_capture, v.payload_digest
        FROM versions v
        JOIN renditions n ON n.id = v.rendition
        LEFT JOIN readings r ON r.version = v.id AND r.current = 1
        LEFT JOIN unread u ON u.version = v.id
        WHERE (r.id IS NULL AND (u.code IN ({marks}) OR u.parser <> ?)) OR r.parser <> ?
        ORDER BY v.id
        """,
        (*_PASSING, RELEASE, RELEASE),
    ).fetchall()
    return [
        _Stale(version, report, replace(look_at(archive, capture), payload=payload))
        for version, report, capture, payload in rows
    ]


def _settle(archive: Archive, stale: _Stale, answer: Answer) -> str:
    """One version's answer → its new reading, or why there is none; the code of what became of it."""
    if not isinstance(answer, tuple):
        if not _has_reading(archive, stale.version):
            record_unread(archive, stale.version, answer.code, answer.says)
        return answer.code
    report = _own_report(archive, stale.report, answer)
    if report is None or report.report_year is None:
        return "unidentified"
    identity = find_or_add_report(archive.db, report.body, report.organisation, report.report_year)
    _move_version(archive, stale, identity, report.format)
    settle_reading(archive, stale.version, report)
    archive.db.execute(
        """
        UPDATE documents SET code = :code, says = '', parser = :parser
        WHERE capture IN (SELECT capture FROM sightings WHERE version = :version)
        """,
        {"code": READ, "parser": RELEASE, "version": stale.version},
    )
    refresh_report(archive, identity)
    if identity != stale.report:
        drop_report_of_nothing(archive, stale.report)
    return READ


def _has_reading(archive: Archive, version: int) -> bool:
    row = archive.db.execute("SELECT 1 FROM readings WHERE version = :version", {"version": version}).fetchone()
    return row is not None


def _own_report(archive: Archive, identity: int, reports: tuple[Report, ...]) -> Report | None:
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


def _move_version(archive: Archive, stale: _Stale, report: int, format_: str) -> None:
    """Puts a version where its document says it belongs: until it was read, link and title had to say it."""
    db = archive.db
    rendition, resource, old_format = db.execute(
        """
        SELECT n.id, n.resource, n.format FROM versions v JOIN renditions n ON n.id = v.rendition
        WHERE v.id = :version
        """,
        {"version": stale.version},
    ).fetchone()
    if (report, format_) == (stale.report, old_format):
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
        {"rendition": row[0], "version": stale.version},
    )
    db.execute(
        "DELETE FROM renditions WHERE id = :id AND NOT EXISTS (SELECT 1 FROM versions WHERE rendition = :id)",
        {"id": rendition},
    )


def _read_others(archive: Archive) -> tuple[int, int]:
    """Captures of no version: (how many were read again, how many of them turned out to be reports)."""
    marks = ", ".join("?" for _ in _PASSING)
    with archive.writing() as db:
        db.execute(
            f"""
            DELETE FROM documents
            WHERE (code IN ({marks}) OR parser <> ?)
                AND NOT EXISTS (SELECT 1 FROM sightings g WHERE g.capture = documents.capture)
            """,
            (*_PASSING, RELEASE),
        )
    before = archive.db.execute("SELECT count(*) FROM documents").fetchone()[0]
    reports = archive.db.execute("SELECT count(*) FROM documents WHERE code = 'report'").fetchone()[0]
    read_pending(archive)
    after = archive.db.execute("SELECT count(*) FROM documents").fetchone()[0]
    found = archive.db.execute("SELECT count(*) FROM documents WHERE code = 'report'").fetchone()[0]
    return after - before, found - reports
