"""HTML to cells and text, through the warm and limited child.

``python -m benchmarks.speed --only html`` has the details. The ratio is the median of the documents' ratios: those in
tests/documents, of $NIANBAO_CORPUS if it is there, and pages as portals serve them.
"""

from __future__ import annotations

from benchmarks.table.figures import Required, Row, Scale

TITLE = "HTML"


def measure(scale: Scale) -> list[Row]:
    """Beside a bare parse, and beside another library's grids."""
    from benchmarks.table.documents import rows_of

    return rows_of(".html", {"bare_parse_of_html": Required(most=3.0), "grids_of_html": Required(times=6.5)}, scale)
