"""PDFs of four programs: every cell, span and block is what their making script wrote."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from pathlib import Path

import pypdfium2
import pytest

from parsers.document import Document, Heading, Paragraph, Table
from parsers.errors import DocumentError, Encrypted, NeedsOcr, TooLarge, Unreadable
from parsers.formats import pdf
from parsers.pdf.pages import Page
from parsers.text import squeeze

FOLDER = Path(__file__).parent / "documents" / "pdf"
WITH_TRUTH = sorted(path.stem for path in FOLDER.glob("*.json"))
WHERE = re.compile(r"^page=(\d+)&xywh=(-?[\d.]+),(-?[\d.]+),([\d.]+),([\d.]+)$")


def convert(name: str) -> Document:
    return pdf.convert((FOLDER / f"{name}.pdf").read_bytes())


def tables(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def prose(document: Document) -> list[str]:
    return [block.text for block in document.blocks if not isinstance(block, Table)]


@pytest.mark.parametrize("name", WITH_TRUTH)
def test_every_cell_and_span_is_as_authored(name: str) -> None:
    truth = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    found = tables(convert(name))
    assert len(found) == len(truth)
    for table, rows in zip(found, truth.values(), strict=True):
        assert table.spans_known
        assert [[(squeeze(cell.text), cell.rowspan, cell.colspan) for cell in row] for row in table.rows] == [
            [tuple(cell) for cell in row] for row in rows
        ]


@pytest.mark.parametrize("name", WITH_TRUTH)
def test_figures_keep_no_space_and_nothing_is_doubtful(name: str) -> None:
    document = convert(name)
    assert document.problems == ()
    figures = [cell.text for table in tables(document) for row in table.rows for cell in row if cell.text[:1].isdigit()]
    assert [figure for figure in figures if "." not in figure and not figure.isdigit()] == []


@pytest.mark.parametrize("name", WITH_TRUTH)
def test_each_cell_says_where_it_stands(name: str) -> None:
    for table in tables(convert(name)):
        places = [WHERE.match(cell.where) for row in table.rows for cell in row]
        assert None not in places
        assert len({place[0] for place in places if place is not None}) == len(places)
        assert {int(place[1]) for place in places if place is not None} <= {1, 2, 3}


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("chromium_borders", ["127.0.0.1", "/3", "示例县教育局年报"]),
        ("libreoffice_cut_label", ["- 1 -", "- 2 -", "-1-", "-2-"]),
        ("reportlab_cut_row", ["— 1 —", "—1—"]),
        ("weasyprint_background", ["第1页", "第 1 页"]),
    ],
)
def test_page_numbers_headers_and_footers_are_no_text(name: str, printed: list[str]) -> None:
    text = convert(name).text()
    assert [mark for mark in printed if mark in text] == []


def test_prose_comes_as_title_headings_and_whole_paragraphs() -> None:
    document = convert("chromium_cut_row")
    blocks = [block for block in document.blocks if not isinstance(block, Table)]
    assert [(type(block), block.text) for block in blocks if isinstance(block, Heading)] == [
        (Heading, "示例县教育局2023年政府信息公开工作年度报告"),
        (Heading, "一、总体情况"),
        (Heading, "二、主动公开政府信息情况"),
        (Heading, "三、收到和处理政府信息公开申请情况"),
        (Heading, "四、政府信息公开行政复议、行政诉讼情况"),
        (Heading, "五、存在的主要问题及改进情况"),
        (Heading, "六、其他需要报告的事项"),
    ]
    paragraph = (
        "本报告由示例县教育局根据《中华人民共和国政府信息公开条例》编制，所列数据的统计期限自2023年1月1日起至12月31日止。"
        "如对报告内容有疑问，请与示例县教育局办公室联系（地址：示例县示例路1号，邮编：000000，电话：0000-1234567）。"
    )
    assert [block.text for block in blocks if isinstance(block, Paragraph)] == [
        *[paragraph] * 4,
        "无其他需要报告的事项。",
        "2024年1月12日",
    ]
    assert document.meta["title"] == "示例县教育局年报"
    assert document.meta["creationdate"].startswith("D:20")
    assert set(document.meta) == {"title", "creationdate"}


def test_a_row_cut_by_the_page_break_is_one_row() -> None:
    requests = tables(convert("chromium_cut_row"))[1]
    row = next(row for row in requests.rows if any("逾期不补正" in cell.text for cell in row))
    assert [squeeze(cell.text) for cell in row][-8:] == [
        "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
        *("1070", "192719", "344", "1282", "196755", "372", "1494"),
    ]


def test_digits_wrapped_in_a_cell_and_cut_by_the_page_break_are_one_figure() -> None:
    last = tables(convert("libreoffice_repeated_head"))[1].rows[-1]
    assert [squeeze(cell.text) for cell in last] == [
        "四、结转下年度继续办理",
        *("180", "3826", "245187", "208", "4038", "249223", "236"),
    ]


def test_a_figure_typed_into_a_form_field_is_read() -> None:
    (table,) = tables(convert("form_field"))
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["信息内容", "本年处理决定数量"],
        ["行政许可", "4711"],
    ]


def test_a_password_for_readers_is_refused_and_one_for_owners_is_not() -> None:
    with pytest.raises(Encrypted):
        convert("password_user")
    assert "265367" in convert("password_owner").text()


def test_tables_without_ruling_lines_are_read_by_alignment_and_said_to_be() -> None:
    document = convert("weasyprint_no_rules")
    found = tables(document)
    assert [table.spans_known for table in found] == [False] * 6
    assert {(problem.code, problem.severity) for problem in document.problems} == {("table_by_alignment", "note")}
    rows = [[cell.text for cell in row] for table in found for row in table.rows]
    assert ["规章", "37", "2014", "39351"] in rows
    assert ["3.其他", "245187", "208", "4038", "249223", "236", "4250", "253259"] in rows
    label = "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"
    assert [label, "476", "29", "3710", "71639", "4", "33", "3922"] in rows
    assert (len(rows[-1]), rows[-1][0], rows[-1][-1]) == (15, "273439", "6370")
    places = [WHERE.match(cell.where) for table in found for row in table.rows for cell in row]
    assert None not in places


@pytest.mark.parametrize("name", ["picture_only", "no_unicode"])
def test_text_that_cannot_be_had_needs_recognition(name: str) -> None:
    with pytest.raises(NeedsOcr):
        convert(name)


@pytest.mark.parametrize("payload", [b"", b"%PDF-1.7\n", b"%PDF-1.7\n" + bytes(4000), b"<html>%PDF-</html>"])
def test_what_is_no_pdf_is_unreadable(payload: bytes) -> None:
    with pytest.raises(Unreadable):
        pdf.convert(payload)


def test_a_page_that_is_not_there_is_unreadable() -> None:
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 2/Kids[3 0 R 9 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
    )
    payload, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(payload))
        payload += b"%d 0 obj%s endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(payload)
    with pytest.raises(Unreadable, match="expected page 2 to load"):
        pdf.convert(payload + b"xref\n0 4\n0000000000 65535 f \n" + table + trailer)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.99])
def test_a_cut_off_document_is_read_or_refused_by_name(kept: float) -> None:
    whole = (FOLDER / "weasyprint_background.pdf").read_bytes()
    with pytest.raises((Unreadable, NeedsOcr)):
        pdf.convert(whole[: int(len(whole) * kept)])


def test_too_many_pages_are_refused(tmp_path: Path) -> None:
    document = pypdfium2.PdfDocument.new()
    for _ in range(2001):
        document.new_page(100, 100)
    document.save(tmp_path / "long.pdf")
    document.close()
    with pytest.raises(TooLarge, match="2001"):
        pdf.convert((tmp_path / "long.pdf").read_bytes())


def test_sniffing_goes_by_the_header() -> None:
    assert pdf.sniff(b"%PDF-1.4\n") == 1.0
    assert pdf.sniff(b"\xef\xbb\xbf junk %PDF-1.4\n") == 0.85
    assert pdf.sniff(b"<html>" + b" " * 2000 + b"%PDF-1.4") == 0.0
    assert pdf.CONVERTER.startswith("pdfium/")


def test_damaged_bytes_end_as_a_document_or_a_named_refusal() -> None:
    chance = random.Random(20190515)
    files = [(FOLDER / f"{name}.pdf").read_bytes() for name in ("weasyprint_background", "libreoffice_cut_label")]
    outcomes: Counter[str] = Counter()
    for _ in range(60):
        damaged = bytearray(chance.choice(files))
        for _ in range(chance.randint(1, 40)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            outcomes[type(pdf.convert(bytes(damaged))).__name__] += 1
        except DocumentError as refusal:
            outcomes[refusal.code] += 1
    assert outcomes.total() == 60
    assert set(outcomes) <= {"Document", "unreadable", "needs_ocr", "encrypted", "too_large"}
    assert outcomes["Document"] > 0


def page(characters: int, garbled: int = 0, chinese: int = 0, everyday: int = 0, marks: int = 0) -> Page:
    return Page(1, 595, 842, (), (), (), characters, garbled, chinese, everyday, marks)


def test_a_text_layer_that_says_nothing_is_refused_or_reported() -> None:
    with pytest.raises(NeedsOcr, match="600 of 1000"):
        pdf.problems_of_text([page(1000, garbled=600, chinese=400, everyday=200)])
    with pytest.raises(NeedsOcr, match="no report is made of"):
        pdf.problems_of_text([page(1000, chinese=900, everyday=5)])
    partly = pdf.problems_of_text([page(1000, garbled=50, chinese=900, everyday=300), page(0, marks=1)])
    assert [problem.code for problem in partly] == ["page_without_text", "garbled_text_layer"]
    foreign = pdf.problems_of_text([page(1000, chinese=3)])
    assert [problem.code for problem in foreign] == ["garbled_text_layer"]
    assert pdf.problems_of_text([page(1000, chinese=900, everyday=300)]) == []


def test_a_title_that_is_no_text_costs_no_cell() -> None:
    """Mutated files had one: the UTF-16 of a title, a byte of it flipped, ended the reading process."""
    payload = (FOLDER.parents[2] / "documents" / "pdf" / "pdf03.pdf").read_bytes()
    assert payload.count(b"/Title <FEFF793A4F8B") == 1
    document = pdf.convert(payload.replace(b"/Title <FEFF793A4F8B", b"/Title <FEFF793AD83D"))
    assert document.meta["title"].startswith("示\ufffd")
    assert document.blocks == pdf.convert(payload).blocks
