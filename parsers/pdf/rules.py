"""A page of pdfium → the ruling lines, boxes and pictures drawn on it."""

from __future__ import annotations

import ctypes
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, compress, repeat
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from parsers.errors import TooLarge
from parsers.pdf import native
from parsers.pdf.calls import HANDLE, address_of, address_of_function, bare, direct, pointer_to, room_for
from parsers.pdf.geometry import Box, Frame, maker

THIN = 4.6  # points: a filled shape no thicker is a line (thickest border seen: 3 px double in 6 px)
SHORT = 3.0  # points: a piece no longer is a dot of a dotted line
OBJECTS_PER_PAGE = 200_000
SEGMENTS_PER_PATH = 20_000  # a path with more is a drawing (a map, a seal)
DEPTH = 12  # forms within forms

_OF_OBJECTS = tuple(
    map(
        address_of_function,
        (pdfium.FPDFPageObj_GetType, pdfium.FPDFPath_CountSegments, pdfium.FPDFPath_GetDrawMode,
         pdfium.FPDFPageObj_GetStrokeColor, pdfium.FPDFPageObj_GetFillColor, pdfium.FPDFPageObj_GetBounds),
    )
)  # fmt: skip
_OF_PAGE, _OF_FORM = map(address_of_function, (pdfium.FPDFPage_GetObject, pdfium.FPDFFormObj_GetObject))
_object_of_page = bare(pdfium.FPDFPage_GetObject, gives=HANDLE)
_object_of_form = bare(pdfium.FPDFFormObj_GetObject, gives=HANDLE)
_count_objects = bare(pdfium.FPDFFormObj_CountObjects)
_kind_of = direct(pdfium.FPDFPageObj_GetType, HANDLE)
_draw_mode = bare(pdfium.FPDFPath_GetDrawMode, gives=None)
_count_segments = bare(pdfium.FPDFPath_CountSegments)
_stroke_colour = bare(pdfium.FPDFPageObj_GetStrokeColor)
_fill_colour = bare(pdfium.FPDFPageObj_GetFillColor)
_bounds_of = bare(pdfium.FPDFPageObj_GetBounds, gives=None)
_matrix = bare(pdfium.FPDFPageObj_GetMatrix)
_segment_of = bare(pdfium.FPDFPath_GetPathSegment, gives=HANDLE)
_point_of = bare(pdfium.FPDFPathSegment_GetPoint, gives=None)
_kind_of_segment = bare(pdfium.FPDFPathSegment_GetType)
_closes = bare(pdfium.FPDFPathSegment_GetClose)


Sides = tuple[float, float, float, float]  # left, top, right, bottom, as in Box


class Segment(NamedTuple):
    """A straight line along one axis: its position on the other axis, its start and its end."""

    at: float
    start: float
    end: float


_segment = maker(Segment)


@dataclass(slots=True)
class Rules:
    """What is drawn on a page, in points from the top left."""

    horizontal: list[Segment] = field(default_factory=list)
    vertical: list[Segment] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    drawings: int = 0

    def add_thin(self, boxes: Iterable[Sides]) -> None:
        """Take thin boxes as lines; a dot counts both ways, and only its row of neighbours decides."""
        level, upright = self.horizontal.append, self.vertical.append
        for left, top, right, bottom in boxes:
            width, height = right - left, bottom - top
            if width >= height or (width <= SHORT and height <= SHORT):
                level(_segment(((top + bottom) / 2, left, right)))
            if height > width or (width <= SHORT and height <= SHORT):
                upright(_segment(((left + right) / 2, top, bottom)))

    def add_edges(self, box: Box) -> None:
        """Take the four sides of a box as lines."""
        self.horizontal += (Segment(box.top, box.left, box.right), Segment(box.bottom, box.left, box.right))
        self.vertical += (Segment(box.left, box.top, box.bottom), Segment(box.right, box.top, box.bottom))


