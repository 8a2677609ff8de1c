"""DOCX to cells and text, through the warm and limited child.

``python -m benchmarks.speed --only docx`` has the details. The ratio is the median of the documents' ratios: those in
tests/documents, and of $NIANBAO_CORPUS if it is there.
"""

from __future__ import annotations

from benchmarks.table.figures import Required, Row, Scale

TITLE = "DOCX"


def measure(scale: Scale) -> list[Row]:
    """Beside a bare parse of the main part, and beside python-docx."""
    from benchmarks.table.documents import rows_of

    return rows_of(".docx", {"bare_parse_of_docx": Required(most=1.5), "cells_of_docx": Required(times=12.0)}, scale)
