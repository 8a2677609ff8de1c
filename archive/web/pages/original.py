"""The document as it was published, its cells boxed: for the left side of a report, and to stand alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from archive.errors import BadQuery, NotFound, Withdrawn
from archive.lookups.bytes_shown import Had, Shows, last_had, versions_shown
from archive.payloads import get_payload, has_payload, length_of, why_withdrawn
from archive.readings import get_text, get_values
from archive.web.answers import Head, Page, Plain, Redirect
from archive.web.asked import Asked
from archive.web.errors import TooBusy
from archive.web.guard import TOO_MANY, TURN
from archive.web.links import original_path, with_query
from archive.web.originals.sanitised import with_boxes
from archive.web.originals.shown import Place, Shown, Wanted, draw, draw_ahead, place_of, shelf, show
from archive.web.originals.studio import StillAtIt
from archive.web.pages_found import Path
from parsers.errors import BY_CODE, DocumentError
from parsers.forms import label_of
from parsers.report import Value

PATIENCE = 0.65
"""Seconds that a reader waits for a drawing or a conversion; it goes on without them."""
SANDBOXED = "; ".join(
    (
        "default-src 'none'", "style-src 'self'", "img-src 'self' data:", "base-uri 'none'", "form-action 'none'",
        "frame-ancestors 'self'", "sandbox allow-popups allow-popups-to-escape-sandbox allow-downloads",
    )
)  # fmt: skip
"""Even if something got through the sanitiser, nothing runs, nothing is loaded from elsewhere, nothing is sent."""
_MOST_CELLS = 60
_AGAIN = "2"  # seconds
_TRIES = 10  # browsers follow at least 20 redirects
_EXTENSIONS = {"dump": "txt", "other": "bin"}


def view(asked: Asked) -> Page | Redirect:
    """``/original/{digest}/view?cell=KEY``: several cells may be asked for; ``report``, ``member`` where one file holds
    several; ``whole=1``: all of a web page. ``#cell`` is the first box."""
    digest = _expect_bytes(asked)
    shows = versions_shown(asked.archive, digest)
    chosen = _chosen(asked, shows)
    values = _values_of(asked, chosen)
    had = last_had(asked.archive, digest)
    cells = asked.texts("cell")
    if len(cells) > _MOST_CELLS:
        raise BadQuery(f"cell: expected at most {_MOST_CELLS}, found {len(cells)}")
    member = asked.text("member") or _member_of(values)
    facts = _facts(digest, shows, chosen, had)
    page = show_document(asked, facts, had, member, {key: values.get(key) for key in cells})
    return (_again(asked) or page) if page.status == 503 else page


def show_document(
    asked: Asked, facts: dict[str, Any], had: Had | None, member: str, cells: Mapping[str, Value | None]
) -> Page:
    """The page of one document; ``facts`` says what it is, ``had`` where its links lead from."""
    digest = facts["digest"]
    base = had.url if had is not None and had.url.startswith(("http://", "https://")) else ""
    wanted = Wanted(digest, base, digits(had.at) if base and had is not None else "", member)
    shown, refused, status = None, None, 200
    try:
        shown = show(asked.archive, wanted, PATIENCE)
    except StillAtIt:
        status = 503
    except DocumentError as error:
        refused = {"code": error.code, "says": error.says}
    told = _with_anchors([_told(key, value, shown) for key, value in cells.items()])
    is_whole = asked.text("whole") == "1" and shown is not None and shown.whole != ""
    facts |= {
        "format": facts["format"] if shown is None else shown.format,
        "member": member if shown is None else shown.member,
        "refused": refused,
        "is_ready": status == 200,
        "cells": [one.facts for one in told],
        "pages": [] if shown is None else _pages(digest, shown),
    }
    if shown is not None and shown.sheets:
        boxed = [one.place.page for one in told if one.place is not None]
        draw_ahead(asked.archive, digest, shown.member, (*boxed[:1], 1, 2, 3))
    extra = {
        "document": Markup(""),
        "boxes": _boxes_by_page(told),
        "is_whole": is_whole,
        "has_whole": shown is not None and shown.whole not in ("", shown.text),
        "memento": None,
        "known_codes": frozenset(BY_CODE),
        "own": _own(asked, whole=None),
        "whole": _own(asked, whole="1"),
    }
    if shown is not None and not shown.sheets:
        ids: dict[str, str] = {}
        for one in told:
            for identity in one.ids:
                ids[identity] = "; ".join(filter(None, (ids.get(identity), one.title)))
        extra["document"] = Markup(with_boxes(shown.whole if is_whole else shown.text, ids))
    headers = {"Content-Security-Policy": SANDBOXED, "X-Robots-Tag": "noindex"}
    if status == 503:
        headers["Retry-After"] = _AGAIN
    return Page(
        "original.html", facts["title"] or asked.say("original.title"), facts, extra, head=Head(is_listed=False),
        headers=headers, status=status,
    )  # fmt: skip


