"""PDF to cells and text, through the warm and limited child.

The loops over characters and lines are compiled (``python -m parsers.pdf.native``), or the row says that they are not.
``python -m benchmarks.speed --only pdf`` has the details. The ratio is the median of the documents' ratios: those in
tests/documents, and of $NIANBAO_CORPUS if it is there.
"""

from __future__ import annotations

from benchmarks.table.figures import Required, Row, Scale

TITLE = "PDF"


def measure(scale: Scale) -> list[Row]:
    """Beside plain text, and beside tables."""
    from benchmarks.table.documents import rows_of

    return rows_of(".pdf", {"plain_text_of_pdf": Required(most=2.0), "tables_of_pdf": Required(times=12.0)}, scale)
