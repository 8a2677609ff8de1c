"""Leads: the ledgers' events as they are, zeros and jumps by their stated rules, each with evidence and a way back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html
from starlette.testclient import TestClient

from archive.comparing.outliers import FEWEST_PEERS, MORE, TIMES, ZERO_YEARS, jumps_of_year, leap, zeros_for_years
from archive.corrections import Correction, put_correction, read_lines
from archive.ledgers import Wanted, ledgers, list_events
from archive.season.coverage import coverage_of
from archive.store import Archive
from archive.web.app import create_app
from archive.web.asked import Site
from archive.web.pages import leads as page
from archive.web.words import words_in
from tests.archive.county import APPLICANTS, article, crawl, figures_of

TODAY = date(2026, 11, 20)
HOST = "http://www.shili.example/zfxxgknb"
RECEIVED = "requests.received.total"
TOWNS = tuple(f"示例{name}乡人民政府" for name in "甲乙丙丁戊己庚")


@pytest.fixture
def archive(newsroom: Path) -> Iterator[Archive]:
    with Archive.open(newsroom, write=False) as opened:
        yield opened


def with_received(number: int, received: int | None) -> dict[str, str]:
    """A whole report in which so many requests came, all from natural persons; None: the cell is blank."""
    figures = figures_of(number) | {f"requests.received.{who}": "0" for who in APPLICANTS}
    told = "" if received is None else str(received)
    return figures | {"requests.received.natural_person": told, RECEIVED: told}


def built(folder: Path, reports: Mapping[tuple[str, int], int | None]) -> Path:
    portal = {
        f"{HOST}/{at}.html": article(body, year, with_received(at, received))
        for at, ((body, year), received) in enumerate(reports.items())
    }
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, portal)
    return folder


def leads_at(client: TestClient, **asked: Any) -> dict[str, Any]:
    answer = client.get("/leads.json", params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("kind", [kind for kind in page.KINDS if kind in ledgers()])
def test_events_are_those_of_the_ledgers(client: TestClient, archive: Archive, kind: str) -> None:
    seen = 0
    for year in range(2020, 2026):
        events = list_events(archive, Wanted(year=year), {kind})
        found = leads_at(client, kind=kind, year=year)
        assert found["too_many"] is None
        assert found["total"] == len(events)
        assert [
            (one["grade"], one["report"], one["last"], one["captures"], [cell["key"] for cell in one["cells"]])
            for one in found["leads"]
        ] == [
            (one.grade, f"r{one.report}", one.last, list(one.captures), [cell.key for cell in one.cells])
            for one in reversed(events)
        ]
        seen += len(events)
    assert seen > 0 or kind in ("returned", "correction", "copy", "contradiction")


def test_late_reports_are_those_of_the_register(client: TestClient, archive: Archive) -> None:
    for year in (2023, 2024, 2025):
        late = {one.organisation for one in coverage_of(archive, year, TODAY) if one.state == "late"}
        assert {one["organisation"] for one in leads_at(client, kind="late", year=year)["leads"]} == late


def test_a_region_and_a_day_narrow_them(client: TestClient, archive: Archive) -> None:
    events = list_events(archive, Wanted(region="98", since="2025-03-01T00:00:00Z", year=2024), {"silent_edit"})
    found = leads_at(client, kind="silent_edit", year=2024, region="980000", since="2025-03-01")
    assert [one["last"] for one in found["leads"]] == [one.last for one in reversed(events)]


def test_zeros_need_years_of_printed_zeros_and_peers_that_have_some(tmp_path: Path) -> None:
    reports: dict[tuple[str, int], int | None] = {}
    for year in (2021, 2022, 2023, 2024):
        for town in TOWNS:
            reports[town, year] = 7
        reports[TOWNS[0], year] = 0  # four years: found
        reports[TOWNS[1], year] = 0 if year != 2023 else None  # a blank is no zero
        reports[TOWNS[2], year] = 0 if year != 2022 else 1  # two years only
        reports["示例县教育局", year] = 0  # no peers of its kind
    with Archive.open(built(tmp_path / "a", reports), write=False) as archive:
        found = zeros_for_years(archive, 2024, "15")
        assert [(one.body.name, len(one.figures), one.peers, one.above) for one in found] == [(TOWNS[0], 4, 6, 4)]
        assert zeros_for_years(archive, 2022, "15") == ()  # two years were known then
        assert zeros_for_years(archive, 2024, "16") == ()


def test_zeros_are_nothing_where_peers_have_none_either(tmp_path: Path) -> None:
    reports: dict[tuple[str, int], int | None] = {
        (town, year): (9 if at < 2 else 0) for at, town in enumerate(TOWNS) for year in (2022, 2023, 2024)
    }
    with Archive.open(built(tmp_path / "a", reports), write=False) as archive:
        assert zeros_for_years(archive, 2024, "") == ()
    few: dict[tuple[str, int], int | None] = {
        (town, year): (0 if at == 0 else 9)
        for at, town in enumerate(TOWNS[:FEWEST_PEERS])
        for year in (2022, 2023, 2024)
    }
    with Archive.open(built(tmp_path / "b", few), write=False) as archive:
        assert zeros_for_years(archive, 2024, "") == ()  # four peers are too few


@pytest.mark.parametrize(
    ("before", "now", "grade"),
    [(25, 125, "rise"), (25, 124, ""), (0, 100, "rise"), (0, 99, ""), (100, 400, ""), (130, 26, "fall"), (130, 27, "")],
)
def test_a_jump_needs_both_thresholds(before: int, now: int, grade: str) -> None:
    assert (TIMES, MORE, ZERO_YEARS) == (5, 100, 3)
    assert leap(before, now) == grade


def test_jumps_are_against_the_year_before_and_know_corrections(tmp_path: Path) -> None:
    reports: dict[tuple[str, int], int | None] = {
        ("示例县教育局", 2023): 10, ("示例县教育局", 2024): 900,
        ("示例县公安局", 2022): 10, ("示例县公安局", 2024): 900,
        ("示例县民政局", 2023): None, ("示例县民政局", 2024): 900,
        ("示例县司法局", 2023): 11, ("示例县司法局", 2024): 12,
    }  # fmt: skip
    folder = built(tmp_path / "a", reports)
    with Archive.open(folder, write=True) as archive:
        found = [one for one in jumps_of_year(archive, 2024, "15") if one.key == RECEIVED]
        assert [(one.body.name, one.grade, [figure.value for figure in one.figures]) for one in found] == [
            ("示例县教育局", "rise", [10, 900])
        ]
        for body, value in (("教育局", 90), ("司法局", 1200)):
            (digest,) = archive.db.execute(
                "SELECT payload_digest FROM versions v JOIN readings r ON r.version = v.id WHERE title LIKE ?",
                (f"%{body}2024%",),
            ).fetchone()
            said = Correction(digest, RECEIVED, "number", value, "编辑部", "按原件", "", "2025-03-01T00:00:00Z")
            put_correction(archive, said)
        found = [one for one in jumps_of_year(archive, 2024, "15") if one.key == RECEIVED]
        assert [(one.body.name, one.figures[1].value) for one in found] == [("示例县司法局", 1200)]


def test_what_is_wrong_can_be_mended_with_the_file_that_is_offered(tmp_path: Path) -> None:
    folder = built(tmp_path / "a", {("示例县教育局", 2023): 10, ("示例县教育局", 2024): 900})
    with TestClient(create_app(folder, Site("http://testserver"))) as client:
        tree = html.fromstring(client.get("/leads", params={"kind": "jumps", "year": 2024}).text)
        (offered,) = tree.xpath(
            "//li[.//th//a[contains(@href, 'received')]]//pre[@aria-label='corrections.jsonl']/text()"
        )
        line = json.loads(offered) | {"value": 90, "who": "编辑部", "why": "按原件核对"}
        with Archive.open(folder, write=True) as archive:
            assert read_lines(archive, [json.dumps(line)]) == (1, 0)
        assert leads_at(client, kind="jumps", year=2024)["total"] == 0
        (made,) = leads_at(client, kind="correction", year=2024)["leads"]
        assert made["cells"] == [{"key": RECEIVED, "before": 900, "after": 90}]


def test_every_lead_has_its_method_evidence_and_way_back(client: TestClient) -> None:
    tree = html.fromstring(client.get("/leads", params={"kind": "silent_edit", "year": 2025}).text)
    for kind in page.KINDS:
        (method,) = tree.xpath(f"//dt[@id='method-{kind}']/following-sibling::dd[1]")
        assert len(method.text_content()) > 15
    items = tree.xpath("//ol[@class='leads']/li")
    assert items
    for item in items:
        assert item.xpath(".//a[contains(@href, '/history')]")
        assert item.xpath(".//summary[text()='这里不对']")
        assert item.xpath(".//a[starts-with(@href, '/v/') or starts-with(@href, '/diff/')]")


def test_numbers_of_the_rules_stand_in_their_methods(client: TestClient) -> None:
    assert f"{TIMES} 倍" in leads_at(client, kind="jumps")["method"]
    assert str(MORE) in leads_at(client, kind="jumps")["method"]
    assert f"{ZERO_YEARS} 年" in leads_at(client, kind="zeros")["method"]


def test_files_and_feeds_hold_the_same(client: TestClient) -> None:
    facts = leads_at(client, kind="silent_edit", year=2025)
    text = client.get("/leads.csv", params={"kind": "silent_edit", "year": 2025}).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["organisation"], row["grade"]) for row in rows] == [
        (one["organisation"], one["grade"]) for one in facts["leads"]
    ]
    feed = etree.fromstring(client.get("/leads.atom", params={"kind": "silent_edit", "year": 2025}).content)
    ids = [one.text for one in feed.iter("{http://www.w3.org/2005/Atom}id")]
    assert len(ids) == len(set(ids)) == len(rows) + 1


def test_too_much_is_said_with_narrower_ways(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOST", dict.fromkeys(page.MOST, 0))
    monkeypatch.setattr(page, "MOST_BODIES", 0)
    for kind in page.KINDS:
        asked = {"kind": kind, "year": "2025"}
        answer = client.get("/leads", params=asked)
        assert answer.status_code == 200
        assert "一秒之内" in answer.text
        if kind != "copy":
            assert f"/leads?kind={kind}&amp;year=2025&amp;region=980000" in answer.text
        assert client.get("/leads.csv", params=asked).status_code == 400
        assert leads_at(client, **asked)["total"] is None


def test_what_takes_too_long_says_so(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "briefly", lambda *_: None)
    answer = client.get("/leads", params={"kind": "not_seen", "year": 2025})
    assert answer.status_code == 200
    assert "没有算完" in answer.text
    assert "nianbao events --kind not_seen --year 2025" in answer.text


def test_every_grade_has_its_words() -> None:
    for lang in ("zh", "en"):
        words = words_in(lang)
        for kind, ledger in ledgers().items():
            for grade in ledger.GRADES:
                assert words.get(f"leads.event_{kind}_{grade}") or words.get(f"report.event_{kind}_{grade}"), grade
                assert words[f"leads.grade_{grade}"]
        assert all(words[f"leads.kind_{kind}"] for kind in page.KINDS)


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    note = "{0}{first} <script>alert(1)</script> {{7*7}}"
    url = f"{HOST}/a.html"
    with Archive.open(tmp_path / "a", write=True) as archive:
        crawl(archive, 0, {url: article("示例县教育局", 2024, figures_of(3), note="原先的话。")})
        crawl(archive, 1, {url: article("示例县教育局", 2024, figures_of(3), note=note)})
    with TestClient(create_app(tmp_path / "a", Site("http://testserver"))) as client:
        answer = client.get("/leads", params={"kind": "silent_edit", "year": 2024})
        assert answer.status_code == 200
        tree = html.fromstring(answer.text)
        assert not tree.xpath("//main//script")
        assert "{0}{first}" in tree.xpath("string(//ol[@class='leads'])")
    for asked in ({"region": "<b>"}, {"kind": "<b>"}, {"since": "gestern"}, {"year": "99"}):
        with TestClient(create_app(tmp_path / "a", Site("http://testserver"))) as client:
            assert client.get("/leads", params=asked).status_code == 400, asked
