"""文号: the number under which a body issued its report, where the document or its page prints one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from parsers.document import Document, Table
from parsers.text import squeeze

_LABELS = ("文号", "发文字号", "文件编号")
# 示政办发〔2024〕3号, 示教字[2018]第12号, 示府办函（2024）3号; as one whole text
_NUMBER = r"[\u4e00-\u9fff]{1,14}[〔\[［(（【]20\d\d[〕\]］)）】]第?\d{1,5}号"
_WHOLE = re.compile(_NUMBER)
# 文号：示政办发〔2024〕3号 · 【发文字号】示教字[2018]12号, at the beginning of a line
_LABELLED = re.compile(rf"[\[【(（]?(?:{'|'.join(_LABELS)})[\]】)）]?[:：]?(?P<number>{_NUMBER})")
# A labelled value may be of another make: 2024年第3号, 示教办2024-3号
_STATED = re.compile(r"[^，。；]{0,30}\d[^，。；]{0,6}号")
_BEFORE = 40  # lines: a number stands above the title, or beside it


def document_number_of(document: Document, title: str) -> str | None:
    """The number as printed, without white space; None where the document has none of its own.

    Asked are the page's block of labels, then the document's own lines up to its title: a line or a cell that is a
    number and nothing else, or a number before the title in its line. Numbers within a sentence are of other documents.
    """
    for label in _LABELS:
        stated = squeeze(document.meta.get(label, ""))
        if _STATED.fullmatch(stated):
            return stated
    lines = list(_lines_to(title, document))
    for line in lines:
        found = _LABELLED.match(line)
        if found is not None:
            return found["number"]
    for before, line in zip(["", *lines], lines, strict=False):
        found = _WHOLE.match(line)
        if found is not None and (found.end() == len(line) or line[found.end() :].startswith(title)):
            return found.group()
        if before in _LABELS and _STATED.fullmatch(line):
            return line
    return None


def _lines_to(title: str, document: Document) -> Iterator[str]:
    """The first lines, up to the one below the title: some print the number under it."""
    below = 0
    for number, line in enumerate(_texts(document)):
        if number == _BEFORE or below > 1:
            return
        below += bool(below) or (bool(title) and line.endswith(title))
        yield line


def _texts(document: Document) -> Iterable[str]:
    for block in document.blocks:
        texts = [cell.text for row in block.rows for cell in row] if isinstance(block, Table) else [block.text]
        yield from (line for text in texts for part in text.splitlines() if (line := squeeze(part)))
