"""`nianbao parse FILE --why KEY`: table, labels, print, row and identities of one figure, in words and as JSON."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from nianbao import main
from parsers.child import Child
from parsers.errors import NotAReport
from parsers.report import Hints
from parsers.why import Explanation, explain, explanation_from_dict, explanation_to_dict
from parsers.why_told import tell

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ROOT / "tests" / "documents"
SCHEMA = json.loads((ROOT / "docs" / "schema" / "why.json").read_text("utf-8"))

GRANTED = "三、本年度办理结果（一）予以公开"
PAGE = """<html><head><meta charset="utf-8"></head><body><p>示例县教育局2023年政府信息公开工作年度报告</p>
<p>二、主动公开政府信息情况</p>
<table><tr><td colspan=4>第二十条第（八）项</td></tr>
<tr><td>信息内容</td><td colspan=3>本年收费金额（单位：元）</td></tr>
<tr><td>行政事业性收费</td><td colspan=3>251000</td></tr></table>
<p>三、收到和处理政府信息公开申请情况</p>
<table><tr><td rowspan=3>（本列数据的勾稽关系为）</td><td colspan=7>申请人情况</td></tr>
<tr><td rowspan=2>自然人</td><td colspan=5>法人或其他组织</td><td rowspan=2>总计</td></tr>
<tr><td>商业企业</td><td>科研机构</td><td>社会组织</td><td>法律服务机构</td><td>其他</td></tr>
<tr><td>一、本年新收政府信息公开申请数量</td><td>1</td><td>2</td><td>3</td><td>4</td><td>5</td><td>6</td><td>22</td></tr>
<tr><td>GRANTED</td><td>1</td><td>2</td><td>/</td><td>4</td><td>5</td><td>6</td><td>18</td></tr>
<tr><td>2.其他法律行政止公开</td><td>7</td><td>0</td><td>0</td><td>0</td><td>0</td><td>0</td><td>7</td></tr>
<tr><td>3.危及“三安全一稳定”</td><td>7</td><td>8</td><td>0</td><td>0</td><td>0</td><td>0</td><td>0</td><td>15</td></tr>
</table></body></html>""".replace("GRANTED", GRANTED).encode()


def why(key: str, payload: bytes = PAGE) -> Explanation:
    (found,) = explain(payload, Hints(), key)
    assert found is not None
    jsonschema.validate(explanation_to_dict(found), SCHEMA, cls=jsonschema.Draft202012Validator)
    assert explanation_from_dict(json.loads(json.dumps(explanation_to_dict(found)))) == found
    return found


def test_an_exact_label_and_a_sum_that_does_not_hold() -> None:
    found = why("requests.received.total")
    assert (found.cell.value, found.cell.raw, found.form, found.placing) == (22, "22", "2019", "grid")
    assert found.row is not None
    assert (found.row.printed, found.row.how) == ("一、本年新收政府信息公开申请数量", "exact")
    assert found.column is not None
    assert (found.column.printed, found.column.label) == ("总计", "申请人情况 · 总计")
    assert [(other.raw, other.label.rpartition(" ")[2]) for other in found.beside[:2]] == [
        ("1", "自然人"),
        ("2", "商业企业"),
    ]
    row_sum = next(one for one in found.sums if one.id == "requests.row_sum")
    assert (row_sum.state, row_sum.left, row_sum.right) == ("BROKEN", 22, 21)
    assert [cell.value for cell in row_sum.right_cells] == [1, 2, 3, 4, 5, 6]
    balance = next(one for one in found.sums if one.id == "requests.balance")
    assert (balance.state, balance.left) == ("UNKNOWN", None)
    words = tell(found)
    assert "BROKEN: 22 ≠ 21" in words
    assert "'一、本年新收政府信息公开申请数量' at xpath=/html/body/table[2]/tr[4]/td[1] is exactly" in words


@pytest.mark.parametrize(
    ("key", "row", "column"),
    [
        ("requests.granted.social_welfare", "below its groups", "alias"),
        ("requests.refused_forbidden_by_law.natural_person", "misspelt", "exact"),
    ],
)
def test_how_labels_matched(key: str, row: str, column: str) -> None:
    found = why(key)
    assert found.row is not None
    assert found.column is not None
    assert (found.row.how, found.column.how) == (row, column)
    assert (found.row.likeness < 1) == (row == "misspelt")


def test_a_unit_that_was_converted() -> None:
    found = why("proactive.fees.amount")
    assert (found.cell.value, found.cell.raw) == (Decimal("25.1"), "251000")
    assert (found.unit, found.printed_unit, found.conversion) == ("10k_yuan", "元", "unit_converted")
    assert "the column says 元" in tell(found)
    assert [problem.code for problem in found.problems] == ["unit_converted"]


def test_a_filler_leaves_the_sum_unknown() -> None:
    found = why("requests.granted.research")
    assert (found.cell.value, found.cell.raw, found.cell.status) == (None, "/", "filler")
    assert {one.state for one in found.sums} == {"UNKNOWN"}
    assert "unknown, for not every part is a figure" in tell(found)


def test_a_surplus_row_says_why_it_is_unread() -> None:
    found = why("requests.refused_security_stability.enterprise")
    assert found.cell.status == "unread"
    assert "8 figures" in found.doubt or "disagree" in found.doubt
    assert f"in doubt: {found.doubt}" in tell(found)
    assert "cell_unread" in {problem.code for problem in found.problems}


def test_a_row_that_is_not_there() -> None:
    found = why("requests.carried_out.total")
    assert (found.cell.status, found.row, found.placing) == ("missing", None, "")
    assert "no such cell" in tell(found)


@pytest.mark.parametrize("name", ["html/html02.html", "html/html09.html", "docx/docx03.docx", "pdf/pdf02.pdf"])
def test_every_key_of_a_document_is_explained_from_its_own_place(name: str) -> None:
    """The label beside each figure and the label over it are those of the truth's key."""
    path = DOCUMENTS / name
    payload = path.read_bytes()
    truth = json.loads(path.with_suffix(".json").read_text("utf-8"))["cells"]
    for key in list(truth)[:: len(truth) // 12]:
        found = why(key, payload)
        assert found.cell.status == truth[key]["status"], key
        assert found.column is not None, key
        assert found.table_where, key
        if not key.startswith("disputes."):
            assert found.row is not None, key
        assert all(one.left is None or one.left == one.right for one in found.sums), key


def test_a_dump_is_explained_by_order() -> None:
    found = why("requests.granted.total", (ROOT / "tests/parsers/documents/formats/cells.txt").read_bytes())
    assert found.placing == "order"
    assert found.column is not None
    assert found.column.printed == "总计"


def test_through_the_limited_child() -> None:
    with Child() as child:
        assert child.explain(PAGE, Hints(), "requests.received.total") == (why("requests.received.total"),)
        assert child.explain(PAGE, Hints(), "disputes.review.total") == (None,)
        with pytest.raises(NotAReport):
            child.explain("<html><p>今天天气很好</p><p>明天</p></html>".encode(), Hints(), "disputes.review.total")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["parse", *words])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(PAGE)
    code, out, _ = run(capsys, str(page), "--why", "requests.received.total")
    assert code == 0
    assert out.startswith("一、本年新收政府信息公开申请数量 · 总计\n")
    code, out, _ = run(capsys, str(page), "--why", "requests.received.total", "--json")
    answer: dict[str, Any] = json.loads(out)
    jsonschema.validate(answer, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert (code, answer["cell"]["value"]) == (0, 22)
    code, out, _ = run(capsys, str(page), "--why", "requests.received.total", "--json", "--all")
    assert [one["cell"]["value"] for one in json.loads(out)["reports"]] == [22]


def test_an_unknown_key_names_near_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(PAGE)
    code, _, err = run(capsys, str(page), "--why", "requests.grant.total")
    assert code == 2
    assert "requests.granted.total" in err
    code, out, err = run(capsys, str(page), "--why", "disputes.review.totl", "--json")
    assert code == 2
    assert json.loads(out)["error"]["code"] == "unknown_key"
    assert "disputes.review.total" in err


def test_a_key_of_a_form_that_the_report_does_not_have(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The page's table 二 is the form of 2021, which knows no 政府集中采购."""
    page = tmp_path / "page.html"
    page.write_bytes(PAGE)
    code, _, err = run(capsys, str(page), "--why", "proactive.procurement.amount")
    assert code == 2
    assert "proactive.procurement.amount" in err
