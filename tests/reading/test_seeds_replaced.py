"""The real dumps with figures that all differ in place of their zeros: what stands in a cell is what is read."""

from __future__ import annotations

import random
import re
from decimal import Decimal
from pathlib import Path

import pytest

from parsers.report import Status
from tests.documents.official_forms import COLUMNS, OUTCOMES, keys_of, request_rows
from tests.reading.answers import Expected, false_numbers, read_one, values_of, wrong_statuses, wrong_values

FORMS = {
    "000": ("2021", "2019"),
    "001": ("2021", "2021"),
    "002": ("2019", "2019"),
    "003": ("2021", "2021"),
    "004": ("2019", "2019"),
}
REVIEW = [f"disputes.review.{outcome}" for outcome, _ in OUTCOMES]
# A whole cell of figures: "0", " 0", "+2", "797.58万元".
_FIGURE = re.compile(r"([+-]?)(\d+)(\.\d+)?(万元)?")
# Between these two lines a dump holds nothing but tables and their headings.
_FROM, _TO = re.compile(r"^[\s　]*二、主动公开政府信息情况"), re.compile(r"^[\s　]*(五、)?存在的(主要)?问题")


def figure_cells(text: str) -> list[list[tuple[int, int]]]:
    """Spans of the figures in a dump, line by line: between tabs, or alone on a line; never within a label."""
    lines: list[list[tuple[int, int]]] = []
    offset, inside = 0, False
    for line in text.splitlines(keepends=True):
        inside = (inside or _FROM.match(line) is not None) and _TO.match(line) is None
        spans, at = [], offset
        for cell in re.split(r"(\t|\n)", line) if inside else ():
            if _FIGURE.fullmatch(cell.strip()):
                start = at + cell.index(cell.strip())
                spans.append((start, start + len(cell.strip())))
            at += len(cell)
        offset += len(line)
        if spans:
            lines.append(spans)
    return lines


def _new_figure(old: str, number: int) -> tuple[str, Expected]:
    """A figure in the shape of the old one: sign, decimals and unit stay."""
    shape = _FIGURE.fullmatch(old)
    assert shape is not None
    sign, _, decimals, unit = shape.groups()
    printed = f"{number}.{number % 90 + 10}" if decimals else str(number)
    value: Expected = Decimal(printed) if decimals else number
    return f"{sign}{printed}{unit or ''}", -value if sign == "-" and value is not None else value


def _rewrite(text: str, spans: list[tuple[int, int]], figures: list[int]) -> tuple[str, list[Expected]]:
    parts, values, done = [], [], 0
    for (start, end), number in zip(spans, figures, strict=True):
        printed, value = _new_figure(text[start:end], number)
        parts += [text[done:start], printed]
        values.append(value)
        done = end
    return "".join([*parts, text[done:]]), values


def _keys(name: str) -> list[str]:
    """Keys of the figures in the order in which the document prints them."""
    proactive, requests = FORMS[name]
    keys = keys_of({"proactive": proactive, "requests": requests, "disputes": "2019"})
    return [key for key in keys if name not in {"003", "004"} or key not in REVIEW]


def _text_of(corpus: Path, name: str) -> str:
    (file,) = (corpus / "seeds").glob(f"{name}_*.txt")
    return file.read_bytes().decode("utf-8")


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", ["000", "001", "002", "004"])
def test_figures_that_all_differ_are_read_back(corpus: Path, name: str, seed: int) -> None:
    text = _text_of(corpus, name)
    spans = [span for line in figure_cells(text) for span in line]
    keys = _keys(name)
    assert len(spans) == len(keys)
    rewritten, values = _rewrite(text, spans, random.Random(seed).sample(range(60_000), len(spans)))
    expected: dict[str, Expected] = dict.fromkeys(REVIEW) | dict(zip(keys, values, strict=True))
    report = read_one(rewritten.encode())
    assert wrong_values(report, expected) == []
    assert report.leftover == ()


EIGHT = ("other_other", "handled_total", "carried_out")  # the rows of 003 that print eight figures for seven columns


