"""What real reports do to tables and lines: one function a bend, Paper → Paper, its truth changed with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from benchmarks.accuracy.papers import Paper, Sheet, Told, draw
from tests.documents.official_forms import COLUMNS, Box, Rows
from tests.documents.sources import Line, positions_of

Bend = Callable[[Paper], Paper]
SURPLUS = "70707"
_UNREAD = Told(None, "unread")


def seven(row: str) -> list[str]:
    """The keys of a row of table 三."""
    return [f"requests.{row}.{column}" for column, _ in COLUMNS]


def row_of(rows: Rows, row: str) -> int:
    """Index of the row that holds the data of a key's row."""
    (found,) = [at for at, boxes in enumerate(rows) if any(box.key.split(".")[1:2] == [row] for box in boxes)]
    return found


def longer(rows: Rows, at: int, by: int) -> Rows:
    """The rows with every label that reaches over row ``at`` made ``by`` rows longer."""
    return [
        [
            replace(box, rowspan=box.rowspan + by) if box.rowspan > 1 and at < number + box.rowspan else box
            for box in boxes
        ]
        if number <= at
        else boxes
        for number, boxes in enumerate(rows)
    ]


def width_of(rows: Rows) -> int:
    return max(places[-1] + row[-1].colspan for row, places in zip(rows, positions_of(rows), strict=True) if row)


# --- rows and cells of table 三 ---


def surplus(row: str, place: int) -> Bend:
    """Eight values in a row of seven columns (document 003): nobody can say which is too many."""

    def change(rows: Rows) -> Rows:
        at = row_of(rows, row)
        first = next(n for n, box in enumerate(rows[at]) if box.key)
        rows[at].insert(first + place, Box(SURPLUS))
        return rows

    return lambda paper: paper.with_sheet("requests", change).told(seven(row), lambda _: _UNREAD)


def padded_to_widest(paper: Paper) -> Paper:
    """Every row as long as the longest of its table, as word processors store it: the others end in an empty cell."""

    def change(rows: Rows) -> Rows:
        width = width_of(rows)
        ends = [places[-1] + row[-1].colspan for row, places in zip(rows, positions_of(rows), strict=True)]
        return [[*row, *(Box("") for _ in range(width - end))] for row, end in zip(rows, ends, strict=True)]

    return paper.with_sheet("requests", change)


def grid_moved(before: str) -> Bend:
    """Two tables that a program has joined: below a row, the label columns are wider than above it."""

    def change(rows: Rows) -> Rows:
        at = row_of(rows, before)
        moved: Rows = []
        for number, row in enumerate(rows):
            wide = [replace(box, colspan=box.colspan * 2) for box in row]
            if number >= at:
                place = max(n for n, box in enumerate(row) if not box.key)
                wide[place] = replace(wide[place], colspan=wide[place].colspan + 1)
                wide[-1] = replace(wide[-1], colspan=wide[-1].colspan - 1)
            moved.append(wide)
        return moved

    return lambda paper: paper.with_sheet("requests", change)


def both(*bends: Bend) -> Bend:
    """One bend after the other."""

    def bend(paper: Paper) -> Paper:
        for one in bends:
            paper = one(paper)
        return paper

    return bend


def merged(row: str) -> Bend:
    """One figure in a cell over all seven columns (huangpi)."""

    def change(rows: Rows) -> Rows:
        at = row_of(rows, row)
        rows[at] = [*(box for box in rows[at] if not box.key), Box(SURPLUS, colspan=7)]
        return rows

    return lambda paper: paper.with_sheet("requests", change).told(seven(row), lambda _: _UNREAD)


def first_filled(row: str) -> Bend:
    """The first cell filled and the other six one empty cell (huangpi)."""

    def change(rows: Rows) -> Rows:
        at = row_of(rows, row)
        first = next(n for n, box in enumerate(rows[at]) if box.key)
        rows[at] = [*rows[at][: first + 1], Box("", colspan=6)]
        return rows

    def bend(paper: Paper) -> Paper:
        keys = seven(row)
        paper = paper.with_sheet("requests", change).told(keys[1:], lambda _: Told(None, "blank", "dump"))
        return paper.told(keys[:1], lambda told: replace(told, doubt="dump"))

    return bend


def no_last_cell(row: str) -> Bend:
    """The 总计 cell of a row is not there (a committee, 2024)."""

    def bend(paper: Paper) -> Paper:
        keys = seven(row)
        paper = paper.with_sheet(
            "requests", lambda rows: [[box for box in boxes if box.key != keys[-1]] for boxes in rows]
        )
        paper = paper.told(keys[:-1], lambda told: replace(told, doubt="dump"))
        return paper.told(keys[-1:], lambda _: Told(None, "missing", "dump"))

    return bend


