"""What a page module returns, and how it becomes HTML, JSON, CSV or Atom."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

from archive.exports.parts.rows import digits_of
from archive.exports.parts.safe_csv import guard
from archive.web.asked import Asked

Field = str | int | Decimal | None
# XML 1.0, production 2: what no document may hold.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NEVER = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Table:
    """What ``.csv`` gives: names of columns, and rows of as many fields; None is an empty field."""

    columns: tuple[str, ...]
    rows: Iterable[tuple[Field, ...]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of ``.atom``. ``path`` is of this site; ``updated`` a time as the archive holds it.

    ``key`` names the entry for ever, whatever the host of the site (RFC 4287, 4.2.6).
    """

    key: str
    title: str
    path: str
    updated: str
    summary: str
    author: str


@dataclass(frozen=True, slots=True)
class Head:
    """What stands in the head of the HTML beside the title.

    ``canonical``: the path that stands for this page, "" for the one asked for. ``metas``: (name, content), as
    Zotero and Google Scholar read ``citation_*``. ``facts``: schema.org in JSON-LD. ``is_listed``: whether search
    engines may list the page.
    """

    canonical: str = ""
    description: str = ""
    metas: tuple[tuple[str, str], ...] = ()
    facts: Mapping[str, Any] | None = None
    is_listed: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """A page: ``facts`` is what ``.json`` gives and what the template sees as ``facts``; ``extra`` the template only.

    ``headers`` come on top of those of every answer (a frame that others may embed). ``status`` as in HTTP.
    """

    template: str
    title: str
    facts: Mapping[str, Any]
    extra: Mapping[str, Any] = field(default_factory=dict)
    table: Table | None = None
    feed: tuple[Entry, ...] | None = None
    head: Head = field(default_factory=Head)
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class Plain:
    """Bytes with a type: a picture, a citation, a package, a document in its frame."""

    body: bytes | Iterator[bytes]
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class Redirect:
    """The page is at another path of this site."""

    path: str
    status: int = 302
    headers: Mapping[str, str] = field(default_factory=dict)


Made = Page | Plain | Redirect


def as_json(facts: Mapping[str, Any]) -> bytes:
    """Facts → JSON (RFC 8259), UTF-8; a Decimal as its exact text."""
    text = json.dumps(facts, ensure_ascii=False, indent=1, default=_exact, allow_nan=False)
    return text.encode("utf-8", "replace") + b"\n"


def as_csv(table: Table, *, bom: bool) -> bytes:
    """A table → CSV (RFC 4180), UTF-8; texts that a spreadsheet would run stand behind an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow([_field_of(one) for one in row])
    return out.getvalue().encode("utf-8-sig" if bom else "utf-8", "replace")


def as_atom(asked: Asked, title: str, entries: tuple[Entry, ...]) -> bytes:
    """Entries → a feed (RFC 4287); its id and those of its entries do not name the host."""
    base, url = asked.site.base, asked.request.url
    own = f"{url.path}?{url.query}" if url.query else url.path
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr("en" if asked.lang == "en" else "zh-CN")}>',
        _element("id", _urn(own)),
        _element("title", f"{title} · 年报"),
        _element("updated", max((one.updated for one in entries), default=_NEVER)),
        f"<author>{_element('name', 'nianbao')}</author>",
        f'<link rel="self" type="application/atom+xml" href={quoteattr(_clean(base + own))}/>',
        *(_told(base, one) for one in entries),
        "</feed>",
    ]
    return "\n".join(lines).encode("utf-8", "replace") + b"\n"


def _told(base: str, one: Entry) -> str:
    return "".join(
        (
            "<entry>",
            _element("id", _urn(one.key)),
            _element("title", one.title),
            f'<link rel="alternate" href={quoteattr(_clean(base + one.path))}/>',
            _element("updated", one.updated or _NEVER),
            f"<author>{_element('name', one.author or 'nianbao')}</author>",
            _element("summary", one.summary),
            "</entry>",
        )
    )


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(_clean(text))}</{name}>"


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)


def _urn(key: str) -> str:
    return uuid5(NAMESPACE_URL, f"nianbao:{key.encode('utf-8', 'replace').decode('utf-8')}").urn


def _field_of(value: Field) -> str | int | None:
    if isinstance(value, str):
        return guard(value)
    return digits_of(value) if isinstance(value, Decimal) else value


def _exact(value: object) -> str:
    if isinstance(value, Decimal):
        return str(digits_of(value))
    raise TypeError(f"expected what JSON holds, found {type(value).__name__}")
