"""A page and how we came to it → what to visit next, and what was seen and not taken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType
from urllib.parse import urlsplit

from archive.capture import Target
from crawler.families import Found, families, recognise
from crawler.gathering.belonging import Row, has_list_of_reports, listed_rows, rows_of, rows_to_take
from crawler.gathering.rosters import bodies_on, names_a_roster
from crawler.gathering.ways import DOUBTFUL, LISTED, find_ways
from crawler.pages.links import Anchor, Page
from crawler.pages.shapes import directory_of, is_calendar, is_document, is_trap, plain_url, without_index
from crawler.relevance import Verdict, is_report_page, judge_article, judge_column, report_part
from crawler.sorting import is_attachment
from parsers.text import squeeze

ATTACHMENT, ARTICLE = 50, 40
"""Priorities: a report's files first, then articles, then pages of report columns; below 10, ways to look."""
_ROSTER, _ROSTER_DEPTH = 1, 1  # after all that leads to reports, from the home page and the pages it links to
_DEEPEST = 12
_SAYS_LENGTH = 500
_NO_PLACE = re.compile(r"\s*(?:javascript|vbscript|mailto|tel|sms|about):", re.I)  # javascript:open(12) is not a place
NO_LOOKUPS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Harvest:
    """``targets`` in the order found; ``look_alikes`` are labels seen and not taken; ``listed``: a report column.

    Of a list's page, ``rows`` counts the entries and ``reports`` those that are reports by their words; ``said`` is
    how many rows the list says it has in all. ``bodies``: names on a portal's own list of departments.
    """

    targets: tuple[Target, ...]
    look_alikes: tuple[str, ...]
    listed: bool
    rows: int = 0
    reports: int = 0
    said: int | None = None
    bodies: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """The look-alikes in one line, for the capture's record."""
        if not self.look_alikes:
            return ""
        return f"seen and not taken: {'; '.join(dict.fromkeys(self.look_alikes))}"[:_SAYS_LENGTH]


def harvest(
    page: Page, target: Target, family: str, report_year: int | None, lookups: Mapping[str, str] = NO_LOOKUPS
) -> Harvest:
    """What the page at the end of ``target`` gives to visit.

    ``family`` is the site's, "" to recognise it from the page. With ``report_year``, links that name another
    report year are left out; those that name none are taken. On a list, a row is taken if its words say that
    it is a report, or if the list is a report column's own and the words do not say otherwise. On an article,
    attachments are taken, and reports it links to. Look-alikes never are. ``lookups``: words of a link at this site
    → column, report or look_alike, whatever the words say elsewhere.
    """
    told = [(anchor, lookups[words]) for anchor in page.anchors if (words := squeeze(anchor.label)) in lookups]
    if told:
        page = replace(page, anchors=tuple(anchor for anchor in page.anchors if squeeze(anchor.label) not in lookups))
    taken = _harvest(page, target, family, report_year)
    steps = [_step(anchor, target, page, LISTED) for anchor, kind in told if kind == "column"]
    steps += [_taken(anchor, target, page) for anchor, kind in told if kind == "report"]
    look_alikes = tuple(anchor.label for anchor, kind in told if kind == "look_alike")
    if target.kind == "column":
        steps += [_step(anchor, target, page, _ROSTER) for anchor in _rosters(page, target)]
    return replace(
        taken,
        targets=(*_sound((*taken.targets, *steps), page), *_elsewhere(page, target, report_year)),
        look_alikes=(*taken.look_alikes, *look_alikes, *_unfollowed(page)),
        bodies=bodies_on(page, target.link_text) if target.kind == "column" else (),
    )


def _elsewhere(page: Page, target: Target, report_year: int | None) -> tuple[Target, ...]:
    """Reports, an article's files and refreshes that lead to no web address: each has its end, nobody is asked."""
    article = target.kind != "column"
    wanted = [
        anchor
        for anchor in page.elsewhere
        if not _NO_PLACE.match(anchor.url)
        and (
            (verdict := judge_article(anchor.label)).kind == "report"
            or not anchor.text
            or (article and _is_own(anchor))
        )
        and _is_wanted(verdict, report_year)
    ]
    return tuple(replace(_step(one, target, page, ARTICLE), kind="article") for one in dict.fromkeys(wanted))


def _is_own(anchor: Anchor) -> bool:
    return is_document(anchor.url) or "附件" in anchor.label


def _unfollowed(page: Page) -> list[str]:
    """Labels of reports that only a script of the page, or a mail program, could go on to."""
    return [
        one.label for one in page.elsewhere if _NO_PLACE.match(one.url) and judge_article(one.label).kind == "report"
    ]


def _rosters(page: Page, target: Target) -> list[Anchor]:
    """From the first pages of a portal the first link to its list of departments."""
    host = urlsplit(page.url).netloc
    named = (a for a in page.anchors if names_a_roster(a.label) and urlsplit(a.url).netloc == host)
    return list(islice(named, 1)) if target.depth <= _ROSTER_DEPTH and not page.is_answer else []


