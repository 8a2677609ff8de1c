"""The front page: one box, what can be asked in it, how much there is, what is new."""

from __future__ import annotations

from typing import Any

from archive.search import Filters, count_facets, find_page
from archive.web.answers import Head, Page
from archive.web.asked import Asked
from archive.web.facets import choices_of
from archive.web.facets import facts_of as facts_of_choices
from archive.web.hits import entry_of, facts_of, said_of, shown
from archive.web.links import history_path, place_path, search_path, with_query
from archive.web.pages_found import Path
from archive.web.searches import Search

_NEWEST = 8
_LEADS = 5
_LOOKED_BACK = 2000
"""Of the versions kept last, so many are looked at for those that replaced another."""
_COUNTED = 50_000
"""In an archive of more reports than this the figures are not summed up for a front page."""

# As the forms and their prose have it: words, a phrase, a telephone's beginning, an exclusion.
EXAMPLES = (("行政复议", "words"), ('"不予公开"', "phrase"), ("0478-", "digits"), ("财政局 预算 -决算", "terms"))


def front(asked: Asked) -> Page:
    """``/``: counts, the newest reports, what was changed after publication, what does not add up."""
    archive = asked.archive
    search = Search("", Filters(), "newest", asked.lang)
    counts = count_facets(archive, "", Filters())
    newest = find_page(archive, "", Filters(), sort="newest", limit=_NEWEST)
    broken = find_page(archive, "", Filters(flags=("broken",)), sort="newest", limit=_LEADS)
    reports = shown(archive, newest.hits, "", asked.lang)
    contradicted = shown(archive, broken.hits, "", asked.lang)
    choices = choices_of(archive, search, counts)
    edited = _edited(asked)
    is_indexed = newest.code != "not_indexed"
    counted = _counts(asked, newest.total if is_indexed else None, counts)
    facts: dict[str, Any] = {
        "counts": counted,
        "latest": [facts_of(one) for one in reports],
        "contradicted": [facts_of(one) for one in contradicted],
        "edited": edited,
        "facets": facts_of_choices(choices),
    }
    lang = asked.lang if asked.lang == "en" else ""
    extra = {
        "examples": [(query, with_query(search_path(query), {"lang": lang}), kind) for query, kind in EXAMPLES],
        "reports": [(one, said_of(one, asked.lang)) for one in reports],
        "contradicted": contradicted,
        "choices": choices,
        "is_indexed": is_indexed,
        "season": _season(counted, choices),
    }
    description = asked.say("front.says")
    return Page(
        "front.html", asked.say("common.name"), facts, extra,
        feed=tuple(entry_of(one, asked.lang) for one in reports), head=Head(canonical="/", description=description),
    )  # fmt: skip


def _counts(asked: Asked, reports: int | None, counts: dict[str, list[tuple[str, int]]]) -> dict[str, int | None]:
    """``figures`` None: too many to be summed up here; ``reports`` None: the index is not made yet that counts them.

    Years are those from ``first_year`` to ``last_year`` that a report is on.
    """
    db = asked.archive.db
    years = [int(year) for year, _ in counts["year"]]
    figures = None
    if reports is not None and reports <= _COUNTED:
        (figures,) = db.execute(
            "SELECT coalesce(sum(r.numbers), 0) FROM reports p JOIN readings r ON r.id = p.reading"
        ).fetchone()
    return {
        "reports": reports,
        "bodies": db.execute("SELECT count(*) FROM organisations").fetchone()[0],
        "years": len(years),
        "first_year": min(years, default=None),
        "last_year": max(years, default=None),
        "figures": figures,
    }


def _edited(asked: Asked) -> list[dict[str, Any]]:
    """Reports of which another version came to be seen lately, the newest first, each once."""
    rows = asked.archive.db.execute(
        """
        SELECT p.id, o.name, o.region_code, p.report_year, v.number, v.first_captured
        FROM (SELECT * FROM versions ORDER BY id DESC LIMIT :back) v
        JOIN renditions n ON n.id = v.rendition
        JOIN reports p ON p.id = n.report
        JOIN organisations o ON o.id = p.organisation
        WHERE v.number > 1
        ORDER BY v.first_captured DESC, v.id DESC LIMIT :most
        """,
        {"back": _LOOKED_BACK, "most": 4 * _LEADS},
    ).fetchall()
    lang = "en" if asked.lang == "en" else ""
    by_report: dict[int, dict[str, Any]] = {}
    for report, name, region, year, number, seen in rows:
        path = with_query(history_path(region or "", name, year), {"lang": lang})
        facts = {"report": f"r{report}", "organisation": name, "region_code": region, "report_year": year}
        by_report.setdefault(report, {**facts, "number": number, "first_captured": seen, "path": path})
    return list(by_report.values())[:_LEADS]


def _season(counts: dict[str, int | None], choices: dict[str, Any]) -> dict[str, Any] | None:
    """The last year reported on: how many there are on it, and where to see who has none."""
    year = counts["last_year"]
    if year is None:
        return None
    count = next(one.count for one in choices["year"] if one.value == str(year))
    return {"year": year, "count": count, "path": place_path("", year)}


PATHS = (Path("/", front, ("json", "atom")),)
