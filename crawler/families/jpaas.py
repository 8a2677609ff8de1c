"""Hanweb JPAAS: lists that a script fetches as HTML in JSON, named by ``queryData`` beside ``unitbuild.js``."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.families import Found
from crawler.pages.counted import count_in, read_json
from crawler.pages.links import Anchor, Page, answer_page, read_page, resolve
from crawler.pages.paging import MOST_PAGES
from crawler.sorting import sort_links

NAME = "jpaas"

# <script src="…/unitbuild.js" url="/api-gateway/…/build/unit" queryData="{'parseType':'bulidstatic',…}">
_SCRIPT = re.compile(r"<script\b[^<>]{0,2000}?\bunitbuild\b[^<>]{0,2000}>", re.I)
_URL = re.compile(r"""\surl\s*=\s*["']([^"']+)["']""", re.I)
_QUERY = re.compile(r"""\squeryData\s*=\s*"([^"]*)\"""", re.I)
_PAIR = re.compile(r"'([^']+)'\s*:\s*'([^']*)'")
_GATEWAY = "/build/unit"
# <div class="pagination" rows="15" count="387">
_COUNT = re.compile(
    r"""<\w+[^<>]{0,300}?\brows\s*=\s*["'](\d{1,9})["'][^<>]{0,300}?\bcount\s*=\s*["'](\d{1,9})["']""", re.I
)
_COUNT_FIRST = re.compile(
    r"""<\w+[^<>]{0,300}?\bcount\s*=\s*["'](\d{1,9})["'][^<>]{0,300}?\brows\s*=\s*["'](\d{1,9})["']""", re.I
)
_ARTICLE = re.compile(r"/art/\d{4}/art_[0-9a-f]{32}\.html$")
_PAGE_SIZE = 15


def recognise(page: Page) -> float:
    """Sum of the family's marks: the script that builds units, the gateway, article URLs under a column."""
    marks = (
        (0.8, "unitbuild" in page.layout and _SCRIPT.search(page.layout) is not None),
        (0.4, "jpaas-" in page.layout),
        (0.3, any(_ARTICLE.search(anchor.path) and not anchor.path.startswith("/art/") for anchor in page.anchors)),
        (0.4, _ARTICLE.search(urlsplit(page.url).path) is not None and not urlsplit(page.url).path.startswith("/art/")),
    )
    return min(1.0, sum(weight for weight, present in marks if present))


def links(page: Page) -> Found:
    """The page's own links, and as pages the requests for the lists that its script fills."""
    return sort_links(page, _ARTICLE, pages=() if page.is_answer else tuple(dict.fromkeys(_units_on(page))))


def _units_on(page: Page) -> Iterator[Anchor]:
    """The first page of each unit that is a list of the column; of every unit where none says that it is one."""
    units: list[tuple[str, dict[str, str]]] = []
    for element in _SCRIPT.findall(page.source):
        address, query = _URL.search(element), _QUERY.search(element)
        if address and query:
            units.append((html.unescape(address.group(1)), dict(_PAIR.findall(html.unescape(query.group(1))))))
    lists = [unit for unit in units if "列表" in unit[1].get("tagId", "")]
    for path, said in lists or units:
        asked = {**said, "paramJson": _page_of(1, _PAGE_SIZE)}
        if url := resolve(page.base, path):
            yield Anchor(f"{url}?{urlencode(asked)}", "")


def _page_of(number: int, size: int) -> str:
    return json.dumps({"pageNo": number, "pageSize": size}, separators=(",", ":"))


def answer(url: str, post: str, text: str) -> Page | None:
    """``{"success": true, "data": {"html": "<ul>…<div rows="15" count="387">"}}`` → its rows and the other pages."""
    parts = urlsplit(url)
    if post or not parts.path.endswith(_GATEWAY):
        return None
    try:
        fragment = read_json(text)["data"]["html"]
    except (ValueError, KeyError, TypeError):  # an error's page, or another program's answer
        return None
    if not isinstance(fragment, str):
        return None
    rows = sort_links(read_page(url, fragment.encode("utf-8", "replace")), _ARTICLE).rows
    total, size = None, _PAGE_SIZE
    if counted := _COUNT.search(fragment):
        size, total = int(counted.group(1)), int(counted.group(2))
    elif counted := _COUNT_FIRST.search(fragment):
        total, size = int(counted.group(1)), int(counted.group(2))
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    further: list[Anchor] = []
    if total is not None and _asked_page(query) == 1:
        for number in range(2, min(-(-total // max(size, 1)), MOST_PAGES) + 1):
            asked = urlencode({**query, "paramJson": _page_of(number, size)})
            further.append(Anchor(urlunsplit(parts._replace(query=asked)), ""))
    return answer_page(url, text, rows, further, total)


def _asked_page(query: dict[str, str]) -> int:
    try:
        return count_in(read_json(query.get("paramJson", "{}")).get("pageNo", 1)) or 1
    except (ValueError, AttributeError, TypeError):  # not our own request
        return 1
