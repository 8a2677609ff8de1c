"""The report as one flat OpenDocument text (ODF 1.3), for LibreOffice to lay out: ruled tables, page numbers."""

from __future__ import annotations

from html import escape

import official_tables as official

NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("style", "style"),
        ("text", "text"),
        ("table", "table"),
        ("fo", "xsl-fo-compatible"),
    )
)


def _styles(widths: dict[str, list[float]]) -> str:
    columns = "".join(
        f'<style:style style:name="{name}.{i}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width}mm"/></style:style>'
        for name, group in widths.items()
        for i, width in enumerate(group)
    )
    return f"""<office:automatic-styles>
<style:page-layout style:name="A4"><style:page-layout-properties fo:page-width="210mm" fo:page-height="297mm"
 fo:margin="20mm"/><style:footer-style><style:header-footer-properties fo:min-height="8mm"/></style:footer-style>
</style:page-layout>
<style:style style:name="Middle" style:family="paragraph"><style:paragraph-properties fo:text-align="center"/>
<style:text-properties fo:font-size="10pt" style:font-size-asian="10pt"/></style:style>
<style:style style:name="Title" style:family="paragraph"><style:paragraph-properties fo:text-align="center"/>
<style:text-properties fo:font-size="20pt" style:font-size-asian="20pt"/></style:style>
<style:style style:name="Body" style:family="paragraph"><style:paragraph-properties fo:text-indent="10mm"/>
<style:text-properties fo:font-size="14pt" style:font-size-asian="14pt"/></style:style>
<style:style style:name="Box" style:family="table-cell"><style:table-cell-properties fo:border="0.5pt solid #000000"
 fo:padding="1mm" style:vertical-align="middle"/></style:style>
<style:style style:name="Open" style:family="table-row"><style:table-row-properties fo:keep-together="auto"/>
</style:style>{columns}</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="A4"><style:footer>
<text:p text:style-name="Middle">- <text:page-number/> -</text:p></style:footer></style:master-page>
</office:master-styles>"""


def _table(name: str, rows: list[official.Row], count: int, head: int) -> str:
    begins = {(row, column): cell for cell, row, column in official.positions(rows)}
    lines = []
    for row in range(len(rows)):
        cells = []
        for column in range(count):
            if (row, column) not in begins:
                cells.append("<table:covered-table-cell/>")
                continue
            text, down, over = begins[row, column]
            cells.append(
                f'<table:table-cell table:style-name="Box" table:number-rows-spanned="{down}" '
                f'table:number-columns-spanned="{over}"><text:p text:style-name="Middle">{escape(text)}</text:p>'
                "</table:table-cell>"
            )
        lines.append(f'<table:table-row table:style-name="Open">{"".join(cells)}</table:table-row>')
    columns = "".join(f'<table:table-column table:style-name="{name}.{i}"/>' for i in range(count))
    top = f"<table:table-header-rows>{''.join(lines[:head])}</table:table-header-rows>" if head else ""
    return f'<table:table table:name="{name}">{columns}{top}{"".join(lines[head:])}</table:table>'


def report(title: list[str], parts: list[str | tuple[str, list[official.Row], list[float], int]]) -> str:
    """Title lines, then paragraphs and tables (name, rows, column widths in mm, header rows), in order."""
    widths = {part[0]: part[2] for part in parts if not isinstance(part, str)}
    body = "".join(f'<text:p text:style-name="Title">{escape(line)}</text:p>' for line in title)
    for part in parts:
        if isinstance(part, str):
            body += f'<text:p text:style-name="Body">{escape(part)}</text:p>'
        else:
            body += _table(part[0], part[1], len(part[2]), part[3])
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {NAMES} office:version="1.3" '
        f'office:mimetype="application/vnd.oasis.opendocument.text">{_styles(widths)}'
        f"<office:body><office:text>{body}</office:text></office:body></office:document>"
    )
