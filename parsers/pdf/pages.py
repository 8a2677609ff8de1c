"""A PDF → for each page its lines and its tables, with what is doubtful about it."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from parsers.document import Problem
from parsers.errors import Encrypted, TooLarge, Unreadable
from parsers.pdf.cells import find_grids
from parsers.pdf.characters import (
    Character,
    Printed,
    in_columns,
    invisible_share,
    read_characters,
    read_codes,
    text_direction,
)
from parsers.pdf.geometry import Box, Frame
from parsers.pdf.lines import Line, lines_of
from parsers.pdf.rules import Rules, read_rules
from parsers.pdf.runs import runs_of
from parsers.pdf.tables import Part, parts_of

PAGES = 2_000
CHARACTERS_PER_PAGE = 200_000
PICTURE = 0.12  # share of the page: a smaller picture is a seal or an emblem
_APART = re.compile(r"\d[\t\n]\d")  # how join_lines and lines_of keep two figures from becoming one
_GARBLED = re.compile("[\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]")
_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")  # as lines.is_cjk
_EVERYDAY = frozenset("一二三的年月日本行政府机关信息公开工作报告情况申请处理结果数和其他不总计")
_SHOWN_BY_ANNOTATION = (pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_STAMP, pdfium.FPDF_ANNOT_WIDGET)


@dataclass(frozen=True, slots=True)
class Page:
    """What is printed on one page: lines outside tables, from the top down, and tables.

    ``number`` from 1. ``characters`` counts what is printed, ``garbled`` what stands for no character, ``chinese``
    the Chinese ones, ``everyday`` those that no report does without; ``marks`` counts pictures and drawings.
    """

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    parts: tuple[Part, ...]
    problems: tuple[Problem, ...]
    characters: int
    garbled: int
    chinese: int
    everyday: int
    marks: int


def open_pdf(payload: bytes) -> pypdfium2.PdfDocument:
    """The opened document; its caller closes it.

    Raises ``Encrypted`` where a password is asked for (a document that only its owner may change opens),
    ``Unreadable`` where pdfium finds no PDF, ``TooLarge`` for more than ``PAGES`` pages.
    """
    try:
        document = pypdfium2.PdfDocument(payload)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise Encrypted("expected a PDF that opens without a password, found one that asks for it") from error
        raise Unreadable(f"expected a PDF, found bytes that pdfium cannot load: {error}") from error
    if len(document) > PAGES:
        count = len(document)
        document.close()
        raise TooLarge(f"expected at most {PAGES} pages, found {count}")
    return document


def read_meta(document: pypdfium2.PdfDocument, key: str) -> str:
    """What the document says of itself under a key (ISO 32000-1, 14.3.3), "" for nothing; half a pair of UTF-16, in
    titles cut after so many bytes, is U+FFFD."""
    size = pdfium.FPDF_GetMetaText(document.raw, key.encode("ascii"), None, 0)
    if size <= 2:  # its end alone
        return ""
    room = bytearray(size)
    pdfium.FPDF_GetMetaText(document.raw, key.encode("ascii"), (ctypes.c_char * size).from_buffer(room), size)
    return bytes(room[:-2]).decode("utf-16-le", "replace")


def read_page(document: pypdfium2.PdfDocument, index: int) -> Page:
    """The page with this index (from 0). Raises ``Unreadable`` where pdfium cannot load it."""
    page = textpage = None
    try:
        page = _with_annotations(document.raw, index)
        textpage = pdfium.FPDFText_LoadPage(page) if page else None
        if not textpage:
            lacking = "its text" if page else "it"
            raise Unreadable(f"expected page {index + 1} to load, found that pdfium does not load {lacking}")
        return _read(page, textpage, index + 1)
    finally:
        if textpage:
            pdfium.FPDFText_ClosePage(textpage)
        if page:
            pdfium.FPDF_ClosePage(page)


def _with_annotations(document: Any, index: int) -> Any:
    """The loaded page, with the text that annotations show (form fields, text boxes, stamps) made part of it; a null
    pointer where it does not load."""
    page = pdfium.FPDF_LoadPage(document, index)
    kinds = set()
    for number in range(pdfium.FPDFPage_GetAnnotCount(page) if page else 0):
        annotation = pdfium.FPDFPage_GetAnnot(page, number)
        kinds.add(pdfium.FPDFAnnot_GetSubtype(annotation))
        pdfium.FPDFPage_CloseAnnot(annotation)
    if kinds.isdisjoint(_SHOWN_BY_ANNOTATION):
        return page
    pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
    pdfium.FPDF_ClosePage(page)
    return pdfium.FPDF_LoadPage(document, index)


def _frame_of(page: Any) -> Frame:
    box = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, box)
    return Frame(box.left, box.bottom, box.right, box.top, pdfium.FPDFPage_GetRotation(page) % 4)


def _read(page: Any, textpage: Any, number: int) -> Page:
    count = pdfium.FPDFText_CountChars(textpage)
    if count > CHARACTERS_PER_PAGE:
        raise TooLarge(f"expected at most {CHARACTERS_PER_PAGE} characters on a page, found {count}")
    frame = _frame_of(page)
    codes = read_codes(textpage)
    turns = text_direction(textpage, codes)
    # The text's own turn is counted against the page's: a turned table on a page that is turned back is upright.
    frame = frame.turned(-(turns + frame.turns))
    characters = read_characters(textpage, codes, frame, upright=turns == 0)
    rules = read_rules(page, frame)
    page_read = _page_of(characters, rules, (frame.width, frame.height), number)
    sheet = Box(0.0, 0.0, frame.width, frame.height)
    doubts = picture_problems(rules, sheet, number, lambda: invisible_share(textpage))
    return replace(page_read, problems=(*page_read.problems, *doubts))


def page_of(characters: list[Character], rules: Rules, size: tuple[float, float], number: int) -> Page:
    """Characters and drawn lines of one page (numbered from 1; width and height in points) → its lines and tables."""
    return _page_of(in_columns(characters), rules, size, number)


def _page_of(printed: Printed, rules: Rules, size: tuple[float, float], number: int) -> Page:
    sheet = Box(0.0, 0.0, *size)
    grids = find_grids(rules, sheet)
    runs = runs_of(printed, grids)
    parts = parts_of(runs, grids, number)
    problems = [
        Problem("cell_outline_broken", f"{grid.broken} cells have no rectangular outline", grid.box.where(number))
        for grid in grids
        if grid.broken
    ]
    problems += [
        Problem("several_figures_in_cell", f"figures stand apart in one cell: {cell.text!r}", cell.where)
        for part in parts
        if _APART.search("\0".join([cell[4] for cell in part.cells]))
        for cell in part.cells
        if _APART.search(cell.text)
    ]
    return Page(
        number=number,
        width=sheet.width,
        height=sheet.height,
        lines=tuple(lines_of([run for run in runs if run.owner is None])),
        parts=tuple(sorted(parts, key=lambda part: part.box.top)),
        problems=tuple(problems),
        characters=len(printed.text),
        garbled=len(_GARBLED.findall(printed.text)),
        chinese=len(printed.text) - len(_CHINESE.sub("", printed.text)),
        everyday=sum(map(printed.text.count, _EVERYDAY)),
        marks=len(rules.pictures) + rules.drawings,
    )


def is_garbled(text: str) -> bool:
    """True for a text with the replacement character or private use in it: what stands for no character."""
    return _GARBLED.search(text) is not None


def picture_problems(rules: Rules, sheet: Box, number: int, hidden: Callable[[], float]) -> list[Problem]:
    """What is said of a page's large pictures; ``hidden`` gives the share of its text that leaves no mark."""
    area = sheet.width * sheet.height
    large = [picture for picture in rules.pictures if picture.overlap(sheet) > PICTURE * area]
    if not large:
        return []
    if hidden() > 0.5:
        says = "the text is what a recognition program laid under a scan; figures may be misread"
        return [Problem("recognised_text_layer", says, f"page={number}")]
    says = "a picture; what is printed in it is not read"
    return [Problem("picture_not_read", says, picture.where(number), "note") for picture in large]
