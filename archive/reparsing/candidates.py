"""Readings that may become current: made by a new release, compared with what stands, then accepted or replaced.

A candidate is a reading that is not current and younger than the one that is: nothing shows it, and the change
sequence does not name it, until it is accepted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from archive.clock import read_clock, stamp
from archive.ingest import UNIDENTIFIED, is_placeable, job_of, list_pending
from archive.progress import with_bar
from archive.readings import get_report, put_reading
from archive.reparsing.reparse import accept_reading, forget_others, own_report
from archive.reparsing.stale import Stale, Where, list_stale
from archive.search.index import renew_index
from archive.store import Archive
from archive.versions import CellChange, changed_cells
from archive.workers import Answer, Job, Opened, open_workers, read_in_order
from parsers.report import RELEASE, Report, State, Status


@dataclass(frozen=True, slots=True)
class WouldChange:
    """What accepting a candidate would change of one version.

    ``was``: "" where it is read now, else why it is not. ``cells``: those that differ, before → after; ``lost``: of
    these the ones that are figures now and would be none. ``problems``: codes that are new, each as often as it is
    new. ``broken``: checks that do not hold, before and after. ``moves_to``: (body, report year) of the report that it
    says it is of now, None where that stays. ``words``: whether the text that the parsers read differs.
    """

    version: int
    report: int
    organisation: str
    report_year: int
    was: str
    cells: tuple[CellChange, ...]
    lost: tuple[str, ...]
    problems: tuple[str, ...]
    broken: tuple[int, int]
    moves_to: tuple[str, int] | None
    words: bool


@dataclass(slots=True)
class Compared:
    """``tried`` versions were read again; ``same`` would not change; ``codes``: why others could not be read, and stay
    as they are. ``by_key``: how many versions change in each cell. ``documents``: captures of no report so far that
    were read again, ``found`` those that would become one.
    """

    tried: int = 0
    same: int = 0
    changed: list[WouldChange] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)
    by_key: Counter[str] = field(default_factory=Counter)
    documents: int = 0
    found: int = 0


def compare_candidates(archive: Archive, where: Where, opened: Opened | None = None) -> Compared:
    """Reads again what is out of date, keeps each reading as a candidate in place of an older one, and says what
    accepting them would change. Nothing that is shown changes. ``opened``: who reads, by default two processes here.
    Raises NoRoom.
    """
    renew_index(archive)
    stale = {one.version: one for one in list_stale(archive, where)}
    compared = Compared(tried=len(stale))
    with open_workers() if opened is None else opened() as workers:
        jobs = _jobs(archive, stale.values(), compared.codes)
        for job, answer in with_bar(read_in_order(workers, jobs), "reading", "versions", len(stale)):
            one = stale[job.number]
            with archive.writing():
                drop_candidates(archive, one.version)
                report = _understood(archive, one, answer, compared.codes)
                if report is None:
                    continue
                put_reading(archive, one.version, report, RELEASE, stamp(read_clock()), current=False)
            change = _compare(archive, one, report)
            if change is None:
                compared.same += 1
            else:
                compared.changed.append(change)
                compared.by_key.update(cell.key for cell in change.cells)
        if where.is_all:
            _read_others(archive, compared, opened)
    return compared


def accept_candidates(archive: Archive, where: Where) -> list[int]:
    """Makes candidates current; the versions whose reading changed, by id. Raises NoRoom."""
    renew_index(archive)
    conditions, values = where.sql()
    rows = archive.db.execute(
        f"""
        SELECT v.id, max(k.id)
        FROM readings k
        JOIN versions v ON v.id = k.version
        JOIN renditions n ON n.id = v.rendition
        JOIN reports p ON p.id = n.report
        JOIN organisations o ON o.id = p.organisation
        LEFT JOIN readings r ON r.version = v.id AND r.current = 1
        LEFT JOIN unread u ON u.version = v.id
        WHERE k.current = 0 AND k.id > coalesce(r.id, 0) AND k.parser = :release AND {conditions}
        GROUP BY v.id ORDER BY v.id
        """,
        {"release": RELEASE, **values},
    ).fetchall()
    for version, reading in with_bar(rows, "accepting", "readings", len(rows)):
        with archive.writing():
            accept_reading(archive, version, reading)
    return [version for version, _ in rows]


def drop_candidates(archive: Archive, version: int) -> None:
    """Takes back what was read of a version and never accepted; inside the caller's transaction."""
    db = archive.db
    rows = db.execute(
        """
        SELECT k.id FROM readings k
        WHERE k.version = :version AND k.current = 0
            AND k.id > coalesce((SELECT r.id FROM readings r WHERE r.version = :version AND r.current = 1), 0)
            AND NOT EXISTS (SELECT 1 FROM changes c WHERE c.reading = k.id)
        """,
        {"version": version},
    ).fetchall()
    tables = db.execute(
        """
        SELECT m.name FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) k
        WHERE m.type = 'table' AND k."table" = 'readings' AND k."from" = 'reading' AND m.name <> 'reports'
        """
    ).fetchall()
    for (table,) in tables if rows else ():
        db.conn.executemany(f"DELETE FROM {table} WHERE reading = ?", rows)
    db.conn.executemany("DELETE FROM readings WHERE id = ?", rows)


