"""A feed of new reports and new versions, for a news reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO
from uuid import UUID, uuid5
from xml.sax.saxutils import escape, quoteattr

from archive.exports import OF_REPORTS, Selection
from archive.exports.parts.rows import Counted
from archive.exports.parts.selected import after_cursor
from archive.store import Archive

NAME = "atom"
CAPTION = "an Atom feed (RFC 4287) of new reports and new versions, the latest first"
SELECTS = OF_REPORTS

_ATOM = "http://www.w3.org/2005/Atom"
# RFC 4122, 4.3: names below a namespace of our own, so that an id says nothing of a host that may go away.
_NAMESPACE = UUID("6f4f5a2e-5d0b-4c0e-9a65-2b9a4f1c7d11")
_NEVER = "1970-01-01T00:00:00Z"
# XML 1.0, production 2: what no document may hold.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_ENTRIES = """
SELECT v.id, n.report, o.name, p.report_year, n.format, n.ordinal, v.number, v.payload_digest, v.first_captured,
    w.why, w.made_at,
    (SELECT c.url FROM captures c WHERE c.id = v.first_capture),
    (SELECT min(x.id) FROM versions x JOIN renditions m ON m.id = x.rendition WHERE m.report = n.report) = v.id,
    (SELECT r.title FROM readings r WHERE r.version = v.id AND r.current = 1)
FROM versions v
JOIN renditions n ON n.id = v.rendition
JOIN reports p ON p.id = n.report
JOIN organisations o ON o.id = p.organisation
LEFT JOIN withdrawals w ON w.payload_digest = v.payload_digest
WHERE (:year IS NULL OR p.report_year = :year)
    AND (:region = '' OR coalesce(
        (SELECT r.region_code FROM readings r WHERE r.id = p.reading), o.region_code, ''
    ) LIKE :region || '%')
    AND (:report IS NULL OR p.id = :report)
    {since}
ORDER BY v.id DESC
"""
_SINCE = """
AND (
    v.id IN (SELECT c.version FROM changes c WHERE {after} AND c.kind = 'new_version')
    OR v.payload_digest IN (SELECT c.subject FROM changes c WHERE {after} AND c.kind = 'withdrawn')
)
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One version as an entry: its id stays for ever; a withdrawal is an update of it."""

    id: str
    title: str
    updated: str
    published: str
    url: str
    summary: str


def write_export(archive: Archive, selection: Selection, out: BinaryIO) -> int:
    """Writes the feed, one entry a version; returns how many. The same archive gives the same bytes."""
    entries = Counted(list_entries(archive, selection))
    head = (
        _element("id", _id_of_feed(archive, selection)),
        _element("title", "政府信息公开工作年度报告"),
        _element("subtitle", "New reports and new versions"),
        _element("updated", _updated(archive)),
        f"<author>{_element('name', 'nianbao')}</author>",
    )
    lines = ('<?xml version="1.0" encoding="utf-8"?>', f'<feed xmlns="{_ATOM}" xml:lang="zh-CN">', *head)
    for line in chain(lines, map(_told, entries), ["</feed>"]):
        out.write(line.encode("utf-8") + b"\n")
    return entries.seen


def list_entries(archive: Archive, selection: Selection) -> Iterator[Entry]:
    """The versions of a selection, the latest first. Raises what ``after_cursor`` and ``region_prefix`` raise."""
    after, bound = after_cursor(archive, selection.since)
    statement = _ENTRIES.format(since=_SINCE.format(after=after) if after else "")
    given = {"year": selection.year, "region": selection.region_prefix(), "report": selection.report} | bound
    for row in archive.db.execute(statement, given):
        version, report, organisation, year, format_, ordinal, number, digest, captured, why, withdrawn_at, url = row[
            :12
        ]
        is_first, title = row[12:]
        kind = "withdrawn" if why is not None else "new report" if is_first else "new version"
        says = f"r{report} v{version} ({format_}-{ordinal}, number {number}): captured {captured}, SHA-256 {digest}."
        yield Entry(
            id=uuid5(_NAMESPACE, f"{url}\n{captured}\n{digest}\n{organisation}\n{year}").urn,
            title=f"{organisation} {year}: {kind}",
            updated=withdrawn_at or captured,
            published=captured,
            url=url if url.startswith(("http://", "https://")) else "",
            summary=f"{says} Withdrawn: {why}" if why is not None else f"{title or 'Not read.'} {says}",
        )


def _id_of_feed(archive: Archive, selection: Selection) -> str:
    """The archive, by the first that it ever captured, and the selection: the same feed has the same id tomorrow."""
    first = archive.db.execute("SELECT url, captured_at, payload FROM captures ORDER BY id LIMIT 1").fetchone()
    meant = (selection.year, selection.region_prefix(), selection.report)
    return uuid5(_NAMESPACE, f"{first}\n{meant}").urn


def _updated(archive: Archive) -> str:
    (latest,) = archive.db.execute("SELECT max(at) FROM changes WHERE kind IN ('new_version', 'withdrawn')").fetchone()
    return str(latest or _NEVER)


def _told(entry: Entry) -> str:
    link = f'<link rel="alternate" href={quoteattr(_clean(entry.url))}/>' if entry.url else ""
    return (
        f"<entry>{_element('id', entry.id)}{_element('title', entry.title)}{_element('updated', entry.updated)}"
        f'{_element("published", entry.published)}{link}<content type="text">{escape(_clean(entry.summary))}</content>'
        "</entry>"
    )


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(_clean(text))}</{name}>"


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
