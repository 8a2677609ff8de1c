"""The write-ahead log while readers follow one another without a gap: it is cut all the same, and the seal holds."""

from __future__ import annotations

import threading
from pathlib import Path

from archive.fixity.verify import verify
from archive.seals.sealed import Sample
from archive.seals.sealing import CHECKPOINT
from archive.seals.wal import log_of
from archive.store import ARCHIVE_DB, Archive

_PAGE = 4096
_TURNS, _ROWS = 300, 20  # 6,000 pages: without a cut most of them are in the log


def _read_without_a_gap(folder: Path, over: threading.Event) -> None:
    """Two readers; one begins before the other ends."""
    with Archive.open(folder, write=False) as one, Archive.open(folder, write=False) as other:
        while not over.is_set():
            for reader, before in ((one, other), (other, one)):
                reader.db.execute("BEGIN")
                reader.db.execute("SELECT count(*) FROM withdrawals").fetchone()
                if before.db.conn.in_transaction:
                    before.db.execute("COMMIT")
                over.wait(0.05)


def test_readers_do_not_make_the_log_grow_for_ever(tmp_path: Path) -> None:
    folder, over, longest = tmp_path / "archive", threading.Event(), 0
    with Archive.open(folder, write=True) as archive:
        reading = threading.Thread(target=_read_without_a_gap, args=(folder, over))
        reading.start()
        try:
            for turn in range(_TURNS):
                with archive.writing() as db:
                    db.conn.executemany(
                        "INSERT INTO withdrawals (payload_digest, why, made_at) VALUES (?, ?, 'then')",
                        [(f"{turn * _ROWS + row:064d}", "x" * 3_000) for row in range(_ROWS)],
                    )
                longest = max(longest, log_of(folder / ARCHIVE_DB).stat().st_size)
        finally:
            over.set()
            reading.join()
    assert longest < 4 * CHECKPOINT * _PAGE
    assert verify(folder, Sample()).damages == []
