"""A document's tables → the cells of a form, each found by its row label and its column label."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from parsers.document import Problem
from parsers.forms import STATISTICS, TABLES, CellOfForm, Form, label_of, list_forms
from parsers.report import Leftover, Status, Value
from parsers.tables.figures import Figure, read_figure
from parsers.tables.headers import Header, find_headers, header_of_rows, rows_without_figures
from parsers.tables.labels import core_of, cores_of
from parsers.tables.lines import Line, lines_under
from parsers.tables.placing import Placing, place_by_grid, place_in_order
from parsers.tables.rows import Piece, Row
from parsers.tables.statistics import FORM, read_statistics
from parsers.tables.statistics_rows import without_statistics


@dataclass(frozen=True, slots=True)
class TableReading:
    """One table of the report, read by one form; ``form`` is None where the document has no such table."""

    table: str
    form: str | None
    values: tuple[Value, ...] = ()
    leftover: tuple[Leftover, ...] = ()
    problems: tuple[Problem, ...] = ()
    nameless: tuple[Line, ...] = ()
    """Rows of figures whose label is none of the form's."""


def read_tables(rows: Sequence[Row]) -> tuple[TableReading, ...]:
    """Rows of one report → a reading for each of the three tables, in the order of the sections.

    Every form of a table is tried; the one that finds places for more cells, and leaves fewer over, is the
    table's form: real reports mix the forms of two notices, so the year decides nothing. The statistics table of
    2014 to 2018 comes last, where it is there.
    """
    statistics = read_statistics(rows)
    if statistics is not None:
        found = TableReading(STATISTICS, FORM, statistics.values, statistics.leftover, statistics.problems)
        return (*_read_annual(without_statistics(rows)), found)
    return _read_annual(rows)


def _read_annual(rows: Sequence[Row]) -> tuple[TableReading, ...]:
    headers = headers_of(rows)
    best: dict[str, TableReading] = {}
    for table in TABLES:
        elsewhere = [h for form, found in headers.items() if form.table != table for h in found]
        readings = _readings_of(rows, [form for form in list_forms() if form.table == table], headers, elsewhere)
        if not readings:
            best[table] = TableReading(table, None)
            continue
        ranked = sorted(readings, key=_fit, reverse=True)
        best[table] = ranked[0]
        if len(ranked) > 1 and _fit(ranked[0]) == _fit(ranked[1]):
            best[table] = _by_company(ranked, best.get("proactive"))
    return tuple(_doubted(best[table]) for table in TABLES)


def _readings_of(
    rows: Sequence[Row], forms: Sequence[Form], headers: Mapping[Form, Sequence[Header]], elsewhere: Sequence[Header]
) -> list[TableReading]:
    """A reading by each form that has headers, but for those that cannot fit best: all their cells would be too few."""
    found: dict[Form, TableReading] = {}
    for form in sorted(forms, key=lambda form: len(form.cells()), reverse=True):
        too_small = any(len(form.cells()) < _fit(reading)[0] for reading in found.values())
        if headers[form] and not too_small:
            found[form] = read_form(rows, form, headers[form], elsewhere)
    return [found[form] for form in forms if form in found]


def headers_of(rows: Sequence[Row]) -> dict[Form, tuple[Header, ...]]:
    """Headers of every form; a table without any is looked for by its row labels alone."""
    bare = rows_without_figures(rows)
    headers = {form: find_headers(rows, form, bare) for form in list_forms() if form.table in TABLES}
    found = {form.table for form in headers if headers[form]}
    lost = {form: header_of_rows(rows, form) for form in headers if form.table not in found}
    return headers | {form: (header,) for form, header in lost.items() if header is not None}


