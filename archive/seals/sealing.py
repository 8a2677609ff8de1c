"""The writer's side of a seal: notes what each commit wrote, and checkpoints SQLite's log itself.

SQLite's own checkpoints are off on a writer's connection, because they would change pages that nobody has noted.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, groupby
from pathlib import Path
from typing import Self

from sqlite_utils import Database

from archive.errors import Damaged
from archive.seals.descriptors import Descriptor
from archive.seals.seal import (
    DIGEST,
    FOREIGN,
    RESERVED,
    SCARRED,
    Head,
    Notes,
    kept_log_of,
    note_bytes,
    place_of,
    read_counters,
    read_head,
    read_notes,
    seal_file,
    seal_log_of,
    seal_of,
    write_head,
)
from archive.seals.wal import HEADER, Frame, Log, commits_of, digest_page, frames_after, log_of, read_log, salts_of

# Frames of SQLite's log between two checkpoints, as SQLite itself has it: 4 MB of pages.
CHECKPOINT = 1000
# Readers that follow one another without a gap keep a log from beginning anew for ever, though all of it is in the
# file: at twice that length they are waited for. Who comes meanwhile reads the file.
_LONG = 2 * CHECKPOINT
_PATIENCE = 1000  # milliseconds; one that reads for longer lets the log grow until it ends


class Sealer:
    """Keeps the seal of one database file while a writer has it open."""

    def __init__(self, db: Database, file: Path, descriptor: Descriptor, seal: int, head: Head) -> None:
        self._db = db
        self._file = file
        self._read = descriptor.number
        self._seal = seal
        self._head = head
        self._log = -1
        self._notes = Notes(0, bytes(8), 0, head.pages)
        self._out = -1
        self._due = CHECKPOINT
        self._doubted: bytes | None = salts_of(log_of(file))
        self._has_failed = False
        self._seen = self._data_version()

    @classmethod
    def begin(cls, db: Database, file: Path, descriptor: Descriptor, *, is_new: bool) -> Self | None:
        """Takes up the seal of a file that was just opened to write, and notes what a killed writer left in the log.

        ``is_new``: it never had one; it gets one as it lies. None where it had one that is gone or damaged: then
        nothing is sealed, and ``verify`` says why. What another program has written since is marked as such.
        """
        page_size: int = db.execute("PRAGMA page_size").fetchone()[0]
        if is_new and not seal_of(file).is_file():
            if db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                return None
            seal_file(file, descriptor.number, page_size)
        try:
            seal = os.open(seal_of(file), os.O_RDWR)
        except FileNotFoundError:
            return None
        try:
            head = read_head(os.pread(seal, place_of(1), 0), os.fstat(seal).st_size)
        except Damaged:
            os.close(seal)
            return None
        db.execute("PRAGMA wal_autocheckpoint = 0").fetchone()
        sealer = cls(db, file, descriptor, seal, head)
        sealer._take_up()
        return sealer

    def note(self) -> None:
        """Notes what was committed since the last note; checkpoints when the log has grown long.

        Raises OSError: the commit stands all the same, and the next note has it too.
        """
        if self._note_commits() and self._notes.frame >= self._due:
            self._due = self._notes.frame + CHECKPOINT
            if self._notes.frame < _LONG:
                self._checkpoint("PASSIVE")
            else:
                self._cut_log()

    def doubt(self) -> None:
        """To be said when a transaction failed: until the log begins anew, its frames are not taken on trust."""
        self._doubted = None
        self._has_failed = True

    def finish(self) -> None:
        """Checkpoints and closes the seal; while a reader holds the log, the rest is left to the next writer."""
        try:
            self._note_commits()
            self._db.execute("PRAGMA busy_timeout = 0").fetchone()
            if self._checkpoint("TRUNCATE"):
                kept_log_of(self._file).unlink(missing_ok=True)
                seal_log_of(self._file).unlink()
        finally:
            for opened in (self._seal, self._out, self._log):
                if opened >= 0:
                    os.close(opened)

    def empty_log(self) -> bool:
        """Brings everything into the file and cuts the log to nothing; False while a reader holds it."""
        self._note_commits()
        return self._checkpoint("TRUNCATE")

    def _cut_log(self) -> None:
        before: int = self._db.execute("PRAGMA busy_timeout").fetchone()[0]
        self._db.execute(f"PRAGMA busy_timeout = {_PATIENCE}").fetchone()
        try:
            self._checkpoint("TRUNCATE")
        finally:
            self._db.execute(f"PRAGMA busy_timeout = {before}").fetchone()

    def _take_up(self) -> None:
        left = read_notes(self._file)
        log = read_log(log_of(self._file), self._head.page_size)
        self._out = os.open(seal_log_of(self._file), os.O_RDWR | os.O_CREAT, 0o644)
        if left is None:
            os.pwrite(self._out, bytes(RESERVED), 0)
            if log is None:
                self._begin_notes(Notes(1, bytes(8), 0, self._head.pages))
            else:
                self._mark_foreign(log.latest())
                self._begin_notes(Notes(1, log.salts, log.last, log.pages))
            return
        self._notes = left
        if left.end == 0:  # what lies behind is of an earlier beginning, and must not be taken for notes of this one
            os.ftruncate(self._out, 0)
            os.pwrite(self._out, bytes(RESERVED), 0)
            self._begin_notes(Notes(1, bytes(8), 0, self._head.pages))
        last = log if log is not None else read_log(kept_log_of(self._file), self._head.page_size)
        if last is not None:
            self._note_left(last)
        if log is None and self._notes.every:
            # SQLite takes a log away only when all of it has come into the file.
            self._apply()

    def _note_left(self, log: Log) -> None:
        """Notes what a killed writer committed last, which may be in the file already."""
        noted = self._notes.frame if log.salts == self._notes.salts else 0
        commits = [commit for commit in log.commits if commit[-1].number > noted]
        moved = _digests_of(chain.from_iterable(commits))
        for commit in commits:
            self._note(log.salts, commit, is_ours=True, moved=moved)

    def _note_commits(self) -> bool:
        if self._log < 0:
            if not log_of(self._file).is_file():
                return False
            self._log = os.open(log_of(self._file), os.O_RDONLY)
            self._keep_log()
        header = os.pread(self._log, HEADER, 0)
        if len(header) < HEADER:
            return False
        salts = header[16:24]
        start = self._notes.frame if salts == self._notes.salts else 0
        if start == 0:
            self._due = CHECKPOINT
        if self._doubted is None:
            self._doubted = salts
        commits, moved = self._commits_after(start, salts)
        if not commits:
            return False
        # It changes when another connection commits (https://sqlite.org/pragma.html#pragma_data_version).
        version = self._data_version()
        if version != self._seen and not moved:
            commits, moved = self._commits_after(start, salts)  # what the other one committed while they were read
        is_ours, self._seen = version == self._seen, version
        for commit in commits:
            self._note(salts, commit, is_ours, moved)
        return True

    def _commits_after(self, start: int, salts: bytes) -> tuple[list[tuple[Frame, ...]], Mapping[int, set[bytes]]]:
        """What was committed behind a frame, and page → what frames write there, if some may have been given up."""
        is_checked = salts == self._doubted
        frames = frames_after(self._log, start, salts, self._head.page_size, is_checked=is_checked)
        if not self._has_failed:
            return list(commits_of(frames)), {}
        taken = self._taken(frames)
        return list(commits_of(iter(taken))), _digests_of(taken)

    def _taken(self, frames: Iterable[Frame]) -> list[Frame]:
        """Frames → those that SQLite has: a commit whose sync failed lies in the log, whole, and was given up.

        SQLite tells how long its log is, or -1 while another checkpoints: then none is taken, and it is asked again.
        """
        most: int = self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1]
        self._has_failed = most < 0
        return [frame for frame in frames if frame.number <= most]

    def _keep_log(self) -> None:
        kept = kept_log_of(self._file)
        kept.unlink(missing_ok=True)
        try:
            kept.hardlink_to(log_of(self._file))
        except OSError as error:
            # A file system without hard links: then a look by another program after a kill is reported as a change.
            if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS, errno.EINVAL):
                raise

    def _note(self, salts: bytes, commit: tuple[Frame, ...], is_ours: bool, moved: Mapping[int, set[bytes]]) -> None:
        """One commit → the seal log. A page that was not as it was sealed when it was written over stays reported.

        ``moved``: page → what the log has for it, which may be in the file already.
        """
        digests = {frame.page: frame.digest for frame in commit}
        if not is_ours:
            digests = dict.fromkeys(digests, FOREIGN)
        for page in digests:
            if page in self._notes.every:
                before = self._notes.every[page][-1]
            elif page <= self._head.pages:
                before = self._sound_before(page, moved.get(page, set()))
            else:
                continue
            if before in (FOREIGN, SCARRED):
                digests[page] = before
        said = Notes(self._notes.generation, salts, commit[-1].number, commit[-1].pages)
        note = note_bytes(said, digests)
        os.pwrite(self._out, note, self._notes.end)
        self._notes.end += len(note)
        self._notes.take(salts, commit, digests)

    def _sound_before(self, page: int, moved: set[bytes]) -> bytes:
        """A page that is written over for the first time since the seal was written → its seal, or SCARRED."""
        size = self._head.page_size
        sealed = os.pread(self._seal, DIGEST, place_of(page))
        if sealed in (FOREIGN, SCARRED):
            return sealed
        return sealed if digest_page(os.pread(self._read, size, (page - 1) * size)) in {sealed, *moved} else SCARRED

    def _checkpoint(self, how: str) -> bool:
        """Brings the log into the file, then the notes into the seal. True when the log is cut to nothing."""
        os.fsync(self._out)
        busy, frames, moved = self._db.execute(f"PRAGMA wal_checkpoint({how})").fetchone()
        if frames == moved and self._notes.every:
            self._apply()
        return busy == 0 and how == "TRUNCATE"

    def _apply(self) -> None:
        notes = self._notes
        for page in range(self._head.pages + 1, notes.pages + 1):
            if page not in notes.every:
                # SQLite leaves out one page at 1 GiB; a file has zeros where nothing was written.
                os.pwrite(self._seal, digest_page(bytes(self._head.page_size)), place_of(page))
        for page, digests in _stretches({page: of[-1] for page, of in notes.every.items() if page <= notes.pages}):
            os.pwrite(self._seal, digests, place_of(page))
        self._head = Head(self._head.page_size, notes.pages, read_counters(self._read))
        write_head(self._seal, self._head)
        os.ftruncate(self._seal, place_of(notes.pages + 1))
        os.fsync(self._seal)
        self._begin_notes(Notes(notes.generation + 1, notes.salts, notes.frame, notes.pages))

    def _begin_notes(self, notes: Notes) -> None:
        note = note_bytes(notes, {})
        os.pwrite(self._out, note, 0)
        notes.end = len(note)
        self._notes = notes

    def _mark_foreign(self, pages: dict[int, bytes]) -> None:
        """Nobody of ours was at work, and there are commits in the log: another program's."""
        for page in pages:
            if page <= self._head.pages:
                os.pwrite(self._seal, FOREIGN, place_of(page))

    def _data_version(self) -> int:
        version: int = self._db.execute("PRAGMA data_version").fetchone()[0]
        return version


def _stretches(digests: Mapping[int, bytes]) -> Iterator[tuple[int, bytes]]:
    """Page → digest → the first page of each stretch without a gap, and all its digests."""
    pages = sorted(digests)
    for _, stretch in groupby(enumerate(pages), lambda numbered: numbered[1] - numbered[0]):
        following = [page for _, page in stretch]
        yield following[0], b"".join([digests[page] for page in following])


def _digests_of(frames: Iterable[Frame]) -> dict[int, set[bytes]]:
    """Frames → page → all that they write there."""
    digests: dict[int, set[bytes]] = {}
    for frame in frames:
        digests.setdefault(frame.page, set()).add(frame.digest)
    return digests


def break_off(sealer: Sealer | None) -> bool:
    """Ends sealing as far as the disk lets it; what is not sealed is in the logs, for the next writer."""
    if sealer is None:
        return True
    try:
        sealer.finish()
    except (OSError, sqlite3.Error):
        return False
    return True
