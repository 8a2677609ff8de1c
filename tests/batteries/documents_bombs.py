"""Small files that ask for much: packages, entities, streams, nesting, spans, cells and patterns."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable

from benchmarks.accuracy.papers import draw
from benchmarks.accuracy.writers import dump_rows, html_plain

TITLE = "示例县教育局2023年政府信息公开工作年度报告"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
    'PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.'
    'document.main+xml"/></Types>'
)
_BOOK = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
    'PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.'
    'sheet.main+xml"/></Types>'
)
_MANY = 100_000
_HEAD = "<tr><td>\u3000</td><td>自然人</td><td>商业企业</td><td>科研机构</td><td>社会公益组织</td><td>法律服务机构</td>"


def zipped(**members: str | bytes) -> bytes:
    """A ZIP of these members."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return made.getvalue()


def _docx(document: str | bytes) -> bytes:
    return zipped(**{"[Content_Types].xml": _TYPES, "word/document.xml": document})


def _page(body: str) -> bytes:
    return f"<html><head><meta charset=utf-8><title>{TITLE}</title></head><body><p>{TITLE}</p>{body}".encode()


def _pdf(stream: bytes, filters: str = "/FlateDecode", kids: str = "3 0 R", box: str = "0 0 595 842") -> bytes:
    """A PDF of one page; its cross-reference table is left out, as readers mend that."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        + f"2 0 obj<</Type/Pages/Kids[{kids}]/Count {len(kids.split()) // 3}>>endobj\n".encode()
        + f"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>".encode()
        + f"endobj\n4 0 obj<</Length {len(stream)}/Filter[{filters}]>>stream\n".encode()
        + stream
        + b"\nendstream endobj\n5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
        b"trailer<</Root 1 0 R/Size 6>>\n%%EOF"
    )


# --- packages and XML ---


def zip_bomb_docx() -> bytes:
    """A document part of 256 MB in 256 KB."""
    return _docx(b"\0" * 2**28)


def entity_bomb_docx() -> bytes:
    """Ten levels of ten entities (CVE-2003-1564)."""
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 11))
    return _docx(
        f'<!DOCTYPE d [<!ENTITY e0 "lol">{levels}]><w:document {_W}><w:body><w:p>&e10;</w:p></w:body></w:document>'
    )


def outside_entity_docx() -> bytes:
    """An entity that asks for a file of this machine."""
    return _docx(
        f'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document {_W}><w:body><w:p><w:r>'
        f"<w:t>{TITLE}&x;</w:t></w:r></w:p></w:body></w:document>"
    )


def deep_docx() -> bytes:
    return _docx(f"<w:document {_W}><w:body>" + "<w:tbl><w:tr><w:tc>" * 20_000)


def wide_docx() -> bytes:
    """Twenty thousand cells in one row."""
    return _docx(
        f"<w:document {_W}><w:body><w:tbl><w:tr>{'<w:tc><w:p/></w:tc>' * 20_000}</w:tr></w:tbl></w:body></w:document>"
    )


def zip_in_zip() -> bytes:
    inner = zipped(**{"a.txt": b"\0" * 2**24})
    for _ in range(20):
        inner = zipped(**{f"{n}.zip": inner for n in range(4)})[: 2**24]
    return inner


def many_members_zip() -> bytes:
    return zipped(**{f"{n}.html": "<html>" for n in range(20_000)})


def sheet_bomb_xlsx() -> bytes:
    """A sheet of two million cells."""
    rows = "<row>" + "<c><v>1</v></c>" * 1000 + "</row>"
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows * 2000}'
    book = '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets/></workbook>'
    return zipped(
        **{
            "[Content_Types].xml": _BOOK,
            "xl/workbook.xml": book,
            "xl/worksheets/sheet1.xml": f"{sheet}</sheetData></worksheet>",
        }
    )


# --- PDF and RTF ---


def stream_bomb_pdf() -> bytes:
    """A content stream of 256 MB behind two filters."""
    return _pdf(zlib.compress(zlib.compress(b"0 0 m " * (2**28 // 6), 1), 9), "/FlateDecode/FlateDecode")


def rules_pdf() -> bytes:
    """Fifty thousand ruling lines on one page."""
    lines = "".join(f"{n % 595} {n % 842} m {n * 7 % 595} {n % 842} l S\n" for n in range(50_000))
    return _pdf(zlib.compress(lines.encode()))


def letters_pdf() -> bytes:
    """Half a million letters on one page."""
    return _pdf(zlib.compress(b"BT /F 9 Tf 1 0 0 1 50 50 Tm " + b"(0123456789) Tj 1 1 Td " * 50_000 + b"ET"))


def looping_pdf() -> bytes:
    """A page tree that holds itself."""
    return _pdf(zlib.compress(b""), kids="2 0 R 3 0 R 2 0 R")


def many_pages_pdf() -> bytes:
    return _pdf(zlib.compress(b"BT /F 9 Tf (1) Tj ET"), kids="3 0 R " * 30_000)


def deep_arrays_pdf() -> bytes:
    return _pdf(zlib.compress(b"[" * 500_000))


def braces_rtf() -> bytes:
    return b"{\\rtf1 " + b"{" * 500_000


def rows_rtf() -> bytes:
    return b"{\\rtf1 " + b"\\trowd" + b"\\cellx100" * 5_000 + b"\\intbl" + b" 1\\cell" * 50_000 + b"\\row}"


# --- pages ---


def deep_divs() -> bytes:
    return _page("<div>" * 200_000)


def deep_tables() -> bytes:
    return _page("<table><tr><td>" * 600 + TITLE)


def huge_spans() -> bytes:
    row = "<tr>" + "<td rowspan=65534 colspan=1000>1</td>" * 50 + "</tr>"
    return _page(f"<table>{_HEAD}<td>其他</td><td>总计</td></tr>{row * 400}</table>")


def long_table() -> bytes:
    """Five thousand rows under the header of table 三."""
    row = "<tr><td>2.重复申请</td>" + "<td>1</td>" * 7 + "</tr>"
    return _page(f"<table>{_HEAD}<td>其他</td><td>总计</td></tr>{row * 5000}</table>")


def wide_rows() -> bytes:
    """Rows of two hundred figures for seven columns: the ways to place them cannot be counted through."""
    row = "<tr><td>2.重复申请</td>" + "".join(f"<td>{n}</td>" for n in range(200)) + "</tr>"
    return _page(f"<table>{_HEAD}<td>其他</td><td>总计</td></tr>{row * 300}</table>")


def near_labels() -> bytes:
    """Eight hundred different labels, each almost one of the form's."""
    rows = "".join(f"<tr><td>要求行政机关确认或重新出具{n}已获取</td><td>1</td></tr>" for n in range(800))
    return _page(f"<table>{_HEAD}<td>其他</td><td>总计</td></tr>{rows}</table>")


