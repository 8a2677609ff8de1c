"""Ways that are shorter for most pages: each gives what the long way gives."""

from __future__ import annotations

import sys
from itertools import repeat
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.pdf import characters, figures, pages, tokens
from parsers.pdf.calls import HANDLE, address_of, room_for
from parsers.pdf.cells import _alone, _rectangles, _unite
from parsers.pdf.columns import Columns
from parsers.pdf.geometry import Box, maker
from parsers.pdf.lines import is_cjk, join_lines
from parsers.pdf.rules import Rules, _subpaths, add_path
from parsers.pdf.tokens import Token
from parsers.text import fold

HERE = Path(__file__).parent
EVERY = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
DOCUMENTS = sorted([*(HERE.parent / "documents" / "pdf").glob("*.pdf"), *(HERE / "documents" / "pdf").glob("*.pdf")])


def test_a_text_that_is_not_folded_begins_no_figure() -> None:
    passed_over = [sign for sign in EVERY if not figures.may_be_figure(sign)]
    assert {"国", "A", "（", "("} <= set(passed_over)
    assert not {"增", "减", "无", "0", "５", "+", "-", "/", "—", "－"} & set(passed_over)
    assert not [sign for sign in passed_over for rest in ("", "5", "加5") if figures._FIGURE.match(fold(sign + rest))]


def test_a_text_that_is_not_folded_begins_no_heading_of_the_outline() -> None:
    passed_over = [sign for sign in EVERY if tokens._BEGINS_NO_OUTLINE.match(sign)]
    assert {"国", "A", "3"} <= set(passed_over)
    assert not [sign for sign in passed_over for rest in ("、", "一、") if tokens._OUTLINE.match(fold(sign + rest))]
    assert tokens.is_outline("十二、收费情况")
    assert tokens.is_outline(" 一．总体情况")


def test_a_line_that_begins_with_a_chinese_character_goes_on_without_a_space() -> None:
    for sign in EVERY[0x2E80:0xA000]:
        assert not sign.isdigit()
        assert not sign.isascii()
        assert join_lines("12", sign, wrapped=False) == f"12{sign}"


def test_chinese_characters_are_counted_as_they_are_told() -> None:
    assert [bool(pages._CHINESE.match(sign)) for sign in EVERY] == [is_cjk(sign) for sign in EVERY]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_glyphs_without_a_meaning_are_found_by_asking_about_few(path: Path) -> None:
    with pypdfium2.PdfDocument(path, password="reader" if path.stem == "password_user" else None) as document:
        for page in document:
            textpage = page.get_textpage()
            handle, codes = HANDLE(address_of(textpage)), characters.read_codes(textpage)
            assert list(map(ord, codes)) == list(map(characters._unicode, repeat(handle), range(len(codes))))
            flags = map(characters._has_no_meaning, repeat(handle), range(len(codes)))
            asked_about_all = ["\ufffd" if flag == 1 else code for flag, code in zip(flags, codes, strict=True)]
            assert list(characters._without_glyph_numbers(handle, codes)) == asked_about_all
            textpage.close()
            page.close()


SIDES = st.integers(1, 5).flatmap(
    lambda rows: st.integers(1, 5).flatmap(
        lambda columns: st.tuples(
            st.lists(st.lists(st.booleans(), min_size=columns, max_size=columns), min_size=rows + 1, max_size=rows + 1),
            st.lists(st.lists(st.booleans(), min_size=rows, max_size=rows), min_size=columns + 1, max_size=columns + 1),
        )
    )
)


