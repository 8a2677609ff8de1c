"""Sound archives are never blamed: closed, killed at any moment, read by others, read again, withdrawn from."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from county import article, crawl, figures_of, page

from archive.errors import BadQuery, Damaged, Held, NotAnArchive
from archive.fixity.manifests import FIRST, get_manifest, head_of, list_manifests
from archive.fixity.verify import read_sample, verify
from archive.payloads import get_payload, put_payload
from archive.reparsing.reparse import reparse
from archive.seals import sealing
from archive.seals.sealed import Damage, Sample
from archive.store import Archive, take_lock
from tests import forked

ROOT = Path(__file__).resolve().parents[2]
BUREAU = "示例县教育局"
URL = "http://www.shili.example/zfxxgknb/202501/t20250120_1.html"
OTHER = "http://www.shili.example/zfxxgknb/202501/t20250120_2.html"
WRITER = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from county import write_for_ever
write_for_ever(Path(sys.argv[1]))
"""


def damages(folder: Path) -> list[Damage]:
    return verify(folder, Sample()).damages


def is_held(folder: Path) -> bool:
    if not folder.exists():
        return False
    try:
        os.close(take_lock(folder))
    except Held:
        return True
    return False


def test_a_closed_archive_is_sound_and_verifying_changes_nothing(folder: Path) -> None:
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(1))})
        with pytest.raises(Held):
            verify(folder, Sample())
    files = sorted(path.name for path in folder.iterdir())
    assert files == ["archive.db", "archive.db.seal", "lock", "payloads.db", "payloads.db.seal"]
    before = [(folder / name).read_bytes() for name in files if name != "lock"]
    verified = verify(folder, Sample())
    assert (verified.damages, verified.notes) == ([], [])
    counts = {name: verified.looked_at[name] for name in ("payloads", "readings", "captures", "manifests")}
    assert counts == {"payloads": 1, "readings": 1, "captures": 1, "manifests": 1}
    assert verified.looked_at["pages"] * 4096 == sum(
        (folder / f"{n}.db").stat().st_size for n in ("archive", "payloads")
    )
    assert [(folder / name).read_bytes() for name in files if name != "lock"] == before


def test_what_is_no_archive_is_not_damaged(tmp_path: Path) -> None:
    with pytest.raises(NotAnArchive):
        verify(tmp_path / "none", Sample())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kills", [3, pytest.param(12, marks=pytest.mark.full)])
def test_killed_at_any_moment_and_looked_at_by_another_program(folder: Path, tmp_path: Path, kills: int) -> None:
    """Each time a copy as it lies, and one that another program's SQLite has opened and tidied up."""
    chance = random.Random(5)
    for kill in range(kills):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder), str(ROOT), str(Path(__file__).parent)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert writer.stdout is not None
        list(itertools.islice(writer.stdout, 1 + chance.randrange(20)))
        time.sleep(chance.random() / 50)
        writer.send_signal(signal.SIGKILL)
        writer.stdout.read()
        writer.wait()
        for looks in (False, True):
            copy = tmp_path / f"copy {kill} {looks}"
            shutil.copytree(folder, copy)
            if looks:
                for name in ("archive.db", "payloads.db"):
                    other = sqlite3.connect(copy / name)
                    other.execute("SELECT count(*) FROM sqlite_master").fetchone()
                    other.close()
                assert not (copy / "archive.db-wal").exists()
            assert damages(copy) == [], (kill, looks)
            Archive.open(copy, write=True).close()
            assert damages(copy) == [], (kill, looks)
    with Archive.open(folder, write=False) as archive:
        assert archive.db.execute("SELECT count(*) FROM captures").fetchone()[0] > 10


def test_an_import_killed_is_sound(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    for number in range(6):
        body = page(f"示例县第{number}局", 2024, figures_of(number))
        (tmp_path / "files" / f"{number}.html").write_bytes(body)
    command = [sys.executable, str(ROOT / "nianbao.py"), "--archive", str(folder), "import", str(tmp_path / "files")]
    for wait in (0.1, 0.3, 0.6):
        until = time.monotonic() + wait
        forked.run_killed(command, lambda until=until: time.monotonic() > until, env=os.environ)  # type: ignore[misc]
        while is_held(folder):  # a process that it was just beginning has the lock's descriptor for a moment
            time.sleep(0.01)
        if (folder / "payloads.db.seal").exists():
            with suppress(NotAnArchive):  # killed while its tables were made
                assert damages(folder) == []
    assert forked.run(command).returncode == 0
    assert damages(folder) == []


def test_with_a_reader_open_and_after_it(folder: Path) -> None:
    Archive.open(folder, write=True).close()
    reader = Archive.open(folder, write=False)
    reader.db.execute("BEGIN")
    reader.db.execute("SELECT count(*) FROM captures").fetchone()
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(1))})
    assert (folder / "archive.db-wal").stat().st_size > 0  # the reader keeps it
    assert damages(folder) == []
    reader.close()
    assert damages(folder) == []
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 1, {URL: article(BUREAU, 2024, figures_of(2))})
    assert damages(folder) == []


