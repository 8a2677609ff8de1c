"""Guangdong NFCMS with gkmlpt: ``/gkmlpt/index#<category>``, whose rows come from ``/gkmlpt/api/all/<category>``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.families import Found
from crawler.pages.counted import count_in, read_json
from crawler.pages.links import Anchor, Page, answer_page, resolve
from crawler.pages.paging import MOST_PAGES
from crawler.relevance import judge_column
from crawler.sorting import sort_links

NAME = "nfcms"

# /gkmlpt/content/2/2590/post_2590436.html · /content/post_2590436.html
_ARTICLE = re.compile(r"/content/(?:\d+/\d+/)?m?post_\d+\.html$")
_INDEX = re.compile(r"^(.*/gkmlpt/)index/?$|^(/gkmlpt/)$")
_SITE = re.compile(r"""\bSID["']?\s*[:=]\s*["']?(\w+)""")  # SID: '755031'
_API = re.compile(r"/gkmlpt/api/all/(\w+)$")
# {"id":3351,"name":"政府信息公开年报",…} – or the name first
_NODE = re.compile(
    r"""["']?\bid["']?\s*:\s*["']?(\d+)["']?\s*,(?:[^{}\[\]]{0,300}?,)?\s*["']?(?:name|title)["']?\s*:\s*["']([^"']+)["']"""
    r"""|["']?\b(?:name|title)["']?\s*:\s*["']([^"']+)["']\s*,(?:[^{}\[\]]{0,300}?,)?\s*["']?id["']?\s*:\s*["']?(\d+)"""
)


def recognise(page: Page) -> float:
    """Sum of the family's marks: gkmlpt's index, its variables, article URLs."""
    marks = (
        (0.5, "/gkmlpt/" in urlsplit(page.url).path),
        (0.4, "NFCMS_SITE_ID" in page.layout or "NFCMS_POST_ID" in page.layout),
        (0.4, any(anchor.route for anchor in page.anchors)),
        (0.3, any(_ARTICLE.search(anchor.path) for anchor in page.anchors)),
        (0.3, _ARTICLE.search(urlsplit(page.url).path) is not None),
    )
    return min(1.0, sum(weight for weight, present in marks if present))


def links(page: Page) -> Found:
    """Posts are rows; pages come from the API for the category in the URL's fragment, columns from the tree."""
    parts = urlsplit(page.url)
    index, site = _INDEX.search(parts.path), _SITE.search("\n".join(page.scripts))
    if page.is_answer or not index or not site:
        return sort_links(page, _ARTICLE)

    def list_of(category: str, name: str) -> Anchor:
        path = f"{index.group(1) or index.group(2)}api/all/{category}"
        return Anchor(urlunsplit((parts.scheme, parts.netloc, path, f"page=1&sid={site.group(1)}", "")), name)

    if parts.fragment:
        return sort_links(page, _ARTICLE, pages=tuple(list_of(category, "") for category in parts.fragment.split(",")))
    found = sort_links(page, _ARTICLE)
    named = [list_of(category, name) for category, name in _nodes(page) if judge_column(name, "").kind == "column"]
    return replace(found, columns=(*found.columns, *named))


def _nodes(page: Page) -> Iterator[tuple[str, str]]:
    """(id, name) of the category tree in the page's scripts, names unescaped."""
    for script in page.scripts:
        for number, name, first, last in _NODE.findall(script):
            yield number or last, _unescaped(name or first)


def _unescaped(name: str) -> str:
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda escape: chr(int(escape.group(1), 16)), name)


def answer(url: str, post: str, text: str) -> Page | None:
    """``{"total": 237, "articles": [{"title", "url", "post_url"}]}`` → its rows and the other pages.

    Entries whose ``post_url`` names another host are published there.
    """
    parts = urlsplit(url)
    if post or not _API.search(parts.path):
        return None
    try:
        said = read_json(text)
        total = count_in(said["total"])
        rows = [
            Anchor(target, str(article.get("title") or ""))
            for article in said["articles"]
            if (target := resolve(url, str(article.get("post_url") or article.get("url") or "")))
        ]
    except (ValueError, KeyError, TypeError, AttributeError):  # an error's page, or another program's answer
        return None
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    size = len(said["articles"])
    last = min(-(-total // size), MOST_PAGES) if total and size and query.get("page") == "1" else 1
    further = [
        Anchor(urlunsplit(parts._replace(query=urlencode({**query, "page": number}))), "")
        for number in range(2, last + 1)
    ]
    return answer_page(url, text, rows, further, total)
