"""What real reports do to labels, rows and figures, one bend at a time: read right, or unread where a person doubts."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from parsers.report import Report, Status
from tests.documents.official_forms import COLUMNS, Box, Labels, Rows
from tests.documents.sources import positions_of
from tests.reading.answers import false_numbers, read_one, values_of, wrong_values
from tests.reading.generated import MEDIA, Drawn, draw, in_medium, row_with

F21, F19 = ("2021", "2021"), ("2019", "2019")
AMOUNT = "proactive.fees.amount"
every_medium = pytest.mark.parametrize("medium", MEDIA)


def _swap(old: str, new: str) -> Labels:
    return lambda text: text.replace(old, new)


def _numbered(pattern: str) -> Labels:
    """Labels numbered another way: 1. → 1、 or (1) or nothing."""
    return lambda text: re.sub(r"^(\d)\.", pattern, text)


LABELS: dict[str, Labels] = {
    "typo": _swap("其他法律行政法规禁止公开", "其他法律行政止公开"),
    "cut header": _swap("现行有效件数", "现行有效件"),
    "space in article": _swap("第二十条第（", "第二十条  第（"),
    "half-width brackets": lambda text: text.replace("（", "(").replace("）", ")"),
    "mixed brackets": _swap("（单位：万元）", "(单位：万元）"),
    "half-width colon": _swap("单位：", "单位:"),
    "older name of documents": _swap("行政规范性文件", "规范性文件"),
    "shorter name of organisations": _swap("社会公益组织", "社会组织"),
    "ideographic comma": _numbered(r"\1、"),
    "space after the dot": _numbered(r"\1. "),
    "number in brackets": _numbered(r"(\1)"),
    "full-width number": lambda text: re.sub(r"^(\d)\.", lambda m: f"{chr(ord(m[1]) + 0xFEE0)}．", text),
    "no number": _numbered(""),
    "spaced letters": lambda text: " ".join(text) if text in {"自然人", "总计", "商业企业", "结果维持"} else text,
    "wide spaces": lambda text: f"\u3000{text}\u3000",
    "straight quotes": lambda text: text.replace("“", '"').replace("”", '"'),
    "no quotes": lambda text: text.replace("“", "").replace("”", ""),
    "upright result": _swap("三、本年度办理结果", "三 、本 年 度办 理 结果"),
    "traditional unit word": _swap("本年收费金额（单位：万元）", "本年收费金额（万元）"),
}


@every_medium
@pytest.mark.parametrize("name", LABELS)
def test_bent_labels_are_still_the_labels(name: str, medium: str) -> None:
    for seed, forms in ((31, F21), (32, F19)):
        drawn = draw(seed, forms, label=LABELS[name])
        report = read_one(in_medium(drawn, medium))
        assert wrong_values(report, drawn.figures) == []
        assert report.leftover == ()


def test_words_split_over_two_lines_of_a_cell() -> None:
    def split(text: str) -> str:
        return f"{text[: len(text) // 2]}\n{text[len(text) // 2 :]}" if len(text) > 2 else text

    for medium in ("html", "lines"):
        drawn = draw(33, F21, label=split)
        assert wrong_values(read_one(in_medium(drawn, medium)), drawn.figures) == []


def _with_rows(table: Rows, at: int, *rows: list[Box]) -> Rows:
    return [*table[:at], *rows, *table[at:]]


@every_medium
def test_a_unit_row_and_a_note_row_are_no_data(medium: str) -> None:
    """单位：件 above the header, 注：… with a figure of its own below the last row."""
    unit, note = [Box("单位：件", 1, 10)], [Box("注：以上含上年度结转12件。", 1, 10)]
    drawn = draw(34, F21).bent(1, lambda table: [unit, *table, note])
    report = read_one(in_medium(drawn, medium))
    assert wrong_values(report, drawn.figures) == []
    assert report.leftover == ()


@every_medium
@pytest.mark.parametrize("label", ["小计", "（三）小计", "其中：涉及企业"])
def test_a_row_that_the_form_does_not_have(label: str, medium: str) -> None:
    """A row of its own within group （三）: its figures belong to no key and are left over."""
    extra = [Box(label), *(Box(str(80001 + n), key="extra") for n in range(7))]

    def change(table: Rows) -> Rows:
        at = row_with(table, "refused_administrative_query")
        longer = [
            [
                replace(box, rowspan=box.rowspan + 1) if n <= at < n + box.rowspan and box.rowspan > 1 else box
                for box in row
            ]
            for n, row in enumerate(table)
        ]
        return _with_rows(longer, at + 1, extra)

    drawn = draw(35, F21).bent(1, change)
    report = read_one(in_medium(drawn, medium))
    assert wrong_values(report, drawn.figures) == []
    assert [left.raw for left in report.leftover] == [str(80001 + n) for n in range(7)]


@every_medium
def test_a_column_that_the_form_does_not_have(medium: str) -> None:
    """备注 after 总计, empty but for two rows."""
    notes = {"granted": "80001", "declined_repeat": "见说明"}

    def change(table: Rows) -> Rows:
        changed = [[*row] for row in table]
        changed[0][-1] = replace(changed[0][-1], colspan=8)
        changed[1].append(Box("备注", 2))
        for row in changed[3:]:
            name = next(box.key.split(".")[1] for box in row if box.key)
            row.append(Box(notes.get(name, "")))
        return changed

    drawn = draw(36, F21).bent(1, change)
    report = read_one(in_medium(drawn, medium))
    assert false_numbers(report, drawn.figures) == []
    if medium == "html":
        assert wrong_values(report, drawn.figures) == []
        assert sorted(left.raw for left in report.leftover) == ["80001", "见说明"]


@every_medium
def test_a_column_of_serial_numbers_before_the_labels(medium: str) -> None:
    def change(table: Rows) -> Rows:
        changed = [[*row] for row in table]
        changed[0].insert(0, Box("序号", 3))
        for number, row in enumerate(changed[3:], 1):
            row.insert(0, Box(str(number)))
        return changed

    drawn = draw(37, F21).bent(1, change)
    report = read_one(in_medium(drawn, medium))
    assert false_numbers(report, drawn.figures) == []
    if wrong_values(report, drawn.figures):
        assert report.leftover, "figures that no key claims are left over"


@pytest.mark.parametrize("medium", ["tabs", "lines"])
@pytest.mark.parametrize("place", [0, 3, 6])
def test_a_dump_row_with_one_figure_too_few(place: int, medium: str) -> None:
    """Six figures for seven columns in a dump, where order is all there is: none has one place only."""

    def change(table: Rows) -> Rows:
        at = row_with(table, "refused_third_party")
        first = next(n for n, box in enumerate(table[at]) if box.key)
        del table[at][first + place]
        return table

    drawn = draw(38, F21).bent(1, change)
    report = read_one(in_medium(drawn, medium))
    assert false_numbers(report, drawn.figures) == []
    rest = {key: number for key, number in drawn.figures.items() if ".refused_third_party." not in key}
    assert [key for key, number in rest.items() if values_of(report)[key].value != number] == []


@pytest.mark.parametrize("medium", ["tabs", "lines"])
@pytest.mark.parametrize(
    ("label", "before"),
    [("总计", 0), ("总计", 1), ("总计", 3), ("自然人", 1), ("自然人", 9)],
)
def test_a_header_label_that_stands_in_another_place(label: str, before: int, medium: str) -> None:
    """Dumps move header cells (002: 总计 in the first row, 003 in the second): figures right or unread."""

    def change(table: Rows) -> Rows:
        head = [[replace(box, rowspan=1) for box in row] for row in table[:3]]
        moved = next(box for row in head for box in row if box.text == label)
        for row in head:
            if moved in row:
                row.remove(moved)
        head[2].insert(min(before, len(head[2])), moved)
        return [*head, *table[3:]]

    drawn = draw(39, F21).bent(1, change)
    assert false_numbers(read_one(in_medium(drawn, medium)), drawn.figures) == []


def _relabelled(table: Rows, way: str) -> Rows:
    """Table 三 with its label columns flattened: repeated on every row, the innermost alone, or two joined."""
    lies = {
        (number + down, at + over): box
        for number, (row, places) in enumerate(zip(table, positions_of(table), strict=True))
        for box, at in zip(row, places, strict=True)
        for down in range(box.rowspan)
        for over in range(box.colspan)
    }
    rows: Rows = [[replace(box, colspan=_WIDTH[way]) if box.colspan == 3 else box for box in row] for row in table[:3]]
    for number, row in enumerate(table[3:], 3):
        labels = list(dict.fromkeys(lies[number, column].text for column in range(3)))
        joined = ["".join(labels[:-1]), labels[-1]] if len(labels) > 1 else labels
        kept = {"repeated": labels, "innermost": labels[-1:], "joined": joined, "all in one": ["".join(labels)]}[way]
        boxes = [*map(Box, kept[:-1]), Box(kept[-1], 1, _WIDTH[way] - len(kept) + 1)]
        rows.append([*boxes, *(box for box in row if box.key)])
    return rows


_WIDTH = {"repeated": 3, "innermost": 1, "joined": 2, "all in one": 1}


@every_medium
@pytest.mark.parametrize("forms", [F21, F19])
@pytest.mark.parametrize("way", _WIDTH)
def test_label_columns_written_another_way(way: str, forms: tuple[str, str], medium: str) -> None:
    for shuffled in (False, True):
        drawn = draw(49, forms, rows=shuffled).bent(1, lambda table: _relabelled(table, way))
        report = read_one(in_medium(drawn, medium))
        assert false_numbers(report, drawn.figures) == []
        if way == "all in one":
            assert report.leftover or not wrong_values(report, drawn.figures)
        else:
            assert wrong_values(report, drawn.figures) == []


@pytest.mark.parametrize(
    ("label", "old", "new"),
    [
        ("法人或其他组织", "colspan=5", "colspan=1"),
        ("法人或其他组织", "colspan=5", "colspan=4"),
        ("法人或其他组织", "colspan=5", "colspan=6"),
        ("申请人情况", "colspan=7", "colspan=1"),
        ("总计", "rowspan=2", "rowspan=1"),
        ("自然人", "rowspan=2", "rowspan=3"),
        ("三、本年度办理结果", "rowspan=22", "rowspan=1"),
        ("三、本年度办理结果", "rowspan=22", "rowspan=25"),
        ("（三）不予公开", "rowspan=8", "rowspan=7"),
        ("（三）不予公开", "rowspan=8", "rowspan=9"),
        ("一、本年新收政府信息公开申请数量", "colspan=3", "colspan=2"),
        ("四、结转下年度继续办理", "colspan=3", "colspan=4"),
        ("行政复议", "colspan=5", "colspan=1"),
        ("未经复议直接起诉", "colspan=5", "colspan=4"),
        ("复议后起诉", "colspan=5", "colspan=1"),
    ],
)
def test_a_span_that_is_wrong(label: str, old: str, new: str) -> None:
    """Hand-edited pages state a span that does not fit: figures right or unread."""
    for seed in (47, 48):
        drawn = draw(seed, F21)
        page = in_medium(drawn, "html").decode()
        start = page.rindex("<td", 0, page.index(f">{label}</td>"))
        bent = page[:start] + page[start:].replace(old, new, 1)
        assert bent != page
        assert false_numbers(read_one(bent.encode()), drawn.figures) == []


def _read_cell(printed: str, key: str = "requests.granted.research", label: Labels | None = None) -> Report:
    drawn = draw(40, F21, label=label) if label else draw(40, F21)

    def change(table: Rows) -> Rows:
        return [[replace(box, text=printed) if box.key == key else box for box in row] for row in table]

    return read_one(in_medium(drawn.bent(0 if key == AMOUNT else 1, change), "html"))


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("1,234", 1234), ("1，234", 1234), ("１２３", 123), (" 7 ", 7), ("\u30007", 7), ("12件", 12), ("12 件", 12),
        ("0", 0), ("00", 0), ("+2", 2), ("-71", -71), ("－71", -71), ("−71", -71), ("增加5", 5), ("减1", -1),
        ("减少3", -3), ("22（其中修订 16 件）", 22), ("55(含自然失效29件)", 55), ("3项", 3), ("1,234,567", 1234567),
    ],
)  # fmt: skip
def test_prints_of_a_figure(printed: str, number: int) -> None:
    value = values_of(_read_cell(printed))["requests.granted.research"]
    assert (value.value, value.status) == (number, Status.NUMBER)
    assert value.raw.strip() == printed.strip()


@pytest.mark.parametrize(
    "printed",
    [
        "12/30", "3-5", "约20", "20余", "5%", "1.2.3", "见附件", "2023年", "12、34", "12；34", "1,23", "12,3456", "?",
        "O", "l2", "12a", "12 34", "1 2/3", "二十", "+", "件", "12（", "（12）34", "1..5", "--5", "#REF!", "1e3",
    ],
)  # fmt: skip
def test_prints_that_could_mean_something_else(printed: str) -> None:
    value = values_of(_read_cell(printed))["requests.granted.research"]
    assert (value.value, value.status) == (None, Status.UNREAD)
    assert value.raw.strip() == printed


@pytest.mark.parametrize("printed", ["12①", "12¹", "12²", "12⑴", "12㈠", "12*", "12[1]", "12(1)", "12（注1）"])
def test_a_footnote_mark_is_no_digit(printed: str) -> None:
    """Compatibility forms of digits (NFKC: ① → 1) must not join the figure."""
    assert values_of(_read_cell(printed))["requests.granted.research"].value in {12, None}


@pytest.mark.parametrize("printed", ["½", "①", "Ⅻ", "㉑", "①②", "٣", "१२", "𝟙𝟚"])
def test_digits_of_other_kinds(printed: str) -> None:
    """Letters that only count as digits somewhere else: their own value or unread, never another one."""
    own = {"①": 1, "㉑": 21, "٣": 3, "१२": 12, "𝟙𝟚": 12, "Ⅻ": 12}
    assert values_of(_read_cell(printed))["requests.granted.research"].value in {None, own.get(printed)}


@pytest.mark.parametrize(
    ("printed", "label", "number"),
    [
        ("797.58万元", "本年收费金额（单位：万元）", "797.58"),
        ("251000元", "本年收费金额（单位：万元）", "25.1"),
        ("251,000元", "本年收费金额（单位：万元）", "25.1"),
        ("251000", "本年收费金额（单位：元）", "25.1"),
        ("251000.50", "本年收费金额（元）", "25.10005"),
        ("18.8710", "本年收费金额（单位：万元）", "18.871"),
        ("0.0001", "本年收费金额（单位：万元）", "0.0001"),
        ("12.5万元", "本年收费金额（单位：元）", "12.5"),
        ("0元", "本年收费金额（单位：万元）", "0"),
        ("797.58", "本年收费金额", "797.58"),
    ],
)
def test_amounts_in_10k_yuan(printed: str, label: str, number: str) -> None:
    report = _read_cell(printed, AMOUNT, _swap("本年收费金额（单位：万元）", label))
    assert values_of(report)[AMOUNT].value == Decimal(number)
    assumed = "unit_assumed" in {problem.code for problem in report.problems}
    assert assumed == (label == "本年收费金额" and "元" not in printed)


@pytest.mark.parametrize("printed", ["1.5亿元", "3千元", "2百万元", "100美元", "￥251000", "25角"])
def test_amounts_in_other_units_are_never_taken_as_10k_yuan(printed: str) -> None:
    right = {"1.5亿元": Decimal(15000), "3千元": Decimal("0.3"), "2百万元": Decimal(200), "￥251000": Decimal("25.1")}
    value = values_of(_read_cell(printed, AMOUNT))[AMOUNT]
    assert value.value in {None, right.get(printed)}
    assert value.status in {Status.NUMBER, Status.UNREAD}


def test_three_values_for_one_column() -> None:
    """A clone prints 行政处罚 22 33 44 under one header: no figure has one place only (surplus cells of a copy)."""

    def change(table: Rows) -> Rows:
        at = row_with(table, "penalties")
        table[at] = [table[at][0], *(Box(text, key="clone") for text in ("22", "33", "44"))]
        return table

    drawn = draw(41, F21).bent(0, change)
    for medium in MEDIA:
        report = read_one(in_medium(drawn, medium))
        assert values_of(report)["proactive.penalties.decisions"].status is Status.UNREAD, medium
        assert report.leftover, medium
        assert false_numbers(report, drawn.figures) == [], medium


def test_the_same_table_twice_is_never_mixed() -> None:
    """Table 三 of this year and of last year in one report: all figures of one, or none, never some of each."""
    first, second = draw(42, F21), draw(43, F21)
    page = in_medium(first, "html").decode()
    other = in_medium(second, "html").decode()
    start = other.index("<table", other.index("三、收到"))
    table = other[start : other.index("</table>", start) + 8]
    report = read_one(page.replace("<p>四、政府", f"<p>上年同期：</p>{table}<p>四、政府").encode())
    read = {key: value.value for key, value in values_of(report).items() if key.startswith("requests.")}
    numbers = [{key: figures[key] for key in read} for figures in (first.figures, second.figures)]
    mixed = [all(read[key] in {None, one[key]} for key in read) for one in numbers]
    assert any(mixed)
    assert len(read) == 25 * len(COLUMNS)


def test_a_blank_last_table_is_blank_and_not_missing() -> None:
    """The official form itself: table 四 has its row of fifteen empty cells."""

    def change(table: Rows) -> Rows:
        return [[replace(box, text="") if box.key else box for box in row] for row in table]

    for medium in ("html", "lines"):
        drawn = draw(44, F21).bent(2, change)
        values = values_of(read_one(in_medium(drawn, medium)))
        assert {value.status for key, value in values.items() if key.startswith("disputes.")} == {Status.BLANK}


def test_an_extra_blank_row_below_the_figures_changes_nothing() -> None:
    """004 prints an empty row under the figures of table 四."""
    drawn = draw(45, F21).bent(2, lambda table: [*table, [Box("") for _ in range(15)]])
    for medium in MEDIA:
        assert wrong_values(read_one(in_medium(drawn, medium)), drawn.figures) == []


def test_the_generator_draws_what_the_tests_bend() -> None:
    drawn: Drawn = draw(46, F21)
    assert len(drawn.figures) == 200
    assert len(set(map(Decimal, drawn.figures.values()))) == 200
    assert [len(table) for table in drawn.tables] == [14, 28, 4]
