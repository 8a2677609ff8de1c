"""The objects of an OFD page → its characters and drawn lines, in points from the top left of the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from parsers.errors import TooLarge
from parsers.ofd.values import UNMOVED, Matrix, apply, matrix_in, numbers_in, shows, steps_in, subpaths_in
from parsers.pdf.characters import Character
from parsers.pdf.geometry import Box
from parsers.pdf.lines import is_wide
from parsers.pdf.rules import Rules, add_path
from parsers.text import is_blank

POINTS = 72 / 25.4  # in a millimetre, OFD's unit
_CJK_EM = (0.86, 0.14)  # above and below the baseline, in em
_LATIN_EM = (0.92, 0.23)  # highest ascent to lowest descent, as in the PDF reader's boxes
_DIGIT, _LATIN = 0.6, 0.75  # widths in em; the step to the next character is a better witness
_STRETCHED = 1.25  # times the usual width: a wider step is white space
_OBJECTS = 200_000
_CHARACTERS = 200_000
_SIZE = 3.528  # millimetres (10 points), for text that states no size
_OFF = frozenset({"false", "0"})


@dataclass(slots=True)
class Marks:
    """What one page shows. ``hidden`` counts characters that leave no mark: what recognition laid over a scan."""

    characters: list[Character] = field(default_factory=list)
    rules: Rules = field(default_factory=Rules)
    hidden: int = 0
    objects: int = 0


def take_content(content: etree._Element, origin: tuple[float, float], marks: Marks) -> None:
    """``ofd:Content`` → more marks. ``origin`` is the page's top left in millimetres. Raises TooLarge."""
    for found in _objects_in(content):
        marks.objects += 1
        if marks.objects > _OBJECTS or len(marks.characters) > _CHARACTERS:
            raise TooLarge(f"expected at most {_OBJECTS} objects and {_CHARACTERS} characters on a page, found more")
        if found.get("Visible") in _OFF:
            continue
        boundary = numbers_in(found.get("Boundary"))
        left, top = (boundary[0], boundary[1]) if len(boundary) == 4 else (0.0, 0.0)
        at = left - origin[0], top - origin[1]
        kind = etree.QName(found).localname
        if kind == "TextObject":
            _take_text(found, at, marks)
        elif kind == "PathObject":
            _take_path(found, at, marks)
        elif len(boundary) == 4:
            _take_picture(kind, at, boundary, marks)


def _objects_in(parent: etree._Element) -> Iterator[etree._Element]:
    """The objects of layers and blocks in drawing order (libxml2 has bounded how deep they nest)."""
    for child in parent.iterchildren("{*}Layer", "{*}PageBlock", "{*}TextObject", "{*}PathObject", "{*}ImageObject",
                                     "{*}CompositeObject"):  # fmt: skip
        if etree.QName(child).localname in {"Layer", "PageBlock"}:
            yield from _objects_in(child)
        else:
            yield child


def _take_picture(kind: str, at: tuple[float, float], boundary: list[float], marks: Marks) -> None:
    if kind == "CompositeObject":
        marks.rules.drawings += 1
        return
    left, top = at[0] * POINTS, at[1] * POINTS
    marks.rules.pictures.append(Box(left, top, left + boundary[2] * POINTS, top + boundary[3] * POINTS))


def _take_path(found: etree._Element, at: tuple[float, float], marks: Marks) -> None:
    marks.rules.drawings += 1
    stroked = found.get("Stroke") not in _OFF and shows(found.find("{*}StrokeColor"), True)
    filled = found.get("Fill") in {"true", "1"}
    abbreviated = found.findtext("{*}AbbreviatedData") or ""
    if stroked or filled:
        subpaths = subpaths_in(abbreviated, matrix_in(found.get("CTM")), POINTS, *at)
        add_path(subpaths, stroked, shows(found.find("{*}FillColor"), False) if filled else None, marks.rules)


def _take_text(found: etree._Element, at: tuple[float, float], marks: Marks) -> None:
    size = next(iter(numbers_in(found.get("Size") or found.get("size"))), _SIZE)
    matrix = matrix_in(found.get("CTM"))
    if size <= 0 or abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]) < 1e-9:
        return
    scale = next(iter(numbers_in(found.get("HScale"))), 1.0)
    transparent = next(iter(numbers_in(found.get("Alpha"))), 255.0) <= 12
    seen = not transparent and (
        (found.get("Fill") not in _OFF and shows(found.find("{*}FillColor"), True)) or found.get("Stroke") == "true"
    )
    start = (0.0, 0.0)
    before = len(marks.characters)
    for code in found.iterchildren("{*}TextCode"):
        x, y = numbers_in(code.get("X")), numbers_in(code.get("Y"))
        start = (x[0] if x else start[0], y[0] if y else start[1])
        text = (code.text or "").strip("\r\n\t")
        marks.characters += _placed(text, start, code, size, scale, matrix, at)
    marks.hidden += 0 if seen else len(marks.characters) - before


def _placed(
    text: str,
    start: tuple[float, float],
    code: etree._Element,
    size: float,
    scale: float,
    matrix: Matrix,
    at: tuple[float, float],
) -> Iterator[Character]:
    """The printed characters of one run. A step gives the place of the next; without steps they stand side by side."""
    across, down = steps_in(code.get("DeltaX")), steps_in(code.get("DeltaY"))
    x, y = start
    digit = _DIGIT * size * scale
    for index, sign in enumerate(text):
        natural = digit if sign.isdigit() else size * scale * _width_of(sign)
        step = across[index] if index < len(across) else None
        lower = down[index] if index < len(down) else None
        # The step is the font's own width, unless the text is stretched.
        width = step if step is not None and 0 < step <= _STRETCHED * natural else natural
        digit = width if sign.isdigit() else digit
        if not is_blank(sign):
            yield _character(sign, x, y, width, size, matrix, at)
        x += step if step is not None else 0.0 if lower is not None else natural
        y += lower if lower is not None else 0.0


def _width_of(sign: str) -> float:
    if is_wide(sign):
        return 1.0
    return _LATIN if sign.isalpha() else 0.5


def _character(
    sign: str, x: float, y: float, width: float, size: float, matrix: Matrix, at: tuple[float, float]
) -> Character:
    """One character's em box, from its baseline at ``x``, ``y`` in the object's own space."""
    above, below = _CJK_EM if is_wide(sign) else _LATIN_EM
    corners = ((x, y - above * size), (x + width, y + below * size))
    (x0, y0), (x1, y1) = corners if matrix == UNMOVED else (apply(matrix, *corner) for corner in corners)
    left, right = sorted(((x0 + at[0]) * POINTS, (x1 + at[0]) * POINTS))
    top, bottom = sorted(((y0 + at[1]) * POINTS, (y1 + at[1]) * POINTS))
    return ord(sign), left, top, right, bottom
