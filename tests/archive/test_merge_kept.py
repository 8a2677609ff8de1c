"""What a merge keeps, tells and leaves alone: origins, conflicts, withdrawals, the other archive's files."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from content import content_of, difference_of
from county import SITE, article, crawl, figures_of
from histories import WORKER, moment, one_worker, release
from jsonschema import Draft202012Validator

from archive.corrections import Correction, corrections_in_force, put_correction
from archive.errors import NotAnArchive, Withdrawn
from archive.fixity.verify import read_sample, verify
from archive.merge import Merged, merge_archive
from archive.merging.origins import identity_of
from archive.payloads import get_payload
from archive.queries import list_history, list_not_seen
from archive.reparsing.candidates import compare_candidates
from archive.reparsing.reparse import reparse
from archive.reparsing.stale import Where
from archive.schema.places import COUNTED
from archive.store import Archive
from archive.withdraw import withdraw
from nianbao import main
from tests import forked

ROOT = Path(__file__).resolve().parents[2]
BUREAU, OFFICE = "示例县教育局", "示例县民政局"
URL = "http://www.shili.example/zfxxgknb/202501/t20250120_1.html"
OTHER = "http://www.shili.example/zfxxgknb/202501/t20250120_2.html"

# Each table, and how a merge takes it. "local": of this archive alone; "derived": made anew from what was taken.
TABLES = {
    "_sqlite_migrations": "local",
    "archive_identity": "local",
    "capture_origins": "taken",
    "captures": "taken",
    "changes": "local",
    "corrections": "taken",
    "documents": "taken",
    "form_cells": "local",
    "frontier": "taken",
    "identities": "taken",
    "listings": "taken",
    "manifests": "local",
    "mergers": "taken",
    "namings": "taken",
    "organisation_names": "taken",
    "organisations": "taken",
    "pauses": "taken",
    "place_years": "derived",
    "renditions": "taken",
    "report_differences": "derived",
    "report_problems": "derived",
    "reports": "taken",
    "resources": "taken",
    "robots": "taken",
    "run_origins": "taken",
    "runs": "taken",
    "sealed": "local",
    "searched": "derived",
    "searched_counts": "derived",
    "searched_words": "derived",
    "sightings": "taken",
    "site_bodies": "taken",
    "sites": "taken",
    "unread": "taken",
    "versions": "taken",
    "withdrawals": "taken",
}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One moment for all that is done, and one warm worker."""
    monkeypatch.setenv("NIANBAO_NOW", "2025-03-01T00:00:00Z")
    with one_worker():
        yield


def newsroom(folder: Path, *days: tuple[int, int, int]) -> Path:
    """An archive that has looked at one page: on each day, with these figures and that counter."""
    with Archive.open(folder, write=True) as archive:
        for day, figures, counter in days:
            crawl(archive, day, {URL: article(BUREAU, 2024, figures_of(figures), counter=counter)})
    return folder


def taken(target: Path, other: Path) -> Merged:
    with Archive.open(target, write=True) as archive:
        merged = merge_archive(archive, other)
        assert archive.db.execute("SELECT * FROM place_years WHERE reports > 0").fetchall() == tallies_of(archive)
        return merged


def tallies_of(archive: Archive) -> list[tuple[object, ...]]:
    return archive.db.execute(COUNTED).fetchall()


def codes(merged: Merged) -> list[str]:
    return [conflict.code for conflict in merged.conflicts]


def said_of(folder: Path) -> dict[str, Any]:
    with Archive.open(folder, write=False) as archive:
        return content_of(archive)


def test_every_table_is_taken_or_left_for_a_reason(archive: Archive) -> None:
    tables = {
        name
        for (name,) in archive.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        if not name.startswith(("search_index", "sqlite_", "figures_", "reading", "foreign_"))
    }
    assert tables == TABLES.keys()


