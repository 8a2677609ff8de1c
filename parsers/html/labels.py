"""What a page says about itself: meta tags, title, headline, the visible block of labels (索引号, 发布日期 …)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import cast

from lxml import etree

from parsers.html.furniture import is_unseen, text_within
from parsers.text import fold, one_line, squeeze

_LABELS = (
    "索引号", "信息分类", "组配分类", "主题分类", "发布机构", "发文机关", "发文机构", "发文单位", "公开责任部门",
    "发文日期", "成文日期", "生成日期", "公文生成日期", "发布日期", "公开日期", "上载日期", "发布时间", "发文时间",
    "文号", "发文字号", "文件编号", "有效性", "效力属性", "公文时效", "时效", "公开方式", "公开时限", "公开范围",
    "主题词", "关键词", "名称", "标题", "信息名称", "文章来源", "信息来源", "来源", "责任编辑", "作者", "浏览次数",
    "点击数", "字体",
)  # fmt: skip
_ANY = "|".join(sorted(_LABELS, key=len, reverse=True))
# "索 引 号：000014349/2024-00001", "【发布日期】 2024-01-12", "发布时间：2024-01-12 来源：示例县教育局"
_LABEL = re.compile(rf"[\[【(（]?({_ANY})(?:[\]】)）][:：]?|[:：])")
_ANY_LABEL = re.compile(_ANY)
_BARE = re.compile(rf"[\[【(（]?({_ANY})[\]】)）]?[:：]?")
_COUNTED = frozenset({"浏览次数", "点击数", "字体", "责任编辑", "作者"})  # end another label's value, are no facts
_LONGEST_LABEL_LINE = 300
_LONGEST_VALUE = 120
_ENDS_LABEL = re.compile("[\\]】)）:：]")  # one of them stands in all that _LABEL matches
_TEXTS_BEFORE = etree.XPath("preceding::text()", smart_strings=False)
_TEXTS_AFTER = etree.XPath("following::text()", smart_strings=False)
_SPACED = str.maketrans("", "", " \t\r\n\u00a0\u3000")
# "{{ title }}", "${title}", "$[信息标题]", "<%=title%>": a template that was never filled in.
_TEMPLATE = re.compile(r"\{\{.*\}\}|\$[\[{].*[\]}]|<[%?].*[%?]>")
_TITLE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:\w*title|tit|bt|biaoti|headline|arti[-_]?title|xl[-_]?tit\w*)(?=$|[\s_-])", re.I
)
_TITLE_WORDS = re.compile("报告|年报|报表")
_BEFORE = etree.XPath("preceding::*")
_TITLE_TAGS = frozenset({"h1", "h2", "td", "p", "b", "strong"})  # beside all elements with a name of their own
_SHORTEST_TITLE, _LONGEST_TITLE, _LONGEST_SPACED_TITLE = 5, 120, 400


def meta_tags(root: etree._Element) -> dict[str, str]:
    """``<meta name content>`` by lowered name; empty values and unfilled templates are absent, the first wins."""
    found: dict[str, str] = {}
    title: etree._Element | None = None
    for tag in root.iter("meta", "title"):
        if tag.tag == "title":
            title = tag if title is None else title
            continue
        name = (tag.get("name") or tag.get("property") or "").strip().lower()
        value = one_line(tag.get("content") or "")
        if name and value and _TEMPLATE.search(value) is None:
            found.setdefault(name, value)
    text = "" if title is None else one_line(text_within(title))
    if text and _TEMPLATE.search(text) is None:
        found.setdefault("pagetitle", text)
    return found


def visible_labels(fence: etree._Element) -> dict[str, str]:
    """The page's block of labels → values, outside the fenced text; in a table, beside or below each other."""
    outside = [*cast(list[str], _TEXTS_BEFORE(fence)), *cast(list[str], _TEXTS_AFTER(fence))]
    texts = [shown for text in outside if len(text) < _LONGEST_LABEL_LINE and (shown := text.translate(_SPACED))]
    found: dict[str, str] = {}
    for at, text in enumerate(texts):
        if (bare := _BARE.fullmatch(text)) is not None:
            value = texts[at + 1] if at + 1 < len(texts) else ""
            if _BARE.fullmatch(value) is None and _LABEL.search(value) is None:
                _put(found, bare.group(1), value)
        elif _ENDS_LABEL.search(text) is not None:
            found = {**labels_in_line(text), **found}
    return found


def names_a_label(text: str) -> bool:
    """True where a text has the words of a label somewhere."""
    return _ANY_LABEL.search(squeeze(text)) is not None


def labels_in_line(text: str) -> dict[str, str]:
    """``发布时间：2024-01-12 来源：示例县教育局`` → {"发布时间": "2024-01-12", "来源": "示例县教育局"}."""
    line = squeeze(text)
    marks = list(_LABEL.finditer(line))
    found: dict[str, str] = {}
    ends = [*(mark.start() for mark in marks[1:]), len(line)]
    for mark, end in zip(marks, ends, strict=False):
        _put(found, mark.group(1), line[mark.end() : end])
    return found


def _put(found: dict[str, str], label: str, value: str) -> None:
    value = value.strip("|｜;；,，[]【】 ")
    if value and len(value) <= _LONGEST_VALUE and label not in _COUNTED and _TEMPLATE.search(value) is None:
        found.setdefault(label, value)


def find_headline(fence: etree._Element, told: str) -> etree._Element | None:
    """The element before the fenced text that prints the article's title; None where there is none.

    ``told`` is the title by the meta tags, "" if unknown: the nearest element that prints exactly this is
    taken, else the nearest h1 or element named ``title`` that speaks of a report.
    """
    wanted = fold(told)
    likely: etree._Element | None = None
    for element in reversed(cast(list[etree._Element], _BEFORE(fence))):
        tag, identity, classes = element.tag, element.get("id"), element.get("class")
        if tag == "a" or (identity is None and classes is None and tag not in _TITLE_TAGS):
            continue
        is_likely = likely is None and (tag == "h1" or _is_title(identity or "", classes or ""))
        if not is_likely and not wanted:
            continue
        whole = text_within(element)
        if not _SHORTEST_TITLE <= len(whole) < _LONGEST_SPACED_TITLE:
            continue
        text = one_line(whole)
        is_exact = wanted != "" and fold(text) == wanted
        is_likely = is_likely and _TITLE_WORDS.search(text) is not None
        if not (is_exact or is_likely) or not text or len(text) > _LONGEST_TITLE:
            continue
        if is_unseen(element) or next(element.iterancestors("a"), None) is not None:
            continue
        if is_exact:
            return element
        likely = element
    return likely


@lru_cache(maxsize=1024)
def _is_title(identity: str, classes: str) -> bool:
    return _TITLE_NAMES.search(f"{identity} {classes}") is not None
