"""What each region has on each year is tallied by triggers, and asked for without walking through all bodies."""

from __future__ import annotations

import random

import pytest
from county import article, crawl, figures_of

from archive.bodies.kinds import KINDS, kind_of, words_of
from archive.bodies.organisations import find_or_add_report
from archive.bodies.places import Tally, count_bodies, lies_in, range_of, tally_places
from archive.reparsing.reparse import reparse
from archive.schema.places import COUNTED
from archive.store import Archive
from archive.withdraw import withdraw
from parsers.report import Body

URL = "http://www.shili.example/zfxxgknb/202501/t20250120_{}.html"


def keep(archive: Archive, *bodies: tuple[str, str | None, int]) -> None:
    with archive.writing() as db:
        for name, code, year in bodies:
            find_or_add_report(db, Body(name, code), name, year)


def tallied(archive: Archive) -> list[tuple[object, ...]]:
    rows = archive.db.execute("SELECT * FROM place_years ORDER BY 1, 2").fetchall()
    return [row for row in rows if any(row[2:])]


def counted(archive: Archive) -> list[tuple[object, ...]]:
    return archive.db.execute(f"{COUNTED} ORDER BY 1, 2").fetchall()


def test_places_are_tallied_with_all_that_lies_in_them(archive: Archive) -> None:
    keep(
        archive,
        ("示例省财政厅", "150000", 2022),
        ("示例市财政局", "150800", 2023),
        ("示例县教育局", "150824", 2021),
        ("示例县教育局", "150824", 2023),
        ("示例县水利局", "150824", 2024),
        ("他省财政厅", "160000", 2023),
        ("示例总局", None, 2023),
    )
    assert tally_places(archive, "", 2023) == {"": Tally(1, 1), "15": Tally(3, 2), "16": Tally(1, 1)}
    assert tally_places(archive, "15", 2023) == {"15": Tally(1, 0), "1508": Tally(2, 2)}
    assert tally_places(archive, "1508", 2023) == {"1508": Tally(1, 1), "150824": Tally(1, 1)}
    assert tally_places(archive, "1508", 2024) == {"1508": Tally(1, 0), "150824": Tally(2, 1)}
    assert tally_places(archive, "1508", 2020) == {}
    assert [count_bodies(archive, stem) for stem in ("", "15", "150824", "17")] == [6, 4, 2, 0]
    assert range_of(archive) == range(2021, 2025)


def test_reports_that_come_and_go_in_any_order_are_counted_once(archive: Archive) -> None:
    chance = random.Random(14)
    with archive.writing() as db:
        for name, code in (("甲", "150824"), ("乙", "150824"), ("丙", "150825"), ("丁", None)):
            db.execute("INSERT INTO organisations (name, region_code) VALUES (?, ?)", (name, code))
        for _ in range(400):
            body, year = chance.randint(1, 4), chance.randint(2018, 2023)
            known = db.execute(
                "SELECT id FROM reports WHERE organisation = ? AND report_year = ?", (body, year)
            ).fetchone()
            if known is None:
                db.execute("INSERT INTO reports (organisation, report_year) VALUES (?, ?)", (body, year))
            else:
                db.execute("DELETE FROM reports WHERE id = ?", known)
            assert tallied(archive) == counted(archive)


def test_readings_that_stand_are_tallied_until_they_do_not(archive: Archive) -> None:
    broken = article("示例县民政局", 2024, figures_of(8) | {"requests.received.total": "99999"})
    portal = {URL.format(1): article("示例县教育局", 2024, figures_of(3)), URL.format(2): broken}
    crawl(archive, 0, portal)
    assert tally_places(archive, "150824", 2024) == {"150824": Tally(2, 2, 2, 1)}
    with archive.writing() as db:
        db.execute("UPDATE readings SET parser = '0'")
    assert reparse(archive).codes == {}
    assert tallied(archive) == counted(archive) == [("150824", 2024, 2, 2, 2, 1)]
    (digest,) = archive.db.execute(
        "SELECT v.payload_digest FROM versions v JOIN readings r ON r.version = v.id WHERE r.broken > 0"
    ).fetchone()
    withdraw(archive, digest, "示例: withdrawn")
    assert tallied(archive) == counted(archive)
    assert tally_places(archive, "150824", 2024)["150824"].broken == 0


@pytest.mark.parametrize(
    ("table", "index"), [("organisations", "organisations_region"), ("site_bodies", "site_bodies_region")]
)
def test_what_lies_in_a_place_is_found_by_an_index(archive: Archive, table: str, index: str) -> None:
    plan = archive.db.execute(
        f"EXPLAIN QUERY PLAN SELECT o.name FROM {table} o WHERE {lies_in('o')}", {"stem": "1508"}
    ).fetchall()
    assert [index in row[3] and row[3].startswith("SEARCH") for row in plan] == [True]


@pytest.mark.parametrize("kind", KINDS)
def test_names_of_a_kind_hold_one_of_its_words(kind: str) -> None:
    chance = random.Random(36)
    words = [word for one in KINDS.values() for word in one.words] + [*"省市县区旗州盟镇乡局", "办事处", "自治区"]
    names = ["示例" + "".join(chance.choices(words, k=chance.randint(1, 4))) for _ in range(4000)]
    found = [name for name in names if kind_of(name) == kind]
    assert found
    assert [name for name in found if not any(word in name for word in words_of(kind))] == []


def test_a_code_that_is_none_of_digits_lies_in_the_country(archive: Archive) -> None:
    keep(archive, ("示例总局", "XX", 2023), ("示例县教育局", "150824", 2023))
    assert count_bodies(archive, "") == 2
    rows = archive.db.execute(f"SELECT o.name FROM organisations o WHERE {lies_in('o')}", {"stem": ""}).fetchall()
    assert sorted(name for (name,) in rows) == ["示例县教育局", "示例总局"]
