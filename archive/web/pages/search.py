"""The search: one box, what narrows it, the reports found with the places that show the words."""

from __future__ import annotations

from collections.abc import Mapping
from time import thread_time
from typing import Any

from archive.errors import BadQuery
from archive.search import Filters, Found, count_facets, find_page
from archive.search.terms import Query, read_query
from archive.web.answers import Head, Page, Table
from archive.web.asked import Asked
from archive.web.briefly import briefly
from archive.web.facets import FACETS, Counts, choices_of, chosen_in
from archive.web.facets import facts_of as facts_of_choices
from archive.web.hits import COLUMNS, entry_of, facts_of, row_of, said_of, shown
from archive.web.pages_found import Path
from archive.web.searches import Search, read_search

_ON_A_PAGE = {"html": 20, "json": 20, "csv": 200, "atom": 50}
_MOST = {"html": 100, "json": 100, "csv": 1000, "atom": 100}
_FACETS_UNTIL = 0.6  # seconds: found reports are worth more than counts beside them
_MOST_ALONE = 5  # terms of a search without result that are looked for each alone


def search(asked: Asked) -> Page:
    """``/search``: ``q`` the words, ``year region level kind form organisation flags`` what narrows it, ``sort``
    newest or rank, ``after`` where the page begins, ``limit`` how many reports it has.

    JSON: ``total`` (``is_exact`` false: at least so many), ``results``, ``next``: the path of the following page, ""
    at the end; ``query`` as it was understood, ``facets`` with a path for each choice, ``says``. CSV: one line a
    report, the following page in the header Link (RFC 8288). Raises BadQuery.
    """
    begun = thread_time()
    wanted = read_search(asked)
    sort = "newest" if asked.form == "atom" else wanted.sort
    after = asked.text("after")
    limit = asked.number("limit", _ON_A_PAGE[asked.form], most=_MOST[asked.form])
    if not limit:
        raise BadQuery("limit: expected at least 1")
    understood = read_query(wanted.query)
    found = find_page(asked.archive, wanted.query, wanted.filters, sort=sort, limit=limit, after=after)
    results = shown(asked.archive, found.hits, wanted.query, asked.lang)
    counts = _counts(asked, wanted, found, begun)
    total, is_exact = _total(found, counts)
    choices = choices_of(asked.archive, wanted, counts)
    own_limit = limit if asked.text("limit") else None
    following = wanted.path(_data_form(asked), after=found.next, limit=own_limit) if found.next else ""
    facts = {
        "total": total,
        "is_exact": is_exact,
        "results": [facts_of(one) for one in results],
        "next": following,
        "query": _facts_of_query(wanted, understood),
        "facets": facts_of_choices(choices),
        "says": _said(asked, found, understood),
    }
    extra = {
        "search": wanted,
        "results": [(one, said_of(one, asked.lang)) for one in results],
        "choices": choices,
        "is_counted": bool(counts),
        "facets_exact": "at_least" not in dict(counts.get("total", ())),
        "chosen": chosen_in(asked.archive, wanted),
        "understood": understood,
        "first": wanted.path(limit=own_limit) if after else "",
        "advice": _advice(asked, wanted, understood)
        if not (found.total or found.next) and asked.form == "html"
        else (),
    }
    return Page(
        "search.html",
        _title(asked, wanted),
        facts,
        extra,
        table=Table(COLUMNS, (row_of(one, asked.site.base) for one in results)),
        feed=tuple(entry_of(one, asked.lang) for one in results),
        head=Head(is_listed=False),
        headers={"Link": f'<{following}>; rel="next"'} if following and asked.form != "html" else {},
    )


def _counts(asked: Asked, wanted: Search, found: Found, begun: float) -> Counts:
    """How many of each kind; nothing where the form has no place for it or the time is short.

    Where a year is chosen, its facet counts what the other years would find.
    """
    if asked.form not in ("html", "json") or not found.total:
        return {}

    def count(one: Search) -> dict[str, list[tuple[str, int]]]:
        left = _FACETS_UNTIL - (thread_time() - begun)
        return briefly(asked, left, lambda: count_facets(asked.archive, one.query, one.filters)) or {}

    counts = count(wanted)
    if counts and wanted.filters.year is not None:
        counts["year"] = count(wanted.without(year=None)).get("year", [])
    return counts


def _total(found: Found, counts: Counts) -> tuple[int, bool]:
    """How many reports there are, and whether exactly: the page counts to a bound, the facets to another."""
    if found.is_exact:
        return found.total, True
    counted = dict(counts.get("total", ()))
    if "exact" in counted:
        return counted["exact"], True
    return max(found.total, counted.get("at_least", 0)), False


def _data_form(asked: Asked) -> str:
    return "" if asked.form == "html" else asked.form


def _title(asked: Asked, wanted: Search) -> str:
    if wanted.query:
        return asked.say("search.title_query", query=wanted.query)
    return asked.say("search.title")


def _said(asked: Asked, found: Found, understood: Query) -> str:
    if not found.code:
        return ""
    if found.code in ("punctuation", "ignored"):
        return asked.say(f"search.says_{found.code}", ignored=" ".join(understood.ignored))
    return asked.say(f"search.says_{found.code}")


def _facts_of_query(wanted: Search, understood: Query) -> dict[str, Any]:
    filters = wanted.filters
    return {
        "text": wanted.query,
        "terms": [term.text for term in understood.wanted],
        "excluded": [term.text for term in understood.excluded],
        "ignored": list(understood.ignored),
        "sort": wanted.sort,
        "filters": {
            **{facet: getattr(filters, facet) or None for facet in (*FACETS, "organisation") if facet != "flags"},
            "flags": list(filters.flags),
        },
    }


def _advice(asked: Asked, wanted: Search, understood: Query) -> tuple[Mapping[str, Any], ...]:
    """Of a search that found nothing: what less would find, each with its count and its path."""
    searches = []
    if wanted.is_filtered and understood.wanted:
        searches.append((asked.say("search.without_filters"), Search(wanted.query, Filters(), wanted.sort, asked.lang)))
    if len(understood.wanted) > 1 or understood.excluded:
        for term in understood.wanted[:_MOST_ALONE]:
            alone = Search(f'"{term.text}"', wanted.filters, wanted.sort, asked.lang)
            searches.append((asked.say("search.alone", term=term.text), alone))
    made = []
    for label, one in searches:
        asked.check_time()
        found = find_page(asked.archive, one.query, one.filters, sort="newest", limit=1)
        made.append({"label": label, "count": found.total, "is_exact": found.is_exact, "path": one.path()})
    return tuple(made)


PATHS = (Path("/search", search, ("json", "csv", "atom")),)
