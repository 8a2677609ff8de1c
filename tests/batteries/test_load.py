"""The load battery in its short form."""

from __future__ import annotations

from tests.batteries.figures import Scale, deviations_of
from tests.batteries.load_battery import run

FEWEST = {
    "pages crawled": 600, "memory while crawling": 3, "memory while reading": 1,
    "open descriptors": 5, "length of the write-ahead logs": 5, "readers: own": 3, "readers: `nianbao search`": 1,
    "readers: `nianbao serve`": 5,
}  # fmt: skip


def test_a_long_crawl_holds_what_it_held_at_first() -> None:
    rows = run(Scale.SHORT)
    assert deviations_of(rows) == []
    for what, fewest in FEWEST.items():
        (tried,) = [row.tried for row in rows if row.what.startswith(what)]
        assert tried >= fewest, what
