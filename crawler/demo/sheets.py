"""The three tables of a report as rows of boxes with spans, as the official forms draw them.

The geometry is that of the notices' own Word files: table 三 has 3 label columns and 7 of figures, table 四
has 15 columns, bands and vertical labels are merged cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from crawler.demo import county, forms
from crawler.demo.county import Key
from crawler.demo.figures import Figures, Number, printed_figures

APPLICANT_NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"


@dataclass(frozen=True, slots=True)
class Box:
    """One cell; ``key`` is set where a figure stands. A line feed in the text is a break in the cell."""

    text: str
    rowspan: int = 1
    colspan: int = 1
    key: str = ""


Row = tuple[Box, ...]
Sheet = tuple[Row, ...]


def print_number(key: str, value: Number, habits: frozenset[str]) -> str:
    """A figure in its body's way: ``1,234``, ``797.58万元``, ``7975800元``, ``+5``, ``减少5``."""
    column = key.rsplit(".", 1)[1]
    if column == "amount" and "unit_yuan" in habits:
        return f"{Decimal(value) * 10_000:.0f}元"
    if column == "amount" and "unit_ten_thousand" in habits:
        return f"{value}万元"
    if column == "change" and "words_for_change" in habits:
        return f"{'增加' if value > 0 else '减少'}{abs(value)}"
    if column == "change" and "signed" in habits:
        return f"{value:+d}"
    return f"{value:,}" if "thousands" in habits else str(value)


class Printer:
    """The boxes of one report's figures."""

    def __init__(self, report: Key, figures: Figures) -> None:
        self._figures = figures
        self._report = report
        self.habits = county.BY_NAME[report[0]].habits

    def figure(self, key: str, colspan: int = 1) -> Box:
        """The box of one key: its number, a filler or nothing."""
        if key in self._figures:
            return Box(print_number(key, self._figures[key], self.habits), colspan=colspan, key=key)
        return Box("" if self._report == county.BLANK else "/", colspan=colspan, key=key)

    def label(self, text: str) -> str:
        """A label as this body writes it: ``1、`` for ``1.``, ``社会组织`` for ``社会公益组织``."""
        if "comma_numbering" in self.habits and text[:1].isdigit():
            return text.replace(".", "、", 1)
        if "short_labels" in self.habits:
            return {"社会公益组织": "社会组织", "行政规范性文件": "规范性文件"}.get(text, text)
        if "word_paste" in self.habits:
            return {"商业企业": "商业\n企业", "科研机构": "科研\n机构"}.get(text, text)
        return text


def proactive_sheet(report: Key, figures: Figures) -> Sheet:
    """Table 二: bands of their own column heads in one table of 4 columns."""
    printer = Printer(report, figures)
    rows: list[Row] = []
    for article, labels, columns in forms.PROACTIVE[county.form_of(report, "proactive")]:
        rows.append((Box(f"第二十条第{article}项", colspan=4),))
        spans = _spans(len(columns))
        heads = zip(columns.values(), spans, strict=True)
        rows.append((Box("信息内容"), *(Box(printer.label(head), colspan=span) for head, span in heads)))
        for row, label in labels.items():
            keys = zip((f"proactive.{row}.{column}" for column in columns), spans, strict=True)
            rows.append((Box(printer.label(label)), *(printer.figure(key, span) for key, span in keys)))
    return tuple(rows)


def _spans(columns: int) -> tuple[int, ...]:
    """How 3 table columns are shared: (1, 1, 1), (1, 2) or (3,)."""
    return {3: (1, 1, 1), 2: (1, 2), 1: (3,)}[columns]


def requests_sheet(report: Key, figures: Figures) -> Sheet:
    """Table 三: 3 rows of heads, then 23 or 25 rows of 7 figures."""
    printer = Printer(report, figures)
    form = county.form_of(report, "requests")
    heads: list[Row] = [
        (Box(APPLICANT_NOTE, rowspan=3, colspan=3), Box("申请人情况", colspan=7)),
        (Box("自然人", rowspan=2), Box("法人或其他组织", colspan=5), Box(forms.TOTAL, rowspan=2)),
        tuple(Box(printer.label(label)) for label in forms.ORGANISATIONS.values()),
    ]
    rows = [(Box(label, colspan=3), *_seven(printer, row)) for row, label in forms.RECEIVED.items()]
    rows += _handled(printer, form)
    rows += [(Box(label, colspan=3), *_seven(printer, row)) for row, label in forms.CARRIED_OUT.items()]
    return (*heads, *rows)


def _seven(printer: Printer, row: str) -> Iterator[Box]:
    for column in (*forms.APPLICANTS, "total"):
        yield printer.figure(f"requests.{row}.{column}")


def _handled(printer: Printer, form: str) -> list[Row]:
    """The rows of 三、本年度办理结果, whose own label spans them all: 20 or 22."""
    bands = (*forms.handled_bands(form), ("", forms.HANDLED_TOTAL))
    rows: list[Row] = []
    for band, labels in bands:
        for place, (row, label) in enumerate(labels.items()):
            start = [Box(band, rowspan=len(labels))] if band and place == 0 else []
            wide = 1 if band else 2
            rows.append((*start, Box(printer.label(label), colspan=wide), *_seven(printer, row)))
    whole = Box("三、本年度办理结果", rowspan=len(rows))
    return [(whole, *rows[0]), *rows[1:]]


def disputes_sheet(report: Key, figures: Figures) -> Sheet:
    """Table 四: 3 rows of heads, then one row of 15 figures."""
    printer = Printer(report, figures)
    results = (*forms.RESULTS.values(), forms.TOTAL)
    columns = (*forms.RESULTS, "total")
    return (
        (Box(forms.DISPUTES["review"], colspan=5), Box("行政诉讼", colspan=10)),
        (
            *(Box(result, rowspan=2) for result in results),
            Box(forms.DISPUTES["litigation_direct"], colspan=5),
            Box(forms.DISPUTES["litigation_after_review"], colspan=5),
        ),
        tuple(Box(result) for result in results * 2),
        tuple(printer.figure(f"disputes.{row}.{column}") for row in forms.DISPUTES for column in columns),
    )


def sheets_of(report: Key, *, changed: bool = False) -> tuple[Sheet, Sheet, Sheet]:
    """Tables 二, 三 and 四 of one report."""
    figures = printed_figures(report, changed=changed)
    return proactive_sheet(report, figures), requests_sheet(report, figures), disputes_sheet(report, figures)
