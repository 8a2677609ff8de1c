"""A copy made while a run writes, or after it was killed, is one state of the archive, whole; and can be put back."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jsonschema
import pytest
from county import article, crawl, figures_of

import nianbao
from archive import backup
from archive.backup import SAYS, back_up, restore
from archive.errors import Damaged, Held, NoRoom, NotAnArchive, Occupied
from archive.fixity.verify import verify
from archive.payloads import get_payload, put_payload
from archive.seals.sealed import Damage, Sample
from archive.store import Archive
from archive.withdraw import take_out

ROOT = Path(__file__).resolve().parents[2]
BUREAU, OFFICE = "示例县教育局", "示例县民政局"
URL = "http://www.shili.example/zfxxgknb/202501/t20250120_1.html"
OTHER = "http://www.shili.example/zfxxgknb/202501/t20250120_2.html"
WRITER = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
import county
county.URLS_OF_KILLED = 10**9
county.write_for_ever(Path(sys.argv[1]))
"""


def damages(folder: Path) -> list[Damage]:
    return verify(folder, Sample()).damages


def captures(folder: Path) -> int:
    with Archive.open(folder, write=False) as archive:
        count: int = archive.db.execute("SELECT count(*) FROM captures").fetchone()[0]
    return count


@contextmanager
def writer(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that writes to the archive until it is killed, and has kept a few captures by now."""
    words = [sys.executable, "-c", WRITER, str(folder), str(ROOT), str(Path(__file__).parent)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        list(itertools.islice(process.stdout, 20))
        try:
            yield process
        finally:
            process.send_signal(signal.SIGKILL)
            process.stdout.read()


@pytest.fixture
def kept(folder: Path) -> Path:
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(3)), OTHER: article(OFFICE, 2024, figures_of(8))})
    return folder


def test_copies_made_while_a_run_writes_and_after_it_was_killed(folder: Path, tmp_path: Path) -> None:
    with writer(folder) as process:
        assert process.stdout is not None
        seen = []
        for number in range(2):
            before = captures(folder)
            copied = back_up(folder, tmp_path / f"copy {number}", {})
            assert process.poll() is None, "the writer was at work all the time"
            list(itertools.islice(process.stdout, 20))
            seen.append((before, captures(copied.place), captures(folder)))
            assert (copied.damages, copied.notes) == ([], [])
            assert damages(copied.place) == []
    assert all(before <= inside < after for before, inside, after in seen), seen
    killed = back_up(folder, tmp_path / "killed.tar", {})
    assert killed.damages == []
    back = restore(tmp_path / "killed.tar", tmp_path / "back")
    assert captures(back.place) == captures(folder)
    assert damages(back.place) == damages(folder) == []
    with Archive.open(tmp_path / "copy 0", write=True) as archive:  # it can be written on
        crawl(archive, 1, {URL: article(BUREAU, 2024, figures_of(4))})
    assert damages(tmp_path / "copy 0") == []
    assert [one.name for one in tmp_path.iterdir() if "nianbao-part" in one.name] == []


def test_a_copy_holds_what_was_there_and_can_be_put_back(kept: Path, tmp_path: Path) -> None:
    (kept / "runs" / "1").mkdir(parents=True)
    (kept / "runs" / "1" / "summary.json").write_text("{}", encoding="utf-8")
    copied = back_up(kept, tmp_path / "a" / "copy", {"config.toml": b"", "sites/one.toml": b"x"})
    assert sorted(one.name for one in copied.place.iterdir()) == [
        "archive.db", "archive.db.seal", SAYS, "payloads.db", "payloads.db.seal", "runs", "settings",
    ]  # fmt: skip
    said = json.loads((copied.place / SAYS).read_text(encoding="utf-8"))
    assert copied.head is not None
    assert said["manifest"] == {"number": 1, "digest": copied.head.digest}
    assert (said["runs"], said["damaged"]) == (1, [])
    assert said["files"] == copied.files
    assert (copied.place / "settings" / "sites" / "one.toml").read_bytes() == b"x"
    back = restore(copied.place, tmp_path / "back")
    assert back.head == copied.head
    assert sorted(one.name for one in back.place.iterdir()) == [
        "archive.db", "archive.db.seal", "payloads.db", "payloads.db.seal", "runs",
    ]  # fmt: skip
    with Archive.open(kept, write=False) as first, Archive.open(back.place, write=False) as second:
        for table in ("captures", "versions", "readings", "reading_checks", "manifests", "changes"):
            rows = [one.db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for one in (first, second)]
            assert rows[0] == rows[1]
            assert rows[0]
        for (digest,) in first.payloads.execute("SELECT digest FROM payload").fetchall():
            assert get_payload(first, digest) == get_payload(second, digest)


def test_a_withdrawal_that_was_not_ended_is_ended_in_the_copy(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.open(kept, write=True) as archive, monkeypatch.context() as patch:
        digest = archive.db.execute("SELECT payload FROM captures WHERE url = ?", (OTHER,)).fetchone()[0]
        patch.setattr("archive.withdraw.erase_withdrawn", lambda archive: 0)  # killed before it
        take_out(archive, digest, "示例")
    assert {one.code for one in damages(kept)} == {"withdrawal"}
    copied = back_up(kept, tmp_path / "copy", {})
    assert copied.damages == []
    assert damages(copied.place) == []
    assert digest.encode() not in (copied.place / "payloads.db").read_bytes()


def test_bytes_that_are_withdrawn_while_the_copy_begins_are_not_missed(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the moments of the two files: archive.db as copied still names them, payloads.db has them no more."""
    counted = backup._count_withdrawn
    calls = itertools.count()

    def count(archive: Archive) -> int:
        found = counted(archive)
        if next(calls) == 0:
            with Archive.open(kept, write=True) as other:
                digest = other.db.execute("SELECT payload FROM captures WHERE url = ?", (OTHER,)).fetchone()[0]
                take_out(other, digest, "示例")
        return found

    monkeypatch.setattr(backup, "_count_withdrawn", count)
    monkeypatch.setattr(backup.time, "sleep", lambda seconds: None)
    copied = back_up(kept, tmp_path / "copy", {})
    assert next(calls) == 4, "it was begun anew once"
    assert copied.damages == []
    assert damages(copied.place) == []


def test_damage_is_carried_along_with_its_name_and_never_sealed(kept: Path, tmp_path: Path) -> None:
    content = bytearray((kept / "archive.db").read_bytes())
    at = content.index("示例县教育局".encode())
    content[at + 3 * 3] ^= 1  # another character: neither SQLite nor a manifest can know
    (kept / "archive.db").write_bytes(content)
    (page,) = damages(kept)
    copied = back_up(kept, tmp_path / "copy", {})
    assert copied.damages == [page]
    assert {one.code for one in damages(copied.place)} == {"seal"}, "a copy that is not sound has no seal"
    with pytest.raises(Damaged, match="not put back"):
        restore(copied.place, tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_a_copy_that_rotted_is_not_put_back(kept: Path, tmp_path: Path) -> None:
    copied = back_up(kept, tmp_path / "copy.tar", {}).place
    content = bytearray(copied.read_bytes())
    with tarfile.open(copied) as tar:
        at = tar.getmember("payloads.db").offset_data + 3 * 4096 + 100
    content[at] ^= 1
    copied.write_bytes(content)
    with pytest.raises(Damaged):
        restore(copied, tmp_path / "back")
    copied.write_bytes(content[: len(content) // 2])
    with pytest.raises(Damaged):
        restore(copied, tmp_path / "back")
    assert [one.name for one in tmp_path.iterdir() if one.name not in (kept.name, copied.name)] == []


def test_nothing_is_written_over(kept: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    back_up(kept, tmp_path / "there", {})  # an empty folder is nothing
    (tmp_path / "file.tar").write_bytes(b"")
    for target in (tmp_path / "there", tmp_path / "file.tar", kept):
        with pytest.raises(Occupied):
            back_up(kept, target, {})
    with pytest.raises(Occupied):
        restore(tmp_path / "there", kept)
    assert damages(kept) == []
    for none in (kept, tmp_path / "file.tar", tmp_path / "none"):
        with pytest.raises(NotAnArchive):
            restore(none, tmp_path / "back")
    with pytest.raises(NotAnArchive):
        back_up(tmp_path / "none", tmp_path / "copy", {})
    with backup._made_beside(tmp_path / "copy"), pytest.raises(Held):
        back_up(kept, tmp_path / "copy", {})
    assert not (tmp_path / "none").exists()


def test_what_a_killed_copy_left_is_taken_away(kept: Path, tmp_path: Path) -> None:
    left = tmp_path / ".copy.nianbao-part"
    shutil.copytree(kept, left)
    (left / "runs" / "7").mkdir(parents=True)
    (left / "archive.db").write_bytes(b"torn")
    assert back_up(kept, tmp_path / "copy", {}).runs == 0
    assert damages(tmp_path / "copy") == []
    assert not left.exists()


FULL = """
import resource, signal, sys
from pathlib import Path
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), -1))
import nianbao
sys.exit(nianbao.main(sys.argv[2:]))
"""


@pytest.mark.parametrize(("share", "target"), [(0.02, "copy"), (0.95, "copy"), (1.01, "copy.tar")])
def test_no_room_is_said_and_leaves_nothing(folder: Path, tmp_path: Path, share: float, target: str) -> None:
    with Archive.open(folder, write=True) as archive:
        put_payload(archive, os.urandom(3_000_000))
    room = int(share * (folder / "payloads.db").stat().st_size)
    words = [sys.executable, "-c", FULL, str(room), "--archive", str(folder), "backup", str(tmp_path / target)]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == NoRoom.exit_code, done.stderr
    assert "no_room" in done.stderr
    assert [one.name for one in tmp_path.iterdir()] == [folder.name]
    assert damages(folder) == []


def test_the_verbs(kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert nianbao.main(["--archive", str(kept), "backup", str(tmp_path / "copy.tar"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    jsonschema.validate(said, json.loads((ROOT / "docs" / "schema" / "backup.json").read_text(encoding="utf-8")))
    assert said["place"] == str(tmp_path / "copy.tar")
    back = tmp_path / "back"
    assert nianbao.main(["--archive", str(back), "restore", str(tmp_path / "copy.tar")]) == 0
    assert f"nianbao --archive {back} verify" in capsys.readouterr().out
    assert nianbao.main(["--archive", str(back), "verify"]) == 0
    assert nianbao.main(["--archive", str(back), "restore", str(tmp_path / "copy.tar")]) == 1
    assert "occupied" in capsys.readouterr().err
