"""The invented county's figures: different in every cell, true to the identities of the forms."""

from __future__ import annotations

import pytest

from crawler.demo import county
from crawler.demo.figures import Figures, truth


def test_county_has_twenty_bodies_and_one_gap() -> None:
    reports = county.published_reports()
    assert len(county.BODIES) == 20
    assert len(reports) == 20 * 6 - 1
    assert county.MISSING not in reports
    assert set(truth()) == set(reports)
    assert set(truth(changed=True)) == set(reports) - {county.DROPPED}


def sums_of(figures: Figures, form: str) -> list[tuple[str, int, int]]:
    """(name, left, right) of every identity of the forms that can be evaluated, from the notices' own words."""
    rows = list(dict.fromkeys(key.split(".")[1] for key in figures if key.startswith("requests.")))
    columns = [key.split(".")[2] for key in figures if key.startswith("requests.received.")]
    cell = {key: int(value) for key, value in figures.items() if not key.startswith("proactive.")}
    handled = [row for row in rows if row not in ("received", "carried_in", "handled_total", "carried_out")]
    assert (len(columns), len(handled)) == (7, 19 if form == "2019" else 21)
    found = []
    for column in columns:
        at = {row: cell[f"requests.{row}.{column}"] for row in rows}
        found.append(("balance", at["received"] + at["carried_in"], at["handled_total"] + at["carried_out"]))
        found.append(("handled", at["handled_total"], sum(at[row] for row in handled)))
    for row in rows:
        *parts, total = (cell[f"requests.{row}.{column}"] for column in columns)
        found.append((row, total, sum(parts)))
    for block in ("review", "litigation_direct", "litigation_after_review"):
        if f"disputes.{block}.total" in cell:
            parts = [cell[f"disputes.{block}.{part}"] for part in ("upheld", "corrected", "other_result", "pending")]
            found.append((block, cell[f"disputes.{block}.total"], sum(parts)))
    return found


@pytest.mark.parametrize("changed", [False, True])
def test_identities_hold_in_all_reports_but_the_broken_one(changed: bool) -> None:
    for report, figures in truth(changed=changed).items():
        broken = [name for name, left, right in sums_of(figures, county.form_of(report, "requests")) if left != right]
        assert broken == (["review"] if report == county.BROKEN else []), report


def test_figures_differ_in_every_cell() -> None:
    for report, figures in truth().items():
        assert len({abs(value) for value in figures.values()}) == len(figures), report
        assert len(figures) == {
            county.MIXED: 10 + 161 + 15,
            county.BLANK: 22 + 161 + 5,
        }.get(report, (198 if report[1] < 2021 else 200) - (3 if "示例镇" in report[0] else 0))


def test_years_follow_each_other() -> None:
    figures = truth()
    for name, year in figures:
        if (name, year + 1) in figures:
            for column in ("natural_person", "other_org", "total"):
                left = figures[name, year][f"requests.carried_out.{column}"]
                assert left == figures[name, year + 1][f"requests.carried_in.{column}"]
