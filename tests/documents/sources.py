"""An invented body's report before any program has made a file of it: lines and grids, with the truth beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tests.documents.figures import Figure, draw_figures
from tests.documents.official_forms import (
    BANDS,
    COLUMNS,
    GROUPS,
    Box,
    Rows,
    disputes_table,
    keys_of,
    proactive_bands,
    requests_body,
    requests_head,
)
from tests.documents.prints import Print, plain

_HALF = str.maketrans("（）", "()")


@dataclass(frozen=True)
class Look:
    """How this document bends the official layout; every choice is one that real reports make."""

    half_brackets: bool = False
    dot: str = "."
    relabel: Mapping[str, str] = field(default_factory=dict)
    bands_apart: bool = False  # each band of table 二 as a table of its own
    head_again_at: tuple[int, ...] = ()  # the header rows of table 三 printed again before these data rows
    review: bool = True  # False: table 四 without its 行政复议 block
    one_table: str = ""  # "ragged": all three forms in one table; "sheet": the same on a common grid of 15
    first_filled: str = ""  # a row of table 三 whose last six cells are one empty cell
    merged: str = ""  # a row of table 三 whose seven cells are one, with a figure in it
    no_last_cell: str = ""  # a row of table 三 without its 总计 cell
    footnote: str = ""
    other_table: bool = False  # a table in section 一 that belongs to no form
    head_five: str = "五、存在的主要问题及改进情况"


@dataclass(frozen=True)
class Invented:
    """One document of the bench: who, when, which forms, how printed, and by which recipe of make.py it was made."""

    name: str
    recipe: str
    organisation: str
    year: int
    forms: tuple[str, str]  # of table 二 and of table 三; table 四 has one layout
    date: str = ""  # as printed under the report
    published: str | None = None
    phone: str | None = None
    title: str = "{org}{year}年政府信息公开工作年度报告"
    prints: Mapping[str, Print] = field(default_factory=dict)
    look: Look = field(default_factory=Look)

    @property
    def form_of_tables(self) -> dict[str, str]:
        return {"proactive": self.forms[0], "requests": self.forms[1], "disputes": "2019"}


@dataclass(frozen=True)
class Line:
    """One paragraph. ``kind`` is title, heading, paragraph, signature or date."""

    kind: str
    text: str


@dataclass(frozen=True)
class Grid:
    """One physical table of ``width`` grid columns."""

    rows: Rows
    width: int


Block = Line | Grid


def truth_of(document: Invented) -> dict[str, object]:
    """What a person reads in the document: facts, and value, status and print of every key."""
    cells, leftover = _cells_of(document)
    return {
        "organisation": document.organisation,
        "report_year": document.year,
        "forms": document.form_of_tables,
        "published": document.published,
        "phone": document.phone,
        "leftover": leftover,
        "cells": cells,
    }


def _cells_of(document: Invented) -> tuple[dict[str, dict[str, object]], list[str]]:
    forms, look = document.form_of_tables, document.look
    figures = draw_figures(document.name, forms)
    cells: dict[str, dict[str, object]] = {}
    leftover: list[str] = []
    for key in keys_of(forms):
        raw, value, status = document.prints.get(key, plain)(figures[key])
        row, column = key.split(".")[1:]
        if row == look.merged:
            # One figure over seven columns: it could belong to any of them.
            leftover += [raw] if column == "natural_person" else []
            raw, value, status = ("", None, "unread")
        elif row == look.first_filled and column != "natural_person":
            raw, value, status = "", None, "blank"
        elif (row == look.no_last_cell and column == "total") or (row == "review" and not look.review):
            raw, value, status = "", None, "missing"
        cell: dict[str, object] = {"value": value if isinstance(value, int | None) else str(value), "status": status}
        cells[key] = cell if raw == str(value) else {**cell, "raw": raw}
    return cells, leftover


def blocks_of(document: Invented) -> list[Block]:
    """The report from its title to its date."""
    figures = draw_figures(document.name, document.form_of_tables)
    prints = {key: document.prints.get(key, plain)(figure)[0] for key, figure in figures.items()}
    proactive, requests, disputes = _grids_of(document, prints)
    prose = _prose_of(document, figures)
    look = document.look
    title = document.title.format(org=document.organisation, year=document.year)
    head = [Line("title", part) for part in title.split("\n")]
    notes: list[Block] = [Line("paragraph", look.footnote)] if look.footnote else []
    two = Line("heading", "二、主动公开政府信息情况")
    three = Line("heading", "三、收到和处理政府信息公开申请情况")
    four = Line("heading", "四、政府信息公开行政复议、行政诉讼情况")
    body: list[Block]
    if look.one_table:
        body = [two, three, four, _joined(proactive, requests, disputes, look.one_table)]
    else:
        body = [two, *proactive, three, requests, four, disputes]
    return [*head, *prose[0], *body, *notes, *prose[1]]


def _label_of(look: Look, text: str) -> str:
    text = look.relabel.get(text, text)
    if look.dot != "." and text[:1].isdigit():
        text = text.replace(".", look.dot, 1)
    return text.translate(_HALF) if look.half_brackets else text


def _grids_of(document: Invented, prints: Mapping[str, str]) -> tuple[list[Grid], Grid, Grid]:
    look = document.look
    bands = proactive_bands(BANDS[document.forms[0]], prints, lambda text: _label_of(look, text))
    proactive = [Grid(band, 4) for band in bands] if look.bands_apart else [Grid([r for b in bands for r in b], 4)]
    body = [
        _bent(row, look) for row in requests_body(GROUPS[document.forms[1]], prints, lambda text: _label_of(look, text))
    ]
    head = requests_head(lambda text: _label_of(look, text))
    rows = list(head)
    for number, row in enumerate(body):
        rows += head if number in look.head_again_at else []
        rows.append(row)
    if look.head_again_at:
        rows = _with_row_spans_cut(rows, look.head_again_at)
    disputes = disputes_table(prints, lambda text: _label_of(look, text), review=look.review)
    return proactive, Grid(rows, 10), Grid(disputes, 15 if look.review else 10)


def _bent(row: list[Box], look: Look) -> list[Box]:
    name = next(box.key for box in row if box.key).split(".")[1]
    labels, data = row[: -len(COLUMNS)], row[-len(COLUMNS) :]
    if name == look.merged:
        return [*labels, replace(data[0], colspan=7)]
    if name == look.first_filled:
        return [*labels, data[0], replace(data[1], text="", colspan=6)]
    return row[:-1] if name == look.no_last_cell else row


def _with_row_spans_cut(rows: Rows, again: tuple[int, ...]) -> Rows:
    """Labels that reach past a repeated header are cut there and printed again below it, as page breaks do."""
    starts = [3 + 3 * number + at for number, at in enumerate(again)]
    result = [list(row) for row in rows]
    for start in starts:
        for number in range(start):
            for place, box in enumerate(result[number]):
                over = number + box.rowspan - start
                if box.key == "" and over > 0:
                    result[number][place] = replace(box, rowspan=start - number)
                    target = result[start + 3]
                    outer = sum(other.text.replace("\n", "").startswith("三、") for other in target)
                    target.insert(outer, replace(box, rowspan=over))
    return result


def _joined(proactive: list[Grid], requests: Grid, disputes: Grid, way: str) -> Grid:
    """All forms in one physical table, each after its own heading row."""
    if way == "ragged":
        return Grid([row for grid in (*proactive, requests, disputes) for row in grid.rows], 15)
    widths = {4: (6, 3, 3, 3), 10: (1, 2, 5, 1, 1, 1, 1, 1, 1, 1), 15: (1,) * 15}
    rows: Rows = []
    for grid in (*proactive, requests, disputes):
        rows += _stretched(grid, widths[grid.width])
    return Grid(rows, 15)


def _stretched(grid: Grid, widths: tuple[int, ...]) -> Rows:
    return [
        [replace(box, colspan=sum(widths[at : at + box.colspan])) for box, at in zip(row, places, strict=True)]
        for row, places in zip(grid.rows, positions_of(grid.rows), strict=True)
    ]


def positions_of(rows: Rows) -> list[list[int]]:
    """The grid column at which each box of each row starts, after the row spans of the rows above."""
    taken: set[tuple[int, int]] = set()
    result = []
    for number, row in enumerate(rows):
        column, starts = 0, []
        for box in row:
            while (number, column) in taken:
                column += 1
            starts.append(column)
            taken |= {(number + d, column + c) for d in range(box.rowspan) for c in range(box.colspan)}
        result.append(starts)
    return result


def _prose_of(document: Invented, figures: Mapping[str, Figure]) -> tuple[list[Block], list[Block]]:
    """Everything around the tables; its figures agree with the tables, so no claim is in doubt."""
    year, look = document.year, document.look
    received, carried = figures["requests.received.total"], figures["requests.carried_in.total"]
    contact = f"如对本报告有疑问，请与本机关联系（电话：{document.phone}）。" if document.phone else ""
    before: list[Block] = [
        Line(
            "paragraph",
            "本报告按照《中华人民共和国政府信息公开条例》的要求编制，"
            f"所列数据的统计期限为{year}年1月1日至{year}年12月31日。{contact}",
        ),
        Line("heading", "一、总体情况"),
        Line("paragraph", "（一）主动公开。全年主动公开政府信息600条，其中政府网站350条，政务新媒体250条。"),
        Line("paragraph", f"（二）依申请公开。本年新收政府信息公开申请{received}件，上年结转{carried}件。"),
        Line("paragraph", "（三）政府信息管理、平台建设与监督保障。逐条核对目录，专栏按月巡查，培训2次。"),
    ]
    if document.prints.keys() & _review_total() or not look.review or _bends_requests(document):
        before[3] = Line("paragraph", "（二）依申请公开。申请渠道畅通，答复均在法定期限内作出。")
    if look.other_table:
        rows = [[Box("公开渠道"), Box("全年发布条数")], [Box("政府网站"), Box("350")], [Box("政务新媒体"), Box("250")]]
        before.append(Grid(rows, 2))
    after: list[Block] = [
        Line("heading", look.head_five),
        Line("paragraph", "个别栏目更新不够及时，解读形式单一。下一年度将增加图文解读，完善更新提醒。"),
        Line("heading", "六、其他需要报告的事项"),
        Line("paragraph", f"{year}年度未收取信息处理费，没有其他需要报告的事项。"),
    ]
    if document.date:
        after += [Line("signature", document.organisation), Line("date", document.date)]
    return before, after


def _review_total() -> set[str]:
    return {"requests.received.total", "requests.carried_in.total"}


def _bends_requests(document: Invented) -> bool:
    look = document.look
    return bool({look.first_filled, look.merged, look.no_last_cell} & {"received", "carried_in"})
