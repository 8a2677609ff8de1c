"""A capture → the WARC records that say all that is known of it, with the bytes as they were sent."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.hints import hints_of
from archive.ingest import look_at
from archive.noted.provenance import hints_of_site
from archive.payloads import get_payload
from archive.renditions import format_of
from archive.resources import NOT_MODIFIED
from archive.store import Archive
from archive.warc.fields import CONTENT_TYPE, write_fields
from archive.warc.message import codings_of, read_body, split_interim, status_of, values_of
from archive.warc.record import Record, record_id, sha256, uri_of
from parsers.formats import html

PAYLOAD_DIGEST = "Nianbao-Payload-Digest"
"""A field of our own on responses, revisits and resources: the SHA-256 under which the archive keeps the payload."""

_PROFILE = "http://netpreserve.org/warc/1.1/revisit/"
# ISO 28500:2017, WARC-Truncated: why an answer is not whole.
_TRUNCATED = {"truncated": "disconnect", "reset": "disconnect", "timeout": "time", "too_large": "length"}
_TYPES = {
    "html": "text/html",
    "mhtml": "multipart/related",
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
    "rtf": "application/rtf",
    "ofd": "application/ofd",
    "zip": "application/zip",
    "dump": "text/plain",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """One row of ``captures``; payload and wire are digests, ``withdrawn`` the reason why its bytes are gone."""

    id: int
    url: str
    captured_at: str
    outcome: str
    status: int | None
    header: bytes
    payload: str | None
    wire: str | None
    kind: str
    seed: str
    via: str
    link_text: str
    site: str
    location: str
    peer: str
    says: str
    title: str
    published: str
    post: str
    proxy: str
    request: bytes
    third_party: str
    revisit_of: int | None
    revisit_profile: str | None
    run: int
    withdrawn: str | None

    def record_id(self, kind: str) -> str:
        """The id of this capture's record of that kind: of what was captured, so that it stays in every archive."""
        head = hashlib.sha256(self.header).hexdigest()
        return record_id(kind, str(self.id), self.url, self.captured_at, self.outcome, head, self.payload or "")


@dataclass(frozen=True, slots=True)
class Written:
    """A record, and what an index says of it: ``mime`` is "" for a record that no index lists."""

    record: Record
    mime: str = ""
    status: str = ""
    digest: str = ""


_KEPT = """
    SELECT c.id, c.url, c.captured_at, c.outcome, c.status, c.header, c.payload, c.wire, c.kind, c.seed, c.via,
        c.link_text, c.site, c.location, c.peer, c.says, c.title, c.published, c.post, c.proxy, c.request,
        c.third_party, c.revisit_of, c.revisit_profile, c.run, (
            SELECT w.why FROM withdrawals w
            WHERE w.payload_digest IN (c.payload, c.wire, (SELECT o.payload FROM captures o WHERE o.id = c.revisit_of))
            LIMIT 1
        )
    FROM captures c WHERE c.id = :capture
"""


def kept_capture(archive: Archive, capture: int) -> Kept:
    """A capture's id → its row."""
    return Kept(*archive.db.execute(_KEPT, {"capture": capture}).fetchone())


def records_of(archive: Archive, capture: int, warcinfo: str) -> Iterator[Written]:
    """A capture's id → its records: what came (response, revisit, resource, conversion), what was asked, what is known.

    A look without an answer, and one whose bytes were withdrawn, has a metadata record alone. Raises Damaged.
    """
    kept = kept_capture(archive, capture)
    came = () if kept.withdrawn is not None else tuple(_what_came(archive, kept, warcinfo))
    yield from came
    if kept.request:
        concurrent = (("WARC-Concurrent-To", came[0].record.identity),) if came else ()
        fields = (*_common(kept, warcinfo), *concurrent, ("Content-Type", "application/http; msgtype=request"))
        yield Written(Record("request", kept.record_id("request"), kept.captured_at, fields, kept.request))
    yield Written(_metadata(archive, kept, warcinfo, came))


