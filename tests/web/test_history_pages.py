"""A report over time, and two of its versions side by side: what the pages say is what the archive knows."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from csv import DictReader
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from lxml import html
from starlette.testclient import TestClient

from archive.findings.stretches import Between, between, courses_of
from archive.store import Archive
from archive.versions import compare_versions
from archive.web.app import create_app
from archive.web.asked import Site
from archive.web.diffs import pair_lines
from nianbao import main
from tests.web.originals import BUREAU, GONE, OTHER, keep_portal, rows_of

BASE = "http://127.0.0.1:8000"
ATOM = "{http://www.w3.org/2005/Atom}"
# The portal's days are 2025-01-01 to -04, 08:00 UTC and a few seconds.
DAYS = ("2025-01-01 16:00", "2025-01-02 16:00", "2025-01-03 16:00", "2025-01-04 16:00")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("history") / "a"
    keep_portal(made)
    return made


@pytest.fixture(scope="module")
def site(folder: Path) -> TestClient:
    return TestClient(create_app(folder, Site(BASE)), base_url=BASE, follow_redirects=False)


def address(body: str, form: str = "") -> str:
    return f"/r/150824/{quote(body)}/2024/history{form}"


def digests(folder: Path) -> list[str]:
    """The two versions of the report that was edited."""
    rows = rows_of(
        folder,
        """
        SELECT v.payload_digest FROM versions v JOIN renditions n ON n.id = v.rendition
        JOIN reports p ON p.id = n.report JOIN organisations o ON o.id = p.organisation
        WHERE o.name = :name ORDER BY v.number
        """,
        name=BUREAU,
    )
    return [digest for (digest,) in rows]


def said(folder: Path, *words: str) -> object:
    out = io.StringIO()
    with redirect_stdout(out):
        assert main(["--archive", str(folder), *words, "--json"]) == 0
    return json.loads(out.getvalue())


def test_an_edit_is_told_with_its_looks(site: TestClient, folder: Path) -> None:
    facts = site.get(address(BUREAU, ".json")).json()
    assert facts["history"] == said(folder, "history", "r1")
    (course,) = facts["renditions"]
    told = [(one["state"], one["number"], one["looks"], one["first"][:10]) for one in course["stretches"]]
    assert told == [("seen", 1, 1, "2025-01-01"), ("seen", 2, 3, "2025-01-02")]
    assert [one["payload_digest"] for one in course["stretches"]] == digests(folder)
    assert ("silent_edit", "figures") in {(one["kind"], one["grade"]) for one in facts["events"]}
    page = html.fromstring(site.get(address(BUREAU)).text)
    text = " ".join(page.text_content().split())
    assert f"2025-01-02 16:00 – {DAYS[3]}" in text.replace("16:00:01", "16:00")
    assert "看到第 2 版" in text
    assert "3 次" in text


def test_an_absence_is_what_was_seen_and_never_a_deletion(site: TestClient) -> None:
    facts = site.get(address(OTHER, ".json")).json()
    (course,) = facts["renditions"]
    told = [(one["state"], one["outcome"], one["looks"]) for one in course["stretches"]]
    assert told == [("seen", "", 2), ("not_seen", "not_found", 2)]
    assert facts["not_seen"][0]["outcome"] == "not_found"
    text = html.fromstring(site.get(address(OTHER)).text).text_content()
    assert "网站说没有这一页（404）" in text
    assert "未看到不等于被删除" in text
    english = html.fromstring(site.get(address(OTHER) + "?lang=en").text).text_content()
    assert "the site says there is no such page (404)" in english


def test_the_drawing_says_what_its_table_says(site: TestClient) -> None:
    for body, seen, missed in ((BUREAU, 4, 0), (OTHER, 2, 2)):
        page = html.fromstring(site.get(address(body)).text)
        marks = page.xpath("//svg//circle/@class")
        assert (marks.count("mark seen"), marks.count("mark not_seen")) == (seen, missed)
        bars = page.xpath("//svg//rect")
        rows = page.xpath("//h2[@id='looks']/following::table[1]/tbody/tr[@class='seen']")
        assert len(bars) == len(rows)
        for bar in bars:
            assert 0 < float(bar.get("x")) < float(bar.get("x")) + float(bar.get("width")) < 920


def test_the_history_as_csv_and_as_a_feed(site: TestClient, folder: Path) -> None:
    rows = list(DictReader(io.StringIO(site.get(address(OTHER, ".csv")).text)))
    assert [(row["state"], row["looks"], row["url"]) for row in rows] == [("seen", "2", GONE), ("not_seen", "2", GONE)]
    feed = ElementTree.fromstring(site.get(address(BUREAU, ".atom")).content)
    links = [one.get("href") for one in feed.iterfind(f"{ATOM}entry/{ATOM}link")]
    before, after = digests(folder)
    assert f"{BASE}/diff/{before}/{after}" in links
    assert f"{BASE}/v/{before}" in links
    times = [one.text or "" for one in feed.iterfind(f"{ATOM}entry/{ATOM}updated")]
    assert times == sorted(times, reverse=True)


def test_two_versions_are_chosen_without_a_script(site: TestClient, folder: Path) -> None:
    page = html.fromstring(site.get(address(BUREAU)).text)
    (form,) = [one for one in page.forms if one.action == "/diff"]
    before, after = digests(folder)
    assert (form.fields["before"], form.fields["after"]) == (before, after)
    answer = site.get("/diff", params=dict(form.form_values()))
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/diff/{before}/{after}?report=r1"
    assert site.get("/diff?before=x").status_code == 400


def test_a_difference_is_that_of_the_archive(site: TestClient, folder: Path) -> None:
    before, after = digests(folder)
    versions = [
        version for (version,) in rows_of(folder, "SELECT id FROM versions WHERE rendition = 1 ORDER BY number")
    ]
    with Archive.open(folder, write=False) as archive:
        difference = compare_versions(archive, *versions)
    facts = site.get(f"/diff/{before}/{after}.json").json()
    assert facts["cells"] == [{"key": one.key, "before": one.before, "after": one.after} for one in difference.cells]
    assert facts["text"] == list(difference.text)
    assert {"cells": facts["cells"], "text": facts["text"]} == said(folder, "diff", "v1", f"v{versions[1]}")
    assert facts["between"] == {
        "order": "then", "after": "2025-01-01T08:00:01Z", "before": "2025-01-02T08:00:01Z", "seen_again": False,
    }  # fmt: skip
    turned = site.get(f"/diff/{after}/{before}.json").json()
    assert turned["between"]["order"] == "since"
    assert [(one["before"], one["after"]) for one in turned["cells"]] == [
        (one["after"], one["before"]) for one in facts["cells"]
    ]


def test_the_page_of_a_difference_has_figures_sums_and_words(site: TestClient, folder: Path) -> None:
    before, after = digests(folder)
    page = html.fromstring(site.get(f"/diff/{before}/{after}").text)
    row = page.get_element_by_id("c-requests.received.total")
    cells = [" ".join(cell.text_content().split()) for cell in row]
    assert cells[0] == "一、本年新收政府信息公开申请数量 · 总计"
    assert cells[2] == "77"
    assert "变得不符" in cells[4]
    anchor = row.xpath(".//a[contains(@class, 'flag')]/@href")[0]
    check = page.get_element_by_id(anchor.removeprefix("#"))
    assert "77" in check.text_content()
    links = row.xpath(".//a/@href")
    assert f"/original/{after}/view?cell=requests.received.total&report=r1#cell" in links
    assert "新增一句。" in [one.text_content() for one in page.xpath("//ins")]
    assert "变动发生在这两次之间" in page.text_content()
    same = html.fromstring(site.get(f"/diff/{before}/{before}").text)
    assert "完全相同" in same.text_content()


def test_what_stands_for_nothing_is_refused(site: TestClient, folder: Path) -> None:
    before, _ = digests(folder)
    for path, status in (
        (f"/diff/{before}/{'0' * 64}", 404),
        (f"/diff/{before}/xyz", 400),
        (f"/diff/{before}/{before}?report=r77", 404),
        (address("示例县无此局"), 404),
        (f"/r/150824/{quote(BUREAU)}/y/history", 404),
    ):
        assert site.get(path).status_code == status, path


def test_between_two_versions() -> None:
    assert between(("1", "2", "5"), ("3", "4")) == Between("then", "2", "3", seen_again=True)
    assert between(("3",), ("1", "2")) == Between("since", "2", "3", seen_again=False)
    assert between(("1",), ("1", "2")) == Between("both", "1", "1", seen_again=False)
    assert between((), ("1",)) is None


def test_lines_stand_beside_what_they_became() -> None:
    unified = [
        "@@ -1 +1 @@",
        "-共收到申请 12 件",
        "+共收到申请 120 件",
        " 同",
        "-甲",
        "+完全不同的另外一句话",
        "-去掉的一行",
    ]
    pairs = list(pair_lines(unified))
    assert pairs[0].before == (("共收到申请 ", False), ("12", True), (" 件", False))
    assert pairs[0].after == (("共收到申请 ", False), ("120", True), (" 件", False))
    assert [(bool(one.before), bool(one.after)) for one in pairs[1:]] == [(True, False), (False, True), (True, False)]


def test_looks_that_say_the_same_are_one_stretch(folder: Path) -> None:
    with Archive.open(folder, write=False) as archive:
        (course,) = courses_of(archive, 2)
    assert sum(one.looks for one in course.stretches) == len(course.moments) == 4
    assert [one.at for one in course.moments] == sorted(one.at for one in course.moments)
