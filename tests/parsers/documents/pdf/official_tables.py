"""The official tables as rows of (text, rowspan, colspan), filled with figures that all differ."""

from __future__ import annotations

from collections.abc import Iterator

Cell = tuple[str, int, int]
Row = list[Cell]

NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
PEOPLE = ["商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"]
ENDS = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
REFUSED = [
    "1.属于国家秘密",
    "2.其他法律行政法规禁止公开",
    "3.危及“三安全一稳定”",
    "4.保护第三方合法权益",
    "5.属于三类内部事务信息",
    "6.属于四类过程性信息",
    "7.属于行政执法案卷",
    "8.属于行政查询事项",
]
UNAVAILABLE = ["1.本机关不掌握相关政府信息", "2.没有现成信息需要另行制作", "3.补正后申请内容仍不明确"]
DECLINED = [
    "1.信访举报投诉类申请",
    "2.重复申请",
    "3.要求提供公开出版物",
    "4.无正当理由大量反复申请",
    "5.要求行政机关确认或重新出具已获取信息",
]
OTHER = [
    "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
    "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
    "3.其他",
]
PARTLY = "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"


def figures(start: int) -> Iterator[str]:
    """Figures that all differ, of one to six digits, in no order that a misplaced column would keep."""
    given: set[int] = set()
    for step in range(start, start + 2000):
        figure = step * (7, 1, 53, 1009)[step % 4] % (500, 40, 9000, 900000)[step % 4]
        if figure not in given:
            given.add(figure)
            yield str(figure)


def plain(texts: list[str]) -> Row:
    return [(text, 1, 1) for text in texts]


def proactive_2021(figure: Iterator[str]) -> list[Row]:
    rows: list[Row] = [
        [("第二十条第（一）项", 1, 4)],
        plain(["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"]),
    ]
    rows += [plain([label, next(figure), next(figure), next(figure)]) for label in ("规章", "行政规范性文件")]
    for band, column, labels in (
        ("第二十条第（五）项", "本年处理决定数量", ["行政许可"]),
        ("第二十条第（六）项", "本年处理决定数量", ["行政处罚", "行政强制"]),
        ("第二十条第（八）项", "本年收费金额（单位：万元）", ["行政事业性收费"]),
    ):
        rows += [[(band, 1, 4)], [("信息内容", 1, 1), (column, 1, 3)]]
        rows += [[(label, 1, 1), (next(figure) + (".6" if "收费" in label else ""), 1, 3)] for label in labels]
    return rows


def proactive_2019(figure: Iterator[str]) -> list[Row]:
    rows: list[Row] = []
    for band, columns, labels, spans in (
        (
            "第二十条第（一）项",
            ["本年新制作数量", "本年新公开数量", "对外公开总数量"],
            ["规章", "规范性文件"],
            [1, 2, 1],
        ),
        (
            "第二十条第（五）项",
            ["上一年项目数量", "本年增/减", "处理决定数量"],
            ["行政许可", "其他对外管理服务事项"],
            [1, 2, 1],
        ),
        ("第二十条第（六）项", ["上一年项目数量", "本年增/减", "处理决定数量"], ["行政处罚", "行政强制"], [1, 2, 1]),
        ("第二十条第（八）项", ["上一年项目数量", "本年增/减"], ["行政事业性收费"], [2, 2]),
        ("第二十条第（九）项", ["采购项目数量", "采购总金额（单位：万元）"], ["政府集中采购"], [2, 2]),
    ):
        rows += [[(band, 1, 5)], [("信息内容", 1, 1), *((c, 1, s) for c, s in zip(columns, spans, strict=True))]]
        for label in labels:
            row: Row = [(label, 1, 1)]
            for column, span in zip(columns, spans, strict=True):
                sign = "-" if column == "本年增/减" and label == "行政处罚" else ""
                row.append((sign + next(figure), 1, span))
            rows.append(row)
    return rows


def requests(figure: Iterator[str], form: str, vertical: str = "三、本年度办理结果") -> list[Row]:
    """Table 三: three header rows, then the data rows of the form; ``vertical`` is the label over the results."""

    def seven() -> Row:
        return plain([next(figure) for _ in range(7)])

    rows: list[Row] = [
        [(NOTE, 3, 3), ("申请人情况", 1, 7)],
        [("自然人", 2, 1), ("法人或其他组织", 1, 5), ("总计", 2, 1)],
        plain(PEOPLE),
        [("一、本年新收政府信息公开申请数量", 1, 3), *seven()],
        [("二、上年结转政府信息公开申请数量", 1, 3), *seven()],
    ]
    results: list[Row] = [[("（一）予以公开", 1, 2), *seven()], [(PARTLY, 1, 2), *seven()]]
    groups = [("（三）不予公开", REFUSED), ("（四）无法提供", UNAVAILABLE), ("（五）不予处理", DECLINED)]
    if form == "2021":
        groups.append(("（六）其他处理", OTHER))
    for group, labels in groups:
        for index, label in enumerate(labels):
            head: Row = [(group, len(labels), 1)] if index == 0 else []
            results.append([*head, (label, 1, 1), *seven()])
    if form == "2019":
        results.append([("（六）其他处理", 1, 2), *seven()])
    results.append([("（七）总计", 1, 2), *seven()])
    results[0].insert(0, (vertical, len(results), 1))
    return [*rows, *results, [("四、结转下年度继续办理", 1, 3), *seven()]]


def disputes(figure: Iterator[str]) -> list[Row]:
    return [
        [("行政复议", 1, 5), ("行政诉讼", 1, 10)],
        [*((end, 2, 1) for end in ENDS), ("未经复议直接起诉", 1, 5), ("复议后起诉", 1, 5)],
        plain(ENDS * 2),
        plain([next(figure) for _ in range(15)]),
    ]


def positions(rows: list[Row]) -> list[tuple[Cell, int, int]]:
    """Each cell with the row and column where it begins (from 0), after spans."""
    taken: set[tuple[int, int]] = set()
    found = []
    for r, row in enumerate(rows):
        c = 0
        for cell in row:
            while (r, c) in taken:
                c += 1
            found.append((cell, r, c))
            taken |= {(r + i, c + j) for i in range(cell[1]) for j in range(cell[2])}
    return found
