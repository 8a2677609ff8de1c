"""One figure explained: where it stands, which labels name it, how it was read and what the sums say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from parsers.checks import across_of, key_of
from parsers.convert import documents_in
from parsers.document import Document, Problem
from parsers.errors import NotAReport
from parsers.forms import STATISTICS, CellOfForm, Form, Label, find_form, label_of
from parsers.reading import read_document
from parsers.report import Hints, Number, Report, Value
from parsers.segments import reports_in
from parsers.tables.figures import read_figure
from parsers.tables.headers import Header
from parsers.tables.labels import core_of, cores_of, match_label
from parsers.tables.lines import lines_under
from parsers.tables.reading import PlacedLine, headers_of, read_lines
from parsers.tables.rows import Row, rows_of
from parsers.tables.statistics import doubt_of, tell_lines, words_of
from parsers.tables.statistics_rows import lines_of, rows_of_statistics, without_statistics


@dataclass(frozen=True, slots=True)
class Witness:
    """A printed label that names a row or a column, and the form's label it stands for.

    ``how``: "exact", "alias", "below its groups" (all levels of labels in one cell) or "misspelt"; ``likeness`` is
    the share of letters in common (1 for all but a misspelling).
    """

    printed: str
    where: str
    label: str
    how: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell by its key and labels, as it was read. ``value`` is None unless ``status`` is "number"."""

    key: str
    label: str
    value: Number | None
    raw: str
    status: str
    where: str


@dataclass(frozen=True, slots=True)
class Sum:
    """An identity that the cell is part of, with the figures on both sides."""

    id: str
    label: str
    across: str
    state: str
    left: Number | None
    right: Number | None
    left_cells: tuple[Figure, ...]
    right_cells: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is known of one cell of one report.

    ``unit`` is the form's, ``printed_unit`` the column's, ``conversion`` the code of what was made of it. ``placing``
    is "grid" (the columns of header and row are one grid), "order" or "" where no row was found; ``doubt`` says what
    made the place unsure. ``row`` and ``column`` are None where no label was found.
    """

    title: str
    cell: Figure
    table: str
    form: str
    authority: str
    table_where: str
    row: Witness | None
    column: Witness | None
    placing: str
    doubt: str
    unit: str
    printed_unit: str
    conversion: str
    beside: tuple[Figure, ...]
    sums: tuple[Sum, ...]
    problems: tuple[Problem, ...]


def explain(payload: bytes, hints: Hints, key: str) -> tuple[Explanation | None, ...]:
    """Bytes → for each report in them the explanation of one key, None where its forms have no such key.

    Raises what ``parsers.reading.read`` raises.
    """
    return explain_documents(documents_in(payload), hints, key)


def explain_documents(documents: Sequence[Document], hints: Hints, key: str) -> tuple[Explanation | None, ...]:
    """As ``explain``, of the documents of one file. Raises NotAReport."""
    parts = [replace(document, blocks=blocks) for document in documents for blocks in reports_in(document.blocks)]
    read = [(part, report) for part in parts if (report := read_document(part, hints)) is not None]
    if not read:
        raise NotAReport("expected an annual report, found none to explain a figure of")
    return tuple(_explained(part, report, key) for part, report in read)


def _explained(document: Document, report: Report, key: str) -> Explanation | None:
    values = {value.key: value for value in report.values}
    table = key.partition(".")[0]
    stands_for = report.forms.get(table)
    if key not in values or stands_for is None:
        return None
    form = find_form(table, stands_for)
    (cell,) = [cell for cell in form.cells() if cell.key == key]
    value, rows = values[key], rows_of(document.blocks)
    if table == STATISTICS:
        return _of_statistics(document, report, form, cell, rows_of_statistics(rows))
    rows = without_statistics(rows) if STATISTICS in report.forms else rows
    line, header = _line_of(rows, form, key, value)
    column_key = key.partition(".")[2] if not form.bands[0].rows else key.rpartition(".")[2]
    column = next((found for found in header.columns if found.label.key == column_key), None) if header else None
    stated = header.units.get(column_key, "") if header is not None else ""
    place = rows[header.start].table if header is not None else None
    return Explanation(
        title=report.title,
        cell=_figure(value),
        table=table,
        form=form.form,
        authority=form.authority,
        table_where=document.blocks[place].where if place is not None else "",
        row=_row_witness(rows, line),
        column=_column_witness(rows, header, form, column.label) if header is not None and column is not None else None,
        placing="" if line is None else "grid" if line.line.by_grid else "order",
        doubt="" if line is None else line.placing.why,
        unit=cell.unit,
        printed_unit=stated,
        conversion=read_figure(value.raw, cell.unit, stated).problem if value.raw else "",
        beside=tuple(_figure(other) for other in report.values if _same_row(other.key, key) and other.key != key),
        sums=_sums_with(key, form, report, values),
        problems=_problems_at(report.problems, cell, value),
    )


def _of_statistics(
    document: Document, report: Report, form: Form, cell: CellOfForm, rows: Sequence[Row]
) -> Explanation:
    """A figure of the statistics table: beside it stand its parent's other figures, for a row has but one."""
    values = {value.key: value for value in report.values}
    value = values[cell.key]
    (row,) = [row for row in form.row_labels() if row.key == cell.key.split(".")[1]]
    told = [one for one in tell_lines(lines_of(rows), form) if one.row is row or row in one.rivals]
    at_place = [one for one in told if any(piece.cell.where == value.where for piece in one.line.values)]
    one = next(iter(at_place or told), None)
    line = one.line if one is not None else None
    column = line.column if line is not None else None
    family = {other.key for other in form.row_labels() if other.group == row.group or other.label == row.group}
    return Explanation(
        title=report.title,
        cell=_figure(value),
        table=form.table,
        form=form.form,
        authority=form.authority,
        table_where=document.blocks[rows[0].table].where,
        row=_witness(line.label, line.where, row, one.exact, words_of(line.label)) if one and line else None,
        column=Witness(column.text, column.cell.where, "统计数", "exact", 1.0) if column is not None else None,
        placing="" if line is None else "grid" if line.by_grid else "order",
        doubt=(one.why or doubt_of(line)) if one and line else "",
        unit=cell.unit,
        printed_unit=line.unit if line is not None else "",
        conversion=read_figure(value.raw, cell.unit, line.unit).problem if line and value.raw else "",
        beside=tuple(
            _figure(other)
            for other in report.values
            if other.key.split(".")[1] in family and other.key.startswith(f"{STATISTICS}.") and other is not value
        ),
        sums=_sums_with(cell.key, form, report, values),
        problems=_problems_at(report.problems, cell, value),
    )


