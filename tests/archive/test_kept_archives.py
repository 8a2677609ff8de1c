"""Archives that earlier releases made: migrated, they hold what those releases said they held.

``kept/NNNN.tar.xz`` was made by the last release before the migration after NNNN (``kept/make.py``), in
``0013-0002.tar.xz`` the payloads had a migration more; ``kept/held.json`` is what those releases printed.
"""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from county import article, crawl, figures_of
from sqlite_utils import Database

from archive.fixity.verify import verify
from archive.queries import describe_report, list_history, named_report
from archive.reparsing.reparse import reparse
from archive.runs.run import list_runs
from archive.schema import ARCHIVE
from archive.schema.places import COUNTED
from archive.seals.sealed import Sample
from archive.search import Filters, find_page
from archive.search.index import renew_index
from archive.store import Archive

KEPT = Path(__file__).with_name("kept")
HELD: dict[str, Any] = json.loads((KEPT / "held.json").read_text("utf-8"))
# What is migrated before nianbao opens it: a release that was killed between two migrations leaves such an archive.
STATES = {
    "0001": ("0001", None),
    "0002": ("0001", "0003_crawl"),
    "0003": ("0001", "0004_statistics"),
    "0004": ("0004", None),
    "0005": ("0005", None),
    "0009": ("0005", "0007_merge"),
    "0010": ("0010", None),
    "0012": ("0012", None),
    "0013": ("0013", None),
    "0013-0002": ("0013-0002", None),
}


def facts_of(archive: Archive) -> dict[str, Any]:
    reports = {}
    for (number,) in archive.db.execute("SELECT id FROM reports ORDER BY id").fetchall():
        shown = describe_report(archive, named_report(archive, number))
        reports[f"r{number}"] = {
            "organisation": shown["organisation"],
            "report_year": shown["report_year"],
            "version": shown["version"],
            "cells": {key: cell["raw"] for key, cell in shown["cells"].items()},
            "not_seen": shown["not_seen"],
            "history": [
                {name: one[name] for name in ("version", "url", "first_captured", "last_captured", "payload_digest")}
                for one in list_history(archive, number)
            ],
        }
    hits = find_page(archive, "行政复议", Filters(), sort="rank", limit=20).hits
    names = ("run", "command", "captures", "revisits", "state")
    return {
        "reports": reports,
        "search": sorted([f"r{hit.report}", f"v{hit.version}"] for hit in hits),
        "runs": [{name: one[name] for name in names} for one in list_runs(archive)],
    }


@pytest.fixture(params=STATES)
def old(request: pytest.FixtureRequest, folder: Path) -> Path:
    name, stop_before = STATES[request.param]
    folder.mkdir()
    with tarfile.open(KEPT / f"{name}.tar.xz") as tar:
        for entry in tar.getnames():
            kept = tar.extractfile(entry)
            assert kept is not None
            (folder / entry).write_bytes(kept.read())
    if stop_before is not None:
        db = Database(folder / "archive.db")
        ARCHIVE.apply(db, stop_before=stop_before)
        db.close()
    return folder


def test_what_an_earlier_release_kept_is_there(old: Path) -> None:
    with Archive.open(old, write=True) as archive:
        assert not ARCHIVE.pending(archive.db)
        assert archive.db.execute("SELECT * FROM place_years").fetchall() == archive.db.execute(COUNTED).fetchall()
        renew_index(archive)
        assert facts_of(archive) == HELD
    with Archive.open(old, write=False) as archive:
        assert facts_of(archive) == HELD


def test_it_is_sound_and_sealed_from_the_first_write_on(old: Path) -> None:
    with Archive.open(old, write=True):
        pass
    verified = verify(old, Sample())
    assert verified.damages == []
    assert verified.looked_at["captures"] == 7
    assert [note for note in verified.notes if "manifest" not in note] == []
    assert (old / "archive.db.seal").is_file()
    assert (old / "payloads.db.seal").is_file()


def test_it_is_read_again_and_goes_on(old: Path, request: pytest.FixtureRequest) -> None:
    with Archive.open(old, write=True) as archive:
        with archive.writing() as db:
            db.execute("UPDATE readings SET parser = '0'")
        assert reparse(archive).codes == {}
        versions = archive.db.execute("SELECT count(*) FROM versions").fetchone()[0]
        assert facts_of(archive) == HELD
        url = "http://www.shili.example/zfxxgknb/202501/t20250120_1.html"
        edited = article("示例县教育局", 2024, figures_of(3) | {"requests.received.total": "1001"})
        assert crawl(archive, 40, {url: edited})["new_versions"] == 1
        assert archive.db.execute("SELECT count(*) FROM versions").fetchone()[0] == versions + 1
    verified = verify(old, Sample())
    assert verified.damages == []
    assert verified.notes == []  # the end of the crawl wrote down the captures of the earlier releases too
    assert verified.head is not None
    # Releases from 0006 on wrote down their own seven, so that only the crawl's are new.
    assert verified.head.captures[0] == (8 if request.node.callspec.params["old"] >= "0010" else 1)
