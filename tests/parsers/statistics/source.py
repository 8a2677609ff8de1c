"""Invented statistics tables of 2014 to 2018 before any program has made a file of them: figures, layouts, truth.

The rows are stated here apart from the reader's own form: key, level, label, unit. A row without a key is a heading.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from html import escape
from typing import Any

Row = tuple[str, int, str, str]
ROWS: tuple[Row, ...] = (
    ("", 1, "一、主动公开情况", ""),
    ("disclosed", 2, "（一）主动公开政府信息数（不同渠道和方式公开相同信息计1条）", "条"),
    ("disclosed_normative_documents", 4, "其中：主动公开规范性文件数", "条"),
    ("normative_documents_made", 4, "制发规范性文件总数", "件"),
    ("", 2, "（二）通过不同渠道和方式公开政府信息的情况", ""),
    ("disclosed_gazette", 3, "1.政府公报公开政府信息数", "条"),
    ("disclosed_website", 3, "2.政府网站公开政府信息数", "条"),
    ("disclosed_microblog", 3, "3.政务微博公开政府信息数", "条"),
    ("disclosed_wechat", 3, "4.政务微信公开政府信息数", "条"),
    ("disclosed_other", 3, "5.其他方式公开政府信息数", "条"),
    ("", 1, "二、回应解读情况", ""),
    ("responses", 2, "（一）回应公众关注热点或重大舆情数（不同方式回应同一热点或舆情计1次）", "次"),
    ("", 2, "（二）通过不同渠道和方式回应解读的情况", ""),
    ("press_conferences", 3, "1.参加或举办新闻发布会总次数", "次"),
    ("press_conferences_by_head", 4, "其中：主要负责同志参加新闻发布会次数", "次"),
    ("online_interviews", 3, "2.政府网站在线访谈次数", "次"),
    ("online_interviews_by_head", 4, "其中：主要负责同志参加政府网站在线访谈次数", "次"),
    ("policy_explanations", 3, "3.政策解读稿件发布数", "篇"),
    ("responses_social_media", 3, "4.微博微信回应事件数", "次"),
    ("responses_other", 3, "5.其他方式回应事件数", "次"),
    ("", 1, "三、依申请公开情况", ""),
    ("received", 2, "（一）收到申请数", "件"),
    ("received_in_person", 3, "1.当面申请数", "件"),
    ("received_fax", 3, "2.传真申请数", "件"),
    ("received_online", 3, "3.网络申请数", "件"),
    ("received_letter", 3, "4.信函申请数", "件"),
    ("finished", 2, "（二）申请办结数", "件"),
    ("finished_on_time", 3, "1.按时办结数", "件"),
    ("finished_extended", 3, "2.延期办结数", "件"),
    ("answered", 2, "（三）申请答复数", "件"),
    ("answered_already_public", 3, "1.属于已主动公开范围数", "件"),
    ("answered_granted", 3, "2.同意公开答复数", "件"),
    ("answered_partly_granted", 3, "3.同意部分公开答复数", "件"),
    ("answered_refused", 3, "4.不同意公开答复数", "件"),
    ("refused_state_secret", 4, "其中：1.涉及国家秘密", "件"),
    ("refused_trade_secret", 4, "2.涉及商业秘密", "件"),
    ("refused_privacy", 4, "3.涉及个人隐私", "件"),
    ("refused_security_stability", 4, "4.危及国家安全、公共安全、经济安全和社会稳定", "件"),
    ("refused_not_government_information", 4, "5.不是《条例》所指政府信息", "件"),
    ("refused_other", 4, "6.法律法规规定的其他情形", "件"),
    ("answered_not_competent", 3, "5.不属于本行政机关公开数", "件"),
    ("answered_not_existing", 3, "6.申请信息不存在数", "件"),
    ("answered_to_be_amended", 3, "7.告知作出更改补充数", "件"),
    ("answered_other_channel", 3, "8.告知通过其他途径办理数", "件"),
    ("reviews", 1, "四、行政复议数量", "件"),
    ("reviews_upheld", 2, "（一）维持具体行政行为数", "件"),
    ("reviews_corrected", 2, "（二）被依法纠错数", "件"),
    ("reviews_other", 2, "（三）其他情形数", "件"),
    ("lawsuits", 1, "五、行政诉讼数量", "件"),
    ("lawsuits_upheld", 2, "（一）维持具体行政行为或者驳回原告诉讼请求数", "件"),
    ("lawsuits_corrected", 2, "（二）被依法纠错数", "件"),
    ("lawsuits_other", 2, "（三）其他情形数", "件"),
    ("complaints", 1, "六、举报投诉数量", "件"),
    ("fees", 1, "七、依申请公开信息收取的费用", "万元"),
    ("", 1, "八、机构建设和保障经费情况", ""),
    ("offices", 2, "（一）政府信息公开工作专门机构数", "个"),
    ("reading_points", 2, "（二）设置政府信息公开查阅点数", "个"),
    ("staff", 2, "（三）从事政府信息公开工作人员数", "人"),
    ("staff_full_time", 3, "1.专职人员数（不包括政府公报及政府网站工作人员数）", "人"),
    ("staff_part_time", 3, "2.兼职人员数", "人"),
    ("funding", 2, "（四）政府信息公开专项经费（不包括用于政府公报编辑管理及政府网站建设维护等方面的经费）", "万元"),
    ("", 1, "九、政府信息公开会议和培训情况", ""),
    ("meetings", 2, "（一）召开政府信息公开工作会议或专题会议数", "次"),
    ("trainings", 2, "（二）举办各类培训班数", "次"),
    ("trained", 2, "（三）接受培训人员数", "人次"),
)
SUMS = {
    "received": ("received_in_person", "received_fax", "received_online", "received_letter"),
    "finished": ("finished_on_time", "finished_extended"),
    "answered_refused": (
        "refused_state_secret", "refused_trade_secret", "refused_privacy", "refused_security_stability",
        "refused_not_government_information", "refused_other",
    ),
    "answered": (
        "answered_already_public", "answered_granted", "answered_partly_granted", "answered_refused",
        "answered_not_competent", "answered_not_existing", "answered_to_be_amended", "answered_other_channel",
    ),
    "reviews": ("reviews_upheld", "reviews_corrected", "reviews_other"),
    "lawsuits": ("lawsuits_upheld", "lawsuits_corrected", "lawsuits_other"),
    "staff": ("staff_full_time", "staff_part_time"),
}  # fmt: skip
MONEY = ("fees", "funding")


@dataclass(frozen=True)
class Invented:
    """``layout``: plain, side_by_side, units_in_labels or nested; ``bend``: "", unknown, shuffled or wrong_parent."""

    name: str
    program: str
    organisation: str
    year: int
    layout: str
    bend: str = ""


ALL = (
    Invented("stat01.html", "LibreOffice Writer 7.4", "示例县教育局", 2017, "plain"),
    Invented("stat02.docx", "LibreOffice Writer 7.4", "示例市民政局", 2016, "plain", "unknown"),
    Invented("stat03.pdf", "Chromium 156", "示例区水务局", 2018, "plain"),
    Invented("stat04.pdf", "LibreOffice Writer 7.4", "示例县财政局", 2015, "side_by_side"),
    Invented("stat05.docx", "LibreOffice Writer 7.4", "示例镇人民政府", 2014, "plain", "shuffled"),
    Invented("stat06.html", "Chromium 156", "示例县统计局", 2016, "units_in_labels", "wrong_parent"),
    Invented("stat07.doc", "LibreOffice Writer 7.4", "示例市公安局", 2017, "nested"),
    Invented("stat08.xlsx", "LibreOffice Calc 7.4", "示例县司法局", 2018, "plain", "unknown"),
)
UNKNOWN = (("received_letter", 3, "5.邮箱投递件数", "件"), ("trained", 2, "（四）开放日参观人数", "人次"))
"""Rows that no form has: (the row before, level, label, unit)."""
MOVED = "policy_explanations"
"""The row that ``wrong_parent`` prints below 六、举报投诉数量."""


def figures_of(document: Invented) -> dict[str, str]:
    """Key → what is printed: every figure differs from every other, and the sums of the form hold."""
    draw = random.Random(f"statistics {document.name}")
    while True:
        figures = {key: draw.randrange(2, 900) for key, _, _, _ in ROWS if key and key not in MONEY}
        for whole in ("received", "finished", "answered_refused", "answered", "reviews", "lawsuits", "staff"):
            figures[whole] = sum(figures[part] for part in SUMS[whole])
        unknown = {label: draw.randrange(2, 900) for _, _, label, _ in UNKNOWN} if document.bend == "unknown" else {}
        drawn = [*figures.values(), *unknown.values()]
        if len(set(drawn)) == len(drawn):
            money = {key: f"{draw.randrange(2, 90)}.{draw.randrange(11, 99)}" for key in MONEY}
            return {key: str(figure) for key, figure in (figures | unknown).items()} | money


def rows_of(document: Invented) -> list[Row]:
    """The rows as this document prints them."""
    rows = list(ROWS)
    if document.bend == "unknown":
        for before, level, label, unit in UNKNOWN:
            at = next(number for number, row in enumerate(rows) if row[0] == before)
            rows.insert(at + 1, (label, level, label, unit))
    if document.bend == "wrong_parent":
        moved = next(row for row in rows if row[0] == MOVED)
        rows.remove(moved)
        at = next(number for number, row in enumerate(rows) if row[0] == "complaints")
        rows.insert(at + 1, moved)
    if document.bend == "shuffled":
        return _shuffled(rows, random.Random("shuffled"), 1)
    return rows


def _shuffled(rows: list[Row], draw: random.Random, level: int) -> list[Row]:
    """The blocks of a level in another order, each with its own rows below it; what 其中 begins keeps its place."""
    if level > 3 or not rows:
        return rows
    head = rows[: next((n for n, row in enumerate(rows) if row[1] <= level), len(rows))]
    blocks: list[list[Row]] = []
    for row in rows[len(head) :]:
        if row[1] == level:
            blocks.append([row])
        else:
            blocks[-1].append(row)
    draw.shuffle(blocks)
    return _shuffled(head, draw, level + 1) + [
        row for block in blocks for row in (block[0], *_shuffled(block[1:], draw, level + 1))
    ]


def truth_of(document: Invented) -> dict[str, Any]:
    """What a person reads in the document: figures by key, and the unknown rows by label."""
    figures = figures_of(document)
    known = {key: figure for key, figure in figures.items() if not key.endswith("数")}
    if document.bend == "wrong_parent":
        del known[MOVED]
    return {
        "organisation": document.organisation,
        "report_year": document.year,
        "figures": {f"statistics.{key}.{'amount' if key in MONEY else 'count'}": one for key, one in known.items()},
        "unknown": {label: figures[label] for _, _, label, _ in UNKNOWN if label in figures},
    }


def page_of(document: Invented) -> str:
    """The whole report as a page for a program to read: outline of those years, signature, and the table as annex."""
    name, year = document.organisation, document.year
    title = f"{name}{year}年政府信息公开工作年度报告"
    lines = (
        "一、概述", f"{year}年，本单位认真贯彻落实《中华人民共和国政府信息公开条例》。",
        "二、主动公开政府信息情况", "内容详见附表。", "三、依申请公开政府信息情况", "内容详见附表。",
        "四、政府信息公开的收费及减免情况", "本年度无减免。", "五、行政复议、行政诉讼情况", "内容详见附表。",
        "六、存在的主要问题及改进措施", "公开内容有待充实。", name, f"{year + 1}年3月20日",
    )  # fmt: skip
    body = "".join(f"<p>{line}</p>\n" for line in lines)
    return f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title><style>
body{{font-family:'AR PL UMing CN',serif;font-size:10pt}} table{{border-collapse:collapse;width:100%}}
td{{border:1px solid #000;padding:2px;font-size:9pt}}</style></head><body>
<h1>{title}</h1>
{body}<p>附表</p><p>政府信息公开情况统计表</p><p>（{year}年度）</p><p>填报单位（盖章）：{name}</p>
{table_of(document)}
<p>单位负责人：　　　审核人：　　　填报人：　　　联系电话：0999-6100099　　　填报日期：{year + 1}年3月1日</p>
</body></html>
"""


