"""docs/reference/dictionary.zh.md：年报的每个字段，中文。"""

from __future__ import annotations

from collections.abc import Iterator

from archive.exports.parts.columns import FACTS
from docs.writing.fields import fields_of, list_tables, terms_of, years_of
from docs.writing.markdown import code, codes, page, plain, table
from parsers.forms import list_forms

_UNITS = {"count": "整数", "10k_yuan": "小数，万元"}
_KINDS = {"text": "文字", "count": "整数", "amount": "小数", "year": "年份", "date": "日期", "time": "时间（UTC）"}
_NAMES = {
    "proactive": "主动公开政府信息情况",
    "requests": "收到和处理政府信息公开申请情况",
    "disputes": "因政府信息公开工作被申请行政复议、提起行政诉讼情况",
    "statistics": "政府信息公开情况统计表（2014—2018年度）",
}
_PER = {"column": "逐列", "row": "逐行"}


def write() -> str:
    """整页。"""
    return page(
        "# 数据字典",
        "[English](dictionary.md)",
        "一份报告的全部字段：先是报告本身的情况，再是国家统一格式各表的每一格。行名、列名照表式所印。"
        "程序可由 `GET /api/v1/keys` 或表 `form_cells` 取得同样的指标键。",
        "指标键写作 `表.行.列`。件数为整数；金额为小数，一位不差，单位万元。每个数值旁边有原文（`raw`）和状态"
        "（`status`）：`number` 数字（0 也是数字）、`blank` 空格、`filler` 斜线、横线或“无”、`missing` 无此格、"
        "`unread` 有内容而读不准。只有 `number` 有数值；这五种从不混同，求和之前请先看状态。",
        "*版式*以开始使用的报告年度命名。实际的报告有两个版式混用的，"
        "各报告用的是哪一种，见视图的 `requests_form` 等列。",
        table(("表", "键", "版式", "报告年度", "依据"), _forms()),
        "## 报告的情况",
        table(("字段", "名称", "类型"), [(code(one.name), one.zh, _KINDS[one.kind]) for one in FACTS]),
        *(part for name in list_tables() for part in _describe(name)),
        "## 勾稽关系",
        "结果有三种：成立（HOLDS）、不成立（BROKEN）、无从判断（UNKNOWN，有一格不是数字）。只作报告，从不改数。",
        table(("勾稽关系", "版式", "算法", "表式所说", "左边", "右边"), _identities()),
    )


def _forms() -> Iterator[tuple[str, ...]]:
    for form in list_forms():
        authority = form.authority.replace(" (explains it)", "（说明）")
        yield _NAMES[form.table], code(form.table), code(form.form), years_of(form), plain(authority)


def _describe(name: str) -> Iterator[str]:
    fields = fields_of(name)
    yield f"## {_NAMES[name]}"
    yield table(
        ("指标键", "行", "列", "类型", "版式", "勾稽关系"),
        [
            (code(one.key), plain(" / ".join(one.rows) + "".join(f"（{group}）" for group in one.groups)),
             plain(" / ".join(one.columns)), _UNITS[one.unit], codes(one.forms), codes(one.identities))
            for one in fields
        ],
    )  # fmt: skip
    rows = [(plain("；".join(labels)), plain(term.means["zh"])) for term, labels in terms_of(fields)]
    yield "各行的意思：" if rows else ""
    yield table(("行", "意思"), rows)


def _identities() -> Iterator[tuple[str, ...]]:
    for form in list_forms():
        for one in form.identities:
            yield code(one.id), code(form.form), _PER[one.per], plain(one.label), codes(one.left), codes(one.right)
