"""Lines of the statistics table → its figures, each told by its label and by the row that it belongs to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from parsers.document import Problem
from parsers.forms import STATISTICS, CellOfForm, Form, Label, find_form
from parsers.report import Leftover, Status, Value
from parsers.tables.figures import Figure, read_figure
from parsers.tables.labels import Match, core_of, match_label
from parsers.tables.rows import Piece, Row
from parsers.tables.statistics_rows import MONEY, UNITS, Printed, lines_of, rows_of_statistics
from parsers.text import fold

FORM = "2014"
_AMONG = re.compile(r"其中[:.,]?")  # 其中：涉及国家秘密, 其中：1.涉及国家秘密
_LEVELS = (
    (1, re.compile(r"[一二三四五六七八九十]+[.,:]")),
    (2, re.compile(r"\([一二三四五六七八九十]+\)[.,:]?")),
    (3, re.compile(r"\d+[.,:)](?!\d)")),
    (4, re.compile(r"\(\d+\)[.,:]?")),
)
_FEWEST_ROWS = 3
_LOWEST = 5
"""Level of what stands behind 其中."""
# "(不同渠道和方式公开相同信息计1条)", "(条)": notes behind a label.
_NOTES = re.compile(r"(?:\([^()]*\))+$")


class Lead(NamedTuple):
    """How a label begins: behind 其中, its level by the kind of its number (None without one), and its words."""

    among: bool
    level: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Told:
    """A printed line and the form's row it is: ``row`` None and ``why`` where that cannot be said."""

    line: Printed
    row: Label | None
    exact: bool
    parent: str
    why: str
    rivals: tuple[Label, ...] = ()
    """Rows of the form that have this label, under another parent."""


@dataclass(frozen=True, slots=True)
class StatisticsReading:
    """What ``parsers.tables.reading`` makes a TableReading of; ``told`` are all lines, for explaining."""

    values: tuple[Value, ...]
    leftover: tuple[Leftover, ...]
    problems: tuple[Problem, ...]
    told: tuple[Told, ...]


class _Open(NamedTuple):
    """A row above the present one that rows below may belong to; ``core`` None where its label is unknown."""

    level: int
    core: str | None


class _Tree(NamedTuple):
    """The form's rows and headings, and the parent of each heading or row that others belong to, by their cores."""

    labels: tuple[Label, ...]
    parents: Mapping[str, str | None]

    def parent(self, label: Label) -> str | None:
        return words_of(label.group.rpartition(" > ")[2]) if label.group else self.parents.get(words_of(label.label))

    def ancestors(self, label: Label) -> list[str]:
        found = []
        core = self.parent(label)
        while core is not None and core not in found:
            found.append(core)
            core = self.parents.get(core)
        return found


def read_statistics(rows: Sequence[Row]) -> StatisticsReading | None:
    """Rows of one report → the statistics table in it, or None where there is none.

    A row is told by its label and by the row that its number says it belongs to; where the two disagree, nothing of it
    is read. Rows that are none of the form's are left over with their label.
    """
    own = rows_of_statistics(rows)
    if not own:
        return None
    form = find_form(STATISTICS, FORM)
    told = tell_lines(lines_of(own), form)
    if sum(one.row is not None and bool(one.row.key) for one in told) < _FEWEST_ROWS:
        return None
    cells = {cell.key.split(".")[1]: cell for cell in form.cells()}
    values: dict[str, Value] = {}
    leftover = [left for one in told if one.row is None or not one.row.key for left in _of_no_row(one)]
    problems: list[Problem] = []
    reads: dict[str, list[Told]] = defaultdict(list)
    for one in told:
        if one.row is not None and one.row.key:
            reads[one.row.key].append(one)
            if not one.exact:
                says = f"row {_said(one.line)!r} read as {one.row.label}"
                problems.append(Problem("label_misspelt", says, one.line.where, "note"))
    for key, lines in reads.items():
        values[key], extra, doubts = _value_of(cells[key], lines)
        leftover.extend(extra)
        problems.extend(doubts)
    for key, value, doubt in _doubted(told, cells, values):
        values[key] = value
        problems.append(doubt)
    ordered = tuple(values.get(key) or Value(cell.key, None, "", Status.MISSING) for key, cell in cells.items())
    return StatisticsReading(ordered, tuple(leftover), tuple(problems), told)


