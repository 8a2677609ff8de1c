"""A page's columns → the ways to go on: report columns, their years and bodies, and the likeliest ways to one."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.capture import Target
from crawler.families import Found
from crawler.gathering.belonging import Row
from crawler.pages.links import Anchor, Page
from crawler.pages.shapes import directory_of
from crawler.relevance import Verdict, judge_column, report_root

LISTED, DOUBTFUL = 30, 20
"""Priorities: columns of reports; columns that may be a year's or a body's, whose pages have to say so themselves."""
_LOOKING_DEPTH = 3
_LOOKING_LINKS = 5
_ENTRANCE = 8  # 政府信息公开, 法定主动公开内容


@dataclass(frozen=True, slots=True)
class Ways:
    """``steps``: (priority, link) in the order found; ``look_alikes``: labels of columns not to be taken."""

    steps: tuple[tuple[int, Anchor], ...]
    look_alikes: tuple[str, ...]


def find_ways(page: Page, target: Target, found: Found, rows: list[Row], *, listed: bool) -> Ways:
    """Reports' columns wherever they are linked; from one of these, all that lies under it, its years and bodies; and
    where there is none, the likeliest ways to one, each likelier than the one before."""
    taken = {row.anchor for row in rows if row.verdict.kind == "report"}
    others = [anchor for anchor in found.others if anchor not in taken]
    candidates = [*found.columns, *others, *(row.anchor for row in rows if _may_be_column(row))]
    judged = [(anchor, judge_column(anchor.label, anchor.url)) for anchor in dict.fromkeys(candidates)]
    host = urlsplit(page.url).netloc
    look_alikes = tuple(anchor.label for anchor, verdict in judged if verdict.kind == "look_alike")
    here = [pair for pair in judged if urlsplit(pair[0].url).netloc == host and pair[1].kind != "look_alike"]
    has_reports = any(row.verdict.kind == "report" for row in rows)
    steps = []
    for anchor, verdict in here:
        if priority := _priority(page, anchor, verdict, listed=listed, has_reports=has_reports):
            steps.append((priority, anchor))
    if listed or target.depth >= _LOOKING_DEPTH:
        return Ways(tuple(steps), look_alikes)
    nearby = [(verdict.score, anchor) for anchor, verdict in here if verdict.kind == "nearby"]
    likelier = sorted((pair for pair in nearby if pair[0] >= target.priority), key=lambda pair: -pair[0])
    # A home page's link to the column may be dead or lead to one body's; its main entrance is looked at as well.
    besides = [pair for pair in likelier if pair[0] >= _ENTRANCE][:1] if target.depth == 0 else []
    return Ways(tuple([*steps, *besides] if steps else likelier[:_LOOKING_LINKS]), look_alikes)


def _may_be_column(row: Row) -> bool:
    """An article's URL may still be a column's: list.jsp?id=12 under the words 政府信息公开年报."""
    return row.verdict.kind == "other" and judge_column(row.anchor.label, "").kind == "column"


def _priority(page: Page, anchor: Anchor, verdict: Verdict, *, listed: bool, has_reports: bool) -> int:
    """How early a column is looked at; 0: not at all."""
    if verdict.kind == "column":
        return LISTED
    if not listed:
        return 0
    own = directory_of(page.url)
    root = report_root(page.url) or (own if judge_column("", own).kind != "year" else directory_of(own.rstrip("/")))
    under = anchor.url.startswith(own) and len(directory_of(anchor.url)) > len(own) and urlsplit(own).path != "/"
    if under or (verdict.kind == "year" and anchor.url.startswith(root)):
        return LISTED
    # Columns that are numbered, /col/col282/ or /site/c102326/, do not lie under one another.
    if verdict.kind == "year" or (verdict.kind in ("class", "body") and not has_reports):
        return DOUBTFUL
    return 0
