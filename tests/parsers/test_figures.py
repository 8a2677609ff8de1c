"""Figures as real reports print them (each met in a published document) and what they mean."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parsers.report import Status
from parsers.tables.figures import read_figure


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("0 ", 0),
        (" 0", 0),
        ("\n\n0", 0),
        ("0\u200b", 0),
        ("+2", 2),
        ("-71", -71),
        ("－71", -71),
        ("增加5", 5),
        ("减1", -1),
        ("1,234", 1234),
        ("1，234", 1234),
        ("１２３", 123),
        ("12 345", 12345),
        ("2 8 0", 280),
        ("3件", 3),
        ("22（其中修订 16 件）", 22),
        ("55（含自然失效 29 件）", 55),
    ],
)
def test_counts(raw: str, value: int) -> None:
    figure = read_figure(raw)
    assert (figure.status, figure.value, figure.problem) == (Status.NUMBER, value, "")


@pytest.mark.parametrize(
    ("raw", "stated", "value", "problem"),
    [
        ("797.58万元", "", Decimal("797.58"), ""),
        ("96171.6", "万元", Decimal("96171.6"), ""),
        ("18.8710", "万元", Decimal("18.871"), ""),
        ("251000元", "万元", Decimal("25.1"), "unit_converted"),
        ("3405820", "元", Decimal("340.582"), "unit_converted"),
        ("1.2亿元", "", 12000, "unit_converted"),
        ("12.5", "", Decimal("12.5"), "unit_assumed"),
        ("0", "", 0, ""),
    ],
)
def test_money_is_in_10k_yuan(raw: str, stated: str, value: Decimal, problem: str) -> None:
    figure = read_figure(raw, "10k_yuan", stated)
    assert (figure.status, figure.value, figure.problem) == (Status.NUMBER, value, problem)


@pytest.mark.parametrize("raw", ["", "  ", "\u3000", "\u00a0", "\n", "\u200b"])
def test_white_space_is_blank(raw: str) -> None:
    assert read_figure(raw).status is Status.BLANK


@pytest.mark.parametrize("raw", ["/", "／", "—", "——", "-", "－", "无"])
def test_a_dash_is_filler_and_no_zero(raw: str) -> None:
    figure = read_figure(raw)
    assert (figure.status, figure.value) == (Status.FILLER, None)


@pytest.mark.parametrize(
    "raw",
    [
        "12 5",
        "03 5",
        "447\n228",
        "1 2345",
        "见附件",
        "约20",
        "1.5",
        "12万元",
        "2022年",
        "0 0",
        "3-5",
        "二",
        "12①",
        "12²",
    ],
)
def test_what_may_mean_two_things_is_unread(raw: str) -> None:
    figure = read_figure(raw)
    assert (figure.status, figure.value) == (Status.UNREAD, None)
