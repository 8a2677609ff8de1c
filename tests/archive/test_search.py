"""Any piece of Chinese is found, filters and facets agree with what is there, and hostile queries break nothing."""

from __future__ import annotations

import os
import random
import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from county import article, crawl, figures_of
from histories import one_worker
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.errors import BadQuery
from archive.imports import import_files
from archive.queries import list_history
from archive.readings import get_text
from archive.search import Filters, Found, count_facets, find_page
from archive.search.folding import fold
from archive.search.terms import read_query
from archive.store import Archive

ANY = Filters()
URL = "http://www.shili.example/{}.html"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    folder: Path = tmp_path_factory.mktemp("search") / "a"
    archive = Archive.open(folder, write=True)
    notes = {
        "示例县教育局": "受理行政复议案件二件，咨询电话0478-7678686，网站 www.shili.example 发布 ABC 专栏。",
        "示例县民政局": "复议与行政均无。公开２０条，“三公”经费见附表。设置Smart City栏目。",
        "示例县水利局": "行政处罚决定一件，其后申请人提起复议。表格 1 2 3 与 12 不同。",
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


def page(archive: Archive, query: str, filters: Filters = ANY, sort: str = "rank", limit: int = 50) -> Found:
    return find_page(archive, query, filters, sort=sort, limit=limit)


def found(archive: Archive, query: str, filters: Filters = ANY, sort: str = "rank") -> list[str]:
    answer = page(archive, query, filters, sort)
    assert (answer.total, answer.is_exact) == (len(answer.hits), True)
    return sorted(hit.organisation[3:] for hit in answer.hits)


@pytest.mark.parametrize("sort", ["newest", "rank"])
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
        ("0478", ["教育局"]),
        ("0478-767", ["教育局"]),
        ("7678686", ["教育局"]),
        ("767", ["教育局"]),  # begins the word after the dash
        ("678686", []),
        ("478-7678686", []),
        ("abc", ["教育局"]),
        ("Ａｂ", ["教育局"]),
        ("bc", []),
        ("www.shili.example", ["教育局"]),
        ("20条", ["民政局"]),
        ("0条", []),
        ("smart city", ["民政局"]),
        ('"Smart  City"', ["民政局"]),
        ("smartcity", []),
        ("三公经费", []),  # there are marks between
        ("“三公”经费", ["民政局"]),
        ('"“三公” 经费"', ["民政局"]),
        ("“附表”", ["民政局"]),
        ("附 表", ["民政局"]),
        ("水利局2024年", ["水利局"]),
        ("水利局 -复议", []),
        ("-受理", ["民政局", "水利局"]),
        ("－“行政复议案件”", ["民政局", "水利局"]),
        ("行政复议 -处罚决定一件 -专栏", ["民政局"]),
        ("行政复议 ，", ["教育局", "民政局", "水利局"]),
        ("表附", []),
        ("教", ["教育局"]),
        ("与12不同", ["水利局"]),
        ('"1 2 3与"', ["水利局"]),
        ("123与", []),  # figures of a row are no number
        ("告示", []),  # the end of a title and the beginning of a name
        ("", ["教育局", "民政局", "水利局"]),
        ("示例县", ["教育局", "民政局", "水利局"]),
    ],
)
def test_what_is_found(filled: Archive, query: str, bodies: list[str], sort: str) -> None:
    assert found(filled, query, sort=sort) == sorted(bodies)


@pytest.mark.parametrize(
    ("filters", "bodies"),
    [
        (Filters(year=2022), ["教育局"]),
        *(
            (Filters(region=code), ["教育局", "民政局", "水利局"])
            for code in ("15", "1508", "150824", "150000", "150800")
        ),
        (Filters(region="1509"), []),
        (Filters(organisation="水利"), ["水利局"]),
        (Filters(organisation="县 水"), ["水利局"]),
        (Filters(organisation="年度报告"), []),  # of a title, not a name
        (Filters(level="county"), ["教育局", "民政局", "水利局"]),
        (Filters(level="city"), []),
        (Filters(kind="water"), ["水利局"]),
        (Filters(form="2021", year=2024), ["水利局"]),
        (Filters(form="2019"), []),
        (Filters(flags=("broken",)), []),
    ],
)
def test_filters(filled: Archive, filters: Filters, bodies: list[str]) -> None:
    assert found(filled, "行政复议", filters) == sorted(bodies)
    assert found(filled, "", filters) == sorted(bodies)


