"""Some bytes, by their digest → the versions that they are, and the last look that had them."""

from __future__ import annotations

from dataclasses import dataclass

from archive.store import Archive


@dataclass(frozen=True, slots=True)
class Shows:
    """A version that was seen in these bytes. ``is_own``: it is they that were read for it, not others that say the
    same; ``reading``: its current reading, None where it is unread, for the reason in ``unread``."""

    report: int
    version: int
    organisation: str
    region_code: str
    report_year: int
    format: str
    reading: int | None
    unread: str
    first_captured: str
    last_captured: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Had:
    """A look that had the bytes: its URL and time."""

    url: str
    at: str


def versions_shown(archive: Archive, digest: str) -> tuple[Shows, ...]:
    """A payload's digest → the versions seen in it, by report; several where a file holds several reports."""
    rows = archive.db.execute(
        """
        SELECT DISTINCT n.report, v.id, o.name, coalesce(o.region_code, ''), p.report_year, n.format, r.id,
            coalesce(u.code, ''), v.first_captured, v.last_captured, v.payload_digest = :digest
        FROM captures c
        JOIN sightings g ON g.capture = c.id
        JOIN versions v ON v.id = g.version
        JOIN renditions n ON n.id = v.rendition
        JOIN reports p ON p.id = n.report
        JOIN organisations o ON o.id = p.organisation
        LEFT JOIN readings r ON r.version = v.id AND r.current = 1
        LEFT JOIN unread u ON u.version = v.id
        WHERE c.payload = :digest
        ORDER BY n.report, v.id
        """,
        {"digest": digest},
    ).fetchall()
    return tuple(Shows(*row) for row in rows)


def last_had(archive: Archive, digest: str) -> Had | None:
    """A payload's digest → the last look whose body it was; None for bytes that no look had (a body as sent)."""
    row = archive.db.execute(
        "SELECT url, captured_at FROM captures WHERE payload = :digest ORDER BY captured_at DESC, id DESC LIMIT 1",
        {"digest": digest},
    ).fetchone()
    return None if row is None else Had(*row)
