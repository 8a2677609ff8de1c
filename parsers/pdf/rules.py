"""A page of pdfium → the ruling lines, boxes and pictures drawn on it."""

from __future__ import annotations

import ctypes
import itertools
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from parsers.errors import TooLarge
from parsers.pdf.calls import HANDLE, address_of, bare, direct
from parsers.pdf.geometry import Box, Frame

THIN = 4.6  # points: a filled shape no thicker is a line (thickest border seen: 3 px double in 6 px)
SHORT = 3.0  # points: a piece no longer is a dot of a dotted line
OBJECTS_PER_PAGE = 200_000
SEGMENTS_PER_PATH = 20_000  # a path with more is a drawing (a map, a seal)
DEPTH = 12  # forms within forms

_object_of_page = direct(pdfium.FPDFPage_GetObject, HANDLE, ctypes.c_int, gives=HANDLE)
_object_of_form = direct(pdfium.FPDFFormObj_GetObject, HANDLE, ctypes.c_ulong, gives=HANDLE)
_kind_of = direct(pdfium.FPDFPageObj_GetType, HANDLE)
_draw_mode = bare(pdfium.FPDFPath_GetDrawMode)
_count_segments = bare(pdfium.FPDFPath_CountSegments)
_stroke_colour = bare(pdfium.FPDFPageObj_GetStrokeColor)
_fill_colour = bare(pdfium.FPDFPageObj_GetFillColor)
_bounds_of = bare(pdfium.FPDFPageObj_GetBounds)
_segment_of = bare(pdfium.FPDFPath_GetPathSegment, gives=HANDLE)
_point_of = bare(pdfium.FPDFPathSegment_GetPoint)
_kind_of_segment = bare(pdfium.FPDFPathSegment_GetType)
_closes = bare(pdfium.FPDFPathSegment_GetClose)


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
        left, top, right, bottom = box
        width, height = right - left, bottom - top
        if width >= height or (width <= SHORT and height <= SHORT):
            self.horizontal.append(Segment((top + bottom) / 2, left, right))
        if height > width or (width <= SHORT and height <= SHORT):
            self.vertical.append(Segment((left + right) / 2, top, bottom))

    def add_edges(self, box: Box) -> None:
        """Take the four sides of a box as lines."""
        self.horizontal += (Segment(box.top, box.left, box.right), Segment(box.bottom, box.left, box.right))
        self.vertical += (Segment(box.left, box.top, box.bottom), Segment(box.right, box.top, box.bottom))


Point = tuple[float, float]
Subpath = tuple[list[Point | None], bool, bool]  # points, None before a curve's end; closed; curved
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
    drawing = _Drawing(frame)
    drawing.read(_object_of_page, address_of(page), pdfium.FPDFPage_CountObjects(page), _UNMOVED, 0)
    return drawing.rules


_NO_SIDES = array("f", (0.0, 0.0, 0.0, 0.0))


def _places_in(room: array[Any]) -> list[ctypes.c_void_p]:
    """Pointers to the items of an array, which must not grow."""
    start, count = room.buffer_info()
    return [HANDLE(start + at * room.itemsize) for at in range(count)]


