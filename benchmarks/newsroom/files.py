"""A report's blocks → bytes: the page of a portal, a Word file, a PDF with rules and no font of its own."""

from __future__ import annotations

import zipfile
import zlib
from datetime import date
from html import escape
from io import BytesIO

from benchmarks.newsroom.typesetting import typeset
from tests.documents.official_forms import Box, Rows
from tests.documents.sources import Block, Line, positions_of

_TAGS = {"title": "h1", "heading": "h2", "paragraph": "p", "signature": "p", "date": "p"}
_STYLE = (
    "body{font-family:SimSun,serif;margin:0} .top{background:#1a4f8b;color:#fff;padding:16px} .nav a{margin:0 10px}"
    ".TRS_Editor{max-width:960px;margin:0 auto;font-size:16px;line-height:1.8} h1{text-align:center;font-size:24px}"
    "h2{font-size:18px} .TRS_Editor p{text-indent:2em} table{border-collapse:collapse;width:100%;font-size:14px}"
    "td{border:1px solid #333;text-align:center;padding:3px} .end{text-align:right}"
)


def page_of(
    title: str, blocks: list[Block], site: str, code: str, published: date | None, attached: list[tuple[str, str]]
) -> bytes:
    """The article at its portal; ``published``: None leaves PubDate empty; ``attached`` are (href, name)."""
    body = "\n".join(_block(block) for block in blocks)
    links = "".join(f'<p class="fj">附件：<a href="{escape(href)}">{escape(name)}</a></p>' for href, name in attached)
    day = "" if published is None else f"{published} 09:00"
    return f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}_{site}</title>
<meta name="SiteName" content="{site}"><meta name="SiteIDCode" content="{code}0001">
<meta name="ArticleTitle" content="{escape(title)}"><meta name="PubDate" content="{day}"><style>{_STYLE}</style></head>
<body><div class="top">{site}门户网站</div>
<div class="nav"><a href="/">首页</a><a href="/zwgk/">政务公开</a><a href="/bsfw/">办事服务</a></div>
<div class="TRS_Editor">{body}{links}</div>
<div class="footer">主办：{site}办公室　网站标识码：{code}0001</div></body></html>
""".encode()


def _block(block: Block) -> str:
    if isinstance(block, Line):
        end = ' class="end"' if block.kind in ("signature", "date") else ""
        return f"<{_TAGS[block.kind]}{end}>{escape(block.text)}</{_TAGS[block.kind]}>"
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>\n" for row in block.rows)
    return f"<table>{rows}</table>"


def _cell(box: Box) -> str:
    spans = f' rowspan="{box.rowspan}"' if box.rowspan > 1 else ""
    spans += f' colspan="{box.colspan}"' if box.colspan > 1 else ""
    return f"<td{spans}>{escape(box.text)}</td>"


_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_APPLICATION = "application/vnd.openxmlformats"
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{_APPLICATION}-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" '
        f'ContentType="{_APPLICATION}-officedocument.wordprocessingml.document.main+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_OFFICE}" '
        'Target="word/document.xml"/></Relationships>'
    ),
}
_WRITTEN = (2020, 1, 1, 0, 0, 0)
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def docx_of(blocks: list[Block]) -> bytes:
    """The report as a Word file (ECMA-376), its tables with the merges of the form."""
    body = "".join(_word(block) for block in blocks)
    document = f'<w:document xmlns:w="{_MAIN}"><w:body>{body}<w:sectPr/></w:body></w:document>'
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in {**_PARTS, "word/document.xml": document}.items():
            part = f'<?xml version="1.0" encoding="UTF-8"?>{text}'
            file.writestr(zipfile.ZipInfo(name, _WRITTEN), part, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _word(block: Block) -> str:
    if isinstance(block, Line):
        side = {"title": "center", "signature": "right", "date": "right"}.get(block.kind, "both")
        size = {"title": 36, "heading": 28}.get(block.kind, 24)
        return f'<w:p><w:pPr><w:jc w:val="{side}"/></w:pPr>{_run(block.text, size)}</w:p>'
    grid = "".join(f'<w:gridCol w:w="{9000 // block.width}"/>' for _ in range(block.width))
    rows = "".join(f"<w:tr>{cells}</w:tr>" for cells in _word_rows(block.rows))
    drawn = f"<w:tblPr><w:tblBorders>{_BORDERS}</w:tblBorders></w:tblPr>"
    return f"<w:tbl>{drawn}<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"


def _word_rows(rows: Rows) -> list[str]:
    """Each row's cells; a box that reaches down is a cell in every row, in those below without text."""
    found: list[dict[int, str]] = [{} for _ in rows]
    for number, (row, starts) in enumerate(zip(rows, positions_of(rows), strict=True)):
        for box, start in zip(row, starts, strict=True):
            for down in range(box.rowspan):
                merge = "" if box.rowspan == 1 else f'<w:vMerge w:val="{"continue" if down else "restart"}"/>'
                span = f'<w:gridSpan w:val="{box.colspan}"/>' if box.colspan > 1 else ""
                text = "" if down else _run(box.text, 18)
                found[number + down][start] = (
                    f'<w:tc><w:tcPr>{span}{merge}</w:tcPr><w:p><w:pPr><w:jc w:val="center"/></w:pPr>{text}</w:p></w:tc>'
                )
    return ["".join(cells[start] for start in sorted(cells)) for cells in found]


def _run(text: str, size: int) -> str:
    return f'<w:r><w:rPr><w:sz w:val="{size}"/></w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


_FONT = (
    b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>",
    b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)"
    b"/Supplement 2>>/FontDescriptor 5 0 R/DW 1000/W[1 95 500]>>",
    b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 4/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880"
    b"/Descent -120/CapHeight 880/StemV 93>>",
)


def pdf_of(blocks: list[Block]) -> bytes:
    """The report as a PDF (ISO 32000-1) on A4; its one font is named and not embedded, as 9.7.5.2 allows."""
    pages = typeset(blocks)
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", *_FONT]
    kids = []
    for page in pages:
        packed = zlib.compress(page)
        objects.append(b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R>>"
            % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    made, starts = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        starts.append(len(made))
        made += b"%d 0 obj%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    tail = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(made))
    return made + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + tail