def tell_lines(lines: Iterable[Printed], form: Form) -> tuple[Told, ...]:
    """Each line → the row of the form that it is; headings without a figure are told as rows without a key."""
    tree = _tree_of(form)
    stack: list[_Open] = []
    inner: _Open | None = None  # the row that 其中 belongs to, while its list goes on
    told = []
    for line in lines:
        lead = lead_of(line.label)
        if not lead.words:
            told.append(Told(line, None, False, "", "no label stands beside it"))
            continue
        if lead.among:
            while stack and stack[-1].level >= _LOWEST:
                stack.pop()
            inner = stack[-1] if stack else None
        parents = _parents_of(lead, stack, inner)
        matches = match_label(lead.words, tree.labels)
        match, up = _match_of(matches, parents, stack, tree)
        told.append(_told(line, match, [one for one in matches if one.label.key], parents))
        level = _level_of(lead, match, up, inner)
        if level is None:
            continue
        while stack and stack[-1].level >= level:
            stack.pop()
        inner = None if level < _LOWEST else inner
        stack.append(_Open(level, words_of(match.label.label) if match is not None else None))
    return tuple(told)


def lead_of(printed: str) -> Lead:
    """A printed label → how it begins, and its words without number and notes.

    >>> lead_of("其中：1.涉及国家秘密（件）")
    Lead(among=True, level=3, words='涉及国家秘密')
    """
    folded = fold(printed)
    among = _AMONG.match(folded)
    rest = folded[among.end() :] if among else folded
    level = next(((kind, found.end()) for kind, number in _LEVELS if (found := number.match(rest))), None)
    return Lead(among is not None, level[0] if level else None, words_of(rest))


@cache
def words_of(label: str) -> str:
    """A label without 其中, number and notes, as labels are compared."""
    folded = _NOTES.sub("", _AMONG.sub("", fold(label), count=1))
    return core_of(folded).rstrip(":")


@cache
def _tree_of(form: Form) -> _Tree:
    rows = form.row_labels()
    parents: dict[str, str | None] = {}
    headings: dict[str, Label] = {}
    own = {words_of(row.label) for row in rows}
    for row in rows:
        above: str | None = None
        for part in row.group.split(" > ") if row.group else ():
            core = words_of(part)
            if core not in own:
                headings.setdefault(core, Label(key="", label=part))
                parents.setdefault(core, above)
            above = core
        parents.setdefault(words_of(row.label), above)
    return _Tree((*rows, *headings.values()), parents)


def _parents_of(lead: Lead, stack: Sequence[_Open], inner: _Open | None) -> list[_Open | None]:
    """Rows above that a label may belong to, the likeliest first; None stands for no row at all."""
    if lead.among:
        return [inner]
    if lead.level is None:
        return [*reversed(stack), None]
    outer = next((one for one in reversed(stack) if one.level < lead.level), None)
    return [outer, inner] if inner is not None and lead.level >= inner.level else [outer]


def _match_of(
    matches: Sequence[Match], parents: Sequence[_Open | None], stack: Sequence[_Open], tree: _Tree
) -> tuple[Match | None, _Open | None]:
    """The one label that fits under the nearest row that any fits under, and that row; (None, None) for none or two."""
    for up in parents:
        fits = [match for match in matches if _fits(match, up, stack, tree)]
        if fits:
            return (fits[0], up) if len(fits) == 1 else (None, None)
    return None, None


def _fits(match: Match, up: _Open | None, stack: Sequence[_Open], tree: _Tree) -> bool:
    """Whether the form has a label under that row; where the row above is unknown, under the nearest known one."""
    wanted = tree.parent(match.label)
    if up is None:
        return wanted is None or (not stack and match.exact)
    if up.core is not None:
        return up.core == wanted
    above = next((one.core for one in reversed(stack[: stack.index(up)]) if one.core is not None), None)
    return match.exact and (above is None or above in tree.ancestors(match.label))


def _level_of(lead: Lead, match: Match | None, up: _Open | None, inner: _Open | None) -> int | None:
    """At which level a line stands open for those below it; None for a line without number that is unknown."""
    if lead.among or (match is not None and up is not None and up is inner):
        return _LOWEST
    if match is None and inner is not None and lead.level is not None and lead.level >= inner.level:
        return _LOWEST  # one more of the list behind 其中, or of the list around it: both stay open
    if lead.level is not None or match is None:
        return lead.level
    return lead_of(match.label.label).level or _LOWEST


def _told(line: Printed, match: Match | None, rivals: list[Match], parents: Sequence[_Open | None]) -> Told:
    up = next((one.core for one in parents if one is not None and one.core is not None), "") or ""
    if match is not None:
        return Told(line, match.label, match.exact, up, "")
    if rivals:
        others = " or ".join(f"{one.label.group or 'no other row'}" for one in rivals)
        why = f"its row {_said(line)!r} stands under {up or 'no known row'}, and belongs under {others}"
        return Told(line, None, False, up, why, tuple(one.label for one in rivals))
    return Told(line, None, False, up, f"no row of the form is called {_said(line)!r}")


def _said(line: Printed) -> str:
    return " ".join(line.label.split())


