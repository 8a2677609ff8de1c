"""The official forms as data: one TOML file for each table of each form."""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

TABLES = ("proactive", "requests", "disputes")
"""The three tables of the annual report since 2019, in the order of its sections 二, 三, 四."""
STATISTICS = "statistics"
"""The one table of the reports for 2014 to 2018: 政府信息公开情况统计表."""


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """A row's or column's printed name. ``group`` is the label above or before it; ``unit`` is the form's own.

    In the statistics table ``group`` is the row's parent, with the parent's own ("section > subsection") where the
    parent is no row itself.

    Labels are compared by identity: each is made once, when its form is read.
    """

    key: str
    label: str
    group: str = ""
    aliases: tuple[str, ...] = ()
    unit: str = "count"  # "count" or "10k_yuan" (万元)


@dataclass(frozen=True, slots=True)
class Band:
    """Columns and rows that cross. Without rows, the one data row has no label and columns carry whole keys."""

    title: str
    columns: tuple[Label, ...]
    rows: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """A sum the form demands: the operands of ``left`` and of ``right`` have one total, per column or per row."""

    id: str
    per: str
    label: str
    left: tuple[str, ...]
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CellOfForm:
    """One cell that the form asks for."""

    key: str
    label: str
    unit: str


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One table of one form, as a national notice fixed it.

    Forms, like labels, are made once and compared by identity: what is derived from one is derived once, too.
    """

    table: str
    form: str
    authority: str
    bands: tuple[Band, ...]
    identities: tuple[Identity, ...]

    def cells(self) -> tuple[CellOfForm, ...]:
        """Every cell in the form's own order, with its key ``table.row.column`` and its labels in Chinese."""
        return _cells_of(self)

    def rows(self) -> tuple[str, ...]:
        """Keys of the rows in order; a table whose columns carry whole keys has one for each column group."""
        named = [row.key for band in self.bands for row in band.rows]
        spread = [column.key.partition(".")[0] for band in self.bands if not band.rows for column in band.columns]
        return tuple(dict.fromkeys(named + spread))

    def row_labels(self) -> tuple[Label, ...]:
        """The rows of all bands, in order."""
        return _row_labels_of(self)

    def column_labels(self) -> tuple[Label, ...]:
        """The columns of all bands, each key once: bands share some."""
        return _column_labels_of(self)


@cache
def _cells_of(form: Form) -> tuple[CellOfForm, ...]:
    named = Counter(row.label for row in form.row_labels())
    return tuple(
        CellOfForm(
            f"{form.table}.{row.key}.{column.key}", _name_of_cell(row, column, named[row.label] > 1), column.unit
        )
        if row is not None
        else CellOfForm(f"{form.table}.{column.key}", f"{column.group} · {column.label}", column.unit)
        for band in form.bands
        for row in (band.rows or (None,))
        for column in band.columns
    )


def _name_of_cell(row: Label, column: Label, shared: bool) -> str:
    """Row and column; the row's parent as well where rows share a label (被依法纠错数 of reviews and of lawsuits)."""
    return f"{row.group} · {row.label}" if shared else f"{row.label} · {column.label}"


@cache
def _row_labels_of(form: Form) -> tuple[Label, ...]:
    return tuple(row for band in form.bands for row in band.rows)


@cache
def _column_labels_of(form: Form) -> tuple[Label, ...]:
    return tuple({column.key: column for band in form.bands for column in band.columns}.values())


@cache
def list_forms() -> tuple[Form, ...]:
    """Every form in this folder, ordered by table and form. Raises ValueError where a file says too much or little."""
    folder = files(__package__)
    found = [
        _form_of(tomllib.loads(file.read_text(encoding="utf-8")))
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    ]
    return tuple(sorted(found, key=lambda form: ((*TABLES, STATISTICS).index(form.table), form.form)))


@cache
def find_form(table: str, form: str) -> Form:
    """The form's table by its names: ``find_form("requests", "2021")``. Raises KeyError."""
    for candidate in list_forms():
        if (candidate.table, candidate.form) == (table, form):
            return candidate
    raise KeyError(f"expected a form of parsers/forms, found {table} {form}")


def keys_of(forms: Mapping[str, str | None]) -> tuple[str, ...]:
    """Form of each table (None: it is not there) → the keys of all their cells, in order. Raises KeyError."""
    return _keys_of(tuple(forms.items()))


@cache
def _keys_of(forms: tuple[tuple[str, str | None], ...]) -> tuple[str, ...]:
    return tuple(
        sys.intern(cell.key) for table, form in forms if form is not None for cell in find_form(table, form).cells()
    )


@cache
def labels_by_key() -> Mapping[str, str]:
    """Key of every cell of every form → its labels in Chinese."""
    return {cell.key: cell.label for form in list_forms() for cell in form.cells()}


def label_of(key: str) -> str:
    """``requests.granted.total`` → ``（一）予以公开 · 总计``; an unknown key is its own label."""
    return labels_by_key().get(key, key)


def _form_of(said: dict[str, Any]) -> Form:
    bands = tuple(
        Band(band.get("title", ""), _labels_of(band["columns"]), _labels_of(band["rows"])) for band in said.pop("bands")
    )
    identities = tuple(
        Identity(one["id"], one["per"], one["label"], tuple(one["left"]), tuple(one["right"]))
        for one in said.pop("identities", [])
    )
    form = Form(said.pop("table"), said.pop("form"), said.pop("authority"), bands, identities)
    if said:
        raise ValueError(f"form {form.table} {form.form}: unknown keys {sorted(said)}")
    return form


def _labels_of(said: list[dict[str, Any]]) -> tuple[Label, ...]:
    return tuple(Label(**{**one, "aliases": tuple(one.get("aliases", ()))}) for one in said)
