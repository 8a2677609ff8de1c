"""Any other site: links sorted by the shape of their URLs alone."""

from __future__ import annotations

import re

from crawler.families import Found
from crawler.links import Anchor, Page
from crawler.shapes import directory_of, is_document, is_twin

NAME = "generic"

# A last path part with a number of four digits or more, a date or a hash names an article:
# art_74_1558865.html, content_1202379.html, 63562.htm, 3f2c…(32 hex).shtml, post_2590436.html, show/5403.html
_ARTICLE = re.compile(
    r"(?:\d{4,}|[0-9a-f]{16,})[^/]*\.(?:s?html?|jsp|aspx?|php|do|action)$|/(?:show|info)/[\d/]+\.\w+$"
)
_INDEX = re.compile(r"(?:^|/)(?:index|list|default)[\w-]*\.\w+$|/$|/[\w-]+$")
_NEXT = re.compile(r"^(?:下一页|下页|后一页|尾页|末页|>|>>|»|\d{1,3})$")


def recognise(page: Page) -> float:
    """Every page is a page: 0.1, so that any family that knows the page wins."""
    return 0.1 if page.url else 0.0


def links(page: Page) -> Found:
    """Documents and article-shaped URLs are rows, numbered or named pagers pages, the others columns."""
    here = directory_of(page.url)
    rows: list[Anchor] = []
    columns: list[Anchor] = []
    others: list[Anchor] = []
    pages: list[str] = []
    for anchor in page.anchors:
        path = anchor.path
        if is_twin(path):
            continue
        if is_document(path) or _ARTICLE.search(path):
            rows.append(anchor)
        elif _NEXT.match(anchor.text) and directory_of(anchor.url) == here:
            pages.append(anchor.url)
        elif _INDEX.search(path):
            columns.append(anchor)
        else:
            others.append(anchor)
    attached = tuple(anchor for anchor in rows if is_document(anchor.path))
    return Found(tuple(rows), tuple(columns), tuple(dict.fromkeys(pages)), attached, tuple(others))
