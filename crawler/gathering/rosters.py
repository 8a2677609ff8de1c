"""A portal's own list of its departments (机构) → the names of bodies that should publish."""

from __future__ import annotations

import re

from crawler.pages.links import Page
from parsers.text import squeeze

# Names of pages that list bodies: 机构设置, 机构职能, 政府部门, 组成部门, 部门导航, 各部门
_LISTS = re.compile(
    r"机构(?:设置|职能|概况|名录|信息)|(?:政府|组成|市直|县直|区直|各)部门|部门(?:导航|名录|列表)|政府机构"
)
# 县教育局, 示例市发展和改革委员会, 城关镇人民政府, 东街街道办事处; not 部门, 领导信箱, 办事大厅
_BODY = re.compile(
    r"[\u4e00-\u9fff（）()、]{2,28}?(?:局|委员会|委|办公室|厅|人民政府|街道办事处|管委会|研究室|(?:外事|人防|信访|金融|扶贫|政研)办)"
)
_NOT_A_BODY = re.compile(r"大厅$|常委|纪委监委驻|居委|村委|书记|主任|局长|^.{0,2}(?:办公室|委员会)$|(?:互动|结|全)局$")
_FEWEST = 5


def names_a_roster(label: str) -> bool:
    """True for the words of a link or a title that promise a list of bodies.

    >>> names_a_roster("政府机构设置"), names_a_roster("机构编制规定")
    (True, False)
    """
    return _LISTS.search(squeeze(label)) is not None


def bodies_on(page: Page, label: str) -> tuple[str, ...]:
    """The bodies that a page lists, in its order; nothing unless its link, title or trail says that it is such a list
    and it has five at least. ``label``: the words of the link that led to it."""
    if not any(names_a_roster(text) for text in (label, page.title, *page.crumbs[-1:]) if text):
        return ()
    named = (squeeze(anchor.label) for anchor in page.anchors)
    bodies = tuple(dict.fromkeys(n for n in named if _BODY.fullmatch(n) and not _NOT_A_BODY.search(n)))
    return bodies if len(bodies) >= _FEWEST else ()
