"""The one sequence: capture → payload → document → report → version → reading.

This is the one place where a DocumentError becomes an outcome: kept, counted, named. Every look is taken wholly or not
at all, in the order of capture, and committed with those that follow it within a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

from archive.bodies.organisations import find_or_add_report, promised_report
from archive.clock import read_clock, stamp
from archive.errors import Damaged, Withdrawn
from archive.frontier import InRun
from archive.hints import hints_of
from archive.payloads import erase_withdrawn, get_payload, note_withdrawn
from archive.progress import with_bar
from archive.readings import put_reading
from archive.renditions import (
    KeptVersion,
    Look,
    Waits,
    add_sighting,
    format_of,
    place_rendition,
    place_version,
)
from archive.reports import refresh_report
from archive.search.index import renew_index
from archive.store import Archive
from archive.together import together
from archive.workers import Answer, Job, Opened, Workers, open_workers, read_in_order
from parsers.errors import DocumentError, NotAReport
from parsers.report import RELEASE, Report

READ = "report"
UNIDENTIFIED = "unidentified"
"""Codes of ``documents`` beside the parsers' own: read, and placed; read, and it names no body or no year."""

_BATCH = 500  # looks in memory at once


def read_pending(archive: Archive, run: InRun | None = None, opened: Opened | None = None) -> None:
    """Understands every kept article, attachment and import that no one has read yet, in capture order.

    With ``run`` only the captures of that run. A look whose meaning depends on a URL that its run has still to
    visit is left for the next call. ``opened``: who reads, by default two processes here. Raises NoRoom; a document
    that cannot be read raises nothing.
    """
    renew_index(archive)
    total = _count_pending(archive, None if run is None else run.id)
    with open_workers() if opened is None else opened() as workers:
        read = _read_batches(archive, workers, None if run is None else run.id)
        with closing(together(archive, with_bar(read, "reading", "documents", total))) as taken:
            for look, answer in taken:
                try:
                    with archive.writing():
                        _take(archive, workers, look, answer)
                except Waits:
                    continue
    erase_withdrawn(archive)


def _read_batches(
    archive: Archive, workers: Workers, run: int | None
) -> Iterator[tuple[Look, Answer | Damaged | None]]:
    """All that is pending with its answers, in capture order; of a long crawl not all at once in memory."""
    after = 0
    while looks := list_pending(archive, run, after, _BATCH):
        yield from _answers(archive, workers, looks)
        after = looks[-1].capture


_PENDING = """
    FROM captures c
    LEFT JOIN captures o ON o.id = c.revisit_of
    LEFT JOIN documents d ON d.capture = c.id
    WHERE c.kind IN ('article', 'attachment', 'import')
        AND c.outcome IN ('fetched', 'not_modified')
        AND (c.outcome = 'not_modified' OR c.status = 200 OR c.kind = 'import')
        AND coalesce(c.payload, o.payload) IS NOT NULL
        AND d.capture IS NULL
        AND (:run IS NULL OR c.run = :run)
        AND c.id > :after
"""


def _count_pending(archive: Archive, run: int | None) -> int:
    count: int = archive.db.execute(f"SELECT count(*) {_PENDING}", {"run": run, "after": 0}).fetchone()[0]
    return count


def list_pending(archive: Archive, run: int | None, after: int = 0, limit: int = -1) -> list[Look]:
    """Looks that showed a document and of which nothing is said yet, in capture order; of those behind the capture
    ``after`` the first ``limit``, -1: all."""
    rows = archive.db.execute(
        f"""
        SELECT
            c.id, c.run, c.resource, c.url, c.captured_at, coalesce(c.payload, o.payload), c.kind, c.link_text,
            coalesce(nullif(c.title, ''), o.title, ''), coalesce(nullif(c.published, ''), o.published, ''),
            c.via, c.site, c.revisit_of, c.third_party
        {_PENDING}
        ORDER BY c.id LIMIT :limit
        """,
        {"run": run, "after": after, "limit": limit},
    ).fetchall()
    return [Look(*row) for row in rows]


def job_of(archive: Archive, look: Look) -> Job | Damaged:
    """A look → what a worker needs to read it, or why its bytes cannot be had."""
    try:
        return Job(look.capture, get_payload(archive, look.payload), hints_of(archive, look))
    except Damaged as error:
        return error


