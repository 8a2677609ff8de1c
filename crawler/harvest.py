"""A page and how we came to it → what to visit next, and what was seen and not taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from archive.capture import Target
from crawler.families import Found, families, recognise
from crawler.links import Anchor, Page
from crawler.relevance import Verdict, is_report_page, judge_article, judge_column, report_part, report_root
from crawler.shapes import directory_of, is_document, is_trap, without_index

ATTACHMENT, ARTICLE, LISTED = 50, 40, 30
"""Priorities: a report's files first, then articles, then pages of report columns; below 10, ways to look."""
_DEEPEST = 12
_LOOKING_DEPTH = 3
_LOOKING_LINKS = 5
_SAYS_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Harvest:
    """``targets`` in the order found; ``look_alikes`` are labels seen and not taken; ``listed``: a report column."""

    targets: tuple[Target, ...]
    look_alikes: tuple[str, ...]
    listed: bool

    @property
    def says(self) -> str:
        """The look-alikes in one line, for the capture's record."""
        if not self.look_alikes:
            return ""
        return f"seen and not taken: {'; '.join(dict.fromkeys(self.look_alikes))}"[:_SAYS_LENGTH]


def harvest(page: Page, target: Target, family: str, report_year: int | None) -> Harvest:
    """What the page at the end of ``target`` gives to visit.

    ``family`` is the site's, "" to recognise it from the page. With ``report_year``, links that name another
    report year are left out; those that name none are taken. On a list, a row is taken if its words say that
    it is a report, or if the list is a report column's own and the words do not say otherwise. On an article,
    attachments are taken, and reports it links to. Look-alikes never are.
    """
    named = families().get(family) or families()[recognise(page)]
    found = named.links(page)
    if target.kind in ("article", "attachment"):
        return _from_article(page, target, found, report_year)
    rows = [(anchor, judge_article(anchor.label)) for anchor in found.rows]
    own = directory_of(page.url)
    listed = _is_listed(page, target) or _lists_mostly_reports(own, rows)
    targets: list[Target] = []
    look_alikes = [anchor.label for anchor, verdict in rows if verdict.kind == "look_alike"]
    others = [(anchor, judge_article(anchor.label)) for anchor in found.others]
    for anchor, verdict in [*rows, *((anchor, verdict) for anchor, verdict in others if verdict.kind == "report")]:
        row_of_column = listed and verdict.kind == "other" and anchor.url.startswith(own) and bool(anchor.label)
        if (verdict.kind == "report" or row_of_column) and _is_wanted(verdict, report_year):
            targets.append(_taken(anchor, target, page))
    columns = [(anchor, judge_column(anchor.label, anchor.url)) for anchor in found.columns]
    look_alikes += [anchor.label for anchor, verdict in columns if verdict.kind == "look_alike"]
    targets += _columns(page, target, columns, listed)
    if listed:
        known = {without_index(page.url), without_index(target.via)}
        further = [url for url in found.pages if without_index(url) not in known]
        pages = [_onward(url, target, page, target.link_text) for url in further]
        targets += [replace(other, priority=max(other.priority, LISTED)) for other in pages]
    targets += [_onward(url, target, page, target.link_text) for url in (page.refresh, *page.frames) if url]
    if listed and is_report_page(page.source):
        targets += [_taken(anchor, target, page) for anchor in _attached(found, report_year)]
    return Harvest(_sound(targets), tuple(look_alikes), listed)


def _is_listed(page: Page, target: Target) -> bool:
    """True for a page of a report column: by how we came, by its path, or by what it says of itself."""
    if target.priority >= LISTED or report_part(page.url):
        return True
    names = (*page.crumbs[-1:], page.meta.get("columntype", ""), page.title)
    return any(judge_column(name, "").kind == "column" for name in names if name)


