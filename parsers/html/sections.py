"""Where the six sections of the form are named on a page."""

from __future__ import annotations

import re
from functools import cached_property

from lxml import etree

from parsers.html.furniture import text_within

# The six sections of the form (国办公开办函〔2021〕30号), by the words that stay through all spellings.
_SECTIONS = ("总体情况", "主动公开", "收到和处理", "行政复议", "主要问题", "其他需要报告")
_SECTION = re.compile("|".join(_SECTIONS))
_SHORTEST, _LONGEST = min(map(len, _SECTIONS)), 119  # characters of a text that names one
_ENOUGH = 3
_SEVERAL = 2


class Sections:
    """The sections named within a body element, in short texts outside of links.

    Each element of a page is asked for its texts only where the question cannot be answered from the text of a
    few: most pages have all their sections in one known container, and furniture names none.
    """

    def __init__(self, body: etree._Element) -> None:
        self.body = body
        self._counts = _counted(text_within(body))
        self._alone: dict[etree._Element, bool] = {}

    def all_stand_in(self, element: etree._Element) -> bool:
        """True where none is named outside of an element, as far as the words alone can tell."""
        found = self._alone.get(element)
        if found is None:
            found = self._alone[element] = _counted(text_within(element)) == self._counts
        return found

    def several_in(self, element: etree._Element) -> bool:
        """True for an element with at least two of the sections."""
        if sum(map(bool, _counted(text_within(element)))) < _SEVERAL:
            return False
        return len(self._held.get(element, ())) >= _SEVERAL

    @cached_property
    def smallest(self) -> etree._Element | None:
        """The innermost element with all sections but one: a word in a side column does not widen the fence."""
        held = self._held
        enough = max(_ENOUGH, max(map(len, held.values()), default=0) - 1)
        full = [element for element, named in held.items() if len(named) >= enough]
        return max(full, key=_depth, default=None)

    @cached_property
    def _held(self) -> dict[etree._Element, set[str]]:
        """Each element around a short text that names a section → the sections it holds."""
        held: dict[etree._Element, set[str]] = {}
        if sum(map(bool, self._counts)) == 0:
            return held
        for element in self.body.iter():
            text = element.text
            if text is not None and _SHORTEST <= len(text) <= _LONGEST and _SECTION.search(text) is not None:
                _put(held, element, text)
            text = element.tail
            if text is not None and _SHORTEST <= len(text) <= _LONGEST and _SECTION.search(text) is not None:
                parent = element.getparent()
                if parent is not None and element is not self.body:
                    _put(held, parent, text)
        return held


def _counted(text: str) -> tuple[int, ...]:
    return tuple(text.count(words) for words in _SECTIONS)


def _put(held: dict[etree._Element, set[str]], element: etree._Element, text: str) -> None:
    lineage = [element, *element.iterancestors()]
    if not any(around.tag == "a" for around in lineage):
        named = {words for words in _SECTIONS if words in text}
        for around in lineage:
            held.setdefault(around, set()).update(named)


def _depth(element: etree._Element) -> int:
    return sum(1 for _ in element.iterancestors())