def _line_of(rows: Sequence[Row], form: Form, key: str, value: Value) -> tuple[PlacedLine | None, Header | None]:
    """The line and header that the key was read from; of several lines for one row the one that holds its figure."""
    headers = headers_of(rows)
    others = [h for other, found in headers.items() if other is form or other.table != form.table for h in found]
    row_key = key.split(".")[1] if form.bands[0].rows else None
    under = [line for header in headers[form] for line in lines_under(rows, header, form, others)]
    lines = [
        one for one in read_lines(under, form) if (one.line.row.key if one.line.row is not None else None) == row_key
    ]
    at_place = [one for one in lines if any(piece.cell.where == value.where for piece in one.line.cells)]
    if not lines:
        return None, next(iter(headers[form]), None)
    chosen = (at_place or lines)[0]
    return chosen, chosen.line.header


def _row_witness(rows: Sequence[Row], line: PlacedLine | None) -> Witness | None:
    if line is None or line.line.row is None:
        return None
    said = line.line
    pieces = [piece for row in rows for piece in row.pieces if piece.cell.where == said.where]
    printed = next((piece.text for piece in pieces if core_of(piece.text) == said.label), said.label)
    return _witness(printed, said.where, line.line.row, said.exact) if line.line.row is not None else None


def _column_witness(rows: Sequence[Row], header: Header, form: Form, label: Label) -> Witness | None:
    """The header cell that names the column; of several with one spelling the one in the column's own place."""
    columns = form.column_labels()
    cores = set(cores_of(label))
    same = [found for found in header.columns if cores & set(cores_of(found.label))]
    pieces = [
        piece
        for row in rows[header.start : header.stop]
        for piece in row.pieces
        if piece.own and any(match.label is label for match in match_label(piece.text, columns))
    ]
    column = next(found for found in header.columns if found.label is label)
    if header.spans_known:
        over = [piece for piece in pieces if piece.first <= column.last and piece.last >= column.first]
    else:
        at = [found.label.key for found in same].index(label.key)
        over = pieces[at : at + 1] if len(pieces) == len(same) else pieces[:1]
    if not over:
        return None
    return _witness(over[-1].text, over[-1].cell.where, label, column.exact)


