"""Which rows of a page are its list's own, and which of them are reports by the column they stand in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from crawler.pages.links import Anchor, Page
from crawler.pages.shapes import directory_of, group_of
from crawler.relevance import Verdict, judge_article, names_a_body

_CUT = re.compile(r"(?:…|\.\.\.|。。。)$")
_ROW_MARK = re.compile(r"\bline_u\d+_\d+\b")  # VSB's id of a list's row
_NUMBERED = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Row:
    """One link of a page and what its words promise."""

    anchor: Anchor
    verdict: Verdict


def rows_of(anchors: Iterable[Anchor]) -> list[Row]:
    """Links → rows."""
    return [Row(anchor, judge_article(anchor.label)) for anchor in anchors]


def rows_to_take(page: Page, rows: list[Row], *, listed: bool) -> list[Row]:
    """The rows that are reports: all that say so and, in a report column, those of its own list that do not say no.

    A title cut short may say neither what it is nor whose; then it is the list it stands in that says it.
    """
    own = _Own(page, rows)
    return [
        row
        for row in rows
        if row.verdict.kind == "report"
        or (listed and row.verdict.kind == "other" and row.anchor.label and own.has(row.anchor))
    ]


def listed_rows(page: Page, rows: list[Row]) -> list[Row]:
    """The rows of the page's list, without those of the lists beside it."""
    if page.is_answer:
        return rows
    marked = [row for row in rows if _ROW_MARK.search(row.anchor.marks)]
    if marked:
        return marked
    blocks = {row.anchor.block for row in rows if row.verdict.kind in ("report", "look_alike")}
    if not blocks and rows:
        blocks = {Counter(row.anchor.block for row in rows).most_common(1)[0][0]}
    return [row for row in rows if row.anchor.block in blocks]


def has_list_of_reports(rows: list[Row]) -> bool:
    """True if in one list of the page at least two rows, and half of all, are reports."""
    lengths = Counter(row.anchor.block for row in rows)
    reports = Counter(row.anchor.block for row in rows if row.verdict.kind == "report")
    return any(block and count >= 2 and count * 2 >= lengths[block] for block, count in reports.items())


class _Own:
    """The list of a page's column: known by its answers, its marks, its directory, its neighbours or its numbers."""

    def __init__(self, page: Page, rows: list[Row]) -> None:
        self._all = page.is_answer
        self._directory = directory_of(page.url)
        reports = [row.anchor for row in rows if row.verdict.kind == "report"]
        lengths = Counter(row.anchor.block for row in rows)
        named = Counter(anchor.block for anchor in reports)
        self._blocks = {block for block, count in named.items() if block and count * 2 >= lengths[block]}
        groups = {group_of(anchor.url) for anchor in reports if anchor.block in self._blocks}
        # A group that no number names, /content/post or /html/t, is that of every article of the site.
        self._groups = {group for group in groups if _NUMBERED.search(group.partition("://")[2].partition("/")[2])}

    def has(self, anchor: Anchor) -> bool:
        """True for a link of the column's own list."""
        if self._all or anchor.url.startswith(self._directory) or _ROW_MARK.search(anchor.marks):
            return True
        told_by_place = anchor.block in self._blocks or group_of(anchor.url) in self._groups
        vague = _CUT.search(anchor.text) or names_a_body(anchor.label) or "年" in anchor.label
        return bool(told_by_place and vague) or names_a_body(anchor.label)