def _lists_mostly_reports(own: str, rows: list[tuple[Anchor, Verdict]]) -> bool:
    """True if at least two rows, and half of those under the page's own directory, are reports; no home page is."""
    verdicts = [verdict.kind for anchor, verdict in rows if anchor.url.startswith(own)]
    reports = verdicts.count("report")
    return urlsplit(own).path != "/" and reports >= 2 and reports * 2 >= len(verdicts)


def _from_article(page: Page, target: Target, found: Found, report_year: int | None) -> Harvest:
    attached = _attached(found, report_year)
    linked = [(anchor, judge_article(anchor.label)) for anchor in found.rows if anchor not in attached]
    taken = [a for a, verdict in linked if verdict.kind == "report" and _is_wanted(verdict, report_year)]
    # "Previous" and "next" links and side lists of an article lead to other reports of the same column.
    onward = [url for url in (page.refresh, *page.frames) if url]
    targets = [_taken(anchor, target, page) for anchor in (*attached, *taken)]
    targets += [_onward(url, target, page, target.link_text) for url in onward]
    return Harvest(_sound(targets), tuple(a.label for a, v in linked if v.kind == "look_alike"), listed=False)


def _attached(found: Found, report_year: int | None) -> list[Anchor]:
    """Attachments whose names do not say that they are something else."""
    judged = [(anchor, judge_article(anchor.label)) for anchor in found.attachments]
    return [anchor for anchor, v in judged if v.kind != "look_alike" and _is_wanted(v, report_year)]


def _is_wanted(verdict: Verdict, report_year: int | None) -> bool:
    return report_year is None or verdict.report_year is None or verdict.report_year == report_year


def _columns(page: Page, target: Target, columns: list[tuple[Anchor, Verdict]], listed: bool) -> list[Target]:
    """Columns to go on to: reports' columns wherever they are linked; from one of these, all that lies under it
    and its years; and where there is none, the likeliest ways to one."""
    own = directory_of(page.url)
    root = report_root(page.url) or (own if judge_column("", own).kind != "year" else directory_of(own.rstrip("/")))
    host = urlsplit(page.url).netloc
    targets = []
    nearby = []
    for anchor, verdict in columns:
        if verdict.kind == "look_alike" or urlsplit(anchor.url).netloc != host:
            continue
        under = anchor.url.startswith(own) and len(directory_of(anchor.url)) > len(own)
        a_year = verdict.kind == "year" and anchor.url.startswith(root)
        if verdict.kind == "column" or (listed and (under or a_year)):
            targets.append(_step(anchor, target, page, LISTED))
        elif verdict.kind == "nearby":
            nearby.append((verdict.score, anchor))
    if targets or listed or target.depth >= _LOOKING_DEPTH:
        return targets
    likeliest = sorted(nearby, key=lambda scored: -scored[0])[:_LOOKING_LINKS]
    return [_step(anchor, target, page, score) for score, anchor in likeliest]


def _taken(anchor: Anchor, target: Target, page: Page) -> Target:
    kind, priority = ("attachment", ATTACHMENT) if is_document(urlsplit(anchor.url).path) else ("article", ARTICLE)
    return replace(_step(anchor, target, page, priority), kind=kind)


def _step(anchor: Anchor, target: Target, page: Page, priority: int) -> Target:
    return Target(
        url=anchor.url,
        kind="column",
        seed=target.seed,
        via=page.url,
        link_text=anchor.label,
        site=target.site,
        depth=target.depth + 1,
        priority=priority,
    )


def _onward(url: str, target: Target, page: Page, link_text: str) -> Target:
    """Another page of the same list, or where a shell sends its reader: what we came for is still meant."""
    return replace(target, url=url, via=page.url, link_text=link_text, depth=target.depth + 1)


def _sound(targets: Iterable[Target]) -> tuple[Target, ...]:
    """Targets without traps, too deep ones and repetitions."""
    kept: dict[str, Target] = {}
    for target in targets:
        if target.depth <= _DEEPEST and not is_trap(target.url):
            kept.setdefault(target.url, target)
    return tuple(kept.values())
