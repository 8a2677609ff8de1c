"""Title, body, year, date, contact: what a report says about itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from parsers.divisions.regions import body_of as body_of
from parsers.divisions.regions import region_of as region_of
from parsers.document import Document, Problem, Table
from parsers.report import Hints
from parsers.text import is_blank, one_line, squeeze
from parsers.titles import Title, body_in, read_title

_TITLE_LINES = 40  # among the first lines: letter heads and cover pages stand before the title
_LONGEST_TITLE_LINE = 60
_MOST_TITLE_PARTS = 4
_LAST_LINES = 12  # a signature stands among the last lines
_FIRST_SECTION = re.compile(r"^(?:[一(（]|第一)*[一、.．)）]*总体情况$|^一[、.．]概述$")
_LAST_SECTION = re.compile(r"其他需要(?:报告|说明)的")
_SITE_NAME_END = re.compile(r"(?:政务公开平台|门户网站|政府网站|信息公开平台|官方网站|网站|官网|网)$")
_AFTER_REPORT = re.compile(r"(?<=报告|年报)[-_|—].*$")

# 2023年1月20日 · 2024-01-17 09:16 · [2021-01-28] · (2017年2月23日) · 二〇二四年一月十二日
_DAY = (
    r"(?:(?P<year>[12][09]\d\d)[年\-./](?P<month>\d{1,2})[月\-./](?P<day>\d{1,2})(?!\d)[日号]?"
    r"|(?P<nian>二[〇零○ОOo0][〇零○ОOo0一二三四五六七八九]{2})年(?P<yue>[一二三四五六七八九十]{1,2})月(?P<ri>[一二三四五六七八九十]{1,3})[日号])"
)
_TIME = r"(?:T?\d{1,2}:\d\d(?::\d\d)?)?"
_DATE_LINE = re.compile(rf"(?P<body>[^\d:：，。；]*?)[\[(（]?{_DAY}{_TIME}[\])）]?$")
_DATE = re.compile(_DAY)
# 发布日期：2024-01-25; the labels of the block of facts that portals print, the surest first.
_DATE_LABELS = tuple(
    re.compile(rf"{label}[:：]?[\[(（]?{_DAY}")
    for label in ("(?:发布|公布|公开)(?:日期|时间)", "(?:成文|发文|生成|上载)(?:日期|时间)")
)
_PUBLISHED_META = ("pubdate", "publishdate", "pubtime", "publishtime")
# 统计期限为2022年1月1日至2022年12月31日; "202211日至20221231日" (digits lost around 年 and 月, variants)
_PERIOD = re.compile(
    r"(?P<year>20\d\d)(?:年1月1日|年?1?1日|年0?1月0?1日)起?(?:[至到—~－-]|—+)(?:(?P=year)|同|当)?年?(?:底|12月31日|1231日)"
)
# 电话：0517-83605210 · 联系电话 (0901) 6223810 · 电话：0478 - 7678686转12 · 电话/传真：…; never 传真 alone.
_PHONE = re.compile(
    r"(?<!传真)电\s*话(?:号码)?\s*(?:[(/及和]\s*传\s*真\s*\)?)?\s*(?:[:为是]|\((?!\s*0\d))?\s*"
    r"(?P<number>(?:\(\s*0\d{2,3}\s*\)\s*|0\d{2,3}\s*[-—–]+\s*|0\d{2,3}\s+)?\d{7,8}(?!\d)(?:\s*[-—–转]\s*\d{1,5}(?!\d))?"
    r"|1[3-9]\d{9}(?!\d)|400[-—]?\d{3,4}[-—]?\d{3,4}(?!\d)|0\d{9,11}(?!\d)|12\d{3}(?!\d))"
)
_HALF_WIDTH = str.maketrans("０１２３４５６７８９（）－：／", "0123456789()-:/")
_ASCII_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_BEFORE_TIME = re.compile(r"(?<=\d)\s+(?=\d{1,2}:\d\d)")  # 2024-01-17 09:16
_CHINESE = {digit: str(value) for value, digit in enumerate("〇一二三四五六七八九")} | dict.fromkeys("零○ОOo0", "0")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str  # without white space
    where: str


def title_of(document: Document, hints: Hints) -> str:
    """The report's title as printed, without white space, joined where it is broken over lines.

    The document's own lines come first, then what it says about itself (ArticleTitle, <title>) where that says
    more, then the page's title and the link's text. "" where there is nothing at all.
    """
    lines = [line.text for line in _lines_before_sections(document)]
    own = [*_titles_in(lines), *(document.meta.get(name, "") for name in ("articletitle", "title"))]
    for candidates in (own, (hints.page_title, hints.link_text)):
        read = [(text, title) for text in candidates if (title := read_title(text)).kind == "report"]
        if read:
            best = max(read, key=lambda pair: _says(pair[1]))  # the first of equals
            return _AFTER_REPORT.sub("", squeeze(best[0]))
    fallback = [document.meta.get("articletitle", ""), *lines, document.meta.get("title", ""), hints.page_title]
    return next((squeeze(text) for text in fallback if not is_blank(text)), "")


def organisation_of(title: str, document: Document, hints: Hints) -> str | None:
    """The name as the title prints it, without white space; else the signature's; else the site's.

    Between signature and site stand the words that speak of this page: the text of the link to it, ArticleTitle
    and ContentSource. Place-holders of a form ("××市", "XX局") are no name.
    """
    named = read_title(title).organisation
    if named is not None:
        return named
    signed = _signature(document)[0]
    if signed is not None:
        return signed
    for text in (hints.link_text, hints.page_title, document.meta.get("articletitle", "")):
        if (named := read_title(text).organisation) is not None:
            return named
    for text in (document.meta.get("contentsource", ""), hints.site_name, document.meta.get("sitename", "")):
        if (named := body_in(_SITE_NAME_END.sub("", squeeze(text)))) is not None:
            return named
    return None


def report_year_of(title: str, document: Document, hints: Hints) -> tuple[int | None, tuple[Problem, ...]]:
    """The year reported on: the title's, else that of the statistics period, else that of the link's text.

    Gives a problem ``years_disagree`` where the title and the period name different years.
    """
    said = read_title(title).report_year
    period, where = _period(document)
    if said is not None and period is not None and said != period:
        says = f"the title speaks of {said}, the statistics period of {period}"
        return said, (Problem("years_disagree", says, where),)
    if said is None and period is None:
        return read_title(hints.link_text).report_year, ()
    return (said if said is not None else period), ()


def published_of(document: Document, hints: Hints) -> str | None:
    """ISO date printed under the report; else the page's own (PubDate, 发布日期); else what the list said; else None.

    Never a date within a sentence, never the statistics period, never the metadata of a file.
    """
    signed = _signature(document)[1]
    if signed is not None:
        return signed
    own = [document.meta.get(name, "") for name in _PUBLISHED_META]
    text = _squeeze_dated("\n".join(_all_texts(document)))
    labelled = [found.group() for label in _DATE_LABELS if (found := label.search(text))]
    for candidate in (*own, *labelled, hints.page_published):
        if (found := _DATE.search(_squeeze_dated(candidate))) and (day := _iso(found)) is not None:
            return day
    return None


def phone_of(document: Document) -> str | None:
    """The first number after 电话, as printed (white space at its ends apart); None if there is none."""
    printed = "\n".join(_all_texts(document))
    found = _PHONE.search(printed.translate(_HALF_WIDTH))
    return one_line(printed[slice(*found.span("number"))]) if found is not None else None


def _titles_in(lines: Sequence[str]) -> Iterator[str]:
    """Every run of one to four short lines that reads as a title, the shortest runs first.

    A line is put before a title that is whole without it only if it is the name of a body:
    "鹤岗市教育局" over "2022年度政府信息公开工作报告".
    """
    for parts in range(1, _MOST_TITLE_PARTS + 1):
        for first in range(len(lines) - parts + 1):
            run = lines[first : first + parts]
            if any(len(line) > _LONGEST_TITLE_LINE for line in run) or not any(
                "信息" in line or "政务" in line for line in run
            ):
                continue
            if parts > 1 and body_in(run[0]) is None and read_title("".join(run[1:])).kind == "report":
                continue
            if read_title("".join(run)).kind == "report":
                yield "".join(run)


def _says(title: Title) -> int:
    return (title.organisation is not None) + (title.report_year is not None)


def _signature(document: Document) -> tuple[str | None, str | None]:
    """(name, ISO date) under the report; the lines after its last section or table are asked, the last twelve."""
    lines = _lines_after_sections(document)
    signed: tuple[str | None, str | None] = (None, None)
    for at, line in enumerate(lines):
        found = _DATE_LINE.match(line)
        if found is None or (day := _iso(found)) is None:
            continue
        beside = [found["body"], *lines[max(at - 1, 0) : at], *lines[at + 1 : at + 2]]
        name = next((name for text in beside if (name := body_in(text)) is not None), None)
        if name is not None:
            return name, day
        if found["body"] == "" and signed[1] is None:
            signed = (None, day)
    if signed[1] is None:
        return next((name for text in reversed(lines[-3:]) if (name := body_in(text)) is not None), None), None
    return signed


def _period(document: Document) -> tuple[int | None, str]:
    for line in _lines_of(document):
        if found := _PERIOD.search(line.text):
            return int(found["year"]), line.where
    return None, ""


def _lines_of(document: Document) -> Iterator[_Line]:
    """Every line outside tables that prints something."""
    for block in document.blocks:
        if not isinstance(block, Table):
            for text in block.text.splitlines():
                if squeezed := squeeze(text):
                    yield _Line(squeezed, block.where)


def _all_texts(document: Document) -> Iterator[str]:
    for block in document.blocks:
        if isinstance(block, Table):
            yield from (cell.text for row in block.rows for cell in row)
        else:
            yield block.text


def _lines_before_sections(document: Document) -> list[_Line]:
    lines: list[_Line] = []
    for line in _lines_of(document):
        if _FIRST_SECTION.match(line.text) or len(lines) == _TITLE_LINES:
            break
        lines.append(line)
    return lines


def _lines_after_sections(document: Document) -> list[str]:
    """The last lines, from the last table or the heading of the last section on."""
    after: list[str] = []
    for block in document.blocks:
        if isinstance(block, Table):
            after.clear()
            continue
        for text in filter(None, map(_squeeze_dated, block.text.splitlines())):
            if len(text) < 30 and _LAST_SECTION.search(text):
                after.clear()
            else:
                after.append(text)
    return after[-_LAST_LINES:]


def _squeeze_dated(text: str) -> str:
    """Text without white space and with ASCII digits, a time kept apart from its day: "2024-01-17T09:16"."""
    return squeeze(_BEFORE_TIME.sub("T", text)).translate(_ASCII_DIGITS)


def _iso(found: re.Match[str]) -> str | None:
    """The ISO date of a match of _DAY; None for a day that no calendar has."""
    if found["year"] is not None:
        parts = [found["year"], found["month"], found["day"]]
    else:
        parts = ["".join(_CHINESE[digit] for digit in found["nian"]), _tens(found["yue"]), _tens(found["ri"])]
    try:
        return date(*map(int, parts)).isoformat()
    except ValueError:  # 2023年13月40日: printed so, and no date
        return None


def _tens(numeral: str) -> str:
    """十 → 10, 十二 → 12, 三十一 → 31, 九 → 9."""
    before, ten, after = numeral.partition("十")
    if not ten:
        return "".join(_CHINESE[digit] for digit in numeral)
    return (_digits(before) or "1") + (_digits(after) or "0")


def _digits(numeral: Iterable[str]) -> str:
    return "".join(_CHINESE.get(digit, "") for digit in numeral)
