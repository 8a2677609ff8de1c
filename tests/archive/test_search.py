"""Any piece of Chinese is found, hostile queries break nothing, and the index follows the readings."""

from __future__ import annotations

from pathlib import Path

import pytest
from county import article, crawl, figures_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.errors import BadQuery
from archive.queries import list_history
from archive.readings import get_text
from archive.search import Filters, find_reports, snippet_of, terms_of, words_of
from archive.store import Archive

ANY = Filters()
URL = "http://www.shili.example/{}.html"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    folder: Path = tmp_path_factory.mktemp("search") / "a"
    archive = Archive.open(folder, write=True)
    notes = {
        "示例县教育局": "受理行政复议案件二件，咨询电话0478-7678686，网站 www.shili.example 发布 ABC 专栏。",
        "示例县民政局": "复议与行政均无。公开２０条，“三公”经费见附表。",
        "示例县水利局": "行政处罚决定一件，其后申请人提起复议。",
    }
    crawl(
        archive,
        0,
        {
            URL.format(at): article(name, 2022 + at, figures_of(at), note=note)
            for at, (name, note) in enumerate(notes.items())
        },
    )
    return archive


def found(archive: Archive, query: str, filters: Filters = ANY, sort: str = "rank", limit: int = 50) -> list[str]:
    return sorted(hit.organisation[3:] for hit in find_reports(archive, query, filters, sort=sort, limit=limit))


@pytest.mark.parametrize(
    ("query", "bodies"),
    [
        ("复议案件", ["教育局"]),
        ("受理", ["教育局"]),
        ("处罚决定一件", ["水利局"]),
        ("行政复议", ["教育局", "民政局", "水利局"]),  # in the form itself
        ("教育局 受理", ["教育局"]),
        ("受理 处罚决定", []),
        ("0478-7678686", ["教育局"]),
        ("7678686", ["教育局"]),
        ("767", []),
        ("abc", ["教育局"]),
        ("www.shili.example", ["教育局"]),
        ("20条", ["民政局"]),
        ("三公经费", ["民政局"]),
        ('"三公” 经费"', ["民政局"]),
        ("“附表”", ["民政局"]),
        ("水利局2024年", ["水利局"]),
        ("表附", []),
    ],
)
def test_what_is_found(filled: Archive, query: str, bodies: list[str]) -> None:
    assert found(filled, query) == sorted(bodies)


def test_filters_and_order(filled: Archive) -> None:
    hits = find_reports(filled, "行政复议", ANY, sort="newest", limit=2)
    assert [hit.report_year for hit in hits] == [2024, 2023]
    assert found(filled, "行政复议", Filters(year=2022)) == ["教育局"]
    for region in ("15", "1508", "150824", "150000", "150800"):
        assert len(found(filled, "行政复议", Filters(region=region))) == 3, region
    assert found(filled, "行政复议", Filters(region="1509")) == []
    assert found(filled, "行政复议", Filters(organisation="水利")) == ["水利局"]
    with pytest.raises(BadQuery):
        find_reports(filled, "行政", Filters(region="%"), sort="rank", limit=1)


def test_snippets_show_the_place() -> None:
    assert words_of("〇〇县２０２３年ＡＢＣ") == ["〇", "〇", "县", "2023", "年", "abc"]
    text = "前文" * 60 + "本年度\n行政 复议 3件。" + "后文" * 60
    snippet = snippet_of(text, "", "", terms_of("行政复议"))
    assert "本年度 【行政 复议】 3件。" in snippet
    assert snippet.startswith("…")
    assert snippet.endswith("…")
    assert snippet_of("二〇二三年 2023 23", "", "", [["23"]]) == "二〇二三年 2023 【23】"
    assert snippet_of("没有", "示例县教育局2023年", "", terms_of("教育局")) == "示例县【教育局】2023年"


@given(st.text() | st.text(alphabet="\"'()*^:-+~{}[]ANDORNEAT 行政\x00\ud800,;%_\\"))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_query_breaks_anything(filled: Archive, query: str) -> None:
    hits = find_reports(filled, query, ANY, sort="rank", limit=5)
    if not terms_of(query):
        assert hits == []


def test_too_many_terms_are_refused_in_words(filled: Archive) -> None:
    with pytest.raises(BadQuery, match="100"):
        find_reports(filled, "行 " * 300, ANY, sort="rank", limit=1)
    assert len(find_reports(filled, "行 " * 100, ANY, sort="rank", limit=9)) == 3
    assert find_reports(filled, "行" * 20_000, ANY, sort="rank", limit=1) == []


@given(data=st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_piece_of_the_text_finds_its_report(filled: Archive, data: st.DataObject) -> None:
    report = data.draw(st.integers(1, 3))
    version = int(list_history(filled, report)[-1]["version"][1:])
    words = words_of(get_text(filled, version))
    start = data.draw(st.integers(0, len(words) - 1))
    piece = words[start : start + data.draw(st.integers(1, 12))]
    query = "".join(piece) if all(len(word) == 1 and not word.isascii() for word in piece) else f'"{" ".join(piece)}"'
    assert f"r{report}" in {f"r{hit.report}" for hit in find_reports(filled, query, ANY, sort="rank", limit=9)}


def test_the_index_follows_the_page(archive: Archive) -> None:
    crawl(archive, 0, {URL.format(1): article("示例县教育局", 2024, figures_of(1), note="稀有词语甲。")})
    crawl(archive, 1, {URL.format(1): article("示例县教育局", 2024, figures_of(1), note="稀有词语乙。")})
    assert found(archive, "稀有词语甲") == []
    (hit,) = find_reports(archive, "稀有词语乙", ANY, sort="rank", limit=5)
    assert (hit.version, hit.snippet.count("【稀有词语乙】")) == (2, 1)
    archive.db.execute("INSERT INTO search_index (search_index) VALUES ('integrity-check')")
    assert archive.db.execute("SELECT count(*) FROM searched").fetchone() == (1,)


def test_an_index_of_an_earlier_release_is_made_anew(archive: Archive) -> None:
    crawl(archive, 0, {URL.format(1): article("示例县教育局", 2024, figures_of(1), note="稀有词语甲。")})
    with archive.writing() as db:
        db.execute("INSERT INTO search_index (search_index) VALUES ('delete-all')")
        db.execute("INSERT INTO search_index (rowid, title, organisation, body) VALUES (1, 'x', 'y', '稀有词语甲')")
        db.execute("UPDATE searched SET words = '0'")
    assert found(archive, "有词") == []
    crawl(archive, 1, {URL.format(1): article("示例县教育局", 2024, figures_of(1), note="稀有词语甲。")})
    assert found(archive, "有词") == ["教育局"]
    archive.db.execute("INSERT INTO search_index (search_index) VALUES ('integrity-check')")