def read_form(
    rows: Sequence[Row], form: Form, headers: Sequence[Header], elsewhere: Sequence[Header] = ()
) -> TableReading:
    """Rows under the headers of one form → values, leftovers and problems. ``elsewhere``: headers of other tables."""
    lines = [line for header in headers for line in lines_under(rows, header, form, [*headers, *elsewhere])]
    found: dict[str, list[PlacedLine]] = defaultdict(list)
    leftover: list[Leftover] = []
    problems: list[Problem] = _problems_of_headers(headers, form)
    for read in read_lines(lines, form):
        line = read.line
        if line.row is None and form.bands[0].rows:
            leftover.extend(
                Leftover(p.text.strip(), p.cell.where, f"no row of the form is called {line.label!r}")
                for p in line.cells
                if not p.blank
            )
            continue
        found[line.row.key if line.row is not None else ""].append(read)
        if not line.exact:
            problems.append(Problem("label_misspelt", f"row {line.label!r} read as {_name(line)}", line.where, "note"))
    problems.extend(_problems_of_lost_labels(form, [read for reads in found.values() for read in reads]))
    cells = {cell.key: cell for cell in form.cells()}
    values: dict[str, Value] = {}
    for row_key, reads in found.items():
        read, extra, twice = _one_of(reads)
        leftover.extend(extra)
        problems.extend(twice)
        row_values, row_leftover, row_problems = _values_of(row_key, read, form.table, cells)
        values.update(row_values)
        leftover.extend(row_leftover)
        problems.extend(row_problems)
    nameless = tuple(line for line in lines if line.row is None and form.bands[0].rows)
    ordered = tuple(values.get(key) or Value(key, None, "", Status.MISSING) for key in cells)
    return TableReading(form.table, form.form, ordered, tuple(leftover), tuple(problems), nameless)


def _doubted(reading: TableReading) -> TableReading:
    """Rows that are not there, beside a row of figures that no name tells: unread, for one may be the other."""
    if not reading.nameless:
        return reading
    there = {value.key.rpartition(".")[0] for value in reading.values if value.status is not Status.MISSING}
    gone = [value.key for value in reading.values if value.key.rpartition(".")[0] not in there]
    if not gone:
        return reading
    where = reading.nameless[0].where
    why = "its row is not there, unless it is the one that no row of the form is called like"
    values = tuple(
        Value(value.key, None, "", Status.UNREAD, where) if value.key in gone else value for value in reading.values
    )
    doubts = (Problem("cell_unread", f"{label_of(key)}: {why}", where) for key in gone)
    return replace(reading, values=values, problems=(*reading.problems, *doubts))


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """One line with its cells placed."""

    line: Line
    placing: Placing

    @property
    def figures(self) -> tuple[str, ...]:
        return tuple(piece.text.strip() for piece in self.line.cells)

    @property
    def empty(self) -> bool:
        return all(piece.blank for piece in self.line.cells)


def read_lines(lines: Sequence[Line], form: Form) -> tuple[PlacedLine, ...]:
    """Lines under headers of one form → the same with their cells placed."""
    widest: dict[int, int] = defaultdict(int)
    for line in lines:
        widest[id(line.header)] = max(widest[id(line.header)], len(line.cells))
    return _with_torn_rows([_read_line(line, _nameless_columns(line, form, widest[id(line.header)])) for line in lines])


def _read_line(line: Line, nameless: int) -> PlacedLine:
    if line.by_grid:
        return PlacedLine(line, place_by_grid(line.header, line.cells, nameless))
    return PlacedLine(line, place_in_order(line.header.columns, line.cells, nameless))


def _with_torn_rows(reads: Sequence[PlacedLine]) -> tuple[PlacedLine, ...]:
    """The same; rows that a line was drawn through are torn: their figures stand in a row without a name as well.

    A program that gives cells two heights draws it: of 8591 printed in two lines "859" stands above, and "1" below.
    """
    torn = {
        id(named)
        for above, below in pairwise(reads)
        for named, nameless in ((above, below), (below, above))
        if named.line.row is not None and nameless.line.row is None and not nameless.empty
        and _are_one_row(above.line, below.line)
    }  # fmt: skip
    why = "a line is drawn through its row: figures of it stand in a row without a name"
    return tuple(
        replace(read, placing=replace(read.placing, why=why, is_torn=True)) if id(read) in torn else read
        for read in reads
    )


