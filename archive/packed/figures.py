"""The figures of a report ↔ how they are kept: rows of the wide tables.

One row per form table, a column per cell. A whole number is an INTEGER (one byte and its size), an amount with decimals
is its exact text; anything else is NULL, which is a blank unless ``marks`` has a letter for each cell. What was printed
is kept only where it differs from the figure's own digits: ``prints`` has a letter for such a cell, which names one of
the texts in ``palette`` (a report pads all its zeros alike).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache

from sqlite_utils import Database

from archive.errors import Conflict
from archive.packed.texts import clean
from archive.schema.form_columns import BY_TABLE_AND_FORM, SHEETS, Sheet
from parsers.report import Number, Value
from parsers.values import Values

_LARGEST = 2**63 - 1
_FIRST_PRINT = ord("a")
_JSON = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))

Stored = int | str | None


def sheets_of(forms: Mapping[str, str | None]) -> tuple[Sheet, ...]:
    """Form of each table → the wide tables that hold it, in the parse document's order. Raises Conflict."""
    return _sheets_of(tuple(forms.items()))


@cache
def _sheets_of(forms: tuple[tuple[str, str | None], ...]) -> tuple[Sheet, ...]:
    present = {(table, form) for table, form in forms if form is not None}
    unknown = present - BY_TABLE_AND_FORM.keys()
    if unknown:
        raise Conflict(f"expected forms that the archive has tables for, found {sorted(unknown)}")
    return tuple(sheet for sheet in SHEETS if (sheet.table, sheet.form) in present)


@cache
def _keys_of(sheets: tuple[Sheet, ...]) -> tuple[str, ...]:
    return tuple(key for sheet in sheets for key in sheet.keys)


def in_order(values: Sequence[Value], sheets: tuple[Sheet, ...]) -> Values:
    """A report's cells in the order of its sheets, which is nearly always their own. Raises Conflict."""
    columns, expected = Values.of(values), _keys_of(sheets)
    if columns.keys == expected:
        return columns
    if sorted(columns.keys) != sorted(expected):
        differing = sorted(set(expected) ^ set(columns.keys)) or "a key twice"
        raise Conflict(f"expected each cell of the forms once, found {len(columns)} for {len(expected)}: {differing}")
    by_key = {value.key: value for value in columns}
    return Values.of([by_key[key] for key in expected])


def put_figures(db: Database, reading: int, sheets: Iterable[Sheet], values: Values) -> None:
    """Keeps a reading's cells, which are in the order of the sheets (``in_order``), in one row for each sheet.

    Nearly all figures are whole and small and stand for themselves: to ask that of each took as long as SQLite takes to
    keep them. SQLite says itself which are larger than its integers, before anything is written.
    """
    figures: Sequence[Number | str | None] = values.numbers
    if Decimal in map(type, figures):
        figures = [str(one) if type(one) is Decimal else one for one in figures]
    start = 0
    for sheet in sheets:
        end = start + len(sheet.cells)
        here = {at - start: clean(raw) for at, raw in values.prints.items() if start <= at < end}
        rest = _marks_of(values.letters[start:end]), *_prints_of(here)
        try:
            db.execute(_insertion(sheet), (reading, *figures[start:end], *rest))
        except OverflowError:
            stored = all_stored(values.numbers[start:end])
            db.execute(_insertion(sheet), (reading, *stored, *rest))
        start = end


def get_figures(db: Database, reading: int, sheets: tuple[Sheet, ...], places: Sequence[str]) -> Values:
    """A reading's cells in the order of the sheets, with the places that are kept apart from them."""
    numbers: list[Number | None] = []
    letters: list[str] = []
    odd: dict[int, str] = {}
    for sheet in sheets:
        marks, prints, palette, *stored = db.execute(_selection(sheet), {"reading": reading}).fetchone()
        raws: list[str] = json.loads(palette or "[]")
        marked = [(at, mark) for at, mark in enumerate(prints or "", len(numbers)) if mark != " "]
        odd |= {at: raws[ord(mark) - _FIRST_PRINT] for at, mark in marked}
        letters.append(marks or "".join(["b" if kept is None else "n" for kept in stored]))
        numbers += map(to_number, stored)
    return Values(_keys_of(sheets), numbers, "".join(letters), odd, places)


def to_stored(number: Number | None) -> Stored:
    """A figure → what SQLite holds without loss: INTEGER up to 64 bits, else its exact text; never a float."""
    if isinstance(number, int):
        return number if -_LARGEST <= number <= _LARGEST else str(number)
    return None if number is None else str(number)


def all_stored(numbers: Iterable[Number | None]) -> list[Stored]:
    """``to_stored`` of each: nearly all are whole and small, and are themselves."""
    return [one if type(one) is int and -_LARGEST <= one <= _LARGEST else to_stored(one) for one in numbers]


def to_number(stored: Stored) -> Number | None:
    """The inverse of ``to_stored``: digits alone that pass 64 bits were a count, any other text an amount."""
    if stored is None or isinstance(stored, int):
        return stored
    if stored.lstrip("-").isdigit() and abs(int(stored)) > _LARGEST:
        return int(stored)
    return Decimal(stored)


def _marks_of(letters: str) -> str | None:
    return letters if letters.count("n") + letters.count("b") < len(letters) else None


def _prints_of(odd: Mapping[int, str]) -> tuple[str | None, str | None]:
    """What was printed in some cells of a sheet, by place → ``prints`` and ``palette``."""
    if not odd:
        return None, None
    palette = list(dict.fromkeys(odd.values()))
    letters = {raw: chr(_FIRST_PRINT + at) for at, raw in enumerate(palette)}
    prints = "".join([letters[odd[at]] if at in odd else " " for at in range(max(odd) + 1)])
    return prints, _JSON.encode(palette)


@cache
def _insertion(sheet: Sheet) -> str:
    columns = ("reading", *sheet.columns, "marks", "prints", "palette")
    return f"INSERT INTO {sheet.name} ({', '.join(columns)}) VALUES ({', '.join('?' for _ in columns)})"


@cache
def _selection(sheet: Sheet) -> str:
    return f"SELECT marks, prints, palette, {', '.join(sheet.columns)} FROM {sheet.name} WHERE reading = :reading"
