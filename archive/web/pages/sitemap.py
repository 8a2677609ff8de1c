"""What search engines may know of the site: its pages (sitemaps.org 0.9), and where they need not go (RFC 9309)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape

from archive.bodies.places import around, code_of, stem_of
from archive.errors import NotFound
from archive.store import Archive
from archive.web.answers import Plain
from archive.web.asked import Asked
from archive.web.links import place_path, report_path
from archive.web.pages_found import Path

IN_A_PART = 10_000
"""Report ids of one part; the protocol allows 50,000 addresses."""
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_PART = re.compile(r"reports-([1-9][0-9]{0,8})\.xml")
# Lists without end, what a person asks for, the same again as data, originals that stand at their own addresses.
_NOT_FOR_ROBOTS = (
    "/search", "/batch", "/compare", "/diff/", "/original/", "/proof/", "/cite/", "/embed/", "/timegate/", "/timemap/",
    "/memento/", "/api/", "/datasette", "/*.csv", "/*.json", "/*.atom",
)  # fmt: skip


def list_parts(asked: Asked) -> Plain:
    """``/sitemap.xml``: the parts."""
    (last,) = asked.archive.db.execute("SELECT coalesce(max(id), 0) FROM reports").fetchone()
    names = ["places.xml", *(f"reports-{number}.xml" for number in range(1, -(-last // IN_A_PART) + 1))]
    lines = (f"<sitemap><loc>{escape(asked.site.base)}/sitemap/{name}</loc></sitemap>" for name in names)
    return _xml("sitemapindex", lines)


def list_pages(asked: Asked) -> Plain:
    """``/sitemap/{part}``: places, or the reports of one stretch of ids, each with the time of its last version."""
    part = asked.part("part")
    if part == "places.xml":
        return _urls(asked.site.base, ((path, None) for path in ("/", *_places(asked.archive))))
    if (found := _PART.fullmatch(part)) and (pages := _reports(asked.archive, int(found[1]))):
        return _urls(asked.site.base, pages)
    raise NotFound(f"expected a part that /sitemap.xml names, found {part!r}")


def say_to_robots(asked: Asked) -> Plain:
    """``/robots.txt``."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _NOT_FOR_ROBOTS)]
    text = "\n".join([*lines, "", f"Sitemap: {asked.site.base}/sitemap.xml", ""])
    return Plain(text.encode("utf-8"), "text/plain; charset=utf-8")


def _places(archive: Archive) -> list[str]:
    rows = archive.db.execute(
        "SELECT DISTINCT region_code FROM organisations WHERE region_code GLOB '[0-9][0-9][0-9][0-9][0-9][0-9]'"
    ).fetchall()
    stems = {stem_of(code) for (code,) in rows}
    return [place_path(code_of(stem)) for stem in sorted({part for stem in stems for part in (*around(stem), stem)})]


def _reports(archive: Archive, number: int) -> list[tuple[str, str | None]]:
    rows = archive.db.execute(
        """
        SELECT coalesce(o.region_code, ''), o.name, p.report_year, max(v.first_captured)
        FROM reports p
        JOIN organisations o ON o.id = p.organisation
        LEFT JOIN renditions n ON n.report = p.id
        LEFT JOIN versions v ON v.rendition = n.id
        WHERE p.id > :before AND p.id <= :last
        GROUP BY p.id ORDER BY p.id
        """,
        {"before": (number - 1) * IN_A_PART, "last": number * IN_A_PART},
    ).fetchall()
    return [(report_path(code, name, year), changed) for code, name, year, changed in rows]


def _urls(base: str, pages: Iterable[tuple[str, str | None]]) -> Plain:
    lines = (
        f"<url><loc>{escape(base + path)}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</url>"
        for path, changed in pages
    )
    return _xml("urlset", lines)


def _xml(root: str, lines: Iterable[str]) -> Plain:
    text = "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{_NAMESPACE}">', *lines, f"</{root}>"])
    return Plain(f"{text}\n".encode(), "application/xml")


PATHS = (
    Path("/sitemap.xml", list_parts),
    Path("/sitemap/{part}", list_pages),
    Path("/robots.txt", say_to_robots),
)
