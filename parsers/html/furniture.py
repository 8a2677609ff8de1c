"""What on a page is not its text: navigation, counters, share and print lines, the page's own labels."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import cast

from lxml import etree

from parsers.text import squeeze

UNSEEN = frozenset(
    {
        "script", "style", "noscript", "template", "head", "title", "link", "meta", "base", "iframe", "frame",
        "frameset", "object", "embed", "applet", "audio", "video", "canvas", "svg", "map", "area", "button",
        "select", "option", "datalist", "textarea", "nav", "footer", "xml", "param", "source", "track", "dialog",
    }
)  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)
# class="bdsharebuttonbox", id="crumbs", class="pagination", class="page-footer"
_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|submenu|breadcrumbs?|crumbs?|dqwz|weizhi|mianbaoxie|footer|copyright|"
    r"share|bdshare\w*|dayin|closewin|toolbar|sidebar|xgxx|xgwz|xglj|xgwj|pagination|pb_sys_common|qrcode|ewm|erweima|"
    r"searchbox|sousuo|fontsize|toplink|gotop|backtop|friendlink|yqlj|currchnlcls)(?=$|[\s_-])",
    re.I,
)
# These are whole names only: class="position-relative" and id="print-area" stand around texts.
_WHOLE_NAMES = frozenset(
    {
        "position", "location", "foot", "print", "hits", "counter", "related", "search", "aside", "social", "pager",
        "banner",
    }
)  # fmt: skip
# What a line may begin with, and what it says: most lines of a report need not be compared with any.
_LINES = (
    (
        "您现当目所的位",
        r"(?:您)?(?:现在|当前|目前)?(?:所在)?(?:的)?位置[:：].{0,200}",
    ),  # 您当前的位置：首页 > 政务公开 > 年报
    ("首", r"首页[>»›/－-].{1,200}"),  # 首页>政府信息公开>年报
    (
        "本页文累浏点阅访",
        r"(?:本文|本页|页面|文章|累计)?(?:浏览|点击|阅读|访问)(?:次数|人数|总数|量|数|率)?[:：]?[\[（(]?[\d,.万]*[\]）)]?次?",
    ),
    (
        "【[(（我打关收分返T",
        r"[【\[(（]?(?:我要)?(?:打印|关闭|收藏|分享|返回顶部|TOP)(?:本页|本文|窗口|页面|此页)?[】\])）|｜·]*"
        r"(?:[【\[(（|｜]?(?:打印|关闭|收藏|分享|推荐|保存|返回)(?:本页|本文|窗口|页面|此页)?[】\])）|｜]*){0,5}",
    ),
    (
        "【[(（字大:：特",
        r"[【\[(（]?(?:字体|字号)?(?:大小)?[:：]?[【\[(（]*[大特]+[】\])）|]*[【\[(（]*中[】\])）|]*[【\[(（]*小[】\])）]*.{0,20}",
    ),
    ("分", r"分享(?:到|至)?[:：]?.{0,30}"),
    ("扫", r"扫一扫.{0,30}"),
    ("今", r"今天是.{0,40}"),
    ("上下", r"(?:上|下)一(?:篇|条|页)[:：]?.{0,120}"),
    ("责编作录审校", r"(?:责任编辑|责编|编辑|作者|录入|审核|校对)[:：].{0,30}"),
    ("相热推", r"(?:相关|热点|推荐)(?:链接|文档|文件|解读|阅读|新闻|信息|附件|稿件)[:：]?"),
    (
        "发信文稿来浏点访",
        r"(?:发布时间|发布日期|发文时间|信息来源|文章来源|稿件来源|来源|浏览次数|点击数|点击次数|访问量)[:：].{0,150}",
    ),
    ("主承技建", r"(?:主办|承办|技术支持|建设运维)(?:单位)?[:：].{0,60}"),
)
_BY_FIRST = {
    first: re.compile("|".join(pattern for firsts, pattern in _LINES if first in firsts))
    for first in "".join(firsts for firsts, _ in _LINES)
}
_IMPRINT = re.compile(r".{0,60}(?:版权所有|ICP备|公网安备|网站标识码[:：]).{0,80}")
_IMPRINT_WORDS = ("版权所有", "ICP备", "公网安备", "网站标识码")
_LONGEST_LINE = 220
_STRING = etree.XPath("string()", smart_strings=False)
# What an element is hidden by, in lower case, each behind a word of its own.
_HIDING = (
    (b"hidden", re.compile(rb"hidden[\s=/>]")),
    (b"visibility", re.compile(rb"visibility\s*:\s*hidden")),
    (b"mso-hide", re.compile(rb"mso-hide\s*:\s*all")),
)
_NOT_DISPLAYED = re.compile(rb"display\s*:\s*none")
# Steps of an XPath are quick (15 µs for all styles of a small page), predicates are not (130 µs).
_STYLES = etree.XPath("descendant::*/@style", smart_strings=False)
_HIDDEN_OR_STYLED = etree.XPath("descendant::*/@hidden | descendant::*/@style")
_HIDDEN_MARKS = etree.XPath("boolean(descendant::*/@hidden)")
TELLING = frozenset({"hidden", "style", "id", "class"})  # attributes
_LISTED_LINKS = 3
_MOSTLY_LINKS = 0.7


def text_within(element: etree._Element) -> str:
    """All the text in an element, as it stands."""
    return str(_STRING(element))


def may_hide(page: bytes) -> bool:
    """False for a page, as UTF-8, in which no element is hidden by its own attributes."""
    lowered = page.lower()
    if b"hid" in lowered and any(_stands_in(lowered, *hiding) for hiding in _HIDING):
        return True
    return b"&#" in lowered or _stands_in(lowered, b"display", _NOT_DISPLAYED)  # it may be spelt in references


def _stands_in(text: bytes, word: bytes, expression: re.Pattern[bytes]) -> bool:
    """Whether an expression that begins with a word is found; words are found in a tenth of the time."""
    at = text.find(word)
    while at >= 0 and expression.match(text, at) is None:
        at = text.find(word, at + 1)
    return at >= 0


def hidden_in_cells(element: etree._Element) -> list[etree._Element]:
    """The elements within cells of tables that are hidden by their own attributes."""
    if not any(map(_hides, set(cast(list[str], _STYLES(element))))) and not _HIDDEN_MARKS(element):
        return []
    stated = cast(list[etree._ElementUnicodeResult], _HIDDEN_OR_STYLED(element))
    hidden = dict.fromkeys(text.getparent() for text in stated if text.attrname == "hidden" or _hides(text))
    return [found for found in hidden if found is not None and next(found.iterancestors("td", "th"), None) is not None]


def is_unseen(element: etree._Element) -> bool:
    """True for elements that a reader of the page does not see as text: scripts, styles, hidden ones."""
    if element.tag in UNSEEN:
        return True
    stated = element.keys()
    if not stated:
        return False
    return "hidden" in stated or ("style" in stated and _hides(element.get("style") or ""))


def is_marked_out(element: etree._Element) -> bool:
    """True where the element's own attributes hide it or say that it is not text: ``class="breadcrumb"``."""
    stated = element.keys()
    if TELLING.isdisjoint(stated):
        return False
    if "hidden" in stated or ("style" in stated and _hides(element.get("style") or "")):
        return True
    identity, classes = element.get("id"), element.get("class")
    return (identity is not None or classes is not None) and _names_furniture(f"{identity or ''} {classes or ''}")


