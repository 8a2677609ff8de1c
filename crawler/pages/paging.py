"""A page of a list → the other pages of the list, and how many rows it says there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.pages.links import Anchor, Page, resolve, without_comments
from crawler.pages.shapes import directory_of

MOST_PAGES = 500

# TRS, counted from 0: createPageHTML(50, 0, "index","htm",849)
# Kaipu, a DOM id first, counted from 1: createPageHTML('page_div', 12, 1, 'list', 'shtml', 237)
# The definition has words where the call has digits.
_CALL = re.compile(
    r"""createPageHTML\(\s*(?:(?P<id>["'][A-Za-z][\w-]*["'])\s*,\s*)?["']?(?P<count>\d{1,9})["']?\s*,\s*["']?(?P<current>\d{1,9})["']?"""
    r"""\s*,\s*["'](?P<name>[^"']+)["']\s*,\s*["']\.?(?P<extension>\w+)["']\s*(?:,\s*["']?(?P<total>\d{1,9})(?!\d)["']?)?"""
)
_COUNT = re.compile(r"\bcountPage\s*=\s*['\"]?(\d{1,9})(?!\d)")  # var countPage = 5//共多少页
_NAME_IN_SCRIPT = re.compile(r"""["']?([A-Za-z]\w*?)_?["']\s*\+\s*(?:["']_["']\s*\+\s*)?\(?\s*\w*[Pp]age""")
_EXTENSION = re.compile(r"""["']\.?(s?html?)["']""")
_ONWARD = re.compile(r"下一?页|后一?页|[尾末]页|最后一?页|next|last|>{1,2}|»|›", re.I)
_BACK = re.compile(r"首页|第一页|上一?页|前一?页|first|prev(?:ious)?|<{1,2}|«|‹", re.I)
_DIGITS = re.compile(r"第?(\d{1,3})页?")
# ?page=2, &pageNo=2, &currentPage=2 – or the number that ends the name of a file: index_2.html, list-2.shtml, 2.html
_IN_QUERY = re.compile(
    r"([?&](?:page|pageno|pageindex|currentpage|currpage|pagenum|curpage|cur_page|pn|p)=)(\d{1,4})(?!\d)", re.I
)
_IN_LEAF = re.compile(r"^([^?]*/(?:[^/?]*[^\d/?])?)(\d{1,4})(\.(?:s?html?|jsp|aspx?|php)(?:\?.*)?)$", re.I)
_TAGS = r"(?:\s|&nbsp;|<[^<>]{0,200}>){0,20}"
_ROWS_SAID = re.compile(rf"共(?:有|计)?{_TAGS}(\d{{1,9}}){_TAGS}(?:条|项|篇|个)")  # 共52条, 共有 <b>52</b> 条记录
_PAGES_SAID = re.compile(
    rf"共{_TAGS}(\d{{1,9}}){_TAGS}页|第?\d{{1,9}}{_TAGS}/{_TAGS}(\d{{1,9}}){_TAGS}页"
)  # 共5页, 1/5页
_BY_NUMBER = re.compile(r"""(?:javascript:|onclick=["'])\s*(?:return\s+)?\w+\(\s*['"]?(\d{1,4})['"]?\s*\)""", re.I)
# location.href = "column-index-" + page + ".shtml"; var url = '/nb/list_' + n + '.html'; "?page=" + n
_BUILT = re.compile(r"""["']([^"'\s<>]*?(?:[-_/]|[?&]\w+=))["']\s*\+\s*\w+(?:\s*\+\s*["'](\.\w+|&[^"'<>]*)["'])?""")
_GOING = re.compile(r"location|window\.open|\.load\(|\bhref\b")


def is_pager(anchor: Anchor) -> bool:
    """True for a link whose words only name another page of a list: 2, 下一页, 尾页, >>."""
    words = anchor.text.strip()
    return any(shape.fullmatch(words) for shape in (_ONWARD, _DIGITS)) or bool(
        _BACK.fullmatch(words) and words not in ("首页", "first") and _split(anchor.url)
    )


def pages_of(page: Page) -> tuple[tuple[Anchor, ...], int | None]:
    """The other pages of the page's list by whichever way it pages, and the rows it says it has (None: not said)."""
    urls, total = called_pages(page)
    if not urls:
        urls = tuple(numbered_pages(page)) or tuple(scripted_pages(page))
        total = total if total is not None else rows_said(page, paged=bool(urls))
    return tuple(Anchor(url, "") for url in dict.fromkeys(urls) if url), total


def rows_said(page: Page, *, paged: bool) -> int | None:
    """共52条 where the page also has pages or says how many there are: elsewhere it may count anything."""
    found = _ROWS_SAID.findall(page.source)
    return int(found[-1]) if found and (paged or _PAGES_SAID.search(page.source)) else None


def pages_said(page: Page) -> int | None:
    """共5页 or 1/5页, or None."""
    found = _PAGES_SAID.search(page.source)
    return None if found is None else int(found.group(1) or found.group(2))


def called_pages(page: Page) -> tuple[tuple[str, ...], int | None]:
    """Pages of every list whose pager is a call of ``createPageHTML``, and the records its last argument counts.

    The pager writes its links with ``document.write``, so the call is evaluated from the script's text; a call
    in a comment is not evaluated, one inside ``<!-- … //-->`` around the whole script is.
    """
    urls: list[str] = []
    totals: list[int] = []
    for script in page.scripts:
        code = without_comments(script)
        calls = list(_CALL.finditer(code))
        for call in calls:
            of_one = _from_one if call["id"] else _from_zero
            urls += of_one(page, int(call["count"]), int(call["current"]), call["name"], call["extension"])
            totals += [int(call["total"])] if call["total"] else []
        counted = _COUNT.search(code)
        if counted and not calls:
            own = re.search(r"/([A-Za-z]\w*?)(?:_\d+)?\.(s?html?)$", urlsplit(page.url).path)
            named, suffix = _NAME_IN_SCRIPT.search(code), _EXTENSION.search(code)
            name = own.group(1) if own else named.group(1) if named else "index"
            extension = own.group(2) if own else suffix.group(1) if suffix else "html"
            urls += _from_zero(page, int(counted.group(1)), 0, name, extension)
    # Two lists of one page have two totals: their sum is the page's.
    return tuple(dict.fromkeys(urls)), sum(totals) if totals else None


def _from_zero(page: Page, count: int, _: int, name: str, extension: str) -> Iterator[str]:
    """Page k is ``name_{k-1}.ext``, the first ``name.ext``, which is not named where it is the bare directory."""
    if count < 2:
        return
    for number in range(min(count, MOST_PAGES)):
        leaf = f"{name}.{extension}" if number == 0 else f"{name}_{number}.{extension}"
        if not (number == 0 and urlsplit(page.url).path.endswith("/")):
            yield resolve(page.base, leaf)


def _from_one(page: Page, count: int, current: int, name: str, extension: str) -> Iterator[str]:
    """Page k is ``name_k.ext``; but on some sites ``name_{k-1}.ext``, which only a page's own number tells.

    On the first page both are still possible: what both have is asked for, and of two pages either spelling.
    """
    if count < 2:
        return
    count = min(count, MOST_PAGES)
    own = re.search(rf"/{re.escape(name)}_(\d{{1,9}})\.{extension}$", urlsplit(page.url).path)
    if own is None:
        numbers = range(2, count) if count > 2 else range(1, 3)
    elif int(own.group(1)) == current:
        numbers = range(2, count + 1)
    else:
        numbers = range(1, count)
    yield from (resolve(page.base, f"{name}_{number}.{extension}") for number in numbers)


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A URL cut at the number of its page."""

    before: str
    number: int
    after: str


def _split(url: str) -> _Numbered | None:
    if found := _IN_QUERY.search(url):
        return _Numbered(url[: found.start(2)], int(found.group(2)), url[found.end(2) :])
    found = _IN_LEAF.match(url)
    return _Numbered(found.group(1), int(found.group(2)), found.group(3)) if found else None


def numbered_pages(page: Page) -> Iterator[str]:
    """Pages between the lowest and the highest number that the pager's links name; those left out are filled in."""
    here = directory_of(page.url)
    named: dict[tuple[str, str], list[tuple[str, int]]] = {}
    plain: list[str] = []
    for anchor in page.anchors:
        words = anchor.text.strip()
        if not (_DIGITS.fullmatch(words) or _ONWARD.fullmatch(words)) or directory_of(anchor.url) != here:
            continue
        if cut := _split(anchor.url):
            named.setdefault((cut.before, cut.after), []).append((words, cut.number))
        elif anchor.url != page.url and _ONWARD.fullmatch(words):
            plain.append(anchor.url)
    yield from plain
    own = _split(page.url) if named else None
    for (before, after), found in named.items():
        inside = own is not None and (own.before, own.after) == (before, after)
        # Page k may be numbered k-1 or k+1; the first page, named without a number here, is not asked for again.
        offsets = {int(digits.group(1)) - number for words, number in found if (digits := _DIGITS.fullmatch(words))}
        offset = offsets.pop() if len(offsets) == 1 else 0
        numbers = [number for words, number in found if inside or _first_of(words) != 1]
        last = pages_said(page)
        high = max([*numbers, *([min(last, MOST_PAGES) - offset] if last else [])], default=0)
        for number in range(min([*numbers, high]), min(high, MOST_PAGES) + 1):
            if not (inside and own is not None and number == own.number):
                yield f"{before}{number}{after}"


def _first_of(words: str) -> int | None:
    digits = _DIGITS.fullmatch(words)
    return int(digits.group(1)) if digits else None


def scripted_pages(page: Page) -> Iterator[str]:
    """Pages that only a script's function goes to: ``javascript:next(2)`` with ``"column-index-" + n + ".shtml"``."""
    if not page.scripts:
        return
    # What is looked for begins with either word; to find none takes 15 times as long. Bytes are lowered quicker.
    lowered = page.source.encode("utf-8", "replace").lower()
    is_scripted = b"javascript:" in lowered or b"onclick=" in lowered
    numbers = [int(number) for number in _BY_NUMBER.findall(page.source)] if is_scripted else []
    if not numbers or (last := min(max([*numbers, pages_said(page) or 0]), MOST_PAGES)) < 2:
        return
    for script in page.scripts:
        code = without_comments(script)
        for built in _BUILT.finditer(code) if _GOING.search(code) else ():
            before, after = built.group(1), built.group(2) or ""
            yield from (resolve(page.base, f"{before}{number}{after}") for number in range(2, last + 1))
            return