Point = tuple[float, float]
Subpath = tuple[Sequence[Point | None], bool, bool]  # points, None before a curve's end; closed; curved
Matrix = tuple[float, float, float, float, float, float]
_Painted = tuple[ctypes.c_void_p, int, bool, bool | None]  # path; segments; stroke shows; fill shows, None for no fill
_UNMOVED: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _matrix_of(page_object: ctypes.c_void_p) -> Matrix:
    matrix, ((place,),) = room_for("f", 6, 1, places=1)
    if not _matrix(page_object, place):
        return _UNMOVED
    a, b, c, d, e, f = matrix
    return a, b, c, d, e, f


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
    drawing.read(HANDLE(address_of(page)), pdfium.FPDFPage_CountObjects(page), _UNMOVED, 0)
    return drawing.rules


class _Drawing:
    """One walk over the objects of a page: each question is put to all paths of a page or form at once."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.rules = Rules()
        self.budget = OBJECTS_PER_PAGE

    def read(self, parent: ctypes.c_void_p, count: int, outer: Matrix, depth: int) -> None:
        """The objects of a page (depth 0) or form; most objects are text."""
        self.budget -= count
        if self.budget < 0:
            raise TooLarge(f"expected at most {OBJECTS_PER_PAGE} objects on a page, found more")
        if native.COMPILED is None or outer != _UNMOVED or self.frame.turns:
            others = self._read_objects(_object_of_form if depth else _object_of_page, parent, count, outer)
        else:
            others = self._read_plain_objects(_OF_FORM if depth else _OF_PAGE, parent, count)
        for kind, address in others:
            if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                (box,) = self._boxes([HANDLE(address)], outer)
                self.rules.pictures.append(Box(*box))
            elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < DEPTH:
                inside = max(0, _count_objects(HANDLE(address)))
                self.read(HANDLE(address), inside, _times(_matrix_of(HANDLE(address)), outer), depth + 1)

    def _read_plain_objects(self, object_at: int, parent: ctypes.c_void_p, count: int) -> list[tuple[int, int]]:
        """``_read_objects`` of what is neither turned nor moved, by the compiled loop."""
        corner, rules = (self.frame.left, self.frame.top), self.rules
        others: list[tuple[int, int]]
        assert native.COMPILED is not None
        level, upright, paths, others, drawings = native.COMPILED.drawn_objects(
            (object_at, *_OF_OBJECTS), parent.value, count, corner, (THIN, SHORT), SEGMENTS_PER_PATH, Segment
        )
        rules.horizontal += level
        rules.vertical += upright
        rules.drawings += drawings
        for some in _batches([(HANDLE(address), *said) for address, *said in paths]):
            self._add_paths(some, _UNMOVED)
        return others

    def _read_objects(
        self, object_of: Callable[..., int], parent: ctypes.c_void_p, count: int, outer: Matrix
    ) -> list[tuple[int, int]]:
        """Takes the paths; gives the kind and the address of what is neither path nor text."""
        handles = list(map(object_of, repeat(pointer_to(parent)), range(count)))
        kinds = bytes(map(_kind_of, handles))
        of_path = pdfium.FPDF_PAGEOBJ_PATH
        paths = [HANDLE(address) for address, kind in zip(handles, kinds, strict=True) if kind == of_path]
        if paths:
            self._read_paths(paths, outer)
        if len(paths) + kinds.count(pdfium.FPDF_PAGEOBJ_TEXT) == count:
            return []
        known = (of_path, pdfium.FPDF_PAGEOBJ_TEXT)
        return [(kind, address) for address, kind in zip(handles, kinds, strict=True) if kind not in known]

    def _boxes(self, objects: Sequence[ctypes.c_void_p], outer: Matrix) -> Iterable[Sides]:
        """The bounds of objects, as seen."""
        sides, places = room_for("f", 4, len(objects))
        sides[: 4 * len(objects)] = array("f", bytes(16 * len(objects)))
        deque(map(_bounds_of, objects, *places), maxlen=0)
        frame = self.frame
        found = [sides[at : 4 * len(objects) : 4].tolist() for at in range(4)]
        if outer != _UNMOVED:
            corners = [(*_apply(outer, x0, y0), *_apply(outer, x1, y1)) for x0, y0, x1, y1 in zip(*found, strict=True)]
            found = [[min(x0, x1) for x0, _, x1, _ in corners], [min(y0, y1) for _, y0, _, y1 in corners],
                     [max(x0, x1) for x0, _, x1, _ in corners], [max(y0, y1) for _, y0, _, y1 in corners]]  # fmt: skip
        if frame.turns:
            return map(frame.place_box, *found)
        x, y = frame.left, frame.top
        left, bottom, right, top = found
        if x:
            left, right = [side - x for side in left], [side - x for side in right]
        return zip(left, [y - side for side in top], right, [y - side for side in bottom], strict=True)

    def _read_paths(self, paths: Sequence[ctypes.c_void_p], outer: Matrix) -> None:
        self.rules.drawings += len(paths)
        modes, places = room_for("i", 2, len(paths))
        modes[: 2 * len(paths)] = array("i", bytes(8 * len(paths)))
        deque(map(_draw_mode, paths, *places), maxlen=0)
        filled = [mode != pdfium.FPDF_FILLMODE_NONE for mode in modes[: 2 * len(paths) : 2]]
        stroked = [mode != 0 for mode in modes[1 : 2 * len(paths) : 2]]
        stroke_shows, fill_shows = _shown(_stroke_colour, paths, stroked), _shown(_fill_colour, paths, filled)
        counts = list(map(_count_segments, paths))
        thin: list[Sides] = []
        others: list[_Painted] = []
        for path, box, count, is_filled, is_stroked, stroke, fill in zip(
            paths, self._boxes(paths, outer), counts, filled, stroked, stroke_shows, fill_shows, strict=True
        ):
            if not 2 <= count <= SEGMENTS_PER_PATH:
                continue
            if stroke or fill:
                if (box[3] - box[1] <= THIN or box[2] - box[0] <= THIN) and count <= 6:
                    thin.append(box)
                    continue
            elif is_stroked or not is_filled:
                continue
            others.append((path, count, stroke, fill if is_filled else None))
        self.rules.add_thin(thin)
        for some in _batches(others):
            self._add_paths(some, outer)

    def _add_paths(self, painted: Sequence[_Painted], outer: Matrix) -> None:
        """Paths of several pieces, or wider than a line: their points tell what they draw."""
        paths, counts = [one[0] for one in painted], [one[1] for one in painted]
        each, at = chain.from_iterable(map(repeat, paths, counts)), chain.from_iterable(map(range, counts))
        segments = list(map(HANDLE, map(_segment_of, each, at)))
        kinds = array("b", map(_kind_of_segment, segments)).tobytes()
        ends, places = room_for("f", 2, len(segments))
        deque(map(_point_of, segments, *places), maxlen=0)
        points = list(zip(ends[: 2 * len(segments) : 2], ends[1 : 2 * len(segments) : 2], strict=True))
        place, start = self.frame.place, 0
        for path, count, stroke, fill in painted:
            end = start + count
            here: Sequence[Point] = points[start:end]
            closes: Sequence[int] = b""
            if here[0] != here[-1] or kinds.count(pdfium.FPDF_SEGMENT_MOVETO, start, end) > 1:
                closes = list(map(_closes, segments[start:end]))
            if (matrix := _times(_matrix_of(path), outer)) != _UNMOVED:
                here = [_apply(matrix, x, y) for x, y in here]
            here = [place(x, y) for x, y in here]
            add_path(_subpaths(here, kinds[start:end], closes), stroke, fill, self.rules)
            start = end


def _batches(painted: Sequence[_Painted]) -> Iterator[list[_Painted]]:
    """Paths in order, so many at once that their segments are few enough to be held."""
    batch: list[_Painted] = []
    held = 0
    for one in painted:
        if batch and held + one[1] > SEGMENTS_PER_PATH:
            yield batch
            batch, held = [], 0
        batch.append(one)
        held += one[1]
    if batch:
        yield batch


def _subpaths(points: Sequence[Point], kinds: bytes, closes: Sequence[int]) -> list[Subpath]:
    """The pieces of a path between moves; a curve is kept as a jump to its end. ``closes``: none for a path that ends
    where it began."""
    if kinds.count(pdfium.FPDF_SEGMENT_LINETO) == len(kinds) - 1 and kinds[0] == pdfium.FPDF_SEGMENT_MOVETO:
        return [(points, any(closes), False)]
    found: list[Subpath] = []
    piece: list[Point | None] = []
    closed = curved = False
    controls = 0
    for point, kind, end in zip(points, kinds, closes or bytes(len(kinds)), strict=True):
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            if len(piece) > 1:
                found.append((piece, closed, curved))
            piece, closed, curved, controls = [point], False, False, 0
        elif kind == pdfium.FPDF_SEGMENT_BEZIERTO:
            curved, controls = True, controls + 1
            if controls % 3 == 0:
                piece += (None, point)
        else:
            piece.append(point)
        closed = closed or bool(end)
    if len(piece) > 1:
        found.append((piece, closed, curved))
    return found


def _shown(colour_of: Callable[..., int], paths: Sequence[ctypes.c_void_p], painted: Sequence[bool]) -> list[bool]:
    """For each path: is it painted in a colour that leaves a mark on white paper, neither white nor transparent?"""
    asked = list(compress(paths, painted))
    if not asked:
        return [False] * len(paths)
    colours, places = room_for("I", 4, len(asked))  # red, green, blue, alpha
    known = list(map(colour_of, asked, *places))  # 0 for a pattern or shading
    marks = [
        not simple or (alpha > 12 and (red < 250 or green < 250 or blue < 250))
        for simple, red, green, blue, alpha in zip(
            known, *(colours[at : 4 * len(asked) : 4] for at in range(4)), strict=True
        )
    ]
    if len(asked) == len(paths):
        return marks
    mark = iter(marks)
    return [one and next(mark) for one in painted]


def add_path(subpaths: Sequence[Subpath], stroked: bool, filled: bool | None, rules: Rules) -> None:
    """A drawn path as lines and boxes. ``filled``: whether its colour shows, None where nothing is filled."""
    if stroked:
        for points, closed, _ in subpaths:
            _add_strokes(points, closed, rules)
    elif filled is not None:
        shapes = [(_box_of(points), curved or not _is_rectangle(points)) for points, _, curved in subpaths]
        _add_fills(shapes, filled, rules)


def _box_of(points: Sequence[Point | None]) -> Box:
    xs, ys = zip(*(point for point in points if point is not None), strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def _is_rectangle(points: Sequence[Point | None]) -> bool:
    """True if every corner lies on a corner of the bounding box."""
    box = _box_of(points)
    return all(
        point is None or (min(abs(point[0] - box.left), abs(point[0] - box.right)) < 0.6
                          and min(abs(point[1] - box.top), abs(point[1] - box.bottom)) < 0.6)
        for point in points
    )  # fmt: skip


def _add_strokes(points: Sequence[Point | None], closed: bool, rules: Rules) -> None:
    before = points[-1] if closed else None
    for point in points:
        if before is not None and point is not None:
            (x0, y0), (x1, y1) = before, point
            if -0.6 <= y1 - y0 <= 0.6:
                if not -0.6 <= x1 - x0 <= 0.6:
                    rules.horizontal.append(_segment(((y0 + y1) / 2, x0 if x0 < x1 else x1, x1 if x0 < x1 else x0)))
            elif -0.6 <= x1 - x0 <= 0.6:
                rules.vertical.append(_segment(((x0 + x1) / 2, y0 if y0 < y1 else y1, y1 if y0 < y1 else y0)))
        before = point


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
                rules.add_thin([box])
        elif not other_shape:
            rules.boxes.append(box)
