"""The real report in the corpus: every figure of its grid is the one a person read."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from parsers.document import Document, Heading, Table
from parsers.formats import pdf
from parsers.text import squeeze


@pytest.fixture(scope="module")
def corpus() -> Path:
    folder = os.environ.get("NIANBAO_CORPUS")
    if not folder:
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs NIANBAO_CORPUS")
        pytest.skip("NIANBAO_CORPUS is not set: the real documents are not here")
    return Path(folder)


@pytest.fixture(scope="module")
def document(corpus: Path) -> Document:
    return pdf.convert((corpus / "pdf" / "huaian_2024.pdf").read_bytes())


def figures(table: Table) -> list[Decimal]:
    texts = [squeeze(cell.text) for row in table.rows for cell in row]
    return [Decimal(text) for text in texts if text.replace(".", "", 1).isdigit()]


def test_every_figure_is_the_one_a_person_read(corpus: Path, document: Document) -> None:
    gold = json.loads((corpus / "gold" / "pdf" / "huaian_2024.json").read_text(encoding="utf-8"))["cells"]
    tables = [block for block in document.blocks if isinstance(block, Table)]
    for table, name in zip(tables, ("proactive", "requests", "disputes"), strict=True):
        # The gold file keeps the order of the form: row by row, and within a row column by column.
        assert figures(table) == [Decimal(str(value)) for key, value in gold.items() if key.startswith(name)]


def test_the_label_and_the_tables_cut_by_page_breaks_are_whole(document: Document) -> None:
    proactive, requests, disputes = [block for block in document.blocks if isinstance(block, Table)]
    assert [len(table.rows) for table in (proactive, requests, disputes)] == [14, 28, 4]
    labels = {squeeze(cell.text): (cell.rowspan, cell.colspan) for row in requests.rows for cell in row}
    assert labels["三、本年度办理结果"] == (22, 1)
    assert labels["（四）无法提供"] == (3, 1)
    assert labels["（五）不予处理"] == (5, 1)
    assert labels["法律服务机构"] == (1, 1)
    assert {sum(cell.colspan for cell in row) for row in requests.rows[3:5]} == {10}


def test_page_numbers_are_gone_and_headings_stand_alone(document: Document) -> None:
    text = document.text()
    assert [mark for mark in ("-1-", "- 1 -", "-4-", "- 4 -") if mark in text] == []
    headings = [squeeze(block.text) for block in document.blocks if isinstance(block, Heading)]
    assert headings == [
        "淮安市人民政府2024年政府信息公开工作年度报告",
        "一、总体情况",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
        "五、存在的主要问题及改进情况",
        "六、其他需要报告的事项",
    ]
    assert "电话：0517-83605210，电子邮箱：hazwgkc@163.com）。" in text
    assert "其中结果维持72件，结果纠正64件，其他结果178件，尚未审结37件" in squeeze(text)
