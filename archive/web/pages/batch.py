"""The batch search: a list of bodies or terms → one table."""

from __future__ import annotations

from typing import Any

from archive.comparing.figures import Figure
from archive.web.answers import Field, Head, Page, Redirect, Table
from archive.web.asked import Asked
from archive.web.batch_lines import (
    HEADLINES,
    LONGEST_LINE,
    MOST_LINES,
    MOST_LINES_OF_ALL_YEARS,
    Batch,
    read_batch,
)
from archive.web.batch_rows import Answer, Row, answer_bodies, answer_terms
from archive.web.links import cell_anchor, with_query
from archive.web.pages_found import Path
from parsers.english import english_of
from parsers.forms import label_of

_NOT_ANSWERED = "not_answered"


def batch(asked: Asked) -> Page | Redirect:
    """``/batch`` by GET, or POST for long lists and files: see ``read_batch``.

    A short list that was sent is answered at its own address, so that it can be kept and passed on. JSON: ``rows``,
    and ``left``: the lines that are not answered yet. CSV: one line a row, those left named at the end; of each figure
    a column with its value and one with its status. Raises BadQuery.
    """
    wanted = read_batch(asked)
    if asked.sent and asked.form == "html" and wanted.lines and wanted.is_short:
        return Redirect(wanted.path(), 303)
    if not wanted.lines:
        answer = Answer()
    elif wanted.find == "terms":
        answer = answer_terms(asked, wanted)
    else:
        answer = answer_bodies(asked, wanted)
    left = [*answer.left, *wanted.over]
    facts = {
        "find": wanted.find,
        "year": wanted.year,
        "keys": [{"key": key, "label_zh": label_of(key), "label_en": english_of(key)} for key in wanted.keys],
        "rows": [_facts_of(wanted, row) for row in answer.rows],
        "left": left,
        "repeated": wanted.repeated,
    }
    extra = {
        "batch": wanted,
        "rows": answer.rows,
        "offered": tuple(HEADLINES.items()),
        "label": lambda key: _label(asked, key),
        "link": lambda row, figure: _link(wanted, row, figure),
        "counted": _counted(answer),
        "left": left,
        "limits": {"lines": MOST_LINES, "all_years": MOST_LINES_OF_ALL_YEARS, "longest": LONGEST_LINE},
        "is_sent": bool(asked.sent),
    }
    columns, rows = _table(wanted, answer, left, asked.site.base)
    return Page(
        "batch.html", asked.say("batch.title"), facts, extra,
        table=Table(columns, rows), head=Head(canonical="/batch", is_listed=not wanted.lines),
    )  # fmt: skip


def _label(asked: Asked, key: str) -> str:
    """The short words for the figures that the form offers, the form's own labels for others."""
    name = next((name for name, own in HEADLINES.items() if own == key), None)
    if name is not None:
        return asked.say(f"batch.key_{name}")
    return english_of(key) if asked.lang == "en" else label_of(key)


def _link(wanted: Batch, row: Row, figure: Figure) -> str:
    """The report's page with the cell boxed; of a sum the first of its cells."""
    if not figure.keys:
        return row.path
    path = row.path.partition("?")[0]
    lang = "en" if wanted.lang == "en" else ""
    return with_query(path, {"cell": figure.keys, "lang": lang}) + f"#{cell_anchor(figure.keys[0])}"


def _counted(answer: Answer) -> list[tuple[str, int]]:
    """State → how many lines, or reports of them, are in it."""
    counts: dict[str, int] = {}
    for row in answer.rows:
        counts[row.state] = counts.get(row.state, 0) + 1
    return sorted(counts.items(), key=lambda pair: -pair[1])


def _facts_of(wanted: Batch, row: Row) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "line": row.line,
        "state": row.state,
        "organisation": row.organisation or None,
        "region_code": row.region_code or None,
        "report_year": row.year,
        "report": None if row.report is None else f"r{row.report}",
        "published": row.published or None,
        "path": row.path or None,
        "why": row.why,
    }
    if wanted.find == "terms":
        return {**facts, "reports": row.hits, "is_exact": row.is_exact}
    return {
        **facts,
        "is_part_of_name": row.is_part,
        "is_broken": row.is_broken,
        "bodies": [{"organisation": body.name, "region_code": body.region_code or None} for body, _ in row.bodies],
        "is_all": row.is_all,
        "figures": {key: _facts_of_figure(one) for key, one in zip(wanted.keys, row.figures, strict=False)},
    }


def _facts_of_figure(figure: Figure) -> dict[str, Any]:
    """``read``: what was read, where value and status are a person's correction of it; ``cells`` it is the sum of."""
    read = figure.read
    return {
        "status": figure.status,
        "value": figure.value,
        "raw": figure.raw,
        "cells": list(figure.keys),
        "checks_broken": list(figure.broken),
        "read": None if read is None else {"status": read.status, "value": read.value, "raw": read.raw},
    }


def _table(
    wanted: Batch, answer: Answer, left: list[str], base: str
) -> tuple[tuple[str, ...], list[tuple[Field, ...]]]:
    """What ``.csv`` gives."""
    names: tuple[str, ...]
    if wanted.find == "terms":
        names = ("term", "state", "reports", "at_least", "newest_organisation", "newest_year", "page", "why")
        rows: list[tuple[Field, ...]] = [
            (
                row.line, row.state, row.hits, int(not row.is_exact), row.organisation, row.year,
                base + row.path if row.path else "", row.why,
            )
            for row in answer.rows
        ]  # fmt: skip
    else:
        names = (
            "line", "state", "organisation", "region_code", "place", "report_year", "report", "published", "page",
            "part_of_name", "broken", "why", "candidates",
        )  # fmt: skip
        rows = [_fields_of(row, base) for row in answer.rows]
    figures = () if wanted.find == "terms" else wanted.keys
    columns = (*names, *(name for key in figures for name in (key, f"{key}.status", f"{key}.read")))
    rows += [(line, _NOT_ANSWERED) for line in left]
    return columns, [(*row, *(None for _ in range(len(columns) - len(row)))) for row in rows]


def _fields_of(row: Row, base: str) -> tuple[Field, ...]:
    listed = "; ".join(f"{body.name} {body.region_code}".strip() for body, _ in row.bodies)
    return (
        row.line, row.state, row.organisation, row.region_code, row.place, row.year,
        "" if row.report is None else f"r{row.report}", row.published, base + row.path if row.path else "",
        int(row.is_part), int(row.is_broken), row.why, listed if row.is_all else f"{listed}; …",
        *(field for one in row.figures for field in (one.value, one.status, _read(one))),
    )  # fmt: skip


def _read(figure: Figure) -> Field:
    """What was read where a person corrected it; else nothing."""
    read = figure.read
    if read is None:
        return None
    return read.status if read.value is None else read.value


PATHS = (Path("/batch", batch, ("json", "csv"), takes_posts=True),)
