"""What the demo prints, from facts that a person can check; and the folder it chooses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crawler.demo.run import Change, Crawl, Story, _free_folder, _tally
from crawler.demo.story import pad, render_story, width_of


def crawl(day: str, **more: int) -> Crawl:
    counts = {"unchanged": 0, "unchanged_bytes": 0, "counting": 1, **more}
    return Crawl(day=day, seconds=9.84, summary={}, answers={200: 300, 404: 1}, sent_bytes=3_140_000, **counts)


@pytest.fixture(autouse=True)
def called_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["nianbao", "demo"])


@pytest.fixture
def story() -> Story:
    cells = [
        {"key": "disputes.review.corrected", "before": 85, "after": 0},
        {"key": "requests.received.total", "before": 16121, "after": None},
    ]
    body = {"organisation": "示例县示例局", "report_year": 2021}
    return Story(
        archive="./nianbao-archive-2",
        portal="http://127.0.0.1:40123/",
        left_alone="./nianbao-archive",
        first=crawl("2026-01-12"),
        second=crawl("2026-01-19", unchanged=270),
        reports_by_year={2020: 20, 2021: 19},
        cells={"number": 7000, "filler": 3},
        checks={"HOLDS": 1500, "BROKEN": 1},
        broken=[{**body, "report": 7, "id": "disputes.row_sum", "across": "review", "left": 532, "right": 542}],
        unread=[{**body, "code": "needs_libreoffice"}] * 3,
        late=[{**body, "published": "2024-12-04"}],
        missing=[body],
        changes=[Change(7, "示例县示例局", 2021, "html", 11, 31, cells)],
        not_seen=[{**body, "last_seen": "2026-01-12T01:00:00Z", "looked_at": "2026-01-19T01:00:00Z", "looks": 1}],
        register=[
            {
                "year": 2021,
                "counts": {"on_time": 18, "late": 1, "missing": 1},
                "bodies": [
                    {"organisation": "示例县甲局", "state": "missing", "looked": ["2026-01-12", "2026-01-19"]},
                    {
                        "organisation": "示例县乙局",
                        "state": "late",
                        "printed": "2022-12-04",
                        "deadline": "2022-01-31",
                        "days_late": 307,
                    },
                ],
            }
        ],
    )


def test_chinese_characters_are_two_columns_wide() -> None:
    assert width_of("示例县 2023") == 3 * 2 + 5
    assert width_of(pad("总计", 10)) == 10


def test_story_names_everything(story: Story) -> None:
    text = render_story(story)
    for expected in (
        "FIRST CRAWL · 2026-01-12 · 9.8 s, 301 requests, 3.1 MB received",
        "7,000 of 7,003 are numbers, 3 filler",
        "1,500 hold · 1 broken · 0 unknown",
        "THE REGISTER · 2026-01-19",
        "示例县甲局 2021: missing; looked for on 2026-01-12, 2026-01-19, the portal answering",
        "示例县乙局 2021: dated 2022-12-04, due 2022-01-31, 307 days late",
        "coverage --year 2021",
        "示例县示例局 2021: disputes.row_sum, 行政复议: 532 is not 542 (report 7)",
        "3 documents: needs_libreoffice; install LibreOffice, then: nianbao reparse",
        "示例县示例局 2021: published 2024-12-04",
        "270 asked for, 0 bytes of body received",
        "version 11 → 31, 2 cells differ",
        "present on 2026-01-12, not seen on 2026-01-19, looked once",
        "./nianbao-archive was there already and has been left alone.",
        "nianbao --archive ./nianbao-archive-2 diff 11 31",
    ):
        assert expected in text


def test_story_is_aligned(story: Story) -> None:
    lines = render_story(story).splitlines()
    of, found = (next(line for line in lines if line.startswith(f"  {start}")) for start in ("reports of", "found"))
    assert width_of(of) == width_of(found)
    first, second = (line for line in lines if "disputes.review.corrected" in line or "requests.received.total" in line)
    assert width_of(first[: first.index("→")]) == width_of(second[: second.index("→")])
    assert "行政复议 · 结果纠正" in first
    assert max(map(width_of, lines)) <= 120


def test_tally_counts_and_finds_the_late_one() -> None:
    def line(year: int, published: str) -> dict[str, object]:
        named = {"organisation": "示例县示例局", "report_year": year, "report": year, "published": published}
        check = {"id": "requests.row_sum", "across": "received", "state": "BROKEN" if year == 2020 else "HOLDS"}
        return {**named, "cells": {"a": {"status": "number"}, "b": {"status": "blank"}}, "checks": [check]}

    exported = [line(year, f"{year + 1}-03-31") for year in (2019, 2020, 2021)] + [line(2023, "2024-12-04")]
    unread = [{"organisation": "示例县示例局", "report_year": 2024, "code": "needs_libreoffice"}]
    tally = _tally(exported, unread)
    assert [fact["report_year"] for fact in tally["late"]] == [2023]
    assert [fact["report_year"] for fact in tally["broken"]] == [2020]
    assert tally["cells"] == {"number": 4, "blank": 4}
    assert tally["reports_by_year"] == {2019: 1, 2020: 1, 2021: 1, 2023: 1, 2024: 1}


def test_commands_name_the_folder_only_where_they_must(story: Story) -> None:
    assert "\n  nianbao show 7\n" in render_story(replace(story, archive="./nianbao-archive"))
    assert "\n  nianbao --archive '/tmp/my archive' show 7\n" in render_story(replace(story, archive="/tmp/my archive"))


def test_demo_leaves_a_filled_folder_alone(tmp_path: Path) -> None:
    wanted = tmp_path / "nianbao-archive"
    assert _free_folder(wanted) == wanted
    wanted.mkdir()
    assert _free_folder(wanted) == wanted
    (wanted / "archive.db").write_bytes(b"mine")
    assert _free_folder(wanted) == tmp_path / "nianbao-archive-2"
    (tmp_path / "nianbao-archive-2").write_text("a file")
    assert _free_folder(wanted) == tmp_path / "nianbao-archive-3"
