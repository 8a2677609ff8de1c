"""Comparisons of benchmarks.speed as rows of the table."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.speed.__main__ import COMPARISONS, Comparison, Taken, files_of, measure
from benchmarks.speed.portal_pages import portal_pages
from benchmarks.table.figures import Measured, Missing, Required, Row, Scale
from benchmarks.table.other_python import PYTHON
from parsers.pdf import native

_OURS = ("plain_text_of_pdf", "bare_parse_of_html", "bare_parse_of_docx")
_WORDS = {
    "plain_text_of_pdf": "pypdfium2, plain text",
    "tables_of_pdf": "pdfplumber, tables",
    "bare_parse_of_html": "lxml, bare parse",
    "grids_of_html": "BeautifulSoup, grids",
    "bare_parse_of_docx": "unzip and lxml, bare parse",
    "cells_of_docx": "python-docx",
}


def rows_of(suffix: str, required: dict[str, Required], scale: Scale) -> list[Row]:
    """Each comparison of that format: CPU to cells and text, the median of the documents' ratios.

    Every round measures all documents by each side several times, by turns, and takes each one's median.
    """
    with tempfile.TemporaryDirectory() as folder:
        pages = [page for page in portal_pages(Path(folder)) if page.suffix == suffix]
        files = [*files_of(suffix, ()), *pages]
        some = files if not scale.is_short else files[:: max(1, len(files) // 5)]
        return [
            _row(comparison, some, required[comparison.other], scale)
            for comparison in COMPARISONS
            if comparison.suffix == suffix
        ]


def _row(comparison: Comparison, files: Sequence[Path], required: Required, scale: Scale) -> Row:
    python = sys.executable if comparison.other in _OURS else PYTHON
    rounds: list[list[Taken]] = []
    for _ in range(scale.pick(3, 5)):
        taken = measure(comparison, files, python, scale.pick(5, 9))
        if isinstance(taken, str):
            return Missing(_WORDS[comparison.other], taken)
        rounds.append([one for one in taken if not isinstance(one, str)])
    ratios = tuple(median(one.cells / one.other for one in measured) for measured in rounds)
    every = [one for measured in rounds for one in measured]
    alone = ", by Python alone" if comparison.suffix == ".pdf" and native.COMPILED is None else ""
    return Measured(
        f"a document of {len(rounds[0])}{alone}", _WORDS[comparison.other],
        median(one.cells for one in every) * 1e3, median(one.other for one in every) * 1e3, "ms", ratios, required,
        (max(one.memory[0] for one in every), max(one.memory[1] for one in every)),
    )  # fmt: skip
