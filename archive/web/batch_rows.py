"""The lines of a batch → the rows of its table, as far as the time goes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from time import thread_time
from typing import Any

from archive.bodies.places import names_of
from archive.comparing.figures import NO_REPORT, UNREADABLE, Body, Figure, compare, gathered
from archive.errors import BadQuery
from archive.lookups.bodies_meant import PART, Meant, bodies_like, bodies_named
from archive.search import Filters, Hit, count_facets, find_page
from archive.store import Archive
from archive.web.asked import Asked
from archive.web.batch_lines import Batch
from archive.web.briefly import briefly
from archive.web.links import report_path, with_query
from archive.web.place_names import chain_of, path_of

FOUND, SEVERAL, UNKNOWN = "read", "several", "unknown_body"
"""States of a row beside those of a report: it is read; several bodies match; none does."""
HIT, NOTHING = "hit", "no_hit"
"""Of a term: reports hold it; none does."""
ANSWERED_UNTIL = 0.5
"""Seconds after which no further line is looked for: what was found must still be put together and written."""
_CANDIDATES = 8
_SPARED_YEARS = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One line, or one report of it. ``figures`` in the order of the keys; ``bodies`` those that match where several
    do; ``is_part``: the line is only a piece of the body's name; ``path`` of the report, of the search for a term."""

    line: str
    state: str
    organisation: str = ""
    region_code: str = ""
    place: str = ""
    year: int | None = None
    report: int | None = None
    path: str = ""
    published: str = ""
    why: str = ""
    is_part: bool = False
    is_broken: bool = False
    figures: tuple[Figure, ...] = ()
    bodies: tuple[tuple[Body, str], ...] = ()
    is_all: bool = True
    hits: int | None = None
    is_exact: bool = True


@dataclass(slots=True)
class Answer:
    """``rows`` in the order of the lines; ``left``: lines that there was no time for."""

    rows: list[Row] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def answer_terms(asked: Asked, batch: Batch) -> Answer:
    """Each line as a search: how many reports, and the newest of them."""
    begun, answer = thread_time(), Answer()
    lang = "en" if batch.lang == "en" else ""
    for at, line in enumerate(batch.lines):
        if thread_time() - begun > ANSWERED_UNTIL:
            answer.left = list(batch.lines[at:])
            break
        path = with_query("/search", {"q": line, "year": batch.year, "lang": lang})
        try:
            found = find_page(asked.archive, line, Filters(year=batch.year), sort="newest", limit=1)
        except BadQuery as error:
            answer.rows.append(Row(line, NOTHING, why=error.says, hits=0))
            continue
        newest = found.hits[0] if found.hits else None
        answer.rows.append(
            Row(
                line, HIT if newest else NOTHING, path=path, hits=found.total, is_exact=found.is_exact,
                why=found.says if found.code == "punctuation" else "", **_newest(newest),
            )
        )  # fmt: skip
    for at, row in enumerate(answer.rows):
        if not row.is_exact and not answer.left:
            answer.rows[at] = _counted_further(asked, batch, row, ANSWERED_UNTIL - (thread_time() - begun))
    bodies = _bodies_of(asked.archive, {row.report for row in answer.rows if row.report is not None})
    answer.rows = [
        row
        if row.report is None
        else replace(row, organisation=bodies[row.report][0], region_code=bodies[row.report][1])
        for row in answer.rows
    ]
    return answer


def _counted_further(asked: Asked, batch: Batch, row: Row, seconds: float) -> Row:
    """A page of hits is counted to a low bound; with time left it is counted to that of the facets."""
    filters = Filters(year=batch.year)
    counts = briefly(asked, seconds, lambda: count_facets(asked.archive, row.line, filters))
    counted = dict((counts or {}).get("total", ()))
    if "exact" in counted:
        return replace(row, hits=counted["exact"], is_exact=True)
    return replace(row, hits=max(row.hits or 0, counted.get("at_least", 0)))


def answer_bodies(asked: Asked, batch: Batch) -> Answer:
    """Each line as a body: its reports on the year or on all years, with their figures."""
    begun, archive, answer = thread_time(), asked.archive, Answer()
    meant = bodies_named(archive, batch.lines)
    for at, line in enumerate(batch.lines):
        if line not in meant:
            if thread_time() - begun > ANSWERED_UNTIL:
                answer.left = [one for one in batch.lines[at:] if one not in meant]
                break
            meant[line] = bodies_like(archive, line)
    left = set(answer.left)
    taken = [(line, meant[line]) for line in batch.lines if line not in left]
    single = {line: one.bodies[0] for line, one in taken if len(one.bodies) == 1 and one.is_all}
    whole = _gathered(archive, tuple(single.values()))
    reports = _Reports(archive, batch, [whole[body] for body in dict.fromkeys(single.values())])
    codes = {code for _, one in taken for body in one.bodies for code in chain_of(body.region_code)}
    names = names_of(archive, codes)
    for line, one in taken:
        asked.check_time()
        if line in single:
            answer.rows += reports.rows_of(line, whole[single[line]], one, names)
        else:
            listed = tuple((body, path_of(body.region_code, names)) for body in one.bodies[:_CANDIDATES])
            is_all = one.is_all and len(one.bodies) <= _CANDIDATES
            answer.rows.append(Row(line, SEVERAL if listed else UNKNOWN, bodies=listed, is_all=is_all))
    return answer


