"""The values of OFD's attributes: arrays of numbers, repeated steps, matrices, paths, colours."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from parsers.pdf.rules import Point, Subpath

Matrix = tuple[float, float, float, float, float, float]
UNMOVED: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_PLAIN = re.compile(r"(?:-?\d{1,5}(?:\.\d+)?(?: |$))*")  # "20 30.5 -1"
_USUAL = 200  # characters
_LARGEST = 1e6  # millimetres
_MOST_NUMBERS = 16  # no array that is read has more than six
_OPERANDS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}


def numbers_in(stated: str | None) -> list[float]:
    """An array of numbers; what is no number, or beyond any page, ends it."""
    if not stated:
        return []
    words = stated.split(None, _MOST_NUMBERS)[:_MOST_NUMBERS]
    if len(stated) < _USUAL and _PLAIN.fullmatch(stated):  # a third of the time: most numbers are like this
        return [float(word) for word in words]
    found: list[float] = []
    for word in words:
        if _NUMBER.fullmatch(word) is None or abs(value := float(word)) > _LARGEST:
            break
        found.append(value)
    return found


def steps_in(stated: str | None, most: int) -> list[float]:
    """DeltaX and DeltaY (GB/T 33190, 11.3), at most so many: ``g 3 2.5`` stands for the step 2.5 three times.

    >>> steps_in("1 g 3 2.5 4", 9)
    [1.0, 2.5, 2.5, 2.5, 4.0]
    """
    words = iter((stated or "").split(None, 3 * most)[: 3 * most])
    found: list[float] = []
    for word in words:
        if len(found) >= most:
            break
        if word != "g":
            found += numbers_in(word)
            continue
        times, step = numbers_in(next(words, "")), numbers_in(next(words, ""))
        if times and step:
            found += step * max(0, min(int(times[0]), most - len(found)))
    return found[:most]


def matrix_in(stated: str | None) -> Matrix:
    found = numbers_in(stated)
    return (found[0], found[1], found[2], found[3], found[4], found[5]) if len(found) == 6 else UNMOVED


def apply(matrix: Matrix, x: float, y: float) -> Point:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def compose(inner: Matrix, outer: Matrix) -> Matrix:
    """The matrix that does the inner, then the outer."""
    a, b, c, d, e, f = inner
    across, down, slope, rise, x, y = outer
    return (
        a * across + b * slope,
        a * down + b * rise,
        c * across + d * slope,
        c * down + d * rise,
        e * across + f * slope + x,
        e * down + f * rise + y,
    )


def turns_of(matrix: Matrix) -> int:
    """Quarter turns clockwise that a matrix gives to what runs to the right: 1 down, 2 left, 3 up."""
    a, b = matrix[0], matrix[1]
    if abs(a) >= abs(b):
        return 0 if a >= 0 else 2
    return 1 if b > 0 else 3


def shows(colour: etree._Element | None, otherwise: bool) -> bool:
    """Whether a colour leaves a mark on white paper; ``otherwise`` where the object states none."""
    if colour is None:
        return otherwise
    alpha = numbers_in(colour.get("Alpha"))
    channels = numbers_in(colour.get("Value"))
    if alpha and alpha[0] <= 12:
        return False
    return not (len(channels) == 3 and min(channels) >= 250)


def subpaths_in(abbreviated: str, matrix: Matrix, scale: float, left: float, top: float) -> list[Subpath]:
    """A path (GB/T 33190, 9.1) → its pieces, placed: points through ``matrix``, then moved, then scaled to points."""
    found: list[Subpath] = []
    points: list[Point | None] = []
    closed = curved = False
    for operator, values in _operations(abbreviated):
        if operator in "SM":
            if len(points) > 1:
                found.append((points, closed, curved))
            points, closed, curved = [], False, False
        if operator == "C":
            closed = True
            continue
        x, y = apply(matrix, values[-2], values[-1])
        if operator in "QBA":
            curved = True
            points.append(None)
        points.append(((x + left) * scale, (y + top) * scale))
    if len(points) > 1:
        found.append((points, closed, curved))
    return found


def _operations(abbreviated: str) -> Iterator[tuple[str, list[float]]]:
    words = iter(abbreviated.split())
    for word in words:
        if word not in _OPERANDS:
            continue
        values = [value for _ in range(_OPERANDS[word]) for value in numbers_in(next(words, ""))]
        if len(values) < _OPERANDS[word]:
            return
        yield word, values
