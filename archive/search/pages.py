"""A query and filters → one page of reports, newest or best first, with its passages and an honest total.

Newest first streams: the index is in the order of publication, and looking stops when the page is full. Best first
compares a pool: the newest ``POOL`` reports that hold the query, and before them the newest ``HEADS`` of those that
hold a term in their title or a body's name. Of two reports of the pool the better one

1. holds more of the terms in its title or a name of its body,
2. has the terms more often for its length (occurrences in 1,000 characters of the text that stands for it, summed
   over the terms, rounded to a tenth),
3. was published later.

No statistics of the archive enter, so that anybody can check an order with the two reports at hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from archive.errors import BadQuery
from archive.search.candidates import END, Candidate, Wanted, find_candidates, make_wanted, narrow
from archive.search.index import is_indexed
from archive.search.passages import headline_of, passages_of
from archive.search.terms import Term
from archive.search.texts import Texts
from archive.search.totals import Total, count_wanted
from archive.search.values import Filters, Found, Hit, Passage
from archive.store import Archive

POOL = 1500
HEADS = 200
MOST_TRIED = 2000
"""A page of newest reports looks at so many texts at most, and says where it stopped."""
_READ_TO_COUNT = 30
_AT_A_TIME = 24
_COUNTED = 10_000
_MOST_ON_A_PAGE = 1000

_CURSOR = re.compile(r"(n|r)([0-9]{1,18})")

PUNCTUATION = "只有标点符号，没有可以检索的字。"
NOT_INDEXED = "检索索引还没有按这个版本建好：请运行 nianbao reparse，完成后再检索。"
UNFINISHED = "看了 {} 篇的原文，这一页还没有找满；可以接着往下找。"
POOLED = "符合的报告很多：最相关的一序只比较最新的 {} 篇和标题、机构名称中有检索词的报告。"
IGNORED = "只有标点的部分没有计入检索：{}"


def find_page(archive: Archive, query: str, filters: Filters, *, sort: str, limit: int, after: str = "") -> Found:
    """One page of the reports whose texts, titles or names hold the query and which the filters admit.

    ``sort`` is "newest" (by day of publication, those of no known day last) or "rank" (see above; ``next`` ends with
    the pool). ``after`` is the ``next`` of the page before. Raises BadQuery.
    """
    if sort not in ("newest", "rank"):
        raise BadQuery(f"expected newest or rank, found {sort!r}")
    if not 1 <= limit <= _MOST_ON_A_PAGE:
        raise BadQuery(f"expected 1 to {_MOST_ON_A_PAGE} hits a page, found {limit}")
    start = _read_cursor(after, sort)
    wanted = make_wanted(query, filters)
    if not is_indexed(archive.db):
        return Found(0, False, (), says=NOT_INDEXED, code="not_indexed")
    if not wanted.query.terms and not wanted.query.is_empty:
        return Found(0, True, (), says=PUNCTUATION, code="punctuation")
    if sort == "rank":
        found = _best(archive, wanted, limit, start or 0)
    else:
        found = _newest(archive, wanted, limit, END if start is None else start)
    return _with_ignored(found, wanted)


def _newest(archive: Archive, wanted: Wanted, limit: int, below: int) -> Found:
    texts = Texts(archive)
    match = wanted.match if wanted.is_proven else narrow(archive, wanted)
    shown: list[Candidate] = []
    last, ended, tried = below, True, 0
    for tried, candidate in enumerate(_made_ready(texts, wanted, find_candidates(archive, match, below))):
        if tried == MOST_TRIED:
            ended = False
            break
        if texts.bear_out(wanted, candidate):
            if len(shown) == limit:
                last, ended = shown[-1].place, False
                break
            shown.append(candidate)
        last = candidate.place
    if below == END and not wanted.is_proven and (ended or tried >= _READ_TO_COUNT):
        total = Total(len(shown), is_exact=ended)
    else:
        total = count_wanted(texts, wanted, most_read=_READ_TO_COUNT, most=_COUNTED, match=match)
    unfinished = not ended and len(shown) < limit
    return Found(
        max(total.reports, len(shown)),
        total.is_exact,
        _hits(texts, wanted, shown),
        next="" if ended else f"n{last}",
        says=UNFINISHED.format(MOST_TRIED) if unfinished else "",
        code="unfinished" if unfinished else "",
    )


def _made_ready(texts: Texts, wanted: Wanted, candidates: Iterator[Candidate]) -> Iterator[Candidate]:
    """The same, the texts that must be looked at fetched for some at a time."""
    while some := list(islice(candidates, _AT_A_TIME)):
        if not wanted.is_proven:
            texts.fetch(reading for candidate in some for reading in candidate.readings)
        yield from some


def _best(archive: Archive, wanted: Wanted, limit: int, start: int) -> Found:
    texts = Texts(archive)
    # Many terms take longer for each text: fewer are compared then.
    size = POOL // max(1, len(wanted.query.terms) // 3)
    newest = list(islice(find_candidates(archive, wanted.match), size + 1))
    pool = {one.place: one for one in newest[:size]}
    is_whole = len(newest) <= size
    if not is_whole and wanted.head_match:
        pool |= {one.place: one for one in islice(find_candidates(archive, wanted.head_match), HEADS)}
    held = [one for one in pool.values() if texts.bear_out(wanted, one)]
    scores = {one.place: texts.score(wanted, one) for one in held}
    held.sort(key=lambda one: (*scores[one.place], one.place), reverse=True)
    total = Total(len(held), is_exact=True) if is_whole else count_wanted(texts, wanted, most_read=size)
    end = start + limit
    return Found(
        max(total.reports, len(held)),
        total.is_exact,
        _hits(texts, wanted, held[start:end]),
        next=f"r{end}" if end < len(held) else "",
        says="" if is_whole else POOLED.format(size),
        code="" if is_whole else "pool",
    )


def _hits(texts: Texts, wanted: Wanted, shown: Sequence[Candidate]) -> tuple[Hit, ...]:
    if wanted.query.wanted:
        texts.fetch(one.readings[0] for one in shown)
    return tuple(_hit(texts, wanted, one) for one in shown)


def _hit(texts: Texts, wanted: Wanted, candidate: Candidate) -> Hit:
    terms = wanted.query.wanted
    organisation, region, year, version, url, title, published = texts.archive.db.execute(
        """
        SELECT coalesce(r.organisation, o.name), coalesce(r.region_code, o.region_code, ''), p.report_year, r.version, (
            SELECT c.url FROM sightings g JOIN captures c ON c.id = g.capture
            WHERE g.version = r.version ORDER BY c.captured_at DESC, c.id DESC LIMIT 1
        ), r.title, r.published
        FROM readings r
        JOIN reports p ON p.id = :report
        JOIN organisations o ON o.id = p.organisation
        WHERE r.id = :reading
        """,
        {"report": candidate.report, "reading": candidate.readings[0]},
    ).fetchone()
    passages = _passages(texts, candidate, version, terms)
    headline = headline_of(candidate.titles, candidate.names, terms)
    return Hit(candidate.report, organisation, region, year, version, url, title, published, passages, headline)


def _passages(texts: Texts, candidate: Candidate, version: int, terms: tuple[Term, ...]) -> tuple[Passage, ...]:
    """Of the first text that shows any; ``version`` is that of the first."""
    for at, reading in enumerate(candidate.readings if terms else ()):
        if at:
            (version,) = texts.archive.db.execute(
                "SELECT version FROM readings WHERE id = :reading", {"reading": reading}
            ).fetchone()
        passages = passages_of(version, texts.get(reading).text, terms)
        if passages:
            return passages
    return ()


def _with_ignored(found: Found, wanted: Wanted) -> Found:
    if not wanted.query.ignored or found.code:
        return found
    return replace(found, says=IGNORED.format("、".join(wanted.query.ignored)), code="ignored")


def _read_cursor(after: str, sort: str) -> int | None:
    if not after:
        return None
    read = _CURSOR.fullmatch(after)
    if read is None or (read[1] == "r") != (sort == "rank"):
        raise BadQuery(f"expected the next of the page before, in the same order, found {after!r}")
    return int(read[2])
