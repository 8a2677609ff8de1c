"""The official forms as the county prints them: rows, columns and labels.

国办公开办函〔2019〕60号 and 国办公开办函〔2021〕30号.
The labels are the notices' own wording; the keys are the project's.
"""

from __future__ import annotations

ORGANISATIONS = {
    "enterprise": "商业企业",
    "research": "科研机构",
    "social_welfare": "社会公益组织",
    "legal_service": "法律服务机构",
    "other_org": "其他",
}
APPLICANTS = ("natural_person", *ORGANISATIONS)

RECEIVED = {
    "received": "一、本年新收政府信息公开申请数量",
    "carried_in": "二、上年结转政府信息公开申请数量",
}
CARRIED_OUT = {"carried_out": "四、结转下年度继续办理"}
HANDLED_TOTAL = {"handled_total": "（七）总计"}

# Band label → rows under it; an empty band label means that the row has no band.
OUTCOMES: tuple[tuple[str, dict[str, str]], ...] = (
    ("", {"granted": "（一）予以公开"}),
    ("", {"partly_granted": "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"}),
    (
        "（三）不予公开",
        {
            "refused_state_secret": "1.属于国家秘密",
            "refused_forbidden_by_law": "2.其他法律行政法规禁止公开",
            "refused_security_stability": "3.危及“三安全一稳定”",
            "refused_third_party": "4.保护第三方合法权益",
            "refused_internal_affairs": "5.属于三类内部事务信息",
            "refused_deliberative": "6.属于四类过程性信息",
            "refused_enforcement_file": "7.属于行政执法案卷",
            "refused_administrative_query": "8.属于行政查询事项",
        },
    ),
    (
        "（四）无法提供",
        {
            "unavailable_not_held": "1.本机关不掌握相关政府信息",
            "unavailable_needs_creation": "2.没有现成信息需要另行制作",
            "unavailable_still_unclear": "3.补正后申请内容仍不明确",
        },
    ),
    (
        "（五）不予处理",
        {
            "declined_petition": "1.信访举报投诉类申请",
            "declined_repeat": "2.重复申请",
            "declined_publication": "3.要求提供公开出版物",
            "declined_excessive": "4.无正当理由大量反复申请",
            "declined_reissue": "5.要求行政机关确认或重新出具已获取信息",
        },
    ),
)
OTHER_HANDLING = {
    "2019": ("", {"other_handling": "（六）其他处理"}),
    "2021": (
        "（六）其他处理",
        {
            "other_not_corrected": "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
            "other_fee_unpaid": "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
            "other_other": "3.其他",
        },
    ),
}

RESULTS = {"upheld": "结果维持", "corrected": "结果纠正", "other_result": "其他结果", "pending": "尚未审结"}
DISPUTES = {
    "review": "行政复议",
    "litigation_direct": "未经复议直接起诉",
    "litigation_after_review": "复议后起诉",
}
TOTAL = "总计"


def handled_bands(form: str) -> tuple[tuple[str, dict[str, str]], ...]:
    """The bands of 三、本年度办理结果 but its （七）总计, of one form."""
    return (*OUTCOMES, OTHER_HANDLING[form])


def handled_rows(form: str) -> tuple[str, ...]:
    """The rows whose sum is handled_total: 19 in the form of 2019, 21 in that of 2021."""
    return tuple(row for _, rows in handled_bands(form) for row in rows)


_ITEMS = {"previous_items": "上一年项目数量", "change": "本年增/减", "decisions": "处理决定数量"}
_DECISIONS = {"decisions": "本年处理决定数量"}

# (article of the Regulation, rows, columns)
Band = tuple[str, dict[str, str], dict[str, str]]
PROACTIVE: dict[str, tuple[Band, ...]] = {
    "2019": (
        (
            "（一）",
            {"regulations": "规章", "normative_documents": "规范性文件"},
            {"made": "本年新制作数量", "newly_disclosed": "本年新公开数量", "disclosed_total": "对外公开总数量"},
        ),
        ("（五）", {"licensing": "行政许可", "other_services": "其他对外管理服务事项"}, _ITEMS),
        ("（六）", {"penalties": "行政处罚", "coercion": "行政强制"}, _ITEMS),
        ("（八）", {"fees": "行政事业性收费"}, {"previous_items": "上一年项目数量", "change": "本年增/减"}),
        (
            "（九）",
            {"procurement": "政府集中采购"},
            {"items": "采购项目数量", "amount": "采购总金额（单位：万元）"},
        ),
    ),
    "2021": (
        (
            "（一）",
            {"regulations": "规章", "normative_documents": "行政规范性文件"},
            {"issued": "本年制发件数", "repealed": "本年废止件数", "in_force": "现行有效件数"},
        ),
        ("（五）", {"licensing": "行政许可"}, _DECISIONS),
        ("（六）", {"penalties": "行政处罚", "coercion": "行政强制"}, _DECISIONS),
        ("（八）", {"fees": "行政事业性收费"}, {"amount": "本年收费金额（单位：万元）"}),
    ),
}

_ROW_LABELS = {
    **RECEIVED,
    **{
        row: f"{band} {label}".lstrip()
        for form in ("2019", "2021")
        for band, rows in handled_bands(form)
        for row, label in rows.items()
    },
    **HANDLED_TOTAL,
    **CARRIED_OUT,
    **{row: DISPUTES["review"] if row == "review" else f"行政诉讼 {label}" for row, label in DISPUTES.items()},
    **{row: label for bands in PROACTIVE.values() for _, rows, _ in bands for row, label in rows.items()},
}
_COLUMN_LABELS = {
    "natural_person": "自然人",
    **ORGANISATIONS,
    **RESULTS,
    "total": TOTAL,
    **{column: label for bands in PROACTIVE.values() for _, _, columns in bands for column, label in columns.items()},
}


def label_of(key: str) -> str:
    """``requests.received.natural_person`` → ``一、本年新收政府信息公开申请数量 · 自然人``."""
    _, row, column = key.split(".")
    return f"{_ROW_LABELS[row]} · {_COLUMN_LABELS[column]}"


def name_of(across: str) -> str:
    """A row or a column: ``review`` → ``行政复议``, ``natural_person`` → ``自然人``."""
    return _ROW_LABELS.get(across) or _COLUMN_LABELS[across]


def proactive_keys(form: str) -> tuple[str, ...]:
    """The keys of table 二 in the order of print: 22 of the form of 2019, 10 of that of 2021."""
    return tuple(
        f"proactive.{row}.{column}" for _, rows, columns in PROACTIVE[form] for row in rows for column in columns
    )
