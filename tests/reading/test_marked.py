"""Cells whose markup says more than their letters: struck out, raised, hidden, in two lines."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from parsers.report import Status, Value
from tests.reading.answers import read_one, values_of
from tests.reading.generated import draw, in_medium

KEY = "requests.granted.research"
DOCX = Path(__file__).resolve().parents[1] / "documents" / "docx" / "docx01.docx"


def _html_value(markup: str) -> Value:
    drawn = draw(71, ("2021", "2021"))
    page = in_medium(drawn, "html").decode()
    cell = f">{drawn.figures[KEY]}</td>"
    assert page.count(cell) == 1
    return values_of(read_one(page.replace(cell, f">{markup}</td>").encode()))[KEY]


def _docx_value(runs: str) -> Value:
    """The cell of KEY in docx01 with other runs in its paragraph."""
    figure = json.loads(DOCX.with_suffix(".json").read_text("utf-8"))["cells"][KEY]["value"]
    made = io.BytesIO()
    with zipfile.ZipFile(DOCX) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "word/document.xml":
                text, count = re.subn(rf"<w:r><w:t>{figure}</w:t></w:r>", lambda _: runs, part.decode())
                assert count == 1
                part = text.encode()
            new.writestr(name, part)
    return values_of(read_one(made.getvalue()))[KEY]


@pytest.mark.parametrize(
    ("markup", "allowed"),
    [
        ("12<sup>1</sup>", {12, None}),  # a footnote mark
        ("12<sup>[1]</sup>", {12, None}),
        ("12<sup>①</sup>", {12, None}),
        ("12①", {12, None}),
        ("<del>5</del>7", {7, None}),
        ("<s>5</s>7", {7, None}),
        ("5<span style='display:none'>9</span>", {5, None}),
        ("5<span style='display: none;'>9</span>", {5, None}),
        ("5<span hidden>9</span>", {5, None}),
        ("5<script>document.write(9)</script>", {5, None}),
        ("5<style>td{width:9px}</style>", {5}),
        ("5<!-- 9 -->", {5}),
        ("<b>1</b><i>2</i>", {12}),
        ("<span>1</span><span>2</span>", {12}),
        ("&#49;&#50;", {12}),
        ("1<br>2", {None}),
        ("<p>1</p><p>2</p>", {None}),
        ("<ul><li>1</li><li>2</li></ul>", {None}),
        ("<table><tr><td>1</td><td>2</td></tr></table>", {None}),
        ("<table><tr><td>12</td></tr></table>", {12, None}),
        ("<input value='9'>", {9, None}),
        ("<img src='9.png' alt='9'>", {None}),
    ],
)
def test_markup_in_a_cell_of_a_page(markup: str, allowed: set[int | None]) -> None:
    value = _html_value(markup)
    assert value.value in allowed
    assert value.status in {Status.NUMBER, Status.UNREAD, Status.BLANK}


R = "<w:r><w:t>{}</w:t></w:r>"


@pytest.mark.parametrize(
    ("runs", "allowed"),
    [
        (R.format(1) + R.format(2), {12}),
        (R.format(12) + '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>1</w:t></w:r>', {12, None}),
        (f'<w:del w:id="1" w:author="x"><w:r><w:delText>5</w:delText></w:r></w:del>{R.format(7)}', {7}),
        (f'<w:ins w:id="1" w:author="x">{R.format(7)}</w:ins>', {7}),
        (f'<w:moveFrom w:id="1" w:author="x">{R.format(5)}</w:moveFrom>{R.format(7)}', {7}),
        ("<w:r><w:rPr><w:strike/></w:rPr><w:t>5</w:t></w:r>" + R.format(7), {7, None}),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>5</w:t></w:r>" + R.format(7), {7, None}),
        ('<w:r><w:instrText xml:space="preserve"> =SUM(ABOVE) 9 </w:instrText></w:r>' + R.format(7), {7}),
        (R.format(1) + "<w:r><w:br/></w:r>" + R.format(2), {None}),
        (R.format(1) + "</w:p><w:p>" + R.format(2), {None}),
        (R.format(1) + "<w:r><w:tab/></w:r>" + R.format(2), {None}),
        ("<w:r><w:noBreakHyphen/></w:r>" + R.format(7), {-7, None}),
        ('<w:bookmarkStart w:id="9" w:name="_GoBack"/>' + R.format(7) + '<w:bookmarkEnd w:id="9"/>', {7}),
        (f"<w:sdt><w:sdtContent>{R.format(7)}</w:sdtContent></w:sdt>", {7}),
        (f'<w:smartTag w:element="x">{R.format(7)}</w:smartTag>', {7}),
        (f"<w:hyperlink>{R.format(7)}</w:hyperlink>", {7}),
    ],
)
def test_markup_in_a_cell_of_a_word_file(runs: str, allowed: set[int | None]) -> None:
    value = _docx_value(runs)
    assert value.value in allowed
    assert value.status in {Status.NUMBER, Status.UNREAD}
