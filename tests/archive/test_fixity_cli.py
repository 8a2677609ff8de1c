"""``nianbao verify`` and ``nianbao withdraw`` as a person or cron calls them: lines, JSON, exit codes."""

from __future__ import annotations

import random
import shutil
import sqlite3
from pathlib import Path
from zipfile import ZipFile

import pytest
from county import article, crawl, figures_of
from test_cli import facts, nianbao, validator

from archive.fixity.sealed_warc import check_warc
from archive.store import Archive

BUREAU = "示例县教育局"
URL = "http://www.shili.example/zfxxgknb/202501/t20250120_1.html"
OTHER = "http://www.shili.example/zfxxgknb/202501/t20250120_2.html"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept") / "nianbao-archive"
    with Archive.open(folder, write=True) as archive:
        crawl(
            archive, 0, {URL: article(BUREAU, 2024, figures_of(3)), OTHER: article("示例县民政局", 2024, figures_of(8))}
        )
    return folder


def test_a_sound_archive(kept: Path) -> None:
    found = facts(kept, "verify", "verify")
    assert (found["sound"], found["part"], found["seed"], found["damaged"], found["notes"]) == (True, 1, "", [], [])
    assert (found["looked_at"]["captures"], found["looked_at"]["payloads"], found["head"]["number"]) == (2, 2, 1)
    sampled = facts(kept, "verify", "verify", "--sample", "40%")
    assert (sampled["part"], sampled["head"]) == (0.4, found["head"])
    assert len(sampled["seed"]) == len("2026-01-31")
    ran = nianbao(kept, "verify")
    assert ran.returncode == 0
    assert ran.stdout.endswith("everything is as it was kept\n")
    assert found["head"]["digest"] in ran.stdout


def test_damage_is_exit_seven_and_a_line_for_each_item(kept: Path, folder: Path) -> None:
    shutil.copytree(kept, folder)
    content = bytearray((folder / "payloads.db").read_bytes())
    with sqlite3.connect(folder / "payloads.db") as db:
        (blob,) = db.execute("SELECT bytes FROM payload WHERE rowid = 1").fetchone()
    content[content.index(blob[:60]) + 50] ^= 1  # SQLite's own check finds nothing there
    (folder / "payloads.db").write_bytes(content)
    found = facts(folder, "verify", "verify", code=7)
    assert found["sound"] is False
    assert {one["code"] for one in found["damaged"]} == {"page", "payload"}
    ran = nianbao(folder, "verify")
    assert ran.returncode == 7
    named = [line for line in ran.stdout.splitlines() if ": " in line and ("payload" in line or "page " in line)]
    assert any(line.startswith("payloads.db page ") and "not as it was written" in line for line in named)
    assert any("http://www.shili.example/" in line for line in named)
    # What needs the damaged bytes is refused with the same word.
    asked = facts(folder, "error", "verify", "--sample", "0%", code=2)
    assert asked["error"]["code"] == "bad_query"


def test_what_another_program_did_can_be_taken_for_right(kept: Path, folder: Path) -> None:
    shutil.copytree(kept, folder)
    other = sqlite3.connect(folder / "archive.db")
    other.execute("DROP VIEW cells")
    other.execute("VACUUM")
    other.close()
    found = facts(folder, "verify", "verify", code=7)
    assert {one["code"] for one in found["damaged"]} == {"changed_outside"}
    taken = facts(folder, "verify", "verify", "--seal")
    assert taken["sound"]
    assert any("changed outside nianbao" in note for note in taken["notes"])
    assert facts(folder, "verify", "verify")["sound"]


def test_real_damage_is_never_taken_for_right(kept: Path, folder: Path) -> None:
    shutil.copytree(kept, folder)
    with sqlite3.connect(folder / "payloads.db") as other:
        other.execute("UPDATE payload SET bytes = CAST(substr(bytes, 2) || x'00' AS BLOB) WHERE rowid = 1")
    other.close()
    for _ in range(2):
        found = facts(folder, "verify", "verify", "--seal", code=7)
        assert {one["code"] for one in found["damaged"]} == {"page", "payload"}


def test_withdraw(kept: Path, folder: Path) -> None:
    shutil.copytree(kept, folder)
    done = facts(folder, "withdraw", "withdraw", "v2", "--why", "示例: personal data")
    assert (done["versions"], done["reports"], done["complete"]) == (["v2"], ["r2"], True)
    (digest,) = done["payloads"]
    shown = facts(folder, "show", "show", "r2")
    assert shown["unread"] == {"code": "withdrawn", "says": "示例: personal data"}
    assert facts(folder, "verify", "verify")["sound"]
    assert facts(folder, "error", "withdraw", "0" * 64, "--why", "x", code=1)["error"]["code"] == "not_found"
    assert f"withdrawn: {digest}" in nianbao(folder, "withdraw", digest, "--why", "x").stdout


def test_verify_while_another_run_writes_is_told(kept: Path, folder: Path) -> None:
    shutil.copytree(kept, folder)
    with Archive.open(folder, write=True):
        assert facts(folder, "error", "verify", code=6)["error"]["code"] == "held"


def test_an_exported_wacz_is_checked_as_well(kept: Path, tmp_path: Path) -> None:
    out = tmp_path / "示例.wacz"
    assert nianbao(kept, "export", "wacz", "-o", str(out)).returncode == 0
    found = facts(kept, "verify", "verify", "--warc", str(out))
    assert found["looked_at"]["warc_records"] > 4
    validator("verify").validate(found)
    with ZipFile(out) as package:
        places = [
            (one.header_offset + 100, one.compress_size - 80) for one in package.infolist() if one.compress_size > 200
        ]
    whole = out.read_bytes()
    chance = random.Random(1)
    for number in range(40):
        start, length = chance.choice(places)
        at = start + chance.randrange(length)
        bad = tmp_path / f"{number}.wacz"
        bad.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :])
        assert check_warc(bad)[1], f"byte {at}"
        bad.write_bytes(whole[: chance.randrange(len(whole))])
        assert check_warc(bad)[1], f"cut of {number}"
    assert facts(kept, "error", "verify", "--warc", str(tmp_path / "none"), code=1)["error"]["code"] == "not_found"
