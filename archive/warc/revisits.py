"""Revisit records: what they repeat, found in the archive by what they say of it."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from archive.capture import Capture
from archive.errors import ArchiveError
from archive.noted.provenance import Provenance
from archive.packed.texts import clean
from archive.payloads import get_payload
from archive.store import Archive
from archive.urls import url_key
from archive.warc.answers import Look, NotTaken, third_party_of, time_of, url_of
from archive.warc.outgoing import PAYLOAD_DIGEST
from archive.warc.reader import Problems

UNRESOLVED = "unresolved_revisit"
"""Why a revisit is not taken whose original is not in the archive."""


def revisit_of(archive: Archive, look: Look, made_by: Provenance, now: datetime, problems: Problems) -> Capture:
    """A revisit record → a capture with the head and the bytes of what it repeats. Raises NotTaken."""
    url = url_of(look)
    at = time_of(look, now, problems)
    original = _original(archive, look, url)
    if original is None:
        raise NotTaken(UNRESOLVED)
    header, payload, wire, record = original
    try:
        body = get_payload(archive, payload)
        sent = body if wire is None else get_payload(archive, wire)
    except ArchiveError as error:  # damaged, or withdrawn
        raise NotTaken(error.code) from error
    told = look.told
    return Capture(
        url=url,
        captured_at=at,
        outcome="fetched",
        status=200,
        header=header,
        wire=sent,
        payload=body,
        kind="import",
        seed=told.get("seed", ""),
        via=told.get("via", ""),
        link_text=told.get("linktext", ""),
        peer=look.answer.fields.get("warc-ip-address", ""),
        title=told.get("title", ""),
        published=told.get("published", ""),
        third_party=third_party_of(look, made_by, (), record),
    )


_WHERE = {
    "record": "c.third_party <> '' AND json_extract(c.third_party, '$.record') = :record",
    "time": "s.url_key = :url_key AND c.captured_at = :at",
    "digest": "c.payload = :digest",
    "said": "s.url_key = :url_key AND json_extract(nullif(c.third_party, ''), '$.payload_digest') = :said",
}


def _original(archive: Archive, look: Look, url: str) -> tuple[bytes, str, str | None, str] | None:
    """The capture that a revisit repeats, by the record, else the URL and time, else the digest that it names:
    (header, payload's digest, wire's digest, what it is called)."""
    fields = look.answer.fields
    named = fields.get(PAYLOAD_DIGEST.lower(), "") or fields.get("warc-payload-digest", "")
    given = {
        "record": fields.get("warc-refers-to", ""),
        "url_key": url_key(clean(fields.get("warc-refers-to-target-uri", url).strip("<>"))),
        "at": fields.get("warc-refers-to-date", "")[:19].rstrip("Z") + "Z",
        "digest": named.lower().removeprefix("sha256:"),
        "said": fields.get("warc-payload-digest", ""),
    }
    ways = [
        way
        for way, needed in (("record", "record"), ("time", "at"), ("digest", "digest"), ("said", "said"))
        if len(given[needed]) > 1
    ]
    for way in ways:
        row = archive.db.execute(
            f"""
            SELECT c.header, c.payload, c.wire,
                coalesce(json_extract(nullif(c.third_party, ''), '$.record'), 'c' || c.id)
            FROM captures c JOIN resources s ON s.id = c.resource
            WHERE {_WHERE[way]} AND c.payload IS NOT NULL AND c.outcome = 'fetched'
            ORDER BY c.id LIMIT 1
            """,
            given,
        ).fetchone()
        if row is not None:
            return cast("tuple[bytes, str, str | None, str]", row)
    return None
