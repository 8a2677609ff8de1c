"""The cells of a Word table are placed all at once as they are one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from parsers.document import Cell, Problem, Table
from parsers.text import is_blank
from parsers.word.tables import Doubts, ReadTable, Spans, place_cells

DOUBTS: list[Doubts] = [(), (), (), (("struck_text", "left out"),), (("a", "one"), ("b", "other"))]
CELLS = st.tuples(
    st.sampled_from(["", "7", " ", "\u200b", "共计"]),
    st.sampled_from(DOUBTS),
    st.tuples(
        st.integers(1, 3),
        st.sampled_from([False, False, False, True]),
        st.sampled_from(["", "", "restart", "continue", "continue", "other"]),
    ),
)
ROWS = st.lists(st.tuples(st.sampled_from([0, 0, 1, 2]), st.lists(CELLS, max_size=20)), max_size=7)


def placed_one_by_one(rows: list[tuple[int, list[tuple[str, Doubts, Spans]]]]) -> tuple[Table, list[Problem]]:
    placed: list[list[Cell]] = []
    problems: list[Problem] = []
    above: dict[int, tuple[list[Cell], int]] = {}
    for at, (column, cells) in enumerate(rows, 1):
        read = [Cell("", 1, column)] if column else []
        below: dict[int, tuple[list[Cell], int]] = {}
        for position, (text, doubts, (span, across, down)) in enumerate(cells, 1):
            where = f"table=3&row={at}&cell={position}"
            problems += [Problem(code, says, where) for code, says in doubts]
            row, upper = above.get(column, ([], 0))
            if across and read and read[-1].where:
                read[-1] = read[-1]._replace(colspan=read[-1].colspan + span)
            elif down == "continue" and row and row[upper].colspan == span:
                row[upper] = row[upper]._replace(rowspan=row[upper].rowspan + 1)
                below[column] = row, upper
                if not is_blank(text):
                    says = f"not seen by a reader, in a cell merged into the one above: {text!r}"
                    problems.append(Problem("merged_away", says, where))
            else:
                if down:
                    below[column] = read, len(read)
                read.append(Cell(text, 1, span, where))
            column += span
        above = below
        placed.append(read)
    return Table(tuple(map(tuple, placed)), "table=3"), problems


@given(ROWS)
def test_cells_merges_doubts_and_places_are_those_of_a_reading_one_by_one(
    rows: list[tuple[int, list[tuple[str, Doubts, Spans]]]],
) -> None:
    cells = [cell for _, some in rows for cell in some]
    ends = [sum(len(some) for _, some in rows[: at + 1]) for at in range(len(rows))]
    read = ReadTable(
        [(before, end) for (before, _), end in zip(rows, ends, strict=True)],
        [text for text, _, _ in cells],
        [spans for _, _, spans in cells],
        {at: doubts for at, (_, doubts, _) in enumerate(cells) if doubts},
    )
    assert place_cells(read, 3) == placed_one_by_one(rows)


def test_a_row_of_any_length_has_its_own_places() -> None:
    read = ReadTable([(0, 2), (0, 20)], ["1"] * 20, [(1, False, "")] * 20, {})
    for number in (1, 2):
        table, _ = place_cells(read, number)
        places = [[cell.where for cell in row] for row in table.rows]
        assert places == [[f"table={number}&row={row}&cell={n + 1}" for n in range(c)] for row, c in ((1, 2), (2, 18))]
