"""What an archive holds of its runs, without when and by whom it was seen: two ways to crawl come to the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from archive.readings import get_report
from archive.store import Archive


def seen_in(folder: Path) -> dict[str, Any]:
    """Each URL's end and bytes, what was found where, every report with its cells, and who told of what."""
    with Archive.open(folder, write=False) as archive:
        return {
            "frontier": _rows(
                archive,
                """
                SELECT f.url_key, f.kind, f.site, f.outcome, f.link_text <> '', c.kind, c.status, c.payload, c.location,
                    c.title, c.published, c.revisit_profile, o.url IS NOT NULL
                FROM frontier f LEFT JOIN captures c ON c.id = f.capture LEFT JOIN captures o ON o.id = c.revisit_of
                """,
            ),
            "captures": _rows(
                archive, "SELECT url, outcome, status, payload, wire, kind, site, location, request FROM captures"
            ),
            "payloads": sorted(one for (one,) in archive.payloads.execute("SELECT digest FROM payload").fetchall()),
            "resources": _rows(
                archive,
                """
                SELECT s.url_key, s.site, l.outcome, a.payload, g.payload FROM resources s
                LEFT JOIN captures l ON l.id = s.look_capture LEFT JOIN captures a ON a.id = s.alive_capture
                LEFT JOIN captures g ON g.id = s.good_capture
                """,
            ),
            "listings": _rows(
                archive,
                """
                SELECT c.url, l.list, l."rows", l.reports, l.said FROM listings l JOIN captures c ON c.id = l.capture
                """,
            ),
            "namings": _rows(
                archive,
                """
                SELECT c.url, s.url_key FROM namings n
                JOIN captures c ON c.id = n.capture JOIN resources s ON s.id = n.resource
                """,
            ),
            "documents": _rows(archive, "SELECT c.url, d.code FROM documents d JOIN captures c ON c.id = d.capture"),
            "sites": _rows(archive, "SELECT * FROM sites"),
            "bodies": _rows(archive, "SELECT site, name, region_code, source FROM site_bodies"),
            "robots": _rows(archive, "SELECT netloc, state, url, delay FROM robots"),
            "not_seen": _rows(archive, "SELECT count(*) FROM not_seen"),
            "reports": sorted(_reports(archive), key=repr),
        }


def _rows(archive: Archive, sql: str) -> list[tuple[Any, ...]]:
    return sorted(archive.db.execute(sql).fetchall(), key=repr)


def _reports(archive: Archive) -> list[tuple[Any, ...]]:
    rows = archive.db.execute(
        """
        SELECT o.name, o.region_code, p.report_year, n.format, s.url_key, v.payload_digest, r.id, p.reading = r.id,
            (SELECT count(*) FROM sightings g WHERE g.version = v.id)
        FROM reports p JOIN organisations o ON o.id = p.organisation JOIN renditions n ON n.report = p.id
        JOIN resources s ON s.id = n.resource JOIN versions v ON v.rendition = n.id
        LEFT JOIN readings r ON r.version = v.id AND r.current = 1
        """
    ).fetchall()
    return [(*row[:6], None if row[6] is None else _said(archive, row[6]), *row[7:]) for row in rows]


def _said(archive: Archive, reading: int) -> tuple[Any, ...]:
    report = get_report(archive, reading)
    return (
        report.content_digest,
        tuple((value.key, value.status.value, str(value.value), value.raw) for value in report.values),
        tuple((check.id, check.across, check.state.value) for check in report.checks),
    )
