"""Boda VSB: articles ``info/<tree>/<news>.htm``, pages of a list numbered from its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from crawler.families import Found
from crawler.pages.links import Anchor, Page, resolve
from crawler.pages.paging import MOST_PAGES, rows_said
from crawler.sorting import sort_links

NAME = "vsb"

_ARTICLE = re.compile(r"/info/\d+/\d+\.htm$")
_DYNAMIC = re.compile(r"urltype=news\.NewsContentUrl")
# id="line_u5_0" marks the rows of a list: unit 5, first row
_ROW = re.compile(r"\bline_u\d+_\d+\b")
_SCRIPTS = ("/system/resource/js/", "/system/resource/css/pagedown", "_showDynClick", "vsb_content", "showVsbpdfIframe")
_NUMBER = re.compile(r"/(\d{1,4})\.htm$")


def recognise(page: Page) -> float:
    """Sum of the family's marks: its scripts, row ids, article URLs."""
    path = urlsplit(page.url).path
    marks = (
        (0.5, any(script in page.layout for script in _SCRIPTS)),
        (0.4, "line_u" in page.layout and _ROW.search(page.layout) is not None),
        (0.3, sum(_ARTICLE.search(anchor.path) is not None for anchor in page.anchors) > 1),
        (0.4, _ARTICLE.search(path) is not None or _DYNAMIC.search(page.url) is not None),
    )
    return min(1.0, sum(weight for weight, present in marks if present))


def links(page: Page) -> Found:
    """Articles are rows; of a list with 11 pages, ``zbgg.htm`` goes on with ``zbgg/10.htm`` and ends ``zbgg/1.htm``."""
    pages = tuple(Anchor(url, "") for url in _pages(page) if url)
    return sort_links(page, _ARTICLE, pages=pages, total=rows_said(page, paged=bool(pages)))


def _pages(page: Page) -> Iterator[str]:
    """Every page that is numbered in this list: the pager leaves out those between its dots."""
    path = urlsplit(page.url).path
    inner = _NUMBER.search(path)
    stem = path[: inner.start()] if inner else path.removesuffix(".htm")
    if inner is None and (path.endswith("/") or not path.endswith(".htm")):
        return
    numbers = []
    for anchor in page.anchors:
        cut = _NUMBER.search(anchor.path)
        if cut and anchor.path[: cut.start()] == stem and urlsplit(anchor.url).netloc == urlsplit(page.url).netloc:
            numbers.append(int(cut.group(1)))
    own = int(inner.group(1)) if inner else None
    for number in range(min(max(numbers, default=0), MOST_PAGES), 0, -1):
        if number != own:
            yield resolve(page.url, f"{stem}/{number}.htm")
