"""docs/reference/dictionary.md: every field of a report, in English with its printed Chinese name."""

from __future__ import annotations

from collections.abc import Iterator

from archive.exports.parts.columns import FACTS
from docs.writing.fields import FieldOfForms, fields_of, list_tables, terms_of, years_of
from docs.writing.markdown import code, codes, page, plain, table
from parsers.english import english_of, english_of_table
from parsers.forms import list_forms

_UNITS = {"count": "whole number", "10k_yuan": "decimal, 10,000 yuan (万元)"}
_KINDS = {
    "text": "text",
    "count": "whole number",
    "amount": "decimal",
    "year": "year",
    "date": "date",
    "time": "time, UTC",
}


def write() -> str:
    """The page."""
    return page(
        "# Data dictionary",
        "[中文](dictionary.zh.md)",
        "Every field that a report has here: the facts about it, then each cell of the tables that the national forms "
        "fix. Names in Chinese are those that the forms print; English is this project's. `GET /api/v1/keys` and "
        "the table `form_cells` give the same keys to programs.",
        "A key is `table.row.column`. A whole number is exact; an amount is an exact decimal in 万元 (10,000 yuan). "
        "Beside each value stand what is printed (`raw`) and a status: `number` (0 included), `blank`, `filler` "
        "(a slash, a dash, 无), `missing` (no such cell), `unread` (something stands there that could not be read for "
        "certain). Only `number` has a value.",
        "*Forms* are named by the first report year that uses them. A real report may mix tables of two forms: the "
        "views' `requests_form` and its neighbours say which it has.",
        table(("table", "form", "report years", "fixed by"), _forms()),
        "## Facts of a report",
        table(
            ("field", "名称", "type", "meaning"),
            [(code(one.name), one.zh, _KINDS[one.kind], plain(one.en)) for one in FACTS],
        ),
        *(part for name in list_tables() for part in _describe(name)),
        "## Sums that the forms demand",
        "Per column: the rows of each column add up. Per row: the columns of each row do. Each is reported as HOLDS, "
        "BROKEN, or UNKNOWN where an operand is not a number; nothing is repaired.",
        table(("identity", "form", "per", "as the form says it", "left", "right"), _identities()),
    )


def _forms() -> Iterator[tuple[str, ...]]:
    for form in list_forms():
        said = f"{plain(english_of_table(form.table))} ({code(form.table)})"
        yield said, code(form.form), years_of(form), plain(form.authority)


def _describe(name: str) -> Iterator[str]:
    fields = fields_of(name)
    yield f"## {english_of_table(name)}"
    rows = [
        (plain("; ".join(labels)), f"**{plain(term.name['en'])}.** {plain(term.means['en'])}")
        for term, labels in terms_of(fields)
    ]
    yield table(
        ("key", "in Chinese", "in English", "type", "forms", "in the sums"),
        [
            (code(one.key), plain(_chinese(one)), plain(english_of(one.key).replace(" (10,000 yuan)", "")),
             _UNITS[one.unit], codes(one.forms), codes(one.identities))
            for one in fields
        ],
    )  # fmt: skip
    yield "What the rows mean:" if rows else ""
    yield table(("row", "meaning"), rows)


def _chinese(one: FieldOfForms) -> str:
    group = f"{one.groups[0]} · " if one.groups else ""
    return f"{group}{' / '.join(one.rows)} · {' / '.join(one.columns)}"


def _identities() -> Iterator[tuple[str, ...]]:
    for form in list_forms():
        for one in form.identities:
            yield code(one.id), code(form.form), one.per, plain(one.label), codes(one.left), codes(one.right)
