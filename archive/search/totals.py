"""How many reports hold a query, and how many of each kind, counted up to a bound of work."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass

from archive.search.candidates import Wanted, find_candidates, make_wanted, region_prefix
from archive.search.index import is_indexed
from archive.search.texts import Texts
from archive.search.values import Filters
from archive.store import Archive

COUNTED = 50_000
"""Reports that the index alone proves are counted up to so many; facets count the newest of them."""
READ = 2_000
"""Reports whose texts must be looked at are counted up to so many looked at."""

FACETS = ("year", "region", "level", "kind", "form", "flags")


@dataclass(frozen=True, slots=True)
class Total:
    """``is_exact`` False: there are at least so many."""

    reports: int
    is_exact: bool

    def as_pair(self) -> tuple[str, int]:
        """As ``count_facets`` says it."""
        return "exact" if self.is_exact else "at_least", self.reports


def count_wanted(texts: Texts, wanted: Wanted, *, most_read: int, most: int = COUNTED, match: str = "") -> Total:
    """How many reports hold it: up to ``most``, or of ``most_read`` texts where they must be looked at.

    ``match``: what the index is asked for where texts are looked at (``candidates.narrow``), instead of all tokens.
    """
    db = texts.archive.db
    if not wanted.query.terms and wanted.is_proven:
        counted = _summary(texts.archive, wanted)
        if counted is not None:
            return Total(counted, is_exact=True)
    if wanted.is_proven:
        (found,) = db.execute(
            "SELECT count(*) FROM (SELECT 1 FROM search_index WHERE search_index MATCH :match LIMIT :most)",
            {"match": wanted.match, "most": most + 1},
        ).fetchone()
        return Total(min(found, most), is_exact=found <= most)
    return _read_through(texts, wanted, most_read, match)[0]


def count_facets(archive: Archive, query: str, filters: Filters) -> dict[str, list[tuple[str, int]]]:
    """Query and filters → of the reports found, how many have each value: facet → (value, count), the most first.

    "year", "region", "level", "kind", "form" ("" is unknown), "flags". Regions are those one step below the region
    that the filters name: provinces (two digits), cities (four), counties (six); the code of a province's or city's
    own bodies ends with 00. "total" says how many were counted: one pair, ("exact" or "at_least", count); with
    "at_least" the newest are counted, up to the bounds above. Raises BadQuery.
    """
    wanted = make_wanted(query, filters)
    if not is_indexed(archive.db) or (not wanted.query.terms and not wanted.query.is_empty):
        return {facet: [] for facet in FACETS} | {"total": [("exact", 0)]}
    depth = 2 if not filters.region else min(6, len(region_prefix(filters.region)) + 2)
    if not wanted.query.terms and not wanted.facets and wanted.name is None:
        return _all_facets(archive)
    if wanted.is_proven:
        total = count_wanted(Texts(archive), wanted, most_read=0)
        source = "SELECT rowid FROM search_index WHERE search_index MATCH :asked ORDER BY rowid DESC LIMIT :most"
        asked = wanted.match
    else:
        total, places = _read_through(Texts(archive), wanted)
        source = "SELECT value FROM json_each(:asked) LIMIT :most"
        asked = json.dumps(places)
    rows = archive.db.execute(
        f"""
        SELECT s.year, substr(s.region, 1, :depth), s.level, s.kind, s.form, s.flags, count(*)
        FROM ({source}) i CROSS JOIN searched s ON s.place = i.{"rowid" if wanted.is_proven else "value"}
        GROUP BY 1, 2, 3, 4, 5, 6
        """,
        {"asked": asked, "most": COUNTED, "depth": depth},
    )
    counts: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
    for *values, flags, count in rows:
        for facet, value in zip(FACETS, values, strict=False):
            counts[facet][str(value)] += count
        for flag in flags.split():
            counts["flags"][flag] += count
    return {facet: _by_count(counts[facet]) for facet in FACETS} | {"total": [total.as_pair()]}


def _all_facets(archive: Archive) -> dict[str, list[tuple[str, int]]]:
    rows = archive.db.execute("SELECT facet, value, reports FROM searched_counts").fetchall()
    counts: dict[str, Counter[str]] = {facet: Counter() for facet in (*FACETS, "all")}
    for facet, value, reports in rows:
        if facet != "region" or len(value) <= 2:
            counts[facet][value] = reports
    total = Total(counts["all"][""], is_exact=True)
    return {facet: _by_count(counts[facet]) for facet in FACETS} | {"total": [total.as_pair()]}


def _read_through(texts: Texts, wanted: Wanted, most_read: int = READ, match: str = "") -> tuple[Total, list[int]]:
    places: list[int] = []
    for read, candidate in enumerate(find_candidates(texts.archive, match or wanted.match)):
        if read == most_read:
            return Total(len(places), is_exact=False), places
        if texts.bear_out(wanted, candidate):
            places.append(candidate.place)
    return Total(len(places), is_exact=True), places


def _by_count(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _summary(archive: Archive, wanted: Wanted) -> int | None:
    """The count of all, or of one value of one facet, as it is kept; None for more than that."""
    if len(wanted.facets) > 1:
        return None
    facet, value = wanted.facets[0] if wanted.facets else ("all", "")
    row = archive.db.execute(
        "SELECT reports FROM searched_counts WHERE facet = :facet AND value = :value", {"facet": facet, "value": value}
    ).fetchone()
    return 0 if row is None else int(row[0])
