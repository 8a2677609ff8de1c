"""The whole demo as a stranger runs it: two crawls, and everything that the county knows is found again."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from crawler.demo import county, run
from crawler.demo.figures import truth
from crawler.demo.portal import CHANGES
from parsers.report import RELEASE
from tests import forked
from tests.docs.archives import ARCHIVE, STORY, demo

Facts = dict[str, Any]
DOCS = {report for report, attachment in county.ATTACHED.items() if attachment.suffix == "doc"}


def nianbao(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "nianbao", "--archive", str(folder), *arguments]
    done = forked.run(command, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Facts]:
    """What the command leaves, and what it says with --json; the tests of the docs have the same."""
    folder = demo(tmp_path_factory)
    return folder / ARCHIVE, json.loads((folder / STORY).read_text("utf-8"))


@pytest.fixture(scope="module")
def exported(archive: tuple[Path, Facts]) -> list[Facts]:
    return [json.loads(line) for line in nianbao(archive[0], "export", "jsonl").splitlines()]


def report_of(fact: Facts) -> tuple[str, int]:
    return fact["organisation"], fact["report_year"]


def test_every_report_is_found_once_and_nothing_else(archive: tuple[Path, Facts], exported: list[Facts]) -> None:
    """Also where an article and its attachment say the same report."""
    assert sorted(map(report_of, exported)) == sorted(county.published_reports())


def test_nothing_is_unread_with_libreoffice_or_without(archive: tuple[Path, Facts], exported: list[Facts]) -> None:
    assert archive[1]["unread"] == []
    assert len(DOCS) == 3
    assert {line["converter"] for line in exported if report_of(line) in DOCS} == {f"nianbao-doc/{RELEASE}"}


def test_story_keeps_its_schema(archive: tuple[Path, Facts]) -> None:
    schema = json.loads((Path(__file__).parents[2] / "docs/schema/demo.json").read_text(encoding="utf-8"))
    jsonschema.validate(archive[1], schema)


def test_every_cell_is_the_truth(exported: list[Facts]) -> None:
    figures = {**truth(), **{report: truth(changed=True)[report] for report in (county.EDITED, county.REPLACED)}}
    for line in exported:
        report = report_of(line)
        read = {key: Decimal(str(cell["value"])) for key, cell in line["cells"].items() if cell["value"] is not None}
        assert read == figures[report], report
        assert line["published"] == county.published_on(report).isoformat()
        assert line["forms"] == {t: county.form_of(report, t) for t in ("proactive", "requests", "disputes")}


def test_the_one_broken_sum_is_named(archive: tuple[Path, Facts]) -> None:
    (broken,) = archive[1]["broken"]
    assert report_of(broken) == county.BROKEN
    assert (broken["id"], broken["across"]) == ("disputes.row_sum", "review")


def test_second_crawl_makes_exactly_two_versions(archive: tuple[Path, Facts]) -> None:
    story = archive[1]
    assert story["second"]["summary"]["new_versions"] == 2
    found = {
        report_of(change): {
            cell["key"]: (Decimal(str(cell["before"])), Decimal(str(cell["after"]))) for cell in change["cells"]
        }
        for change in story["changes"]
    }
    assert found == {county.EDITED: dict(CHANGES.edited), county.REPLACED: dict(CHANGES.replaced)}


def test_dropped_page_is_not_seen(archive: tuple[Path, Facts]) -> None:
    (lost,) = archive[1]["not_seen"]
    assert report_of(lost) == county.DROPPED
    assert (lost["last_seen"][:10], lost["looked_at"][:10], lost["looks"]) == ("2026-01-12", "2026-01-19", 1)
    assert lost["url"].endswith(CHANGES.dropped_path)


def test_unchanged_pages_are_not_sent_again(archive: tuple[Path, Facts]) -> None:
    second = archive[1]["second"]
    assert second["unchanged"] > 150
    assert second["unchanged_bytes"] == 0


def test_late_and_missing_reports_are_named(archive: tuple[Path, Facts]) -> None:
    story = archive[1]
    assert [report_of(fact) for fact in story["late"]] == [county.LATE]
    assert [report_of(fact) for fact in story["missing"]] == [county.MISSING]


def test_no_page_is_asked_for_that_only_a_dead_call_names(archive: tuple[Path, Facts]) -> None:
    """The commented-out calls name pages that are not there: the first crawl meets no 404 at all."""
    assert archive[1]["first"]["answers"].get("404", 0) == 0


def test_each_verb_is_a_process_of_its_own(tmp_path: Path) -> None:
    assert "usage: nianbao export" in run._call(tmp_path / "none", "export", "--help")
    with pytest.raises(run.DemoFailed, match="not_an_archive"):
        run._call(tmp_path / "none", "export", "jsonl")