def no_review(paper: Paper) -> Paper:
    """Table 四 without its 行政复议 block (document 004)."""

    def change(rows: Rows) -> Rows:
        rows = [[box for box in boxes if not box.key.startswith("disputes.review.")] for boxes in rows]
        return [rows[0][1:], rows[1][-2:], rows[2], rows[3]]

    keys = [key for key in paper.truth if key.startswith("disputes.review.")]
    return paper.with_sheet("disputes", change).told(keys, lambda _: Told(None, "missing"))


def emptied(text: str, status: str, *keys: str) -> Bend:
    """Cells with nothing or a filler in them; ``keys`` are the beginnings of their keys."""

    def bend(paper: Paper) -> Paper:
        wanted = [key for key in paper.truth if key.startswith(keys)]
        paper = paper.told(wanted, lambda _: Told(None, status))
        return paper.with_sheets(
            lambda rows: [[replace(box, text=text) if box.key in wanted else box for box in boxes] for boxes in rows]
        )

    return bend


def padded(before: str, after: str) -> Bend:
    """Every figure with white space around it (documents 000, 001, 002)."""
    return lambda paper: paper.with_sheets(
        lambda rows: [[replace(box, text=f"{before}{box.text}{after}") if box.key else box for box in r] for r in rows]
    )


def row_added(table: str, after: str, *boxes: Box) -> Bend:
    """A row that the form does not have, below a data row (``after`` "" for the top, "end" for the end)."""

    def change(rows: Rows) -> Rows:
        if after in {"", "end"}:
            return [list(boxes), *rows] if after == "" else [*rows, list(boxes)]
        at = row_of(rows, after)
        rows = longer(rows, at, 1)
        return [*rows[: at + 1], list(boxes), *rows[at + 1 :]]

    return lambda paper: paper.with_sheet(table, change)


def header_again(*before: str) -> Bend:
    """The header of table 三 printed again before some rows: labels that reach past it are cut and said again."""

    def change(rows: Rows) -> Rows:
        head = [list(boxes) for boxes in rows[:3]]
        for row in before:
            at = row_of(rows, row)
            cut = [(n, p) for n in range(at) for p, box in enumerate(rows[n]) if n + box.rowspan > at]
            said = [replace(rows[n][p], rowspan=n + rows[n][p].rowspan - at) for n, p in cut]
            for n, p in cut:
                rows[n][p] = replace(rows[n][p], rowspan=at - n)
            rows = [*rows[:at], *head, [*said, *rows[at]], *rows[at + 1 :]]
        return rows

    return lambda paper: paper.with_sheet("requests", change)


def table_cut(before: str, *, again: bool) -> Bend:
    """Table 三 goes on as a table of its own after a page break, with or without its header."""

    def bend(paper: Paper) -> Paper:
        paper = header_again(before)(paper)
        blocks: list[Line | Sheet] = []
        for block in paper.blocks:
            if not isinstance(block, Sheet) or block.table != "requests":
                blocks.append(block)
                continue
            at = row_of(block.rows, before)
            head = at - 3
            blocks += [Sheet("requests", block.rows[:head]), Sheet("requests", block.rows[head if again else at :])]
        return replace(paper, blocks=tuple(blocks))

    return bend


def label_cut(row: str, at_letter: int, *, page_number: str = "") -> Bend:
    """A label cut by a page break: its end stands in a row of its own without figures (document 003)."""

    def change(rows: Rows) -> Rows:
        at = row_of(rows, row)
        place = max(n for n, box in enumerate(rows[at]) if not box.key)
        label = rows[at][place]
        rows = longer(rows, at, 2 if page_number else 1)
        rows[at][place] = replace(label, text=label.text[:at_letter])
        empty = [Box("") for box in rows[at] if box.key]
        added: Rows = [[replace(label, text=label.text[at_letter:], rowspan=1), *empty]]
        if page_number:
            added.insert(0, [Box(page_number, colspan=sum(box.colspan for box in added[0]))])
        return [*rows[: at + 1], *added, *rows[at + 1 :]]

    return lambda paper: paper.with_sheet("requests", change)


def column_before(head: str, numbers: bool) -> Bend:
    """A column before the labels: 序号 with 1, 2, 3 … in it, or nothing."""

    def change(rows: Rows) -> Rows:
        rows[0].insert(0, Box(head, 3))
        for number, boxes in enumerate(rows[3:], 1):
            boxes.insert(0, Box(str(number) if numbers else ""))
        return rows

    return lambda paper: paper.with_sheet("requests", change)


def label_columns(way: str) -> Bend:
    """The label columns of table 三 flattened: "repeated" on every row, the "innermost" alone, "one" cell for all."""

    def change(rows: Rows) -> Rows:
        lies = {
            (number + down, at + over): box
            for number, (row, places) in enumerate(zip(rows, positions_of(rows), strict=True))
            for box, at in zip(row, places, strict=True)
            for down in range(box.rowspan)
            for over in range(box.colspan)
        }
        width = 3 if way == "repeated" else 1
        made: Rows = [[replace(box, colspan=width) if box.colspan == 3 else box for box in row] for row in rows[:3]]
        for number, row in enumerate(rows[3:], 3):
            labels = list(dict.fromkeys(lies[number, column].text for column in range(3)))
            kept = {"repeated": labels, "innermost": labels[-1:], "one": ["".join(labels)]}[way]
            made.append([*map(Box, kept[:-1]), Box(kept[-1], 1, width - len(kept) + 1), *(b for b in row if b.key)])
        return made

    return lambda paper: paper.with_sheet("requests", change)


