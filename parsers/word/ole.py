"""An OLE compound file ([MS-CFB]) → the streams in its root, whole or their first bytes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.errors import Unreadable

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = 512
_ENTRY = 128
_ENTRIES_IN_HEADER = 109
_LAST_SECTOR = 0xFFFFFFFA  # [MS-CFB] 2.1: this and above are marks, no sector numbers
_MINI_SECTOR = 64


@dataclass(frozen=True, slots=True)
class Stream:
    """One entry of the root: its name, where it starts and its bytes."""

    name: str
    start: int
    size: int


class _File:
    """The sectors of a compound file. A sector that does not exist reads as empty, and ends its chain."""

    def __init__(self, payload: bytes) -> None:
        self.payload = payload
        shift, mini_shift = struct.unpack_from("<HH", payload, 30)
        self.sector = 1 << shift if shift in (9, 12) else 512
        self.is_usual = mini_shift == 6
        self.most = len(payload) // self.sector + 1  # sectors: a longer chain goes in circles
        self.directory_start, self.mini_cutoff = struct.unpack_from("<I4xI", payload, 48)
        self.mini_start, _, self.more_start, self.more_count = struct.unpack_from("<IIII", payload, 60)
        self.table_sectors = self._table_sectors()
        self.read_tables: dict[int, tuple[int, ...]] = {}

    def bytes_of(self, number: int) -> bytes:
        start = (number + 1) * self.sector
        return self.payload[start : start + self.sector]

    def _table_sectors(self) -> list[int]:
        """The sectors of the allocation table: 109 named in the header, the others in a chain of their own."""
        found = list(struct.unpack_from(f"<{_ENTRIES_IN_HEADER}I", self.payload, 76))
        at, seen = self.more_start, 0
        while at < _LAST_SECTOR and seen < min(self.more_count, self.most):
            content = self.bytes_of(at)
            if len(content) < self.sector:
                break
            *named, at = struct.unpack(f"<{self.sector // 4}I", content)
            found += named
            seen += 1
        return found

    def after(self, number: int) -> int:
        per_sector = self.sector // 4
        which, offset = divmod(number, per_sector)
        if which >= len(self.table_sectors) or self.table_sectors[which] >= _LAST_SECTOR:
            return _LAST_SECTOR
        numbers = self.read_tables.get(which)
        if numbers is None:
            content = self.bytes_of(self.table_sectors[which])
            numbers = self.read_tables[which] = struct.unpack_from(f"<{len(content) // 4}I", content)
        return numbers[offset] if offset < len(numbers) else _LAST_SECTOR

    def chain(self, start: int) -> Iterator[bytes]:
        at, seen = start, 0
        while at < _LAST_SECTOR and seen < self.most:
            content = self.bytes_of(at)
            if not content:
                return
            yield content
            at, seen = self.after(at), seen + 1


def root_streams(payload: bytes) -> dict[str, Stream]:
    """The streams and storages directly in the root, by name; empty for bytes that are no compound file.

    Those of embedded documents are not among them: a workbook with a Word document in it is a workbook.
    """
    if not payload.startswith(MAGIC) or len(payload) < _HEADER:
        return {}
    opened = _File(payload)
    content = b"".join(opened.chain(opened.directory_start))
    count = len(content) // _ENTRY
    found: dict[str, Stream] = {}
    waiting = [_entry(content, 0)[3]] if count else []
    seen: set[int] = set()
    while waiting:
        at = waiting.pop()
        if at >= count or at in seen:
            continue
        seen.add(at)
        stream, left, right, _ = _entry(content, at)
        found[stream.name] = stream
        waiting += [left, right]
    return found


def head_of(payload: bytes, stream: Stream, size: int) -> bytes:
    """The first ``size`` bytes of a stream of the root; fewer where the file is cut off."""
    opened = _File(payload)
    wanted = min(size, stream.size)
    if stream.size >= opened.mini_cutoff:
        return _first(opened.chain(stream.start), wanted)
    return _from_mini_stream(opened, stream, wanted)


def bytes_of_stream(payload: bytes, stream: Stream) -> bytes:
    """A whole stream of the root. Raises Unreadable where the file holds less of it than its directory says."""
    content = head_of(payload, stream, stream.size)
    if len(content) < stream.size:
        raise Unreadable(f"expected {stream.size} bytes in the stream {stream.name}, found {len(content)}")
    return content


def _from_mini_stream(opened: _File, stream: Stream, wanted: int) -> bytes:
    """[MS-CFB] 2.4: small streams lie in sectors of 64 bytes within a stream that the root entry names."""
    directory = b"".join(opened.chain(opened.directory_start))
    if len(directory) < _ENTRY or not opened.is_usual:
        return b""
    mini = b"".join(opened.chain(_entry(directory, 0)[0].start))
    table = b"".join(opened.chain(opened.mini_start))
    found: list[bytes] = []
    at, missing = stream.start, wanted
    while at < _LAST_SECTOR and missing > 0 and at * 4 + 4 <= len(table):
        found.append(mini[at * _MINI_SECTOR : at * _MINI_SECTOR + min(missing, _MINI_SECTOR)])
        missing -= _MINI_SECTOR
        (at,) = struct.unpack_from("<I", table, at * 4)
    return b"".join(found)


def _first(pieces: Iterator[bytes], size: int) -> bytes:
    found: list[bytes] = []
    missing = size
    for piece in pieces:
        found.append(piece[:missing])
        missing -= len(piece)
        if missing <= 0:
            break
    return b"".join(found)


def _entry(directory: bytes, at: int) -> tuple[Stream, int, int, int]:
    """A directory entry ([MS-CFB] 2.6.1): the stream, its left and right siblings, its child."""
    entry = directory[at * _ENTRY : (at + 1) * _ENTRY]
    (length,) = struct.unpack_from("<H", entry, 64)
    name = entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
    left, right, child = struct.unpack_from("<III", entry, 68)
    start, size = struct.unpack_from("<IQ", entry, 116)
    return Stream(name, start, size & 0xFFFFFFFF), left, right, child
