"""A page's links sorted by what their URLs promise: rows, columns, attachments, others."""

from __future__ import annotations

import re
from dataclasses import replace

from crawler.families import Found
from crawler.pages.links import Anchor, Page, resolve
from crawler.pages.paging import is_pager, pages_of
from crawler.pages.shapes import (
    directory_of,
    file_shown_by,
    is_article,
    is_document,
    is_file,
    is_list,
    is_twin,
    plain_url,
)

_NO_ARTICLE = re.compile(r"(?!)")
# 示例县教育局2023年报告.docx: the link's words name a file where its URL does not
_FILE_NAME = re.compile(r"\.(?:pdf|docx?|wps|ofd|xlsx?|et|rar|zip)$", re.I)


def sort_links(
    page: Page,
    article: re.Pattern[str] = _NO_ARTICLE,
    *,
    pages: tuple[Anchor, ...] = (),
    total: int | None = None,
) -> Found:
    """A page's links → Found. ``article``: paths of the family's articles beside the usual shapes.

    ``pages`` and ``total`` are what the family's own way of paging gives; with neither, the usual ways are tried.
    Telephone twins and other spellings of one URL are one link.
    """
    if page.is_answer:
        return Found(rows=page.anchors, pages=page.further, total=page.total)
    if not pages and total is None:
        pages, total = pages_of(page)
    paged = {anchor.url for anchor in pages}
    rows: dict[str, Anchor] = {}
    columns: list[Anchor] = []
    others: list[Anchor] = []
    for anchor in _plain(page):
        if anchor.url in paged or is_pager(anchor):
            continue
        path = anchor.path
        if is_attachment(anchor) or article.search(path) or is_article(anchor.url):
            known = rows.get(anchor.url)
            # A picture and a title, or a title cut short and a whole one, may link to the same article.
            if known is None or len(known.label) < len(anchor.label):
                rows[anchor.url] = anchor
        elif is_list(path) and not (path in ("", "/") and "?" in anchor.url):
            columns.append(anchor)
        else:
            others.append(anchor)
    attached = (*(anchor for anchor in rows.values() if is_attachment(anchor)), *_shown(page))
    return Found(tuple(rows.values()), tuple(columns), pages, tuple(dict.fromkeys(attached)), tuple(others), total)


def is_attachment(anchor: Anchor) -> bool:
    """True for a link to a document, by its URL or, where a program hands it out, by the file name it says."""
    if is_file(anchor.url):
        return True
    return _FILE_NAME.search(anchor.text) is not None and not anchor.path.endswith((".html", ".htm", ".shtml", "/"))


def attached_to(page: Page, found: Found, named: re.Pattern[str]) -> tuple[Anchor, ...]:
    """The attachments that are the article's own: beside it, in its content, or where ``named`` says its files are."""
    here = directory_of(page.url)
    return tuple(
        anchor
        for anchor in found.attachments
        if directory_of(anchor.url) == here or named.search(anchor.path) or _CONTENT.search(anchor.marks)
    )


_CONTENT = re.compile(
    r"trs_editor|trs_ueditor|custom_unionstyle|appendix|\bfj\b|\bzoom\b|article-content|xxgk_content|ucap-content|v_news_content"
)


def _plain(page: Page) -> list[Anchor]:
    plain: list[Anchor] = []
    twins: list[Anchor] = []
    for anchor in page.anchors:
        url = plain_url(anchor.url, page.url)
        twin = is_twin(anchor.path)
        (twins if twin else plain).append(anchor if url == anchor.url else replace(anchor, url=url))
    return plain + twins


def _shown(page: Page) -> list[Anchor]:
    """Documents that a frame of the page shows, directly or in a viewer."""
    shown = []
    for frame in page.frames:
        reference = frame if is_document(frame.partition("?")[0]) else file_shown_by(frame)
        if url := resolve(page.url, reference):
            shown.append(Anchor(url, page.name))
    return shown