def test_history_of_two_newsrooms_is_one(tmp_path: Path) -> None:
    ours = newsroom(tmp_path / "a", (0, 1, 0), (10, 1, 4))
    theirs = newsroom(tmp_path / "b", (5, 2, 0), (15, 1, 9))
    merged = taken(ours, theirs)
    assert (merged.counts["versions"], merged.counts["reports"], merged.counts["read"]) == (2, 0, 0)
    with Archive.open(ours, write=False) as archive:
        chain = list_history(archive, 1)
        assert [(one["number"], one["first_captured"][:10], one["last_captured"][:10]) for one in chain] == [
            (1, "2025-01-01", "2025-01-01"),
            (2, "2025-01-06", "2025-01-06"),
            (3, "2025-01-11", "2025-01-16"),  # back to the first figures: an edit and its undoing are two
        ]
        assert chain[0]["version"] == "v1"
        assert (chain[0]["content_digest"], chain[2]["content_digest"]) == (chain[2]["content_digest"],) * 2


def test_nothing_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = newsroom(tmp_path / "a", (0, 1, 0), (10, 1, 4))
    theirs = newsroom(tmp_path / "b", (5, 2, 0), (15, 1, 9))

    def refuse(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(WORKER, "submit", refuse)
    assert taken(ours, theirs).counts["readings"] == 2


def test_each_run_and_capture_keeps_its_origin(tmp_path: Path) -> None:
    ours, theirs = newsroom(tmp_path / "a", (0, 1, 0)), newsroom(tmp_path / "b", (5, 2, 0), (6, 2, 1))
    taken(ours, theirs)
    with Archive.open(ours, write=False) as archive, Archive.open(theirs, write=False) as other:
        origins = archive.db.execute("SELECT run, archive, number FROM run_origins ORDER BY run").fetchall()
        assert origins == [(2, identity_of(other), 1), (3, identity_of(other), 2)]
        looks = archive.db.execute("SELECT archive, run_there, capture_there, ours FROM provenance ORDER BY capture")
        own, its = identity_of(archive), identity_of(other)
        assert looks.fetchall() == [(own, 1, 1, 1), (its, 1, 1, 0), (its, 2, 2, 0)]
        assert own != its


def test_two_that_went_on_from_one_copy_are_both_kept_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = newsroom(tmp_path / "a", (0, 1, 0))
    shutil.copytree(ours, tmp_path / "b")
    monkeypatch.setenv("NIANBAO_NOW", "2025-03-02T00:00:00Z")
    theirs = newsroom(tmp_path / "b", (3, 2, 0))
    monkeypatch.setenv("NIANBAO_NOW", "2025-03-03T00:00:00Z")
    newsroom(ours, (4, 1, 0))
    shutil.copytree(ours, tmp_path / "c")
    merged = taken(ours, theirs)
    assert "same_origin" in codes(merged)
    assert "same_origin" in codes(taken(theirs, tmp_path / "c"))
    assert difference_of(said_of(ours), said_of(theirs)) == ""
    assert len(said_of(ours)["captures"]) == 3


def test_a_withdrawal_wins_and_is_told(tmp_path: Path) -> None:
    ours, theirs = newsroom(tmp_path / "a", (0, 1, 0)), newsroom(tmp_path / "b", (5, 1, 7), (6, 2, 0))
    shutil.copytree(ours, tmp_path / "c")
    with Archive.open(ours, write=True) as archive:
        digest = archive.db.execute("SELECT payload_digest FROM versions").fetchone()[0]
        withdraw(archive, "v1", "personal data")
    shutil.copytree(ours, tmp_path / "d")
    # The other newsroom saw the same report beside another counter: as a crawl does, the merge withdraws that too.
    assert codes(taken(ours, theirs)) == ["withdrawn"]
    assert codes(taken(theirs, tmp_path / "d")) == ["withdrawn"]
    assert difference_of(said_of(ours), said_of(theirs)) == ""
    assert codes(taken(tmp_path / "c", tmp_path / "d")) == ["withdrawn"]
    for folder in (ours, theirs, tmp_path / "c"):
        with Archive.open(folder, write=True) as archive:
            with pytest.raises(Withdrawn, match="personal data"):
                get_payload(archive, digest)
            stands = archive.db.execute("SELECT code FROM unread").fetchall()
            assert stands == [("withdrawn",)]
        assert verify(folder, read_sample(None)).damages == []


def test_corrections_that_do_not_agree_are_both_kept(tmp_path: Path) -> None:
    ours, theirs = newsroom(tmp_path / "a", (0, 1, 0)), newsroom(tmp_path / "b", (5, 1, 0))
    with Archive.open(ours, write=False) as archive:
        version, digest = archive.db.execute("SELECT id, payload_digest FROM versions").fetchone()
    for folder, value, day in ((ours, 5, 1), (theirs, 6, 2)):
        with Archive.open(folder, write=True) as archive:
            when = moment(day).strftime("%Y-%m-%dT%H:%M:%SZ")
            put_correction(
                archive, Correction(digest, "requests.received.total", "number", value, "编辑部", "scan", "", when)
            )
    assert codes(taken(ours, theirs)) == ["correction"]
    with Archive.open(ours, write=False) as archive:
        assert corrections_in_force(archive, version)["requests.received.total"].value == 6
        assert archive.db.execute("SELECT count(*) FROM corrections").fetchone() == (2,)
    assert codes(taken(ours, theirs)) == []


def test_the_reading_of_the_newer_release_stands(tmp_path: Path) -> None:
    with release(1):
        ours = newsroom(tmp_path / "a", (0, 1, 0))
    with release(3):
        theirs = newsroom(tmp_path / "b", (0, 1, 0))
    shutil.copytree(ours, tmp_path / "c")
    assert codes(taken(ours, theirs)) == ["reading"]
    with Archive.open(ours, write=False) as archive:
        readings = archive.db.execute("SELECT parser, current FROM readings ORDER BY id").fetchall()
        assert readings == [("1", 0), ("3", 1)]
    taken(theirs, tmp_path / "c")
    assert difference_of(said_of(ours), said_of(theirs)) == ""


def test_what_one_could_not_read_and_the_other_could_is_read(tmp_path: Path) -> None:
    ours, theirs = newsroom(tmp_path / "a", (0, 1, 0)), newsroom(tmp_path / "b", (0, 1, 0))
    with Archive.open(ours, write=True) as archive:
        archive.db.execute("UPDATE readings SET current = 0")
        archive.db.execute("UPDATE versions SET content_digest = NULL, converter = NULL, parser = NULL")
        archive.db.execute("INSERT INTO unread VALUES (1, 'timed_out', '', '2', '2025-01-01T00:00:00Z')")
    assert taken(ours, theirs).counts["readings"] == 1
    with Archive.open(ours, write=False) as archive:
        assert archive.db.execute("SELECT count(*) FROM unread").fetchone() == (0,)
        assert archive.db.execute("SELECT count(*) FROM cells WHERE latest").fetchone() == (200,)


def test_damaged_bytes_are_told_and_not_taken(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours, theirs = newsroom(folder, (0, 1, 0)), newsroom(tmp_path / "b", (5, 2, 0))
    with Archive.open(theirs, write=True) as archive, archive.keeping() as payloads:
        payloads.execute("UPDATE payload SET bytes = zeroblob(9)")
    assert main(["--archive", str(ours), "merge", str(theirs), "--json"]) == 4
    (said,) = json.loads(capsys.readouterr().out)
    Draft202012Validator(json.loads((ROOT / "docs/schema/merge.json").read_text("utf-8"))).validate([said])
    assert [one["code"] for one in said["conflicts"]] == ["damaged"]
    assert (said["payloads"], said["captures"]) == (0, 1)
    assert main(["--archive", str(ours), "merge", str(tmp_path / "nowhere")]) == NotAnArchive.exit_code
    assert main(["--archive", str(ours), "merge", str(ours)]) == 0


def test_the_other_archive_is_only_read(tmp_path: Path) -> None:
    ours, theirs = newsroom(tmp_path / "a", (0, 1, 0)), newsroom(tmp_path / "b", (5, 2, 0))
    before = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in theirs.iterdir()}
    with Archive.open(theirs, write=True):  # its newsroom is at work meanwhile
        assert taken(ours, theirs).counts["captures"] == 1
    taken(ours, theirs)
    after = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in theirs.iterdir()}
    assert {name: after[name] for name in before if name != "lock"} == {
        name: digest for name, digest in before.items() if name != "lock"
    }


