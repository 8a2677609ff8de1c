"""Rows at a page break: none of their figures becomes prose without being said to."""

from __future__ import annotations

from parsers.document import Paragraph
from parsers.pdf.cells import find_grids
from parsers.pdf.geometry import Box
from parsers.pdf.joins import joined_parts, with_overhang
from parsers.pdf.lines import Line, PlacedLine
from parsers.pdf.pages import page_of
from parsers.pdf.rules import Rules, Segment
from parsers.pdf.story import blocks_of_pages
from parsers.pdf.tables import Part, PartCell
from tests.documents.official_forms import Box as Cell
from tests.parsers.typeset import Style, set_rows

SHEET = Box(0.0, 0.0, 595.0, 842.0)
LEFT, RIGHT = 34.0, 578.0


def torn() -> Rules:
    """The top of a page of Chromium: the first row hangs from the page before, without a line over it, on the sides of
    four columns; below stands a table of nine columns that touches it."""
    wide = (LEFT, 170.0, 306.0, 442.0, RIGHT)
    narrow = [LEFT + number * (RIGHT - LEFT) / 9 for number in range(10)]
    rules = Rules()
    rules.horizontal += [Segment(y, LEFT, RIGHT) for y in (45.0, 60.0, 75.0, 90.0)]
    rules.vertical += [Segment(x, 28.0, 60.0) for x in wide]
    rules.vertical += [Segment(x, 60.0, 90.0) for x in narrow]
    return rules


def test_a_row_that_hangs_from_the_page_before_is_a_row() -> None:
    (grid,) = find_grids(torn(), SHEET)
    assert grid.ys == (28.0, 45.0, 60.0, 75.0, 90.0)
    assert grid.open_top
    assert [cell.column_end for cell in grid.cells if cell.row == 0][-1] == len(grid.xs) - 1
    assert sum(cell.row == 0 for cell in grid.cells) == 4


def test_a_line_that_runs_on_alone_adds_no_row() -> None:
    rules = torn()
    rules.vertical[:5] = [Segment(segment.at, 45.0, 60.0) for segment in rules.vertical[:5]]
    rules.vertical[2] = Segment(rules.vertical[2].at, 28.0, 60.0)
    (grid,) = find_grids(rules, SHEET)
    assert grid.ys == (45.0, 60.0, 75.0, 90.0)


def alone() -> Rules:
    """A page of Chromium that begins with the foot of a row, where its figures stand, and no more of its table: seven
    cells of 结转下年度继续办理 were called blank (benchmarks/accuracy, "padding: lines before")."""
    rules = Rules()
    rules.horizontal.append(Segment(40.0, LEFT, RIGHT))
    rules.vertical += [Segment(LEFT + number * (RIGHT - LEFT) / 8, 28.0, 40.0) for number in range(9)]
    return rules


def test_a_row_that_hangs_from_the_page_before_alone_is_a_row() -> None:
    (grid,) = find_grids(alone(), SHEET)
    assert grid.ys == (28.0, 40.0)
    assert grid.open_top
    assert len(grid.cells) == 8


def test_lines_that_stand_on_one_line_as_they_like_are_no_row() -> None:
    uneven, short = alone(), alone()
    uneven.vertical[3] = uneven.vertical[3]._replace(start=20.0)
    short.vertical.pop()
    assert find_grids(uneven, SHEET) == find_grids(short, SHEET) == []


def test_a_row_of_figures_that_stands_in_no_table_is_said_to() -> None:
    row = [
        [Cell("5.要求行政机关确认或重新出具已获取信息"), *(Cell(str(number)) for number in (334, 582, 118, 66, 198))]
    ]
    characters, _ = set_rows(row, Style((220.0, *[50.0] * 5), 9.0, 2.0, 11.0, 0.0, 0.0), 40.0, 40.0)
    blocks, problems = blocks_of_pages([page_of(characters, Rules(), (595.0, 842.0), 1)])
    assert [type(block) for block in blocks] == [Paragraph]
    assert [problem.code for problem in problems] == ["table_without_rules"]


def cut_label(
    last: str = "（五）不予", hanging: str = "处理", *, top: float = 748.0, is_open: bool = True
) -> list[str]:
    """A table as Chromium cuts it: on page 1 a label, an item and a figure, the label's cell full; under the last line,
    at 749.6, a line of print; on page 2 the other half of the cell and the row after it. → the labels of the whole."""
    xs = (34.0, 90.0, 332.0, 361.0)
    upper = Part(
        (PartCell(0, 0, 1, 1, last, "", True), PartCell(0, 1, 1, 1, "1.信访举报投诉类申请", ""),
         PartCell(0, 2, 1, 1, "72", "")),
        1, xs, Box(34.0, 734.6, 361.0, 749.6), 1, "", False, False,
    )  # fmt: skip
    below = Part(
        (PartCell(0, 0, 2, 1, "", ""), PartCell(0, 1, 1, 1, "2.重复申请", ""), PartCell(0, 2, 1, 1, "665", ""),
         PartCell(1, 1, 1, 1, "3.要求提供公开出版物", ""), PartCell(1, 2, 1, 1, "329", "")),
        2, xs, Box(34.0, 27.8, 361.0, 58.1), 2, "", is_open, False,
    )  # fmt: skip
    line = PlacedLine(Line(hanging, Box(48.0, top, 66.0, top + 10.0), 9.0), 1)
    whole = with_overhang(upper, line, below)
    joined = None if whole is None else joined_parts(whole, below)
    return [] if joined is None else [cell.text for cell in joined.cells if cell.column == 0]


def test_the_end_of_a_label_that_hangs_under_the_table_belongs_to_it() -> None:
    """Seen in a page printed by Chromium: the rows after the break had lost their table, and 54 figures were unread."""
    assert cut_label() == ["（五）不予处理"]


def test_what_may_be_else_than_the_end_of_a_label_stays_where_it_is() -> None:
    assert cut_label(hanging="12") == []
    assert cut_label(hanging="处理12") == []
    assert cut_label(last="72") == []
    assert cut_label(top=760.0) == []
    assert cut_label(is_open=False) == []
