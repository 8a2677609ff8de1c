"""A PDF that pdfium refuses, or doubts, as pdfminer.six reads it → the same Pages."""

from __future__ import annotations

import io
import logging
import math
import struct
import zlib
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

import pdfminer
from pdfminer.converter import PDFLayoutAnalyzer
from pdfminer.layout import LTChar, LTComponent, LTContainer, LTCurve, LTImage, LTPage
from pdfminer.pdfcolor import PDFColorSpace
from pdfminer.pdfdevice import PDFTextSeq
from pdfminer.pdfdocument import PDFDocument, PDFPasswordIncorrect
from pdfminer.pdfinterp import PDFGraphicState, PDFPageInterpreter, PDFResourceManager, PDFTextState
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.psexceptions import PSException

from parsers.errors import Encrypted, TooLarge, Unreadable
from parsers.pdf.characters import INVISIBLE, Character
from parsers.pdf.geometry import Box, Frame
from parsers.pdf.pages import CHARACTERS_PER_PAGE, PAGES, Page, page_of, picture_problems
from parsers.pdf.rules import Point, Rules, add_path

NAME = f"pdfminer.six/{pdfminer.__version__}"
_NO_MEANING = 0xFFFD
# What pdfminer lets through from bytes that are no PDF, besides its own exceptions.
_DAMAGE = (
    PSException, ValueError, TypeError, LookupError, AttributeError, AssertionError, ArithmeticError, EOFError,
    RecursionError, struct.error, zlib.error,
)  # fmt: skip


def read_pages(payload: bytes, wanted: Container[int] | None = None) -> list[Page]:
    """The pages (those with the numbers ``wanted``, from 1; all without) with their lines and tables.

    Raises ``Encrypted``, ``Unreadable`` and ``TooLarge``, as the reading by pdfium does.
    """
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # it warns of every oddity, at length
    try:
        return list(_pages(payload, wanted))
    except PDFPasswordIncorrect as error:
        raise Encrypted("expected a PDF that opens without a password, found one that asks for it") from error
    except _DAMAGE as error:
        raise Unreadable(f"expected a PDF, found bytes that pdfminer cannot load: {error!r:.200}") from error


def _pages(payload: bytes, wanted: Container[int] | None) -> Iterator[Page]:
    document = PDFDocument(PDFParser(io.BytesIO(payload)))
    resources = PDFResourceManager()
    for number, page in enumerate(PDFPage.create_pages(document), 1):
        if number > PAGES:
            raise TooLarge(f"expected at most {PAGES} pages, found more")
        if wanted is None or number in wanted:
            device = _Device(resources)
            PDFPageInterpreter(resources, device).process_page(page)
            yield _page_of(device, number)


class _Device(PDFLayoutAnalyzer):
    """Takes what a page shows, and counts the text that is there for searching only."""

    def __init__(self, resources: PDFResourceManager) -> None:
        super().__init__(resources)
        self.found: LTPage | None = None
        self.hidden = self.strings = 0

    def receive_layout(self, ltpage: LTPage) -> None:
        self.found = ltpage

    def render_string(
        self, textstate: PDFTextState, seq: PDFTextSeq, ncs: PDFColorSpace, graphicstate: PDFGraphicState
    ) -> None:
        self.strings += 1
        self.hidden += textstate.render == INVISIBLE
        super().render_string(textstate, seq, ncs, graphicstate)


def _page_of(device: _Device, number: int) -> Page:
    if device.found is None:
        raise Unreadable(f"expected page {number} to be drawn, found nothing")
    marks = list(_marks_in(device.found))
    letters = [mark for mark in marks if isinstance(mark, LTChar)]
    if len(letters) > CHARACTERS_PER_PAGE:
        raise TooLarge(f"expected at most {CHARACTERS_PER_PAGE} characters on a page, found {len(letters)}")
    frame = Frame(0.0, 0.0, device.found.width, device.found.height, _turns(letters))
    characters = [character for letter in letters for character in _characters_of(letter, frame)]
    rules = Rules()
    for mark in marks:
        if isinstance(mark, LTImage):
            rules.pictures.append(_box_of(mark, frame))
        elif isinstance(mark, LTCurve):
            rules.drawings += 1
            _add_curve(mark, frame, rules)
    page = page_of(characters, rules, (frame.width, frame.height), number)
    share = device.hidden / device.strings if device.strings else 0.0
    doubts = picture_problems(rules, Box(0.0, 0.0, frame.width, frame.height), number, lambda: share)
    return replace(page, problems=(*page.problems, *doubts))


def _marks_in(container: LTContainer[LTComponent]) -> Iterator[LTComponent]:
    for mark in container:
        if isinstance(mark, LTContainer):
            yield from _marks_in(mark)
        elif isinstance(mark, LTComponent):
            yield mark


def _turns(letters: Sequence[LTChar]) -> int:
    """Quarter turns clockwise that bring most of the text upright."""
    angles = Counter(round(math.atan2(letter.matrix[1], letter.matrix[0]) / (math.pi / 2)) % 4 for letter in letters)
    return angles.most_common(1)[0][0] if angles else 0


def _box_of(mark: LTComponent, frame: Frame) -> Box:
    return frame.place_box(mark.x0, mark.y0, mark.x1, mark.y1)


def _characters_of(letter: LTChar, frame: Frame) -> Iterator[Character]:
    """The letter's characters (a ligature has several, side by side); one without meaning where the font tells none."""
    text = letter.get_text()
    if text.startswith("(cid:"):
        text = chr(_NO_MEANING)
    box = _box_of(letter, frame)
    step = box.width / max(1, len(text))
    for at, character in enumerate(text):
        if not character.isspace() and character.isprintable() and box.width > 0:
            yield ord(character), box.left + at * step, box.top, box.left + (at + 1) * step, box.bottom


def _add_curve(curve: LTCurve, frame: Frame, rules: Rules) -> None:
    points: list[Point | None] = [frame.place(x, y) for x, y in curve.pts]
    curved = any(step[0] not in ("m", "l", "h") for step in curve.original_path or ())
    stroked = curve.stroke and not _is_white(curve.stroking_color)
    if len(points) < 2 or (curve.stroke and not stroked and not curve.fill):
        return
    closed = len(points) > 2 and (curve.original_path or [("",)])[-1][0] == "h"
    shows = not _is_white(curve.non_stroking_color) if curve.fill else None
    add_path([(points, closed, curved)], stroked, shows, rules)


def _is_white(colour: object) -> bool:
    """True for white in grey, RGB or CMYK."""
    parts = colour if isinstance(colour, list | tuple) else (colour,)
    if not parts or not all(isinstance(part, int | float) for part in parts):
        return False
    return all(part == 0 for part in parts) if len(parts) == 4 else all(part > 0.98 for part in parts)
