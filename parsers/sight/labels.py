"""Recognised labels → the fixed strings of the forms that they are nearest to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from functools import cache, lru_cache

from parsers.document import Block, Cell, Table
from parsers.forms import list_forms
from parsers.tables.labels import core_of

NEAR = 0.6
"""Least likeness (Ratcliff–Obershelp) of a label to the string it stands for: 商业企亚 has 0.75."""
_NEAR_SHORT = 0.8
"""The same of a label of two characters: 自然 has 0.8."""
_WHOLE = 0.75
"""The same of a label that is whole: 重复审请 has 0.75."""
APART = 0.15
"""How much less like every other string it must be."""
_CHINESE = re.compile("[\u4e00-\u9fff]")


def with_labels(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks with misread labels in tables as the forms print them; figures and other texts stay as they are."""
    return tuple(_with_labels(block) if isinstance(block, Table) else block for block in blocks)


def _with_labels(table: Table) -> Table:
    return replace(table, rows=tuple(tuple(_labelled(cell) for cell in row) for row in table.rows))


def _labelled(cell: Cell) -> Cell:
    if len(_CHINESE.findall(cell.text)) < 2:
        return cell
    return cell._replace(text=nearest_label(cell.text))


def is_known(printed: str) -> bool:
    """Whether the forms print just this in a label."""
    return core_of(printed) in _strings()


@lru_cache(maxsize=4096)
def is_whole(printed: str) -> bool:
    """Whether this is one of the forms' strings from its first character to its last, though some may be misread.

    Half a label that a page break has cut is none: 保护第三方合法权 is not.

    >>> is_whole("结果维持"), is_whole("2.重复审请"), is_whole("机关不掌握相关政府信息")
    (True, True, False)
    """
    core = core_of(printed)
    if core in _strings():
        return True
    return len(core) > 2 and any(
        _likeness(core, string) >= _WHOLE
        for string in _strings()
        if len(string) == len(core)
        or (abs(len(string) - len(core)) == 1 and (string[0], string[-1]) == (core[0], core[-1]))
    )


@lru_cache(maxsize=4096)
def nearest_label(printed: str) -> str:
    """A recognised text → the form's string, or the text itself where none is near, or two are.

    >>> nearest_label("商业企亚"), nearest_label("未经复议首接起诉"), nearest_label("示例县教育局")
    ('商业企业', '未经复议直接起诉', '示例县教育局')
    """
    core = core_of(printed)
    known = _strings()
    if core in known or len(core) < 2:
        return printed
    likeness = {string: _likeness(core, string) for string in known if abs(len(string) - len(core)) <= 0.5 * len(core)}
    ranked = sorted(likeness, key=lambda string: -likeness[string])
    if not ranked or likeness[ranked[0]] < (NEAR if len(core) > 2 else _NEAR_SHORT):
        return printed
    if any(likeness[other] > likeness[ranked[0]] - APART for other in ranked[1:] if not _like(ranked[0], other)):
        return printed
    return ranked[0]


@cache
def _strings() -> frozenset[str]:
    """What the forms print in labels: rows, columns, groups, titles of bands."""
    found: set[str] = set()
    for form in list_forms():
        for band in form.bands:
            found.add(band.title)
            for label in (*band.columns, *band.rows):
                found |= {label.label, label.group, *label.aliases}
    return frozenset(core for string in found if (core := core_of(string)))


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _like(one: str, other: str) -> bool:
    """Two spellings of one label need not be told apart."""
    return one in other or other in one or _likeness(one, other) > 0.85
