"""Every cell that the forms ask for, with all that is known of it; each key once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from archive.web.terms import Term, term_of
from parsers.forms import STATISTICS, TABLES, CellOfForm, Form, Label, list_forms

LAST_YEAR = {STATISTICS: 2018}
"""Tables that no report asks for any more → the last report year that did."""


@dataclass(frozen=True, slots=True)
class FieldOfForms:
    """One key. ``row`` and ``column``: printed labels, the latest form's first; ``groups``: labels above the row.

    ``forms``: by which forms it is asked for; ``identities``: the sums that it is part of, by their ids.
    """

    key: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    groups: tuple[str, ...]
    unit: str
    forms: tuple[str, ...]
    identities: tuple[str, ...]


def years_of(form: Form) -> str:
    """Report years for which a form was to be used: ``2019–2020``, ``2021–``."""
    later = [int(one.form) for one in list_forms() if one.table == form.table and one.form > form.form]
    last = min(later) - 1 if later else LAST_YEAR.get(form.table)
    return f"{form.form}–{last or ''}"


@cache
def fields_of(table: str) -> tuple[FieldOfForms, ...]:
    """The keys of a table, in the order of its latest form, then those that only earlier ones have."""
    found: dict[str, FieldOfForms] = {}
    for form in sorted((one for one in list_forms() if one.table == table), key=lambda one: one.form, reverse=True):
        parts = _parts_of(form)
        for cell in form.cells():
            row, column = parts[cell.key]
            said = _field(form, cell, row, column)
            found[cell.key] = said if cell.key not in found else _joined(found[cell.key], said)
    return tuple(found.values())


def list_tables() -> tuple[str, ...]:
    """The tables of the forms, in the order of a report, the one that is no longer asked for last."""
    return (*TABLES, STATISTICS)


def terms_of(fields: Iterable[FieldOfForms]) -> list[tuple[Term, list[str]]]:
    """What the glossary says of the rows of these fields: each term with the rows that it explains."""
    found: dict[str, tuple[Term, list[str]]] = {}
    for label in dict.fromkeys(one.rows[0] for one in fields):
        if (term := term_of(label)) is not None:
            found.setdefault(term.id, (term, []))[1].append(label)
    return list(found.values())


def _parts_of(form: Form) -> dict[str, tuple[Label | None, Label]]:
    """Key → the row and the column it stands in; no row where the columns carry whole keys."""
    return {
        f"{form.table}.{row.key}.{column.key}" if row is not None else f"{form.table}.{column.key}": (row, column)
        for band in form.bands
        for row in (band.rows or (None,))
        for column in band.columns
    }


def _field(form: Form, cell: CellOfForm, row: Label | None, column: Label) -> FieldOfForms:
    _, row_key, column_key = cell.key.split(".")
    of_row, of_group = (row.label, row.group) if row is not None else (column.group, "")
    identities = tuple(
        one.id
        for one in form.identities
        if (column_key if one.per == "row" else row_key) in (*one.left, *one.right)
    )  # fmt: skip
    return FieldOfForms(
        cell.key, (of_row,), (column.label,), (of_group,) if of_group else (), cell.unit, (form.form,), identities
    )


def _joined(later: FieldOfForms, earlier: FieldOfForms) -> FieldOfForms:
    assert later.unit == earlier.unit, later.key

    def both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*one, *other)))

    return FieldOfForms(
        later.key, both(later.rows, earlier.rows), both(later.columns, earlier.columns),
        both(later.groups, earlier.groups), later.unit, (*earlier.forms, *later.forms),
        both(later.identities, earlier.identities),
    )  # fmt: skip