def _jobs(archive: Archive, stale: Iterable[Stale], codes: Counter[str]) -> Iterator[Job]:
    for one in stale:
        job = job_of(archive, one.look)
        if isinstance(job, Job):
            yield replace(job, number=one.version)
        else:
            codes[job.code] += 1


def _understood(archive: Archive, one: Stale, answer: Answer, codes: Counter[str]) -> Report | None:
    if not isinstance(answer, tuple):
        codes[answer.code] += 1
        return None
    report = own_report(archive, one.report, answer)
    if report is None:
        codes[UNIDENTIFIED] += 1
    return report


def _compare(archive: Archive, one: Stale, after: Report) -> WouldChange | None:
    name, region_code, year = archive.db.execute(
        """
        SELECT o.name, o.region_code, p.report_year FROM reports p JOIN organisations o ON o.id = p.organisation
        WHERE p.id = ?
        """,
        (one.report,),
    ).fetchone()
    before = None if one.reading is None else get_report(archive, one.reading)
    cells = tuple(changed_cells(() if before is None else before.values, after.values))
    figures = {value.key for value in (before.values if before else ()) if value.status is Status.NUMBER}
    still = {value.key for value in after.values if value.status is Status.NUMBER}
    problems = Counter(problem.code for problem in after.problems)
    problems -= Counter(problem.code for problem in (before.problems if before else ()))
    body = (after.body.name, after.body.region_code, after.report_year)
    assert after.report_year is not None  # own_report takes no other
    change = WouldChange(
        version=one.version,
        report=one.report,
        organisation=name,
        report_year=year,
        was=one.why_unread if before is None else "",
        cells=cells,
        lost=tuple(value.key for value in (before.values if before else ()) if value.key in figures - still),
        problems=tuple(sorted(problems.elements())),
        broken=(_broken(before), _broken(after)),
        moves_to=None if body == (name, region_code, year) else (after.body.name, after.report_year),
        words=before is None or before.text != after.text,
    )
    is_same = before is not None and replace(before, converter=after.converter) == after
    return None if is_same else change


def _broken(report: Report | None) -> int:
    return 0 if report is None else sum(check.state is State.BROKEN for check in report.checks)


def _read_others(archive: Archive, compared: Compared, opened: Opened | None) -> None:
    """Captures of no report so far: how many would be one now. What was said of them before stays said."""
    with archive.writing(), archive.rehearsing():
        forget_others(archive)
        looks = list_pending(archive, None)
    jobs = (job for look in looks if isinstance(job := job_of(archive, look), Job))
    with open_workers() if opened is None else opened() as workers:
        for _, answer in with_bar(read_in_order(workers, jobs), "reading", "documents", len(looks)):
            compared.documents += 1
            compared.found += isinstance(answer, tuple) and any(is_placeable(report) for report in answer)
