"""Bodies × years: what is shown is what the documents say; gaps, breaks, corrections look like what they are."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from starlette.testclient import TestClient

from archive.comparing.figures import STATES
from archive.comparing.series import _KIN, breaks_of, keys_in
from archive.corrections import Correction, put_correction
from archive.store import Archive
from archive.web.app import create_app
from archive.web.asked import Site
from archive.web.charts import Dot, Line, Mark, draw_lines
from benchmarks.newsroom.script import Script
from parsers.forms import labels_by_key
from tests.archive.county import article, crawl, figures_of

RECEIVED, REVIEWED = "requests.received.total", "disputes.review.total"
HOST = "http://www.shili.example/zfxxgknb"
EDUCATION, POLICE = "示例县教育局", "示例县公安局"
BLANK, FILLER, UNREAD = "requests.granted.total", "requests.carried_in.total", "requests.carried_out.total"


@pytest.fixture
def county(tmp_path: Path) -> Iterator[tuple[TestClient, Path]]:
    """Two bodies: reports on 2021, 2022 with odd cells, and 2024; one on 2024 that does not add up."""
    folder = tmp_path / "a"
    odd = figures_of(4) | {BLANK: "", FILLER: "/", UNREAD: "十几件"}
    wrong = figures_of(7) | {REVIEWED: "99"}
    portal = {
        f"{HOST}/e1.html": article(EDUCATION, 2021, figures_of(3)),
        f"{HOST}/e2.html": article(EDUCATION, 2022, odd),
        f"{HOST}/e4.html": article(EDUCATION, 2024, figures_of(5)),
        f"{HOST}/p4.html": article(POLICE, 2024, wrong),
    }
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, portal)
    with TestClient(create_app(folder, Site("http://testserver"))) as client:
        yield client, folder


def compared(client: TestClient, **asked: Any) -> dict[str, Any]:
    answer = client.get("/compare.json", params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def states_of(facts: dict[str, Any], key: str, organisation: str) -> dict[int, str]:
    return {
        one["report_year"]: one["state"]
        for one in facts["figures"]
        if (one["key"], one["organisation"]) == (key, organisation)
    }


def test_figures_are_those_of_the_documents(client: TestClient, script: Script) -> None:
    bodies = [body for place in script.places for body in place.bodies]
    truth = {(one.body, one.year): one for one in script.reports}
    shown = 0
    for one in compared(client, body=bodies, key=[RECEIVED, REVIEWED])["figures"]:
        report = truth.get((one["organisation"], one["report_year"]))
        if report is None:
            assert (one["state"], one["value"]) == ("no_report", None), one
        elif one["state"] == "number" and not report.statistics and one["read"] is None:
            last = report.edition(script.days[-1])
            if one["key"] not in last.odd:
                assert one["value"] == last.figures.get(one["key"], 0), one
                shown += 1
    assert shown > 100


def test_what_is_no_figure_says_so_and_is_never_zero(county: tuple[TestClient, Path]) -> None:
    client, _ = county
    facts = compared(client, body=EDUCATION, key=[BLANK, FILLER, UNREAD])
    assert states_of(facts, BLANK, EDUCATION) == {2021: "number", 2022: "blank", 2023: "no_report", 2024: "number"}
    assert states_of(facts, FILLER, EDUCATION)[2022] == "filler"
    assert states_of(facts, UNREAD, EDUCATION)[2022] == "unread"
    odd = [one for one in facts["figures"] if one["report_year"] in (2022, 2023)]
    assert [one["value"] for one in odd] == [None] * 6
    tree = html.fromstring(client.get("/compare", params={"body": EDUCATION, "key": [BLANK, FILLER, UNREAD]}).text)
    for mark in ("blank", "filler", "unread", "none"):
        assert tree.xpath(f"//table//*[@class='{mark}']"), mark
    for chart in tree.xpath("//figure/*[name()='svg']"):
        assert len(chart.xpath(".//*[@class='dot s0']")) == 2  # 2021 and 2024; nothing stands for the years between
        (line,) = chart.xpath("./*[@class='line s0']/@d")
        assert line.count("M") == 2
        assert "L" not in line


def test_the_file_holds_exactly_what_is_shown(client: TestClient, script: Script) -> None:
    asked = {"body": [place.bodies[1] for place in script.places], "key": [RECEIVED, REVIEWED], "from": "2021"}
    rows = list(csv.DictReader(io.StringIO(client.get("/compare.csv", params=asked).text)))
    facts = compared(client, **asked)
    assert [(row["organisation"], int(row["report_year"]), row["key"], row["state"], row["raw"]) for row in rows] == [
        (one["organisation"], one["report_year"], one["key"], one["state"], one["raw"]) for one in facts["figures"]
    ]
    tree = html.fromstring(client.get("/compare", params=asked).text)
    cells = tree.xpath("//table[@class='figures']/tbody/tr/td")
    assert len(cells) == len(rows)
    for cell, row in zip(cells, rows, strict=True):
        printed = cell.xpath("normalize-space(.//a[@class='n'])")
        assert printed == (row["raw"] if row["state"] == "number" else ""), row
        link = cell.xpath("string(.//a/@href)")
        assert link == row["link"].removeprefix("http://127.0.0.1:8000")
    assert all(one["state"] in STATES for one in facts["figures"])


def test_a_correction_is_shown_as_one(county: tuple[TestClient, Path]) -> None:
    client, folder = county
    with Archive.open(folder, write=True) as archive:
        (digest,) = archive.db.execute(
            "SELECT payload_digest FROM report_versions WHERE url LIKE '%e4.html'"
        ).fetchone()
        put_correction(
            archive, Correction(digest, RECEIVED, "number", 4321, "编辑部", "按原件", "", "2025-03-01T00:00:00Z")
        )
    (one,) = [one for one in compared(client, body=EDUCATION, key=RECEIVED)["figures"] if one["report_year"] == 2024]
    assert (one["value"], one["read"]["value"]) == (4321, int(figures_of(5)[RECEIVED]))
    page = client.get("/compare", params={"body": EDUCATION, "key": RECEIVED}).text
    assert "已更正" in page
    assert "dot s0 hollow" in page


def test_broken_sums_are_flagged_where_they_are(county: tuple[TestClient, Path]) -> None:
    client, _ = county
    facts = compared(client, body=f"{EDUCATION}\n{POLICE}", key=[REVIEWED, RECEIVED], **{"from": 2024})
    broken = {
        (one["organisation"], one["key"]): one["checks_broken"] for one in facts["figures"] if one["checks_broken"]
    }
    assert broken == {(POLICE, REVIEWED): ["disputes.row_sum:review"]}


def test_the_line_is_broken_where_the_form_changed(client: TestClient, script: Script) -> None:
    body = next(one.body for one in script.reports if one.statistics)
    truth = {one.year: one for one in script.reports if one.body == body}
    facts = compared(client, body=body, key=RECEIVED, to=max(truth))
    by_year = {one["report_year"]: one for one in facts["figures"]}
    old = [year for year, one in truth.items() if one.statistics]
    assert old
    for year in old:
        assert by_year[year]["cells"] == ["statistics.received.count"]
    assert [(one["year"], one["joins"]) for one in facts["breaks"]] == [(2019, False), (2021, True)]
    assert facts["breaks"][0]["before"] == ["statistics.received.count"]
    tree = html.fromstring(client.get("/compare", params={"body": body, "key": RECEIVED}).text)
    assert len(tree.xpath("//figure//*[name()='path'][@class='break']")) == 2
    assert "口径不尽相同" in tree.text_content()
    (line,) = tree.xpath("//figure/svg/path[@class='line s0']/@d")
    assert line.count("M") >= 2


def test_peers_are_of_the_same_kind_and_level_in_the_same_place(client: TestClient, script: Script) -> None:
    city = next(place for place in script.places if place.level == "city")
    police = next(body for body in city.bodies if body.endswith("公安局"))
    expected = {
        body
        for place in script.places
        if place.level == "city" and place.code[:2] == city.code[:2]
        for body in place.bodies
        if body.endswith("公安局")
    }
    facts = compared(client, body=police, peers="province")
    assert {one["organisation"] for one in facts["bodies"]} == expected
    by_kind = compared(client, region=city.code[:2], kind="police")
    assert {one["organisation"] for one in by_kind["bodies"]} >= expected


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "' OR 1=1 --"]
)
def test_hostile_names_are_text(client: TestClient, name: str) -> None:
    for path in ("/compare", "/compare.json", "/compare.csv"):
        answer = client.get(path, params={"body": name, "region": name[:40]})
        assert answer.status_code == 200
    tree = html.fromstring(client.get("/compare", params={"body": name, "region": name}).text)
    assert not tree.xpath("//main//script | //main//img")
    assert tree.xpath("string(//textarea)").strip() == name


def test_what_cannot_be_meant_is_refused_in_words(client: TestClient) -> None:
    for asked in ({"key": "no.such.cell"}, {"from": "2024", "to": "2020"}, {"kind": "unheard"}, {"from": "x"}):
        answer = client.get("/compare", params=asked)
        assert answer.status_code == 400, asked
        assert "这个请求无法理解" in answer.text
    assert client.get("/compare", params={"body": "没有这个机构"}).status_code == 200


def test_kin_are_cells_of_the_forms() -> None:
    known = labels_by_key()
    assert all(part in known for kin in _KIN for one in kin for part in one.split("+"))
    assert keys_in("statistics.lawsuits.count", "disputes", "2019") == (
        "disputes.litigation_direct.total", "disputes.litigation_after_review.total",
    )  # fmt: skip
    assert keys_in("requests.refused_third_party.total", "statistics", "2014") == ()
    assert [one.year for one in breaks_of("requests.granted.total", 2017, 2024)] == [2019, 2021]
    assert [one.year for one in breaks_of(REVIEWED, 2019, 2024)] == []  # that table was not changed


def test_a_gap_stays_a_gap_and_the_scale_begins_at_zero() -> None:
    dots = (Dot(10, "a"), None, Dot(30, "c"), Dot(Decimal("40.5"), "d"))
    svg = str(draw_lines([Line("x", dots)], range(2021, 2025), [Mark(2023, "换表")], "t", "说明", lang="zh"))
    path = re.search(r'class="line s0" d="([^"]*)"', svg)
    assert path is not None
    assert (path[1].count("M"), path[1].count("L")) == (2, 1)
    assert svg.count('class="dot s0"') == 3
    assert ">0</text>" in svg
    assert "style=" not in svg


def test_a_name_in_a_chart_is_text() -> None:
    svg = str(draw_lines([Line("<b>", (Dot(1, "<b>"),))], [2024], [Mark(2024, "<i>")], '"<u>', "<s>", lang="en"))
    assert not re.search(r"<(b|i|u|s)>", svg)
