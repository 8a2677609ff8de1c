"""Kept bytes read by a new release: what would change is listed before it stands, and no version is ever made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from county import Answer, article, crawl, figures_of
from histories import WORKER, one_worker, release
from jsonschema import Draft202012Validator

from archive.changes import list_changes
from archive.changes.replay import State, present_state, replay
from archive.errors import BadQuery
from archive.queries import list_history
from archive.reparsing.candidates import accept_candidates, compare_candidates
from archive.reparsing.reparse import reparse
from archive.reparsing.stale import Where, list_stale, where_of
from archive.store import Archive
from archive.versions import CellChange
from archive.withdraw import withdraw
from nianbao import main
from parsers.convert import all_formats
from parsers.converters import is_current
from parsers.report import Body, Report, Status

ROOT = Path(__file__).resolve().parents[2]
BUREAU, OFFICE = "示例县教育局", "示例县民政局"
URL = "http://www.shili.example/zfxxgknb/202501/t20250120_1.html"
OTHER = "http://www.shili.example/zfxxgknb/202501/t20250120_2.html"
SCAN = "http://www.shili.example/zfxxgknb/202501/P020250120.pdf"
KEY = "requests.received.total"


@pytest.fixture(autouse=True)
def warm() -> Iterator[None]:
    """One worker for all tests of this file."""
    with one_worker():
        yield


@pytest.fixture
def kept(archive: Archive) -> Archive:
    """Two reports of 2024 and 2023, and a scan that nobody can read, as release 1 left them."""
    with release(1):
        title = f"{OFFICE}2024年政府信息公开工作年度报告"
        crawl(
            archive,
            0,
            {
                URL: article(BUREAU, 2024, figures_of(1)),
                OTHER: article(OFFICE, 2023, figures_of(2)),
                SCAN: Answer(b"%PDF-1.4 torn", "attachment", title, title=title),
            },
        )
    return archive


class Reads:
    """A release of the parsers that reads something else: what ``change`` makes of each report."""

    def __init__(self, change: Any) -> None:
        self.change = change

    def __enter__(self) -> None:
        read = WORKER.child.read

        def other(payload: bytes, hints: Any) -> tuple[Report, ...]:
            return tuple(self.change(report) for report in read(payload, hints))

        self.patched = patch.object(WORKER.child, "read", other)
        self.known, WORKER.known = WORKER.known, {}
        self.patched.start()

    def __exit__(self, *_: object) -> None:
        self.patched.stop()
        WORKER.known = self.known


def with_cell(report: Report, key: str, number: int | None) -> Report:
    """A report in which one cell is read otherwise: as a figure, or as missing."""
    status = Status.MISSING if number is None else Status.NUMBER
    raw = "" if number is None else str(number)
    values = tuple(
        replace(one, value=number, status=status, raw=raw) if one.key == key else one for one in report.values
    )
    return replace(report, values=values, content_digest=f"{report.content_digest[:60]}{number}")


def follows(archive: Archive) -> bool:
    """Whether the change sequence from its beginning adds up to what the tables say."""
    state = State()
    replay(state, list_changes(archive, 0, 100_000))
    return state == present_state(archive)


def standing(archive: Archive, report: int = 1) -> int | None:
    """What the report is now said to have received."""
    row = archive.db.execute(
        "SELECT value FROM cells WHERE report = ? AND key = ? AND latest", (report, KEY)
    ).fetchone()
    return None if row is None else row[0]


def test_candidates_change_nothing_until_they_are_accepted(kept: Archive) -> None:
    before, cursor = standing(kept), list_changes(kept, 0, 1000)[-1]["seq"]
    with Reads(lambda report: with_cell(report, KEY, 7)):
        compared = compare_candidates(kept, Where())
    assert (compared.tried, compared.same, len(compared.changed)) == (3, 0, 2)
    assert compared.changed[0].cells == (CellChange(KEY, before, 7),)
    assert compared.by_key == {KEY: 2}
    assert sum(compared.codes.values()) == 1  # the scan
    assert standing(kept) == before
    assert list_changes(kept, cursor, 1000) == []
    assert accept_candidates(kept, Where()) == [1, 2]
    assert standing(kept) == 7
    kinds = [entry["kind"] for entry in list_changes(kept, cursor, 1000)]
    assert sorted(kinds) == ["reread", "reread", "stands", "stands", "superseded", "superseded"]
    assert follows(kept)


def test_a_reading_is_never_a_version(kept: Archive) -> None:
    versions = [list_history(kept, report) for report in (1, 2)]
    with Reads(lambda report: with_cell(report, KEY, 7)):
        compare_candidates(kept, Where())
        accept_candidates(kept, Where())
    after = [list_history(kept, report) for report in (1, 2)]
    assert [[one["version"] for one in chain] for chain in after] == [
        [one["version"] for one in chain] for chain in versions
    ]
    assert [chain[0]["content_digest"] for chain in after] != [chain[0]["content_digest"] for chain in versions]


def test_a_third_reading_takes_the_place_of_an_older_candidate(kept: Archive) -> None:
    for number in (7, 8):
        with Reads(lambda report, number=number: with_cell(report, KEY, number)):
            compare_candidates(kept, Where())
    aside = kept.db.execute("SELECT count(*) FROM readings WHERE current = 0").fetchone()
    assert aside == (2,)
    accept_candidates(kept, Where())
    assert standing(kept) == 8
    assert accept_candidates(kept, Where()) == []


def test_what_would_stay_the_same_is_counted_and_not_listed(kept: Archive) -> None:
    compared = compare_candidates(kept, Where())
    assert (compared.same, compared.changed) == (2, [])
    accept_candidates(kept, Where())
    assert [one.version for one in list_stale(kept, Where())] == [3]  # the scan


def test_lost_cells_and_moves_are_said(kept: Archive) -> None:
    def worse(report: Report) -> Report:
        return replace(with_cell(report, KEY, None), body=Body("示例县财政局", report.body.region_code))

    with Reads(worse):
        compared = compare_candidates(kept, where_of(["year=2024"]))
    (change,) = compared.changed
    assert change.lost == (KEY,)
    assert change.cells[0].after == "missing"
    assert change.moves_to == ("示例县财政局", 2024)
    accept_candidates(kept, Where())
    names = [name for (name,) in kept.db.execute("SELECT name FROM organisations ORDER BY name").fetchall()]
    assert names == sorted([OFFICE, "示例县财政局"])
    assert follows(kept)


@pytest.mark.parametrize(
    ("asked", "versions"),
    [
        (["year=2024"], [1, 3]),
        (["report=r2"], [2]),
        (["region=1508", "year=2023"], [2]),
        (["region=44"], []),
        (["format=pdf"], [3]),
        (["code=unreadable"], [3]),
        (["parser=1"], [1, 2, 3]),
        (["parser=9"], []),
        (["converter=lxml"], [1, 2]),
    ],
)
def test_where_says_which(kept: Archive, asked: list[str], versions: list[int]) -> None:
    assert [one.version for one in list_stale(kept, where_of(asked))] == versions


@pytest.mark.parametrize("text", ["colour=red", "year", "year=", "year=last", "report=all", "year=2024 OR 1"])
def test_what_cannot_be_asked_is_refused(text: str) -> None:
    with pytest.raises(BadQuery):
        where_of([text])


def test_another_converter_makes_a_reading_stale(archive: Archive) -> None:
    crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(1))})
    assert list_stale(archive, Where()) == []
    archive.db.execute("UPDATE readings SET converter = 'lxml/1.0+nianbao/2'")
    assert [one.version for one in list_stale(archive, Where())] == [1]
    assert reparse(archive).read == 1
    assert list_stale(archive, Where()) == []


def test_each_format_says_its_converter_without_reading() -> None:
    assert all(is_current(form.NAME, form.CONVERTER) for form in all_formats())
    assert not any(is_current(form.NAME, "another/1") for form in all_formats())
    docx = next(form.CONVERTER for form in all_formats() if form.NAME == "docx")
    assert is_current("doc", f"LibreOffice/7.4.7.2+{docx}")
    assert not is_current("doc", "LibreOffice/7.4.7.2+lxml/1.0+nianbao/0")
    assert not is_current("doc", docx)


def test_what_is_withdrawn_is_not_read_again(kept: Archive) -> None:
    withdraw(kept, "v1", "personal data")
    assert [one.version for one in list_stale(kept, Where())] == [2, 3]


def test_the_verb_prints_what_its_schema_says(kept: Archive, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept.close()
    schema = Draft202012Validator(json.loads((ROOT / "docs/schema/reparse.json").read_text("utf-8")))

    def said(*options: str) -> Any:
        assert main(["--archive", str(folder), "reparse", *options, "--json"]) == 0
        document = json.loads(capsys.readouterr().out)
        schema.validate(document)
        return document

    with Reads(lambda report: with_cell(report, KEY, 7)):
        diff = said("--diff", "--where", "year=2024")
    assert [one["version"] for one in diff["versions"]] == ["v1"]
    assert diff["versions"][0]["cells"][0]["after"] == 7
    assert said("--accept") == {"accepted": ["v1"]}
    assert said("--where", "year=2023")["read"] == 1
    assert main(["--archive", str(folder), "reparse", "--where", "colour=red"]) == 2
