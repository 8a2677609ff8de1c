"""Captures → one compressed WARC 1.1, and where each of its records stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import BinaryIO

from archive.store import Archive
from archive.warc.fields import CONTENT_TYPE, write_fields
from archive.warc.index import Entry
from archive.warc.outgoing import kept_capture, records_of
from archive.warc.record import Record, record_id, to_bytes, uri_of

_CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


def write_warc(
    archive: Archive, captures: Iterable[int], out: BinaryIO, *, filename: str, date: str, about: str
) -> Iterator[Entry]:
    """Writes the captures, by id, to ``out`` as they are asked for; gives an index entry for each that can be replayed.

    ``filename`` is what the WARC says it is called, ``date`` (RFC 3339) when it says it was made, ``about`` what it
    holds: the same three and the same captures give the same bytes. One record is in memory at a time. Raises Damaged.
    """
    identity = record_id("warcinfo", filename, date, about)
    offset = out.write(to_bytes(_warcinfo(identity, filename, date, about)))
    for capture in captures:
        for written in records_of(archive, capture, identity):
            packed = to_bytes(written.record)
            out.write(packed)
            if written.mime or written.status:
                kept = kept_capture(archive, capture)
                yield Entry(
                    uri_of(kept.url), kept.captured_at, written.mime, written.status, written.digest,
                    offset, len(packed), filename, kept.post,
                )  # fmt: skip
            offset += len(packed)


def software() -> str:
    """What made the file: our name and release, where the package is installed."""
    try:
        return f"nianbao/{version('nianbao')}"
    except PackageNotFoundError:
        return "nianbao"


def _warcinfo(identity: str, filename: str, date: str, about: str) -> Record:
    block = write_fields(
        (
            ("software", software()),
            ("format", "WARC File Format 1.1"),
            ("conformsTo", _CONFORMS_TO),
            ("description", about),
        )
    )
    return Record("warcinfo", identity, date, (("WARC-Filename", filename), ("Content-Type", CONTENT_TYPE)), block)
