"""Reports under an earlier and a later name of one body belong together, and those of a merged one stand beside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from county import article, crawl, figures_of

from archive.bodies.organisations import find_or_add_report, list_relatives, list_same
from archive.store import Archive
from nianbao import main
from parsers.divisions.bodies import kin_of
from parsers.report import Body


def keep(archive: Archive, *bodies: tuple[str, str | None, int]) -> None:
    for name, code, year in bodies:
        find_or_add_report(archive.db, Body(name, code), name, year)


def id_of(archive: Archive, name: str, code: str) -> int:
    row = archive.db.execute("SELECT id FROM organisations WHERE name = ? AND region_code = ?", [name, code]).fetchone()
    return int(row[0])


def test_a_county_that_became_a_city_has_one_history(archive: Archive) -> None:
    keep(
        archive,
        ("错那市教育局", "540581", 2023),
        ("错那县教育局", "540530", 2022),
        ("错那县教育局", "540530", 2021),
        ("错那县教育局", "542232", 2014),
        ("错那市公安局", "540581", 2023),  # another body of the same city
        ("米林县教育局", "540422", 2022),  # the same body of another county
    )
    today = id_of(archive, "错那市教育局", "540581")
    relatives = list_relatives(archive.db, today)
    assert [(one.body, one.relation, one.same, [year for _, year in one.reports]) for one in relatives] == [
        (Body("错那县教育局", "542232"), "earlier", True, [2014]),
        (Body("错那县教育局", "540530"), "earlier", True, [2021, 2022]),
    ]
    assert relatives[1].says == "错那县 (540530) became 错那市 (540581) on 2023-04-03 (county_to_city)"
    first = id_of(archive, "错那县教育局", "542232")
    assert [one.relation for one in list_relatives(archive.db, first)] == ["later", "later"]
    assert set(list_same(archive.db, first)) == set(list_same(archive.db, today))
    assert len(list_same(archive.db, today)) == 3


def test_a_district_that_was_merged_is_beside_its_heir(archive: Archive) -> None:
    """港闸区 went into 崇川区 in 2020, which stayed itself under a new code."""
    keep(
        archive,
        ("崇川区教育局", "320602", 2019),
        ("港闸区教育局", "320611", 2019),
        ("港闸区教育局", "320613", 2020),  # a late report under the old name
        ("崇川区教育局", "320613", 2021),
    )
    heir = id_of(archive, "崇川区教育局", "320613")
    assert [(one.body.name, one.body.region_code, one.same) for one in list_relatives(archive.db, heir)] == [
        ("崇川区教育局", "320602", True),
        ("港闸区教育局", "320611", False),
        ("港闸区教育局", "320613", False),
    ]
    late = id_of(archive, "港闸区教育局", "320613")
    assert [(one.body.region_code, one.relation, one.same) for one in list_relatives(archive.db, late)] == [
        ("320611", "earlier", True),
        ("320613", "later", False),
    ]


def test_a_bureau_of_before_the_reform_is_found_through_its_county(archive: Archive) -> None:
    keep(
        archive,
        ("米林县卫生和计划生育委员会", "540422", 2018),
        ("米林县卫生健康委员会", "540422", 2020),
        ("米林市卫生健康委员会", "540481", 2023),
    )
    today = id_of(archive, "米林市卫生健康委员会", "540481")
    found = list_relatives(archive.db, today)
    assert [(one.body.name, one.same) for one in found] == [
        ("米林县卫生和计划生育委员会", False),
        ("米林县卫生健康委员会", True),
    ]
    assert found[0].says.endswith("2018: the duties of 卫生和计划生育 went to 卫生健康 (went_into)")
    assert list_same(archive.db, today) == (today, found[1].organisation)


@pytest.mark.parametrize(
    "body", [Body("示例县教育局", "999901"), Body("乌拉特中旗教育局", "150824"), Body("教育部", None), Body("", None)]
)
def test_nothing_is_known_of_these(body: Body) -> None:
    assert kin_of(body) == ()


def test_a_ministry_has_no_code_and_a_past() -> None:
    assert Body("国土资源部", None) in [
        kin.body for kin in kin_of(Body("自然资源部", None)) if kin.relation == "earlier"
    ]


def test_show_and_history_tell_it(archive: Archive, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    county, city = "http://www.shili.example/2022.html", "http://www.shili.example/2023.html"
    crawl(
        archive,
        0,
        {county: article("错那县教育局", 2022, figures_of(1)), city: article("错那市教育局", 2023, figures_of(2))},
    )
    archive.close()
    for verb in ("show", "history"):
        assert main(["--archive", str(folder), verb, "错那市教育局", "2023"]) == 0
        said = capsys.readouterr().out
        assert (
            "earlier name: 错那县教育局 540530: r1 2022: 错那县 (540530) became 错那市 (540581) on 2023-04-03" in said
        )
    assert main(["--archive", str(folder), "show", "错那县教育局", "2022", "--json"]) == 0
    (later,) = json.loads(capsys.readouterr().out)["relatives"]
    assert (later["organisation"], later["relation"], later["same"]) == ("错那市教育局", "later", True)
    assert later["reports"] == [{"report": "r2", "report_year": 2023}]