def _are_one_row(above: Line, below: Line) -> bool:
    """Whether both are of one row: a figure's cell reaches into both, or both have a piece of its label."""
    if {id(piece.cell) for piece in above.cells if not piece.blank} & {id(piece.cell) for piece in below.cells}:
        return True
    named = above.row or below.row
    if named is None or not above.label or not below.label:
        return False
    first, last, cores = core_of(above.label), core_of(below.label), cores_of(named)
    if core_of(above.label + below.label) in cores:
        return True
    # Of a scan, the piece with most of a label has been taken for the whole.
    return any(core.startswith(first) if above.row is None else core.endswith(last) for core in cores)


def _nameless_columns(line: Line, form: Form, widest: int) -> int:
    """How many columns a line has beside those that its header names, where it lacks labels of the line's band."""
    named = {column.label.key for column in line.header.columns}
    bands = [band.columns for band in form.bands if line.row is None or line.row in band.rows]
    is_whole = any(all(label.key in named for label in columns) for columns in bands)
    return 0 if is_whole else max(0, widest - len(named))


def _one_of(reads: list[PlacedLine]) -> tuple[PlacedLine, list[Leftover], list[Problem]]:
    """Several lines for one row → the one that counts. Two that differ are both doubtful: neither is read."""
    full = [read for read in reads if not read.empty]
    if len(full) < 2:
        return (full or reads)[0], [], []
    first, *others = full
    why = f"the row {first.line.label!r} stands there {len(full)} times"
    extra = [Leftover(p.text.strip(), p.cell.where, why) for read in others for p in read.line.cells if not p.blank]
    if all(read.figures == first.figures for read in others):
        return first, extra, [Problem("row_twice", why + ", each time with the same figures", first.line.where, "note")]
    candidates = {
        key: tuple(dict.fromkeys(p for read in full for p in read.placing.candidates.get(key, ())))
        for key in dict.fromkeys(key for read in full for key in read.placing.candidates)
    }
    doubtful = PlacedLine(first.line, Placing(candidates, why))
    return doubtful, extra, [Problem("row_twice", why + " with different figures", first.line.where, "error")]


def _values_of(
    row_key: str, read: PlacedLine, table: str, cells: Mapping[str, CellOfForm]
) -> tuple[dict[str, Value], list[Leftover], list[Problem]]:
    placing, header = read.placing, read.line.header
    shared = _shared_cells(placing)
    claimed: set[int] = set()  # by identity: no two pieces of a row are one cell at one place
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    for column_key, candidates in placing.candidates.items():
        key = f"{table}.{row_key}.{column_key}" if row_key else f"{table}.{column_key}"
        if key not in cells:
            continue
        figures = [read_figure(p.text, cells[key].unit, header.units.get(column_key, "")) for p in candidates]
        why = _doubt(candidates, figures, shared, placing)
        # A blank merged over several columns is blank under each of them.
        free = [
            (piece, figure)
            for piece, figure in zip(candidates, figures, strict=True)
            if id(piece) not in claimed or figure.value is None
        ]
        if why or not free:
            raw = "\t".join(piece.text.strip() for piece in candidates)
            values[key] = Value(key, None, raw, Status.UNREAD, candidates[0].cell.where)
            problems.append(
                Problem("cell_unread", f"{cells[key].label}: {why or placing.why}", candidates[0].cell.where)
            )
            continue
        piece, figure = free[0]
        claimed.add(id(piece))
        values[key] = Value(key, figure.value, piece.text, figure.status, piece.cell.where)
        problems.extend(_problems_of_figure(cells[key], piece, figure))
    rest = [piece for piece in read.line.cells if not piece.blank and id(piece) not in claimed]
    leftover = [
        Leftover(p.text.strip(), p.cell.where, placing.why or "no column of the form stands over it") for p in rest
    ]
    values.update(_unread_where_left(row_key, table, cells, values, rest))
    return values, leftover, problems


def _unread_where_left(
    row_key: str,
    table: str,
    cells: Mapping[str, CellOfForm],
    values: Mapping[str, Value],
    rest: Sequence[Piece],
) -> dict[str, Value]:
    """A key without a cell, in a row that has figures no key claims, is unread and not missing."""
    if not rest:
        return {}
    prefix = f"{table}.{row_key}." if row_key else f"{table}."
    raw = "\t".join(piece.text.strip() for piece in rest)
    return {
        key: Value(key, None, raw, Status.UNREAD, rest[0].cell.where)
        for key in cells
        if key.startswith(prefix) and key not in values
    }


