"""Ledgers one by one: what is an event, of which grade, and what our own doing must not make look like one."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from county import COLUMN, SITE, Answer, article, crawl, figures_of, page
from jsonschema import Draft202012Validator

from archive.capture import Capture
from archive.findings.edits import changed_text
from archive.findings.witnesses import Witnesses, day_in_url
from archive.frontier import record_capture
from archive.ingest import read_pending
from archive.ledgers import Event, Wanted, ledgers, list_events
from archive.ledgers.dates_disagree import grade_of
from archive.queries import describe_version
from archive.reparsing.reparse import reparse
from archive.runs.run import begin_run, end_run
from archive.schema.form_columns import SHEETS
from archive.store import Archive
from archive.verbs.events import facts_of, lines_about
from archive.versions import CellChange
from nianbao import main

BUREAU, GOVERNMENT = "示例县教育局", "示例县人民政府"
URL = "http://www.shili.example/zfxxgknb/202501/t20250120_1.html"
OTHER = "http://www.shili.example/zfxxgknb/202501/t20250120_2.html"
ALIVE = {"http://www.shili.example/": Answer(b"<html><body>home</body></html>", kind="column")}
CELL = "disputes.review.pending"
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schema" / "events.json").read_text("utf-8"))


def events(archive: Archive, *kinds: str, wanted: Wanted = Wanted()) -> list[Event]:  # noqa: B008 - Wanted is frozen
    found = list_events(archive, wanted, kinds or ("silent_edit", "not_seen", "returned"))
    Draft202012Validator(SCHEMA).validate([facts_of(one) for one in found])
    return list(found)


def graded(archive: Archive, *kinds: str) -> list[tuple[str, str]]:
    return [(one.kind, one.grade) for one in events(archive, *kinds)]


def test_every_kind_of_event_has_its_module() -> None:
    found = ledgers()
    assert set(found) == set(SCHEMA["items"]["properties"]["kind"]["enum"])
    assert all(kind == found[kind].KIND and found[kind].GRADES for kind in found)
    for rule in SCHEMA["items"]["allOf"]:
        kind = rule["if"]["properties"]["kind"]["const"]
        assert set(rule["then"]["properties"]["grade"]["enum"]) == set(found[kind].GRADES)


def test_a_figure_changed_and_changed_back_is_two_events(archive: Archive) -> None:
    figures = figures_of(4)
    for day, shown in enumerate((figures, figures | {CELL: "7"}, figures)):
        crawl(archive, day, {URL: article(BUREAU, 2024, shown, counter=day)})
    first, second = events(archive)
    assert (first.kind, first.grade, first.looks, first.captures) == ("silent_edit", "figures", 1, (1, 2))
    assert (first.first, first.last) == ("2025-01-01T08:00:01Z", "2025-01-02T08:00:01Z")
    assert first.cells == (CellChange(CELL, 0, 7),)
    assert (second.cells, second.captures) == ((CellChange(CELL, 7, 0),), (2, 3))
    assert lines_about(first).__next__().startswith("2025-01-02T08:00:01Z  silent_edit (figures)  r1 示例县教育局 2024")


def test_an_edit_across_an_outage_is_one_event_with_its_looks(archive: Archive) -> None:
    crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(4))})
    crawl(archive, 1, ALIVE)
    crawl(archive, 2, {URL: article(BUREAU, 2024, figures_of(4) | {CELL: "7"})})
    (edit,) = events(archive, "silent_edit")
    assert (edit.first[:10], edit.last[:10], edit.looks) == ("2025-01-01", "2025-01-03", 2)
    assert graded(archive) == [
        ("not_seen", "absent_once"), ("returned", "changed"), ("silent_edit", "figures"),
    ]  # fmt: skip


def test_what_an_edit_is_does_not_depend_on_our_release(archive: Archive) -> None:
    """The first look was read by an earlier release, which did not understand a cell that is printed as it was."""
    crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(6))})
    archive.db.execute("UPDATE readings SET parser = '0', content_digest = 'of another release'")
    archive.db.execute("UPDATE versions SET parser = '0', content_digest = 'of another release'")
    sheet = next(sheet for sheet in SHEETS if sheet.name == "figures_requests_2021")
    place = sheet.keys.index("requests.received.total")
    marks = "n" * place + "u" + "n" * (len(sheet.keys) - place - 1)
    archive.db.execute(
        "UPDATE figures_requests_2021 SET received_total = NULL, marks = ?, prints = ?, palette = ?",
        [marks, " " * place + "a", json.dumps([figures_of(6)["requests.received.total"]])],
    )
    assert describe_version(archive, 1)["cells"]["requests.received.total"]["status"] == "unread"
    crawl(archive, 1, {URL: article(BUREAU, 2024, figures_of(6), counter=2)})
    assert events(archive) == [], "a counter, and a release that read otherwise"
    crawl(archive, 2, {URL: article(BUREAU, 2024, figures_of(6), note="另有说明。")})
    assert graded(archive) == [("silent_edit", "wording")]
    reparse(archive)
    assert graded(archive) == [("silent_edit", "wording")]


def test_a_page_that_could_not_be_read_hides_no_edit(archive: Archive) -> None:
    figures = figures_of(4)
    broken = b"<html><body>" + b"\x00" * 10 + b"</body></html>"
    for day, body in enumerate((page(BUREAU, 2024, figures), broken, page(BUREAU, 2024, figures | {CELL: "7"}))):
        crawl(archive, day, {URL: Answer(body)})
    assert [one.cells for one in events(archive, "silent_edit")] == [(CellChange(CELL, 0, 7),)]


def test_gone_takes_two_looks_days_apart_and_a_healthy_host(archive: Archive) -> None:
    crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(4)), **ALIVE})
    crawl(archive, 5, ALIVE)
    assert graded(archive) == [("not_seen", "absent_once")]
    crawl(archive, 5, ALIVE)
    assert graded(archive) == [("not_seen", "absent_once")], "twice on one day"
    crawl(archive, 6, ALIVE)
    (event,) = events(archive)
    assert (event.grade, event.looks, event.first[:10], event.last[:10]) == ("gone", 3, "2025-01-01", "2025-01-07")
    assert event.says.startswith(f"present on {event.first}, absent on {event.last}, looked 3 times: not_found")
    assert events(archive, wanted=Wanted(since="2025-01-07T00:00:00Z")) == [event], "found by the second of two days"
    assert events(archive, wanted=Wanted(since="2025-01-08T00:00:00Z")) == []


def test_a_host_that_gives_nothing_is_down(archive: Archive) -> None:
    crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(4))})
    crawl(archive, 1, {})
    crawl(archive, 2, {})
    assert graded(archive) == [("not_seen", "host_down")]
    crawl(archive, 3, {URL: article(BUREAU, 2024, figures_of(4))})
    assert graded(archive) == [("not_seen", "host_down")], "nothing has returned from an outage"


def test_a_path_that_drifts_is_no_absence(archive: Archive) -> None:
    crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(4)), **ALIVE})
    for day in (1, 2):
        crawl(archive, day, {OTHER: article(BUREAU, 2024, figures_of(4), counter=day), **ALIVE})
    assert events(archive) == []


def test_a_url_that_shows_another_report_does_not_show_this_one(archive: Archive) -> None:
    crawl(archive, 0, {URL: article(BUREAU, 2023, figures_of(4)), **ALIVE})
    crawl(archive, 1, {URL: article(BUREAU, 2024, figures_of(5)), **ALIVE})
    (event,) = events(archive)
    assert (event.kind, event.grade, event.report_year) == ("not_seen", "soft_404", 2023)
    assert "answers with another report" in event.says


def test_looks_of_a_run_that_did_not_end_say_nothing(archive: Archive) -> None:
    crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(4))})
    run = begin_run(archive, "crawl", "another")
    look = Capture(URL, datetime(2025, 2, 1, tzinfo=UTC), "not_found", 404, kind="article", site=SITE.code)
    record_capture(archive, run, look)
    assert events(archive) == []
    end_run(archive, run)
    assert graded(archive) == [("not_seen", "host_down")]


def test_an_imported_look_is_named_as_one(archive: Archive) -> None:
    crawl(archive, 10, {URL: article(BUREAU, 2024, figures_of(4))})
    run = begin_run(archive, "import", "import")
    old = page(BUREAU, 2024, figures_of(4) | {CELL: "7"})
    record_capture(archive, run, Capture(URL, datetime(2025, 1, 2, tzinfo=UTC), "fetched", payload=old, kind="import"))
    read_pending(archive, run)
    end_run(archive, run)
    (event,) = events(archive)
    assert (event.cells, event.first[:10]) == ((CellChange(CELL, 7, 0),), "2025-01-02")
    assert event.says.endswith("one of the looks is imported")


@pytest.mark.parametrize(
    ("before", "after", "differ"),
    [
        ("一\n二\n三", "三\n一\n二", False),
        ("一二\n三", "一\n二三", False),
        ("本年无。\n浏览次数：3", "浏览次数：45\n本年无。", False),
        ("本年无。\n更新时间：2025-01-02", "本年无。\n更新时间：2025-02-03 09:00", False),
        ("本年无。", "本年无。\n附件：示例县教育局2023年报告.docx", False),
        ("2024年1月20日", "2024年1月30日", True),
        ("收到申请3件。", "收到申请0件。", True),
        ("甲\n甲", "甲", True),
    ],
)
def test_words_that_differ(before: str, after: str, differ: bool) -> None:
    removed, added, _ = changed_text(before, after)
    assert bool(removed or added) is differ


DEADLINE = date(2025, 1, 31)
JANUARY, JUNE, SLIP = date(2025, 1, 20), date(2025, 6, 3), date(2024, 1, 20)


@pytest.mark.parametrize(
    ("said", "unseen", "grade"),
    [
        (Witnesses(JANUARY, JANUARY, JANUARY, JUNE, None, JUNE), (), ""),
        (Witnesses(JANUARY, None, None, JUNE, None, JUNE), (), ""),
        (Witnesses(JANUARY, JUNE, JUNE, JUNE, JUNE, JUNE), (), "backdated"),
        (Witnesses(JANUARY, None, None, JUNE, JUNE, JUNE), (), "backdated"),
        (Witnesses(JANUARY, None, JANUARY, JUNE, JUNE, JUNE), (), "disagree"),
        (Witnesses(JANUARY, None, JANUARY, None, None, JUNE), (date(2025, 2, 5),), "backdated"),
        (Witnesses(JANUARY, None, JANUARY, None, None, JUNE), (date(2025, 1, 25),), ""),
        (Witnesses(JUNE, JUNE, JUNE, JUNE, JUNE, JUNE), (date(2025, 2, 5),), ""),
        (Witnesses(SLIP, date(2025, 1, 20), None, None, None, JUNE), (), "disagree"),
        (Witnesses(JUNE, None, None, None, None, JANUARY), (), "disagree"),
        (Witnesses(JUNE, None, None, JANUARY, None, JUNE), (), "disagree"),
        (Witnesses(None, JUNE, JUNE, JUNE, JUNE, JUNE), (), ""),
    ],
)
def test_dates_side_by_side(said: Witnesses, unseen: tuple[date, ...], grade: str) -> None:
    assert grade_of(said, unseen, DEADLINE, 2024) == grade


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("http://a.example/202401/t20240131_12345.html", date(2024, 1, 31)),
        ("http://a.example/202401/P020240131612345678901.pdf", date(2024, 1, 31)),
        ("http://a.example/2024-01/31/content_123.htm", date(2024, 1, 31)),
        ("http://a.example/art/2024/1/31/art_123_45678.html", date(2024, 1, 31)),
        ("http://a.example/001/20240131/abc.html", date(2024, 1, 31)),
        ("http://a.example/info/1039/3201.htm", None),
        ("http://a.example/202413/t20241340_1.html", None),
    ],
)
def test_the_day_in_a_url(url: str, day: date | None) -> None:
    assert day_in_url(url) == day


def test_a_report_that_came_late_and_says_it_did_not(archive: Archive) -> None:
    """Seen on 20 June; PubDate and URL are of June too, and Last-Modified; it is dated 20 January."""
    june = "http://www.shili.example/zfxxgknb/202506/t20250603_1.html"
    body = page(BUREAU, 2024, figures_of(4)).decode().replace("2025-01-20 09:00", "2025-06-03 09:00")
    signed = body.replace("费的情况。</p>", f"费的情况。</p><p>{BUREAU}</p><p>2025年1月20日</p>")
    answer = Answer(signed.encode())
    run = begin_run(archive, "crawl", "june")
    header = b"HTTP/1.1 200 OK\r\nLast-Modified: Tue, 03 Jun 2025 01:00:00 GMT\r\n\r\n"
    at = datetime(2025, 6, 20, 8, tzinfo=UTC)
    look = Capture(
        june, at, "fetched", 200, header, answer.payload, answer.payload, "article", published="2025-06-03 09:00"
    )
    record_capture(archive, run, look)
    read_pending(archive, run)
    end_run(archive, run)
    (event,) = events(archive, "dates_disagree")
    assert event.grade == "backdated"
    assert event.says == (
        "printed 2025-01-20; PubDate 2025-06-03; URL 2025-06-03; Last-Modified 2025-06-03; first seen 2025-06-20; "
        "deadline 2025-01-31"
    )
    assert {(one.key, one.before, one.after) for one in event.cells} >= {("dates.url", "2025-01-20", "2025-06-03")}


def carried(year: int, carried_in: str, received: str = "40") -> dict[str, str]:
    figures = figures_of(year % 7) | {"requests.received.total": received}
    return figures | {key: carried_in for key in figures if key.startswith("requests.carried_in.")}


def test_contradictions_quote_both_sides(archive: Archive) -> None:
    town = "示例县财政局"
    by_url = {
        f"{COLUMN}202401/t20240120_{number}.html": article(name, year, figures, note)
        for number, (name, year, figures, note) in enumerate(
            (
                (BUREAU, 2023, figures_of(3), ""),
                (BUREAU, 2024, figures_of(3), "本年收到政府信息公开申请99件。"),
                (GOVERNMENT, 2022, carried(2022, "1", "500"), ""),
                (town, 2022, carried(2022, "1", "501"), ""),
            )
        )
    }
    mirror = f"{COLUMN}202401/t20240120_9.html"
    crawl(archive, 0, by_url | {mirror: article(town, 2022, carried(2022, "1", "501") | {CELL: "9"})})
    found = {one.grade: one for one in events(archive, "contradiction")}
    assert found["prose"].cells == (
        CellChange("requests.received.total", 99, int(figures_of(3)["requests.received.total"])),
    )
    assert "“" in found["prose"].says
    years = {one.key: (one.before, one.after) for one in found["years"].cells}
    assert years["requests.carried_in.natural_person"] == (2, 1), "left over in 2023, carried in in 2024"
    assert (found["years"].organisation, found["years"].report_year, len(found["years"].captures)) == (BUREAU, 2024, 2)
    assert found["county"].cells == (CellChange("requests.received.total", 500, 501),)
    assert found["county"].organisation == GOVERNMENT
    assert "示例县财政局" in found["county"].says
    assert found["renditions"].cells == (CellChange(CELL, int(carried(2022, "1")[CELL]), 9),)
    assert "county_sum" not in found
    assert "years_in_force" in found, "documents in force that no document issued or repealed explains"


def test_only_what_is_wanted(archive: Archive) -> None:
    for day, shown in enumerate((figures_of(4), figures_of(5))):
        crawl(archive, day, {URL: article(BUREAU, 2023, shown), OTHER: article("示例县民政局", 2024, shown)})
    assert [one.report_year for one in events(archive, "silent_edit")] == [2023, 2024]
    for wanted, reports in (
        (Wanted(year=2024), [2]), (Wanted(region="1508"), [1, 2]), (Wanted(region="11"), []),
        (Wanted(reports=frozenset({1})), [1]), (Wanted(since="2025-01-03T00:00:00Z"), []),
    ):  # fmt: skip
        assert [one.report for one in events(archive, "silent_edit", wanted=wanted)] == reports, wanted


def test_the_command_prints_a_line_for_each_event(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(4))})
        crawl(archive, 1, {URL: article(BUREAU, 2024, figures_of(4) | {CELL: "7"})})
    assert main(["--archive", str(folder), "events", "--kind", "silent_edit"]) == 0
    said = capsys.readouterr().out
    assert "silent_edit (figures)  r1 示例县教育局 2024" in said
    assert "disputes.review.pending 行政复议 · 尚未审结: 0 → 7" in said
    assert main(["--archive", str(folder), "events", "--report", "r1", "--json", "--year", "2019"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_two_looks_a_night_apart_are_days_apart() -> None:
    from archive.findings.absences import DAYS_APART

    assert timedelta(hours=12) < DAYS_APART < timedelta(hours=24)
