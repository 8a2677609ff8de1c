"""A title or link text → organisation, year, report or look-alike."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from parsers.text import squeeze


@dataclass(frozen=True, slots=True)
class Title:
    """What a title says. ``kind`` is "report", "look_alike" (near it, and not one) or "other"; ``why`` says so.

    ``organisation`` is as printed without white space, or None; ``report_year`` is the year reported on.
    """

    kind: str
    organisation: str | None
    report_year: int | None
    why: str


# What stands near annual reports and must not be taken, each with one example. Asked only of a text that is not a
# whole title of a report, so that names of bodies (卫生和计划生育局, 会议中心) do no harm.
_LOOK_ALIKES = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"网站.{0,6}报表|工作年度报表", "a statement on the government's web site"),  # 2023年政府网站工作年度报表
        (r"法治(?:政府|建设|工作)|依法行政", "a report on government by law"),  # 2023年法治政府建设年度报告
        (r"[决预]算", "a budget or final account"),  # 示例县教育局2023年部门决算
        (r"(?:做好|开展|编制|编写|编报|填报|报送|催报).*(?:通知|函|意见|提示)", "a notice about reports"),
        (r"要点|方案|计划|分工", "a plan of work"),  # 2023年政务公开工作要点
        (r"统计(?:公报|年鉴|制度)", "statistics"),  # 2023年国民经济和社会发展统计公报
        (r"事业单位(?:法人)?.{0,8}报告", "a public institution's report"),  # 2023年事业单位法人年度报告
        (r"政府工作报告", "the government's report on its work"),  # 2023年示例县政府工作报告
        (r"评估|考核|测评|督查|检查", "an assessment"),  # 政务公开第三方评估报告
        (r"培训|会议|召开|座谈|解读|问答|释义", "news or an explanation"),  # 政府信息公开条例解读
        (r"[上下]半年|季度|\d月份", "a report on less than a year"),  # 2023年上半年政府信息公开工作报告
        (r"公开(?:工作)?(?:年度报告)?(?:制度|规定|办法|条例|规范|规程|格式|模板)", "a rule"),  # 政府信息公开条例
        (r"公开(?:申请|指南|目录|清单|事项|承诺|机构|流程|平台|专栏|监督|保密)", "another part of disclosure"),
        (r"依申请公开", "about requests"),  # 依申请公开政府信息答复书
        (r"自查|总结|汇报", "a report to superiors"),  # 2023年政务公开工作总结
        (r"更正|勘误", "a correction"),  # 关于更正2023年政府信息公开工作年度报告的说明
    )
)
_CHINESE_DIGITS = str.maketrans("〇零○◯O一二三四五六七八九", "00000123456789")
# 二〇二三年, 二○二四年度
_CHINESE_YEAR = re.compile(r"二[〇零○◯O0][〇零○◯O0一二三四五六七八九]{2}(?=年)")
# 2022年1月1日至2022年12月31日; 2024-01-20 09:16: a day is not the report year.
_DAYS = re.compile(r"20\d\d(?:年\d{1,2}月\d{1,2}[日号]|[-/.]\d{1,2}[-/.]\d{1,2})(?:\d\d:\d\d(?::\d\d)?)?[至到~—-]?")
# 金统发〔2025〕2号: the number of a document, before its title.
_NUMBER = re.compile(r"[^\d]{0,12}?[〔\[(【]20\d\d[〕\])】]\d{1,4}号")
_FILE_NAME = re.compile(r"\.(?:docx?|pdf|wps|rtf|xlsx?|ofd|html?|txt|zip|rar)$", re.IGNORECASE)
# "附件1：", "1、", "· ", "【图解】", "一图读懂|"
_ORNAMENT = re.compile(
    r"(?:附件\d{0,2}[:.、]?|\d{1,3}[.、](?!\d)|[·•●◆■>*]|[【\[(][^】\])]{0,6}[图解读版][^】\])]{0,6}[】\])]|(?:一图读懂|图解|图说)[|:!]?)+"
)
# 示例县人民政府办公室关于印发《…》的通知: the report stands inside.
_COVER = re.compile(
    r"(?P<issuer>.{0,40}?)关于(?:印发|发布|公布|报送|上报|呈报|公开|转发)(?P<inner>.+?)(?:的(?:通知|公告|函|报告|请示))?$"
)
_YEAR = r"20[0-3]\d(?:年度|年)?"
_TAIL = rf"(?:工作|情况|的|年度|{_YEAR}|[(]{_YEAR}[)])*(?:报告书?|年报)"
# 示例县教育局 | 2023年 | 政府信息公开 | 工作年度报告 | （文字版）
_REPORT = re.compile(
    rf"(?P<before>.*?)(?P<first>(?:{_YEAR})?)(?P<core>(?:政府|政务)?信息公开|政务公开|政府信息(?=年度报告|年报|工作年度))"
    rf"(?P<tail>{_TAIL})(?P<after>.*)$"
)
# What may follow a whole title: （文字版） （2023年度） 》 -示例县人民政府 _示例网 | 的公告 2024-01-20 (blanked)
_AFTER = re.compile(r"(?:[》」』\"'’”\s]|[(【\[][^)】\]]*[)】\]]?|[-_|—–>].*|的?(?:图解|公告|公示)$|全文$|文字版$)*$")
_CUT = re.compile(r"\.{2,}|…+|。{2,}")
# A cut title: a year, then any beginning of "政府信息公开工作年度报告" from "政府信" on.
_CUT_REPORT = re.compile(
    rf"(?P<before>.*?)(?P<first>{_YEAR})(?:政府|政务)?(?:信|信息|信息公|信息公开工?作?情?况?的?年?度?工?作?情?况?报?告?)$"
)
# Words before the phrase that make it a text about reports: 关于做好2023年政府信息公开工作年度报告…
_ABOUT = re.compile(
    r"做好|开展|编制(?!委员会|办)|编写|召开|学习|培训会|解读|通知|半年|季度|\d月|依申请|目录|指南|举办|部署"
)
# 2018-2019, 2016至2018年: more than one year is no report year.
_SPAN = re.compile(r"20\d\d年?[-—–~至到]20\d\d")
_PLACE_HOLDER = re.compile(r"[×xX＊*○□_＿Ｘ]{2,}|[×＊*○□]|某某|^某|(?<=[省市县区])某")
# 本局, 我委, 本机关, 我县人民政府办公室: names no one; whose it is, the signature or the site says.
_SELF = re.compile(
    r"[本我](?:局|委|办|厅|部|院|署|处|所|中心|机关|单位|部门|级|镇|乡|街道|区|县|市|省|州|旗)(?:机关|(?:人民)?政府)?(?:办公室)?$"
)
_MARKS = "《》「」『』“”\"'‘’<>〈〉【】[]()（）［］:：,，、|｜-—·. "
_BODY_END = (
    r"(?:政府|局|委员会|委|厅|办公室|办|署|院|会|处|所|站|中心|大队|支队|总队"
    r"|海关|银行|公司|学校|大学|医院|部|社|园区|街道|镇|乡|新区)"
)
_BODY = re.compile(rf"[^\d，。；:;,、?!|]{{1,40}}?{_BODY_END}(?:[(][^)]*[)])?$")


def read_title(text: str) -> Title:
    """Reads one title, link text, page title or file name; never raises.

    The year (2000 to 2039) is the one in the phrase of the report, never that of a date. A text cut by "…" is a
    report if a year and the beginning of the phrase are left; what stands before the cut is then still read,
    and the organisation is None where the cut falls into it.
    """
    printed, flat = _prepare(text)
    cover = _COVER.match(flat)
    if cover is not None and not _ABOUT.search(cover["issuer"]):
        found = _read_phrase(printed, flat, *cover.span("inner"))
        if found is not None and found.organisation is None:
            found = Title(found.kind, _body(printed[slice(*cover.span("issuer"))]), found.report_year, found.why)
    else:
        found = _read_phrase(printed, flat, 0, len(flat))
    if found is not None:
        return found
    for pattern, name in _LOOK_ALIKES:
        if pattern.search(flat):
            return Title("look_alike", None, None, name)
    return Title("other", None, None, "does not say 政府信息公开…年度报告 of a body or a year")


def body_in(line: str) -> str | None:
    """The name of a body that a whole line is; None for anything else, for place-holders (××市, 某局) and 本局."""
    name = squeeze(line).strip("《》“”\"'")
    flat = _flatten(name)
    no_one = is_place_holder(name) or _SELF.match(flat) is not None
    return None if _BODY.match(flat) is None or no_one or "信息公开" in flat else name


def is_place_holder(name: str) -> bool:
    """True for a name that a form prints for others to fill in: "××市", "XX局", "某某局", "**县"."""
    return _PLACE_HOLDER.search(name) is not None


def _prepare(text: str) -> tuple[str, str]:
    """The printed text and its flat form, character by character, from the title's own first character on."""
    printed = squeeze(text)
    flat = _DAYS.sub(lambda days: " " * len(days.group()), _flatten(printed))
    start = flat.rfind(">", 0, flat.rfind("公开")) + 1  # a trail of links before it: 首页>年报>示例县教育局2023年…
    for pattern in (_ORNAMENT, _NUMBER, _ORNAMENT):
        if found := pattern.match(flat, start):
            start = found.end()
    end = found.start() if (found := _FILE_NAME.search(flat)) else len(flat)
    return printed[start:end], flat[start:end]


