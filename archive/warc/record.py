"""One WARC 1.1 record as bytes, a gzip member of its own (ISO 28500:2017, annex on compression)."""

from __future__ import annotations

import hashlib
import uuid
import zlib
from dataclasses import dataclass
from urllib.parse import quote

_PRINTABLE = "".join(chr(one) for one in range(0x21, 0x7F) if chr(one) not in '<>"`{}|\\^')


@dataclass(frozen=True, slots=True)
class Record:
    """A record to be written; ``fields`` are the named fields beside type, id, date, lengths and block digest."""

    kind: str
    identity: str
    date: str
    fields: tuple[tuple[str, str], ...]
    block: bytes


def record_id(*parts: str) -> str:
    """What a record is of → its WARC-Record-ID, the same each time (RFC 9562, 5.5: UUID version 5)."""
    return f"<{uuid.uuid5(uuid.NAMESPACE_URL, 'nianbao:' + ' '.join(parts)).urn}>"


def sha256(content: bytes) -> str:
    """Bytes → ``sha256:`` and 64 hex digits, as WACZ writes digests."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def uri_of(url: str) -> str:
    """URL as the archive has it (Chinese readable, whatever a page linked to) → a URI of ASCII (RFC 3986).

    >>> uri_of("file:示例 1.html")
    'file:%E7%A4%BA%E4%BE%8B%201.html'
    """
    return quote(url, safe=_PRINTABLE)


def to_bytes(record: Record) -> bytes:
    """A record → its bytes, compressed; the same record gives the same bytes."""
    fields = [
        ("WARC-Type", record.kind),
        ("WARC-Record-ID", record.identity),
        ("WARC-Date", record.date),
        *record.fields,
        ("WARC-Block-Digest", sha256(record.block)),
        ("Content-Length", str(len(record.block))),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    pieces = (f"WARC/1.1\r\n{head}\r\n".encode(), record.block, b"\r\n\r\n")
    return b"".join([*(packer.compress(piece) for piece in pieces), packer.flush()])
