"""The real documents: every cell and fact as a person read them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from parsers.report import Report, State, Status
from tests.reading.answers import as_number, broken_promises, read_one, states_of, wrong_values

SEEDS = {
    "000": "seeds/000_4e5a5c28125b2ef2.txt",
    "001": "seeds/001_48ff64ec84e94560.txt",
    "002": "seeds/002_be5ac688f3236744.txt",
    "003": "seeds/003_49469f21e3e534d6.txt",
    "004": "seeds/004_22e9dc75990c25ed.txt",
    "huaian": "pdf/huaian_2024.pdf",
}
# 7 balances + 7 sums of rows + one sum for each row of table 三 (25 or 23) + 3 of table 四
CHECKS = {
    "000": (40, 0, 0),
    "001": (42, 0, 0),
    "002": (40, 0, 0),
    "003": (41, 0, 1),  # its five review cells are blank
    "004": (39, 0, 1),  # its review block is not there
    "huaian": (42, 0, 0),
}
CELLS = {"000": 186, "001": 200, "002": 198, "003": 200, "004": 198, "huaian": 200}


@pytest.fixture(scope="module", params=SEEDS)
def case(request: pytest.FixtureRequest, corpus: Path) -> tuple[str, Report, dict[str, Any]]:
    """Name, reading and gold of one real document."""
    file = corpus / SEEDS[request.param]
    gold = json.loads((corpus / "gold" / SEEDS[request.param]).with_suffix(".json").read_text("utf-8"))
    return request.param, read_one(file.read_bytes()), gold


def test_every_cell(case: tuple[str, Report, dict[str, Any]]) -> None:
    name, report, gold = case
    assert len(gold["cells"]) == CELLS[name]
    assert wrong_values(report, {key: as_number(value) for key, value in gold["cells"].items()}) == []
    assert broken_promises(report) == []


def test_facts(case: tuple[str, Report, dict[str, Any]]) -> None:
    _, report, gold = case
    read = {
        "organisation": report.organisation,
        "report_year": report.report_year,
        "forms": dict(report.forms),
        "published": report.published,
        "region_code": report.region_code,
        "phone": report.phone,
    }
    assert read == {key: gold[key] for key in read}


def test_checks(case: tuple[str, Report, dict[str, Any]]) -> None:
    name, report, _ = case
    states = states_of(report)
    assert (states["HOLDS"], states["BROKEN"], states["UNKNOWN"]) == CHECKS[name]
    unknown = [(check.id, check.across) for check in report.checks if check.state is State.UNKNOWN]
    assert unknown == ([("disputes.row_sum", "review")] if name in {"003", "004"} else [])


def test_leftover(case: tuple[str, Report, dict[str, Any]]) -> None:
    """Only 003 prints figures that no key can claim: three rows with eight zeros for seven columns."""
    name, report, _ = case
    assert [left.raw.strip() for left in report.leftover] == (["0", "0", "0"] if name == "003" else [])


def test_claims(case: tuple[str, Report, dict[str, Any]]) -> None:
    """000 says 127 = 75 + 185 + 45, and two requests over a table of zeros; the others say nothing doubtful."""
    name, report, _ = case
    codes = sorted(problem.code for problem in report.problems if problem.code.startswith("claim_"))
    assert codes == (["claim_differs_from_table", "claim_parts_differ"] if name == "000" else [])


def test_empty_cells_of_003_are_blank_and_the_block_of_004_is_missing(corpus: Path) -> None:
    for name, status in (("003", Status.BLANK), ("004", Status.MISSING)):
        report = read_one((corpus / SEEDS[name]).read_bytes())
        review = [value.status for value in report.values if value.key.startswith("disputes.review.")]
        assert review == [status] * 5, name


def test_the_blank_official_form(corpus: Path) -> None:
    report = read_one((corpus / "docx" / "official_form_2021.docx").read_bytes())
    assert dict(report.forms) == {"proactive": "2021", "requests": "2021", "disputes": "2019"}
    assert len(report.values) == 200
    assert {value.status for value in report.values} == {Status.BLANK}
    assert (report.organisation, report.report_year) == (None, None)
    assert report.leftover == ()
