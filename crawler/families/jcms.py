"""Hanweb JCMS: rows in CDATA inside a script, more of them from ``dataproxy.jsp``, and the xxgk module's lists."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.families import Found
from crawler.pages.counted import count_in
from crawler.pages.links import Anchor, Page, answer_page, read_page, resolve
from crawler.pages.paging import MOST_PAGES, pages_said, rows_said
from crawler.sorting import sort_links

NAME = "jcms"

# <record><![CDATA[<li><a href="/art/2026/1/20/art_282_4130107.html" title="…">…</a></li>]]></record>
_RECORD = re.compile(r"<record>\s*<!\[CDATA\[", re.I)
# <nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page=1&appid=1&…"></a>]]></nextgroup>
_NEXT = re.compile(r"""<nextgroup>\s*<!\[CDATA\[.{0,500}?href=["']([^"']+)["']""", re.S | re.I)
_TOTAL = re.compile(r"<totalrecord>\s*(\d{1,9})(?!\d)", re.I)
_TOTAL_PAGES = re.compile(r"<totalpage>\s*(\d{1,9})(?!\d)", re.I)
_PROXY = re.compile(r"/module/(?:web/)?jpage/\w*dataproxy\.jsp$")
_SEARCH = "/module/xxgk/search.jsp"
_ANNUAL = "/module/xxgk/xxgkAnnualReport.jsp"
_ARTICLE = re.compile(r"/art/\d{4}/(?:\d+/\d+/art_\d+_\d+|art_[0-9a-f]{32})\.html$")
_COLUMN = re.compile(r"/col/col\d+/")
_YEAR_OPTION = re.compile(r"""<option[^<>]{0,200}?value=["']?(20\d\d)["']?""", re.I)
_INPUT = re.compile(r"<input\b[^<>]{0,500}>", re.I)
_ATTRIBUTE = re.compile(r"""\b(name|value)\s*=\s*["']([^"']*)["']""", re.I)
_PAIR = re.compile(r"""["']?\b(infotypeId|jdid|area|divid|fbtime)["']?\s*[:=]\s*["']?([\w.,:-]+)["']?""")
_FORM = (
    ("infotypeId", ""), ("jdid", ""), ("area", ""), ("divid", "div1"), ("vc_title", ""), ("vc_number", ""),
    ("sortfield", ",compaltedate:0"), ("currpage", "1"), ("vc_filenumber", ""), ("vc_all", ""), ("texttype", "0"),
    ("fbtime", ""), ("standardXxgk", "1"), ("isAllList", "1"),
)  # fmt: skip
_STEP = 30
_MOST_ROWS = 300  # a larger perpage is cut silently


def recognise(page: Page) -> float:
    """Sum of the family's marks: records in CDATA, its modules, article and column URLs."""
    marks = (
        (0.6, "CDATA" in page.layout and (_RECORD.search(page.layout) or _NEXT.search(page.layout)) is not None),
        (0.4, "/module/" in page.layout and any(m in page.layout for m in ("jpage/", "/xxgk/", "downfile.jsp"))),
        (0.3, any(_ARTICLE.search(anchor.path) for anchor in page.anchors)),
        (0.3, any(_COLUMN.search(anchor.path) for anchor in page.anchors)),
        (0.5, _ARTICLE.search(urlsplit(page.url).path) is not None or _COLUMN.search(page.url) is not None),
    )
    return min(1.0, sum(weight for weight, present in marks if present))


def links(page: Page) -> Found:
    """The records of every list on the page are rows; pages are the requests for the records that follow them."""
    if page.is_answer:
        return sort_links(page)
    records = tuple(_rows_in(page.url, page.source))
    pages = (*_next_groups(page, len(records)), *_annual_years(page), *_search_on(page))
    own = sort_links(page, _ARTICLE, pages=tuple(dict.fromkeys(pages)))
    known = {anchor.url for anchor in records}
    return Found(
        (*records, *(anchor for anchor in own.rows if anchor.url not in known)),
        own.columns,
        own.pages,
        own.attachments,
        tuple(anchor for anchor in own.others if not _PROXY.search(anchor.path)),
        own.total,
    )


def _rows_in(url: str, source: str) -> Iterator[Anchor]:
    for store, part in enumerate(re.split(r"<datastore\b", source, flags=re.I)):
        for record in _RECORD.split(part)[1:]:
            record = record.partition("]]>")[0]
            found = [anchor for anchor in read_page(url, record.encode("utf-8", "replace")).anchors if anchor.label]
            yield from (replace(anchor, block=-store) for anchor in found[:1])


def _next_groups(page: Page, records: int) -> Iterator[Anchor]:
    for reference in _NEXT.findall(page.source):
        url = resolve(page.base, html.unescape(reference))
        parts = urlsplit(url)
        said = dict(parse_qsl(parts.query, keep_blank_values=True))
        if not _PROXY.search(parts.path) or not said.get("unitid"):
            continue
        if "/web/" in parts.path:
            # From the first again, unless the page holds a whole step: a server that obeys only page counts from there.
            whole = _STEP <= records <= _MOST_ROWS
            yield _group(url, said, 2 if whole else 1, records if whole else _STEP)
        else:
            yield Anchor(_with(url, {**said, "page": "2"}), "")


def _group(url: str, said: dict[str, str], number: int, size: int) -> Anchor:
    """The request for the rows after ``size * (number - 1)``, for servers that obey either way of counting."""
    counted = {
        "startrecord": (number - 1) * size + 1,
        "endrecord": number * size,
        "perpage": size,
        "page": number,
    }
    kept = {name: value for name, value in said.items() if name not in (*counted, "col", "sourceContentType")}
    form = {"col": "1", **kept, "sourceContentType": "1"}
    return Anchor(_with(url, {name: str(value) for name, value in counted.items()}), "", post=urlencode(form))


def _with(url: str, query: dict[str, str]) -> str:
    return urlunsplit(urlsplit(url)._replace(query=urlencode(query)))


def _annual_years(page: Page) -> Iterator[Anchor]:
    """``xxgkAnnualReport.jsp?area=…&fbtime=2025`` with a selector of years → the same entry for every year."""
    parts = urlsplit(page.url)
    said = dict(parse_qsl(parts.query))
    if parts.path.endswith(_ANNUAL) and said.get("area"):
        for year in sorted(set(_YEAR_OPTION.findall(page.source)) - {said.get("fbtime", "")}):
            yield Anchor(_with(page.url, {**said, "fbtime": year}), f"{year}年")


def _search_on(page: Page) -> Iterator[Anchor]:
    """A page that fills its list by a POST to search.jsp → the first request, from its inputs or its script."""
    if _SEARCH not in page.source or page.url.partition("?")[0].endswith(_SEARCH):
        return
    said = dict(parse_qsl(urlsplit(page.url).query)) | dict(_PAIR.findall(page.source))
    for element in _INPUT.findall(page.source):
        attributes = {name.lower(): html.unescape(value) for name, value in _ATTRIBUTE.findall(element)}
        if "name" in attributes:
            said[attributes["name"]] = attributes.get("value", "")
    if not (said.get("infotypeId") or said.get("area") or said.get("jdid")):
        return
    form = {name: said.get(name) or default for name, default in _FORM}
    reference = re.search(rf"[\w./:-]*{re.escape(_SEARCH)}", page.source)
    if url := resolve(page.base, reference.group() if reference else _SEARCH):
        yield Anchor(url, "", post=urlencode(form))


def answer(url: str, post: str, text: str) -> Page | None:
    """The XML of ``dataproxy.jsp`` or the HTML of ``search.jsp`` → its rows, and the requests for those it leaves."""
    parts = urlsplit(url)
    if parts.path.endswith(_SEARCH) and post:
        return _searched(url, post, text)
    if not _PROXY.search(parts.path) or "<record" not in text.lower():
        return None
    rows = list(_rows_in(url, text))
    said = _TOTAL.search(text)
    total = int(said.group(1)) if said else None
    return answer_page(url, text, rows, _others(url, post, text, len(rows), total), total)


def _others(url: str, post: str, text: str, rows: int, total: int | None) -> Iterator[Anchor]:
    """The requests for the rows that the first answer of a list leaves.

    Some servers ignore startrecord and obey only page, and all cut a perpage that is too large: if fewer rows came than
    were asked for, the list is counted anew in steps of as many as came.
    """
    asked = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    if total is None or not rows or asked.get("page") not in ("1", "2"):
        return
    page = int(asked["page"])
    if not post:
        pages = _TOTAL_PAGES.search(text)
        last = min(int(pages.group(1)) if pages else -(-total // rows), MOST_PAGES)
        yield from (Anchor(_with(url, {**asked, "page": str(number)}), "") for number in range(page + 1, last + 1))
        return
    size, first = count_in(asked.get("perpage")), count_in(asked.get("startrecord"))
    if not size or first is None:  # a redirect has led to another request than ours
        return
    cut = rows < min(size, total - first + 1)
    size = rows if cut else size
    form = dict(parse_qsl(post, keep_blank_values=True))
    for number in range(1 if cut else page + 1, min(-(-total // size), MOST_PAGES) + 1):
        yield _group(url, form, number, size)


def _searched(url: str, post: str, text: str) -> Page:
    page = read_page(url, text.encode("utf-8", "replace"))
    found = sort_links(page, _ARTICLE)
    form = dict(parse_qsl(post, keep_blank_values=True))
    last = min(pages_said(page) or 1, MOST_PAGES) if form.get("currpage") == "1" else 1
    further = [Anchor(url, "", post=urlencode({**form, "currpage": number})) for number in range(2, last + 1)]
    return answer_page(url, text, found.rows, further, rows_said(page, paged=True))
