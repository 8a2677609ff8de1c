"""Epoint EWB: rows by POST from ``lightfrontaction/getgovinfolist``, with what ``webBuilderCommon.js`` says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from crawler.families import Found
from crawler.pages.counted import count_in, read_json
from crawler.pages.links import Anchor, Page, answer_page, resolve
from crawler.pages.paging import MOST_PAGES
from crawler.sorting import sort_links

NAME = "epoint"

_COMMON = re.compile(r"""<script\b[^<>]{0,500}?\bsrc\s*=\s*["']([^"']*webBuilderCommon\.js)[^"']*["']""", re.I)
_ACTION = "/rest/lightfrontaction/getgovinfolist"
# var siteInfo = {projectName: "/EpointWebBuilder", siteGuid: "7eb5f7f1-…"}
_PROJECT = re.compile(r"""\bprojectName["']?\s*[:=]\s*["']([^"']*)["']""")
_SITE = re.compile(r"""\bsiteGuid["']?\s*[:=]\s*["']([\w-]+)["']""")
_ASKED = ("deptcode", "categorynum")
_SAID = re.compile(
    r"""\b(deptcode|categorynum)["']?\s*[:=]\s*["']([\w-]*)["']"""
    r"""|\bid=["'](deptcode|categorynum)["'][^<>]{0,200}?\bvalue=["']([\w-]*)["']""",
    re.I,
)
_PAGE_SIZE = 15


def recognise(page: Page) -> float:
    """Sum of the family's marks: its script, its action, the place-holders of its lists."""
    marks = (
        (0.6, "webBuilderCommon" in page.layout),
        (0.5, "lightfrontaction" in page.layout),
        (0.3, "<?=el." in page.layout or "&lt;?=el." in page.layout),
        (0.4, "EpointWebBuilder" in page.layout),
    )
    return min(1.0, sum(weight for weight, present in marks if present))


def links(page: Page) -> Found:
    """The page's own links, and as pages the request for its rows, or for the script that says what it needs."""
    return sort_links(page, pages=() if page.is_answer else tuple(_requests_on(page)))


def _requests_on(page: Page) -> Iterator[Anchor]:
    """A page that names its category, where the site's identity is in a script of its own, asks that script first.

    The category is put into the query of the script's URL, which a file served as it is takes no notice of.
    """
    said: dict[str, str] = {}
    for script in (*page.scripts, page.source):
        for name, value, inner, held in _SAID.findall(script):
            said.setdefault((name or inner).lower(), value or held)
    if not said.get("categorynum"):
        return
    site, project, common = _SITE.search(page.source), _PROJECT.search(page.source), _COMMON.search(page.source)
    if site:
        yield _request(page.base, project.group(1) if project else "", site.group(1), said, 0)
    elif common and (script := resolve(page.base, common.group(1))):
        yield Anchor(f"{script}?{urlencode({name: said.get(name, '') for name in _ASKED})}", "")


def _request(base: str, project: str, site: str, said: dict[str, str], number: int) -> Anchor:
    body = {
        "deptcode": said.get("deptcode", ""),
        "categorynum": said.get("categorynum", ""),
        "siteGuid": site,
        "pageIndex": number,
        "pageSize": _PAGE_SIZE,
    }
    return Anchor(urljoin(base, f"/{project.strip('/')}{_ACTION}".replace("//", "/")), "", post=json.dumps(body))


def answer(url: str, post: str, text: str) -> Page | None:
    """The script's ``siteInfo`` → the request for the rows; ``{"custom": {"data": […], "total"}}`` → rows and pages.

    Whether pages are counted from 0 or from 1 is not told: with a total both numberings are covered, without one the
    next page is asked for as long as pages are full.
    """
    parts = urlsplit(url)
    if not post and parts.path.endswith("webBuilderCommon.js"):
        site, project = _SITE.search(text), _PROJECT.search(text)
        said = dict(parse_qsl(parts.query, keep_blank_values=True))
        if not site or not said.get("categorynum"):
            return None
        first = _request(
            urlunsplit(parts._replace(query="")), project.group(1) if project else "", site.group(1), said, 0
        )
        return answer_page(url, text, (), (first,), None)
    if not post or not parts.path.endswith(_ACTION):
        return None
    try:
        custom = read_json(text)["custom"]
        rows = [
            Anchor(target, str(row.get("realtitle") or row.get("title") or ""))
            for row in custom["data"]
            if (target := resolve(url, str(row.get("infourl") or "")))
        ]
        total = count_in(custom.get("total"))
        asked = read_json(post)
        number, size = int(asked["pageIndex"]), max(1, int(asked["pageSize"]))
    except (ValueError, KeyError, TypeError, AttributeError):  # an error's page, or another program's answer
        return None
    if total is not None:
        last = min(-(-total // size), MOST_PAGES)
        numbers = range(1, last + 1) if number == 0 and last > 1 else range(0)
    else:
        numbers = range(number + 1, number + 2) if len(rows) >= size and number < MOST_PAGES else range(0)
    further = [Anchor(url, "", post=json.dumps({**asked, "pageIndex": other})) for other in numbers]
    return answer_page(url, text, rows, further, total)
