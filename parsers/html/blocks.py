"""The elements of a page → blocks: paragraphs, headings and the innermost tables, in reading order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from lxml import etree

from parsers.document import Block, Heading, Paragraph, Problem, Table
from parsers.html.cell_texts import cell_text
from parsers.html.fence import Fence
from parsers.html.furniture import is_furniture, is_furniture_line, is_list_of_links, is_unseen
from parsers.html.labels import labels_in_line, names_a_label
from parsers.html.tables import is_table_of_text, table_of

_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div", "dl",
        "dt", "fieldset", "figcaption", "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr",
        "legend", "li", "main", "menu", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th",
        "thead", "tr", "ul",
    }
)  # fmt: skip
_LISTS = frozenset({"ul", "ol", "dl", "div", "table", "td", "aside", "section"})
_LEVELS = {f"h{level}": level for level in range(1, 7)}
_BREAK = "\v"  # never stands in a page's own text: XML and HTML forbid it
_HTML_SPACE = re.compile("[ \t\n\r\f]+")
_MOST_LABEL_ROWS = 12
_NAME = re.compile("[a-z][a-z0-9]*")
_ENDS = " \t\n\r\f\v\u00a0\u3000"


@dataclass(slots=True)
class Harvest:
    """What a walk over a page's text gathers; ``labels`` are facts of the page that stood in the text."""

    blocks: list[Block] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    pictures: int = 0


class _Open:
    """An element being walked: its children still to come and its step in the path."""

    __slots__ = ("children", "counts", "element", "is_block", "keeps_lines", "step")

    def __init__(self, element: etree._Element, step: str, is_block: bool, keeps_lines: bool) -> None:
        self.element = element
        self.children = iter(element)
        self.step = step
        self.is_block = is_block
        self.keeps_lines = keeps_lines
        self.counts: dict[str, int] = {}


def blocks_of(fence: Fence) -> Harvest:
    """Fence → the blocks of its text. Layout tables dissolve into what they hold; furniture is left out.

    The walk keeps its own stack: pages nest deeper than Python's recursion allows.
    """
    return _Walk(fence).harvest


class _Walk:
    def __init__(self, fence: Fence) -> None:
        self.fence = fence
        self.harvest = Harvest()
        self.line: list[str] = []
        root = fence.element
        tree = root.getroottree()
        self.stack = [_Open(root, tree.getpath(root), True, root.tag == "pre")]
        self._add(root.text)
        while self.stack:
            self._step(self.stack[-1])

    def _step(self, top: _Open) -> None:
        child = next(top.children, None)
        if child is None:
            if top.is_block:
                self._flush()
            self.stack.pop()
            if self.stack:
                self._add(top.element.tail)
            return
        tag = child.tag
        if not isinstance(tag, str):
            self._add(child.tail)
            return
        top.counts[tag] = top.counts.get(tag, 0) + 1
        if tag == "br":
            self.line.append(_BREAK)
            self._add(child.tail)
        elif self._is_left_out(child):
            if tag in _BLOCKS:
                self._flush()
            self._add(child.tail)
        elif tag == "table" and is_table_of_text(child, self.fence.tables, self.fence.plain.get(child)):
            self._flush()
            self._table(child)
            self._add(child.tail)
        else:
            self._open(top, child, tag)

    def _open(self, top: _Open, child: etree._Element, tag: str) -> None:
        is_block = tag in _BLOCKS
        if is_block:
            self._flush()
        elif tag == "img":
            self.harvest.pictures += 1
        name = tag if is_block or _NAME.fullmatch(tag) is not None else f"*[name()='{tag}']"
        step = f"{name}[{top.counts[tag]}]"
        self.stack.append(_Open(child, step, is_block, top.keeps_lines or tag == "pre"))
        self._add(child.text)

    def _is_left_out(self, element: etree._Element) -> bool:
        left_out = (
            is_unseen(element)
            or is_furniture(element)
            or (self.fence.loose and element.tag in _LISTS and is_list_of_links(element))
        )
        return left_out and not self.fence.keeps(element)

    def _table(self, element: etree._Element) -> None:
        table, problems = table_of(element, self._path(element), self.fence.plain.get(element))
        facts = {} if element in self.fence.tables else _labels_in_table(table)
        if len(facts) > 1:
            self.harvest.labels = {**facts, **self.harvest.labels}
            return
        self.harvest.problems += problems
        self.harvest.blocks.append(table)

    def _path(self, element: etree._Element | None = None) -> str:
        """``xpath=/html/body/div[2]/p[1]``, of the innermost open block or of a child of the open element."""
        opened = list(self.stack)
        while element is None and len(opened) > 1 and not opened[-1].is_block:
            opened.pop()
        steps = [found.step for found in opened]
        if element is not None:
            steps.append(f"{element.tag}[{opened[-1].counts[str(element.tag)]}]")
        return "xpath=" + "/".join(steps)

    def _add(self, text: str | None) -> None:
        if text is not None:
            self.line.append(text.replace("\n", _BREAK) if self.stack[-1].keeps_lines else text)

    def _flush(self) -> None:
        text = "".join(self.line).strip(_ENDS)
        self.line.clear()
        if not text:
            return
        lines = [_HTML_SPACE.sub(" ", line).strip(_ENDS) for line in text.split(_BREAK)]
        lines = [line for line in lines if line and not self._is_of_the_page(line)]
        if not lines:
            return
        level = next((_LEVELS[found.element.tag] for found in reversed(self.stack) if found.element.tag in _LEVELS), 0)
        where = self._path()
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
