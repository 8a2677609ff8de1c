"""What the cells of the forms are called in English, for columns that are read outside China."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from parsers.forms import list_forms

_UNITS = {"count": "", "10k_yuan": " (10,000 yuan)"}


def english_of(key: str) -> str:
    """Key of a cell of a form → what it counts, in English. Raises KeyError for any other key.

    >>> english_of("requests.granted.natural_person"), english_of("proactive.fees.amount")
    ('Granted: natural persons', 'Administrative fees: amount (10,000 yuan)')
    """
    table, row, column = key.split(".")
    words = _words()
    unit = _UNITS[_units()[key]]
    named = words["rows"][table][row]
    return f"{named}{unit}" if table == "statistics" else f"{named}: {words['columns'][table][column]}{unit}"


def english_of_table(table: str) -> str:
    """``requests`` → what the table is about, in English. Raises KeyError."""
    said: str = _words()["tables"][table]
    return said


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("english.toml").read_text("utf-8"))


@cache
def _units() -> Mapping[str, str]:
    return {cell.key: cell.unit for form in list_forms() for cell in form.cells()}
