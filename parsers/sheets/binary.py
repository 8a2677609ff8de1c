"""A workbook of Excel 97–2003 ([MS-XLS] BIFF8, and BIFF5), read by xlrd → its visible sheets."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from typing import Any

import xlrd

from parsers.document import Problem
from parsers.errors import Encrypted, Unreadable
from parsers.places import in_fragment
from parsers.sheets.grid import Area, Place, Sheet
from parsers.sheets.shown import GENERAL, show_number
from parsers.text import is_blank
from parsers.word.ole import bytes_of_stream, root_streams

STREAMS = ("Workbook", "Book")  # of Excel 97 and later, of Excel 5 and 95
# What xlrd raises for bytes that break the format's rules: all that 5,700 flipped, cut and doubled streams made it
# raise. A TypeError or an AttributeError was never among them: it would be a mistake in how it is called.
_BROKEN = (
    xlrd.XLRDError, xlrd.compdoc.CompDocError, struct.error, LookupError, AssertionError, ValueError, OverflowError,
)  # fmt: skip
_ERROR_TEXT: dict[int, str] = xlrd.error_text_from_code


def read_workbook(payload: bytes) -> tuple[list[Sheet], list[Problem]]:
    """Bytes of a compound file → the sheets that a reader sees, and one problem for each that is hidden.

    Raises Encrypted and Unreadable.
    """
    streams = root_streams(payload)
    stream = next((streams[name] for name in STREAMS if name in streams), None)
    if stream is None or stream.size > len(payload):
        raise Unreadable(f"expected a workbook's stream no longer than its file, found {stream}")
    # The stream and not the file: xlrd follows a chain of sectors that bites its own tail without end.
    content = bytes_of_stream(payload, stream)
    if not content:  # xlrd would look for a file
        raise Unreadable("expected a workbook's stream, found one without a byte")
    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, ragged_rows=True, logfile=io.StringIO())
    except _BROKEN as error:
        if "encrypted" in str(error).lower():
            raise Encrypted("expected a plain workbook, found one behind a password") from error
        raise Unreadable(f"expected a workbook that xlrd can read: {type(error).__name__} {error!s:.200}") from error
    return _sheets_of(book)


def _sheets_of(book: Any) -> tuple[list[Sheet], list[Problem]]:
    sheets: list[Sheet] = []
    problems: list[Problem] = []
    for found in book.sheets():
        if found.visibility:
            says = f"the sheet {found.name!r} is hidden and is not read"
            problems.append(Problem("hidden_sheet", says, f"sheet={in_fragment(found.name)}"))
        else:
            sheets.append(_sheet(book, found))
    return sheets, problems


def _sheet(book: Any, found: Any) -> Sheet:
    sheet = Sheet(found.name)
    sheet.merged = [Area(top, left, bottom - 1, right - 1) for top, bottom, left, right in found.merged_cells]
    sheet.hidden_rows = {row for row, stated in found.rowinfo_map.items() if stated.hidden}
    sheet.hidden_columns = [(column, column) for column, stated in found.colinfo_map.items() if stated.hidden]
    for row in range(found.nrows):
        for column, cell in enumerate(found.row(row)):
            if cell.ctype != xlrd.XL_CELL_EMPTY:
                place = Place(row, column)
                sheet.cells[place] = _printed(book, found, sheet, place, cell)
    return sheet


def _printed(book: Any, found: Any, sheet: Sheet, place: Place, cell: Any) -> str:
    style = None if cell.xf_index is None else _stated(book.xf_list, cell.xf_index)
    if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        text = _number(book, found, sheet, place, cell.value, style)
    elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
        text = "TRUE" if cell.value else "FALSE"
    elif cell.ctype == xlrd.XL_CELL_ERROR:
        text = _ERROR_TEXT.get(cell.value, "#ERROR")
    else:
        text = _unstruck(book, found, sheet, place, str(cell.value))
    struck = style is not None and _stated(book.font_list, style.font_index).struck_out
    if struck and not is_blank(text):
        sheet.problems.append(Problem("struck_text", f"left out, crossed out: {text}", sheet.where(place)))
        return ""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _number(book: Any, found: Any, sheet: Sheet, place: Place, value: float, style: Any) -> str:
    known = None if style is None else book.format_map.get(style.format_key)
    shown = show_number(repr(value), GENERAL if known is None else known.format_str, book.datemode == 1)
    hidden = shown.text == "0" and not found.show_zero_values
    if hidden or not shown.same:
        says = f"{value!r} is stored, {'nothing' if hidden else repr(shown.text)} is shown"
        sheet.problems.append(Problem("shown_otherwise", says, sheet.where(place), "note"))
    return "" if hidden else shown.text


def _unstruck(book: Any, found: Any, sheet: Sheet, place: Place, text: str) -> str:
    """A text without the runs of it that are crossed out; a raised run behind other text stands in brackets."""
    runs = found.rich_text_runlist_map.get(place)
    if not runs:
        return text
    starts = [(0, None), *runs]
    kept = ""
    for (start, font), (end, _) in zip(starts, [*runs, (len(text), None)], strict=True):
        piece, look = text[start:end], None if font is None else _stated(book.font_list, font)
        if look is not None and look.struck_out and not is_blank(piece):
            sheet.problems.append(Problem("struck_text", f"left out, crossed out: {piece}", sheet.where(place)))
        elif look is not None and look.escapement == 1 and not is_blank(piece) and not is_blank(kept):
            kept += f"[{piece}]"
        else:
            kept += piece
    return kept


def _stated(listed: Sequence[Any], index: int) -> Any:
    """The style or font of this number. Raises Unreadable where the file has fewer."""
    if not 0 <= index < len(listed):
        raise Unreadable(f"expected one of {len(listed)} styles or fonts, found number {index}")
    return listed[index]
