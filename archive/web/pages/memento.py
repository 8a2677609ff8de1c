"""Memento (RFC 7089): which captures there are of a URL, the one nearest to a time, and each as it was."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from urllib.parse import quote, unquote

from archive.clock import parse_time
from archive.errors import BadQuery, NotFound, Withdrawn
from archive.lookups.bytes_shown import Had
from archive.lookups.mementos import Memento, list_mementos, nearest
from archive.payloads import get_payload, why_withdrawn
from archive.web.answers import Page, Plain, Redirect
from archive.web.asked import LONGEST, Asked
from archive.web.originals.shown import shelf
from archive.web.pages.original import show_document
from archive.web.pages_found import Path

LINK_FORMAT = "application/link-format"
"""RFC 6690, of which RFC 7089 makes TimeMaps."""
# What may stand in a path as it is; "%" stands for what is encoded already.
_SAFE = "%:/?[]@!$&'()*+,;=~"
_MOMENT = re.compile(r"(\d{14})(id_)?")
_ONE_SLASH = re.compile(r"(https?):/+", re.I)  # proxies make one of two slashes


def timemap(asked: Asked) -> Plain:
    """``/timemap/link/{url}``: all captures of a URL (RFC 7089, 5)."""
    url, mementos = _found(asked)
    base = asked.site.base
    first, last = mementos[0], mementos[-1]
    lines = [
        f'<{_bare(url)}>; rel="original"',
        f'<{base}{_path("timemap/link", url)}>; rel="self"; type="{LINK_FORMAT}"; '
        f'from="{_http(first.at)}"; until="{_http(last.at)}"',
        f'<{base}{_path("timegate", url)}>; rel="timegate"',
        *(_link(base, url, one, _rels(mementos, one)) for one in mementos),
    ]
    return Plain((",\n".join(lines) + "\n").encode("ascii"), LINK_FORMAT)


def timegate(asked: Asked) -> Redirect:
    """``/timegate/{url}``: leads to the capture nearest to ``Accept-Datetime``, to the last one without it (4.1)."""
    url, mementos = _found(asked)
    wanted = asked.request.headers.get("accept-datetime")
    chosen = mementos[-1] if wanted is None else nearest(mementos, _accepted(wanted))
    base = asked.site.base
    links = (f'<{_bare(url)}>; rel="original"', _timemap_link(base, url, mementos))
    return Redirect(_path(f"memento/{chosen.moment}", url), 302, {"Vary": "accept-datetime", "Link": ", ".join(links)})


def memento(asked: Asked) -> Page | Plain | Redirect:
    """``/memento/{14 digits}/{url}``: the capture as it was, sanitised; ``{14 digits}id_``: its exact bytes.

    Where there is none at that time, it leads to the nearest. Raises NotFound, BadQuery; withdrawn bytes are Gone.
    """
    stated = _MOMENT.fullmatch(asked.part("moment"))
    if stated is None:
        raise BadQuery(f"expected a time of 14 digits as in 20260112080000, found {asked.part('moment')[:20]!r}")
    url, mementos = _found(asked)
    moment, raw = stated[1], stated[2] or ""
    chosen = nearest(mementos, _time_of(moment))
    if chosen.moment != moment:
        return Redirect(_path(f"memento/{chosen.moment}{raw}", url))
    why = why_withdrawn(asked.archive, chosen.payload)
    if why is not None:
        shelf(asked.archive.folder).forget(chosen.payload)
        raise Withdrawn(f"{chosen.payload}: {why}")
    headers = _headers(asked.site.base, url, mementos, chosen)
    if raw:
        headers |= {
            "Content-Disposition": f'attachment; filename="{chosen.payload[:16]}.bin"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return Plain(get_payload(asked.archive, chosen.payload), "application/octet-stream", headers)
    page = show_document(_as_asked(asked), _facts(chosen), Had(chosen.url, chosen.at), "", {})
    own = _path(f"memento/{moment}", url)
    extra = {**page.extra, "memento": chosen, "own": own, "whole": own, "has_whole": False, "is_whole": True}
    return replace(page, extra=extra, headers={**page.headers, **headers})


@dataclass(frozen=True, slots=True)
class _WholePage(Asked):
    """The same request, to which a web page is shown as a whole: what stands behind ``?`` is the archived URL's."""

    def text(self, name: str, default: str = "") -> str:
        return "1" if name == "whole" else default


def _as_asked(asked: Asked) -> Asked:
    return _WholePage(asked.archive, asked.request, asked.site, asked.deadline, asked.form, asked.sent)


