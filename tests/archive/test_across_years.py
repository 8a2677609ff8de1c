"""What a report says beside others: the years before and after, its other renditions, its own history, its peers."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from county import article, crawl, figures_of
from sqlite_utils import Database

from archive.across_years import list_checks_across_years, list_differences, list_notes
from archive.schema import ARCHIVE
from archive.schema.views import VIEWS
from archive.store import Archive

BUREAU = "示例县教育局"
IN, OUT = "requests.carried_in", "requests.carried_out"


def keep(archive: Archive, *reports: tuple[str, int, Mapping[str, str]], day: int = 0) -> None:
    """One crawl of a portal with these reports (body, year, figures), each at a URL of its own."""
    portal = {
        f"http://www.shili.example/{number}.html": article(body, year, figures)
        for number, (body, year, figures) in enumerate(reports)
    }
    crawl(archive, day, portal)


def report_of(archive: Archive, body: str, year: int) -> int:
    """The id of a body's report on a year."""
    row = archive.db.execute(
        """
        SELECT p.id FROM reports p JOIN organisations o ON o.id = p.organisation
        WHERE o.name LIKE '%' || :body AND p.report_year = :year
        """,
        {"body": body, "year": year},
    ).fetchone()
    return int(row[0])


def test_what_is_carried_over_is_compared_column_by_column(archive: Archive) -> None:
    """2023 carries out 2 in each of six columns, 12 in all; 2024 says so of natural persons and of the total."""
    later = figures_of(2) | {f"{IN}.natural_person": "2", f"{IN}.total": "12", f"{IN}.research": "/"}
    keep(archive, (BUREAU, 2023, figures_of(1)), (BUREAU, 2024, later))
    earlier, report = report_of(archive, BUREAU, 2023), report_of(archive, BUREAU, 2024)
    checks = list_checks_across_years(archive, report)
    carried = {one["across"]: one for one in checks if one["id"] == "requests.carried_over"}
    assert len(carried) == 7
    assert {across: (one["state"], one["left"], one["right"]) for across, one in carried.items()} == {
        "natural_person": ("HOLDS", 2, 2),
        "enterprise": ("BROKEN", 1, 2),
        "research": ("UNKNOWN", None, 2),
        "social_welfare": ("BROKEN", 1, 2),
        "legal_service": ("BROKEN", 1, 2),
        "other_org": ("BROKEN", 1, 2),
        "total": ("HOLDS", 12, 12),
    }
    one = carried["enterprise"]
    assert (one["report"], one["earlier_report"]) == (f"r{report}", f"r{earlier}")
    assert (one["report_year"], one["earlier_year"], one["severity"]) == (2024, 2023, "warning")
    assert list_checks_across_years(archive, earlier) == checks  # the earlier report hears of it too


def test_what_is_in_force_is_a_soft_check(archive: Archive) -> None:
    """figures_of(n): of regulations 1 issued, 0 repealed, n in force; of documents 2, 1 and n + 1."""
    keep(archive, (BUREAU, 2022, figures_of(4)), (BUREAU, 2023, figures_of(5)), (BUREAU, 2024, figures_of(9)))
    checks = list_checks_across_years(archive, report_of(archive, BUREAU, 2023))
    force = [one for one in checks if one["id"] == "proactive.in_force"]
    assert [(one["across"], one["report_year"], one["state"], one["left"], one["right"]) for one in force] == [
        ("regulations", 2023, "HOLDS", 5, 4 + 1 - 0),
        ("normative_documents", 2023, "HOLDS", 6, 5 + 2 - 1),
        ("regulations", 2024, "BROKEN", 9, 5 + 1 - 0),
        ("normative_documents", 2024, "BROKEN", 10, 6 + 2 - 1),
    ]
    assert {one["severity"] for one in force} == {"note"}


def test_years_apart_and_other_bodies_are_not_compared(archive: Archive) -> None:
    keep(archive, (BUREAU, 2022, figures_of(1)), (BUREAU, 2024, figures_of(2)), ("示例县民政局", 2023, figures_of(3)))
    assert archive.db.execute("SELECT count(*) FROM checks_across_years").fetchone() == (0,)


def test_a_new_reading_of_either_year_is_heard_at_once(archive: Archive) -> None:
    keep(archive, (BUREAU, 2023, figures_of(1)), (BUREAU, 2024, figures_of(2)))
    report = report_of(archive, BUREAU, 2024)
    before = {one["state"] for one in list_checks_across_years(archive, report) if one["across"] == "enterprise"}
    keep(archive, (BUREAU, 2023, figures_of(1) | {f"{OUT}.enterprise": "1"}), (BUREAU, 2024, figures_of(2)), day=1)
    after = {one["state"] for one in list_checks_across_years(archive, report) if one["across"] == "enterprise"}
    assert (before, after) == ({"BROKEN"}, {"HOLDS"})