def look_at(archive: Archive, capture: int) -> Look:
    """A capture's id → the look."""
    row = archive.db.execute(
        """
        SELECT
            c.id, c.run, c.resource, c.url, c.captured_at, coalesce(c.payload, o.payload), c.kind, c.link_text,
            coalesce(nullif(c.title, ''), o.title, ''), coalesce(nullif(c.published, ''), o.published, ''),
            c.via, c.site, c.revisit_of, c.third_party
        FROM captures c LEFT JOIN captures o ON o.id = c.revisit_of
        WHERE c.id = :capture
        """,
        {"capture": capture},
    ).fetchone()
    return Look(*row)


def record_document(archive: Archive, capture: int, code: str, says: str) -> None:
    """Says what became of a capture: READ, UNIDENTIFIED, or the code of an error."""
    archive.db.execute(
        """
        INSERT INTO documents (capture, code, says, parser) VALUES (:capture, :code, :says, :parser)
        ON CONFLICT (capture) DO UPDATE SET code = excluded.code, says = excluded.says, parser = excluded.parser
        """,
        {"capture": capture, "code": code, "says": says, "parser": RELEASE},
    )


def settle_reading(archive: Archive, version: int, report: Report) -> None:
    """Gives a version a reading of the present release, which ends its being unread."""
    archive.db.execute(
        """
        UPDATE versions SET content_digest = :content_digest, converter = :converter, parser = :parser
        WHERE id = :version
        """,
        {
            "content_digest": report.content_digest,
            "converter": report.converter,
            "parser": RELEASE,
            "version": version,
        },
    )
    put_reading(archive, version, report, RELEASE, stamp(read_clock()))
    archive.db.execute("DELETE FROM unread WHERE version = :version", {"version": version})


def record_unread(archive: Archive, version: int, code: str, says: str) -> None:
    """Says why a version has no reading."""
    archive.db.execute(
        """
        INSERT INTO unread (version, code, says, parser, tried_at)
        VALUES (:version, :code, :says, :parser, :tried_at)
        ON CONFLICT (version) DO UPDATE SET
            code = excluded.code, says = excluded.says, parser = excluded.parser, tried_at = excluded.tried_at
        """,
        {"version": version, "code": code, "says": says, "parser": RELEASE, "tried_at": stamp(read_clock())},
    )


def is_placeable(report: Report) -> bool:
    """Whether a report says whose it is and of which year."""
    return bool(report.body.name) and report.report_year is not None


def _answers(archive: Archive, workers: Workers, looks: list[Look]) -> Iterator[tuple[Look, Answer | Damaged | None]]:
    """Each look with its answer, in order; None for a revisit, which as a rule is not read again."""
    damaged: dict[int, Damaged] = {}

    def jobs() -> Iterator[Job]:
        for look in looks:
            if look.revisit_of is None:
                job = job_of(archive, look)
                if isinstance(job, Job):
                    yield job
                else:
                    damaged[look.capture] = job

    answers = read_in_order(workers, jobs())
    ahead: tuple[Job, Answer] | None = None
    for look in looks:
        if look.revisit_of is not None:
            yield look, None
            continue
        ahead = ahead if ahead is not None else next(answers, None)
        if ahead is not None and ahead[0].number == look.capture:
            yield look, ahead[1]
            ahead = None
        else:
            yield look, damaged[look.capture]


def _take(archive: Archive, workers: Workers, look: Look, answer: Answer | Damaged | None) -> None:
    if answer is None and _take_revisit(archive, look):
        return
    if answer is None:
        job = job_of(archive, look)
        answer = workers.submit(job).result() if isinstance(job, Job) else job
    if isinstance(answer, tuple):
        _take_reports(archive, workers, look, answer)
    else:
        _take_error(archive, look, answer)


def _take_revisit(archive: Archive, look: Look) -> bool:
    """The same bytes at the same URL: what they were, they are, if the renditions still stand at this URL."""
    db = archive.db
    row = db.execute(
        "SELECT code, says FROM documents WHERE capture = :capture", {"capture": look.revisit_of}
    ).fetchone()
    seen = db.execute(
        """
        SELECT g.version, n.resource, n.report
        FROM sightings g JOIN versions v ON v.id = g.version JOIN renditions n ON n.id = v.rendition
        WHERE g.capture = :capture
        """,
        {"capture": look.revisit_of},
    ).fetchall()
    if row is None or any(resource != look.resource for _, resource, _ in seen):
        return False
    for version, _, report in seen:
        add_sighting(db, look, version)
        refresh_report(archive, report)
    record_document(archive, look.capture, row[0], row[1])
    return True


