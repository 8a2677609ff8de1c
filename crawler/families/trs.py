"""TRS WCM: articles ``YYYYMM/tYYYYMMDD_id.html``, pages written by ``createPageHTML``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from crawler.families import Found
from crawler.links import Anchor, Page, without_comments
from crawler.shapes import directory_of, is_document, is_twin

NAME = "trs"

# ./202601/t20260120_123456.html · ./201710/t20171015_521060.htm · Guangxi: t17982354.shtml
_ARTICLE = re.compile(r"/t(?:\d{8}_\d+|\d{4,})\.s?html?$")
# ./P020240115398765.pdf · older W020200113517848565234.docx
_ATTACHMENT = re.compile(r"/[PW]0\d{6,}[\w-]*\.\w+$", re.I)
_INDEX = re.compile(r"/(?:index|list|default)(?:_\d+)?\.s?html?$|/$|/[A-Za-z][\w-]*$")
# createPageHTML(50, 0, "index","htm",849): page count, current page from 0, name, extension, perhaps the total.
# The definition has words where the call has digits; Kaipu's call has a DOM id first.
_CALL = re.compile(
    r"""createPageHTML\(\s*(['"]?)(\d+)\1\s*,\s*(['"]?)(\d+)\3\s*,\s*(["'])([^"']+)\5\s*,\s*(["'])\.?(\w+)\7"""
)
_COUNT = re.compile(r"\bcountPage\s*=\s*['\"]?(\d+)")  # var countPage = 5//共多少页
_NAME_IN_SCRIPT = re.compile(r"""["']?([A-Za-z]\w*?)_?["']\s*\+\s*(?:["']_["']\s*\+\s*)?\(?\s*\w*[Pp]age""")
_EXTENSION = re.compile(r"""["']\.?(s?html?)["']""")
_CONTENT = re.compile(
    r"\.?(?:trs_editor|trs_ueditor|custom_unionstyle|appendix|fj|zoom|article-content|xxgk_content)\b"
)
_MOST_PAGES = 500


def recognise(page: Page) -> float:
    """Sum of the family's marks: the pager, article URLs, editor blocks, the WCM comment."""
    marks = (
        (0.5, any(_CALL.search(script) for script in page.scripts)),
        (0.3, any(_ARTICLE.search(anchor.path) for anchor in page.anchors)),
        (0.3, _ARTICLE.search(urlsplit(page.url).path) is not None),
        (0.3, "TRS_Editor" in page.source or "trs_editor_view" in page.source or "TRS_UEDITOR" in page.source),
        (0.3, "WCM置标" in page.source or "CurrChnlCls" in page.source),
    )
    return min(1.0, sum(weight for weight, present in marks if present))


def links(page: Page) -> Found:
    """Articles and documents are rows, indexes and bare directories columns; pages come from the pager's call."""
    rows: list[Anchor] = []
    columns: list[Anchor] = []
    others: list[Anchor] = []
    for anchor in page.anchors:
        path = anchor.path
        if is_twin(path):
            continue
        if _ARTICLE.search(path) or is_document(path):
            rows.append(anchor)
        elif _INDEX.search(path):
            columns.append(anchor)
        else:
            others.append(anchor)
    attached = tuple(anchor for anchor in page.anchors if _is_attached(page, anchor))
    return Found(tuple(rows), tuple(columns), tuple(dict.fromkeys(pages_of(page))), attached, tuple(others))


def _is_attached(page: Page, anchor: Anchor) -> bool:
    """A document beside the article, or linked from its body or its list of appendices; pictures are not."""
    path = anchor.path
    if not is_document(path):
        return False
    beside = directory_of(anchor.url) == directory_of(page.url)
    return beside or _ATTACHMENT.search(path) is not None or _CONTENT.search(anchor.marks) is not None


def pages_of(page: Page) -> Iterator[str]:
    """URLs of every page of every list on this page, in order: page k is ``name_{k-1}.ext``, the first ``name.ext``.

    The pager writes its links with ``document.write``, so the call is evaluated from the script's text; a call
    in a comment is not evaluated, one inside ``<!-- … //-->`` around the whole script is.
    """
    for script in page.scripts:
        code = without_comments(script)
        for matched in _CALL.finditer(code):
            yield from _pages(page, int(matched.group(2)), matched.group(6), matched.group(8))
        counted = _COUNT.search(code)
        if counted and not _CALL.search(code):
            own = re.search(r"/([A-Za-z]\w*?)(?:_\d+)?\.(s?html?)$", urlsplit(page.url).path)
            named, suffix = _NAME_IN_SCRIPT.search(code), _EXTENSION.search(code)
            name = own.group(1) if own else named.group(1) if named else "index"
            extension = own.group(2) if own else suffix.group(1) if suffix else "html"
            yield from _pages(page, int(counted.group(1)), name, extension)


def _pages(page: Page, count: int, name: str, extension: str) -> Iterator[str]:
    if count < 2:
        return
    for number in range(min(count, _MOST_PAGES)):
        leaf = f"{name}.{extension}" if number == 0 else f"{name}_{number}.{extension}"
        if not (number == 0 and urlsplit(page.url).path.endswith("/")):
            yield urljoin(page.base, leaf)
