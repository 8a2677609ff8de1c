"""Documents as HTML to be looked at, made in the limited child; what comes out is still to be sanitised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import parse_qs, urlencode

from parsers import child
from parsers.errors import Crashed, DocumentError, OutOfMemory, TooLarge
from parsers.limited.limits import OTHER, cpu_seconds, limit_to, limits_of
from parsers.report import Hints

SLOWEST = "doc"
"""The format whose limit on the wall clock holds for all: LibreOffice may have to be asked."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A document to be looked at.

    ``format``: by content; "pdf" has no HTML, it is drawn. ``member``: the file of an archive that it is, as places
    name it. ``text``: the HTML of the document; ``whole``: for a web page, all of it. ``places``: (place, id) of cells.
    """

    format: str
    member: str
    text: str
    whole: str
    places: tuple[tuple[str, str], ...]


class Typesetter(child.Child):
    """A child that makes HTML instead of reading."""

    def __init__(self) -> None:
        super().__init__("parsers.shown.typesetting", limits_of(SLOWEST))

    def set(self, payload: bytes, *, base: str = "", moment: str = "", member: str = "") -> Setting:
        """A document → HTML. ``base``: the URL it was at, ``moment``: 14 digits; ``member``: which file of an archive.

        Raises every DocumentError, as ``Child.read`` does.
        """
        question = urlencode({"base": base, "moment": moment, "member": member}, errors="replace")
        return child.the_one(self._asked(payload, {"hints": {}, "why": question}, _settings_in))


def _settings_in(answer: dict[str, Any]) -> tuple[Setting, ...]:
    """The child's answer, checked: it has read hostile bytes."""
    return child.listed(answer, "set", _setting_of)


def _setting_of(said: list[Any]) -> Setting:
    name, member, text, whole, places = said
    if not all(isinstance(one, str) for one in (name, member, text, whole)):
        raise Crashed("expected texts for a document that was set")
    return Setting(name, member, text, whole, tuple((str(place), str(identity)) for place, identity in places))


# --- in the child ---------------------------------------------------------------------------------------------------


def answer_to(payload: bytes, _hints: Hints, _sink: IO[bytes], why: str) -> dict[str, object]:
    """One document → the frame with its HTML, or with the error."""
    asked = {name: values[0] for name, values in parse_qs(why).items()}
    since = cpu_seconds()
    try:
        limit_to(OTHER, since)
        return {"set": [_set(payload, asked, since)]}
    except DocumentError as error:
        return {"error": {"code": error.code, "says": error.says}}
    except MemoryError:
        return {"error": {"code": OutOfMemory.code, "says": "showing it needed more memory than its limit"}}
    except RecursionError:
        return {"error": {"code": Crashed.code, "says": "the document nests deeper than it can be followed"}}


def _set(payload: bytes, asked: dict[str, str], since: float) -> list[object]:
    from parsers.convert import recognise
    from parsers.places import placed
    from parsers.shown.blocks_as_html import blocks_as_html
    from parsers.shown.marked import mark_page
    from parsers.shown.one_member import ARCHIVE, member_of

    base, moment, member = (asked.get(name, "") for name in ("base", "moment", "member"))
    form = recognise(payload)
    if form.NAME == ARCHIVE:
        limit_to(limits_of(ARCHIVE), since)
        member, payload = member_of(payload, member)
        form = recognise(payload)
    else:
        member = ""
    limits = limits_of(form.NAME)
    if len(payload) > limits.payload:
        raise TooLarge(f"expected at most {limits.payload} bytes of {form.NAME}, found {len(payload)}")
    limit_to(limits, since)
    prefix = f"member={member}#" if member else ""
    if form.NAME == "pdf":
        return [form.NAME, member, "", "", []]
    if form.NAME == "html":
        page = mark_page(payload, base, moment)
        return [form.NAME, member, page.text, page.whole, [(prefix + place, one) for place, one in page.places]]
    html, places = blocks_as_html(placed(form.convert(payload), prefix))
    return [form.NAME, member, html, "", places]


if __name__ == "__main__":
    child.main(answer_to)
