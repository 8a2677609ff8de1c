"""Tables without drawn lines: what is placed is right, whatever their widths and fonts; the rest is unread."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import pytest

from parsers.document import Problem, Table
from parsers.pdf.pages import page_of
from parsers.pdf.rules import Rules
from parsers.pdf.story import blocks_of_pages
from parsers.report import Status, Value
from parsers.tables.reading import read_tables
from parsers.tables.rows import rows_of
from tests.documents.figures import Figure, draw_figures
from tests.documents.official_forms import (
    BANDS,
    GROUPS,
    Box,
    Rows,
    disputes_table,
    proactive_bands,
    requests_body,
    requests_head,
)
from tests.parsers.typeset import Style, set_rows

FORMS = {"proactive": "2021", "requests": "2021", "disputes": "2019"}
SHEET = 595.0, 842.0


def style_of(chance: random.Random, columns: int) -> Style:
    """A style that a program might use: of its width at most as much as the page has."""
    size = chance.choice([7.0, 7.5, 8.0, 9.0, 9.0, 10.5])
    if columns == 10:
        widths = [chance.uniform(24, 60), chance.uniform(30, 70), chance.uniform(80, 220)]
        widths += [chance.uniform(26, 46)] * 7 if chance.random() < 0.5 else [chance.uniform(24, 50) for _ in range(7)]
    else:
        widths = [chance.uniform(0.8, 1.2) for _ in range(columns)]
    room = min(1.0, 540 / sum(widths)) if columns == 10 else chance.uniform(380, 540) / sum(widths)
    return Style(
        widths=tuple(width * room for width in widths),
        size=size,
        padding=chance.choice([0.0, 0.75, 1.5, 1.5, 3.0, 5.0]),
        leading=size * chance.choice([1.0, 1.15, 1.2, 1.3, 1.5, 1.8]),
        across=chance.choice([0.0, 0.5, 0.5, 1.0]),
        down=chance.choice([0.0, 0.5, 0.5, 1.0]),
    )


def blanked(prints: Mapping[str, str], chance: random.Random) -> dict[str, str]:
    """The prints with some left out: single ones, whole rows, whole columns."""
    share = chance.choice([0.0, 0.0, 0.02, 0.1, 0.5])
    gone = {key.rpartition(".")[0] for key in prints if chance.random() < share / 4}
    gone |= {key.rpartition(".")[2] for key in prints if chance.random() < share / 40}
    return {
        key: "" if chance.random() < share or gone & {key.rpartition(".")[0], key.rpartition(".")[2]} else text
        for key, text in prints.items()
    }


def read_back(rows: Rows, style: Style, cut: int = 0) -> Mapping[str, Value]:
    """The values that are read from a table on a page, or on two: cut before a row, if any."""
    characters, tops = set_rows(rows, style, 30.0, 80.0)
    edge = tops[cut] if cut else 1e9
    pages = [[character for character in characters if character[2] < edge]]
    if cut:
        pages.append([(code, left, top - edge + 50, right, bottom - edge + 50)
                      for code, left, top, right, bottom in characters if top >= edge])  # fmt: skip
    high = SHEET[0], max(SHEET[1], *tops) + 100.0
    read = [page_of(found, Rules(), high, number) for number, found in enumerate(pages, 1)]
    blocks, _ = blocks_of_pages(read)
    return {value.key: value for reading in read_tables(rows_of(blocks)) for value in reading.values}


def outcomes(values: Mapping[str, Value], prints: Mapping[str, str], figures: Mapping[str, Figure]) -> Counter[str]:
    """How many cells are right, unread, and silently wrong: another number, or a blank where there is a figure."""
    found: Counter[str] = Counter()
    for key, text in prints.items():
        value = values.get(key)
        if value is None or value.status in (Status.UNREAD, Status.MISSING):
            found["unread"] += 1
        elif value.status is Status.BLANK:
            found["wrong" if text else "right"] += 1
        else:
            found["right" if text and value.value == figures[key] else "wrong"] += 1
    return found


@pytest.mark.parametrize("seed", range(40))
def test_a_figure_is_placed_right_or_not_at_all(seed: int) -> None:
    chance = random.Random(f"aligned {seed}")
    figures = draw_figures(f"aligned {seed}", FORMS)
    prints = blanked({key: str(figure) for key, figure in figures.items()}, chance)
    tables: list[tuple[str, Rows]] = [
        ("requests", [*requests_head(), *requests_body(GROUPS["2021"], prints)]),
        ("disputes", disputes_table(prints)),
        ("proactive", [row for band in proactive_bands(BANDS["2021"], prints) for row in band]),
    ]
    for table, rows in tables:
        style = style_of(chance, {"requests": 10, "disputes": 15, "proactive": 4}[table])
        mine = {key: text for key, text in prints.items() if key.startswith(table)}
        cut = chance.randrange(5, len(rows) - 2) if table == "requests" and chance.random() < 0.5 else 0
        found = outcomes(read_back(rows, style, cut), mine, figures)
        assert found["wrong"] == 0, (table, style, cut)


def test_most_plain_tables_are_read_whole() -> None:
    """Or never a wrong figure would be no achievement: centred and left-set tables with some room between rows."""
    total: Counter[str] = Counter()
    for seed in range(12):
        chance = random.Random(f"plain {seed}")
        figures = draw_figures(f"plain {seed}", FORMS)
        prints = {key: str(figure) for key, figure in figures.items() if key.startswith("requests")}
        rows = [*requests_head(), *requests_body(GROUPS["2021"], prints)]
        labels = chance.uniform(40, 60), chance.uniform(45, 60), chance.uniform(150, 190)
        data = [chance.uniform(36, 42)] * 7
        style = Style((*labels, *data), 8.0, 2.0, 9.6, chance.choice([0.0, 0.5]), chance.choice([0.0, 0.5]))
        total += outcomes(read_back(rows, style, chance.choice([0, 9, 14])), prints, figures)
    assert total["wrong"] == 0
    assert total["unread"] <= 0.05 * total.total(), total


def cell_page(rows: Rows, style: Style) -> list[Problem]:
    characters, _ = set_rows(rows, style, 30.0, 80.0)
    return list(blocks_of_pages([page_of(characters, Rules(), SHEET, 1)])[1])


BAND = [
    [Box("信息内容"), Box("本年制发件数"), Box("本年废止件数"), Box("现行有效件数")],
    [Box("规章"), Box("17"), Box("23"), Box("4110")],
    [Box("行政规范性文件"), Box("5"), Box("902"), Box("61")],
]
PLAIN = Style((120.0,) * 4, 9.0, 3.0, 11.0, 0.5, 0.5)


def values_in(rows: Rows, style: Style = PLAIN) -> list[tuple[Status, object]]:
    values = read_back(rows, style)
    keys = [f"proactive.{row}.{column}" for row in ("regulations", "normative_documents")
            for column in ("issued", "repealed", "in_force")]  # fmt: skip
    return [(values[key].status, values[key].value) if key in values else (Status.MISSING, None) for key in keys]


def test_a_table_by_alignment_is_noted() -> None:
    (problem,) = cell_page(BAND, PLAIN)
    assert (problem.code, problem.severity) == ("table_by_alignment", "note")
    numbers = [(Status.NUMBER, number) for number in (17, 23, 4110, 5, 902, 61)]
    assert values_in(BAND) == numbers


def test_a_blank_between_two_figures_is_blank() -> None:
    rows = [BAND[0], [*BAND[1][:2], Box(""), BAND[1][3]], BAND[2]]
    assert values_in(rows)[:3] == [(Status.NUMBER, 17), (Status.BLANK, None), (Status.NUMBER, 4110)]


def test_one_figure_alone_in_its_row_could_be_a_merged_cell() -> None:
    rows = [BAND[0], [BAND[1][0], Box("70707", colspan=3)], BAND[2]]
    assert {status for status, _ in values_in(rows)[:3]} == {Status.UNREAD}
    assert values_in(rows)[3:] == [(Status.NUMBER, number) for number in (5, 902, 61)]


def test_a_figure_between_two_columns_is_in_neither() -> None:
    rows = [BAND[0], [BAND[1][0], Box("70707", colspan=2), BAND[1][3]], BAND[2]]
    assert {status for status, _ in values_in(rows)[:3]} == {Status.UNREAD}
    assert values_in(rows)[3:] == [(Status.NUMBER, number) for number in (5, 902, 61)]


def test_digits_that_may_go_on_in_the_next_line_are_not_read() -> None:
    narrow = replace(PLAIN, widths=(120.0, 24.0, 120.0, 120.0), padding=0.0, leading=9.9, down=0.0)
    rows = [BAND[0], [BAND[1][0], Box("123456"), Box(""), Box("4110")], BAND[2]]
    assert all(value != 12345 for _, value in values_in(rows, narrow))


def test_a_column_that_is_blank_in_every_row_is_not_overlooked() -> None:
    rows = [BAND[0], *([*row[:2], Box(""), row[3]] for row in BAND[1:])]
    right = [(Status.NUMBER, 17), (Status.BLANK, None), (Status.NUMBER, 4110),
             (Status.NUMBER, 5), (Status.BLANK, None), (Status.NUMBER, 61)]  # fmt: skip
    for style in (PLAIN, replace(PLAIN, across=0.0), replace(PLAIN, across=1.0)):
        for found, true in zip(values_in(rows, style), right, strict=True):
            assert found == true or found[0] in (Status.UNREAD, Status.MISSING)


def test_prose_with_figures_makes_no_table() -> None:
    lines = ["全年制发文件 17 件 废止 23 件 有效 4110 件", "受理申请 5 件 答复 902 件 结转 61 件"]
    characters, _ = set_rows([[Box(line)] for line in lines], Style((500.0,), 10.0, 2.0, 14.0, 0.0, 0.0), 40.0, 80.0)
    blocks, _ = blocks_of_pages([page_of(characters, Rules(), SHEET, 1)])
    assert not any(isinstance(block, Table) for block in blocks)
