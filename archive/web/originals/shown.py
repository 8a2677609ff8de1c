"""A kept document as it is shown: sanitised HTML, or pages to be drawn; made once and kept on the shelf."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path

from archive.payloads import get_payload
from archive.pictures import Shelf, shelf_of
from archive.store import Archive
from archive.web.errors import TooBusy
from archive.web.originals.sanitised import sanitise
from archive.web.originals.studio import drawing, typesetting
from parsers.errors import DocumentError
from parsers.shown.drawing import Artist, to_png
from parsers.shown.typesetting import Typesetter

DOTS = 144
"""Dots an inch of the pages: two to the point."""
_RELEASE = "1"
_PLACE = re.compile(r"(?:member=[^#]*#)?page=(\d+)&xywh=(-?[\d.]+),(-?[\d.]+),([\d.]+),([\d.]+)(?:&confidence=[\d.]+)?")
_AHEAD = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A box on a page of a PDF, in points from the top left."""

    page: int
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be shown: bytes by their digest, the URL and time (14 digits) that its links are resolved by, and
    which file of an archive (as places name it, "" for the first that is a document)."""

    digest: str
    base: str
    moment: str
    member: str = ""

    @property
    def name(self) -> str:
        """What it is called on the shelf."""
        told = hashlib.sha256("\n".join((self.base, self.moment, self.member)).encode("utf-8", "replace"))
        return f"shown-{_RELEASE}-{told.hexdigest()[:24]}.json"


@dataclass(frozen=True, slots=True)
class Shown:
    """``text`` and ``whole`` are sanitised HTML; ``sheets`` the sizes in points of the pages of a PDF, from page 1.

    ``places``: (place, id of the cell in the HTML).
    """

    format: str
    member: str
    text: str
    whole: str
    places: tuple[tuple[str, str], ...]
    sheets: tuple[tuple[float, float], ...]

    def ids_at(self, place: str) -> tuple[str, ...]:
        """A place as a reading has it → the ids of the cells there: one, or all of a line of a text."""
        return tuple(identity for where, identity in self.places if where == place)


def place_of(where: str) -> Place | None:
    """``page=2&xywh=547.2,94.1,30.7,16.5`` → the box; None for places of other kinds."""
    found = _PLACE.fullmatch(where)
    return None if found is None else Place(int(found[1]), *map(float, found.groups()[1:]))


@cache
def shelf(folder: Path) -> Shelf:
    """The shelf of an archive's folder."""
    return shelf_of(folder)


def show(archive: Archive, wanted: Wanted, seconds: float) -> Shown:
    """A document that is not withdrawn → how it is shown, from the shelf or made now.

    Raises StillAtIt after so many seconds, TooBusy, and the DocumentError for which it cannot be shown; Damaged.
    """
    kept = shelf(archive.folder)
    found = kept.get(wanted.digest, wanted.name)
    if found is not None:
        return _from_json(found)
    payload = get_payload(archive, wanted.digest)
    work = partial(_set, kept, wanted, payload)
    return typesetting().ask(f"{archive.folder} {wanted.digest} {wanted.name}", work, seconds)


def draw(archive: Archive, digest: str, member: str, number: int, seconds: float) -> bytes:
    """A page of a PDF, from 1 → PNG, from the shelf or drawn now. Raises as ``show`` does."""
    kept = shelf(archive.folder)
    found = kept.get(digest, _page_name(member, number))
    if found is not None:
        return found
    payload = get_payload(archive, digest)
    return drawing().ask(
        _page_key(archive, digest, member, number), _drawn(kept, digest, member, number, payload), seconds
    )


def draw_ahead(archive: Archive, digest: str, member: str, numbers: Iterable[int]) -> None:
    """Has pages drawn that somebody is about to ask for; TooBusy and refusals are told to whoever asks."""
    kept = shelf(archive.folder)
    missing = [one for one in dict.fromkeys(numbers) if not kept.has(digest, _page_name(member, one))][:_AHEAD]
    if not missing:
        return
    payload = get_payload(archive, digest)
    for number in missing:
        with suppress(TooBusy, DocumentError):
            work = _drawn(kept, digest, member, number, payload)
            drawing().order(_page_key(archive, digest, member, number), work)


def _set(kept: Shelf, wanted: Wanted, payload: bytes, typesetter: Typesetter) -> Shown:
    setting = typesetter.set(payload, base=wanted.base, moment=wanted.moment, member=wanted.member)
    sheets: tuple[tuple[float, float], ...] = ()
    if setting.format == "pdf":
        measured = (
            drawing().order(f"{wanted.digest} {wanted.name}", lambda a: a.measure(payload, setting.member)).result()
        )
        sheets = tuple((one.width, one.height) for one in measured)
    made = Shown(
        setting.format, setting.member, sanitise(setting.text), sanitise(setting.whole), setting.places, sheets
    )
    kept.put(wanted.digest, wanted.name, json.dumps(asdict(made), ensure_ascii=False).encode("utf-8", "replace"))
    return made


def _from_json(content: bytes) -> Shown:
    said = json.loads(content)
    places, sheets = (tuple(map(tuple, said.pop(name))) for name in ("places", "sheets"))
    return Shown(**said, places=places, sheets=sheets)


def _drawn(kept: Shelf, digest: str, member: str, number: int, payload: bytes) -> Callable[[Artist], bytes]:
    def work(artist: Artist) -> bytes:
        png = to_png(artist.draw_page(payload, number, DOTS, member))
        kept.put(digest, _page_name(member, number), png)
        return png

    return work


def _page_name(member: str, number: int) -> str:
    told = hashlib.sha256(member.encode("utf-8", "replace")).hexdigest()[:8] if member else "0"
    return f"page-{_RELEASE}-{_pdfium()}-{DOTS}-{told}-{number}.png"


def _page_key(archive: Archive, digest: str, member: str, number: int) -> str:
    return f"{archive.folder} {digest} {_page_name(member, number)}"


@cache
def _pdfium() -> str:
    return version("pypdfium2")
