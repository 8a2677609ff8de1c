"""A page of pdfium → the ruling lines, boxes and pictures drawn on it."""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from parsers.errors import TooLarge
from parsers.pdf.calls import HANDLE, address_of, direct
from parsers.pdf.geometry import Box, Frame

THIN = 4.6  # points: a filled shape no thicker is a line (thickest border seen: 3 px double in 6 px)
SHORT = 3.0  # points: a piece no longer is a dot of a dotted line
OBJECTS_PER_PAGE = 200_000
SEGMENTS_PER_PATH = 20_000  # a path with more is a drawing (a map, a seal)
DEPTH = 12  # forms within forms

_object_of_page = direct(pdfium.FPDFPage_GetObject, HANDLE, ctypes.c_int, gives=HANDLE)
_object_of_form = direct(pdfium.FPDFFormObj_GetObject, HANDLE, ctypes.c_ulong, gives=HANDLE)
_kind_of = direct(pdfium.FPDFPageObj_GetType, HANDLE)


class Segment(NamedTuple):
    """A straight line along one axis: its position on the other axis, its start and its end."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class Rules:
    """What is drawn on a page, in points from the top left."""

    horizontal: list[Segment] = field(default_factory=list)
    vertical: list[Segment] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    drawings: int = 0

    def add_thin(self, box: Box) -> None:
        """Take a thin box as a line; a dot counts both ways, and only its row of neighbours decides."""
        if box.width >= box.height or (box.width <= SHORT and box.height <= SHORT):
            self.horizontal.append(Segment((box.top + box.bottom) / 2, box.left, box.right))
        if box.height > box.width or (box.width <= SHORT and box.height <= SHORT):
            self.vertical.append(Segment((box.left + box.right) / 2, box.top, box.bottom))

    def add_edges(self, box: Box) -> None:
        """Take the four sides of a box as lines."""
        self.horizontal += (Segment(box.top, box.left, box.right), Segment(box.bottom, box.left, box.right))
        self.vertical += (Segment(box.left, box.top, box.bottom), Segment(box.right, box.top, box.bottom))


Matrix = tuple[float, float, float, float, float, float]
_UNMOVED: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _matrix_of(page_object: Any) -> Matrix:
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(page_object, matrix):
        return _UNMOVED
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def read_rules(page: Any, frame: Frame) -> Rules:
    """Lines, boxes and pictures of a page, those inside form objects included.

    A line is a stroked straight path, a side of a stroked rectangle, or a filled shape thinner than ``THIN``.
    Raises ``TooLarge`` for a page with more than ``OBJECTS_PER_PAGE`` objects.
    """
    rules = Rules()
    budget = [OBJECTS_PER_PAGE]
    handle = address_of(page)
    objects = _not_text(_object_of_page, handle, pdfium.FPDFPage_CountObjects(page), budget)
    for page_object, kind in objects:
        _read_object(page_object, kind, _UNMOVED, frame, rules, budget, 0)
    return rules


def _not_text(object_of: Callable[..., int], parent: int, count: int, budget: list[int]) -> list[tuple[Any, int]]:
    """The objects of a page or form that are not text, with their kinds; most objects are text."""
    _spend(budget, count)
    handles = list(map(object_of, repeat(parent), range(count)))
    kinds = list(map(_kind_of, handles))
    return [
        (ctypes.cast(handle, pdfium.FPDF_PAGEOBJECT), kind)
        for handle, kind in zip(handles, kinds, strict=True)
        if kind != pdfium.FPDF_PAGEOBJ_TEXT
    ]


def _spend(budget: list[int], count: int) -> None:
    budget[0] -= count
    if budget[0] < 0:
        raise TooLarge(f"expected at most {OBJECTS_PER_PAGE} objects on a page, found more")


def _read_object(
    page_object: Any, kind: int, outer: Matrix, frame: Frame, rules: Rules, budget: list[int], depth: int
) -> None:
    if kind == pdfium.FPDF_PAGEOBJ_PATH:
        rules.drawings += 1
        _read_path(page_object, outer, frame, rules)
    elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
        rules.pictures.append(_bounds(page_object, outer, frame))
    elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < DEPTH:
        inner = _times(_matrix_of(page_object), outer)
        count = max(0, pdfium.FPDFFormObj_CountObjects(page_object))
        for inside, its_kind in _not_text(_object_of_form, address_of(page_object), count, budget):
            _read_object(inside, its_kind, inner, frame, rules, budget, depth + 1)


def _bounds(page_object: Any, outer: Matrix, frame: Frame) -> Box:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(page_object, left, bottom, right, top)
    x0, y0 = _apply(outer, left.value, bottom.value)
    x1, y1 = _apply(outer, right.value, top.value)
    return frame.place_box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _read_path(path: Any, outer: Matrix, frame: Frame, rules: Rules) -> None:
    fill_mode, stroked = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, fill_mode, stroked)
    filled = fill_mode.value != pdfium.FPDF_FILLMODE_NONE
    if not filled and not stroked.value:
        return
    count = pdfium.FPDFPath_CountSegments(path)
    if not 2 <= count <= SEGMENTS_PER_PATH:
        return
    stroke_shows = bool(stroked.value) and _shows(pdfium.FPDFPageObj_GetStrokeColor, path)
    fill_shows = filled and _shows(pdfium.FPDFPageObj_GetFillColor, path)
    if not stroke_shows and not fill_shows and stroked.value:
        return
    bounds = _bounds(path, outer, frame)
    if count <= 6 and min(bounds.width, bounds.height) <= THIN and (stroke_shows or fill_shows):
        rules.add_thin(bounds)
        return
    subpaths = _subpaths(path, _times(_matrix_of(path), outer), frame)
    if stroke_shows:
        for points, closed, _ in subpaths:
            _add_strokes(points, closed, rules)
    elif filled:
        _add_fills([(_box_of(points), curved or not _is_rectangle(points)) for points, _, curved in subpaths],
                   fill_shows, rules)  # fmt: skip


def _shows(colour_of: Any, path: Any) -> bool:
    """False for a colour that leaves no mark on white paper: white, or transparent."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not colour_of(path, red, green, blue, alpha):
        return True  # a pattern or shading
    return alpha.value > 12 and min(red.value, green.value, blue.value) < 250


