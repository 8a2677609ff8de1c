"""eportal: everything is ``/eportal/ui?pageId=``, an article has its ``articleKey``, a list its ``currentPage``."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.families import Found
from crawler.pages.links import Page
from crawler.sorting import sort_links

NAME = "eportal"

_UI = re.compile(r"/eportal/ui$")


def recognise(page: Page) -> float:
    """Sum of the family's marks: its one program, in the page's URL or in the links."""
    marks = (
        (0.6, _UI.search(urlsplit(page.url).path) is not None),
        (0.6, any(_UI.search(anchor.path) for anchor in page.anchors)),
        (0.2, "easysite" in page.layout),
    )
    return min(1.0, sum(weight for weight, present in marks if present))


def links(page: Page) -> Found:
    """``articleKey`` names rows, ``pageId`` alone columns, ``currentPage`` pages."""
    return sort_links(page)
