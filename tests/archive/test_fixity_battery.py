"""Several hundred random corruptions, each on a copy of an archive: every one is found, and no sound archive is blamed.

The archive is small on purpose: a hit anywhere, in unused bytes of a page as in a blob, must be found.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import zlib
from pathlib import Path

import pytest
from county import article, crawl, figures_of
from damage import DAMAGES, Damager, cut_tail, flip_bit, overwrite_page

from archive.fixity.verify import verify
from archive.seals.sealed import Sample
from archive.store import Archive

BUREAU = "示例县教育局"
URL = "http://www.shili.example/zfxxgknb/202501/t20250120_1.html"
OTHER = "http://www.shili.example/zfxxgknb/202501/t20250120_2.html"
CLOSED, KILLED = 40, 30  # corruptions of each kind and file


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``closed``: two crawls. ``killed``: as the disk was before the writer closed, all of the second in the logs."""
    folder = tmp_path_factory.mktemp("sound")
    figures = figures_of(3)
    portal = {URL: article(BUREAU, 2024, figures), OTHER: article("示例县民政局", 2024, figures_of(8))}
    with Archive.open(folder / "closed", write=True) as archive:
        crawl(archive, 0, portal)
    with Archive.open(folder / "closed", write=True) as archive:
        crawl(archive, 1, portal | {URL: article(BUREAU, 2024, figures | {"requests.received.total": "99"})})
        shutil.copytree(folder / "closed", folder / "killed")
    assert (folder / "killed" / "archive.db-wal").stat().st_size > 100_000
    assert (folder / "killed" / "payloads.db-wal").stat().st_size > 4096
    for name in ("closed", "killed"):
        assert verify(folder / name, Sample()).damages == []
    return folder


def found(sound: Path, scratch: Path, damager: Damager, file: str, seed: int) -> tuple[str, bool]:
    shutil.copytree(sound, scratch)
    try:
        what = damager(random.Random(f"{damager.__name__} {file} {seed}"), scratch / file)
        return what, bool(verify(scratch, Sample()).damages)
    finally:
        shutil.rmtree(scratch)


@pytest.mark.parametrize("file", ["archive.db", "payloads.db"])
@pytest.mark.parametrize("damager", DAMAGES)
def test_every_corruption_of_a_closed_archive_is_found(
    sound: Path, tmp_path: Path, damager: Damager, file: str
) -> None:
    results = [found(sound / "closed", tmp_path / "copy", damager, file, seed) for seed in range(CLOSED)]
    assert [what for what, is_found in results if not is_found] == []


@pytest.mark.parametrize("file", ["archive.db-wal", "payloads.db-wal"])
@pytest.mark.parametrize("damager", [flip_bit, overwrite_page, cut_tail])
def test_every_corruption_of_a_log_is_found(sound: Path, tmp_path: Path, damager: Damager, file: str) -> None:
    results = [found(sound / "killed", tmp_path / "copy", damager, file, seed) for seed in range(KILLED // 3)]
    assert [what for what, is_found in results if not is_found] == []


@pytest.mark.parametrize("file", ["archive.db", "payloads.db"])
@pytest.mark.parametrize("damager", [flip_bit, cut_tail])
def test_every_corruption_under_a_log_is_found(sound: Path, tmp_path: Path, damager: Damager, file: str) -> None:
    results = [found(sound / "killed", tmp_path / "copy", damager, file, seed) for seed in range(KILLED // 3)]
    assert [what for what, is_found in results if not is_found] == []


@pytest.mark.parametrize("file", ["archive.db.seal", "payloads.db.seal"])
@pytest.mark.parametrize("damager", [flip_bit, cut_tail])
def test_a_seal_that_is_damaged_itself_is_no_sound_archive(
    sound: Path, tmp_path: Path, damager: Damager, file: str
) -> None:
    results = [found(sound / "closed", tmp_path / "copy", damager, file, seed) for seed in range(10)]
    assert [what for what, is_found in results if not is_found] == []


def test_sqlites_own_check_finds_none_of_sixty_in_blobs(sound: Path, tmp_path: Path) -> None:
    """Why the digests are needed at all: the same file, 60 flips within kept bytes, integrity_check says ok."""
    chance = random.Random(60)
    with sqlite3.connect(sound / "closed" / "payloads.db") as db:
        blobs = [bytes(blob) for (blob,) in db.execute("SELECT bytes FROM payload WHERE length(bytes) < 3900")]
    whole = (sound / "closed" / "payloads.db").read_bytes()
    said, unsound = [], 0
    for number in range(60):
        blob = chance.choice(blobs)
        at = whole.index(blob) + chance.randrange(len(blob))
        copy = tmp_path / f"{number}.db"
        copy.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :])
        with sqlite3.connect(copy) as db:
            said.append(db.execute("PRAGMA integrity_check").fetchall())
            unsound += any(not unpacks(kept) for (kept,) in db.execute("SELECT bytes FROM payload"))
    assert said == [[("ok",)]] * 60
    assert unsound >= 50  # not zlib's checksum alone tells: the digest does


def unpacks(kept: bytes) -> bool:
    try:
        zlib.decompress(kept)
    except zlib.error:
        return False
    return True
