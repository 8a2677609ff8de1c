"""What is known about a look's document from outside: its link, the page it hangs on, its site."""

from __future__ import annotations

import re

from archive.errors import Damaged
from archive.noted.provenance import hints_in
from archive.payloads import get_payload
from archive.register import find_site
from archive.renditions import Look
from archive.store import Archive
from archive.urls import url_key
from parsers.report import Hints

# <meta name="SiteIDCode" content="1304000009">: the first six digits are the division's code (国办发〔2017〕47号).
_META = re.compile(rb"<meta\b[^>]*siteidcode[^>]*>", re.IGNORECASE)
_CONTENT = re.compile(rb"""content\s*=\s*["']?\s*([1-9]\d{5})""", re.IGNORECASE)


def hints_of(archive: Archive, look: Look) -> Hints:
    """A look → hints for its reading.

    An attachment has no head of its own: it gets title and date of the article that links to it, and, where the
    registry knows no region for the site, the region in that page's SiteIDCode, so that page and attachment are one
    body's. What others captured comes with the hints that its maker left, if any.
    """
    if look.third_party:
        return hints_in(look.third_party, look.url, look.link_text)
    title, published, region_code = look.title, look.published, ""
    if look.kind == "attachment" and look.via:
        page = archive.db.execute(
            """
            SELECT c.title, c.published, c.payload FROM captures c JOIN resources s ON s.id = c.resource
            WHERE s.url_key = :url_key AND c.kind = 'article' AND c.status = 200
            ORDER BY c.captured_at DESC, c.id DESC LIMIT 1
            """,
            {"url_key": url_key(look.via)},
        ).fetchone()
        if page is not None:
            title, published = title or page[0], published or page[1]
            region_code = _region_code_in(archive, page[2])
    site = find_site(archive, look.site)
    return Hints(
        url=look.url,
        link_text=look.link_text,
        page_title=title,
        page_published=published,
        site_name="" if site is None else site.name,
        site_region_code=region_code if site is None else site.region_code or region_code,
        aliases=() if site is None else site.aliases,
    )


def region_code_in(page: bytes) -> str:
    """A page's bytes → the region in its SiteIDCode, "" where it has none of six digits.

    >>> region_code_in(b'<META content="1508240001" name="SiteIDCode">')
    '150824'
    """
    meta = _META.search(page)
    found = _CONTENT.search(meta.group()) if meta is not None else None
    return found[1].decode("ascii") if found is not None else ""


def _region_code_in(archive: Archive, digest: str | None) -> str:
    if digest is None:
        return ""
    try:
        return region_code_in(get_payload(archive, digest))
    except Damaged:  # it is named when the page itself is read; a hint is not worth more
        return ""
