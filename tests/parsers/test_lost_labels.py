"""A dump whose header has lost a label: nothing is placed by order, one problem says why, no figure moves along."""

from __future__ import annotations

from pathlib import Path

import pytest

from parsers.reading import read
from parsers.report import Status

WHO = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")
KEYS = ("natural_person", "enterprise", "research", "social_welfare", "legal_service", "other_org", "total")
DUMP = (Path(__file__).parent / "documents" / "formats" / "cells.txt").read_text("utf-8")


@pytest.mark.parametrize("label", ["自然人", "科研机构", "商业企业", "总计"])
def test_the_label_that_is_lost_is_named(label: str) -> None:
    assert DUMP.count(f"\t{label}\n") >= 1
    (report,) = read(DUMP.replace(f"\t{label}\n", "", 1).encode())
    requests = [value for value in report.values if value.key.startswith("requests.")]
    assert {value.status for value in requests} == {Status.UNREAD}
    (problem,) = [problem for problem in report.problems if problem.code == "column_label_missing"]
    assert f"· {label}," in problem.says
    assert "table requests" in problem.says
    assert problem.severity == "error"


def test_a_lost_group_is_told_by_the_name_of_the_table() -> None:
    (report,) = read(DUMP.replace("\t法人或其他组织\n", "", 1).encode())
    (problem,) = [problem for problem in report.problems if problem.code == "no_column_labels"]
    assert "table requests" in problem.says


def test_a_whole_dump_lacks_none() -> None:
    (report,) = read(DUMP.encode())
    assert not {problem.code for problem in report.problems} & {"column_label_missing", "no_column_labels"}


def dump(labels: tuple[str, ...], granted: tuple[str, ...]) -> bytes:
    """Table 三 as a text dump has it: a cell a line, a blank line between rows."""
    rows = [
        ("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", "申请人情况"),
        (labels[0], "法人或其他组织", labels[6]),
        labels[1:6],
        ("一、本年新收政府信息公开申请数量", *"1234567"),
        ("二、上年结转政府信息公开申请数量", *"2345678"),
        ("三、本年度办理结果", "（一）予以公开", *granted),
        ("四、结转下年度继续办理", *"3456789"),
    ]
    table = "\n".join("".join(f"\t{cell}\n" for cell in row) for row in rows)
    return f"示例县教育局2023年政府信息公开工作年度报告\n\n三、收到和处理政府信息公开申请情况\n{table}\n".encode()


ISSUED = ("本年制发件数", "本年废止件数", "现行有效件数")


@pytest.mark.parametrize("blank", range(3))
@pytest.mark.parametrize("lost", range(3))
def test_in_a_table_of_several_bands(lost: int, blank: int) -> None:
    printed = tuple("" if at == blank else str(11 + at) for at in range(3))
    labels = tuple("某某" if at == lost else label for at, label in enumerate(ISSUED))
    for over, is_whole in ((ISSUED, True), (labels, False)):
        rows = (("信息内容", *over), ("规章", "1", "2", "3"), ("行政规范性文件", *printed),
                ("信息内容", "本年处理决定数量"), ("行政许可", "7"))  # fmt: skip
        table = "\n".join("".join(f"\t{cell}\n" for cell in row) for row in rows)
        source = f"示例县教育局2023年政府信息公开工作年度报告\n\n二、主动公开政府信息情况\n{table}\n"
        (report,) = read(source.encode())
        values = {value.key: value for value in report.values}
        assert values["proactive.licensing.decisions"].value == 7
        for key, said in zip(("issued", "repealed", "in_force"), printed, strict=True):
            value = values[f"proactive.normative_documents.{key}"]
            assert value.status is not Status.NUMBER or str(value.value) == said, key
            assert not is_whole or value.raw == said, key


@pytest.mark.parametrize("blank", range(7))
@pytest.mark.parametrize("lost", range(7))
def test_a_lost_label_makes_rows_with_a_blank_cell_unread(lost: int, blank: int) -> None:
    printed = tuple("" if at == blank else str(11 + at) for at in range(7))
    (whole,) = read(dump(WHO, printed))
    assert [value.raw for value in whole.values if value.key.startswith("requests.granted.")] == list(printed)
    labels = tuple("某某" if at == lost else label for at, label in enumerate(WHO))
    (report,) = read(dump(labels, printed))
    values = {value.key.rpartition(".")[2]: value for value in report.values if ".granted." in value.key}
    for key, said in zip(KEYS, printed, strict=True):
        assert values[key].status is not Status.NUMBER or str(values[key].value) == said, key
    said = {value.raw for value in values.values()} | {one.raw for one in report.leftover}
    assert {figure for figure in printed if figure} <= said | {
        figure for problem in report.problems for figure in printed if figure and figure in problem.says
    }
