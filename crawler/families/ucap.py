"""Kaipu UCAP: columns ``/site/c102326/``, pages ``list_2.shtml`` by ``createPageHTML`` or rows from a JSON list."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from crawler.families import Found
from crawler.pages.counted import count_in, read_json
from crawler.pages.links import Anchor, Page, answer_page, resolve
from crawler.pages.paging import MOST_PAGES, called_pages
from crawler.sorting import sort_links

NAME = "ucap"

# createPageHTML('page_div', 12, 1, 'list', 'shtml', 237)
_CALL = re.compile(r"""createPageHTML\(\s*["'][A-Za-z][\w-]*["']\s*,\s*["']?\d""")
# /common/search/3f2c… or '/searchList/' + channelId
_LIST = re.compile(r"""["']([^"'\s]*/(?:common/search|searchList)/)([0-9a-zA-Z-]*)""")
_CHANNEL = re.compile(r"""channel_?id["']?\s*[:=]\s*["']([0-9a-zA-Z-]{8,})["']""", re.I)
_PATH = re.compile(r"/(?:common/search|searchList)/[\w-]+$")
# /site/c102326/202601/<32 hex>.shtml · /hebdlq/c112289c/202602/c01_1108994.shtml · /csrc/c106256/c7461234/content.shtml
_ARTICLE = re.compile(r"/(?:c\d+_\d{4,}|[0-9a-f]{32})\.shtml$|/c\d{4,}\w?/c\d{4,}/content\.shtml$")
_COLUMN = re.compile(r"/[cC]\d{4,}[a-z]?/(?:[\w-]+\.shtml)?$")
_PAGE_SIZE = 15


def recognise(page: Page) -> float:
    """Sum of the family's marks: its pager's call, its JSON list, its article and column URLs, its content's id."""
    marks = (
        (0.6, any(_CALL.search(script) for script in page.scripts)),
        (0.5, any(_LIST.search(script) for script in page.scripts)),
        (0.2, "channelid" in page.meta),
        (0.3, any(_ARTICLE.search(anchor.path) for anchor in page.anchors)),
        (0.2, _COLUMN.search(urlsplit(page.url).path) is not None),
        (0.4, "UCAP-CONTENT" in page.layout),
        (0.3, _ARTICLE.search(urlsplit(page.url).path) is not None),
    )
    return min(1.0, sum(weight for weight, present in marks if present))


def links(page: Page) -> Found:
    """Pages come from the pager's call; where there is none, the rows from the list that the page's script asks."""
    request = None if page.is_answer or called_pages(page)[0] else _request_on(page)
    return sort_links(page, _ARTICLE, pages=(request,) if request else ())


def _request_on(page: Page) -> Anchor | None:
    """The first request of the JSON list whose address stands in a script, with the channel of the page."""
    for script in page.scripts:
        if asked := _LIST.search(script):
            named = _CHANNEL.search(script)
            channel = asked.group(2) or page.meta.get("channelid", "") or (named.group(1) if named else "")
            if channel and (url := resolve(page.base, asked.group(1))):
                query = urlencode(
                    {
                        "_isAgg": "true",
                        "_isJson": "true",
                        "_pageSize": _PAGE_SIZE,
                        "_template": "index",
                        "_rangeTimeGte": "",
                        "_channelName": "",
                        "page": 1,
                    }
                )
                return Anchor(f"{url}{channel}?{query}", "")
    return None


def answer(url: str, post: str, text: str) -> Page | None:
    """``{"data": {"page", "rows", "total", "results": [{"title", "url"}]}}`` → its rows and the other pages."""
    parts = urlsplit(url)
    if post or not _PATH.search(parts.path):
        return None
    try:
        said = read_json(text)["data"]
        results = said["results"]
        total, size = count_in(said["total"]), count_in(said.get("rows")) or _PAGE_SIZE
        rows = [
            Anchor(target, str(result.get("title") or ""))
            for result in results
            if (target := resolve(url, result["url"]))
        ]
    except (ValueError, KeyError, TypeError, AttributeError):  # an error's page, or another program's answer
        return None
    query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    last = min(-(-total // size), MOST_PAGES) if total and query.get("page") == "1" else 1
    further = [
        Anchor(urlunsplit(parts._replace(query=urlencode({**query, "page": number}))), "")
        for number in range(2, last + 1)
    ]
    return answer_page(url, text, rows, further, total)
