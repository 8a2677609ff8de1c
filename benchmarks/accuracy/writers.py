"""A paper as bytes, in the formats that need no program: pages in several markups, two kinds of text, DOCX."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from html import escape

from benchmarks.accuracy.papers import Block, Paper
from tests.documents.official_forms import Box, Rows
from tests.documents.sources import Line, positions_of

Writer = Callable[[Paper], bytes]


def blocks_of(paper: Paper) -> Iterator[Block]:
    yield from paper.blocks
    if paper.following is not None:
        yield from blocks_of(paper.following)


def _title(paper: Paper) -> str:
    return next((b.text for b in paper.blocks if isinstance(b, Line) and b.kind == "title"), "").replace("\n", "")


def _spans(box: Box) -> str:
    return f"{f' rowspan={box.rowspan}' * (box.rowspan > 1)}{f' colspan={box.colspan}' * (box.colspan > 1)}"


# --- pages ---


def plain_body(paper: Paper) -> str:
    """What any editor writes: headings, paragraphs, closed tables."""
    tags = {"title": "h1", "heading": "h2"}
    parts = []
    for block in blocks_of(paper):
        if isinstance(block, Line):
            tag = tags.get(block.kind, "p")
            parts.append(f"<{tag}>{_broken(block.text)}</{tag}>")
            continue
        rows = ("".join(f"<td{_spans(box)}>{_broken(box.text)}</td>" for box in row) for row in block.rows)
        parts.append(f"<table border='1'>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>")
    return "\n".join(parts)


def _broken(text: str) -> str:
    return escape(text).replace("\u00a0", "&nbsp;").replace("\n", "<br>")


def html_plain(paper: Paper) -> bytes:
    title = escape(_title(paper))
    head = f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head>'
    return f"{head}<body>\n{plain_body(paper)}\n</body></html>".encode()


def html_word(paper: Paper) -> bytes:
    """As pasted from a word processor: upper case, fonts, nothing closed, U+00A0 in empty cells' stead."""
    parts = ["<HTML><HEAD><META http-equiv=Content-Type content='text/html; charset=gb2312'></HEAD><BODY>"]
    for block in blocks_of(paper):
        if isinstance(block, Line):
            parts.append(f"<P class=MsoNormal><FONT face=仿宋_GB2312>{_broken(block.text)}<o:p></o:p></FONT></P>")
            continue
        parts.append("<TABLE class=MsoNormalTable border=1 cellSpacing=0>")
        for row in block.rows:
            parts.append("<TR>")
            for box in row:
                lines = "".join(
                    f"<P class=MsoNormal align=center><SPAN lang=EN-US>{escape(line)}<o:p></o:p></SPAN>"
                    for line in box.text.split("\n")
                )
                parts.append(f"<TD{_spans(box).upper()} width=81>{lines}")
        parts.append("</TABLE>")
    return "\n".join(parts).encode("gb18030")


def html_portal(paper: Paper) -> bytes:
    """A portal's article in layout tables, GB18030 bytes under a label that says utf-8, furniture around it."""
    title = escape(_title(paper))
    return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>{title}</title>
