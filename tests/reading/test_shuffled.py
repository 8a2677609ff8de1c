"""Generated tables in any order and in many states of damage: a figure follows its label or is unread, never wrong."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from parsers.report import Report, Status
from tests.documents.official_forms import COLUMNS, Box, Rows
from tests.reading.answers import (
    false_numbers,
    hand_checked,
    read_one,
    states_of,
    values_of,
    wrong_statuses,
    wrong_values,
)
from tests.reading.generated import MEDIA, Drawn, draw, in_medium, row_with, without_row

FORMS = (("2021", "2021"), ("2019", "2019"), ("2021", "2019"))
SEEDS = range(8)
INNER = ("refused_state_secret", "refused_deliberative", "unavailable_needs_creation", "declined_repeat")
ROWS = (*INNER, "handled_total")
every_medium = pytest.mark.parametrize("medium", MEDIA)
every_form = pytest.mark.parametrize("forms", FORMS, ids=["2021", "2019", "mixed"])


def seven(row: str) -> list[str]:
    return [f"requests.{row}.{column}" for column, _ in COLUMNS]


def read_drawn(drawn: Drawn, medium: str) -> Report:
    return read_one(in_medium(drawn, medium))


@every_medium
@every_form
def test_in_order_every_figure_is_read(forms: tuple[str, str], medium: str) -> None:
    for seed in (100, 101):
        drawn = draw(seed, forms)
        report = read_drawn(drawn, medium)
        assert wrong_values(report, drawn.figures) == []
        assert report.leftover == ()


@every_medium
@every_form
@pytest.mark.parametrize(
    ("rows", "columns", "renumber"),
    [(True, False, False), (True, False, True), (False, True, False), (True, True, True)],
    ids=["rows", "rows renumbered", "columns", "both"],
)
def test_shuffled(forms: tuple[str, str], medium: str, rows: bool, columns: bool, renumber: bool) -> None:
    for seed in SEEDS:
        drawn = draw(seed, forms, rows=rows, columns=columns, renumber=renumber)
        report = read_drawn(drawn, medium)
        assert false_numbers(report, drawn.figures) == [], f"seed {seed}"
        assert {value.status for value in report.values} <= {Status.NUMBER, Status.UNREAD}, f"seed {seed}"
        if rows and not columns:
            assert wrong_values(report, drawn.figures) == [], f"seed {seed}: every row has its label beside it"


@every_medium
@pytest.mark.parametrize("row", ROWS)
def test_a_row_without_its_label(row: str, medium: str) -> None:
    def change(table: Rows) -> Rows:
        at = row_with(table, row)
        last = max(place for place, box in enumerate(table[at]) if not box.key)
        table[at][last] = replace(table[at][last], text="")
        return table

    drawn = draw(1, FORMS[0]).bent(1, change)
    assert false_numbers(read_drawn(drawn, medium), drawn.figures) == []


@every_medium
@pytest.mark.parametrize("row", INNER)
def test_a_label_printed_on_two_rows(row: str, medium: str) -> None:
    """The row below prints the same label: two rows claim it, so neither figure is certain to be its own."""

    def change(table: Rows) -> Rows:
        at = row_with(table, row)
        label = next(box for box in reversed(table[at]) if not box.key)
        place = max(n for n, box in enumerate(table[at + 1]) if not box.key)
        table[at + 1][place] = replace(table[at + 1][place], text=label.text)
        return table

    drawn = draw(2, FORMS[0]).bent(1, change)
    assert false_numbers(read_drawn(drawn, medium), drawn.figures) == []


@every_medium
@pytest.mark.parametrize("column", ["自然人", "商业企业", "法律服务机构", "其他", "总计"])
def test_a_column_without_its_header(column: str, medium: str) -> None:
    def change(table: Rows) -> Rows:
        return [
            [replace(box, text="") if number < 3 and box.text == column else box for box in row]
            for number, row in enumerate(table)
        ]

    for shuffled in (False, True):
        drawn = draw(3, FORMS[0], columns=shuffled).bent(1, change)
        assert false_numbers(read_drawn(drawn, medium), drawn.figures) == [], f"shuffled: {shuffled}"


@every_medium
@pytest.mark.parametrize("place", [0, 3, 6])
def test_one_value_too_many_in_a_row(place: int, medium: str) -> None:
    """Eight figures that differ for seven columns: each column could hold either of two."""

    def change(table: Rows) -> Rows:
        at = row_with(table, "declined_repeat")
        first = next(n for n, box in enumerate(table[at]) if box.key)
        table[at].insert(first + place, Box("70707", key="surplus"))
        return table

    drawn = draw(4, FORMS[0]).bent(1, change)
    report = read_drawn(drawn, medium)
    assert false_numbers(report, drawn.figures) == []
    assert wrong_statuses(report, dict.fromkeys(seven("declined_repeat"), "unread")) == []
    assert report.leftover != ()
    whole = {key: figure for key, figure in drawn.figures.items() if ".declined_repeat." not in key}
    assert [key for key, figure in whole.items() if values_of(report)[key].value != figure] == []


def test_one_data_cell_over_seven_columns() -> None:
    def change(table: Rows) -> Rows:
        at = row_with(table, "refused_third_party")
        labels = [box for box in table[at] if not box.key]
        table[at] = [*labels, Box("70707", 1, 7, key="merged")]
        return table

    drawn = draw(5, FORMS[0]).bent(1, change)
    report = read_drawn(drawn, "html")
    assert false_numbers(report, drawn.figures) == []
    assert wrong_statuses(report, dict.fromkeys(seven("refused_third_party"), "unread")) == []
    assert [left.raw for left in report.leftover] == ["70707"]


def test_a_data_cell_over_two_columns() -> None:
    """A figure over two columns and a row otherwise whole: the two are unread, the five keep theirs."""

    def change(table: Rows) -> Rows:
        at = row_with(table, "granted")
        first = next(n for n, box in enumerate(table[at]) if box.key)
        table[at][first + 2 : first + 4] = [Box("70707", 1, 2, key="merged")]
        return table

    drawn = draw(5, FORMS[0]).bent(1, change)
    report = read_drawn(drawn, "html")
    assert false_numbers(report, drawn.figures) == []
    two = ["requests.granted.research", "requests.granted.social_welfare"]
    assert wrong_statuses(report, dict.fromkeys(two, "unread")) == []
    rest = [key for key in seven("granted") if key not in two]
    assert [values_of(report)[key].value for key in rest] == [drawn.figures[key] for key in rest]


@every_medium
@pytest.mark.parametrize("row", ["granted", *ROWS, "carried_in"])
def test_a_row_that_is_not_there(row: str, medium: str) -> None:
    drawn = draw(6, FORMS[0]).bent(1, lambda table: without_row(table, row))
    report = read_drawn(drawn, medium)
    assert wrong_statuses(report, dict.fromkeys(seven(row), "missing")) == []
    rest = {key: figure for key, figure in drawn.figures.items() if key not in seven(row)}
    assert [key for key, figure in rest.items() if values_of(report)[key].value != figure] == []


@every_medium
@pytest.mark.parametrize("number", [0, 1, 2], ids=["proactive", "requests", "disputes"])
def test_without_any_header_row(number: int, medium: str) -> None:
    """Position alone is one witness: what it says may be right or unread."""

    def change(table: Rows) -> Rows:
        if number == 0:
            return [row for row in table if row[0].text != "信息内容"]
        return table[3:]

    for shuffled in (False, True):
        drawn = draw(7, FORMS[0], columns=shuffled).bent(number, change)
        assert false_numbers(read_drawn(drawn, medium), drawn.figures) == [], f"shuffled: {shuffled}"


@every_medium
@every_form
def test_blank_filler_and_zero_stay_apart(forms: tuple[str, str], medium: str) -> None:
    prints = {"blank": ("", "\u3000", "\u00a0"), "filler": ("/", "—", "-", "无"), "number": ("0",)}
    for seed in range(4):
        chance = random.Random(seed)
        drawn = draw(seed, forms)
        chosen = {key: chance.choice(list(prints)) for key in chance.sample(list(drawn.figures), 40)}
        shown = {key: chance.choice(prints[status]) for key, status in chosen.items()}
        for number in range(3):
            drawn = drawn.bent(number, lambda table: _reprinted(table, shown))  # noqa: B023 - used at once
        report = read_drawn(drawn, medium)
        expected = {key: None if key in chosen else figure for key, figure in drawn.figures.items()}
        expected |= {key: 0 for key, status in chosen.items() if status == "number"}
        if medium == "tabs":
            # Between tabs an empty cell and a merged one look alike (document 002), so a row may be in doubt.
            assert false_numbers(report, expected) == [], f"seed {seed}"
            unread = {value.key for value in report.values if value.status is Status.UNREAD}
            assert wrong_statuses(report, {key: s for key, s in chosen.items() if key not in unread}) == []
            continue
        assert wrong_values(report, expected) == [], f"seed {seed}"
        assert wrong_statuses(report, chosen) == [], f"seed {seed}"
        assert states_of(report) == hand_checked(report.forms, expected), f"seed {seed}"


def _reprinted(table: Rows, shown: dict[str, str]) -> Rows:
    return [[replace(box, text=shown.get(box.key, box.text)) for box in row] for row in table]


def test_markup_that_a_parser_nests_deeper_than_a_browser_does() -> None:
    """Cells left open inside an unknown element: a browser shows the table whole, other parsers nest every cell."""
    drawn = draw(8, FORMS[0])
    broken = in_medium(drawn, "html").decode().replace("</td>", "<span><o:p>").replace("</tr>", "")
    assert false_numbers(read_one(broken.encode()), drawn.figures) == []
