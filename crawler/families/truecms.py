"""truecms (Nantong): rows as XML inside JSONP from ``messageController/getMessage.do``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.families import Found
from crawler.pages.counted import read_json
from crawler.pages.links import Anchor, Page, answer_page, read_page, resolve
from crawler.pages.paging import MOST_PAGES
from crawler.sorting import sort_links

NAME = "truecms"

_ADDRESS = re.compile(r"""["']?([\w./:-]*messageController/getMessage\.do)""")
_COLUMN = re.compile(r"""\bcolumn_?id["']?\s*[:=]\s*["']?([\w-]+)|[?&]columnId=([\w-]+)""", re.I)
_PATH = re.compile(r"/messageController/getMessage\.do$")
# /ntsrmzf/sjbm_2023/content/<uuid>.html
_ARTICLE = re.compile(r"/content/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.html$")
_WRAPPED = re.compile(r"^\s*[\w.$]+\s*\((.*)\)\s*;?\s*$", re.S)
_RECORD = re.compile(r"<record>", re.I)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.S)
_TOTAL = re.compile(r"<totalrecord>\s*(\d{1,9})(?!\d)", re.I)
_PAGE_SIZE = 30


def recognise(page: Page) -> float:
    """Sum of the family's marks: its list's address, article URLs."""
    marks = (
        (0.8, "messageController/getMessage.do" in page.layout),
        (0.2, any(_ARTICLE.search(anchor.path) for anchor in page.anchors)),
        (0.3, _ARTICLE.search(urlsplit(page.url).path) is not None),
    )
    return min(1.0, sum(weight for weight, present in marks if present))


def links(page: Page) -> Found:
    """The page's own links, and as pages the request for the rows that its script asks for."""
    return sort_links(page, _ARTICLE, pages=() if page.is_answer else tuple(dict.fromkeys(_lists_on(page))))


def _lists_on(page: Page) -> Iterator[Anchor]:
    for script in page.scripts:
        address, column = _ADDRESS.search(script), _COLUMN.search(script)
        if address and column and (url := resolve(page.base, address.group(1))):
            yield Anchor(f"{url}?{_query(1, _PAGE_SIZE, column.group(1) or column.group(2))}", "")


def _query(first: int, size: int, column: str) -> str:
    asked = {"startrecord": first, "endrecord": first + size - 1, "perpage": size, "columnId": column}
    return urlencode({**asked, "callback": "callback"})


def answer(url: str, post: str, text: str) -> Page | None:
    """``callback({"result": "<datastore>…"})`` → its rows and the requests for those after them."""
    parts = urlsplit(url)
    wrapped = _WRAPPED.match(text)
    if post or not _PATH.search(parts.path) or wrapped is None:
        return None
    try:
        result = read_json(wrapped.group(1))["result"]
    except (ValueError, KeyError, TypeError):  # an error's page, or another program's answer
        return None
    if not isinstance(result, str):
        return None
    rows: list[Anchor] = []
    for record in _RECORD.split(result)[1:]:
        record = record.partition("</record>")[0]
        fragment = "".join(_CDATA.findall(record)) or record
        rows += [anchor for anchor in read_page(url, fragment.encode("utf-8", "replace")).anchors if anchor.label][:1]
    said = _TOTAL.search(result)
    total = int(said.group(1)) if said else None
    asked = dict(parse_qsl(parts.query))
    further: list[Anchor] = []
    if total is not None and rows and asked.get("startrecord") == "1":
        size = len(rows)
        firsts = range(1 + size, min(total, size * MOST_PAGES) + 1, size)
        further = [
            Anchor(urlunsplit(parts._replace(query=_query(first, size, asked.get("columnId", "")))), "")
            for first in firsts
        ]
    return answer_page(url, text, rows, further, total)
