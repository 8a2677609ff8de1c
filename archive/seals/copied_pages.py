"""Every page of a copy against what the seal of its source says, while a writer may be at work on the source."""

from __future__ import annotations

import os
import time
from itertools import count
from pathlib import Path

from archive.errors import Damaged
from archive.seals.seal import DIGEST, FOREIGN, SCARRED, Notes, kept_log_of, place_of, read_head, read_notes, seal_of
from archive.seals.sealed import Damage, damages_of
from archive.seals.wal import digest_page, log_of, read_log

_TRIES = 8  # a writer notes what it has committed at once; a loaded machine may let it wait
_MOMENT = 0.25


class Witness:
    """What the seal, its notes and SQLite's log say of the pages of one file.

    The one who copied still holds the state that was copied. So the notes of it are there, in the log of the seal or
    in the seal: they go over into it only when all of SQLite's log has, which a reader of an older state prevents.
    """

    def __init__(self, source: Path) -> None:
        self._source = source

    def damages_in(self, copy: Path) -> list[Damage]:
        """A copy by SQLite → its pages that are not as they were sealed; page 1 is SQLite's own to change."""
        for turn in count(1):
            try:
                wrong = self._compare(copy)
            except Damaged as error:
                if turn < _TRIES:  # it may have been read while its head was written
                    time.sleep(_MOMENT)
                    continue
                return [Damage("seal", seal_of(self._source).name, error.says)]
            if not wrong or turn == _TRIES or not _is_written(self._source):
                break
            time.sleep(_MOMENT)
        unknown = [page for page, code in wrong if code == "page"]
        if unknown:
            in_log, found = self._in_log(), _digests(copy, self._page_size, unknown)
            wrong = [(page, code) for page, code in wrong if code != "page" or (page, found[page]) not in in_log]
        return list(damages_of(self._source.name, wrong))

    def _compare(self, copy: Path) -> list[tuple[int, str]]:
        # The notes first: what goes over from them into the seal meanwhile is found there.
        notes = read_notes(self._source) or Notes(0, bytes(8), 0, 0)
        wrong = []
        with seal_of(self._source).open("rb") as sealed, copy.open("rb") as opened:
            head = read_head(sealed.read(place_of(1)), os.fstat(sealed.fileno()).st_size)
            self._page_size = head.page_size
            zeros = digest_page(bytes(head.page_size))
            for page in count(1):
                content = opened.read(head.page_size)
                if not content:
                    break
                known = {*notes.every.get(page, ())}
                if page <= head.pages:
                    known.add(sealed.read(DIGEST))
                if FOREIGN in known:
                    wrong.append((page, "changed_outside"))
                elif SCARRED in known:
                    wrong.append((page, "scarred"))
                elif page > 1 and digest_page(content) not in (known or {zeros}):  # one page at 1 GiB is never written
                    wrong.append((page, "page"))
        return wrong

    def _in_log(self) -> set[tuple[int, bytes]]:
        """What a killed writer committed and did not come to note: pages of SQLite's log, which has checksums."""
        logs = (read_log(file, self._page_size) for file in (log_of(self._source), kept_log_of(self._source)))
        return {(frame.page, frame.digest) for log in logs if log for commit in log.commits for frame in commit}


def _is_written(source: Path) -> bool:
    log = log_of(source)
    return log.is_file() and log.stat().st_size > 0


def _digests(copy: Path, size: int, pages: list[int]) -> dict[int, bytes]:
    opened = os.open(copy, os.O_RDONLY)
    try:
        return {page: digest_page(os.pread(opened, size, (page - 1) * size)) for page in pages}
    finally:
        os.close(opened)
