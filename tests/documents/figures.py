"""Invented figures: they differ in every cell, and every identity of the forms holds.

A figure that stands in a wrong cell therefore always shows, and a check that does not hold is the reader's.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal

from tests.documents.official_forms import BLOCKS, COLUMNS, OUTCOMES, keys_of, request_rows

Figure = int | Decimal
_PARTS = [key for key, _ in COLUMNS if key != "total"]
_COLUMNS = [key for key, _ in COLUMNS]


def draw_figures(seed: str, forms: dict[str, str]) -> dict[str, Figure]:
    """One figure for every key of the forms; the same seed gives the same figures."""
    chance = random.Random(seed)
    keys = keys_of(forms)
    while True:
        figures = {**_requests(chance, forms["requests"]), **_disputes(chance)}
        spare = _unused(chance, set(figures.values()))
        figures |= {key: _proactive(key, spare) for key in keys if key.startswith("proactive.")}
        if len({Decimal(figure) for figure in figures.values()}) == len(keys):
            return {key: figures[key] for key in keys}


def _unused(chance: random.Random, used: set[Figure]) -> Iterator[int]:
    pool = [number for number in range(100, 9000) if number not in used]
    return iter(chance.sample(pool, 60))


def _proactive(key: str, spare: Iterator[int]) -> Figure:
    number = next(spare)
    if key.endswith(".amount"):
        return Decimal(number) + Decimal(number % 89 + 1) / 100
    return number


def _requests(chance: random.Random, form: str) -> dict[str, Figure]:
    rows = request_rows(form)
    inner = [row for row in rows if row not in {"received", "carried_in", "handled_total", "carried_out"}]
    draw = iter(chance.sample(range(1, 900), 6 * (len(inner) + 2)))
    table = {row: {part: next(draw) for part in _PARTS} for row in inner}
    table["handled_total"] = {part: sum(table[row][part] for row in inner) for part in _PARTS}
    table["carried_out"] = {part: next(draw) for part in _PARTS}
    table["carried_in"] = {part: next(draw) for part in _PARTS}
    table["received"] = {
        part: table["handled_total"][part] + table["carried_out"][part] - table["carried_in"][part] for part in _PARTS
    }
    for row in rows:
        table[row]["total"] = sum(table[row].values())
    return {f"requests.{row}.{column}": table[row][column] for row in rows for column in _COLUMNS}


def _disputes(chance: random.Random) -> dict[str, Figure]:
    draw = iter(chance.sample(range(901, 1900), 12))
    figures: dict[str, Figure] = {}
    for block in BLOCKS:
        parts = {outcome: next(draw) for outcome, _ in OUTCOMES if outcome != "total"}
        parts["total"] = sum(parts.values())
        figures |= {f"disputes.{block}.{outcome}": number for outcome, number in parts.items()}
    return figures
