"""Figures as reports have them: mostly noughts, a few large ones, and every identity of the forms holds."""

from __future__ import annotations

import random
from collections.abc import Iterable
from decimal import Decimal

from tests.documents.official_forms import BANDS, BLOCKS, COLUMNS, OUTCOMES, keys_of, request_rows

Number = int | Decimal
Figures = dict[str, Number]

PEOPLE = tuple(key for key, _ in COLUMNS if key != "total")
_SHARE = dict(zip(PEOPLE, (0.82, 0.11, 0.005, 0.01, 0.035, 0.02), strict=True))
# How requests end, in thousandths; what is not named shares the rest.
_WEIGHTS = {
    "granted": 420, "partly_granted": 85, "refused_third_party": 18, "refused_internal_affairs": 14,
    "refused_deliberative": 12, "refused_enforcement_file": 10, "refused_administrative_query": 42,
    "unavailable_not_held": 190, "unavailable_needs_creation": 38, "unavailable_still_unclear": 22,
    "declined_petition": 52, "declined_repeat": 24, "declined_publication": 6, "other_not_corrected": 18,
    "other_other": 20, "other_handling": 40,
}  # fmt: skip
_RESULTS = {"upheld": 55, "corrected": 18, "other_result": 17, "pending": 10}


def forms_of(year: int) -> dict[str, str | None]:
    """The forms of a report year from 2019 on: 国办公开办函〔2019〕60号, and 国办公开办函〔2021〕30号 from 2021."""
    form = "2019" if year < 2021 else "2021"
    return {"proactive": form, "requests": form, "disputes": "2019"}


def draw_years(seed: str, years: Iterable[int], size: int, *, makes_rules: bool) -> dict[int, Figures]:
    """A body's figures, year by year: what is carried out is carried in, what is in force follows.

    ``size``: about how many requests a year. ``makes_rules``: whether it may make 规章.
    """
    chance = random.Random(seed)
    trend, before, told = chance.uniform(0.85, 1.3), Figures(), dict[int, Figures]()
    for step, year in enumerate(years):
        amount = round(size * trend ** (step % 5) * chance.uniform(0.75, 1.3))
        figures = _requests(chance, forms_of(year)["requests"] or "", amount, before)
        figures |= _disputes(chance, amount)
        figures |= _proactive(chance, forms_of(year)["proactive"] or "", size, before, makes_rules)
        told[year] = before = figures
    return told


def add_up(own: Figures, others: Iterable[Figures]) -> Figures:
    """A government's figures: its own, and those of its departments."""
    summed = dict(own)
    for figures in others:
        for key, number in figures.items():
            if key in summed:
                summed[key] += number
    return summed


def empty(year: int) -> Figures:
    """Every cell of the year's forms, nought."""
    return dict.fromkeys(keys_of(forms_of(year)), 0)


def _spread(chance: random.Random, count: int, weights: dict[str, float]) -> dict[str, int]:
    counts = dict.fromkeys(weights, 0)
    if count <= 400:
        for one in chance.choices(list(weights), list(weights.values()), k=count):
            counts[one] += 1
        return counts
    whole = sum(weights.values())
    counts = {one: int(count * weight / whole) for one, weight in weights.items()}
    first = max(weights, key=lambda one: weights[one])
    counts[first] += count - sum(counts.values())
    return counts


def _requests(chance: random.Random, form: str, amount: int, before: Figures) -> Figures:
    rows = request_rows(form)
    inner = [row for row in rows if row not in ("received", "carried_in", "handled_total", "carried_out")]
    weights = {row: float(_WEIGHTS.get(row, 1)) for row in inner}
    figures: Figures = {}
    for who, received in _spread(chance, amount, _SHARE).items():
        brought = int(before.get(f"requests.carried_out.{who}", 0))
        left = min(received, _spread(chance, received, {"yes": 0.06, "no": 0.94})["yes"])
        counts = _spread(chance, received + brought - left, weights)
        counts |= {"received": received, "carried_in": brought, "carried_out": left}
        counts["handled_total"] = received + brought - left
        figures |= {f"requests.{row}.{who}": counts[row] for row in rows}
    for row in rows:
        figures[f"requests.{row}.total"] = sum(figures[f"requests.{row}.{who}"] for who in PEOPLE)
    return figures


def _disputes(chance: random.Random, amount: int) -> Figures:
    figures: Figures = {}
    for block, share in zip(BLOCKS, (0.05, 0.02, 0.01), strict=True):
        count = round(amount * share * chance.uniform(0, 2))
        parts = _spread(chance, count, {key: float(weight) for key, weight in _RESULTS.items()})
        figures |= {f"disputes.{block}.{outcome}": parts[outcome] for outcome, _ in OUTCOMES if outcome != "total"}
        figures[f"disputes.{block}.total"] = count
    return figures


def _proactive(chance: random.Random, form: str, size: int, before: Figures, makes_rules: bool) -> Figures:
    figures: Figures = {}
    for _, _, rows, columns in BANDS[form]:
        for row, _ in rows:
            for column in columns:
                figures[f"proactive.{row}.{column}"] = _one(chance, column, size)
            if row == "regulations" and not makes_rules:
                figures |= {f"proactive.{row}.{column}": 0 for column in columns}
            elif "in_force" in columns:
                issued, repealed = (figures[f"proactive.{row}.{column}"] for column in ("issued", "repealed"))
                held = before.get(f"proactive.{row}.in_force", issued + repealed + chance.randrange(30))
                repealed = min(repealed, held)
                figures[f"proactive.{row}.repealed"] = repealed
                figures[f"proactive.{row}.in_force"] = held + issued - repealed
    return figures


def _one(chance: random.Random, column: str, size: int) -> Number:
    if column == "amount":
        return Decimal(chance.randrange(size * 900)) / 100
    if column == "decisions":
        return chance.randrange(size * 40 + 1) if chance.random() < 0.8 else 0
    if column == "change":
        return chance.choice((0, 0, 0, 1, 2, -1, -3))
    if column == "previous_items":
        return chance.randrange(20, 160)
    return chance.randrange(max(2, size // 6))
