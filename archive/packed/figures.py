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
from itertools import compress
from operator import attrgetter, ne

from sqlite_utils import Database

from archive.errors import Conflict
from archive.packed.texts import clean
from archive.schema.form_columns import BY_TABLE_AND_FORM, SHEETS, Sheet
from parsers.report import Number, Status, Value

_LETTERS = {Status.NUMBER: "n", Status.BLANK: "b", Status.FILLER: "f", Status.MISSING: "m", Status.UNREAD: "u"}
_STATUSES = {letter: status for status, letter in _LETTERS.items()}
_LARGEST = 2**63 - 1
_FIRST_PRINT = ord("a")
_JSON = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))
_KEY, _NUMBER, _RAW = map(attrgetter, ("key", "value", "raw"))

Stored = int | str | None


def sheets_of(forms: Mapping[str, str | None]) -> list[Sheet]:
    """Form of each table → the wide tables that hold it, in the parse document's order. Raises Conflict."""
    present = {(table, form) for table, form in forms.items() if form is not None}
    unknown = present - BY_TABLE_AND_FORM.keys()
    if unknown:
        raise Conflict(f"expected forms that the archive has tables for, found {sorted(unknown)}")
    return [sheet for sheet in SHEETS if (sheet.table, sheet.form) in present]


def in_order(values: Sequence[Value], sheets: Iterable[Sheet]) -> Sequence[Value]:
    """A report's cells in the order of its sheets, which is nearly always their own. Raises Conflict."""
    expected = [key for sheet in sheets for key in sheet.keys]
    found = list(map(_KEY, values))
    if found == expected:
        return values
    if len(expected) != len(found) or set(expected) != set(found):
        differing = sorted(set(expected) ^ set(found)) or "a key twice"
        raise Conflict(f"expected each cell of the forms once, found {len(found)} for {len(expected)}: {differing}")
    by_key = dict(zip(found, values, strict=True))
    return [by_key[key] for key in expected]


def put_figures(db: Database, reading: int, sheets: Iterable[Sheet], values: Sequence[Value]) -> None:
    """Keeps a reading's cells, which are in the order of the sheets (``in_order``), in one row for each sheet.

    What can be asked of all cells at once is: of 200 three or four are printed otherwise than by their own digits.
    """
    stored, raws = all_stored(map(_NUMBER, values)), list(map(_RAW, values))
    blank = None in stored
    printed = ["" if number is None else str(number) for number in stored] if blank else list(map(str, stored))
    odd = {at: clean(raws[at]) for at in compress(range(len(raws)), map(ne, raws, printed))}
    start = 0
    for sheet in sheets:
        end = start + len(sheet.columns)
        marks = _marks_of(values[start:end]) if blank else None
        here = {at - start: raw for at, raw in odd.items() if start <= at < end} if odd else odd
        db.execute(_insertion(sheet), (reading, *stored[start:end], marks, *_prints_of(here)))
        start = end


def get_figures(db: Database, reading: int, sheets: Iterable[Sheet], places: Sequence[str]) -> tuple[Value, ...]:
    """A reading's cells in the order of the sheets, with the places that are kept apart from them."""
    values: list[Value] = []
    for sheet in sheets:
        marks, prints, palette, *stored = db.execute(_selection(sheet), {"reading": reading}).fetchone()
        letters = marks or "".join("b" if kept is None else "n" for kept in stored)
        printed = (prints or "").ljust(len(stored))
        raws: list[str] = json.loads(palette or "[]")
        for key, kept, letter, mark in zip(sheet.keys, stored, letters, printed, strict=True):
            number = to_number(kept)
            plain = "" if number is None else str(number)
            raw = plain if mark == " " else raws[ord(mark) - _FIRST_PRINT]
            values.append(Value(key, number, raw, _STATUSES[letter], places[len(values)]))
    return tuple(values)


def to_stored(number: Number | None) -> Stored:
    """A figure → what SQLite holds without loss: INTEGER up to 64 bits, else its exact text; never a float."""
    if isinstance(number, int):
        return number if -_LARGEST <= number <= _LARGEST else str(number)
    return None if number is None else str(number)


def all_stored(numbers: Iterable[Number | None]) -> list[Stored]:
    """``to_stored`` of each. Nearly all are whole and small, and are themselves: a call for each took a sixth of all
    that is done to keep a reading."""
    return [one if type(one) is int and -_LARGEST <= one <= _LARGEST else to_stored(one) for one in numbers]


def to_number(stored: Stored) -> Number | None:
    """The inverse of ``to_stored``: digits alone that pass 64 bits were a count, any other text an amount."""
    if stored is None or isinstance(stored, int):
        return stored
    if stored.lstrip("-").isdigit() and abs(int(stored)) > _LARGEST:
        return int(stored)
    return Decimal(stored)


def _marks_of(values: Iterable[Value]) -> str | None:
    marks = "".join([_LETTERS[value.status] for value in values])
    return marks if set(marks) - {"n", "b"} else None


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