def _what_came(archive: Archive, kept: Kept, warcinfo: str) -> Iterator[Written]:
    _, head = split_interim(kept.header)
    if status_of(head) is None:
        if kept.payload is not None and not kept.header:
            yield _resource(archive, kept, warcinfo)
        return
    original = None if kept.revisit_of is None else kept_capture(archive, kept.revisit_of)
    if original is not None and (kept.revisit_profile == NOT_MODIFIED or kept.wire == original.wire):
        yield _revisit(archive, kept, original, head, warcinfo)
        return
    payload = b"" if kept.payload is None else get_payload(archive, kept.payload)
    wire = payload if kept.wire is None else get_payload(archive, kept.wire)
    body = read_body(head, wire)
    fields = [*_common(kept, warcinfo), ("Content-Type", "application/http; msgtype=response")]
    if kept.peer and not kept.proxy:
        fields.append(("WARC-IP-Address", kept.peer.rpartition(":")[0].strip("[]")))
    if kept.outcome in _TRUNCATED:
        fields.append(("WARC-Truncated", _TRUNCATED[kept.outcome]))
    # ISO 28500:2017, 6.3.2: the payload is the entity body, any transfer coding removed. Checkers take the digest of
    # the body as it stands in the record, so that for a body in chunks the field would be right for one of the two.
    if not codings_of(head, "transfer-encoding"):
        fields.append(("WARC-Payload-Digest", sha256(wire)))
    if kept.payload is not None:
        fields.append((PAYLOAD_DIGEST, f"sha256:{kept.payload}"))
    response = Record("response", kept.record_id("response"), kept.captured_at, tuple(fields), head + wire)
    yield Written(response, _mime(head), str(status_of(head)), sha256(body.entity))
    if payload != body.payload:
        yield _conversion(archive, kept, payload, response, warcinfo)


def _resource(archive: Archive, kept: Kept, warcinfo: str) -> Written:
    assert kept.payload is not None
    payload = get_payload(archive, kept.payload)
    mime = _type_of(archive, kept, payload)
    fields = (
        *_common(kept, warcinfo),
        ("Content-Type", mime),
        ("WARC-Payload-Digest", sha256(payload)),
        (PAYLOAD_DIGEST, f"sha256:{kept.payload}"),
    )
    record = Record("resource", kept.record_id("resource"), kept.captured_at, fields, payload)
    return Written(record, mime, "200", sha256(payload))


def _revisit(archive: Archive, kept: Kept, original: Kept, head: bytes, warcinfo: str) -> Written:
    assert kept.revisit_profile is not None
    of, digest = _original_of(archive, original)
    fields = [
        *_common(kept, warcinfo),
        ("Content-Type", "application/http; msgtype=response"),
        ("WARC-Profile", _PROFILE + kept.revisit_profile),
        ("WARC-Refers-To", of),
        ("WARC-Refers-To-Target-URI", uri_of(original.url)),
        ("WARC-Refers-To-Date", original.captured_at),
        ("WARC-Payload-Digest", digest),
        (PAYLOAD_DIGEST, f"sha256:{original.payload}"),
    ]
    if kept.revisit_profile != NOT_MODIFIED:
        fields.append(("WARC-Truncated", "length"))
    record = Record("revisit", kept.record_id("revisit"), kept.captured_at, tuple(fields), head)
    return Written(record, "warc/revisit", str(status_of(head)), digest)


def _original_of(archive: Archive, original: Kept) -> tuple[str, str]:
    """The capture that is repeated → (its record's id, the digest of its entity)."""
    _, head = split_interim(original.header)
    if status_of(head) is None:
        return original.record_id("resource"), f"sha256:{original.payload}"
    digest = original.wire or original.payload
    if digest is None:
        return original.record_id("response"), sha256(b"")
    if not codings_of(head, "transfer-encoding"):
        return original.record_id("response"), f"sha256:{digest}"
    return original.record_id("response"), sha256(read_body(head, get_payload(archive, digest)).entity)


