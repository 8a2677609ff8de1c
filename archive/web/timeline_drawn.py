"""A report's looks over time as the parts of a drawing: rows of renditions, bars of versions, marks of looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from archive.clock import parse_time
from archive.findings.stretches import SEEN, Course, Moment

WIDTH, LEFT, RIGHT, TOP, ROW, FOOT = 920, 108, 16, 10, 40, 30
"""All in units of the drawing."""
_LEAST_BAR = 8.0
_MOST_MARKS = 240
_TICKS = 5
_CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch in which one version was seen; ``number`` is the version's within its rendition."""

    x: float
    width: float
    number: int
    first: str
    last: str
    looks: int


@dataclass(frozen=True, slots=True)
class Mark:
    """One look: where it is drawn, and what it says (a state of archive.findings.stretches)."""

    x: float
    state: str
    at: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Row:
    """One rendition; ``y`` is its middle."""

    y: float
    format: str
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """``ticks`` are (x, day) of the axis at the bottom."""

    width: int
    height: int
    left: int
    axis: float
    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, str], ...]


def draw_timeline(courses: Sequence[Course], numbers: Mapping[int, int]) -> Drawing:
    """Renditions with at least one look each, and the number of each version → what is to be drawn."""
    times = [parse_time(moment.at) for course in courses for moment in course.moments]
    first, last = min(times), max(times)
    span = (last - first).total_seconds()

    def across(at: datetime) -> float:
        room = WIDTH - LEFT - RIGHT
        share = 0.5 if span == 0 else (at - first).total_seconds() / span
        return round(LEFT + 8 + (room - 16) * share, 1)

    rows = []
    for number, course in enumerate(courses):
        bars = []
        for one in course.stretches:
            if one.state == SEEN and one.version is not None:
                x, end = across(parse_time(one.first)), across(parse_time(one.last))
                width = round(end - x + _LEAST_BAR, 1)
                bars.append(Bar(x - _LEAST_BAR / 2, width, numbers[one.version], one.first, one.last, one.looks))
        marks = tuple(Mark(across(parse_time(one.at)), one.state, one.at, one.outcome) for one in _few(course.moments))
        rows.append(Row(TOP + ROW * number + ROW / 2, course.format, tuple(bars), marks))
    axis = TOP + ROW * len(courses)
    return Drawing(WIDTH, axis + FOOT, LEFT, axis, tuple(rows), _ticks(first, last, across))


def _few(moments: Sequence[Moment]) -> list[Moment]:
    """Marks that can be told apart: of very many, those at which something changes, and every so many of the others."""
    if len(moments) <= _MOST_MARKS:
        return list(moments)
    step = len(moments) // _MOST_MARKS + 1
    return [
        one
        for at, one in enumerate(moments)
        if at % step == 0 or at == len(moments) - 1 or _differ(one, moments[at - 1])
    ]


def _differ(one: Moment, before: Moment) -> bool:
    return (one.state, one.version) != (before.state, before.version)


def _ticks(first: datetime, last: datetime, across: Callable[[datetime], float]) -> tuple[tuple[float, str], ...]:
    steps = 1 if first == last else _TICKS
    found: dict[str, float] = {}
    for step in range(steps):
        at = first if steps == 1 else first + (last - first) * step / (steps - 1)
        found.setdefault(f"{at.astimezone(_CHINA):%Y-%m-%d}", across(at))
    return tuple((x, day) for day, x in found.items())
