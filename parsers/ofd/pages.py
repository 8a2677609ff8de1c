"""An OFD package → its pages as the PDF reader's own Pages, so that tables come out the same way."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace

from lxml import etree

from parsers.document import Problem
from parsers.errors import Encrypted, TooLarge, Unreadable
from parsers.ofd.marks import POINTS, Marks, take_content
from parsers.ofd.values import numbers_in
from parsers.pdf.geometry import Box
from parsers.pdf.pages import PAGES, PICTURE, Page, page_of
from parsers.text import one_line
from parsers.word.package import Package

ROOT = "OFD.xml"
_A4 = [0.0, 0.0, 210.0, 297.0]
_ENCRYPTIONS = "Encryptions.xml"
_LONGEST = 5_000.0  # millimetres


@dataclass(frozen=True, slots=True)
class Opened:
    """A package's first document: its folder, its root element, its title."""

    package: Package
    folder: str
    document: etree._Element
    title: str


def open_ofd(payload: bytes) -> Opened:
    """Raises Encrypted, TooLarge, Unreadable."""
    package = Package.open(payload)
    if any(posixpath.basename(name) == _ENCRYPTIONS for name in package.names):
        raise Encrypted("expected a plain OFD document, found an encrypted one")
    root = package.xml(ROOT)
    body = root.find("{*}DocBody")
    stated = None if body is None else body.findtext("{*}DocRoot")
    if body is None or stated is None:
        raise Unreadable("expected a document in OFD.xml, found none")
    main = _inside("", stated)
    return Opened(
        package, posixpath.dirname(main), package.xml(main), one_line(body.findtext("{*}DocInfo/{*}Title") or "")
    )


def read_pages(opened: Opened) -> list[Page]:
    """The pages in order, the marks of their templates first. Raises TooLarge and Unreadable."""
    stated = opened.document.findall("{*}Pages/{*}Page")
    if not stated:
        raise Unreadable("expected pages in the OFD document, found none")
    if len(stated) > PAGES:
        raise TooLarge(f"expected at most {PAGES} pages, found {len(stated)}")
    common = opened.document.find("{*}CommonData")
    templates = {
        template.get("ID"): template.get("BaseLoc") or ""
        for template in ([] if common is None else common.iterfind("{*}TemplatePage"))
    }
    usual = numbers_in(None if common is None else common.findtext("{*}PageArea/{*}PhysicalBox"))
    return [
        _page(opened, page.get("BaseLoc") or "", templates, usual if len(usual) == 4 else _A4, number)
        for number, page in enumerate(stated, 1)
    ]


def _page(opened: Opened, location: str, templates: dict[str | None, str], usual: list[float], number: int) -> Page:
    root = opened.package.xml(_inside(opened.folder, location))
    stated = numbers_in(root.findtext("{*}Area/{*}PhysicalBox"))
    left, top, width, height = stated if len(stated) == 4 else usual
    if not (0 < width <= _LONGEST and 0 < height <= _LONGEST):
        raise Unreadable(f"expected page {number} to have a size, found {width} × {height} millimetres")
    marks = Marks()
    for used in root.iterfind("{*}Template"):
        if base := templates.get(used.get("TemplateID")):
            template = opened.package.xml(_inside(opened.folder, base)).find("{*}Content")
            if template is not None:
                take_content(template, (left, top), marks)
    content = root.find("{*}Content")
    if content is not None:
        take_content(content, (left, top), marks)
    size = width * POINTS, height * POINTS
    page = page_of(marks.characters, marks.rules, size, number)
    return replace(page, problems=(*page.problems, *_doubts(marks, Box(0.0, 0.0, *size), number)))


def _doubts(marks: Marks, sheet: Box, number: int) -> list[Problem]:
    large = [box for box in marks.rules.pictures if box.overlap(sheet) > PICTURE * sheet.width * sheet.height]
    if not large:
        return []
    if marks.hidden > 0.5 * len(marks.characters):
        says = "the text is what a recognition program laid over a scan; figures may be misread"
        return [Problem("recognised_text_layer", says, f"page={number}")]
    says = "a picture; what is printed in it is not read"
    return [Problem("picture_not_read", says, box.where(number), "note") for box in large]


def _inside(folder: str, location: str) -> str:
    """A location (GB/T 33190, 7.3: from the package's root if it begins with a slash, else from the folder)."""
    return posixpath.normpath(posixpath.join(f"/{folder}", location.strip())).lstrip("/")
