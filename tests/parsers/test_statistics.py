"""The statistics table of 2014 to 2018: eight documents by programs not ours, and the ways such tables bend."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from parsers.forms import find_form
from parsers.parse_document import report_to_dict
from parsers.reading import read
from parsers.report import Hints, Report, State, Status, Value
from parsers.why import explain, explanation_to_dict
from parsers.why_told import tell
from parsers.wire_form import report_from_wire, report_to_wire
from tests.parsers.statistics.source import ALL, ROWS, Invented, figures_of, page_of, rows_of, truth_of

FOLDER = Path(__file__).parent / "statistics"
SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schema"
SUMS = {"received", "finished", "answered", "refused", "reviews", "lawsuits", "staff"}


def values_of(report: Report) -> dict[str, Value]:
    return {value.key.removeprefix("statistics."): value for value in report.values}


def one(payload: bytes) -> Report:
    (report,) = read(payload, Hints())
    return report


@pytest.fixture(scope="module", params=ALL, ids=lambda document: str(document.name))
def case(request: pytest.FixtureRequest) -> tuple[Invented, Report, dict[str, Any]]:
    document: Invented = request.param
    truth = json.loads((FOLDER / document.name).with_suffix(".json").read_text("utf-8"))
    assert truth == truth_of(document)  # the file was made from the figures that are drawn today
    return document, one((FOLDER / document.name).read_bytes()), truth


def test_every_figure(case: tuple[Invented, Report, dict[str, Any]]) -> None:
    _, report, truth = case
    values = {value.key: value for value in report.values}
    figures = {key: Decimal(figure) for key, figure in truth["figures"].items()}
    assert {key: values[key].value for key in figures} == figures
    assert all(values[key].where and values[key].raw == truth["figures"][key] for key in figures)
    assert len(set(figures.values())) == len(figures) >= 57
    assert dict(report.forms) == {"proactive": None, "requests": None, "disputes": None, "statistics": "2014"}


def test_rows_that_no_form_has_are_kept_with_their_labels(case: tuple[Invented, Report, dict[str, Any]]) -> None:
    document, report, truth = case
    unknown = {left.label: left.raw for left in report.leftover if left.label in truth["unknown"]}
    assert unknown == truth["unknown"]
    assert len(report.leftover) == len(unknown) + (document.bend == "wrong_parent")
    assert all(left.where for left in report.leftover)


def test_sums_and_facts(case: tuple[Invented, Report, dict[str, Any]]) -> None:
    document, report, truth = case
    assert {check.id for check in report.checks} == {f"statistics.{name}_sum" for name in SUMS}
    assert {check.state for check in report.checks} == {State.HOLDS}
    assert (report.organisation, report.report_year) == (truth["organisation"], truth["report_year"])
    assert report.published == f"{document.year + 1}-03-20"
    problems = {problem.code for problem in report.problems}
    assert "table_missing" not in problems
    assert ("cell_unread" in problems) == (document.bend == "wrong_parent")


def test_the_parse_document_is_as_the_schema_says(case: tuple[Invented, Report, dict[str, Any]]) -> None:
    _, report, _ = case
    schema = json.loads((SCHEMAS / "parse.json").read_text("utf-8"))
    document = json.loads(json.dumps(report_to_dict(report)))
    jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)


def test_it_comes_through_the_pipe_as_it_is(case: tuple[Invented, Report, dict[str, Any]]) -> None:
    _, report, _ = case
    assert report_from_wire(json.loads(json.dumps(report_to_wire(report)))) == report


def test_a_row_under_a_wrong_parent_is_unread() -> None:
    report = one((FOLDER / "stat06.html").read_bytes())
    value = values_of(report)["policy_explanations.count"]
    assert (value.status, value.value) == (Status.UNREAD, None)
    (left,) = report.leftover
    assert left.raw == value.raw
    assert "stands under 举报投诉数量" in left.why


@pytest.mark.parametrize("name", [document.name for document in ALL])
def test_every_figure_is_explained_from_its_own_row(name: str) -> None:
    payload = (FOLDER / name).read_bytes()
    schema = json.loads((SCHEMAS / "why.json").read_text("utf-8"))
    for key, words in (
        ("refused_trade_secret.count", "涉及商业秘密"),
        ("lawsuits_corrected.count", "被依法纠错数"),
        ("funding.amount", "政府信息公开专项经费"),
    ):
        (why,) = explain(payload, Hints(), f"statistics.{key}")
        assert why is not None
        jsonschema.validate(explanation_to_dict(why), schema, cls=jsonschema.Draft202012Validator)
        assert why.row is not None
        assert words in why.row.printed
        assert why.column is not None
        assert why.cell.status == "number"
        assert why.unit == ("10k_yuan" if key == "funding.amount" else "count")
        assert "政府信息公开情况统计表" in tell(why)
    sums = explain(payload, Hints(), "statistics.lawsuits_corrected.count")[0]
    assert sums is not None
    assert [found.id for found in sums.sums] == ["statistics.lawsuits_sum"]


PLAIN = page_of(ALL[0])


def bent(*changes: tuple[str, str]) -> Report:
    """The first document's source with some texts replaced, each of which stands there once."""
    page = PLAIN
    for old, new in changes:
        assert page.count(old) == 1, (old, page.count(old))
        page = page.replace(old, new)
    return one(page.encode())