@pytest.mark.parametrize(
    "filters",
    [
        Filters(region="%"), Filters(region="１５"), Filters(level='x" OR "a'), Filters(flags=("x",)),
        Filters(organisation="，"),
    ],
)  # fmt: skip
def test_filters_that_mean_nothing_are_refused(filled: Archive, filters: Filters) -> None:
    with pytest.raises(BadQuery):
        page(filled, "行政", filters)


def test_newest_first_by_pages(filled: Archive) -> None:
    years, after = [], ""
    for _ in range(4):
        answer = find_page(filled, "行政复议", ANY, sort="newest", limit=1, after=after)
        assert (answer.total, answer.is_exact) == (3, True)
        years += [hit.report_year for hit in answer.hits]
        after = answer.next
        if not after:
            break
    assert years == [2024, 2023, 2022]
    ranked = find_page(filled, "行政复议", ANY, sort="rank", limit=2)
    rest = find_page(filled, "行政复议", ANY, sort="rank", limit=2, after=ranked.next)
    assert sorted(hit.report for hit in ranked.hits + rest.hits) == [1, 2, 3]
    assert rest.next == ""
    for sort, after in (("newest", "r2"), ("rank", "n2"), ("rank", "x"), ("newest", "n٣")):
        with pytest.raises(BadQuery):
            find_page(filled, "行政复议", ANY, sort=sort, limit=1, after=after)


def test_title_and_name_come_before_often_and_often_before_new(archive: Archive) -> None:
    notes = {
        "示例县民政局": "教育局来访，教育局来电，教育局来信，教育局来函。",
        "示例县教育局": "",
        "示例县水利局": "教育局来访。",
        "示例县财政局": "教育局来访。",
    }
    crawl(
        archive,
        0,
        {URL.format(at): article(name, 2021, figures_of(at), note=notes[name]) for at, name in enumerate(notes)},
    )
    ranked = [hit.organisation[3:] for hit in page(archive, "教育局").hits]
    assert ranked == ["教育局", "民政局", "财政局", "水利局"]


def test_facets_are_of_what_is_found(filled: Archive) -> None:
    everything = count_facets(filled, "", ANY)
    assert everything["total"] == [("exact", 3)]
    assert everything["year"] == [("2022", 1), ("2023", 1), ("2024", 1)]
    assert everything["region"] == [("15", 3)]
    assert everything["level"] == [("county", 3)]
    assert everything["kind"] == [("civil", 1), ("education", 1), ("water", 1)]
    assert everything["form"] == [("2021", 3)]
    assert everything["flags"] == []
    for query in ("复议案件", "专栏", "行政复议 -处罚决定一件"):
        facets = count_facets(filled, query, ANY)
        answer = page(filled, query)
        assert facets["total"] == [("exact", answer.total)]
        assert sorted(facets["year"]) == sorted((str(hit.report_year), 1) for hit in answer.hits)
    assert count_facets(filled, "行政", Filters(region="15"))["region"] == [("1508", 3)]
    assert count_facets(filled, "行政", Filters(region="1508"))["region"] == [("150824", 3)]
    assert count_facets(filled, "，", ANY)["total"] == [("exact", 0)]


def test_marks_alone_get_a_plain_answer(filled: Archive) -> None:
    for query in ("，。", "- “”", '"', "（）", "-"):
        answer = page(filled, query)
        assert (answer.hits, answer.total, answer.is_exact, answer.code) == ((), 0, True, "punctuation"), query
        assert "标点" in answer.says
    partly = page(filled, "复议案件 ，")
    assert (partly.code, partly.total) == ("ignored", 1)
    assert "，" in partly.says
    assert page(filled, "复议案件").code == ""


def test_passages_show_the_place(filled: Archive) -> None:
    (hit,) = page(filled, "复议案件 0478").hits
    text = get_text(filled, 1)
    assert hit.version == 1
    lines = text.split("\n")
    for passage in hit.passages:
        shown = "".join(said for said, _ in passage.pieces).replace("…", "")
        assert shown in lines[passage.line]
    terms = [said for passage in hit.passages for said, is_term in passage.pieces if is_term]
    assert {"复议案件", "0478"} <= set(terms)
    assert "【复议案件】" in hit.snippet
    (named,) = page(filled, "水利局2024年").hits
    assert named.snippet == "示例县【水利局2024年】政府信息公开工作年度报告"
    assert named.published == "2025-01-20"
    assert named.region_code == "150824"


