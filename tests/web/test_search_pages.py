"""The front page, the search: counts that are true, pages that hold everything once, words shown in their place."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urldefrag, urlsplit

import pytest
from lxml import etree, html
from starlette.testclient import TestClient

from archive.readings import get_text
from archive.search.folding import fold
from archive.store import Archive
from archive.web.app import create_app
from archive.web.asked import Site
from archive.web.pages import search
from tests.web.conftest import BASE
from tests.web.patience import Patient

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' OR 1=1 --", "NEAR(a b)", "a AND b OR NOT c",
    '"', '""', "“", "-", "--", "- -", "*", "行政*", "^行政", "{", "col:行政", "n:行政", "y:2023", "行政\u202e复议",
    "%00", "\ud7ff", "𠀀", "🙂", "a" * 1999, "议 " * 100, "-行政", "=1+1", "\t行政\n复议", "﹏〽", "０４７８", "ﬁ",
    "é" * 300, "{{7*7}}", "%{x}",
)  # fmt: skip


@pytest.fixture
def client(client: TestClient) -> Patient:
    return Patient(client)


@pytest.fixture
def archive(newsroom: Path) -> Iterator[Archive]:
    with Archive.open(newsroom, write=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def texts(newsroom: Path) -> dict[str, str]:
    """Report → its title, names and current texts, folded, a line each: what a search may find it by."""
    with Archive.open(newsroom, write=False) as archive:
        rows = archive.db.execute(
            """
            SELECT p.id, r.id, o.name, coalesce(r.organisation, ''), r.body_name, r.title
            FROM reports p JOIN organisations o ON o.id = p.organisation
            JOIN renditions n ON n.report = p.id
            JOIN versions v ON v.rendition = n.id AND v.number = (
                SELECT max(w.number) FROM versions w WHERE w.rendition = n.id
            )
            JOIN readings r ON r.version = v.id AND r.current = 1
            WHERE p.reading IS NOT NULL
            """
        ).fetchall()
        found: dict[str, str] = {}
        for report, reading, *heads in rows:
            said = "\n".join(map(fold, (*heads, get_text(archive, reading))))
            found[f"r{report}"] = f"{found.get(f'r{report}', '')}\n{said}"
        return found


def walk(client: Patient, path: str) -> list[dict[str, object]]:
    """All results of a search, from page to page."""
    found: list[dict[str, object]] = []
    while path:
        answer = client.get(path)
        assert answer.status_code == 200, path
        found += answer.json()["results"]
        path = answer.json()["next"]
    return found


@pytest.mark.parametrize("term", ["信", "教育局", "行政复议", "结转下年度继续办理", "公安局", "不存在的说法"])
def test_a_term_finds_every_report_that_holds_it_once(client: Patient, texts: dict[str, str], term: str) -> None:
    truth = {report for report, text in texts.items() if fold(term) in text}
    answer = client.get("/search.json", params={"q": term}).json()
    assert (answer["total"], answer["is_exact"]) == (len(truth), True)
    found = [one["report"] for one in walk(client, f"/search.json?q={quote(term)}&limit=7")]
    assert sorted(found, key=str) == sorted(truth)
    ranked = [one["report"] for one in walk(client, f"/search.json?q={quote(term)}&limit=7&sort=rank")]
    assert sorted(ranked, key=str) == sorted(truth)


def test_terms_must_all_hold_and_excluded_ones_must_not(client: Patient, texts: dict[str, str]) -> None:
    truth = {one for one, text in texts.items() if "教育局" in text and "2023" in text and "2022" not in text}
    found = {one["report"] for one in walk(client, "/search.json?q=教育局 2023 -2022")}
    assert found <= {one for one, text in texts.items() if "教育局" in text and "2022年" not in text}
    assert truth - found == set()
    assert found


def test_newest_first_is_by_day_of_publication(client: Patient) -> None:
    days = [one["published"] or "" for one in walk(client, "/search.json?limit=50")]
    assert len(set(days)) > 20
    assert days == sorted(days, key=str, reverse=True)


def test_json_has_the_promised_shape(client: Patient) -> None:
    answer = client.get("/search.json", params={"q": "信访 -火星", "year": 2023, "flags": "broken"}).json()
    assert list(answer) == ["total", "is_exact", "results", "next", "query", "facets", "says"]
    assert answer["query"]["terms"] == ["信访"]
    assert answer["query"]["excluded"] == ["火星"]
    assert answer["query"]["filters"]["year"] == 2023
    for one in client.get("/search.json", params={"q": "信访"}).json()["results"]:
        assert re.fullmatch(r"r\d+", one["report"])
        assert re.fullmatch(r"v\d+", one["version"])
        assert {"organisation", "region_code", "report_year", "title", "published", "path", "url"} <= one.keys()
        for passage in one["passages"]:
            assert passage["spans"]
            assert all(passage["text"][start:end] == "信访" for start, end in passage["spans"])


def test_passages_lead_to_their_line(client: Patient, archive: Archive) -> None:
    checked = 0
    for one in client.get("/search.json", params={"q": "信访", "limit": 12}).json()["results"]:
        for passage in one["passages"]:
            path, fragment = urldefrag(passage["path"])
            assert fragment == f"t{passage['line']}"
            assert parse_qs(urlsplit(path).query)["q"] == ["信访"]
            (reading,) = archive.db.execute(
                "SELECT id FROM readings WHERE version = :version AND current = 1", {"version": passage["version"][1:]}
            ).fetchone()
            assert "信访" in "".join(get_text(archive, reading).split("\n")[passage["line"]].split())
            shown = html.fromstring(client.get(path).content)
            (line,) = shown.xpath(f"//*[@id='{fragment}']")
            assert "信访" in "".join(line.text_content().split())
            checked += 1
    assert checked >= 12


@pytest.mark.parametrize("query", ["", "信访", "教育局"])
def test_facets_add_up_and_each_choice_finds_as_many_as_it_says(client: Patient, query: str) -> None:
    answer = client.get("/search.json", params={"q": query}).json()
    assert answer["is_exact"]
    assert answer["total"] > 10
    for facet in ("year", "region", "level", "kind"):
        offered = answer["facets"][facet]
        assert sum(one["count"] for one in offered) == answer["total"], facet
    chosen = [one for offered in answer["facets"].values() for one in offered if one["path"]]
    assert len(chosen) > 12
    for one in chosen:
        assert client.get(one["path"].replace("/search", "/search.json", 1)).json()["total"] == one["count"], one


def test_places_open_step_by_step_and_close_again(client: Patient) -> None:
    path, depth = "/search.json", 0
    while True:
        answer = client.get(path).json()
        offered = [one for one in answer["facets"]["region"] if one["path"]]
        if not offered:
            break
        assert sum(one["count"] for one in answer["facets"]["region"]) == answer["total"]
        path = offered[0]["path"].replace("/search", "/search.json", 1)
        depth += 1
    assert depth == 3
    page = html.fromstring(client.get(path.replace(".json", "")).content)
    back = page.xpath("//ul[@class='chosen']/li/a/@href")
    regions = [parse_qs(urlsplit(one).query).get("region", [""])[0] for one in back]
    assert [len(one) for one in regions[:3]] == [0, 2, 4]


def test_a_filter_is_shown_carried_along_and_taken_away(client: Patient) -> None:
    page = html.fromstring(client.get("/search?q=信访&year=2023&kind=education&lang=en").content)
    chips = {chip.text_content().split()[0]: chip.get("href") for chip in page.xpath("//ul[@class='chosen']/li/a")}
    assert parse_qs(urlsplit(chips["2023"]).query) == {"q": ["信访"], "kind": ["education"], "lang": ["en"]}
    assert parse_qs(urlsplit(chips["Education"]).query) == {"q": ["信访"], "year": ["2023"], "lang": ["en"]}
    (box,) = page.xpath("//form[contains(@class, 'box')]")
    hidden = {one.get("name"): one.get("value") for one in box.xpath(".//input[@type='hidden']")}
    assert hidden == {"year": "2023", "kind": "education", "lang": "en"}
    assert box.xpath(".//input[@name='q']/@value") == ["信访"]


def test_a_chosen_year_is_changed_for_another_at_once(client: Patient) -> None:
    whole = {one["value"]: one["count"] for one in client.get("/search.json?q=信访").json()["facets"]["year"]}
    others = client.get("/search.json?q=信访&year=2023").json()["facets"]["year"]
    assert {one["value"]: one["count"] for one in others} == {year: n for year, n in whole.items() if year != "2023"}
    for one in others:
        answer = client.get(one["path"].replace("/search", "/search.json", 1)).json()
        assert {hit["report_year"] for hit in answer["results"]} == {int(one["value"])}


def test_terms_are_marked_on_the_page(client: Patient) -> None:
    page = html.fromstring(client.get("/search?q=信访").content)
    assert len(page.xpath("//ol[@class='hits']/li")) == 20
    assert {mark.text_content() for mark in page.xpath("//ol[@class='hits']//mark")} == {"信访"}


def test_csv_has_a_line_for_each_report(client: Patient) -> None:
    total = client.get("/search.json", params={"q": "信访"}).json()["total"]
    answer = client.get("/search.csv", params={"q": "信访"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == total == len({row["report"] for row in rows})
    assert all("【信访】" in row["passage"] for row in rows)
    assert all(row["page"].startswith(f"{BASE}/r/") for row in rows)
    short = client.get("/search.csv", params={"q": "信访", "limit": 3})
    (following,) = re.findall(r'<(/search\.csv\?[^>]+)>; rel="next"', short.headers["link"])
    second = list(csv.DictReader(io.StringIO(client.get(following).text)))
    assert [row["report"] for row in second] == [row["report"] for row in rows[3:6]]


def test_no_spreadsheet_runs_what_a_document_says(newsroom: Path, tmp_path: Path) -> None:
    shutil.copytree(newsroom, tmp_path / "a")
    with Archive.open(tmp_path / "a", write=True) as archive, archive.writing() as db:
        db.execute("UPDATE readings SET title = '=HYPERLINK(\"http://x.example\")' || title")
    with TestClient(create_app(tmp_path / "a", Site(BASE)), base_url=BASE) as client:
        rows = list(csv.DictReader(io.StringIO(client.get("/search.csv?q=信访").text)))
    assert rows
    assert all(row["title"].startswith("'=HYPERLINK") for row in rows)


def test_atom_is_newest_first_whatever_the_page_is(client: Patient) -> None:
    answer = client.get("/search.atom", params={"q": "信访", "sort": "rank"})
    feed = etree.fromstring(answer.content)
    updated = [one.text for one in feed.iterfind(f"{ATOM}entry/{ATOM}updated")]
    assert len(updated) == 50
    assert updated == sorted(updated, key=str, reverse=True)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00\+08:00", str(updated[0]))


@pytest.mark.parametrize(("lang", "says"), [("zh", "只有标点"), ("en", "only punctuation")])
@pytest.mark.parametrize("query", ["。", "，、；", "“”", "—— …"])
def test_punctuation_alone_gets_a_plain_answer(client: Patient, lang: str, says: str, query: str) -> None:
    page = client.get("/search", params={"q": query, "lang": lang})
    assert page.status_code == 200
    assert says in page.text
    assert client.get("/search.json", params={"q": query}).json()["total"] == 0


def test_nothing_found_says_how_the_query_was_understood_and_what_would_find_more(client: Patient) -> None:
    page = html.fromstring(client.get("/search", params={"q": '信访 "火星 探测" -月球', "year": 2023}).content)
    assert [q.text for q in page.xpath("//div[@class='none']//q")] == ["信访", "火星探测", "月球"]
    advice = {one.text_content(): one.get("href") for one in page.xpath("//ul[@class='advice']//a")}
    ((label, path),) = advice.items()
    assert "信访" in label
    alone = client.get(path.replace("/search", "/search.json", 1)).json()
    assert alone["total"] == client.get("/search.json?q=信访&year=2023").json()["total"] > 0


@pytest.mark.parametrize("query", HOSTILE)
@pytest.mark.parametrize("form", ["", ".json", ".csv", ".atom"])
def test_hostile_queries_are_answered_or_refused_and_shown_as_text(client: Patient, query: str, form: str) -> None:
    answer = client.get(f"/search{form}", params={"q": query})
    assert answer.status_code in (200, 400)
    if form == "":
        page = html.document_fromstring(answer.content.decode("utf-8"))
        assert page.xpath("//script | //main//img | //*[@onerror]") == []
        if answer.status_code == 200:
            assert page.xpath("//input[@id='q']/@value") == [re.sub("[\u202a-\u202e]", "\ufffd", query.strip())]
    if form == ".json":
        assert isinstance(answer.json(), dict)
    if form == ".atom" and answer.status_code == 200:
        etree.fromstring(answer.content)


@pytest.mark.parametrize(
    "parameters",
    [
        {"q": "a\x00b"}, {"q": "议" * 2001}, {"q": "议 " * 3000}, {"q": "a b " * 300}, {"year": "x"},
        {"year": "99999999999999"},
        {"region": "1"}, {"region": "15'"}, {"flags": "none"}, {"kind": "a:b"}, {"kind": "__proto__"}, {"level": '"'},
        {"form": "2021*"}, {"sort": "best"}, {"after": "x"}, {"after": "n1 OR 1"}, {"limit": "0"}, {"limit": "101"},
        {"limit": "-1"}, {"organisation": "。"},
    ],
)  # fmt: skip
def test_what_cannot_mean_anything_is_refused_in_words(client: Patient, parameters: dict[str, str]) -> None:
    page = client.get("/search", params=parameters)
    assert page.status_code == 400
    assert "这个请求无法理解" in page.text
    problem = client.get("/search.json", params=parameters)
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["status"] == 400


def test_the_front_page_counts_what_is_there(client: Patient, archive: Archive, texts: dict[str, str]) -> None:
    facts = client.get("/index.json").json()
    bodies, figures, first, last = archive.db.execute(
        """
        SELECT (SELECT count(*) FROM organisations), sum(r.numbers), min(p.report_year), max(p.report_year)
        FROM reports p JOIN readings r ON r.id = p.reading
        """
    ).fetchone()
    counts = facts["counts"]
    assert (counts["reports"], counts["bodies"], counts["figures"]) == (len(texts), bodies, figures)
    assert (counts["first_year"], counts["last_year"]) == (first, last)
    assert len(facts["latest"]) == 8
    assert all("broken" in one["flags"] for one in facts["contradicted"])
    for one in facts["edited"]:
        (versions,) = archive.db.execute(
            """
            SELECT max(v.number) FROM renditions n JOIN versions v ON v.rendition = n.id WHERE n.report = :report
            """,
            {"report": one["report"][1:]},
        ).fetchone()
        assert versions >= one["number"] > 1


def test_the_front_page_leads_on_without_scripts(client: Patient) -> None:
    page = html.fromstring(client.get("/").content)
    assert page.xpath("//main//form[@action='/search']//input[@name='q' and @type='search']")
    examples = page.xpath("//span[@class='example']/a/@href")
    assert len(examples) == 4
    for path in examples:
        assert client.get(path).status_code == 200
    assert page.xpath("//a[starts-with(@href, '/place/?year=')]")
    assert page.xpath("//a[@href='/leads']")
    assert page.xpath("//a[@href='/batch']")
    assert page.xpath("//script") == []


def test_an_index_that_is_not_made_yet_is_no_empty_archive(newsroom: Path, tmp_path: Path) -> None:
    shutil.copytree(newsroom, tmp_path / "a")
    with Archive.open(tmp_path / "a", write=True) as archive, archive.writing() as db:
        db.execute("UPDATE searched_words SET words = ''")
    with TestClient(create_app(tmp_path / "a", Site(BASE)), base_url=BASE) as client:
        for path in ("/", "/search?q=信访"):
            assert "检索目录还没有建好" in client.get(path).text
        assert client.get("/index.json").json()["counts"]["reports"] is None
        assert "库里还没有报告" not in client.get("/").text


def test_an_archive_without_reports_says_how_to_fill_it(tmp_path: Path) -> None:
    Archive.open(tmp_path / "a", write=True).close()
    with TestClient(create_app(tmp_path / "a", Site(BASE)), base_url=BASE) as client:
        page = client.get("/")
        assert page.status_code == 200
        assert "库里还没有报告" in page.text
        assert client.get("/search.json").json()["total"] == 0
        assert client.get("/batch.csv?lines=示例县教育局").status_code == 200


def test_counts_that_there_is_no_time_for_are_left_out_and_the_page_says_so(
    client: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_FACETS_UNTIL", 0)
    assert "这一次没有统计筛选项" in client.get("/search?q=信访").text
    answer = client.get("/search.json?q=信访").json()
    assert len(answer["results"]) == 20
    assert set(map(len, answer["facets"].values())) == {0}


@pytest.mark.parametrize("path", ["/", "/search", "/search?q=信访", "/search?q=火星", "/batch?lines=教育局"])
def test_pages_are_in_the_language_that_is_asked_for_and_keep_it(client: Patient, path: str) -> None:
    answer = client.get(path, params={**dict(_parameters(path)), "lang": "en"})
    page = html.fromstring(answer.content)
    assert page.xpath("/html/@lang") == ["en"]
    own = [link for link in page.xpath("//main//a/@href") if link.startswith("/")]
    assert own
    assert [link for link in own if "lang=en" not in link] == []
    assert len(answer.content) < 100_000


def _parameters(path: str) -> list[tuple[str, str]]:
    return [(name, value) for name, values in parse_qs(urlsplit(path).query).items() for value in values]