@lru_cache(maxsize=1024)
def _hides(style: str) -> bool:
    """One style is stated for all the cells of a table."""
    return _HIDDEN.search(style) is not None


@lru_cache(maxsize=1024)
def _names_furniture(names: str) -> bool:
    return _NAMES.search(names) is not None or not _WHOLE_NAMES.isdisjoint(names.lower().split())


def is_list_of_links(element: etree._Element) -> bool:
    """True where most of the text is links to other pages: a side column, a menu, a list of reports."""
    links = list(element.iter("a"))
    if len(links) < _LISTED_LINKS:
        return False
    linked = sum(len(squeeze(text_within(link))) for link in links)
    return linked > _MOSTLY_LINKS * len(squeeze(text_within(element)))


def is_furniture_line(text: str) -> bool:
    """True for a line that belongs to the page and not to the report.

    >>> is_furniture_line("【打印本页】【关闭窗口】"), is_furniture_line("六、其他需要报告的事项")
    (True, False)
    """
    first = text[:1]
    signed = "版" in text or "备" in text or "识" in text  # one of them stands in each word of an imprint
    if not signed and first not in _BY_FIRST and first.isalnum():
        return False  # as most lines are
    line = squeeze(text)
    if not 0 < len(line) <= _LONGEST_LINE:
        return False
    begun = _BY_FIRST.get(line[0])
    if begun is not None and begun.fullmatch(line) is not None:
        return True
    return signed and any(word in line for word in _IMPRINT_WORDS) and _IMPRINT.fullmatch(line) is not None