def _take_reports(archive: Archive, workers: Workers, look: Look, reports: tuple[Report, ...]) -> None:
    taken: set[int] = set()
    homeless = 0
    for report in reports:
        if not is_placeable(report) or report.report_year is None:
            homeless += 1
            continue
        identity = find_or_add_report(archive.db, report.body, report.organisation, report.report_year)
        rendition = place_rendition(archive, identity, report.format, look, taken)
        taken.add(rendition)

        def reread(version: KeptVersion, report: Report = report) -> Report | None:
            return _read_again(archive, workers, version, report)

        version, is_new = place_version(archive, rendition, look, report, reread)
        why = _why_withdrawn(archive, version)
        if why is not None:  # what was withdrawn, in other bytes: another counter on the same page
            note_withdrawn(archive, look.payload, why)
        elif is_new or _is_unread(archive, version):
            settle_reading(archive, version, report)
        refresh_report(archive, identity)
    says = f"{homeless} of {len(reports)} reports name no body or no year" if homeless else ""
    record_document(archive, look.capture, READ if taken else UNIDENTIFIED, says)


def _take_error(archive: Archive, look: Look, error: DocumentError | Damaged) -> None:
    record_document(archive, look.capture, error.code, error.says)
    if isinstance(error, Withdrawn):
        _sight_withdrawn(archive, look)
    if isinstance(error, NotAReport | Damaged):
        return
    report = _promised(archive, look)
    if report is None:
        return
    format_ = format_of(get_payload(archive, look.payload))
    rendition = place_rendition(archive, report, format_, look, set())
    version, _ = place_version(archive, rendition, look, None, lambda _: None)
    if _is_unread(archive, version):
        record_unread(archive, version, error.code, error.says)
    refresh_report(archive, report)


def _sight_withdrawn(archive: Archive, look: Look) -> None:
    """Bytes that nobody may read any more are, at the URL where they stood, the version that they were."""
    rows = archive.db.execute(
        """
        SELECT v.id, n.report FROM versions v JOIN renditions n ON n.id = v.rendition
        WHERE v.payload_digest = :payload AND n.resource = :resource
        """,
        {"payload": look.payload, "resource": look.resource},
    ).fetchall()
    for version, report in rows:
        add_sighting(archive.db, look, version)
        refresh_report(archive, report)


def _why_withdrawn(archive: Archive, version: int) -> str | None:
    row = archive.db.execute(
        """
        SELECT w.why FROM unread u
        JOIN versions v ON v.id = u.version
        JOIN withdrawals w ON w.payload_digest = v.payload_digest
        WHERE u.version = :version AND u.code = :code
        """,
        {"version": version, "code": Withdrawn.code},
    ).fetchone()
    return None if row is None else str(row[0])


def _promised(archive: Archive, look: Look) -> int | None:
    """The report that an unreadable file must be: the one this URL held before, else what link and title promise."""
    promised = promised_report(hints_of(archive, look))
    held = archive.db.execute(
        """
        SELECT p.id FROM renditions n
        JOIN reports p ON p.id = n.report
        JOIN versions v ON v.rendition = n.id
        WHERE n.resource = :resource AND (:year IS NULL OR p.report_year = :year)
        ORDER BY v.first_captured > :at, v.last_captured DESC, n.id DESC LIMIT 1
        """,
        {"resource": look.resource, "year": None if promised is None else promised[2], "at": look.captured_at},
    ).fetchone()
    if held is not None:
        return int(held[0])
    return None if promised is None else find_or_add_report(archive.db, *promised)


def _is_unread(archive: Archive, version: int) -> bool:
    row = archive.db.execute("SELECT 1 FROM readings WHERE version = :version", {"version": version}).fetchone()
    return row is None


def _read_again(archive: Archive, workers: Workers, version: KeptVersion, report: Report) -> Report | None:
    """A kept version → what the present release and converter read in its payload of the same report."""
    capture = archive.db.execute(
        "SELECT first_capture FROM versions WHERE id = :version", {"version": version.id}
    ).fetchone()[0]
    job = job_of(archive, replace(look_at(archive, capture), payload=version.payload))
    answer = workers.submit(job).result() if isinstance(job, Job) else job
    if not isinstance(answer, tuple):
        return None
    same = [one for one in answer if (one.body, one.report_year) == (report.body, report.report_year)]
    return same[0] if same else None
