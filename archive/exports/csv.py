"""One cell or one report a row, as CSV for spreadsheets and statistics programs."""

from __future__ import annotations

from itertools import chain
from typing import BinaryIO

from archive.exports import OF_REPORTS, Selection
from archive.exports.parts.columns import CELLS, reports_columns
from archive.exports.parts.rows import Counted, cells_of, iterate_rows, wide_of
from archive.exports.parts.safe_csv import write_rows
from archive.store import Archive

NAME = "csv"
CAPTION = "one cell a row, or with --table reports one report a row; safe for Excel and WPS"
SELECTS = OF_REPORTS | {"table", "bom"}


def write_export(archive: Archive, selection: Selection, out: BinaryIO) -> int:
    """Writes the rows of each report of the selection, by id; returns how many reports."""
    reports = Counted(iterate_rows(archive, selection))
    if selection.table == "reports":
        write_rows(reports_columns(), map(wide_of, reports), out, bom=selection.bom)
    else:
        write_rows(CELLS, chain.from_iterable(map(cells_of, reports)), out, bom=selection.bom)
    return reports.seen
