"""A check of the form → a sentence with its own figures: which sum, both sides, by how much they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from archive.web.terms import name_of
from archive.web.words import say
from parsers.checks import key_of
from parsers.english import english_of
from parsers.forms import STATISTICS, Form, Identity, find_form

Facts = Mapping[str, Any]
_MOST_NAMED = 6
"""Operands that are named in a sentence about what cannot be added up."""


@dataclass(frozen=True, slots=True)
class Said:
    """A check in words. ``anchor`` names it on the page; ``keys`` are the cells it is made of, ``key`` the sum among
    them; ``place`` is the column or row, ``says`` the sentence about it, ``rule`` what the form demands.
    """

    anchor: str
    state: str
    key: str
    keys: tuple[str, ...]
    place: str
    says: str
    rule: str


def say_check(language: str, forms: Mapping[str, str | None], cells: Mapping[str, Facts], check: Facts) -> Said:
    """One of a parse document's ``checks``, its ``forms`` and ``cells`` → what it says. Raises KeyError."""
    table = check["id"].partition(".")[0]
    form = find_form(table, str(forms[table]))
    identity = next(one for one in form.identities if one.id == check["id"])
    across = check["across"]
    left, right = (
        tuple(key_of(table, identity, across, name) for name in side) for side in (identity.left, identity.right)
    )
    names = {key: name_in_check(form, identity, key, language) for key in (*left, *right)}
    if check["state"] == "UNKNOWN":
        says = _unknown(language, names, cells)
    else:
        sides = [_side(language, keys, names, cells, check[side]) for keys, side in ((left, "left"), (right, "right"))]
        difference = abs(exact(check["left"]) - exact(check["right"]))
        key = "report.check_broken" if check["state"] == "BROKEN" else "report.check_holds"
        says = say(language, key, left=sides[0], right=sides[1], difference=plain(difference))
    place = _place(form, identity, across, language)
    return Said(anchor_of(check), check["state"], left[0], (*left, *right), place, says, identity.label)


def say_across(language: str, check: Facts) -> str:
    """One of ``checks_across_years`` → a sentence."""
    name = _label(find_form(check["id"].partition(".")[0], "2021"), check["across"], language)
    words = {"later": check["report_year"], "earlier": check["earlier_year"], "name": name}
    kind = check["id"].replace(".", "_")  # requests_carried_over, proactive_in_force
    if check["state"] == "UNKNOWN":
        sides = {side: say(language, "report.no_figure") if check[side] is None else check[side]
                 for side in ("left", "right")}  # fmt: skip
        return say(language, f"report.{kind}_unknown", **words, **sides)
    difference = plain(abs(exact(check["left"]) - exact(check["right"])))
    key = f"report.{kind}_broken" if check["state"] == "BROKEN" else f"report.{kind}_holds"
    return say(language, key, **words, left=check["left"], right=check["right"], difference=difference)


def anchor_of(check: Facts) -> str:
    """Where a check stands on the page."""
    return f"k-{check['id']}-{check['across']}"


def name_in_check(form: Form, identity: Identity, key: str, language: str) -> str:
    """A cell's name among the operands of a check: its row's where the check runs down a column, else its column's."""
    _, row, column = key.split(".")
    return _label(form, row if identity.per == "column" else column, language)


def exact(number: float | None) -> Decimal:
    """A JSON number → the decimal with the same digits. Raises ValueError for None."""
    if number is None:
        raise ValueError("expected a number, found null")
    return Decimal(repr(number))


def plain(number: Decimal) -> str:
    """A decimal as a person writes it."""
    return f"{number.normalize():f}"


def _place(form: Form, identity: Identity, across: str, language: str) -> str:
    if form.table == STATISTICS:
        return ""
    key = "report.check_column" if identity.per == "column" else "report.check_row"
    return say(language, key, name=_label(form, across, language))


def _side(
    language: str, keys: tuple[str, ...], names: Mapping[str, str], cells: Mapping[str, Facts], total: float
) -> str:
    """本年新收 5 + 上年结转 0 = 5; where there are many, only those that are not 0."""
    shown = [key for key in keys if cells[key]["value"] != 0] if len(keys) > _MOST_NAMED else list(keys)
    terms = " + ".join(f"{names[key]} {plain(exact(cells[key]['value']))}" for key in shown)
    if not shown:
        return say(language, "report.check_all_zero", count=len(keys))
    if len(shown) < len(keys):
        return say(language, "report.check_rest_zero", terms=terms, total=plain(exact(total)))
    return terms if len(keys) == 1 else f"{terms} = {plain(exact(total))}"


def _unknown(language: str, names: Mapping[str, str], cells: Mapping[str, Facts]) -> str:
    """Which cells are no figures, those that are alike together: 上年结转、结转下年度填的是“/”."""
    alike: dict[tuple[str, str], list[str]] = {}
    for key, name in names.items():
        status = cells[key]["status"]
        if status != "number":
            alike.setdefault((status, cells[key]["raw"] if status in ("filler", "unread") else ""), []).append(name)
    why = [
        say(language, f"report.check_{status}", name=_listed(language, found), raw=raw)
        for (status, raw), found in alike.items()
    ]
    return say(language, "report.check_unknown", why=say(language, "report.list_semicolon").join(why))


def _listed(language: str, names: list[str]) -> str:
    more = say(language, "report.check_more", count=len(names)) if len(names) > _MOST_NAMED else ""
    return say(language, "report.list_comma").join(names[:_MOST_NAMED]) + more


def _label(form: Form, name: str, language: str) -> str:
    return _labels(form, language).get(name, name)


@cache
def _labels(form: Form, language: str) -> Mapping[str, str]:
    """Keys of a form's rows and columns → their short names."""
    if form.table == STATISTICS and language == "en":
        return {cell.key.split(".")[1]: english_of(cell.key) for cell in form.cells()}
    found = {label.key: name_of(label.label, language) for label in (*form.row_labels(), *form.column_labels())}
    for band in form.bands:
        for column in band.columns if not band.rows else ():  # review.upheld: the group is the row
            row, _, name = column.key.partition(".")
            found |= {row: name_of(column.group, language), name: name_of(column.label, language)}
    return found
