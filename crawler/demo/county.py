"""The invented county: its bodies, and how and when each published its reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

COUNTY = "示例县"
REGION_CODE = "999901"
"""No division has this code: 99 is not a province of GB/T 2260."""
SITE_CODE = "9999010001"
"""Ten digits, the first six being the division (国办发〔2017〕47号)."""
YEARS = tuple(range(2019, 2025))

Key = tuple[str, int]
"""One report: the organisation's name and the report year."""


@dataclass(frozen=True, slots=True)
class Body:
    """One public body. ``title`` is its way of naming its reports, ``topic`` what its prose is about."""

    name: str
    slug: str
    kind: str  # "government", "department" or "town"
    title: str
    topic: str
    phone: str
    habits: frozenset[str] = frozenset()


def _body(name: str, slug: str, title: int, topic: str, *habits: str, kind: str = "department") -> Body:
    number = sum(map(ord, slug)) * 7919 % 10000
    return Body(COUNTY + name, slug, kind, TITLES[title], topic, f"0000-000{number:04d}", frozenset(habits))


TITLES = (
    "{name}{year}年政府信息公开工作年度报告",
    "{name}{year}年度政府信息公开工作年度报告",
    "{name}政府信息公开{year}年度报告",
    "{name}{year}年度政府信息公开工作报告",
    "{name}政府信息公开工作{year}年度报告",
    "{name}{year}年政府信息公开年度报告",
    "{name} {year} 年政府信息公开工作年度报告",
)

BODIES = (
    _body("人民政府", "xzf", 0, "重点领域信息", kind="government"),
    _body("发展和改革委员会", "fgw", 1, "重大项目和价格收费目录", "words_for_change"),
    _body("教育局", "jyj", 0, "招生入学和学区划分", "word_paste"),
    _body("公安局", "gaj", 2, "户籍办理和交通管理措施", "thousands"),
    _body("民政局", "mzj", 3, "社会救助标准和养老服务"),
    _body("司法局", "sfj", 4, "法律援助和公证指南", "comma_numbering"),
    _body("财政局", "czj", 0, "预算决算和转移支付", "unit_ten_thousand"),
    _body("人力资源和社会保障局", "rsj", 5, "就业培训和社会保险", "word_paste"),
    _body("自然资源局", "zrzyj", 0, "征地补偿和土地供应", "signed"),
    _body("住房和城乡建设局", "zjj", 6, "保障性住房和物业管理"),
    _body("交通运输局", "jtj", 1, "公路养护和客运线路", "padding"),
    _body("水利局", "slj", 3, "河长名录和取水许可", "signed"),
    _body("农业农村局", "nyj", 0, "惠农补贴和种子监管", "word_paste"),
    _body("文化和旅游局", "wlj", 4, "文物保护和演出审批", "comma_numbering"),
    _body("卫生健康局", "wjj", 0, "医疗机构校验和疫苗接种"),
    _body("应急管理局", "yjj", 2, "安全生产检查和灾害预警", "words_for_change"),
    _body("市场监督管理局", "scjgj", 5, "食品抽检和价格监督", "unit_yuan", "thousands"),
    _body("统计局", "tjj", 1, "统计调查和数据发布", "short_labels"),
    _body("示例镇人民政府", "slz", 0, "村级事务和民生工程", "filler_regulations", kind="town"),
    _body("示例乡人民政府", "slx", 6, "村级事务和乡村道路", kind="town"),
)
BY_SLUG = {body.slug: body for body in BODIES}
BY_NAME = {body.name: body for body in BODIES}

MISSING: Key = (BY_SLUG["rsj"].name, 2022)
"""Never published: no page, no row in a list."""
LATE: Key = (BY_SLUG["slj"].name, 2023)
"""Published ten months after the day the Regulation sets (政府信息公开条例, article 49: 31 January)."""
MIXED: Key = (BY_SLUG["tjj"].name, 2021)
"""The proactive table of 2021 above the requests table of 2019."""
BROKEN: Key = (BY_SLUG["jtj"].name, 2023)
"""The printed total of its reviews is not the sum of their results."""
BLANK: Key = (BY_SLUG["slx"].name, 2020)
"""Left the cells of its litigation empty."""
UNNAMED: Key = (BY_SLUG["slz"].name, 2021)
"""Its title does not say whose report it is; its signature does."""
COUNTING: Key = (BY_SLUG["czj"].name, 2022)
"""The server writes a click counter and the day into this page at every visit, and gives no validators."""

