"""Words that stand in the forms' tables: enough to tell such a table from the layout around it."""

from __future__ import annotations

import re

from parsers.text import squeeze

_LABELS = re.compile(
    "第二十条第|本年制发件数|本年废止件数|现行有效件数|本年新制作数量|本年新公开数量|对外公开总数量|本年处理决定数量|"
    "处理决定数量|行政许可|行政处罚|行政强制|行政事业性收费|政府集中采购|本年收费金额|规范性文件|"
    "本年新收政府信息公开申请|上年结转政府信息公开申请|结转下年度继续办理|予以公开|部分公开|不予公开|无法提供|"
    "不予处理|其他处理|法人或其他组织|法律服务机构|未经复议直接起诉|复议后起诉|结果维持|结果纠正|尚未审结|"
    "统计指标|主动公开政府信息数|主动公开情况|回应解读情况|依申请公开情况|举报投诉数量"
)
_ENOUGH_LABELS = 2


def speaks_of_the_form(text: str) -> bool:
    """True for the text of a table with two different labels of the forms in it; white space does not matter."""
    found: set[str] = set()
    for match in _LABELS.finditer(squeeze(text)):
        found.add(match.group())
        if len(found) >= _ENOUGH_LABELS:
            return True
    return False
