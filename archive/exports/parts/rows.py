"""One report → its rows in the tabular exports: a row a cell, a row a report, its checks, its versions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from archive.corrections import Correction, corrections_in_force
from archive.exports import Selection
from archive.exports.parts.columns import form_keys, unit_of
from archive.exports.parts.selected import Selected, iterate_selected
from archive.packed.figures import to_number
from archive.readings import get_values
from archive.store import Archive
from parsers.english import english_of
from parsers.forms import label_of
from parsers.report import Number, Value

T = TypeVar("T")
Row = dict[str, Number | str | None]
"""A row by the names of its columns; None is an empty field."""

_FACTS = """
SELECT o.name, coalesce(r.region_code, o.region_code), p.report_year, w.url, coalesce(w.unread_code, 'read'),
    w.first_captured, w.last_captured, w.payload_digest, w.format, r.title, r.published, r.phone, r.document_number,
    r.proactive_form, r.requests_form, r.disputes_form, r.statistics_form, r.holds, r.broken, r.parser, w.reading
FROM report_versions w
JOIN reports p ON p.id = w.report
JOIN organisations o ON o.id = p.organisation
LEFT JOIN readings r ON r.id = w.reading
WHERE w.version = :version
"""
_NAMES = (
    "organisation", "region_code", "report_year", "url", "state", "first_captured", "last_captured", "payload_digest",
    "format", "title", "published", "phone", "document_number", "proactive_form", "requests_form", "disputes_form",
    "statistics_form", "checks_held", "checks_broken", "parser",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report as it stands: what is known of it, its cells as read (none where it is not), the corrections of them."""

    one: Selected
    facts: Row
    values: Sequence[Value]
    corrections: Mapping[str, Correction]


class Counted(Iterator[T]):
    """Things one after another; ``seen`` is how many came so far."""

    def __init__(self, things: Iterator[T]) -> None:
        self._things = things
        self.seen = 0

    def __next__(self) -> T:
        thing = next(self._things)
        self.seen += 1
        return thing


def iterate_rows(archive: Archive, selection: Selection) -> Iterator[ReportRow]:
    """The reports of a selection, one at a time, by id. Raises what ``iterate_selected`` raises."""
    for one in iterate_selected(archive, selection):
        yield _row_of(archive, one)


def _row_of(archive: Archive, one: Selected) -> ReportRow:
    *known, reading = archive.db.execute(_FACTS, {"version": one.version}).fetchone()
    facts: Row = {"report": f"r{one.report}", "version": f"v{one.version}", **dict(zip(_NAMES, known, strict=True))}
    if reading is None:
        return ReportRow(one, facts, (), {})
    return ReportRow(one, facts, get_values(archive, reading), corrections_in_force(archive, one.version))


def cells_of(row: ReportRow) -> Iterator[Row]:
    """A report → a row for each cell of its forms (``export_columns.CELLS``); none where it is not read."""
    facts = row.facts
    shared: Row = {
        name: facts[name] for name in ("report", "organisation", "region_code", "report_year", "version", "url")
    }
    for value in row.values:
        said = row.corrections.get(value.key)
        yield shared | {
            "key": value.key,
            "label": label_of(value.key),
            "value": value.value,
            "raw": value.raw,
            "status": value.status.value,
            "unit": unit_of(value.key),
            "captured": facts["first_captured"],
            "corrected": None if said is None else said.value,
            "corrected_status": None if said is None else said.status,
        }


def wide_of(row: ReportRow) -> Row:
    """A report → its one row (``export_columns.reports_columns``); a key that is no cell of its forms is empty."""
    figures: Row = {value.key: value.value for value in row.values}
    others = {value.key: value.status.value for value in row.values if value.value is None}
    keys = {value.key for value in row.values}
    corrected = {key: said_of(one) for key, one in sorted(row.corrections.items()) if key in keys}
    return row.facts | figures | {"others": as_json(others), "corrected": as_json(corrected)}


def digits_of(number: Number) -> str:
    """A figure as text, every digit of it and no exponent.

    >>> from decimal import Decimal
    >>> digits_of(123456789012345678901234567890), digits_of(Decimal("1E-7"))
    ('123456789012345678901234567890', '0.0000001')
    """
    return str(number) if isinstance(number, int) else format(number, "f")  # format(int, "f") goes through a float


def said_of(correction: Correction) -> str:
    """A correction as one text: its figure in digits, or its status."""
    return correction.status if correction.value is None else digits_of(correction.value)


def as_json(said: Mapping[str, str]) -> str | None:
    """A mapping as JSON text; None for an empty one."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")) if said else None


def checks_of(archive: Archive, one: Selected) -> Iterator[Row]:
    """A report → a row for each sum that its forms demand (``export_columns.CHECKS``)."""
    rows = archive.db.execute(
        """
        SELECT i.name, i.across, k.state, k."left", k."right"
        FROM readings r
        JOIN reading_checks k ON k.reading = r.id
        JOIN identities i ON i.id = k.identity
        WHERE r.version = :version AND r.current = 1 ORDER BY k.position
        """,
        {"version": one.version},
    )
    words = {"H": "HOLDS", "B": "BROKEN", "U": "UNKNOWN"}
    for name, across, state, left, right in rows:
        yield {
            "report": f"r{one.report}",
            "identity": name,
            "across": across,
            "state": words[state],
            "left": to_number(left),
            "right": to_number(right),
        }


def versions_of(archive: Archive, one: Selected) -> Iterator[Row]:
    """A report → a row for each version of each rendition (``export_columns.VERSIONS``), by when it was first seen."""
    rows = archive.db.execute(
        """
        SELECT version, format, ordinal, number, url, first_captured, last_captured, payload_digest,
            coalesce(unread_code, 'read')
        FROM report_versions WHERE report = :report ORDER BY first_captured, rendition, number
        """,
        {"report": one.report},
    )
    for version, format_, ordinal, number, url, first, last, digest, state in rows:
        yield {
            "version": f"v{version}",
            "report": f"r{one.report}",
            "rendition": f"{format_}-{ordinal}",
            "number": number,
            "url": url,
            "first_captured": first,
            "last_captured": last,
            "payload_digest": digest,
            "state": state,
        }


def key_rows() -> Iterator[Row]:
    """Every cell of every form (``export_columns.KEYS``)."""
    for key in form_keys():
        yield {"key": key, "label_zh": label_of(key), "label_en": english_of(key), "unit": unit_of(key)}
