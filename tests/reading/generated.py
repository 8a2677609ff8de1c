"""Reports drawn for one test: rows and columns in any order, bent or broken on purpose, as a page or as a dump."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import TypeVar

from tests.documents.figures import Figure, draw_figures
from tests.documents.official_forms import (
    BANDS,
    COLUMNS,
    GROUPS,
    OUTCOMES,
    Labels,
    Rows,
    as_printed,
    disputes_table,
    proactive_bands,
    requests_body,
    requests_head,
)
from tests.documents.sources import positions_of

Forms = tuple[str, str]
Thing = TypeVar("Thing")
TITLE = "示例县教育局2023年政府信息公开工作年度报告"
SIGNATURE = ("示例县教育局", "2024年1月12日")
HEADINGS = (
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
)
MEDIA = ("html", "tabs", "lines")


@dataclass(frozen=True)
class Drawn:
    """Three tables and the figures behind them."""

    tables: tuple[Rows, Rows, Rows]
    figures: Mapping[str, Figure]

    def bent(self, number: int, change: Callable[[Rows], Rows]) -> Drawn:
        """The same with one table changed."""
        tables = list(self.tables)
        tables[number] = change([list(row) for row in tables[number]])
        return replace(self, tables=(tables[0], tables[1], tables[2]))


def draw(
    seed: int,
    forms: Forms,
    *,
    rows: bool = False,
    columns: bool = False,
    renumber: bool = False,
    label: Labels = as_printed,
) -> Drawn:
    """Tables of the forms, with rows shuffled within their group, columns within their header, or labels bent."""
    chance = random.Random(seed)
    figures = draw_figures(f"generated {seed}", {"proactive": forms[0], "requests": forms[1], "disputes": "2019"})
    prints = {key: str(figure) for key, figure in figures.items()}

    def shuffled(things: Sequence[Thing], really: bool) -> tuple[Thing, ...]:
        return tuple(chance.sample(list(things), len(things))) if really else tuple(things)

    bands = []
    for title, heads, band_rows, keys in BANDS[forms[0]]:
        pairs = shuffled(list(zip(heads, keys, strict=True)), columns)
        order = shuffled(band_rows, rows)
        bands.append((title, tuple(head for head, _ in pairs), order, tuple(key for _, key in pairs)))
    groups = [(group, _renumbered(shuffled(inner, rows), renumber)) for group, inner in GROUPS[forms[1]]]
    blocks = shuffled([COLUMNS[:1], shuffled(COLUMNS[1:-1], columns), COLUMNS[-1:]], columns)
    order_of_columns = [column for block in blocks for column in block]
    proactive = [row for band in proactive_bands(bands, prints, label) for row in band]
    requests = requests_head(label, order_of_columns) + requests_body(groups, prints, label, order_of_columns)
    disputes = disputes_table(prints, label, order=shuffled(OUTCOMES, columns))
    return Drawn((proactive, requests, disputes), figures)


def _renumbered(rows: tuple[tuple[str, str], ...], really: bool) -> tuple[tuple[str, str], ...]:
    """The rows of a group with 1. 2. 3. in the order in which they now stand."""
    if not really or len(rows) == 1:
        return rows
    return tuple((key, f"{number}.{text.split('.', 1)[1]}") for number, (key, text) in enumerate(rows, 1))


def row_with(table: Rows, row: str) -> int:
    """Index of the row that holds the data of a key's row."""
    (found,) = [n for n, boxes in enumerate(table) if any(b.key.split(".")[1:2] == [row] for b in boxes if b.key)]
    return found


def without_row(table: Rows, row: str) -> Rows:
    """The table without one data row: labels that span over it reach one row less."""
    at = row_with(table, row)
    result: Rows = []
    for number, boxes in enumerate(table):
        kept = [
            replace(box, rowspan=box.rowspan - 1) if number <= at < number + box.rowspan and box.rowspan > 1 else box
            for box in boxes
        ]
        result.append(kept)
    moved = [box for box, old in zip(result[at], table[at], strict=True) if old.rowspan > 1]
    result[at + 1] = [*moved, *result[at + 1]]
    return result[:at] + result[at + 1 :]


def in_medium(drawn: Drawn, medium: str) -> bytes:
    """The report as bytes: a page, or a dump with a row a line ("tabs") or a cell a line ("lines")."""
    as_table = {"html": _html_table, "tabs": _tab_table, "lines": _line_table}[medium]
    tables = [as_table(table) for table in drawn.tables]
    prose = (TITLE, "一、总体情况", "全年专栏按月巡查。")
    end = (
        "五、存在的主要问题及改进情况",
        "解读形式单一。",
        "六、其他需要报告的事项",
        "无。",
        "示例县教育局",
        "2024年1月12日",
    )
    if medium == "html":
        parts = [f"<p>{escape(line)}</p>" for line in prose]
        for heading, table in zip(HEADINGS, tables, strict=True):
            parts += [f"<p>{heading}</p>", table]
        parts += [f"<p>{escape(line)}</p>" for line in end]
        return f"<html><head><meta charset='utf-8'></head><body>{''.join(parts)}</body></html>".encode()
    text = "\n\n".join(prose)
    for heading, table in zip(HEADINGS, tables, strict=True):
        text += f"\n\n{heading}\n\n{table}\n"
    return (text + "\n" + "\n\n".join(end)).encode()


def _html_table(table: Rows) -> str:
    rows = (
        "".join(f"<td rowspan={box.rowspan} colspan={box.colspan}>{escape(box.text)}</td>" for box in row)
        for row in table
    )
    return f"<table border=1>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def _grid_of(table: Rows) -> Iterator[list[tuple[str, bool]]]:
    """Row by row: text and whether it stands there for the first time, for every grid column a cell lies over."""
    starts = positions_of(table)
    width = max(places[-1] + row[-1].colspan for row, places in zip(table, starts, strict=True))
    lies: dict[tuple[int, int], tuple[str, bool, bool]] = {}
    for number, (row, places) in enumerate(zip(table, starts, strict=True)):
        for box, at in zip(row, places, strict=True):
            for down in range(box.rowspan):
                for over in range(box.colspan):
                    # text in the first column of the first row; a continued row shows its first column, empty
                    lies[number + down, at + over] = (box.text if down == over == 0 else "", over == 0, True)
    for number in range(len(table)):
        line = [lies.get((number, column), ("", False, False)) for column in range(width)]
        yield [(text, first) for text, first, there in line if there]


def _tab_table(table: Rows) -> str:
    """As a PDF comes out of a converter: every grid column a field (document 003)."""
    return "\n".join("\t".join(text for text, _ in line) for line in _grid_of(table))


def _line_table(table: Rows) -> str:
    """As a Word file comes out: a cell a line behind a tab, continued cells empty, a blank line after a row (001)."""
    return "\n\n".join("\n".join(f"\t{text}" for text, first in line if first) for line in _grid_of(table))
