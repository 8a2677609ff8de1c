"""A database file against its seal: every page that is not as nianbao wrote it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from mmap import ACCESS_READ, mmap
from pathlib import Path

from archive.errors import Damaged
from archive.seals.descriptors import hold, release
from archive.seals.seal import (
    FOREIGN,
    SCARRED,
    Head,
    Notes,
    kept_log_of,
    place_of,
    read_counters,
    read_head,
    read_notes,
    seal_log_of,
    seal_of,
)
from archive.seals.wal import Log, digest_page, has_good_head, log_of, read_log

_PIECE = 16  # pages: looked at together, and taken into a sample together
_SAYS = {
    "page": "is not as it was written: damaged, or changed outside nianbao",
    "cut_off": "is not there any more",
    "changed_outside": "changed outside nianbao, by another program",
    "scarred": "was not as it was written when nianbao wrote it anew",
    "under_log": "is not as it was written; the log beside the file has it whole",
    "surplus": "lies behind the end of the file",
}


@dataclass(frozen=True, slots=True)
class Damage:
    """One damaged item: a code, what it is, and what is wrong with it."""

    code: str
    what: str
    says: str


@dataclass(frozen=True, slots=True)
class Sample:
    """Which part of everything is looked at: ``part`` of 1, drawn by ``seed`` and the name of each thing alone."""

    part: float = 1.0
    seed: str = ""

    def takes(self, name: str) -> bool:
        """Whether the sample has the thing of that name: the same for the same seed, on any machine."""
        if self.part >= 1:
            return True
        drawn = blake2b(f"{self.seed} {name}".encode(), digest_size=8).digest()
        return int.from_bytes(drawn, "big") < self.part * 2**64


@dataclass(frozen=True, slots=True)
class _Known:
    """All that is known of a file's pages: seal, notes, log; ``ahead``: committed by a killed writer, not noted yet."""

    head: Head
    seal: mmap
    notes: Notes | None
    log: Log | None
    latest: dict[int, bytes]
    ahead: dict[int, bytes]
    pages: int

    def sealed(self, page: int) -> bytes | None:
        if page > self.head.pages:
            return None
        return self.seal[place_of(page) : place_of(page + 1)]

    def noted(self, page: int) -> list[bytes]:
        return [] if self.notes is None else self.notes.every.get(page, [])

    def expected(self, page: int) -> bytes:
        noted = self.noted(page)
        sealed = self.sealed(page)
        if sealed in (FOREIGN, SCARRED):
            return sealed
        if page in self.ahead:
            return self.ahead[page]
        if noted:
            return noted[-1]
        return sealed if sealed is not None else digest_page(bytes(self.head.page_size))


def check_seal(file: Path, sample: Sample) -> tuple[int, list[Damage]]:
    """A database file → (pages looked at, what is damaged). No writer may be at work on it. Raises OSError."""
    damages: list[Damage] = []
    try:
        known = _read_known(file, damages)
    except Damaged as error:
        return 0, [*damages, Damage("seal", seal_of(file).name, error.says)]
    descriptor = hold(file)
    try:
        length = os.fstat(descriptor.number).st_size
        if length % known.head.page_size:
            damages.append(Damage("cut_off", file.name, f"{length} bytes are no whole number of pages"))
        in_file = length // known.head.page_size
        last = max(in_file, known.pages)
        pieces = [start for start in range(1, last + 1, _PIECE) if sample.takes(f"{file.name} {start}")]
        found = [
            one
            for start in pieces
            for one in _check_piece(descriptor.number, known, start, min(start + _PIECE - 1, last), in_file)
        ]
        if _is_made_anew(descriptor.number, known, found):
            found = [(page, "changed_outside") for page, _ in found]
    finally:
        release(descriptor)
    return sum(min(_PIECE, last - start + 1) for start in pieces), damages + list(damages_of(file.name, found))


def _is_made_anew(opened: int, known: _Known, found: list[tuple[int, str]]) -> bool:
    """Whether the file went through SQLite in other hands: page 1 and more differ, and its counters went on."""
    others = [page for page, _ in found if page > 1]
    return known.log is None and bool(others) and (1, "page") in found and read_counters(opened) != known.head.counters


