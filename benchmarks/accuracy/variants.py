"""The variants of real reports by name: how labels, figures, rows and lines are bent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from benchmarks.accuracy import bends
from benchmarks.accuracy.bends import Bend
from benchmarks.accuracy.papers import Paper
from tests.documents import prints
from tests.documents.figures import Figure
from tests.documents.official_forms import Box, Labels, as_printed
from tests.documents.prints import Print, Printed


@dataclass(frozen=True)
class Variant:
    """``label`` bends every printed label, ``bend`` the paper after that."""

    name: str
    label: Labels = as_printed
    bend: Bend = lambda paper: paper
    only: str = ""
    """The first letters of the formats that show it; "" for all."""
    never: str = "never"
    """The first letters of formats that show it as something else."""

    def shown_in(self, form: str) -> bool:
        return form.startswith(self.only) and not form.startswith(self.never)


def _swap(old: str, new: str) -> Labels:
    return lambda text: text.replace(old, new)


def _numbered(pattern: str) -> Labels:
    return lambda text: re.sub(r"^(\d)\.", pattern, text)


def _halved(text: str) -> str:
    return f"{text[: len(text) // 2]}\n{text[len(text) // 2 :]}" if len(text) > 2 else text


_SPLIT = {"商业企业": "商 业 企\n业", "科研机构": "科研机\n构", "法律服务机构": "法 律 服 务\n机构"}

_LABELS: dict[str, Labels] = {
    "label: 规范性文件": _swap("行政规范性文件", "规范性文件"),
    "label: 社会组织": _swap("社会公益组织", "社会组织"),
    "label: typo": _swap("其他法律行政法规禁止公开", "其他法律行政止公开"),
    "label: truncated header": _swap("现行有效件数", "现行有效件"),
    "label: spaces in 第二十条": _swap("第二十条第（", "第二十条  第（"),
    "label: half-width brackets": lambda text: text.replace("（", "(").replace("）", ")"),
    "label: half-width colon": _swap("（单位：万元）", "（单位:万元）"),
    "label: mixed brackets": _swap("（单位：万元）", "(单位：万元）"),
    "label: straight quotes": lambda text: text.replace("“", '"').replace("”", '"'),
    "label: no quotes": lambda text: text.replace("“", "").replace("”", ""),
    "label: without its note": _swap("（区分处理的，只计这一情形，不计其他情形）", ""),
    "label: 其它": _swap("其他", "其它"),
    "numbering: 1、": _numbered(r"\1、"),
    "numbering: 1. with a space": _numbered(r"\1. "),
    "numbering: (1)": _numbered(r"(\1)"),
    "numbering: １．": lambda text: re.sub(r"^(\d)\.", lambda m: f"{chr(ord(m[1]) + 0xFEE0)}．", text),
    "numbering: ①": lambda text: re.sub(r"^(\d)\.", lambda m: chr(ord("①") + int(m[1]) - 1), text),
    "numbering: lost": lambda text: re.sub(r"^(?:\d\.|（[一二三四五六七]）|[一二三四]、)", "", text),
    "numbering: mixed": lambda text: re.sub(r"^(\d)\.", lambda m: f"{m[1]}、" if int(m[1]) % 2 else f"({m[1]})", text),
    "split word: 商 业 企⏎业": lambda text: _SPLIT.get(text, text),
    "split word: every label in two lines": _halved,
    "split word: spaces": lambda text: " ".join(text) if len(text) < 6 else text,
    "vertical text": lambda text: "\n".join(text) if text in {"三、本年度办理结果", "（三）不予公开"} else text,
    "vertical text with spaces": _swap("三、本年度办理结果", "三 、本 年\n度办 理 结果"),
    "padding: labels": lambda text: f"\u3000{text}\u3000",
}  # fmt: skip

RECEIVED = "requests.received."


def _column_unit(factor: Decimal) -> Bend:
    """The amount in the unit that its column names."""

    def printed(figure: Figure) -> Printed:
        other = (Decimal(figure) * factor).normalize()
        return f"{other:f}", figure, "number"

    def bend(paper: Paper) -> Paper:
        (key,) = [key for key in paper.truth if key.endswith(".amount")]
        return paper.printed({key: printed})

    return bend


def _in_100m_yuan(figure: Figure) -> Printed:
    return f"{(Decimal(figure) / 10000).normalize():f}亿元", figure, "number"


def _thousand_wide(figure: Figure) -> Printed:
    shown, value, status = prints.thousands(figure)
    return shown.replace(",", "，"), value, status


def _of(way: Print, *starts: str) -> Bend:
    return lambda paper: paper.printed(
        {key: way for key in paper.truth if any(key.startswith(start) or key.endswith(start) for start in starts)}
    )


def _signed(paper: Paper) -> Paper:
    ways = (prints.plus, prints.minus, prints.increased, prints.decreased)
    keys = [key for key in paper.truth if key.endswith((".change", ".research"))]
    return paper.printed({key: ways[at % 4] for at, key in enumerate(keys)})


def _notes(paper: Paper) -> Paper:
    ways = (prints.with_expiries, prints.with_revisions)
    keys = [key for key in paper.truth if key.startswith("proactive.normative")]
    return paper.printed({key: ways[at % 2] for at, key in enumerate(keys)})


_FIGURES: dict[str, Bend] = {
    "figures: １２３": _of(prints.full_width, RECEIVED, "disputes.", "proactive.licensing", ".total"),
    "figures: 1,234": _of(prints.thousands, RECEIVED, ".total"),
    "figures: 1，234": _of(_thousand_wide, RECEIVED, ".total"),
    "figures: spaced digits": _of(prints.spaced_out, "requests.granted."),
    "signed": _signed,
    "unit in cell: 万元": _of(prints.in_10k_yuan, ".amount"),
    "unit in cell: 元": _of(prints.in_yuan, ".amount"),
    "unit in cell: 亿元": _of(_in_100m_yuan, ".amount"),
    "unit in cell: 件": _of(prints.with_unit, RECEIVED, "disputes.", "proactive.penalties"),
    "decimals": _of(prints.four_decimals, ".amount"),
    "note in cell": _notes,
    "zeros": _of(prints.zero, "requests.refused", "disputes.", "proactive.regulations"),
    "padding: blank before": bends.padded(" ", ""),
    "padding: U+3000 and U+00A0": bends.padded("\u3000", "\u00a0"),
    "padding: lines before": bends.padded("\n\n", ""),
    "blank: 行政复议": bends.emptied("", "blank", "disputes.review."),
    "blank: table 四": bends.emptied("", "blank", "disputes."),
    "blank: &nbsp; totals": bends.emptied("\u00a0", "blank", "requests.received.total", "requests.granted.total"),
    "blank: scattered": bends.emptied(
        "",
        "blank",
        "requests.granted.research",
        "requests.refused_third_party.enterprise",
        "requests.carried_out.total",
    ),
    "blank: a whole row": bends.emptied("\u3000", "blank", "requests.declined_repeat."),
    "filler: /": bends.emptied("/", "filler", "requests.declined_repeat.", "disputes.review."),
    "filler: —": bends.emptied("—", "filler", "requests.granted.research", "proactive.penalties."),
    "filler: -": bends.emptied("-", "filler", "requests.carried_in.total", "disputes.litigation_direct."),
    "filler: 无": bends.emptied("无", "filler", "proactive.regulations.", "requests.declined_petition."),
}

_TABLES: dict[str, Bend] = {
    "extra: 8 values, first": bends.surplus("declined_repeat", 0),
    "extra: 8 values, middle": bends.surplus("refused_third_party", 3),
    "extra: 8 values, last": bends.surplus("granted", 7),
    "extra: 8 values, table padded": bends.both(bends.surplus("refused_third_party", 3), bends.padded_to_widest),
    "extra: 8 values, last, table padded": bends.both(bends.surplus("granted", 7), bends.padded_to_widest),
    "layout: tables joined on another grid": bends.grid_moved("refused_third_party"),
    "extra: blank row": bends.row_added("disputes", "end", *(Box("") for _ in range(15))),
    "extra: blank row in 三": bends.row_added("requests", "received", *(Box("") for _ in range(10))),
    "extra: row 小计": bends.row_added(
        "requests", "refused_third_party", Box("小计"), *(Box(str(80001 + n)) for n in range(7))
    ),
    "extra: 单位 above": bends.row_added("requests", "", Box("单位：件", colspan=10)),
    "extra: cells of a clone": bends.clone_cells,
    "extra: 序号 column": bends.column_before("序号", True),
    "extra: empty first column": bends.column_before("", False),
    "missing: 行政复议": bends.no_review,
    "missing: last cell": bends.no_last_cell("declined_excessive"),
    "missing: header 商业企业": bends.header_label_gone("商业企业", "enterprise"),
    "missing: header 总计": bends.header_label_gone("总计", "total"),
    "merged: seven cells": bends.merged("refused_state_secret"),
    "merged: first filled": bends.first_filled("declined_publication"),
    "footnote: row": bends.row_added("requests", "end", Box("注：以上含上年度结转12件。", colspan=10)),
    "footnote: line": bends.note_after_table("注：行政复议、行政诉讼数量含上年度结转数量。"),
    "page break: repeated header": bends.header_again("refused_third_party"),
    "page break: two repeated headers": bends.header_again("refused_third_party", "declined_repeat"),
    "page break: table goes on": bends.table_cut("refused_third_party", again=False),
    "page break: table and header": bends.table_cut("refused_third_party", again=True),
    "page break: label cut": bends.label_cut("unavailable_needs_creation", 8),
    "page break: page number in label": bends.label_cut("declined_reissue", 6, page_number="- 4 -"),
    "page number: -4-": bends.row_added("requests", "received", Box("-4-", colspan=10)),
    "page number: — 4 —": bends.row_added("requests", "refused_state_secret", Box("— 4 —", colspan=8)),
    "labels: repeated on every row": bends.label_columns("repeated"),
    "labels: innermost alone": bends.label_columns("innermost"),
    "labels: all levels in one cell": bends.label_columns("one"),
    "layout: one table for all": bends.one_table,
    "layout: bands apart": bends.bands_apart,
    "layout: two reports": bends.two_reports(titled=True),
    "layout: two reports, one title": bends.two_reports(titled=False),
}

_SHIFTED: dict[str, Bend] = {
    "layout: header 总计 in row 1": bends.header_moved("总计", 0, -1),
}


def _cut_title(text: str) -> str:
    at = text.index("20")
    return f"{text[:at]}\n{text[at:]}"


def _drop(pattern: str) -> Bend:
    return bends.lines_changed(lambda text: re.sub(pattern, "", text), "heading")


_LINES: dict[str, Bend] = {
    "heading: numbers lost": bends.lines_changed(lambda text: re.sub("^[一二三四五六]、", "- ", text), "heading"),
    "heading: no numbers": _drop("^[一二三四五六]、"),
    "heading: five without number": _drop("^五、"),
    "heading: （一）": bends.lines_changed(lambda text: re.sub("^([一二三四五六])、", r"（\1）", text), "heading"),
    "heading: 存在的问题和改进情况": bends.lines_changed(_swap("存在的主要问题及", "存在的问题和"), "heading"),
    "heading: none": lambda paper: paper.with_lines(lambda line: None if line.kind == "heading" else line),
    "artefact: 表格如下": bends.line_before_table("该部分以表格形式报告，表格如下："),
    "artefact: [bookmark: _GoBack]": bends.lines_changed(lambda text: f"[bookmark: _GoBack]{text}", "paragraph"),
    "artefact: 格式>": bends.lines_changed(lambda text: f"{text}格式>", "paragraph"),
    "artefact: {{ title }}": bends.lines_changed(lambda text: f"{{{{ title }}}}{text}", "paragraph"),
    "title: two lines": bends.lines_changed(_cut_title, "title"),
    "title: （文字版）": bends.lines_changed(lambda text: f"{text}（文字版）", "title"),
    "title: no organisation": bends.lines_changed(lambda text: text[text.index("20") :], "title"),
    "title: inner spaces": bends.lines_changed(lambda text: re.sub(r"(\d{4})", r" \1 ", text), "title"),
    "text loss: 年月日 without digits": bends.lines_changed(lambda text: text.replace("年1月1日", "11日"), "paragraph"),
}

_UNIT_LABELS: dict[str, tuple[str, Decimal]] = {
    "unit of column: 元": ("（单位：元）", Decimal(10000)),
    "unit of column: 亿元": ("（单位：亿元）", Decimal("0.0001")),
    "unit of column: inner brackets": ("(单位：万元)", Decimal(1)),
}


_BENDS = _FIGURES | _TABLES | _LINES
_NEVER = {
    # Between tabs, a cell over seven columns and a first cell before six empty ones look alike.
    "merged: seven cells": "dump-rows",
    # Two reports on one sheet are rows of one grid, with nothing between them; both are left unread.
    "layout: two reports": "xls",
    "layout: two reports, one title": "xls",
}


def all_variants() -> Mapping[str, Variant]:
    """Every variant by its name; "clean" is the first."""
    made = [Variant("clean")]
    made += [Variant(name, label) for name, label in _LABELS.items()]
    made += [
        Variant(name, _swap("（单位：万元）", unit), _column_unit(factor))
        for name, (unit, factor) in _UNIT_LABELS.items()
    ]
    made += [Variant(name, bend=bend, never=_NEVER.get(name, "never")) for name, bend in _BENDS.items()]
    made += [Variant(name, bend=bend, only="dump") for name, bend in _SHIFTED.items()]
    return {variant.name: variant for variant in made}