def row_of(label: str) -> str:
    """The printed row of a label in the first document."""
    start = PLAIN.rindex("<tr>", 0, PLAIN.index(f"<td>{label}"))
    return PLAIN[start : PLAIN.index("</tr>", start) + len("</tr>")]


def figure_in(row: str) -> str:
    return row.rpartition("<td>")[2].partition("<")[0]


def test_equal_labels_are_told_by_the_section_they_stand_in() -> None:
    """Without 四、行政复议数量 its three rows stand under 依申请公开情况, and none of them is taken for 五's."""
    reviews, corrected = row_of("四、行政复议数量"), row_of("（一）维持具体行政行为数")
    report = bent((reviews + "\n", ""))
    values = values_of(report)
    for key in ("reviews_upheld.count", "reviews_corrected.count", "reviews_other.count"):
        assert values[key].status is Status.UNREAD, key
    assert values["lawsuits_corrected.count"].status is Status.NUMBER
    assert figure_in(corrected) in {left.raw for left in report.leftover}


def test_a_figure_under_the_unit_is_not_placed() -> None:
    row = row_of("1.当面申请数")
    report = bent((row, f"<tr><td>1.当面申请数</td><td>{figure_in(row)}</td><td></td></tr>"))
    assert values_of(report)["received_in_person.count"].status is Status.UNREAD
    assert figure_in(row) in {left.raw for left in report.leftover}


def test_a_figure_over_two_rows_is_of_neither() -> None:
    first, second = row_of("1.当面申请数"), row_of("2.传真申请数")
    report = bent(
        (first, "<tr><td>1.当面申请数</td><td>件</td><td rowspan='2'>41</td></tr>"),
        (second, "<tr><td>2.传真申请数</td><td>件</td></tr>"),
    )
    values = values_of(report)
    assert [values[f"received_{way}.count"].status for way in ("in_person", "fax")] == [Status.UNREAD] * 2
    assert [left.raw for left in report.leftover if left.raw == "41"]


@pytest.mark.parametrize(
    ("unit", "status", "code"),
    [
        ("万条", Status.UNREAD, "cell_unread"),  # a ten-thousandth of the figure would be read
        ("元", Status.UNREAD, "unit_unexpected"),
        ("（条）", Status.NUMBER, ""),
        ("——", Status.NUMBER, ""),
    ],
)
def test_units_of_counts(unit: str, status: Status, code: str) -> None:
    row = row_of("2.政府网站公开政府信息数")
    report = bent((row, row.replace("条</td>", f"{unit}</td>")))
    assert values_of(report)["disclosed_website.count"].status is status
    doubts = {problem.code for problem in report.problems} & {"cell_unread", "unit_unexpected", "unit_assumed"}
    assert doubts == ({code} if code else set())


def test_money_in_yuan_is_converted_and_said() -> None:
    row = row_of("七、依申请公开信息收取的费用")
    report = bent((row, "<tr><td>七、依申请公开信息收取的费用</td><td>元</td><td>251000</td></tr>"))
    assert values_of(report)["fees.amount"].value == Decimal("25.1")
    assert "unit_converted" in {problem.code for problem in report.problems}


def test_a_row_that_stands_there_twice() -> None:
    row = row_of("六、举报投诉数量")
    same = bent((row, row + row))
    assert values_of(same)["complaints.count"].value == int(figure_in(row))
    report = bent((row, row + row.replace(figure_in(row), "77")))
    assert values_of(report)["complaints.count"].status is Status.UNREAD
    assert "row_twice" in {problem.code for problem in report.problems}


def test_columns_of_two_years_are_not_guessed() -> None:
    page = PLAIN.replace("<td>统计数</td></tr>", "<td>2017年</td><td>2016年</td></tr>")
    page = page.replace("</td></tr>", "</td><td>5</td></tr>").replace("2016年</td><td>5</td>", "2016年</td>")
    report = one(page.encode())
    assert {value.status for value in report.values} == {Status.UNREAD}


def test_without_a_header_the_one_figure_of_a_row_is_its_own() -> None:
    report = bent((row_of("统计指标"), ""))
    assert {key: value.value for key, value in values_of(report).items()} == {
        key: value.value for key, value in values_of(one(PLAIN.encode())).items()
    }