@given(SIDES)
def test_steps_that_no_line_parts_are_one_cell(sides: tuple[list[list[bool]], list[list[bool]]]) -> None:
    """A walk from step to step through every side that is not drawn, as one would do it with a finger."""
    across, upright = sides
    rows, columns = len(across) - 1, len(upright) - 1
    left = {(row, column) for row in range(rows) for column in range(columns)}
    walked = set()
    while left:
        region, waiting = set(), [min(left)]
        while waiting:
            row, column = step = waiting.pop()
            if step in region:
                continue
            region.add(step)
            waiting += [(row, column + 1)] * (column + 1 < columns and not upright[column + 1][row])
            waiting += [(row, column - 1)] * (column > 0 and not upright[column][row])
            waiting += [(row + 1, column)] * (row + 1 < rows and not across[row + 1][column])
            waiting += [(row - 1, column)] * (row > 0 and not across[row][column])
        walked.add(frozenset(region))
        left -= region
    cells, others = _alone(across, upright)
    groups = _unite(others, across, upright)
    assert {frozenset([(cell.row, cell.column)]) for cell in cells} | set(map(frozenset, groups)) == walked
    assert all((cell.row_end, cell.column_end) == (cell.row + 1, cell.column + 1) for cell in cells)
    for group in groups:
        steps = [
            (row, column)
            for cell in _rectangles(group)
            for row in range(cell.row, cell.row_end)
            for column in range(cell.column, cell.column_end)
        ]
        assert sorted(steps) == group


EDGES = st.lists(st.integers(0, 60), min_size=2, max_size=12, unique=True).filter(lambda edges: len(edges) % 2 == 0)


@given(EDGES, st.integers(-5, 60), st.integers(1, 30))
def test_a_label_stands_over_the_columns_that_it_overlaps(edges: list[int], left: int, width: int) -> None:
    ascending = sorted(map(float, edges))
    extents = tuple(zip(ascending[::2], ascending[1::2], strict=True))
    token = Token("合计", Box(left, 0.0, left + width, 10.0), 10.0, 5.0, 15.0)
    overlapped = [at for at, (low, high) in enumerate(extents) if left < high and left + width > low]
    assert Columns(extents, 0, ()).under(token) == overlapped


def test_a_named_tuple_is_made_of_its_fields() -> None:
    assert maker(Box)((1.0, 2.0, 3.0, 4.0)) == Box(1.0, 2.0, 3.0, 4.0)
    assert type(maker(Box)((1.0, 2.0, 3.0, 4.0))) is Box


@pytest.mark.parametrize("count", [0, 1, 5, 4_096, 4_097])
def test_there_is_room_for_every_answer(count: int) -> None:
    room, places = room_for("f", 4, count, places=2)
    start, _ = room.buffer_info()
    assert len(room) >= 4 * count
    assert len(places) == 2
    assert all(len(field) >= count for field in places)
    assert list(map(address_of, places[1]))[:count] == [start + 16 * at + 4 for at in range(count)]


MOVE, LINE, CURVE = pdfium.FPDF_SEGMENT_MOVETO, pdfium.FPDF_SEGMENT_LINETO, pdfium.FPDF_SEGMENT_BEZIERTO


def test_a_stroked_rectangle_is_its_four_sides_whether_it_is_closed_or_ends_where_it_began() -> None:
    corners = [(10.0, 20.0), (110.0, 20.0), (110.0, 50.0), (10.0, 50.0)]
    drawn = []
    for points, closes in ((corners, b"\0\0\0\1"), ([*corners, corners[0]], b"")):
        rules = Rules()
        add_path(_subpaths(points, bytes([MOVE, *[LINE] * (len(points) - 1)]), closes), True, None, rules)
        drawn.append((sorted(rules.horizontal), sorted(rules.vertical)))
    level = [(20.0, 10.0, 110.0), (50.0, 10.0, 110.0)]
    upright = [(10.0, 20.0, 50.0), (110.0, 20.0, 50.0)]
    assert drawn[0] == drawn[1] == (level, upright)


def test_pieces_of_a_path_begin_at_moves_and_curves_draw_no_line() -> None:
    points = [(0.0, 0.0), (50.0, 0.0), (0.0, 9.0), (1.0, 9.0), (2.0, 9.0), (60.0, 9.0), (60.0, 70.0)]
    kinds = bytes([MOVE, LINE, MOVE, CURVE, CURVE, CURVE, LINE])
    rules = Rules()
    add_path(_subpaths(points, kinds, bytes(len(kinds))), True, None, rules)
    assert rules.horizontal == [(0.0, 0.0, 50.0)]
    assert rules.vertical == [(60.0, 9.0, 70.0)]