<meta name="ArticleTitle" content="{title}"><script>document.write("<table><tr><td>7</td></tr></table>")</script>
</head><body><div class="nav"><a href="/">首页</a> <a href="/zwgk/">政务公开</a></div>
<table width="980"><tr><td width="10"></td><td><table width="100%"><tr><td class="nr">
<style>.nr td{{color:#333}}</style>
{plain_body(paper)}
</td></tr></table></td></tr></table>
<div class="footer">主办：示例县人民政府办公室 网站标识码：9999990001</div></body></html>""".encode("gb18030")


def html_div(paper: Paper) -> bytes:
    """Sections, th, thead and tbody, figures in nested spans, a click counter inside the article."""
    parts = []
    for block in blocks_of(paper):
        if isinstance(block, Line):
            parts.append(f"<div class='{block.kind}'><span>{_broken(block.text)}</span></div>")
            continue
        rows = []
        for row in block.rows:
            cells = "".join(
                f"<td{_spans(box)}><div><span style='font-size:9pt'><b>{_broken(box.text)}</b></span></div></td>"
                if box.key
                else f"<th{_spans(box)}><p>{_broken(box.text)}</p></th>"
                for box in row
            )
            rows.append(f"<tr>{cells}</tr>")
        parts.append(f"<div class='tbl'><table><tbody>{''.join(rows)}</tbody></table></div>")
    counter = "<div class='info'>浏览次数：<span id='hits'>1024</span></div>"
    page = f"<section class='article'>{counter}{''.join(parts)}</section>"
    return f"\ufeff<!doctype html><html><head><title>{escape(_title(paper))}</title></head><body>{page}".encode()


# --- text ---


def _grid_of(rows: Rows) -> Iterator[list[tuple[str, bool]]]:
    """Row by row: the text of every grid column a cell lies over, and whether it is the first column of its cell."""
    starts = positions_of(rows)
    lies: dict[tuple[int, int], tuple[str, bool]] = {}
    for number, (row, places) in enumerate(zip(rows, starts, strict=True)):
        for box, at in zip(row, places, strict=True):
            for down in range(box.rowspan):
                for over in range(box.colspan):
                    lies[number + down, at + over] = (box.text if down == over == 0 else "", over == 0)
    width = max((column for _, column in lies), default=-1) + 1
    for number in range(len(rows)):
        yield [lies[number, column] for column in range(width) if (number, column) in lies]


def dump_rows(paper: Paper) -> bytes:
    """One line a row, a TAB between grid columns, as a PDF comes out of a converter (document 003)."""
    return _dump(paper, lambda rows: "\n".join(
        "\t".join(text.replace("\n", " ") for text, _ in line) for line in _grid_of(rows)
    ))  # fmt: skip


def dump_cells(paper: Paper) -> bytes:
    """A cell a line behind a TAB, continued cells empty, an empty line after a row (document 001)."""
    return _dump(paper, lambda rows: "\n\n".join(
        "\n".join(f"\t{text}" for text, first in line if first) for line in _grid_of(rows)
    ))  # fmt: skip


def _dump(paper: Paper, table: Callable[[Rows], str]) -> bytes:
    parts = [block.text if isinstance(block, Line) else f"{table(block.rows)}\n" for block in blocks_of(paper)]
    return "\n\n".join(parts).encode()


# --- DOCX ---

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def docx(paper: Paper) -> bytes:
    """A package with the merges that Word writes: gridSpan, and vMerge in every row that a cell covers."""
    body = "".join(
        _paragraphs(block.text) if isinstance(block, Line) else _word_table(block.rows) for block in blocks_of(paper)
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", _TYPES)
        package.writestr("_rels/.rels", _RELATIONS)
        package.writestr("word/document.xml", f"<w:document {_W}><w:body>{body}<w:sectPr/></w:body></w:document>")
    return made.getvalue()


def _paragraphs(text: str) -> str:
    return "".join(f'<w:p><w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>' for line in text.split("\n"))


def _word_table(rows: Rows) -> str:
    lies: dict[tuple[int, int], tuple[Box, bool]] = {}
    for number, (row, places) in enumerate(zip(rows, positions_of(rows), strict=True)):
        for box, at in zip(row, places, strict=True):
            for down in range(box.rowspan):
                lies[number + down, at] = (box, down == 0)
    made = []
    for number in range(len(rows)):
        cells = []
        for (_, _), (box, first) in sorted(item for item in lies.items() if item[0][0] == number):
            span = f'<w:gridSpan w:val="{box.colspan}"/>' if box.colspan > 1 else ""
            merge = "" if box.rowspan == 1 else '<w:vMerge w:val="restart"/>' if first else "<w:vMerge/>"
            cells.append(f"<w:tc><w:tcPr>{span}{merge}</w:tcPr>{_paragraphs(box.text if first else '')}</w:tc>")
        made.append(f"<w:tr>{''.join(cells)}</w:tr>")
    width = max(column + box.colspan for (_, column), (box, _) in lies.items())
    return f"<w:tbl><w:tblGrid>{'<w:gridCol/>' * width}</w:tblGrid>{''.join(made)}</w:tbl>"


WRITERS: dict[str, Writer] = {
    "html-plain": html_plain,
    "html-word": html_word,
    "html-portal": html_portal,
    "html-div": html_div,
    "dump-rows": dump_rows,
    "dump-cells": dump_cells,
    "docx": docx,
}