def _facts(one: Memento) -> dict[str, Any]:
    return {
        "digest": one.payload,
        "title": "",
        "format": "",
        "url": one.url,
        "first_captured": one.at,
        "last_captured": one.at,
        "unread": "",
        "reports": [],
        "raw": _path(f"memento/{one.moment}id_", one.url),
        "text": None,
        "view": _path(f"memento/{one.moment}", one.url),
    }


def _found(asked: Asked) -> tuple[str, tuple[Memento, ...]]:
    """The URL that was asked for, and its captures. Raises BadQuery, NotFound."""
    url = _url_of(asked)
    mementos = list_mementos(asked.archive, url)
    if not mementos:
        raise NotFound(f"expected captures of {url[:200]}, found none")
    return mementos[-1].url, mementos


def _url_of(asked: Asked) -> str:
    """What stands behind the prefix, as it was sent: encoded as a whole, or as it is with its query."""
    raw = asked.request.scope.get("raw_path") or asked.request.url.path.encode("utf-8", "replace")
    segments = 3 if raw.startswith((b"/timemap/", b"/memento/")) else 2
    url = raw.split(b"?")[0].decode("latin-1").split("/", segments)[-1]
    query = asked.request.url.query
    if "://" not in url and re.match(r"https?%3A", url, re.I):
        url = unquote(url)
    elif query:
        url = f"{url}?{query}"
    url = _ONE_SLASH.sub(r"\1://", url, count=1) if _ONE_SLASH.match(url) else url
    if not url or len(url) > LONGEST or re.search(r"[\x00-\x20\x7f]", url):
        raise BadQuery(f"expected a URL of at most {LONGEST} characters, found {len(url)}")
    return url


def _path(prefix: str, url: str) -> str:
    return f"/{prefix}/{_bare(url)}"


def _bare(url: str) -> str:
    """A URL in the characters that URIs and headers may hold (RFC 3986)."""
    return quote(url.partition("#")[0].encode("utf-8", "replace"), safe=_SAFE)


def _http(at: str) -> str:
    """A time of the archive → as HTTP has it (RFC 9110, 5.6.7)."""
    return format_datetime(parse_time(at), usegmt=True)


def _time_of(digits: str) -> datetime:
    """14 digits → the time. Raises BadQuery."""
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise BadQuery(f"expected a time of 14 digits as in 20260112080000, found {digits}") from error


def _accepted(said: str) -> datetime:
    try:
        at = parsedate_to_datetime(said)
    except ValueError as error:
        raise BadQuery(f"Accept-Datetime: expected a date as in RFC 9110, found {said[:60]!r}") from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _rels(mementos: tuple[Memento, ...], one: Memento, chosen: Memento | None = None) -> str:
    """``first last memento``, ``prev memento``."""
    words = []
    if one == mementos[0]:
        words.append("first")
    if one == mementos[-1]:
        words.append("last")
    if chosen is not None:
        at, here = mementos.index(one), mementos.index(chosen)
        words += ["prev"] if at == here - 1 else ["next"] if at == here + 1 else []
    return " ".join((*words, "memento"))


def _link(base: str, url: str, one: Memento, rel: str) -> str:
    return f'<{base}{_path(f"memento/{one.moment}", url)}>; rel="{rel}"; datetime="{_http(one.at)}"'


def _timemap_link(base: str, url: str, mementos: tuple[Memento, ...]) -> str:
    return (
        f'<{base}{_path("timemap/link", url)}>; rel="timemap"; type="{LINK_FORMAT}"; '
        f'from="{_http(mementos[0].at)}"; until="{_http(mementos[-1].at)}"'
    )


def _headers(base: str, url: str, mementos: tuple[Memento, ...], chosen: Memento) -> dict[str, str]:
    at = mementos.index(chosen)
    shown = dict.fromkeys((mementos[0], *mementos[max(0, at - 1) : at + 2], mementos[-1]))
    links = (
        f'<{_bare(url)}>; rel="original"',
        f'<{base}{_path("timegate", url)}>; rel="timegate"',
        _timemap_link(base, url, mementos),
        *(_link(base, url, one, _rels(mementos, one, chosen)) for one in shown),
    )
    return {"Memento-Datetime": _http(chosen.at), "Link": ", ".join(links)}


PATHS = (
    Path("/timemap/link/{url:path}", timemap),
    Path("/timegate/{url:path}", timegate),
    Path("/memento/{moment}/{url:path}", memento),
)