class _Drawing:
    """One walk over the objects of a page; the numbers that pdfium gives for an object land in the same places."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.rules = Rules()
        self.budget = OBJECTS_PER_PAGE
        self.mode = array("i", (0, 0))  # of filling; whether it is stroked
        self.mode_places = _places_in(self.mode)
        self.colour = array("I", (0, 0, 0, 0))  # red, green, blue, alpha
        self.colour_places = _places_in(self.colour)
        self.sides = array("f", _NO_SIDES)  # left, bottom, right, top
        self.sides_places = _places_in(self.sides)

    def read(self, object_of: Callable[..., int], parent: int, count: int, outer: Matrix, depth: int) -> None:
        """The objects of a page or form; most objects are text."""
        self.budget -= count
        if self.budget < 0:
            raise TooLarge(f"expected at most {OBJECTS_PER_PAGE} objects on a page, found more")
        handles = list(map(object_of, repeat(parent), range(count)))
        for address, kind in zip(handles, list(map(_kind_of, handles)), strict=True):
            if kind == pdfium.FPDF_PAGEOBJ_PATH:
                self.rules.drawings += 1
                self._read_path(HANDLE(address), outer)
            elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                self.rules.pictures.append(self._bounds(HANDLE(address), outer))
            elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < DEPTH:
                form = ctypes.cast(address, pdfium.FPDF_PAGEOBJECT)
                inside = max(0, pdfium.FPDFFormObj_CountObjects(form))
                self.read(_object_of_form, address, inside, _times(_matrix_of(form), outer), depth + 1)

    def _bounds(self, page_object: ctypes.c_void_p, outer: Matrix) -> Box:
        self.sides[:] = _NO_SIDES
        _bounds_of(page_object, *self.sides_places)
        left, bottom, right, top = self.sides
        x0, y0 = _apply(outer, left, bottom)
        x1, y1 = _apply(outer, right, top)
        return self.frame.place_box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def _read_path(self, path: ctypes.c_void_p, outer: Matrix) -> None:
        self.mode[0] = self.mode[1] = 0
        _draw_mode(path, *self.mode_places)
        filled, stroked = self.mode[0] != pdfium.FPDF_FILLMODE_NONE, self.mode[1] != 0
        if not filled and not stroked:
            return
        count = _count_segments(path)
        if not 2 <= count <= SEGMENTS_PER_PATH:
            return
        stroke_shows = stroked and self._shows(_stroke_colour, path)
        fill_shows = filled and self._shows(_fill_colour, path)
        if not stroke_shows and not fill_shows and stroked:
            return
        bounds = self._bounds(path, outer)
        if count <= 6 and min(bounds.width, bounds.height) <= THIN and (stroke_shows or fill_shows):
            self.rules.add_thin(bounds)
            return
        matrix = _times(_matrix_of(ctypes.cast(path, pdfium.FPDF_PAGEOBJECT)), outer)
        add_path(self._subpaths(path, count, matrix), stroke_shows, fill_shows if filled else None, self.rules)

    def _shows(self, colour_of: Callable[..., int], path: ctypes.c_void_p) -> bool:
        """False for a colour that leaves no mark on white paper: white, or transparent."""
        if not colour_of(path, *self.colour_places):
            return True  # a pattern or shading
        red, green, blue, alpha = self.colour
        return alpha > 12 and min(red, green, blue) < 250

    def _subpaths(self, path: ctypes.c_void_p, count: int, matrix: Matrix) -> list[Subpath]:
        """The pieces of a path between moves, as seen; a curve is kept as a jump to its end."""
        found: list[Subpath] = []
        points: list[Point | None] = []
        closed = curved = False
        self.sides[:] = _NO_SIDES
        places, place = self.sides_places[:2], self.frame.place
        controls = 0
        for index in range(count):
            segment = HANDLE(_segment_of(path, index))
            _point_of(segment, *places)
            point = place(*_apply(matrix, self.sides[0], self.sides[1]))
            kind = _kind_of_segment(segment)
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
            closed = closed or bool(_closes(segment))
        if len(points) > 1:
            found.append((points, closed, curved))
        return found


def add_path(subpaths: list[Subpath], stroked: bool, filled: bool | None, rules: Rules) -> None:
    """A drawn path as lines and boxes. ``filled``: whether its colour shows, None where nothing is filled."""
    if stroked:
        for points, closed, _ in subpaths:
            _add_strokes(points, closed, rules)
    elif filled is not None:
        shapes = [(_box_of(points), curved or not _is_rectangle(points)) for points, _, curved in subpaths]
        _add_fills(shapes, filled, rules)


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