@pytest.mark.parametrize("kept", sorted((ROOT / "tests/archive/kept").glob("*.tar.xz")), ids=lambda kept: kept.stem)
def test_an_archive_of_an_earlier_release_is_taken_from_a_copy(tmp_path: Path, kept: Path) -> None:
    with tarfile.open(kept) as packed:
        packed.extractall(tmp_path / "old", filter="data")
    (theirs,) = {file.parent for file in (tmp_path / "old").rglob("archive.db")}
    before = hashlib.sha256((theirs / "archive.db").read_bytes()).hexdigest()
    first = taken(tmp_path / "a", theirs)
    assert first.counts["reports"] > 0
    assert hashlib.sha256((theirs / "archive.db").read_bytes()).hexdigest() == before
    again = taken(tmp_path / "a", theirs)
    assert (again.archive, again.counts["captures"], again.counts["known"]) == (
        first.archive,
        0,
        first.counts["captures"],
    )
    # Its newsroom brings it up to date in place: it is the same archive still.
    Archive.open(theirs, write=True).close()
    assert taken(tmp_path / "a", theirs).counts["captures"] == 0


def test_a_candidate_stays_where_it_is(tmp_path: Path) -> None:
    ours = newsroom(tmp_path / "a", (0, 1, 0))
    with release(1):
        theirs = newsroom(tmp_path / "b", (5, 2, 0))
    with Archive.open(theirs, write=True) as archive:
        compare_candidates(archive, Where())
    taken(ours, theirs)
    with Archive.open(ours, write=True) as archive:
        assert archive.db.execute("SELECT parser, current FROM readings ORDER BY id").fetchall() == [("2", 1), ("1", 1)]
        assert reparse(archive).read == 1


