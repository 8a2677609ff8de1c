"""The records of one look (response or resource, request, metadata) → the capture that they make, or why none."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from archive.capture import Capture
from archive.clock import parse_time
from archive.errors import BadClock
from archive.noted.provenance import Provenance
from archive.warc.fields import read_fields
from archive.warc.message import Body, codings_of, read_body, split_interim, split_message, status_of, values_of
from archive.warc.outgoing import PAYLOAD_DIGEST
from archive.warc.reader import Found, Problems
from archive.warc.record import uri_of
from parsers.formats import dump, html, mhtml, pdf, rtf, xml

ANSWERS = frozenset({"response", "resource", "revisit"})
_SCHEMES = frozenset({"http", "https", "file", "ftp"})
_TEXT = frozenset({"", "text/plain", "application/octet-stream"})
# ZIP (Word, workbooks, OFD), OLE (the older ones), RAR, 7z.
_BEGINNINGS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf")


@dataclass(frozen=True, slots=True)
class Look:
    """What a WARC holds of one look: the record of the answer, and the records that belong to it."""

    answer: Found
    request: Found | None = None
    metadata: Found | None = None
    conversion: Found | None = None

    @property
    def told(self) -> dict[str, str]:
        """The fields of its metadata record, by lower-case name."""
        block = None if self.metadata is None else self.metadata.block
        return {} if block is None else read_fields(block)


class NotTaken(Exception):
    """A record that becomes no capture; ``why`` is the word under which it is counted."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def looks_in(records: Iterable[Found]) -> Iterator[Found | Look]:
    """Records in the order of the file → warcinfo records, and looks: answers with what belongs to them.

    What belongs to an answer stands beside it in every writer's files, or is not found: one look is held at a time.
    """
    look: Look | None = None
    before: Found | None = None
    for record in records:
        if record.kind in ANSWERS or record.kind == "warcinfo":
            if look is not None:
                yield look
            look = None
            if record.kind == "warcinfo":
                yield record
            else:
                look = Look(record, before if before is not None and _belongs(before, record) else None)
                before = None
        elif look is not None and _belongs(record, look.answer):
            look = _with(look, record)
        elif record.kind == "request":
            before = record
    if look is not None:
        yield look


def _with(look: Look, record: Found) -> Look:
    if record.kind == "request":
        return replace(look, request=record)
    if record.kind == "metadata":
        return replace(look, metadata=record)
    return replace(look, conversion=record) if record.kind == "conversion" else look


def _belongs(record: Found, answer: Found) -> bool:
    named = {record.fields.get(name) for name in ("warc-concurrent-to", "warc-refers-to")}
    return answer.fields.get("warc-record-id") in named or (
        "warc-record-id" in record.fields and answer.fields.get("warc-concurrent-to") == record.fields["warc-record-id"]
    )


def url_of(look: Look) -> str:
    """The URL that was looked at, as the archive has it. Raises NotTaken for what is no address of a document."""
    uri = look.answer.fields.get("warc-target-uri", "").strip().removeprefix("<").removesuffix(">")
    try:
        scheme = urlsplit(uri).scheme.lower()
    except ValueError as error:  # an unclosed bracket
        raise NotTaken("other_uri") from error
    if scheme not in _SCHEMES:
        raise NotTaken("other_uri")
    # Our own WARCs also say the URL as it was before it was made a URI; it must be that one.
    said = look.told.get("url", "")
    return said if said and uri_of(said) == uri else uri


def time_of(look: Look, now: datetime, problems: Problems) -> datetime:
    """WARC-Date → the time of the look. Raises NotTaken where it names no second, or one that is still to come."""
    said = look.answer.fields.get("warc-date", "")
    if re.fullmatch(r"\d{14}", said):
        said = f"{said[:4]}-{said[4:6]}-{said[6:8]}T{said[8:10]}:{said[10:12]}:{said[12:]}Z"
    try:
        at = parse_time(re.sub(r"(\.\d{6})\d+", r"\1", said)) if "T" in said else None
    except BadClock:
        at = None
    if at is None or at > now:
        problems.add("bad_date", look.answer.identity, f"expected a time in the past, found {said[:40]!r}")
        raise NotTaken("bad_date")
    return at


def capture_of(look: Look, made_by: Provenance, now: datetime, problems: Problems) -> Capture:
    """A response or resource with status 200 that may be a document → the capture of a third party.

    Its outcome is ``fetched``, or ``truncated`` where the body is not whole: kept, and not read. ``made_by`` says whose
    file it is. Raises NotTaken: other_uri, other_status, not_get, no_http, bad_date, empty, no_document, not_decoded,
    too_large.
    """
    record, told = look.answer, look.told
    url = url_of(look)
    at = time_of(look, now, problems)
    if record.block is None:
        raise NotTaken("too_large")
    if record.kind == "resource":
        header, head, wire = b"", b"", record.block
        body = Body(wire, wire)
    else:
        header, wire = split_message(record.block)
        head = split_interim(header)[1]
        _expect_page(look, head)
        body = read_body(head, wire)
    payload = _drawn(look) or body.payload
    if not payload:
        if body.why:
            problems.add("bad_encoding", record.identity, body.why)
        raise NotTaken("not_decoded" if body.why else "empty")
    if not _may_be_document(payload, _type_said(record, head)):
        raise NotTaken("no_document")
    doubts = (*record.doubts, *_wrong_digests(record, (wire, body.entity, payload), problems))
    cut = _why_cut(record, head, wire) or body.why
    return Capture(
        url=url,
        captured_at=at,
        outcome="truncated" if cut else "fetched",
        status=None if record.kind == "resource" else 200,
        header=_interim(told) + header,
        wire=wire,
        payload=payload,
        kind="import",
        seed=told.get("seed", ""),
        via=told.get("via", ""),
        link_text=told.get("linktext", ""),
        peer=record.fields.get("warc-ip-address", ""),
        says="; ".join(part for part in (cut, *body.remarks, *doubts) if part),
        title=told.get("title", ""),
        published=told.get("published", ""),
        third_party=third_party_of(look, made_by, doubts),
    )


