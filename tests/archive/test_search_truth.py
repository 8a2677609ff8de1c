"""Random texts and random queries: the search finds what the plainest reading of the same texts finds."""

from __future__ import annotations

import random

import pytest
from county import article, crawl, figures_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.bodies.kinds import kind_of
from archive.readings import get_text
from archive.search import Filters, count_facets, find_page
from archive.search.folding import fold, is_letter
from archive.search.terms import read_query
from archive.store import Archive

ALPHABET = "甲乙丙丁12ab，-. "
URL = "http://www.shili.example/{}.html"


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Sixteen reports with notes of few characters, so that pieces of them are in several."""
    archive = Archive.open(tmp_path_factory.mktemp("truth") / "a", write=True)
    chance = random.Random(3)
    bodies = ("教育局", "民政局", "水利局", "公安局")
    crawl(
        archive,
        0,
        {
            URL.format(at): article(
                f"示例县{bodies[at % 4]}", 2020 + at // 4, figures_of(at), note="".join(chance.choices(ALPHABET, k=40))
            )
            for at in range(16)
        },
    )
    return archive


@pytest.fixture(scope="module")
def said(mixed: Archive) -> dict[int, tuple[int, str, list[str]]]:
    """Report → year, name, and the folded title, name and text."""
    rows = mixed.db.execute(
        """
        SELECT p.id, p.report_year, o.name, r.title, r.id
        FROM reports p JOIN organisations o ON o.id = p.organisation JOIN readings r ON r.id = p.reading
        """
    ).fetchall()
    return {
        report: (year, name, [fold(title), fold(name), fold(get_text(mixed, reading))])
        for report, year, name, title, reading in rows
    }


def stands(term: str, folded: str) -> bool:
    return any(
        folded.startswith(term, at) and not (is_letter(term[0]) and at > 0 and is_letter(folded[at - 1]))
        for at in range(len(folded))
    )


@given(
    terms=st.lists(st.text(alphabet=ALPHABET.replace("-", ""), min_size=1, max_size=4), max_size=3),
    barred=st.lists(st.text(alphabet="甲乙丙丁12ab", min_size=1, max_size=3), max_size=2),
    year=st.none() | st.integers(2020, 2023),
    name=st.sampled_from(["", "教育", "县水利局", "局"]),
    kind=st.sampled_from(["", "police", "civil"]),
)
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_found_is_what_is_there(
    mixed: Archive,
    said: dict[int, tuple[int, str, list[str]]],
    terms: list[str],
    barred: list[str],
    year: int | None,
    name: str,
    kind: str,
) -> None:
    query = " ".join([*terms, *(f'-"{term}"' for term in barred)])
    read = read_query(query)
    expected = {
        report
        for report, (its_year, its_name, texts) in said.items()
        if all(any(stands(term.text, text) for text in texts) != term.excluded for term in read.terms)
        and year in (None, its_year)
        and name in its_name
        and kind in ("", kind_of(its_name))
    }
    if not read.terms and query.strip():
        expected = set()
    filters = Filters(year=year, organisation=name, kind=kind)
    for sort in ("newest", "rank"):
        found: list[int] = []
        after = ""
        while True:
            answer = find_page(mixed, query, filters, sort=sort, limit=3, after=after)
            assert (answer.total, answer.is_exact) == (len(expected), True)
            found += [hit.report for hit in answer.hits]
            after = answer.next
            if not after:
                break
        assert len(found) == len(expected)
        assert set(found) == expected
    counts = count_facets(mixed, query, filters)
    assert counts["total"] == [("exact", len(expected))]
    years = [str(said[report][0]) for report in expected]
    assert dict(counts["year"]) == {one: years.count(one) for one in years}
