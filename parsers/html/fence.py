"""Where on a page the report stands: the smallest element that loses no table and no section of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from lxml import etree

from parsers.form_words import speaks_of_the_form
from parsers.html.furniture import text_within
from parsers.text import squeeze

# Content containers of the portal families, most telling first; names are compared in lower case.
# TRS: .TRS_Editor … · Kaipu: #UCAP-CONTENT, .pages_content · Hanweb: #zoom · Boda: #vsb_content* · Guangdong:
# .article-content, .news_cont_d_wrap · Shanghai: #ivs_content.
_CONTAINERS = (
    "#ivs_content", "#ucap-content", "#zoom", ".trs_editor", ".trs_editor_view", ".trs_ueditor",
    ".custom_unionstyle", "#vsb_content", ".v_news_content", "#webeditorview", ".article-content",
    "#articlecontent", "#article", ".news_cont_d_wrap", ".xxgk_content", ".zw-content", ".pages_content",
    ".detail-news", ".wzzw-article", ".easysite-news-text", ".bt_content",
)  # fmt: skip
_RANK = {name: rank for rank, name in enumerate(_CONTAINERS)}
_NAMED = etree.XPath("descendant::*[@id or @class]")
_VSB = re.compile(r"#vsb_content(?:_\w+)?")  # "#vsb_content_500"

# The six sections of the form (国办公开办函〔2021〕30号), by the words that stay through all spellings.
_SECTIONS = ("总体情况", "主动公开", "收到和处理", "行政复议", "主要问题", "其他需要报告")
# The length is asked first: most texts of a page are white space or one figure.
_SECTION_TEXTS = etree.XPath(
    f"descendant::text()[string-length(.) >= {min(map(len, _SECTIONS))}][string-length(.) < 120]["
    + " or ".join(f"contains(., '{words}')" for words in _SECTIONS)
    + "][not(ancestor::a)]"
)
_ENOUGH_SECTIONS = 3
_TELLING_SECTIONS = 2


@dataclass(frozen=True, slots=True)
class Fence:
    """``element`` holds the body of the page's text.

    ``loose`` is True where no known container does, so that navigation may stand within it. ``kept`` are
    the elements that hold sections or a table of the form and so are never taken for furniture;
    ``tables`` are those tables.
    """

    element: etree._Element
    loose: bool
    kept: frozenset[etree._Element]
    tables: frozenset[etree._Element]


def find_fence(body: etree._Element) -> Fence:
    """The body element of a page → Fence.

    A known container is taken as it is, unless a table of the form or most of the section headings stand
    outside it: then it is widened to the nearest element around all of them.
    """
    tables = [table for table in body.iter("table") if speaks_of_the_form(own_text(table))]
    named = _sections_held(body)
    sections = _smallest_with_sections(named)
    whole = [*tables, *([] if sections is None else [sections])]
    container = _container(body, whole)
    if container is None:
        element = _around(whole) if whole else body
    elif all(_holds(container, part) for part in whole):
        element = container
    else:
        element = _around([container, *whole])
    if element.tag in _PARTS_OF_TABLES:
        element = next(element.iterancestors("table"))
    if element.tag == "table":
        parent = element.getparent()
        element = body if parent is None else parent
    kept = {around for table in tables for around in (table, *table.iterancestors())}
    kept.update(around for around, words in named.items() if len(words) >= _TELLING_SECTIONS)
    return Fence(element, element is not container, frozenset(kept), frozenset(tables))


_PARTS_OF_TABLES = frozenset({"tr", "tbody", "thead", "tfoot"})


def own_text(table: etree._Element) -> str:
    """The text of a table without the tables nested in it, white space removed."""
    if next(table.iterdescendants("table"), None) is None:
        return squeeze(text_within(table))
    found: list[str] = []
    depth = 0
    for event, element in etree.iterwalk(table, events=("start", "end")):
        nested = element.tag == "table" and element is not table
        if event == "start":
            depth += nested
            if depth == 0 and element.text is not None:
                found.append(element.text)
        else:
            depth -= nested
            if depth == 0 and element is not table and element.tail is not None:
                found.append(element.tail)
    return squeeze("".join(found))


def _container(body: etree._Element, whole: list[etree._Element]) -> etree._Element | None:
    """The known container that holds the whole report, else the most telling one; the longest of its kind.

    One without text and pictures is none: pages have empty ones, and notices in containers beside the text.
    """
    best: tuple[bool, int, int] | None = None
    found: etree._Element | None = None
    for element in cast(list[etree._Element], _NAMED(body)):
        rank = _rank_of(element)
        if rank is None:
            continue
        lacks = not all(_holds(element, part) for part in whole)
        size = len(squeeze(text_within(element)))
        if (size > 0 or next(element.iter("img"), None) is not None) and (best is None or (lacks, rank, -size) < best):
            best, found = (lacks, rank, -size), element
    return found


def _rank_of(element: etree._Element) -> int | None:
    names = [f".{name}" for name in (element.get("class") or "").lower().split()]
    identity = (element.get("id") or "").strip().lower()
    names.append("#vsb_content" if _VSB.fullmatch(f"#{identity}") is not None else f"#{identity}")
    ranks = [_RANK[name] for name in names if name in _RANK]
    return min(ranks, default=None)


def _sections_held(body: etree._Element) -> dict[etree._Element, set[str]]:
    """Each element around a short text that names a section → the sections it holds."""
    held: dict[etree._Element, set[str]] = {}
    for text in cast(list[etree._ElementUnicodeResult], _SECTION_TEXTS(body)):
        named = {words for words in _SECTIONS if words in text}
        parent = text.getparent()
        for around in () if parent is None else (parent, *parent.iterancestors()):
            held.setdefault(around, set()).update(named)
    return held


def _smallest_with_sections(held: dict[etree._Element, set[str]]) -> etree._Element | None:
    """The innermost element with all sections but one: a word in a side column does not widen the fence."""
    enough = max(_ENOUGH_SECTIONS, max(map(len, held.values()), default=0) - 1)
    full = [element for element, named in held.items() if len(named) >= enough]
    return max(full, key=_depth, default=None)


def _depth(element: etree._Element) -> int:
    return sum(1 for _ in element.iterancestors())


def _holds(outer: etree._Element, inner: etree._Element) -> bool:
    return outer is inner or any(around is outer for around in inner.iterancestors())


def _around(parts: Iterable[etree._Element]) -> etree._Element:
    """The nearest element that holds all the parts."""
    first, *rest = parts
    around = [first, *first.iterancestors()]
    for part in rest:
        lineage = {part, *part.iterancestors()}
        around = [element for element in around if element in lineage]
    return around[0]
