"""Lonsun: ``/XxgkAnnualReport/show/ID.html``, lists ``/XxgkContent/showList/865/0/page_1.html``."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.families import Found
from crawler.pages.links import Page
from crawler.sorting import sort_links

NAME = "lonsun"

# /OpennessAnnualReport/show/6988.html · /public/66/62639391.html · /public/description/557325.html
_ARTICLE = re.compile(
    r"/(?:Xxgk\w*|OpennessAnnualReport|Openness\w*|Xxgknb)/show/\d+\.html$|/public/(?:\d+|description)/\d+\.html$"
)
_COLUMN = re.compile(r"/XxgkContent/showList/\d+|/public/column/\d+")


def recognise(page: Page) -> float:
    """Sum of the family's marks: article URLs, list URLs, here and in the links."""
    path = urlsplit(page.url).path
    marks = (
        (0.5, any(_ARTICLE.search(anchor.path) for anchor in page.anchors)),
        (0.4, any(_COLUMN.search(anchor.path) for anchor in page.anchors)),
        (0.5, _ARTICLE.search(path) is not None or _COLUMN.search(path) is not None),
    )
    return min(1.0, sum(weight for weight, present in marks if present))


def links(page: Page) -> Found:
    """Articles are rows; pages are numbered ``page_2.html`` or ``pageIndex=2``."""
    return sort_links(page, _ARTICLE)
