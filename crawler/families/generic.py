"""Any other site: links sorted by the shape of their URLs alone."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.families import Found
from crawler.pages.links import Anchor, Page, resolve, without_comments
from crawler.pages.paging import MOST_PAGES, pages_of, pages_said
from crawler.sorting import sort_links

NAME = "generic"

# Hebei: /columns/<uuid>/templates/<uuid>/blocks/<uuid>?page=2&fix=0 gives a list's rows as a fragment of HTML
_BLOCK = re.compile(r"""["']([^"'\s]*/columns/[\w-]+/templates/[\w-]+/blocks/[\w-]+)(\?[^"'\s]*)?["']""")
_BLOCK_PATH = re.compile(r"/columns/[\w-]+/templates/[\w-]+/blocks/[\w-]+$")
_PAGE = re.compile(r"([?&]page=)(\d{1,9})(?!\d)")


def recognise(page: Page) -> float:
    """Every page is a page: 0.1, so that any family that knows the page wins."""
    return 0.1 if page.url else 0.0


def links(page: Page) -> Found:
    """Documents and article-shaped URLs are rows, numbered or named pagers pages, the others columns."""
    if _BLOCK_PATH.search(urlsplit(page.url).path):
        return _links_in_block(page)
    blocks = {
        resolve(page.base, path) for script in page.scripts for path, _ in _BLOCK.findall(without_comments(script))
    }
    if not blocks:
        return sort_links(page)
    pages, total = pages_of(page)
    asked = tuple(Anchor(f"{url}?page=1&fix=0", "") for url in sorted(blocks) if url)
    return sort_links(page, pages=(*pages, *asked), total=total)


def _links_in_block(page: Page) -> Found:
    """One page of a block's rows; unless it says how many there are, the next is asked for until one is empty."""
    found = sort_links(page)
    number = _PAGE.search(page.url)
    if number is None or not found.rows:
        return found
    own = int(number.group(2))
    last = pages_said(page) or own + 1
    numbers = range(own + 1, min(last, MOST_PAGES) + 1)
    urls = [f"{page.url[: number.start(2)]}{other}{page.url[number.end(2) :]}" for other in numbers]
    return sort_links(page, pages=tuple(Anchor(url, "") for url in urls), total=found.total)