def test_a_blank_a_filler_and_a_row_that_is_not_there() -> None:
    report = bent(
        (row_of("1.当面申请数"), "<tr><td>1.当面申请数</td><td>件</td><td>　</td></tr>"),
        (row_of("2.传真申请数"), "<tr><td>2.传真申请数</td><td>件</td><td>/</td></tr>"),
        (row_of("3.网络申请数"), ""),
        (row_of("4.信函申请数"), "<tr><td>4.信函申请数</td><td>件</td><td>十二</td></tr>"),
    )
    values = values_of(report)
    expected = [Status.BLANK, Status.FILLER, Status.MISSING, Status.UNREAD]
    assert [values[f"received_{way}.count"].status for way in ("in_person", "fax", "online", "letter")] == expected
    states = {check.id: check.state for check in report.checks}
    assert states["statistics.received_sum"] is State.UNKNOWN


def test_a_row_that_is_not_there_may_be_the_one_without_a_known_name() -> None:
    row = row_of("3.网络申请数")
    report = bent((row, row.replace("3.网络申请数", "3.电子政务平台")))
    assert values_of(report)["received_online.count"].status is Status.UNREAD
    assert [(left.label, left.raw) for left in report.leftover] == [("3.电子政务平台", figure_in(row))]


@pytest.mark.parametrize("document", [ALL[1], ALL[3]], ids=["rows", "side by side"])
@pytest.mark.parametrize("shape", ["pdf", "word"])
def test_dumps_of_text(document: Invented, shape: str) -> None:
    figures = figures_of(document)
    rows = [[label, unit or "——", figures.get(key, "——")] for key, _, label, unit in rows_of(document)]
    head = ["统计指标", "单位", "统计数"]
    if document.layout == "side_by_side":
        half = (len(rows) + 1) // 2
        rows = [left + right for left, right in zip(rows[:half], [*rows[half:], ["", "", ""]], strict=False)]
        head *= 2
    lines = ["\t".join(row) if shape == "pdf" else "\n".join("\t" + cell for cell in row) for row in (head, *rows)]
    table = ("\n" if shape == "pdf" else "\n\n").join(lines)
    title = f"{document.organisation}{document.year}年政府信息公开工作年度报告"
    report = one(f"{title}\n一、概述\n政府信息公开情况统计表\n{table}\n\n".encode())
    truth = truth_of(document)
    assert {value.key: str(value.value) for value in report.values} == truth["figures"]
    assert {left.label: left.raw for left in report.leftover} == truth["unknown"]
    assert report.format == "dump"


def test_labels_without_numbers() -> None:
    """A program that drops automatic numbering leaves the sections to tell rows apart."""
    page = PLAIN
    for _, _, label, _ in ROWS:
        bare = label.lstrip("一二三四五六七八九（）()、1234567890.")
        page = page.replace(f"<td>{label}</td>", f"<td>{bare}</td>")
    assert "<td>被依法纠错数</td>" in page
    truth = truth_of(ALL[0])["figures"]
    assert {value.key: str(value.value) for value in one(page.encode()).values} == truth


def test_a_sentence_is_held_against_the_table() -> None:
    received = values_of(one(PLAIN.encode()))["received.count"].value
    report = bent(("本年度无减免。", "本年度收到政府信息公开申请5件。"))
    (claim,) = [claim for claim in report.claims if claim.key == "statistics.received.count"]
    assert claim.value == 5
    (problem,) = [problem for problem in report.problems if problem.code == "claim_differs_from_table"]
    assert f"says 5, the table {received}" in problem.says


def test_two_reports_in_one_page() -> None:
    body = PLAIN[PLAIN.index("<body>") + 6 : PLAIN.index("</body>")]
    second = page_of(ALL[2])
    other = second[second.index("<body>") + 6 : second.index("</body>")]
    reports = read(f"<html><meta charset=utf-8><body>{body}{other}</body></html>".encode(), Hints())
    assert [report.organisation for report in reports] == [ALL[0].organisation, ALL[2].organisation]
    for report, document in zip(reports, (ALL[0], ALL[2]), strict=True):
        assert {value.key: str(value.value) for value in report.values} == truth_of(document)["figures"]


def test_an_annex_alone_says_whose_it_is() -> None:
    table = PLAIN[PLAIN.index("<p>附表</p>") : PLAIN.index("</body>")]
    report = one(f"<html><meta charset=utf-8><body>{table}</body></html>".encode())
    assert (report.organisation, report.report_year) == (ALL[0].organisation, ALL[0].year)


def test_a_report_to_2018_without_its_table_is_a_report() -> None:
    page = PLAIN[: PLAIN.index("<p>附表</p>")] + "</body></html>"
    report = one(page.encode())
    assert (report.report_year, report.values) == (2017, ())
    missing = [problem.says for problem in report.problems if problem.code == "table_missing"]
    assert missing == ["no table statistics was found"]


def test_the_form() -> None:
    form = find_form("statistics", "2014")
    assert len(form.cells()) == sum(bool(key) for key, _, _, _ in ROWS) == 58
    assert {cell.key.split(".")[1] for cell in form.cells()} == {key for key, _, _, _ in ROWS if key}