def many_headers() -> bytes:
    return _page(f"<table>{(_HEAD + '<td>其他</td><td>总计</td></tr>') * 5000}</table>")


def many_tables() -> bytes:
    one = "<table><tr><td>一、本年新收政府信息公开申请数量</td><td>尚未审结</td><td>行政处罚</td></tr></table>"
    return _page(one * 5000)


def many_titles() -> bytes:
    return _page(f"<p>{TITLE}</p>" * 20_000)


def many_sections() -> bytes:
    return _page("<p>一、总体情况</p>" * 50_000 + "<p>电话：0999-6100001</p>" * 20_000)


# --- text ---


def _dump(text: str) -> bytes:
    return f"{TITLE}\n\n{text}".encode()


def million_cells_dump() -> bytes:
    """A million cells, ten a line, under a header that names some of their columns."""
    return _dump("自然人\t商业企业\t科研机构\t总计\n" + "\t".join("0123456789") + "\n" + ("0\t" * 9 + "0\n") * _MANY)


def cells_dump() -> bytes:
    """A hundred thousand lines of one cell each."""
    return _dump("\t自然人\n\t总计\n\n" + "\t0\n" * _MANY)


def tabs_dump() -> bytes:
    """One line of two hundred thousand TABs."""
    return _dump("自然人\t总计\n" + "\t" * 200_000)


_PAPER = draw("hostile", ("2021", "2021"))


def _prose(text: str) -> Callable[[], bytes]:
    """A whole report that says the text in its prose and in a table of its own."""
    opening = "（一）主动公开。"
    report = dump_rows(_PAPER).decode()
    assert opening in report
    return lambda: report.replace(opening, f"{text}\n\n{text}。\n\n\t{text}\t{text}\n\n{opening}{text}").encode()


def _headline(text: str) -> Callable[[], bytes]:
    """A whole report on a page whose title, headings, labels and signature are the text."""
    page = html_plain(_PAPER).decode()
    for said in ("<title>", "<h1>", "<h2>", "<td colspan=7>", "<p>示例"):
        page = page.replace(said, f"{said}{text}", 1)
    return lambda: page.encode()


_PATTERNS = {
    "digits": "7" * _MANY,
    "open brackets": "（" * _MANY,
    "brackets": "（）" * _MANY,
    "square brackets": "[bookmark: " * 20_000,
    "thousands": "1,234" * 20_000,
    "digits and spaces": "1 2 " * 25_000,
    "years": "2023年" * 20_000,
    "dates": "2024年1月" * 15_000,
    "articles": "第二十条第" * 20_000,
    "counts": "主动公开信息12条，" * 12_000,
    "claims": "收到申请" * 20_000 + "12件",
    "phones": "电话：" * 30_000 + "0999" * 1000,
    "places": "示例县示例市" * 15_000,
    "report words": "政府信息公开工作年度报告" * 8_000,
    "dashes": "-—–" * 30_000,
    "numbers of lists": "一、" * 50_000,
    "spaces": "年 " * 50_000,
    "wide spaces": "\u3000" * _MANY,
    "quotes": "“”" * 50_000,
    "signs": "+-增加" * 25_000,
    "entities": "&lt;" * 50_000,
    "invisible": "\u200b\u2060" * 50_000,
}

BOMBS: dict[str, Callable[[], bytes]] = {
    made.__name__: made
    for made in (
        zip_bomb_docx, entity_bomb_docx, outside_entity_docx, deep_docx, wide_docx, zip_in_zip, many_members_zip,
        sheet_bomb_xlsx, stream_bomb_pdf, rules_pdf, letters_pdf, looping_pdf, many_pages_pdf, deep_arrays_pdf,
        braces_rtf, rows_rtf, deep_divs, deep_tables, huge_spans, long_table, wide_rows, near_labels, many_headers,
        many_tables, many_titles, many_sections, cells_dump, tabs_dump,
    )
}  # fmt: skip
GIANTS: dict[str, Callable[[], bytes]] = {"million_cells_dump": million_cells_dump}
"""Bombs that the CPU limit ends: they take as long as it is, so that only the benchmark waits for them."""
BOMBS |= {f"prose of {name}": _prose(text) for name, text in _PATTERNS.items()}
BOMBS |= {f"title of {name}": _headline(text) for name, text in _PATTERNS.items()}
