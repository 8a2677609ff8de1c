"""A January of 15,000 portals: spread over as many nights as they take, each group looked at once in so many days."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta

import pytest

from crawler.season.nights import SECONDS_OF_A_REQUEST, Load, length_of, plan_nights

LENGTH = length_of((20, 1))  # in ten hours all but the longest group would be done in two nights
FIRST = date(2026, 1, 2)
LONG = "p0"
"""The group that is longer than a night: a province's platform."""


def country() -> list[Load]:
    """15,000 portals in 400 groups: two thirds on shared platforms of very different sizes, one with 1,200 portals."""
    rough = random.Random(20260102)
    sizes = [1_200, *(rough.randint(5, 120) for _ in range(199))]
    groups = [f"p{number}" for number, size in enumerate(sizes) for _ in range(size)]
    groups += [f"h{rough.randrange(200)}" for _ in range(15_000 - len(groups))]
    return [
        Load(f"c{number}", group, rough.randint(8, 150), 2.5 if group == "p7" else 1.0, missing=rough.randint(0, 60))
        for number, group in enumerate(groups)
    ]


@pytest.fixture(scope="module")
def loads() -> list[Load]:
    return country()


def test_everything_that_is_due_has_one_night_and_each_night_its_hours(loads: list[Load]) -> None:
    nights = plan_nights(loads, LENGTH)
    assert Counter(code for night in nights for code in night.portals) == Counter(load.code for load in loads)
    assert sum(night.requests for night in nights) == sum(load.requests for load in loads)
    assert all(night.seconds <= LENGTH for night in nights)
    by_code = {load.code: load for load in loads}
    for night in nights:
        seconds: dict[str, float] = defaultdict(float)
        for code in night.portals:
            seconds[by_code[code].group] += by_code[code].requests * by_code[code].interval
        assert max(seconds.values()) <= night.seconds <= LENGTH
        assert night.requests * SECONDS_OF_A_REQUEST <= night.seconds
    least = sum(load.requests for load in loads) * SECONDS_OF_A_REQUEST / LENGTH
    assert least <= len(nights) <= least + 2, "hardly more nights than the requests alone take"


def test_only_a_group_that_is_longer_than_a_night_has_several(loads: list[Load]) -> None:
    by_code = {load.code: load for load in loads}
    nights_of: dict[str, set[int]] = defaultdict(set)
    for number, night in enumerate(plan_nights(loads, LENGTH)):
        for code in night.portals:
            nights_of[by_code[code].group].add(number)
    asked: dict[str, float] = defaultdict(float)
    for load in loads:
        asked[load.group] += load.requests * load.interval
    assert {group for group, numbers in nights_of.items() if len(numbers) > 1} == {
        group for group, seconds in asked.items() if seconds > LENGTH
    }
    assert len(nights_of[LONG]) == -(-asked[LONG] // LENGTH) > 1


def test_a_plan_is_the_same_whatever_the_order_of_the_registry(loads: list[Load]) -> None:
    turned = sorted(loads, key=lambda load: load.code[::-1])
    assert plan_nights(turned, LENGTH) == plan_nights(loads, LENGTH)


def test_those_with_most_bodies_missing_come_first(loads: list[Load]) -> None:
    missing: dict[str, int] = defaultdict(int)
    for load in loads:
        missing[load.group] += load.missing
    by_code = {load.code: load for load in loads}
    nights = plan_nights(loads, LENGTH)
    means = []
    for night in nights:
        groups = {by_code[code].group for code in night.portals} - {LONG}
        means += [sum(missing[group] for group in groups) / len(groups)] if groups else []
    assert len(means) > 3
    assert means == sorted(means, reverse=True)
    waited = [replace(load, looked=FIRST) if load.group != "h3" else load for load in loads]
    assert by_code[plan_nights(waited, LENGTH)[0].portals[0]].group == "h3", "unless somebody has waited longer"


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.full)], ids=["a third", "all"])
def test_a_january_looks_at_each_group_once_in_as_many_days_as_the_plan_has_nights(
    loads: list[Load], every: int
) -> None:
    """31 evenings one after the other, each planned from what the evenings before it did; reports come in meanwhile."""
    loads = loads[::every]
    rough = random.Random(7)
    looked: dict[str, date] = {}
    missing = {load.code: load.missing for load in loads}
    longest = 0
    gaps: dict[str, int] = defaultdict(int)
    for offset in range(31):
        today = FIRST + timedelta(days=offset)
        nights = plan_nights(
            (replace(load, looked=looked.get(load.code), missing=missing[load.code]) for load in loads), LENGTH
        )
        longest = max(longest, len(nights))
        for code in nights[0].portals:
            gaps[code] = max(gaps[code], (today - looked.get(code, FIRST - timedelta(days=1))).days)
            looked[code] = today
            missing[code] = max(0, missing[code] - rough.randint(0, 6))
    assert set(looked) == {load.code for load in loads}
    assert max(gaps.values()) <= longest
    assert all((FIRST + timedelta(days=31) - day).days <= longest for day in looked.values())


def test_what_fits_is_one_night_and_what_is_under_way_goes_first() -> None:
    small = [Load(f"c{number}", f"g{number}", 60, 2.0) for number in range(179)]
    assert len(plan_nights(small, LENGTH)) == 1
    assert plan_nights([], LENGTH) == ()
    half = LENGTH / 2 / 2.0
    begun = [Load("a", "g", int(half) + 1, 2.0, missing=9), Load("b", "g", int(half) + 1, 2.0, under_way=True)]
    assert [night.portals for night in plan_nights(begun, LENGTH)] == [("b",), ("a",)]


def test_a_portal_that_takes_more_than_a_night_has_one_for_itself() -> None:
    loads = [Load("a", "g", int(LENGTH), 2.0, missing=1), Load("b", "g", 10, 2.0), Load("c", "other", 10, 2.0)]
    assert [night.portals for night in plan_nights(loads, LENGTH)] == [("a", "c"), ("b",)]
    assert plan_nights(loads, LENGTH)[0].seconds == 2 * LENGTH