Point = tuple[float, float]
Subpath = tuple[list[Point | None], bool, bool]  # points, None before a curve's end; closed; curved


def _subpaths(path: Any, matrix: Matrix, frame: Frame) -> list[Subpath]:
    """The pieces of a path between moves, as seen; a curve is kept as a jump to its end."""
    found: list[Subpath] = []
    points: list[Point | None] = []
    closed = curved = False
    x, y = ctypes.c_float(), ctypes.c_float()
    controls = 0
    for index in range(pdfium.FPDFPath_CountSegments(path)):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = frame.place(*_apply(matrix, x.value, y.value))
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            if len(points) > 1:
                found.append((points, closed, curved))
            points, closed, curved, controls = [point], False, False, 0
        elif kind == pdfium.FPDF_SEGMENT_BEZIERTO:
            curved, controls = True, controls + 1
            if controls % 3 == 0:
                points += (None, point)
        else:
            points.append(point)
        closed = closed or bool(pdfium.FPDFPathSegment_GetClose(segment))
    if len(points) > 1:
        found.append((points, closed, curved))
    return found


def _box_of(points: list[Point | None]) -> Box:
    xs, ys = zip(*(point for point in points if point is not None), strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def _is_rectangle(points: list[Point | None]) -> bool:
    """True if every corner lies on a corner of the bounding box."""
    box = _box_of(points)
    return all(
        point is None or (min(abs(point[0] - box.left), abs(point[0] - box.right)) < 0.6
                          and min(abs(point[1] - box.top), abs(point[1] - box.bottom)) < 0.6)
        for point in points
    )  # fmt: skip


def _add_strokes(points: list[Point | None], closed: bool, rules: Rules) -> None:
    around = [*points, points[0]] if closed else points
    for before, after in itertools.pairwise(around):
        if before is None or after is None:
            continue
        (x0, y0), (x1, y1) = before, after
        if abs(y1 - y0) <= 0.6 < abs(x1 - x0):
            rules.horizontal.append(Segment((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
        elif abs(x1 - x0) <= 0.6 < abs(y1 - y0):
            rules.vertical.append(Segment((x0 + x1) / 2, min(y0, y1), max(y0, y1)))


def _add_fills(shapes: list[tuple[Box, bool]], shows: bool, rules: Rules) -> None:
    """Filled shapes: a thin one is a line, a rectangle is a box, a rectangle in a rectangle is a frame."""
    if len(shapes) == 2 and shows and not shapes[0][1] and not shapes[1][1]:
        outer, inner = sorted((box for box, _ in shapes), key=lambda box: -box.width)
        if outer.holds(inner) and max(abs(a - b) for a, b in zip(outer, inner, strict=True)) <= THIN:
            rules.add_edges(Box(*((a + b) / 2 for a, b in zip(outer, inner, strict=True))))
            return
    for box, other_shape in shapes:
        if min(box.width, box.height) <= THIN:
            if shows:
                rules.add_thin(box)
        elif not other_shape:
            rules.boxes.append(box)
