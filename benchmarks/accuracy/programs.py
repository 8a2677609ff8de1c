"""The same papers made into files by programs that others wrote: LibreOffice, Chromium, fpdf2."""

from __future__ import annotations

import importlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.accuracy.papers import Paper
from benchmarks.accuracy.writers import blocks_of, html_plain
from parsers.convert import all_formats
from tests.documents.sources import Line

_BATCH = 25  # files that one start of LibreOffice converts
_LONGEST = 300  # seconds
_STYLE = (
    b"<style>body{font-family:'WenQuanYi Zen Hei';font-size:10pt} table{border-collapse:collapse;width:100%}"
    b" td{border:1px solid #000;font-size:9pt;padding:2px}</style></head>"
)
_BARE = _STYLE.replace(b"border:1px solid #000", b"border:0")
Made = Mapping[str, bytes]
"""Name of a paper → its file."""


@dataclass(frozen=True)
class Program:
    """``form`` names the column of the table; ``reader`` the format whose module must be there to read it.

    ``apart``: its cells are not among those of which 99.9 % must be right, for the document leaves some in doubt;
    none may be silently wrong.
    """

    form: str
    reader: str
    needs: str
    make: Callable[[Mapping[str, Paper]], Made]
    apart: bool = False

    def why_not(self) -> str:
        """Why this column is left out, or ""."""
        if self.reader not in {found.NAME for found in all_formats()}:
            return f"skipped: {self.form}: no reader for {self.reader}"
        there = importlib.util.find_spec("fpdf") if self.needs == "fpdf2" else shutil.which(self.needs)
        return "" if there else f"skipped: {self.form}: {self.needs} is not installed"


class NotWritten(Exception):
    """A program ended well and wrote no file: LibreOffice without its spreadsheets does so."""


def _page(paper: Paper, style: bytes = _STYLE) -> bytes:
    page = html_plain(paper).replace(b"</head>", style, 1)
    return page.replace(b"<table border='1'>", b"<table border='0'>") if style == _BARE else page


def _run(words: Sequence[str | Path]) -> None:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, timeout=_LONGEST)
    if done.returncode != 0:
        raise RuntimeError(f"{words[0]} ended with {done.returncode}: {done.stderr[-400:]}")


def _office(ending: str, export: str, take: str, style: bytes = _STYLE) -> Callable[[Mapping[str, Paper]], Made]:
    """Pages → files through one of LibreOffice's export filters; ``take`` is the filter that reads the page."""

    def make(papers: Mapping[str, Paper]) -> Made:
        made: dict[str, bytes] = {}
        names = list(papers)
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            for start in range(0, len(names), _BATCH):
                sources = []
                for at, name in enumerate(names[start : start + _BATCH], start):
                    sources.append(work / f"{at}.html")
                    sources[-1].write_bytes(_page(papers[name], style))
                words = ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{work / 'profile'}"]
                _run([*words, f"--infilter={take}", "--convert-to", f"{ending}:{export}", "--outdir", work, *sources])
            for at, name in enumerate(names):
                if not (written := work / f"{at}.{ending}").exists():
                    raise NotWritten(f"soffice wrote no {ending}; is its part for {export} installed?")
                made[name] = written.read_bytes()
        return made

    return make


def _chromium(style: bytes = _STYLE) -> Callable[[Mapping[str, Paper]], Made]:
    """Pages → PDF, printed by Chromium."""

    def make(papers: Mapping[str, Paper]) -> Made:
        made: dict[str, bytes] = {}
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            words = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={work / 'profile'}"]
            for name, paper in papers.items():
                (work / "page.html").write_bytes(_page(paper, style))
                _run([*words, "--no-pdf-header-footer", f"--print-to-pdf={work / 'page.pdf'}", work / "page.html"])
                made[name] = (work / "page.pdf").read_bytes()
        return made

    return make


def _fpdf2(papers: Mapping[str, Paper]) -> Made:
    """With the font that the system names for Chinese."""
    fpdf: Any = importlib.import_module("fpdf")

    words = ["fc-match", "-f", "%{file}", ":lang=zh-cn"]
    font = subprocess.run(words, capture_output=True, text=True, check=True).stdout

    def printed(paper: Paper) -> bytes:
        pdf = fpdf.FPDF(format="A4")
        pdf.add_font("song", fname=font)
        pdf.add_page()
        for block in blocks_of(paper):
            pdf.set_font("song", size=10 if isinstance(block, Line) else 8)
            if isinstance(block, Line):
                pdf.multi_cell(0, 8, block.text, new_x="LMARGIN", new_y="NEXT")
                continue
            width = max(sum(box.colspan for box in row) for row in block.rows)
            shares = (2, 3, 5, *([1.9] * 7)) if width == 10 and len(block.rows) > 10 else (1,) * width
            with pdf.table(col_widths=shares, first_row_as_headings=False, line_height=5) as table:
                for row in block.rows:
                    line = table.row()
                    for box in row:
                        line.cell(box.text or " ", colspan=box.colspan, rowspan=box.rowspan)
        return bytes(pdf.output())

    made: dict[str, bytes] = {}
    for name, paper in papers.items():
        try:
            made[name] = printed(paper)
        except ValueError as error:  # rows that hang together and are taller than a page
            print(f"fpdf2 does not print {name}: {error}", file=sys.stderr)
    return made


_WRITER, _CALC = "HTML (StarWriter)", "HTML (StarCalc)"
PROGRAMS = (
    Program("docx-soffice", "docx", "soffice", _office("docx", "MS Word 2007 XML", _WRITER)),
    Program("rtf-soffice", "rtf", "soffice", _office("rtf", "Rich Text Format", _WRITER)),
    Program("doc-soffice", "doc", "soffice", _office("doc", "MS Word 97", _WRITER)),
    Program("pdf-soffice", "pdf", "soffice", _office("pdf", "writer_pdf_Export", _WRITER)),
    Program("pdf-chromium", "pdf", "chromium", _chromium()),
    Program("pdf-fpdf2", "pdf", "fpdf2", _fpdf2),
    Program("pdf-bare-soffice", "pdf", "soffice", _office("pdf", "writer_pdf_Export", _WRITER, _BARE), apart=True),
    Program("pdf-bare-chromium", "pdf", "chromium", _chromium(_BARE), apart=True),
    Program("xlsx-soffice", "xlsx", "soffice", _office("xlsx", "Calc MS Excel 2007 XML", _CALC)),
    Program("xls-soffice", "xls", "soffice", _office("xls", "MS Excel 97", _CALC)),
)
