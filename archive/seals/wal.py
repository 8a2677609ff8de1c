"""The write-ahead log of an SQLite file, read beside SQLite: which pages it holds, committed and whole.

Source: https://sqlite.org/fileformat2.html#the_write_ahead_log
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

HEADER = 32
FRAME_HEADER = 24
_MAGIC = {0x377F0682: "<", 0x377F0683: ">"}
_WORD = 2**32 - 1
_FRAME = struct.Struct(">II8s")
_PIECE = 16  # frames that are read at once: most commits have fewer


class Frame(NamedTuple):
    """One page as the log holds it: frame and page count from 1; ``digest`` is that of the page's bytes.

    ``pages``: the file's length in pages after the commit that this frame ends, 0 where it ends none.
    """

    number: int
    page: int
    pages: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Log:
    """What a log holds for a reader: all frames up to the last whole commit.

    ``salts`` name this life of the log: they change when SQLite begins it anew. ``pages``: the file's length after
    the last commit.
    """

    salts: bytes
    pages: int
    commits: tuple[tuple[Frame, ...], ...]

    @property
    def last(self) -> int:
        """The number of the last committed frame."""
        return self.commits[-1][-1].number

    def latest(self, after: int = 0) -> dict[int, bytes]:
        """Page → digest of its last frame, of the frames behind number ``after``."""
        return {frame.page: frame.digest for commit in self.commits for frame in commit if frame.number > after}


def digest_page(content: bytes | memoryview) -> bytes:
    """A page's bytes → 16 bytes that tell it from any other (BLAKE2b, RFC 7693)."""
    return blake2b(content, digest_size=16).digest()


def log_of(file: Path) -> Path:
    """A database file → its log."""
    return file.with_name(f"{file.name}-wal")


def read_log(log: Path, page_size: int) -> Log | None:
    """A log's file → what SQLite would take of it after a crash; None where it is not there or holds no commit.

    A frame is good if the chain of checksums from the log's beginning to it is; SQLite drops the first that is not
    and all behind it, in silence.
    """
    if not log.is_file():
        return None
    with log.open("rb") as opened:
        header = opened.read(HEADER)
        order = _order_of(header, page_size)
        if order is None:
            return None
        commits = tuple(commits_of(_good_frames(opened.read, header, order, page_size)))
    return Log(header[16:24], commits[-1][-1].pages, commits) if commits else None


def has_good_head(file: Path, page_size: int) -> bool:
    """Whether the log of a database file is empty, or begins as SQLite writes it."""
    with log_of(file).open("rb") as opened:
        header = opened.read(HEADER)
    return not header or _order_of(header, page_size) is not None


def salts_of(log: Path) -> bytes:
    """A log's file → the salts of the life that it is in; empty where it has no head."""
    try:
        with log.open("rb") as opened:
            return opened.read(HEADER)[16:24]
    except FileNotFoundError:
        return b""


def frames_after(opened: int, number: int, salts: bytes, page_size: int, *, is_checked: bool) -> Iterator[Frame]:
    """An open log → its frames of this life from ``number`` + 1 on.

    Their checksums are taken on trust, for the one who wrote them: what was rolled back may follow the last frame that
    ends a commit. ``is_checked``: they are not, where a commit may lie that never became whole (its writer was killed,
    or failed): the head of its last frame can be there without the page.
    """
    step = FRAME_HEADER + page_size
    order, before = "", b""
    if is_checked:
        order = _MAGIC[struct.unpack(">I", os.pread(opened, 4, 0))[0]]
        before = os.pread(opened, 8, HEADER + (number - 1) * step + 16 if number else 24)
    while True:
        piece = os.pread(opened, _PIECE * step, HEADER + number * step)
        view = memoryview(piece)
        for start in range(0, len(piece) - step + 1, step):
            page, pages, of = _FRAME.unpack_from(piece, start)
            if of != salts:
                return
            if is_checked:
                frame = piece[start : start + step]
                if _sum_frame(order, frame, before) != frame[16:24]:
                    return
                before = frame[16:24]
            number += 1
            yield Frame(number, page, pages, digest_page(view[start + FRAME_HEADER : start + step]))
        if len(piece) < _PIECE * step:
            return


def commits_of(frames: Iterator[Frame]) -> Iterator[tuple[Frame, ...]]:
    """Frames → those of each commit; what follows the last commit is left out."""
    commit: list[Frame] = []
    for frame in frames:
        commit.append(frame)
        if frame.pages:
            yield tuple(commit)
            commit = []


def _order_of(header: bytes, page_size: int) -> str | None:
    """A log's head → the order of bytes that its checksums take, None where it is none of that page size."""
    if len(header) < HEADER:
        return None
    magic, _, size = struct.unpack(">III", header[:12])
    order = _MAGIC.get(magic)
    if order is None or size != page_size or _sum(order, header[:24], (0, 0)) != struct.unpack(">II", header[24:]):
        return None
    return order


def _good_frames(read: Callable[[int], bytes], header: bytes, order: str, page_size: int) -> Iterator[Frame]:
    before = header[24:32]
    number = 0
    while len(frame := read(FRAME_HEADER + page_size)) == FRAME_HEADER + page_size:
        if frame[8:16] != header[16:24] or _sum_frame(order, frame, before) != frame[16:24]:
            return
        before = frame[16:24]
        page, pages = struct.unpack(">II", frame[:8])
        number += 1
        yield Frame(number, page, pages, digest_page(frame[FRAME_HEADER:]))


def _sum_frame(order: str, frame: bytes, before: bytes) -> bytes:
    """The checksum of a frame, which goes on from that of the frame before it."""
    first, second = struct.unpack(">II", before)
    return struct.pack(">II", *_sum(order, frame[FRAME_HEADER:], _sum(order, frame[:8], (first, second))))


def _sum(order: str, content: bytes, sums: tuple[int, int]) -> tuple[int, int]:
    first, second = sums
    words = iter(struct.unpack(f"{order}{len(content) // 4}I", content))
    for left, right in zip(words, words, strict=True):
        first = (first + left + second) & _WORD
        second = (second + right + first) & _WORD
    return first, second