class _Reports:
    """The reports of some bodies on the years of a batch, all asked for at once."""

    def __init__(self, archive: Archive, batch: Batch, bodies: list[Body]) -> None:
        self._batch = batch
        self._places = {body: at for at, body in enumerate(bodies)}
        self._own_years = _years_of(archive, bodies)
        last = max((years[-1] for years in self._own_years.values()), default=0)
        first = min((years[0] for years in self._own_years.values()), default=last)
        self._years = range(max(first, last - _SPARED_YEARS + 1), last + 1) if batch.year is None else (batch.year,)
        self._figures = compare(archive, bodies, batch.keys, self._years)
        reports = {one.report for one in self._figures.values() if one.report is not None}
        self._published = _published(archive, reports)

    def rows_of(self, line: str, body: Body, meant: Meant, names: dict[str, str]) -> Iterator[Row]:
        """A row for each year: of all years those from the body's first report on."""
        at = self._places[body]
        own = self._own_years.get(body, ())
        years = [year for year in self._years if self._batch.year is not None or (own and year >= own[0])]
        for year in reversed(years):
            figures = tuple(self._figures[key, at, year] for key in self._batch.keys)
            first = figures[0]
            is_there = first.report is not None
            name, code = (first.organisation, first.region_code) if is_there else (body.name, body.region_code)
            lang = "en" if self._batch.lang == "en" else ""
            yield Row(
                line,
                first.status if first.status in (NO_REPORT, UNREADABLE) else FOUND,
                name,
                code,
                path_of(code, names),
                year,
                first.report,
                with_query(report_path(code, name, year), {"lang": lang}) if is_there else "",
                self._published.get(first.report or 0, ("", 0))[0],
                first.why,
                meant.how == PART,
                self._published.get(first.report or 0, ("", 0))[1] > 0,
                figures,
            )


def _gathered(archive: Archive, bodies: Collection[Body]) -> dict[Body, Body]:
    """Bodies → each with the names that it bore in other years."""
    found: dict[Body, Body] = {}
    by_id = {one: body for body in gathered(archive, bodies) for one in body.organisations}
    for body in bodies:
        found[body] = by_id[body.organisations[0]]
    return found


def _years_of(archive: Archive, bodies: list[Body]) -> dict[Body, tuple[int, ...]]:
    rows = archive.db.execute(
        """
        SELECT p.organisation, p.report_year FROM json_each(:ids) w JOIN reports p ON p.organisation = w.value
        ORDER BY p.report_year
        """,
        {"ids": json.dumps([one for body in bodies for one in body.organisations])},
    ).fetchall()
    by_id: dict[int, list[int]] = {}
    for organisation, year in rows:
        by_id.setdefault(organisation, []).append(year)
    years = {body: sorted(year for one in body.organisations for year in by_id.get(one, ())) for body in bodies}
    return {body: tuple(own) for body, own in years.items() if own}


def _published(archive: Archive, reports: set[int]) -> dict[int, tuple[str, int]]:
    """Reports → the day of publication as each says, and how many of its checks are broken."""
    rows = archive.db.execute(
        """
        SELECT p.id, coalesce(r.published, ''), r.broken
        FROM json_each(:reports) w JOIN reports p ON p.id = w.value JOIN readings r ON r.id = p.reading
        """,
        {"reports": json.dumps(sorted(reports))},
    ).fetchall()
    return {report: (published[:10], broken) for report, published, broken in rows}


def _bodies_of(archive: Archive, reports: set[int]) -> dict[int, tuple[str, str]]:
    """Reports → name and region of the body of each, which the path of the report is made of."""
    rows = archive.db.execute(
        """
        SELECT p.id, o.name, coalesce(o.region_code, '') FROM json_each(:reports) w
        JOIN reports p ON p.id = w.value JOIN organisations o ON o.id = p.organisation
        """,
        {"reports": json.dumps(sorted(reports))},
    ).fetchall()
    return {report: (name, code) for report, name, code in rows}


def _newest(hit: Hit | None) -> dict[str, Any]:
    """What a row of a term says of the newest report; whose it is, ``_bodies_of`` says."""
    if hit is None:
        return {}
    return {"year": hit.report_year, "report": hit.report, "published": (hit.published or "")[:10]}