@given(st.text() | st.text(alphabet="\"'()*^:-+~{}[]ANDORNEAT 行政\x00\ud800,;%_\\“”－＂"))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_query_breaks_anything(filled: Archive, query: str) -> None:
    for sort in ("newest", "rank"):
        answer = find_page(filled, query, ANY, sort=sort, limit=5)
        if not read_query(query).terms and query.strip():
            assert (answer.hits, answer.code) == ((), "punctuation")
    count_facets(filled, query, ANY)


def test_too_much_is_refused_in_words(filled: Archive) -> None:
    with pytest.raises(BadQuery, match="40"):
        page(filled, "行 " * 300)
    with pytest.raises(BadQuery, match="2,000"):
        page(filled, "行" * 20_000)
    assert page(filled, "行" * 2000).hits == ()
    assert len(page(filled, "行 " * 40).hits) == 3


@given(data=st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_piece_of_the_text_finds_its_report(filled: Archive, data: st.DataObject) -> None:
    """Pieces of Han with whatever stands between, cut where a word of letters or digits is not cut."""
    report = data.draw(st.integers(1, 3))
    version = int(list_history(filled, report)[-1]["version"][1:])
    folded = fold(get_text(filled, version)).replace('"', " ")
    start = data.draw(st.integers(0, len(folded) - 1))
    piece = folded[start : start + data.draw(st.integers(1, 12))]
    if start and piece[0].isalnum() and piece[0].isascii() and folded[start - 1].isalnum():
        piece = piece.lstrip("0123456789abcdefghijklmnopqrstuvwxyz")
    if any("\u4e00" <= character <= "\u9fff" for character in piece):
        hits = page(filled, f'"{piece}"', sort="newest").hits
        assert report in {hit.report for hit in hits}, piece


def test_pieces_of_real_reports(tmp_path: Path) -> None:
    """Random pieces and words of the corpus: found in all reports that hold them, and in no other."""
    folder = os.environ.get("NIANBAO_CORPUS")
    if folder is None:
        assert os.environ.get("CI") != "true", "NIANBAO_CORPUS must name the corpus in CI"
        pytest.skip("NIANBAO_CORPUS is not set")
    files = [path for kind in ("seeds", "pdf", "docx") for path in sorted((Path(folder) / kind).iterdir())]
    with Archive.open(tmp_path / "a", write=True) as archive, one_worker():
        import_files(archive, files, None, datetime(2026, 1, 1, tzinfo=UTC))
        kept = {
            report: [title, name, get_text(archive, reading)]
            for report, title, name, reading in archive.db.execute(
                """
                SELECT p.id, r.title, o.name, r.id
                FROM reports p JOIN organisations o ON o.id = p.organisation JOIN readings r ON r.id = p.reading
                """
            ).fetchall()
        }
        assert len(kept) >= 5
        chance = random.Random(7)
        for number in range(600):
            text = normal(chance.choice(list(kept.values()))[2])
            if number % 3:
                run = chance.choice(re.findall("[\u4e00-\u9fff，、。（）]+", "".join(text.split())))
                start = chance.randrange(len(run))
                query = run[start : start + number % 12 + 1]
                holding = {at for at in kept if any(query in "".join(normal(said).split()) for said in kept[at])}
            else:
                word = chance.choice(re.findall("[0-9a-z]+(?:[-.][0-9a-z]+)*", text))
                query = word[: chance.randrange(len(word)) + 1].rstrip("-.")
                begins = re.compile(f"(?<![0-9a-z]){re.escape(query)}")
                holding = {at for at in kept if any(begins.search(normal(said)) for said in kept[at])}
            expected = holding if re.search("[0-9a-z\u4e00-\u9fff]", query) else set()
            for sort in ("newest", "rank"):
                answer = page(archive, query, sort=sort)
                assert ({hit.report for hit in answer.hits}, answer.total) == (expected, len(expected)), query


def normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()
