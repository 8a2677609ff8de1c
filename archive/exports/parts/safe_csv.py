"""Rows → CSV that a spreadsheet shows and does not run.

RFC 4180: lines end in CRLF, a field with a comma, a quote or a line break stands in quotes. A spreadsheet takes a text
for a formula where it begins with one of ``= + - @``, a tab or a line break (OWASP, "CSV Injection"), in a full-width
shape as well. Such a text gets an apostrophe before it, and so does one that begins with an apostrophe: whoever takes
one apostrophe off the beginning of every text that has one gets the texts back. Figures are never touched.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import BinaryIO

from archive.exports.parts.columns import Column
from archive.exports.parts.rows import Row, digits_of
from parsers.report import Number

_RUNS = frozenset("=+-@\t\r\n＝＋－＠'")


def write_rows(columns: Sequence[Column], rows: Iterable[Row], out: BinaryIO, *, bom: bool = False) -> None:
    """Writes a header and the rows to an open binary file, as UTF-8; a None is an empty field."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig" if bom else "utf-8", newline="")
    try:
        writer = csv.writer(text, lineterminator="\r\n")
        names = [column.name for column in columns]
        writer.writerow(names)
        for row in rows:
            writer.writerow([_field_of(value) for value in map(row.get, names)])
    finally:
        text.detach()  # the file stays its opener's; what is still in the buffer is written


def _field_of(value: Number | str | None) -> int | str | None:
    if isinstance(value, str):
        return guard(value)
    return digits_of(value) if isinstance(value, Decimal) else value


def guard(text: str) -> str:
    """A text that a spreadsheet would run → the same behind an apostrophe; any other as it is.

    >>> guard("=1+1"), guard("'tis"), guard("示例县")
    ("'=1+1", "''tis", '示例县')
    """
    return f"'{text}" if text[:1] in _RUNS else text


def unguard(field: str) -> str:
    """The inverse of ``guard`` for a field that was a text.

    >>> unguard("'=1+1"), unguard("''tis"), unguard("示例县")
    ('=1+1', "'tis", '示例县')
    """
    return field.removeprefix("'")