def test_long_logs_are_sealed_on_the_way(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "CHECKPOINT", 40)
    with Archive.open(folder, write=True) as archive:
        for number in range(60):
            put_payload(archive, random.Random(number).randbytes(20_000))
        assert (folder / "payloads.db").stat().st_size > 60 * 20_000
        assert (folder / "payloads.db-wal").stat().st_size < 100 * 4096
    assert damages(folder) == []


def test_reading_again_is_sound(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Archive.open(folder, write=True) as archive:
        crawl(
            archive, 0, {URL: article(BUREAU, 2024, figures_of(1)), OTHER: article("示例县民政局", 2024, figures_of(2))}
        )
    with Archive.open(folder, write=True) as archive:
        with archive.writing() as db:
            db.execute("UPDATE readings SET parser = '0'")
        assert reparse(archive).read == 2
    assert damages(folder) == []


def test_what_another_program_did_is_found_and_stays_found(folder: Path) -> None:
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(1))})
    with sqlite3.connect(folder / "archive.db") as other:
        other.execute("UPDATE organisations SET name = '示例县某局'")
    other.close()
    (first, *_) = damages(folder)
    assert "changed outside nianbao" in first.says
    with Archive.open(folder, write=True) as archive:
        # nianbao writes those pages anew, and everything else
        crawl(archive, 1, {OTHER: article("示例县民政局", 2024, figures_of(2))})
        archive.write_anew("archive.db")
    assert any(one.code == "scarred" for one in damages(folder))


def test_another_programs_log_and_its_vacuum_are_named(folder: Path) -> None:
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(1))})
    other = sqlite3.connect(folder / "archive.db")
    other.execute("UPDATE runs SET command = 'another'")
    other.commit()
    assert {one.code for one in damages(folder)} == {"changed_outside"}
    other.execute("DROP VIEW cells")
    other.commit()
    other.execute("VACUUM")
    other.close()
    found = damages(folder)
    assert {one.code for one in found} == {"changed_outside"}
    assert all("changed outside nianbao" in one.says for one in found)


def test_another_program_that_writes_while_we_do_is_named(folder: Path) -> None:
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(1))})
        other = sqlite3.connect(folder / "archive.db")
        other.execute("UPDATE runs SET command = 'another'")
        other.commit()
        other.close()
        crawl(archive, 1, {URL: article(BUREAU, 2024, figures_of(2))})
    assert "changed_outside" in {one.code for one in damages(folder)}


def test_a_damaged_page_that_is_written_over_is_not_sealed_in_silence(folder: Path) -> None:
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(1))})
        (leaf,) = archive.db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'runs'").fetchone()
    content = bytearray((folder / "archive.db").read_bytes())
    at = content.index(b"crawl 150899", (leaf - 1) * 4096)
    content[at] ^= 4  # "crawl" of the run becomes "grawl": SQLite cannot know
    (folder / "archive.db").write_bytes(content)
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 1, {URL: article(BUREAU, 2024, figures_of(2))})
        assert archive.db.execute("SELECT command FROM runs WHERE id = 1").fetchone()[0].startswith("grawl")
    assert [(one.code, one.what) for one in damages(folder)] == [("scarred", f"archive.db page {leaf}")]


def test_a_seal_that_is_gone_is_not_made_anew(folder: Path) -> None:
    Archive.open(folder, write=True).close()
    (folder / "archive.db.seal").unlink()
    assert [(one.code, one.what) for one in damages(folder)] == [("seal", "archive.db.seal")]
    Archive.open(folder, write=True).close()
    assert [(one.code, one.what) for one in damages(folder)] == [("seal", "archive.db.seal")]


def test_damaged_payloads_are_named_and_never_served(folder: Path) -> None:
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(1))})
        digest = archive.db.execute("SELECT payload FROM captures").fetchone()[0]
        with archive.keeping() as payloads:
            payloads.execute(
                "UPDATE payload SET bytes = CAST(substr(bytes, 1, 100) || x'00' || substr(bytes, 102) AS BLOB)"
            )
    (found,) = damages(folder)
    assert (found.code, found.what) == ("payload", f"payload {digest} ({URL})")
    with Archive.open(folder, write=False) as archive, pytest.raises(Damaged, match=digest):
        get_payload(archive, digest)