def _read_known(file: Path, damages: list[Damage]) -> _Known:
    seal, head = _read_seal(file)
    notes = read_notes(file)
    log = read_log(log_of(file), head.page_size)
    if notes is None and len(seal) != place_of(head.pages + 1):
        damages.append(Damage("seal", seal_of(file).name, f"{len(seal)} bytes are more than it has pages"))
    if notes is not None and notes.broken:
        damages.append(Damage("seal", seal_log_of(file).name, "a note in the middle is not as it was written"))
    if log_of(file).is_file() and not has_good_head(file, head.page_size):
        damages.append(Damage("log", log_of(file).name, "its head is not as it was written"))
    if notes is None:
        if log is not None:
            says = f"changed outside nianbao: another program wrote {len(log.latest())} pages"
            damages.append(Damage("changed_outside", log_of(file).name, says))
        return _Known(head, seal, None, None, {}, {}, head.pages)
    if (log is not None and log.salts == notes.salts) or (log is None and _has_salts(file, notes)):
        damages.extend(_lost(file, notes, 0 if log is None else log.last))
    last = log if log is not None else read_log(kept_log_of(file), head.page_size)
    # The disk was full before the first note: then the seal is all that was said.
    pages = notes.pages if notes.end else head.pages
    if last is None:
        return _Known(head, seal, notes, None, {}, {}, pages)
    ahead = last.latest(notes.frame if last.salts == notes.salts else 0)
    if log is None:
        return _Known(head, seal, notes, None, {}, ahead, last.pages if ahead else pages)
    return _Known(head, seal, notes, log, log.latest(), ahead, log.pages)


def _read_seal(file: Path) -> tuple[mmap, Head]:
    try:
        with seal_of(file).open("rb") as opened:
            seal = mmap(opened.fileno(), 0, access=ACCESS_READ)
    except FileNotFoundError as error:
        raise Damaged("the seal is not there") from error
    except ValueError as error:
        raise Damaged("the seal is empty") from error
    return seal, read_head(seal[: place_of(1)], len(seal))


def _has_salts(file: Path, notes: Notes) -> bool:
    if not log_of(file).is_file():
        return False
    with log_of(file).open("rb") as opened:
        return opened.read(24)[16:] == notes.salts


def _lost(file: Path, notes: Notes, last: int) -> Iterator[Damage]:
    if last < notes.frame:
        says = f"of {notes.frame} pages committed to it, those from {last + 1} on are not as they were written"
        yield Damage("log", log_of(file).name, says)


def _check_piece(opened: int, known: _Known, first: int, last: int, in_file: int) -> Iterator[tuple[int, str]]:
    """Pages ``first`` to ``last`` → those that are damaged, each with the code of how."""
    size = known.head.page_size
    content = os.pread(opened, (last - first + 1) * size, (first - 1) * size)
    for page in range(first, last + 1):
        at = (page - first) * size
        on_disk = digest_page(content[at : at + size]) if page <= in_file else None
        code = _judge(known, page, on_disk)
        if code is not None:
            yield page, code


def _judge(known: _Known, page: int, on_disk: bytes | None) -> str | None:
    sealed = known.sealed(page)
    if page > known.pages:
        # With a log, the file may still have pages that a commit in the log has cut off.
        return "surplus" if known.log is None or sealed is None else None
    in_log = known.latest.get(page)
    expected = known.expected(page)
    shown = in_log if in_log is not None else on_disk
    if expected == FOREIGN:
        return "changed_outside"
    if expected == SCARRED:
        return "scarred"
    if shown is None:
        return "cut_off"
    if shown != expected:
        return "page"
    if in_log is None or on_disk is None or on_disk in (sealed, in_log, *known.noted(page)):
        return None
    return None if _is_in_log(known, page, on_disk) or sealed is None else "under_log"


def _is_in_log(known: _Known, page: int, digest: bytes) -> bool:
    commits = () if known.log is None else known.log.commits
    return any(frame.page == page and frame.digest == digest for commit in commits for frame in commit)


def damages_of(name: str, found: Iterable[tuple[int, str]]) -> Iterator[Damage]:
    """A file's name, and its damaged pages with the code of how → one item for each run of neighbours alike."""
    ordered = sorted(found)
    starts = [0, *(at + 1 for at, (a, b) in enumerate(pairwise(ordered)) if b[0] != a[0] + 1 or b[1] != a[1])]
    for start, end in zip(starts, [*starts[1:], len(ordered)], strict=True):
        if start == end:
            continue
        first, code = ordered[start]
        last = ordered[end - 1][0]
        pages = f"page {first}" if first == last else f"pages {first} to {last}"
        yield Damage(code, f"{name} {pages}", _SAYS[code])
