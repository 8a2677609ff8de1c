"""What the command line, the exports and the pages ask the archive."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from archive.across_years import list_checks_across_years, list_differences, list_notes
from archive.bodies.organisations import list_relatives
from archive.corrections import describe_corrections
from archive.errors import BadQuery, NotFound
from archive.payloads import count_payloads
from archive.readings import get_report
from archive.runs.run import summarise_run
from archive.store import Archive
from parsers.parse_document import report_to_dict
from parsers.text import squeeze

_REPORT = re.compile(r"r?(\d{1,18})")
_VERSION = re.compile(r"v(\d{1,18})")
_NAME_AND_YEAR = re.compile(r"(.+?)[\s　]*((?:19|20)\d\d)年?")


@dataclass(frozen=True, slots=True)
class Named:
    """What a person named: a report, and the version meant (its present one where only the report was named)."""

    report: int
    version: int


def find_named(archive: Archive, words: list[str]) -> Named:
    """``r12``, ``12``, ``v34``, or a body's name and a year → what is meant. Raises NotFound, BadQuery.

    A name matches a body's name or any name it was printed under, whole first, then as a part; it must match one.
    """
    text = " ".join(words).strip()
    if found := _VERSION.fullmatch(text):
        return _named_version(archive, int(found[1]))
    if found := _REPORT.fullmatch(text):
        return named_report(archive, int(found[1]))
    if found := _NAME_AND_YEAR.fullmatch(text):
        return named_report(archive, _find_by_name(archive, squeeze(found[1]), int(found[2])))
    raise BadQuery(f"expected r12, v34 or a body's name and a year, found {text!r}")


def named_report(archive: Archive, report: int) -> Named:
    """A report's id → it and its present version: that of its reading, else the one seen last. Raises NotFound."""
    row = archive.db.execute(
        """
        SELECT coalesce(r.version, (
            SELECT v.id FROM versions v JOIN renditions n ON n.id = v.rendition
            WHERE n.report = p.id ORDER BY v.last_captured DESC, v.id DESC LIMIT 1
        ))
        FROM reports p LEFT JOIN readings r ON r.id = p.reading
        WHERE p.id = :report
        """,
        {"report": report},
    ).fetchone()
    if row is None:
        raise NotFound(f"expected a report r{report}, found none; nianbao search finds them")
    return Named(report, row[0])


def list_history(archive: Archive, report: int) -> list[dict[str, Any]]:
    """A report's versions in all its renditions, by the time they were first seen."""
    rows = archive.db.execute(
        """
        SELECT version, number, format, ordinal, url, first_captured, last_captured, payload_digest,
            content_digest, unread_code
        FROM report_versions WHERE report = :report
        ORDER BY first_captured, rendition, number
        """,
        {"report": report},
    ).fetchall()
    return [
        {
            "version": f"v{version}",
            "url": url,
            "first_captured": first,
            "last_captured": last,
            "payload_digest": payload,
            "content_digest": content,
            "format": format_,
            "rendition": f"{format_}-{ordinal}",
            "number": number,
            "unread": unread,
        }
        for version, number, format_, ordinal, url, first, last, payload, content, unread in rows
    ]


def describe_version(archive: Archive, version: int) -> dict[str, Any]:
    """A version's id → the parse document of its current reading, and what identifies it.

    Where it is not read, the parse document's keys are absent and ``unread`` says why. Raises NotFound.
    """
    row = archive.db.execute(
        """
        SELECT w.report, w.url, w.first_captured, w.last_captured, w.reading, w.unread_code, w.unread_says,
            r.parser, o.name, p.report_year
        FROM report_versions w
        JOIN reports p ON p.id = w.report
        JOIN organisations o ON o.id = p.organisation
        LEFT JOIN readings r ON r.id = w.reading
        WHERE w.version = :version
        """,
        {"version": version},
    ).fetchone()
    if row is None:
        raise NotFound(f"expected a version v{version}, found none")
    report, url, first, last, reading, code, says, parser, organisation, report_year = row
    facts: dict[str, Any] = {
        "report": f"r{report}",
        "version": f"v{version}",
        "url": url,
        "first_captured": first,
        "last_captured": last,
    }
    if reading is None:
        return facts | {
            "organisation": organisation,
            "report_year": report_year,
            "unread": {"code": code, "says": says},
        }
    return facts | report_to_dict(get_report(archive, reading)) | {"parser": parser}


def describe_report(archive: Archive, named: Named) -> dict[str, Any]:
    """What ``show --json`` prints: the version as ``describe_version`` does, and the report's history and problems."""
    problems = archive.db.execute(
        "SELECT code, says, place, severity FROM report_problems WHERE report = :report ORDER BY position",
        {"report": named.report},
    ).fetchall()
    absent = archive.db.execute(
        """
        SELECT url, format, last_seen, looked_at, looks, outcome FROM not_seen
        WHERE report = :report ORDER BY rendition
        """,
        {"report": named.report},
    ).fetchall()
    return describe_version(archive, named.version) | {
        "history": list_history(archive, named.report),
        "report_problems": [
            {"code": code, "says": says, "where": place, "severity": severity}
            for code, says, place, severity in problems
        ],
        "not_seen": [
            dict(zip(("url", "format", "last_seen", "looked_at", "looks", "outcome"), one, strict=True))
            for one in absent
        ],
        "relatives": describe_relatives(archive, named.report),
        "checks_across_years": list_checks_across_years(archive, named.report),
        "rendition_differences": list_differences(archive, named.report),
        "notes": list_notes(archive, named.report),
        "corrections": describe_corrections(archive, named.version),
    }