def picture(asked: Asked) -> Plain | Redirect:
    """``/original/{digest}/page/{number}.png``: a page of a PDF; while it is being drawn, a picture that says so."""
    digest = _expect_bytes(asked)
    number = asked.part("number")
    if not (number.isascii() and number.isdigit() and 0 < int(number) < 10_000):
        raise BadQuery(f"expected the number of a page, found {number[:20]!r}")
    try:
        png = draw(asked.archive, digest, asked.text("member"), int(number), PATIENCE)
    except StillAtIt:
        wait = _words_as_picture(asked.say("original.still_drawing"), 503, {"Retry-After": _AGAIN})
        return _again(asked) or wait
    except DocumentError as error:
        return _words_as_picture(asked.say("original.not_drawn", code=error.code), 404, {})
    return Plain(png, "image/png", {"Cache-Control": "private, max-age=3600"})


def raw(asked: Asked) -> Plain:
    """``/original/{digest}/raw``: the exact bytes, to be saved and not opened. Raises TooBusy."""
    digest = _expect_bytes(asked)
    if not asked.request.scope[TURN].reserve(length_of(asked.archive, digest)):
        raise TooBusy(TOO_MANY)
    shows = versions_shown(asked.archive, digest)
    chosen = _chosen(asked, shows)
    headers = {
        "Content-Disposition": _attachment(digest, chosen),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Robots-Tag": "noindex",
    }
    return Plain(get_payload(asked.archive, digest), "application/octet-stream", headers)


def text(asked: Asked) -> Plain:
    """``/original/{digest}/text``: what was read, as plain text."""
    digest = _expect_bytes(asked)
    chosen = _chosen(asked, versions_shown(asked.archive, digest))
    if chosen is None or chosen.reading is None:
        why = "no report was seen in these bytes" if chosen is None else chosen.unread
        raise NotFound(f"expected a text that was read, found none: {why}")
    said = get_text(asked.archive, chosen.reading)
    return Plain(said.encode("utf-8", "replace"), "text/plain; charset=utf-8", {"X-Robots-Tag": "noindex"})


def digits(at: str) -> str:
    """A time of the archive → 14 digits, as Memento has them: ``20260112080000``."""
    return "".join(sign for sign in at if sign.isdigit())[:14]


@dataclass(frozen=True, slots=True)
class _Told:
    """A cell that was asked for: its facts, and where its box is, if anywhere."""

    facts: dict[str, Any]
    title: str
    place: Place | None
    ids: tuple[str, ...]


def _told(key: str, value: Value | None, shown: Shown | None) -> _Told:
    where = "" if value is None else value.where
    place = place_of(where) if shown is not None and shown.sheets else None
    if place is not None and shown is not None and place.page > len(shown.sheets):
        place = None
    ids = shown.ids_at(where) if shown is not None and not shown.sheets and where else ()
    said = "" if value is None else value.raw
    facts = {
        "key": key,
        "label": label_of(key),
        "raw": said,
        "status": None if value is None else value.status.value,
        "where": where,
        "page": None if place is None else place.page,
        "is_boxed": place is not None or bool(ids),
        "anchor": None,
    }
    return _Told(facts, f"{label_of(key)}: {said}", place, ids)


def _with_anchors(told: list[_Told]) -> list[_Told]:
    """Each box gets the name under which it is found: ``cell``, ``cell-2`` … Cells in one place share theirs."""
    names: dict[object, str] = {}
    for one in told:
        for box in (one.place, *one.ids):
            if box is not None:
                names.setdefault(box, f"cell-{len(names) + 1}" if names else "cell")
        if one.facts["is_boxed"]:
            one.facts["anchor"] = names[one.place if one.place is not None else one.ids[0]]
    return told


def _boxes_by_page(told: list[_Told]) -> dict[int, list[dict[str, Any]]]:
    by_anchor: dict[str, list[_Told]] = defaultdict(list)
    for one in told:
        if one.place is not None:
            by_anchor[one.facts["anchor"]].append(one)
    boxes: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for anchor, same in by_anchor.items():
        place = same[0].place
        if place is not None:
            boxes[place.page].append({"id": anchor, "title": "; ".join(one.title for one in same), "place": place})
    return boxes


def _pages(digest: str, shown: Shown) -> list[dict[str, Any]]:
    return [
        {
            "number": number,
            "width": round(width, 1),
            "height": round(height, 1),
            "picture": with_query(f"/original/{digest}/page/{number}.png", {"member": shown.member or None}),
        }
        for number, (width, height) in enumerate(shown.sheets, 1)
    ]


