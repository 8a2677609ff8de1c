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
