"""The index follows what is current: read again, withdrawn, merged, placed by another day, made anew by a release."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from county import article, crawl, figures_of
from histories import one_worker

from archive.fixity.verify import verify
from archive.merge import merge_archive
from archive.readings import get_text
from archive.reparsing.reparse import reparse
from archive.seals.sealed import Sample
from archive.search import Filters, count_facets, find_page
from archive.search.entries import PLACES_A_DAY, make_entry, place_for, tokens_given
from archive.search.index import WORDS, current_readings, index_report, renew_index
from archive.store import Archive
from archive.withdraw import withdraw

ANY = Filters()
URL = "http://www.shili.example/{}.html"


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NIANBAO_NOW", "2025-03-01T00:00:00Z")
    with one_worker():
        yield


def found(archive: Archive, query: str, filters: Filters = ANY) -> list[int]:
    answer = find_page(archive, query, filters, sort="newest", limit=50)
    assert answer.total == len(answer.hits)
    return [hit.report for hit in answer.hits]


def expect_sound(archive: Archive) -> None:
    """What the index says of each report is what was read last, and it says nothing else."""
    db = archive.db
    db.execute("INSERT INTO search_index (search_index) VALUES ('integrity-check')")
    rows = db.execute("SELECT report, readings, place FROM searched ORDER BY report").fetchall()
    standing = db.execute("SELECT id FROM reports WHERE reading IS NOT NULL ORDER BY id").fetchall()
    assert [(report,) for report, _, _ in rows] == standing
    for report, readings, _ in rows:
        assert readings == f"[{', '.join(map(str, current_readings(db, report)))}]"
    assert [(place,) for _, _, place in sorted(rows, key=lambda row: row[2])] == db.execute(
        "SELECT id FROM search_index_docsize ORDER BY id"
    ).fetchall()
    facets = count_facets(archive, "", ANY)
    assert facets["total"] == [("exact", len(rows))]
    for facet, column in (("year", "year"), ("kind", "kind"), ("level", "level"), ("form", "form")):
        counted = db.execute(f"SELECT CAST({column} AS TEXT), count(*) FROM searched GROUP BY 1").fetchall()
        assert sorted(facets[facet]) == sorted(counted)
    words = {token for (token,) in _vocabulary(archive)}
    told = {token for report, _, _ in rows for token in _told(archive, report)}
    assert words == told


def _vocabulary(archive: Archive) -> list[tuple[str]]:
    db = archive.db
    db.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab (main, search_index, row)")
    return db.execute("SELECT term FROM temp.vocabulary").fetchall()


def _told(archive: Archive, report: int) -> set[str]:
    entry = make_entry(archive, report, current_readings(archive.db, report))
    return set(tokens_given(archive, entry).split())


def test_the_index_follows_the_page(archive: Archive) -> None:
    crawl(archive, 0, {URL.format(1): article("示例县教育局", 2024, figures_of(1), note="稀有词语甲。")})
    assert found(archive, "稀有词语甲") == [1]
    assert found(archive, "", Filters(flags=("edited",))) == []
    crawl(archive, 1, {URL.format(1): article("示例县教育局", 2024, figures_of(1), note="稀有词语乙。")})
    assert (found(archive, "稀有词语甲"), found(archive, "稀甲")) == ([], [])
    (hit,) = find_page(archive, "稀有词语乙", ANY, sort="rank", limit=5).hits
    assert (hit.version, hit.snippet.count("【稀有词语乙】")) == (2, 1)
    assert found(archive, "", Filters(flags=("edited",))) == [1]
    expect_sound(archive)


def test_flags_say_what_is_wrong_with_the_figures(archive: Archive) -> None:
    broken = figures_of(2) | {"requests.received.total": "9999"}
    unread = figures_of(3) | {"requests.received.total": "约十余件"}
    crawl(
        archive,
        0,
        {
            URL.format(1): article("示例县教育局", 2024, figures_of(1)),
            URL.format(2): article("示例县民政局", 2024, broken),
            URL.format(3): article("示例县水利局", 2024, unread),
        },
    )
    assert found(archive, "", Filters(flags=("broken",))) == [2]
    assert found(archive, "", Filters(flags=("unread",))) == [3]
    assert dict(count_facets(archive, "", ANY)["flags"]) == {"broken": 1, "unread": 1}
    expect_sound(archive)


def test_every_history_leaves_a_sound_index(archive: Archive) -> None:
    chance = random.Random(5)
    bodies = ("示例县教育局", "示例县民政局", "示例县水利局")
    for day in range(6):
        notes = {at: "".join(chance.choices("甲乙丙丁戊己庚辛", k=6)) for at in range(3)}
        shown = {at for at in range(3) if chance.random() < 0.8}
        portal = {
            URL.format(at): article(body, 2024, figures_of(at), note=notes[at])
            for at, body in enumerate(bodies)
            if at in shown
        }
        crawl(archive, day, portal)
        expect_sound(archive)
        for at in shown:
            hits = find_page(archive, notes[at], ANY, sort="rank", limit=9).hits
            assert bodies[at] in [hit.organisation for hit in hits]
    with archive.writing() as db:
        db.execute("UPDATE readings SET parser = '0'")
    reparse(archive)
    expect_sound(archive)


def test_what_is_withdrawn_is_found_no_more(archive: Archive) -> None:
    crawl(
        archive,
        0,
        {
            URL.format(1): article("示例县教育局", 2024, figures_of(1), note="稀有词语甲。"),
            URL.format(2): article("示例县民政局", 2024, figures_of(2), note="稀有词语甲。"),
        },
    )
    withdraw(archive, "v1", "示例")
    assert found(archive, "稀有词语甲") == [2]
    assert count_facets(archive, "", ANY)["kind"] == [("civil", 1)]
    expect_sound(archive)


def test_a_merged_archive_finds_what_both_found(tmp_path: Path) -> None:
    notes = {"示例县教育局": "稀有词语甲。", "示例县民政局": "稀有词语乙。"}
    for name, body in zip("ab", notes, strict=True):
        with Archive.open(tmp_path / name, write=True) as archive:
            crawl(archive, 0, {URL.format(1): article(body, 2024, figures_of(1), note=notes[body])})
            crawl(archive, 1, {URL.format(9): article("示例县水利局", 2024, figures_of(3), note="稀有词语丙。")})
    with Archive.open(tmp_path / "a", write=True) as archive:
        merge_archive(archive, tmp_path / "b")
        for word in ("稀有词语甲", "稀有词语乙", "稀有词语丙"):
            assert len(found(archive, word)) == 1, word
        expect_sound(archive)


def test_newest_first_is_by_day_of_publication(archive: Archive) -> None:
    crawl(archive, 0, {URL.format(at): article(f"示例县{at}局", 2024, figures_of(at)) for at in range(4)})
    days = {1: "2024-01-31", 2: None, 3: "2025-03-01", 4: "2024-02-01"}
    with archive.writing() as db:
        for report, day in days.items():
            db.execute(
                "UPDATE readings SET published = ? WHERE id = (SELECT reading FROM reports WHERE id = ?)", (day, report)
            )
            index_report(archive, report, current_readings(db, report))
    assert found(archive, "") == [3, 4, 1, 2]
    assert found(archive, "政府信息公开") == [3, 4, 1, 2]
    assert place_for("2024-02-01") - place_for("2024-01-31") == PLACES_A_DAY
    assert place_for("2024-02-01") == (date(2024, 2, 1) - date(2000, 1, 1)).days * PLACES_A_DAY
    assert place_for("not a day") == place_for(None) == 0
    expect_sound(archive)


def test_a_day_that_is_full_goes_on_after_it(archive: Archive) -> None:
    crawl(archive, 0, {URL.format(at): article(f"示例县{at}局", 2024, figures_of(at)) for at in range(2)})
    base = place_for("2025-01-20")
    with archive.writing() as db:
        assert db.execute("SELECT place FROM searched ORDER BY 1").fetchall() == [(base + 1,), (base + 2,)]
        index_report(archive, 2, ())
        db.execute("UPDATE searched SET place = ? WHERE report = 1", (base + PLACES_A_DAY,))
        index_report(archive, 2, current_readings(db, 2))
        (place,) = db.execute("SELECT place FROM searched WHERE report = 2").fetchone()
    assert place == base + PLACES_A_DAY + 1


def test_an_index_of_an_earlier_release_is_made_anew(folder: Path) -> None:
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, {URL.format(1): article("示例县教育局", 2024, figures_of(1), note="稀有词语甲。")})
        with archive.writing() as db:
            db.execute("INSERT INTO search_index (search_index) VALUES ('delete-all')")
            db.execute("INSERT INTO search_index (rowid, tokens) VALUES (1, 'x')")
            db.execute("UPDATE searched_words SET words = '1'")
    with Archive.open(folder, write=False) as archive:
        for sort in ("newest", "rank"):
            answer = find_page(archive, "稀有", ANY, sort=sort, limit=5)
            assert (answer.hits, answer.is_exact, answer.code) == ((), False, "not_indexed")
            assert "nianbao reparse" in answer.says
    assert verify(folder, Sample()).damages != []
    with Archive.open(folder, write=True) as archive:
        renew_index(archive)
        assert found(archive, "稀有") == [1]
        assert archive.db.execute("SELECT words, filling FROM searched_words").fetchone() == (WORDS, "")
        expect_sound(archive)
    assert verify(folder, Sample()).damages == []


def test_indexing_that_was_broken_off_goes_on(archive: Archive) -> None:
    crawl(archive, 0, {URL.format(at): article(f"示例县{at}局", 2024, figures_of(at)) for at in range(3)})
    text = get_text(archive, 1)
    with archive.writing() as db:
        index_report(archive, 2, ())
        db.execute("UPDATE searched_words SET words = '', filling = :words", {"words": WORDS})
        before = db.execute("SELECT report, place FROM searched ORDER BY 1").fetchall()
    assert find_page(archive, text[:6], ANY, sort="newest", limit=5).code == "not_indexed"
    renew_index(archive)
    assert set(before) < set(archive.db.execute("SELECT report, place FROM searched").fetchall())
    assert found(archive, "政府信息公开") != []
    expect_sound(archive)
