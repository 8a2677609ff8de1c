"""A commit that never became whole, or was given up, and still lies in SQLite's log is not taken for one made."""

from __future__ import annotations

import shutil
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import pytest
from county import article, crawl, figures_of

from archive.errors import NoRoom
from archive.fixity.verify import verify
from archive.seals.sealed import Sample
from archive.seals.wal import FRAME_HEADER, HEADER, log_of, read_log
from archive.store import Archive

URL = "http://www.shili.example/zfxxgknb/202501/t20250120_1.html"
PAGE = 4096


def tear(folder: Path) -> None:
    """A commit of 30 pages as a kill leaves it: the head of its last frame is written, the page behind it is not."""
    log = log_of(folder / "archive.db")
    whole = read_log(log, PAGE)
    assert whole is not None
    with log.open("r+b") as opened:
        for number in range(whole.last, whole.last + 30):
            opened.seek(HEADER + number * (FRAME_HEADER + PAGE))
            pages = whole.pages if number == whole.last + 29 else 0
            page = number % whole.pages + 1
            opened.write(struct.pack(">II8sQ", page, pages, whole.salts, 7) + number.to_bytes(2, "big") * (PAGE // 2))


def left_by_a_kill(folder: Path) -> None:
    """An archive whose writer ended without closing it: the files as they lie are moved aside, then put back."""
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, {URL: article("示例县教育局", 2024, figures_of(1))})
        kept = {path: path.read_bytes() for path in folder.iterdir() if path.name != "lock"}
    for path in folder.iterdir():
        path.unlink()
    for path, content in kept.items():
        if not path.name.endswith("-shm"):
            path.write_bytes(content)


def fail(archive: Archive) -> None:
    """A transaction for whose last page the disk had no room."""
    with archive.writing():
        tear(archive.folder)
        raise NoRoom("示例")


def test_of_a_killed_writer(folder: Path) -> None:
    left_by_a_kill(folder)
    tear(folder)
    assert verify(folder, Sample()).damages == []
    with Archive.open(folder, write=True) as archive, archive.writing() as db:
        db.execute("UPDATE runs SET command = 'short'")
    assert verify(folder, Sample()).damages == []


def test_of_a_transaction_that_failed(folder: Path) -> None:
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, {URL: article("示例县教育局", 2024, figures_of(1))})
        with pytest.raises(NoRoom):
            fail(archive)
        with archive.writing() as db:
            db.execute("UPDATE runs SET command = 'short'")
    assert verify(folder, Sample()).damages == []


def give_up(folder: Path, scratch: Path) -> None:
    """A commit as one lies there whose sync failed: whole in the log, with good checksums, and rolled back."""
    shutil.copytree(folder, scratch, ignore=shutil.ignore_patterns("lock", "*-shm"))
    with closing(sqlite3.connect(scratch / "archive.db")) as db:
        db.execute("PRAGMA wal_autocheckpoint = 0")
        db.execute("UPDATE runs SET command = 'given up'")
        db.commit()
        whole = log_of(scratch / "archive.db").read_bytes()
    log = log_of(folder / "archive.db")
    assert whole.startswith(log.read_bytes().rstrip(b"\0"))
    log.write_bytes(whole)


def fail_to_sync(archive: Archive, scratch: Path) -> None:
    with archive.writing():
        give_up(archive.folder, scratch)
        raise NoRoom("示例")


def commands_of(folder: Path) -> set[str]:
    with Archive.open(folder, write=False) as archive:
        return {command for (command,) in archive.db.execute("SELECT command FROM runs").fetchall()}


@pytest.mark.parametrize("goes_on", [False, True], ids=["ends with it", "goes on"])
def test_of_a_commit_whose_sync_failed(folder: Path, tmp_path: Path, goes_on: bool) -> None:
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, {URL: article("示例县教育局", 2024, figures_of(1))})
        with pytest.raises(NoRoom):
            fail_to_sync(archive, tmp_path / "scratch")
        if goes_on:
            with archive.writing() as db:
                db.execute("UPDATE organisations SET name = name")
    assert "given up" not in commands_of(folder)
    assert verify(folder, Sample()).damages == []
