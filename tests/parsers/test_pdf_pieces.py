"""The steps of reading a PDF, one by one: lines to grids, runs to text, parts to whole tables, page furniture."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.pdf.cells import Grid, GridCell, find_grids
from parsers.pdf.characters import in_columns
from parsers.pdf.furniture import without_furniture
from parsers.pdf.geometry import Box, Frame
from parsers.pdf.joins import joined_parts
from parsers.pdf.lines import Line, Run, cell_texts, lines_of
from parsers.pdf.rules import Rules, Segment
from parsers.pdf.runs import runs_of
from parsers.pdf.tables import Part, PartCell, table_of

SHEET = Box(0.0, 0.0, 595.0, 842.0)


def ruled(xs: list[float], ys: list[float], without: set[tuple[str, int, int]] = frozenset()) -> Rules:  # type: ignore[assignment]
    """Every side of every step of a grid drawn by itself, but for the inner ones named (axis, line, step)."""
    rules = Rules()
    for i, y in enumerate(ys):
        for c in range(len(xs) - 1):
            if ("h", i, c) not in without:
                rules.horizontal.append(Segment(y, xs[c], xs[c + 1]))
    for j, x in enumerate(xs):
        for r in range(len(ys) - 1):
            if ("v", j, r) not in without:
                rules.vertical.append(Segment(x, ys[r], ys[r + 1]))
    return rules


def test_missing_inner_sides_are_spans() -> None:
    rules = ruled([50, 100, 150, 200], [100, 120, 140], {("v", 1, 0), ("h", 1, 2)})
    (grid,) = find_grids(rules, SHEET)
    assert set(grid.cells) == {
        GridCell(0, 0, 1, 2),
        GridCell(0, 2, 2, 3),
        GridCell(1, 0, 2, 1),
        GridCell(1, 1, 2, 2),
    }
    assert grid.broken == 0


def test_double_and_dotted_lines_are_one_line() -> None:
    rules = Rules()
    for y in (100.0, 102.2, 120.0, 122.2):
        rules.horizontal.append(Segment(y, 50, 202))
    for x in (50.0, 100.0, 102.0, 202.0):
        rules.vertical += [Segment(x, y, y + 0.75) for y in (100 + 1.5 * step for step in range(15))]
    (grid,) = find_grids(rules, SHEET)
    assert (len(grid.xs), len(grid.ys), len(grid.cells)) == (3, 2, 2)


def test_side_lines_that_miss_each_other_from_row_to_row_make_no_column() -> None:
    rules = Rules()
    for y in (100, 120, 140):
        rules.horizontal.append(Segment(y, 50, 200))
    rules.vertical += [Segment(50, 100, 140), Segment(200, 100, 140), Segment(120, 100, 120), Segment(125, 120, 140)]
    (grid,) = find_grids(rules, SHEET)
    assert [(cell.column, cell.column_end) for cell in grid.cells] == [(0, 1), (1, 2), (0, 1), (1, 2)]


def test_a_table_without_outer_side_lines_is_whole() -> None:
    rules = Rules(
        horizontal=[Segment(y, 50, 200) for y in (100, 120, 140)],
        vertical=[Segment(x, 100, 140) for x in (90, 150)],
    )
    (grid,) = find_grids(rules, SHEET)
    assert (grid.xs, len(grid.cells)) == ((50, 90, 150, 200), 6)


def test_a_table_cut_open_by_the_page_ends_where_its_side_lines_end() -> None:
    rules = Rules(
        horizontal=[Segment(y, 50, 200) for y in (100, 120)],
        vertical=[Segment(x, 100, 160) for x in (50, 90, 200)],
    )
    (grid,) = find_grids(rules, SHEET)
    assert (grid.ys, grid.open_top, grid.open_bottom) == ((100, 120, 160), False, True)


def test_a_cell_without_rectangular_outline_is_cut_and_counted() -> None:
    rules = ruled([50, 100, 150], [100, 120, 140], {("v", 1, 0), ("h", 1, 1)})
    (grid,) = find_grids(rules, SHEET)
    assert grid.broken == 1
    assert sum((c.row_end - c.row) * (c.column_end - c.column) for c in grid.cells) == 4


def test_the_frame_around_a_page_and_the_layout_around_tables_are_no_tables() -> None:
    frame = ruled([20, 575], [20, 400, 820])
    inner = ruled([50, 100, 150], [100, 120, 140])
    rules = Rules(frame.horizontal + inner.horizontal, frame.vertical + inner.vertical)
    (grid,) = find_grids(rules, SHEET)
    assert grid.box == Box(50, 100, 150, 140)


def test_coloured_cells_side_by_side_are_a_table_and_marked_words_are_none() -> None:
    cells = [Box(x, y, x + 49, y + 19) for x in (50.0, 100.0) for y in (100.0, 120.0)]
    (grid,) = find_grids(Rules(boxes=[*cells, Box(49, 99, 150, 140)]), SHEET)
    assert len(grid.cells) == 4
    assert find_grids(Rules(boxes=[Box(50, y, 90, y + 12) for y in (100.0, 300.0, 500.0, 700.0)]), SHEET) == []


@given(
    columns=st.lists(st.floats(12, 60), min_size=1, max_size=8),
    rows=st.lists(st.floats(12, 40), min_size=1, max_size=12),
    shift=st.floats(-0.4, 0.4),
)
def test_any_full_grid_is_found_cell_for_cell(columns: list[float], rows: list[float], shift: float) -> None:
    xs = [30.0]
    for width in columns:
        xs.append(xs[-1] + width)
    ys = [40.0]
    for height in rows:
        ys.append(ys[-1] + height)
    rules = ruled(xs, ys)
    rules.horizontal = [Segment(s.at + shift * (i % 2), s.start, s.end) for i, s in enumerate(rules.horizontal)]
    grids = find_grids(rules, Box(0, 0, 2000, 2000))
    assert [len(grid.cells) for grid in grids] == [len(columns) * len(rows)]


def characters(text: str, left: float, top: float, size: float = 10.0) -> list[tuple[int, float, float, float, float]]:
    placed = []
    for character in text:
        width = size if ord(character) > 0x2E80 else size / 2
        if character != " ":
            placed.append((ord(character), left, top, left + width, top + size))
        left += width
    return placed


GRID = Grid((50.0, 100.0, 150.0), (100.0, 140.0), (GridCell(0, 0, 1, 1), GridCell(0, 1, 1, 2)))


def texts(placed: list[tuple[int, float, float, float, float]], grid: Grid = GRID) -> list[str]:
    found = cell_texts(runs_of(in_columns(placed), [grid]), [grid])
    return [found[0, number].text for number in range(len(grid.cells)) if (0, number) in found]


def test_digits_of_two_cells_never_meet() -> None:
    assert texts(characters("12", 89, 105) + characters("34", 101, 105)) == ["12", "34"]


def test_bold_by_printing_twice_is_one_character() -> None:
    assert texts(characters("11", 60, 105) + characters("11", 60.3, 105)) == ["11"]
    one_by_one = [c for pair in zip(characters("11", 60, 105), characters("11", 60.3, 105), strict=True) for c in pair]
    assert texts(one_by_one) == ["11"]


def test_a_figure_wrapped_for_want_of_room_is_one_and_two_paragraphs_are_two() -> None:
    wrapped = characters("12345678", 54, 105) + characters("9", 54, 116)
    assert texts(wrapped) == ["123456789"]
    assert texts(characters("12", 54, 105) + characters("3", 54, 116)) == ["12\n3"]


def test_the_rest_of_a_wrapped_figure_is_shorter_and_centred_figures_of_one_length_are_two() -> None:
    narrow = Grid((50.0, 86.0), (100.0, 140.0), (GridCell(0, 0, 1, 1),))
    assert texts(characters("12", 63, 105) + characters("34", 63, 116), narrow) == ["12\n34"]
    assert texts(characters("123", 59, 105) + characters("4", 59, 116), narrow) == ["1234"]
    narrower, narrowest = (Grid((50.0, right), (100.0, 140.0), (GridCell(0, 0, 1, 1),)) for right in (80.0, 66.0))
    assert texts(characters("12", 60, 105) + characters("34", 60, 116), narrower) == ["12\n34"], "a third has room"
    assert texts(characters("12", 53, 105) + characters("34", 53, 116), narrowest) == ["1234"]


def test_figures_far_apart_in_one_cell_stay_apart() -> None:
    assert texts(characters("12", 54, 105) + characters("34", 84, 105)) == ["12\t34"]
    assert texts(characters("1 288", 54, 105)) == ["1 288"]


def test_labels_set_downwards_are_joined_in_reading_order() -> None:
    narrow = Grid((50.0, 85.0), (100.0, 200.0), (GridCell(0, 0, 1, 1),))
    one = [c for i, ch in enumerate("三、本年度") for c in characters(ch, 62, 105 + 12 * i)]
    assert texts(one, narrow) == ["三、本年度"]
    two = [c for i, ch in enumerate("三、本年度") for c in characters(ch, 70, 105 + 12 * i)]
    two += [c for i, ch in enumerate("办理结果") for c in characters(ch, 54, 105 + 12 * i)]
    assert texts(two, narrow) == ["三、本年度办理结果"]


def test_wrapped_chinese_is_joined_without_space_and_latin_with_one() -> None:
    assert texts(characters("商业", 54, 105) + characters("企业", 54, 117)) == ["商业企业"]
    assert texts(characters("open", 54, 105) + characters("data", 54, 117)) == ["open data"]


def test_lines_are_read_from_the_top_and_from_the_left_whatever_their_order_in_the_file() -> None:
    runs = [
        Run("丙", Box(10, 30, 20, 40), None, 10, 35),
        Run("乙", Box(40, 10, 50, 20), None, 10, 15.5),
        Run("甲", Box(10, 10, 20, 20), None, 10, 15),
    ]
    assert [line.text for line in lines_of(runs)] == ["甲 乙", "丙"]


def part(rows: list[list[str]], page: int, bottom: bool = False, top: bool = False) -> Part:
    """A table part of plain cells, 40 points a column."""
    xs = tuple(50.0 + 40 * column for column in range(len(rows[0]) + 1))
    cells = tuple(
        PartCell(r, c, 1, 1, text, f"page={page}") for r, row in enumerate(rows) for c, text in enumerate(row)
    )
    return Part(cells, len(rows), xs, Box(xs[0], 50, xs[-1], 700), page, f"page={page}", top, bottom)


def grid_of(joined: Part | None) -> list[list[str]]:
    assert joined is not None
    return [[cell.text for cell in row] for row in table_of(joined).rows]


def test_a_label_cut_by_the_break_joins_its_rest_and_its_figures() -> None:
    above = part([["（一）予以公开", "1", "2"], ["（二）部分公开（区分处理的，只计", "", ""]], 1)
    below = part([["这一情形，不计其他情形）", "3", "4"], ["（七）总计", "5", "6"]], 2)
    assert grid_of(joined_parts(above, below)) == [
        ["（一）予以公开", "1", "2"],
        ["（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "3", "4"],
        ["（七）总计", "5", "6"],
    ]


@pytest.mark.parametrize(
    ("last", "first"),
    [
        (["行政处罚", "12"], ["行政强制", "13"]),
        (["行政处罚", "12"], ["行政强制", ""]),
        (["行政处罚", ""], ["行政强制", "13"]),
        (["行政处罚", ""], ["行政强制", ""]),
        (["1.属于国家秘密", ""], ["2.其他法律行政法规禁止公开", "13"]),
        (["（二）部分公开（区分处理的", "7"], ["（三）不予公开", "8"]),
    ],
)
def test_two_whole_rows_at_a_break_stay_two(last: list[str], first: list[str]) -> None:
    assert grid_of(joined_parts(part([last], 1), part([first], 2))) == [last, first]


def test_a_row_open_on_both_sides_of_the_break_is_one() -> None:
    above = part([["政府集中", "12", ""]], 1, bottom=True)
    below = part([["采购", "", "34.5"]], 2, top=True)
    assert grid_of(joined_parts(above, below)) == [["政府集中采购", "12", "34.5"]]


def test_figures_below_the_break_without_a_label_put_the_figures_above_in_doubt() -> None:
    above, below = part([["行政处罚", "12", "5"]], 1), part([["", "3", ""]], 2)
    assert grid_of(joined_parts(above, below)) == [["行政处罚", "12\n3", "5"]]


def test_a_repeated_head_is_left_out_and_a_second_table_of_the_same_form_is_another_table() -> None:
    head = ["信息内容", "本年处理决定数量"]
    above, below = part([head, ["行政许可", "1"]], 1), part([head, ["行政处罚", "2"]], 2)
    assert grid_of(joined_parts(above, below)) == [head, ["行政许可", "1"], ["行政处罚", "2"]]
    assert joined_parts(above, part([head, ["行政许可", "7"]], 2)) is None


def test_a_column_narrower_than_lines_are_matched_stays_a_column() -> None:
    """Chromium draws empty cells of 3.8 points at the end of rows."""
    xs = (50.0, 90.0, 130.0, 133.8)
    above, below = (replace(part([[label, figure, ""]], page), xs=xs)
                    for page, (label, figure) in enumerate((("行政许可", "1"), ("行政处罚", "2")), 1))  # fmt: skip
    whole = joined_parts(above, below)
    assert grid_of(whole) == [["行政许可", "1", ""], ["行政处罚", "2", ""]]
    assert whole is not None
    assert {cell.colspan for cell in whole.cells} == {1}


def test_tables_on_other_column_lines_or_pages_are_not_continued() -> None:
    above = part([["行政许可", "1", "2"]], 1)
    assert joined_parts(above, part([["行政许可", "1"]], 2)) is None
    assert joined_parts(above, part([["行政处罚", "1", "2"]], 3)) is None


def line(text: str, top: float) -> Line:
    return Line(text, Box(280, top, 320, top + 10), 10)


def test_page_numbers_go_and_figures_at_the_edge_stay() -> None:
    numbered = [[line("正文", 300), line(mark, 800)] for mark in ("- 1 -", "— 2 —", "第 3 页 共 9 页")]
    assert [[kept.text for kept in page] for page in without_furniture(numbered, [842.0] * 3)] == [["正文"]] * 3
    counting = [[line("正文", 300), line(str(number), 800)] for number in (7, 8, 9)]
    assert [[kept.text for kept in page] for page in without_furniture(counting, [842.0] * 3)] == [["正文"]] * 3
    figures = [[line("合计", 300), line(figure, 800)] for figure in ("12", "3119", "-71")]
    assert without_furniture(figures, [842.0] * 3) == figures


def test_titles_of_several_reports_at_the_same_place_are_no_running_header() -> None:
    titled = [[line(f"{year}年政府信息公开工作年度报告", 60)] for year in (2021, 2022, 2023)]
    assert without_furniture(titled, [842.0] * 3) == titled
    running = [[line("示例县教育局文件", 40), line("正文", 300)] for _ in range(3)]
    assert [[kept.text for kept in page] for page in without_furniture(running, [842.0] * 3)] == [["正文"]] * 3


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_turned_page_keeps_the_shape_of_a_box(turns: int) -> None:
    frame = Frame(10, 20, 610, 820, turns)
    assert (frame.width, frame.height) == ((600, 800) if turns % 2 == 0 else (800, 600))
    box = frame.place_box(110, 120, 140, 130)
    assert (box.width, box.height) == ((30, 10) if turns % 2 == 0 else (10, 30))
    corners = {0: (100, 690), 1: (100, 100), 2: (470, 100), 3: (690, 470)}
    assert (box.left, box.top) == corners[turns]
