"""One cell or one report a row, as typed columns for pandas, Polars, DuckDB or Arrow."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from itertools import chain, islice
from typing import Any, BinaryIO

from archive.errors import ArchiveError
from archive.exports import OF_REPORTS, Selection
from archive.exports.parts.columns import CELLS, Column, form_keys, reports_columns, unit_of
from archive.exports.parts.rows import Counted, Row, as_json, cells_of, digits_of, iterate_rows, wide_of
from archive.store import Archive
from parsers.report import Number

NAME = "parquet"
CAPTION = "the rows of csv with typed columns, figures exact; needs the extra nianbao[parquet]"
SELECTS = OF_REPORTS | {"table"}

# decimal128 has 38 digits: 28 before the point, 10 after it. Figures of reports have at most six after it
# (yuan and fen in 万元).
_DIGITS, _AFTER = 38, 10
_LARGEST_COUNT = 2**63 - 1
_ROWS_OF_CELLS, _ROWS_OF_REPORTS = 50_000, 2_000
EXACT = (
    Column("exact", "text", "精确数值", "The figure in digits where value cannot hold it; else empty"),
    Column("corrected_exact", "text", "精确更正值", "The same for corrected"),
)
"""Only here: the other exports hold figures of any size."""


class NeedsExtra(ArchiveError):
    """A library is not installed that only one export needs."""

    code = "needs_extra"


def write_export(archive: Archive, selection: Selection, out: BinaryIO) -> int:
    """Writes the rows of each report of the selection in row groups, by id; returns how many reports.

    Raises NeedsExtra where pyarrow is not installed.
    """
    try:
        arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        raise NeedsExtra("expected pyarrow, found none: pip install 'nianbao[parquet]'") from error
    reports = Counted(iterate_rows(archive, selection))
    if selection.table == "reports":
        columns, rows, size = reports_columns(), (_fitting_report(wide_of(row)) for row in reports), _ROWS_OF_REPORTS
    else:
        columns, size = (*CELLS, *EXACT), _ROWS_OF_CELLS
        rows = (_fitting_cell(cell) for cell in chain.from_iterable(map(cells_of, reports)))
    schema = arrow.schema([_field(arrow, column) for column in columns])
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for group in _groups(rows, size):
            arrays = [
                arrow.array([_typed(column, row.get(column.name)) for row in group], type=_type(arrow, column))
                for column in columns
            ]
            writer.write_batch(arrow.record_batch(arrays, schema=schema))
    return reports.seen


def _groups(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Rows → lists of at most ``size``."""
    source = iter(rows)
    while group := list(islice(source, size)):
        yield group


def _field(arrow: Any, column: Column) -> Any:
    return arrow.field(
        column.name, _type(arrow, column), nullable=not column.wanted, metadata={"zh": column.zh, "en": column.en}
    )


def _type(arrow: Any, column: Column) -> Any:
    types = {
        "text": arrow.string(),
        "count": arrow.int64(),
        "amount": arrow.decimal128(_DIGITS, _AFTER),
        "year": arrow.int16(),
        "date": arrow.date32(),
        "time": arrow.timestamp("s", tz="UTC"),
    }
    return types[column.kind]


def _typed(column: Column, value: Number | str | None) -> object:
    """A field → what Arrow takes without any loss for the column's type."""
    if value is None or column.kind in ("text", "count", "year"):
        return value
    if column.kind == "date":
        return date.fromisoformat(str(value))
    if column.kind == "time":
        return datetime.fromisoformat(str(value)).astimezone(UTC)
    return Decimal(value)


def _fitting_cell(cell: Row) -> Row:
    """A cell whose figure no column can hold says it in digits; nothing is rounded."""
    for name, exact in (("value", "exact"), ("corrected", "corrected_exact")):
        value = cell[name]
        if isinstance(value, int | Decimal) and not _is_exact(value):
            cell = cell | {name: None, exact: digits_of(value)}
    return cell


def _fitting_report(row: Row) -> Row:
    """The same for a row of a report, whose ``others`` says it."""
    beyond = {}
    for key in form_keys():
        value = row.get(key)
        if isinstance(value, int | Decimal):
            fits = -_LARGEST_COUNT <= value <= _LARGEST_COUNT if unit_of(key) == "count" else _is_exact(value)
            if not fits:
                beyond[key] = digits_of(value)
    if not beyond:
        return row
    others = json.loads(str(row["others"] or "{}")) | beyond
    return row | dict.fromkeys(beyond) | {"others": as_json(others)}


def _is_exact(value: Number) -> bool:
    """Whether decimal128 holds it as it is."""
    _sign, digits, exponent = Decimal(value).as_tuple()
    return int(exponent) >= -_AFTER and len(digits) + int(exponent) <= _DIGITS - _AFTER