def test_renditions_that_differ_are_rows(archive: Archive) -> None:
    """One says 77 for 3, one prints what is no figure: the first is a disagreement, both are differences."""
    key, other = "requests.received.enterprise", "requests.granted.research"
    figures = figures_of(3)
    changed = figures | {key: "77", other: "十二"}
    keep(archive, (BUREAU, 2024, figures), (BUREAU, 2024, changed))
    report = report_of(archive, BUREAU, 2024)
    found = {one["key"]: one for one in list_differences(archive, report)}
    assert set(found) == {key, other}
    assert found[key] == {
        "key": key,
        "left": {"version": "v1", "status": "number", "value": int(figures[key]), "raw": figures[key]},
        "right": {"version": "v2", "status": "number", "value": 77, "raw": "77"},
    }
    assert found[other]["right"] == {"version": "v2", "status": "unread", "value": None, "raw": "十二"}
    (problem,) = archive.db.execute("SELECT says FROM report_problems WHERE code = 'renditions_differ'").fetchall()
    assert f"disagree in 1 cells: {key} {figures[key]} / 77" in problem[0]
    keep(archive, (BUREAU, 2024, figures), (BUREAU, 2024, figures), day=1)
    assert list_differences(archive, report) == []


RECEIVED = "requests.received.total"


def notes_of(archive: Archive, body: str, year: int) -> list[tuple[str, str | None, int, int]]:
    """(code, key, value, against); the view says the same as what is asked for one report."""
    report = report_of(archive, body, year)
    asked = list_notes(archive, report)
    seen = archive.db.execute("SELECT code, key, value, against, says FROM notes WHERE report = ?", [report]).fetchall()
    assert sorted(map(str, seen)) == sorted(str(tuple(one.values())) for one in asked)
    return [(one["code"], one["key"], one["value"], one["against"]) for one in asked]


def test_a_jump_against_own_history(archive: Archive) -> None:
    """At least ten times the largest of the other years, and at least fifty more."""
    base = figures_of(1)
    keep(
        archive,
        (BUREAU, 2021, base | {RECEIVED: "7"}),
        (BUREAU, 2022, base | {RECEIVED: "3"}),
        (BUREAU, 2023, base | {RECEIVED: "70"}),
        ("示例县民政局", 2021, base | {RECEIVED: "7"}),
        ("示例县民政局", 2022, base | {RECEIVED: "69"}),
        ("示例县司法局", 2021, base | {RECEIVED: "4"}),
        ("示例县司法局", 2022, base | {RECEIVED: "53"}),
    )
    assert notes_of(archive, BUREAU, 2023) == [("jump_in_history", RECEIVED, 70, 7)]
    (note,) = list_notes(archive, report_of(archive, BUREAU, 2023))
    assert note["says"] == "70 in 2023; the largest of 2 other years is 7 in 2021"
    assert notes_of(archive, BUREAU, 2021) == []
    assert notes_of(archive, "示例县民政局", 2022) == []  # 9.9 times
    assert notes_of(archive, "示例县司法局", 2022) == []  # 49 more
    checks = archive.db.execute("SELECT count(*) FROM checks WHERE id LIKE '%jump%'").fetchone()
    assert checks == (0,)


def test_a_jump_among_peers_needs_five_of_them(archive: Archive) -> None:
    base = figures_of(1) | {RECEIVED: "6"}
    bureaus = ["民政", "司法", "财政", "水务", "统计"]
    others = [(f"示例县{name}局", 2024, base) for name in bureaus[:4]]
    offices = [("示例县信访局办公室", 2024, base), ("示例镇人民政府", 2024, base)]
    keep(archive, (BUREAU, 2024, base | {RECEIVED: "66"}), *others, *offices)
    assert notes_of(archive, BUREAU, 2024) == []
    keep(archive, ("示例县统计局", 2024, base), day=1)
    assert notes_of(archive, BUREAU, 2024) == [("jump_among_peers", RECEIVED, 66, 6)]
    assert notes_of(archive, "示例县统计局", 2024) == []


def test_all_zero_for_three_years(archive: Archive) -> None:
    zero = dict.fromkeys(figures_of(1), "0")
    keep(archive, (BUREAU, 2021, zero), (BUREAU, 2022, zero), (BUREAU, 2023, zero), (BUREAU, 2024, figures_of(1)))
    assert notes_of(archive, BUREAU, 2022) == []
    assert [note[0] for note in notes_of(archive, BUREAU, 2023)] == ["all_zero"]
    (note,) = list_notes(archive, report_of(archive, BUREAU, 2023))
    assert note["says"] == "every figure is 0: 200 of 2021, 200 of 2022, 200 of 2023"


def test_an_archive_of_the_first_release_is_brought_up_to_date(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    old = Database(sqlite3.connect(folder / "archive.db"))
    ARCHIVE.apply(old, stop_before="0002_register")
    old.execute("CREATE VIEW cells AS SELECT 1")
    old.execute(
        """
        INSERT INTO organisations (id, name) VALUES (1, '示例县教育局')
        """
    )
    old.conn.commit()
    old.close()
    with Archive.open(folder, write=True) as archive:
        assert len(archive.db.view_names()) >= len(VIEWS)
        for view in archive.db.view_names():
            assert archive.db.execute(f"SELECT * FROM {view}").fetchall() == []
        assert archive.db.execute("SELECT count(*) FROM form_cells WHERE sheet = 'statistics'").fetchone() == (58,)
        assert archive.db.execute("SELECT name FROM organisations").fetchall() == [("示例县教育局",)]
