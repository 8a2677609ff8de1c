"""A label over the columns that nobody can read: no row with a blank cell is moved along by one."""

from __future__ import annotations

import pytest

from parsers import read
from parsers.report import Status

WHO = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")
KEYS = ("natural_person", "enterprise", "research", "social_welfare", "legal_service", "other_org", "total")


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