def _witness(printed: str, where: str, label: Label, exact: bool, core: str = "") -> Witness:
    core = core or core_of(printed)
    own, *aliases = cores_of(label)
    how = "exact" if core == own else "alias" if core in aliases else "below its groups" if exact else "misspelt"
    likeness = max(SequenceMatcher(None, core, spelling, autojunk=False).ratio() for spelling in (own, *aliases))
    name = f"{label.group} · {label.label}" if label.group else label.label
    return Witness(printed, where, name, how, round(likeness, 3) if how == "misspelt" else 1.0)


def _figure(value: Value) -> Figure:
    return Figure(value.key, label_of(value.key), value.value, value.raw, value.status.value, value.where)


def _same_row(one: str, other: str) -> bool:
    return one.rpartition(".")[0] == other.rpartition(".")[0]


def _sums_with(key: str, form: Form, report: Report, values: Mapping[str, Value]) -> tuple[Sum, ...]:
    checks = {(check.id, check.across): check for check in report.checks}
    found = []
    for identity in form.identities:
        for across in across_of(form, identity):
            sides = [
                [key_of(form.table, identity, across, n) for n in side] for side in (identity.left, identity.right)
            ]
            check = checks.get((identity.id, across))
            if check is None or not any(key in side for side in sides):
                continue
            left, right = (tuple(_figure(values[one]) for one in side if one in values) for side in sides)
            found.append(
                Sum(identity.id, identity.label, across, check.state.value, check.left, check.right, left, right)
            )
    return tuple(found)


def _problems_at(problems: Iterable[Problem], cell: CellOfForm, value: Value) -> tuple[Problem, ...]:
    """What was doubtful at the cell's own place, or says the cell's labels."""
    own_place = value.where and not value.where.startswith("line=")
    return tuple(
        problem
        for problem in problems
        if (own_place and problem.where == value.where) or problem.says.startswith(cell.label)
    )


def explanation_to_dict(explanation: Explanation) -> dict[str, Any]:
    """Explanation → the document of docs/schema/why.json."""
    return {name: _plain(fact) for name, fact in asdict(explanation).items()}


def explanation_from_dict(said: Mapping[str, Any]) -> Explanation:
    """The document → Explanation. Raises KeyError, TypeError or ValueError for anything that is not one."""
    return Explanation(
        **{
            **said,
            "cell": _figure_from(said["cell"]),
            "row": None if said["row"] is None else Witness(**said["row"]),
            "column": None if said["column"] is None else Witness(**said["column"]),
            "beside": tuple(map(_figure_from, said["beside"])),
            "sums": tuple(
                Sum(
                    **{
                        **one,
                        "left": _exact(one["left"]),
                        "right": _exact(one["right"]),
                        "left_cells": tuple(map(_figure_from, one["left_cells"])),
                        "right_cells": tuple(map(_figure_from, one["right_cells"])),
                    }
                )
                for one in said["sums"]
            ),
            "problems": tuple(Problem(**one) for one in said["problems"]),
        }
    )


def _figure_from(said: Mapping[str, Any]) -> Figure:
    return Figure(**{**said, "value": _exact(said["value"])})


def _exact(value: object) -> Number | None:
    if value is None or isinstance(value, int):
        return value
    return Decimal(repr(value))


def _plain(said: object) -> object:
    if isinstance(said, dict):
        return {key: _plain(value) for key, value in said.items()}
    if isinstance(said, tuple | list):
        return [_plain(value) for value in said]
    return float(said) if isinstance(said, Decimal) else said
