"""The seal beside a database file: a digest of every page, and what was committed since it was written.

``archive.db.seal`` holds 16 bytes a page (0.4 %), as of the last checkpoint: 64 bytes of head, then the digests.
``archive.db.seal-log`` is there while a writer is at work, or after one was killed: for each commit the digests of
the pages that it wrote, taken from SQLite's own log. So no digest is ever taken of a page that lay in the file.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from archive.errors import Damaged
from archive.seals.wal import Frame, digest_page

DIGEST = 16
# In a seal instead of a page's digest: no page has it, so that the page is reported until someone seals anew.
FOREIGN = b"foreign\0\0\0\0\0\0\0\0\0"
SCARRED = b"scarred\0\0\0\0\0\0\0\0\0"

_MAGIC = b"nianbao seal 1\n\0"
_HEAD = struct.Struct(">16sII8s16x16s")
_NOTE_MAGIC = b"NBJ1"
_NOTE = struct.Struct(">4sQ8sIII")
_ENTRY = struct.Struct(">I16s")
# Zeros at the seal log's beginning: room for the commits between two checkpoints, taken while there is room.
RESERVED = 256 * 1024


@dataclass(frozen=True, slots=True)
class Head:
    """The first 64 bytes of a seal: page size in bytes, pages sealed, and SQLite's counters on page 1.

    ``counters``: file change counter and schema cookie. Another program that adds pages, or makes the file anew
    (VACUUM), changes them.
    """

    page_size: int
    pages: int
    counters: bytes


@dataclass(slots=True)
class Notes:
    """What a seal log says: ``every`` page → all digests it had since the seal was written, the last one last.

    ``salts`` and ``frame``: how far SQLite's log was noted. ``end``: where the next note goes. ``broken``: notes in
    the middle cannot be read.
    """

    generation: int
    salts: bytes
    frame: int
    pages: int
    every: dict[int, list[bytes]] = field(default_factory=dict)
    end: int = 0
    broken: bool = False

    def take(self, salts: bytes, commit: tuple[Frame, ...], digests: dict[int, bytes]) -> None:
        """Adds one commit: the digests of its pages that are to be known by it."""
        self.salts, self.frame, self.pages = salts, commit[-1].number, commit[-1].pages
        for page, digest in digests.items():
            self.every.setdefault(page, []).append(digest)


def seal_of(file: Path) -> Path:
    """A database file → its seal."""
    return file.with_name(f"{file.name}.seal")


def seal_log_of(file: Path) -> Path:
    """A database file → its seal log."""
    return file.with_name(f"{file.name}.seal-log")


def kept_log_of(file: Path) -> Path:
    """A database file → a second name of SQLite's log, which outlives the first.

    When a writer was killed and another program looks at the file, SQLite brings the log into the file and takes its
    name away. The last commit may not have been noted by then; under this name it can still be read.
    """
    return file.with_name(f"{file.name}.seal-wal")


def forget_seal(file: Path) -> None:
    """Takes away all that seals a database file."""
    for path in (kept_log_of(file), seal_log_of(file), seal_of(file)):
        path.unlink(missing_ok=True)


def read_head(seal: bytes, length: int) -> Head:
    """The first bytes of a seal and the length of all → its head. Raises Damaged.

    It may be longer than its head says: a writer was killed while it grew.
    """
    if len(seal) < _HEAD.size:
        raise Damaged("the seal is cut off")
    magic, page_size, pages, counters, digest = _HEAD.unpack(seal[: _HEAD.size])
    if magic != _MAGIC or digest != digest_page(seal[: _HEAD.size - DIGEST]):
        raise Damaged("the head of the seal is not as it was written")
    if length < _HEAD.size + pages * DIGEST:
        raise Damaged(f"expected a seal of {pages} pages, found {length} bytes")
    return Head(page_size, pages, counters)


def write_head(opened: int, head: Head) -> None:
    """Writes the head into an open seal."""
    body = _HEAD.pack(_MAGIC, head.page_size, head.pages, head.counters, b"")[:-DIGEST]
    os.pwrite(opened, body + digest_page(body), 0)


def read_counters(opened: int) -> bytes:
    """An open database file → file change counter and schema cookie (https://sqlite.org/fileformat2.html, 1.3)."""
    header = os.pread(opened, 44, 0)
    return header[24:28] + header[40:44]


def place_of(page: int) -> int:
    """A page's number (from 1) → where its digest stands in the seal."""
    return _HEAD.size + (page - 1) * DIGEST


def seal_file(file: Path, opened: int, page_size: int) -> None:
    """Seals a database file as it lies; its log must be empty. For a new file, and one that no release has sealed.

    ``opened``: its descriptor. Written under another name and renamed, so that a seal is whole or not there.
    """
    new = seal_of(file).with_suffix(".seal-new")
    pages = os.fstat(opened).st_size // page_size
    with new.open("wb") as out:
        out.truncate(_HEAD.size)
        out.seek(_HEAD.size)
        for page in range(pages):
            out.write(digest_page(os.pread(opened, page_size, page * page_size)))
        out.flush()
        write_head(out.fileno(), Head(page_size, pages, read_counters(opened)))
        os.fsync(out.fileno())
    new.replace(seal_of(file))


def note_bytes(notes: Notes, digests: dict[int, bytes]) -> bytes:
    """The note of one commit (or of none: how far was noted) as it stands in the seal log."""
    body = _NOTE.pack(_NOTE_MAGIC, notes.generation, notes.salts, notes.frame, notes.pages, len(digests))
    body += b"".join([_ENTRY.pack(*entry) for entry in digests.items()])
    return body + blake2b(body, digest_size=DIGEST).digest()


def read_notes(file: Path) -> Notes | None:
    """A database file → what its seal log says; None where there is none: no writer is at work, none was killed.

    The last note may be torn, if a writer was killed over it; then what it said is in SQLite's log.
    """
    try:
        content = seal_log_of(file).read_bytes()
    except FileNotFoundError:
        return None
    notes: Notes | None = None
    at = 0
    while (found := _read_note(content, at)) is not None:
        one, entries, end = found
        if notes is None:
            notes = one
        elif one.generation != notes.generation:
            break
        notes.salts, notes.frame, notes.pages, notes.end = one.salts, one.frame, one.pages, end
        for page, digest in entries:
            notes.every.setdefault(page, []).append(digest)
        at = end
    if notes is None:
        return Notes(0, bytes(8), 0, 0, broken=any(content) and not _is_begun_anew(content))
    following = content.find(_NOTE_MAGIC + struct.pack(">Q", notes.generation), notes.end + 1)
    notes.broken = following >= 0 and _read_note(content, following) is not None
    return notes


def _is_begun_anew(content: bytes) -> bool:
    """True where a writer was killed over the first note of a new beginning: those behind it are of an earlier one, and
    all that they say is in the seal by then."""
    if not content.startswith(_NOTE_MAGIC) or len(content) < _NOTE.size:
        return False
    begun, at = struct.unpack_from(">Q", content, len(_NOTE_MAGIC))[0], content.find(_NOTE_MAGIC, 1)
    while at >= 0 and (found := _read_note(content, at)) is None:
        at = content.find(_NOTE_MAGIC, at + 1)
    return at < 0 or (found is not None and found[0].generation < begun)


def _read_note(content: bytes, at: int) -> tuple[Notes, list[tuple[int, bytes]], int] | None:
    if content[at : at + 4] != _NOTE_MAGIC or len(content) < at + _NOTE.size:
        return None
    _, generation, salts, frame, pages, count = _NOTE.unpack_from(content, at)
    end = at + _NOTE.size + count * _ENTRY.size
    if content[end : end + DIGEST] != blake2b(content[at:end], digest_size=DIGEST).digest():
        return None
    entries = list(_ENTRY.iter_unpack(content[at + _NOTE.size : end]))
    return Notes(generation, salts, frame, pages), entries, end + DIGEST