def test_a_later_look_of_the_other_says_that_a_page_is_gone(tmp_path: Path) -> None:
    ours, theirs = newsroom(tmp_path / "a", (10, 1, 0)), tmp_path / "b"
    with Archive.open(theirs, write=True) as archive:
        crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(1))})
        crawl(archive, 20, {OTHER: article(OFFICE, 2024, figures_of(2))})
    earlier = newsroom(tmp_path / "c", (0, 1, 0))
    with Archive.open(earlier, write=True) as archive:
        crawl(archive, 5, {OTHER: article(OFFICE, 2024, figures_of(2))})
    taken(ours, earlier)
    with Archive.open(ours, write=False) as archive:
        assert list_not_seen(archive) == []  # looked at on day 5 in vain, seen on day 10
    taken(ours, theirs)
    with Archive.open(ours, write=False) as archive:
        (one,) = list_not_seen(archive)
        assert (one["last_seen"][:10], one["looked_at"][:10], one["looks"]) == ("2025-01-11", "2025-01-21", 1)


# Dies by its own hand, with all of a transaction written and nothing of it committed.
_MERGING = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from contextlib import contextmanager
from pathlib import Path
from archive.merge import merge_archive
from archive.store import Archive
import archive.merging.evidence, archive.merging.payload_bytes, archive.merging.reports
archive.merging.evidence._SLICE = archive.merging.payload_bytes._SLICE = archive.merging.reports._SLICE = 2
left = int(sys.argv[4])
def dying(name):
    transaction = getattr(Archive, name)
    @contextmanager
    def counted(self):
        global left
        with transaction(self) as db:
            yield db
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
    setattr(Archive, name, counted)
dying("writing"), dying("keeping")
with Archive.open(Path(sys.argv[2]), write=True) as ours:
    merge_archive(ours, Path(sys.argv[3]))
"""


def test_a_merge_that_is_killed_is_finished_by_the_next(tmp_path: Path) -> None:
    ours, theirs = newsroom(tmp_path / "a", (0, 1, 0)), tmp_path / "b"
    names = [f"示例县第{number}局" for number in range(7)]
    with Archive.open(theirs, write=True) as archive:
        for day in (3, 6):
            portal = {
                f"{SITE.home}zfxxgknb/202501/t20250120_{n}.html": article(name, 2024, figures_of(n + day))
                for n, name in enumerate(names, start=1)
            }
            crawl(archive, day, portal)
    shutil.copytree(ours, tmp_path / "whole")
    taken(tmp_path / "whole", theirs)
    ends = []
    (tmp_path / "merging.py").write_text(_MERGING, "utf-8")
    for transactions in (2, 6, 13, 17):
        command = [sys.executable, tmp_path / "merging.py", str(ROOT), str(ours), str(theirs), str(transactions)]
        ends.append(forked.run(command).returncode)
    assert ends == [-signal.SIGKILL] * 4
    taken(ours, theirs)
    assert difference_of(said_of(ours), said_of(tmp_path / "whole")) == ""
    assert verify(ours, read_sample(None)).damages == []