def _expect_bytes(asked: Asked) -> str:
    """The digest in the path, of bytes that are kept. Raises BadQuery, NotFound, Withdrawn."""
    digest = asked.digest()
    why = why_withdrawn(asked.archive, digest)
    if why is not None:
        shelf(asked.archive.folder).forget(digest)
        raise Withdrawn(f"{digest}: {why}")
    if not has_payload(asked.archive, digest):
        raise NotFound(f"expected bytes kept under {digest}, found none")
    return digest


def _chosen(asked: Asked, shows: tuple[Shows, ...]) -> Shows | None:
    """The version that is meant: that of ``?report=r12``, else the first that was read in these bytes."""
    wanted = asked.text("report").removeprefix("r")
    if wanted:
        found = next((one for one in shows if str(one.report) == wanted), None)
        if found is None:
            raise NotFound(f"expected report r{wanted[:20]} in these bytes, found others")
        return found
    return min(shows, key=lambda one: (not one.is_own, one.reading is None, one.report, one.version), default=None)


def _values_of(asked: Asked, chosen: Shows | None) -> dict[str, Value]:
    """The cells read in these very bytes: in others that say the same they may stand elsewhere."""
    if chosen is None or chosen.reading is None or not chosen.is_own:
        return {}
    return {value.key: value for value in get_values(asked.archive, chosen.reading)}


def _member_of(values: Mapping[str, Value]) -> str:
    first = next((value.where for value in values.values() if value.where), "")
    return first.partition("#")[0].removeprefix("member=") if first.startswith("member=") else ""


def _facts(digest: str, shows: tuple[Shows, ...], chosen: Shows | None, had: Had | None) -> dict[str, Any]:
    return {
        "digest": digest,
        "title": "" if chosen is None else f"{chosen.organisation} {chosen.report_year}",
        "format": "" if chosen is None else chosen.format,
        "url": "" if had is None else had.url,
        "first_captured": None if chosen is None else chosen.first_captured,
        "last_captured": None if chosen is None else chosen.last_captured,
        "unread": "" if chosen is None else chosen.unread,
        "reports": [
            {
                "report": f"r{one.report}",
                "version": f"v{one.version}",
                "organisation": one.organisation,
                "region_code": one.region_code,
                "report_year": one.report_year,
                "is_shown": one == chosen,
            }
            for one in shows
        ],
        "raw": f"/original/{digest}/raw",
        "text": f"/original/{digest}/text" if chosen is not None and chosen.reading is not None else None,
        "view": original_path(digest),
    }


def _again(asked: Asked) -> Redirect | None:
    """Browsers ask again by themselves where they are sent on: each answer comes within a second, and together they
    wait for what is being made. None for programs, and after some tries."""
    tries = asked.number("try", 0) or 0
    if asked.form != "html" or tries >= _TRIES:
        return None
    query = asked.request.query_params
    kept = {name: tuple(query.getlist(name)) for name in query if name != "try"}
    return Redirect(
        with_query(asked.request.url.path, {**kept, "try": tries + 1}), headers={"Cache-Control": "no-store"}
    )


def _own(asked: Asked, whole: str | None) -> str:
    query = asked.request.query_params
    kept = {name: tuple(query.getlist(name)) for name in query if name in ("cell", "report", "member", "lang")}
    return with_query(asked.request.url.path, {**kept, "whole": whole})


def _attachment(digest: str, chosen: Shows | None) -> str:
    """RFC 6266: a name in ASCII, and the one that people read."""
    kind = "bin" if chosen is None else _EXTENSIONS.get(chosen.format, chosen.format.partition("+")[0])
    plain = f"{digest[:16]}.{kind}"
    if chosen is None:
        return f'attachment; filename="{plain}"'
    full = f"{chosen.organisation}{chosen.report_year}-{digest[:8]}.{kind}".replace("/", "_").replace("\\", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(full, safe='')}"


def _words_as_picture(says: str, status: int, headers: dict[str, str]) -> Plain:
    """A sheet of A4 that says why there is nothing on it: browsers show it in place of the page."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="595" height="842" viewBox="0 0 595 842">'
        '<rect width="595" height="842" fill="#fff"/>'
        '<text x="297" y="200" text-anchor="middle" font-size="18" font-family="sans-serif" fill="#605b52">'
        f"{escape(says)}</text></svg>"
    )
    return Plain(svg.encode("utf-8"), "image/svg+xml", {**headers, "Cache-Control": "no-store"}, status)


PATHS = (
    Path("/original/{digest}/view", view, ("json",)),
    Path("/original/{digest}/page/{number}.png", picture),
    Path("/original/{digest}/raw", raw),
    Path("/original/{digest}/text", text),
)
