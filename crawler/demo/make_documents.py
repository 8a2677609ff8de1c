"""Makes the demo's attachments, once, by LibreOffice and Chromium: ``python -m crawler.demo.make_documents``.

The files are committed, so that nobody who runs the demo needs either program. They are made again only when
the county's figures change; tests compare the figures in them with the county's.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

from crawler.demo import county
from crawler.demo.county import Key
from crawler.demo.prose import sections_of, signature_of
from crawler.demo.sheets import Box, Sheet, sheets_of

DOCUMENTS = Path(__file__).parent / "documents"

_STYLE = """
@page { size: A4; margin: 20mm 16mm;
        @bottom-center { content: "- " counter(page) " -"; font: 9pt "WenQuanYi Zen Hei" } }
body { font-family: "WenQuanYi Zen Hei", "SimSun", serif; font-size: 12pt; line-height: 1.6 }
h1, h2 { font-weight: normal } h1 { text-align: center; font-size: 18pt } h2 { font-size: 13pt }
table { border-collapse: collapse; width: 100%; font-size: 9pt; line-height: 1.3 }
td { border: 1px solid #000000; padding: 2px 3px; text-align: center }
p { text-indent: 2em; margin: 4px 0 } p.end { text-align: right }
"""
_WIDTHS = {
    4: (31, 23, 23, 23),
    10: (7, 8, 22, 9, 9, 9, 9, 9, 9, 9),
    15: (7, 7, 7, 7, 6, 7, 7, 7, 7, 6, 6, 7, 7, 6, 6),
}
"""Columns in the table → their widths in percent: no figure of five digits is broken in two."""
_FILTERS = {"docx": "docx:MS Word 2007 XML", "doc": "doc:MS Word 97", "pdf": "pdf:writer_pdf_Export"}


def render_paper(report: Key, *, changed: bool = False) -> str:
    """The report as an office types it: plain HTML for a word processor or a printer."""
    sheets = dict(zip((1, 2, 3), sheets_of(report, changed=changed), strict=True))
    parts = [f"<h1>{escape(county.title_of(report))}</h1>"]
    for place, section in enumerate(sections_of(report, changed=changed)):
        parts.append(f"<h2>{section.heading}</h2>")
        parts += [f"<p>{escape(paragraph)}</p>" for paragraph in section.paragraphs]
        if place in sheets:
            parts.append(_table(sheets[place]))
    name, day = signature_of(report)
    parts.append(f'<p class="end">{name}</p><p class="end">{day}</p>')
    head = f'<meta charset="utf-8"><title>{escape(county.title_of(report))}</title><style>{_STYLE}</style>'
    return f'<!DOCTYPE html><html lang="zh-CN"><head>{head}</head><body>{"".join(parts)}</body></html>'


def _table(sheet: Sheet) -> str:
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in sheet)
    widths = _WIDTHS[sum(box.colspan for box in sheet[0])]
    columns = "".join(f'<col width="{width}%">' for width in widths)
    return f'<table border="1" cellspacing="0" width="100%"><colgroup>{columns}</colgroup>{rows}</table>'


def _cell(box: Box) -> str:
    spans = f' rowspan="{box.rowspan}"' if box.rowspan > 1 else ""
    spans += f' colspan="{box.colspan}"' if box.colspan > 1 else ""
    return f"<td{spans}>{escape(box.text).replace(chr(10), '<br>')}</td>"


def make_with_libreoffice(page: Path, target: Path) -> None:
    """HTML → DOCX, DOC or PDF. Raises CalledProcessError when LibreOffice fails."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation=file://{profile}",
                "--headless",
                "--infilter=HTML (StarWriter)",
                "--convert-to",
                _FILTERS[target.suffix[1:]],
                "--outdir",
                str(page.parent),
                str(page),
            ],
            check=True,
            capture_output=True,
            timeout=180,
        )
    shutil.move(page.with_suffix(target.suffix), target)


def make_with_chromium(page: Path, target: Path) -> None:
    """HTML → PDF by printing. Raises CalledProcessError when Chromium fails."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                f"--user-data-dir={profile}",
                "--no-pdf-header-footer",
                f"--print-to-pdf={target}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=180,
        )


def make_document(report: Key, *, replaced: bool = False) -> Path:
    """Makes one attachment in ``documents/``; ``replaced`` is what the portal changes it for."""
    attachment = county.ATTACHED[report]
    target = DOCUMENTS / county.document_name(report, replaced=replaced)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / f"{target.stem}.html"
        page.write_text(render_paper(report, changed=replaced), encoding="utf-8")
        make = make_with_chromium if attachment.maker == "Chromium" else make_with_libreoffice
        make(page, target)
    return target


def main() -> None:
    """Makes every document; names those made on standard error."""
    for report in county.ATTACHED:
        print(make_document(report), file=sys.stderr)
    print(make_document(county.REPLACED, replaced=True), file=sys.stderr)


if __name__ == "__main__":
    main()
