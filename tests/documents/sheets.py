"""Blocks → spreadsheets through libraries that others wrote: XlsxWriter, xlwt.

Runs in a virtual environment of its own (README.md); the tests never import this file.
"""

from __future__ import annotations

from pathlib import Path

from tests.documents.sources import Grid, Invented, Line, blocks_of, positions_of


def write_xlsxwriter(document: Invented, path: Path) -> None:
    """Prose and each table on sheets of their own; figures are numbers, and 1,234 is 1234 shown with a comma."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    ruled = {"border": 1, "text_wrap": True}
    label, count = book.add_format(ruled), book.add_format({**ruled, "num_format": "0_ "})
    thousands = book.add_format({**ruled, "num_format": "#,##0"})
    before, after = book.add_worksheet("说明"), None
    at = 0
    for block in blocks_of(document):
        if isinstance(block, Grid):
            _write_grid(book.add_worksheet(), block, label, count, thousands)
            after = None
            continue
        if len(book.worksheets()) == 1:
            sheet = before
        elif after is None:
            sheet, at = book.add_worksheet(), 0
            after = sheet
        else:
            sheet = after
        _write_line(sheet, at, block)
        at += 1
    book.close()


def _write_line(sheet: object, at: int, line: Line) -> None:
    sheet.write_string(at, 0, line.text)  # type: ignore[attr-defined]  # xlsxwriter has no types


def _write_grid(sheet: object, grid: Grid, label: object, count: object, thousands: object) -> None:
    write: dict[bool, object] = {True: thousands, False: count}
    for number, (row, starts) in enumerate(zip(grid.rows, positions_of(grid.rows), strict=True)):
        for box, column in zip(row, starts, strict=True):
            figure = bool(box.key) and box.text.replace(",", "").isdigit()
            value = int(box.text.replace(",", "")) if figure else box.text
            style = write["," in box.text] if figure else label
            if box.rowspan > 1 or box.colspan > 1:
                last = number + box.rowspan - 1, column + box.colspan - 1
                sheet.merge_range(number, column, *last, value, style)  # type: ignore[attr-defined]
            else:
                sheet.write(number, column, value, style)  # type: ignore[attr-defined]


def write_xlwt(document: Invented, path: Path) -> None:
    """The whole report on one sheet; figures are numbers without decimals."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("年度报告")
    label, figure = (
        xlwt.easyxf("borders: left thin, right thin, top thin, bottom thin"),
        xlwt.easyxf("borders: left thin, right thin, top thin, bottom thin", num_format_str="0_);[Red]-0"),
    )
    at = 0
    for block in blocks_of(document):
        if isinstance(block, Line):
            sheet.write(at, 0, block.text)
            at += 1
            continue
        for number, (row, starts) in enumerate(zip(block.rows, positions_of(block.rows), strict=True), at):
            for box, column in zip(row, starts, strict=True):
                whole = box.key and box.text.lstrip("-").isdigit()
                value, style = (int(box.text), figure) if whole else (box.text, label)
                sheet.write_merge(number, number + box.rowspan - 1, column, column + box.colspan - 1, value, style)
        at += len(block.rows)
    book.save(str(path))