def _conversion(archive: Archive, kept: Kept, payload: bytes, response: Record, warcinfo: str) -> Written:
    """What the archive keeps as the payload where it is not the body that was sent: the page as a browser drew it."""
    fields = (
        *_common(kept, warcinfo),
        ("Content-Type", _type_of(archive, kept, payload)),
        ("WARC-Refers-To", response.identity),
        ("WARC-Payload-Digest", sha256(payload)),
    )
    return Written(Record("conversion", kept.record_id("conversion"), kept.captured_at, fields, payload))


def _metadata(archive: Archive, kept: Kept, warcinfo: str, came: Sequence[Written]) -> Record:
    fields = [*_common(kept, warcinfo), ("Content-Type", CONTENT_TYPE)]
    if came:
        fields.append(("WARC-Concurrent-To", came[0].record.identity))
    block = write_fields(_told(archive, kept, bool(came)))
    return Record("metadata", kept.record_id("metadata"), kept.captured_at, tuple(fields), block)


def _told(archive: Archive, kept: Kept, came: bool) -> Iterator[tuple[str, str]]:
    """What is known of a capture beside its bytes; ``via`` is the standard's word, the others are ours."""
    interim, _ = split_interim(kept.header)
    yield "via", uri_of(kept.via)
    yield "url", kept.url if uri_of(kept.url) != kept.url else ""
    yield from (
        ("capture", f"c{kept.id}"), ("run", str(kept.run)), ("kind", kept.kind), ("outcome", kept.outcome),
        ("says", kept.says), ("seed", kept.seed), ("linkText", kept.link_text), ("title", kept.title),
        ("published", kept.published), ("site", kept.site), ("location", kept.location), ("peer", kept.peer),
        ("proxy", kept.proxy), ("post", kept.post if not kept.request else ""), ("thirdParty", kept.third_party),
        ("revisitOf", f"c{kept.revisit_of}" if kept.revisit_of is not None else ""),
        ("revisitProfile", kept.revisit_profile or ""),
        ("payloadDigest", f"sha256:{kept.payload}" if kept.payload is not None else ""),
        ("wireDigest", f"sha256:{kept.wire}" if kept.wire is not None else ""),
        ("withdrawn", kept.withdrawn or ""),
    )  # fmt: skip
    if kept.kind in ("article", "attachment", "import"):
        hints = hints_of_site(hints_of(archive, look_at(archive, kept.id)))
        yield "hints", json.dumps(hints, ensure_ascii=False, sort_keys=True) if hints else ""
    if kept.withdrawn is None:
        yield "interim", base64.b64encode(interim).decode("ascii")
        if not came and kept.header:
            wire = kept.wire or kept.payload
            received = kept.header + (b"" if wire is None else get_payload(archive, wire))
            yield "received", base64.b64encode(received).decode("ascii")


def _common(kept: Kept, warcinfo: str) -> tuple[tuple[str, str], ...]:
    return ("WARC-Target-URI", uri_of(kept.url)), ("WARC-Warcinfo-ID", warcinfo)


def _mime(head: bytes) -> str:
    """What an index says of a response's type: the header's word, without its parameters."""
    said = values_of(head, "content-type")
    return said[0].partition(";")[0].strip() if said else ""


def _type_of(archive: Archive, kept: Kept, payload: bytes) -> str:
    """Bytes that came without a header → the media type of the format in which they were read.

    They are not opened here: that is for the limited child alone.
    """
    row = archive.db.execute(
        """
        SELECT n.format FROM sightings g JOIN versions v ON v.id = g.version JOIN renditions n ON n.id = v.rendition
        WHERE g.capture = :capture
        """,
        {"capture": kept.id},
    ).fetchone()
    name = row[0] if row is not None else "html" if html.sniff(payload) else format_of(payload)
    return _TYPES.get(name, "application/octet-stream")
