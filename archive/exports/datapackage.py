"""A ZIP of CSV files with a description of each column: a Data Package."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from archive.changes import last_change
from archive.exports import OF_REPORTS, Selection
from archive.exports.parts.columns import TABLES, Column, reports_columns
from archive.exports.parts.rows import Counted, Row, cells_of, checks_of, iterate_rows, key_rows, versions_of, wide_of
from archive.exports.parts.safe_csv import write_rows
from archive.exports.parts.selected import iterate_selected
from archive.store import Archive

NAME = "datapackage"
CAPTION = "a ZIP of CSV files in which every column is described (Data Package, version 1)"
SELECTS = OF_REPORTS

# The oldest time that a ZIP can name: the same archive gives the same bytes.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_TYPES = {
    "text": "string", "count": "integer", "amount": "number", "year": "integer", "date": "date", "time": "datetime",
}  # fmt: skip
_OF_A_REPORT = {"report": ("reports", "report")}
# (title in Chinese, description in English, primary key, foreign keys: field → resource, field)
_RESOURCES: dict[str, tuple[str, str, Sequence[str], dict[str, tuple[str, str]]]] = {
    "reports": ("年度报告", "One row a report, one column a cell of the forms.", ("report",), {}),
    "cells": ("单元格", "One row a cell of a report.", ("report", "key"), _OF_A_REPORT | {"key": ("keys", "key")}),
    "checks": ("勾稽关系", "The sums that the forms demand.", ("report", "identity", "across"), _OF_A_REPORT),
    "versions": ("版本", "What each body published, as often as it changed.", ("version",), _OF_A_REPORT),
    "keys": ("指标", "What each cell of the forms is called.", ("key",), {}),
}  # fmt: skip


def write_export(archive: Archive, selection: Selection, out: BinaryIO) -> int:
    """Writes the package; the tables are read one after another, so that none is held. Returns how many reports."""
    reports = Counted(iterate_rows(archive, selection))
    tables: dict[str, Iterator[Row]] = {
        "reports": map(wide_of, reports),
        "cells": chain.from_iterable(map(cells_of, iterate_rows(archive, selection))),
        "checks": (check for one in iterate_selected(archive, selection) for check in checks_of(archive, one)),
        "versions": (kept for one in iterate_selected(archive, selection) for kept in versions_of(archive, one)),
        "keys": key_rows(),
    }
    with ZipFile(out, "w", ZIP_DEFLATED) as package:
        descriptor = json.dumps(describe_package(last_change(archive)), ensure_ascii=False, indent=2)
        package.writestr(_member("datapackage.json"), descriptor.encode("utf-8"))
        package.writestr(_member("README.md"), _README.encode("utf-8"))
        for name, rows in tables.items():
            with package.open(_member(f"{name}.csv"), "w", force_zip64=True) as member:
                write_rows(_columns(name), rows, member)  # type: ignore[arg-type]
    return reports.seen


def describe_package(cursor: int) -> dict[str, Any]:
    """The descriptor (specs.frictionlessdata.io: Data Package, Tabular Data Resource, Table Schema).

    ``cursor`` is the archive's last change: with it ``--since`` goes on from here.
    """
    return {
        "profile": "tabular-data-package",
        "name": "nianbao",
        "title": "政府信息公开工作年度报告",
        "description": "Annual reports of Chinese government bodies on information disclosure, cell by cell.",
        "cursor": cursor,
        "resources": [_resource(name) for name in _RESOURCES],
    }


def _resource(name: str) -> dict[str, Any]:
    title, description, primary, foreign = _RESOURCES[name]
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        "title": title,
        "description": description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": {
            "fields": [_field(column) for column in _columns(name)],
            "missingValues": [""],
            "primaryKey": list(primary),
            "foreignKeys": [
                {"fields": field, "reference": {"resource": resource, "fields": other}}
                for field, (resource, other) in foreign.items()
            ],
        },
    }


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if column.wanted else {}
    if column.values:
        constraints["enum"] = list(column.values)
    described = {
        "name": column.name, "type": _TYPES[column.kind], "title": column.zh, "description": column.en,
    }  # fmt: skip
    return described | {"constraints": constraints} if constraints else described


def _columns(name: str) -> Sequence[Column]:
    return reports_columns() if name == "reports" else TABLES[name]


def _member(name: str) -> ZipInfo:
    member = ZipInfo(name, _NO_TIME)
    member.compress_type = ZIP_DEFLATED
    member.external_attr = 0o644 << 16
    return member


_README = """\
# 政府信息公开工作年度报告 · Annual reports on government information disclosure

`datapackage.json` 以中英文说明每个文件的每一列。`datapackage.json` describes every column of every file: the title in
Chinese, the description in English.

- `reports.csv` 一份报告一行 · one row a report, one column a cell of the forms
- `cells.csv` 一个单元格一行 · one row a cell; the same figures, with what is printed and how it stands
- `checks.csv` 勾稽关系 · the sums that the forms demand: HOLDS, BROKEN or UNKNOWN
- `versions.csv` 版本 · every version that was seen
- `keys.csv` 指标名称 · what each key is called, in Chinese and English

空白不是零。An empty field is no zero: `status` in `cells.csv` and `others` in `reports.csv` say whether the cell is
blank, holds a dash, is missing from the document, or could not be read. A report whose `state` is `withdrawn` was taken
out of the archive on purpose. A correction by a person stands in columns of its own; the figure as read stays.

文本若以 = + - @ 等开头，前面加了一个撇号，以免电子表格把它当作公式执行。
A text that a spreadsheet would run as a formula has an apostrophe before it, and so has a text that begins with one:
take one apostrophe off to get it back. Figures have none.
"""
