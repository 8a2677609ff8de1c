"""Blocks → files through libraries that others wrote: python-docx, openpyxl, reportlab, fpdf2, typst.

Runs in a virtual environment of its own (README.md); the tests never import this file.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.documents.official_forms import Rows
from tests.documents.sources import Block, Grid, Invented, Line, blocks_of, positions_of

FONT = "/usr/share/fonts/truetype/arphic/uming.ttc"
SANS = "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"


def write_python_docx(document: Invented, path: Path) -> None:
    import docx

    file = docx.Document()
    for block in blocks_of(document):
        if isinstance(block, Line):
            if block.kind in {"title", "heading"}:
                file.add_heading(block.text, 0 if block.kind == "title" else 1)
            else:
                file.add_paragraph(block.text)
            continue
        table = file.add_table(rows=len(block.rows), cols=block.width)
        table.style = "Table Grid"
        for number, (row, starts) in enumerate(zip(block.rows, positions_of(block.rows), strict=True)):
            for box, column in zip(row, starts, strict=True):
                cell = table.cell(number, column)
                if box.rowspan > 1 or box.colspan > 1:
                    cell = cell.merge(table.cell(number + box.rowspan - 1, column + box.colspan - 1))
                first, *rest = box.text.split("\n")
                cell.paragraphs[0].text = first
                for part in rest:
                    cell.add_paragraph(part)
    file.save(str(path))


def write_openpyxl(document: Invented, path: Path) -> None:
    """The whole report on one sheet of fifteen columns, prose in merged rows."""
    import openpyxl

    book: Any = openpyxl.Workbook()
    sheet = book.active
    at = 1
    for block in blocks_of(document):
        if isinstance(block, Line):
            sheet.cell(at, 1, block.text)
            sheet.merge_cells(start_row=at, start_column=1, end_row=at, end_column=15)
            at += 1
            continue
        for number, (row, starts) in enumerate(zip(block.rows, positions_of(block.rows), strict=True)):
            for box, column in zip(row, starts, strict=True):
                cell = sheet.cell(at + number, column + 1)
                cell.value = int(box.text) if box.key and box.text.isdigit() else box.text
                if box.rowspan > 1 or box.colspan > 1:
                    last = (at + number + box.rowspan - 1, column + box.colspan)
                    sheet.merge_cells(None, at + number, column + 1, *last)
        at += len(block.rows)
    book.save(path)


def write_reportlab(document: Invented, path: Path) -> None:
    from reportlab.lib.enums import TA_CENTER, TA_RIGHT
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

    pdfmetrics.registerFont(TTFont("song", SANS))
    base: dict[str, Any] = {"fontName": "song", "wordWrap": "CJK"}
    styles = {
        "title": ParagraphStyle("title", fontSize=16, leading=24, alignment=TA_CENTER, **base),
        "heading": ParagraphStyle("heading", fontSize=13, leading=20, **base),
        "paragraph": ParagraphStyle("paragraph", fontSize=11, leading=18, firstLineIndent=22, **base),
        "signature": ParagraphStyle("signature", fontSize=11, leading=18, alignment=TA_RIGHT, **base),
        "date": ParagraphStyle("date", fontSize=11, leading=18, alignment=TA_RIGHT, **base),
    }
    small = ParagraphStyle("cell", fontSize=8, leading=10, alignment=TA_CENTER, **base)
    story: list[Any] = []
    for block in blocks_of(document):
        if isinstance(block, Line):
            story.append(Paragraph(block.text, styles[block.kind]))
            continue
        matrix: list[list[Any]] = [[""] * block.width for _ in block.rows]
        style: list[Any] = [("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
        for number, (row, starts) in enumerate(zip(block.rows, positions_of(block.rows), strict=True)):
            for box, column in zip(row, starts, strict=True):
                matrix[number][column] = Paragraph(box.text.replace("\n", "<br/>"), small)
                style.append(("SPAN", (column, number), (column + box.colspan - 1, number + box.rowspan - 1)))
        story += [Table(matrix, colWidths=_widths(block, 500), style=style, repeatRows=0), Spacer(1, 8)]
    SimpleDocTemplate(str(path), pagesize=A4, title=document.name).build(story)


def _widths(block: Grid, whole: float) -> list[float]:
    shares = [2, 3, 5, *([1.9] * 7)] if block.width == 10 and len(block.rows) > 10 else [1.0] * block.width
    return [whole * share / sum(shares) for share in shares]


def write_fpdf2(document: Invented, path: Path) -> None:
    from fpdf import FPDF
    from fpdf.enums import TableCellFillMode

    pdf = FPDF(format="A4")
    pdf.add_font("song", fname=SANS)
    pdf.add_page()
    sizes = {"title": 16, "heading": 13}
    for block in blocks_of(document):
        if isinstance(block, Line):
            pdf.set_font("song", size=sizes.get(block.kind, 11))
            align = {"title": "C", "signature": "R", "date": "R"}.get(block.kind, "L")
            pdf.multi_cell(0, 8, block.text, align=align, new_x="LMARGIN", new_y="NEXT")
            continue
        pdf.set_font("song", size=8)
        widths = tuple(_widths(block, 180))
        with pdf.table(
            col_widths=widths, first_row_as_headings=False, line_height=5, text_align="CENTER",
            cell_fill_mode=TableCellFillMode.NONE,
        ) as table:  # fmt: skip
            for row in block.rows:
                line = table.row()
                for box in row:
                    line.cell(box.text or " ", colspan=box.colspan, rowspan=box.rowspan)
    pdf.output(str(path))


def write_typst(document: Invented, path: Path) -> None:
    import typst

    source = '#set text(font: "WenQuanYi Zen Hei", size: 10pt, lang: "zh")\n#set page(numbering: "- 1 -")\n'
    for block in blocks_of(document):
        if isinstance(block, Line):
            body = f"#text({json.dumps(block.text, ensure_ascii=False)})"
            source += {
                "title": f"#align(center)[#text(size: 16pt)[{body}]]\n\n",
                "heading": f"#text(size: 13pt)[{body}]\n\n",
                "paragraph": f"{body}\n\n",
            }.get(block.kind, f"#align(right)[{body}]\n\n")
        else:
            columns = ", ".join(f"{share}fr" for share in _widths(block, 100))
            source += f"#text(size: 8pt)[#table(columns: ({columns}), align: center,\n{_typst_cells(block.rows)})]\n\n"
    typst.compile(source.encode(), output=str(path))


def _typst_cells(rows: Rows) -> str:
    return "".join(
        f"table.cell(colspan: {box.colspan}, rowspan: {box.rowspan})"
        f"[#text({json.dumps(box.text, ensure_ascii=False)})],\n"
        for row in rows
        for box in row
    )


def blocks_as_json(document: Invented) -> str:
    """The blocks for the makers that run in Node."""

    def plain(block: Block) -> dict[str, Any]:
        if isinstance(block, Line):
            return {"kind": block.kind, "text": block.text}
        return {"kind": "table", "width": block.width, "rows": [[asdict(box) for box in row] for row in block.rows]}

    return json.dumps([plain(block) for block in blocks_of(document)], ensure_ascii=False)
