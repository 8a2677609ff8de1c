"""A second reading of WARC, for tests: the standard's grammar in a few lines, which trusts every length."""

from __future__ import annotations

import zlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Raw:
    """One record: where its gzip member stands, its named fields, its block."""

    offset: int
    length: int
    fields: dict[str, str]
    block: bytes

    def __getitem__(self, name: str) -> str:
        return self.fields[name]


def raw_records(warc: bytes) -> list[Raw]:
    """A gzipped WARC → its records; fails unless each is one member and ends as the standard says."""
    found = []
    offset = 0
    while offset < len(warc):
        member = zlib.decompressobj(31)
        content = member.decompress(warc[offset:])
        assert member.eof
        head, _, rest = content.partition(b"\r\n\r\n")
        version, *lines = head.decode("utf-8").split("\r\n")
        assert version == "WARC/1.1"
        pairs = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
        fields = dict(pairs)
        assert len(fields) == len(pairs)
        size = int(fields["Content-Length"])
        assert rest[size:] == b"\r\n\r\n"
        length = len(warc) - offset - len(member.unused_data)
        found.append(Raw(offset, length, fields, rest[:size]))
        offset += length
    return found


def plain(kind: str, identity: str, block: bytes, version: str = "1.0", **fields: str) -> bytes:
    """A record as bytes, not compressed; a field ``WARC_Date`` is WARC-Date."""
    named = {"WARC_Date": "2022-02-03T01:02:03Z", "Content_Length": str(len(block))} | fields
    lines = [f"WARC-Type: {kind}", f"WARC-Record-ID: {identity}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in named.items() if value]
    return f"WARC/{version}\r\n".encode() + "\r\n".join([*lines, "", ""]).encode() + block + b"\r\n\r\n"


def response(
    url: str, body: bytes, *, head: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", **fields: str
) -> bytes:
    """A response record of a page, its id made of the URL."""
    identity = fields.pop("identity", f"<urn:x:{url}>")
    return plain(
        "response",
        identity,
        head + body,
        WARC_Target_URI=url,
        Content_Type="application/http; msgtype=response",
        **fields,
    )