def _flatten(text: str) -> str:
    """Full-width forms to half-width and Chinese years to digits, each character staying in its place."""
    flat = "".join(one if len(one := unicodedata.normalize("NFKC", char)) == 1 else char for char in text)
    return _CHINESE_YEAR.sub(lambda year: year.group().translate(_CHINESE_DIGITS), flat)


def _read_phrase(printed: str, flat: str, start: int, end: int) -> Title | None:
    """The title that stands in one stretch, or None if the stretch is not a whole (or a cut) title of a report."""
    found = _REPORT.match(flat, start, end)
    if found is None or not _AFTER.match(found["after"]) or _ABOUT.search(found["before"]):
        return _read_cut(printed, flat, start, end)
    years = _years_in(found["first"]) or _years_in(found["tail"]) or _years_in(found["after"].partition(")")[0])
    body_start, body_end = found.span("before")
    if leading := re.match(rf"(?:关于)?({_YEAR})", found["before"]):
        years = years or _years_in(leading[1])
        body_start += leading.end()
    if found["before"].endswith("人民") and found["core"].startswith("政府"):
        body_end += 2  # "示例县人民政府信息公开年度报告": the two characters belong to the name
    if _SPAN.search(flat, start, end):
        years = ()
    shown = zip(printed[body_start:body_end], flat[body_start:body_end], strict=True)
    name = "".join(char for char, plain in shown if plain != " ")  # without the days
    organisation = None if _CUT.search(flat, body_start, body_end) else _body(name)
    if organisation is None and (behind := re.match(r"[(（]([^)）]+)[)）]", found["after"])):
        organisation = body_in(printed[found.start("after") :][: behind.end()].strip("()（）"))
    year = years[0] if len(set(years)) == 1 else None
    annual = year is not None or "年" in found["tail"]
    if not annual or (year is None and organisation is None):
        return None
    return Title("report", organisation, year, "政府信息公开…年度报告")


def _read_cut(printed: str, flat: str, start: int, end: int) -> Title | None:
    cut = _CUT.search(flat, start, end)
    found = _CUT_REPORT.match(flat, start, cut.start()) if cut is not None else None
    if found is None or _ABOUT.search(found["before"]):
        return None
    return Title("report", _body(printed[slice(*found.span("before"))]), _years_in(found["first"])[0], "a cut title")


def _years_in(flat: str) -> tuple[int, ...]:
    return tuple(int(year) for year in re.findall(r"(?<!\d)20[0-3]\d(?!\d)", flat))


def _body(printed: str) -> str | None:
    """The name of a body in what stands before the phrase; None for nothing, a sentence, a place-holder or 本局."""
    name = re.split(r"[>|｜/：:]", printed.strip(_MARKS))[-1].strip(_MARKS)
    name = name.removeprefix("关于").removesuffix("关于").removesuffix("的").strip(_MARKS)
    for begin, end in ("（）", "()"):  # 示例县发展和改革局（示例县粮食局）
        name += end if name.count(begin) > name.count(end) else ""
    if len(name) < 2 or len(name) > 50 or is_place_holder(name) or re.search(r"[，。；！？!?;]", name):
        return None
    if _SELF.match(name):
        return None
    return name