def describe_relatives(archive: Archive, report: int) -> list[dict[str, Any]]:
    """The other names under which a report's body reported, and the bodies it came from or went into."""
    (organisation,) = archive.db.execute("SELECT organisation FROM reports WHERE id = :id", {"id": report}).fetchone()
    return [
        {
            "organisation": relative.body.name,
            "region_code": relative.body.region_code,
            "relation": relative.relation,
            "same": relative.same,
            "says": relative.says,
            "reports": [{"report": f"r{other}", "report_year": year} for other, year in relative.reports],
        }
        for relative in list_relatives(archive.db, organisation)
    ]


def list_not_seen(archive: Archive, run: int | None = None) -> list[dict[str, Any]]:
    """Renditions seen before and not at the last look of a completed run: present then, not seen now, looked n times.

    With ``run`` only those that this run looked for last.
    """
    rows = archive.db.execute(
        """
        SELECT report, organisation, report_year, format, url, last_seen, looked_at, looks, outcome
        FROM not_seen WHERE :run IS NULL OR run = :run
        ORDER BY report, rendition
        """,
        {"run": run},
    ).fetchall()
    names = ("report", "organisation", "report_year", "format", "url", "last_seen", "looked_at", "looks", "outcome")
    return [dict(zip(names, row, strict=True)) | {"report": f"r{row[0]}"} for row in rows]


def summarise_archive(archive: Archive) -> dict[str, Any]:
    """How much the archive holds, what of it is unread and why, what is not seen any more, what the last run did."""
    counts = {
        name: archive.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for name, table in (
            ("sites", "sites"),
            ("runs", "runs"),
            ("resources", "resources"),
            ("captures", "captures"),
            ("organisations", "organisations"),
            ("reports", "reports"),
            ("renditions", "renditions"),
            ("versions", "versions"),
            ("readings", "readings"),
            ("not_seen", "not_seen"),
        )
    }
    kept, length, taken = count_payloads(archive)
    row = archive.db.execute("SELECT id FROM runs ORDER BY started_at DESC, id DESC LIMIT 1").fetchone()
    last = None if row is None else row[0]
    return counts | {
        "cells": archive.db.execute(
            "SELECT coalesce(sum(r.numbers), 0) FROM reports p JOIN readings r ON r.id = p.reading"
        ).fetchone()[0],
        "checks_broken": archive.db.execute(
            "SELECT coalesce(sum(r.broken), 0) FROM reports p JOIN readings r ON r.id = p.reading"
        ).fetchone()[0],
        "payloads": {"count": kept, "bytes": length, "bytes_taken": taken},
        "unread": dict(archive.db.execute("SELECT code, count(*) FROM unread GROUP BY code ORDER BY code").fetchall()),
        "not_reports": dict(
            archive.db.execute(
                """
                SELECT d.code, count(DISTINCT c.resource)
                FROM documents d JOIN captures c ON c.id = d.capture
                WHERE d.code <> 'report' AND NOT EXISTS (SELECT 1 FROM sightings g WHERE g.capture = d.capture)
                GROUP BY d.code ORDER BY d.code
                """
            ).fetchall()
        ),
        "last_run": None if last is None else summarise_run(archive, last),
    }


def _named_version(archive: Archive, version: int) -> Named:
    row = archive.db.execute(
        "SELECT n.report FROM versions v JOIN renditions n ON n.id = v.rendition WHERE v.id = :version",
        {"version": version},
    ).fetchone()
    if row is None:
        raise NotFound(f"expected a version v{version}, found none; nianbao history r… lists those of a report")
    return Named(row[0], version)


def _find_by_name(archive: Archive, name: str, year: int) -> int:
    rows = archive.db.execute(
        """
        SELECT p.id, o.name, max(o.name = :name OR coalesce(s.printed, '') = :name) AS whole
        FROM reports p
        JOIN organisations o ON o.id = p.organisation
        LEFT JOIN organisation_names s ON s.organisation = o.id
        WHERE p.report_year = :year AND (instr(o.name, :name) > 0 OR instr(coalesce(s.printed, ''), :name) > 0)
        GROUP BY p.id
        ORDER BY whole DESC, p.id
        """,
        {"name": name, "year": year},
    ).fetchall()
    whole = [row for row in rows if row[2]] or rows
    if not whole:
        raise NotFound(f"expected a report of {name} on {year}, found none; nianbao search {name} shows other years")
    if len(whole) > 1:
        named = ", ".join(f"r{report} {body}" for report, body, _ in whole[:5])
        raise BadQuery(f"expected one body named {name} with a report on {year}, found {len(whole)}: {named}")
    return int(whole[0][0])