def table_of(document: Invented) -> str:
    rows, figures = rows_of(document), figures_of(document)
    cells = [(level, label, unit or "——", figures.get(key, "——")) for key, level, label, unit in rows]
    if document.layout == "side_by_side":
        half = (len(cells) + 1) // 2
        right = [*cells[half:], *[(0, "", "", "")] * (2 * half - len(cells))]
        lines = [_tds(*left[1:], *other[1:]) for left, other in zip(cells[:half], right, strict=True)]
        head = _tds(*("统计指标", "单位", "统计数") * 2)
    elif document.layout == "units_in_labels":
        lines = [_tds(f"{label}（{unit}）" if unit != "——" else label, figure) for _, label, unit, figure in cells]
        head = _tds("统计指标", "统计数")
    elif document.layout == "nested":
        return _nested(cells)
    else:
        lines = [_tds(*cell[1:]) for cell in cells]
        head = _tds("统计指标", "单位", "统计数")
    return f"<table border='1'>\n{head}{''.join(lines)}</table>"


def _tds(*texts: str) -> str:
    return "<tr>" + "".join(f"<td>{escape(text)}</td>" for text in texts) + "</tr>\n"


def _nested(cells: list[tuple[int, str, str, str]]) -> str:
    """Sections stand upright in a first column, over all their rows."""
    lines = ["<tr><td colspan='2'>统计指标</td><td>单位</td><td>统计数</td></tr>\n"]
    starts = [number for number, cell in enumerate(cells) if cell[0] == 1]
    for start, stop in zip(starts, [*starts[1:], len(cells)], strict=True):
        _, section, unit, figure = cells[start]
        below = cells[start + 1 : stop]
        if not below or figure != "——":
            lines.append(f"<tr><td colspan='2'>{section}</td><td>{unit}</td><td>{figure}</td></tr>\n")
            lines += [f"<tr><td colspan='2'>{label}</td><td>{u}</td><td>{f}</td></tr>\n" for _, label, u, f in below]
            continue
        for number, (_, label, unit, figure) in enumerate(below):
            first = f"<td rowspan='{len(below)}'>{section}</td>" if number == 0 else ""
            lines.append(f"<tr>{first}<td>{escape(label)}</td><td>{unit}</td><td>{figure}</td></tr>\n")
    return f"<table border='1'>\n{''.join(lines)}</table>"