def _harvest(page: Page, target: Target, family: str, report_year: int | None) -> Harvest:
    found = _links_on(page, family)
    if target.kind in ("article", "attachment"):
        return _from_article(page, target, found, report_year)
    own = rows_of(found.rows)
    rest = rows_of(found.others)
    rows = [*own, *rest]
    listed = _is_listed(page, target) or _lists_mostly_reports(directory_of(page.url), rows)
    listed = listed or (target.priority >= DOUBTFUL and has_list_of_reports(rows))
    taken = [*rows_to_take(page, own, listed=listed), *(row for row in rest if row.verdict.kind == "report")]
    targets = [_taken(row.anchor, target, page) for row in taken if _is_wanted(row.verdict, report_year)]
    look_alikes = [row.anchor.label for row in own if row.verdict.kind == "look_alike"]
    ways = find_ways(page, target, found, rows, listed=listed)
    look_alikes += ways.look_alikes
    targets += [_step(anchor, target, page, priority) for priority, anchor in ways.steps]
    if listed:
        targets += _pages(page, target, found)
    targets += [_onward(url, target, page) for url in _shells(page) if url]
    if listed and is_report_page(page.source) and not page.is_answer:
        targets += [_taken(anchor, target, page) for anchor in _attached(found, report_year)]
    counted = listed_rows(page, own)
    reports = sum(row.verdict.kind == "report" for row in counted)
    return Harvest(_sound(targets, page), tuple(look_alikes), listed, len(counted), reports, found.total)


def _links_on(page: Page, family: str) -> Found:
    """The page's links as its site's family reads them; where that finds no list, as the page's own family does."""
    recognised = recognise(page)
    named = families().get(family) or families()[recognised]
    found = named.links(page)
    if family and recognised not in (family, "generic") and not page.is_answer and not found.pages:
        other = families()[recognised].links(page)
        return other if other.pages or len(other.rows) > len(found.rows) else found
    return found


def _is_listed(page: Page, target: Target) -> bool:
    """True for a page of a report column: by how we came, by its path, or by what it says of itself."""
    if target.priority >= LISTED or report_part(page.url):
        return True
    names = (*page.crumbs[-1:], page.meta.get("columntype", ""), page.title)
    return any(judge_column(name, "").kind == "column" for name in names if name)


def _lists_mostly_reports(own: str, rows: list[Row]) -> bool:
    """True if at least two rows, and half of those under the page's own directory, are reports; no home page is."""
    verdicts = [row.verdict.kind for row in rows if row.anchor.url.startswith(own)]
    reports = verdicts.count("report")
    return urlsplit(own).path != "/" and reports >= 2 and reports * 2 >= len(verdicts)


def _from_article(page: Page, target: Target, found: Found, report_year: int | None) -> Harvest:
    attached = _attached(found, report_year)
    files = set(found.attachments)
    linked = rows_of(anchor for anchor in found.rows if anchor not in files)
    # "Previous" and "next" links and side lists of an article lead to other reports of the same column.
    taken = [row.anchor for row in linked if row.verdict.kind == "report" and _is_wanted(row.verdict, report_year)]
    targets = [_taken(anchor, target, page) for anchor in (*attached, *taken)]
    targets += [_onward(url, target, page) for url in _shells(page) if url]
    look_alikes = tuple(row.anchor.label for row in linked if row.verdict.kind == "look_alike")
    return Harvest(_sound(targets, page), look_alikes, listed=False)


def _attached(found: Found, report_year: int | None) -> list[Anchor]:
    """Attachments whose names do not say that they are something else."""
    judged = rows_of(found.attachments)
    return [row.anchor for row in judged if row.verdict.kind != "look_alike" and _is_wanted(row.verdict, report_year)]


def _is_wanted(verdict: Verdict, report_year: int | None) -> bool:
    return report_year is None or verdict.report_year is None or verdict.report_year == report_year


def _pages(page: Page, target: Target, found: Found) -> list[Target]:
    """The other pages of the list; what we came for is still meant."""
    known = {without_index(page.url), without_index(target.via)}
    further = [one for one in found.pages if one.post or without_index(one.url) not in known]
    onward = [replace(_onward(one.url, target, page), post=one.post) for one in further]
    return [replace(other, priority=max(other.priority, LISTED)) for other in onward]


def _shells(page: Page) -> tuple[str, ...]:
    """Where a page that is but a shell sends its reader: a refresh, and frames on the page's own host."""
    host = urlsplit(page.url).netloc
    return (page.refresh, *(frame for frame in page.frames if urlsplit(frame).netloc == host))


def _taken(anchor: Anchor, target: Target, page: Page) -> Target:
    kind, priority = ("attachment", ATTACHMENT) if is_attachment(anchor) else ("article", ARTICLE)
    return replace(_step(anchor, target, page, priority), kind=kind)


def _step(anchor: Anchor, target: Target, page: Page, priority: int) -> Target:
    return Target(
        url=f"{anchor.url}#{anchor.route}" if anchor.route else anchor.url,
        kind="column",
        seed=target.seed,
        via=page.url.partition("#")[0],
        link_text=anchor.label,
        site=target.site,
        depth=target.depth + 1,
        priority=priority,
    )


def _onward(url: str, target: Target, page: Page) -> Target:
    """Another page of the same list, or where a shell sends its reader: what we came for is still meant."""
    return replace(target, url=url, post="", via=page.url.partition("#")[0], depth=target.depth + 1)


def _sound(targets: Iterable[Target], page: Page) -> tuple[Target, ...]:
    """Targets without traps, too deep ones and repetitions, each under the plain one of its URLs."""
    kept: dict[tuple[str, str], Target] = {}
    for target in targets:
        url = target.url if target.post else plain_url(target.url, page.url)
        trap = is_trap(url) or (target.kind == "column" and is_calendar(url))
        if target.depth > _DEEPEST or trap:
            continue
        bare, _, route = url.partition("#")
        key = (without_index(bare), target.post)
        known = kept.get(key)
        if known is None:
            kept[key] = target if url == target.url else replace(target, url=url)
        elif route and route not in known.url:
            # Lists of one address that only the fragment names are one request.
            kept[key] = replace(known, url=f"{known.url}{',' if '#' in known.url else '#'}{route}")
    return tuple(kept.values())
