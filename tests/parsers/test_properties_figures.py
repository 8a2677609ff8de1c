"""Figures: what is printed is read back, in every way of printing; two numbers are never read as one."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from parsers.report import Status
from parsers.tables.figures import read_figure

WIDE = str.maketrans("0123456789,.-+ ", "０１２３４５６７８９，．－＋　")
COUNTS = st.integers(min_value=0, max_value=10**12)
UNITS = ("", "件", "个", "项", "人次", "件次", "场次")
AROUND = ("", " ", "\n", "　", "\u200b", "\u00a0")
# Signs that stand between two figures and never within one.
BETWEEN = (
    "/",
    "、",
    "；",
    ";",
    "\n",
    "~",
    "～",
    "-",
    "—",
    ":",
    "：",
    "和",
    "+",
    "|",
    "  ",
    "\t",
    "件",
    "，其中",
    "(1)",
)


def prints_of(number: int) -> list[str]:
    """Every way in which a whole number is met in published reports."""
    ways = [str(number), f"{number:,}", f"{number:,}".replace(",", " "), f"{number:,}".replace(",", "，")]
    return [*ways, *(way.translate(WIDE) for way in ways), f"+{number}", f"＋{number}"]


@given(COUNTS, st.sampled_from(UNITS), st.sampled_from(AROUND), st.sampled_from(AROUND))
@settings(max_examples=150)
def test_counts_are_read_as_they_were_printed(number: int, unit: str, before: str, after: str) -> None:
    for way in prints_of(number):
        figure = read_figure(f"{before}{way}{unit}{after}")
        assert (figure.status, figure.value) == (Status.NUMBER, number), way
    for sign in ("-", "－", "−", "减少"):
        assert read_figure(f"{before}{sign}{number}{unit}{after}").value == -number


@given(st.decimals(min_value=0, max_value=10**9, places=4), st.sampled_from(AROUND))
@settings(max_examples=150)
def test_amounts_are_read_to_the_last_digit(amount: Decimal, around: str) -> None:
    assume(amount.is_finite())
    assert read_figure(f"{around}{amount}", "10k_yuan", "万元").value == amount
    assert read_figure(f"{amount}".translate(WIDE) + around, "10k_yuan", "万元").value == amount
    assert read_figure(f"{amount}万元{around}", "10k_yuan").value == amount
    assert read_figure(f"{amount}元", "10k_yuan").value == amount / 10000
    assert read_figure(f"{amount}亿元", "10k_yuan").value == amount * 10000


@given(COUNTS, COUNTS, st.sampled_from(BETWEEN))
@settings(max_examples=120)
def test_two_numbers_are_no_number(left: int, right: int, between: str) -> None:
    for way in (f"{left}{between}{right}", f"{left}{between}{right}".translate(WIDE)):
        figure = read_figure(way)
        assert (figure.status, figure.value) == (Status.UNREAD, None), way


@given(st.text(alphabet="0123456789０１,，.。 \n-+件元万①²(（）)/—增减", max_size=12))
@settings(max_examples=200)
def test_a_number_has_the_digits_that_are_printed_and_no_other(raw: str) -> None:
    figure = read_figure(raw)
    assert (figure.status is Status.NUMBER) == (figure.value is not None)
    if figure.value is None:
        return
    printed = raw.translate({full: half for half, full in zip(range(0x30, 0x3A), range(0xFF10, 0xFF1A), strict=True)})
    digits = "".join(one for one in printed.partition("(")[0].partition("（")[0] if one.isdigit())
    whole = digits.lstrip("0") or "0"
    assert whole.startswith(str(abs(int(figure.value)))), raw
    assert set(whole[len(str(abs(int(figure.value)))) :]) <= {"0"}, raw