EDITED: Key = (BY_SLUG["scjgj"].name, 2023)
REPLACED: Key = (BY_SLUG["wjj"].name, 2024)
DROPPED: Key = (BY_SLUG["gaj"].name, 2021)

FIRST_DAY = date(2026, 1, 12)
SECOND_DAY = date(2026, 1, 19)
"""The two days of the demo's calendar: before and after the portal changes."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A report's file: who made it, and whether the article says the text as well."""

    maker: str  # "LibreOffice" or "Chromium"
    suffix: str  # "pdf", "docx" or "doc"
    inline: bool = False
    how: str = "appendix"  # "appendix": a link in a box; "script": written by a script


_ATTACHED = {
    ("xzf", 2022): Attachment("Chromium", "pdf", inline=True),
    ("xzf", 2024): Attachment("Chromium", "pdf"),
    ("fgw", 2023): Attachment("LibreOffice", "pdf", how="script"),
    ("jyj", 2020): Attachment("Chromium", "pdf"),
    ("jyj", 2024): Attachment("LibreOffice", "docx"),
    ("mzj", 2020): Attachment("LibreOffice", "doc"),
    ("sfj", 2022): Attachment("LibreOffice", "docx", how="script"),
    ("czj", 2019): Attachment("LibreOffice", "docx"),
    ("rsj", 2021): Attachment("LibreOffice", "pdf"),
    ("zrzyj", 2021): Attachment("LibreOffice", "doc", how="script"),
    ("zjj", 2019): Attachment("LibreOffice", "pdf"),
    ("nyj", 2021): Attachment("LibreOffice", "docx", inline=True),
    ("wlj", 2020): Attachment("LibreOffice", "docx"),
    ("wjj", 2024): Attachment("Chromium", "pdf"),
    ("yjj", 2023): Attachment("LibreOffice", "docx", inline=True),
    ("slx", 2023): Attachment("LibreOffice", "doc"),
    ("slz", 2022): Attachment("Chromium", "pdf", how="script"),
}
ATTACHED: dict[Key, Attachment] = {(BY_SLUG[slug].name, year): file for (slug, year), file in _ATTACHED.items()}


def published_reports() -> tuple[Key, ...]:
    """Every report that the portal shows at first, by year and then in the order of the bodies."""
    every = ((body.name, year) for year in YEARS for body in BODIES)
    return tuple(report for report in every if report != MISSING)


def form_of(report: Key, table: str) -> str:
    """The form of one table of a report, "2019" or "2021"; ``table`` is proactive, requests or disputes."""
    if table == "disputes" or report[1] < 2021 or (report == MIXED and table == "requests"):
        return "2019"
    return "2021"


def title_of(report: Key) -> str:
    """The title as the report prints it."""
    name, year = report
    if report == UNNAMED:
        return f"{year}年政府信息公开工作年度报告"
    return BY_NAME[name].title.format(name=name, year=year)


def published_on(report: Key) -> date:
    """The day printed under the report: January for departments and towns, March for the government."""
    name, year = report
    if report == LATE:
        return date(2024, 12, 4)
    day = 5 + (sum(map(ord, BY_NAME[name].slug)) * 31 + year * 7) % 24
    return date(year + 1, 3 if BY_NAME[name].kind == "government" else 1, day)


def document_name(report: Key, *, replaced: bool = False) -> str:
    """The file in ``documents/`` that a report's attachment is."""
    name, year = report
    return f"{BY_NAME[name].slug}_{year}{'_replaced' if replaced else ''}.{ATTACHED[report].suffix}"
