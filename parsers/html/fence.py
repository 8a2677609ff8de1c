"""Where on a page the report stands: the smallest element that loses no table and no section of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import cast

from lxml import etree

from parsers.form_words import speaks_of_the_form
from parsers.html.furniture import text_within
from parsers.html.plain_tables import PlainTable, plain_tables
from parsers.html.sections import Sections
from parsers.text import is_blank, squeeze

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
# Without "|", which sorts, and with plain strings these take 30 µs on a page of 400 elements; in one, 130.
_NAMES = tuple(etree.XPath(f"descendant::*/@{name}", smart_strings=False) for name in ("class", "id"))
_NAMED = etree.XPath("descendant::*/@class | descendant::*/@id")
_VSB = re.compile(r"#vsb_content(?:_\w+)?")  # "#vsb_content_500"

# Labels that overlap no other: where two stand in the text as it is, ``speaks_of_the_form`` need not be asked.
_PLAIN_LABELS = ("第二十条第", "行政许可", "予以公开", "现行有效件数", "上年结转政府信息公开申请", "结果维持",
                 "尚未审结")  # fmt: skip
_ENOUGH_LABELS = 2
_SEVERAL = 2


@dataclass(frozen=True, slots=True)
class Fence:
    """``element`` holds the body of the page's text.

    ``loose`` is True where no known container does, so that navigation may stand within it. ``tables`` are
    the tables of the form, ``plain`` what the markup of the page says of all that are plain.
    """

    element: etree._Element
    loose: bool
    tables: frozenset[etree._Element]
    around_tables: frozenset[etree._Element]
    sections: Sections
    plain: Mapping[etree._Element, PlainTable]

    def keeps(self, element: etree._Element) -> bool:
        """True for an element with sections or a table of the form in it, which is never taken for furniture."""
        return element in self.around_tables or self.sections.several_in(element)


def find_fence(body: etree._Element, page: bytes | None = None) -> Fence:
    """The body element of a page → Fence; ``page`` is what was parsed.

    A known container is taken as it is, unless a table of the form or most of the section headings stand
    outside it: then it is widened to the nearest element around all of them.
    """
    plain = plain_tables(body, page)
    tables = [table for table in body.iter("table") if _is_of_the_form(table, plain.get(table))]
    sections = Sections(body)
    container = _container(body, tables, sections)
    if container is not None and _holds_all(container, tables, sections):
        element = container
    else:
        whole = [*([] if container is None else [container]), *tables]
        element = _around(whole) if whole else body
        if element is not body and not sections.all_stand_in(element) and sections.smallest is not None:
            element = _around([element, sections.smallest])
        elif not whole and sections.smallest is not None:
            element = sections.smallest
    if element.tag in _PARTS_OF_TABLES:
        element = next(element.iterancestors("table"), element)  # pages have rows outside of any table
    if element.tag == "table":
        parent = element.getparent()
        element = body if parent is None else parent
    around_tables = frozenset(around for table in tables for around in (table, *table.iterancestors()))
    return Fence(element, element is not container, frozenset(tables), around_tables, sections, plain)


_PARTS_OF_TABLES = frozenset({"tr", "tbody", "thead", "tfoot"})


def own_text(table: etree._Element) -> str:
    """The text of a table without the tables nested in it."""
    if next(table.iterdescendants("table"), None) is None:
        return text_within(table)
    found = [table.text or ""]
    opened = [(iter(table), "")]
    while opened:
        children, tail = opened[-1]
        element = next(children, None)
        if element is None:
            found.append(tail)
            opened.pop()
        elif element.tag == "table":
            found.append(element.tail or "")
        else:
            found.append(element.text or "")
            opened.append((iter(element), element.tail or ""))
    return "".join(found)


def _is_of_the_form(table: etree._Element, plain: PlainTable | None) -> bool:
    text = own_text(table) if plain is None else plain.said
    plainly = sum(label in text for label in _PLAIN_LABELS)
    return plainly >= _ENOUGH_LABELS or speaks_of_the_form(text if plain is None else own_text(table))


def _container(body: etree._Element, tables: Sequence[etree._Element], sections: Sections) -> etree._Element | None:
    """The known container that holds the whole report, else the most telling one; the longest of its kind.

    One without text and pictures is none: pages have empty ones, and notices in containers beside the text.
    """
    stated = (cast(list[str], find(body)) for find in _NAMES)
    names = [name for name in set(chain(*stated)) if _rank_of(name, name) is not None]
    if not names:
        return None
    found_names = cast(list[etree._ElementUnicodeResult], _NAMED(body))
    named = dict.fromkeys(name.getparent() for name in found_names if name in names)
    ranked = [
        (element, rank)
        for element in named
        if element is not None and (rank := _rank(element)) is not None and not _is_empty(element)
    ]
    if len(ranked) < _SEVERAL:
        return ranked[0][0] if ranked else None
    keys = [(not _holds_all(element, tables, sections), rank) for element, rank in ranked]
    best = [element for (element, _), key in zip(ranked, keys, strict=True) if key == min(keys)]
    return best[0] if len(best) < _SEVERAL else max(best, key=lambda element: len(squeeze(text_within(element))))


def _is_empty(element: etree._Element) -> bool:
    text = text_within(element)
    return is_blank(text.strip()[:1]) and is_blank(text) and next(element.iter("img"), None) is None


def _holds_all(outer: etree._Element, tables: Iterable[etree._Element], sections: Sections) -> bool:
    if not all(_holds(outer, table) for table in tables):
        return False
    return sections.all_stand_in(outer) or sections.smallest is None or _holds(outer, sections.smallest)


def _rank(element: etree._Element) -> int | None:
    return _rank_of(element.get("class") or "", element.get("id") or "")


@lru_cache(maxsize=1024)
def _rank_of(classes: str, identity: str) -> int | None:
    names = [f".{name}" for name in classes.lower().split()]
    identity = identity.strip().lower()
    names.append("#vsb_content" if _VSB.fullmatch(f"#{identity}") is not None else f"#{identity}")
    ranks = [_RANK[name] for name in names if name in _RANK]
    return min(ranks, default=None)


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
