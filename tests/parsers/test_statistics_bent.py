"""Statistics tables bent at random, with fixed seeds: a figure is its own row's, or it is not read."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from html import escape

import pytest

from parsers.document import Cell, Paragraph, Table
from parsers.report import Status
from parsers.tables.reading import read_tables
from parsers.tables.rows import rows_of
from tests.parsers.statistics.source import ALL, MONEY, ROWS, figures_of


@dataclass(frozen=True)
class Line:
    """One row: its key ("" for a heading), cells as (text, rowspan), and whether its figure is still its own."""

    key: str
    cells: tuple[tuple[str, int], ...]
    own: bool = True

    @property
    def label(self) -> str:
        return self.cells[0][0]

    def named(self, label: str) -> Line:
        return replace(self, cells=((label, 1), *self.cells[1:]))


Lines = list[Line]


def drawn() -> Lines:
    figures = figures_of(ALL[0])
    return [Line(key, ((label, 1), (unit or "——", 1), (figures.get(key, "——"), 1))) for key, _, label, unit in ROWS]


def drop(lines: Lines, draw: random.Random) -> None:
    del lines[draw.randrange(len(lines))]


def move(lines: Lines, draw: random.Random) -> None:
    line = lines.pop(draw.randrange(len(lines)))
    lines.insert(draw.randrange(len(lines) + 1), line)


def swap(lines: Lines, draw: random.Random) -> None:
    one, other = draw.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]


def turn_unit_and_figure(lines: Lines, draw: random.Random) -> None:
    at = draw.randrange(len(lines))
    lines[at] = replace(lines[at], cells=(lines[at].cells[0], *reversed(lines[at].cells[1:])))


def lose_a_cell(lines: Lines, draw: random.Random) -> None:
    at = draw.randrange(len(lines))
    gone = draw.randrange(1, len(lines[at].cells))
    lines[at] = replace(lines[at], cells=tuple(cell for n, cell in enumerate(lines[at].cells) if n != gone))


def gain_a_cell(lines: Lines, draw: random.Random) -> None:
    """A figure that is nobody's, before or behind the row's own."""
    at = draw.randrange(len(lines))
    cells = list(lines[at].cells)
    cells.insert(draw.randrange(2, len(cells) + 1), (str(draw.randrange(1000, 2000)), 1))
    lines[at] = replace(lines[at], cells=tuple(cells), own=False)


def merge(lines: Lines, draw: random.Random) -> None:
    """One figure over two rows: it is of neither for certain."""
    at = draw.randrange(len(lines) - 1)
    upper, lower = lines[at], lines[at + 1]
    lines[at] = replace(upper, cells=(*upper.cells[:-1], (upper.cells[-1][0], 2)), own=False)
    lines[at + 1] = replace(lower, cells=lower.cells[:-1], own=False)


def misspell(lines: Lines, draw: random.Random) -> None:
    at = draw.randrange(len(lines))
    label = lines[at].label
    gone = draw.randrange(len(label))
    lines[at] = lines[at].named(label[:gone] + label[gone + 1 :])


def cut_the_label(lines: Lines, draw: random.Random) -> None:
    at = draw.randrange(len(lines))
    lines[at] = lines[at].named(lines[at].label[: draw.randrange(2, 9)])


def lose_the_label(lines: Lines, draw: random.Random) -> None:
    at = draw.randrange(len(lines))
    lines[at] = lines[at].named("")


def lose_the_number(lines: Lines, draw: random.Random) -> None:
    at = draw.randrange(len(lines))
    lines[at] = lines[at].named(lines[at].label.lstrip("一二三四五六七八九（）、1234567890."))


def give_another_number(lines: Lines, draw: random.Random) -> None:
    at = draw.randrange(len(lines))
    bare = lines[at].label.lstrip("一二三四五六七八九（）、1234567890.")
    lines[at] = lines[at].named(draw.choice(("一、", "（二）", "3.", "（4）", "其中：")) + bare)


def add_an_unknown_row(lines: Lines, draw: random.Random) -> None:
    label = draw.choice(("5.邮箱投递件数", "（四）开放日参观人数", "十、其他工作", "其中：逾期数", "合计"))
    line = Line("", ((label, 1), ("件", 1), (str(draw.randrange(1000, 2000)), 1)), False)
    lines.insert(draw.randrange(len(lines) + 1), line)


def split_the_label(lines: Lines, draw: random.Random) -> None:
    """Its number in a cell of its own: one column more than the header has."""
    at = draw.randrange(len(lines))
    label = lines[at].label
    lines[at] = replace(lines[at], cells=((label[:2], 1), (label[2:], 1), *lines[at].cells[1:]))


BENDS: tuple[Callable[[Lines, random.Random], None], ...] = (
    drop, move, swap, turn_unit_and_figure, lose_a_cell, gain_a_cell, merge, misspell, cut_the_label, lose_the_label,
    lose_the_number,
    give_another_number, add_an_unknown_row, split_the_label,
)  # fmt: skip


def wrong_figures(lines: Lines, *, header: bool, spans_known: bool) -> tuple[list[str], int]:
    """(figures read that are not their own row's, how many are read)."""
    head = (tuple(map(Cell, ("统计指标", "单位", "统计数"))),) if header else ()
    body = tuple(
        tuple(Cell(text, rowspan, 1, f"row={at}&cell={n}") for n, (text, rowspan) in enumerate(line.cells))
        for at, line in enumerate(lines)
    )
    table = Table((*head, *body), "table", spans_known)
    reading = next((one for one in read_tables(rows_of((Paragraph("附表"), table))) if one.table == "statistics"), None)
    assert reading is not None
    figures = figures_of(ALL[0])
    spoilt = {line.key for line in lines if line.key and not line.own}
    there = {line.key for line in lines}
    wrong = []
    for value in reading.values:
        key = value.key.split(".")[1]
        if value.status is Status.NUMBER and (
            key in spoilt or key not in there or value.value != Decimal(figures[key])
        ):
            wrong.append(f"{value.key} = {value.value} from {value.where} ({escape(figures[key])})")
    kept = {value.raw for value in reading.values} | {left.raw for left in reading.leftover}
    printed = [text for line in lines for text, _ in line.cells[1:] if text.replace(".", "").isdigit()]
    lost = [text for text in printed if not any(text in raw for raw in kept)]
    return wrong + [f"{text} is neither a value nor left over" for text in lost], len(reading.values)


@pytest.mark.parametrize("bend", BENDS, ids=lambda bend: str(bend.__name__))
@pytest.mark.parametrize("spans_known", [True, False], ids=["grid", "dump"])
def test_one_bend(bend: Callable[[Lines, random.Random], None], spans_known: bool) -> None:
    for seed in range(12):
        draw = random.Random(f"{bend.__name__} {seed}")
        lines = drawn()
        bend(lines, draw)
        for header in (True, False):
            wrong, read = wrong_figures(lines, header=header, spans_known=spans_known)
            assert wrong == [], f"seed {seed}, header {header}"
            assert read == len([key for key, _, _, _ in ROWS if key])


@pytest.mark.parametrize("spans_known", [True, False], ids=["grid", "dump"])
def test_many_bends_at_once(spans_known: bool) -> None:
    for seed in range(40):
        draw = random.Random(f"many {seed}")
        lines = drawn()
        for bend in draw.choices(BENDS, k=4):
            bend(lines, draw)
        wrong, _ = wrong_figures(lines, header=seed % 3 > 0, spans_known=spans_known)
        assert wrong == [], f"seed {seed}"


def test_unbent_tables_are_read_whole() -> None:
    for header in (True, False):
        for spans_known in (True, False):
            wrong, _ = wrong_figures(drawn(), header=header, spans_known=spans_known)
            assert wrong == []
    assert set(MONEY) < {line.key for line in drawn()}
