"""The county's figures: the same at every run, different in every cell, true to the forms' identities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from hashlib import sha256
from types import MappingProxyType

from crawler.demo import county
from crawler.demo.county import Body, Key
from crawler.demo.forms import APPLICANTS, DISPUTES, RESULTS, handled_rows, proactive_keys

Number = int | Decimal
Figures = Mapping[str, Number]

HIGHEST = 260
"""Figures that are no sums are drawn without repetition from 1 to this."""


class Draws:
    """Numbers from a seed: the same in every release of Python, which ``random`` does not promise."""

    def __init__(self, seed: str) -> None:
        self._numbers = self._draw(seed)

    @staticmethod
    def _draw(seed: str) -> Iterator[int]:
        turn = 0
        while True:
            digest = sha256(f"{seed}/{turn}".encode()).digest()
            yield from (int.from_bytes(digest[at : at + 4], "big") for at in range(0, 32, 4))
            turn += 1

    def below(self, limit: int) -> int:
        """A number from 0 to limit - 1."""
        return next(self._numbers) % limit

    def shuffled(self, values: list[int]) -> list[int]:
        """The same values in another order (Fisher and Yates)."""
        values = list(values)
        for last in range(len(values) - 1, 0, -1):
            other = self.below(last + 1)
            values[last], values[other] = values[other], values[last]
        return values


def _requests(form: str, carried_in: list[int], pool: Iterator[int]) -> dict[str, Number]:
    """Table 三: outcomes and carried_out are drawn, all others follow from the identities."""
    columns: dict[str, dict[str, int]] = {}
    for applicant, brought in zip(APPLICANTS, carried_in, strict=True):
        column = {"carried_in": brought, **{row: next(pool) for row in handled_rows(form)}, "carried_out": next(pool)}
        column["handled_total"] = sum(column[row] for row in handled_rows(form))
        column["received"] = column["handled_total"] + column["carried_out"] - brought
        columns[applicant] = column
    rows = ("received", "carried_in", *handled_rows(form), "handled_total", "carried_out")
    figures: dict[str, Number] = {}
    for row in rows:
        figures |= {f"requests.{row}.{applicant}": columns[applicant][row] for applicant in APPLICANTS}
        figures[f"requests.{row}.total"] = sum(columns[applicant][row] for applicant in APPLICANTS)
    return figures


def _disputes(pool: Iterator[int]) -> dict[str, Number]:
    figures: dict[str, Number] = {}
    for row in DISPUTES:
        parts = {result: next(pool) for result in RESULTS}
        figures |= {f"disputes.{row}.{result}": part for result, part in parts.items()}
        figures[f"disputes.{row}.total"] = sum(parts.values())
    return figures


def _proactive(form: str, before: Figures, draws: Draws, pool: Iterator[int]) -> dict[str, Number]:
    """Table 二: what is in force follows from the year before; changes have a sign; amounts have decimals."""
    figures: dict[str, Number] = {}
    for key in proactive_keys(form):
        _, row, column = key.split(".")
        if column == "amount":
            figures[key] = Decimal(draws.below(900_000) + 300_001) / 100
        elif column == "change":
            figures[key] = next(pool) * (1 if draws.below(2) else -1)
        elif column == "in_force":
            held = before.get(key, 600 + next(pool))
            figures[key] = held + figures[f"proactive.{row}.issued"] - figures[f"proactive.{row}.repealed"]
        else:
            figures[key] = next(pool)
    return figures


def _draw_year(body: Body, year: int, before: Figures) -> Figures | None:
    """One attempt for each nonce until all figures differ and none but a change is below 1."""
    report = (body.name, year)
    for nonce in range(400):
        draws = Draws(f"{body.slug}/{year}/{nonce}")
        pool_values = draws.shuffled(list(range(1, HIGHEST)))
        carried = [before.get(f"requests.carried_out.{applicant}") for applicant in APPLICANTS]
        pool = iter([value for value in pool_values if value not in carried])
        carried_in = [int(value) if value is not None else next(pool) for value in carried]
        figures = {
            **_proactive(county.form_of(report, "proactive"), before, draws, pool),
            **_requests(county.form_of(report, "requests"), carried_in, pool),
            **_disputes(pool),
        }
        counts = [value for key, value in figures.items() if not key.endswith(".change")]
        if min(counts) > 0 and len({abs(value) for value in figures.values()}) == len(figures):
            return figures
    return None


@cache
def _every_year(body: Body) -> Mapping[int, Figures]:
    years: dict[int, Figures] = {}
    before: Figures = {}
    for year in county.YEARS:
        figures = _draw_year(body, year, before)
        if figures is None:
            raise ArithmeticError(f"no figures of {body.name} for {year} differ in every cell")
        years[year] = before = MappingProxyType(figures)
    return years


def true_figures(report: Key) -> dict[str, Number]:
    """What the body counted, before any slip of its pen."""
    name, year = report
    return dict(_every_year(county.BY_NAME[name])[year])


def printed_figures(report: Key, *, changed: bool = False) -> Figures:
    """What the report prints as numbers; ``changed`` after the portal's changes. Cells left empty have no key."""
    figures = true_figures(report)
    if report == county.BROKEN:
        figures["disputes.review.total"] -= 10
    if report == county.BLANK:
        figures = {key: value for key, value in figures.items() if not key.startswith("disputes.litigation")}
    if "filler_regulations" in county.BY_NAME[report[0]].habits:
        figures = {key: value for key, value in figures.items() if not key.startswith("proactive.regulations.")}
    if changed and report == county.EDITED:
        figures = _edit(figures)
    if changed and report == county.REPLACED:
        figures = _replace(figures)
    return MappingProxyType(figures)


def _edit(figures: dict[str, Number]) -> dict[str, Number]:
    """Reviews that were lost become reviews that were won, and a few refusals of natural persons disappear.

    Every identity still holds: only a comparison of the two versions shows it.
    """
    edited = dict(figures)
    edited["disputes.review.upheld"] += edited["disputes.review.corrected"]
    edited["disputes.review.corrected"] = 0
    gone = edited["requests.refused_deliberative.natural_person"]
    for row in ("refused_deliberative", "handled_total", "received"):
        for column in ("natural_person", "total"):
            edited[f"requests.{row}.{column}"] -= gone
    return edited


def _replace(figures: dict[str, Number]) -> dict[str, Number]:
    """Another amount of fees, another count of penalties."""
    replaced = dict(figures)
    replaced["proactive.fees.amount"] += Decimal("1000.5")
    replaced["proactive.penalties.decisions"] += 1000
    return replaced


def truth(*, changed: bool = False) -> Mapping[Key, Figures]:
    """(organisation, report year) → key → the number printed; ``changed`` after the portal's changes.

    Cells that print no number (blank, "/") have no key. The dropped report is absent after the changes.
    """
    reports = (report for report in county.published_reports() if not (changed and report == county.DROPPED))
    return MappingProxyType({report: printed_figures(report, changed=changed) for report in reports})


def changed_cells(report: Key) -> dict[str, tuple[Number, Number]]:
    """Key → (before, after) of the cells that the portal's changes alter in a report."""
    before, after = printed_figures(report), printed_figures(report, changed=True)
    return {key: (before[key], after[key]) for key in before if before[key] != after[key]}
