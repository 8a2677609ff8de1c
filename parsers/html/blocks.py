"""The elements of a page → blocks: paragraphs, headings and the innermost tables, in reading order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from lxml import etree

from parsers.document import Block, Heading, Paragraph, Problem, Table
from parsers.html.cell_texts import cell_text
from parsers.html.fence import Fence
from parsers.html.furniture import TELLING, UNSEEN, is_furniture_line, is_list_of_links, is_marked_out, text_within
from parsers.html.labels import labels_in_line, names_a_label
from parsers.html.pictures import Picture
from parsers.html.tables import is_table_of_text, table_of

_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div", "dl",
        "dt", "fieldset", "figcaption", "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr",
        "legend", "li", "main", "menu", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th",
        "thead", "tr", "ul",
    }
)  # fmt: skip
_INLINE = frozenset({"a", "b", "em", "font", "i", "o:p", "small", "span", "strong", "u"})
_LISTS = frozenset({"ul", "ol", "dl", "div", "table", "td", "aside", "section"})
_WALKED = frozenset({"pre", "td"})  # has line ends of its own; is to be noted
_LEVELS = {f"h{level}": level for level in range(1, 7)}
_BREAK = "\v"  # never stands in a page's own text: XML and HTML forbid it
_HTML_SPACE = re.compile("[\t-\n\f-\r ]+")
_MOST_LABEL_ROWS = 12
_NAME = re.compile("[a-z][a-z0-9]*")
_ENDS = " \t\n\r\f\v\u00a0\u3000"


@dataclass(slots=True)
class Harvest:
    """What a walk over a page's text gathers; ``labels`` are facts of the page that stood in the text.

    ``walked_cells`` is True where a ``td`` with bare lines of text in it was read as text of the page.
    """

    blocks: list[Block] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)
    walked_cells: bool = False


class _Open:
    """An element being walked: its children still to come, its number among those of its tag, its path once asked.

    ``level`` is that of the innermost heading it is or stands in, 0 for none.
    """

    __slots__ = ("children", "counts", "element", "is_block", "keeps_lines", "level", "number", "path", "tag")

    def __init__(
        self, element: etree._Element, tag: str, number: int, is_block: bool, keeps_lines: bool, level: int
    ) -> None:
        self.element = element
        self.children = iter(element)
        self.tag = tag
        self.number = number
        self.path = ""
        self.is_block = is_block
        self.keeps_lines = keeps_lines
        self.level = _LEVELS.get(tag, level)
        self.counts: dict[str, int] = {}


def blocks_of(fence: Fence) -> Harvest:
    """Fence → the blocks of its text. Layout tables dissolve into what they hold; furniture is left out.

    The walk keeps its own stack: pages nest deeper than Python's recursion allows.
    """
    return _Walk(fence).harvest


class _Walk:
    def __init__(self, fence: Fence) -> None:
        self.fence = fence
        self.lists = _LISTS if fence.loose else frozenset()
        self.harvest = Harvest()
        self.line: list[str] = []
        root = fence.element
        top = _Open(root, str(root.tag), 1, True, root.tag == "pre", 0)
        top.path = f"xpath={root.getroottree().getpath(root)}"
        self.stack = [top]
        self._add(root.text)
        while self.stack:
            self._step(self.stack[-1])

    def _step(self, top: _Open) -> None:
        """The children of an element up to the next that is opened, else its end."""
        counts = top.counts
        for child in top.children:
            tag = child.tag
            if isinstance(tag, str):
                number = counts[tag] = counts.get(tag, 0) + 1
                if tag == "br":
                    self.line.append(_BREAK)
                elif self._is_opened(child, tag, number):
                    self._open(child, tag, number, top)
                    return
            if (text := child.tail) is not None:
                self._add(text)
        if top.is_block:
            self._flush()
        self.stack.pop()
        if self.stack:
            self._add(top.element.tail)

    def _is_opened(self, child: etree._Element, tag: str, number: int) -> bool:
        """True for an element to be walked; what there is to one that is not has been done."""
        fence = self.fence
        if (
            tag in UNSEEN or is_marked_out(child) or (tag in self.lists and is_list_of_links(child))
        ) and not fence.keeps(child):
            if tag in _BLOCKS:
                self._flush()
            return False
        if tag == "table" and is_table_of_text(child, fence.tables, fence.plain.get(child)):
            self._flush()
            self._table(child, f"{self._path_to(len(self.stack) - 1)}/table[{number}]")
            return False
        if tag in _BLOCKS:
            return not self._is_said_at_once(child, tag, number)
        if tag == "img" or len(child):
            return True
        self._add(child.text)
        return False

    def _is_said_at_once(self, child: etree._Element, tag: str, number: int) -> bool:
        """True for a block of nothing but text, as most paragraphs are: what it says has been put behind the others."""
        around = self.stack[-1]
        if tag in _WALKED or around.keeps_lines:
            return False
        for found in child.iterdescendants():
            if found.tag not in _INLINE or (not TELLING.isdisjoint(found.keys()) and is_marked_out(found)):
                return False
        if self.line:
            self._flush()
        if lines := self._lines_in(text_within(child) if len(child) else child.text or ""):
            path = around.path or self._path_to(len(self.stack) - 1)
            self._put(lines, _LEVELS.get(tag, around.level), f"{path}/{tag}[{number}]")
        return True

    def _open(self, child: etree._Element, tag: str, number: int, around: _Open) -> None:
        is_block = tag in _BLOCKS
        if is_block:
            self._flush()
            if tag == "td" and ((child.text or "").strip(_ENDS) or next(child.iterchildren("br"), None) is not None):
                self.harvest.walked_cells = True
        elif tag == "img":
            self._picture(child, f"{self._path_to(len(self.stack) - 1)}/img[{number}]")
        self.stack.append(_Open(child, tag, number, is_block, around.keeps_lines or tag == "pre", around.level))
        self._add(child.text)

    def _picture(self, element: etree._Element, where: str) -> None:
        """It stands before the next block, or behind the one that is being gathered."""
        before = len(self.harvest.blocks) + bool("".join(self.line).strip(_ENDS))
        self.harvest.pictures.append(Picture(before, element.get("src") or "", where))

    def _table(self, element: etree._Element, where: str) -> None:
        table, problems = table_of(element, where, self.fence.plain.get(element))
        facts = {} if element in self.fence.tables else _labels_in_table(table)
        if len(facts) > 1:
            self.harvest.labels = {**facts, **self.harvest.labels}
            return
        self.harvest.problems += problems
        self.harvest.blocks.append(table)

    def _path(self) -> str:
        """``xpath=/html/body/div[2]/p[1]``, of the innermost open block."""
        last = len(self.stack) - 1
        while last and not self.stack[last].is_block:
            last -= 1
        return self._path_to(last)

    def _path_to(self, last: int) -> str:
        known = last
        while not self.stack[known].path:
            known -= 1
        for at in range(known + 1, last + 1):
            found = self.stack[at]
            plain = found.is_block or _NAME.fullmatch(found.tag) is not None
            name = found.tag if plain else f"*[name()='{found.tag}']"
            found.path = f"{self.stack[at - 1].path}/{name}[{found.number}]"
        return self.stack[last].path

    def _add(self, text: str | None) -> None:
        if text is not None and (self.line or text.strip(_ENDS)):  # what a line begins with is not of it
            self.line.append(text.replace("\n", _BREAK) if self.stack[-1].keeps_lines else text)

    def _flush(self) -> None:
        if not self.line:
            return
        lines = self._lines_in("".join(self.line))
        self.line.clear()
        if lines:
            self._put(lines, self.stack[-1].level, self._path())

    def _lines_in(self, text: str) -> list[str]:
        text = text.strip(_ENDS)
        if not text:
            return []
        lines = map(_collapsed, text.split(_BREAK)) if _BREAK in text else [_collapsed(text)]
        return [line for line in lines if line and not self._is_of_the_page(line)]

    def _put(self, lines: list[str], level: int, where: str) -> None:
        if level:
            self.harvest.blocks.append(Heading("\n".join(lines), level, where))
        else:
            self.harvest.blocks += [Paragraph(line, where) for line in lines]

    def _is_of_the_page(self, line: str) -> bool:
        if not is_furniture_line(line):
            return False
        for label, value in labels_in_line(line).items():
            self.harvest.labels.setdefault(label, value)
        return True


def _collapsed(line: str) -> str:
    return line if line.split() == [line] else _HTML_SPACE.sub(" ", line).strip(_ENDS)


def _labels_in_table(table: Table) -> dict[str, str]:
    """索引号 | 01-2024 | 发布机构 | 示例县教育局 → labels and values; empty for any other table."""
    facts: dict[str, str] = {}
    if len(table.rows) > _MOST_LABEL_ROWS or not names_a_label(
        "".join(cell.text for row in table.rows for cell in row)
    ):
        return facts
    for row in table.rows:
        facts.update(labels_in_line("\n".join(cell.text for cell in row)))
        for label, value in pairwise(row):
            facts.update(labels_in_line(f"{label.text.rstrip(':： ')}：{value.text}"))
    return facts


def heading_of(element: etree._Element) -> Heading:
    """An element outside the text that prints the article's title → Heading, level 1."""
    where = f"xpath={element.getroottree().getpath(element)}"
    return Heading(cell_text(element).text.strip(_ENDS), 1, where)