# What nianbao itself can never have done, so that the seal is right and only the rows can tell.
ROWS = {
    "DELETE FROM captures WHERE id = 2": "capture 2",
    "DELETE FROM captures WHERE id = 4": "capture 4",
    "UPDATE captures SET url = 'http://www.shili.example/x' WHERE id = 3": "capture 3",
    "UPDATE captures SET header = x'00' WHERE id = 3": "capture 3",
    "INSERT INTO captures (id, {columns}) SELECT 9, {columns} FROM captures WHERE id = 1": "captures 5 to 8",
    "DELETE FROM runs WHERE id = 1": "run 1",
    "DELETE FROM versions WHERE id = 1": "version 1",
    "DELETE FROM versions WHERE id = 3": "version 3",
    "DELETE FROM sightings WHERE version = 3": "version v3",
    "DELETE FROM documents WHERE capture = 1": "capture 1",
    "DELETE FROM renditions WHERE id = 2": "report r2",
    "DELETE FROM reports WHERE id = 2": "rendition",
    "DELETE FROM readings WHERE id = 1": "reading 1",
    "DELETE FROM reading_bodies WHERE reading = 1": "reading 1",
    "DELETE FROM figures_requests_2021 WHERE reading = 2": "reading 2",
    "UPDATE figures_requests_2021 SET received_total = NULL WHERE reading = 2": "reading 2",
    "DELETE FROM reading_checks WHERE reading = 1 AND position = 3": "reading 1",
    "DELETE FROM searched WHERE report = 2": "reading 2",
    "DELETE FROM changes WHERE seq = 2": "change 2",
    "DELETE FROM manifests WHERE number = 1": "manifest 1",
    "UPDATE manifests SET digest = 'x' WHERE number = 1": "manifest 1",
    "UPDATE manifests SET body = x'00' WHERE number = 2": "manifest 2",
    "DELETE FROM organisations WHERE id = 1": "reports",
    "DELETE FROM resources WHERE id = 1": "captures",
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept") / "nianbao-archive"
    portal = {URL: article(BUREAU, 2024, figures_of(3)), OTHER: article("示例县民政局", 2024, figures_of(8))}
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, portal)
        crawl(archive, 1, portal | {URL: article(BUREAU, 2024, figures_of(4))})
    return folder


@pytest.mark.parametrize("statement", ROWS)
def test_rows_that_are_gone_are_missed_without_any_seal(kept: Path, folder: Path, statement: str) -> None:
    shutil.copytree(kept, folder)
    with Archive.open(folder, write=True) as archive:
        archive.db.execute("PRAGMA foreign_keys = OFF")
        triggers = archive.db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        with archive.writing() as db:
            columns = ", ".join(name for _, name, *_ in db.execute("PRAGMA table_info(captures)") if name != "id")
            for (name,) in triggers:
                db.execute(f"DROP TRIGGER {name}")
            db.execute(statement.format(columns=columns))
    found = damages(folder)
    assert not {one.code for one in found} & {"page", "seal", "log", "changed_outside", "scarred"}
    assert any(one.what.startswith(ROWS[statement]) for one in found), found


def test_a_payload_that_is_gone_is_missed(kept: Path, folder: Path) -> None:
    shutil.copytree(kept, folder)
    with Archive.open(folder, write=True) as archive, archive.keeping() as payloads:
        payloads.execute("DELETE FROM payload WHERE rowid = 2")
    (found,) = damages(folder)
    assert found.code == "payload"
    assert "is named by capture 2" in found.says


def test_manifests_are_a_chain_that_a_stranger_can_follow(kept: Path) -> None:

    with Archive.open(kept, write=False) as archive:
        before = FIRST
        for manifest in list_manifests(archive):
            text = get_manifest(archive, manifest.number)
            assert hashlib.sha256(text).hexdigest() == manifest.digest
            lines = text.decode().split("\n")
            assert lines[:3] == ["nianbao manifest 1", f"number {manifest.number}", f"before {before}"]
            before = manifest.digest
        head = head_of(archive)
        assert head is not None
        assert (head.number, head.run, head.captures, head.digest) == (2, 2, (3, 4), before)
        number, run, url, at, outcome, status, header, payload, wire = json.loads(lines[6])
        assert (number, run, outcome, wire) == (3, 2, "fetched", None)
        row = archive.db.execute(
            "SELECT url, captured_at, status, payload, header FROM captures WHERE id = 3"
        ).fetchone()
        assert (url, at, status, payload, header) == (*row[:4], hashlib.sha256(row[4]).hexdigest())


def test_a_sample_is_the_same_on_the_same_day_and_another_the_next(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def drawn(day: str) -> set[int]:
        monkeypatch.setenv("NIANBAO_NOW", f"2026-02-{day}T08:00:00Z")
        sample = read_sample("5%")
        return {number for number in range(10_000) if sample.takes(f"payload {number}")}

    assert drawn("01") == drawn("01")
    assert drawn("01") != drawn("02")
    assert 400 < len(drawn("03")) < 600
    verified = verify(kept, read_sample("100%"))
    assert (verified.damages, verified.looked_at["payloads"]) == ([], 3)
    for wrong in ("5", "0%", "101%", "a%", "-1%"):
        with pytest.raises(BadQuery):
            read_sample(wrong)


def test_an_archive_on_a_medium_that_cannot_be_written_is_verified(kept: Path, folder: Path) -> None:
    shutil.copytree(kept, folder)
    (folder / "lock").unlink()
    for path in (*folder.iterdir(), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert os.access(folder, os.W_OK) or damages(folder) == []
    finally:
        folder.chmod(0o755)
    assert damages(folder) == []