def _doubt(candidates: tuple[Piece, ...], figures: Sequence[Figure], shared: frozenset[int], placing: Placing) -> str:
    """Why a key cannot be given one figure, or ""."""
    if placing.is_torn:
        return placing.why
    if len(candidates) == 1 and placing.certain and not shared and candidates[0].cell.rowspan == 1:
        return ""
    readings = {(figure.status, figure.value) for figure in figures}
    empty = readings <= {(Status.BLANK, None), (Status.FILLER, None)}
    if not placing.certain and not empty:
        return placing.why
    if len(readings) > 1:
        return placing.why or "several cells stand under one column"
    merged = [p for p in candidates if id(p.cell) in shared or p.cell.rowspan > 1]
    if merged and not empty:
        return f"one cell, {merged[0].text.strip()!r}, stands for several"
    return ""


def _shared_cells(placing: Placing) -> frozenset[int]:
    """Cells that are the only candidate of several columns: merged over them."""
    only = Counter(id(here[0].cell) for here in placing.candidates.values() if len(here) == 1)
    return frozenset(cell for cell, count in only.items() if count > 1)


def _problems_of_figure(cell: CellOfForm, piece: Piece, figure: Figure) -> list[Problem]:
    if not figure.problem and figure.status is not Status.UNREAD:
        return []
    raw = " ".join(piece.text.split())
    if figure.problem:
        severity = "note" if figure.problem == "unit_converted" else "warning"
        return [Problem(figure.problem, f"{cell.label}: {raw!r}", piece.cell.where, severity)]
    return [Problem("cell_unread", f"{cell.label}: {raw!r} is no figure", piece.cell.where)]


def _problems_of_headers(headers: Sequence[Header], form: Form) -> list[Problem]:
    found = []
    for header in headers:
        if not header.columns:
            says = f"no label stands over the columns of table {form.table}; none of its figures is placed"
            found.append(Problem("no_column_labels", says, "", "error"))
        for column in header.columns:
            if not column.exact:
                says = f"a column of table {form.table} read as {column.label.label}"
                found.append(Problem("label_misspelt", says, "", "note"))
        found.extend(
            Problem("column_twice", f"{label.label} stands over more than one column", "", "error")
            for label in header.doubtful
        )
    return found


def _problems_of_lost_labels(form: Form, reads: Sequence[PlacedLine]) -> list[Problem]:
    """Labels that a header lacks, where its rows cannot be placed for it: one reason for many unread cells."""
    if len(form.bands) > 1:
        return []
    found = []
    for header in {id(read.line.header): read.line.header for read in reads if read.placing.why}.values():
        named = {column.label.key for column in header.columns} | {label.key for label in header.doubtful}
        lost = [label for label in form.column_labels() if label.key not in named]
        if header.columns and lost:
            names = ", ".join(f"{label.group} · {label.label}" if label.group else label.label for label in lost)
            says = f"no label over table {form.table} says {names}, and its rows cannot be placed without"
            found.append(Problem("column_label_missing", says, "", "error"))
    return found


def _name(line: Line) -> str:
    return line.row.label if line.row is not None else ""


def _fit(reading: TableReading) -> tuple[int, int]:
    placed = sum(value.status is not Status.MISSING for value in reading.values)
    return placed - len(reading.leftover), -sum(value.status is Status.MISSING for value in reading.values)


def _by_company(ranked: Sequence[TableReading], proactive: TableReading | None) -> TableReading:
    """Two forms fit equally well (their differing rows are not there): the form of table 二 decides, and is said."""
    same = [reading for reading in ranked if proactive is not None and reading.form == proactive.form]
    chosen = (same or list(ranked))[0]
    problem = Problem("form_uncertain", f"nothing in table {chosen.table} tells its form; read as {chosen.form}")
    return replace(chosen, problems=(*chosen.problems, problem))
