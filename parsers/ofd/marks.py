"""The objects of an OFD page → its characters and drawn lines, in points from the top left of the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from parsers.errors import TooLarge
from parsers.ofd.values import (
    UNMOVED,
    Matrix,
    apply,
    compose,
    matrix_in,
    numbers_in,
    shows,
    steps_in,
    subpaths_in,
    turns_of,
)
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
# Of a whole document; a page of a report has a few hundred objects and a thousand characters.
_OBJECTS = 200_000
_CHARACTERS = 400_000
_LONGEST_PATH = 200_000  # characters of one path: a longer one is a drawing (a map, a seal)
_DEPTH = 8  # composite objects within composite objects
_UPRIGHT = UNMOVED[:4]
_GROUPS = frozenset({"Layer", "PageBlock"})
_SIZE = 3.528  # millimetres (10 points), for text that states no size
_OFF = frozenset({"false", "0"})


@dataclass(frozen=True, slots=True)
class Content:
    """The objects of an ``ofd:Content`` in drawing order, and its characters by the quarter turns of their text."""

    objects: tuple[etree._Element, ...]
    turns: Counter[int]


Units = Mapping[str | None, Content]
"""Composite objects by the ID of their resource (GB/T 33190, 13)."""


def content_of(stated: etree._Element) -> Content:
    """What an ``ofd:Content`` draws: a template is looked through once, however many pages it lies under."""
    objects = tuple(_objects_in(stated))
    turns: Counter[int] = Counter()
    for found in objects:
        if _kind_of(found) == "TextObject":
            length = sum(len(code.text or "") for code in found.iterchildren("{*}TextCode"))
            turns[turns_of(matrix_in(found.get("CTM")))] += length
    return Content(objects, turns)


def turns_of_text(contents: list[Content]) -> int:
    """Quarter turns clockwise of most of the characters of a page: a landscape table on a portrait page has 1 or 3."""
    turns = sum((content.turns for content in contents), Counter[int]())
    return turns.most_common(1)[0][0] if turns else 0


@dataclass(slots=True)
class Marks:
    """What one page shows. ``objects`` and ``before`` (characters) count those of the pages before it too.

    ``hidden`` counts characters that leave no mark: what recognition laid over a scan.
    ``turned`` counts characters that run upwards or to the left among others that do not: they are not read.
    ``lost`` counts composite objects whose content is not in the package.
    """

    characters: list[Character] = field(default_factory=list)
    rules: Rules = field(default_factory=Rules)
    hidden: int = 0
    objects: int = 0
    before: int = 0
    turned: int = 0
    lost: int = 0


def take_content(content: Content, frame: Matrix, marks: Marks, units: Units, depth: int = 0) -> None:
    """The objects of a content → more marks. ``frame`` takes millimetres of the content to millimetres of the page.

    Raises TooLarge.
    """
    for found in content.objects:
        marks.objects += 1
        if marks.objects > _OBJECTS or depth > _DEPTH:
            raise TooLarge(f"expected at most {_OBJECTS} objects and {_DEPTH} levels of them, found more")
        if found.get("Visible") in _OFF:
            continue
        boundary = numbers_in(found.get("Boundary"))
        left, top = (boundary[0], boundary[1]) if len(boundary) == 4 else (0.0, 0.0)
        placed = (*frame[:4], *apply(frame, left, top))
        kind = _kind_of(found)
        if kind == "TextObject":
            _take_text(found, placed, marks)
        elif kind == "PathObject":
            _take_path(found, placed, marks)
        elif kind == "CompositeObject":
            marks.rules.drawings += 1
            unit = units.get(found.get("ResourceID"))
            if unit is None:
                marks.lost += 1
            else:
                take_content(unit, compose(matrix_in(found.get("CTM")), placed), marks, units, depth + 1)
        elif len(boundary) == 4:
            _take_picture(boundary, placed, marks)


def _kind_of(found: etree._Element) -> str:
    return str(found.tag).rpartition("}")[2]


def _objects_in(parent: etree._Element) -> Iterator[etree._Element]:
    """The objects of layers and blocks in drawing order (libxml2 has bounded how deep they nest)."""
    for child in parent.iterchildren("{*}Layer", "{*}PageBlock", "{*}TextObject", "{*}PathObject", "{*}ImageObject",
                                     "{*}CompositeObject"):  # fmt: skip
        if _kind_of(child) in _GROUPS:
            yield from _objects_in(child)
        else:
            yield child


def _take_picture(boundary: list[float], placed: Matrix, marks: Marks) -> None:
    corners = apply(placed, 0.0, 0.0), apply(placed, boundary[2], boundary[3])
    left, right = sorted(x * POINTS for x, _ in corners)
    top, bottom = sorted(y * POINTS for _, y in corners)
    marks.rules.pictures.append(Box(left, top, right, bottom))


def _own_space(found: etree._Element, placed: Matrix) -> tuple[Matrix, tuple[float, float]]:
    """An object's own matrix, and where its origin stands; all in the matrix where the page's content is turned."""
    matrix = matrix_in(found.get("CTM"))
    if placed[:4] == _UPRIGHT:
        return matrix, placed[4:]
    return compose(matrix, placed), (0.0, 0.0)


def _take_path(found: etree._Element, placed: Matrix, marks: Marks) -> None:
    marks.rules.drawings += 1
    stroked = found.get("Stroke") not in _OFF and shows(found.find("{*}StrokeColor"), True)
    filled = found.get("Fill") in {"true", "1"}
    abbreviated = found.findtext("{*}AbbreviatedData") or ""
    if (stroked or filled) and len(abbreviated) <= _LONGEST_PATH:
        matrix, at = _own_space(found, placed)
        subpaths = subpaths_in(abbreviated, matrix, POINTS, *at)
        add_path(subpaths, stroked, shows(found.find("{*}FillColor"), False) if filled else None, marks.rules)


def _take_text(found: etree._Element, placed: Matrix, marks: Marks) -> None:
    size = next(iter(numbers_in(found.get("Size") or found.get("size"))), _SIZE)
    matrix, at = _own_space(found, placed)
    if size <= 0 or abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]) < 1e-9:
        return
    scale = next(iter(numbers_in(found.get("HScale"))), 1.0)
    transparent = next(iter(numbers_in(found.get("Alpha"))), 255.0) <= 12
    seen = not transparent and (
        (found.get("Fill") not in _OFF and shows(found.find("{*}FillColor"), True)) or found.get("Stroke") == "true"
    )
    start = (0.0, 0.0)
    characters: list[Character] = []
    for code in found.iterchildren("{*}TextCode"):
        x, y = numbers_in(code.get("X")), numbers_in(code.get("Y"))
        start = (x[0] if x else start[0], y[0] if y else start[1])
        text = (code.text or "").strip("\r\n\t")
        if marks.before + len(marks.characters) + len(characters) + len(text) > _CHARACTERS:
            raise TooLarge(f"expected at most {_CHARACTERS} characters, found more")
        characters += _placed(text, start, code, size, scale, matrix, at)
    if turns_of(matrix) in (2, 3):  # read from the top down or from the left, its figures would be other figures
        marks.turned += len(characters)
        return
    marks.hidden += 0 if seen else len(characters)
    marks.characters += characters


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
    across, down = steps_in(code.get("DeltaX"), len(text)), steps_in(code.get("DeltaY"), len(text))
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
