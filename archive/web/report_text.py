"""A report's text → its lines as the page shows them: sections named, rows of tables small, terms marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.search import marks_in
from parsers.text import squeeze

# What stays in the headings of the six sections through all spellings; 2014 to 2018 named some of them otherwise.
SECTIONS = (
    ("总体情况", "概述"), ("主动公开",), ("收到和处理", "依申请公开"), ("行政复议", "行政诉讼"), ("问题",),
    ("其他需要报告",),
)  # fmt: skip
_NUMBERED = re.compile(r"[（(]?[一二三四五六七八九十]{1,2}(?:[、.．)）]|\s)")
_LONGEST_HEADING = 40
_LONGEST_UNNUMBERED = 22  # 五 may have lost its number: 存在的主要问题及改进情况


@dataclass(frozen=True, slots=True)
class Line:
    """``number`` is the line's place in the text, from 0; ``pieces`` are (text, is it a term).

    ``section``: 1 to 6 where the section's heading stands, else 0. ``is_row``: a row of a table.
    """

    number: int
    pieces: tuple[tuple[str, bool], ...]
    section: int = 0
    is_row: bool = False


def lines_of(text: str, query: str = "") -> tuple[Line, ...]:
    """A text and a search → its lines that are not empty. Raises BadQuery where the search means nothing."""
    marks = list(marks_in(text, query)) if query else []
    found, start, section = [], 0, 0
    for number, line in enumerate(text.split("\n")):
        end = start + len(line)
        here = [(max(a, start) - start, min(b, end) - start) for a, b in marks if a < end and b > start]
        named = _section_named(line, section)
        section = named or section
        if line.strip():
            found.append(Line(number, tuple(_pieces(line, here)), named, "\t" in line))
        start = end + 1
    return tuple(found)


def sections_in(lines: Sequence[Line]) -> tuple[int, ...]:
    """The sections whose headings were found."""
    return tuple(line.section for line in lines if line.section)


def line_with(text: str, span: str) -> int | None:
    """Where a stretch of text stands: the number of its line, white space apart; None where it stands in no one."""
    wanted = squeeze(span)
    return next((number for number, line in enumerate(text.split("\n")) if wanted in squeeze(line)), None)


def _section_named(line: str, last: int) -> int:
    """The section whose heading a line is, of those that come after the last one; 0 for any other line."""
    said = line.strip()
    longest = _LONGEST_HEADING if _NUMBERED.match(said) else _LONGEST_UNNUMBERED
    if "\t" in said or len(said) > longest or said.endswith(("。", "；", ";")) or said.startswith(("（", "(")):
        return 0
    return next(
        (at for at, words in enumerate(SECTIONS, start=1) if at > last and any(word in said for word in words)), 0
    )


def _pieces(line: str, marks: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    at = 0
    for start, end in marks:
        if start > at:
            yield line[at:start], False
        yield line[start:end], True
        at = end
    if at < len(line):
        yield line[at:], False
