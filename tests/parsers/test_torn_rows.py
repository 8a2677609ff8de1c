"""A row through which a line was drawn: nothing is said of what may stand on the other side.

``torn/docx08.pdf`` is tests/documents/docx/docx08.docx as LibreOffice Writer 7.4.7 prints it. It draws a line through
the row 一、本年新收, so that 8591 and 6488 stand in a row above with 一、 alone, and blank cells beside the label.
``torn/docx08_wrapped.pdf`` is the same with DejaVu's wider figures: 8591 is broken in two as well, and 1 stands beside
the label.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from parsers import Status, read

HERE = Path(__file__).parent
RECEIVED = {
    f"requests.received.{column}"
    for column in ("natural_person", "enterprise", "research", "social_welfare", "legal_service", "other_org", "total")
}


@pytest.mark.parametrize(("file", "left"), [("docx08", {"8591", "6488"}), ("docx08_wrapped", {"859", "648"})])
def test_nothing_is_read_beside_a_torn_label(file: str, left: set[str]) -> None:
    (report,) = read((HERE / "torn" / f"{file}.pdf").read_bytes())
    truth = json.loads((HERE.parent / "documents" / "docx" / "docx08.json").read_text("utf-8"))["cells"]
    values = {value.key: value for value in report.values}
    assert values.keys() == truth.keys()
    assert {key for key, value in values.items() if value.status is Status.UNREAD} == RECEIVED
    for key in truth.keys() - RECEIVED:
        value, status = truth[key]["value"], truth[key]["status"]
        assert values[key].status.value == status, key
        assert values[key].value == (None if value is None else Decimal(str(value))), key
    assert left <= {one.raw for one in report.leftover}


@pytest.mark.parametrize("rest", ["机关不掌握相关政府信息", "1.本机关不掌握相关政府信息"])
def test_the_blank_half_of_a_row_is_not_blank(rest: str) -> None:
    """A page break cut the row: its figures stand beside the first character of its label, which a scan may lose."""
    page = (HERE.parent / "documents" / "html" / "html09.html").read_text("utf-8")
    label = "<td>1.本机关不掌握相关政府信息</td>"
    figures = "".join(f"<td>{figure}</td>" for figure in (821, 128, 710, 141, 401, 537, 2738))
    row = f'<tr><td rowspan="3">（四）无法提供</td>{label}{figures}</tr>'
    assert page.count(row) == 1
    blank = f"<tr><td>{rest}</td>{'<td></td>' * 7}</tr>"
    torn = row.replace('"3"', '"4"').replace(label, "<td>1.本</td>") + blank
    (report,) = read(page.replace(row, torn).encode())
    found = {value.status for value in report.values if value.key.startswith("requests.unavailable_not_held.")}
    assert found == {Status.UNREAD}
