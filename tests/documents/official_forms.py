"""The official forms, stated a second time: keys, labels and merges, apart from those of the reader.

Sources: 国办公开办函〔2019〕60号 and 国办公开办函〔2021〕30号. The bench compares the reader with what stands
here, so nothing of ``parsers`` is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

Rows = list[list["Box"]]
Labels = Callable[[str], str]
Columns = Sequence[tuple[str, str]]
Bands = Sequence[tuple[str, tuple[str, ...], tuple[tuple[str, str], ...], tuple[str, ...]]]
Groups = Sequence[tuple[str | None, tuple[tuple[str, str], ...]]]

COLUMNS = (
    ("natural_person", "自然人"),
    ("enterprise", "商业企业"),
    ("research", "科研机构"),
    ("social_welfare", "社会公益组织"),
    ("legal_service", "法律服务机构"),
    ("other_org", "其他"),
    ("total", "总计"),
)
OUTCOMES = (
    ("upheld", "结果维持"),
    ("corrected", "结果纠正"),
    ("other_result", "其他结果"),
    ("pending", "尚未审结"),
    ("total", "总计"),
)
BLOCKS = ("review", "litigation_direct", "litigation_after_review")

# (group label, ((key, label), …)); a group of one row without a label of its own is (None, …).
_GROUPS_2019: tuple[tuple[str | None, tuple[tuple[str, str], ...]], ...] = (
    (None, (("granted", "（一）予以公开"),)),
    (None, (("partly_granted", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"),)),
    (
        "（三）不予公开",
        (
            ("refused_state_secret", "1.属于国家秘密"),
            ("refused_forbidden_by_law", "2.其他法律行政法规禁止公开"),
            ("refused_security_stability", "3.危及“三安全一稳定”"),
            ("refused_third_party", "4.保护第三方合法权益"),
            ("refused_internal_affairs", "5.属于三类内部事务信息"),
            ("refused_deliberative", "6.属于四类过程性信息"),
            ("refused_enforcement_file", "7.属于行政执法案卷"),
            ("refused_administrative_query", "8.属于行政查询事项"),
        ),
    ),
    (
        "（四）无法提供",
        (
            ("unavailable_not_held", "1.本机关不掌握相关政府信息"),
            ("unavailable_needs_creation", "2.没有现成信息需要另行制作"),
            ("unavailable_still_unclear", "3.补正后申请内容仍不明确"),
        ),
    ),
    (
        "（五）不予处理",
        (
            ("declined_petition", "1.信访举报投诉类申请"),
            ("declined_repeat", "2.重复申请"),
            ("declined_publication", "3.要求提供公开出版物"),
            ("declined_excessive", "4.无正当理由大量反复申请"),
            ("declined_reissue", "5.要求行政机关确认或重新出具已获取信息"),
        ),
    ),
    (None, (("other_handling", "（六）其他处理"),)),
    (None, (("handled_total", "（七）总计"),)),
)
_OTHER_2021 = (
    "（六）其他处理",
    (
        ("other_not_corrected", "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"),
        ("other_fee_unpaid", "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"),
        ("other_other", "3.其他"),
    ),
)
GROUPS = {"2019": _GROUPS_2019, "2021": (*_GROUPS_2019[:-2], _OTHER_2021, _GROUPS_2019[-1])}

# (band title, header labels, ((row key, row label), …), column keys)
_AMOUNT_2021 = "本年收费金额（单位：万元）"
_AMOUNT_2019 = "采购总金额（单位：万元）"
_ITEMS = ("上一年项目数量", "本年增/减", "处理决定数量")
BANDS: dict[str, Bands] = {
    "2019": (
        (
            "第二十条第（一）项",
            ("本年新制作数量", "本年新公开数量", "对外公开总数量"),
            (("regulations", "规章"), ("normative_documents", "规范性文件")),
            ("made", "newly_disclosed", "disclosed_total"),
        ),
        (
            "第二十条第（五）项",
            _ITEMS,
            (("licensing", "行政许可"), ("other_services", "其他对外管理服务事项")),
            ("previous_items", "change", "decisions"),
        ),
        (
            "第二十条第（六）项",
            _ITEMS,
            (("penalties", "行政处罚"), ("coercion", "行政强制")),
            ("previous_items", "change", "decisions"),
        ),
        ("第二十条第（八）项", _ITEMS[:2], (("fees", "行政事业性收费"),), ("previous_items", "change")),
        ("第二十条第（九）项", ("采购项目数量", _AMOUNT_2019), (("procurement", "政府集中采购"),), ("items", "amount")),
    ),
    "2021": (
        (
            "第二十条第（一）项",
            ("本年制发件数", "本年废止件数", "现行有效件数"),
            (("regulations", "规章"), ("normative_documents", "行政规范性文件")),
            ("issued", "repealed", "in_force"),
        ),
        ("第二十条第（五）项", ("本年处理决定数量",), (("licensing", "行政许可"),), ("decisions",)),
        (
            "第二十条第（六）项",
            ("本年处理决定数量",),
            (("penalties", "行政处罚"), ("coercion", "行政强制")),
            ("decisions",),
        ),
        ("第二十条第（八）项", (_AMOUNT_2021,), (("fees", "行政事业性收费"),), ("amount",)),
    ),
}
NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"


@dataclass(frozen=True)
class Box:
    """One cell as drawn. ``key`` is set on data cells alone; ``text`` is then the printed figure."""

    text: str
    rowspan: int = 1
    colspan: int = 1
    key: str = ""


def as_printed(label: str) -> str:
    return label


def request_rows(form: str) -> list[str]:
    """Keys of the rows of table 三, top to bottom."""
    inner = [key for _, rows in GROUPS[form] for key, _ in rows]
    return ["received", "carried_in", *inner, "carried_out"]


def keys_of(forms: Mapping[str, str | None]) -> list[str]:
    """Every key of the forms that are there, in the order of the official form."""
    keys: list[str] = []
    proactive, requests = forms["proactive"], forms["requests"]
    if proactive is not None:
        for _, _, rows, columns in BANDS[proactive]:
            keys += [f"proactive.{row}.{column}" for row, _ in rows for column in columns]
    if requests is not None:
        keys += [f"requests.{row}.{column}" for row in request_rows(requests) for column, _ in COLUMNS]
    if forms["disputes"] is not None:
        keys += [f"disputes.{block}.{outcome}" for block in BLOCKS for outcome, _ in OUTCOMES]
    return keys


def proactive_bands(bands: Bands, prints: Mapping[str, str], label: Labels = as_printed) -> list[Rows]:
    """Table 二 band by band, four grid columns; the last data cell of a short row spans what is left."""
    drawn = []
    for title, heads, rows, columns in bands:
        band: Rows = [[Box(label(title), colspan=4)], _filled([Box(label(text)) for text in ("信息内容", *heads)])]
        for row, text in rows:
            data = [Box(prints[key], key=key) for key in (f"proactive.{row}.{column}" for column in columns)]
            band.append(_filled([Box(label(text)), *data]))
        drawn.append(band)
    return drawn


def _filled(row: list[Box], width: int = 4) -> list[Box]:
    return [*row[:-1], replace(row[-1], colspan=width - len(row) + 1)]


def requests_head(label: Labels = as_printed, columns: Columns = COLUMNS) -> Rows:
    """The three header rows of table 三: ten grid columns, three of labels and seven of data.

    ``columns`` may hold the same columns in another order, the five of 法人或其他组织 side by side.
    """
    second: list[Box] = []
    for key, text in columns:
        if key in {"natural_person", "total"}:
            second.append(Box(label(text), 2))
        elif not any(box.colspan == 5 for box in second):
            second.append(Box(label("法人或其他组织"), 1, 5))
    third = [Box(label(text)) for key, text in columns if key not in {"natural_person", "total"}]
    return [[Box(label(NOTE), 3, 3), Box(label("申请人情况"), 1, 7)], second, third]


def requests_body(
    groups: Groups, prints: Mapping[str, str], label: Labels = as_printed, columns: Columns = COLUMNS
) -> Rows:
    """The data rows of table 三 with the merges of the official form."""

    def data(row: str) -> list[Box]:
        return [Box(prints[key], key=key) for key in (f"requests.{row}.{column}" for column, _ in columns)]

    body: Rows = [[Box(label("一、本年新收政府信息公开申请数量"), 1, 3), *data("received")]]
    body.append([Box(label("二、上年结转政府信息公开申请数量"), 1, 3), *data("carried_in")])
    result = Box(label("三、本年度办理结果"), sum(len(rows) for _, rows in groups))
    for number, (group, rows) in enumerate(groups):
        for place, (key, text) in enumerate(rows):
            row = [result] if number == 0 and place == 0 else []
            if group is None:
                row.append(Box(label(text), 1, 2))
            else:
                row += [Box(label(group), len(rows))] if place == 0 else []
                row.append(Box(label(text)))
            body.append([*row, *data(key)])
    body.append([Box(label("四、结转下年度继续办理"), 1, 3), *data("carried_out")])
    return body


def disputes_table(
    prints: Mapping[str, str], label: Labels = as_printed, *, review: bool = True, order: Columns = OUTCOMES
) -> Rows:
    """Table 四: fifteen grid columns, or ten where the document leaves the 行政复议 block out."""
    outcomes = [Box(label(text)) for _, text in order]
    blocks = BLOCKS if review else BLOCKS[1:]
    data = [Box(prints[key], key=key) for key in (f"disputes.{b}.{o}" for b in blocks for o, _ in order)]
    top = [Box(label("行政诉讼"), 1, 10)]
    second = [Box(label("未经复议直接起诉"), 1, 5), Box(label("复议后起诉"), 1, 5)]
    if review:
        top = [Box(label("行政复议"), 1, 5), *top]
        second = [*(replace(box, rowspan=2) for box in outcomes), *second]
    return [top, second, [*outcomes, *outcomes], data]
