"""What is noted of SQLite's log for the seal: each frame once, and whose it is."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.payloads import put_payload
from archive.seals.seal import FOREIGN, Notes, note_bytes, read_notes, seal_log_of
from archive.seals.sealing import Sealer
from archive.seals.wal import HEADER, frames_after, log_of, read_log
from archive.store import PAYLOADS_DB, Archive

_PAGE = 4096
_THEIRS = 40


def test_frames_are_the_same_read_by_pieces(tmp_path: Path) -> None:
    """Commits shorter and longer than a piece of 16 frames, and those that end with one, from each of them on."""
    file = tmp_path / "some.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as conn:
        conn.execute("PRAGMA journal_mode = WAL").fetchone()
        conn.execute("PRAGMA wal_autocheckpoint = 0").fetchone()
        conn.execute("CREATE TABLE t (bytes BLOB)")
        for pages in (1, 13, 14, 15, 30):
            conn.execute("INSERT INTO t VALUES (?)", (os.urandom(pages * _PAGE),))
        log = read_log(log_of(file), _PAGE)
        assert log is not None
        frames = [frame for commit in log.commits for frame in commit]
        with log_of(file).open("rb") as opened:
            assert len(frames) * (_PAGE + 24) + HEADER == os.fstat(opened.fileno()).st_size
            for start in range(len(frames) + 1):
                is_checked = start % 16 == 0
                found = frames_after(opened.fileno(), start, log.salts, _PAGE, is_checked=is_checked)
                assert [*found] == frames[start:]


def test_what_another_commits_while_the_log_is_read_is_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lies in the log before it is asked whether anybody else has committed."""
    asked = Sealer._data_version
    with Archive.open(tmp_path, write=True) as archive:

        def ask_late(self: Sealer) -> int:
            monkeypatch.setattr(Sealer, "_data_version", asked)
            with closing(sqlite3.connect(tmp_path / PAYLOADS_DB)) as other, other:
                row = ("of another", os.urandom(_THEIRS * _PAGE))
                other.execute("INSERT INTO payload VALUES (?, 4, 'identity', ?, NULL)", row)
            return asked(self)

        monkeypatch.setattr(Sealer, "_data_version", ask_late)
        put_payload(archive, b"ours")
        notes = read_notes(tmp_path / PAYLOADS_DB)
        assert notes is not None
        assert sum(digests[-1] == FOREIGN for digests in notes.every.values()) >= _THEIRS


def test_a_writer_killed_over_a_new_beginning_has_broken_no_note(tmp_path: Path) -> None:
    """What was noted before is in the seal by then; a note that is damaged among those of its own beginning is told."""
    file = tmp_path / "archive.db"
    first = note_bytes(Notes(1, bytes(8), 0, 9), {})
    following = note_bytes(Notes(1, b"salts678", 3, 9), {2: bytes(16)})
    begun = note_bytes(Notes(2, b"salts678", 3, 9), {})
    half = len(begun) // 2
    for content, is_broken in (
        (first + following, False),
        (begun[:half] + first[half:] + following, False),
        (begun[:half] + bytes(200), False),
        (begun[:half] + bytes([first[half] ^ 1]) + first[half + 1 :] + following, False),
        (first[:half] + bytes([first[half] ^ 1]) + first[half + 1 :] + following, True),
        (bytes(4) + first[4:] + following, True),
    ):
        seal_log_of(file).write_bytes(content)
        notes = read_notes(file)
        assert notes is not None
        assert notes.broken is is_broken