def header_label_gone(label: str, column: str) -> Bend:
    """A column of table 三 without its name: its figures may be unread, those of the others may not."""

    def change(rows: Rows) -> Rows:
        return [
            [replace(box, text="") if number < 3 and box.text == label else box for box in row]
            for number, row in enumerate(rows)
        ]

    def bend(paper: Paper) -> Paper:
        paper = paper.with_sheet("requests", change)
        keys = [key for key in paper.truth if key.startswith("requests.")]
        paper = paper.told(keys, lambda told: replace(told, doubt="dump"))
        return paper.told([key for key in keys if key.endswith(f".{column}")], lambda t: replace(t, doubt="anywhere"))

    return bend


def header_moved(label: str, to_row: int, place: int) -> Bend:
    """A header cell printed in another header row, as text dumps do (document 002: 总计 beside 申请人情况)."""

    def change(rows: Rows) -> Rows:
        head = [[replace(box, rowspan=1) for box in row] for row in rows[:3]]
        moved = next(box for row in head for box in row if box.text == label)
        for row in head:
            if moved in row:
                row.remove(moved)
        head[to_row].insert(place if place >= 0 else len(head[to_row]), moved)
        return [*head, *rows[3:]]

    return lambda paper: paper.with_sheet("requests", change)


def clone_cells(paper: Paper) -> Paper:
    """行政处罚 22 33 44 under one header (a copy on a foreign host)."""

    def change(rows: Rows) -> Rows:
        at = row_of(rows, "penalties")
        rows[at] = [rows[at][0], *(Box(text) for text in ("22", "33", "44"))]
        return rows

    keys = [key for key in paper.truth if key.startswith("proactive.penalties.")]
    # In the form of 2019 the row has three columns, and three values are what it should have.
    if len(keys) > 1:
        return paper
    return paper.with_sheet("proactive", change).told(keys, lambda _: _UNREAD)


# --- several tables and reports ---


def one_table(paper: Paper) -> Paper:
    """All forms in one physical table, each after its own header rows (document 004 and portals' editors)."""
    rows = [row for block in paper.blocks if isinstance(block, Sheet) for row in block.rows]
    blocks = [block for block in paper.blocks if not isinstance(block, Sheet)]
    at = next(n for n, block in enumerate(blocks) if isinstance(block, Line) and block.text.startswith("五、"))
    return replace(paper, blocks=(*blocks[:at], Sheet("all", rows), *blocks[at:]))


def bands_apart(paper: Paper) -> Paper:
    """Each band of table 二 as a table of its own."""
    blocks: list[Line | Sheet] = []
    for block in paper.blocks:
        if not isinstance(block, Sheet) or block.table != "proactive":
            blocks.append(block)
            continue
        starts = [at for at, row in enumerate(block.rows) if row[0].text.startswith("第二十条")]
        for start, stop in zip(starts, [*starts[1:], len(block.rows)], strict=True):
            blocks.append(Sheet("proactive", block.rows[start:stop]))
    return replace(paper, blocks=tuple(blocks))


def two_reports(*, titled: bool) -> Bend:
    """Two reports in one page, the second with or without a title line of its own."""

    def bend(paper: Paper) -> Paper:
        other = draw(f"second {paper.organisation} {paper.year}", (paper.forms["proactive"], paper.forms["requests"]))
        if not titled:
            other = other.with_lines(lambda line: None if line.kind == "title" else line)
        return replace(paper, following=other)

    return bend


def line_before_table(text: str) -> Bend:
    """A line between a heading and its table: 该部分以表格形式报告，表格如下： (document 004)."""

    def bend(paper: Paper) -> Paper:
        blocks: list[Line | Sheet] = []
        for block in paper.blocks:
            blocks += [Line("paragraph", text), block] if isinstance(block, Sheet) else [block]
        return replace(paper, blocks=tuple(blocks))

    return bend


def note_after_table(text: str) -> Bend:
    """A printed note right below table 四."""

    def bend(paper: Paper) -> Paper:
        blocks: list[Line | Sheet] = []
        for block in paper.blocks:
            is_last = isinstance(block, Sheet) and block.table == "disputes"
            blocks += [block, Line("paragraph", text)] if is_last else [block]
        return replace(paper, blocks=tuple(blocks))

    return bend


def lines_changed(change: Callable[[str], str], *kinds: str) -> Bend:
    """Headings or titles printed another way."""
    return lambda paper: paper.with_lines(
        lambda line: replace(line, text=change(line.text)) if line.kind in kinds else line
    )
