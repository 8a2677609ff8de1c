"""WARC 0.17 to 1.1 by whomever → its records, one after another, whatever is wrong with some of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from archive.warc.fields import read_fields
from archive.warc.message import LONGEST_HEAD
from archive.warc.stream import Bomb, Broken, Stream
from parsers.limited.limits import LARGEST_PAYLOAD

LONGEST_BLOCK = LARGEST_PAYLOAD + LONGEST_HEAD
"""Bytes of a record that are taken into memory; a longer one is passed over."""

_LONGEST_LINE = 16 * 1024
_LONGEST_HEADER = 64 * 1024
_MOST_EXAMPLES = 20
_VERSION = re.compile(rb"WARC/(\d+\.\d+)[ \t]*\r?\n")
_LENGTH = re.compile(r"\d{1,18}")
_NEXT = re.compile(rb"\r?\n\r?\nWARC/\d")
_PIECE = 1024 * 1024
# Types of which nothing is wanted: what is in them is not taken into memory.
_PASSED = frozenset({"continuation"})


@dataclass(frozen=True, slots=True)
class Found:
    """A record as read: ``fields`` by lower-case name, ``place`` its byte in the unpacked file.

    ``block`` is None where it is longer than LONGEST_BLOCK; ``whole`` is False where the file ends within it;
    ``doubts`` say what is wrong with it otherwise.
    """

    version: str
    fields: Mapping[str, str]
    block: bytes | None
    place: int
    whole: bool = True
    doubts: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return self.fields.get("warc-type", "").lower()

    @property
    def identity(self) -> str:
        return self.fields.get("warc-record-id", "") or f"byte {self.place}"


@dataclass(slots=True)
class Problems:
    """What was wrong in a file: counted by code, the first of them told."""

    file: str
    codes: Counter[str] = field(default_factory=Counter)
    examples: list[dict[str, str]] = field(default_factory=list)

    def add(self, code: str, record: str, says: str) -> None:
        """One more."""
        self.codes[code] += 1
        if len(self.examples) < _MOST_EXAMPLES:
            self.examples.append({"code": code, "file": self.file, "record": record, "says": says})


def read_warc(raw: BinaryIO, problems: Problems) -> Iterator[Found]:
    """An open file, plain or gzipped → its records; what is no record is passed over, and told to ``problems``.

    Codes: ``junk`` (bytes that belong to no record), ``bad_header``, ``bad_length``, ``wrong_length``, ``truncated``,
    ``too_large``, ``segmented``, ``damaged`` (a gzip member that does not unpack), ``bomb`` (one that unpacks to far
    too much: the file is read no further), ``unknown_version``. Never more than one record is in memory.
    """
    try:
        stream = Stream(raw)
    except Broken as error:
        problems.add("damaged", "byte 0", str(error))
        return
    while True:
        try:
            if not _find_record(stream, problems):
                break
            found = _read_record(stream, problems)
        except Broken as error:
            problems.add("damaged", f"byte {stream.offset}", str(error))
            if not stream.is_gzip or not stream.skip_member():
                break
            continue
        except Bomb as error:
            problems.add("bomb", f"byte {stream.offset}", str(error))
            break
        if found is not None:
            yield found
    if stream.cut and not problems.codes["truncated"]:
        problems.add("truncated", f"byte {stream.offset}", "the file ends within a gzip member")


def _find_record(stream: Stream, problems: Problems) -> bool:
    """Goes to the next line that begins a record; False at the end."""
    said = False
    while line := stream.read_line(_LONGEST_LINE):
        if line.startswith(b"WARC/"):
            stream.unread(line)
            return True
        if line.strip() and not said:
            said = True
            problems.add("junk", f"byte {stream.offset}", f"expected a record, found {line[:40]!r}")
    return False


def _read_record(stream: Stream, problems: Problems) -> Found | None:
    place = stream.offset
    header = _read_header(stream)
    version = _VERSION.match(header)
    if version is None:
        problems.add("bad_header", f"byte {place}", f"expected WARC/1.1 and named fields, found {header[:60]!r}")
        return None
    fields = read_fields(header.partition(b"\n")[2])
    record = fields.get("warc-record-id", f"byte {place}")
    if version[1] not in (b"0.17", b"0.18", b"1.0", b"1.1"):
        problems.add("unknown_version", record, f"WARC/{version[1].decode('ascii')}")
    said = fields.get("content-length", "")
    if _LENGTH.fullmatch(said) is None:
        problems.add("bad_length", record, f"expected a Content-Length, found {said[:40]!r}")
        return None
    length = int(said)
    kind = fields.get("warc-type", "").lower()
    told = (version[1].decode("ascii"), fields)
    if length > LONGEST_BLOCK or kind in _PASSED:
        passed = _pass_over(stream, length)
        problems.add("too_large" if length > LONGEST_BLOCK else "segmented", record, f"a {kind} of {length} bytes")
        if passed < length:
            problems.add("truncated", record, f"the file ends after {passed} of {length} bytes")
        return Found(*told, None, place, whole=False)
    block = stream.read_in_member(length)
    if len(block) < length and _NEXT.search(block) is None:
        problems.add("truncated", record, f"expected {length} bytes, found {len(block)}")
        return Found(*told, block, place, whole=False)
    ahead = stream.peek(5)
    if len(block) == length and (ahead[:1] in (b"", b"\r", b"\n") or ahead == b"WARC/"):
        return Found(*told, block, place)
    problems.add("wrong_length", record, f"no record ends after the {length} bytes that it says it has")
    return Found(*told, _mend(stream, block), place, doubts=("Content-Length of the record is wrong",))


def _read_header(stream: Stream) -> bytes:
    """Version and named fields up to and with the empty line; b"" where they do not end."""
    lines: list[bytes] = []
    size = 0
    while line := stream.read_line(_LONGEST_LINE):
        lines.append(line)
        size += len(line)
        if not line.strip(b"\r\n"):
            return b"".join(lines)
        if size > _LONGEST_HEADER or not line.endswith(b"\n"):
            break
    return b""


def _pass_over(stream: Stream, length: int) -> int:
    passed = 0
    while passed < length and (piece := stream.read_in_member(min(_PIECE, length - passed))):
        passed += len(piece)
    return passed


def _mend(stream: Stream, block: bytes) -> bytes:
    """A block whose length is wrong → what stands before the next record: shorter, or longer."""
    following = _NEXT.search(block)
    if following is not None:  # with the empty line that ends a record
        stream.unread(block[following.start() :])
        return block[: following.start()]
    pieces = [block]
    size = len(block)
    while size < LONGEST_BLOCK and (line := stream.read_line(_LONGEST_LINE)):
        if line.startswith(b"WARC/"):
            stream.unread(line)
            break
        pieces.append(line)
        size += len(line)
    joined = b"".join(pieces)
    return joined[:-4] if joined.endswith(b"\r\n\r\n") else joined
