"""The register of a place: states are those of the coverage, sums say what they come from."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html
from starlette.testclient import TestClient

from archive.season.coverage import STATES, count_states, coverage_of
from archive.store import Archive
from archive.web.pages import place as page
from archive.web.registers import why_in
from benchmarks.newsroom.script import Script

TODAY = date(2026, 11, 20)
YEAR = 2025


@pytest.fixture
def archive(newsroom: Path) -> Iterator[Archive]:
    with Archive.open(newsroom, write=False) as opened:
        yield opened


def facts_at(client: TestClient, path: str, **asked: Any) -> dict[str, Any]:
    answer = client.get(f"{path}.json", params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("stem", ["", "98", "9801"])
def test_states_are_those_of_the_coverage(client: TestClient, archive: Archive, stem: str) -> None:
    entries = coverage_of(archive, YEAR, TODAY, stem)
    facts = facts_at(client, f"/place/{stem}", year=YEAR)
    assert facts["counts"] == count_states(entries)
    assert [(one["organisation"], one["region_code"], one["state"], one["why"]) for one in facts["bodies"]] == [
        (one.organisation, one.region_code, one.state, one.why) for one in entries
    ]
    assert {one.state for one in entries} >= {"on_time"}
    if stem == "98":
        assert {"missing", "not_knowable"} & {one.state for one in entries}


def test_the_report_year_is_that_of_the_season(client: TestClient) -> None:
    assert facts_at(client, "/place/98")["year"] == 2025


def test_what_was_known_on_a_day_stays_what_was_known(client: TestClient, archive: Archive) -> None:
    day = date(2026, 1, 25)
    facts = facts_at(client, "/place/98", year=YEAR, on=str(day))
    assert facts["counts"] == count_states(coverage_of(archive, YEAR, day, "98"))
    assert facts["counts"]["due"] > 0


@pytest.mark.parametrize("stem", ["", "98", "9801"])
def test_places_within_add_up_to_the_whole(client: TestClient, stem: str) -> None:
    facts = facts_at(client, f"/place/{stem}", year=YEAR)
    assert len(facts["places"]) > 0
    added = Counter[str]()
    for one in facts["places"]:
        added.update(one["states"])
    assert dict(added) == facts["counts"]
    assert sum(one["known_bodies"] for one in facts["places"]) <= sum(facts["counts"].values())


def test_denominators_add_up_and_sums_are_those_of_the_figures(client: TestClient) -> None:
    facts = facts_at(client, "/place/98", year=2024)
    expected = sum(count for state, count in facts["counts"].items() if state != "merged")
    assert sum(group["bodies"] for group in facts["totals"]) == expected
    for group in facts["totals"]:
        for one in group["figures"]:
            assert sum(one["states"].values()) == group["bodies"], one
            assert one["reports"] == one["states"]["number"]
            assert (one["total"] is None) == (one["reports"] == 0)
    names = [one["organisation"] for one in facts["bodies"] if one["state"] != "merged"]
    asked = {"body": names, "region": "98", "key": page.FIGURES[0], "from": 2024, "to": 2024}
    figures = client.get("/compare.json", params=asked).json()["figures"]
    values = [one["value"] for one in figures if one["state"] == "number"]
    assert sum(group["figures"][0]["total"] or 0 for group in facts["totals"]) == sum(values)
    assert sum(group["figures"][0]["reports"] for group in facts["totals"]) == len(values) > 5


def test_governments_are_never_summed_with_departments(client: TestClient, script: Script) -> None:
    totals = facts_at(client, "/place/98", year=2024)["totals"]
    governments = sum(one["bodies"] for one in totals if one["group"] == "government")
    assert governments == sum(place.code.startswith("98") for place in script.places)
    assert len({(one["group"], one["level"]) for one in totals}) == len(totals)


def test_the_file_and_the_page_list_the_same_bodies(client: TestClient) -> None:
    asked = {"year": YEAR, "state": "on_time"}
    rows = list(csv.DictReader(io.StringIO(client.get("/place/98.csv", params=asked).text)))
    facts = facts_at(client, "/place/98", **asked)
    assert [row["organisation"] for row in rows] == [one["organisation"] for one in facts["bodies"]]
    assert {row["state"] for row in rows} == {"on_time"}
    assert len(rows) == facts["counts"]["on_time"]
    tree = html.fromstring(client.get("/place/98", params=asked).text)
    shown = tree.xpath("//table[contains(@class, 'register')]/tbody/tr/th//bdi/text()")
    assert shown == [row["organisation"] for row in rows][: page._ON_A_PAGE]


def test_every_row_leads_to_its_evidence(client: TestClient) -> None:
    tree = html.fromstring(client.get("/place/98", params={"year": YEAR}).text)
    rows = tree.xpath("//table[contains(@class, 'register')]/tbody/tr")
    assert len(rows) > 5
    for row in rows:
        has_report = bool(row.xpath("./th/a"))
        assert bool(row.xpath(".//a[contains(@href, '/history')]")) == has_report
        assert row.xpath("normalize-space(./td[5])"), row.text_content()


def test_a_long_list_goes_on_on_another_page(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "_ON_A_PAGE", 4)
    found: list[str] = []
    path = "/place/98?year=2025"
    for _ in range(20):
        tree = html.fromstring(client.get(path).text)
        found += tree.xpath("//table[contains(@class, 'register')]/tbody/tr/th//bdi/text()")
        following = tree.xpath("//a[@rel='next']/@href")
        if not following:
            break
        path = following[0]
    assert found == [one["organisation"] for one in facts_at(client, "/place/98", year=YEAR)["bodies"]]


def test_the_feed_is_one(client: TestClient) -> None:
    answer = client.get("/place/98.atom", params={"year": YEAR})
    feed = etree.fromstring(answer.content)
    entries = feed.findall("{http://www.w3.org/2005/Atom}entry")
    assert len(entries) > 5
    days = [str(one.findtext("{http://www.w3.org/2005/Atom}updated")) for one in entries]
    assert days == sorted(days, reverse=True)


def test_too_many_bodies_are_said_to_be_too_many(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOST_BODIES", 2)
    answer = client.get("/place/", params={"year": YEAR})
    assert answer.status_code == 200
    assert "选一个下级地区" in answer.text
    assert "/place/980000?year=2025" in answer.text
    facts = facts_at(client, "/place/", year=YEAR)
    assert (facts["counts"], facts["bodies"]) == (None, None)
    assert sum(one["reports"] for one in facts["places"]) > 5
    assert client.get("/place/.csv", params={"year": YEAR}).status_code == 400


def test_unknown_places_are_not_found(client: TestClient) -> None:
    for path in ("/place/77", "/place/abc", "/place/1", "/place/%3Cscript%3E"):
        assert client.get(path).status_code == 404, path
    assert client.get("/place/98", params={"state": "asleep"}).status_code == 400
    assert client.get("/place").headers["location"] == "/place/"


def test_every_reason_is_said_in_chinese(archive: Archive) -> None:
    reasons = {
        piece
        for year in range(2020, 2026)
        for entry in coverage_of(archive, year, TODAY)
        for piece in (entry.why, entry.doubt)
        if piece
    }
    reasons |= {
        "not looked at", "not looked at since the deadline", "2026-02-01: layout unread: no page listed a report",
        "2026-02-01: no column was had", "from 2023 on, with 示例市教育局", "looked 3 times, the site answering whole",
        "2026-02-01: blocked (challenge, 2 columns); host down (timeout, 1 columns)", "kept and not read: scan",
        "printed 2026-01-20, seen already on 2026-01-10; printed 2026-01-20, not there on 2026-02-06",
        "2026-02-01: layout unread: no page listed a report, 2 that did are gone",
    }  # fmt: skip
    for reason in reasons:
        said = why_in("zh", reason)
        assert not re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", said), (reason, said)
        assert why_in("en", reason) == reason


def test_every_state_has_its_words(client: TestClient) -> None:
    for lang in ("zh", "en"):
        for state in STATES:
            assert client.get("/place/98", params={"state": state, "lang": lang}).status_code == 200
