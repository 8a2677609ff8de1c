"""The documents of invented bodies: every cell, status, print and fact; every check as worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from parsers.convert import all_formats
from parsers.reading import read
from parsers.report import Hints, Report
from tests.documents.bodies import ALL
from tests.documents.sources import truth_of
from tests.reading.answers import (
    broken_promises,
    hand_checked,
    read_one,
    squeezed,
    states_of,
    truth_numbers,
    values_of,
    wrong_statuses,
    wrong_values,
)

FOLDER = Path(__file__).resolve().parents[1] / "documents"
KINDS = tuple(dict.fromkeys(body.name.rstrip("0123456789") for body in ALL))
FILES = sorted(path for kind in KINDS for path in (FOLDER / kind).glob(f"{kind}*.{kind}"))
Case = tuple[Path, Report, dict[str, Any]]


def test_the_truths_are_those_of_the_drawn_figures() -> None:
    """The list of bodies draws today what stood in the files when their programs wrote them."""
    assert {body.name for body in ALL} == {file.stem for file in FILES}
    for file in FILES:
        (body,) = [body for body in ALL if body.name == file.stem]
        drawn = {"recipe": body.recipe, **truth_of(body)}
        assert json.loads(file.with_suffix(".json").read_text("utf-8")) == drawn, file.name


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.stem)
def case(request: pytest.FixtureRequest) -> Case:
    """File, reading and truth; with LibreOffice or without."""
    file: Path = request.param
    truth = json.loads(file.with_suffix(".json").read_text("utf-8"))
    return file, read_one(file.read_bytes()), truth


def test_the_bench_is_whole() -> None:
    """Every format of documents, each by several programs, each document with figures that differ in every cell."""
    truths = {file: json.loads(file.with_suffix(".json").read_text("utf-8")) for file in FILES}
    assert len(FILES) >= 30
    assert set(KINDS) | {"dump"} == {form.NAME for form in all_formats()}
    for kind in KINDS:
        assert len({truth["recipe"] for file, truth in truths.items() if file.suffix == f".{kind}"}) >= 1
    for suffix in (".html", ".docx", ".pdf", ".doc"):
        assert len({truth["recipe"] for file, truth in truths.items() if file.suffix == suffix}) >= 4
    for file, truth in truths.items():
        numbers = [number for number in truth_numbers(truth).values() if number is not None]
        assert len(set(numbers)) == len(numbers) > 150, file.name
    assert sum(file.stat().st_size for file in FOLDER.rglob("*.*")) < 4_600_000


def test_every_cell(case: Case) -> None:
    _, report, truth = case
    assert wrong_values(report, truth_numbers(truth)) == []
    assert wrong_statuses(report, {key: cell["status"] for key, cell in truth["cells"].items()}) == []


def test_every_print_and_place(case: Case) -> None:
    _, report, truth = case
    values = values_of(report)
    different = [
        (key, values[key].raw, raw)
        for key, cell in truth["cells"].items()
        if cell["status"] in {"number", "filler"}
        and squeezed(values[key].raw) != squeezed(raw := cell.get("raw", str(cell["value"])))
    ]
    assert different == []
    assert broken_promises(report) == []


def test_facts(case: Case) -> None:
    file, report, truth = case
    assert report.organisation == truth["organisation"]
    assert report.report_year == truth["report_year"]
    assert dict(report.forms) == truth["forms"]
    assert report.published == truth["published"]
    assert report.phone == truth["phone"]
    assert report.format.partition("+")[0] == file.suffix[1:]


def test_leftover(case: Case) -> None:
    _, report, truth = case
    assert sorted(left.raw for left in report.leftover) == sorted(truth["leftover"])
    assert all(left.where and left.why for left in report.leftover)


def test_checks_and_claims(case: Case) -> None:
    _, report, truth = case
    assert states_of(report) == hand_checked(truth["forms"], truth_numbers(truth))
    assert [problem for problem in report.problems if problem.code.startswith("claim_")] == []


def test_an_amount_without_any_unit_is_a_problem() -> None:
    """html06 has no unit in the label but 元 in the cell, docx01 has 万元 in the label: no doubt in either."""
    for name in ("html/html06.html", "docx/docx01.docx"):
        (report,) = read((FOLDER / name).read_bytes(), Hints())
        assert "unit_assumed" not in {problem.code for problem in report.problems}, name
