"""A report for 2017 with its statistics table in the archive: cells, checks, leftovers, export, words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from county import Answer, crawl

from archive.readings import get_report
from archive.store import Archive
from nianbao import main
from parsers.reading import read
from tests.parsers.statistics.source import ALL, Invented, page_of, truth_of

KNOWN: Invented = ALL[1]  # with two rows that no form has
TITLE = f"{KNOWN.organisation}{KNOWN.year}年政府信息公开工作年度报告"


@pytest.fixture
def kept(archive: Archive) -> Archive:
    page = page_of(KNOWN).replace("<h1>", "<p>示民发〔2017〕5号</p><h1>")
    crawl(archive, 0, {"http://www.shili.example/1.html": Answer(page.encode(), link_text=TITLE, title=TITLE)})
    return archive


def test_the_views_carry_it(kept: Archive) -> None:
    truth = truth_of(KNOWN)
    rows = kept.db.execute("SELECT key, raw, status FROM cells WHERE latest ORDER BY key").fetchall()
    assert {key: raw for key, raw, _ in rows} == truth["figures"]
    assert {status for _, _, status in rows} == {"number"}
    assert dict(kept.db.execute("SELECT label, raw FROM leftovers").fetchall()) == truth["unknown"]
    assert kept.db.execute("SELECT count(*), min(state) FROM checks WHERE latest").fetchone() == (7, "HOLDS")
    facts = kept.db.execute("SELECT statistics_form, requests_form, document_number, numbers FROM annual_reports")
    assert facts.fetchall() == [("2014", None, "示民发〔2017〕5号", 58)]
    label = "SELECT label FROM form_cells WHERE key = 'statistics.reviews_corrected.count'"
    assert kept.db.execute(label).fetchone() == ("四、行政复议数量 · （二）被依法纠错数",)


def test_it_comes_back_exactly(kept: Archive) -> None:
    (read_now,) = read(page_of(KNOWN).replace("<h1>", "<p>示民发〔2017〕5号</p><h1>").encode())
    report = get_report(kept, 1)
    assert report.values == read_now.values
    assert report.leftover == read_now.leftover
    assert dict(report.forms) == dict(read_now.forms)
    assert report.document_number == "示民发〔2017〕5号"


def test_export_and_show(kept: Archive, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept.close()
    assert main(["--archive", str(folder), "export", "jsonl"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert line["forms"]["statistics"] == "2014"
    assert line["cells"]["statistics.fees.amount"]["raw"] == truth_of(KNOWN)["figures"]["statistics.fees.amount"]
    assert main(["--archive", str(folder), "show", "r1", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["document_number"] == "示民发〔2017〕5号"
    assert len([key for key in shown["cells"] if key.startswith("statistics.")]) == 58
    assert main(["--archive", str(folder), "show", "r1"]) == 0
    words = capsys.readouterr().out
    assert "statistics 2014" in words
    assert "示民发〔2017〕5号" in words
