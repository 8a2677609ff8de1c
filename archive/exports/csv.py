"""One cell or one report a row, as CSV for spreadsheets and statistics programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from archive.export_columns import CELLS, reports_columns
from archive.export_csv import write_rows
from archive.export_rows import Row, cells_of, iterate_rows, wide_of
from archive.exports import OF_REPORTS, Selection
from archive.store import Archive

NAME = "csv"
CAPTION = "one cell a row, or with --table reports one report a row; safe for Excel and WPS"
SELECTS = OF_REPORTS | {"table", "bom"}


def write_export(archive: Archive, selection: Selection, out: BinaryIO) -> int:
    """Writes the rows of each report of the selection, by id; returns how many reports."""
    count = 0

    def rows() -> Iterator[Row]:
        nonlocal count
        for count, row in enumerate(iterate_rows(archive, selection), start=1):
            if selection.table == "reports":
                yield wide_of(row)
            else:
                yield from cells_of(row)

    columns = reports_columns() if selection.table == "reports" else CELLS
    write_rows(columns, rows(), out, bom=selection.bom)
    return count
