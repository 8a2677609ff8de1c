"""Lists that shrank, moved, are empty or were not walked to their end are alarms; a list that grew is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from archive.capture import Capture, Target
from archive.errors import NotFound
from archive.frontier import acknowledge, add_targets, lease_targets
from archive.noted.listings import Alarm, Listing, list_alarms
from archive.runs.run import Run, begin_run, end_run
from archive.store import Archive

AT = datetime(2026, 1, 20, tzinfo=UTC)
FIRST = "http://a.example/nb/"


@dataclass(frozen=True)
class Page:
    """How a page of a list came: its outcome, and rows, reports and total as counted."""

    outcome: str = "fetched"
    rows: int = 0
    reports: int = 0
    said: int | None = None
    post: str = ""


def walk(archive: Archive, *pages: Page, scope: str = "a", end: bool = True) -> int:
    """A run that walks one list: its first page and, by POST or by number, those after it → the run's id."""
    run = begin_run(archive, "crawl", scope)
    for number, page in enumerate(pages):
        url = FIRST if number == 0 or page.post else f"{FIRST}index_{number}.html"
        add_targets(archive, run, [Target(url, "column", FIRST, site="demo", post=page.post)])
        (lease,) = lease_targets(archive, run, 1)
        listing = Listing(FIRST, page.rows, page.reports, page.said) if page.outcome == "fetched" else None
        status = 200 if listing else 404
        capture = Capture(url, AT, page.outcome, status, kind="column", site="demo", post=page.post)
        acknowledge(archive, run, lease, capture, (), listing)
    if end:
        end_run(archive, run)
    return run.id


def codes(archive: Archive, run: int) -> list[tuple[str, int, int]]:
    return [(alarm.code, alarm.before, alarm.now) for alarm in list_alarms(archive, run)]


def test_a_list_that_is_well_is_no_alarm(archive: Archive) -> None:
    assert codes(archive, walk(archive, Page(rows=20, reports=15, said=38), Page(rows=18, reports=10))) == []
    assert codes(archive, walk(archive, Page(rows=20, reports=16, said=39), Page(rows=19, reports=10))) == []
    assert codes(archive, walk(archive, Page(rows=20, reports=16), Page(post="page=2", rows=19, reports=10))) == []


def test_a_list_that_shrank(archive: Archive) -> None:
    walk(archive, Page(rows=20, reports=15), Page(rows=18, reports=10))
    walk(archive, Page(rows=1, reports=1), end=False, scope="another, which is not done")
    run = walk(archive, Page(rows=20, reports=15), Page(rows=19, reports=9))
    assert list_alarms(archive, run) == (Alarm("shrank", FIRST, "demo", 25, 24, "24 reports where there were 25"),)


def test_a_list_that_is_empty(archive: Archive) -> None:
    walk(archive, Page(rows=20, reports=15))
    assert codes(archive, walk(archive, Page())) == [("empty", 20, 0)]
    assert codes(archive, walk(archive, Page())) == [], "it has been said; nothing new"


@pytest.mark.parametrize("outcome", ["not_found", "alias", "soft_404", "challenge", "timeout"])
def test_a_list_that_moved(archive: Archive, outcome: str) -> None:
    walk(archive, Page(rows=20, reports=15))
    assert codes(archive, walk(archive, Page(outcome))) == [("moved", 20, 0)]
    assert codes(archive, walk(archive, Page(outcome))) == [("moved", 20, 0)]


def test_a_list_that_nothing_leads_to_any_more(archive: Archive) -> None:
    walk(archive, Page(rows=20, reports=15))
    assert codes(archive, walk(archive, scope="other targets")) == []
    run = begin_run(archive, "crawl", "a")
    add_targets(archive, run, [Target("http://a.example/", "column", "", site="demo")])
    (lease,) = lease_targets(archive, run, 1)
    acknowledge(archive, run, lease, Capture("http://a.example/", AT, "budget"))
    end_run(archive, run)
    assert codes(archive, run.id) == [], "a run that was cut short has not looked"
    assert codes(archive, visit_home(archive, "timeout").id) == [], "a home page that was not had leads nowhere"
    run = visit_home(archive, "fetched")
    assert [(one.code, one.says) for one in list_alarms(archive, run.id)] == [("moved", "nothing leads to it any more")]


def test_a_night_says_nothing_of_portals_that_were_not_due(archive: Archive) -> None:
    walk(archive, Page(rows=20, reports=15))
    other = visit_home(archive, "fetched", site="other")
    assert codes(archive, other.id) == [], "another night of the season, another portal"
    assert codes(archive, visit_home(archive, "fetched").id) == [("moved", 20, 0)], "its own last night counts"
    assert codes(archive, visit_home(archive, "fetched").id) == [], "it has been said"


def visit_home(archive: Archive, outcome: str, site: str = "demo") -> Run:
    """A run that asks for a home page, and finds nothing there."""
    run = begin_run(archive, "crawl", "a")
    url = f"http://{site}.example/"
    add_targets(archive, run, [Target(url, "column", "", site=site)])
    (lease,) = lease_targets(archive, run, 1)
    acknowledge(archive, run, lease, Capture(url, AT, outcome, 200, kind="column", site=site))
    end_run(archive, run)
    return run


def test_what_was_not_looked_at_is_no_alarm(archive: Archive) -> None:
    walk(archive, Page(rows=20, reports=15))
    for outcome in ("budget", "robots_unreachable", "abandoned"):
        assert codes(archive, walk(archive, Page(outcome))) == []


def test_a_list_that_says_more_than_it_shows(archive: Archive) -> None:
    run = walk(archive, Page(rows=20, reports=15, said=38), Page("timeout"))
    assert codes(archive, run) == [("incomplete", 38, 20)]
    with pytest.raises(NotFound):
        list_alarms(archive, 99)