def _value_of(cell: CellOfForm, lines: Sequence[Told]) -> tuple[Value, list[Leftover], list[Problem]]:
    """The lines of one row → its value; two that differ are both doubtful, and neither is read."""
    full = [one for one in lines if any(not piece.blank for piece in (*one.line.values, *one.line.extra))]
    first = (full or lines)[0].line
    why = doubt_of(first)
    if len(full) > 1:
        says = f"the row {_said(first)!r} stands there {len(full)} times"
        extra = [piece for one in full[1:] for piece in _left_over(one.line, says, "")]
        if len({_printed(one.line) for one in full}) > 1:
            raw = "\t".join(_printed(one.line) for one in full)
            problem = Problem("row_twice", says + " with different figures", first.where, "error")
            return Value(cell.key, None, raw, Status.UNREAD, first.where), extra, [problem]
        value, rest, problems = _one_value(cell, first, why)
        note = Problem("row_twice", says + ", each time with the same figure", first.where, "note")
        return value, [*rest, *extra], [*problems, note]
    return _one_value(cell, first, why)


def _one_value(cell: CellOfForm, line: Printed, why: str) -> tuple[Value, list[Leftover], list[Problem]]:
    if not line.values and not line.extra:
        return Value(cell.key, None, "", Status.MISSING, line.where), [], []
    piece = line.values[0] if line.values else line.extra[0]
    if why:
        raw = _printed(line)
        problem = Problem("cell_unread", f"{cell.label}: {why}", piece.cell.where)
        return Value(cell.key, None, raw, Status.UNREAD, piece.cell.where), _left_over(line, why, ""), [problem]
    figure = read_figure(piece.text, cell.unit, line.unit if line.unit in MONEY else "")
    if figure.status is Status.NUMBER and (unit := line.unit) and (unit in MONEY) != (cell.unit != "count"):
        figure = Figure(None, Status.UNREAD, "unit_unexpected")
    value = Value(cell.key, figure.value, piece.text, figure.status, piece.cell.where)
    if not figure.problem and figure.status is not Status.UNREAD:
        return value, [], []
    raw = " ".join(piece.text.split())
    if figure.problem:
        severity = "note" if figure.problem == "unit_converted" else "warning"
        says = f"{cell.label}: {raw!r}" + (f" in {line.unit}" if line.unit else "")
        return value, [], [Problem(figure.problem, says, piece.cell.where, severity)]
    return value, [], [Problem("cell_unread", f"{cell.label}: {raw!r} is no figure", piece.cell.where)]


def doubt_of(line: Printed) -> str:
    """Why the figure of a line cannot be told, or ""."""
    full = [piece for piece in line.values if not piece.blank]
    if line.extra:
        return f"{len(full) + len(line.extra)} cells stand behind the label, and which is its figure is not certain"
    if len(full) > 1:
        return f"{len(full)} figures stand behind the label"
    if full and full[0].cell.rowspan > 1:
        return f"one cell, {full[0].text.strip()!r}, stands for several rows"
    if full and line.unit and line.unit not in UNITS:
        return f"the unit {line.unit!r} is unknown"
    return ""


def _doubted(
    told: Sequence[Told], cells: Mapping[str, CellOfForm], values: Mapping[str, Value]
) -> list[tuple[str, Value, Problem]]:
    """Rows that are not there beside a row of figures that may be they: unread, not missing."""
    form = find_form(STATISTICS, FORM)
    tree = _tree_of(form)
    found = {}
    for row in form.row_labels():
        if row.key in values and values[row.key].status is not Status.MISSING:
            continue
        for one in told:
            full = [piece for piece in (*one.line.values, *one.line.extra) if not piece.blank]
            displaced = row in one.rivals
            families = (tree.parent(row) or "", "", words_of(row.label))
            nameless = one.row is None and not one.rivals and one.parent in families
            if full and (displaced or nameless):
                why = one.why if displaced else f"its row is not there, unless it is {_said(one.line)!r}"
                raw = _printed(one.line) if displaced else ""
                where = full[0].cell.where
                value = Value(cells[row.key].key, None, raw, Status.UNREAD, where)
                found[row.key] = (row.key, value, Problem("cell_unread", f"{cells[row.key].label}: {why}", where))
                break
    return list(found.values())


def _of_no_row(one: Told) -> list[Leftover]:
    """What stands behind a label that is no row of the form's; a heading's filler ("——") is nothing."""
    if one.row is None:
        return _left_over(one.line, one.why, one.line.label)
    left = _left_over(one.line, "a heading of the form has no figure", one.line.label)
    return [cell for cell in left if read_figure(cell.raw).status is not Status.FILLER]


def _left_over(line: Printed, why: str, label: str) -> list[Leftover]:
    full = [piece for piece in (*line.values, *line.extra) if not piece.blank]
    return [Leftover(piece.text.strip(), piece.cell.where, why, " ".join(label.split())) for piece in full]


def _printed(line: Printed) -> str:
    return "\t".join(_text(piece) for piece in (*line.values, *line.extra))


def _text(piece: Piece) -> str:
    return piece.text.strip()
