"""A query and filters → what the index is asked; what it names for them, newest first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.errors import BadQuery
from archive.search.entries import FLAGS, facet_token
from archive.search.folding import fold
from archive.search.terms import Query, Term, has_words, make_term, read_query
from archive.search.values import Filters
from archive.store import Archive

END = 1 << 62
"""Above every place."""
_SAMPLE = 4096
_COMMON = _SAMPLE // 8

_REGION = re.compile(r"\d{2}|\d{4}|\d{6}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A report that the index names. ``place`` is its row there; texts are of ``readings``."""

    place: int
    report: int
    readings: tuple[int, ...]
    titles: str
    names: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A query and filters, as the index is asked (``match``, "" for all), and what is left to be seen in the texts.

    ``must`` are the tokens that the index alone decides on, ``seen`` those of terms that are looked for in the texts as
    well, ``barred`` what must not be there. ``head_match`` names those reports that may hold a term in a title or
    name, "" where that is not asked for;
    ``unproven`` must be looked for in the texts, ``name`` in the body's names; ``facets`` are the filters.
    """

    query: Query
    must: tuple[str, ...]
    seen: tuple[str, ...]
    barred: tuple[str, ...]
    head_match: str
    unproven: tuple[Term, ...]
    name: Term | None
    facets: tuple[tuple[str, str], ...]

    @property
    def match(self) -> str:
        """All of its tokens, as FTS5 is asked for them."""
        return _expression((*self.must, *self.seen), self.barred)

    @property
    def is_proven(self) -> bool:
        return not self.unproven and self.name is None


def make_wanted(query: str, filters: Filters) -> Wanted:
    """Query and filters → how they are looked for. Raises BadQuery for what cannot mean anything."""
    read = read_query(query)
    facets = _facets(filters)
    name = fold(filters.organisation)
    named = make_term(name) if has_words(name) else None
    if filters.organisation and named is None:
        raise BadQuery(f"expected a piece of a body's name, found {filters.organisation!r}")
    must = [*(facet_token(*one) for one in facets), *(f"n:{token}" for token in (named.tokens if named else ()))]
    must += [token for term in read.wanted if term.proven for token in term.tokens]
    seen = [token for term in read.wanted if not term.proven for token in term.tokens]
    barred = tuple(term.tokens[0] for term in read.excluded if term.proven)
    heads = [" AND ".join(_quoted(f"n:{token}") for token in term.tokens) for term in read.wanted]
    match = _expression((*must, *seen), barred)
    return Wanted(
        read,
        tuple(must),
        tuple(seen),
        barred,
        f"({' OR '.join(f'({head})' for head in heads)}) AND {match}" if heads and len(heads) <= 8 else "",
        tuple(term for term in read.terms if not term.proven),
        named,
        tuple(facets),
    )


def narrow(archive: Archive, wanted: Wanted) -> str:
    """Wanted → what FTS5 is asked for in its place where texts are looked at anyhow: without the common tokens.

    FTS5 walks through the whole list of every token. Of a piece of ten characters two or three pairs are rare and
    leave little over; the common ones, in more than an eighth of the newest reports, take nine tenths of the time.
    """
    sampled = [token for token in dict.fromkeys(wanted.seen) if not token.endswith("*")]
    newest = archive.db.execute(
        "SELECT place FROM searched ORDER BY place DESC LIMIT 1 OFFSET :sample", {"sample": _SAMPLE}
    ).fetchone()
    if newest is None or len(sampled) <= 2:
        return wanted.match
    often = {token: _count(archive, token, newest[0]) for token in sampled}
    if min(often.values()) > _COMMON:
        return wanted.match
    rarest = sorted(sampled, key=often.__getitem__)[:2]
    left_out = {token for token in sampled if often[token] > _COMMON and token not in rarest}
    return _expression((*wanted.must, *(token for token in wanted.seen if token not in left_out)), wanted.barred)


def _count(archive: Archive, token: str, above: int) -> int:
    """In how many reports above a place a token is, counted until it is common."""
    query = "SELECT count(*) FROM (SELECT 1 FROM search_index WHERE search_index MATCH ? AND rowid > ? LIMIT ?)"
    (found,) = archive.db.conn.execute(query, (_quoted(token), above, _COMMON + 1)).fetchone()
    return int(found)


def find_candidates(archive: Archive, match: str, below: int = END) -> Iterator[Candidate]:
    """What the index names, newest first, of places below one. ``match`` "" is all."""
    columns = "s.place, s.report, s.readings, s.titles, s.names"
    if match:
        rows = archive.db.conn.execute(
            f"""
            SELECT {columns} FROM search_index i CROSS JOIN searched s ON s.place = i.rowid
            WHERE i.search_index MATCH ? AND i.rowid < ? ORDER BY i.rowid DESC
            """,
            (match, below),
        )
    else:
        rows = archive.db.conn.execute(
            f"SELECT {columns} FROM searched s WHERE s.place < ? ORDER BY s.place DESC", (below,)
        )
    for place, report, readings, titles, names in rows:
        yield Candidate(place, report, tuple(json.loads(readings)), titles, names)


def region_prefix(region: str) -> str:
    """Region code → the digits that all codes below it begin with. Raises BadQuery.

    >>> region_prefix("150000"), region_prefix("1508"), region_prefix("150824")
    ('15', '1508', '150824')
    """
    if not _REGION.fullmatch(region) or not region.isascii():
        raise BadQuery(f"expected a region code of 2, 4 or 6 digits (15, 1508, 150824), found {region!r}")
    while len(region) > 2 and region.endswith("00"):
        region = region[:-2]
    return region


def _facets(filters: Filters) -> list[tuple[str, str]]:
    facets = [] if filters.year is None else [("year", str(filters.year))]
    if filters.region:
        facets.append(("region", region_prefix(filters.region)))
    for facet, value in (("level", filters.level), ("kind", filters.kind), ("form", filters.form)):
        if value and not re.fullmatch(r"[a-z0-9]{1,40}", value):
            raise BadQuery(f"expected a {facet} such as the facets name, found {value!r}")
        facets += [(facet, value)] if value else []
    for flag in filters.flags:
        if flag not in FLAGS:
            raise BadQuery(f"expected one of {', '.join(FLAGS)}, found {flag!r}")
        facets.append(("flags", flag))
    return list(dict.fromkeys(facets))


def _expression(must: Iterable[str], barred: Iterable[str]) -> str:
    if not must and not barred:
        return ""
    wanted = " AND ".join(_quoted(token) for token in dict.fromkeys(must or [facet_token("all", "")]))
    if not barred:
        return f"({wanted})"
    return f"(({wanted}) NOT ({' OR '.join(_quoted(token) for token in barred)}))"


def _quoted(token: str) -> str:
    """A token as FTS5 reads it; tokens hold no quotation mark."""
    return f'"{token[:-1]}" *' if token.endswith("*") else f'"{token}"'
