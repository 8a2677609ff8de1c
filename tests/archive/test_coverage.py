"""The register of a simulated county of 40 bodies over five years equals the truth."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from archive.capture import Capture, Target
from archive.frontier import acknowledge, add_targets, lease_targets
from archive.ingest import read_pending
from archive.register import note_bodies, put_sites
from archive.runs.run import begin_run, end_run
from archive.season.coverage import Entry, count_states, coverage_of, deadline_of
from archive.store import Archive
from nianbao import main
from tests.archive.seasons import DAYS, MAIN, YEARS, County, county, look

LAST = date(2024, 6, 1)


@pytest.fixture(scope="module")
def made() -> County:
    return county()


@pytest.fixture(scope="module")
def looked(made: County, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive after five seasons of three looks."""
    folder = tmp_path_factory.mktemp("seasons") / "archive"
    with Archive.open(folder, write=True) as archive, pytest.MonkeyPatch.context() as patch:
        for year in YEARS:
            for month, day in DAYS:
                patch.setenv("NIANBAO_NOW", f"{year + 1}-{month:02}-{day:02}T14:00:00Z")
                look(archive, date(year + 1, month, day), made)
    return folder


def entries_of(folder: Path, year: int, today: date = LAST) -> dict[str, Entry]:
    with Archive.open(folder, write=False) as archive:
        return {entry.organisation: entry for entry in coverage_of(archive, year, today)}


@pytest.mark.parametrize("year", YEARS)
def test_the_register_equals_the_truth(looked: Path, made: County, year: int) -> None:
    truth = {name: state for (name, of), state in made.truth.items() if of == year}
    then = truth | {name: state for (name, of), state in made.then.items() if of == year}
    assert len(truth) == 40
    for today, expected in ((LAST, truth), (date(year + 1, 6, 1), then)):
        found = entries_of(looked, year, today)
        assert {name: (entry.state, entry.days_late) for name, entry in found.items()} == expected, today


def test_each_state_says_why(looked: Path) -> None:
    of_2020, of_2021, of_2022 = (entries_of(looked, year, date(year + 1, 6, 1)) for year in (2020, 2021, 2022))
    assert "blocked (challenge, 1 columns)" in of_2021["示例县人民政府"].why
    assert "host down (timeout" in of_2022["示例县公安局"].why
    assert of_2022["示例县审计局"].looked == (date(2023, 1, 10), date(2023, 2, 5), date(2023, 4, 5))
    assert of_2022["示例县商务局"].into == "示例县发展和改革局"
    assert of_2020["示例县能源局"].doubt == "printed 2021-01-20, not there on 2021-02-05"
    assert entries_of(looked, 2023)["示例县气象局"].why.startswith("kept and not read: ")


def test_before_the_deadline_a_body_is_due_and_a_report_is_there(looked: Path) -> None:
    found = entries_of(looked, 2022, date(2023, 1, 20))
    assert found["示例县审计局"].state == "due"
    assert found["示例县教育局"].state == "on_time"


def test_a_body_that_a_portal_lists_is_expected(looked: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(looked, folder)
    with Archive.open(folder, write=True) as archive:
        note_bodies(archive, MAIN.code, ["示例县体育局", "示例县教育局"], "http://www.shili.example/jgsz/")
    found = entries_of(folder, 2022)
    assert found["示例县体育局"].state == "missing"
    assert [name for name in found if name.endswith("教育局")] == ["示例县教育局"]


def test_deadlines_are_those_of_the_law() -> None:
    assert deadline_of("示例市", 2023) == date(2024, 3, 31)
    assert deadline_of("示例县甲镇人民政府", 2023) == date(2024, 1, 31)
    assert deadline_of("示例县人民政府办公室", 2023) == date(2024, 1, 31)


def test_the_command_prints_a_table_json_and_csv(
    looked: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIANBAO_NOW", "2024-06-01T00:00:00Z")
    words = ["--archive", str(looked), "coverage", "--year", "2022"]
    assert main([*words, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    with Archive.open(looked, write=False) as archive:
        assert said["counts"] == count_states(coverage_of(archive, 2022, LAST))
    assert main([*words, "--csv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("organisation,region_code,sites,state")
    assert len(lines) == len(said["bodies"]) + 1
    assert main([*words, "--state", "missing", "--on", "2023-06-01"]) == 0
    table = capsys.readouterr().out
    assert "示例县审计局" in table
    assert "not there on 2023-01-10, 2023-02-05, 2023-04-05" in table
    assert main([*words, "--state", "lost"]) == 2
    assert main([*words, "--on", "June"]) == 2
    capsys.readouterr()
    assert main([*words, "--region", "11", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["bodies"] == []


def test_an_alias_of_the_site_is_the_body_that_is_meant(tmp_path: Path) -> None:
    site = replace(MAIN, aliases=(("示例县发改局", "示例县发展和改革局"),), bodies=("示例县发改局",), mergers=())
    made = County()
    made.put("示例县发展和改革局", 2020, date(2021, 1, 8), date(2021, 1, 8))
    (one,) = made.reports
    renamed = one.payload.replace("示例县发展和改革局".encode(), "示例县发改局".encode())
    with Archive.open(tmp_path / "archive", write=True) as archive:
        put_sites(archive, [site])
        run = begin_run(archive, "crawl", "crawl year=any")
        add_targets(archive, run, [Target(one.url, "article", "", site=site.code)])
        (lease,) = lease_targets(archive, run, 1)
        capture = Capture(one.url, datetime(2021, 1, 10, tzinfo=UTC), "fetched", 200, b"", renamed, renamed, "article",
                          site=site.code)  # fmt: skip
        acknowledge(archive, run, lease, capture)
        read_pending(archive, run)
        end_run(archive, run)
        (entry,) = coverage_of(archive, 2020, date(2021, 6, 1))
        names = archive.db.execute("SELECT printed FROM organisation_names").fetchall()
    assert (entry.organisation, entry.state) == ("示例县发展和改革局", "on_time")
    assert names == [("示例县发改局",)], "what was printed is kept"
