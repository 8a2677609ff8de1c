"""The folder: one writer, migrations once, digests that are verified, nothing lost to kill -9."""

from __future__ import annotations

import itertools
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from county import URLS_OF_KILLED

from archive.errors import Damaged, Held, NoRoom, NotAnArchive
from archive.payloads import get_payload, put_payload
from archive.runs.run import begin_run
from archive.store import Archive

ROOT = Path(__file__).resolve().parents[2]


def schema_of(folder: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(folder / "archive.db") as db:
        return db.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


def test_opening_again_changes_nothing(folder: Path) -> None:
    Archive.open(folder, write=True).close()
    before = schema_of(folder)
    applied = sqlite3.connect(folder / "archive.db").execute("SELECT * FROM _sqlite_migrations").fetchall()
    Archive.open(folder, write=True).close()
    assert schema_of(folder) == before
    assert sqlite3.connect(folder / "archive.db").execute("SELECT * FROM _sqlite_migrations").fetchall() == applied


def test_every_table_is_strict_and_every_commit_durable(archive: Archive) -> None:
    loose = archive.db.execute(
        """
        SELECT name FROM pragma_table_list
        WHERE type = 'table' AND schema = 'main' AND strict = 0 AND name NOT LIKE 'search_index%'
            AND name NOT LIKE 'sqlite_%' AND name <> '_sqlite_migrations'
        """
    ).fetchall()
    assert loose == []
    pragmas = [archive.db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert pragmas == ["wal", 2]
    with pytest.raises(sqlite3.IntegrityError), archive.writing() as db:
        db.execute("INSERT INTO reports (organisation, report_year) VALUES (99, 2024)")


def test_the_second_writer_is_told_who_holds_it(folder: Path, archive: Archive) -> None:
    with pytest.raises(Held, match=str(os.getpid())):
        Archive.open(folder, write=True)
    with Archive.open(folder, write=False) as reader:  # readers need no lock
        assert reader.db.execute("SELECT count(*) FROM runs").fetchone() == (0,)
    archive.close()
    Archive.open(folder, write=True).close()


def put_bodies(archive: Archive, names: str, within: tuple[str, ...] = ()) -> None:
    """A body for each letter, and then those ``within``, each a transaction inside; fails at "!" with KeyError, and at
    a name that is there already in the way in which SQLite takes back everything by itself."""
    with archive.writing() as db:
        for name in names.rstrip("!"):
            db.execute("INSERT OR ROLLBACK INTO organisations (name, region_code) VALUES (?, '150824')", (name,))
        for inner in within:
            with suppress(KeyError):
                put_bodies(archive, inner)
        if names.endswith("!"):
            raise KeyError


def bodies(archive: Archive) -> str:
    return "".join(name for (name,) in archive.db.execute("SELECT name FROM organisations ORDER BY id"))


def test_a_part_that_fails_takes_back_itself_alone(archive: Archive) -> None:
    put_bodies(archive, "甲", ("乙!", "丙", "丁!", "戊"))
    assert bodies(archive) == "甲丙戊"
    with pytest.raises(KeyError):
        put_bodies(archive, "己!", ("庚", "辛"))
    assert bodies(archive) == "甲丙戊"


def test_a_part_that_takes_back_everything_leaves_a_database_that_works(archive: Archive) -> None:
    put_bodies(archive, "甲")
    with pytest.raises(sqlite3.IntegrityError):
        put_bodies(archive, "乙", ("丙", "甲"))
    put_bodies(archive, "丁")
    assert bodies(archive) == "甲丁"


def test_an_archive_of_a_later_release_is_left_alone(folder: Path) -> None:
    Archive.open(folder, write=True).close()
    with sqlite3.connect(folder / "archive.db") as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('nianbao.archive', '9999', '')"
        )
    for write in (True, False):
        with pytest.raises(NotAnArchive, match="9999"):
            Archive.open(folder, write=write)


def test_what_is_no_database_is_damage_and_not_an_empty_archive(folder: Path) -> None:
    folder.mkdir()
    (folder / "archive.db").write_bytes(b"this is not a database, whatever its name says" * 100)
    (folder / "payloads.db").write_bytes(b"")
    with pytest.raises(Damaged):
        Archive.open(folder, write=True)


def test_a_folder_that_cannot_be_made_is_no_room(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NoRoom):
        Archive.open(tmp_path / "file" / "below", write=True)


def test_a_full_disk_is_no_room_and_nothing_half_written(archive: Archive) -> None:
    put_payload(archive, b"kept")
    pages = archive.payloads.execute("PRAGMA page_count").fetchone()[0]
    archive.payloads.execute(f"PRAGMA max_page_count = {pages + 1}").fetchone()
    with pytest.raises(NoRoom):
        put_payload(archive, os.urandom(100_000))
    assert archive.payloads.execute("SELECT count(*) FROM payload").fetchone() == (1,)
    assert get_payload(archive, put_payload(archive, b"kept")) == b"kept"


def test_payloads_come_back_as_they_were_put(archive: Archive) -> None:
    for payload in (b"", b"a", bytes(range(256)), "年报".encode() * 1000, os.urandom(5000)):
        digest = put_payload(archive, payload)
        assert put_payload(archive, payload) == digest
        assert get_payload(archive, digest) == payload
    codings = dict(archive.payloads.execute("SELECT coding, count(*) FROM payload GROUP BY coding").fetchall())
    assert codings == {"identity": 4, "zstd": 1}


@pytest.mark.parametrize("damage", ["zeroblob(3)", "substr(bytes, 1, length(bytes) - 1)", "x'789c4bcc01000000ffff'"])
def test_damaged_payloads_are_refused(archive: Archive, damage: str) -> None:
    digest = put_payload(archive, "年报".encode() * 1000)
    archive.payloads.execute(f"UPDATE payload SET bytes = {damage}")
    with pytest.raises(Damaged, match=digest):
        get_payload(archive, digest)


def test_a_payload_that_is_not_there_is_damage(archive: Archive) -> None:
    with pytest.raises(Damaged):
        get_payload(archive, "0" * 64)


WRITER = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from county import write_for_ever
write_for_ever(Path(sys.argv[1]))
"""


def done_urls(folder: Path) -> set[str]:
    """What a stranger's sqlite3 reads of an archive whose writer was just killed."""
    if not (folder / "archive.db").exists():
        return set()
    with sqlite3.connect(folder / "archive.db") as db:
        if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'frontier'").fetchone() is None:
            return set()
        return {url for (url,) in db.execute("SELECT url FROM frontier WHERE state = 'done'")}


def test_killed_at_any_moment_nothing_acknowledged_is_fetched_twice(folder: Path) -> None:
    chance = random.Random(2)
    done: set[str] = set()
    kills = 0
    while True:
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder), str(ROOT), str(Path(__file__).parent)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert writer.stdout is not None
        fetched = [line.strip() for line in itertools.islice(writer.stdout, chance.randrange(60))]
        time.sleep(chance.random() / 100)  # into the middle of a write, or between two
        writer.send_signal(signal.SIGKILL)
        fetched += [line.strip() for line in writer.stdout]
        assert writer.wait() in (0, -signal.SIGKILL)
        assert not done & set(fetched)
        now = done_urls(folder)
        assert done <= now
        done = now
        if len(done) == URLS_OF_KILLED:
            break
        kills += 1
    assert kills > 3
    with Archive.open(folder, write=True) as archive:
        urls = [url for (url,) in archive.db.execute("SELECT url FROM captures").fetchall()]
        assert len(urls) == len(set(urls)) == URLS_OF_KILLED
        states = archive.db.execute("SELECT state, outcome, count(*) FROM frontier GROUP BY 1, 2").fetchall()
        assert states == [("done", "fetched", URLS_OF_KILLED)]
        for (digest,) in archive.db.execute("SELECT payload FROM captures").fetchall():
            get_payload(archive, digest)
        assert begin_run(archive, "crawl killed", "killed").resumed
