"""A form → the rows of its table as the notice prints it: heads, labels, places for figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from parsers.english import english_of
from parsers.forms import STATISTICS, Band, Form, Label

_REQUEST_LABELS = 3
"""Columns of labels in the table of requests: 三、本年度办理结果 | （三）不予公开 | 1.属于国家秘密."""
_NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
_ITEMS = {f"第二十条第（{chinese}）项": number for chinese, number in zip("一五六八九", (1, 5, 6, 8, 9), strict=True)}
_ORGANISATIONS = "法人或其他组织"
# 政府信息公开情况统计表 prints a unit in every row. The first beginning that fits a row's key.
_UNITS = (
    ("normative_documents_made", "件"), ("disclosed", "条"), ("policy_explanations", "篇"),
    ("response", "次"), ("press_conferences", "次"), ("online_interviews", "次"), ("fees", "万元"), ("funding", "万元"),
    ("offices", "个"), ("reading_points", "个"), ("staff", "人"), ("meetings", "次"), ("trainings", "次"),
    ("trained", "人次"), ("", "件"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    """One cell of the printed table. ``key`` names the figure that stands there, "" where ``text`` is printed.

    ``is_head``: a label, of what is beside it (``scope`` "row", "rowgroup") or beneath it ("col", "colgroup").
    ``english`` is the label in English, "" where the archive has no word for it.
    """

    text: str = ""
    key: str = ""
    rowspan: int = 1
    colspan: int = 1
    scope: str = ""
    english: str = ""

    @property
    def is_head(self) -> bool:
        """Whether it is printed as a label."""
        return bool(self.scope)


Row = tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A table as rows of boxes; ``head`` are its first rows, ``body`` the others. Each figure stands once."""

    table: str
    form: str
    authority: str
    head: tuple[Row, ...]
    body: tuple[Row, ...]

    def keys(self) -> tuple[str, ...]:
        """The figures in the order in which they are printed."""
        return tuple(box.key for row in self.body for box in row if box.key)


@cache
def layout_of(form: Form) -> Layout:
    """A form of parsers/forms → its table as printed."""
    head, body = {
        "proactive": _rows_of_bands,
        "requests": _rows_of_requests,
        "disputes": _rows_of_disputes,
        STATISTICS: _rows_of_statistics,
    }[form.table](form)
    return Layout(form.table, form.form, form.authority, tuple(head), tuple(body))


def _rows_of_bands(form: Form) -> tuple[list[Row], list[Row]]:
    """Bands one beneath the other, each with its own head; the last column of a narrow band takes what is left."""
    width = 1 + max(len(band.columns) for band in form.bands)
    body: list[Row] = []
    for band in form.bands:
        rest = width - len(band.columns)
        english = f"Article 20 ({_ITEMS[band.title]})"
        body.append((Box(band.title, colspan=width, scope="rowgroup", english=english),))
        heads = tuple(_column_head(form, column) for column in band.columns)
        body.append((Box("信息内容", scope="col"), *heads[:-1], _wider(heads[-1], rest)))
        for row in band.rows:
            figures = tuple(Box(key=f"{form.table}.{row.key}.{column.key}") for column in band.columns)
            body.append((_row_head(form, row), *figures[:-1], _wider(figures[-1], rest)))
    return [], body


def _rows_of_requests(form: Form) -> tuple[list[Row], list[Row]]:
    (band,) = form.bands
    rows = band.rows
    grouped = [row for row in rows if row.group]
    body = []
    for group, members in groupby(rows, key=lambda row: row.group):
        labels = list(members)
        stands_alone = group and group != grouped[0].group
        for at, row in enumerate(labels):
            heads: list[Box] = []
            if row is grouped[0]:
                heads.append(Box(row.group, rowspan=len(grouped), scope="rowgroup"))
            if stands_alone and at == 0:
                heads.append(Box(group, rowspan=len(labels), scope="rowgroup"))
            span = 1 if stands_alone else _REQUEST_LABELS - 1 if group else _REQUEST_LABELS
            heads.append(_wider(_row_head(form, row), span))
            body.append((*heads, *(Box(key=f"{form.table}.{row.key}.{one.key}") for one in band.columns)))
    return _head_of_requests(form, band), body


def _head_of_requests(form: Form, band: Band) -> list[Row]:
    inner = [column for column in band.columns if column.group == _ORGANISATIONS]
    second = []
    for column in band.columns:
        if column is inner[0]:
            second.append(Box(_ORGANISATIONS, colspan=len(inner), scope="colgroup"))
        elif column not in inner:
            second.append(_taller(_column_head(form, column), 2))
    first = (
        Box(_NOTE, rowspan=3, colspan=_REQUEST_LABELS),
        Box("申请人情况", colspan=len(band.columns), scope="colgroup"),
    )
    return [first, tuple(second), tuple(_column_head(form, column) for column in inner)]


def _rows_of_disputes(form: Form) -> tuple[list[Row], list[Row]]:
    (band,) = form.bands
    blocks = [(group, list(columns)) for group, columns in groupby(band.columns, key=lambda column: column.group)]
    (review, first), *lawsuits = blocks
    head: list[Row] = [
        (
            Box(review, colspan=len(first), scope="colgroup"),
            Box("行政诉讼", colspan=sum(len(columns) for _, columns in lawsuits), scope="colgroup"),
        ),
        (
            *(_taller(_column_head(form, column), 2) for column in first),
            *(Box(group, colspan=len(columns), scope="colgroup") for group, columns in lawsuits),
        ),
        tuple(_column_head(form, column) for _, columns in lawsuits for column in columns),
    ]
    return head, [tuple(Box(key=f"{form.table}.{column.key}") for column in band.columns)]


def _rows_of_statistics(form: Form) -> tuple[list[Row], list[Row]]:
    """统计指标 | 单位 | 统计数; a heading that has no figure of its own has a row of its own."""
    head = [tuple(Box(text, scope="col") for text in ("统计指标", "单位", "统计数"))]
    body: list[Row] = []
    seen: set[str] = set()
    for row, column in ((row, band.columns[0]) for band in form.bands for row in band.rows):
        body += [(Box(text, colspan=3, scope="rowgroup"),) for text in _new_headings(row.group, seen)]
        seen.add(row.label)
        unit = next(unit for beginning, unit in _UNITS if row.key.startswith(beginning))
        body.append((_row_head(form, row), Box(unit), Box(key=f"{form.table}.{row.key}.{column.key}")))
    return head, body


def _new_headings(group: str, seen: set[str]) -> Iterator[str]:
    for text in filter(None, group.split(" > ")):
        if text not in seen:
            seen.add(text)
            yield text


def _row_head(form: Form, row: Label) -> Box:
    said = next(english_of(cell.key) for cell in form.cells() if cell.key.split(".")[1] == row.key)
    return Box(row.label, scope="row", english=said if form.table == STATISTICS else said.rpartition(": ")[0])


def _column_head(form: Form, column: Label) -> Box:
    # "Granted: natural persons": what stands behind the last colon is the column's.
    said = next(english_of(cell.key) for cell in form.cells() if cell.key.endswith(f".{column.key}"))
    return Box(column.label, scope="col", english=said.rpartition(": ")[2])


def _wider(box: Box, colspan: int) -> Box:
    return Box(box.text, box.key, box.rowspan, colspan, box.scope, box.english)


def _taller(box: Box, rowspan: int) -> Box:
    return Box(box.text, box.key, rowspan, box.colspan, box.scope, box.english)
