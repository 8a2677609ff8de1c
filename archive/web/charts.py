"""Line charts as inline SVG: values in, markup out; a figure that is missing leaves a gap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, log10

from markupsafe import Markup, escape

from parsers.report import Number

COLOURED = 6
"""So many lines have a colour and a shape of their own; the rest are grey."""
_WIDE, _HIGH = 360, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 348, 26, 196
_TICKS = 4


@dataclass(frozen=True, slots=True)
class Dot:
    """A figure of one year. ``joins``: whether the line goes on from the year before. ``says`` is shown when pointed
    at. ``mark``: "" or "corrected" or "broken".
    """

    value: Number
    says: str
    joins: bool = True
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: for each year a dot, or None where there is no figure."""

    name: str
    dots: tuple[Dot | None, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A dashed line before a year, with what it says in a few characters."""

    year: int
    says: str


def draw_lines(
    lines: Sequence[Line],
    years: Sequence[int],
    marks: Sequence[Mark],
    title: str,
    tells: str,
    *,
    lang: str,
    coloured: int = COLOURED,
) -> Markup:
    """Lines over years → an SVG picture, whose text alternative is ``title`` with ``tells``.

    The first ``coloured`` lines, at most COLOURED, have the classes s0 to s5, those after them "rest". The scale begins
    at 0; in Chinese it counts in 万.
    """
    values = [dot.value for line in lines for dot in line.dots if dot is not None]
    scale = _Scale(values, years)
    parts = [
        f'<svg class="chart" viewBox="0 0 {_WIDE} {_HIGH}" role="img" aria-label="{escape(f"{title}。{tells}")}">',
        *_axes(scale, years, lang),
        *(_mark(scale, one) for one in marks),
    ]
    coloured = min(coloured, COLOURED, len(lines))
    order = [*range(coloured, len(lines)), *reversed(range(coloured))]
    for at in order:  # what is coloured lies over what is grey, the first over all
        parts += _line(scale, lines[at], years, f"s{at}" if at < coloured else "rest")
    return Markup("\n".join([*parts, "</svg>"]))


def swatch(at: int | None) -> Markup:
    """The shape and colour of a line, for a list beside the chart; None: of the grey ones."""
    name = "rest" if at is None or at >= COLOURED else f"s{at}"
    return Markup(
        f'<svg class="chart swatch" viewBox="0 0 24 12" width="24" height="12" aria-hidden="true" focusable="false">'
        f'<path class="line {name}" d="M0 6H24"/>{_shape(12, 6, name, "")}</svg>'
    )


class _Scale:
    """Years and figures → places in the picture."""

    def __init__(self, values: Sequence[Number], years: Sequence[int]) -> None:
        self.step = _step(float(max([*values, 1])) / _TICKS)
        self.top = max(1, ceil(float(max([*values, 1])) / self.step)) * self.step
        self.bottom = min(0, floor(float(min([*values, 0])) / self.step)) * self.step
        self._first = years[0]
        self._span = max(len(years) - 1, 1)
        self._only = len(years) == 1

    def x(self, year: float) -> float:
        if self._only:
            return (_LEFT + _RIGHT) / 2
        inner = _LEFT + 12, _RIGHT - 12
        return round(inner[0] + (year - self._first) / self._span * (inner[1] - inner[0]), 1)

    def y(self, value: Number | float) -> float:
        return round(_BOTTOM - (float(value) - self.bottom) / (self.top - self.bottom) * (_BOTTOM - _TOP), 1)


def _step(rough: float) -> float:
    """A round distance between two lines of the scale: 1, 2 or 5 times a power of ten; counts have no halves."""
    size = 10.0 ** floor(log10(max(rough, 1)))
    return next(size * one for one in (1, 2, 5, 10) if size * one >= rough)


def _axes(scale: _Scale, years: Sequence[int], lang: str) -> Iterator[str]:
    value = scale.bottom
    while value <= scale.top:
        y = scale.y(value)
        yield f'<path class="{"axis" if value == 0 else "rule"}" d="M{_LEFT} {y}H{_RIGHT}"/>'
        yield f'<text x="{_LEFT - 5}" y="{y + 4}" text-anchor="end">{_short(value, lang)}</text>'
        value += scale.step
    every = ceil(len(years) / 8)
    for year in years:
        if (years[-1] - year) % every == 0:
            yield f'<text x="{scale.x(year)}" y="{_BOTTOM + 17}" text-anchor="middle">{year}</text>'


def _short(value: float, lang: str) -> str:
    """A figure of the scale, short enough for its margin.

    >>> _short(2500.0, "zh"), _short(120000.0, "zh"), _short(120000.0, "en"), _short(3000000.0, "en")
    ('2,500', '12万', '120k', '3m')
    """
    if abs(value) < 10_000:
        return f"{value:,.0f}"
    if lang == "zh":
        return f"{value / 10_000:g}万"
    return f"{value / 1_000_000:g}m" if abs(value) >= 1_000_000 else f"{value / 1000:g}k"


def _mark(scale: _Scale, mark: Mark) -> str:
    x = scale.x(mark.year - 0.5)
    return (
        f'<path class="break" d="M{x} {_TOP - 8}V{_BOTTOM}"/>'
        f'<text class="of-break" x="{x}" y="{_TOP - 13}" text-anchor="middle">{escape(mark.says)}</text>'
    )


def _line(scale: _Scale, line: Line, years: Sequence[int], name: str) -> Iterator[str]:
    path, before = "", False
    for year, dot in zip(years, line.dots, strict=True):
        if dot is not None:
            path += f"{'L' if before and dot.joins else 'M'}{scale.x(year)} {scale.y(dot.value)}"
        before = dot is not None
    if path:
        yield f'<path class="line {name}" d="{path}"/>'
    for year, dot in zip(years, line.dots, strict=True):
        if dot is not None:
            says = f"<title>{escape(dot.says)}</title>"
            yield f"<g>{says}{_shape(scale.x(year), scale.y(dot.value), name, dot.mark)}</g>"


def _shape(x: float, y: float, name: str, mark: str) -> str:
    """A dot; each coloured line has a shape too, for whoever does not tell the colours apart."""
    shapes = {
        "s0": f"M{x - 3.5} {y}a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0Z",
        "s1": f"M{x - 3} {y - 3}h6v6h-6Z",
        "s2": f"M{x} {y - 4}l4 7h-8Z",
        "s3": f"M{x} {y - 4.5}l4 4.5l-4 4.5l-4 -4.5Z",
        "s4": f"M{x} {y + 4}l4 -7h-8Z",
        "s5": f"M{x - 1.2} {y - 4}h2.4v2.8h2.8v2.4h-2.8v2.8h-2.4v-2.8h-2.8v-2.4h2.8Z",
        "rest": f"M{x - 2} {y}a2 2 0 1 0 4 0a2 2 0 1 0 -4 0Z",
    }
    ring = f'<circle class="ring" cx="{x}" cy="{y}" r="7"/>' if mark == "broken" else ""
    hollow = " hollow" if mark == "corrected" else ""
    return f'<path class="dot {name}{hollow}" d="{shapes[name]}"/>{ring}'


def spoken(value: Number) -> str:
    """A figure as a text alternative says it: no thousands that a reader aloud would stumble over."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