def third_party_of(look: Look, made_by: Provenance, doubts: tuple[str, ...], revisits: str = "") -> str:
    """A look → what ``captures.third_party`` says of it; what our own WARC passes on stays whose it was."""
    told = look.told
    inner = _object(told.get("thirdparty", ""))
    if inner:
        made_by = replace(made_by, made_by=str(inner.get("made_by", "")), software=str(inner.get("software", "")))
    hints = _object(told.get("hints", "")) or None
    digest = look.answer.fields.get("warc-payload-digest", "")
    told_by = replace(made_by, record=look.answer.identity, payload_digest=digest, doubts=doubts)
    return replace(told_by, hints=hints, revisits=revisits).as_text()


def _expect_page(look: Look, head: bytes) -> None:
    """Raises NotTaken unless the answer is the 200 of a GET."""
    status = status_of(head)
    if status != 200:
        raise NotTaken("no_http" if status is None else "other_status")
    asked = None if look.request is None else look.request.block
    if (asked is not None and not asked.upper().startswith(b"GET ")) or look.told.get("post"):
        raise NotTaken("not_get")


def _drawn(look: Look) -> bytes | None:
    """The payload that our own WARC gives beside the answer: it must have the digest that the answer names."""
    block = None if look.conversion is None else look.conversion.block
    named = look.answer.fields.get(PAYLOAD_DIGEST.lower(), "")
    if block is None or named != f"sha256:{hashlib.sha256(block).hexdigest()}":
        return None
    return block


def _wrong_digests(record: Found, payloads: tuple[bytes, ...], problems: Problems) -> Iterator[str]:
    """What the record's own digests contradict. Of what a payload's digest is of, programs have taken three views."""
    for name, candidates in (("warc-block-digest", (record.block or b"",)), ("warc-payload-digest", payloads)):
        named = record.fields.get(name, "")
        if named and record.whole and all(_has_digest(one, named) is False for one in candidates):
            problems.add("wrong_digest", record.identity, f"{name} {named[:90]} is not that of the bytes")
            yield f"{name} of its record is wrong"


def _has_digest(content: bytes, named: str) -> bool | None:
    """Whether bytes have a digest, in whichever alphabet it is written; None for a kind that is not known."""
    kind, _, value = named.strip().partition(":")
    name = kind.lower().replace("-", "")
    if name not in ("md5", "sha1", "sha256", "sha384", "sha512"):
        return None
    digest = hashlib.new(name, content, usedforsecurity=False).digest()
    if value.lower() == digest.hex():
        return True
    try:
        return base64.b32decode(value.upper() + "=" * (-len(value) % 8)) == digest
    except ValueError:  # binascii.Error is one; what is not ASCII is refused with the plain kind
        return value.rstrip("=") == base64.b64encode(digest).decode("ascii").rstrip("=")


def _why_cut(record: Found, head: bytes, wire: bytes) -> str:
    if not record.whole:
        return "the WARC ends within the record"
    if truncated := record.fields.get("warc-truncated", ""):
        return f"its maker cut it short ({truncated[:40]})"
    if codings_of(head, "transfer-encoding") or codings_of(head, "content-encoding"):
        return ""  # the length is that of what the server sent, which the maker may have decoded
    lengths = values_of(head, "content-length")
    if lengths and re.fullmatch(r"\d{1,18}", lengths[-1]) and len(wire) < int(lengths[-1]):
        return f"{len(wire)} of {lengths[-1]} bytes are there"
    return ""


def _may_be_document(payload: bytes, media_type: str) -> bool:
    """Whether bytes begin like a page, PDF, Word, workbook, OFD, RTF or archive; by content, without opening it.

    Text that is no page is one only where it is called text: scripts speak Chinese too.
    """
    if payload.startswith(_BEGINNINGS) or any(form.sniff(payload) for form in (html, pdf, mhtml, rtf, xml)):
        return True
    return media_type in _TEXT and dump.sniff(payload) > 0


def _type_said(record: Found, head: bytes) -> str:
    said = values_of(head, "content-type") if head else (record.fields.get("content-type", ""),)
    return said[-1].partition(";")[0].strip().lower() if said else ""


def _interim(told: dict[str, str]) -> bytes:
    try:
        return base64.b64decode(told.get("interim", ""), validate=True)
    except ValueError:
        return b""


def _object(text: str) -> dict[str, object]:
    try:
        found = json.loads(text or "null")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
