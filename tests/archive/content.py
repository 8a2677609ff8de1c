"""What an archive holds, without any of its ids: two archives that say the same here are the same archive."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from archive.merging.origins import identity_of, looks_of
from archive.readings import get_report
from archive.store import Archive

Rows = list[tuple[Any, ...]]


def content_of(archive: Archive) -> dict[str, Any]:
    """Looks are named by the archive they were made in and their number there; everything else by what it says.

    Versions of one rendition that follow each other and are read alike are one: a merge takes no version away that
    had a number before it was known to be the same as the next.
    """
    names = _names(archive)
    return {
        "runs": _runs(archive),
        "captures": _captures(archive, names),
        "payloads": sorted(one for (one,) in archive.payloads.execute("SELECT digest FROM payload").fetchall()),
        "resources": _resources(archive, names),
        "documents": sorted(
            (names[capture], code, says, parser)
            for capture, code, says, parser in _rows(archive, "SELECT capture, code, says, parser FROM documents")
        ),
        "reports": sorted(_reports(archive, names), key=repr),
        "listings": sorted(
            (names[one[0]], *one[1:])
            for one in _rows(archive, 'SELECT capture, list, "rows", reports, said FROM listings')
        ),
        "namings": sorted(
            (names[capture], key)
            for capture, key in _rows(
                archive, "SELECT n.capture, s.url_key FROM namings n JOIN resources s ON s.id = n.resource"
            )
        ),
        "frontier": sorted(
            (_run(archive, run), key, outcome, None if capture is None else names[capture])
            for run, key, outcome, capture in _rows(
                archive, "SELECT run, url_key, outcome, capture FROM frontier WHERE state = 'done'"
            )
        ),
        **{
            table: sorted(_rows(archive, f"SELECT {columns} FROM {table}"), key=repr)
            for table, columns in (
                ("corrections", "digest, payload_digest, key, status, value, who, why, source, made_at"),
                ("withdrawals", "payload_digest, why, made_at"),
                ("sites", "*"),
                ("site_bodies", "*"),
                ("mergers", "*"),
                ("pauses", "*"),
            )
        },
    }


def _rows(archive: Archive, sql: str, *values: object) -> Rows:
    return archive.db.execute(sql, values).fetchall()


def _run(archive: Archive, run: int) -> tuple[Any, ...]:
    row = _rows(archive, "SELECT archive, number FROM run_origins WHERE run = ?", run)
    return tuple(row[0]) if row else (identity_of(archive), run)


def _runs(archive: Archive) -> Rows:
    rows = _rows(archive, "SELECT id, command, scope, started_at, resumed_at, ended_at, state FROM runs")
    return sorted((*_run(archive, row[0]), *row[1:6], row[5] and row[6]) for row in rows)


def _names(archive: Archive) -> dict[int, tuple[Any, ...]]:
    """Each look → (time, archive, number, URL): a number alone is two looks' after an archive was copied."""
    captures = [one for (one,) in _rows(archive, "SELECT id FROM captures")]
    return {one: (*order, look.url) for one, (order, look) in looks_of(archive, captures).items()}


def _captures(archive: Archive, names: dict[int, tuple[Any, ...]]) -> Rows:
    rows = _rows(
        archive,
        """
        SELECT id, run, revisit_of, url, post, outcome, status, header, payload, wire, kind, seed, via, link_text,
            site, location, peer, says, title, published, revisit_profile, request, third_party
        FROM captures
        """,
    )
    return sorted(
        ((names[row[0]], _run(archive, row[1]), None if row[2] is None else names[row[2]], *row[3:]) for row in rows),
        key=repr,
    )


def _resources(archive: Archive, names: dict[int, tuple[Any, ...]]) -> Rows:
    rows = _rows(archive, "SELECT url_key, post, site, look_capture, alive_capture, good_capture FROM resources")
    return sorted((*row[:3], *(None if one is None else names[one] for one in row[3:])) for row in rows)


def _reports(archive: Archive, names: dict[int, tuple[Any, ...]]) -> Iterable[tuple[Any, ...]]:
    for report, name, region, year, standing, organisation in _rows(
        archive,
        """
        SELECT p.id, o.name, o.region_code, p.report_year, p.reading, o.id
        FROM reports p JOIN organisations o ON o.id = p.organisation
        """,
    ):
        printed = sorted(
            one
            for (one,) in _rows(archive, "SELECT printed FROM organisation_names WHERE organisation = ?", organisation)
        )
        renditions = [
            (format_, url_key, _versions(archive, rendition, names, standing))
            for rendition, format_, url_key in _rows(
                archive,
                """
                SELECT n.id, n.format, s.url_key FROM renditions n JOIN resources s ON s.id = n.resource
                WHERE n.report = ? ORDER BY n.format, n.ordinal
                """,
                report,
            )
        ]
        differing = sorted(
            _rows(
                archive,
                """
                SELECT key, left_status, left_value, right_status, right_value FROM report_differences
                WHERE report = ?
                """,
                report,
            ),
            key=repr,
        )
        yield name, region, year, printed, renditions, differing, standing is None


def _versions(archive: Archive, rendition: int, names: dict[int, tuple[Any, ...]], standing: int | None) -> list[Any]:
    found: list[Any] = []
    for version, reading in _rows(
        archive,
        """
        SELECT v.id, r.id FROM versions v LEFT JOIN readings r ON r.version = v.id AND r.current = 1
        WHERE v.rendition = ? ORDER BY v.number
        """,
        rendition,
    ):
        looks = [names[one] for (one,) in _rows(archive, "SELECT capture FROM sightings WHERE version = ?", version)]
        said = _said(archive, version, reading)
        stands = reading is not None and reading == standing
        if found and found[-1][1] == said and said[0] != "unread":
            looks, stands = looks + found[-1][0], stands or found[-1][2]
            found.pop()
        found.append((sorted(looks), said, stands))
    return found


def _said(archive: Archive, version: int, reading: int | None) -> tuple[Any, ...]:
    """What was read of a version: whose, of which year, by which release, every cell and check."""
    if reading is None:
        return ("unread", *_rows(archive, "SELECT code FROM unread WHERE version = ?", version))
    report = get_report(archive, reading)
    (row,) = _rows(archive, "SELECT parser FROM readings WHERE id = ?", reading)
    return (
        row,
        report.content_digest,
        report.title,
        report.published,
        _digest([(value.key, value.status.value, str(value.value), value.raw) for value in report.values]),
        _digest([(check.id, check.across, check.state.value) for check in report.checks]),
        _digest([(claim.key, str(claim.value), claim.span) for claim in report.claims]),
        _digest(report.text),
        [problem.code for problem in report.problems],
    )


def _digest(said: object) -> str:
    """The same for the same, and short enough to be read when two archives differ."""
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:12]


def difference_of(left: dict[str, Any], right: dict[str, Any]) -> str:
    """Two contents → where they part, short enough to read; "" where they do not."""
    told = []
    for part in left:
        if left[part] != right[part]:
            mine = [one for one in left[part] if one not in right[part]]
            other = [one for one in right[part] if one not in left[part]]
            told.append(f"{part}:\n  left  {str(mine)[:3000]}\n  right {str(other)[:3000]}")
    return "\n".join(told)
