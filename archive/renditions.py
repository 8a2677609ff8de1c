"""Which rendition a look belongs to, and whether it shows a new version of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlite_utils import Database

from archive.frontier import is_open
from archive.noted.signatures import is_signed, unsigned
from archive.store import Archive
from parsers.report import RELEASE

# How the formats begin that a report is published in; enough to name the rendition of a file that cannot be read.
_BEGINNINGS = (
    (b"%PDF", "pdf"),
    (b"\xd0\xcf\x11\xe0", "doc"),
    (b"PK\x03\x04", "docx"),
    (b"{\\rtf", "rtf"),
    (b"\xff\xd8\xff", "picture"),
    (b"\x89PNG", "picture"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf", "7z"),
)


@dataclass(frozen=True, slots=True)
class Look:
    """A capture that answered with a document; ``payload`` is the digest of what it shows (its own or a revisit's).

    ``third_party`` is the capture's: "" for our own.
    """

    capture: int
    run: int
    resource: int
    url: str
    captured_at: str
    payload: str
    kind: str
    link_text: str
    title: str
    published: str
    via: str
    site: str
    revisit_of: int | None
    third_party: str = ""


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """A version as far as comparing needs it; digest, converter and parser are None while it is unread."""

    id: int
    payload: str
    content_digest: str | None
    converter: str | None
    parser: str | None


class Waits(Exception):
    """The run is still to look at the URL where the report stood before; what this look is cannot be said yet."""


class Content(Protocol):
    """What a look was read as, as far as comparing needs it: a Report has it."""

    @property
    def content_digest(self) -> str: ...

    @property
    def converter(self) -> str: ...


Reread = Callable[[KeptVersion], Content | None]
"""A kept version → what the present release reads in its payload, or None."""

Drifted = Callable[[Archive, int, Look], bool]
"""Whether the URL of a resource has given way to that of a look: ``has_drifted``."""


def format_of(payload: bytes) -> str:
    """The bytes of an unreadable file → the name of their format, "other" for what begins like none."""
    return next((name for beginning, name in _BEGINNINGS if payload.startswith(beginning)), "other")


def place_rendition(
    archive: Archive, report: int, format_: str, look: Look, taken: set[int], drifted: Drifted | None = None
) -> int:
    """Report, format and look → the rendition's id.

    The rendition that stood at this URL; else one whose own URL is not to be seen any more in this run (the path
    drifted, or was signed anew: then first the file of the same name); else a new one (a mirror: both URLs are
    alive). What others captured moves none: it belongs to the one
    that was ever seen at its URL. ``taken`` are those that this capture has filled already; ``drifted`` stands
    in for ``has_drifted``. Raises Waits.
    """
    rows = _renditions_of(archive, report, format_, look)
    free = [(identity, resource) for identity, resource in rows if identity not in taken]
    for identity, resource in free:
        if resource == look.resource:
            return int(identity)
    if look.third_party:
        free = [(identity, resource) for identity, resource in free if stood_at(archive, identity, look.resource)]
        if free:
            return int(free[0][0])
    for identity, resource in free:
        if (drifted or has_drifted)(archive, resource, look):
            archive.db.execute(
                "UPDATE renditions SET resource = :resource WHERE id = :id",
                {"resource": look.resource, "id": identity},
            )
            return int(identity)
    cursor = archive.db.execute(
        """
        INSERT INTO renditions (report, format, ordinal, resource)
        VALUES (:report, :format, :ordinal, :resource)
        """,
        {"report": report, "format": format_, "ordinal": len(rows) + 1, "resource": look.resource},
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def stood_at(archive: Archive, rendition: int, resource: int) -> bool:
    """Whether a rendition was ever seen at that URL, wherever it stands now."""
    row = archive.db.execute(
        """
        SELECT 1 FROM versions v JOIN sightings g ON g.version = v.id JOIN captures c ON c.id = g.capture
        WHERE v.rendition = :rendition AND c.resource = :resource LIMIT 1
        """,
        {"rendition": rendition, "resource": resource},
    ).fetchone()
    return row is not None


def _renditions_of(archive: Archive, report: int, format_: str, look: Look) -> list[tuple[int, int]]:
    """A report's renditions in a format and where they stand, by ordinal; for a signed URL those of the same file
    name first, and of these those that the same article links to."""
    rows = archive.db.execute(
        """
        SELECT n.id, n.resource, s.url, coalesce(c.via, '')
        FROM renditions n JOIN resources s ON s.id = n.resource LEFT JOIN captures c ON c.id = s.alive_capture
        WHERE n.report = :report AND n.format = :format ORDER BY n.ordinal
        """,
        {"report": report, "format": format_},
    ).fetchall()
    if is_signed(look.url):
        rows.sort(key=lambda row: (unsigned(row[2]) != unsigned(look.url), row[3] != look.via))
    return [(identity, resource) for identity, resource, _, _ in rows]


def has_drifted(archive: Archive, old: int, look: Look) -> bool:
    """Whether the URL of ``old`` has given way to that of ``look``. Raises Waits while the run has still to see it.

    An import never takes the place of a crawled page, nor the other way round; nor does what only others captured
    give way. A crawl says so of a URL it found dead, or did not come across on the same site; a URL of another site
    that it had no reason to visit is not gone.
    """
    kept = archive.db.execute(
        """
        SELECT s.site, c.kind FROM resources s JOIN captures c ON c.id = s.alive_capture
        WHERE s.id = :old
        """,
        {"old": old},
    ).fetchone()
    if kept is None:  # we never saw it alive: others did
        return False
    site, kind = kept
    if (kind == "import") != (look.kind == "import"):
        return False
    looks, alive = archive.db.execute(
        """
        SELECT count(*), count(*) FILTER (WHERE outcome IN ('fetched', 'not_modified'))
        FROM captures
        WHERE run = :run AND resource = :old
        """,
        {"run": look.run, "old": old},
    ).fetchone()
    if alive:
        return False
    if is_open(archive, look.run, old):
        raise Waits(look.url)
    return bool(looks) or site == look.site


def place_version(
    archive: Archive, rendition: int, look: Look, report: Content | None, reread: Reread, parser: str = RELEASE
) -> tuple[int, bool]:
    """Look and what was read in it → (the version's id, whether it is new); the look is linked to it.

    It is compared with the versions before and after it in time. Bytes seen under a version are that version;
    other bytes whose content digest is the same under one converter and release are it too (a cosmetic change).
    ``parser`` is the release that read ``report``.
    """
    for version in _neighbours(archive.db, rendition, look.captured_at):
        if _shows(archive.db, version, look.payload) or _says_the_same(version, report, reread, parser):
            add_sighting(archive.db, look, version.id)
            return version.id, False
    cursor = archive.db.execute(
        """
        INSERT INTO versions (
            rendition, number, payload_digest, content_digest, converter, parser,
            first_captured, last_captured, first_capture
        )
        SELECT
            :rendition, coalesce(max(number), 0) + 1, :payload, :content, :converter, :parser,
            :captured_at, :captured_at, :capture
        FROM versions WHERE rendition = :rendition
        """,
        {
            "rendition": rendition,
            "payload": look.payload,
            "content": None if report is None else report.content_digest,
            "converter": None if report is None else report.converter,
            "parser": None if report is None else parser,
            "captured_at": look.captured_at,
            "capture": look.capture,
        },
    )
    assert cursor.lastrowid is not None
    add_sighting(archive.db, look, cursor.lastrowid)
    return cursor.lastrowid, True


def add_sighting(db: Database, look: Look, version: int) -> None:
    """Links a look to the version it shows, and stretches the time over which that version was seen."""
    db.execute(
        "INSERT INTO sightings (capture, version) VALUES (:capture, :version) ON CONFLICT DO NOTHING",
        {"capture": look.capture, "version": version},
    )
    db.execute(
        """
        UPDATE versions SET
            first_capture = iif(:at < first_captured, :capture, first_capture),
            first_captured = min(:at, first_captured),
            last_captured = max(:at, last_captured)
        WHERE id = :version
        """,
        {"at": look.captured_at, "capture": look.capture, "version": version},
    )


def latest_version(db: Database, rendition: int) -> int:
    """A rendition's id → the id of the version it shows now: the one seen last."""
    identity: int = db.execute(
        """
        SELECT id FROM versions WHERE rendition = :rendition
        ORDER BY last_captured DESC, first_captured DESC, number DESC LIMIT 1
        """,
        {"rendition": rendition},
    ).fetchone()[0]
    return identity


def _neighbours(db: Database, rendition: int, captured_at: str) -> list[KeptVersion]:
    found = []
    for side in (
        "first_captured <= :at ORDER BY first_captured DESC, number DESC",
        "first_captured > :at ORDER BY first_captured, number",
    ):
        row = db.execute(
            f"""
            SELECT id, payload_digest, content_digest, converter, parser FROM versions
            WHERE rendition = :rendition AND {side} LIMIT 1
            """,
            {"rendition": rendition, "at": captured_at},
        ).fetchone()
        if row is not None:
            found.append(KeptVersion(*row))
    return found


def _shows(db: Database, version: KeptVersion, payload: str) -> bool:
    if version.payload == payload:
        return True
    row = db.execute(
        """
        SELECT 1 FROM sightings g JOIN captures c ON c.id = g.capture
        WHERE g.version = :version AND c.payload = :payload
        """,
        {"version": version.id, "payload": payload},
    ).fetchone()
    return row is not None


def _says_the_same(version: KeptVersion, report: Content | None, reread: Reread, parser: str) -> bool:
    if report is None or version.content_digest is None:
        return False
    if (version.converter, version.parser) == (report.converter, parser):
        return version.content_digest == report.content_digest
    again = reread(version)
    return again is not None and again.content_digest == report.content_digest
