"""A folder whose disk was full while it was made, and the front door's one line where a disk refuses."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

import nianbao
from archive import store
from archive.errors import DiskFails, NoRoom, NotAnArchive, name_os_error
from archive.progress import with_bar
from archive.schema import PAYLOADS
from archive.store import Archive, naming_errors

ROOT = Path(__file__).resolve().parents[2]


def test_an_archive_that_was_not_made_to_its_end_is_none_yet(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = store.bring_up_to_date

    def make(db: Database, migrations: Migrations) -> None:
        if migrations is PAYLOADS:
            raise sqlite3.OperationalError("the disk is full now")
        made(db, migrations)

    with monkeypatch.context() as patch:
        patch.setattr(store, "bring_up_to_date", make)
        with pytest.raises(sqlite3.OperationalError):
            Archive.open(folder, write=True)
    with pytest.raises(NotAnArchive, match="not made to its end"):
        Archive.open(folder, write=False)
    assert nianbao.main(["--archive", str(folder), "verify"]) == NotAnArchive.exit_code
    Archive.open(folder, write=True).close()
    assert nianbao.main(["--archive", str(folder), "verify"]) == 0


@pytest.mark.parametrize(
    ("number", "refusal"),
    [(errno.ENOSPC, NoRoom), (errno.EROFS, NoRoom), (errno.EFBIG, NoRoom), (errno.EIO, DiskFails)],
)
def test_what_a_disk_refuses_has_a_name(tmp_path: Path, number: int, refusal: type[NoRoom]) -> None:
    with pytest.raises(refusal, match=str(tmp_path)), naming_errors(tmp_path):
        raise OSError(number, os.strerror(number))
    assert name_os_error(OSError(errno.ENOENT, ""), tmp_path) is None


def test_output_to_a_full_device_is_one_line(archive: Archive, folder: Path) -> None:
    archive.close()
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    with Path("/dev/full").open("w") as full:
        words = [sys.executable, "-m", "nianbao", "--archive", str(folder), "status"]
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False)
    assert done.returncode == NoRoom.exit_code
    assert done.stderr == "nianbao: no_room: cannot use the output: No space left on device\n"


def test_rows_that_are_left_half_read_do_not_complain_of_their_database(archive: Archive) -> None:

    rows = with_bar(archive.db.execute("SELECT 1 UNION SELECT 2"), "export", "rows")
    next(rows)
    archive.close()
    rows.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("noted", [b"", b"\0" * 1000])
def test_a_disk_that_was_full_before_the_first_note_is_no_damage(folder: Path, noted: bytes) -> None:
    Archive.open(folder, write=True).close()
    for name in ("archive.db", "payloads.db"):
        (folder / f"{name}.seal-log").write_bytes(noted)
    assert nianbao.main(["--archive", str(folder), "verify"]) == 0
    Archive.open(folder, write=True).close()
    assert nianbao.main(["--archive", str(folder), "verify"]) == 0
