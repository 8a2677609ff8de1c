"""What each column of the tabular exports holds, said once in Chinese for a title, once in English."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from archive.schema.form_columns import AMOUNTS, SHEETS
from parsers.english import english_of
from parsers.forms import label_of

Kind = Literal["text", "count", "amount", "year", "date", "time"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. A count is a whole number, an amount an exact decimal in 万元; ``values`` lists all that can stand.

    A column that is not ``wanted`` may be empty.
    """

    name: str
    kind: Kind
    zh: str
    en: str
    wanted: bool = False
    values: tuple[str, ...] = ()


STATUSES = ("number", "blank", "filler", "missing", "unread")
_IDENTITY = (
    Column("report", "text", "报告编号", "Report: one body and one year; r12 in this archive", wanted=True),
    Column("organisation", "text", "行政机关", "Name of the body that reports", wanted=True),
    Column("region_code", "text", "行政区划代码", "Code of its region in the year reported on (GB/T 2260, six digits)"),
    Column("report_year", "year", "报告年度", "The year reported on, not the year of publication", wanted=True),
    Column("version", "text", "版本编号", "Version of the document that stands for the report", wanted=True),
    Column("url", "text", "网址", "Where that version was seen last", wanted=True),
)

CELLS: tuple[Column, ...] = (
    *_IDENTITY,
    Column("key", "text", "指标", "Key of the cell: table.row.column", wanted=True),
    Column("label", "text", "指标名称", "The form's own labels of row and column, in Chinese", wanted=True),
    Column("value", "amount", "数值", "The figure as read, in the form's unit; empty for every status but number"),
    Column("raw", "text", "原文", "What is printed in the cell, before any conversion of units"),
    Column(
        "status", "text", "状态",
        "number: a figure, 0 included; blank: an empty cell; filler: a dash, a slash or 无; missing: the document has "
        "no such cell; unread: something stands there that could not be read or placed",
        wanted=True, values=STATUSES,
    ),
    Column("unit", "text", "单位", "count, or 10k_yuan (万元)", wanted=True, values=("count", "10k_yuan")),
    Column("captured", "time", "首次采集时间", "When the version was captured first (UTC)", wanted=True),
    Column("corrected", "amount", "人工更正值", "The figure that a person says it is; value stays as read"),
    Column("corrected_status", "text", "人工更正状态", "What a person says; empty: no correction", values=STATUSES),
)  # fmt: skip

FACTS: tuple[Column, ...] = (
    *_IDENTITY,
    Column(
        "state", "text", "读取状态",
        "read; or why there is no figure: withdrawn (taken out of the archive), needs_ocr, timed_out …",
        wanted=True,
    ),
    Column("first_captured", "time", "首次采集时间", "When the version was captured first (UTC)", wanted=True),
    Column("last_captured", "time", "末次采集时间", "When the version was captured last (UTC)", wanted=True),
    Column("payload_digest", "text", "原始字节摘要", "SHA-256 of the bytes of the version", wanted=True),
    Column("format", "text", "文件格式", "Format of the document: html, pdf, docx …", wanted=True),
    Column("title", "text", "标题", "Title of the document"),
    Column("published", "date", "发布日期", "Date of publication that the document or its page prints"),
    Column("phone", "text", "联系电话", "Telephone number of the body, as printed"),
    Column("document_number", "text", "文号", "Number of the document (文号), as printed"),
    Column("proactive_form", "text", "主动公开表版式", "Form of the table of disclosure; empty: no such table"),
    Column("requests_form", "text", "依申请公开表版式", "Form of the table of requests; empty: no such table"),
    Column("disputes_form", "text", "复议诉讼表版式", "Form of the table of disputes; empty: no such table"),
    Column("statistics_form", "text", "统计表版式", "Form of the table of 2014 to 2018; empty: no such table"),
    Column("checks_held", "count", "勾稽关系成立数", "Sums that the form demands and that hold"),
    Column("checks_broken", "count", "勾稽关系不成立数", "Sums that the form demands and that do not hold"),
    Column("parser", "text", "解析规则版本", "Release of the reading rules"),
)  # fmt: skip

OTHERS = Column(
    "others", "text", "非数值单元格",
    'JSON: {key: status} of the cells of the report that hold no figure: {"requests.granted.total": "blank"}; '
    "a figure too large for its column stands here in digits. A key that is neither here nor in its column is no "
    "cell of this report's forms",
)  # fmt: skip
CORRECTED = Column(
    "corrected", "text", "人工更正",
    'JSON: {key: what a person says it is}, a status or a figure as text: {"requests.granted.total": "12"}; '
    "the columns stay as read",
)  # fmt: skip

CHECKS: tuple[Column, ...] = (
    Column("report", "text", "报告编号", "Report", wanted=True),
    Column("identity", "text", "勾稽关系", "Which sum of the form", wanted=True),
    Column("across", "text", "行或列", "Key of the column or row that it is about", wanted=True),
    Column(
        "state", "text", "结果", "UNKNOWN as soon as one operand is not a number",
        wanted=True, values=("HOLDS", "BROKEN", "UNKNOWN"),
    ),
    Column("left", "amount", "左边", "Total of the left side; empty where UNKNOWN"),
    Column("right", "amount", "右边", "Total of the right side; empty where UNKNOWN"),
)  # fmt: skip

VERSIONS: tuple[Column, ...] = (
    Column("version", "text", "版本编号", "What the body published: v34 in this archive", wanted=True),
    Column("report", "text", "报告编号", "Report", wanted=True),
    Column("rendition", "text", "文本形式", "The chain that it belongs to: html-1, pdf-1 …", wanted=True),
    Column("number", "count", "序号", "Place in that chain, from 1", wanted=True),
    Column("url", "text", "网址", "Where it was seen last", wanted=True),
    Column("first_captured", "time", "首次采集时间", "When it was captured first (UTC)", wanted=True),
    Column("last_captured", "time", "末次采集时间", "When it was captured last (UTC)", wanted=True),
    Column("payload_digest", "text", "原始字节摘要", "SHA-256 of its bytes", wanted=True),
    Column("state", "text", "读取状态", "read; or why not: withdrawn (taken out of the archive) …", wanted=True),
)

KEYS: tuple[Column, ...] = (
    Column("key", "text", "指标", "Key of a cell: table.row.column", wanted=True),
    Column("label_zh", "text", "中文名称", "The form's own labels of row and column", wanted=True),
    Column("label_en", "text", "英文名称", "The same in English, as this project words it", wanted=True),
    Column("unit", "text", "单位", "count, or 10k_yuan (万元)", wanted=True, values=("count", "10k_yuan")),
)


@cache
def form_keys() -> tuple[str, ...]:
    """Every key of every form, each once, in the forms' order."""
    return tuple(dict.fromkeys(key for sheet in SHEETS for key in sheet.keys))


def unit_of(key: str) -> str:
    """``count`` or ``10k_yuan``."""
    return "10k_yuan" if key in AMOUNTS else "count"


@cache
def column_of(key: str) -> Column:
    """A cell of the forms as a column of the wide table."""
    return Column(key, "amount" if key in AMOUNTS else "count", label_of(key), english_of(key))


@cache
def reports_columns() -> tuple[Column, ...]:
    """The wide table: facts, a column for each key of the forms, and what a column of figures cannot say."""
    return (*FACTS, *(column_of(key) for key in form_keys()), OTHERS, CORRECTED)


TABLES = MappingProxyType({"cells": CELLS, "checks": CHECKS, "versions": VERSIONS, "keys": KEYS})
"""The tables whose columns do not depend on the forms."""
