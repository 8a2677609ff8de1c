"""Is this link an annual report, whose, which year – or a column where annual reports are listed?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.pages.shapes import directory_of
from parsers.text import fold
from parsers.titles import body_in, read_title

# Path parts of report columns: zfxxgknb, zfxxgknb_72346, 2023gknb, zfxxgkndbg_qmzj, bmzfxxgkgzndbg, ndbg, nb_2022n,
# nianbao, xxgkAnnualReport.jsp, zfxxgknbnew.
_TOKEN = re.compile(
    r"^(?:\d{4}n?)?(?:\w*gk(?:gz)?(?:nb|ndbg|ndbb|bg)|(?:bm|zf|xz)?(?:nb|ndbg|ndbb)|nianbao|\w+annualreport(?:\.jsp)?)"
    r"(?:new|n|\d*|_\w+)$",
    re.I,
)
_STRONG = re.compile(
    r"(?:信息公开|政务公开|公开)(?:工作)?(?:年报|年度报告|年度工作报告)|公开工作年度"
    r"|^(?:历年|(?:\w{0,3}(?:部门|单位|机构|乡镇|镇街|街道|园区|政府)){0,2})(?:年报|年度报告)$"
)
_ASIDE = re.compile(r"公开(?:指南|制度|条例|规定|申请|投诉|监督)|依申请公开")  # stand beside the way to the column
_NEARBY = (  # anchor words on the way from a home page to the column, with how near they are
    ("法定主动公开内容", 9),
    ("政府信息公开", 8),
    ("信息公开专栏", 7),
    ("信息公开目录", 6),
    ("信息公开", 5),
    ("政务公开", 4),
    ("信息公示", 2),
)
_LOOK_ALIKE = re.compile(
    r"年度报表|法治政府|法治建设|依法行政|网站工作|政府网站|决算|预算|部门决|统计公报|国民经济|事业单位|企业年报|公开工作要|社会责任"
)
_CLASS = re.compile(  # 区政府, 县直部门, 乡镇街道: classes of bodies, between a year and the reports
    r"^(?:(?:区|县|市)?(?:政府|直)?(?:工作)?(?:各)?(?:部门|单位|机构)|(?:各)?(?:乡镇|镇街|街道|镇|乡)(?:[(（、/]?(?:街道|乡|镇|办事处)[)）]?)*|(?:区|县|市)(?:人民)?政府(?:本级|办公室)?)"
    r"(?:年报|年度报告)?$"
)
_EXTENSION = re.compile(r"\.s?html?$")  # Boda's columns are pages: /zwgk/zfxxgknb.htm, with more of them under it
_LONGEST_NAME = 24
_YEAR = re.compile(r"^(?:19|20)\d{2}(?:年|年度|年年报|年度年报|年度报告)?$")
_YEAR_PART = re.compile(r"^(?:gb|nb_?|n|xz)?(?:19|20)\d{2}(?:n|_\d+)?$", re.I)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a link promises.

    ``kind``: ``report``, ``look_alike``, ``column`` (lists reports), ``nearby`` (may lead to such a column,
    ``score`` 1 to 9), ``year`` (a year's part of a column), ``class`` (of bodies: 县直部门), ``body`` or ``other``.
    """

    kind: str
    why: str
    score: int = 0
    organisation: str | None = None
    report_year: int | None = None


def judge_article(label: str) -> Verdict:
    """The name of an article or document → report, look_alike or other, with whose and which year."""
    title = read_title(label)
    if title.kind == "look_alike":
        return Verdict("look_alike", title.why, organisation=title.organisation, report_year=title.report_year)
    if title.kind == "report":
        return Verdict("report", title.why, organisation=title.organisation, report_year=title.report_year)
    if found := _LOOK_ALIKE.search(fold(label)):
        return Verdict("look_alike", f"says {found.group()}")
    return Verdict("other", title.why, organisation=title.organisation, report_year=title.report_year)


def judge_column(label: str, url: str) -> Verdict:
    """The name and URL of a list or index → column, nearby, year, look_alike or other."""
    words = fold(label)
    if found := _LOOK_ALIKE.search(words):
        return Verdict("look_alike", f"says {found.group()}")
    if found := _STRONG.search(words):
        return Verdict("column", f"says {found.group()}", score=10)
    if part := report_part(url):
        return Verdict("column", f"path has {part}", score=10)
    if _YEAR.match(words) or (_YEAR_PART.match(last_part(url)) and not words):
        return Verdict("year", f"names a year: {label}")
    for word, score in () if _ASIDE.search(words) else _NEARBY:
        if word in words:
            return Verdict("nearby", f"says {word}", score=score)
    if _CLASS.match(words):
        return Verdict("class", f"names a class of bodies: {label}")
    if names_a_body(label):
        return Verdict("body", f"names a body: {label}")
    return Verdict("other", "says nothing of annual reports")


def names_a_body(label: str) -> bool:
    """True for words that are the name of a body and nothing else: 教育局, 示例镇人民政府."""
    return len(label) <= _LONGEST_NAME and body_in(label) is not None


def last_part(url: str) -> str:
    """The last directory of a URL's path: ``zfxxgknb`` of ``/zwgk/zfxxgknb/index_1.html``."""
    return urlsplit(directory_of(url)).path.rstrip("/").rpartition("/")[2]


def report_part(url: str) -> str:
    """The last path part, if it names a report column by one of the usual tokens, else nothing."""
    parts = [_EXTENSION.sub("", part) for part in urlsplit(url).path.split("/") if part]
    named = [part for part in parts if _TOKEN.match(part)]
    return named[-1] if named and not _LOOK_ALIKE_PATH.search(urlsplit(url).path) else ""


_LOOK_ALIKE_PATH = re.compile(r"wzgznb|wznb|fzzf|fzjs|bmjs|czyjs|sydw", re.I)  # site reports, rule of law, accounts


def report_root(url: str) -> str:
    """The directory of the first path part that names a report column, or nothing.

    >>> report_root("http://a.example/zwgk/zfxxgknb/2023/jyj/index.html")
    'http://a.example/zwgk/zfxxgknb/'
    """
    parts = urlsplit(url)
    path = parts.path.split("/")
    for number, part in enumerate(path):
        if _TOKEN.match(_EXTENSION.sub("", part)):
            return f"{parts.scheme}://{parts.netloc}{'/'.join(path[: number + 1])}/"
    return ""


def is_report_page(source: str) -> bool:
    """True for a page that is itself the report: four of its six headings (国办公开办函〔2021〕30号) stand in it."""
    return sum(heading in source for heading in _HEADINGS) >= 4


_HEADINGS = (
    "总体情况",
    "主动公开政府信息情况",
    "收到和处理政府信息公开申请情况",
    "行政复议、",
    "存在的主要问题及改进情况",
    "其他需要报告的事项",
)
