"""文号: taken where it is the report's own, never from a sentence that names another document's."""

from __future__ import annotations

import pytest

from parsers.document import Cell, Document, Heading, Paragraph, Table
from parsers.reading import read
from parsers.said.document_number import document_number_of

TITLE = "示例县教育局2023年政府信息公开工作年度报告"


def number_in(*texts: str, meta: dict[str, str] | None = None) -> str | None:
    blocks = tuple(Paragraph(text) for text in texts)
    return document_number_of(Document(blocks, "html", "c/1", meta=meta or {}), TITLE)


@pytest.mark.parametrize(
    ("lines", "number"),
    [
        (("示例县教育局文件", "示教发〔2024〕3号", TITLE), "示教发〔2024〕3号"),
        (("示 教 发 ［2024］ 3 号", TITLE), "示教发［2024］3号"),
        ((TITLE, "示教字[2024]第12号", "示例县人民政府办公室："), "示教字[2024]第12号"),
        ((f"示统发（2024）2号{TITLE}",), "示统发（2024）2号"),
        (("文号：示政办发〔2024〕3号 索引号：1/2024-1", TITLE), "示政办发〔2024〕3号"),
        (("【发文字号】示政办发〔2024〕3号", TITLE), "示政办发〔2024〕3号"),
        ((TITLE, "根据国办公开办函〔2021〕30号的要求编制本报告。"), None),
        ((TITLE, "国办公开办函〔2021〕30号规定的格式"), None),
        ((TITLE, "一、总体情况", "全年工作。", "示教发〔2023〕9号"), None),
        ((TITLE, "一、总体情况"), None),
    ],
)
def test_above_and_beside_the_title(lines: tuple[str, ...], number: str | None) -> None:
    assert number_in(*lines) == number


@pytest.mark.parametrize(
    ("meta", "number"),
    [
        ({"文号": "示政办发〔2024〕3号"}, "示政办发〔2024〕3号"),
        ({"发文字号": "2024年第3号"}, "2024年第3号"),
        ({"文件编号": "示教办 2024-3 号"}, "示教办2024-3号"),
        ({"文号": "无"}, None),
        ({"文号": "-", "发文字号": "示教发〔2024〕3号"}, "示教发〔2024〕3号"),
    ],
)
def test_in_the_block_of_labels(meta: dict[str, str], number: str | None) -> None:
    assert number_in(TITLE, "一、总体情况", meta=meta) == number


def test_in_a_table_of_labels() -> None:
    rows = ((Cell("索引号"), Cell("1/2024-1")), (Cell("文　号"), Cell("2024年第5号")))
    document = Document((Table(rows), Heading(TITLE)), "docx", "c/1")
    assert document_number_of(document, TITLE) == "2024年第5号"


def test_from_a_page() -> None:
    """The block of labels stands outside the article, as portals print it."""
    page = f"""<html><head><meta charset="utf-8"><title>{TITLE}</title></head><body>
<table class="xxgk"><tr><td>索 引 号：</td><td>1/2024-1</td><td>文 号：</td><td>示教发〔2024〕3号</td></tr></table>
<div class="TRS_Editor"><h1>{TITLE}</h1><p>根据国办公开办函〔2021〕30号编制。</p>
<p>一、总体情况</p><p>全年公开信息。</p><p>二、主动公开政府信息情况</p><p>见附件。</p>
<p>三、收到和处理政府信息公开申请情况</p><p>见附件。</p><p>五、存在的主要问题及改进情况</p><p>有待充实。</p></div>
</body></html>"""
    (report,) = read(page.encode())
    assert report.document_number == "示教发〔2024〕3号"