def _lines_of_003(text: str) -> dict[str, list[tuple[int, int]]]:
    """Row key → spans of its figures, after the four rows of table 二 with several figures or one."""
    lines = figure_cells(text)
    table_three = lines[6:-1]
    assert [len(line) for line in lines[:6]] == [3, 3, 1, 1, 1, 1]
    assert len(lines[-1]) == 10
    rows = dict(zip(request_rows("2021"), table_three, strict=True))
    assert [row for row, line in rows.items() if len(line) == 8] == list(EIGHT)
    return rows


def _is_doubtful(key: str) -> bool:
    return key.split(".")[1] in EIGHT


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_003_reads_what_has_one_place_and_leaves_what_has_two(corpus: Path, seed: int) -> None:
    """Eight figures that differ in seven columns: every column could hold either of two, so none is read."""
    text = _text_of(corpus, "003")
    lines = list(_lines_of_003(text).values())
    rewritten, expected, surplus = _rewritten_003(text, seed)
    report = read_one(rewritten.encode())
    assert len(surplus) == 24
    assert len(lines) == 25
    assert wrong_values(report, expected) == []
    assert wrong_statuses(report, {key: "unread" for key in expected if _is_doubtful(key)}) == []
    assert wrong_statuses(report, dict.fromkeys(REVIEW, "blank")) == []
    left = [one.raw.strip() for one in report.leftover]
    assert left, "eight figures for seven columns leave at least one over"
    assert set(left) <= surplus


def _rewritten_003(text: str, seed: int) -> tuple[str, dict[str, Expected], set[str]]:
    """Text with figures that differ, what each key must read, and the figures of the rows of eight."""
    spans = [span for line in figure_cells(text) for span in line]
    rewritten, values = _rewrite(text, spans, random.Random(seed).sample(range(60_000), len(spans)))
    of_eight = {span for row in EIGHT for span in _lines_of_003(text)[row]}
    certain = [value for span, value in zip(spans, values, strict=True) if span not in of_eight]
    keys = _keys("003")
    expected: dict[str, Expected] = dict.fromkeys([*REVIEW, *keys])
    expected |= dict(zip([key for key in keys if not _is_doubtful(key)], certain, strict=True))
    surplus = {str(value) for span, value in zip(spans, values, strict=True) if span in of_eight}
    return rewritten, expected, surplus


def test_003_reads_a_surplus_row_where_every_placing_agrees(corpus: Path) -> None:
    """5 5 7 7 7 7 7 7: whichever figure is the surplus one, columns 1 and 3 to 7 hold the same; column 2 does not."""
    text = _text_of(corpus, "003")
    spans = _lines_of_003(text)["handled_total"]
    rewritten, _ = _rewrite(text, spans, [5, 5, 7, 7, 7, 7, 7, 7])
    values = values_of(read_one(rewritten.encode()))
    row = [values[f"requests.handled_total.{column}"] for column, _ in COLUMNS]
    assert [value.value for value in row] == [5, None, 7, 7, 7, 7, 7]
    assert row[1].status is Status.UNREAD


LABELS = (
    "规章",
    "其他法律行政法规禁止公开",
    "属于行政执法案卷",
    "没有现成信息需要另行制作",
    "重复申请",
    "结转下年度继续办理",
)


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("name", FORMS)
def test_one_label_taken_away_never_moves_a_figure(corpus: Path, name: str, label: str) -> None:
    """A label of the tables blotted out: the figures above and below it stay where they belong."""
    text = _text_of(corpus, name)
    if name == "003":
        rewritten, expected, _ = _rewritten_003(text, 7)
    else:
        spans = [span for line in figure_cells(text) for span in line]
        rewritten, values = _rewrite(text, spans, random.Random(7).sample(range(60_000), len(spans)))
        expected = dict(zip(_keys(name), values, strict=True))
    before, first_band, tables = rewritten.partition("第二十条第（一）项")
    assert label in tables
    report = read_one((before + first_band + tables.replace(label, "", 1)).encode())
    assert false_numbers(report, expected) == []


def test_the_locator_finds_every_figure_of_every_seed(corpus: Path) -> None:
    """By count: every key but the blank and missing ones, and in 003 three figures too many."""
    counts = {name: sum(map(len, figure_cells(_text_of(corpus, name)))) for name in FORMS}
    assert counts == {"000": 186, "001": 200, "002": 198, "003": 198, "004": 193}
