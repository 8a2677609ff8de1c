"""An OFD package → its pages as the PDF reader's own Pages, so that tables come out the same way."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from lxml import etree

from parsers.document import Problem
from parsers.errors import Encrypted, TooLarge, Unreadable
from parsers.ofd.marks import POINTS, Content, Marks, Units, content_of, take_content, turns_of_text
from parsers.ofd.values import Matrix, compose, numbers_in
from parsers.pdf.geometry import Box
from parsers.pdf.pages import PAGES, PICTURE, Page, page_of
from parsers.text import one_line
from parsers.word.package import Package

ROOT = "OFD.xml"
_A4 = [0.0, 0.0, 210.0, 297.0]
_ENCRYPTIONS = "Encryptions.xml"
_LONGEST = 5_000.0  # millimetres
_BODIES = 100  # documents in one package


@dataclass(frozen=True, slots=True)
class Opened:
    """One document of a package: its folder, its root element, its title."""

    package: Package
    folder: str
    document: etree._Element
    title: str


def open_ofd(payload: bytes) -> tuple[Opened, ...]:
    """The documents of a package, at least one. Raises Encrypted, TooLarge, Unreadable."""
    package = Package.open(payload)
    if any(posixpath.basename(name) == _ENCRYPTIONS for name in package.names):
        raise Encrypted("expected a plain OFD document, found an encrypted one")
    bodies = [(body, body.findtext("{*}DocRoot")) for body in package.xml(ROOT).iterfind("{*}DocBody")]
    if not bodies or len(bodies) > _BODIES:
        raise Unreadable(f"expected one to {_BODIES} documents in OFD.xml, found {len(bodies)}")
    opened = []
    for body, stated in bodies:
        if stated is None:
            raise Unreadable("expected a document in OFD.xml, found one without a root")
        main = _inside("", stated)
        title = one_line(body.findtext("{*}DocInfo/{*}Title") or "")
        opened.append(Opened(package, posixpath.dirname(main), package.xml(main), title))
    return tuple(opened)


def read_pages(opened: Opened) -> list[Page]:
    """The pages in order, the marks of their templates first. Raises TooLarge and Unreadable."""
    stated = opened.document.findall("{*}Pages/{*}Page")
    if not stated:
        raise Unreadable("expected pages in the OFD document, found none")
    if len(stated) > PAGES:
        raise TooLarge(f"expected at most {PAGES} pages, found {len(stated)}")
    locations = [_inside(opened.folder, page.get("BaseLoc") or "") for page in stated]
    if len(set(locations)) < len(locations):
        raise Unreadable("expected every page of the OFD document once, found one listed again")
    common = opened.document.find("{*}CommonData")
    usual = numbers_in(None if common is None else common.findtext("{*}PageArea/{*}PhysicalBox"))
    resources = [] if common is None else list(common.iterchildren("{*}PublicRes", "{*}DocumentRes"))
    shared = _Shared(_templates_of(opened, common), _units_of(opened, resources), usual if len(usual) == 4 else _A4)
    pages, used = [], Marks()
    for number, location in enumerate(locations, 1):
        used = Marks(objects=used.objects, before=used.before + len(used.characters))
        pages.append(_page(opened, location, shared, used, number))
    return pages


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the pages of a document have in common: templates by ID, composite objects, the usual size."""

    templates: Mapping[str | None, Content]
    units: Units
    size: list[float]


def _templates_of(opened: Opened, common: etree._Element | None) -> dict[str | None, Content]:
    templates: dict[str | None, Content] = {}
    for stated in () if common is None else common.iterfind("{*}TemplatePage"):
        if base := stated.get("BaseLoc"):
            content = opened.package.xml(_inside(opened.folder, base)).find("{*}Content")
            if content is not None:
                templates[stated.get("ID")] = content_of(content)
    return templates


def _units_of(opened: Opened, resources: list[etree._Element]) -> dict[str | None, Content]:
    """The composite objects that resources describe. One that the package has not describes none."""
    units: dict[str | None, Content] = {}
    for resource in resources:
        name = _inside(opened.folder, resource.text or "")
        if name not in opened.package.names:
            continue
        for unit in opened.package.xml(name).iter("{*}CompositeGraphicUnit"):
            content = unit.find("{*}Content")
            if content is not None:
                units[unit.get("ID")] = content_of(content)
    return units


def _page(opened: Opened, location: str, shared: _Shared, marks: Marks, number: int) -> Page:
    root = opened.package.xml(location)
    stated = numbers_in(root.findtext("{*}Area/{*}PhysicalBox"))
    left, top, width, height = stated if len(stated) == 4 else shared.size
    if not (0 < width <= _LONGEST and 0 < height <= _LONGEST):
        raise Unreadable(f"expected page {number} to have a size, found {width} × {height} millimetres")
    under = (shared.templates.get(used.get("TemplateID")) for used in root.iterfind("{*}Template"))
    own = root.find("{*}Content")
    drawn = [content for content in (*under, None if own is None else content_of(own)) if content is not None]
    turns = turns_of_text(drawn)
    frame = compose((1.0, 0.0, 0.0, 1.0, -left, -top), _turned_back(turns, width, height))
    units = {**shared.units, **_units_of(opened, list(root.iterchildren("{*}PageRes")))}
    for content in drawn:
        take_content(content, frame, marks, units)
    size = (height * POINTS, width * POINTS) if turns % 2 else (width * POINTS, height * POINTS)
    page = page_of(marks.characters, marks.rules, size, number)
    return replace(page, problems=(*page.problems, *_doubts(marks, Box(0.0, 0.0, *size), number, turns)))


def _turned_back(turns: int, width: float, height: float) -> Matrix:
    """The matrix that brings a page upright whose text is turned so many quarters clockwise."""
    return (
        (1.0, 0.0, 0.0, 1.0, 0.0, 0.0),
        (0.0, -1.0, 1.0, 0.0, 0.0, width),
        (-1.0, 0.0, 0.0, -1.0, width, height),
        (0.0, 1.0, -1.0, 0.0, height, 0.0),
    )[turns]


def _doubts(marks: Marks, sheet: Box, number: int, turns: int) -> list[Problem]:
    return [*_of_turns(marks, number, turns), *_of_pictures(marks, sheet, number)]


def _of_turns(marks: Marks, number: int, turns: int) -> Iterator[Problem]:
    if turns:
        says = f"the text of the page is turned by {90 * turns} degrees; places are those on the page set upright"
        yield Problem("page_turned", says, f"page={number}", "note")
    if marks.turned:
        says = f"{marks.turned} characters run upwards or to the left and are not read"
        yield Problem("turned_text_not_read", says, f"page={number}")
    if marks.lost:
        says = f"{marks.lost} objects are drawn by resources that the package has not"
        yield Problem("resource_missing", says, f"page={number}")


def _of_pictures(marks: Marks, sheet: Box, number: int) -> list[Problem]:
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
