"""The figures of a report as its tables show them: what was read, what is said instead, last year's, broken sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from archive.web.check_words import Said, exact, plain, say_check
from archive.web.form_layout import Layout, layout_of
from archive.web.words import say
from parsers.forms import STATISTICS, TABLES, find_form
from parsers.report import Status, Value

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure: ``raw`` and ``status`` as in a parse document, ``where`` it stands in the original.

    ``last``: what the year before has there, None where it has no such cell; ``correction`` as describe_corrections
    gives it, ``said`` the figure or word that it puts there; ``notes`` are the numbers of the broken checks whose sum
    it is; ``is_broken``: it is part of one.
    """

    key: str
    raw: str
    status: str
    where: str
    last: str | None = None
    correction: Facts | None = None
    notes: tuple[int, ...] = ()
    is_broken: bool = False
    is_chosen: bool = False

    said: str = ""


@dataclass(frozen=True, slots=True)
class TableShown:
    """One table of the report. ``layout`` is None where the document has no such table.

    ``broken`` are numbered from 1 in their order, which ``Shown.notes`` name; ``unknown`` say why; ``holds`` is how
    many are right.
    """

    table: str
    layout: Layout | None
    broken: tuple[Said, ...] = ()
    unknown: tuple[Said, ...] = ()
    holds: int = 0
    anchors: Mapping[str, int] = field(default_factory=dict)


def tables_of(language: str, facts: Facts) -> tuple[TableShown, ...]:
    """A parse document → its tables in the order of the form, those that it lacks among them."""
    forms = facts["forms"]
    wanted = [table for table in (*TABLES, STATISTICS) if _is_due(forms, table)]
    said = [say_check(language, forms, facts["cells"], check) for check in facts["checks"]]
    found, number = [], 0
    for table in wanted:
        form = forms.get(table)
        own = [one for one in said if one.keys[0].startswith(f"{table}.")]
        broken = tuple(one for one in own if one.state == "BROKEN")
        anchors = {one.anchor: number + at for at, one in enumerate(broken, start=1)}
        number += len(broken)
        found.append(
            TableShown(
                table,
                None if form is None else layout_of(find_form(table, form)),
                broken,
                tuple(one for one in own if one.state == "UNKNOWN"),
                sum(one.state == "HOLDS" for one in own),
                anchors,
            )
        )
    return tuple(found)


def figures_of(
    language: str, facts: Facts, tables: Sequence[TableShown], last: Iterable[Value] = (), chosen: Iterable[str] = ()
) -> dict[str, Shown]:
    """A parse document with its ``corrections``, its tables, and the year before → each figure by its key."""
    before = {value.key: in_words(language, value.status.value, value.raw) for value in last}
    corrections = {one["key"]: one for one in facts.get("corrections", ())}
    notes: dict[str, list[int]] = {}
    parts: set[str] = set()
    for table in tables:
        for check in table.broken:
            notes.setdefault(check.key, []).append(table.anchors[check.anchor])
            parts.update(check.keys)
    picked = frozenset(chosen)
    return {
        key: Shown(
            key, cell["raw"], cell["status"], cell["where"], before.get(key), corrections.get(key),
            tuple(notes.get(key, ())), key in parts, key in picked, _said(language, corrections.get(key)),
        )
        for key, cell in facts["cells"].items()
    }  # fmt: skip


def in_words(language: str, status: str, raw: str) -> str:
    """A figure as a word of a sentence: what was printed, or which of the other four it is."""
    return raw if status in (Status.NUMBER, Status.FILLER) else say(language, f"report.word_{status}")


def _said(language: str, correction: Facts | None) -> str:
    if correction is None:
        return ""
    said = correction["said"]
    if said["status"] == Status.NUMBER:
        return plain(exact(said["value"]))
    return say(language, f"report.word_{said['status']}")


def _is_due(forms: Mapping[str, str | None], table: str) -> bool:
    """The statistics of 2014 to 2018 where they are there; the three tables unless they alone are."""
    if table == STATISTICS:
        return forms.get(STATISTICS) is not None
    return forms.get(STATISTICS) is None or any(forms.get(one) for one in TABLES)
